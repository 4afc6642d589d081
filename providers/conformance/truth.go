package conformance

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func location(o normalize.Organization) (*time.Location, error) {
	return time.LoadLocation(cmp.Or(o.Timezone, "UTC"))
}

// today is the account's.
func (e *env) today(o normalize.Organization) normalize.Day {
	e.t.Helper()
	loc, err := location(o)
	e.fatal("zone", err)
	return normalize.DayOf(e.sim.Now().In(loc))
}

// history is n whole days, yesterday the last.
func (e *env) history(o normalize.Organization, n int) normalize.DayRange {
	to := e.today(o)
	return normalize.DayRange{From: to.Add(-n), To: to}
}

// facts reads the ledger.
func (e *env) facts(o normalize.Organization, days normalize.DayRange) []Fact {
	e.t.Helper()
	var out []Fact
	for f, err := range e.sim.Ledger(o.ID, days) {
		e.fatal("ledger", err)
		out = append(out, f)
	}
	return out
}

// cell is what a number of a report is about, as far as the ledger can tell.
type cell struct {
	org, entity string
	when        string // the day, week or month
}

// timeOf finds the dimension that tells days apart, "" when none does.
func timeOf(dims []normalize.Dimension) normalize.Dimension {
	for _, d := range dims {
		switch d {
		case normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionHour:
			return d
		}
	}
	return ""
}

// period is the dimension's value for a day: an hour is of its day.
func period(d normalize.Dimension, day normalize.Day) string {
	switch d {
	case normalize.DimensionDate, normalize.DimensionHour:
		return day.String()
	case normalize.DimensionWeek:
		return day.Monday().String()
	case normalize.DimensionMonth:
		return day.MonthKey()
	}
	return ""
}

// entityKey is the entity that rows and ledger are compared by. The ledger knows neither creatives nor keywords: they are
// compared by their group.
func entityKey(l normalize.Level) normalize.Level {
	if l == normalize.LevelCreative || l == normalize.LevelKeyword {
		return normalize.LevelGroup
	}
	return l
}

// ledger sums the facts of every account by cell.
func (e *env) ledger(q providers.ReportQuery) map[cell]sums {
	e.t.Helper()
	out := map[cell]sums{}
	when := timeOf(q.Dimensions)
	for _, o := range q.Orgs {
		for f, err := range e.sim.Ledger(o.ID, q.Range) {
			e.fatal("ledger", err)
			k := cell{o.ID, f.entity(entityKey(q.Level)), period(when, f.Date)}
			s := out[k]
			s.add(f.values())
			out[k] = s
		}
	}
	return out
}

// run plans and runs a report; each is called for every row, which is valid until it returns.
func (e *env) run(ctx context.Context, q providers.ReportQuery, each func(providers.Part, *normalize.Row)) ([]providers.Meta, error) {
	e.t.Helper()
	r := e.session.Reports
	parts, err := r.Plan(q)
	if err != nil {
		return nil, err
	}
	var metas []providers.Meta
	for _, p := range parts {
		meta := p.Meta
		if err := e.part(ctx, p, &meta, each); err != nil {
			return metas, err
		}
		metas = append(metas, meta)
	}
	return metas, nil
}

func (e *env) part(ctx context.Context, p providers.Part, meta *providers.Meta, each func(providers.Part, *normalize.Row)) error {
	r := e.session.Reports
	rows := r.Stream
	if p.Async || rows == nil {
		ticket, err := r.Submit(ctx, p)
		if err != nil {
			return err
		}
		for {
			progress, err := r.Poll(ctx, ticket)
			if err != nil {
				return err
			}
			if progress.Done {
				break
			}
			e.sim.Advance(max(progress.Wait, time.Second))
		}
		for row, err := range r.Fetch(ctx, ticket, meta) {
			if err != nil {
				return err
			}
			each(p, &row)
		}
		return nil
	}
	for row, err := range rows(ctx, p, meta) {
		if err != nil {
			return err
		}
		each(p, &row)
	}
	return nil
}

// claims tells whether a metric is declared for a level and dimensions.
func claims(m providers.Metric, l normalize.Level, dims []normalize.Dimension) bool {
	if m.Levels != nil && !slices.Contains(m.Levels, l) {
		return false
	}
	for _, d := range dims {
		if m.Dimensions != nil && !slices.Contains(m.Dimensions, d) {
			return false
		}
	}
	return true
}

// dimsText names dimensions for messages.
func dimsText(dims []normalize.Dimension) string {
	if len(dims) == 0 {
		return "whole"
	}
	out := make([]string, len(dims))
	for i, d := range dims {
		out[i] = string(d)
	}
	return strings.Join(out, "+")
}
