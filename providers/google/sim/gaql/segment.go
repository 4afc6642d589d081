package gaql

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// segmentKind tells segments that follow from the fact's day and hour from
// those that the source splits by.
type segmentKind int

const (
	splitSegment segmentKind = iota
	dateSegment
	weekSegment
	monthSegment
	quarterSegment
	yearSegment
	// Not core: they ask for no date range.
	weekdaySegment
	monthOfYearSegment
	hourSegment
)

var segmentKinds = map[string]segmentKind{
	"segments.date": dateSegment, "segments.week": weekSegment, "segments.month": monthSegment,
	"segments.quarter": quarterSegment, "segments.year": yearSegment, "segments.day_of_week": weekdaySegment,
	"segments.month_of_year": monthOfYearSegment, "segments.hour": hourSegment,
}

// core says that the segment is a core date segment: it may filter without
// being selected, and it demands a finite range.
func (k segmentKind) core() bool { return k >= dateSegment && k <= yearSegment }

// start is the first day of the segment's period that holds d.
func (k segmentKind) start(d simkit.Day) simkit.Day {
	y, m, _ := d.Date()
	switch k {
	case weekSegment:
		return d - simkit.Day((int(d.Weekday())+6)%7) // weeks begin on Monday
	case monthSegment:
		return simkit.Date(y, m, 1)
	case quarterSegment:
		return simkit.Date(y, (m-1)/3*3+1, 1)
	case yearSegment:
		return simkit.Date(y, 1, 1)
	}
	return d
}

// end is the last day of the segment's period that begins at start.
func (k segmentKind) end(start simkit.Day) simkit.Day {
	y, m, _ := start.Date()
	switch k {
	case weekSegment:
		return start + 6
	case monthSegment:
		return simkit.Date(y, m+1, 1) - 1
	case quarterSegment:
		return simkit.Date(y, m+3, 1) - 1
	case yearSegment:
		return simkit.Date(y+1, 1, 1) - 1
	}
	return start
}

// value is what a row shows for a fact of day d.
func (k segmentKind) value(d simkit.Day) Value {
	switch k {
	case yearSegment:
		y, _, _ := d.Date()
		return Int(int64(y))
	case weekdaySegment:
		return Text(upper(d.Weekday().String()))
	case monthOfYearSegment:
		_, m, _ := d.Date()
		return Text(upper(time.Month(m).String()))
	}
	return Text(k.start(d).String())
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}

// during is the range of a date function, both days inside. The last-n ranges
// end yesterday, the this-… ranges today.
func during(name string, today simkit.Day) (first, last simkit.Day, ok bool) {
	monday := weekSegment.start(today)
	sunday := today - simkit.Day(today.Weekday())
	month := monthSegment.start(today)
	switch name {
	case "TODAY":
		return today, today, true
	case "YESTERDAY":
		return today - 1, today - 1, true
	case "LAST_7_DAYS":
		return today - 7, today - 1, true
	case "LAST_14_DAYS":
		return today - 14, today - 1, true
	case "LAST_30_DAYS":
		return today - 30, today - 1, true
	case "LAST_BUSINESS_WEEK":
		return monday - 7, monday - 3, true
	case "LAST_WEEK_SUN_SAT":
		return sunday - 7, sunday - 1, true
	case "LAST_WEEK_MON_SUN":
		return monday - 7, monday - 1, true
	case "THIS_WEEK_SUN_TODAY":
		return sunday, today, true
	case "THIS_WEEK_MON_TODAY":
		return monday, today, true
	case "THIS_MONTH":
		return month, today, true
	case "LAST_MONTH":
		return monthSegment.start(month - 1), month - 1, true
	}
	return 0, 0, false
}
