package sim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestInsightsTime(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3}) // a Tuesday
	path := d.node(7) + "/insights"        // UTC
	for preset, want := range map[string]string{
		"today": "2026-11-24 2026-11-24", "yesterday": "2026-11-23 2026-11-23", "last_3d": "2026-11-21 2026-11-23",
		"last_7d": "2026-11-17 2026-11-23", "last_90d": "2026-08-26 2026-11-23", "this_month": "2026-11-01 2026-11-24",
		"last_month": "2026-10-01 2026-10-31", "this_quarter": "2026-10-01 2026-11-24", "last_quarter": "2026-07-01 2026-09-30",
		"this_year": "2026-01-01 2026-11-24", "last_year": "2025-01-01 2025-12-31", "this_week_mon_today": "2026-11-23 2026-11-24",
		"this_week_sun_today": "2026-11-22 2026-11-24", "last_week_mon_sun": "2026-11-16 2026-11-22",
		"last_week_sun_sat": "2026-11-15 2026-11-21", "maximum": "2023-10-24 2026-11-24",
	} {
		r := d.get(path, "date_preset", preset)
		if preset == "last_year" && len(r.rows()) == 0 {
			continue // the world is younger
		}
		if got := fmt.Sprint(r.rows()[0]["date_start"], " ", r.rows()[0]["date_stop"]); got != want {
			t.Errorf("%s is %s, want %s", preset, got, want)
		}
	}
	steps := func(kv ...string) (out []string) {
		for _, row := range d.all(path, kv...) {
			out = append(out, fmt.Sprint(row["date_start"], "/", row["date_stop"]))
		}
		return out
	}
	for want, kv := range map[string][]string{
		"2026-10-20/2026-10-31 2026-11-01/2026-11-10": {"time_range", ranged("2026-10-20", "2026-11-10"), "time_increment", "monthly"},
		"2026-11-01/2026-11-07 2026-11-08/2026-11-10": {"time_range", ranged("2026-11-01", "2026-11-10"), "time_increment", "7"},
		"2026-11-09/2026-11-09 2026-11-10/2026-11-10": {"time_range", ranged("2026-11-09", "2026-11-10"), "time_increment", "1"},
		"2026-11-01/2026-11-02 2026-11-02/2026-11-03": {"time_ranges", "[" + ranged("2026-11-01", "2026-11-02") + "," + ranged("2026-11-02", "2026-11-03") + "]",
			"time_range", ranged("2026-01-01", "2026-01-02"), "time_increment", "1", "date_preset", "today"},
		"2026-11-01/2026-11-02": {"time_range", "{since:'2026-11-01',until:'2026-11-02'}", "date_preset", "today"}, // lenient JSON
	} {
		if got := strings.Join(steps(kv...), " "); got != want {
			t.Errorf("%v: %s, want %s", kv, got, want)
		}
	}
}

func TestInsightsTimeRefused(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	for _, kv := range [][]string{
		{"date_preset", "lifetime"}, {"time_range", "1700000000"}, {"time_range", `{"since":1700000000,"until":1700000001}`},
		{"time_range", ranged("2026-11-02", "2026-11-01")}, {"time_range", ranged("2026-02-30", "2026-03-01")},
		{"time_range", `{"since":"2026-11-01"}`}, {"time_increment", "0"}, {"time_increment", "91"}, {"time_increment", "weekly"},
		{"time_ranges", "[]"}, {"time_ranges", `["2026-11-01"]`}, {"level", "creative"}, {"level", "ACCOUNT"},
		{"filtering", `[{"field":"ad.nothing","operator":"IN","value":["1"]}]`}, {"filtering", `[{"field":"ad.id","operator":"LIKE","value":"1"}]`},
		{"filtering", `[{"field":"ad.id","operator":"IN"}]`}, {"filtering", `{"field":"ad.id"}`}, {"sort", "nothing_descending"},
		{"sort", `["spend_ascending","clicks_ascending"]`}, {"default_summary", "perhaps"},
	} {
		d.wants(d.get(path, kv...), http.StatusBadRequest, "100")
	}
	d.wants(d.get(path, "time_range", ranged("2023-10-23", "2023-11-01")), http.StatusBadRequest, "3018")
	if r := d.get(path, "time_range", ranged("2023-10-24", "2023-11-01")); r.status != http.StatusOK {
		t.Errorf("37 months back: %s", r.text)
	}
}

// TestTrap17_OldNumbersGoInSilence: reach is left out, hourly rows are missing,
// unique counts are refused.
func TestTrap17_OldNumbersGoInSilence(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, HistoryDays: 600, Dense: true, Accounts: 1, Campaigns: 1, Groups: 1, Ads: 2})
	path := d.node(0) + "/insights"
	old, young := ranged("2025-10-01", "2025-10-20"), ranged("2025-11-01", "2025-11-02")
	for rng, want := range map[string]bool{old: false, young: true} {
		r := d.get(path, "fields", "impressions,reach,frequency,cpp", "breakdowns", "age", "time_range", rng)
		if got := r.rows()[0]["reach"] != nil && r.rows()[0]["frequency"] != nil && r.rows()[0]["cpp"] != nil; got != want {
			t.Errorf("reach in %s: %v, want %v", rng, got, want)
		}
		r = d.get(path, "fields", "impressions", "breakdowns", "hourly_stats_aggregated_by_advertiser_time_zone", "time_range", rng)
		if got := len(r.rows()) > 0; got != want {
			t.Errorf("hours of %s: %v, want %v", rng, got, want)
		}
	}
	if r := d.get(path, "fields", "reach", "time_range", old); r.rows()[0]["reach"] == nil {
		t.Error("reach without breakdowns is kept for 37 months")
	}
	r := d.get(path, "fields", "unique_clicks", "breakdowns", "age", "time_range", old)
	d.wants(r, http.StatusBadRequest, "100")
	if !strings.Contains(r.message(), "only available for the last 13 months") {
		t.Error(r.message())
	}
	if r := d.get(path, "fields", "reach", "breakdowns", "frequency_value", "time_range", ranged("2026-05-01", "2026-05-02")); len(r.rows()) != 0 {
		t.Error("frequency_value is kept for six months")
	}
}

// TestTrap18_ParentTotalsAreNotTheSumOfChildren: deleted and archived objects
// count above and are not listed; people are not added.
func TestTrap18_ParentTotalsAreNotTheSumOfChildren(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	whole := d.get(path, "fields", "impressions,reach,unique_clicks", "date_preset", "maximum").rows()[0]
	listed := d.all(path, "level", "ad", "fields", "ad_id,impressions,reach", "date_preset", "maximum", "limit", "500")
	all := d.all(path, "level", "ad", "fields", "ad_id,impressions,reach,unique_clicks", "date_preset", "maximum", "limit", "500", "filtering", everything("ad"))
	if sumRows(listed)["impressions"].Cmp(rat(whole["impressions"].(string))) >= 0 {
		t.Error("ads that are gone do not show in their account's total")
	}
	if sumRows(all)["impressions"].Cmp(rat(whole["impressions"].(string))) != 0 {
		t.Error("all ads are not the total")
	}
	for _, name := range []string{"reach", "unique_clicks"} {
		sum := totals{}
		for _, r := range all {
			sum.add(name, r[name].(string))
		}
		if sum[name].Cmp(rat(whole[name].(string))) <= 0 {
			t.Errorf("%s adds up over ads", name)
		}
	}
	gone := slices.DeleteFunc(slices.Clone(all), func(r map[string]any) bool {
		return slices.ContainsFunc(listed, func(x map[string]any) bool { return x["ad_id"] == r["ad_id"] })
	})
	if len(gone) == 0 {
		t.Fatal("nothing is gone")
	}
	if r := d.get(gone[0]["ad_id"].(string)+"/insights", "fields", "impressions", "date_preset", "maximum"); len(r.rows()) != 1 || r.rows()[0]["impressions"] != gone[0]["impressions"] {
		t.Errorf("a deleted ad's own insights: %s", r.text)
	}
}

func TestInsightsReachOverDaysAndHours(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	whole := d.get(path, "fields", "reach", "date_preset", "last_14d").rows()[0]["reach"].(string)
	days := totals{}
	for _, r := range d.all(path, "fields", "reach,impressions,frequency", "date_preset", "last_14d", "time_increment", "1") {
		days.add("reach", r["reach"].(string))
		if rat(r["frequency"].(string)).Cmp(rat("1")) < 0 {
			t.Errorf("frequency %s", r["frequency"])
		}
	}
	if days["reach"].Cmp(rat(whole)) <= 0 {
		t.Errorf("reach of days adds up to %s, the whole is %s", days["reach"].RatString(), whole)
	}
	r := d.get(path, "fields", "impressions,reach,frequency,unique_clicks", "breakdowns", "hourly_stats_aggregated_by_advertiser_time_zone", "date_preset", "today", "limit", "30")
	if n := len(r.rows()); n != 10 { // ten hours have begun in Berlin
		t.Errorf("%d hours: %s", n, r.text)
	}
	for i, row := range r.rows() {
		if row["reach"] != "0" || row["frequency"] != "0" || row["unique_clicks"] != "0" ||
			row["hourly_stats_aggregated_by_advertiser_time_zone"] != fmt.Sprintf("%02d:00:00 - %02d:59:59", i, i) {
			t.Errorf("hour %d: %v", i, row)
		}
	}
}

func TestInsightsFilterSortSummary(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	base := []string{"level", "campaign", "fields", "campaign_id,campaign_name,impressions,spend", "date_preset", "last_90d", "limit", "100"}
	ask := func(kv ...string) reply { return d.get(path, append(slices.Clone(base), kv...)...) }
	all := ask().rows()
	if len(all) < 3 {
		t.Fatal("too few campaigns")
	}
	id, name := all[1]["campaign_id"].(string), all[1]["campaign_name"].(string)
	for filter, want := range map[string]int{
		`[{"field":"campaign.id","operator":"IN","value":["` + id + `"]}]`:                                            1,
		`[{"field":"campaign.id","operator":"NOT_IN","value":["` + id + `"]}]`:                                        len(all) - 1,
		`[{"field":"campaign.name","operator":"CONTAIN","value":"` + strings.ToUpper(name[:4]) + `"}]`:                1,
		`[{"field":"campaign.impressions","operator":"GREATER_THAN","value":0}]`:                                      len(all),
		`[{"field":"campaign.spend","operator":"GREATER_THAN","value":"` + all[1]["spend"].(string) + `"}]`:           -1,
		`[{"field":"spend","operator":"IN_RANGE","value":["` + all[1]["spend"].(string) + `",9999999]}]`:              -2,
		`[{"field":"campaign.effective_status","operator":"IN","value":["ACTIVE","PAUSED","ARCHIVED","DELETED"]}]`:    -3,
		`[{"field":"campaign.name","operator":"STARTS_WITH","value":"no such name"}]`:                                 0,
		`[{"field":"action_type","operator":"IN","value":["link_click"]}]`:                                            len(all),
		`[{"field":"campaign.id","operator":"EQUAL","value":"1"},{"field":"spend","operator":"LESS_THAN","value":1}]`: 0,
	} {
		got := len(ask("filtering", filter).rows())
		switch {
		case want == -1 && (got == 0 || got >= len(all)), want == -3 && got <= len(all), want >= 0 && got != want:
			t.Errorf("%s: %d of %d rows, want %d", filter, got, len(all), want)
		case want == -2:
			above := len(ask("filtering", `[{"field":"spend","operator":"GREATER_THAN","value":"`+all[1]["spend"].(string)+`"}]`).rows())
			if got != above+1 {
				t.Errorf("the range has %d rows, beyond it are %d", got, above)
			}
		}
	}
	for sort, sign := range map[string]int{"spend_ascending": 1, "spend": 1, `["spend_descending"]`: -1} {
		rows := ask("sort", sort).rows()
		if !slices.IsSortedFunc(rows, func(a, b map[string]any) int { return sign * rat(a["spend"].(string)).Cmp(rat(b["spend"].(string))) }) || len(rows) != len(all) {
			t.Errorf("sort=%s: %v", sort, rows)
		}
	}
	rows := d.all(path, "level", "ad", "fields", "actions", "date_preset", "last_90d", "sort", "actions:link_click_descending", "limit", "7")
	if !slices.IsSortedFunc(rows, func(a, b map[string]any) int {
		return rat(entries(b, "actions", "value")["link_click"]).Cmp(rat(entries(a, "actions", "value")["link_click"]))
	}) {
		t.Error("actions:link_click_descending is not in order")
	}
	r := ask("default_summary", "true", "limit", "1", "filtering", `[{"field":"campaign.name","operator":"CONTAIN","value":"`+name[:4]+`"}]`)
	sum, _ := r.body["summary"].(map[string]any)
	if want := sumRows(all).text("spend"); sum == nil || rat(sum["spend"].(string)).RatString() != want {
		t.Errorf("the summary is %v, want spend %s", sum, want)
	}
	if r := ask("summary", `["total_count","impressions"]`, "limit", "1"); fmt.Sprint(r.body["summary"].(map[string]any)["total_count"]) != fmt.Sprint(len(all)) {
		t.Errorf("%v", r.body["summary"])
	}
}

// TestInsightsRestate: conversions of a day rise for 28 days, spend of the last
// days shrinks, older days stand.
func TestInsightsRestate(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	day := func(date string) totals {
		return sumRows(d.all(d.node(0)+"/insights", "level", "campaign", "fields", ledgerFields, "time_range", ranged(date, date), "filtering", everything("campaign")))
	}
	fresh, old := day("2026-11-23"), day("2026-10-01")
	d.sim.Advance(29 * 24 * time.Hour)
	later := day("2026-11-23")
	if later["conversions"].Cmp(fresh["conversions"]) <= 0 || later["spend"].Cmp(fresh["spend"]) >= 0 {
		t.Errorf("conversions %s → %s, spend %s → %s", fresh.text("conversions"), later.text("conversions"), fresh.text("spend"), later.text("spend"))
	}
	d.sameTotals("an old day", day("2026-10-01"), old, "impressions", "spend", "conversions", "value")
}

// TestInsightsHoursWithoutTheHour: an object that did not deliver may have a
// row without the column.
func TestInsightsHoursWithoutTheHour(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3, Insights: sim.InsightsOptions{KeylessHours: true}})
	keyless := 0
	for _, r := range d.all(d.node(0)+"/insights", "level", "ad", "fields", "ad_id,impressions,clicks", "time_increment", "1", "date_preset", "last_28d",
		"breakdowns", "hourly_stats_aggregated_by_advertiser_time_zone", "limit", "1000") {
		if r["hourly_stats_aggregated_by_advertiser_time_zone"] == nil {
			keyless++
			if r["impressions"] != "0" || r["date_start"] == nil {
				t.Errorf("%v", r)
			}
		}
	}
	if keyless == 0 {
		t.Error("no such row")
	}
}

// TestInsightsNeedOnlyReading: a report run is no write; a viewer may have it.
func TestInsightsNeedOnlyReading(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	d.token = d.sim.Grant("ads_read").Access
	for i, a := range d.sim.Accounts() {
		want := http.StatusOK
		if a.Role == "" {
			want = http.StatusBadRequest
		}
		if r := d.get(d.node(i) + "/insights"); r.status != want {
			t.Errorf("%s (%s, %s): %s", a.Name, a.Role, a.Status, r.text)
		}
		if r := d.post(d.node(i)+"/insights", "fields", "spend"); r.status != want {
			t.Errorf("run for %s (%s, %s): %s", a.Name, a.Role, a.Status, r.text)
		}
	}
	body := `{"level":"campaign","fields":["campaign_id","spend"],"time_range":{"since":"2026-11-01","until":"2026-11-02"},"time_increment":1,"breakdowns":["age"]}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+"/v26.0/"+d.node(0)+"/insights?access_token="+d.token, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("a JSON body: %s", resp.Status)
	}
}
