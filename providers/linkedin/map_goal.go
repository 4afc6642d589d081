package linkedin

import (
	"github.com/admux/admux/normalize"
)

// readGoal is the goal of an objective. video tells a video-view objective, which is ENGAGEMENT with a cost-per-view
// KPI. Symbols are singular on the wire, whatever the documentation's tables print.
func readGoal(objective string) (g normalize.Goal, video bool) {
	switch objective {
	case "BRAND_AWARENESS":
		return normalize.GoalBrandAwareness, false
	case "ENGAGEMENT":
		return normalize.GoalEngagement, false
	case "VIDEO_VIEW":
		return normalize.GoalEngagement, true
	case "WEBSITE_VISIT":
		return normalize.GoalWebsiteTraffic, false
	case "LEAD_GENERATION", "TALENT_LEAD":
		return normalize.GoalLeads, false
	case "WEBSITE_CONVERSION":
		return normalize.GoalSales, false
	}
	return normalize.GoalUnspecified, false // JOB_APPLICANT has no counterpart
}

// writeGoal is the objective for a goal; empty for UNSPECIFIED, which is as if absent. REACH has no objective of its
// own: it is BRAND_AWARENESS, whose groups optimize for MAX_REACH. kpi is the campaign's, nil when there is none.
func writeGoal(g normalize.Goal, kpi *normalize.GoalKPI) (string, error) {
	switch g {
	case normalize.GoalBrandAwareness, normalize.GoalReach:
		return "BRAND_AWARENESS", nil
	case normalize.GoalEngagement:
		if kpi != nil && isVideoKPI(kpi.Type) {
			return "VIDEO_VIEW", nil
		}
		return "ENGAGEMENT", nil
	case normalize.GoalWebsiteTraffic:
		return "WEBSITE_VISIT", nil
	case normalize.GoalLeads:
		return "LEAD_GENERATION", nil
	case normalize.GoalSales:
		return "WEBSITE_CONVERSION", nil
	case normalize.GoalUnspecified, "":
		return "", nil
	}
	return "", refused("goal", string(g))
}

func isVideoKPI(t normalize.GoalKPIType) bool {
	switch t {
	case normalize.GoalKPITypeCpv, normalize.GoalKPITypeVtr, normalize.GoalKPITypeCpcv, normalize.GoalKPITypeVideoCompletionRate:
		return true
	}
	return false
}

// readOptimizationGoal is the event that delivery is tuned to; empty when LinkedIn's has no counterpart. A manual bid is
// tuned to what is billed, and under the objective ENGAGEMENT clicks are engagement.
func readOptimizationGoal(target, costType, objective string) normalize.OptimizationGoal {
	switch target {
	case "MAX_REACH", "CAP_COST_AND_MAXIMIZE_REACH":
		return normalize.OptimizationGoalReach
	case "MAX_IMPRESSION", "TARGET_COST_PER_IMPRESSION", "CAP_COST_AND_MAXIMIZE_IMPRESSIONS":
		return normalize.OptimizationGoalImpressions
	case "MAX_CLICK":
		if objective == "ENGAGEMENT" {
			return normalize.OptimizationGoalEngagement
		}
		return normalize.OptimizationGoalLinkClicks
	case "TARGET_COST_PER_CLICK", "CAP_COST_AND_MAXIMIZE_CLICKS":
		return normalize.OptimizationGoalLinkClicks
	case "MAX_CONVERSION", "CAP_COST_AND_MAXIMIZE_CONVERSIONS", "ENHANCED_CONVERSION":
		return normalize.OptimizationGoalConversions
	case "MAX_LEAD", "MAX_QUALIFIED_LEAD", "CAP_COST_AND_MAXIMIZE_LEADS", "CAP_COST_AND_MAXIMIZE_QUALIFIED_LEADS":
		return normalize.OptimizationGoalLeadGeneration
	case "MAX_VIDEO_VIEW", "TARGET_COST_PER_VIDEO_VIEW", "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS":
		return normalize.OptimizationGoalVideoViews
	case "NONE":
		switch costType {
		case "CPC":
			return normalize.OptimizationGoalLinkClicks
		case "CPM":
			return normalize.OptimizationGoalImpressions
		case "CPV":
			return normalize.OptimizationGoalVideoViews
		}
	}
	return ""
}

// writeOptimizationGoal is the automatic target for a goal. Each goes with one objective only; LinkedIn refuses others.
func writeOptimizationGoal(g normalize.OptimizationGoal) (target, objective string, err error) {
	switch g {
	case normalize.OptimizationGoalReach:
		return "MAX_REACH", "BRAND_AWARENESS", nil
	case normalize.OptimizationGoalImpressions:
		return "MAX_IMPRESSION", "BRAND_AWARENESS", nil
	case normalize.OptimizationGoalLinkClicks:
		return "MAX_CLICK", "WEBSITE_VISIT", nil
	case normalize.OptimizationGoalEngagement:
		return "MAX_CLICK", "ENGAGEMENT", nil
	case normalize.OptimizationGoalConversions:
		return "MAX_CONVERSION", "WEBSITE_CONVERSION", nil
	case normalize.OptimizationGoalLeadGeneration:
		return "MAX_LEAD", "LEAD_GENERATION", nil
	case normalize.OptimizationGoalVideoViews:
		return "MAX_VIDEO_VIEW", "VIDEO_VIEW", nil
	}
	return "", "", refused("optimization_goal", string(g))
}

// billing is what is paid for.
var billing = map[string]normalize.BillingEvent{
	"CPM": normalize.BillingEventImpressions,
	"CPC": normalize.BillingEventLinkClicks,
	"CPV": normalize.BillingEventVideoViews,
}

func writeBilling(b normalize.BillingEvent) (string, error) {
	for cost, event := range billing {
		if event == b {
			return cost, nil
		}
	}
	return "", refused("billing_event", string(b))
}

// readChannel is the kind of a campaign's ads, by its fixed format, or by its type where that says it all. Empty when
// neither is known.
func readChannel(kind, format string, television bool) normalize.Channel {
	if television {
		return normalize.ChannelCtv
	}
	for _, s := range []string{format, kind} {
		switch s {
		case "TEXT_AD", "TEXT":
			return normalize.ChannelText
		case "STANDARD_UPDATE":
			return normalize.ChannelImage
		case "SINGLE_VIDEO":
			return normalize.ChannelVideo
		case "CAROUSEL":
			return normalize.ChannelCarousel
		case "SPONSORED_UPDATE_NATIVE_DOCUMENT", "SPONSORED_UPDATE_EVENT", "SPONSORED_INMAIL", "SPONSORED_MESSAGE", "EVENT_AD":
			return normalize.ChannelSocial
		case "SPOTLIGHT", "FOLLOW_COMPANY", "JOBS":
			return normalize.ChannelResponsive
		}
	}
	return ""
}

// campaignShape is what a group's type fixes on the wire.
type campaignShape struct {
	kind, format string
	television   bool // connectedTelevisionOnly, which needs offsiteDeliveryEnabled
}

func writeChannel(c normalize.Channel) (campaignShape, error) {
	switch c {
	case normalize.ChannelText:
		return campaignShape{kind: "TEXT_AD"}, nil
	case normalize.ChannelImage:
		return campaignShape{kind: "SPONSORED_UPDATES", format: "STANDARD_UPDATE"}, nil
	case normalize.ChannelVideo:
		return campaignShape{kind: "SPONSORED_UPDATES", format: "SINGLE_VIDEO"}, nil
	case normalize.ChannelCarousel:
		return campaignShape{kind: "SPONSORED_UPDATES", format: "CAROUSEL"}, nil
	case normalize.ChannelCtv:
		return campaignShape{kind: "SPONSORED_UPDATES", format: "SINGLE_VIDEO", television: true}, nil
	}
	return campaignShape{}, refused("type", string(c))
}

// writeCampaignChannel takes the one channel that LinkedIn is; absent means the same.
func writeCampaignChannel(c normalize.Channel) error {
	if c == "" || c == normalize.ChannelSocial {
		return nil
	}
	return refused("advertising_channel_type", string(c))
}
