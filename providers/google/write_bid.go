package google

import (
	"context"

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
	b := o.BidStrategy
	if b != nil {
		for field, given := range map[string]bool{
			"fixed_bid_amount": b.FixedBidAmount != nil, "youtube_and_partners_value": b.YoutubeAndPartnersValue != "",
			"performance_goal_amount": b.PerformanceGoalAmount != nil && message != "maximizeConversions.targetCpaMicros" && message != "targetCpa",
			"target_roas":             b.TargetROAS != nil && message != "maximizeConversionValue.targetRoas",
		} {
			if given {
				return fault(providers.Rejected, "bid_strategy."+field, "a campaign of Google Ads with %s has no %s: single bids are its groups'", message, field)
			}
		}
	}
	if o.BidAmount != nil && message != "targetSpend" {
		return fault(providers.Rejected, "bid_amount", "a campaign of Google Ads has a bid_amount with MAXIMIZE_SPEND for clicks only, as the ceiling of a bid")
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
		if b.TargetROAS.Cmp(normalize.Scaled(1, 2)) < 0 || b.TargetROAS.Cmp(normalize.Int(1000)) > 0 {
			return fault(providers.Rejected, "bid_strategy.target_roas", "target_roas must be from 0.01 to 1000")
		}
		v.set(message, *b.TargetROAS)
		return nil
	}
	field, path, amount := "bid_amount", "targetSpend.cpcBidCeilingMicros", o.BidAmount
	if message != "targetSpend" {
		field, path = "bid_strategy.performance_goal_amount", message
		if message == "targetCpa" {
			path = "targetCpa.targetCpaMicros"
		}
		if b == nil || b.PerformanceGoalAmount == nil {
			return fault(providers.Rejected, field, "a target needs a performance_goal_amount")
		}
		amount = b.PerformanceGoalAmount
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
	if err == nil {
		v.set(path, micros)
	}
	return err
}

// withKPI is a campaign whose target, given as its kpi, is told by its strategy.
func withKPI(o normalize.Campaign) normalize.Campaign { return o }
