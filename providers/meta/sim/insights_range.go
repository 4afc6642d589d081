package sim

import (
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// span is one time step of a report, days inclusive.
type span struct{ from, to simkit.Day }

// Retention, counted back from today.
const (
	monthsKept      = 37
	monthsOfUniques = 13 // unique counts with breakdowns, hourly numbers, reach with breakdowns
	monthsOfBuckets = 6  // frequency_value
	maxIncrement    = 90
)

func monthsBefore(d simkit.Day, n int) simkit.Day {
	y, m, dd := d.Date()
	return simkit.Date(y, m-n, dd)
}

// parseTime fills the steps: time_ranges before time_range before date_preset.
func (q *insightQuery) parseTime(p params) *graphError {
	if p.has("time_ranges") {
		return q.parseRanges(p)
	}
	r, err := q.parseRange(p)
	if err != nil {
		return err
	}
	q.ranges = []span{r}
	inc := strings.TrimSpace(unquote(p.get("time_increment")))
	switch inc {
	case "", "all_days":
		q.spans = q.ranges
		return nil
	case "monthly":
		for d := r.from; d <= r.to; {
			y, m, _ := d.Date()
			next := simkit.Date(y, m+1, 1)
			q.spans = append(q.spans, span{d, min(next-1, r.to)})
			d = next
		}
		return nil
	}
	n, e := strconv.Atoi(inc)
	if e != nil || n < 1 || n > maxIncrement {
		return invalidParam("time_increment must be an integer between 1 and %d, monthly or all_days", maxIncrement)
	}
	for d := r.from; d <= r.to; d += simkit.Day(n) {
		q.spans = append(q.spans, span{d, min(d+simkit.Day(n)-1, r.to)})
	}
	return nil
}

func (q *insightQuery) parseRanges(p params) *graphError {
	list, _, err := p.array("time_ranges")
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return invalidParam("Param time_ranges must not be empty")
	}
	for _, x := range list {
		o, _ := x.(obj)
		r, err := q.rangeOf(o, "time_ranges")
		if err != nil {
			return err
		}
		q.ranges = append(q.ranges, r)
	}
	q.spans = q.ranges
	return nil
}

func (q *insightQuery) parseRange(p params) (span, *graphError) {
	o, ok, err := p.object("time_range")
	if err != nil {
		return span{}, err
	}
	if ok {
		return q.rangeOf(o, "time_range")
	}
	preset := "last_30d"
	if p.has("date_preset") {
		preset = unquote(p.get("date_preset"))
	}
	if !oneOfWords(insightPresetNames, preset) {
		return span{}, invalidParam("date_preset must be one of the following values: %s",
			strings.Join(strings.Fields(insightPresetNames), ", "))
	}
	return q.preset(preset), nil
}

// rangeOf reads {"since":"YYYY-MM-DD","until":"YYYY-MM-DD"}; nothing else, and
// no unix stamps.
func (q *insightQuery) rangeOf(o obj, name string) (span, *graphError) {
	since, ok1 := o["since"].(string)
	until, ok2 := o["until"].(string)
	if !ok1 || !ok2 || len(o) != 2 {
		return span{}, invalidParam("Must be a date representation in the format YYYY-MM-DD: %s needs since and until", name)
	}
	from, e1 := simkit.ParseDay(since)
	to, e2 := simkit.ParseDay(until)
	if e1 != nil || e2 != nil {
		return span{}, invalidParam("Must be a date representation in the format YYYY-MM-DD")
	}
	if from > to {
		return span{}, invalidParam("%s: since must not be after until", name)
	}
	if from < monthsBefore(q.today, monthsKept) {
		return span{}, &graphError{Code: 3018, Message: "(#3018) The start date of the time range cannot be beyond 37 months from the current date"}
	}
	return span{from, to}, nil
}

// preset is the range a date_preset names. last_Nd leaves today out; the weeks
// follow their names; maximum is what is kept.
func (q *insightQuery) preset(name string) span {
	t := q.today
	y, m, _ := t.Date()
	quarter := (m-1)/3*3 + 1
	monday := t - simkit.Day((int(t.Weekday())+6)%7)
	sunday := t - simkit.Day(int(t.Weekday()))
	switch name {
	case "today":
		return span{t, t}
	case "yesterday":
		return span{t - 1, t - 1}
	case "this_month":
		return span{simkit.Date(y, m, 1), t}
	case "last_month":
		return span{simkit.Date(y, m-1, 1), simkit.Date(y, m, 1) - 1}
	case "this_quarter":
		return span{simkit.Date(y, quarter, 1), t}
	case "last_quarter":
		return span{simkit.Date(y, quarter-3, 1), simkit.Date(y, quarter, 1) - 1}
	case "this_year":
		return span{simkit.Date(y, 1, 1), t}
	case "last_year":
		return span{simkit.Date(y-1, 1, 1), simkit.Date(y, 1, 1) - 1}
	case "this_week_mon_today":
		return span{monday, t}
	case "this_week_sun_today":
		return span{sunday, t}
	case "last_week_mon_sun":
		return span{monday - 7, monday - 1}
	case "last_week_sun_sat":
		return span{sunday - 7, sunday - 1}
	case "maximum", "data_maximum":
		return span{monthsBefore(t, monthsKept), t}
	}
	n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "last_"), "d")) // the rest is last_Nd
	return span{t - simkit.Day(n), t - 1}
}

// first is the earliest day asked for.
func (q *insightQuery) first() simkit.Day {
	d := q.ranges[0].from
	for _, r := range q.ranges {
		d = min(d, r.from)
	}
	return d
}

// last is the latest day asked for.
func (q *insightQuery) last() simkit.Day {
	d := q.ranges[0].to
	for _, r := range q.ranges {
		d = max(d, r.to)
	}
	return d
}
