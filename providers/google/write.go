package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Whatever a write needs goes out as one googleAds:mutate: all of it is done, or none. Nothing is therefore ever taken back.

// fields is a message of the API, by its JSON names.
type fields map[string]any

// operation is one part of a mutate: a create, an update of the paths of mask, or a removal.
type operation struct {
	kind   string // "campaign"
	create fields
	update fields
	mask   []string
	remove string
}

func (o operation) wire() fields {
	switch {
	case o.create != nil:
		return fields{o.kind + "Operation": fields{"create": o.create}}
	case o.update != nil:
		return fields{o.kind + "Operation": fields{"update": o.update, "updateMask": strings.Join(o.mask, ",")}}
	}
	return fields{o.kind + "Operation": fields{"remove": o.remove}}
}

// changes collects what differs of one resource. A path without a value is cleared.
type changes struct {
	values fields
	mask   []string
}

// set puts a value at a path, a message's member as "message.member". A nil clears it.
func (x *changes) set(path string, value any) {
	if x.values == nil {
		x.values = fields{}
	}
	x.mask = append(x.mask, path)
	message, member, nested := strings.Cut(path, ".")
	if !nested {
		if value != nil {
			x.values[path] = value
		}
		return
	}
	inner, ok := x.values[message].(fields)
	if !ok {
		inner = fields{}
		x.values[message] = inner // the message counts even when nothing is in it: it chooses the strategy
	}
	if value != nil {
		inner[member] = value
	}
}

// update is the operation that carries the changes out; none when there are none.
func (x *changes) update(kind, name string) []operation {
	if len(x.mask) == 0 {
		return nil
	}
	x.values["resourceName"] = name
	return []operation{{kind: kind, update: x.values, mask: x.mask}}
}

// mutateBody is a request of googleAds:mutate.
type mutateBody struct {
	Operations   []fields `json:"mutateOperations"`
	ValidateOnly bool     `json:"validateOnly,omitempty"`
}

type mutateAnswer struct {
	Responses []map[string]struct {
		ResourceName string `json:"resourceName"`
	} `json:"mutateOperationResponses"`
}

// mutated is what a mutate answers: a name for each operation, in order; none of a dry run.
type mutated struct {
	names []string
	ids   []string // of the request
}

// mutate sends operations once, as one. Each counts against the quota.
func (c *client) mutate(ctx context.Context, a account, dry bool, ops []operation) (mutated, error) {
	login, err := c.loginFor(ctx, a.ID)
	if err != nil {
		return mutated{}, err
	}
	body := mutateBody{ValidateOnly: dry}
	for _, o := range ops {
		body.Operations = append(body.Operations, o.wire())
	}
	r, err := c.request("customers/"+a.ID+"/googleAds:mutate", a.ID, login, body)
	if err != nil {
		return mutated{}, err
	}
	r.Write, r.Cost = true, len(ops)
	var got mutateAnswer
	h, err := c.rest.Write(ctx, r, &got)
	if err != nil {
		err = blamed(own(err))
		if e, ok := errors.AsType[*providers.Error](err); ok && dry {
			e.Uncertain = false // nothing would have been done
		}
		return mutated{}, err
	}
	out := mutated{ids: requestIDs(h)}
	if dry {
		return out, nil
	}
	for _, one := range got.Responses {
		for _, result := range one {
			out.names = append(out.names, result.ResourceName)
		}
	}
	if len(out.names) != len(ops) {
		e := fault(providers.Malformed, "", "Google Ads was sent %d operations and has answered for %d", len(ops), len(out.names))
		e.RequestID, e.Uncertain = requestID(h), true
		return out, e
	}
	return out, nil
}

func requestIDs(h http.Header) []string { return some(requestID(h)) }

// blame is our field behind a code of Google's.
var blame = map[string]string{
	"DUPLICATE_CAMPAIGN_NAME": "name", "DUPLICATE_ADGROUP_NAME": "name", "INVALID_ADGROUP_NAME": "name",
	"BUDGET_BELOW_PER_DAY_MINIMUM": "budget_amount", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT": "budget_amount",
	"CANNOT_CHANGE_BUDGET_PERIOD": "budget_period", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET": "end_at",
	"CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED": "start_at", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED": "has_eu_political_ads",
	"MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION": "has_eu_political_ads", "CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE": "campaign_id",
}

// blamed names our field on a refusal.
func blamed(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Field != "" {
		return err
	}
	_, code, _ := strings.Cut(e.Code, ".")
	e.Field = blame[code]
	return err
}

// readBack is the end of a write: the object as Google Ads then has it. It was written, whatever the reading comes to.
func readBack[T any](m mutated, what string, read func() (T, error)) (providers.Written[T], error) {
	v, err := read()
	if err != nil {
		e := fault(providers.Unavailable, "", "%s is written, but cannot be read back: %v", what, err)
		e.Uncertain, e.Err = true, err
		return providers.Written[T]{RequestIDs: m.ids}, e
	}
	return providers.Written[T]{Object: v, RequestIDs: m.ids}, nil
}

// removal is what a Delete comes to. ops are the removals, once it is known that there is something to remove.
func (c *client) removal(ctx context.Context, a account, dry bool, status normalize.Status, what, id string, ops []operation) (providers.Removal, error) {
	if status == normalize.StatusArchived {
		return providers.Removal{}, fault(providers.NotFound, "", "%s %s is removed already", what, id)
	}
	m, err := c.mutate(ctx, a, dry, ops)
	if err != nil {
		return providers.Removal{}, err
	}
	out := providers.Removal{Effect: providers.EffectRemoved, RequestIDs: m.ids}
	if dry {
		out.Checked = providers.CheckedByPlatform
	}
	return out, nil
}

// removed refuses to write to what is gone: it cannot come back.
func removed(status normalize.Status, effective normalize.EffectiveStatus) error {
	if status == normalize.StatusArchived || effective == normalize.EffectiveStatusRemoved {
		return fault(providers.Conflict, "", "the object, or what it is in, is removed at Google Ads: it cannot be changed any more")
	}
	return nil
}

// differs tells whether a write was given a field and it is not what it was.
func differs[T any](w providers.Write[T], name string, is, was any) bool {
	return w.Changed(name) && !equal(is, was)
}

// equal compares values as they are written.
func equal(a, b any) bool {
	x, xerr := json.Marshal(a)
	y, yerr := json.Marshal(b)
	return xerr == nil && yerr == nil && string(x) == string(y)
}

// newStatus is the status of what is made: paused unless it was asked for otherwise, where Google's own default is to run.
func newStatus(s normalize.Status) (string, error) {
	if s == "" {
		return "PAUSED", nil
	}
	return writeStatus(s)
}

// money turns amounts of an account's currency into micros.
type money struct {
	currency string
	unit     normalize.Decimal // the least step, in major units
}

type currencyRow struct {
	CurrencyConstant struct {
		BillableUnit whole `json:"billableUnitMicros"`
	} `json:"currencyConstant"`
}

// moneyOf asks for the step that amounts of the account's currency are in.
func (c *client) moneyOf(ctx context.Context, a account) (money, error) {
	out := money{currency: a.Currency}
	query := gaql{
		fields: []string{"currency_constant.code", "currency_constant.billable_unit_micros"}, from: "currency_constant",
		where: []string{"currency_constant.code = " + gaqlString(a.Currency)}, limit: 1,
	}
	found, err := read[currencyRow](ctx, c, a, query, false)
	switch {
	case err != nil:
		return out, err
	case len(found) == 0 || found[0].row.CurrencyConstant.BillableUnit.n <= 0:
		return out, fault(providers.Malformed, "", "Google Ads does not tell the step of amounts in %s", a.Currency)
	}
	out.unit = normalize.FromMicros(found[0].row.CurrencyConstant.BillableUnit.n)
	return out, nil
}

// mostMicros is the largest int64, in major units.
var mostMicros = normalize.FromMicros(1<<63 - 1)

// micros is an amount as Google writes it. It is refused where it is no multiple of the step: nothing is rounded.
func (m money) micros(field string, d normalize.Decimal) (string, error) {
	if d.Sign() <= 0 || d.Cmp(mostMicros) > 0 {
		return "", fault(providers.Rejected, field, "%s must be an amount above zero", field)
	}
	steps, ok := d.Ratio(m.unit, 8)
	if !ok || steps.Scale() > 0 || steps.Mul(m.unit).Cmp(d) != 0 {
		return "", fault(providers.Rejected, field, "%s must be a multiple of %s %s", field, m.unit, m.currency)
	}
	return d.Mul(normalize.Int(1_000_000)).String(), nil
}

// resource is a name of the account's.
func resource(a account, collection, id string) string {
	return fmt.Sprintf("customers/%s/%s/%s", a.ID, collection, id)
}

// textWithin refuses a name that is empty or too long.
func textWithin(field, s string, most int) error {
	if n := len([]rune(s)); strings.TrimSpace(s) == "" || n > most {
		return fault(providers.Rejected, field, "%s must have 1 to %d characters; it has %d", field, most, n)
	}
	return nil
}

// writeOrg finds the account that a new object is for.
func (c *client) writeOrg(ctx context.Context, org, own string) (account, error) {
	if org == "" {
		org = own
	}
	return c.needOrg(ctx, providers.Ref{Org: org})
}

// nameable tells whether a text can be looked for in a query. No name holds a line break.
func nameable(s string) bool { return s != "" && !strings.ContainsAny(s, "\n\r\x00") }
