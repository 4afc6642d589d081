package linkedin

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// budgets are what a campaign of LinkedIn's may spend, as it is written: a day, over its whole run, or both.
type budgets struct{ daily, total fields }

// budgets checks what a group may spend. given tells what the caller said in this write.
func (r *accountRules) budgets(o *normalize.Group, given func(string) bool) (b budgets, err error) {
	for _, err := range []error{inBudgetUnit(o.BudgetUnit), r.inCurrency(o.Currency), wholeBudget(o.BudgetAmount, o.BudgetPeriod)} {
		if err != nil {
			return b, err
		}
	}
	if o.BudgetAmount == nil {
		return b, fault(providers.Rejected, "budget_amount", "each of LinkedIn's campaigns, our groups, needs a budget")
	}
	field, err := budgetField(o.BudgetPeriod)
	if err != nil {
		return b, err
	}
	amount, err := r.spend("budget_amount", *o.BudgetAmount)
	if err != nil {
		return b, err
	}
	limited := o.BudgetMaxAmount != nil
	switch {
	case field == "totalBudget" && limited && given("budget_max_amount"):
		return b, fault(providers.Rejected, "budget_max_amount", "it goes with a daily budget: budget_amount is the limit already")
	case field == "totalBudget":
		o.BudgetPeriod, o.BudgetMaxAmount = normalize.BudgetPeriodLifetime, nil
		return budgets{total: amount}, nil
	case !limited:
		return budgets{daily: amount}, nil
	case o.BudgetMaxAmount.Cmp(*o.BudgetAmount) < 0:
		return b, fault(providers.Rejected, "budget_max_amount", "the limit is below the budget of a day")
	}
	total, err := r.spend("budget_max_amount", *o.BudgetMaxAmount)
	return budgets{amount, total}, err
}

func (b budgets) into(body fields) {
	if b.daily != nil {
		body["dailyBudget"] = b.daily
	}
	if b.total != nil {
		body["totalBudget"] = b.total
	}
}

func (b budgets) change(p *patch, now *campaign) {
	fixMoney(p, "dailyBudget", b.daily, now.DailyBudget)
	fixMoney(p, "totalBudget", b.total, now.TotalBudget)
}

// priced is a bid with its amount as it is written.
func (r *accountRules) priced(b bidding) (fields, error) {
	field := "bid_strategy.performance_goal_amount"
	if bidKinds[b.target].Type == normalize.BidStrategyTypeFixedBid {
		field = "bid_strategy.fixed_bid_amount"
	}
	return r.amount(field, b.unit)
}
