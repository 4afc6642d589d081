package sim

import (
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// selection is what a list call asks of the elements.
type selection struct {
	rules    []filterRule
	statuses []string // effective_status; empty: the default scope
	since    time.Time
	ended    bool // archived and deleted ones are asked about
	from, to time.Time
}

// selectionOf reads the parameters that narrow an edge.
func (s *Sim) selectionOf(ed edge, p params, now time.Time) (selection, *graphError) {
	var sel selection
	var err *graphError
	if sel.rules, err = s.filtering(ed.kind, p); err != nil {
		return sel, err
	}
	for _, r := range sel.rules {
		switch r.field {
		case "effective_status", "status", "configured_status", "delivery_info":
			sel.ended = true
		}
	}
	if !statusful(ed.kind) {
		return sel, nil
	}
	if sel.statuses, _, err = p.list("effective_status"); err != nil {
		return sel, err
	}
	for _, st := range sel.statuses {
		if !s.tab.member("list_filter.effective_status", st) {
			return sel, invalidParam("Param effective_status[0] must be one of {ACTIVE, PAUSED, DELETED, PENDING_REVIEW, DISAPPROVED, PREAPPROVED, PENDING_BILLING_INFO, CAMPAIGN_PAUSED, ARCHIVED, ADSET_PAUSED, IN_PROCESS, WITH_ISSUES}")
		}
		if st == "DELETED" { // only filtering shows deleted ones
			return sel, userError(1815001, "Cannot Request Deleted Objects", "Deleted objects cannot be requested with the effective_status parameter.")
		}
	}
	if n, ok, err := p.integer("updated_since"); err != nil {
		return sel, err
	} else if ok && ed.kind != "Campaign" { // the campaigns edge does not know it
		sel.since = time.Unix(n, 0)
	}
	return sel, s.readRange(&sel, p, now)
}

func statusful(kind string) bool { return kind == "Campaign" || kind == "AdSet" || kind == "Ad" }

// oldest is how far back a range may start.
func oldest(now time.Time) time.Time { return now.AddDate(0, -37, 0) }

// readRange checks time_range, which narrows to what ran then.
func (s *Sim) readRange(sel *selection, p params, now time.Time) *graphError {
	o, ok, err := p.object("time_range")
	if err != nil || !ok {
		return err
	}
	since, _ := o["since"].(string)
	until, _ := o["until"].(string)
	from, err1 := simkit.ParseDay(since)
	to, err2 := simkit.ParseDay(until)
	if err1 != nil || err2 != nil || to < from {
		return invalidParam("Param time_range must be a time range {since, until}")
	}
	if from.Start(time.UTC).Before(oldest(now).Add(-24 * time.Hour)) {
		return &graphError{Code: 3018, Message: "(#3018) The start date of the time range cannot be beyond 37 months from the current date"}
	}
	sel.from, sel.to = from.Start(time.UTC), (to + 1).Start(time.UTC)
	return nil
}

// keeps tells whether an element belongs to the answer.
func (s *Sim) keeps(e *entity, sel *selection, now time.Time) bool {
	if statusful(e.kind) {
		st := s.effective(e, now)
		switch {
		case len(sel.statuses) > 0:
			if !slices.Contains(sel.statuses, st) {
				return false
			}
		case !sel.ended && (st == "ARCHIVED" || st == "DELETED"):
			return false
		}
		if !sel.since.IsZero() && e.updated().Before(sel.since) {
			return false
		}
		if !sel.to.IsZero() && (!e.created.Before(sel.to) || !sel.ran(s, e)) {
			return false
		}
	} else if !sel.ended && s.hidden(e) {
		return false
	}
	for _, r := range sel.rules {
		if !s.matches(e, r, now) {
			return false
		}
	}
	return true
}

// ran tells whether the element's own end lies after the range's start.
func (sel *selection) ran(s *Sim, e *entity) bool {
	name := "end_time"
	if e.kind == "Campaign" {
		name = "stop_time"
	}
	end, _ := s.field(e, name, s.kit.Clock.Now()).(string)
	t, err := time.Parse(timeLayout, end)
	return err != nil || t.After(sel.from)
}

// listPage cuts one page out of a list of nodes. Cursors name elements, so that
// what is added or removed meanwhile neither repeats nor hides others.
func (s *Sim) listPage(c *call, ed edge, path string, all []*entity, p params) (chosen []*entity, paging, summary obj, err *graphError) {
	sel, err := s.selectionOf(ed, p, c.now)
	if err != nil {
		return nil, nil, nil, err
	}
	w, err := c.ask(p, defaultLimit)
	if err != nil {
		return nil, nil, nil, err
	}
	if !ed.oldestFirst { // newest first is usual
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	at, step, err := startOf(all, w, ed.oldestFirst)
	if err != nil {
		return nil, nil, nil, err
	}
	limit := s.shortened(w)
	i := at
	for ; i >= 0 && i < len(all) && len(chosen) < limit; i += step {
		if s.keeps(all[i], &sel, c.now) {
			chosen = append(chosen, all[i])
		}
	}
	more := false
	for ; i >= 0 && i < len(all) && !more; i += step {
		more = s.keeps(all[i], &sel, c.now)
	}
	if step < 0 {
		slices.Reverse(chosen)
	}
	if wants(p, "total_count") {
		n := 0
		for _, e := range all {
			if s.keeps(e, &sel, c.now) {
				n++
			}
		}
		summary = obj{"total_count": n}
	}
	return chosen, s.listPaging(c, path, p, w, chosen, more, step), summary, nil
}

// startOf is where a page begins, and in which direction it goes on.
func startOf(all []*entity, w pageAsk, oldestFirst bool) (at, step int, err *graphError) {
	key, step := w.after, 1
	if key == "" && w.before != "" {
		key, step = w.before, -1
	}
	if key == "" {
		return 0, 1, nil
	}
	seq, ok := parseSeq(key)
	if !ok {
		return 0, 0, badCursor()
	}
	at = slices.IndexFunc(all, func(e *entity) bool {
		if oldestFirst {
			return e.seq >= seq
		}
		return e.seq <= seq
	})
	if at < 0 {
		at = len(all)
	}
	if step < 0 {
		return at - 1, step, nil
	}
	if at < len(all) && all[at].seq == seq {
		at++
	}
	return at, step, nil
}

// shortened is the page size under Options.Paging.
func (s *Sim) shortened(w pageAsk) int {
	if s.paging().Short {
		return max(1, w.limit/2)
	}
	return w.limit
}

func (s *Sim) listPaging(c *call, path string, p params, w pageAsk, chosen []*entity, more bool, step int) obj {
	if len(chosen) == 0 {
		return nil
	}
	first, last := chosen[0], chosen[len(chosen)-1]
	depth := w.afterDepth + len(chosen)
	if step < 0 {
		depth = w.afterDepth
	}
	previous := w.after != "" || step < 0 && more
	next := more || step < 0
	return c.pagingOf(path, p, encodeCursor(itoa(first.seq), max(0, depth-len(chosen))), encodeCursor(itoa(last.seq), depth), previous, next)
}

func wants(p params, what string) bool {
	list, _, err := p.list("summary")
	return err == nil && (slices.Contains(list, what) || slices.Contains(list, "true") || slices.Contains(list, "1"))
}
