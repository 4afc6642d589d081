package simkit

import (
	"fmt"
	"time"
)

// Day is a calendar day, counted from 1970-01-01. It has no zone: the account
// that reports it has one.
type Day int32

// DayOf is the calendar day of t in t's own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Date(y, int(m), d)
}

// Date is the day of a calendar date; out-of-range months and days normalize
// as time.Date does.
func Date(year, month, day int) Day {
	return Day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("simkit: %q is not a day (YYYY-MM-DD)", s)
	}
	return DayOf(t), nil
}

// Date gives the day's year, month and day of month.
func (d Day) Date() (year, month, day int) {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

// String is YYYY-MM-DD.
func (d Day) String() string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}

// Weekday is the day's day of the week.
func (d Day) Weekday() time.Weekday {
	return time.Weekday(((int64(d)+4)%7 + 7) % 7)
}

// Start is the first instant of the day in loc.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, dd := d.Date()
	return time.Date(y, time.Month(m), dd, 0, 0, 0, 0, loc)
}

// Hours is how many hours the day has in loc: 23 or 25 when clocks change.
func (d Day) Hours(loc *time.Location) int {
	return int((d + 1).Start(loc).Sub(d.Start(loc)) / time.Hour)
}
