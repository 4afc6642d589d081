package linkedin

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// groupMoney is the budget of a campaign group as it is written. One of both, or none.
type groupMoney struct{ daily, total fields }

func (m groupMoney) into(body fields) {
	if m.total != nil {
		body["totalBudget"] = m.total
	}
	if m.daily != nil { // taken only together with the spreading
		body["dailyBudget"], body["budgetOptimization"] = m.daily, spread()
	}
}

// spread is how a campaign's daily budget is used: LinkedIn spreads it over the groups.
func spread() fields { return fields{"budgetOptimizationStrategy": "DYNAMIC"} }

func (r *accountRules) groupBudget(o *normalize.Campaign) (m groupMoney, err error) {
	for _, err := range []error{inBudgetUnit(o.BudgetUnit), r.inCurrency(o.Currency), wholeBudget(o.BudgetAmount, o.BudgetPeriod)} {
		if err != nil {
			return m, err
		}
	}
	if o.BudgetAmount == nil {
		return m, nil
	}
	field, err := budgetField(o.BudgetPeriod)
	if err != nil {
		return m, err
	}
	amount, err := r.spend("budget_amount", *o.BudgetAmount)
	if field == "dailyBudget" {
		return groupMoney{daily: amount}, err
	}
	o.BudgetPeriod = normalize.BudgetPeriodLifetime
	return groupMoney{total: amount}, err
}

// groupMoneyChange changes budget and run. Where both an end and a budget for the whole run are new, LinkedIn wants the end
// first: it is a step of its own, which can be taken back.
func (c *client) groupMoneyChange(ctx context.Context, w providers.Write[normalize.Campaign], changed *patch) (*step, error) {
	o, was := w.Object, w.Before
	if !slices.ContainsFunc([]string{"budget_amount", "budget_period", "budget_unit", "currency", "start_at", "end_at"}, w.Changed) {
		return nil, nil
	}
	if o.BudgetAmount == nil { // the words of a budget that is taken away go with it
		o.BudgetPeriod, o.BudgetUnit, o.Currency = "", "", ""
	}
	rules, err := c.accountRules(ctx, was.OrganizationID)
	if err != nil {
		return nil, err
	}
	is, err := rules.groupBudget(&o)
	if err != nil {
		return nil, err
	}
	now, err := c.groupNow(ctx, was.OrganizationID, was.ID)
	if err != nil {
		return nil, err
	}
	is.change(changed, &now)
	var first *step
	ends := changed
	if is.total != nil && now.TotalBudget == nil && was.EndAt == nil && o.EndAt != nil {
		first = &step{change: &patch{}, undo: &patch{}}
		first.undo.in("runSchedule").take("end")
		ends = first.change
	}
	if err := startChange(changed, was.StartAt, o.StartAt, c.now()); err != nil {
		return nil, err
	}
	if err := endChange(ends, was.EndAt, o.EndAt, c.now()); err != nil {
		return nil, err
	}
	return first, runs(o.StartAt, o.EndAt, is.total != nil)
}

// change sends what differs of a budget. A daily one comes and goes with its spreading.
func (m groupMoney) change(p *patch, now *campaignGroup) {
	fixMoney(p, "dailyBudget", m.daily, now.DailyBudget)
	fixMoney(p, "totalBudget", m.total, now.TotalBudget)
	spreads := now.BudgetOptimization.Strategy == "DYNAMIC"
	switch {
	case m.daily != nil && !spreads:
		p.put("budgetOptimization", spread())
	case m.daily == nil && now.DailyBudget != nil && spreads:
		p.take("budgetOptimization")
	}
}
