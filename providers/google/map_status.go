package google

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// readStatus is the switch that the advertiser set, on every level but the account's.
func readStatus(s string) normalize.Status {
	switch s {
	case "ENABLED":
		return normalize.StatusActive
	case "PAUSED":
		return normalize.StatusPaused
	case "REMOVED":
		return normalize.StatusArchived
	}
	return normalize.StatusUnspecified
}

func readCustomerStatus(s string) normalize.Status {
	switch s {
	case "ENABLED":
		return normalize.StatusActive
	case "SUSPENDED":
		return normalize.StatusPaused
	case "CANCELED", "CLOSED":
		return normalize.StatusArchived
	}
	return normalize.StatusUnspecified
}

// primary is what Google's own account of an object comes to.
var primary = map[string]normalize.EffectiveStatus{
	"ELIGIBLE": normalize.EffectiveStatusServing, "PAUSED": normalize.EffectiveStatusPaused, "REMOVED": normalize.EffectiveStatusRemoved,
	"ENDED": normalize.EffectiveStatusEnded, "PENDING": normalize.EffectiveStatusPending, "MISCONFIGURED": normalize.EffectiveStatusMisconfigured,
	"LIMITED": normalize.EffectiveStatusLimited, "LEARNING": normalize.EffectiveStatusLearning, "NOT_ELIGIBLE": normalize.EffectiveStatusNotEligible,
}

// reasons say why an object is not eligible. Google says NOT_ELIGIBLE of all that a parent holds up.
// https://developers.google.com/google-ads/api/reference/rpc/v25/CampaignPrimaryStatusReasonEnum.CampaignPrimaryStatusReason
var reasons = map[string]normalize.EffectiveStatus{
	"CAMPAIGN_REMOVED": normalize.EffectiveStatusRemoved, "AD_GROUP_REMOVED": normalize.EffectiveStatusRemoved,

	"CAMPAIGN_ENDED": normalize.EffectiveStatusEnded, "CAMPAIGN_GROUP_ALL_GROUP_BUDGETS_ENDED": normalize.EffectiveStatusEnded,

	"CAMPAIGN_PAUSED": normalize.EffectiveStatusPaused, "AD_GROUP_PAUSED": normalize.EffectiveStatusPaused,
	"CAMPAIGN_GROUP_PAUSED": normalize.EffectiveStatusPaused, "AD_GROUPS_PAUSED": normalize.EffectiveStatusPaused,
	"KEYWORDS_PAUSED": normalize.EffectiveStatusPaused, "AD_GROUP_ADS_PAUSED": normalize.EffectiveStatusPaused,
	"ASSET_GROUPS_PAUSED": normalize.EffectiveStatusPaused,

	"NO_AD_GROUPS": normalize.EffectiveStatusMisconfigured, "NO_KEYWORDS": normalize.EffectiveStatusMisconfigured,
	"NO_AD_GROUP_ADS": normalize.EffectiveStatusMisconfigured, "NO_ASSET_GROUPS": normalize.EffectiveStatusMisconfigured,
	"MISSING_LEAD_FORM_EXTENSION": normalize.EffectiveStatusMisconfigured, "MISSING_CALL_EXTENSION": normalize.EffectiveStatusMisconfigured,
	"NO_MOBILE_APPLICATION_AD_GROUP_CRITERIA": normalize.EffectiveStatusMisconfigured,
	"MISSING_LOCATION_TARGETING":              normalize.EffectiveStatusMisconfigured,
	"AD_GROUP_INCOMPLETE":                     normalize.EffectiveStatusMisconfigured, "APP_NOT_RELEASED": normalize.EffectiveStatusMisconfigured,

	"CAMPAIGN_PENDING": normalize.EffectiveStatusPending, "CAMPAIGN_DRAFT": normalize.EffectiveStatusPending,
	"MOST_ADS_UNDER_REVIEW": normalize.EffectiveStatusPending, "MOST_ASSET_GROUPS_UNDER_REVIEW": normalize.EffectiveStatusPending,
}

// reasonRank orders what several reasons come to: the first one present counts.
var reasonRank = []normalize.EffectiveStatus{
	normalize.EffectiveStatusRemoved, normalize.EffectiveStatusEnded, normalize.EffectiveStatusPaused,
	normalize.EffectiveStatusMisconfigured, normalize.EffectiveStatusPending,
}

// effectiveStatus is what happens to an object. Google's account of it lags behind writes by minutes, so that the own
// switch, where it decides by itself, goes first. above are the switches of the objects that it is in: of what is off by
// itself Google does not say that its campaign is gone.
func effectiveStatus(own, status string, why []string, above ...string) normalize.EffectiveStatus {
	out, ok := primary[status]
	if !ok {
		out = normalize.EffectiveStatusUnspecified
	}
	if out == normalize.EffectiveStatusNotEligible {
		best := len(reasonRank)
		for _, r := range why {
			if e, known := reasons[r]; known {
				best = min(best, slices.Index(reasonRank, e))
			}
		}
		if best < len(reasonRank) {
			out = reasonRank[best]
		}
	}
	switch {
	case own == "REMOVED", out == normalize.EffectiveStatusRemoved, slices.Contains(above, "REMOVED"):
		return normalize.EffectiveStatusRemoved
	case own == "PAUSED":
		return normalize.EffectiveStatusPaused
	}
	return out
}

// creativeStatus is the status of the content: deleted, refused, in review, then the switch.
func creativeStatus(own, approval, review string) normalize.Status {
	switch s := readStatus(own); {
	case s == normalize.StatusArchived:
		return s
	case approval == "DISAPPROVED":
		return normalize.StatusProcessingFailed
	case review == "REVIEW_IN_PROGRESS", review == "UNDER_APPEAL":
		return normalize.StatusProcessing
	default:
		return s
	}
}

// assetGroupCreativeStatus is the same of an asset group, whose review shows in the reasons of its status only.
func assetGroupCreativeStatus(g *assetGroup) normalize.Status {
	switch {
	case slices.Contains(g.PrimaryStatusReasons, "ASSET_GROUP_DISAPPROVED"):
		return creativeStatus(g.Status, "DISAPPROVED", "")
	case slices.Contains(g.PrimaryStatusReasons, "ASSET_GROUP_UNDER_REVIEW"):
		return creativeStatus(g.Status, "", "REVIEW_IN_PROGRESS")
	}
	return readStatus(g.Status)
}
