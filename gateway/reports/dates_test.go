package reports_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
)

// A date is a day of the account's own zone, a timestamp the day that begins then; both ask for the same days.
func TestDaysAreOfTheAccountsZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, start, end string // the query
		from, to         string // days asked of the platform
		startAt, endAt   string // of the answer
	}{
		{"UTC", "2026-11-01", "2026-11-02", "2026-11-01", "2026-11-02", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"},
		{"UTC", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00.000Z", "2026-11-01", "2026-11-02", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"},
		{"Asia/Kolkata", "2026-10-31T18:30:00Z", "2026-11-02T00:00:00+05:30", "2026-11-01", "2026-11-02", "2026-10-31T18:30:00Z", "2026-11-01T18:30:00Z"},
		{"America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-02T05:00:00Z", "2026-11-01", "2026-11-02", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", "2026-10-04", "2026-10-05", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-05", "2018-11-04", "2018-11-05", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}, // no midnight
		{"America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05", "2018-11-04", "2018-11-05", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"Pacific/Apia", "2011-12-29", "2012-01-01", "2011-12-29", "2012-01-01", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"}, // no 30th
		{"Pacific/Apia", "2011-12-30", "2011-12-31", "2011-12-30", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		// Left out: the last seven whole days of the zone. At noon UTC of the 24th it is the 25th already on Kiritimati.
		{"UTC", "", "", "2026-11-17", "2026-11-24", "2026-11-17T00:00:00Z", "2026-11-24T00:00:00Z"},
		{"Pacific/Kiritimati", "", "", "2026-11-18", "2026-11-25", "2026-11-17T10:00:00Z", "2026-11-24T10:00:00Z"},
		{"UTC", "2026-11-20", "", "2026-11-20", "2026-11-24", "2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z"},
		{"UTC", "", "2026-03-02", "2026-02-23", "2026-03-02", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"},
	} {
		f := newFake(normalize.MetricClicks)
		f.orgs = []normalize.Organization{org("1", "USD", c.zone)}
		f.rows = these(campaign("9", nil, num("1")))
		var pairs []string
		if c.start != "" {
			pairs = append(pairs, "start_gte", c.start)
		}
		if c.end != "" {
			pairs = append(pairs, "end_lt", c.end)
		}
		got := must[[]adsReport](t, get(t, f.serve(t), q(append(pairs, "type", "CLICKS")...)))
		r := f.queries[0].Range
		if r.From.String() != c.from || r.To.String() != c.to || got[0].StartAt != c.startAt || got[0].EndAt != c.endAt {
			t.Errorf("%s %q %q: asked %v, answered %s to %s", c.zone, c.start, c.end, r, got[0].StartAt, got[0].EndAt)
		}
	}
}

// A plus sign that was sent unencoded reads as a space.
func TestPlusInATimestamp(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.orgs = []normalize.Organization{org("1", "USD", "Asia/Kolkata")}
	must[[]adsReport](t, get(t, f.serve(t), "type=CLICKS&start_gte=2026-11-01T00:00:00+05:30&end_lt=2026-11-02T00:00:00+05:30"))
	if r := f.queries[0].Range; r.From.String() != "2026-11-01" || r.To.String() != "2026-11-02" {
		t.Errorf("%v", r)
	}
}

func TestBadDates(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.orgs = []normalize.Organization{org("1", "USD", "America/New_York")}
	base := f.serve(t)
	for name, c := range map[string]struct{ query, field, says string }{
		"a word":               {"start_gte=yesterday", "start_gte", "YYYY-MM-DD"},
		"no such day":          {"end_lt=2026-02-30", "end_lt", "YYYY-MM-DD"},
		"no offset":            {"start_gte=2026-11-01T00:00:00", "start_gte", "offset"},
		"midnight elsewhere":   {"start_gte=2026-11-01T00:00:00Z", "start_gte", "America/New_York"},
		"within a day":         {"end_lt=2026-11-02T17:00:00Z", "end_lt", "account 1"},
		"a second late":        {"start_gte=2026-11-01T04:00:01Z", "start_gte", "beginning of a day"},
		"backwards":            {"start_gte=2026-11-05&end_lt=2026-11-01", "start_gte", "end_lt"},
		"empty":                {"start_gte=2026-11-05&end_lt=2026-11-05", "start_gte", "exclusive"},
		"today and no end":     {"start_gte=2026-11-24", "start_gte", "2026-11-24"},
		"twice":                {"start_gte=2026-11-01&start_gte=2026-11-02", "start_gte", "2 times"},
		"out of any calendar":  {"start_gte=1026-11-01", "start_gte", "2000"},
		"longer than anything": {"start_gte=2001-01-01&end_lt=2026-01-01", "start_gte", "twelve years"},
	} {
		p := refused(t, get(t, base, c.query), http.StatusBadRequest)
		if len(p.Errors) != 1 || p.Errors[0].Field != c.field || !strings.Contains(p.Errors[0].Message, c.says) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := refused(t, get(t, base, "start_gte=x&end_lt=y&type=NOPE&level=z"), http.StatusBadRequest); strings.Join(p.fields(), " ") != "end_lt level start_gte type" {
		t.Errorf("not everything that is wrong is said: %+v", p)
	}
	if len(f.queries) > 0 {
		t.Error("the platform was asked")
	}
}

func TestAccountWithoutAZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"", "Local", "Mars/Olympus"} {
		f := newFake(normalize.MetricClicks)
		f.orgs = []normalize.Organization{org("1", "USD", zone)}
		refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusBadGateway)
	}
}

// is_final is true once the last day of the row no longer changes.
func TestIsFinal(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(campaign("9", []string{"2026-11-02"}, num("1")), campaign("9", []string{"2026-11-09"}, num("1")))
	plan := f.reports.Plan
	for _, c := range []struct {
		dimension string
		final     normalize.Day
		want      [2]bool
	}{
		{"DATE", day("2026-11-02"), [2]bool{true, false}}, {"DATE", day("2026-11-01"), [2]bool{false, false}}, {"DATE", normalize.Day{}, [2]bool{false, false}},
		{"WEEK", day("2026-11-07"), [2]bool{false, false}}, {"WEEK", day("2026-11-08"), [2]bool{true, false}},
		{"WEEK", day("2026-11-11"), [2]bool{true, true}}, // the second week is cut at the 11th
		{"MONTH", day("2026-11-10"), [2]bool{false, false}}, {"MONTH", day("2026-11-11"), [2]bool{true, true}},
	} {
		f.reports.Plan = func(q planQuery) ([]part, error) {
			p, err := plan(q)
			p[0].Meta.FinalUntil = c.final
			return p, err
		}
		got := must[table](t, get(t, f.serve(t), q("type", "CLICKS", "format", "table", "dimension", c.dimension, "start_gte", "2026-11-01", "end_lt", "2026-11-12")))
		if got.Rows[0]["is_final"] != c.want[0] || got.Rows[1]["is_final"] != c.want[1] {
			t.Errorf("%s until %s: %v", c.dimension, c.final, got.Rows)
		}
	}
}

func TestRowWithoutADay(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	r := campaign("9", []string{"2026-11-02"}, num("1"))
	r.Date = normalize.Day{}
	f.rows = these(r)
	refused(t, get(t, f.serve(t), "type=CLICKS&dimension=DATE"), http.StatusBadGateway)
	f.rows = these(campaign("9", nil, num("1")))
	refused(t, get(t, f.serve(t), "type=CLICKS&dimension=DATE"), http.StatusBadGateway)
	f.rows = these(campaign("9", nil))
	refused(t, get(t, f.serve(t), "type=CLICKS"), http.StatusBadGateway)
}

func TestAccountsAreRemembered(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.orgs = []normalize.Organization{org("1", "USD", "UTC"), org("2", "USD", "UTC"), org("3", "EUR", "UTC")}
	base := f.serve(t)
	list := func(query string) int {
		before := f.lists
		must[[]adsReport](t, get(t, base, "type=CLICKS&"+query))
		return f.lists - before
	}
	if n := list(""); n != 2 {
		t.Errorf("three accounts in pages of two: %d calls", n)
	}
	if n := list("org_id=3,1"); n != 0 {
		t.Errorf("remembered accounts: %d calls", n)
	}
	if q := f.queries[len(f.queries)-2:]; q[0].Orgs[0].ID != "1" || q[1].Orgs[0].ID != "3" {
		t.Errorf("accounts come in the connection's order: %v", q)
	}
	f.orgs = append(f.orgs, org("4", "USD", "UTC"))
	if n := list("org_id=4"); n != 2 {
		t.Errorf("an account that is not known is looked for: %d calls", n)
	}
	f.now = f.now.Add(5 * time.Minute)
	if n := list(""); n != 2 {
		t.Errorf("after five minutes: %d calls", n)
	}
	f.version++ // a new grant
	if n := list(""); n != 2 {
		t.Errorf("after a new grant: %d calls", n)
	}
	p := refused(t, get(t, base, "org_id=1,99"), http.StatusBadRequest)
	if p.Errors[0].Field != "org_id" || !strings.Contains(p.Errors[0].Message, "1, 2, 3, 4") {
		t.Errorf("%+v", p)
	}
}
