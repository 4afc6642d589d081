package linkedin_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
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

// Windows of 3,000 creatives are four days long: weeks, months and totals go on over many.
func TestReportAddsUpOverWindows(t *testing.T) {
	t.Parallel()
	const n, days = 3000, 23
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":6,"name":"g"}]}`),
		"adAccounts/1/adCampaigns":      answer(200, `{"elements":[{"id":7,"name":"c","campaignGroup":"urn:li:sponsoredCampaignGroup:6"}]}`),
		"adAccounts/1/creatives":        creativesOf(n),
		"adAnalytics":                   analytics(n, 15_000, 0),
	})
	for dim, periods := range map[normalize.Dimension]int{"": 1, normalize.DimensionWeek: 5, normalize.DimensionMonth: 1, normalize.DimensionDate: days} {
		t.Run(string(dim), func(t *testing.T) {
			t.Parallel()
			q := providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelCreative,
				Metrics: []normalize.Metric{normalize.MetricImpressions}, Range: daysOf(days), Now: scriptNow}
			if dim != "" {
				q.Dimensions = []normalize.Dimension{dim}
			}
			rows, _, err := report(t, s, q)
			if err != nil || len(rows) != n*periods {
				t.Fatalf("%d rows, want %d; %v", len(rows), n*periods, err)
			}
			sum := normalize.Decimal{}
			for i, r := range rows {
				sum = sum.Add(r.Values[0].D)
				if want := fmt.Sprint(i%n + 1); r.Creative.ID != want || r.Creative.Name != "n"+want || r.Campaign.Name != "g" || r.Group.Name != "c" {
					t.Fatalf("row %d is of %+v", i, r)
				}
			}
			if sum.Cmp(normalize.Int(n*days)) != 0 {
				t.Errorf("the rows add up to %s", sum)
			}
		})
	}
	t.Cleanup(func() {
		for _, c := range script.calls("adAnalytics") {
			if c.method != http.MethodGet {
				t.Errorf("%s %s", c.method, c.query)
			}
		}
	})
}

func TestReportRefusals(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, nil)
	base := providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelCampaign, Metrics: truth, Range: daysOf(5), Now: scriptNow}
	for name, c := range map[string]struct {
		change func(*providers.ReportQuery)
		kind   providers.Kind
		says   string
	}{
		"level":          {func(q *providers.ReportQuery) { q.Level = normalize.LevelKeyword }, providers.Rejected, "organization, campaign, group, ad, creative"},
		"hour":           {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionHour} }, providers.Rejected, "DATE, WEEK, MONTH"},
		"age":            {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionAge} }, providers.Rejected, "COUNTRY"},
		"two calendars":  {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{"DATE", "MONTH"} }, providers.Rejected, "one of DATE"},
		"two breakdowns": {func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{"DEVICE", "PLATFORM"} }, providers.Rejected, "one of PLATFORM"},
		"empty range":    {func(q *providers.ReportQuery) { q.Range.To = q.Range.From }, providers.Invalid, "range"},
		"ten years":      {func(q *providers.ReportQuery) { q.Range.From = normalize.Day{Year: 2016, Month: 11, Dom: 23} }, providers.Rejected, "2016-11-24"},
		"filter": {func(q *providers.ReportQuery) {
			q.Filter = map[normalize.Level][]string{normalize.LevelGroup: {"7),x:("}}
		}, providers.Invalid, "digits"},
		"nothing left": {func(q *providers.ReportQuery) {
			q.Dimensions, q.Metrics = []normalize.Dimension{"COUNTRY"}, []normalize.Metric{normalize.MetricConversionValue}
		}, providers.Rejected, "COUNTRY"},
	} {
		q := base
		c.change(&q)
		if _, err := s.Reports.Plan(q); providers.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(script.seen) != 0 {
		t.Errorf("planning asked the platform: %v", script.seen)
	}
	base.Range = normalize.DayRange{From: normalize.DayOf(scriptNow).Add(5), To: normalize.DayOf(scriptNow).Add(9)}
	base.Level = normalize.LevelOrganization
	if rows, _, err := report(t, s, base); err != nil || len(rows) != 0 {
		t.Errorf("of days to come: %v, %v", rows, err)
	}
}
