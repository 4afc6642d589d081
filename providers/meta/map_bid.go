package meta

import (
	"errors"
	"strconv"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

const (
	bidLowest  = "LOWEST_COST_WITHOUT_CAP"
	bidCap     = "LOWEST_COST_WITH_BID_CAP"
	bidCost    = "COST_CAP"
	bidROAS    = "LOWEST_COST_WITH_MIN_ROAS"
	roasDigits = 4 // a floor counts ten-thousandths
)

// goalTypes is what a bid is measured by, after what delivery is tuned to. Impressions and value have no word.
var goalTypes = map[normalize.OptimizationGoal]normalize.PerformanceGoalType{
	normalize.OptimizationGoalLinkClicks:       normalize.PerformanceGoalTypeCpc,
	normalize.OptimizationGoalConversions:      normalize.PerformanceGoalTypeCpa,
	normalize.OptimizationGoalLeadGeneration:   normalize.PerformanceGoalTypeCpa,
	normalize.OptimizationGoalAppInstalls:      normalize.PerformanceGoalTypeCpa,
	normalize.OptimizationGoalLandingPageViews: normalize.PerformanceGoalTypeCpa,
	normalize.OptimizationGoalMessages:         normalize.PerformanceGoalTypeCpa,
	normalize.OptimizationGoalVideoViews:       normalize.PerformanceGoalTypeAvViewed,
	normalize.OptimizationGoalReach:            normalize.PerformanceGoalTypeReach,
}

func goalType(optimizationGoal string) normalize.PerformanceGoalType {
	if t, ok := goalTypes[optimizationGoals[optimizationGoal]]; ok && optimizationGoal != goalValue {
		return t
	}
	return normalize.PerformanceGoalTypeUnspecified
}

// readBid is how Meta bids; nil when it does not say. amount is bid_amount in major units: the ceiling of a single bid, or
// the average cost that is held. ceiling is only the former.
func readBid(strategy, optimizationGoal string, amount *normalize.Decimal, floor wire.Amount) (b *normalize.BidStrategy, ceiling *normalize.Decimal) {
	switch strategy {
	case bidLowest:
		return &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: goalType(optimizationGoal)}, nil
	case bidCap:
		return &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: goalType(optimizationGoal)}, amount
	case bidCost:
		return &normalize.BidStrategy{
			Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: goalType(optimizationGoal), PerformanceGoalAmount: amount,
		}, nil
	case bidROAS:
		out := &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified}
		if floor.OK {
			out.TargetROAS = ptr(floor.D.Mul(normalize.Scaled(1, roasDigits)))
		}
		return out, nil
	}
	return nil, nil
}

// bidOrder is what a bid of ours writes on an ad set: the strategy, and one of the two amounts that go with it.
type bidOrder struct {
	strategy  string
	amount    *normalize.Decimal // major units
	roasFloor int64              // ten-thousandths; 0: none
}

// writeBid is the order for a bid strategy. ceiling is the group's bid_amount. Meta has no bid whose price is fixed.
func writeBid(b normalize.BidStrategy, ceiling *normalize.Decimal) (bidOrder, error) {
	if b.CustomBiddingAlgorithmID != "" || b.MaxAverageCPMBidAmount != nil || b.RaiseBidForDeals != nil {
		return bidOrder{}, refused("bid_strategy", "with an algorithm, a CPM ceiling or deals")
	}
	switch b.Type {
	case normalize.BidStrategyTypeMaximizeSpend:
		if ceiling != nil {
			return bidOrder{strategy: bidCap, amount: ceiling}, nil
		}
		return bidOrder{strategy: bidLowest}, nil
	case normalize.BidStrategyTypePerformanceGoal:
		switch {
		case b.TargetROAS != nil:
			n, err := wholeNumber(b.TargetROAS.Mul(normalize.Int(10_000)))
			if err != nil || n <= 0 {
				return bidOrder{}, refused("bid_strategy.target_roas", b.TargetROAS.String())
			}
			return bidOrder{strategy: bidROAS, roasFloor: n}, nil
		case b.PerformanceGoalAmount != nil:
			return bidOrder{strategy: bidCost, amount: b.PerformanceGoalAmount}, nil
		}
		return bidOrder{}, refused("bid_strategy.performance_goal_amount", "(absent)")
	}
	return bidOrder{}, refused("bid_strategy.type", string(b.Type))
}

// wholeNumber refuses what is not one.
func wholeNumber(d normalize.Decimal) (int64, error) {
	if d.Scale() > 0 {
		return 0, errors.New("not a whole number")
	}
	return strconv.ParseInt(d.String(), 10, 64)
}

// allocation tells whether Meta spreads the campaign's budget over its ad sets.
func allocation(parent *parentCampaign) normalize.BudgetAllocationType {
	if parent.hasBudget() {
		return normalize.BudgetAllocationTypeAutomatic
	}
	return normalize.BudgetAllocationTypeFixed
}

func (p *parentCampaign) hasBudget() bool {
	return p != nil && (inUse(p.DailyBudget) || inUse(p.LifetimeBudget))
}

func inUse(a wire.Amount) bool { return a.OK && !a.D.IsZero() }

// readFrequency is the cap on impressions of one person; the first, where there are several.
func readFrequency(list []frequencyCap) *normalize.FrequencyCap {
	for _, f := range list {
		if f.Event != "IMPRESSIONS" || !f.MaxFrequency.OK || !f.IntervalDays.OK {
			continue
		}
		most, err1 := wholeNumber(f.MaxFrequency.D)
		days, err2 := wholeNumber(f.IntervalDays.D)
		if err1 == nil && err2 == nil {
			return &normalize.FrequencyCap{MaxImpressions: &most, TimeUnit: normalize.TimeUnitDays, TimeUnitCount: &days}
		}
	}
	return nil
}
