package sim

import (
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// effective is what really happens to a node: its own state, its parents', the
// review. It is never stored.
func (s *Sim) effective(e *entity, now time.Time) string {
	own := e.status()
	switch e.kind {
	case "Campaign":
		if own == "ACTIVE" && e.withIssues() {
			return "WITH_ISSUES"
		}
		return own
	case "AdSet":
		return s.effectiveAdSet(e, own, now)
	case "Ad":
		return s.effectiveAd(e, own, now)
	}
	return own
}

// ended is how far something is put away: the furthest of itself and its parents.
func ended(own string, parents ...string) string {
	for _, st := range append([]string{own}, parents...) {
		if st == "DELETED" {
			return st
		}
	}
	for _, st := range append([]string{own}, parents...) {
		if st == "ARCHIVED" {
			return st
		}
	}
	return ""
}

func (s *Sim) effectiveAdSet(e *entity, own string, now time.Time) string {
	campaign := s.effective(e.parent, now)
	switch {
	case ended(own, campaign) != "":
		return ended(own, campaign)
	case own == "PAUSED":
		return own
	case campaign == "PAUSED":
		return "CAMPAIGN_PAUSED"
	case e.withIssues():
		return "WITH_ISSUES"
	}
	return own
}

func (s *Sim) effectiveAd(e *entity, own string, now time.Time) string {
	set := s.effective(e.parent, now)
	switch {
	case ended(own, set) != "":
		return ended(own, set)
	case own == "PAUSED":
		return own
	case set == "CAMPAIGN_PAUSED":
		return set
	case set == "PAUSED":
		return "ADSET_PAUSED"
	case s.review(e, now) != "":
		return s.review(e, now)
	case e.withIssues():
		return "WITH_ISSUES"
	case e.account.status == 3:
		return "PENDING_BILLING_INFO"
	}
	return own
}

// review is an ad's review state, empty once approved. What a client created or
// repointed is pending for ReviewAfter and then approved, unless its name says
// "forbidden".
func (s *Sim) review(e *entity, now time.Time) string {
	since, _ := e.stored("review_since").(time.Time)
	if since.IsZero() && e.ad != nil {
		switch e.ad.Review {
		case "REJECTED":
			return "DISAPPROVED"
		case "PENDING":
			return "PENDING_REVIEW"
		}
		return ""
	}
	if now.Sub(since) < s.opts.ReviewAfter {
		return "PENDING_REVIEW"
	}
	if containsFold(e.str("name"), "forbidden") {
		return "DISAPPROVED"
	}
	return ""
}

// withIssues marks a few seeded nodes, so that every effective status turns up.
func (e *entity) withIssues() bool {
	switch {
	case e.account.src.Loaded || e.fresh:
		return false
	case e.camp != nil:
		return e.camp.Objective != "" && e.camp.ID%17 == 5
	case e.group != nil:
		return e.group.Campaign.Objective != "" && e.group.ID%23 == 9
	case e.ad != nil:
		return e.ad.Group.Campaign.Objective != "" && e.ad.ID%37 == 11
	}
	return false
}

// issues describes withIssues.
func (e *entity) issues() any {
	if !e.withIssues() {
		return nil
	}
	level := map[string]string{"Campaign": "CAMPAIGN", "AdSet": "AD_SET", "Ad": "AD"}[e.kind]
	return []any{obj{"level": level, "error_code": 1815869, "error_summary": "Ad account payment method missing",
		"error_message": "Add a payment method to run this.", "error_type": "HARD_ERROR"}}
}

// hidden tells whether edges leave the node out unless it is asked for: archived
// and deleted ones, and all below them.
func (s *Sim) hidden(e *entity) bool {
	switch e.kind {
	case "Campaign", "AdSet", "Ad", "AdCreative", "AdImage":
		st := s.effective(e, s.kit.Clock.Now())
		return st == "ARCHIVED" || st == "DELETED"
	}
	return false
}

// learning is an ad set's learning phase.
func (s *Sim) learning(e *entity, now time.Time) any {
	if e.status() != "ACTIVE" || e.group == nil || e.account.src.Loaded {
		return nil
	}
	status := [...]string{"SUCCESS", "LEARNING", "SUCCESS", "FAIL", "WAIVING"}[e.group.ID%5]
	return obj{"status": status, "conversions": 12 + e.group.ID%40, "last_sig_edit_ts": e.updated().Unix(),
		"attribution_windows": []any{"7d_click", "1d_view"}}
}

// spentCache remembers sums of facts, an hour at a time.
type spentCache struct {
	mu   sync.Mutex
	hour int64
	by   map[string]int64
}

// How many facts a sum may read: what it would cost beyond that is estimated
// from evenly spaced days, so that an account of three years is listed at once.
// Reports never use it.
const (
	accountSample = 40_000
	nodeSample    = 2_000
)

// spent is what a node has cost since a day, in micros.
func (s *Sim) spent(e *entity, from simkit.Day, now time.Time) int64 {
	c := &e.account.spent
	key := e.id + "|" + from.String()
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := now.Unix() / 3600; c.by == nil || c.hour != h {
		c.by, c.hour = map[string]int64{}, h
	}
	if v, ok := c.by[key]; ok {
		return v
	}
	today := simkit.DayOf(now.In(e.account.loc))
	sample := nodeSample
	if e.kind == "AdAccount" {
		sample = accountSample
	}
	ads := s.adsUnder(e)
	step := simkit.Day(1 + len(ads)*int(today+1-from)/sample)
	if step%7 == 0 { // every weekday has its turn
		step++
	}
	sum := int64(0)
	for _, ad := range ads {
		if ad.ad == nil || !ad.ad.Delivered(from, today+1) {
			continue
		}
		for d := today; d >= from; d -= step {
			f := s.kit.World.Day(ad.ad, d, now)
			sum += f[simkit.Cost] * int64(step)
		}
	}
	c.by[key] = sum
	return sum
}

// remaining is what is left of a budget: of today's, or of the whole.
func (s *Sim) remaining(e *entity, now time.Time) any {
	a := e.account
	if daily := e.number("daily_budget"); daily > 0 {
		return itoa(max(0, daily-a.minor(s.spent(e, simkit.DayOf(now.In(a.loc)), now))))
	}
	if life := e.number("lifetime_budget"); life > 0 {
		return itoa(max(0, life-a.minor(s.spent(e, s.kit.World.FirstDay()-1, now))))
	}
	return "0"
}
