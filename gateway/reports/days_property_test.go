package reports_test

import (
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
)

// Two ranges that meet, in a zone of any kind, at a date or at its instant, hold the days of the range that they make up:
// none twice, none lost. An instant within a day is refused.
func TestN3_rangesThatMeetShareNoDay(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Asia/Kolkata",
		"Asia/Kathmandu", "Asia/Beirut", "America/Santiago", "Atlantic/Azores", "Pacific/Chatham", "Africa/Casablanca", "Asia/Gaza", "Asia/Tehran", "Asia/Amman",
		"America/St_Johns", "Europe/London", "America/Asuncion", "Antarctica/Troll", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Dublin"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		bound := func(d normalize.Day) string {
			if rapid.Bool().Draw(t, "instant") {
				return d.Start(loc).In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "offset")*3600)).Format(time.RFC3339)
			}
			return d.String()
		}
		ask := func(from, to string) normalize.DayRange {
			r, err := reports.Parse(url.Values{"start_gte": {from}, "end_lt": {to}}.Encode(), "")
			if err != nil {
				t.Fatal(err)
			}
			days, err := r.Days(loc, "1", noon)
			if err != nil {
				t.Fatalf("%s to %s in %s: %v", from, to, loc, err)
			}
			return days
		}
		a := normalize.Day{Year: 2023, Month: 1, Dom: 1}.Add(rapid.IntRange(0, 1400).Draw(t, "first"))
		b := a.Add(rapid.IntRange(1, 40).Draw(t, "and"))
		c := b.Add(rapid.IntRange(1, 40).Draw(t, "then"))
		first, second, both := ask(bound(a), bound(b)), ask(bound(b), bound(c)), ask(bound(a), bound(c))
		if first.To != second.From || first.From != both.From || second.To != both.To || first.Len()+second.Len() != both.Len() || first.From != a || first.To != b {
			t.Fatalf("%v and %v of %v in %s", first, second, both, loc)
		}
		at := b.Start(loc).Add(time.Duration(rapid.IntRange(1, 22*60).Draw(t, "minutes")) * time.Minute)
		r, err := reports.Parse(url.Values{"start_gte": {at.UTC().Format(time.RFC3339)}, "end_lt": {c.Add(3).String()}}.Encode(), "")
		if err != nil {
			t.Fatal(err)
		}
		if days, err := r.Days(loc, "1", noon); err == nil {
			t.Fatalf("%s is within a day of %s, and is taken as %v", at, loc, days)
		}
	})
}
