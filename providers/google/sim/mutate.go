package sim

import (
	"fmt"
	"maps"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// maxOperations is what one request may hold.
const maxOperations = 10_000

// operation is one entry of a mutate request.
type operation struct {
	noun string // Campaign
	body obj    // {create|update|remove, update_mask, …}
	path []element
	wrap string // "campaign" when the answer wraps results, as googleAds:mutate does
}

// outcome is what an operation answers.
type outcome struct {
	name string
	tree obj // with MUTABLE_RESOURCE
}

// mutateOne serves the mutate of one collection.
func (c *call) mutateOne() *apiError {
	col := c.s.schema.collections[c.arg]
	in, bad := c.decode(col.request)
	if bad != nil {
		return bad
	}
	list, _ := in["operations"].([]any)
	ops := make([]operation, len(list))
	for i, o := range list {
		body, _ := o.(obj)
		ops[i] = operation{noun: col.noun, body: body, path: []element{stepAt("operations", i)}}
	}
	return c.mutate(in, ops, "results")
}

// mutateAll serves googleAds:mutate.
func (c *call) mutateAll() *apiError {
	in, bad := c.decode("MutateGoogleAdsRequest")
	if bad != nil {
		return bad
	}
	list, _ := in["mutate_operations"].([]any)
	ops := make([]operation, len(list))
	for i, o := range list {
		body, _ := o.(obj)
		path := []element{stepAt("mutate_operations", i)}
		if len(body) != 1 {
			return c.rejected([]adsError{issue("requestError", "OPERATION_REQUIRED", "Operation is required.").under(path)})
		}
		for name, v := range body {
			inner, _ := v.(obj)
			kind := strings.TrimSuffix(name, "_operation")
			noun := nounOf(kind)
			if noun == "" {
				return c.rejected([]adsError{issue("mutateError", "MUTATE_NOT_ALLOWED", "The simulator does not carry out this operation.").under(path, step(name))})
			}
			ops[i] = operation{noun: noun, body: inner, path: append(path, step(name)), wrap: kind}
		}
	}
	return c.mutate(in, ops, "mutate_operation_responses")
}

// nounOf is the message name of a kind that mutates carry out; "" for others.
func nounOf(kind string) string {
	for noun, k := range kindOf {
		if k == kind {
			return noun
		}
	}
	return ""
}

// kindOf is the resource that a message is.
var kindOf = map[string]string{
	"Campaign": "campaign", "CampaignBudget": "campaign_budget", "CampaignCriterion": "campaign_criterion", "CampaignAsset": "campaign_asset",
	"AdGroup": "ad_group", "AdGroupAd": "ad_group_ad", "Ad": "ad", "AdGroupCriterion": "ad_group_criterion", "Asset": "asset",
	"AssetGroup": "asset_group", "AssetGroupAsset": "asset_group_asset", "AssetGroupSignal": "asset_group_signal", "Label": "label",
	"ConversionAction": "conversion_action",
}

// rejected is a refusal of a whole request for one or several reasons.
func (c *call) rejected(errs []adsError) *apiError {
	e := &apiError{http: 400, errs: errs}
	for _, x := range errs {
		if x.family == "authorizationError" {
			e.http = 403
		}
	}
	return e
}

func (c *call) mutate(in obj, ops []operation, key string) *apiError {
	switch {
	case len(ops) == 0:
		return refuse("requestError", "REQUIRED_FIELD_MISSING", "Required field is missing: operations")
	case len(ops) > maxOperations:
		return refuse("requestError", "TOO_MANY_MUTATE_OPERATIONS", "The request contains too many mutate operations.")
	case c.c.manager:
		return refuse("requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", "The operation cannot be executed by a manager account.")
	case c.s.graph.readOnly[c.token.Member.ID]:
		return refuse("authorizationError", "ACTION_NOT_PERMITTED", "The user does not have permission to perform this action on the resource or call a method.")
	}
	if bad := c.spend(len(ops)); bad != nil {
		return bad
	}
	partial, _ := in["partial_failure"].(bool)
	validate, _ := in["validate_only"].(bool)
	t := c.begin(text(in, "response_content_type") == "MUTABLE_RESOURCE")
	defer t.done()
	results := make([]any, len(ops))
	var errs []adsError
	for i, op := range ops {
		mark := t.mark()
		out, failed := t.apply(op)
		if len(failed) > 0 {
			errs = append(errs, failed...)
			t.rollback(mark)
		}
		results[i] = result(op, out, len(failed) > 0)
	}
	if len(errs) == 0 || partial {
		errs = append(errs, t.finish()...)
	}
	switch {
	case len(errs) > 0 && !partial:
		t.rollback(0)
		return c.rejected(errs)
	case validate:
		t.rollback(0)
		if len(errs) == 0 {
			return c.reply(obj{})
		}
		return c.reply(obj{"partial_failure_error": c.partialError(errs)})
	}
	t.commit()
	answer := obj{key: results}
	if len(errs) > 0 {
		answer["partial_failure_error"] = c.partialError(errs)
	}
	return c.reply(answer)
}

func result(op operation, out outcome, failed bool) obj {
	o := obj{}
	if !failed {
		o["resource_name"] = out.name
		if out.tree != nil {
			o[kindOf[op.noun]] = out.tree
		}
	}
	if op.wrap == "" {
		return o
	}
	if failed {
		return obj{}
	}
	return obj{op.wrap + "_result": o}
}

// partialError is the google.rpc.Status of the operations that failed.
func (c *call) partialError(errs []adsError) obj {
	where := ""
	for _, s := range errs[0].location {
		if where != "" {
			where += "."
		}
		where += s.name
		if s.index >= 0 {
			where += fmt.Sprintf("[%d]", s.index)
		}
	}
	message := errs[0].message + ", at " + where
	if len(errs) > 1 {
		message = "Multiple errors in ‘details’. First error: " + message
	}
	return obj{"code": rpcCode[400], "message": message, "details": []any{failure(c.version, errs, c.requestID)}}
}

// issue is one reason to refuse an operation.
func issue(family, code, format string, args ...any) adsError {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	return adsError{family: family, code: code, message: message}
}

// at names the field, as a dotted path, that an issue is about.
func (e adsError) at(path string) adsError {
	for p := range strings.SplitSeq(path, ".") {
		e.location = append(e.location, step(p))
	}
	return e
}

// because tells the value that an issue is about.
func (e adsError) because(trigger string) adsError {
	e.trigger = trigger
	return e
}

// under puts the issue's place below an operation's.
func (e adsError) under(path []element, more ...element) adsError {
	full := append(append(append([]element(nil), path...), more...), e.location...)
	e.location = full
	return e
}

func required(path string) adsError {
	return issue("fieldError", "REQUIRED", "The required field was not present.").at(path)
}

// mutateCustomer changes the account itself.
func (c *call) mutateCustomer() *apiError {
	in, bad := c.decode("MutateCustomerRequest")
	if bad != nil {
		return bad
	}
	if bad := c.spend(1); bad != nil {
		return bad
	}
	op, _ := in["operation"].(obj)
	update, _ := op["update"].(obj)
	if update == nil {
		return refuse("requestError", "OPERATION_REQUIRED", "Operation is required.")
	}
	paths, errs := c.s.schema.mask("Customer", text(op, "update_mask"))
	if len(errs) > 0 {
		return c.rejected(errs)
	}
	if v, _ := in["validate_only"].(bool); v {
		return c.reply(obj{})
	}
	c.c.mu.Lock()
	edits := maps.Clone(c.c.edits)
	if edits == nil {
		edits = obj{}
	}
	for _, p := range paths {
		head, _, _ := strings.Cut(p, ".")
		if head == p {
			edits[p] = at(update, p)
			continue
		}
		edits = with(edits, p, at(update, p))
	}
	c.c.edits = edits
	c.c.mu.Unlock()
	return c.reply(obj{"result": obj{"resource_name": customerName(c.c.id)}})
}

// createClient makes an account below a manager.
func (c *call) createClient() *apiError {
	in, bad := c.decode("CreateCustomerClientRequest")
	if bad != nil {
		return bad
	}
	if bad := c.spend(1); bad != nil {
		return bad
	}
	level := c.s.limits.level()
	client, _ := in["customer_client"].(obj)
	switch {
	case level == "EXPLORER":
		return refuse("authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED", "This method is not allowed for use with explorer access.")
	case !c.c.manager:
		return refuse("authorizationError", "ACTION_NOT_PERMITTED", "Only a manager account creates clients.")
	case text(client, "currency_code") == "":
		return c.rejected([]adsError{required("customer_client.currency_code")})
	case text(client, "time_zone") == "":
		return c.rejected([]adsError{required("customer_client.time_zone")})
	}
	if v, _ := in["validate_only"].(bool); v {
		return c.reply(obj{})
	}
	load := simkit.Load{Account: simkit.LoadAccount{Name: text(client, "descriptive_name"), Currency: text(client, "currency_code"), TimeZone: text(client, "time_zone")}}
	a, err := c.s.kit.World.Load(load, c.s.kit.Clock.Now())
	if err != nil {
		return c.rejected([]adsError{issue("fieldError", "INVALID_VALUE", "%s", err).at("customer_client")})
	}
	made := c.s.addAccount(a)
	made.test = c.c.test
	c.s.mu.Lock()
	c.s.graph.link(c.c.id, a.ID)
	c.s.mu.Unlock()
	return c.reply(obj{"resource_name": customerName(a.ID)})
}
