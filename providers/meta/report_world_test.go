package meta_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// fact is a line of the simulator's ledger.
type fact struct {
	Org, Campaign, Group, Ad string
	Date                     normalize.Day
	Impressions, Clicks      normalize.Decimal
	Cost, Conversions        normalize.Decimal
	ConversionValue          normalize.Decimal `json:"conversion_value"`
}

// world is a simulator with reports of a connection to it.
type world struct {
	*providers.Session
	sim   *sim.Sim
	base  string
	orgs  []normalize.Organization
	facts map[string][]fact // by account
	days  normalize.DayRange
}

var worldNow = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, o sim.Options, days normalize.DayRange) *world {
	t.Helper()
	o.Now = func() time.Time { return worldNow }
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	w := &world{Session: sessionAt(t, srv.URL, s.Grant().Access, s.Now), sim: s, base: srv.URL, facts: map[string][]fact{}, days: days}
	for _, a := range s.Accounts() {
		if a.Role == "" {
			continue
		}
		w.orgs = append(w.orgs, normalize.Organization{ID: a.ID, Name: a.Name, Currency: a.Currency, Timezone: a.Zone})
		w.facts[a.ID] = ledgerOf(t, srv.URL, a.ID, days)
	}
	return w
}

func ledgerOf(t testing.TB, base, org string, r normalize.DayRange) []fact {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("%s/_sim/ledger?org=%s&from=%s&to=%s", base, org, r.From, r.To))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out []fact
	for sc := bufio.NewScanner(resp.Body); sc.Scan(); {
		var f fact
		if err := json.Unmarshal(sc.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

var truth = []normalize.Metric{
	normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions, normalize.MetricConversionValue,
}

func (f fact) values() []normalize.Decimal {
	return []normalize.Decimal{f.Impressions, f.Clicks, f.Cost, f.Conversions, f.ConversionValue}
}

func (f fact) id(l normalize.Level) string {
	switch l {
	case normalize.LevelCampaign:
		return f.Campaign
	case normalize.LevelGroup, normalize.LevelCreative: // the ledger knows no creatives
		return f.Group
	case normalize.LevelAd:
		return f.Ad
	}
	return f.Org
}

func (w *world) question(org normalize.Organization, l normalize.Level, dims ...normalize.Dimension) providers.ReportQuery {
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: l, Dimensions: dims, Metrics: truth, Range: w.days, Now: worldNow}
	if slices.Contains(dims, normalize.DimensionHour) { // conversions have no hour
		q.Metrics = truth[:3]
	}
	return q
}

func lastDays(n int) normalize.DayRange {
	today := normalize.DayOf(worldNow)
	return normalize.DayRange{From: today.Add(-n), To: today}
}

// equalsLedger adds rows and ledger up by entity and period, which leaves the breakdown out.
func (w *world) equalsLedger(t *testing.T, org string, q providers.ReportQuery, rows []normalize.Row) {
	t.Helper()
	period := func(d normalize.Day) string {
		switch {
		case slices.Contains(q.Dimensions, "DATE"), slices.Contains(q.Dimensions, "HOUR"):
			return d.String()
		case slices.Contains(q.Dimensions, "WEEK"):
			return d.Monday().String()
		case slices.Contains(q.Dimensions, "MONTH"):
			return d.MonthKey()
		}
		return ""
	}
	got, want := map[string][]normalize.Decimal{}, map[string][]normalize.Decimal{}
	add := func(m map[string][]normalize.Decimal, key string, v []normalize.Decimal) {
		if m[key] == nil {
			m[key] = make([]normalize.Decimal, len(q.Metrics))
		}
		for i := range m[key] {
			m[key][i] = m[key][i].Add(v[i])
		}
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if e := r.Entity(q.Level); e.ID == "" {
			t.Fatalf("a row of nobody: %+v", r)
		}
		key := fmt.Sprint(r.Entity(q.Level).ID, r.Dims)
		if seen[key] {
			t.Errorf("%s comes twice", key)
		}
		seen[key] = true
		e := r.Entity(q.Level).ID
		if q.Level == normalize.LevelCreative {
			e = r.Group.ID
		}
		v := make([]normalize.Decimal, len(r.Values))
		for i := range r.Values {
			v[i] = r.Values[i].D
		}
		add(got, e+" "+period(r.Date), v)
	}
	for _, f := range w.facts[org] {
		add(want, f.id(q.Level)+" "+period(f.Date), f.values())
	}
	wrong := 0
	for key, v := range want {
		if g := got[key]; !same(g, v) {
			if wrong++; wrong < 4 {
				t.Errorf("account %s, %s: got %v, ledger %v", org, key, g, v)
			}
		}
	}
	for key, v := range got {
		if want[key] == nil && !same(nil, v) {
			t.Errorf("account %s, %s: got %v, not in the ledger", org, key, v)
		}
	}
}

func same(a, b []normalize.Decimal) bool {
	for i := range b {
		if a == nil && !b[i].IsZero() || a != nil && a[i].Cmp(b[i]) != 0 {
			return false
		}
	}
	return true
}

var splits = [][]normalize.Dimension{
	nil, {"DATE"}, {"WEEK"}, {"MONTH"}, {"HOUR"}, {"PLATFORM"}, {"DATE", "DEVICE"}, {"WEEK", "PLATFORM_POSITION"}, {"PLATFORM_POSITION", "DEVICE", "PLATFORM"},
	{"COUNTRY"}, {"AGE", "MONTH"}, {"GENDER", "AGE"}, {"DATE", "HOUR"},
}

// Reports hold what happened, to the last digit, at every level and in every split: of archived and deleted objects too,
// and in each of the wordings that accounts have for one event.
func TestReportEqualsLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 3, Accounts: 5, Campaigns: 3, Groups: 2, Ads: 2, HistoryDays: 40, Limits: unlimited}, lastDays(12))
	for _, level := range w.Reports.Levels {
		for _, dims := range splits {
			t.Run(fmt.Sprint(level, dims), func(t *testing.T) {
				t.Parallel()
				for _, org := range w.orgs {
					q := w.question(org, level, dims...)
					rows, _, err := told(t, w.Session, q)
					if err != nil {
						t.Fatal(err)
					}
					w.equalsLedger(t, org.ID, q, rows)
				}
			})
		}
	}
}

// The day on which clocks go back has 25 hours, of which two are called 02: one row.
func TestReportByHourOverTheClockChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5, Accounts: 4, HistoryDays: 40, Dense: true, Limits: unlimited},
		normalize.DayRange{From: normalize.Day{Year: 2026, Month: 10, Dom: 24}, To: normalize.Day{Year: 2026, Month: 11, Dom: 3}})
	for _, org := range w.orgs {
		for _, level := range []normalize.Level{normalize.LevelOrganization, normalize.LevelAd} {
			q := w.question(org, level, "HOUR")
			rows, _, err := told(t, w.Session, q)
			if err != nil {
				t.Fatal(err)
			}
			w.equalsLedger(t, org.ID, q, rows)
		}
	}
}

var unlimited = sim.Limits{Score: -1, Management: -1, Insights: -1, App: -1, InsightsWeight: -1}

// Report runs tell the same as answers at once, whatever becomes of some of them.
func TestReportRunsEqualLedger(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sim.InsightsOptions{
		"runs only":       {SyncRows: 1, NumericRunIDs: true, HiddenPolls: 3},
		"some fail":       {SyncRows: 1, Fates: []string{"failed", "completed", "skipped", "failed", "failed", "running", "stuck", "too_large"}},
		"small runs only": {SyncRows: 1, AsyncRows: 60},
		"small pages":     {SyncRows: 1, PageCells: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sim.Options{Seed: 4, Accounts: 2, Campaigns: 3, Groups: 2, Ads: 2, HistoryDays: 20, Dense: true, Limits: unlimited, Insights: o}, lastDays(15))
			for _, level := range w.Reports.Levels {
				for _, dims := range [][]normalize.Dimension{nil, {"DATE"}, {"WEEK"}, {"DATE", "DEVICE"}} {
					if name == "small runs only" && !slices.Equal(dims, []normalize.Dimension{"DATE"}) {
						continue
					}
					q := w.question(w.orgs[0], level, dims...)
					rows, _, err := told(t, w.Session, q)
					if err != nil {
						t.Fatalf("%s %v: %v", level, dims, err)
					}
					w.equalsLedger(t, w.orgs[0].ID, q, rows)
				}
			}
			runs := 0
			for _, c := range w.sim.Calls() {
				if c.Method == http.MethodPost && strings.HasSuffix(c.Path, "/insights") {
					runs++
				}
			}
			if runs == 0 {
				t.Error("no report run was made")
			}
		})
	}
}
