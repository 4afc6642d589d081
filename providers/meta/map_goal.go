package meta

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// goals is the goal of an objective, those of before 2022 included, which old campaigns keep.
var goals = map[string]normalize.Goal{
	"OUTCOME_AWARENESS":     normalize.GoalBrandAwareness,
	"OUTCOME_TRAFFIC":       normalize.GoalWebsiteTraffic,
	"OUTCOME_ENGAGEMENT":    normalize.GoalEngagement,
	"OUTCOME_LEADS":         normalize.GoalLeads,
	"OUTCOME_APP_PROMOTION": normalize.GoalAppPromotion,
	"OUTCOME_SALES":         normalize.GoalSales,

	"BRAND_AWARENESS":       normalize.GoalBrandAwareness,
	"REACH":                 normalize.GoalReach,
	"LOCAL_AWARENESS":       normalize.GoalReach,
	"STORE_VISITS":          normalize.GoalBrandAwareness,
	"LINK_CLICKS":           normalize.GoalWebsiteTraffic,
	"POST_ENGAGEMENT":       normalize.GoalEngagement,
	"PAGE_LIKES":            normalize.GoalEngagement,
	"EVENT_RESPONSES":       normalize.GoalEngagement,
	"MESSAGES":              normalize.GoalEngagement,
	objectiveVideoViews:     normalize.GoalEngagement,
	"LEAD_GENERATION":       normalize.GoalLeads,
	"APP_INSTALLS":          normalize.GoalAppPromotion,
	"CONVERSIONS":           normalize.GoalSales,
	"PRODUCT_CATALOG_SALES": normalize.GoalSales,
	"OFFER_CLAIMS":          normalize.GoalSales,
}

const objectiveVideoViews = "VIDEO_VIEWS"

// readGoal is the goal of an objective. video tells a video-view objective, which is ENGAGEMENT with a cost-per-view KPI.
func readGoal(objective string) (g normalize.Goal, video bool) {
	if g, ok := goals[objective]; ok {
		return g, objective == objectiveVideoViews
	}
	return normalize.GoalUnspecified, false
}

// writeGoal is the objective for a goal; empty for UNSPECIFIED, which is as if absent. Only today's objectives are taken
// on creation. REACH is an awareness campaign whose ad sets are for REACH, video views an engagement campaign whose ad sets
// are for THRUPLAY: groupGoal is what ad sets of the campaign are for unless they say.
func writeGoal(g normalize.Goal, kpi *normalize.GoalKPI) (objective, groupGoal string, err error) {
	switch g {
	case normalize.GoalBrandAwareness:
		return "OUTCOME_AWARENESS", "", nil
	case normalize.GoalReach:
		return "OUTCOME_AWARENESS", "REACH", nil
	case normalize.GoalEngagement:
		if kpi != nil && isVideoKPI(kpi.Type) {
			return "OUTCOME_ENGAGEMENT", "THRUPLAY", nil
		}
		return "OUTCOME_ENGAGEMENT", "", nil
	case normalize.GoalWebsiteTraffic:
		return "OUTCOME_TRAFFIC", "", nil
	case normalize.GoalLeads:
		return "OUTCOME_LEADS", "", nil
	case normalize.GoalSales:
		return "OUTCOME_SALES", "", nil
	case normalize.GoalAppPromotion:
		return "OUTCOME_APP_PROMOTION", "", nil
	case normalize.GoalUnspecified, "":
		return "", "", nil
	}
	return "", "", refused("goal", string(g))
}

func isVideoKPI(t normalize.GoalKPIType) bool {
	switch t {
	case normalize.GoalKPITypeCpv, normalize.GoalKPITypeVtr, normalize.GoalKPITypeCpcv, normalize.GoalKPITypeVideoCompletionRate:
		return true
	}
	return false
}

// optimizationGoals is the event that delivery is tuned to. Those of Meta's that are not in it have no counterpart.
var optimizationGoals = map[string]normalize.OptimizationGoal{
	"REACH": normalize.OptimizationGoalReach, "IMPRESSIONS": normalize.OptimizationGoalImpressions, "LINK_CLICKS": normalize.OptimizationGoalLinkClicks,
	"LANDING_PAGE_VIEWS": normalize.OptimizationGoalLandingPageViews, "ENGAGED_PAGE_VIEWS": normalize.OptimizationGoalLandingPageViews,
	"OFFSITE_CONVERSIONS": normalize.OptimizationGoalConversions, goalValue: normalize.OptimizationGoalConversions,
	"LEAD_GENERATION": normalize.OptimizationGoalLeadGeneration, "QUALITY_LEAD": normalize.OptimizationGoalLeadGeneration,
	"APP_INSTALLS": normalize.OptimizationGoalAppInstalls, "APP_INSTALLS_AND_OFFSITE_CONVERSIONS": normalize.OptimizationGoalAppInstalls,
	"IN_APP_VALUE": normalize.OptimizationGoalAppEngagement, "THRUPLAY": normalize.OptimizationGoalVideoViews,
	"POST_ENGAGEMENT": normalize.OptimizationGoalEngagement, "ENGAGED_USERS": normalize.OptimizationGoalEngagement,
	"EVENT_RESPONSES": normalize.OptimizationGoalEngagement, "REMINDERS_SET": normalize.OptimizationGoalEngagement,
	"PROFILE_VISIT": normalize.OptimizationGoalEngagement, "VISIT_INSTAGRAM_PROFILE": normalize.OptimizationGoalEngagement,
	"PROFILE_AND_PAGE_ENGAGEMENT": normalize.OptimizationGoalEngagement, "PAGE_LIKES": normalize.OptimizationGoalPageLikes,
	"CONVERSATIONS": normalize.OptimizationGoalMessages, "MESSAGING_PURCHASE_CONVERSION": normalize.OptimizationGoalMessages,
	"MESSAGING_APPOINTMENT_CONVERSION": normalize.OptimizationGoalMessages, "MESSAGING_DEEP_CONVERSATION_AND_FOLLOW": normalize.OptimizationGoalMessages,
}

const goalValue = "VALUE"

// groupShape is what an optimization goal of ours fixes on an ad set.
type groupShape struct{ goal, destination string }

// writeOptimizationGoal is the goal for ours under an objective, with the destination that it goes with. Pairs that Meta
// refuses are refused before they are sent. roas tells a bid for a return.
func writeOptimizationGoal(g normalize.OptimizationGoal, objective string, roas bool) (groupShape, error) {
	switch g {
	case normalize.OptimizationGoalReach, normalize.OptimizationGoalLinkClicks, normalize.OptimizationGoalLandingPageViews, normalize.OptimizationGoalAppInstalls:
		return groupShape{goal: string(g)}, nil
	case normalize.OptimizationGoalImpressions:
		if slices.Contains([]string{"OUTCOME_ENGAGEMENT", "OUTCOME_LEADS", "OUTCOME_SALES"}, objective) {
			return groupShape{}, refused("optimization_goal", string(g)+" under the objective "+objective)
		}
		return groupShape{goal: "IMPRESSIONS"}, nil
	case normalize.OptimizationGoalConversions:
		if roas {
			return groupShape{goal: goalValue}, nil
		}
		return groupShape{goal: "OFFSITE_CONVERSIONS"}, nil
	case normalize.OptimizationGoalAppEngagement: // with an app as what is promoted
		return groupShape{goal: "OFFSITE_CONVERSIONS"}, nil
	case normalize.OptimizationGoalLeadGeneration:
		return groupShape{"LEAD_GENERATION", "ON_AD"}, nil
	case normalize.OptimizationGoalVideoViews:
		return groupShape{goal: "THRUPLAY"}, nil
	case normalize.OptimizationGoalEngagement:
		return groupShape{"POST_ENGAGEMENT", "ON_POST"}, nil
	case normalize.OptimizationGoalPageLikes:
		return groupShape{"PAGE_LIKES", "ON_PAGE"}, nil
	case normalize.OptimizationGoalMessages:
		return groupShape{"CONVERSATIONS", "MESSENGER"}, nil
	}
	return groupShape{}, refused("optimization_goal", string(g))
}

// billing is what is paid for.
var billing = map[string]normalize.BillingEvent{
	"IMPRESSIONS":     normalize.BillingEventImpressions,
	"LINK_CLICKS":     normalize.BillingEventLinkClicks,
	"CLICKS":          normalize.BillingEventLinkClicks,
	"POST_ENGAGEMENT": normalize.BillingEventPostEngagement,
	"THRUPLAY":        normalize.BillingEventVideoViews,
	"PAGE_LIKES":      normalize.BillingEventPageLikes,
	"APP_INSTALLS":    normalize.BillingEventAppInstalls,
	"PURCHASE":        normalize.BillingEventPurchase,
	"NONE":            normalize.BillingEventNone,
}

// writeBilling is the event for ours; impressions when none is given.
func writeBilling(b normalize.BillingEvent) (string, error) {
	switch b {
	case "":
		return "IMPRESSIONS", nil
	case normalize.BillingEventVideoViews:
		return "THRUPLAY", nil
	case normalize.BillingEventImpressions, normalize.BillingEventLinkClicks, normalize.BillingEventPostEngagement, normalize.BillingEventPageLikes,
		normalize.BillingEventAppInstalls, normalize.BillingEventPurchase, normalize.BillingEventNone:
		return string(b), nil
	}
	return "", refused("billing_event", string(b))
}

// writeChannel takes the one channel that Meta is; absent means the same.
func writeChannel(field string, c normalize.Channel) error {
	if c == "" || c == normalize.ChannelSocial {
		return nil
	}
	return refused(field, string(c))
}

// categories are the special categories that restrict targeting, by ours.
var categories = map[string]string{
	"HOUSING": "HOUSING", "EMPLOYMENT": "EMPLOYMENT", "FINANCIAL": "FINANCIAL_PRODUCTS_SERVICES", "POLITICS": "ISSUES_ELECTIONS_POLITICS",
	"GAMBLING": "ONLINE_GAMBLING_AND_GAMING",
}

// readCategory is the category of a campaign; the first where it has several.
func readCategory(list []string) string {
	for _, wire := range list {
		for ours, w := range categories {
			if w == wire {
				return ours
			}
		}
		if wire == "CREDIT" { // what FINANCIAL was until 2025
			return "FINANCIAL"
		}
	}
	return ""
}

// writeCategory is the list for ours, which is never absent: Meta takes no campaign without the declaration, and takes it
// as a list only.
func writeCategory(category string) ([]string, error) {
	if category == "" {
		return []string{}, nil
	}
	w, ok := categories[category]
	if !ok {
		return nil, refused("category", category)
	}
	return []string{w}, nil
}
