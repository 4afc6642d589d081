package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// shape checks what every row must be. It tells the first few faults only.
type shape struct {
	e    *env
	q    providers.ReportQuery
	seen map[string]bool
	told int
}

func newShape(e *env, q providers.ReportQuery) *shape {
	return &shape{e: e, q: q, seen: map[string]bool{}}
}

func (s *shape) fault(format string, a ...any) {
	s.e.t.Helper()
	if s.told++; s.told <= 5 {
		s.e.t.Errorf("row: "+format, a...)
	}
}

func (s *shape) check(p providers.Part, r *normalize.Row) {
	s.e.t.Helper()
	if len(r.Dims) != len(s.q.Dimensions) || len(r.Values) != len(s.q.Metrics) {
		s.fault("%d dimensions and %d values, asked for %d and %d", len(r.Dims), len(r.Values), len(s.q.Dimensions), len(s.q.Metrics))
		return
	}
	entity := r.Entity(s.q.Level)
	if s.q.Level != normalize.LevelOrganization && entity.ID == "" {
		s.fault("without the id of its %s", s.q.Level)
	}
	if r.Organization.ID != "" && r.Organization.ID != p.Org.ID {
		s.fault("of account %s in a part of %s", r.Organization.ID, p.Org.ID)
	}
	if r.Currency != "" && len(r.Currency) != 3 {
		s.fault("currency %q", r.Currency)
	}
	s.time(p, r)
	for i, d := range s.q.Dimensions {
		if r.Dims[i] == "" {
			s.fault("%s is empty; what is not known is UNKNOWN", d)
		}
	}
	key := fmt.Sprint(p.Org.ID, "|", entity.ID, "|", r.Date, "|", strings.Join(r.Dims, "|"))
	if s.seen[key] {
		s.fault("%s comes twice", key)
	}
	s.seen[key] = true
	for i, v := range r.Values {
		if v.OK && v.D.Sign() < 0 && slices.Contains(ledgerMetrics[:], s.q.Metrics[i]) {
			s.fault("%s is %s", s.q.Metrics[i], v.D)
		}
	}
}

// time: the row's day agrees with its dimension and lies in the range.
func (s *shape) time(p providers.Part, r *normalize.Row) {
	s.e.t.Helper()
	when := timeOf(s.q.Dimensions)
	if when == "" {
		return
	}
	if r.Date.IsZero() {
		s.fault("without a date, asked by %s", when)
		return
	}
	text := r.Dims[slices.Index(s.q.Dimensions, when)]
	want := period(when, r.Date)
	if when == normalize.DimensionHour {
		text = text[:min(len(text), len(want))]
	}
	if text != want {
		s.fault("%s is %q on the day %s", when, text, r.Date)
	}
	first := s.q.Range.From
	switch when {
	case normalize.DimensionWeek:
		first = first.Monday()
	case normalize.DimensionMonth:
		first.Dom = 1
	}
	if r.Date.Before(first) || !r.Date.Before(s.q.Range.To) {
		s.fault("of %s, outside %s to %s", r.Date, s.q.Range.From, s.q.Range.To)
	}
}
