package google

import (
	"context"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// ownBids are the members of an ad group's own amounts, by the strategy that each is for.
var ownBids = map[string]string{
	"MANUAL_CPC": "cpcBidMicros", "ENHANCED_CPC": "cpcBidMicros", "MANUAL_CPM": "cpmBidMicros",
	"MAXIMIZE_CONVERSIONS": "targetCpaMicros", "TARGET_CPA": "targetCpaMicros",
	"MAXIMIZE_CONVERSION_VALUE": "targetRoas", "TARGET_ROAS": "targetRoas",
}

// bid writes the amounts that are an ad group's own. How it bids is its campaign's, for all of its groups: what would not
// be read back as it was asked for is refused.
func (w groupWrites) bid(ctx context.Context, a account, o *normalize.Group, parent *campaign, changed func(string) bool, v *changes) error {
	if o.BidStrategy == nil && o.BidAmount == nil && v.values != nil && v.values["campaign"] != nil {
		return nil // a new one takes its campaign's
	}
	member := ownBids[parent.BiddingStrategyType]
	field, amount := asked(o, member, changed)
	var g adGroup
	var value any
	switch {
	case amount == nil:
	case member == "":
		return fault(providers.Rejected, field, "groups of a campaign with %s have no bids of their own", parent.BiddingStrategyType)
	case member == "targetRoas":
		if amount.Cmp(normalize.Scaled(1, 2)) < 0 || amount.Cmp(normalize.Int(1000)) > 0 {
			return fault(providers.Rejected, field, "target_roas must be from 0.01 to 1000")
		}
		g.TargetROAS, value = wire.Number{Value: normalize.Some(*amount)}, *amount
	default:
		money, err := w.moneyOf(ctx, a)
		if err != nil {
			return err
		}
		if value, err = money.micros(field, *amount); err != nil {
			return err
		}
		n := wire.Amount{Value: normalize.Some(amount.Mul(normalize.Int(1_000_000)))}
		map[string]func(){
			"cpcBidMicros": func() { g.CPCBid = n }, "cpmBidMicros": func() { g.CPMBid = n }, "targetCpaMicros": func() { g.TargetCPA = n },
		}[member]()
	}
	strategy, ceiling := groupBid(parent, &g)
	if b := o.BidStrategy; b != nil && !asRead(b, strategy) {
		return fault(providers.Rejected, "bid_strategy", "how a group bids is its campaign's strategy (%s): another would change the campaign's other groups", parent.BiddingStrategyType)
	}
	if fixed := member == "cpcBidMicros" || member == "cpmBidMicros"; !fixed && o.BidAmount != nil && (ceiling == nil || ceiling.Cmp(*o.BidAmount) != 0) {
		return fault(providers.Rejected, "bid_amount", "the ceiling of a bid is the campaign's")
	}
	if member != "" {
		v.set(member, value)
	}
	return nil
}

// asked is the amount that a group asks for. bid_amount repeats a fixed bid: the one that was given counts.
func asked(o *normalize.Group, member string, changed func(string) bool) (string, *normalize.Decimal) {
	b := o.BidStrategy
	if b == nil {
		b = &normalize.BidStrategy{}
	}
	switch member {
	case "targetCpaMicros":
		return "bid_strategy.performance_goal_amount", b.PerformanceGoalAmount
	case "targetRoas":
		return "bid_strategy.target_roas", b.TargetROAS
	case "":
		if b.FixedBidAmount != nil {
			return "bid_strategy.fixed_bid_amount", b.FixedBidAmount
		}
		return "", nil
	}
	if o.BidAmount != nil && (b.FixedBidAmount == nil || !changed("bid_strategy.fixed_bid_amount")) || o.BidAmount == nil && changed("bid_amount") && !changed("bid_strategy.fixed_bid_amount") {
		return "bid_amount", o.BidAmount
	}
	return "bid_strategy.fixed_bid_amount", b.FixedBidAmount
}

// asRead tells whether a strategy is read as it was asked for. The amount of a fixed bid is checked by its own.
func asRead(b, is *normalize.BidStrategy) bool {
	if is == nil || b.Type != is.Type {
		return false
	}
	none := func(g normalize.PerformanceGoalType) normalize.PerformanceGoalType {
		if g == normalize.PerformanceGoalTypeUnspecified {
			return ""
		}
		return g
	}
	return none(b.PerformanceGoalType) == none(is.PerformanceGoalType) && equal(b.PerformanceGoalAmount, is.PerformanceGoalAmount) && equal(b.TargetROAS, is.TargetROAS) &&
		b.CustomBiddingAlgorithmID == "" && b.MaxAverageCPMBidAmount == nil && b.RaiseBidForDeals == nil
}
