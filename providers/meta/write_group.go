package meta

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var groupFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "campaign_id", Create: true, Required: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "status", Create: true, Update: true},
	{Name: "type", Create: true},
	{Name: "optimization_goal", Create: true},
	{Name: "billing_event", Create: true},
	{Name: "budget_amount", Create: true, Update: true},
	{Name: "budget_period", Create: true},
	{Name: "budget_unit", Create: true, Update: true},
	{Name: "currency", Create: true, Update: true},
	{Name: "bid_strategy.performance_goal_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_type", Create: true}, // the goal's
	{Name: "bid_strategy.target_roas", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.type", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "start_at", Create: true, Update: true},
	{Name: "end_at", Create: true, Update: true, Clear: true},
	{Name: "frequency_cap", Create: true, Update: true, Clear: true},
	{Name: "promoted", Create: true},
	{Name: "has_eu_political_ads", Create: true, Update: true, Clear: true},
	{Name: "targeting.geographic", Create: true, Update: true, Required: true, Clear: true},
	{Name: "targeting.demographic", Create: true, Update: true, Clear: true},
	{Name: "targeting.language", Create: true, Update: true, Clear: true},
	{Name: "targeting.audience", Create: true, Update: true, Clear: true},
	{Name: "targeting.device", Create: true, Update: true, Clear: true},
	{Name: "targeting.placement", Create: true, Update: true, Clear: true},
	{Name: "targeting.optimization", Create: true, Update: true},
	{Name: "targeting.schedule", Create: true, Update: true, Clear: true},
}

// groupParent is what a campaign decides for its ad sets.
type groupParent struct {
	parentCampaign
	AccountID string `json:"account_id"`
	Objective string `json:"objective"`
	Status    string `json:"effective_status"`
}

func (c *client) groupParent(ctx context.Context, id string) (groupParent, error) {
	w, _, err := getNode(ctx, c, providers.Ref{ID: id}, "campaign",
		[]string{"id", "account_id", "objective", "effective_status", "bid_strategy", "daily_budget", "lifetime_budget"},
		func(w *groupParent) string { return w.AccountID })
	if providers.KindOf(err) == providers.NotFound {
		return w, fault(providers.Rejected, "campaign_id", "Meta has no campaign %q", id)
	}
	if err == nil && (w.Status == "DELETED" || w.Status == "ARCHIVED") {
		return w, fault(providers.Conflict, "campaign_id", "the campaign %s is archived or deleted", id)
	}
	return w, err
}

func (d *desk) createGroup(ctx context.Context, w providers.Write[normalize.Group]) (order[normalize.Group], error) {
	none := order[normalize.Group]{}
	parent, err := d.groupParent(ctx, w.Object.CampaignID)
	if err != nil {
		return none, err
	}
	account, err := d.accountToWrite(w.Org, w.Object.OrganizationID, parent.AccountID)
	if err != nil {
		return none, err
	}
	rules, err := d.accountRules(ctx, account)
	if err != nil {
		return none, err
	}
	params, err := newGroup(w, &parent, &rules, d.client.now())
	if err != nil {
		return none, err
	}
	wish := w.Object
	wish.OrganizationID, wish.Currency, wish.Type = account, rules.currency, normalize.ChannelSocial
	wish.Status = normalize.Status(params.Get("status"))
	wish.OptimizationGoal, wish.BillingEvent = optimizationGoals[params.Get("optimization_goal")], billing[params.Get("billing_event")]
	return making(account, "adsets", params, w, wish), nil
}

// explained says what can be done where Meta wants to know who pays for ads and for whom, which it asks of ads shown in the
// European Union and admux has no field for: an account's own declaration stands for all of its ad sets.
func explained(err error) error {
	e, ok := err.(*providers.Error) //nolint:errorlint // the maker's own
	if !ok || codeOf(err) != "100/3858152" {
		return err
	}
	out := *e
	out.Kind, out.Field = providers.Rejected, "targeting.geographic"
	out.Message += ": declare the beneficiary and the payer in the account's settings at Meta (default_dsa_beneficiary, default_dsa_payor)"
	return &out
}

// newGroup is the form that makes an ad set.
func newGroup(w providers.Write[normalize.Group], parent *groupParent, rules *accountRules, now time.Time) (url.Values, error) {
	o := &w.Object
	if err := nameToWrite(o.Name); err != nil {
		return nil, err
	}
	status, err := birthStatus(o.Status)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{writeChannel("type", o.Type), rules.inCurrency(o.Currency), noPolitics(o.HasEUPoliticalAds)} {
		if err != nil {
			return nil, err
		}
	}
	event, err := writeBilling(o.BillingEvent)
	if err != nil {
		return nil, err
	}
	params := url.Values{"name": {o.Name}, "campaign_id": {o.CampaignID}, "status": {status}, "billing_event": {event}}
	shape, err := shapeFor(o, parent.Objective)
	if err != nil {
		return nil, err
	}
	params.Set("optimization_goal", shape.goal)
	if shape.destination != "" {
		params.Set("destination_type", shape.destination)
	}
	if err := newGroupMoney(w, parent, rules, shape.goal, params); err != nil {
		return nil, err
	}
	if err := newGroupTimes(o, parent, now, params); err != nil {
		return nil, err
	}
	if err := promotes(o, parent.Objective, shape.goal, params); err != nil {
		return nil, err
	}
	if o.FrequencyCap != nil {
		list, err := writeFrequency(o.FrequencyCap, shape.goal)
		if err != nil {
			return nil, err
		}
		params.Set("frequency_control_specs", js(list))
	}
	return params, newGroupTargeting(w, parent, params)
}

func newGroupTargeting(w providers.Write[normalize.Group], parent *groupParent, params url.Values) error {
	t := w.Object.Targeting
	if t == nil {
		t = &normalize.Targeting{}
	}
	spec, err := writeTargeting(nil, t, func(string) bool { return true }, w.Changed)
	if err != nil {
		return err
	}
	params.Set("targeting", js(spec))
	if len(t.Schedule) == 0 {
		return nil
	}
	if params.Get("lifetime_budget") == "" && !inUse(parent.LifetimeBudget) {
		return fault(providers.Rejected, "targeting.schedule", "a schedule goes with a lifetime budget only")
	}
	parts, err := writeSchedule(t.Schedule, nil)
	if err != nil {
		return err
	}
	params.Set("adset_schedule", js(parts))
	params.Set("pacing_type", `["day_parting"]`)
	return nil
}

// newGroupMoney are the budget and the bid of a new ad set.
func newGroupMoney(w providers.Write[normalize.Group], parent *groupParent, rules *accountRules, goal string, params url.Values) error {
	o := &w.Object
	b, err := rules.budgetOf(o.BudgetAmount, o.BudgetPeriod, o.BudgetUnit)
	switch {
	case err != nil:
		return err
	case b.field != "" && parent.hasBudget():
		return budgetIsCampaigns()
	case b.field == "" && !parent.hasBudget():
		return fault(providers.Rejected, "budget_amount", "the campaign has no budget, so each of its groups needs one")
	case b.field != "":
		if err := rules.enough(b, o.BudgetAmount); err != nil {
			return err
		}
		params.Set(b.field, strconv.FormatInt(b.minor, 10))
	}
	order, err := groupBid(w, parent, rules, goal)
	if err != nil {
		return err
	}
	for name, value := range order.params() {
		params.Set(name, value)
	}
	return nil
}

func budgetIsCampaigns() error {
	return fault(providers.Rejected, "budget_amount", "the budget is the campaign's: its groups cannot have one")
}

// newGroupTimes are the start and the end of a new ad set.
func newGroupTimes(o *normalize.Group, parent *groupParent, now time.Time, params url.Values) error {
	lifetime := params.Get("lifetime_budget") != "" || inUse(parent.LifetimeBudget)
	from := now
	if o.StartAt != nil && o.StartAt.After(now) {
		from = *o.StartAt
	}
	if err := checkTimes(o.StartAt, o.EndAt, from, lifetime, params.Get("daily_budget") != ""); err != nil {
		return err
	}
	for _, t := range []struct {
		field, name string
		at          *time.Time
	}{{"start_at", "start_time", o.StartAt}, {"end_at", "end_time", o.EndAt}} {
		if t.at == nil {
			continue
		}
		text, err := instant(t.field, *t.at)
		if err != nil {
			return err
		}
		params.Set(t.name, text)
	}
	return nil
}

// checkTimes: a lifetime budget needs an end, a daily one a run of more than a day. from is when the run begins, or began.
func checkTimes(start, end *time.Time, from time.Time, lifetime, daily bool) error {
	if end == nil {
		if lifetime {
			return fault(providers.Rejected, "end_at", "a lifetime budget needs an end_at")
		}
		return nil
	}
	switch {
	case start != nil && !end.After(*start):
		return fault(providers.Rejected, "end_at", "the end is not after the start")
	case daily && end.Sub(from) <= 24*time.Hour:
		return fault(providers.Rejected, "end_at", "a daily budget needs a run of more than 24 hours")
	}
	return nil
}
