package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// aggregationTimes says which spans go with an aggregation.
var aggregationTimes = map[string]string{
	"Daily":                "Today Yesterday LastSevenDays ThisWeek LastWeek Last14Days Last30Days ThisMonth LastMonth custom",
	"Hourly":               "Today Yesterday custom",
	"Monthly":              "ThisMonth LastMonth LastThreeMonths LastSixMonths ThisYear LastYear custom",
	"Summary":              "Today Yesterday LastSevenDays ThisWeek LastWeek Last14Days Last30Days LastFourWeeks ThisMonth LastMonth LastThreeMonths LastSixMonths ThisYear LastYear custom",
	"Weekly":               "ThisWeek LastWeek LastFourWeeks ThisMonth LastMonth ThisYear LastYear custom",
	"Yearly":               "ThisYear LastYear custom",
	"DayOfWeek":            "Today Yesterday LastSevenDays ThisMonth LastMonth LastThreeMonths LastSixMonths",
	"HourOfDay":            "Today Yesterday LastSevenDays ThisMonth LastMonth LastThreeMonths LastSixMonths",
	"WeeklyStartingMonday": "ThisWeekStartingMonday LastWeekStartingMonday LastFourWeeksStartingMonday ThisMonth LastMonth ThisYear LastYear custom",
}

const defaultReportZone = "PacificTimeUSCanadaTijuana"

// reportTime reads the span. The zone only says what today is; the days are the
// accounts' own (the documentation says UTC, operators the account's: unresolved).
func (s *Sim) reportTime(sp *reportSpec, c *call, in obj, complete bool) *fault {
	if !slices.Contains(sp.names, "TimePeriod") {
		sp.aggregation = "Summary" // whatever was asked for
	} else if sp.aggregation == "Summary" {
		return refuse(2034, "")
	}
	if sp.aggregation == "" {
		return refuse(2007, "Aggregation is required")
	}
	t, _ := in["Time"].(obj)
	sp.zoneName, _ = t["ReportTimeZone"].(string)
	if sp.zoneName == "" {
		sp.zoneName = defaultReportZone
	}
	today := simkit.DayOf(c.now.In(s.reportZone(sp.zoneName)))
	predefined, _ := t["PredefinedTime"].(string)
	custom := t["CustomDateRangeStart"] != nil || t["CustomDateRangeEnd"] != nil
	if t == nil || custom == (predefined != "") {
		return refuse(2008, "")
	}
	if f := sp.span(t, predefined, today); f != nil {
		return f
	}
	if f := sp.retention(today); f != nil {
		return f
	}
	end := sp.to.Start(s.reportZone(sp.zoneName))
	switch {
	case complete && sp.to > today:
		return refuse(2005, "")
	case complete && c.now.Sub(end) < closesAfter:
		return refuse(2004, "")
	}
	sp.widen()
	return nil
}

// closesAfter is how long after its end a day's books are closed.
const closesAfter = 3 * time.Hour

func (s *Sim) reportZone(name string) *time.Location {
	for _, z := range s.tab.zones {
		if z.report == name {
			if loc, err := time.LoadLocation(z.iana); err == nil {
				return loc
			}
		}
	}
	return time.UTC
}

func (sp *reportSpec) span(t obj, predefined string, today simkit.Day) *fault {
	name := predefined
	if name == "" {
		name = "custom"
	}
	if !slices.Contains(strings.Fields(aggregationTimes[sp.aggregation]), name) {
		return refuse(2007, "")
	}
	if predefined != "" {
		sp.from, sp.to = predefinedSpan(predefined, today)
		return nil
	}
	from, ok := dayOf(t["CustomDateRangeStart"])
	if !ok {
		return refuse(2009, "")
	}
	to, ok := dayOf(t["CustomDateRangeEnd"])
	switch {
	case !ok || to > today && from <= today:
		return refuse(2010, "")
	case from > today:
		return refuse(2041, "")
	case to < from:
		return refuse(2011, "")
	}
	sp.from, sp.to = from, to+1
	return nil
}

// retention holds the span to what is kept.
func (sp *reportSpec) retention(today simkit.Day) *fault {
	y, m, d := today.Date()
	oldest := simkit.Date(y, m-36, d)
	if sp.aggregation == "Hourly" || sp.aggregation == "HourOfDay" {
		oldest = simkit.Date(y, m-6, d)
		if sp.kind == "GeographicPerformanceReport" || sp.kind == "UserLocationPerformanceReport" {
			oldest = today - 14
		}
	}
	switch {
	case sp.to-1 < oldest:
		// Seen without the service's prefix here.
		return &fault{status: 400, code: 2010, symbol: "InvalidCustomDateRangeEnd"}
	case sp.from < oldest:
		return refuse(2009, "")
	}
	return nil
}

func month(d simkit.Day, by int) simkit.Day {
	y, m, _ := d.Date()
	return simkit.Date(y, m+by, 1)
}

func week(d simkit.Day, monday bool) simkit.Day {
	w := int(d.Weekday())
	if monday {
		w = (w + 6) % 7
	}
	return d - simkit.Day(w)
}

func predefinedSpan(name string, today simkit.Day) (from, to simkit.Day) {
	y, _, _ := today.Date()
	monday := strings.HasSuffix(name, "StartingMonday")
	sunday := week(today, monday)
	switch strings.TrimSuffix(name, "StartingMonday") {
	case "Today":
		return today, today + 1
	case "Yesterday":
		return today - 1, today
	case "LastSevenDays":
		return today - 7, today
	case "Last14Days":
		return today - 14, today
	case "Last30Days":
		return today - 30, today
	case "ThisWeek":
		return sunday, today + 1
	case "LastWeek":
		return sunday - 7, sunday
	case "LastFourWeeks":
		return sunday - 28, sunday
	case "ThisMonth":
		return month(today, 0), today + 1
	case "LastMonth":
		return month(today, -1), month(today, 0)
	case "LastThreeMonths":
		return month(today, -3), month(today, 0)
	case "LastSixMonths":
		return month(today, -6), month(today, 0)
	case "ThisYear":
		return simkit.Date(y, 1, 1), today + 1
	}
	return simkit.Date(y-1, 1, 1), simkit.Date(y, 1, 1)
}

// widen makes whole weeks, months and years of a span, silently.
func (sp *reportSpec) widen() {
	last := sp.to - 1
	switch sp.aggregation {
	case "Weekly", "WeeklyStartingMonday":
		monday := sp.aggregation != "Weekly"
		sp.from, sp.to = week(sp.from, monday), week(last, monday)+7
	case "Monthly":
		sp.from, sp.to = month(sp.from, 0), month(last, 1)
	case "Yearly":
		y, _, _ := sp.from.Date()
		z, _, _ := last.Date()
		sp.from, sp.to = simkit.Date(y, 1, 1), simkit.Date(z+1, 1, 1)
	}
}

// period is the text of the period that a day, and an hour of it, lies in.
func (sp *reportSpec) period(b []byte, d simkit.Day, hour int) []byte {
	y, m, dd := d.Date()
	switch sp.aggregation {
	case "Weekly":
		return append(b, week(d, false).String()...)
	case "WeeklyStartingMonday":
		return append(b, week(d, true).String()...)
	case "Monthly":
		return append(b, month(d, 0).String()...)
	case "Yearly":
		return append(b, itoa(int64(y))...)
	case "DayOfWeek":
		return append(b, itoa(int64(d.Weekday())+1)...)
	case "HourOfDay":
		return append(b, itoa(int64(hour))...)
	case "Hourly":
		if sp.v2 {
			return append(append(append(b, d.String()...), '|'), itoa(int64(hour))...)
		}
		date := itoa(int64(m)) + "/" + itoa(int64(dd)) + "/" + itoa(int64(y)) + " 12:00:00 AM|"
		return append(append(b, date...), itoa(int64(hour))...)
	}
	return append(b, d.String()...)
}
