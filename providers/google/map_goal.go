package google

import (
	"strings"

	"github.com/admux/admux/normalize"
)

// readGoal is what the channel says of the goal. Google has no objective, and a goal read out of the bidding would call a
// lead campaign one of sales.
func readGoal(channelType string) normalize.Goal {
	switch channelType {
	case "MULTI_CHANNEL":
		return normalize.GoalAppPromotion
	case "SHOPPING":
		return normalize.GoalSales
	}
	return normalize.GoalUnspecified
}

// campaignChannel is the kind of a campaign; empty where there is no word of ours for it.
func campaignChannel(channelType, subType string) normalize.Channel {
	switch channelType {
	case "SEARCH":
		return normalize.ChannelSearch
	case "DISPLAY":
		return normalize.ChannelDisplay
	case "SHOPPING":
		return normalize.ChannelShopping
	case "VIDEO":
		if subType == "YOUTUBE_AUDIO" {
			return normalize.ChannelAudio
		}
		return normalize.ChannelVideo
	case "PERFORMANCE_MAX":
		return normalize.ChannelPerformanceMax
	case "DEMAND_GEN": // as Microsoft's audience campaigns, which are the same kind
		return normalize.ChannelNative
	case "MULTI_CHANNEL":
		return normalize.ChannelApp
	}
	return ""
}

// groupChannel is the kind of an ad group. Demand Gen and app campaigns give theirs no type: it is the campaign's.
func groupChannel(groupType string, campaign normalize.Channel) normalize.Channel {
	switch groupType {
	case "SEARCH_STANDARD", "SEARCH_DYNAMIC_ADS":
		return normalize.ChannelSearch
	case "DISPLAY_STANDARD":
		return normalize.ChannelDisplay
	case "SHOPPING_PRODUCT_ADS", "SHOPPING_SMART_ADS", "SHOPPING_COMPARISON_LISTING_ADS":
		return normalize.ChannelShopping
	case "YOUTUBE_AUDIO":
		return normalize.ChannelAudio
	case "VIDEO_BUMPER", "VIDEO_TRUE_VIEW_IN_STREAM", "VIDEO_TRUE_VIEW_IN_DISPLAY", "VIDEO_NON_SKIPPABLE_IN_STREAM", "VIDEO_RESPONSIVE", "VIDEO_EFFICIENT_REACH":
		return normalize.ChannelVideo
	case "", "UNSPECIFIED", "UNKNOWN":
		return campaign
	}
	return ""
}

// optimizationGoals is what a bidding strategy tunes delivery to.
var optimizationGoals = map[string]normalize.OptimizationGoal{
	"MANUAL_CPC": normalize.OptimizationGoalLinkClicks, "ENHANCED_CPC": normalize.OptimizationGoalLinkClicks, "TARGET_SPEND": normalize.OptimizationGoalLinkClicks,
	"TARGET_CPC": normalize.OptimizationGoalLinkClicks, "PERCENT_CPC": normalize.OptimizationGoalLinkClicks,
	"MAXIMIZE_CONVERSIONS": normalize.OptimizationGoalConversions, "TARGET_CPA": normalize.OptimizationGoalConversions,
	"MAXIMIZE_CONVERSION_VALUE": normalize.OptimizationGoalConversions, "TARGET_ROAS": normalize.OptimizationGoalConversions,
	"COMMISSION": normalize.OptimizationGoalConversions, "MANUAL_CPA": normalize.OptimizationGoalConversions,
	"MANUAL_CPM": normalize.OptimizationGoalImpressions, "TARGET_CPM": normalize.OptimizationGoalImpressions, "FIXED_CPM": normalize.OptimizationGoalImpressions,
	"TARGET_IMPRESSION_SHARE": normalize.OptimizationGoalImpressions,
	"MANUAL_CPV":              normalize.OptimizationGoalVideoViews, "TARGET_CPV": normalize.OptimizationGoalVideoViews,
}

// optimizationGoal is the event that delivery is tuned to: what the app campaign says, else what the bidding says.
func optimizationGoal(strategy, app string) normalize.OptimizationGoal {
	switch {
	case strings.HasPrefix(app, "OPTIMIZE_INSTALLS_"), strings.HasPrefix(app, "OPTIMIZE_PRE_REGISTRATION_"):
		return normalize.OptimizationGoalAppInstalls
	case strings.HasPrefix(app, "OPTIMIZE_IN_APP_"), strings.HasPrefix(app, "OPTIMIZE_RETURN_"), strings.HasPrefix(app, "OPTIMIZE_TOTAL_VALUE_"):
		return normalize.OptimizationGoalAppEngagement
	}
	return optimizationGoals[strategy]
}

// billingEvent is what is paid for; empty where the strategy and the channel do not say. Conversion strategies are billed
// by click on search and shopping; elsewhere Google does not say.
func billingEvent(strategy, channelType, paymentMode string) normalize.BillingEvent {
	switch paymentMode {
	case "", "CLICKS", "UNSPECIFIED", "UNKNOWN":
	default: // by conversion, value or stay: no word of ours
		return ""
	}
	switch strategy {
	case "MANUAL_CPC", "TARGET_SPEND", "TARGET_CPC", "PERCENT_CPC", "ENHANCED_CPC":
		return normalize.BillingEventLinkClicks
	case "MANUAL_CPM", "TARGET_CPM", "FIXED_CPM":
		return normalize.BillingEventImpressions
	case "MANUAL_CPV", "TARGET_CPV":
		return normalize.BillingEventVideoViews
	}
	if optimizationGoals[strategy] == normalize.OptimizationGoalConversions && (channelType == "SEARCH" || channelType == "SHOPPING") {
		return normalize.BillingEventLinkClicks
	}
	return ""
}
