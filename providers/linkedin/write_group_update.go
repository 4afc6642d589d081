package linkedin

import (
	"context"
	"slices"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func (c *client) updateGroup(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Group]) (providers.Written[normalize.Group], error) {
	p, w, err := c.groupChange(ctx, ref, w)
	if err != nil {
		return providers.Written[normalize.Group]{}, err
	}
	return update(ctx, c, campaignKind, w.Before.ID, p, *w.Before, w.DryRun, groups(c).Get)
}

// groupChange plans an update.
func (c *client) groupChange(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Group]) (order[normalize.Group], providers.Write[normalize.Group], error) {
	p := order[normalize.Group]{wish: w.Object}
	if w.Before == nil {
		before, err := groups(c).Get(ctx, ref)
		if err != nil {
			return p, w, err
		}
		w.Before = &before
	}
	was := w.Before
	p.account = was.OrganizationID
	if w.Object.BudgetPeriod == normalize.BudgetPeriodTotal && was.BudgetPeriod == normalize.BudgetPeriodLifetime {
		w.Object.BudgetPeriod = was.BudgetPeriod
	}
	if err := fixed(groupFields, w); err != nil {
		return p, w, err
	}
	status, err := c.statusChange(w.Changed, "status", was.Status, w.Object.Status)
	if err != nil {
		return p, w, err
	}
	changed := &patch{}
	if differs(w, "name") {
		if err := nameToWrite(w.Object.Name, 0); err != nil {
			return p, w, err
		}
		changed.put("name", w.Object.Name)
	}
	if more(w) {
		if err := c.groupChanges(ctx, w, changed); err != nil {
			return p, w, err
		}
	}
	if p.steps = joined(changed, status); len(p.steps) > 0 {
		err = gone(was.EffectiveStatus, campaignKind.word, was.ID)
	}
	return p, w, err
}

// more tells whether there is more in a write than name and status.
func more(w providers.Write[normalize.Group]) bool {
	return slices.ContainsFunc(w.Set, func(path string) bool { return path != "name" && path != "status" })
}

// groupChanges are the changes that depend on what LinkedIn has now.
func (c *client) groupChanges(ctx context.Context, w providers.Write[normalize.Group], changed *patch) error {
	was := w.Before
	now, _, err := getOne[campaign](ctx, c, campaignKind.one(was.OrganizationID, was.ID), nil)
	if err != nil {
		return err
	}
	rules, err := c.accountRules(ctx, was.OrganizationID)
	if err != nil {
		return err
	}
	for _, part := range []func() error{
		func() error { return groupBudgetChange(w, &now, &rules, changed) },
		func() error { return groupBidChange(w, &now, &rules, changed) },
		func() error { return c.groupRunChange(ctx, w, &now, changed) },
		func() error { return groupSettingsChange(w, changed) },
		func() error { return c.groupTargetingChange(ctx, w, &now, changed) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func groupBudgetChange(w providers.Write[normalize.Group], now *campaign, rules *accountRules, changed *patch) error {
	if !slices.ContainsFunc([]string{"budget_amount", "budget_period", "budget_unit", "budget_max_amount", "currency"}, w.Changed) {
		return nil
	}
	o := w.Object
	if o.BudgetAmount == nil && w.Before.BudgetAmount == nil && o.BudgetMaxAmount == nil { // what never had one is not asked for one
		return rules.inCurrency(o.Currency)
	}
	b, err := rules.budgets(&o, w.Changed)
	if err != nil {
		return err
	}
	b.change(changed, now)
	if b.total != nil && now.TotalBudget == nil && o.EndAt == nil {
		return fault(providers.Rejected, "end_at", "a budget for the whole run needs an end_at")
	}
	return nil
}

// groupBidChange changes target, price and what is paid for. The price goes with every change of the target.
func groupBidChange(w providers.Write[normalize.Group], now *campaign, rules *accountRules, changed *patch) error {
	if !slices.ContainsFunc([]string{"bid_strategy", "bid_amount", "optimization_goal", "billing_event"}, func(p string) bool { return differs(w, p) }) {
		return nil
	}
	if w.Object.BidStrategy == nil && w.Before.BidStrategy != nil {
		return fault(providers.Rejected, "bid_strategy", "a group always has a bid strategy")
	}
	given := func(path string) bool { return w.Changed(path) && differs(w, path) }
	b, err := bidWish{o: &w.Object, given: given, objective: now.ObjectiveType, now: bidding{target: now.OptimizationTargetType, cost: now.CostType}}.bidding()
	if err != nil {
		return err
	}
	unit, err := rules.priced(b)
	if err != nil {
		return err
	}
	if b.target != now.OptimizationTargetType {
		changed.put("optimizationTargetType", b.target)
	}
	if b.cost != now.CostType {
		changed.put("costType", b.cost)
	}
	if b.target != now.OptimizationTargetType || !sameMoney(unit, now.UnitCost) {
		changed.put("unitCost", unit)
	}
	return nil
}

func (c *client) groupRunChange(ctx context.Context, w providers.Write[normalize.Group], now *campaign, changed *patch) error {
	o, was := &w.Object, w.Before
	if sameTime(o.StartAt, was.StartAt) && sameTime(o.EndAt, was.EndAt) {
		return nil
	}
	parent, err := c.groupNow(ctx, was.OrganizationID, was.CampaignID)
	if err != nil {
		return err
	}
	moved := func(is, was *time.Time) *time.Time { // only what is moved has to fit
		if sameTime(is, was) {
			return nil
		}
		return is
	}
	if err := inside(moved(o.StartAt, was.StartAt), moved(o.EndAt, was.EndAt), parent.RunSchedule); err != nil {
		return err
	}
	whole := now.TotalBudget != nil && !slices.Contains(changed.remove, "totalBudget")
	if err := runs(o.StartAt, o.EndAt, whole); err != nil {
		return err
	}
	if err := startChange(changed, was.StartAt, o.StartAt, c.now()); err != nil {
		return err
	}
	return endChange(changed, was.EndAt, o.EndAt, c.now())
}

func groupSettingsChange(w providers.Write[normalize.Group], changed *patch) error {
	o := &w.Object
	if differs(w, "has_eu_political_ads") {
		intent, err := writePolitical(o.HasEUPoliticalAds)
		if err != nil {
			return fault(providers.Rejected, "has_eu_political_ads", "a declaration is changed, and not taken back")
		}
		changed.put("politicalIntent", intent)
	}
	if differs(w, "creative_selection") {
		selection, err := writeSelection(o.CreativeSelection)
		if err != nil {
			return err
		}
		changed.put("creativeSelection", selection)
	}
	if !differs(w, "frequency_cap") {
		return nil
	}
	if o.FrequencyCap == nil {
		changed.take("optimizationPreference")
		return nil
	}
	body, err := frequencyBody(o.FrequencyCap)
	changed.put("optimizationPreference", body)
	return err
}

// groupTargetingChange: LinkedIn replaces the tree whole, so what stands there now is written along.
func (c *client) groupTargetingChange(ctx context.Context, w providers.Write[normalize.Group], now *campaign, changed *patch) error {
	if !w.Changed("targeting") {
		return nil
	}
	t := w.Object.Targeting
	if t == nil {
		t = &normalize.Targeting{}
	}
	labels, err := c.labels(ctx, targetURNs(now))
	if err != nil {
		return err
	}
	a := aim{t: t, given: func(path string) bool { return w.Changed("targeting." + path) }, now: now.TargetingCriteria, labels: labels, country: c.countryURN(ctx)}
	tree, err := a.tree()
	if err != nil {
		return err
	}
	if !sameTree(tree, now.TargetingCriteria) {
		changed.put("targetingCriteria", wireTree(tree))
	}
	if w.Changed("targeting.placement") {
		offsite, err := leavesLinkedIn(t.Placement, now.ConnectedTelevisionOnly)
		if err != nil {
			return err
		}
		setFlag(changed, "offsiteDeliveryEnabled", offsite, now.OffsiteDeliveryEnabled)
	}
	if w.Changed("targeting.optimization") {
		wide, err := expands(t.Optimization)
		if err != nil {
			return err
		}
		setFlag(changed, "audienceExpansionEnabled", wide, now.AudienceExpansionEnabled)
	}
	return nil
}

func setFlag(p *patch, name string, is bool, was *bool) {
	if was == nil || *was != is {
		p.put(name, is)
	}
}
