package sim_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

const loadBody = `{"account":{"name":"Acme's","currency":"EUR","time_zone":"UTC"},"campaigns":[
 {"name":"C1","status":"active","objective":"traffic","start":"2026-11-01","end":"","daily_budget":"12.50","groups":[{"name":"G1","status":"active","ads":[
  {"name":"A1","status":"active","headline":"Hello","text":"World","url":"https://a.example/x","facts":[
   {"date":"2026-11-01","impressions":1000,"clicks":10,"cost":"12.34","conversions":"2","conversion_value":"40.00"},
   {"date":"2026-11-24","impressions":7,"clicks":0,"cost":"0.01"}]},
  {"name":"A2","status":"paused","headline":"Bye","text":"","url":"https://a.example/y","facts":[]}]}]},
 {"name":"C2","status":"paused","objective":"awareness","groups":[]}]}`

func TestLoadedAccountHoldsExactlyWhatWasGiven(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	var busy sync.WaitGroup
	for range 4 { // reading goes on meanwhile
		busy.Go(func() { w.sim.Accounts() })
	}
	a := w.control("POST", "/_sim/load", loadBody)
	busy.Wait()
	org, _ := a.body["org"].(string)
	if a.status != 200 || org == "" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	groups := w.ok("/rest/adAccounts/" + org + "/adCampaignGroups?q=search").elements()
	if len(groups) != 2 || groups[0]["name"] != "C1" || groups[0]["objectiveType"] != "WEBSITE_VISIT" || groups[1]["status"] != "PAUSED" {
		t.Errorf("%v", groups)
	}
	campaigns := w.ok("/rest/adAccounts/" + org + "/adCampaigns?q=search").elements()
	if len(campaigns) != 1 || campaigns[0]["dailyBudget"] != nil || campaigns[0]["status"] != "ACTIVE" {
		t.Errorf("%v", campaigns)
	}
	if creatives := w.ok("/rest/adAccounts/"+org+"/creatives?q=criteria", "X-RestLi-Method: FINDER").elements(); len(creatives) != 2 || creatives[0]["name"] != "A1" {
		t.Errorf("%v", creatives)
	}
	l := w.control("GET", "/_sim/ledger?org="+org+"&from=2026-10-01&to=2027-01-01", "")
	if lines := strings.Split(strings.TrimSpace(l.text), "\n"); len(lines) != 2 || !strings.Contains(lines[0], `"cost":"12.34"`) || !strings.Contains(lines[0], `"conversions":2,`) {
		t.Errorf("%s", l.text)
	}
	report := w.ok("/rest/adAnalytics?q=analytics&pivot=CREATIVE&timeGranularity=DAILY&dateRange=(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:30))&accounts=List(urn%3Ali%3AsponsoredAccount%3A" + org + ")&fields=impressions,clicks,costInLocalCurrency,externalWebsiteConversions,dateRange")
	if rows := report.elements(); len(rows) != 2 || rows[0]["costInLocalCurrency"] != "12.34" {
		t.Errorf("%s", report.text)
	}
	for _, bad := range []string{
		`{"foo":1}`, strings.Replace(loadBody, `"UTC"`, `"Europe/Berlin"`, 1), strings.Replace(loadBody, `"conversions":"2"`, `"conversions":"2.5"`, 1),
		strings.Replace(loadBody, "2026-11-24", "2026-11-25", 1),
	} {
		if a := w.control("POST", "/_sim/load", bad); a.status != 400 {
			t.Errorf("taken: %s", bad)
		}
	}
}
