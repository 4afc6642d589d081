package sim_test

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/providers/meta/sim"
)

// TestInsightsDefaults: the last 30 days without today, impressions and spend.
func TestInsightsDefaults(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	r := d.get(d.node(0) + "/insights")
	rows := r.rows()
	if r.status != http.StatusOK || len(rows) != 1 {
		t.Fatal(r.text)
	}
	for name, want := range map[string]any{"date_start": "2026-10-25", "date_stop": "2026-11-23", "account_id": d.sim.Accounts()[0].ID} {
		if rows[0][name] != want {
			t.Errorf("%s is %v, want %v", name, rows[0][name], want)
		}
	}
	if len(rows[0]) != 5 || r.next() != "" || !strings.Contains(r.text, `"cursors":{"after":"`) {
		t.Errorf("unexpected shape: %s", r.text)
	}
	if got := d.get(d.node(5) + "/insights").text; got != `{"data":[]}` { // nothing ever ran there
		t.Errorf("an account without delivery answers %s", got)
	}
}

func TestInsightsScalarsAreStrings(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	fields := "account_currency,account_name,impressions,clicks,spend,reach,frequency,ctr,cpc,cpm,cpp,unique_clicks,inline_link_clicks,attribution_setting"
	for i, want := range map[int]string{0: ".", 2: ""} { // EUR has two decimals, JPY none
		r := d.get(d.node(i)+"/insights", "fields", fields, "date_preset", "last_14d")
		for name, v := range r.rows()[0] {
			if _, ok := v.(string); !ok {
				t.Errorf("%s is %v", name, v)
			}
		}
		spend := r.rows()[0]["spend"].(string)
		if at := strings.IndexByte(spend, '.'); want == "" && at >= 0 || want != "" && at != len(spend)-3 {
			t.Errorf("spend of %v is %s", r.rows()[0]["account_currency"], spend)
		}
	}
}

// TestTrap02_SummingActionTypesCountsTwice: the views of an event overlap, in
// every account, so that a sum shows.
func TestTrap02_SummingActionTypesCountsTwice(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	seen := map[string]bool{}
	for i := range 4 {
		for _, row := range d.all(d.node(i)+"/insights", "level", "campaign", "fields", "objective,impressions,actions", "date_preset", "last_90d") {
			acts := entries(row, "actions", "value")
			for _, family := range [][]string{
				{"omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"},
				{"purchase", "offsite_conversion.fb_pixel_purchase"},
				{"lead", "onsite_conversion.lead_grouped"}, {"page_engagement", "post_engagement", "link_click"},
			} {
				for k := 1; k < len(family); k++ {
					wide, narrow := acts[family[k-1]], acts[family[k]]
					if wide == "" || narrow == "" {
						continue
					}
					seen[family[k-1]] = true
					if a, b := rat(wide), rat(narrow); a.Cmp(b) < 0 {
						t.Errorf("%s is %s, its part %s is %s", family[k-1], wide, family[k], narrow)
					}
				}
			}
		}
	}
	for _, kind := range []string{"omni_purchase", "purchase", "lead", "page_engagement"} {
		if !seen[kind] {
			t.Errorf("no row tells %s from its parts", kind)
		}
	}
}

func rat(s string) *big.Rat {
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return v
}

// TestInsightsWindows: keys only when asked for and not zero, 7d_view and
// 28d_view never; value is click plus view under the usual setting.
func TestInsightsWindows(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	plain := d.get(path, "fields", "actions,action_values", "date_preset", "last_90d")
	if strings.Contains(plain.text, "_click\":") || strings.Contains(plain.text, "d_view") {
		t.Errorf("windows that nobody asked for: %.300s", plain.text)
	}
	asked := d.get(path, "fields", "actions", "date_preset", "last_90d", "action_attribution_windows", `["1d_click","7d_click","28d_click","1d_view","7d_view","28d_view","1d_ev"]`)
	if strings.Contains(asked.text, `"7d_view":`) || strings.Contains(asked.text, `"28d_view":`) {
		t.Error("7d_view or 28d_view have data")
	}
	if strings.Contains(asked.text, `_click":"0"`) || strings.Contains(asked.text, `_view":"0"`) {
		t.Error("a window that is zero is shown")
	}
	row := asked.rows()[0]
	one, seven, month := entries(row, "actions", "1d_click"), entries(row, "actions", "7d_click"), entries(row, "actions", "28d_click")
	for kind, v := range entries(row, "actions", "value") {
		if rat(one[kind]).Cmp(rat(seven[kind])) > 0 || rat(seven[kind]).Cmp(rat(month[kind])) > 0 {
			t.Errorf("%s: windows shrink: %s %s %s of %s", kind, one[kind], seven[kind], month[kind], v)
		}
	}
	d.wants(d.get(path, "fields", "actions", "action_attribution_windows", "90d_click"), http.StatusBadRequest, "100")
}

// TestInsightsValueFollowsTheAdSetsSetting: value is what the setting counts;
// windows outside of it may be asked for all the same.
func TestInsightsValueFollowsTheAdSetsSetting(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	seen, outside := map[string]int{}, map[string]int{}
	for i := range 4 {
		for _, r := range d.all(d.node(i)+"/insights", "level", "ad", "fields", "attribution_setting,actions", "date_preset", "last_90d", "limit", "100",
			"action_attribution_windows", "1d_click,7d_click,28d_click,1d_view", "filtering", everything("ad")) {
			setting := r["attribution_setting"].(string)
			click, _, viewed := strings.Cut(strings.TrimSuffix(setting, "_1d_ev"), "_1d_view")
			viewed = viewed || strings.HasSuffix(setting, "_1d_view")
			clicks, views := entries(r, "actions", click), entries(r, "actions", "1d_view")
			for kind, v := range entries(r, "actions", "value") {
				want := rat(clicks[kind])
				if viewed {
					want = new(big.Rat).Add(want, rat(views[kind]))
				} else if views[kind] != "" {
					outside[setting]++
				}
				seen[setting]++
				if want.Cmp(rat(v)) != 0 {
					t.Fatalf("%s under %s is %s, by its windows %s", kind, setting, v, want.RatString())
				}
			}
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %v", seen)
	}
	for setting := range seen {
		if !strings.Contains(setting, "1d_view") && outside[setting] == 0 {
			t.Errorf("no view outside of %s", setting)
		}
	}
}

func TestTrap06_BreakdownNamesAreNoFieldsAndSingularIsIgnored(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	for _, f := range []string{"age", "publisher_platform", "no_such_metric", "impressions,gender", "actions{value}"} {
		r := d.get(path, "fields", f)
		if f == "actions{value}" {
			continue // sub-fields of a metric are left alone
		}
		d.wants(r, http.StatusBadRequest, "100")
		if !strings.Contains(r.message(), "is not valid for fields param") {
			t.Errorf("%s: %s", f, r.message())
		}
	}
	r := d.get(path, "fields", "impressions", "breakdown", "age")
	if r.status != http.StatusOK || len(r.rows()) != 1 || r.rows()[0]["age"] != nil {
		t.Errorf("`breakdown` was not ignored: %s", r.text)
	}
	d.wants(d.get(path, "fields", "impressions", "time_incremnt", "1"), http.StatusBadRequest, "100")
}

func TestTrap07_PlatformPositionNeedsPublisherPlatform(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	for breakdowns, columns := range map[string]string{
		`["platform_position"]`: "action_type, platform_position", `["impression_device"]`: "action_type, impression_device",
		`["age","country"]`: "action_type, age, country", `["region","gender"]`: "action_type, region, gender",
		`["age","age"]`: "action_type, age, age", `["country","product_id"]`: "action_type, country, product_id",
		`["platform_position","impression_device"]`: "action_type, platform_position, impression_device",
	} {
		r := d.get(path, "fields", "impressions", "breakdowns", breakdowns)
		d.wants(r, http.StatusBadRequest, "100")
		if want := "(#100) Current combination of data breakdown columns (" + columns + ") is invalid"; r.message() != want {
			t.Errorf("%s: %q, want %q", breakdowns, r.message(), want)
		}
	}
	d.wants(d.get(path, "fields", "actions", "breakdowns", "country", "action_breakdowns", "action_device"), http.StatusBadRequest, "100")
	d.wants(d.get(path, "fields", "actions", "action_breakdowns", `["action_device","action_reaction"]`), http.StatusBadRequest, "100")
	for _, b := range []string{"dma", "planet"} {
		r := d.get(path, "fields", "impressions", "breakdowns", b)
		if !strings.Contains(r.message(), b+" is not valid for breakdowns param") {
			t.Errorf("%s: %s", b, r.text)
		}
	}
	// Known columns that nothing falls under have no rows.
	if r := d.get(path, "breakdowns", "skan_version"); r.status != http.StatusOK || len(r.rows()) != 0 {
		t.Errorf("skan_version: %s", r.text)
	}
}

func TestInsightsFieldsThatBreakdownsForbid(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	path := d.node(0) + "/insights"
	for _, c := range [][3]string{
		{"campaign", "hourly_stats_aggregated_by_advertiser_time_zone", "video_play_actions"},
		{"ad", "image_asset", "ctr"}, {"account", "image_asset", "impressions"}, {"campaign", "frequency_value", "impressions"},
	} {
		d.wants(d.get(path, "level", c[0], "breakdowns", c[1], "fields", c[2]), http.StatusBadRequest, "2/1504041")
	}
	for _, row := range d.get(path, "breakdowns", "region", "date_preset", "last_7d", "fields", "impressions,video_p25_watched_actions,video_play_actions").rows() {
		if row["video_p25_watched_actions"] != nil || row["impressions"] == nil {
			t.Errorf("region: %v", row)
		}
	}
	if r := d.get(path, "breakdowns", "frequency_value", "fields", "reach"); len(r.rows()) < 3 {
		t.Errorf("frequency_value: %s", r.text)
	}
}

// TestTrap08_PagesHave25Rows: without a limit a page is short, and next leads on.
func TestTrap08_PagesHave25Rows(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	r := d.get(d.node(0)+"/insights", "level", "ad", "time_increment", "1", "fields", "ad_id,impressions")
	if len(r.rows()) != 25 || r.next() == "" {
		t.Fatalf("%d rows, next %q", len(r.rows()), r.next())
	}
	var want []string
	for _, limit := range []string{"1000", "25", "7", "1"} {
		var got []string
		for _, row := range d.all(d.node(0)+"/insights", "level", "ad", "time_increment", "1", "fields", "ad_id,impressions", "date_preset", "last_3d", "limit", limit) {
			got = append(got, fmt.Sprint(row["ad_id"], row["date_start"], row["impressions"]))
		}
		if want == nil {
			want = got
		}
		if len(want) < 30 || !slices.Equal(got, want) {
			t.Errorf("limit %s gives %d rows, 1000 gave %d", limit, len(got), len(want))
		}
	}
}

// TestInsightsPagesBackAndForth: previous leads to the page before, and a page
// by after alone ends in one that is empty and has no cursors.
func TestInsightsPagesBackAndForth(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	ask := []string{"level", "ad", "fields", "ad_id,spend", "breakdowns", "age", "date_preset", "last_7d", "limit", "10"}
	for _, sorted := range [][]string{nil, {"sort", "spend_descending"}} {
		first := d.get(d.node(0)+"/insights", append(slices.Clone(ask), sorted...)...)
		paging := first.body["paging"].(map[string]any)
		if paging["previous"] != nil {
			t.Error("the first page has a previous one")
		}
		second := d.send(http.MethodGet, first.next(), nil)
		third := d.send(http.MethodGet, second.next(), nil)
		back := d.send(http.MethodGet, third.body["paging"].(map[string]any)["previous"].(string), nil)
		if fmt.Sprint(back.rows()) != fmt.Sprint(second.rows()) {
			t.Errorf("back again: %v, want %v", back.rows(), second.rows())
		}
	}
	all := d.get(d.node(0)+"/insights", "level", "ad", "fields", "ad_id", "limit", "500")
	if all.next() != "" {
		t.Fatal("next on the last page")
	}
	after := all.body["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
	if r := d.get(d.node(0)+"/insights", "level", "ad", "fields", "ad_id", "limit", "500", "after", after); r.text != `{"data":[]}` {
		t.Errorf("past the end: %s", r.text)
	}
	d.wants(d.get(d.node(0)+"/insights", "level", "campaign", "after", after), http.StatusBadRequest, "100") // another report's
	d.wants(d.get(d.node(0)+"/insights", "after", "nonsense"), http.StatusBadRequest, "100")
	d.wants(d.get(d.node(0)+"/insights", "limit", "0"), http.StatusBadRequest, "100")
}

// TestInsightsAreChargedToReports: their use case, not that of management.
func TestInsightsAreChargedToReports(t *testing.T) {
	t.Parallel()
	d := openDesk(t, sim.Options{Seed: 3})
	for _, r := range []reply{d.get(d.node(0) + "/insights"), d.post(d.node(0)+"/insights", "fields", "spend"), d.get(d.start("fields", "spend"))} {
		if h := r.header.Get("X-Business-Use-Case-Usage"); !strings.Contains(h, `"type":"ads_insights"`) || strings.Contains(h, "ads_management") {
			t.Errorf("X-Business-Use-Case-Usage is %s", h)
		}
		if h := r.header.Get("X-Fb-Ads-Insights-Throttle"); !strings.Contains(h, `"acc_id_util_pct":`) {
			t.Errorf("X-Fb-Ads-Insights-Throttle is %q", h)
		}
	}
}
