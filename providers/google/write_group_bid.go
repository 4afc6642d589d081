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
func (w groupWrites) bid(ctx context.Context, a account, o *normalize.Group, parent *campaign, changed func(string) bool, create bool, v *changes) error {
	if o.BidStrategy == nil && o.BidAmount == nil && create {
		return nil // a new one takes its campaign's
	}
	member := ownBids[parent.BiddingStrategyType]
	field, amount := asked(o, member, changed)
	if amount != nil && member == "" {
		return fault(providers.Rejected, field, "groups of a campaign with %s have no bids of their own", parent.BiddingStrategyType)
	}
	g, value, err := w.ownBid(ctx, a, member, field, amount)
	if err != nil {
		return err
	}
	strategy, ceiling := groupBid(parent, &g)
	if b := o.BidStrategy; b != nil && !asRead(b, strategy) && (create || amount != nil || !changed(field) || !sameBut(b, strategy)) {
		return fault(providers.Rejected, "bid_strategy", "how a group bids is its campaign's strategy (%s): another would change the campaign's other groups", parent.BiddingStrategyType)
	}
	if fixed := member == "cpcBidMicros" || member == "cpmBidMicros"; !fixed && o.BidAmount != nil && (ceiling == nil || ceiling.Cmp(*o.BidAmount) != 0) {
		return fault(providers.Rejected, "bid_amount", "the ceiling of a bid is the campaign's")
	} else if fixed && disagree(o, changed) {
		return fault(providers.Rejected, "bid_amount", "bid_amount repeats bid_strategy.fixed_bid_amount, and is another")
	}
	if member != "" {
		v.set(member, value)
	}
	return nil
}

// ownBid is an ad group with one amount of its own, and the amount as Google writes it. Without an amount it has none.
func (w groupWrites) ownBid(ctx context.Context, a account, member, field string, amount *normalize.Decimal) (g adGroup, value any, err error) {
	if amount == nil {
		return g, nil, nil
	}
	if member == "targetRoas" {
		g.TargetROAS = wire.Number{Value: normalize.Some(*amount)}
		return g, *amount, checkROAS(field, *amount)
	}
	money, err := w.moneyOf(ctx, a)
	if err != nil {
		return g, nil, err
	}
	value, err = money.micros(field, *amount)
	n := wire.Amount{Value: normalize.Some(amount.Mul(normalize.Int(1_000_000)))}
	switch member {
	case "cpcBidMicros":
		g.CPCBid = n
	case "cpmBidMicros":
		g.CPMBid = n
	case "targetCpaMicros":
		g.TargetCPA = n
	}
	return g, value, err
}

// disagree tells whether both of the words for a fixed bid were given, with two amounts.
func disagree(o *normalize.Group, changed func(string) bool) bool {
	return o.BidStrategy != nil && o.BidStrategy.FixedBidAmount != nil && o.BidAmount != nil && o.BidStrategy.FixedBidAmount.Cmp(*o.BidAmount) != 0 &&
		changed("bid_strategy.fixed_bid_amount") && changed("bid_amount")
}

// sameBut tells whether two strategies are the same but for their targets: a group that gives its own up has its campaign's.
func sameBut(b, is *normalize.BidStrategy) bool {
	if is == nil {
		return false
	}
	x := *b
	x.Type, x.PerformanceGoalAmount, x.TargetROAS = is.Type, is.PerformanceGoalAmount, is.TargetROAS
	return asRead(&x, is)
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
	amount, fixed := changed("bid_amount"), changed("bid_strategy.fixed_bid_amount")
	if amount && !fixed || amount == fixed && b.FixedBidAmount == nil {
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
