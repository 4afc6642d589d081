package sim

import (
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// verdict is a primary status with its reasons.
type verdict struct {
	status  string
	reasons []string
}

func because(status string, reasons ...string) verdict { return verdict{status, reasons} }

// timing tells whether a campaign is before, in or after its dates.
func (s *Sim) timing(e *entity) (pending, ended bool) {
	now := wall(s.kit.Clock.Now(), e.c.loc)
	o := s.tree(e)
	start, end := text(o, "start_date_time"), text(o, "end_date_time")
	return start != "" && start > now, end != "" && end < now
}

// primary derives primary_status: of the object's own status, its parents', its
// dates and what it holds.
func (s *Sim) primary(e *entity) verdict {
	switch e.kind {
	case "campaign":
		return s.campaignPrimary(e)
	case "ad_group":
		return s.adGroupPrimary(e)
	case "ad_group_ad":
		return s.adPrimary(e)
	case "asset_group":
		return s.assetGroupPrimary(e)
	}
	return because("ELIGIBLE")
}

func (s *Sim) campaignPrimary(e *entity) verdict {
	switch e.status() {
	case "REMOVED":
		return because("REMOVED", "CAMPAIGN_REMOVED")
	case "PAUSED":
		return because("PAUSED", "CAMPAIGN_PAUSED")
	}
	pending, ended := s.timing(e)
	switch {
	case pending:
		return because("PENDING", "CAMPAIGN_PENDING")
	case ended:
		return because("ENDED", "CAMPAIGN_ENDED")
	}
	o := s.tree(e)
	if v, ok := s.contents(e, o); !ok {
		return v
	}
	k := int64(0)
	if x, ok := e.src.(*simkit.Campaign); ok && !x.Account.Loaded && !s.opts.Dense {
		k = x.ID
	}
	system := text(o, "bidding_strategy_system_status")
	switch {
	case strings.HasPrefix(system, "LEARNING"):
		return because("LEARNING", "BIDDING_STRATEGY_LEARNING")
	case k%7 == 3:
		return because("LIMITED", "BUDGET_CONSTRAINED")
	}
	return because("ELIGIBLE")
}

// contents tells whether a campaign holds something that can serve.
func (s *Sim) contents(e *entity, o obj) (verdict, bool) {
	none, paused := "NO_AD_GROUPS", "AD_GROUPS_PAUSED"
	if text(o, "advertising_channel_type") == "PERFORMANCE_MAX" {
		none, paused = "NO_ASSET_GROUPS", "ASSET_GROUPS_PAUSED"
	}
	live, on := 0, 0
	for _, g := range e.children() {
		switch g.status() {
		case "ENABLED":
			live, on = live+1, on+1
		case "PAUSED":
			live++
		}
	}
	switch {
	case live == 0:
		return because("NOT_ELIGIBLE", none), false
	case on == 0:
		return because("NOT_ELIGIBLE", paused), false
	}
	return verdict{}, true
}

// parent is what an object's campaign says about it; ok is false when it stops it.
func (s *Sim) parent(campaign *entity) (verdict, bool) {
	switch campaign.status() {
	case "REMOVED":
		return because("NOT_ELIGIBLE", "CAMPAIGN_REMOVED"), false
	case "PAUSED":
		return because("NOT_ELIGIBLE", "CAMPAIGN_PAUSED"), false
	}
	switch pending, ended := s.timing(campaign); {
	case pending:
		return because("PENDING", "CAMPAIGN_PENDING"), false
	case ended:
		return because("NOT_ELIGIBLE", "CAMPAIGN_ENDED"), false
	}
	return verdict{}, true
}

func (s *Sim) adGroupPrimary(e *entity) verdict {
	switch e.status() {
	case "REMOVED":
		return because("REMOVED", "AD_GROUP_REMOVED")
	case "PAUSED":
		return because("PAUSED", "AD_GROUP_PAUSED")
	}
	if v, ok := s.parent(e.up); !ok {
		return v
	}
	live, on, approved := 0, 0, 0
	for _, a := range e.children() {
		st := a.status()
		if st == "REMOVED" {
			continue
		}
		live++
		if st == "ENABLED" {
			on++
			if text(s.tree(a), "policy_summary.approval_status") != "DISAPPROVED" {
				approved++
			}
		}
	}
	switch {
	case live == 0:
		return because("NOT_ELIGIBLE", "NO_AD_GROUP_ADS")
	case on == 0:
		return because("NOT_ELIGIBLE", "AD_GROUP_ADS_PAUSED")
	case approved == 0:
		return because("NOT_ELIGIBLE", "HAS_ADS_DISAPPROVED")
	case approved < on:
		return because("LIMITED", "HAS_ADS_DISAPPROVED")
	}
	return because("ELIGIBLE")
}

func (s *Sim) adPrimary(e *entity) verdict {
	switch e.status() {
	case "REMOVED":
		return because("REMOVED", "AD_GROUP_AD_REMOVED")
	case "PAUSED":
		return because("PAUSED", "AD_GROUP_AD_PAUSED")
	}
	switch e.up.status() {
	case "REMOVED":
		return because("NOT_ELIGIBLE", "AD_GROUP_REMOVED")
	case "PAUSED":
		return because("NOT_ELIGIBLE", "AD_GROUP_PAUSED")
	}
	if v, ok := s.parent(e.up.up); !ok {
		return v
	}
	o := s.tree(e)
	switch {
	case text(o, "policy_summary.review_status") == "REVIEW_IN_PROGRESS":
		return because("PENDING", "AD_GROUP_AD_UNDER_REVIEW")
	case text(o, "policy_summary.approval_status") == "DISAPPROVED":
		return because("NOT_ELIGIBLE", "AD_GROUP_AD_DISAPPROVED")
	case text(o, "policy_summary.approval_status") == "APPROVED_LIMITED":
		return because("LIMITED", "AD_GROUP_AD_APPROVED_LABELED")
	}
	return because("ELIGIBLE")
}

func (s *Sim) assetGroupPrimary(e *entity) verdict {
	switch e.status() {
	case "REMOVED":
		return because("REMOVED", "ASSET_GROUP_REMOVED")
	case "PAUSED":
		return because("PAUSED", "ASSET_GROUP_PAUSED")
	}
	if v, ok := s.parent(e.up); !ok {
		return v
	}
	return because("ELIGIBLE")
}

// serving is campaign.serving_status.
func (s *Sim) serving(e *entity) string {
	pending, ended := s.timing(e)
	switch {
	case e.status() == "REMOVED":
		return "NONE"
	case ended:
		return "ENDED"
	case pending:
		return "PENDING"
	}
	return "SERVING"
}

// reviewed is how an ad that a client made looks once its review is over.
func (s *Sim) reviewed(o obj, made time.Time) obj {
	if s.kit.Clock.Now().Sub(made) < reviewTime || text(o, "policy_summary.review_status") != "REVIEW_IN_PROGRESS" {
		return o
	}
	return with(o, "policy_summary", obj{"review_status": "REVIEWED", "approval_status": "APPROVED"})
}

// reviewTime is how long a new ad is under review (assumed).
const reviewTime = time.Minute
