package ads

import (
	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/normalize"
)

// budgetsOf lists what an object may spend, and the currency where the object tells it. A budget that counts
// impressions is no money.
func budgetsOf(v normalize.Object) (list []guard.Budget, currency string) {
	add := func(field string, amount *normalize.Decimal, period normalize.BudgetPeriod) {
		if amount != nil {
			list = append(list, guard.Budget{Field: field, Amount: *amount, Period: period})
		}
	}
	switch v := v.(type) {
	case normalize.Campaign:
		if v.BudgetUnit != normalize.BudgetUnitImpressions {
			add("budget_amount", v.BudgetAmount, v.BudgetPeriod)
		}
		return list, v.Currency
	case normalize.Group:
		if v.BudgetUnit != normalize.BudgetUnitImpressions {
			add("budget_amount", v.BudgetAmount, v.BudgetPeriod)
			add("budget_max_amount", v.BudgetMaxAmount, normalize.BudgetPeriodTotal)
		}
		if v.Pacing != nil {
			add("pacing.daily_max_amount", v.Pacing.DailyMaxAmount, normalize.BudgetPeriodDaily)
		}
		return list, v.Currency
	case normalize.InsertionOrder:
		for _, s := range v.BudgetSegments {
			add("budget_segments", s.BudgetAmount, normalize.BudgetPeriodTotal)
		}
	}
	return list, ""
}

// campaignOf is the campaign that a group is in.
func campaignOf(v normalize.Object) string {
	if g, ok := v.(normalize.Group); ok {
		return g.CampaignID
	}
	return ""
}

// on tells whether something that is there may spend. What its platform does not tell may.
func on(s normalize.Status) bool {
	return s == normalize.StatusActive || s == normalize.StatusUnspecified || s == ""
}

// activates tells whether a write switches something on that was not.
func activates(before, after normalize.Status) bool {
	return after == normalize.StatusActive && before != normalize.StatusActive
}

// archives tells whether a write puts something away that was not.
func archives(before, after normalize.Status) bool {
	away := func(s normalize.Status) bool {
		return s == normalize.StatusArchived || s == normalize.StatusScheduledForDeletion
	}
	return away(after) && !away(before)
}
