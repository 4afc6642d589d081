package reports_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
)

// changesAnswer is an answer of …/report/changes.
type changesAnswer struct {
	Columns []string         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
	Meta    struct {
		Rows    int    `json:"rows"`
		Since   string `json:"since"`
		Quality struct {
			Complete bool     `json:"complete"`
			LeftOut  []string `json:"left_out"`
		} `json:"quality"`
		Connections []struct {
			Cache   map[string]any `json:"cache"`
			Changes struct {
				Compared int                          `json:"compared_periods"`
				Final    int                          `json:"final_periods"`
				Unread   int                          `json:"unread_periods"`
				Baseline map[string]map[string]string `json:"-"`
				Span     map[string]string            `json:"baseline_read_at"`
			} `json:"changes"`
		} `json:"connections"`
	} `json:"meta"`
}

// told are changes as "key old -> new".
func (a changesAnswer) told(kpis ...string) []string {
	var out []string
	for _, r := range a.Rows {
		line := fmt.Sprint(r["change"], " ", r["campaign_id"], " ", r["date"])
		old, now := r["old"], r["new"]
		for _, k := range kpis {
			if m, ok := old.(map[string]any); ok {
				line += fmt.Sprint(" ", m[k])
			}
			if m, ok := now.(map[string]any); ok {
				line += fmt.Sprint(" -> ", m[k])
			}
		}
		out = append(out, line)
	}
	return out
}

func since(at time.Time) string { return "&since=" + at.UTC().Format(time.RFC3339) }

// TestChanges_tellsWhatDiffers: exactly the rows whose numbers differ between two readings, computed here from the two
// reports, old and new; only days that can still change are read.
func TestChanges_tellsWhatDiffers(t *testing.T) {
	t.Parallel()
	td := newTide("America/New_York", "UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	rnd := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // a test that can be run again
	for i := range 60 {
		query := q("type", "IMPRESSIONS,COST,CTR", "start_gte", "2026-11-01", "end_lt", "2026-11-25",
			"dimension", []string{"DATE", "WEEK", "MONTH", ""}[i%4], "query", []string{"", "campaign 2"}[rnd.IntN(2)], "format", "table")
		read := func() (rows map[string]map[string]any) {
			t.Helper()
			rows = map[string]map[string]any{}
			for _, r := range must[table](t, get(t, k.with+"c1/report", query+"&cache=bypass")).Rows {
				rows[fmt.Sprint(r["organization_id"], r["campaign_id"], r["date"], r["week"], r["month"])] = r
			}
			return rows
		}
		before, at := read(), td.now
		td.now = td.now.Add(time.Duration(1+rnd.IntN(60)) * time.Hour)
		drop := rnd.IntN(4)
		if !at.Before(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)) {
			drop = 1 // a day that is final stays
		}
		td.gone = func(c int, d normalize.Day) bool { return drop == 0 && c == 2 && d.Dom == 23 }
		a := must[changesAnswer](t, get(t, k.with+"c1/report/changes", query+since(at)))
		after := read()
		var want, got []string
		numbers := func(r map[string]any) string { return fmt.Sprint(r["impressions"], r["cost"], r["ctr"]) }
		for _, key := range slices.Sorted(maps.Keys(before)) {
			switch now, there := after[key]; {
			case !there:
				want = append(want, key+" removed "+numbers(before[key]))
			case numbers(now) != numbers(before[key]):
				want = append(want, key+" changed "+numbers(before[key])+" "+numbers(now))
			}
		}
		for key, now := range after {
			if _, there := before[key]; !there {
				want = append(want, key+" added "+numbers(now))
			}
		}
		for _, r := range a.Rows {
			line := fmt.Sprint(r["organization_id"], r["campaign_id"], r["date"], r["week"], r["month"], " ", r["change"])
			for _, side := range []string{"old", "new"} {
				if m, ok := r[side].(map[string]any); ok {
					line += " " + numbers(m)
				}
			}
			got = append(got, line)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%d: %s, read %s, compared %s (-want +got):\n%s", i, query, at, td.now, diff)
		}
		if a.Meta.Rows != len(a.Rows) || !a.Meta.Quality.Complete {
			t.Errorf("meta: %+v", a.Meta)
		}
		td.gone = nil
		td.now = td.now.Add(-time.Duration(rnd.IntN(2)) * time.Minute)
		if i%5 == 4 {
			td.now = noon.Add(time.Duration(i) * time.Hour)
		}
	}
}

func TestChanges_readings(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	const query = "type=IMPRESSIONS&dimension=DATE&campaign_id=1&start_gte=2026-11-14&end_lt=2026-11-22"
	const whole = "type=IMPRESSIONS&dimension=DATE&campaign_id=1&start_gte=2026-11-14&end_lt=2026-11-23"
	changes := func(query string) changesAnswer {
		t.Helper()
		td.calls()
		return must[changesAnswer](t, get(t, k.with+"c1/report/changes", query))
	}
	read := func() time.Time {
		t.Helper()
		return mustTime(t, must[table](t, get(t, k.with+"c1/report", query+"&format=table")).Meta.DataAsOf)
	}
	if p := refused(t, get(t, k.with+"c1/report/changes", query+since(td.now)), 404); p.Code != "report_not_read" || !strings.Contains(p.Detail, "read it first") {
		t.Errorf("%+v", p)
	}
	td.now = td.now.Add(400 * time.Millisecond) // what an answer says of itself is enough to compare with it
	first := read()
	td.now = td.now.Add(24 * time.Hour)
	second := read()
	td.now = td.now.Add(24 * time.Hour)

	a := changes(whole + since(first))
	if got := fmt.Sprint(td.calls()); got != "[1 2026-11-20 2026-11-22]" {
		t.Errorf("asked %s", got)
	}
	c := a.Meta.Connections[0].Changes
	// The 14th to the 18th were final when they were first read; the 19th was by the second reading.
	if c.Compared != 3 || c.Final != 5 || c.Unread != 1 || a.Meta.Quality.Complete || !strings.Contains(a.Meta.Quality.LeftOut[0], "1 periods") {
		t.Errorf("%+v %+v", c, a.Meta.Quality)
	}
	if c.Span["min"] != first.Format(time.RFC3339) || c.Span["max"] != first.Format(time.RFC3339) {
		t.Errorf("compared with %v, want the first reading, %s", c.Span, first)
	}
	want := []string{"changed 0 2026-11-19 1195 -> 1196", "changed 0 2026-11-21 1213 -> 1215"}
	if got := a.told("impressions"); !slices.Equal(got[:2], want) || len(got) != 7 {
		t.Errorf("%q", got)
	}
	if got := changes(query + since(second)).told("impressions"); len(got) != 5 { // of the 20th and 21st
		t.Errorf("since the second reading: %q", got)
	}
	if got := changes(query + since(td.now)).told("impressions"); len(got) != 0 {
		t.Errorf("since the last one: %q", got)
	}
	if got := changes(query + since(first.Add(-time.Hour))).told("impressions"); len(got) != 7 { // from the first one on
		t.Errorf("since before all: %q", got)
	}
}

func mustTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestChanges_renamed: another name is no change, and rows have the one that holds now, also for query.
func TestChanges_renamed(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	const query = "type=IMPRESSIONS&dimension=DATE&start_gte=2026-11-20&end_lt=2026-11-23"
	get(t, k.with+"c1/report", query)
	at := td.now
	td.names = func(c string) string { return "Renamed " + c }
	td.now = td.now.Add(time.Second)
	if a := must[changesAnswer](t, get(t, k.with+"c1/report/changes", query+"&query=renamed"+since(at))); len(a.Rows) != 0 {
		t.Errorf("%v", a.Rows)
	}
	td.now = td.now.Add(24 * time.Hour)
	a := must[changesAnswer](t, get(t, k.with+"c1/report/changes", query+"&query=renamed"+since(at)))
	if len(a.Rows) == 0 || a.Rows[0]["change"] != "changed" || a.Rows[0]["campaign_name"] != "Renamed 0" {
		t.Errorf("%v", a.Rows)
	}
}

// TestChanges_shapes: the same in every shape.
func TestChanges_shapes(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	const query = "type=IMPRESSIONS,CTR&dimension=DATE&start_gte=2026-11-20&end_lt=2026-11-24"
	get(t, k.with+"c1/report", query)
	at := td.now
	td.now = td.now.Add(24 * time.Hour)
	td.gone = func(c int, d normalize.Day) bool { return c == 1 && d.Dom == 21 }
	one := get(t, k.with+"c1/report/changes", query+since(at))
	a := must[changesAnswer](t, one)
	if want := []string{"connection_id", "platform", "organization_id", "campaign_id", "campaign_name", "date", "currency", "is_final", "change", "old", "new"}; !slices.Equal(a.Columns, want) {
		t.Errorf("columns %v", a.Columns)
	}
	lines := get(t, k.with+"c1/report/changes", query+"&format=ndjson"+since(at))
	file := get(t, k.with+"c1/report/changes", query+"&format=csv"+since(at))
	records, err := csv.NewReader(strings.NewReader(string(file.body))).ReadAll()
	if err != nil || file.header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" || len(records) != len(a.Rows)+1 {
		t.Fatalf("%v: %s", err, file.body)
	}
	removed := false
	for i, line := range strings.Split(strings.TrimSpace(string(lines.body)), "\n") {
		var r map[string]any
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.Rows[i], r); diff != "" {
			t.Errorf("NDJSON: %s", diff)
		}
		cells := map[string]any{}
		for j, name := range records[0] {
			if v := records[i+1][j]; v != "" {
				cells[name] = v
			}
		}
		want := map[string]any{}
		for name, v := range r {
			if m, ok := v.(map[string]any); ok {
				for kpi, n := range m {
					want[kpi+"_"+name] = fmt.Sprint(n)
				}
				continue
			}
			want[name] = fmt.Sprint(v)
		}
		if diff := cmp.Diff(want, cells); diff != "" {
			t.Errorf("CSV: %s", diff)
		}
		removed = removed || r["change"] == "removed" && r["new"] == nil && r["old"] != nil
	}
	if !removed {
		t.Error("no row was removed")
	}
}

func TestChanges_refuses(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	get(t, k.with+"c1/report", "")
	ok := since(td.now)
	for query, field := range map[string]string{
		"":                               "since",
		"since=yesterday":                "since",
		"since=2026-11-24":               "since",
		"since=2026-11-24T12:00:01Z":     "since",
		"since=2026-10-20T11:59:59Z":     "since",
		ok[1:] + "&" + ok[1:]:            "since",
		"sort=cost" + ok:                 "sort",
		"limit=1" + ok:                   "limit",
		"partial=allow" + ok:             "partial",
		"fields=campaign_id" + ok:        "fields",
		"format=parquet" + ok:            "format",
		"typ=COST" + ok:                  "typ",
		"typ=COST&sort=cost":             "since sort typ",
		"start_gte=tomorrow&sort=x" + ok: "sort start_gte",
	} {
		if got := strings.Join(refused(t, get(t, k.with+"c1/report/changes", query), 400).fields(), " "); got != field {
			t.Errorf("%s: names %q, want %q", query, got, field)
		}
	}
	refused(t, get(t, k.without+"c1/report/changes", ok[1:]), 501)
	refused(t, get(t, k.with+"c9/report/changes", ok[1:]), 404)
	if a := get(t, k.with+"c1/report/changes", "since=2026-10-20T12:00:00Z"); a.status != 200 {
		t.Errorf("as far back as there are readings: %d %s", a.status, a.body)
	}
}

// TestChanges_several: connections that were read are compared, and of others it is said that they were not.
func TestChanges_several(t *testing.T) {
	t.Parallel()
	a, b := newTide("UTC"), newTide("UTC", "Asia/Tokyo")
	b.orgs[0].ID, b.orgs[1].ID = "7", "8"
	k := serveKept(t, func(*reports.Config) {}, a, b)
	const query = "type=IMPRESSIONS&dimension=DATE&start_gte=2026-11-20&end_lt=2026-11-24"
	get(t, k.with+"c1/report", query)
	get(t, k.with+"c2/report", query+"&org_id=8")
	at := a.now
	a.now = a.now.Add(24 * time.Hour)
	b.now = a.now
	got := must[changesAnswer](t, get(t, k.with+"c1,c2/report/changes", query+since(at)))
	orgs := map[string]int{}
	for _, r := range got.Rows {
		orgs[fmt.Sprint(r["organization_id"])]++
	}
	if orgs["1"] == 0 || orgs["8"] == 0 || orgs["7"] != 0 || got.Meta.Connections[1].Changes.Unread != 4 || got.Meta.Quality.Complete {
		t.Errorf("%v %+v", orgs, got.Meta)
	}
	if n := len(b.calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}
