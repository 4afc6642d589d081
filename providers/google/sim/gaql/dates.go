package gaql

import (
	"slices"
	"strconv"

	"github.com/admux/admux/providers/internal/simkit"
)

// compileDates turns a condition on a core date segment into bounds of the
// range, and into a test of days where bounds do not say it all.
func (p *Plan) compileDates(f *Field, c Condition) error {
	k := f.segment
	switch c.Op {
	case "IS NOT NULL":
		return nil
	case "IS NULL":
		p.onDays = append(p.onDays, func(simkit.Day) bool { return false })
		return nil
	case "DURING":
		first, last, ok := during(c.Values[0].Text, p.env.today())
		if !ok || c.Values[0].Kind != Word {
			return invalidDuring(c)
		}
		if k.start(first) != first {
			return misaligned(f, first.String())
		}
		p.narrow(bound{first, true}, bound{last, true})
		return nil
	}
	days := make([]simkit.Day, len(c.Values))
	for i, l := range c.Values {
		d, err := periodStart(f, l)
		if err != nil {
			return err
		}
		days[i] = d
	}
	return p.compileRange(k, c, days)
}

func (p *Plan) compileRange(k segmentKind, c Condition, days []simkit.Day) error {
	first, last := slices.Min(days), slices.Max(days)
	among := func(d simkit.Day) bool { return slices.Contains(days, k.start(d)) }
	none := bound{}
	switch c.Op {
	case "=":
		p.narrow(bound{first, true}, bound{k.end(first), true})
	case ">":
		p.narrow(bound{k.end(first) + 1, true}, none)
	case ">=":
		p.narrow(bound{first, true}, none)
	case "<":
		p.narrow(none, bound{first - 1, true})
	case "<=":
		p.narrow(none, bound{k.end(first), true})
	case "BETWEEN":
		if days[0] > days[1] {
			return tooNarrow(c.Field)
		}
		p.narrow(bound{days[0], true}, bound{k.end(days[1]), true})
	case "IN":
		p.narrow(bound{first, true}, bound{k.end(last), true})
		p.onDays = append(p.onDays, among)
	case "!=", "NOT IN":
		p.onDays = append(p.onDays, func(d simkit.Day) bool { return !among(d) })
	}
	return nil
}

// narrow intersects the date range.
func (p *Plan) narrow(first, last bound) {
	if first.set && (!p.firstDay.set || first.day > p.firstDay.day) {
		p.firstDay = first
	}
	if last.set && (!p.lastDay.set || last.day < p.lastDay.day) {
		p.lastDay = last
	}
}

// periodStart reads a literal of a core date segment: the first day of its
// period, or a year.
func periodStart(f *Field, l Literal) (simkit.Day, error) {
	if f.segment == yearSegment {
		n, err := strconv.ParseInt(l.Text, 10, 32)
		if err != nil || l.Kind == Word || n < 1 || n > 9999 {
			return 0, refuse("BAD_VALUE", l.Text, "invalid year %s.", l)
		}
		return simkit.Date(int(n), 1, 1), nil
	}
	d, ok := parseDate(l.Text)
	if !ok || l.Kind != String {
		return 0, refuse("INVALID_DATE_FORMAT", l.Text, "invalid date %s; the form is yyyy-MM-dd.", l)
	}
	if f.segment.start(d) != d {
		return 0, misaligned(f, l.Text)
	}
	return d, nil
}

func misaligned(f *Field, day string) error {
	return refuse("MISALIGNED_DATE_FOR_FILTER", day, "%s is not the first day of a period of '%s'.", day, f.Name)
}

func tooNarrow(field string) error {
	return refuse("DATE_RANGE_TOO_NARROW", field, "the date range is empty.")
}

// maxUniqueUserDays bounds the range of reach metrics.
const maxUniqueUserDays = 92

// checkDates demands a range with two ends as soon as a core date segment is
// selected or filters.
func (p *Plan) checkDates() error {
	used := ""
	for _, f := range p.segments {
		if f.segment.core() && used == "" {
			used = f.Name
		}
	}
	for _, c := range p.query.Where {
		if f := load().fields[c.Field]; f != nil && f.segment.core() && used == "" {
			used = c.Field
		}
	}
	if used != "" && (!p.firstDay.set || !p.lastDay.set) {
		return refuse("EXPECTED_FILTERS_ON_DATE_RANGE", used, "filters on '%s' must form a finite date range.", used)
	}
	if used != "" && p.firstDay.day > p.lastDay.day {
		return tooNarrow(used)
	}
	for _, f := range p.usedMetrics {
		reach := f.metric.kind == sumMetric && f.metric.num == UniqueUsers || slices.Contains(f.metric.den, UniqueUsers)
		if reach && (used == "" || p.lastDay.day-p.firstDay.day >= maxUniqueUserDays) {
			return refuse("DATE_RANGE_TOO_WIDE", f.Name, "metric '%s' covers at most %d days.", f.Name, maxUniqueUserDays)
		}
	}
	return nil
}
