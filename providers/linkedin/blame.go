package linkedin

import (
	"regexp"
	"strings"
)

// ourNames are our fields for LinkedIn's, where a refusal names one.
var ourNames = map[string]string{
	"name": "name", "status": "status", "intendedStatus": "status", "dailyBudget": "budget_amount", "totalBudget": "budget_amount",
	"unitCost": "bid_strategy", "optimizationTargetType": "optimization_goal", "costType": "billing_event", "objectiveType": "goal",
	"targetingCriteria": "targeting", "politicalIntent": "has_eu_political_ads", "locale": "language_locale", "associatedEntity": "promoted",
	"campaignGroup": "campaign_id", "campaign": "group_id", "creativeSelection": "creative_selection", "optimizationPreference": "frequency_cap",
	"offsiteDeliveryEnabled": "targeting.placement", "audienceExpansionEnabled": "targeting.optimization", "type": "type", "format": "type",
	"pacingStrategy": "pacing.period", "leadgenCallToAction": "promoted", "commentary": "body", "contentLandingPage": "link_url",
	"contentCallToActionLabel": "cta", "author": "promoted", "runSchedule": "start_at", "runSchedule/end": "end_at", "runSchedule/start": "start_at",
	"content/reference": "external_creative_reference", "content/textAd/headline": "title", "content/textAd/description": "body", "content/textAd/landingPage": "link_url",
}

// ourCodes are our fields for codes that say what they are about.
var ourCodes = map[string]string{
	"CURRENCY_MISMATCH": "currency", "INSUFFICIENT_CAMPAIGN_GROUP_BUDGET": "budget_amount", "START_DATE_AFTER_END_DATE": "end_at",
	"AUDIENCE_SIZE_TOO_SMALL": "targeting", "INCOMPATIBLE_TARGETING_COMBINATION": "targeting", "INVALID_PAST_ATTRIBUTE_COMBINATION": "targeting",
	"FIELD_CANNOT_BE_BOTH_IN_INCLUDED_AND_EXCLUDED_TARGETING": "targeting", "IMMUTABLE_CAMPAIGN_OBJECTIVE_TYPE": "goal", "OBJECTIVE_CHANGE_NOT_ALLOWED": "goal",
	"IMMUTABLE_ASSOCIATED_ENTITY": "promoted", "CONVERSION_CAMPAIGN_MISSING_ASSOCIATED_CONVERSION": "promoted",
	"ONLY_DRAFT_CAMPAIGNS_ALLOWED_IN_DRAFT_CAMPAIGN_GROUPS": "status", "STATUS_CHANGE_NOT_ALLOWED": "status", "MISSING_CAMPAIGN_GROUP_ID": "campaign_id",
	"DELETE_ALLOWED_ONLY_FOR_DRAFT_STATUS": "status",
}

// recordError is the text of a refusal without a code: "ERROR :: /objectiveType :: …".
var recordError = regexp.MustCompile(`ERROR :: /([A-Za-z/]+) ::`)

// blamed is the field of ours that a refusal is about; empty where LinkedIn does not say, or it is none of ours.
func blamed(code, message string, inputs []inputError) string {
	var paths []string
	for _, in := range inputs {
		paths = append(paths, in.Input.InputPath.FieldPath)
	}
	if m := recordError.FindStringSubmatch(message); m != nil {
		paths = append(paths, m[1])
	}
	for _, p := range paths {
		for p = strings.Trim(p, "/"); p != ""; {
			if ours, ok := ourNames[p]; ok {
				return ours
			}
			i := strings.LastIndexByte(p, '/')
			p = p[:max(i, 0)]
		}
	}
	if ours, ok := ourCodes[code]; ok {
		return ours
	}
	for _, in := range inputs {
		if ours, ok := ourCodes[in.Code]; ok {
			return ours
		}
	}
	return ""
}
