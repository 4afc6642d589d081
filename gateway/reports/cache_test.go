package reports_test

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// TestCache_isNeverSeen: over random questions and days that pass, an answer with the cache is, byte for byte, what the
// platform would have answered now; no day is taken for final that can still change.
func TestCache_isNeverSeen(t *testing.T) {
	t.Parallel()
	td, other := newTide("UTC", "Pacific/Auckland", "America/St_Johns"), newTide("Asia/Kolkata")
	other.orgs[0].ID = "9"
	k := serveKept(t, func(*reports.Config) {}, td, other)
	rnd := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a test that can be run again
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	hits := 0
	for i := range 300 {
		if rnd.IntN(3) == 0 {
			td.now = td.now.Add(time.Duration(rnd.IntN(72)) * time.Hour)
		}
		td.horizon = 5
		other.now, other.horizon = td.now, 5
		end := normalize.DayOf(td.now).Add(1 - rnd.IntN(4))
		query := q("type", pick("IMPRESSIONS,CTR,COST", "CLICKS", "COST,IMPRESSIONS"), "start_gte", end.Add(-1-rnd.IntN(40)).String(), "end_lt", end.String(),
			"dimension", pick("DATE", "WEEK", "MONTH", "", "DATE"), "sort", "campaign_id", "format", pick("table", "csv", "ndjson"), "query", pick("", "", "campaign 1"))
		if rnd.IntN(10) == 0 {
			query += "&cache=bypass"
		}
		path := pick("c1", "c1", "c2", "c1,c2") + "/report"
		want, got := get(t, k.without+path, strings.ReplaceAll(query, "&cache=bypass", "")), get(t, k.with+path, query)
		if got.status != 200 || plain(got.body) != plain(want.body) {
			t.Fatalf("%d: %s?%s at %s:\nwith    %s\nwithout %s", i, path, query, td.now, plain(got.body), plain(want.body))
		}
		if strings.Contains(query, "format=table") {
			used, _, whole := cacheOf(t, got.body)
			hits += used
			if !whole {
				t.Error("something was not kept")
			}
		}
	}
	if hits < 200 {
		t.Errorf("only %d periods came from the cache: the test sees nothing", hits)
	}
}

// TestP7_asksOnlyForDaysThatMove: P7 at the gateway: final days are asked for once, and bypass asks for all.
func TestP7_asksOnlyForDaysThatMove(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	ask := func(more string) (used, read int) {
		t.Helper()
		a := get(t, k.with+"c1/report", "type=IMPRESSIONS&dimension=DATE&format=table&start_gte=2026-11-01&end_lt=2026-11-24"+more)
		if a.status != 200 {
			t.Fatalf("%s", a.body)
		}
		used, read, _ = cacheOf(t, a.body)
		return used, read
	}
	for _, step := range []struct {
		pass       time.Duration
		more       string
		asked      string
		used, read int
	}{
		{0, "", "[1 2026-11-01 2026-11-24]", 0, 23},
		{0, "", "[1 2026-11-19 2026-11-24]", 18, 5}, // final until the 18th
		{24 * time.Hour, "", "[1 2026-11-19 2026-11-24]", 18, 5},
		{0, "", "[1 2026-11-20 2026-11-24]", 19, 4}, // the 19th was read when it was final
		{0, "&cache=bypass", "[1 2026-11-01 2026-11-24]", 0, 23},
		{10 * 24 * time.Hour, "", "[1 2026-11-20 2026-11-24]", 19, 4},
		{0, "", "[]", 23, 0},
		{0, "&campaign_id=1", "[1 2026-11-01 2026-11-24]", 0, 23}, // another question
		{0, "&attribution=default", "[]", 23, 0},
		{36 * 24 * time.Hour, "", "[1 2026-11-01 2026-11-24]", 0, 23}, // what is that old is read again
	} {
		td.now = td.now.Add(step.pass)
		used, read := ask(step.more)
		if got := fmt.Sprint(td.calls()); got != step.asked || used != step.used || read != step.read {
			t.Errorf("%+v: asked %s, used %d, read %d", step, got, used, read)
		}
	}
	td.orgs[0].Timezone = "Asia/Tokyo"
	td.version++ // so that the accounts are read again
	if ask(""); len(td.calls()) != 1 {
		t.Error("days of another zone were taken for those")
	}
}

// TestCache_renamed: one object never has two names in one report.
func TestCache_renamed(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	names := func(query string) map[string]bool {
		t.Helper()
		out := map[string]bool{}
		for _, r := range must[table](t, get(t, k.with+"c1/report", "type=CLICKS&format=table&dimension=DATE&"+query)).Rows {
			if r["campaign_id"] == "1" {
				out[fmt.Sprint(r["campaign_name"])] = true
			}
		}
		return out
	}
	names("start_gte=2026-11-01&end_lt=2026-11-10")
	td.now = td.now.Add(time.Minute)
	td.names = func(string) string { return "Second" }
	names("start_gte=2026-11-10&end_lt=2026-11-15")
	td.names = func(string) string { return "Third" }
	if got := names("start_gte=2026-11-01&end_lt=2026-11-15"); len(td.calls()) != 2 || len(got) != 1 || !got["Second"] {
		t.Errorf("of days read at two times: %v", got)
	}
	if got := names("start_gte=2026-11-01&end_lt=2026-11-24"); len(got) != 1 || !got["Third"] {
		t.Errorf("beside days that are read now: %v", got)
	}
}

// TestCache_horizonMoves: a platform that says that days change longer than it used to is believed, also of days that are
// kept.
func TestCache_horizonMoves(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	const query = "type=IMPRESSIONS&dimension=DATE&format=table&start_gte=2026-11-01&end_lt=2026-11-24"
	get(t, k.with+"c1/report", query)
	td.calls()
	td.told = 12 // final until the 11th
	for _, want := range []string{"[1 2026-11-19 2026-11-24 1 2026-11-12 2026-11-19]", "[1 2026-11-12 2026-11-24]"} {
		a := must[table](t, get(t, k.with+"c1/report", query))
		if got := fmt.Sprint(td.calls()); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		for _, r := range a.Rows {
			if final := fmt.Sprint(r["date"]) <= "2026-11-11"; r["is_final"] != final {
				t.Errorf("%v is final: %v", r["date"], r["is_final"])
			}
		}
		if a.Meta.FinalUntil != "2026-11-11" || a.Meta.Restates != 12 {
			t.Errorf("meta: %+v", a.Meta)
		}
	}
}

// TestCache_leavesOut: what a platform tells of a part only while it answers may be of other days: such an answer is not
// given again.
func TestCache_leavesOut(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	td.left = func(days normalize.DayRange) []string {
		if days.From.Dom == 1 {
			return []string{"the first is thin"}
		}
		return nil
	}
	k := serveKept(t, func(*reports.Config) {}, td)
	get(t, k.with+"c1/report", "type=CLICKS&dimension=DATE&start_gte=2026-11-01&end_lt=2026-11-15")
	a := must[table](t, get(t, k.with+"c1/report", "type=CLICKS&dimension=DATE&format=table&start_gte=2026-11-02&end_lt=2026-11-15"))
	if !a.Meta.Quality.Complete || len(td.calls()) != 2 {
		t.Errorf("quality %+v", a.Meta.Quality)
	}
}

// TestCache_notWhole: nothing is kept of an answer that broke off, that is too large, or that has a row twice; and a
// store that fails fails no report.
func TestCache_notWhole(t *testing.T) {
	t.Parallel()
	const query = "type=CLICKS&dimension=DATE&format=table&start_gte=2026-11-01&end_lt=2026-11-15"
	for name, rows := range map[string]func(*tide, providers.Part, func(normalize.Row, error) bool){
		"broken": func(td *tide, p providers.Part, yield func(normalize.Row, error) bool) {
			for _, r := range td.facts(p.Query, day("2026-11-24")) {
				yield(r, nil)
			}
			yield(normalize.Row{}, &providers.Error{Kind: providers.Unavailable, Platform: "testads", Message: "gone"})
		},
		"twice": func(td *tide, p providers.Part, yield func(normalize.Row, error) bool) {
			all := td.facts(p.Query, day("2026-11-24"))
			for _, r := range append(all, all[0]) {
				yield(r, nil)
			}
		},
		"another day": func(_ *tide, _ providers.Part, yield func(normalize.Row, error) bool) {
			yield(campaign("1", []string{"2026-12-24"}, num("1")), nil)
		},
		"large": func(td *tide, p providers.Part, yield func(normalize.Row, error) bool) {
			for i := range 80_000 {
				r := campaign(strconv.Itoa(i), []string{"2026-11-02"}, num("1"))
				r.Campaign.Name = strings.Repeat("n", 100)
				yield(r, nil)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			td := newTide("UTC")
			td.fake.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
				td.rows(p, m)
				return func(yield func(normalize.Row, error) bool) { rows(td, p, yield) }
			}
			k := serveKept(t, func(*reports.Config) {}, td)
			for range 2 {
				a := get(t, k.with+"c1/report", query)
				if a.status == 200 {
					if _, _, kept := cacheOf(t, a.body); kept {
						t.Error("says that it is kept")
					}
				}
			}
			if n := len(td.calls()); n != 2 {
				t.Errorf("the platform was asked %d times", n)
			}
		})
	}
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	want := get(t, k.with+"c1/report", query)
	if _, err := k.store.DB().ExecContext(t.Context(), "DROP TABLE report_blocks"); err != nil {
		t.Fatal(err)
	}
	got := get(t, k.with+"c1/report", query)
	if got.status != 200 || plain(got.body) != plain(want.body) {
		t.Errorf("without its table: %d %s", got.status, got.body)
	}
	if _, _, kept := cacheOf(t, got.body); kept {
		t.Error("says that it is kept where there is no table")
	}
}

// TestCache_belongsToItsWorkspace: what a connection has read goes with it.
func TestCache_belongsToItsWorkspace(t *testing.T) {
	t.Parallel()
	td := newTide("UTC")
	k := serveKept(t, func(*reports.Config) {}, td)
	const query = "type=CLICKS&dimension=DATE&format=table&start_gte=2026-11-01&end_lt=2026-11-15"
	first := get(t, k.with+"c1/report", query)
	if err := k.store.DeleteConnection(t.Context(), k.workspace, k.connections[0]); err != nil {
		t.Fatal(err)
	}
	td.calls()
	again := get(t, k.with+"c1/report", query)
	if len(td.calls()) != 1 || !bytes.Contains(again.body, []byte(`"used_periods":0`)) || len(again.body) < len(first.body)-200 {
		t.Errorf("answered with what a connection that is gone had read: %s", again.body)
	}
}
