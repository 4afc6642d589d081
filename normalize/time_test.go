package normalize

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func loc(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustDay(t testing.TB, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-11-24", "2024-02-29", "0001-01-01", "9999-12-31"} {
		if d, err := ParseDay(s); err != nil || d.String() != s {
			t.Errorf("%s: %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-2-1", "2026-02-30", "2025-02-29", "2026-13-01", "20261124", "2026-11-24T00:00:00Z", " 2026-11-24", "2026-11-31"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("%q read as %v", s, d)
		}
	}
}

func TestDayJSON(t *testing.T) {
	t.Parallel()
	var v struct{ A, B Day }
	if err := json.Unmarshal([]byte(`{"A":"2026-11-24","B":""}`), &v); err != nil || !v.B.IsZero() || v.A.String() != "2026-11-24" {
		t.Fatalf("%+v, %v", v, err)
	}
	if b, err := json.Marshal(v); err != nil || string(b) != `{"A":"2026-11-24","B":""}` {
		t.Errorf("%s, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"yesterday"}`), &v); err == nil {
		t.Error("a word is no day")
	}
}

// N3: every instant is in exactly one day of a zone, also where the clocks change, and days have as many hours as they have.
func TestN3_DaysOfZones(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day, start string
		hours            float64
	}{
		{"UTC", "2026-11-24", "2026-11-24T00:00:00Z", 24},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23},
		{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25},
		{"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23},
		{"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25},
		{"Asia/Kolkata", "2026-11-24", "2026-11-23T18:30:00Z", 24},
		{"Asia/Kathmandu", "2026-11-24", "2026-11-23T18:15:00Z", 24},
		{"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5},
		// Clocks that skip midnight: the day starts at one.
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23},
		{"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 25}, // back over midnight: 23 o'clock twice
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25},    // midnight twice: the first begins the day
		{"America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", 23},
		{"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23},
		{"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z", 23},
		{"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", 23},
		{"Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z", 23},
		// Samoa crossed the date line: there was no 30th.
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24},
		{"Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z", 0},
	} {
		l, d := loc(t, c.zone), mustDay(t, c.day)
		if got := d.Start(l).UTC().Format(time.RFC3339); got != c.start {
			t.Errorf("%s in %s starts at %s, want %s", c.day, c.zone, got, c.start)
		}
		if got := d.Hours(l); got != c.hours {
			t.Errorf("%s in %s has %v hours, want %v", c.day, c.zone, got, c.hours)
		}
	}
}

// zones lists every zone of the system's database, or else some with every kind of change.
func zones(t *testing.T) []string {
	t.Helper()
	const root = "/usr/share/zoneinfo"
	var names []string
	_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name := strings.TrimPrefix(path, root+"/")
		if strings.Contains(name, "/") && !strings.HasPrefix(name, "right/") && !strings.HasPrefix(name, "posix/") {
			if _, err := time.LoadLocation(name); err == nil {
				names = append(names, name)
			}
		}
		return nil
	})
	if len(names) > 100 {
		return names
	}
	return []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Africa/Cairo",
		"Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut", "America/Santiago", "Atlantic/Azores", "Pacific/Chatham", "Africa/Casablanca", "Asia/Gaza",
		"Asia/Tehran", "Asia/Amman", "America/St_Johns", "Europe/London", "America/Asuncion", "Antarctica/Troll", "Asia/Pyongyang", "Pacific/Kiritimati", "Europe/Dublin"}
}

// N3: around every change of every zone since 2000 days follow one another without hole or overlap, and each starts at
// its first instant.
func TestN3_DaysAroundEveryChange(t *testing.T) {
	t.Parallel()
	names := zones(t)
	if len(names) < 24 {
		t.Fatalf("%d zones", len(names))
	}
	changes := 0
	for _, name := range names {
		l := loc(t, name)
		at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(l)
		for {
			_, next := at.ZoneBounds()
			if next.IsZero() || next.Year() > 2030 {
				break
			}
			at = next.In(l)
			changes++
			first := DayOf(at.Add(-time.Second)).Add(-1)
			for d := first; d != first.Add(5); d = d.Add(1) {
				checkDay(t, name, l, d)
			}
		}
	}
	t.Logf("%d changes of %d zones", changes, len(names))
}

func checkDay(t *testing.T, name string, l *time.Location, d Day) {
	t.Helper()
	start, end := d.Start(l), d.Add(1).Start(l)
	switch {
	case end.Before(start):
		t.Errorf("%s %s ends before it starts", name, d)
	case end.Equal(start): // a day left out
		if DayOf(start) == d {
			t.Errorf("%s %s has no hours but an instant", name, d)
		}
	default:
		if DayOf(start) != d || !DayOf(start.Add(-time.Nanosecond)).Before(d) {
			t.Errorf("%s %s does not start at %s", name, d, start)
		}
		// Clocks that go back over midnight show the day before once more; its first showing is where it belongs.
		if last := DayOf(end.Add(-time.Nanosecond)); last != d && d.Before(last) {
			t.Errorf("%s %s does not end at %s", name, d, end)
		}
	}
}

func TestDayArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := Day{2000, time.January, 1}
		n, m := rapid.IntRange(-40_000, 40_000).Draw(t, "n"), rapid.IntRange(-40_000, 40_000).Draw(t, "m")
		d, e := base.Add(n), base.Add(m)
		if d.Sub(base) != n || d.Sub(e) != n-m || d.Before(e) != (n < m) || d.Add(m-n) != e {
			t.Fatalf("%s and %s", d, e)
		}
		monday := d.Monday()
		if monday.Sub(d) > 0 || d.Sub(monday) > 6 || monday.noon().Weekday() != time.Monday {
			t.Fatalf("the Monday of %s is %s", d, monday)
		}
		if back, err := ParseDay(d.String()); err != nil || back != d || d.MonthKey() != d.String()[:7] {
			t.Fatalf("%s: %v", d, err)
		}
	})
}

func TestRangeCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := Day{2020, time.February, 27}.Add(rapid.IntRange(0, 2000).Draw(t, "from"))
		r := DayRange{from, from.Add(rapid.IntRange(0, 800).Draw(t, "len"))}
		n := rapid.IntRange(-1, 120).Draw(t, "n")
		at := r.From
		for _, p := range r.Cut(n) {
			if p.From != at || p.Len() < 1 || p.Len() > max(n, 1) {
				t.Fatalf("piece %v of %v", p, r)
			}
			at = p.To
		}
		if at != r.To {
			t.Fatalf("the pieces of %v end at %s", r, at)
		}
	})
}

func FuzzParseDay(f *testing.F) {
	f.Add("2026-11-24")
	f.Add("2026-02-30")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s); err == nil && d.String() != s {
			t.Fatalf("%q read as %s", s, d)
		}
	})
}

// ParseDay takes what time.Parse takes for a day, and nothing else.
func TestParseDayAsTimeDoes(t *testing.T) {
	t.Parallel()
	check := func(s string) {
		want, err := time.Parse(time.DateOnly, s)
		got, ok := DayFrom([]byte(s))
		if ok != (err == nil) || ok && got != DayOf(want) {
			t.Errorf("%q: %v %v, want %v %v", s, got, ok, want, err)
		}
	}
	for _, y := range []int{0, 1, 1900, 1999, 2000, 2023, 2024, 2026, 9999} {
		for m := range 14 {
			for d := range 33 {
				check(fmt.Sprintf("%04d-%02d-%02d", y, m, d))
			}
		}
	}
	for _, s := range []string{"", "2026-1-01", "2026-01-1", "2026/01/01", "20260101", "2026-01-01T", "x026-01-01", "2026-0x-01", "2026-01-0x", "-026-01-01", "2026--1-01", "2026-01- 1"} {
		check(s)
	}
}
