package google

import (
	"context"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// newBid is the strategy of a new campaign: the one asked for, else what its goal, or its channel, stands for.
func newBid(o *normalize.Campaign) (string, error) {
	message, err := writeGoal(o.Goal, o.AdvertisingChannelType)
	if err != nil || o.BidStrategy == nil {
		return message, err
	}
	return writeBid(*o.BidStrategy, o.AdvertisingChannelType)
}

// bid writes a strategy. It is chosen by the message that is there; its amounts are the message's.
func (w campaignWrites) bid(ctx context.Context, a account, o *normalize.Campaign, message string, v *changes) error {
	if err := fitsBid(o, message); err != nil {
		return err
	}
	switch message {
	case "manualCpc":
		v.set("manualCpc.enhancedCpcEnabled", false)
		return nil
	case "manualCpm", "targetCpm", "targetCpv":
		v.set(message, fields{})
		return nil
	case "maximizeConversions":
		v.set("maximizeConversions.targetCpaMicros", nil)
		return nil
	case "maximizeConversionValue":
		v.set("maximizeConversionValue.targetRoas", nil)
		return nil
	case "maximizeConversionValue.targetRoas":
		v.set(message, *o.BidStrategy.TargetROAS)
		return checkROAS("bid_strategy.target_roas", *o.BidStrategy.TargetROAS)
	}
	field, path, amount := "bid_amount", "targetSpend.cpcBidCeilingMicros", o.BidAmount
	if message != "targetSpend" {
		field, path = "bid_strategy.performance_goal_amount", message
		if message == "targetCpa" {
			path = "targetCpa.targetCpaMicros"
		}
		if o.BidStrategy == nil || o.BidStrategy.PerformanceGoalAmount == nil {
			return fault(providers.Rejected, field, "a target needs a performance_goal_amount")
		}
		amount = o.BidStrategy.PerformanceGoalAmount
	}
	if amount == nil {
		v.set(path, nil)
		return nil
	}
	money, err := w.moneyOf(ctx, a)
	if err != nil {
		return err
	}
	micros, err := money.micros(field, *amount)
	v.set(path, micros)
	return err
}

// fitsBid refuses amounts that a strategy does not have, and strategies that a channel does not.
func fitsBid(o *normalize.Campaign, message string) error {
	b := o.BidStrategy
	if b == nil {
		b = &normalize.BidStrategy{}
	}
	for _, x := range []struct {
		field string
		given bool
	}{
		{"fixed_bid_amount", b.FixedBidAmount != nil}, {"youtube_and_partners_value", b.YoutubeAndPartnersValue != ""},
		{"performance_goal_amount", b.PerformanceGoalAmount != nil && message != "maximizeConversions.targetCpaMicros" && message != "targetCpa"},
		{"target_roas", b.TargetROAS != nil && message != "maximizeConversionValue.targetRoas"},
	} {
		if x.given {
			return fault(providers.Rejected, "bid_strategy."+x.field, "a campaign of Google Ads with %s has no %s: single bids are its groups'", message, x.field)
		}
	}
	switch {
	case o.BidAmount != nil && message != "targetSpend":
		return fault(providers.Rejected, "bid_amount", "a campaign of Google Ads has a bid_amount with MAXIMIZE_SPEND for clicks only, as the ceiling of a bid")
	case o.AdvertisingChannelType == normalize.ChannelPerformanceMax && !strings.HasPrefix(message, "maximizeConversion"):
		return fault(providers.Rejected, "bid_strategy.type", "a Performance Max campaign maximizes conversions or their value")
	}
	return nil
}

// checkROAS refuses a return that Google cannot hold.
func checkROAS(field string, d normalize.Decimal) error {
	if d.Cmp(normalize.Scaled(1, 2)) < 0 || d.Cmp(normalize.Int(1000)) > 0 {
		return fault(providers.Rejected, field, "target_roas must be from 0.01 to 1000")
	}
	return nil
}

// changedBid writes the strategy of a campaign where it differs. A target that is cleared leaves its strategy without one.
func (w campaignWrites) changedBid(ctx context.Context, a account, in providers.Write[normalize.Campaign], v *changes) error {
	o, was := in.Object, in.Before
	if differs(in, "kpi", o.KPI, was.KPI) {
		if !differs(in, "bid_strategy", o.BidStrategy, was.BidStrategy) {
			o.BidStrategy = nil // the target decides
		}
		var err error
		if o, err = withKPI(o, was.BidStrategy); err != nil {
			return err
		}
	}
	if equal(o.BidStrategy, was.BidStrategy) && !differs(in, "bid_amount", o.BidAmount, was.BidAmount) {
		return nil
	}
	if o.BidStrategy == nil {
		return fault(providers.Rejected, "bid_strategy", "how the campaign bids is kept in raw only: name a bid_strategy")
	}
	if message, ok := untargeted(o.BidStrategy, was.BidStrategy); ok {
		return w.bid(ctx, a, &o, message, v)
	}
	message, err := writeBid(*o.BidStrategy, o.AdvertisingChannelType)
	if err != nil {
		return err
	}
	return w.bid(ctx, a, &o, message, v)
}

// untargeted is the strategy of a campaign whose target is taken away and that is told nothing else.
func untargeted(is, was *normalize.BidStrategy) (message string, ok bool) {
	goal := normalize.BidStrategyTypePerformanceGoal
	if was == nil || is.Type != goal || was.Type != goal || is.PerformanceGoalAmount != nil || is.TargetROAS != nil {
		return "", false
	}
	switch {
	case was.TargetROAS != nil:
		return "maximizeConversionValue", true
	case was.PerformanceGoalAmount != nil && was.PerformanceGoalType == normalize.PerformanceGoalTypeCpa:
		return "maximizeConversions", true
	}
	return "", false
}

// withKPI is a campaign whose target, given as its kpi, is told by its strategy; was is the strategy that a cleared target
// leaves. Both may be given where they say the same.
func withKPI(o normalize.Campaign, was *normalize.BidStrategy) (normalize.Campaign, error) {
	b := normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal}
	switch k := o.KPI; {
	case k == nil && o.BidStrategy == nil && was != nil:
		b = *was
		b.PerformanceGoalAmount, b.TargetROAS = nil, nil
	case k == nil:
		return o, nil
	case k.Amount == nil || k.AlgorithmID != "" || k.Percentage != nil:
		return o, fault(providers.Rejected, "kpi.amount", "a kpi of a Google Ads campaign is an amount, and nothing else")
	case k.Type == normalize.GoalKPITypeCpa && k.StringValue == "":
		b.PerformanceGoalType, b.PerformanceGoalAmount = normalize.PerformanceGoalTypeCpa, k.Amount
	case k.Type == normalize.GoalKPITypeOther && k.StringValue == "ROAS":
		b.PerformanceGoalType, b.TargetROAS = normalize.PerformanceGoalTypeUnspecified, k.Amount
	default:
		return o, refused("kpi.type", string(k.Type))
	}
	if o.BidStrategy != nil && !asRead(o.BidStrategy, &b) {
		return o, fault(providers.Rejected, "kpi", "kpi and bid_strategy name different targets")
	}
	o.BidStrategy = &b
	return o, nil
}
