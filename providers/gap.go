package providers

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// Gap declares why the sums of a report need not be the numbers that a level above it has. With PerRow or Share it is a
// tolerance: a difference within it is none. With neither it explains differences, which are told all the same.
type Gap struct {
	// Reports that it is of: those at one of these levels, compared with one of these, with one of these dimensions, of
	// one of these KPIs; nil: any.
	Levels     []normalize.Level
	Above      []normalize.Level
	Dimensions []normalize.Dimension
	KPIs       []normalize.Metric

	PerRow normalize.Decimal // how far one row's number may be from the truth: half of what it is rounded to
	Daily  bool              // rows are added up from days, each of them as far off as that
	Share  normalize.Decimal // of the number above, where numbers are estimates
	Reason string
}

// Of tells whether the gap is one of a KPI in a report at a level by dimensions, compared with a level above.
func (g *Gap) Of(level, above normalize.Level, dims []normalize.Dimension, kpi normalize.Metric) bool {
	switch {
	case g.Levels != nil && !slices.Contains(g.Levels, level),
		g.Above != nil && !slices.Contains(g.Above, above),
		g.Dimensions != nil && !slices.ContainsFunc(g.Dimensions, func(d normalize.Dimension) bool { return slices.Contains(dims, d) }),
		g.KPIs != nil && !slices.Contains(g.KPIs, kpi):
		return false
	}
	return true
}

// Tolerance tells whether the gap makes differences disappear, in place of explaining them.
func (g *Gap) Tolerance() bool { return !g.PerRow.IsZero() || !g.Share.IsZero() }
