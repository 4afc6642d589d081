package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

const acme = `{"account":{"name":"Acme, \"loaded\"","currency":"EUR","time_zone":"Europe/Berlin"},"campaigns":[
 {"name":"C1","status":"active","objective":"leads","start":"2026-11-01","end":"2026-12-31","daily_budget":"12.50","groups":[
  {"name":"G1","status":"active","ads":[{"name":"A1","status":"paused","headline":"Head","text":"Body","url":"https://a.example/x",
    "facts":[{"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.00"}]}]}]},
 {"name":"C2","status":"paused","objective":"sales","start":"","end":"","daily_budget":"","groups":[]},
 {"name":"C3","status":"paused","objective":"awareness","start":"","end":"","daily_budget":"","groups":[]}]}`

func TestAnAccountIsLoaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got := w.control(http.MethodPost, "load", acme)
	if got.status != 200 {
		t.Fatalf("load: %d %s", got.status, got.text)
	}
	org := text(got.body, "org")
	c := got.body["campaigns"].([]any)[0].(obj)
	g := c["groups"].([]any)[0].(obj)
	ad := text(g["ads"].([]any)[0], "id")
	campaigns := w.walk("/campaign/get/", obj{"advertiser_id": org})
	if len(campaigns) != 3 || text(campaigns[2], "campaign_id") != text(c, "id") || text(campaigns[2], "budget") != "12.5" ||
		text(campaigns[2], "budget_mode") != "BUDGET_MODE_DAY" || text(campaigns[2], "objective_type") != "LEAD_GENERATION" ||
		text(campaigns[1], "objective_type") != "WEB_CONVERSIONS" || text(campaigns[0], "objective_type") != "REACH" || text(campaigns[0], "operation_status") != "DISABLE" {
		t.Errorf("campaigns %v", campaigns)
	}
	group := w.walk("/adgroup/get/", obj{"advertiser_id": org})[0]
	if text(group, "schedule_start_time") != "2026-10-31 23:00:00" || text(group, "schedule_end_time") != "2026-12-31 22:59:59" || text(group, "adgroup_id") != text(g, "id") {
		t.Errorf("ad group %v", group)
	}
	one := w.walk("/ad/get/", obj{"advertiser_id": org})[0]
	if text(one, "ad_id") != ad || text(one, "landing_page_url") != "https://a.example/x" || text(one, "ad_text") != "Head Body" || text(one, "operation_status") != "DISABLE" {
		t.Errorf("ad %v", one)
	}
	p := obj{"advertiser_id": org, "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"}, "metrics": fiveMetrics, "start_date": "2026-11-01", "end_date": "2026-11-20"}
	same(t, w.report(p, func(d obj) string { return text(d, "ad_id") }), w.ledger(org, "2026-11-01", "2026-12-01", func(o obj) string { return text(o, "ad") }))
	p["query_lifetime"], p["dimensions"] = true, []string{"ad_id"}
	same(t, w.report(p, func(d obj) string { return text(d, "ad_id") }), w.ledger(org, "2026-11-01", "2026-12-01", func(o obj) string { return text(o, "ad") }))
}

func TestBadLoadsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, body := range map[string]string{
		"unknown name": `{"account":{"name":"A","currency":"EUR","time_zone":"UTC","colour":"red"},"campaigns":[]}`,
		"currency":     `{"account":{"name":"A","currency":"XAU","time_zone":"UTC"},"campaigns":[]}`,
		"zone":         `{"account":{"name":"A","currency":"EUR","time_zone":"Mars/Olympus"},"campaigns":[]}`,
	} {
		if a := w.control(http.MethodPost, "load", body); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

// TestALargeAccountIsMadeAndServedQuickly: three years of 2,000 ads.
func TestALargeAccountIsMadeAndServedQuickly(t *testing.T) {
	t.Parallel()
	start := time.Now()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true})
	made := time.Since(start)
	start = time.Now()
	ads := w.walk("/ad/get/", obj{"advertiser_id": w.account(0), "page_size": 1000})
	listed := time.Since(start)
	start = time.Now()
	p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"}, "metrics": fiveMetrics, "start_date": "2026-10-25", "end_date": "2026-11-23", "page_size": 1000}
	month := len(w.walk("/report/integrated/get/", p))
	reported := time.Since(start)
	start = time.Now()
	delete(p, "page_size")
	p["start_date"] = "2026-05-01"
	lines := strings.Count(w.task(p), "\n") - 1
	t.Logf("made in %s, %d ads in %s, %d rows in %s, %d lines in %s", made, len(ads), listed, month, reported, lines, time.Since(start))
	if len(ads) != 2000 || month != 60_000 || lines != 207*2000 {
		t.Errorf("%d ads, %d rows, %d lines", len(ads), month, lines)
	}
	if made > time.Second {
		t.Errorf("made in %s", made)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		sim.New(sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: tuesday})
	}
}
