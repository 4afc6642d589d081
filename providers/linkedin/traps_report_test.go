package linkedin_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestTrap03_AtMostTwentyFields(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 10, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	metrics := slices.DeleteFunc(w.Reports.KPIs(), func(m normalize.Metric) bool { return m == normalize.MetricUniqueImpressions })
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelGroup, Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics: metrics, Range: lastDays(w.sim, 5), Now: w.sim.Now()}
	rows, _, err := report(t, w.Session, q)
	if err != nil || len(rows) == 0 {
		t.Fatal(len(rows), err)
	}
	fields := regexp.MustCompile(`fields=([^&]*)`)
	asked := 0
	for _, c := range w.sim.Calls() {
		if !strings.HasSuffix(c.Path, "/adAnalytics") {
			continue
		}
		names := strings.Split(fields.FindStringSubmatch(c.Query)[1], ",")
		if len(names) > 20 || names[0] != "dateRange" || names[1] != "pivotValues" {
			t.Errorf("%d fields: %v", len(names), names)
		}
		asked++
	}
	if asked < 2 {
		t.Errorf("%d calls for %d metrics", asked, len(metrics))
	}
	for i, m := range metrics { // what several calls told is what one call for each tells
		q.Metrics = []normalize.Metric{m}
		alone, _, err := report(t, w.Session, q)
		if err != nil {
			t.Fatal(err)
		}
		byKey := map[string]normalize.Value{}
		for _, r := range alone {
			byKey[r.Group.ID+r.Dims[0]] = r.Values[0]
		}
		for _, r := range rows {
			if !r.Values[i].OK || r.Values[i].D.Cmp(byKey[r.Group.ID+r.Dims[0]].D) != 0 {
				t.Fatalf("%s of %s on %s: %v, alone %v", m, r.Group.ID, r.Dims[0], r.Values[i], byKey[r.Group.ID+r.Dims[0]])
			}
		}
	}
}

func TestTrap04_N2_AnalyticsDoesNotPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                          string
		listed, real, days, lim, echo int
	}{
		{"a smaller count is echoed: split by date", 4, 4, 12, 10, 10},
		{"more objects than are listed: an error", 3, 25, 3, 10, 10},
		{"15,000 rows of one day: split by object", 20_000, 20_000, 1, 15_000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := scripted(t, map[string]func(string) (int, string){
				"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":6,"name":"g"}]}`),
				"adAccounts/1/adCampaigns":      answer(200, `{"elements":[{"id":7,"name":"c","campaignGroup":"urn:li:sponsoredCampaignGroup:6"}]}`),
				"adAccounts/1/creatives":        creativesOf(c.listed),
				"adAnalytics":                   analytics(c.real, c.lim, c.echo),
			})
			rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelAd,
				Dimensions: []normalize.Dimension{normalize.DimensionDate}, Metrics: []normalize.Metric{normalize.MetricImpressions}, Range: daysOf(c.days), Now: scriptNow})
			if c.listed < c.real {
				if providers.KindOf(err) != providers.Malformed || !strings.Contains(err.Error(), "not listed") {
					t.Errorf("%d rows of %d and %v: a short report", len(rows), c.real*c.days, err)
				}
				return
			}
			if err != nil || len(rows) != c.real*c.days {
				t.Fatalf("%d rows of %d, %v", len(rows), c.real*c.days, err)
			}
			seen := map[string]bool{}
			for _, r := range rows {
				seen[r.Ad.ID+r.Dims[0]] = true
				if r.Campaign.ID != "6" || r.Values[0].D.Cmp(normalize.Int(1)) != 0 {
					t.Fatalf("row %+v", r)
				}
			}
			if len(seen) != len(rows) {
				t.Errorf("%d of %d rows are distinct", len(seen), len(rows))
			}
		})
	}
}

func TestTrap05_NoPermissionLooksLikeNoData(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	orgs := all(t, w.Organizations, providers.ListQuery{})
	stranger := open(t, w.base, &staticTokens{token: w.sim.GrantTo(2).Access}, w.sim.Now)
	q := providers.ReportQuery{Level: normalize.LevelOrganization, Metrics: []normalize.Metric{normalize.MetricImpressions}, Range: lastDays(w.sim, 5), Now: w.sim.Now()}
	for _, org := range orgs {
		q.Orgs = []normalize.Organization{org}
		rows, _, err := report(t, stranger, q)
		if providers.KindOf(err) != providers.Forbidden || len(rows) != 0 {
			t.Errorf("account %s of others: %d rows, %v", org.ID, len(rows), err)
		}
		if _, _, err := report(t, w.Session, q); err != nil { // one of them never delivered: no rows, and that is true
			t.Errorf("account %s: %v", org.ID, err)
		}
	}
}

func TestTrap18_AllRoundsToWholeMonths(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 300, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	today := normalize.DayOf(w.sim.Now().UTC())
	old := normalize.DayRange{From: today.Add(-290), To: today.Add(-260)} // parts of months, more than six months back
	rows, meta, err := report(t, w.Session, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelCampaign,
		Metrics: append([]normalize.Metric{normalize.MetricUniqueImpressions}, truth...), Range: old, Now: w.sim.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(meta.Unsupported, []normalize.Metric{normalize.MetricUniqueImpressions}) {
		t.Errorf("reach of a range that would be widened: unsupported %v", meta.Unsupported)
	}
	for i := range rows {
		if rows[i].Values[0].OK {
			t.Error("reach has a number")
		}
		rows[i].Values = rows[i].Values[1:]
	}
	compareToLedger(t, rows, ledger(t, w.base, org.ID, old), normalize.LevelCampaign, nil)
	for _, c := range w.sim.Calls() {
		if strings.Contains(c.Query, "timeGranularity=ALL") {
			t.Errorf("asked for %s", c.Query)
		}
	}
}

func TestTrap19_DemographicsAreApproximate(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5, Accounts: 1, HistoryDays: 30, Dense: true})
	org := all(t, w.Organizations, providers.ListQuery{})[0]
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelCampaign, Dimensions: []normalize.Dimension{normalize.DimensionCountry},
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricConversionValue}, Range: lastDays(w.sim, 20), Now: w.sim.Now()}
	rows, meta, err := report(t, w.Session, q)
	if err != nil || len(rows) == 0 || len(meta.Left) == 0 || meta.Lag != "12 to 24 hours" {
		t.Fatalf("%d rows, %+v, %v: what is thresholded must say so", len(rows), meta, err)
	}
	known := 0
	for _, r := range rows {
		if len(r.Dims[0]) == 2 {
			known++
		}
		if r.Values[1].OK || r.Campaign.Name == "" {
			t.Errorf("row %+v", r)
		}
	}
	if known == 0 || !slices.Equal(meta.Unsupported, []normalize.Metric{normalize.MetricConversionValue}) {
		t.Errorf("%d countries have a code; unsupported %v", known, meta.Unsupported)
	}
	q.Dimensions = append(q.Dimensions, normalize.DimensionDate)
	byDay, _, err := report(t, w.Session, q)
	if err != nil || len(byDay) == 0 {
		t.Fatal(len(byDay), err)
	}
	q.Dimensions = q.Dimensions[:1]
	whole, daily := 0, 0
	for _, c := range w.sim.Calls() { // each row is thresholded: the range as a whole loses least
		if strings.Contains(c.Query, "MEMBER_COUNTRY_V2") && strings.Contains(c.Query, "timeGranularity=ALL") {
			whole++
		} else if strings.Contains(c.Query, "MEMBER_COUNTRY_V2") {
			daily++
		}
	}
	if whole == 0 || whole != daily {
		t.Errorf("%d calls as a whole, %d by day", whole, daily)
	}
	q.Range.From = q.Range.From.Add(-3 * 366)
	if _, err := w.Reports.Plan(q); providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), "2 years") {
		t.Errorf("older than two years: %v", err)
	}
	q.Dimensions = []normalize.Dimension{normalize.DimensionDate}
	if _, err := w.Reports.Plan(q); err != nil {
		t.Errorf("the same range without a demographic: %v", err)
	}
}

func TestTrap20_ReachCannotBeAdded(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/adCampaignGroups": answer(200, `{"elements":[{"id":6,"name":"g"},{"id":8,"name":"h"}]}`),
		"adAnalytics": func(q string) (int, string) {
			if strings.Contains(q, "timeGranularity=ALL") {
				return 200, `{"elements":[{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":14},"end":{"year":2026,"month":11,"day":23}},"approximateMemberReach":41},
					{"pivotValues":["urn:li:sponsoredCampaignGroup:8"],"dateRange":{"start":{"year":2026,"month":11,"day":14},"end":{"year":2026,"month":11,"day":23}},"approximateMemberReach":null}]}`
			}
			return 200, `{"elements":[{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":14}},"impressions":60},
				{"pivotValues":["urn:li:sponsoredCampaignGroup:6"],"dateRange":{"start":{"year":2026,"month":11,"day":15}},"impressions":40},
				{"pivotValues":["urn:li:sponsoredCampaignGroup:8"],"dateRange":{"start":{"year":2026,"month":11,"day":15}},"impressions":4}]}`
		},
	})
	q := providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelCampaign,
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricUniqueImpressions}, Range: daysOf(10), Now: scriptNow}
	rows, _, err := report(t, s, q)
	if err != nil || len(rows) != 2 || rows[0].Values[0].D.String() != "100" || rows[0].Values[1].D.String() != "41" || rows[1].Values[1].OK {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, c := range script.calls("adAnalytics") {
		if strings.Contains(c.query, "approximateMemberReach") != strings.Contains(c.query, "timeGranularity=ALL") {
			t.Errorf("reach in %s", c.query)
		}
	}
	for name, change := range map[string]func(*providers.ReportQuery){
		"by day":  func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionDate} },
		"by week": func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionWeek} },
		"93 days": func(q *providers.ReportQuery) { q.Range = daysOf(93) },
		"devices": func(q *providers.ReportQuery) { q.Dimensions = []normalize.Dimension{normalize.DimensionDevice} },
		"by month": func(q *providers.ReportQuery) {
			q.Dimensions = []normalize.Dimension{normalize.DimensionMonth}
			q.Range = daysOf(150)
		},
	} {
		q := q
		change(&q)
		parts, err := s.Reports.Plan(q)
		if err != nil || (len(parts[0].Meta.Unsupported) == 0) != (name == "by month") {
			t.Errorf("%s: %v, unsupported %v", name, err, parts[0].Meta.Unsupported)
		}
		q.Metrics = q.Metrics[1:]
		if _, err := s.Reports.Plan(q); (providers.KindOf(err) == providers.Rejected) != (name != "by month") {
			t.Errorf("reach alone, %s: %v", name, err)
		}
	}
}

func TestTrap21_DecimalsOfEveryForm(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":20}},
			"costInLocalCurrency":"-2E-18","costInUsd":"99.99999999999996","impressions":"12","clicks":9007199254740993}]}`),
	})
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics: []normalize.Metric{normalize.MetricCost, normalize.MetricCostUSD, normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricShares}, Range: daysOf(10), Now: scriptNow})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	for i, want := range []string{"0", "99.99999999999996", "12", "9007199254740993", "0"} { // the last was left out of a row that exists
		if v := rows[0].Values[i]; !v.OK || v.D.String() != want {
			t.Errorf("metric %d: %v, want %s", i, v, want)
		}
	}
}

func TestTrap22_EverythingIsUTC(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(200, `{"id":1,"name":"Tokyo","currency":"JPY","status":"ACTIVE"}`),
		"adAnalytics":  answer(200, `{"elements":[]}`),
	})
	org, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"})
	if err != nil || org.Timezone != "UTC" {
		t.Fatalf("%+v, %v", org, err)
	}
	days := normalize.DayRange{From: normalize.Day{Year: 2026, Month: time.October, Dom: 31}, To: normalize.Day{Year: 2026, Month: time.November, Dom: 2}}
	if _, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelOrganization, Metrics: truth[:1], Range: days, Now: scriptNow}); err != nil {
		t.Fatal(err)
	}
	want := "dateRange=(start:(year:2026,month:10,day:31),end:(year:2026,month:11,day:1))" // our end is exclusive
	if q := script.calls("adAnalytics")[0].query; !strings.Contains(q, want) {
		t.Errorf("%s is not in %s", want, q)
	}
}

func TestTrap28_BRLAccountsAreBilledInUSD(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":23}},"costInLocalCurrency":"5"}]}`),
	})
	org := org1
	org.Currency = "BRL"
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelOrganization, Metrics: []normalize.Metric{normalize.MetricCost}, Range: daysOf(3), Now: scriptNow})
	if err != nil || len(rows) != 1 || rows[0].Currency != "USD" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestTrap30_ViralIsKeptApart(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAnalytics": answer(200, `{"elements":[{"pivotValues":["urn:li:sponsoredAccount:1"],"dateRange":{"start":{"year":2026,"month":11,"day":23}},
			"clicks":3,"viralClicks":40,"reactions":5,"viralReactions":60,"likes":900}]}`),
	})
	rows, _, err := report(t, s, providers.ReportQuery{Orgs: []normalize.Organization{org1}, Level: normalize.LevelOrganization, Range: daysOf(3), Now: scriptNow,
		Metrics: []normalize.Metric{normalize.MetricClicks, normalize.MetricViralClicks, normalize.MetricLikes, normalize.MetricViralLikes}})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	for i, want := range []string{"3", "40", "5", "60"} {
		if rows[0].Values[i].D.String() != want {
			t.Errorf("metric %d: %v, want %s", i, rows[0].Values[i], want)
		}
	}
}
