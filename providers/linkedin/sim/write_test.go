package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

const (
	group = `{"account":"urn:li:sponsoredAccount:503000001","name":"Winter 2026","status":"%s","runSchedule":{"start":1764547200000}}`
	patch = "X-RestLi-Method: PARTIAL_UPDATE"
)

func campaign(more string) string {
	return `{"account":"urn:li:sponsoredAccount:503000001","campaignGroup":"urn:li:sponsoredCampaignGroup:610000001",
	"name":"DACH CFO traffic","type":"SPONSORED_UPDATES","format":"STANDARD_UPDATE","status":"DRAFT",
	"objectiveType":"WEBSITE_VISIT","optimizationTargetType":"MAX_CLICK","costType":"CPM","creativeSelection":"OPTIMIZED",
	"unitCost":{"amount":"0","currencyCode":"EUR"},"dailyBudget":{"amount":"50.00","currencyCode":"EUR"},
	"locale":{"country":"DE","language":"de"},"associatedEntity":"urn:li:organization:5001",
	"offsiteDeliveryEnabled":false,"audienceExpansionEnabled":false,"politicalIntent":"NOT_POLITICAL",
	"runSchedule":{"start":1764547200000},
	"targetingCriteria":{"include":{"and":[{"or":{"urn:li:adTargetingFacet:locations":["urn:li:geo:101282230"]}}]}}` + more + `}`
}

// create posts a body that must be accepted and gives the decoded id.
func create(w *world, path, body string) string {
	w.t.Helper()
	a := w.do("POST", path, body)
	if a.status != 201 || a.text != "" || a.header.Get("X-RestLi-Id") == "" {
		w.t.Fatalf("POST %s: %d %s", path, a.status, a.text)
	}
	return a.header.Get("X-RestLi-Id")
}

func TestTrap15_CreatedIdsComeInTheHeader(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	g := create(w, acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT"))
	read := w.ok(acct + "/adCampaignGroups/" + g)
	if fmt.Sprint(read.body["id"]) != g || read.body["backfilled"] != false || read.body["servingStatuses"] == nil {
		t.Errorf("read back: %s", read.text)
	}
	c := create(w, acct+"/adCampaigns", campaign(""))
	cr := create(w, acct+"/creatives", fmt.Sprintf(`{"campaign":"urn:li:sponsoredCampaign:%s","content":{"reference":"urn:li:share:7000000000000000001"},"intendedStatus":"ACTIVE","name":"A"}`, c))
	if !strings.HasPrefix(cr, "urn%3Ali%3AsponsoredCreative%3A") {
		t.Errorf("x-restli-id %q is not encoded", cr)
	}
	one := w.ok(acct + "/creatives/" + cr)
	if one.body["review"].(map[string]any)["status"] != "PENDING" || one.body["isServing"] != false {
		t.Errorf("a new creative: %s", one.text)
	}
	w.sim.Advance(2 * time.Minute)
	if one := w.ok(acct + "/creatives/" + cr); one.body["review"].(map[string]any)["status"] != "APPROVED" {
		t.Errorf("reviewed: %s", one.text)
	}
	rejected := create(w, acct+"/creatives", fmt.Sprintf(`{"campaign":"urn:li:sponsoredCampaign:%s","content":{"reference":"urn:li:share:7000000000000000004"},"intendedStatus":"ACTIVE","name":"forbidden fruit"}`, c))
	w.sim.Advance(2 * time.Minute)
	if one := w.ok(acct + "/creatives/" + rejected); one.body["review"].(map[string]any)["status"] != "REJECTED" {
		t.Errorf("rejected: %s", one.text)
	}
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	replace := func(old, with string) string { return strings.Replace(campaign(""), old, with, 1) }
	for name, c := range map[string]struct {
		path, body, code string
		status           int
	}{
		"plural objective":       {"adCampaigns", replace("WEBSITE_VISIT", "WEBSITE_VISITS"), "", 422},
		"unknown field":          {"adCampaigns", campaign(`,"color":"red"`), "", 422},
		"read-only field":        {"adCampaigns", campaign(`,"servingStatuses":[]`), "", 422},
		"no political intent":    {"adCampaigns", replace(`"politicalIntent":"NOT_POLITICAL",`, ""), "MISSING_FIELD", 400},
		"two faults":             {"adCampaigns", strings.Replace(replace(`"politicalIntent":"NOT_POLITICAL",`, ""), `"offsiteDeliveryEnabled":false,`, "", 1), "MULTIPLE_VALIDATIONS_FAILED", 400},
		"wrong currency":         {"adCampaigns", strings.ReplaceAll(campaign(""), `"amount":"50.00","currencyCode":"EUR"`, `"amount":"50.00","currencyCode":"USD"`), "CURRENCY_MISMATCH", 400},
		"number as amount":       {"adCampaigns", replace(`"50.00"`, `50`), "", 422},
		"bad combination":        {"adCampaigns", replace("MAX_CLICK", "MAX_LEAD"), "INVALID_CAMPAIGN_CONFIGURATION", 400},
		"legacy targeting":       {"adCampaigns", campaign(`,"targeting":{}`), "TARGETING_FIELD_DEPRECATED", 400},
		"unknown campaign group": {"adCampaigns", replace("610000001", "999"), "FIELD_VALUE_DOES_NOT_EXIST", 400},
		"foreign account":        {"adCampaigns", replace("Account:503000001", "Account:503000002"), "MISMATCH_FIELDS", 400},
		"paused group":           {"adCampaignGroups", fmt.Sprintf(group, "PAUSED"), "STATUS_CHANGE_NOT_ALLOWED", 400},
		"start after end":        {"adCampaignGroups", strings.Replace(fmt.Sprintf(group, "DRAFT"), `"start":1764547200000`, `"start":1864547200000,"end":1864547100000`, 1), "START_DATE_AFTER_END_DATE", 400},
		"budget without an end":  {"adCampaignGroups", strings.Replace(fmt.Sprintf(group, "DRAFT"), `"name"`, `"totalBudget":{"amount":"1","currencyCode":"EUR"},"name"`, 1), "CONDITIONAL_MISSING_FIELD", 400},
		"paused creative":        {"creatives", `{"campaign":"urn:li:sponsoredCampaign:720000001","content":{"reference":"urn:li:share:1"},"intendedStatus":"PAUSED"}`, "STATUS_CHANGE_NOT_ALLOWED", 400},
		"not JSON":               {"creatives", `{"campaign"`, "", 400},
	} {
		a := w.do("POST", acct+"/"+c.path, c.body)
		if a.status != c.status || a.code() != c.code {
			t.Errorf("%s: %d %q, want %d %q: %s", name, a.status, a.code(), c.status, c.code, a.text)
		}
	}
	a := w.do("POST", acct+"/adCampaigns", replace("WEBSITE_VISIT", "WEBSITE_CONVERSIONS"))
	if a.message() != "ERROR :: /objectiveType :: \"WEBSITE_CONVERSIONS\" is not an enum symbol\n" {
		t.Errorf("trap 6: %q", a.message())
	}
}

func TestWritesNeedScopeAndRole(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	body := strings.ReplaceAll(fmt.Sprintf(group, "DRAFT"), "503000001", "503000004")
	w.refused(w.do("POST", accounts+"/503000004/adCampaignGroups", body), 403, "NO_PERMISSION_TO_UPDATE") // VIEWER
	w.token = w.sim.Grant("r_ads").Access
	a := w.do("POST", acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT"))
	w.refused(a, 403, "ACCESS_DENIED")
	if !strings.HasSuffix(a.message(), "partnerApiAdAccounts.CREATE.20260901") {
		t.Error(a.message())
	}
}

func TestPartialUpdate(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	id := create(w, acct+"/adCampaigns", strings.Replace(campaign(""), `"runSchedule":{"start":1764547200000}`, `"runSchedule":{"start":1764547200000,"end":1864547200000}`, 1))
	path := acct + "/adCampaigns/" + id
	if a := w.do("POST", path, `{"patch":{"runSchedule":{"$delete":["end"]},"$set":{"name":"New"}}}`, patch); a.status != 204 || a.text != "" {
		t.Fatalf("update: %d %s", a.status, a.text)
	}
	read := w.ok(path)
	if read.body["name"] != "New" || len(read.body["runSchedule"].(map[string]any)) != 1 || read.body["version"].(map[string]any)["versionTag"] != "2" {
		t.Errorf("read back: %s", read.text)
	}
	for name, c := range map[string]struct {
		body, code string
		status     int
	}{
		"objective":   {`{"patch":{"$set":{"objectiveType":"LEAD_GENERATION"}}}`, "MULTIPLE_VALIDATIONS_FAILED", 400},
		"type":        {`{"patch":{"$set":{"type":"TEXT_AD"}}}`, "FIELD_IMMUTABLE", 400},
		"to removed":  {`{"patch":{"$set":{"status":"REMOVED"}}}`, "STATUS_CHANGE_NOT_ALLOWED", 400},
		"to archived": {`{"patch":{"$set":{"status":"ARCHIVED"}}}`, "STATUS_CHANGE_NOT_ALLOWED", 400},
		"unknown":     {`{"patch":{"$set":{"color":"red"}}}`, "", 422},
		"no patch":    {`{"name":"x"}`, "", 400},
		"required":    {`{"patch":{"$delete":["name"]}}`, "MISSING_FIELD", 400},
	} {
		a := w.do("POST", path, c.body, patch)
		if a.status != c.status || a.code() != c.code && name != "objective" {
			t.Errorf("%s: %d %q, want %d %q", name, a.status, a.code(), c.status, c.code)
		}
	}
	if a := w.do("POST", acct+"/adCampaignGroups/610000001", `{"patch":{"$set":{"name":"x"}}}`, patch); a.code() != "CANNOT_UPDATE_BACKFILLED_CAMPAIGN_GROUPS" {
		t.Errorf("the default group: %s", a.text)
	}
}

func TestTrap08_SetReplacesTheWholeTree(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	path := acct + "/adCampaigns/" + create(w, acct+"/adCampaigns", campaign(""))
	w.do("POST", path, `{"patch":{"$set":{"targetingCriteria":{"include":{"and":[]}},"runSchedule":{"start":1764547200001}}}}`, patch)
	if a := w.ok(path); strings.Contains(fmt.Sprint(a.body["targetingCriteria"]), "geo") {
		t.Errorf("the old tree survived: %v", a.body["targetingCriteria"])
	}
}

func TestTrap17_DeleteOnlyDrafts(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	id := create(w, acct+"/adCampaignGroups", fmt.Sprintf(group, "ACTIVE"))
	path := acct + "/adCampaignGroups/" + id
	w.refused(w.do("DELETE", path, ""), 400, "DELETE_ALLOWED_ONLY_FOR_DRAFT_STATUS")
	if a := w.do("POST", path, `{"patch":{"$set":{"status":"PENDING_DELETION"}}}`, patch); a.status != 204 {
		t.Fatal(a.text)
	}
	if a := w.ok(path); a.body["status"] != "PENDING_DELETION" {
		t.Errorf("it stays listable: %s", a.text)
	}
	draft := create(w, acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT"))
	if a := w.do("DELETE", acct+"/adCampaignGroups/"+draft, ""); a.status != 204 {
		t.Error(a.text)
	}
	w.refused(w.get(acct+"/adCampaignGroups/"+draft), 404, "NOT_FOUND")
}

func TestTrap09_CreatesAreNotIdempotent(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a, b := create(w, acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT")), create(w, acct+"/adCampaignGroups", fmt.Sprintf(group, "DRAFT"))
	if a == b {
		t.Error("the same create gave the same id")
	}
}

func TestPosts(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	inline := `{"creative":{"campaign":"urn:li:sponsoredCampaign:720000001","intendedStatus":"ACTIVE","name":"CFO image B",
	 "inlineContent":{"post":{"adContext":{"dscAdAccount":"urn:li:sponsoredAccount:503000001","dscStatus":"ACTIVE"},
	  "author":"urn:li:organization:5001","commentary":"Close the books","visibility":"PUBLIC","lifecycleState":"PUBLISHED"}}}}`
	id := create(w, acct+"/creatives?action=createInline", inline)
	ref := w.ok(acct + "/creatives/" + id).body["content"].(map[string]any)["reference"].(string)
	if p := w.ok("/rest/posts/" + strings.ReplaceAll(ref, ":", "%3A")); p.body["commentary"] != "Close the books" {
		t.Error(p.text)
	}
	a := w.do("POST", acct+"/creatives?action=createInline", inline)
	if a.status != 422 || !strings.Contains(a.message(), "Content is a duplicate of "+ref) {
		t.Errorf("the same text again: %d %s", a.status, a.text)
	}
	w.refused(w.do("POST", "/rest/posts", `{"author":"urn:li:organization:5001","commentary":"x"}`), 400, "MISSING_REQUIRED_FIELD_FOR_DSC")
}

func TestAccountWrites(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	id := create(w, accounts, `{"name":"Acme test","currency":"EUR","type":"BUSINESS","reference":"urn:li:organization:5001","test":true}`)
	if a := w.ok(accounts + "/" + id); a.body["test"] != true || a.body["status"] != "ACTIVE" {
		t.Error(a.text)
	}
	w.refused(w.do("POST", accounts, `{"name":"Another","type":"BUSINESS","reference":"urn:li:organization:5001","test":true}`), 400, "TEST_ACCOUNT_LIMIT_REACHED")
	if a := w.do("POST", accounts+"/"+id, `{"patch":{"$set":{"name":"Acme EU"}}}`, patch); a.status != 204 {
		t.Error(a.text)
	}
	w.refused(w.do("POST", accounts+"/"+id, `{"patch":{"$set":{"currency":"USD"}}}`, patch), 400, "FIELD_IMMUTABLE")
	w.refused(w.do("DELETE", accounts+"/"+id, ""), 400, "DELETE_NOT_ALLOWED")
}
