package google

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// What ours becomes on Google Ads, held to the same table as what is read.

// refused is the error for a value that Google has no counterpart of.
func refused(field, value string) error {
	return fault(providers.Rejected, field, "Google Ads has no counterpart of %s %s", field, value)
}

// writeStatus is the status to write for ours. Removing is an operation of its own, and final.
func writeStatus(s normalize.Status) (string, error) {
	switch s {
	case normalize.StatusActive:
		return "ENABLED", nil
	case normalize.StatusPaused:
		return "PAUSED", nil
	case normalize.StatusArchived:
		return "", refused("status", string(s)+": delete it, which is final")
	}
	return "", refused("status", string(s))
}

// writeGoal is the bidding message that stands for a goal on a channel: Google has no objective. It is empty where the
// channel says the goal by itself.
func writeGoal(g normalize.Goal, channel normalize.Channel) (string, error) {
	recipe := map[normalize.Goal]map[normalize.Channel]string{
		normalize.GoalBrandAwareness: {normalize.ChannelVideo: "targetCpm", normalize.ChannelDisplay: "manualCpm"},
		normalize.GoalReach:          {normalize.ChannelVideo: "targetCpm", normalize.ChannelDisplay: "manualCpm"},
		normalize.GoalWebsiteTraffic: {normalize.ChannelSearch: "targetSpend", normalize.ChannelDisplay: "targetSpend"},
		normalize.GoalAppPromotion:   {normalize.ChannelApp: ""},
		"": {
			normalize.ChannelSearch: "targetSpend", normalize.ChannelDisplay: "targetSpend", normalize.ChannelShopping: "targetSpend",
			normalize.ChannelPerformanceMax: "maximizeConversions", normalize.ChannelNative: "maximizeConversions",
			normalize.ChannelVideo: "targetCpv", normalize.ChannelApp: "targetCpa",
		},
	}
	switch g {
	case normalize.GoalLeads:
		return "maximizeConversions", nil
	case normalize.GoalSales:
		if channel == normalize.ChannelShopping {
			return "", nil
		}
		return "maximizeConversionValue", nil
	case normalize.GoalUnspecified:
		g = ""
	}
	message, ok := recipe[g][channel]
	if !ok {
		return "", refused("goal", string(g))
	}
	return message, nil
}

// writeChannel is the channel type and its sub-type. A campaign without one is refused: it decides the whole structure.
func writeChannel(c normalize.Channel) (channelType, subType string, err error) {
	switch c {
	case normalize.ChannelSearch, normalize.ChannelShopping, normalize.ChannelDisplay, normalize.ChannelVideo, normalize.ChannelPerformanceMax:
		return string(c), "", nil
	case normalize.ChannelNative:
		return "DEMAND_GEN", "", nil
	case normalize.ChannelApp:
		return "MULTI_CHANNEL", "APP_CAMPAIGN", nil
	}
	return "", "", refused("advertising_channel_type", string(c))
}

// writeGroupType is the type of an ad group; asset tells that it is an asset group.
func writeGroupType(c normalize.Channel) (groupType string, asset bool, err error) {
	switch c {
	case normalize.ChannelSearch:
		return "SEARCH_STANDARD", false, nil
	case normalize.ChannelDisplay:
		return "DISPLAY_STANDARD", false, nil
	case normalize.ChannelShopping:
		return "SHOPPING_PRODUCT_ADS", false, nil
	case normalize.ChannelVideo:
		return "VIDEO_RESPONSIVE", false, nil
	case normalize.ChannelPerformanceMax:
		return "", true, nil
	}
	return "", false, refused("type", string(c))
}

// writeBudget is the amount's field and the period. A lifetime budget needs an end, which is the writer's business.
func writeBudget(p normalize.BudgetPeriod) (field, period string, err error) {
	switch p {
	case normalize.BudgetPeriodDaily:
		return "amount_micros", "DAILY", nil
	case normalize.BudgetPeriodLifetime, normalize.BudgetPeriodTotal:
		return "total_amount_micros", "CUSTOM_PERIOD", nil
	}
	return "", "", refused("budget_period", string(p))
}

// writeBid is the bidding message for a strategy of a campaign on a channel. A target CPC and Google's video strategies are
// not written: who may use them is not known.
func writeBid(b normalize.BidStrategy, channel normalize.Channel) (string, error) {
	switch {
	case b.CustomBiddingAlgorithmID != "", b.MaxAverageCPMBidAmount != nil, b.RaiseBidForDeals != nil:
		return "", refused("bid_strategy", "with an algorithm, a CPM ceiling or deals")
	case b.Type == normalize.BidStrategyTypeFixedBid && channel == normalize.ChannelDisplay && b.PerformanceGoalType == normalize.PerformanceGoalTypeUnspecified:
		return "manualCpm", nil
	case b.Type == normalize.BidStrategyTypeFixedBid:
		return "manualCpc", nil
	case b.Type == normalize.BidStrategyTypeMaximizeSpend && b.PerformanceGoalType == normalize.PerformanceGoalTypeCpc:
		return "targetSpend", nil
	case b.Type == normalize.BidStrategyTypeMaximizeSpend && b.PerformanceGoalType == normalize.PerformanceGoalTypeCpa:
		return "maximizeConversions", nil
	case b.Type == normalize.BidStrategyTypePerformanceGoal && b.PerformanceGoalType == normalize.PerformanceGoalTypeCpa && b.PerformanceGoalAmount != nil:
		if channel == normalize.ChannelNative {
			return "targetCpa", nil
		}
		return "maximizeConversions.targetCpaMicros", nil
	case b.Type == normalize.BidStrategyTypePerformanceGoal && b.TargetROAS != nil:
		return "maximizeConversionValue.targetRoas", nil
	}
	return "", refused("bid_strategy.type", string(b.Type))
}

// writePolitical never defaults: Google wants the declaration on every campaign, and only the advertiser can make it.
func writePolitical(political *bool) (string, error) {
	switch {
	case political == nil:
		return "", refused("has_eu_political_ads", "(absent)")
	case *political:
		return "CONTAINS_EU_POLITICAL_ADVERTISING", nil
	}
	return "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING", nil
}
