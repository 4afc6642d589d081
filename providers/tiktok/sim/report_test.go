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
