package google

import (
	"fmt"
	"time"

	"github.com/admux/admux/normalize"
)

// begin is the first day of the period that d is in; end, the day after its last. Without a grain there is one period.
func (s *shape) begin(d normalize.Day) normalize.Day {
	switch s.grain {
	case normalize.DimensionWeek:
		return d.Monday()
	case normalize.DimensionMonth:
		return normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
	}
	return d
}

// after is the first day of the nth period after the one that d is in.
func (s *shape) after(d normalize.Day, n int) normalize.Day {
	switch s.grain {
	case normalize.DimensionWeek:
		return d.Monday().Add(7 * n)
	case normalize.DimensionMonth:
		return normalize.DayOf(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC))
	}
	return d.Add(n)
}

// window is the piece of a range that begins at from, of at most n periods; without a grain it is the whole.
func (s *shape) window(from, to normalize.Day, n int) normalize.DayRange {
	w := normalize.DayRange{From: from, To: to}
	if s.grain == "" {
		return w
	}
	if end := s.after(from, n); end.Before(to) {
		w.To = end
	}
	return w
}

// periodsIn counts the periods that a range touches.
func (s *shape) periodsIn(r normalize.DayRange) int {
	last := r.To.Add(-1)
	switch s.grain {
	case "":
		return 1
	case normalize.DimensionWeek:
		return last.Monday().Sub(r.From.Monday())/7 + 1
	case normalize.DimensionMonth:
		return (last.Year-r.From.Year)*12 + int(last.Month-r.From.Month) + 1
	}
	return r.Len()
}

// firstWindow is how many periods are asked for before it is known how much they hold: most reports take one query.
func (s *shape) firstWindow() int {
	switch s.grain {
	case normalize.DimensionHour:
		return 7
	case normalize.DimensionWeek:
		return 27
	case normalize.DimensionMonth:
		return 24
	}
	if s.depth <= depthGroup && len(s.splits) == 0 { // a quarter of an account's campaigns is rarely too much
		return 92
	}
	return 31
}

// text is a period's value in a row.
func (s *shape) text(d normalize.Day, hour int) string {
	switch s.grain {
	case normalize.DimensionMonth:
		return d.MonthKey()
	case normalize.DimensionHour:
		return fmt.Sprintf("%sT%02d", d, hour)
	}
	return d.String()
}
