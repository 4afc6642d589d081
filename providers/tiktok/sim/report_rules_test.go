package sim_test

import (
	"maps"
	"math/big"
	"testing"

	"github.com/admux/admux/providers/tiktok/sim"
)

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
		maps.Copy(p, x.change)
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
