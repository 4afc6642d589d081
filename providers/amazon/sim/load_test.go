package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

const acme = `{"account":{"name":"Acme, \"loaded\"","currency":"EUR","time_zone":"UTC"},"campaigns":[
 {"name":"C1","status":"active","objective":"sales","start":"2026-11-01","end":"2026-12-31","daily_budget":"12.50","groups":[
  {"name":"G1","status":"active","ads":[{"name":"A1","status":"paused","headline":"Head","text":"Body","url":"https://a.example/x",
    "facts":[{"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.00"}]}]}]},
 {"name":"C2","status":"paused","objective":"traffic","start":"","end":"","daily_budget":"","groups":[
  {"name":"G2","status":"active","ads":[{"name":"A2","status":"active","headline":"Head","text":"Body","url":"https://a.example/y",
    "facts":[{"date":"2026-11-02","impressions":7,"clicks":1,"cost":"0.10","conversions":"0","conversion_value":"0"}]}]}]},
 {"name":"C3","status":"active","objective":"awareness","start":"","end":"","daily_budget":"5","groups":[
  {"name":"G3","status":"active","ads":[{"name":"A3","status":"active","headline":"Head","text":"Body","url":"https://a.example/z",
    "facts":[{"date":"2026-11-03","impressions":70,"clicks":1,"cost":"0.20","conversions":"1","conversion_value":"9.99"}]}]}]}]}`

func TestAnAccountIsLoaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got := w.call("POST", "/_sim/load", acme)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	all := w.sim.Accounts()
	w.org = all[len(all)-1]
	if w.org.ID != text(got.body, "org") || w.org.Region != "eu" || w.org.Zone != "UTC" {
		t.Fatalf("%v", w.org)
	}
	c, _ := w.items("/sp/campaigns", `{}`)
	if len(c) != 1 || text(c[0], "campaignId") != text(got.body, "campaigns", 0, "id") || text(c[0], "name") != "C1" || text(c[0], "state") != "ENABLED" || text(c[0], "budget", "budget") != "12.5" || text(c[0], "startDate") != "2026-11-01" || text(c[0], "endDate") != "2026-12-31" {
		t.Errorf("%v", c)
	}
	display := w.call("GET", "/sd/productAds", "")
	if len(display.list) != 1 || text(display.list[0], "landingPageURL") != "https://a.example/y" || text(display.list[0], "adName") != "A2" || text(display.list[0], "adId") != text(got.body, "campaigns", 1, "groups", 0, "ads", 0, "id") {
		t.Errorf("%s", display.text)
	}
	brand, _ := w.items("/sb/v4/ads", `{}`)
	if len(brand) != 1 || text(brand[0], "creative", "headline") != "Head" || text(brand[0], "landingPage", "url") != "https://a.example/z" {
		t.Errorf("%v", brand)
	}
	for _, x := range []struct{ product, kind, cost, orders, column string }{
		{"SPONSORED_PRODUCTS", "spCampaigns", "12.34", "2", "purchases14d"}, {"SPONSORED_DISPLAY", "sdCampaigns", "0.1", "0", "purchases"}, {"SPONSORED_BRANDS", "sbCampaigns", "0.2", "1", "purchases"},
	} {
		rows := w.report("2026-11-01", "2026-11-20", config(x.product, x.kind, "campaign", "date campaignId impressions cost "+x.column, "DAILY"))
		if len(rows) != 1 || text(rows[0], "cost") != x.cost || text(rows[0], x.column) != x.orders {
			t.Errorf("%s: %v", x.kind, rows)
		}
	}
	if n := strings.Count(w.call("GET", "/_sim/ledger?org="+w.org.ID+"&from=2026-11-01&to=2026-12-01", "").text, "\n"); n != 3 {
		t.Errorf("%d lines", n)
	}
	for _, bad := range []string{strings.Replace(acme, `"EUR"`, `"HUF"`, 1), strings.Replace(acme, `"conversions":"2"`, `"conversions":"2.5"`, 1), strings.Replace(acme, `"name"`, `"colour"`, 1)} {
		if a := w.call("POST", "/_sim/load", bad); a.status != 400 {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
}

func TestTheLedgerCanNameTheProduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{PrefixedIDs: true})
	a := w.call("GET", "/_sim/ledger?org="+w.org.ID+"&from=2026-11-20&to=2026-11-21", "")
	for _, p := range []string{`"campaign":"sp:`, `"group":"sb:`, `"ad":"sd:`} {
		if !strings.Contains(a.text, p) {
			t.Errorf("no %s", p)
		}
	}
	got := w.call("POST", "/_sim/load", acme)
	for i, p := range []string{"sp:", "sd:", "sb:"} {
		for _, id := range []string{text(got.body, "campaigns", i, "id"), text(got.body, "campaigns", i, "groups", 0, "id"), text(got.body, "campaigns", i, "groups", 0, "ads", 0, "id")} {
			if !strings.HasPrefix(id, p) {
				t.Errorf("%s of a campaign of %s", id, p)
			}
		}
	}
}

func TestALargeProfileIsMadeAndReportedQuickly(t *testing.T) {
	t.Parallel()
	start := time.Now()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true})
	made := time.Since(start)
	start = time.Now()
	ads := 0
	for _, x := range []struct{ product, kind, by string }{{"SPONSORED_PRODUCTS", "spAdvertisedProduct", "advertiser"}, {"SPONSORED_BRANDS", "sbAds", "ads"}, {"SPONSORED_DISPLAY", "sdAdvertisedProduct", "advertiser"}} {
		ads += len(w.report("2026-10-24", "2026-11-23", config(x.product, x.kind, x.by, "date adId impressions clicks cost", "DAILY")))
	}
	if ads != 2000*31 {
		t.Errorf("%d rows", ads)
	}
	t.Logf("made in %s, 62,000 rows in %s", made, time.Since(start))
	if made > 2*time.Second {
		t.Errorf("made in %s", made)
	}
}

func TestFaultsStrikeAndCarryARequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.sim.Fault(sim.Fault{Path: "/sp/campaigns/list", Status: 503, Body: []byte(`"<html>Service Unavailable</html>"`)})
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 503 || a.header.Get("x-amzn-RequestId") == "" {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 200 {
		t.Errorf("%d", a.status)
	}
	last := w.sim.Calls()
	if c := last[len(last)-1]; c.Operation != "POST /sp/campaigns/list" || c.Version != "eu" {
		t.Errorf("%+v", c)
	}
}
