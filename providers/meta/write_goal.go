package meta

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// goalsUnder are the goals that an objective goes with. Objectives of before 2022 are Meta's to judge.
// https://developers.facebook.com/docs/marketing-api/reference/ad-campaign-group#odax-mapping
var goalsUnder = map[string][]string{
	"OUTCOME_AWARENESS": {"REACH", "IMPRESSIONS", "AD_RECALL_LIFT", "THRUPLAY"},
	"OUTCOME_TRAFFIC":   {"LINK_CLICKS", "LANDING_PAGE_VIEWS", "REACH", "IMPRESSIONS"},
	"OUTCOME_ENGAGEMENT": {
		"POST_ENGAGEMENT", "REACH", "PAGE_LIKES", "EVENT_RESPONSES", "THRUPLAY", "CONVERSATIONS", "LINK_CLICKS", "OFFSITE_CONVERSIONS", "LANDING_PAGE_VIEWS",
	},
	"OUTCOME_LEADS":         {"LEAD_GENERATION", "QUALITY_LEAD", "OFFSITE_CONVERSIONS", "LINK_CLICKS", "LANDING_PAGE_VIEWS", "REACH"},
	"OUTCOME_APP_PROMOTION": {"APP_INSTALLS", "LINK_CLICKS", "OFFSITE_CONVERSIONS"},
	"OUTCOME_SALES":         {"OFFSITE_CONVERSIONS", goalValue, "LINK_CLICKS", "CONVERSATIONS"},
}

// ownGoal is what the ad sets of an objective are for unless they say.
var ownGoal = map[string]normalize.OptimizationGoal{
	"OUTCOME_AWARENESS": normalize.OptimizationGoalReach, "OUTCOME_TRAFFIC": normalize.OptimizationGoalLinkClicks,
	"OUTCOME_ENGAGEMENT": normalize.OptimizationGoalEngagement, "OUTCOME_LEADS": normalize.OptimizationGoalLeadGeneration,
	"OUTCOME_APP_PROMOTION": normalize.OptimizationGoalAppInstalls, "OUTCOME_SALES": normalize.OptimizationGoalConversions,
}

// shapeFor is the goal of a new ad set, with the destination that it goes with.
func shapeFor(o *normalize.Group, objective string) (groupShape, error) {
	goal := o.OptimizationGoal
	if goal == "" {
		if goal = ownGoal[objective]; goal == "" {
			return groupShape{}, fault(providers.Rejected, "optimization_goal", "the campaign's objective %s does not say what its groups are for", objective)
		}
	}
	shape, err := writeOptimizationGoal(goal, objective, o.BidStrategy != nil && o.BidStrategy.TargetROAS != nil)
	if err != nil {
		return shape, err
	}
	if list, known := goalsUnder[objective]; known && !slices.Contains(list, shape.goal) {
		return shape, refused("optimization_goal", string(goal)+" under the objective "+objective)
	}
	if goal == normalize.OptimizationGoalAppEngagement && !hasPromoted(o, normalize.PromotedTypeAppID) {
		return shape, lacking("APP_ID", goal)
	}
	if objective == "OUTCOME_ENGAGEMENT" && shape.goal == "THRUPLAY" {
		shape.destination = "ON_VIDEO"
	}
	return shape, nil
}

func lacking(part string, goal normalize.OptimizationGoal) error {
	return fault(providers.Rejected, "promoted", "the optimization_goal %s needs promoted of type %s", goal, part)
}

func hasPromoted(o *normalize.Group, t normalize.PromotedType) bool {
	return slices.ContainsFunc(o.Promoted, func(p normalize.Promoted) bool { return p.Type == t && p.ID != "" })
}
