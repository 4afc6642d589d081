package normalize

import (
	"cmp"
	"fmt"
	"time"
)

// Day is a calendar day. Which instants it covers depends on a zone; it carries none so that it cannot be mistaken
// for an instant. The zero value is no day.
type Day struct {
	Year  int
	Month time.Month
	Dom   int // day of the month
}

// DayOf returns the day on which t falls in its location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	d, ok := dayFrom(s)
	if !ok {
		return Day{}, fmt.Errorf("%q is not a day of the form YYYY-MM-DD", s)
	}
	return d, nil
}

// DayFrom is ParseDay for text that must not become a string.
func DayFrom(b []byte) (d Day, ok bool) { return dayFrom(b) }

func dayFrom[T ~string | ~[]byte](s T) (d Day, ok bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return Day{}, false
	}
	n := func(from, to int) int {
		n := 0
		for i := from; i < to; i++ {
			if s[i]-'0' > 9 {
				return -1 << 20
			}
			n = n*10 + int(s[i]-'0')
		}
		return n
	}
	d = Day{Year: n(0, 4), Month: time.Month(n(5, 7)), Dom: n(8, 10)}
	if d.Year < 0 || d.Month < time.January || d.Month > time.December || d.Dom < 1 {
		return Day{}, false
	}
	if d.Dom > 28 && d.Add(0) != d { // there is no such day in that month
		return Day{}, false
	}
	return d, true
}

// String is YYYY-MM-DD.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Dom) }

// MarshalText writes YYYY-MM-DD, and nothing for no day.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	v, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// IsZero tells whether d is no day.
func (d Day) IsZero() bool { return d == Day{} }

// Start is the first instant of the day in loc: midnight, the first of two where clocks go back over it, what follows
// where they skip it. A day that a zone leaves out whole starts where the next one does.
func (d Day) Start(loc *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Dom, 0, 0, 0, 0, loc)
	from, to := t.ZoneBounds()
	switch got := DayOf(t); {
	case got.Before(d): // there is no midnight, and t is before the gap
		return to.In(loc)
	case d.Before(got): // there is no such day, and t is after the gap
		return from.In(loc)
	case from.IsZero():
		return t
	}
	// Midnight may have come before as well, on the clock that was in force until from.
	_, now := t.Zone()
	_, was := from.Add(-time.Second).In(loc).Zone()
	if first := t.Add(time.Duration(now-was) * time.Second); first.Before(from) && DayOf(first) == d {
		return first
	}
	if h, m, s := t.Clock(); h+m+s > 0 && DayOf(from.In(loc)) == d { // no midnight, and t is after the gap
		return from.In(loc)
	}
	return t
}

// Hours is how many hours the day has in loc: 23 or 25 where the clocks change by one, 0 where the day is left out.
func (d Day) Hours(loc *time.Location) float64 { return d.Add(1).Start(loc).Sub(d.Start(loc)).Hours() }

// Add returns the day n days later.
func (d Day) Add(n int) Day { return DayOf(d.noon().AddDate(0, 0, n)) }

// Sub returns how many days d is after e.
func (d Day) Sub(e Day) int { return int(d.noon().Sub(e.noon()) / (24 * time.Hour)) }

// Before tells whether d is earlier than e.
func (d Day) Before(e Day) bool {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Dom, e.Dom)) < 0
}

// Monday is the Monday of the day's week.
func (d Day) Monday() Day { return d.Add(-((int(d.noon().Weekday()) + 6) % 7)) }

// MonthKey is YYYY-MM.
func (d Day) MonthKey() string { return fmt.Sprintf("%04d-%02d", d.Year, d.Month) }

// noon is the day in UTC, where no day lacks a noon or an hour.
func (d Day) noon() time.Time { return time.Date(d.Year, d.Month, d.Dom, 12, 0, 0, 0, time.UTC) }

// DayRange is half open: From is in it, To is not.
type DayRange struct{ From, To Day }

// Len is the number of days.
func (r DayRange) Len() int { return r.To.Sub(r.From) }

// Cut splits the range into pieces of at most n days, in order, without overlap or hole.
func (r DayRange) Cut(n int) []DayRange {
	var out []DayRange
	for from := r.From; from.Before(r.To); {
		to := from.Add(max(n, 1))
		if r.To.Before(to) {
			to = r.To
		}
		out = append(out, DayRange{from, to})
		from = to
	}
	return out
}
