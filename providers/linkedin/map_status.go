package linkedin

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The statuses that a search is asked for. A search that names none may hide some, so all are always named. CANCELLED is
// read but not sent: the write schema knows one spelling only.
var (
	accountStatuses  = []string{"ACTIVE", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED"}
	groupStatuses    = []string{"ACTIVE", "ARCHIVED", "CANCELED", "DRAFT", "PAUSED", "PENDING_DELETION", "REMOVED"}
	campaignStatuses = []string{"ACTIVE", "ARCHIVED", "CANCELED", "COMPLETED", "DRAFT", "PAUSED", "PENDING_DELETION", "REMOVED"}
	creativeStatuses = []string{"ACTIVE", "ARCHIVED", "CANCELED", "DRAFT", "PAUSED", "PENDING_DELETION", "REMOVED"}
)

// readStatus is the switch that the advertiser set, on every level. COMPLETED is a campaign whose flight is done: the
// switch still stands on ACTIVE.
func readStatus(s string) normalize.Status {
	switch s {
	case "ACTIVE", "COMPLETED":
		return normalize.StatusActive
	case "PAUSED":
		return normalize.StatusPaused
	case "DRAFT":
		return normalize.StatusDraft
	case "PENDING_DELETION":
		return normalize.StatusScheduledForDeletion
	case "ARCHIVED", "REMOVED", "CANCELED", "CANCELLED":
		return normalize.StatusArchived
	}
	return normalize.StatusUnspecified
}

// searchStatuses are LinkedIn's statuses that read as one of ours; all of them when none is asked for. An empty result
// means that nothing can match.
func searchStatuses(all, asked []string) []string {
	if len(asked) == 0 {
		return all
	}
	var out []string
	for _, s := range all {
		if slices.Contains(asked, string(readStatus(s))) {
			out = append(out, s)
		}
	}
	return out
}

// writeStatus is the status to write for ours. A campaign or group passes through PAUSED on its way to ARCHIVED, which
// is the writer's business; DRAFT is taken on creation only.
func writeStatus(s normalize.Status) (string, error) {
	switch s {
	case normalize.StatusActive, normalize.StatusPaused, normalize.StatusArchived, normalize.StatusDraft:
		return string(s), nil
	case normalize.StatusScheduledForDeletion:
		return "PENDING_DELETION", nil
	}
	return "", refused("status", string(s))
}

// refused says that LinkedIn cannot take a value of ours.
func refused(field, value string) error {
	return fault(providers.Rejected, field, "LinkedIn has nothing for %s %s", field, value)
}

// ownEffective is what an object's own status makes of it, whatever holds it.
var ownEffective = map[string]normalize.EffectiveStatus{
	"REMOVED": normalize.EffectiveStatusRemoved, "PENDING_DELETION": normalize.EffectiveStatusRemoved,
	"CANCELED": normalize.EffectiveStatusRemoved, "CANCELLED": normalize.EffectiveStatusRemoved,
	"ARCHIVED": normalize.EffectiveStatusArchived,
	"DRAFT":    normalize.EffectiveStatusPending,
	"PAUSED":   normalize.EffectiveStatusPaused,
	// The flight of a completed campaign is done.
	"COMPLETED": normalize.EffectiveStatusEnded,
}

// holds is what a serving status or hold reason makes of an object.
var holds = map[string]normalize.EffectiveStatus{
	"ACCOUNT_END_DATE_HOLD":        normalize.EffectiveStatusEnded,
	"CAMPAIGN_GROUP_END_DATE_HOLD": normalize.EffectiveStatusEnded,
	"CAMPAIGN_END_DATE_HOLD":       normalize.EffectiveStatusEnded,

	"STOPPED":                    normalize.EffectiveStatusPaused,
	"CAMPAIGN_STOPPED":           normalize.EffectiveStatusPaused,
	"CAMPAIGN_GROUP_STATUS_HOLD": normalize.EffectiveStatusPaused,
	"JOB_POSTING_ON_HOLD":        normalize.EffectiveStatusPaused,

	"REJECTED":             normalize.EffectiveStatusNotEligible,
	"BILLING_HOLD":         normalize.EffectiveStatusNotEligible,
	"RESTRICTED_HOLD":      normalize.EffectiveStatusNotEligible,
	"INTERNAL_HOLD":        normalize.EffectiveStatusNotEligible,
	"ACCOUNT_SERVING_HOLD": normalize.EffectiveStatusNotEligible,

	"PROCESSING_FAILED":            normalize.EffectiveStatusMisconfigured,
	"FORM_HOLD":                    normalize.EffectiveStatusMisconfigured,
	"JOB_POSTING_INVALID":          normalize.EffectiveStatusMisconfigured,
	"CAMPAIGN_AUDIENCE_COUNT_HOLD": normalize.EffectiveStatusMisconfigured,

	"UNDER_REVIEW":                   normalize.EffectiveStatusPending,
	"PROCESSING":                     normalize.EffectiveStatusPending,
	"CAMPAIGN_START_DATE_HOLD":       normalize.EffectiveStatusPending,
	"CAMPAIGN_GROUP_START_DATE_HOLD": normalize.EffectiveStatusPending,

	"ACCOUNT_TOTAL_BUDGET_HOLD":        normalize.EffectiveStatusLimited,
	"CAMPAIGN_GROUP_TOTAL_BUDGET_HOLD": normalize.EffectiveStatusLimited,
	"CAMPAIGN_TOTAL_BUDGET_HOLD":       normalize.EffectiveStatusLimited,
	"REFERRED_CONTENT_QUALITY_HOLD":    normalize.EffectiveStatusLimited,

	"RUNNABLE": normalize.EffectiveStatusServing,
}

// holdRank orders what several holds make of an object: the first one present counts.
var holdRank = []normalize.EffectiveStatus{
	normalize.EffectiveStatusEnded, normalize.EffectiveStatusPaused, normalize.EffectiveStatusNotEligible,
	normalize.EffectiveStatusMisconfigured, normalize.EffectiveStatusPending, normalize.EffectiveStatusLimited,
	normalize.EffectiveStatusServing,
}

// effectiveStatus is what happens to an object: its own status first, then the strongest of what holds it. serving says
// that LinkedIn serves it, where it tells so by itself (creatives).
func effectiveStatus(own string, reasons []string, serving bool) normalize.EffectiveStatus {
	if e, ok := ownEffective[own]; ok {
		return e
	}
	best := len(holdRank)
	for _, r := range reasons {
		if e, ok := holds[r]; ok {
			best = min(best, slices.Index(holdRank, e))
		}
	}
	switch {
	case best < len(holdRank):
		return holdRank[best]
	case len(reasons) == 0 && serving:
		return normalize.EffectiveStatusServing
	}
	return normalize.EffectiveStatusUnspecified
}

// creativeStatus is the status of the content: deleted, draft, refused, in review, then the switch.
func creativeStatus(own, review string, holdReasons []string) normalize.Status {
	switch s := readStatus(own); s {
	case normalize.StatusArchived, normalize.StatusDraft, normalize.StatusScheduledForDeletion, normalize.StatusUnspecified:
		return s
	}
	switch {
	case review == "REJECTED", slices.Contains(holdReasons, "PROCESSING_FAILED"):
		return normalize.StatusProcessingFailed
	case review == "PENDING", review == "NEEDS_REVIEW", slices.Contains(holdReasons, "PROCESSING"):
		return normalize.StatusProcessing
	}
	return readStatus(own)
}
