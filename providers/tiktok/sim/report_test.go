package sim_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// sums are the five numbers that the ledger has.
type sums struct{ impressions, clicks, cost, conversions, value big.Rat }

func (s *sums) String() string {
	return fmt.Sprint(s.impressions.FloatString(0), s.clicks.FloatString(0), s.cost.FloatString(2), s.conversions.FloatString(0), s.value.FloatString(2))
}

func add(t *testing.T, r *big.Rat, text string) {
	t.Helper()
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	r.Add(r, v)
}

// ledger sums the truth by a key of its lines.
func (w *world) ledger(org, from, to string, key func(obj) string) map[string]*sums {
	w.t.Helper()
	a := w.control(http.MethodGet, "ledger?org="+org+"&from="+from+"&to="+to, "")
	out := map[string]*sums{}
	scan := bufio.NewScanner(strings.NewReader(a.text))
	for scan.Scan() {
		d := json.NewDecoder(strings.NewReader(scan.Text()))
		d.UseNumber()
		var o obj
		if err := d.Decode(&o); err != nil {
			w.t.Fatal(err)
		}
		k := key(o)
		if out[k] == nil {
			out[k] = &sums{}
		}
		add(w.t, &out[k].impressions, text(o, "impressions"))
		add(w.t, &out[k].clicks, text(o, "clicks"))
		add(w.t, &out[k].cost, text(o, "cost"))
		add(w.t, &out[k].conversions, text(o, "conversions"))
		add(w.t, &out[k].value, text(o, "conversion_value"))
	}
	return out
}

var fiveMetrics = []string{"impressions", "clicks", "spend", "conversion", "total_complete_payment_rate", "total_purchase_value", "total_onsite_shopping_value"}

func addRow(t *testing.T, out map[string]*sums, k string, m obj) {
	t.Helper()
	if out[k] == nil {
		out[k] = &sums{}
	}
	add(t, &out[k].impressions, text(m, "impressions"))
	add(t, &out[k].clicks, text(m, "clicks"))
	add(t, &out[k].cost, text(m, "spend"))
	add(t, &out[k].conversions, text(m, "conversion"))
	for _, n := range fiveMetrics[4:] {
		add(t, &out[k].value, text(m, n))
	}
}

func (w *world) report(params obj, key func(obj) string) map[string]*sums {
	w.t.Helper()
	out := map[string]*sums{}
	for _, r := range w.walk("/report/integrated/get/", params) {
		addRow(w.t, out, key(r["dimensions"].(obj)), r["metrics"].(obj))
	}
	return out
}

func same(t *testing.T, got, want map[string]*sums) {
	t.Helper()
	if len(want) == 0 {
		t.Error("nothing to compare")
	}
	for k, v := range want {
		if got[k] == nil || got[k].String() != v.String() {
			t.Errorf("%s: %v, want %v", k, got[k], v)
		}
	}
	for k := range got {
		if want[k] == nil {
			t.Errorf("%s should not be there", k)
		}
	}
}

const everything = `["STATUS_ALL"]`

func statusAll(level string) []obj {
	return []obj{{"field_name": level + "_status", "filter_type": "IN", "filter_value": everything}}
}

// TestReportsEqualTheLedger at every level and by every id, each account.
func TestReportsEqualTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5})
	for i := range 4 { // the fifth is suspended
		org := w.account(i)
		for _, x := range []struct{ level, dim, status, ledger string }{
			{"AUCTION_AD", "ad_id_v2", "ad", "ad"}, {"AUCTION_ADGROUP", "adgroup_id", "adgroup", "group"},
			{"AUCTION_CAMPAIGN", "campaign_id", "campaign", "campaign"}, {"AUCTION_ADVERTISER", "advertiser_id", "", "org"},
		} {
			p := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": x.level, "dimensions": []string{x.dim, "stat_time_day"},
				"metrics": fiveMetrics, "start_date": "2026-10-26", "end_date": "2026-11-24", "page_size": 200}
			if x.status != "" {
				p["filtering"] = statusAll(x.status)
			}
			got := w.report(p, func(d obj) string { return text(d, x.dim) + " " + text(d, "stat_time_day")[:10] })
			same(t, got, w.ledger(org, "2026-10-26", "2026-11-25", func(o obj) string { return text(o, x.ledger) + " " + text(o, "date") }))
		}
	}
}

// TestSplitsAddUp: breakdowns, hours and creatives cut the same whole.
func TestSplitsAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5})
	org := w.account(0)
	whole := w.ledger(org, "2026-11-10", "2026-11-17", func(obj) string { return "all" })
	for _, dims := range [][]string{{"ad_id", "age", "gender", "stat_time_day"}, {"campaign_id", "country_code", "stat_time_day"}, {"adgroup_id", "platform"}, {"advertiser_id", "language"}} {
		level := map[string]string{"ad_id": "AUCTION_AD", "campaign_id": "AUCTION_CAMPAIGN", "adgroup_id": "AUCTION_ADGROUP", "advertiser_id": "AUCTION_ADVERTISER"}[dims[0]]
		p := obj{"advertiser_id": org, "report_type": "AUDIENCE", "data_level": level, "dimensions": dims, "metrics": fiveMetrics, "start_date": "2026-11-10", "end_date": "2026-11-16", "page_size": 1000,
			"filtering": append(append(statusAll("ad"), statusAll("adgroup")...), statusAll("campaign")...)}
		same(t, w.report(p, func(obj) string { return "all" }), whole)
	}
	basic := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"}, "metrics": fiveMetrics,
		"start_date": "2026-11-10", "end_date": "2026-11-16", "page_size": 1000, "filtering": statusAll("ad")}
	same(t, w.report(basic, func(obj) string { return "all" }), whole)
	hourly := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_hour"}, "metrics": fiveMetrics,
		"start_date": "2026-11-10", "end_date": "2026-11-10", "page_size": 1000, "filtering": statusAll("ad")}
	same(t, w.report(hourly, func(obj) string { return "all" }), w.ledger(org, "2026-11-10", "2026-11-11", func(obj) string { return "all" }))
	// A region's sum stays below the whole.
	region := obj{"advertiser_id": org, "report_type": "AUDIENCE", "data_level": "AUCTION_ADVERTISER", "dimensions": []string{"province_id"}, "metrics": fiveMetrics, "start_date": "2026-11-10", "end_date": "2026-11-16"}
	got := w.report(region, func(obj) string { return "all" })
	if got["all"].impressions.Cmp(&whole["all"].impressions) >= 0 {
		t.Error("the regions have everything")
	}
}

// TestTrap5DeletedObjectsAreMissing from the sums of their level by default.
func TestTrap5DeletedObjectsAreMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 5})
	org := w.account(0)
	total := func(level, dim string, filter []obj) *sums {
		p := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": level, "dimensions": []string{dim}, "metrics": fiveMetrics, "start_date": "2026-01-01", "end_date": "2026-11-24", "page_size": 1000}
		if filter != nil {
			p["filtering"] = filter
		}
		return w.report(p, func(obj) string { return "all" })["all"]
	}
	all := total("AUCTION_ADVERTISER", "advertiser_id", nil)
	for level, dim := range map[string]string{"CAMPAIGN": "campaign_id", "ADGROUP": "adgroup_id", "AD": "ad_id"} {
		short, full := total("AUCTION_"+level, dim, nil), total("AUCTION_"+level, dim, statusAll(strings.ToLower(level)))
		if short.cost.Cmp(&all.cost) >= 0 || full.String() != all.String() {
			t.Errorf("%s: %v by default, %v with everything, %v in the account", level, short, full, all)
		}
	}
}

// TestTrap6OnlyTheNewestAds are looked at, and only a header tells.
func TestTrap6OnlyTheNewestAds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 2, Groups: 2, Ads: 5, Dense: true, HistoryDays: 10, Reports: sim.ReportOptions{ThrottleAds: 7}})
	p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id"}, "start_date": "2026-11-20", "end_date": "2026-11-23", "page_size": 100}
	a := w.get("/report/integrated/get/", p)
	if n := len(rows(w.data(a))); n != 7 || a.header.Get("X-Tt-Ads-Throttle") == "" {
		t.Errorf("%d rows, header %q", n, a.header.Get("X-Tt-Ads-Throttle"))
	}
	lines := strings.Split(strings.TrimSpace(w.task(obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id"}, "start_date": "2026-11-20", "end_date": "2026-11-23"})), "\n")
	if len(lines) != 21 {
		t.Errorf("%d lines in the task's file, want 20 and a title", len(lines))
	}
}

// TestReportRules: what the platform refuses.
func TestReportRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, x := range map[string]struct {
		change obj
		part   string
	}{
		"day range":       {obj{"start_date": "2026-10-01"}, "30 day"},
		"hour range":      {obj{"dimensions": []string{"ad_id", "stat_time_hour"}}, "1 day"},
		"year":            {obj{"dimensions": []string{"ad_id"}, "start_date": "2025-01-01"}, "365"},
		"date":            {obj{"start_date": "01.11.2026"}, "Invalid date format"},
		"metric":          {obj{"metrics": []string{"spend", "gold"}}, "Invalid metric fields: ['gold']"},
		"cash":            {obj{"metrics": []string{"cash_spend"}}, "Invalid metric fields"},
		"dimension":       {obj{"dimensions": []string{"ad_id", "colour"}}, "colour"},
		"two ids":         {obj{"dimensions": []string{"ad_id", "ad_id_v2"}}, "Conflict occurs"},
		"too deep":        {obj{"data_level": "AUCTION_CAMPAIGN"}, "Conflict occurs"},
		"attribute":       {obj{"data_level": "AUCTION_CAMPAIGN", "dimensions": []string{"campaign_id"}, "metrics": []string{"ad_name"}}, "ad_name"},
		"audience alone":  {obj{"report_type": "AUDIENCE"}, "Conflict occurs"},
		"audience reach":  {obj{"report_type": "AUDIENCE", "dimensions": []string{"ad_id", "age"}, "metrics": []string{"reach"}}, "Conflict occurs"},
		"three audiences": {obj{"report_type": "AUDIENCE", "dimensions": []string{"ad_id", "age", "platform"}}, "Conflict occurs"},
		"real array":      {obj{"filtering": []obj{{"field_name": "ad_ids", "filter_type": "IN", "filter_value": []string{"1"}}}}, "filter_value"},
		"object filter":   {obj{"filtering": obj{"ad_ids": []string{"1"}}}, "filtering"},
		"creative type":   {obj{"filtering": []obj{{"field_name": "campaign_automation_type", "filter_type": "IN", "filter_value": `["UPGRADED_SMART_PLUS_CREATIVE"]`}}}, "campaign_automation_type"},
		"page size":       {obj{"page_size": 1001}, "page_size"},
		"level":           {obj{"data_level": "AUCTION_GALAXY"}, "data_level"},
		"country":         {obj{"dimensions": []string{"ad_id", "country_code"}, "metrics": []string{"conversion"}}, "Conflict occurs"},
	} {
		p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"}, "metrics": []string{"spend"}, "start_date": "2026-11-10", "end_date": "2026-11-16"}
		for k, v := range x.change {
			p[k] = v
		}
		t.Run(name, func(t *testing.T) { wantRefused(t, w.get("/report/integrated/get/", p), "40002", x.part) })
	}
}

// TestValuesAreTexts: counts, percents, order, totals, the default page and
// metrics.
func TestValuesAreTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"}, "start_date": "2026-11-01", "end_date": "2026-11-23"}
	d := w.data(w.get("/report/integrated/get/", p))
	if len(rows(d)) != 10 || len(rows(d)[0]["metrics"].(obj)) != 2 {
		t.Errorf("defaults: %v", d)
	}
	p["metrics"] = []string{"spend", "impressions", "clicks", "ctr", "cpc", "reach", "skan_conversion", "ad_name", "promotion_type", "currency", "result", "real_time_conversion"}
	p["order_field"], p["enable_total_metrics"], p["page_size"] = "spend", true, 1000
	d = w.data(w.get("/report/integrated/get/", p))
	last, sum := new(big.Rat).SetInt64(1<<40), new(big.Rat)
	for _, r := range rows(d) {
		m := r["metrics"].(obj)
		for k, v := range m {
			if _, ok := v.(string); !ok {
				t.Fatalf("%s is %T", k, v)
			}
		}
		v, _ := new(big.Rat).SetString(text(m, "spend"))
		if v.Cmp(last) > 0 {
			t.Fatal("not in order")
		}
		last = v
		sum.Add(sum, v)
		imp, _ := new(big.Rat).SetString(text(m, "impressions"))
		clicks, _ := new(big.Rat).SetString(text(m, "clicks"))
		if want := new(big.Rat).Quo(clicks.Mul(clicks, big.NewRat(100, 1)), imp).FloatString(2); text(m, "ctr") != want {
			t.Fatalf("ctr %s, want %s", text(m, "ctr"), want)
		}
	}
	if text(d, "total_metrics", "spend") != sum.FloatString(2) || text(d, "total_metrics", "ctr") != "-" || text(d, "total_metrics", "reach") != "-" {
		t.Errorf("totals %v, want %s", d["total_metrics"], sum.FloatString(2))
	}
}

// TestSeveralAccounts in one report: cut amounts, a currency in every row.
func TestSeveralAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	p := obj{"advertiser_ids": []string{w.account(0), w.account(1)}, "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN", "dimensions": []string{"campaign_id"}, "metrics": []string{"spend"}, "start_date": "2026-11-01", "end_date": "2026-11-23", "page_size": 100}
	currencies := map[string]bool{}
	for _, r := range w.walk("/report/integrated/get/", p) {
		currencies[text(r, "currency")] = true
		if strings.Contains(text(r, "metrics", "spend"), ".") {
			t.Errorf("spend %s", text(r, "metrics", "spend"))
		}
	}
	if !currencies["EUR"] || !currencies["USD"] {
		t.Errorf("%v", currencies)
	}
}

// TestNumbersMove: conversions come in late, invalid clicks go.
func TestNumbersMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	day := func() *sums {
		p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_ADVERTISER", "dimensions": []string{"stat_time_day"}, "metrics": fiveMetrics, "start_date": "2026-11-23", "end_date": "2026-11-23"}
		return w.report(p, func(obj) string { return "all" })["all"]
	}
	before := day()
	w.sim.Advance(30 * 24 * time.Hour)
	after := day()
	if after.conversions.Cmp(&before.conversions) <= 0 || after.cost.Cmp(&before.cost) >= 0 {
		t.Errorf("%v before, %v after", before, after)
	}
}

// TestTwoDoorsAgree about the days that are over.
func TestTwoDoorsAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Seed: 9})
	org := w.account(1)
	p := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id_v2", "stat_time_day"}, "metrics": fiveMetrics, "start_date": "2026-01-01", "end_date": "2026-11-23",
		"filtering": statusAll("ad"), "enable_report_title_translation": false}
	lines, err := csv.NewReader(strings.NewReader(w.task(p))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*sums{}
	for _, l := range lines[1:] {
		m := obj{}
		for i, n := range lines[0] {
			m[n] = l[i]
		}
		addRow(t, got, l[0]+" "+l[1][:10], m)
	}
	same(t, got, w.ledger(org, "2026-01-01", "2026-11-24", func(o obj) string { return text(o, "ad") + " " + text(o, "date") }))
}
