package linkedin

import (
	"strings"

	"github.com/admux/admux/normalize"
)

// bidKinds is the bid strategy of an optimization target. With a manual bid unitCost is the price of what is billed,
// with a maximized result it is 0, with a target or a cap it is the average cost held.
var bidKinds = map[string]normalize.BidStrategy{
	"NONE":                                  {Type: normalize.BidStrategyTypeFixedBid},
	"ENHANCED_CONVERSION":                   {Type: normalize.BidStrategyTypeFixedBid},
	"MAX_CLICK":                             {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpc},
	"MAX_CONVERSION":                        {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"MAX_LEAD":                              {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"MAX_QUALIFIED_LEAD":                    {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"MAX_VIDEO_VIEW":                        {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeAvViewed},
	"MAX_REACH":                             {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeReach},
	"MAX_IMPRESSION":                        {Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified},
	"TARGET_COST_PER_CLICK":                 {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc},
	"CAP_COST_AND_MAXIMIZE_CLICKS":          {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc},
	"CAP_COST_AND_MAXIMIZE_LEADS":           {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"CAP_COST_AND_MAXIMIZE_QUALIFIED_LEADS": {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"CAP_COST_AND_MAXIMIZE_CONVERSIONS":     {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa},
	"TARGET_COST_PER_VIDEO_VIEW":            {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeAvViewed},
	"CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS":     {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeAvViewed},
	"CAP_COST_AND_MAXIMIZE_REACH":           {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeReach},
	"TARGET_COST_PER_IMPRESSION":            {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified},
	"CAP_COST_AND_MAXIMIZE_IMPRESSIONS":     {Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified},
}

// readBid is how LinkedIn bids; nil when its word has no counterpart. amount is unitCost, nil when absent.
func readBid(target string, amount *normalize.Decimal) *normalize.BidStrategy {
	b, ok := bidKinds[target]
	if !ok {
		return nil
	}
	switch b.Type {
	case normalize.BidStrategyTypeFixedBid:
		b.FixedBidAmount = amount
	case normalize.BidStrategyTypePerformanceGoal:
		b.PerformanceGoalAmount = amount
	}
	return &b
}

// writeBid is the optimization target and the unitCost for a bid strategy, given the group's optimization goal and the
// target that it has now (empty on creation): a target of the same meaning is kept. unitCost goes with every change.
func writeBid(b normalize.BidStrategy, goal normalize.OptimizationGoal, now string) (target string, unitCost normalize.Decimal, err error) {
	if b.CustomBiddingAlgorithmID != "" || b.MaxAverageCPMBidAmount != nil || b.RaiseBidForDeals != nil || b.TargetROAS != nil {
		return "", unitCost, refused("bid_strategy", "with an algorithm, a CPM ceiling, deals or a return")
	}
	switch b.Type {
	case normalize.BidStrategyTypeFixedBid:
		return amountFor("NONE", "fixed_bid_amount", b.FixedBidAmount)
	case normalize.BidStrategyTypeMaximizeSpend:
		target, err = maximized(b.PerformanceGoalType, goal)
		return target, unitCost, err
	case normalize.BidStrategyTypePerformanceGoal:
		if kept, ok := bidKinds[now]; ok && strings.HasPrefix(now, "TARGET_") && kept.Type == b.Type && kept.PerformanceGoalType == b.PerformanceGoalType {
			return amountFor(now, "performance_goal_amount", b.PerformanceGoalAmount)
		}
		target, err = capped(b.PerformanceGoalType, goal)
		if err != nil {
			return "", unitCost, err
		}
		return amountFor(target, "performance_goal_amount", b.PerformanceGoalAmount)
	}
	return "", unitCost, refused("bid_strategy.type", string(b.Type))
}

func amountFor(target, field string, amount *normalize.Decimal) (string, normalize.Decimal, error) {
	if amount == nil {
		return "", normalize.Decimal{}, refused("bid_strategy."+field, "(absent)")
	}
	return target, *amount, nil
}

func maximized(t normalize.PerformanceGoalType, goal normalize.OptimizationGoal) (string, error) {
	switch t {
	case normalize.PerformanceGoalTypeCpc:
		return "MAX_CLICK", nil
	case normalize.PerformanceGoalTypeAvViewed:
		return "MAX_VIDEO_VIEW", nil
	case normalize.PerformanceGoalTypeReach:
		return "MAX_REACH", nil
	case normalize.PerformanceGoalTypeCpa:
		if goal == normalize.OptimizationGoalConversions {
			return "MAX_CONVERSION", nil
		}
		return "MAX_LEAD", nil
	case normalize.PerformanceGoalTypeUnspecified, "":
		if goal == "" {
			return "MAX_IMPRESSION", nil
		}
		target, _, err := writeOptimizationGoal(goal)
		return target, err
	}
	return "", refused("bid_strategy.performance_goal_type", string(t))
}

// capped leaves out what LinkedIn's documentation does not list: caps on conversions and on reach.
func capped(t normalize.PerformanceGoalType, goal normalize.OptimizationGoal) (string, error) {
	switch {
	case t == normalize.PerformanceGoalTypeCpc:
		return "CAP_COST_AND_MAXIMIZE_CLICKS", nil
	case t == normalize.PerformanceGoalTypeAvViewed:
		return "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS", nil
	case t == normalize.PerformanceGoalTypeCpa && goal != normalize.OptimizationGoalConversions:
		return "CAP_COST_AND_MAXIMIZE_LEADS", nil
	case t == normalize.PerformanceGoalTypeUnspecified && goal == normalize.OptimizationGoalImpressions:
		return "CAP_COST_AND_MAXIMIZE_IMPRESSIONS", nil
	}
	return "", refused("bid_strategy.performance_goal_type", string(t))
}

// budget is what an object may spend, as ours says it.
type budget struct {
	amount, limit *normalize.Decimal // limit: the lifetime cap beside a daily budget
	period        normalize.BudgetPeriod
	unit          normalize.BudgetUnit
	currency      string
}

// readBudget: the daily budget is shown when both are set. Neither is no budget, which is not a budget of 0.
func readBudget(daily, total *money) budget {
	switch {
	case daily != nil && daily.Amount.OK:
		b := budget{amount: daily.Amount.Decimal(), period: normalize.BudgetPeriodDaily, unit: normalize.BudgetUnitCurrency, currency: daily.CurrencyCode}
		if total != nil {
			b.limit = total.Amount.Decimal()
		}
		return b
	case total != nil && total.Amount.OK:
		return budget{amount: total.Amount.Decimal(), period: normalize.BudgetPeriodLifetime, unit: normalize.BudgetUnitCurrency, currency: total.CurrencyCode}
	}
	return budget{}
}

// budgetField is the wire's field for a period. A lifetime budget needs an end date, which is the writer's business.
func budgetField(p normalize.BudgetPeriod) (string, error) {
	switch p {
	case normalize.BudgetPeriodDaily:
		return "dailyBudget", nil
	case normalize.BudgetPeriodLifetime, normalize.BudgetPeriodTotal:
		return "totalBudget", nil
	}
	return "", refused("budget_period", string(p))
}

// politicalIntents answer has_eu_political_ads; NOT_DECLARED is neither.
func readPolitical(intent string) *bool {
	switch intent {
	case "POLITICAL":
		return ptr(true)
	case "NOT_POLITICAL":
		return ptr(false)
	}
	return nil
}

// writePolitical never defaults: LinkedIn wants the declaration, and only the advertiser can make it.
func writePolitical(political *bool) (string, error) {
	switch {
	case political == nil:
		return "", refused("has_eu_political_ads", "(absent)")
	case *political:
		return "POLITICAL", nil
	}
	return "NOT_POLITICAL", nil
}

// frequencyUnits are the time spans of a frequency cap.
var frequencyUnits = map[string]normalize.TimeUnit{
	"HOUR": normalize.TimeUnitHours, "DAY": normalize.TimeUnitDays, "WEEK": normalize.TimeUnitWeeks, "MONTH": normalize.TimeUnitMonths,
}

func readFrequency(f *frequencyPreference) *normalize.FrequencyCap {
	if f == nil || f.OptimizationType != "MAX_FREQUENCY" {
		return nil
	}
	unit, ok := frequencyUnits[f.TimeSpan.Unit]
	if !ok {
		unit = normalize.TimeUnitUnspecified
	}
	return &normalize.FrequencyCap{MaxImpressions: ptr(f.Frequency), TimeUnit: unit, TimeUnitCount: ptr(f.TimeSpan.Duration)}
}

func writeFrequency(f normalize.FrequencyCap) (frequencyPreference, error) {
	out := frequencyPreference{OptimizationType: "MAX_FREQUENCY"}
	for unit, ours := range frequencyUnits {
		if ours == f.TimeUnit {
			out.TimeSpan.Unit = unit
		}
	}
	if out.TimeSpan.Unit == "" || f.MaxImpressions == nil || f.MaxViews != nil {
		return frequencyPreference{}, refused("frequency_cap", string(f.TimeUnit))
	}
	out.Frequency, out.TimeSpan.Duration = *f.MaxImpressions, 1
	if f.TimeUnitCount != nil {
		out.TimeSpan.Duration = *f.TimeUnitCount
	}
	return out, nil
}
