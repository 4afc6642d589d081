package sim

import (
	"strings"
	"sync"

	"github.com/admux/admux/providers/internal/simkit"
)

// Serving states are never stored: they follow from the object, its parents,
// the budget spent and the clock.

func (s *Sim) accountServing(a *entity) []any {
	if st := a.status("status"); st != "ACTIVE" {
		return []any{"STOPPED"}
	}
	if end, ok := number(a.data["totalBudgetEndsAt"]); ok && end <= ms(s.kit.Clock.Now()) {
		return []any{"ACCOUNT_END_DATE_HOLD"}
	}
	return []any{"RUNNABLE"}
}

// number reads an integer that may be ours or a client's JSON.
func number(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case interface{ Int64() (int64, error) }:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// dateHolds names the holds of a runSchedule.
func (s *Sim) dateHolds(o obj, prefix string) []string {
	rs, _ := o["runSchedule"].(obj)
	now := ms(s.kit.Clock.Now())
	var out []string
	if start, ok := number(rs["start"]); ok && start > now {
		out = append(out, prefix+"_START_DATE_HOLD")
	}
	if end, ok := number(rs["end"]); ok && end <= now {
		out = append(out, prefix+"_END_DATE_HOLD")
	}
	return out
}

func (s *Sim) accountHolds(account int64) []string {
	switch st := s.accountServing(s.accounts.byID[account])[0].(string); st {
	case "RUNNABLE":
		return nil
	case "STOPPED":
		return []string{"ACCOUNT_SERVING_HOLD"}
	default:
		return []string{st}
	}
}

// groupHolds are the holds that a campaign group puts on itself; its children
// see them too.
func (s *Sim) groupHolds(g *entity) []string {
	out := s.dateHolds(g.data, "CAMPAIGN_GROUP")
	if s.exhausted(g, true) {
		out = append(out, "CAMPAIGN_GROUP_TOTAL_BUDGET_HOLD")
	}
	return out
}

func (s *Sim) groupServing(g *entity) []any {
	var out []string
	if g.status("status") != "ACTIVE" {
		out = append(out, "STOPPED")
	}
	for _, h := range s.accountHolds(g.account) {
		if h != "ACCOUNT_SERVING_HOLD" { // a group has no such state
			out = append(out, h)
		}
	}
	return runnable(append(out, s.groupHolds(g)...))
}

func (s *Sim) campaignHolds(c *entity) []string {
	out := s.dateHolds(c.data, "CAMPAIGN")
	if s.exhausted(c, false) {
		out = append(out, "CAMPAIGN_TOTAL_BUDGET_HOLD")
	}
	out = append(out, s.accountHolds(c.account)...)
	g := s.groups[c.account].byID[c.parent]
	if g == nil {
		return out
	}
	if g.status("status") != "ACTIVE" {
		out = append(out, "CAMPAIGN_GROUP_STATUS_HOLD")
	}
	return append(out, s.groupHolds(g)...)
}

func (s *Sim) campaignServing(c *entity) []any {
	var out []string
	if c.status("status") != "ACTIVE" {
		out = append(out, "STOPPED")
	}
	return runnable(append(out, s.campaignHolds(c)...))
}

func runnable(holds []string) []any {
	if len(holds) == 0 {
		return []any{"RUNNABLE"}
	}
	return anys(holds)
}

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, x := range ss {
		out[i] = x
	}
	return out
}

// review is a creative's review, absent while it is a draft. What a client
// created is pending for ReviewAfter and then approved, unless it says
// "forbidden".
func (s *Sim) review(c *entity) obj {
	if c.status("intendedStatus") == "DRAFT" {
		return nil
	}
	r, _ := c.data["review"].(obj)
	if r != nil && r["status"] != "PENDING" {
		return r
	}
	if ms(s.kit.Clock.Now())-c.posted < s.opts.ReviewAfter.Milliseconds() || c.seeded {
		return obj{"status": "PENDING"}
	}
	name, _ := c.data["name"].(string)
	if strings.Contains(strings.ToLower(name), "forbidden") {
		return obj{"status": "REJECTED", "rejectionReasons": []any{"PROHIBITED_CONTENT"}}
	}
	return obj{"status": "APPROVED"}
}

func (s *Sim) creativeHolds(c *entity, review obj) []string {
	var out []string
	if c.status("intendedStatus") != "ACTIVE" {
		out = append(out, "STOPPED")
	}
	if review != nil {
		switch review["status"] {
		case "PENDING", "NEEDS_REVIEW":
			out = append(out, "UNDER_REVIEW")
		case "REJECTED":
			out = append(out, "REJECTED")
		}
	}
	if h := s.mediaHold(c); h != "" {
		out = append(out, h)
	}
	p := s.campaigns[c.account].byID[c.parent]
	if p == nil {
		return out
	}
	if p.status("status") != "ACTIVE" {
		out = append(out, "CAMPAIGN_STOPPED")
	}
	return append(out, s.campaignHolds(p)...)
}

// spentCache remembers what a seeded entity has spent, a day at a time.
type spentCache struct {
	mu  sync.Mutex
	day simkit.Day
	by  map[int64]int64
}

// exhausted tells whether the total budget is spent.
func (s *Sim) exhausted(e *entity, isGroup bool) bool {
	b, _ := e.data["totalBudget"].(obj)
	amount, _ := b["amount"].(string)
	limit, err := parseMicros(amount)
	if b == nil || err != nil || !e.seeded {
		return false
	}
	return s.spentBy(e.id, isGroup) >= limit
}

func (s *Sim) spentBy(id int64, isGroup bool) int64 {
	now := s.kit.Clock.Now()
	today := simkit.DayOf(now)
	s.spent.mu.Lock()
	defer s.spent.mu.Unlock()
	if s.spent.by == nil || s.spent.day != today {
		s.spent.by, s.spent.day = map[int64]int64{}, today
	}
	if v, ok := s.spent.by[id]; ok {
		return v
	}
	w := s.kit.World
	groups := []*simkit.Group{w.Group(id)}
	if isGroup {
		groups = w.Campaign(id).Groups
	}
	sum := int64(0)
	for _, g := range groups {
		for _, ad := range g.Ads {
			f := w.Sum(ad, w.FirstDay(), today, now)
			sum += f[simkit.Cost]
		}
	}
	s.spent.by[id] = sum
	return sum
}
