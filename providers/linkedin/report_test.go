package linkedin_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// fact is a line of the simulator's ledger.
type fact struct {
	Org, Campaign, Group, Ad string
	Date                     normalize.Day
	Impressions, Clicks      normalize.Decimal
	Cost, Conversions        normalize.Decimal
	ConversionValue          normalize.Decimal `json:"conversion_value"`
}

func ledger(t testing.TB, base, org string, r normalize.DayRange) []fact {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("%s/_sim/ledger?org=%s&from=%s&to=%s", base, org, r.From, r.To))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
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
	case normalize.LevelGroup:
		return f.Group
	case normalize.LevelAd, normalize.LevelCreative:
		return f.Ad
	}
	return f.Org
}

func lastDays(s *sim.Sim, n int) normalize.DayRange {
	today := normalize.DayOf(s.Now().UTC())
	return normalize.DayRange{From: today.Add(-n), To: today}
}

func TestReportEqualsLedger(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 3, Accounts: 3, HistoryDays: 40, Dense: true})
	orgs := all(t, w.Organizations, providers.ListQuery{})
	days := lastDays(w.sim, 33)
	for _, level := range []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd, normalize.LevelCreative} {
		for _, dims := range [][]normalize.Dimension{
			nil, {normalize.DimensionDate}, {normalize.DimensionWeek}, {normalize.DimensionMonth}, {normalize.DimensionPlatform},
			{normalize.DimensionDevice, normalize.DimensionDate}, {normalize.DimensionMonth, normalize.DimensionPlatformPosition},
		} {
			t.Run(fmt.Sprint(level, dims), func(t *testing.T) {
				t.Parallel()
				for _, org := range orgs {
					rows, _, err := report(t, w.Session, providers.ReportQuery{
						Orgs: []normalize.Organization{org}, Level: level, Dimensions: dims, Metrics: truth, Range: days, Now: w.sim.Now(),
					})
					if err != nil {
						t.Fatal(err)
					}
					compareToLedger(t, rows, ledger(t, w.base, org.ID, days), level, dims)
				}
			})
		}
	}
}

// compareToLedger adds both sides up by entity and period, which leaves the breakdown out.
func compareToLedger(t *testing.T, rows []normalize.Row, facts []fact, level normalize.Level, dims []normalize.Dimension) {
	t.Helper()
	period := func(d normalize.Day) string {
		switch {
		case slices.Contains(dims, normalize.DimensionDate):
			return d.String()
		case slices.Contains(dims, normalize.DimensionWeek):
			return d.Monday().String()
		case slices.Contains(dims, normalize.DimensionMonth):
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
	last := ""
	seen := map[string]bool{}
	for _, r := range rows {
		if e := r.Entity(level); e.ID == "" || e.Name == "" && level != normalize.LevelAd && level != normalize.LevelCreative { // old creatives have no name
			t.Errorf("row of %+v has no name", e)
		}
		p := ""
		for i, d := range dims {
			switch d {
			case normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth:
				p = r.Dims[i]
			}
		}
		if p < last {
			t.Errorf("row of %s comes after %s", p, last)
		}
		last = p
		v := make([]normalize.Decimal, len(r.Values))
		for i := range r.Values {
			if !r.Values[i].OK {
				t.Errorf("metric %d is absent", i)
			}
			v[i] = r.Values[i].D
		}
		key := fmt.Sprint(r.Entity(level).ID, r.Dims)
		if seen[key] {
			t.Errorf("%s comes twice", key)
		}
		seen[key] = true
		add(got, r.Entity(level).ID+" "+p, v)
	}
	for _, f := range facts {
		add(want, f.id(level)+" "+period(f.Date), f.values())
	}
	zero := func(v []normalize.Decimal) bool {
		return !slices.ContainsFunc(v, func(d normalize.Decimal) bool { return !d.IsZero() })
	}
	for key, v := range want {
		if g, ok := got[key]; (!ok && !zero(v)) || ok && !slices.EqualFunc(g, v, func(a, b normalize.Decimal) bool { return a.Cmp(b) == 0 }) {
			t.Errorf("%s: got %v, ledger %v", key, g, v)
		}
	}
	for key, v := range got {
		if want[key] == nil && !zero(v) {
			t.Errorf("%s: got %v, not in the ledger", key, v)
		}
	}
}
