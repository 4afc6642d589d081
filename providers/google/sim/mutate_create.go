package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// managed are the nouns that the EU declaration freezes.
var managed = []string{"Campaign", "CampaignBudget", "CampaignCriterion", "CampaignAsset", "AdGroup", "AdGroupAd", "Ad", "AdGroupCriterion",
	"AssetGroup", "AssetGroupAsset", "AssetGroupSignal"}

// frozenSince is when undeclared campaigns began to freeze their account.
var frozenSince = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// frozen: one campaign without the EU declaration stops all campaign management
// of its account but the declaration itself.
func (t *tx) frozen(op operation) (adsError, bool) {
	if !slices.Contains(managed, op.noun) || t.now.Before(frozenSince) {
		return adsError{}, false
	}
	if op.noun == "Campaign" && op.body["update"] != nil {
		if m := text(op.body, "update_mask"); m == "containsEuPoliticalAdvertising" || m == "contains_eu_political_advertising" {
			return adsError{}, false
		}
	}
	if t.declared {
		return adsError{}, false
	}
	for _, e := range t.s.list(t.cust, "campaign") {
		if e.status() != "REMOVED" && t.undeclared(e) {
			return issue("mutateError", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED",
				"All campaigns must declare whether they contain EU political advertising before changes can be made.").because(e.name()), true
		}
	}
	t.declared = true // nothing in a request takes a declaration back
	return adsError{}, false
}

func (t *tx) undeclared(e *entity) bool {
	if x, ok := e.src.(*simkit.Campaign); ok && e.dataless() {
		o := obj{}
		declare(o, t.s.spec(x).k, t.cust.src)
		return o["contains_eu_political_advertising"] == nil
	}
	return text(t.s.tree(e), "contains_eu_political_advertising") == ""
}

// isTemp tells a temporary resource name: its last part is a negative number.
func isTemp(name string) bool {
	return strings.HasPrefix(lastPart(name), "-") && strings.HasPrefix(name, "customers/")
}

// resolve puts real names in the place of temporary ones, everywhere in v.
func (t *tx) resolve(v any, path string) (any, []adsError) {
	switch v := v.(type) {
	case string:
		if !strings.HasPrefix(v, "customers/") || !isTemp(v) {
			return v, nil
		}
		switch name, known := t.temp[v]; {
		case !known:
			return v, []adsError{issue("mutateError", "RESOURCE_NOT_FOUND", "Resource was not found.").at(path).because(v)}
		case name == "":
			return v, []adsError{issue("newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS", "The temporary id refers to a resource that could not be created.").at(path).because(v)}
		default:
			return name, nil
		}
	case obj:
		out, errs := make(obj, len(v)), []adsError(nil)
		for _, k := range sortedKeys(v) {
			x, bad := t.resolve(v[k], join(path, k))
			out[k], errs = x, append(errs, bad...)
		}
		return out, errs
	case []any:
		out, errs := make([]any, len(v)), []adsError(nil)
		for i := range v {
			x, bad := t.resolve(v[i], path)
			out[i], errs = x, append(errs, bad...)
		}
		return out, errs
	}
	return v, nil
}

// create makes an object. A temporary name is remembered for the operations
// after it, as failed too.
func (t *tx) create(op operation, o obj) (outcome, []adsError) {
	rule, ok := rules[op.noun]
	if !ok || rule.create == nil {
		return outcome{}, []adsError{issue("mutateError", "MUTATE_NOT_ALLOWED", "Mutates are not allowed for the requested resource.")}
	}
	temp := text(o, "resource_name")
	o = with(o, "resource_name", nil)
	if temp != "" {
		if _, twice := t.temp[temp]; twice || t.tempNumber(temp) {
			return outcome{}, []adsError{issue("newResourceCreationError", "DUPLICATE_TEMP_IDS", "Duplicate temp ids.").at("resource_name").because(temp)}
		}
		if !isTemp(temp) && !compound[kindOf[op.noun]] {
			return outcome{}, []adsError{issue("fieldError", "VALUE_MUST_BE_UNSET", "The field's value must be unset: only temporary names are taken on create.").at("resource_name").because(temp)}
		}
		t.temp[temp] = ""
	}
	resolved, errs := t.resolve(o, "")
	o, _ = resolved.(obj)
	errs = append(errs, t.outputOnly(op.noun, o)...)
	if text(o, "status") == "REMOVED" {
		errs = append(errs, issue("operationAccessDeniedError", "CREATE_AS_REMOVED_NOT_PERMITTED", "An entity may not be created in a removed state.").at("status"))
	}
	if len(errs) > 0 {
		return outcome{}, errs
	}
	e, errs := rule.create(t, o, op)
	if len(errs) > 0 {
		return outcome{}, errs
	}
	name := e.name()
	if temp != "" {
		t.temp[temp] = name
	}
	t.log(change{e: e, operation: "CREATE", new: t.s.tree(e)})
	return t.outcome(op.noun, e), nil
}

// tempNumber tells whether a temporary number is used up, by any type.
func (t *tx) tempNumber(name string) bool {
	for other := range t.temp {
		if lastPart(other) == lastPart(name) && isTemp(name) {
			return true
		}
	}
	return false
}

func (t *tx) outputOnly(noun string, o obj) []adsError {
	var errs []adsError
	for _, k := range sortedKeys(o) {
		if t.s.schema.output[noun+"."+k] && k != "resource_name" {
			errs = append(errs, issue("fieldError", "VALUE_MUST_BE_UNSET", "The field's value must be unset.").at(k))
		}
	}
	return errs
}

// outcome is what a write answers.
func (t *tx) outcome(noun string, e *entity) outcome {
	out := outcome{name: e.name()}
	o := t.s.tree(e)
	if noun == "Ad" {
		o, _ = o["ad"].(obj)
		out.name = text(o, "resource_name")
	}
	if !t.full {
		return out
	}
	out.tree = t.s.schema.mutable(noun, "", o)
	out.tree["resource_name"] = out.name
	return out
}

// mutable leaves out what only the server sets.
func (s *schema) mutable(noun, path string, o obj) obj {
	out := obj{}
	for k, v := range o {
		p := join(path, k)
		if s.output[noun+"."+p] {
			continue
		}
		if sub, ok := v.(obj); ok {
			v = s.mutable(noun, p, sub)
		}
		out[k] = v
	}
	return out
}
