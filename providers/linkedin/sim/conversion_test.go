package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

func linkPath(campaign, conversion int) string {
	return fmt.Sprintf("/rest/campaignConversions/(campaign:urn%%3Ali%%3AsponsoredCampaign%%3A%d,conversion:urn%%3Alla%%3AllaPartnerConversion%%3A%d)", campaign, conversion)
}

func TestCampaignConversions(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	const free = 104000003
	var id int
	fmt.Sscan(create(w, acct+"/adCampaigns", campaign("")), &id)
	list := fmt.Sprintf("/rest/campaignConversions?q=campaigns&campaigns=List(urn%%3Ali%%3AsponsoredCampaign%%3A%d)", id)
	if a := w.ok(list); len(a.elements()) != 0 {
		t.Errorf("of a new campaign: %s", a.text)
	}
	w.refused(w.do("DELETE", linkPath(id, free), ""), 404, "NOT_FOUND")
	if a := w.do("PUT", linkPath(id, free), fmt.Sprintf(`{"campaign":"urn:li:sponsoredCampaign:%d","conversion":"urn:lla:llaPartnerConversion:%d"}`, id, free)); a.status != 201 {
		t.Errorf("a new link: %d %s", a.status, a.text)
	}
	if a := w.do("PUT", linkPath(id, free), "{}"); a.status != 204 {
		t.Errorf("again: %d %s", a.status, a.text)
	}
	if a := w.ok(list); len(a.elements()) != 1 || a.elements()[0]["conversion"] != fmt.Sprintf("urn:lla:llaPartnerConversion:%d", free) {
		t.Errorf("linked: %s", a.text)
	}
	w.ok(linkPath(id, free))
	if a := w.ok(fmt.Sprintf("/rest/conversions/%d", free)); !strings.Contains(fmt.Sprint(a.body["campaigns"]), fmt.Sprint(id)) {
		t.Errorf("the conversion does not name its campaign: %s", a.text)
	}
	w.refused(w.do("PUT", linkPath(id, free), `{"campaign":"urn:li:sponsoredCampaign:5"}`), 400, "MISMATCH_FIELDS")
	w.refused(w.do("PUT", linkPath(999, free), "{}"), 404, "NOT_FOUND")
	w.refused(w.do("PUT", linkPath(id, 104000011), "{}"), 404, "NOT_FOUND") // of another account
	if a := w.do("PUT", "/rest/campaignConversions/5", "{}"); a.status != 400 {
		t.Errorf("a simple key: %d", a.status)
	}
	if a := w.do("DELETE", linkPath(id, free), ""); a.status != 204 {
		t.Errorf("unlink: %d %s", a.status, a.text)
	}
	w.refused(w.get(linkPath(id, free)), 404, "NOT_FOUND")
	w.token = w.sim.Grant("r_ads").Access
	w.refused(w.do("PUT", linkPath(id, free), "{}"), 403, "ACCESS_DENIED")
}

func TestMaxConversionNeedsALink(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	body := strings.NewReplacer("WEBSITE_VISIT", "WEBSITE_CONVERSION", "MAX_CLICK", "MAX_CONVERSION").Replace(campaign(""))
	var group string
	if strings.Contains(body, "urn:li:sponsoredCampaignGroup:610000001") {
		group = create(w, acct+"/adCampaignGroups", `{"account":"urn:li:sponsoredAccount:503000001","name":"sales","status":"ACTIVE","runSchedule":{"start":1764547200000}}`)
		body = strings.ReplaceAll(body, "610000001", group)
	}
	var id int
	fmt.Sscan(create(w, acct+"/adCampaigns", body), &id)
	run := func() answer {
		return w.do("POST", fmt.Sprintf("%s/adCampaigns/%d", acct, id), `{"patch":{"$set":{"status":"ACTIVE"}}}`, patch)
	}
	w.refused(run(), 400, "CONVERSION_CAMPAIGN_MISSING_ASSOCIATED_CONVERSION")
	w.do("PUT", linkPath(id, 104000001), "{}")
	if a := run(); a.status != 204 {
		t.Errorf("linked: %d %s", a.status, a.text)
	}
}

func TestAdBudgetPricing(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	base := "/rest/adBudgetPricing?q=criteriaV2&campaignType=SPONSORED_UPDATES&matchType=EXACT&objectiveType=WEBSITE_VISIT&optimizationTargetType=MAX_CLICK" +
		"&targetingCriteria=(include:(and:List((or:(urn%3Ali%3AadTargetingFacet%3Alocations:List(urn%3Ali%3Ageo%3A101282230))))))"
	a := w.ok(base + "&bidType=CPM&dailyBudget=(amount:50,currencyCode:EUR)&account=" + acctURN)
	e := a.elements()[0]
	least := e["bidLimits"].(map[string]any)["min"].(map[string]any)
	if least["currencyCode"] != "EUR" || least["amount"] == "" || e["dailyBudgetLimits"] == nil || e["suggestedBid"] == nil {
		t.Error(a.text)
	}
	w.refused(w.get(base+"&bidType=CPM"), 400, "PARAM_MISSING")
	w.refused(w.get(base+"&bidType=CPX&account="+acctURN), 400, "PARAM_INVALID")
	w.refused(w.get(base+"&bidType=CPM&dailyBudget=(amount:50,currencyCode:USD)&account="+acctURN), 400, "CURRENCY_MISMATCH")
}

func TestLeadFormResponses(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	path := "/rest/leadFormResponses?q=owner&owner=(sponsoredAccount:" + acctURN + ")"
	if a := w.ok(path + "&count=5&start=10"); len(a.elements()) != 2 {
		t.Errorf("the last page: %s", a.text)
	}
	w.refused(w.get("/rest/leadFormResponses?q=owner"), 400, "PARAM_MISSING")
	w.token = w.sim.Grant("r_ads").Access
	w.refused(w.get(path), 403, "ACCESS_DENIED")
}
