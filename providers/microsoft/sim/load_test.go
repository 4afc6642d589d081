package sim_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

var thousands = regexp.MustCompile(`"\d{1,3}(,\d{3})+\.\d\d"`)

const acme = `{"account":{"name":"Acme, \"loaded\"","currency":"EUR","time_zone":"UTC"},"campaigns":[
 {"name":"C1","status":"active","objective":"awareness","start":"2026-11-01","end":"","daily_budget":"12.50","groups":[
  {"name":"G1","status":"active","ads":[{"name":"A1","status":"paused","headline":"Head","text":"Body","url":"https://a.example/x",
    "facts":[{"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2.5","conversion_value":"40.00"}]}]}]},
 {"name":"C2","status":"paused","objective":"sales","start":"","end":"","daily_budget":"","groups":[{"name":"G2","status":"paused","ads":[
   {"name":"A2","status":"active","headline":"Head","text":"Body","url":"https://a.example/y","facts":[]}]}]}]}`

func TestAnAccountIsLoaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got := w.control(http.MethodPost, "load", acme)
	if got.status != 200 {
		t.Fatalf("load: %d %s", got.status, got.text)
	}
	for _, a := range w.sim.Accounts() {
		if a.ID == text(got.body, "org") {
			w.acc = a
		}
	}
	if w.acc.Name != `Acme, "loaded"` || w.acc.TimeZone != "GreenwichMeanTimeDublinEdinburghLisbonLondon" || w.acc.Role != "Super Admin" {
		t.Fatalf("%+v", w.acc)
	}
	c := got.body["campaigns"].([]any)
	c1, ad := text(c[0], "id"), text(list(list(c[0], "groups")[0], "ads")[0], "id")
	camp := w.campaign(c1)
	for k, v := range map[string]string{"Name": "C1", "Status": "Active", "DailyBudget": "12.5", "CampaignType": "Audience", "StartDate": "2026-11-01T00:00:00"} {
		if text(camp, k) != v {
			t.Errorf("%s = %q, want %q", k, text(camp, k), v)
		}
	}
	if text(camp, "BiddingScheme", "Type") != "ManualCpm" || text(w.campaign(text(c[1], "id")), "BiddingScheme", "Type") != "MaxConversions" {
		t.Errorf("%v", camp["BiddingScheme"])
	}
	group := text(list(c[0], "groups")[0], "id")
	ads := list(w.ok("Ads/QueryByAdGroupId", `{"AdGroupId":"`+group+`","AdTypes":`+adTypes+`}`), "Ads")
	if len(ads) != 1 || text(ads[0], "Id") != ad || text(ads[0], "Status") != "Paused" || text(ads[0], "Headline") != "Head" {
		t.Errorf("%v", ads)
	}
	rows := w.rows(w.request("Ad", "Daily", "2026-11-01", "2026-11-20", append([]string{"TimePeriod", "AdId", "CurrencyCode"}, kpis...)...))
	if len(rows) != 1 || rows[0]["AdId"] != ad || rows[0]["Spend"] != "12.34" || rows[0]["ConversionsQualified"] != "2.50" || rows[0]["Revenue"] != "40.00" {
		t.Errorf("%v", rows)
	}
	for name, body := range map[string]string{
		"unknown name": strings.Replace(acme, `"name"`, `"colour":1,"name"`, 1), "currency": strings.Replace(acme, "EUR", "XAU", 1),
		"zone": strings.Replace(acme, "UTC", "Antarctica/Troll", 1), "same name": strings.Replace(acme, "C2", "c1", 1),
	} {
		if a := w.control(http.MethodPost, "load", body); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

func TestFaultsCarryAnId(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.control(http.MethodPost, "fault", `{"path":"/User/Query","status":502,"body":"<html>Bad Gateway</html>"}`)
	a := w.do(http.MethodPost, "/CustomerManagement/v13/User/Query", `{}`)
	if a.status != 502 || a.header.Get("TrackingId") == "" || a.body != nil {
		t.Errorf("%d %v %s", a.status, a.header, a.text)
	}
	if err := w.sim.Fault(sim.Fault{Path: "/Campaigns", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	w.sim.ClearFaults()
	w.ok("/CustomerManagement/v13/User/Query", `{}`)
}

func TestALargeAccountIsMadeAndReportedQuickly(t *testing.T) {
	t.Parallel()
	start := time.Now()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true})
	made := time.Since(start)
	start = time.Now()
	rows := strings.Count(w.file(w.submit(w.request("Ad", "Daily", "2026-08-24", "2026-11-23", append([]string{"TimePeriod", "AdId", "AdGroupId", "CampaignId"}, kpis...)...))), "\r\n") - 1
	if took := time.Since(start); rows != 2000*92 || made > time.Second || took > 10*time.Second {
		t.Errorf("%d rows; made in %s, reported in %s", rows, made, took)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		sim.New(sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: func() time.Time { return noon }})
	}
}
