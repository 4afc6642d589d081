package google_test

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
	"github.com/admux/admux/providers/google/sim"
)

// reportFact is a line of the simulator's ledger.
type reportFact struct {
	Org, Campaign, Group, Ad string
	Date                     normalize.Day
	Impressions, Clicks      normalize.Decimal
	Cost, Conversions        normalize.Decimal
	ConversionValue          normalize.Decimal `json:"conversion_value"`
}

var ledgerKPIs = []normalize.Metric{
	normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions, normalize.MetricConversionValue,
}

func (f *reportFact) values() []normalize.Decimal {
	return []normalize.Decimal{f.Impressions, f.Clicks, f.Cost, f.Conversions, f.ConversionValue}
}

// id is how the ledger names a row's object. An asset group has no prefix there, and is its own ad.
func (f *reportFact) id(l normalize.Level) string {
	switch l {
	case normalize.LevelCampaign:
		return f.Campaign
	case normalize.LevelGroup:
		return f.Group
	case normalize.LevelAd, normalize.LevelCreative:
		return f.Ad
	}
	return f.Org
}

func (f *reportFact) asset() bool { return f.Group == f.Ad }

// reportWorld is a simulator and a session of a connection to it.
type reportWorld struct {
	*providers.Session
	sim  *sim.Sim
	base string
}

func reportSim(t testing.TB, o sim.Options) reportWorld {
	t.Helper()
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return reportWorld{reportSession(t, srv.URL, s.Grant().Access, s.Now, nil), s, srv.URL}
}

// orgs are the accounts that can be asked.
func (w reportWorld) orgs() []normalize.Organization {
	var out []normalize.Organization
	for _, a := range w.sim.Accounts() {
		if a.Reachable && a.Status == "ENABLED" {
			out = append(out, normalize.Organization{ID: a.ID, Name: a.Name, Currency: a.Currency, Timezone: a.Zone})
		}
	}
	return out
}

func (w reportWorld) ledger(t testing.TB, org string, r normalize.DayRange) []reportFact {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("%s/_sim/ledger?org=%s&from=%s&to=%s", w.base, org, r.From, r.To))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []reportFact
	for sc := bufio.NewScanner(resp.Body); sc.Scan(); {
		var f reportFact
		if err := json.Unmarshal(sc.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// lastDays are n whole days of an account, yesterday the last.
func (w reportWorld) lastDays(t testing.TB, org normalize.Organization, n int) normalize.DayRange {
	t.Helper()
	loc, err := time.LoadLocation(org.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	today := normalize.DayOf(w.sim.Now().In(loc))
	return normalize.DayRange{From: today.Add(-n), To: today}
}

func TestReportEqualsLedger(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 3, HistoryDays: 40})
	const (
		date, week, month, hour = normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionHour
		device, network, slot   = normalize.DimensionDevice, normalize.DimensionPlatform, normalize.DimensionPlatformPosition
		country                 = normalize.DimensionCountry
	)
	type dims = []normalize.Dimension
	for _, level := range []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd, normalize.LevelCreative} {
		for _, by := range []dims{nil, {date}, {week}, {month}, {hour}, {network}, {device, date}, {month, slot}, {country}, {country, week}, {device, network, slot}} {
			if low := level == normalize.LevelAd || level == normalize.LevelCreative; low && (slices.Contains(by, hour) || slices.Contains(by, country)) {
				continue
			}
			if level == normalize.LevelCreative && len(by) > 1 { // as ad
				continue
			}
			t.Run(fmt.Sprint(level, by), func(t *testing.T) {
				t.Parallel()
				for _, org := range w.orgs() {
					days := w.lastDays(t, org, 26)
					if slices.Contains(by, hour) {
						days = w.lastDays(t, org, 3)
					}
					rows, meta, err := readReport(t, w.Session, providers.ReportQuery{
						Orgs: []normalize.Organization{org}, Level: level, Dimensions: by, Metrics: ledgerKPIs, Range: days, Now: w.sim.Now(),
					})
					if err != nil {
						t.Fatal(err)
					}
					facts := w.ledger(t, org.ID, days)
					// What Performance Max does not tell, its Meta says.
					noAssets := level != normalize.LevelOrganization && level != normalize.LevelCampaign && (slices.Contains(by, slot) || slices.Contains(by, country))
					if noAssets {
						facts = slices.DeleteFunc(facts, func(f reportFact) bool { return f.asset() })
					}
					if said := strings.Join(meta.Left, "|"); (noAssets || slices.Contains(by, country)) != (said != "") || noAssets && !strings.Contains(said, "Performance Max") {
						t.Errorf("left %q", said)
					}
					compareReport(t, rows, facts, level, by)
				}
			})
		}
	}
}

// compareReport adds both sides up by object and period, which leaves the splits out.
func compareReport(t *testing.T, rows []normalize.Row, facts []reportFact, level normalize.Level, by []normalize.Dimension) {
	t.Helper()
	period := func(d normalize.Day) string {
		switch {
		case slices.Contains(by, normalize.DimensionDate), slices.Contains(by, normalize.DimensionHour):
			return d.String()
		case slices.Contains(by, normalize.DimensionWeek):
			return d.Monday().String()
		case slices.Contains(by, normalize.DimensionMonth):
			return d.MonthKey()
		}
		return ""
	}
	got, want := map[string][]normalize.Decimal{}, map[string][]normalize.Decimal{}
	add := func(m map[string][]normalize.Decimal, key string, v []normalize.Decimal) {
		if m[key] == nil {
			m[key] = make([]normalize.Decimal, len(v))
		}
		for i := range v {
			m[key][i] = m[key][i].Add(v[i])
		}
	}
	seen := map[string]bool{}
	last := ""
	for i := range rows {
		r := &rows[i]
		e := r.Entity(level)
		p := ""
		if len(by) > 0 && !r.Date.IsZero() {
			p = period(r.Date)
		}
		if p < last {
			t.Errorf("a row of %s comes after %s", p, last)
		}
		last = p
		v := make([]normalize.Decimal, len(r.Values))
		for i := range r.Values {
			if !r.Values[i].OK {
				t.Errorf("%s is absent in %+v", ledgerKPIs[i], e)
			}
			v[i] = r.Values[i].D
		}
		key := fmt.Sprint(e.ID, r.Dims)
		if seen[key] {
			t.Errorf("%s comes twice", key)
		}
		seen[key] = true
		add(got, strings.TrimPrefix(e.ID, "assetgroup:")+" "+p, v)
	}
	for i := range facts {
		add(want, facts[i].id(level)+" "+period(facts[i].Date), facts[i].values())
	}
	zero := func(v []normalize.Decimal) bool {
		return !slices.ContainsFunc(v, func(d normalize.Decimal) bool { return !d.IsZero() })
	}
	wrong := 0
	for key, v := range want {
		if g := got[key]; g == nil && !zero(v) || g != nil && !slices.EqualFunc(g, v, func(a, b normalize.Decimal) bool { return a.Cmp(b) == 0 }) {
			if wrong++; wrong < 5 {
				t.Errorf("%s: got %v, ledger %v", key, g, v)
			}
		}
	}
	for key, v := range got {
		if want[key] == nil && !zero(v) {
			if wrong++; wrong < 5 {
				t.Errorf("%s: got %v, not in the ledger", key, v)
			}
		}
	}
	if len(want) > 0 && len(got) == 0 {
		t.Error("no rows")
	}
}

// Every KPI that is declared for a level and dimensions has numbers, none that is not has one, and all come in one report.
func TestReportAnswersEveryKPI(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 3, HistoryDays: 30})
	org := w.orgs()[1]
	declared := map[normalize.Metric]providers.Metric{}
	for _, m := range w.Reports.Metrics {
		declared[m.KPI] = m
	}
	holds := func(m providers.Metric, l normalize.Level, by []normalize.Dimension) bool {
		return (m.Levels == nil || slices.Contains(m.Levels, l)) &&
			!slices.ContainsFunc(by, func(d normalize.Dimension) bool { return m.Dimensions != nil && !slices.Contains(m.Dimensions, d) })
	}
	answered := 0
	for _, l := range slices.DeleteFunc(normalize.Levels(), func(l normalize.Level) bool { return l == normalize.LevelCreative }) { // as ad
		for _, d := range append([]normalize.Dimension{""}, w.Reports.Dimensions...) {
			if d == normalize.DimensionHour && l != normalize.LevelOrganization { // many rows, and no other columns
				continue
			}
			by := slices.DeleteFunc([]normalize.Dimension{d}, func(d normalize.Dimension) bool { return d == "" })
			q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: l, Dimensions: by, Metrics: w.Reports.KPIs(), Range: w.lastDays(t, org, 12), Now: w.sim.Now()}
			rows, meta, err := readReport(t, w.Session, q)
			if providers.KindOf(err) == providers.Rejected {
				continue
			}
			if err != nil || len(rows) == 0 {
				t.Errorf("%s by %v: %d rows, %v", l, by, len(rows), err)
				continue
			}
			answered++
			for i, k := range q.Metrics {
				some := slices.ContainsFunc(rows, func(r normalize.Row) bool { return r.Values[i].OK })
				if want := holds(declared[k], l, by); want != some || want == slices.Contains(meta.Unsupported, k) {
					t.Errorf("%s at %s by %v: declared %v, has numbers %v, unsupported %v", k, l, by, want, some, meta.Unsupported)
				}
			}
		}
	}
	if answered < 5*6 {
		t.Errorf("%d combinations are answered", answered)
	}
}

// Keywords add up to the ad groups that have them.
func TestReportKeywordsAddUpToGroups(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 3, HistoryDays: 30})
	for _, org := range w.orgs() {
		q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelKeyword, Dimensions: byDate, Metrics: ledgerKPIs, Range: w.lastDays(t, org, 20), Now: w.sim.Now()}
		rows, meta, err := readReport(t, w.Session, q)
		if err != nil || len(rows) > 0 && !strings.Contains(strings.Join(meta.Left, "|"), "keyword") {
			t.Fatal(err, meta.Left)
		}
		groups := map[string]bool{}
		for i := range rows {
			groups[rows[i].Group.ID] = true
			if rows[i].Keyword.Name == "" || !strings.HasPrefix(rows[i].Keyword.ID, rows[i].Group.ID+"~") || rows[i].Campaign.Name == "" {
				t.Errorf("row %+v", rows[i])
			}
		}
		facts := slices.DeleteFunc(w.ledger(t, org.ID, q.Range), func(f reportFact) bool { return !groups[f.Group] })
		sums := map[string][]normalize.Decimal{}
		for _, f := range facts {
			key := f.Group + f.Date.String()
			if sums[key] == nil {
				sums[key] = make([]normalize.Decimal, len(ledgerKPIs))
			}
			for i, v := range f.values() {
				sums[key][i] = sums[key][i].Add(v)
			}
		}
		for _, r := range rows {
			for i, v := range r.Values {
				sums[r.Group.ID+r.Dims[0]][i] = sums[r.Group.ID+r.Dims[0]][i].Sub(v.D)
			}
		}
		for key, left := range sums {
			for i, d := range left {
				if !d.IsZero() {
					t.Errorf("%s: %s of %s is in no keyword", key, d, ledgerKPIs[i])
				}
			}
		}
	}
}

// Ages and genders are those of ad groups, added up; none is more than the whole.
func TestReportAgesAndGenders(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 3, HistoryDays: 30})
	org := w.orgs()[0]
	for d, words := range map[normalize.Dimension][]string{
		normalize.DimensionAge:    {"18-24", "25-34", "35-44", "45-54", "55-64", "65+", "UNKNOWN"},
		normalize.DimensionGender: {"MALE", "FEMALE", "UNKNOWN"},
	} {
		sums := map[normalize.Level][]normalize.Decimal{}
		for _, l := range []normalize.Level{normalize.LevelGroup, normalize.LevelCampaign, normalize.LevelOrganization} {
			q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: l, Dimensions: []normalize.Dimension{d}, Metrics: ledgerKPIs, Range: w.lastDays(t, org, 20), Now: w.sim.Now()}
			rows, _, err := readReport(t, w.Session, q)
			if err != nil {
				t.Fatal(err)
			}
			sums[l] = make([]normalize.Decimal, len(ledgerKPIs))
			for i := range rows {
				if !slices.Contains(words, rows[i].Dims[0]) {
					t.Errorf("%s %q", d, rows[i].Dims[0])
				}
				for j, v := range rows[i].Values {
					sums[l][j] = sums[l][j].Add(v.D)
				}
			}
			if l == normalize.LevelOrganization && len(rows) != len(words) {
				t.Errorf("%s: %d rows of the account", d, len(rows))
			}
		}
		whole := make([]normalize.Decimal, len(ledgerKPIs))
		for _, f := range w.ledger(t, org.ID, w.lastDays(t, org, 20)) {
			for i, v := range f.values() {
				whole[i] = whole[i].Add(v)
			}
		}
		for i, k := range ledgerKPIs {
			g, c, o := sums[normalize.LevelGroup][i], sums[normalize.LevelCampaign][i], sums[normalize.LevelOrganization][i]
			if g.Cmp(c) != 0 || g.Cmp(o) != 0 || g.IsZero() || g.Cmp(whole[i]) > 0 {
				t.Errorf("%s by %s: %s in groups, %s in campaigns, %s in the account, of %s", k, d, g, c, o, whole[i])
			}
		}
	}
}
