package google_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// The tests of this file are named after the numbered traps of the Google Ads API.

func TestTrap02_ThreeEncodingsOfMoney(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, func(q asked) (int, string) {
		if q.from != "campaign" {
			return 0, ""
		}
		return 200, results(
			`{"campaign":{"id":"112","name":"Winter DE"},"metrics":{"clicks":"311","conversions":7.5,"conversionsValue":412.5,"costMicros":"84170000","ctr":0.030389,"averageCpc":270643.0868,"impressions":"10234","allConversionsValue":180.70756678}}`,
			`{"campaign":{"id":"113","name":"Large"},"metrics":{"clicks":"9007199254740993","conversions":0.1,"conversionsValue":1e-2,"costMicros":"9007199254740993","impressions":"1","allConversionsValue":0.30000000000000004}}`,
		)
	})
	q := lastWeek(normalize.LevelCampaign, nil, normalize.MetricCost, normalize.MetricConversionValue, normalize.MetricConversions, normalize.MetricAllConversionValue, normalize.MetricClicks)
	rows, _, err := readReport(t, s, q)
	if err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	for i, want := range [][]string{
		{"84.17", "412.5", "7.5", "180.70756678", "311"},
		{"9007199254.740993", "0.01", "0.1", "0.30000000000000004", "9007199254740993"},
	} {
		for j, v := range rows[i].Values {
			if !v.OK || v.D.String() != want[j] {
				t.Errorf("%s of row %d is %s, want %s", q.Metrics[j], i, v.D, want[j])
			}
		}
	}
	for _, a := range script.of("campaign") {
		if strings.Contains(a.text, "average_cp") || strings.Contains(a.text, "cost_per_") {
			t.Errorf("averages are asked for: %s", a.text)
		}
	}
}

// rowKeys are what a report has rows of.
func rowKeys(rows []normalize.Row, l normalize.Level) []string {
	var out []string
	for i := range rows {
		out = append(out, fmt.Sprint(rows[i].Entity(l).ID, rows[i].Dims))
	}
	slices.Sort(out)
	return out
}

func TestTrap06_RowsDoNotDependOnTheKPIs(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 40})
	org := w.orgs()[1]
	days := w.lastDays(t, org, 30)
	for _, dims := range [][]normalize.Dimension{nil, {normalize.DimensionDate}, {normalize.DimensionDevice, normalize.DimensionWeek}} {
		for _, l := range []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign, normalize.LevelAd} {
			var want []string
			for _, m := range []normalize.Metric{normalize.MetricImpressions, normalize.MetricConversions, normalize.MetricLikes, normalize.MetricLeads, normalize.MetricVideoViews} {
				q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: l, Dimensions: dims, Metrics: []normalize.Metric{m}, Range: days, Now: w.sim.Now()}
				rows, _, err := readReport(t, w.Session, q)
				if err != nil {
					t.Fatal(err)
				}
				got := rowKeys(rows, l)
				if want == nil {
					want = got
				}
				if len(got) == 0 || !slices.Equal(got, want) {
					t.Errorf("%s by %v: %d rows of %s, %d of IMPRESSIONS", l, dims, len(got), m, len(want))
				}
			}
		}
	}
	s, script := reportScript(t, nil)
	for _, l := range normalize.Levels() {
		if _, _, err := readReport(t, s, lastWeek(l, byDate, normalize.MetricEngagements)); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range script.queries {
		for _, m := range []string{"impressions", "clicks", "cost_micros", "all_conversions", "view_through_conversions"} {
			if !strings.Contains(a.text, "metrics."+m+",") {
				t.Errorf("%s is not asked for: %s", m, a.text)
			}
		}
	}
	// Objects that did nothing have no row, split or not.
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelAd, Metrics: ledgerKPIs, Range: days, Now: w.sim.Now()}
	rows, _, err := readReport(t, w.Session, q)
	if err != nil {
		t.Fatal(err)
	}
	did := map[string]bool{}
	for _, f := range w.ledger(t, org.ID, days) {
		did[f.Ad] = true
	}
	for _, r := range rows {
		if !did[strings.TrimPrefix(r.Ad.ID, "assetgroup:")] {
			t.Errorf("ad %s has a row and did nothing", r.Ad.ID)
		}
	}
}

// ask sends a query to the simulator as it is, and returns the rows' raw text.
func (w reportWorld) ask(t *testing.T, org, query string) []map[string]map[string]any {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	req, err := http.NewRequest(http.MethodPost, w.base+"/v25/customers/"+org+"/googleAds:searchStream", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.sim.Grant().Access)
	req.Header.Set("Content-Type", "application/json")
	for _, a := range w.sim.Accounts() {
		if a.ID == org && a.Login != "" {
			req.Header.Set("login-customer-id", a.Login)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s %v", resp.StatusCode, raw, err)
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var parts []struct {
		Results []map[string]map[string]any `json:"results"`
	}
	if err := dec.Decode(&parts); err != nil {
		t.Fatal(err)
	}
	var out []map[string]map[string]any
	for _, p := range parts {
		out = append(out, p.Results...)
	}
	return out
}

func decimal(t *testing.T, v any) normalize.Decimal {
	t.Helper()
	d, err := normalize.ParseDecimal(fmt.Sprint(v))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTrap07_ConversionsByKindHaveAQueryOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 40})
	org := w.orgs()[0]
	days := w.lastDays(t, org, 30)
	q := providers.ReportQuery{
		Orgs: []normalize.Organization{org}, Level: normalize.LevelGroup, Dimensions: []normalize.Dimension{normalize.DimensionDate}, Range: days, Now: w.sim.Now(),
		Metrics: []normalize.Metric{normalize.MetricLeads, normalize.MetricRevenue, normalize.MetricConversions, normalize.MetricAllConversions, normalize.MetricImpressions, normalize.MetricVideoQuartile25, normalize.MetricConversionValue},
	}
	rows, _, err := readReport(t, w.Session, q)
	if err != nil {
		t.Fatal(err)
	}
	leads, revenue := map[string]normalize.Decimal{}, map[string]normalize.Decimal{}
	for _, from := range [][3]string{{"ad_group", "adGroup", ""}, {"asset_group", "assetGroup", "assetgroup:"}} {
		for _, r := range w.ask(t, org.ID, fmt.Sprintf("SELECT %s.id, segments.date, segments.conversion_action_category, metrics.conversions, metrics.conversions_value FROM %s WHERE segments.date BETWEEN '%s' AND '%s'",
			from[0], from[0], days.From, days.To.Add(-1))) {
			key := from[2] + fmt.Sprint(r[from[1]]["id"], r["segments"]["date"])
			switch r["segments"]["conversionActionCategory"] {
			case "SUBMIT_LEAD_FORM", "PHONE_CALL_LEAD", "BOOK_APPOINTMENT", "REQUEST_QUOTE", "CONTACT":
				leads[key] = leads[key].Add(decimal(t, r["metrics"]["conversions"]))
			case "PURCHASE", "STORE_SALE":
				revenue[key] = revenue[key].Add(decimal(t, r["metrics"]["conversionsValue"]))
			}
		}
	}
	some := [2]bool{}
	for _, r := range rows {
		key := r.Group.ID + r.Dims[0]
		if !r.Values[0].OK || r.Values[0].D.Cmp(leads[key]) != 0 || !r.Values[1].OK || r.Values[1].D.Cmp(revenue[key]) != 0 {
			t.Errorf("%s: leads %v, revenue %v; the platform has %s and %s", key, r.Values[0].D, r.Values[1].D, leads[key], revenue[key])
		}
		some[0], some[1] = some[0] || !leads[key].IsZero(), some[1] || !revenue[key].IsZero()
		delete(leads, key)
		delete(revenue, key)
		if r.Values[3].D.Cmp(r.Values[2].D) < 0 {
			t.Errorf("%s: %s of all conversions, %s conversions", key, r.Values[3].D, r.Values[2].D)
		}
		if quartile := r.Values[5]; quartile.OK && (quartile.D.Scale() > 0 || quartile.D.Cmp(r.Values[4].D) > 0) {
			t.Errorf("%s: a quarter was watched %s times, of %s impressions", key, quartile.D, r.Values[4].D)
		}
	}
	for key, v := range leads {
		if !v.IsZero() {
			t.Errorf("%s: %s leads have no row", key, v)
		}
	}
	if !some[0] || !some[1] {
		t.Error("there were no leads or no revenue to compare")
	}
	s, script := reportScript(t, nil)
	for _, l := range normalize.Levels() {
		if _, _, err := readReport(t, s, lastWeek(l, byDate, normalize.MetricLeads, normalize.MetricRevenue, normalize.MetricClicks)); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range script.queries {
		if strings.Contains(a.text, "conversion_action_category") && strings.Contains(a.text, "metrics.clicks") {
			t.Errorf("conversions by kind beside clicks: %s", a.text)
		}
	}
}

func TestTrap08_ConversionsKeepGrowing(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 40})
	org := w.orgs()[0]
	days := w.lastDays(t, org, 30)
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelOrganization, Metrics: []normalize.Metric{normalize.MetricConversions, normalize.MetricImpressions}, Range: days, Now: w.sim.Now()}
	_, meta, err := readReport(t, w.Session, q)
	if err != nil {
		t.Fatal(err)
	}
	if meta.Restates != 90 || meta.FinalUntil != days.To.Add(-91) { // the simulator's lead form counts for 90 days
		t.Errorf("conversions restate for %d days, final until %s", meta.Restates, meta.FinalUntil)
	}
	q.Metrics = q.Metrics[1:]
	_, meta, err = readReport(t, w.Session, q)
	if err != nil || meta.Restates != 3 || meta.FinalUntil != days.To.Add(-4) {
		t.Errorf("impressions restate for %d days, final until %s, %v", meta.Restates, meta.FinalUntil, err)
	}
}

func TestTrap09_PerformanceMaxIsInTheGroupsAndAds(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 40})
	for _, org := range w.orgs() {
		days := w.lastDays(t, org, 30)
		sums := map[normalize.Level]normalize.Decimal{}
		assets := map[normalize.Level]int{}
		for _, l := range []normalize.Level{normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd, normalize.LevelCreative} {
			q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: l, Dimensions: byDate, Metrics: []normalize.Metric{normalize.MetricCost}, Range: days, Now: w.sim.Now()}
			rows, meta, err := readReport(t, w.Session, q)
			if err != nil || len(meta.Left) > 0 {
				t.Fatal(err, meta.Left)
			}
			for i := range rows {
				sums[l] = sums[l].Add(rows[i].Values[0].D)
				if e := rows[i].Entity(l); strings.HasPrefix(e.ID, "assetgroup:") {
					assets[l]++
					if e.Name == "" || rows[i].Group.ID != e.ID || rows[i].Campaign.Name == "" {
						t.Errorf("row of an asset group: %+v", rows[i])
					}
				}
			}
			if sums[l].Cmp(sums[normalize.LevelCampaign]) != 0 {
				t.Errorf("account %s, level %s: cost %s, of campaigns %s", org.ID, l, sums[l], sums[normalize.LevelCampaign])
			}
		}
		if assets[normalize.LevelGroup] == 0 && !sums[normalize.LevelCampaign].IsZero() || assets[normalize.LevelAd] != assets[normalize.LevelGroup] {
			t.Errorf("account %s: %v rows of asset groups", org.ID, assets)
		}
	}
	org := w.orgs()[0]
	for _, c := range []struct {
		level normalize.Level
		dims  []normalize.Dimension
	}{
		{normalize.LevelKeyword, nil},
		{normalize.LevelCampaign, []normalize.Dimension{normalize.DimensionAge}},
		{normalize.LevelOrganization, []normalize.Dimension{normalize.DimensionGender}},
		{normalize.LevelAd, []normalize.Dimension{normalize.DimensionPlatformPosition}},
	} {
		q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: c.level, Dimensions: c.dims, Metrics: []normalize.Metric{normalize.MetricCost}, Range: w.lastDays(t, org, 30), Now: w.sim.Now()}
		rows, meta, err := readReport(t, w.Session, q)
		if err != nil || len(rows) == 0 || !strings.Contains(strings.Join(meta.Left, "|"), "Performance Max") {
			t.Errorf("%s by %v: %d rows, left %q, %v", c.level, c.dims, len(rows), meta.Left, err)
		}
	}
}

func TestTrap10_OneOfTwoKindsOfLocation(t *testing.T) {
	t.Parallel()
	w := reportSim(t, sim.Options{Seed: 4, HistoryDays: 40})
	org := w.orgs()[0]
	q := providers.ReportQuery{Orgs: []normalize.Organization{org}, Level: normalize.LevelCampaign, Dimensions: []normalize.Dimension{normalize.DimensionCountry},
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricCost}, Range: w.lastDays(t, org, 30), Now: w.sim.Now()}
	byCountry, _, err := readReport(t, w.Session, q)
	if err != nil {
		t.Fatal(err)
	}
	q.Dimensions = nil
	whole, _, err := readReport(t, w.Session, q)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(rows []normalize.Row, i int) (d normalize.Decimal) {
		for _, r := range rows {
			d = d.Add(r.Values[i].D)
		}
		return d
	}
	for i, m := range q.Metrics {
		if got, want := sum(byCountry, i), sum(whole, i); got.Cmp(want) != 0 || want.IsZero() {
			t.Errorf("%s by country %s, in all %s", m, got, want)
		}
	}
	known := 0
	for _, r := range byCountry {
		if c := r.Dims[0]; len(c) == 2 && strings.ToUpper(c) == c {
			known++
		} else if c != "UNKNOWN" {
			t.Errorf("country %q", c)
		}
	}
	if known == 0 {
		t.Error("no country is known")
	}
}
