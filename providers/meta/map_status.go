package meta

import (
	"slices"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// readStatus is the switch that the advertiser set, on every level below the account.
func readStatus(s string) normalize.Status {
	switch s {
	case "ACTIVE":
		return normalize.StatusActive
	case "PAUSED":
		return normalize.StatusPaused
	case "ARCHIVED", "DELETED":
		return normalize.StatusArchived
	}
	return normalize.StatusUnspecified
}

// readAccountStatus: an account with a payment due still works, one that is disabled or unsettled does not.
func readAccountStatus(n wire.Number) normalize.Status {
	if !n.OK {
		return normalize.StatusUnspecified
	}
	switch n.D.String() {
	case "1", "8", "9":
		return normalize.StatusActive
	case "2", "3":
		return normalize.StatusPaused
	case "7":
		return normalize.StatusProcessing
	case "100":
		return normalize.StatusScheduledForDeletion
	case "101":
		return normalize.StatusArchived
	}
	return normalize.StatusUnspecified
}

// writeStatus is the status to write for ours.
func writeStatus(s normalize.Status) (string, error) {
	switch s {
	case normalize.StatusActive, normalize.StatusPaused, normalize.StatusArchived:
		return string(s), nil
	}
	return "", refused("status", string(s))
}

// readCreativeStatus is of the content; whether an ad with it was refused is the ad's.
func readCreativeStatus(s string) normalize.Status {
	switch s {
	case "ACTIVE":
		return normalize.StatusActive
	case "DELETED":
		return normalize.StatusArchived
	case "IN_PROCESS":
		return normalize.StatusProcessing
	case "WITH_ISSUES":
		return normalize.StatusProcessingFailed
	}
	return normalize.StatusUnspecified
}

// effective is what effective_status says. Meta names one blocker, the topmost.
var effective = map[string]normalize.EffectiveStatus{
	"ACTIVE":               normalize.EffectiveStatusServing,
	"PAUSED":               normalize.EffectiveStatusPaused,
	"CAMPAIGN_PAUSED":      normalize.EffectiveStatusPaused,
	"ADSET_PAUSED":         normalize.EffectiveStatusPaused,
	"ARCHIVED":             normalize.EffectiveStatusArchived,
	"DELETED":              normalize.EffectiveStatusRemoved,
	"IN_PROCESS":           normalize.EffectiveStatusPending,
	"PENDING_REVIEW":       normalize.EffectiveStatusPending,
	"PREAPPROVED":          normalize.EffectiveStatusPending,
	"DISAPPROVED":          normalize.EffectiveStatusNotEligible,
	"PENDING_BILLING_INFO": normalize.EffectiveStatusNotEligible,
	"WITH_ISSUES":          normalize.EffectiveStatusMisconfigured,
}

// learning is what the learning phase makes of an ad set that is active.
var learning = map[string]normalize.EffectiveStatus{
	"LEARNING": normalize.EffectiveStatusLearning,
	"FAIL":     normalize.EffectiveStatusLimited,
	"SUCCESS":  normalize.EffectiveStatusServing,
}

// effectiveStatus is what happens to an object at an instant. Meta has no state for a schedule that is over or ahead: an
// ad set past its end is still called active.
func effectiveStatus(said, learningStage string, start, end *time.Time, now time.Time) normalize.EffectiveStatus {
	e, ok := effective[said]
	if !ok {
		return normalize.EffectiveStatusUnspecified
	}
	if l, ok := learning[learningStage]; ok && said == "ACTIVE" {
		e = l
	}
	runs := e == normalize.EffectiveStatusServing || e == normalize.EffectiveStatusLearning || e == normalize.EffectiveStatusLimited
	switch {
	case end != nil && end.Before(now) && (runs || e == normalize.EffectiveStatusPending):
		return normalize.EffectiveStatusEnded
	case start != nil && start.After(now) && runs:
		return normalize.EffectiveStatusPending
	}
	return e
}

// The values of effective_status by level. Lists show all but the last two, unless asked.
var (
	campaignEffective = []string{"ACTIVE", "PAUSED", "IN_PROCESS", "WITH_ISSUES", "ARCHIVED", "DELETED"}
	adSetEffective    = []string{"ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "IN_PROCESS", "WITH_ISSUES", "ARCHIVED", "DELETED"}
	adEffective       = []string{
		"ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO",
		"IN_PROCESS", "WITH_ISSUES", "ARCHIVED", "DELETED",
	}
)

// searchStatuses are the effective statuses that objects of the asked statuses can have. Meta filters by what happens and
// not by the switch, so the answer is looked through once more. all is true when nothing has to be asked; none matching
// is empty.
func searchStatuses(level, asked []string) (wire []string, all bool) {
	if len(asked) == 0 {
		return nil, true
	}
	for _, e := range level {
		gone := e == "ARCHIVED" || e == "DELETED"
		var may []normalize.Status
		switch {
		case gone: // also what stands below something archived
			may = []normalize.Status{normalize.StatusArchived}
		case e == "ACTIVE":
			may = []normalize.Status{normalize.StatusActive}
		case e == "PAUSED":
			may = []normalize.Status{normalize.StatusPaused}
		default:
			may = []normalize.Status{normalize.StatusActive, normalize.StatusPaused}
		}
		if slices.ContainsFunc(may, func(s normalize.Status) bool { return slices.Contains(asked, string(s)) }) {
			wire = append(wire, e)
		}
	}
	return wire, false
}

// asked tells whether a status is among those asked for; none asked is any.
func asked(statuses []string, s normalize.Status) bool {
	return len(statuses) == 0 || slices.Contains(statuses, string(s))
}
