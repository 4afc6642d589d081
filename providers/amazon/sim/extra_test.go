package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

func TestChangesAreAFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	c, _ := w.items("/sp/campaigns", `{"stateFilter":{"include":["ENABLED"]}}`)
	id := text(c[0], "campaignId")
	w.vnd("PUT", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[{"campaignId":"`+id+`","budget":{"budgetType":"DAILY","budget":77.5}}]}`)
	w.sim.Advance(time.Minute)
	w.vnd("POST", "/sp/campaigns/delete", "spCampaign.v3", `{"campaignIdFilter":{"include":["`+id+`"]}}`)
	ask := func(from time.Time) answer {
		return w.call("POST", "/history", fmt.Sprintf(`{"fromDate":%d,"toDate":%d,"count":100,"sort":{"key":"DATE","direction":"DESC"},"eventTypes":{"CAMPAIGN":{"parents":[{"useProfileIdAdvertiser":true}],"filters":["STATUS","BUDGET_AMOUNT"]}}}`, from.UnixMilli(), w.sim.Now().UnixMilli()))
	}
	a := ask(noon.AddDate(0, 0, -1))
	if text(a.body, "totalResults") != "2" || text(a.body, "events", 0, "newValue") != "ARCHIVED" || text(a.body, "events", 1, "newValue") != "77.5" || text(a.body, "events", 1, "entityId") != id {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := ask(noon.AddDate(0, 0, -91)); a.status != 400 {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestTestAccountsAreForWhoManagesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body := `{"countryCode":"US","accountType":"VENDOR","accountMetaData":{"vendorCode":"ABCDE"}}`
	if a := w.call("POST", "/testAccounts", body); a.status != 403 {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.token = w.sim.GrantTo(2).Access
	a := w.call("POST", "/testAccounts", body)
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	done := w.call("GET", "/testAccounts?requestId="+text(a.body, "requestId"), "")
	if len(done.list) != 1 || text(done.list[0], "status") != "COMPLETED" {
		t.Errorf("%d %s", done.status, done.text)
	}
	w.org.Region = "na"
	if p := w.call("GET", "/v2/profiles", ""); len(p.list) != 1 {
		t.Errorf("%s", p.text)
	}
}

func TestLocationsOfDisplay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	g := w.call("GET", "/sd/adGroups?stateFilter=enabled", "")
	made := w.call("POST", "/sd/locations", `[{"adGroupId":`+text(g.list[0], "adGroupId")+`,"state":"enabled","expression":[{"type":"location","value":"amzn1.ad-geo.BERLIN"}]}]`)
	id := text(made.list[0], "locationExpressionId")
	if made.status != 207 || id == "" {
		t.Fatalf("%d %s", made.status, made.text)
	}
	if a := w.call("GET", "/sd/locations", ""); len(a.list) != 1 {
		t.Errorf("%s", a.text)
	}
	if a := w.call("POST", "/sd/locations/delete", `{"locationExpressionIdFilter":{"include":[`+id+`]}}`); text(a.list[0], "code") != "SUCCESS" {
		t.Errorf("%d %s", a.status, a.text)
	}
}
