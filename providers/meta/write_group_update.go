package meta

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// groupNow is what an ad set has of what our group does not hold whole.
type groupNow struct {
	AccountID string         `json:"account_id"`
	Goal      string         `json:"optimization_goal"`
	Daily     wire.Amount    `json:"daily_budget"`
	Lifetime  wire.Amount    `json:"lifetime_budget"`
	Targeting map[string]any `json:"targeting"`
	Schedule  []dayPart      `json:"adset_schedule"`
	Campaign  groupParent    `json:"campaign"`
}

func (n *groupNow) lifetime() bool { return inUse(n.Lifetime) || inUse(n.Campaign.LifetimeBudget) }

var groupNowFields = []string{
	"id", "account_id", "optimization_goal", "daily_budget", "lifetime_budget", "targeting", "adset_schedule",
	"campaign{id,objective,effective_status,bid_strategy,daily_budget,lifetime_budget}",
}

func (d *desk) updateGroup(ctx context.Context, id string, w providers.Write[normalize.Group]) (order[normalize.Group], error) {
	none := order[normalize.Group]{}
	if w.Object.BudgetPeriod == normalize.BudgetPeriodTotal && w.Before.BudgetPeriod == normalize.BudgetPeriodLifetime {
		w.Object.BudgetPeriod = w.Before.BudgetPeriod
	}
	if w.Object.OptimizationGoal == normalize.OptimizationGoalAppEngagement && w.Before.OptimizationGoal == normalize.OptimizationGoalConversions &&
		hasPromoted(w.Before, normalize.PromotedTypeAppID) { // what Meta has for both
		w.Object.OptimizationGoal = w.Before.OptimizationGoal
	}
	if err := fixed(groupFields, w); err != nil {
		return none, err
	}
	o, was := &w.Object, w.Before
	changed, err := basics(w.Changed, o.Name, was.Name, o.Status, was.Status)
	if err != nil {
		return none, err
	}
	if w.Changed("has_eu_political_ads") {
		if err := noPolitics(o.HasEUPoliticalAds); err != nil {
			return none, err
		}
	}
	if more(w) {
		if err := d.groupChanges(ctx, id, w, &changed); err != nil {
			return none, err
		}
	}
	if err := changed.thawed(); err != nil {
		return none, err
	}
	return changing(was.OrganizationID, id, changed.params, w), nil
}

func groupNowReader(c *client) reader[groupNow, groupNow] {
	return reader[groupNow, groupNow]{
		c, "ad set", groupNowFields, func(n *groupNow) string { return n.AccountID },
		func(_ context.Context, n *groupNow, _ json.RawMessage) (groupNow, error) { return *n, nil },
	}
}

// groupsAhead reads what the ad sets of updates have, many at once. What cannot be read so is read alone.
func groupsAhead(d *desk, ctx context.Context, ops []providers.Op[normalize.Group]) {
	ids := map[string][]string{}
	for i := range ops {
		if w := &ops[i].Write; w.Before != nil && more(*w) {
			ids[w.Before.OrganizationID] = add(ids[w.Before.OrganizationID], ops[i].Ref.ID)
		}
	}
	for account, list := range ids {
		for i, g := range groupNowReader(d.client).many(ctx, account, list) {
			if g.err == nil {
				d.now[list[i]] = g.v
			}
		}
	}
}

// more tells whether there is more in a write than name and status.
func more(w providers.Write[normalize.Group]) bool {
	return slices.ContainsFunc([]string{
		"budget_amount", "budget_period", "budget_unit", "currency", "bid_strategy", "bid_amount", "start_at", "end_at", "frequency_cap", "targeting",
	}, w.Changed)
}

// groupChanges are the changes that depend on what the ad set and its campaign have.
func (d *desk) groupChanges(ctx context.Context, id string, w providers.Write[normalize.Group], changed *changes) error {
	now, err := once(ctx, d.now, id, func(ctx context.Context, id string) (groupNow, error) {
		return groupNowReader(d.client).get(ctx, providers.Ref{Org: w.Before.OrganizationID, ID: id})
	})
	if err != nil {
		return err
	}
	rules, err := d.accountRules(ctx, now.AccountID)
	if err != nil {
		return err
	}
	if err := groupBudgetChange(w, &now, &rules, changed); err != nil {
		return err
	}
	if err := groupBidChange(w, &now, &rules, changed); err != nil {
		return err
	}
	if err := groupTimesChange(w, &now, d.client.now(), changed); err != nil {
		return err
	}
	if w.Changed("frequency_cap") && !reflect.DeepEqual(w.Object.FrequencyCap, w.Before.FrequencyCap) {
		list, err := writeFrequency(w.Object.FrequencyCap, now.Goal)
		if err != nil {
			return err
		}
		if was, err := writeFrequency(w.Before.FrequencyCap, now.Goal); err != nil || !slices.Equal(list, was) { // a week is seven days
			changed.set("frequency_control_specs", js(list))
		}
	}
	return groupTargetingChange(w, &now, changed)
}

func groupBudgetChange(w providers.Write[normalize.Group], now *groupNow, rules *accountRules, changed *changes) error {
	o, was := &w.Object, w.Before
	if w.Changed("currency") {
		if err := rules.inCurrency(o.Currency); err != nil {
			return err
		}
	}
	if !w.Changed("budget_amount") && !w.Changed("budget_period") && !w.Changed("budget_unit") {
		return nil
	}
	b, err := rules.budgetOf(o.BudgetAmount, o.BudgetPeriod, o.BudgetUnit)
	switch {
	case err != nil:
		return err
	case b.field != "" && now.Campaign.hasBudget():
		return budgetIsCampaigns()
	case b.field == "" && was.BudgetAmount != nil:
		return fault(providers.Rejected, "budget_amount", "the campaign has no budget, so each of its groups needs one")
	}
	if rules.sameBudget(b, was.BudgetAmount, was.BudgetPeriod) {
		return nil
	}
	changed.setInt(b.field, b.minor)
	return rules.enough(b, o.BudgetAmount)
}

func groupBidChange(w providers.Write[normalize.Group], now *groupNow, rules *accountRules, changed *changes) error {
	if !w.Changed("bid_strategy") && !w.Changed("bid_amount") {
		return nil
	}
	if w.Object.BidStrategy == nil && w.Before.BidStrategy != nil {
		return fault(providers.Rejected, "bid_strategy", "an ad set always has a bid strategy")
	}
	// The ceiling is the only thing that clearing leaves out; a cost that is held repeats none.
	is, err := groupBid(w, &now.Campaign, rules, now.Goal)
	if err != nil {
		return err
	}
	was, err := groupBid(providers.Write[normalize.Group]{Object: *w.Before}, &now.Campaign, rules, now.Goal)
	if err != nil { // what there is cannot be said in words of ours: all is sent
		was = bidForm{}
	}
	if is == was {
		return nil
	}
	other := is.strategy != was.strategy && is.strategy != "" // takes its companion along, whatever that was before
	if other {
		changed.set("bid_strategy", is.strategy)
	}
	if (other || is.amount != was.amount) && is.amount > 0 {
		changed.setInt("bid_amount", is.amount)
	}
	if (other || is.floor != was.floor) && is.floor > 0 {
		changed.set("bid_constraints", is.params()["bid_constraints"])
	}
	return nil
}

func groupTimesChange(w providers.Write[normalize.Group], now *groupNow, at time.Time, changed *changes) error {
	o, was := &w.Object, w.Before
	if !w.Changed("start_at") && !w.Changed("end_at") {
		return nil
	}
	if sameTime(o.StartAt, was.StartAt) && sameTime(o.EndAt, was.EndAt) {
		return nil
	}
	from := at
	if o.StartAt != nil { // one that has run for a week may well be ended tonight
		from = *o.StartAt
	}
	if err := checkTimes(o.StartAt, o.EndAt, from, now.lifetime(), inUse(now.Daily)); err != nil {
		return err
	}
	for _, t := range []struct {
		field, name string
		is, was     *time.Time
	}{{"start_at", "start_time", o.StartAt, was.StartAt}, {"end_at", "end_time", o.EndAt, was.EndAt}} {
		if sameTime(t.is, t.was) {
			continue
		}
		if t.is == nil {
			if t.field == "start_at" {
				return fault(providers.Rejected, "start_at", "an ad set always has a start")
			}
			changed.set(t.name, "0") // no end
			continue
		}
		text, err := instant(t.field, *t.is)
		if err != nil {
			return err
		}
		changed.set(t.name, text)
	}
	return nil
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Equal(*b)
}

func groupTargetingChange(w providers.Write[normalize.Group], now *groupNow, changed *changes) error {
	if !w.Changed("targeting") {
		return nil
	}
	is, was := w.Object.Targeting, w.Before.Targeting
	if is == nil {
		is = &normalize.Targeting{}
	}
	if was == nil {
		was = &normalize.Targeting{}
	}
	if w.Changed("targeting.schedule") && !reflect.DeepEqual(is.Schedule, was.Schedule) {
		if len(is.Schedule) > 0 && !now.lifetime() {
			return fault(providers.Rejected, "targeting.schedule", "a schedule goes with a lifetime budget only")
		}
		parts, err := writeSchedule(is.Schedule, now.Schedule)
		if err != nil {
			return err
		}
		pacing := "day_parting"
		if len(is.Schedule) == 0 {
			pacing = "standard"
		}
		changed.set("adset_schedule", js(parts))
		changed.set("pacing_type", js([]string{pacing}))
	}
	changedPart := func(name string) bool {
		return w.Changed("targeting."+name) && !reflect.DeepEqual(generic(at(generic(is), name)), generic(at(generic(was), name)))
	}
	spec, err := writeTargeting(now.Targeting, is, changedPart, w.Changed)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(nameless(spec), nameless(generic(now.Targeting))) {
		changed.set("targeting", js(spec)) // Meta replaces it whole
	}
	return nil
}

// nameless is a value without the names that Meta adds to ids.
func nameless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if k != "name" {
				out[k] = nameless(e)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = nameless(e)
		}
		return out
	}
	return v
}
