package sim_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

// walk follows pageToken to the end and gives the ids seen.
func walk(w *world, path string, headers ...string) (ids []string, pages int) {
	w.t.Helper()
	token := ""
	for {
		p := path
		if token != "" {
			p += "&pageToken=" + url.QueryEscape(token)
		}
		a := w.ok(p, headers...)
		pages++
		for _, e := range a.elements() {
			ids = append(ids, fmt.Sprint(e["id"]))
		}
		if token = a.nextToken(); token == "" {
			return ids, pages
		}
		if pages > 100 {
			w.t.Fatal("the pages do not end")
		}
	}
}

const everyStatus = "search=(status:(values:List(ACTIVE,PAUSED,ARCHIVED,COMPLETED,CANCELED,DRAFT,PENDING_DELETION,REMOVED)))"

func TestCursorPaging(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, order := range []string{"", "&sortOrder=ASCENDING", "&sortOrder=DESCENDING"} {
		all, _ := walk(w, acct+"/adCampaigns?q=search&pageSize=1000&"+everyStatus+order)
		if len(all) != 18 {
			t.Fatalf("%d campaigns, want 18", len(all))
		}
		for _, size := range []int{1, 5, 9, 17, 18, 19} {
			got, pages := walk(w, fmt.Sprintf("%s/adCampaigns?q=search&pageSize=%d&%s%s", acct, size, everyStatus, order))
			if strings.Join(got, ",") != strings.Join(all, ",") || pages != (len(all)+size-1)/size {
				t.Errorf("size %d%s: %d in %d pages", size, order, len(got), pages)
			}
		}
	}
	creatives, _ := walk(w, acct+"/creatives?q=criteria&pageSize=7&intendedStatuses=List(ACTIVE,PAUSED,DRAFT,ARCHIVED,CANCELED,PENDING_DELETION,REMOVED)", "X-RestLi-Method: FINDER")
	if len(creatives) != 72 {
		t.Errorf("%d creatives, want 72", len(creatives))
	}
}

func TestTrap16_PagingDiffersPerResource(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for path, code := range map[string]string{
		acct + "/adCampaigns?q=search&start=0&count=10":   "QUERY_PARAM_NOT_ALLOWED", // refused since 202401
		acct + "/adCampaigns?q=search&pageSize=1001":      "PARAM_INVALID",
		acct + "/adCampaigns?q=search&pageSize=0":         "PARAM_INVALID",
		acct + "/adCampaigns?q=search&pageToken=nonsense": "PARAM_INVALID",
	} {
		w.refused(w.get(path), 400, code)
	}
	w.refused(w.get(acct+"/creatives?q=criteria&pageSize=101", "X-RestLi-Method: FINDER"), 400, "PARAM_INVALID")
	first := w.ok(acct + "/adCampaigns?q=search&pageSize=1")
	if p, _ := first.body["paging"].(map[string]any); fmt.Sprint(p["count"]) != "10" {
		t.Errorf("the meaningless paging object: %v", p)
	}
	w.refused(w.get(acct+"/adCampaignGroups?q=search&pageSize=1&pageToken="+first.nextToken()), 400, "PARAM_INVALID")

	w.token = w.sim.Grant().Access
	a := w.ok("/rest/conversions?q=account&account=urn%3Ali%3AsponsoredAccount%3A503000001&start=0&count=3")
	paging := a.body["paging"].(map[string]any)
	links := paging["links"].([]any)
	if len(a.elements()) != 3 || len(links) != 1 || fmt.Sprint(paging["total"]) != "-1" {
		t.Fatalf("first page: %s", a.text)
	}
	a = w.ok(links[0].(map[string]any)["href"].(string))
	if len(a.elements()) != 1 || len(a.body["paging"].(map[string]any)["links"].([]any)) != 0 {
		t.Errorf("last page: %s", a.text)
	}
	if a := w.get("/rest/conversions?q=account&account=urn%3Ali%3AsponsoredAccount%3A503000001&count=1001"); a.status != 400 || !strings.Contains(a.message(), "Specified count is larger than 1000") {
		t.Errorf("count 1001: %s", a.text)
	}
}

func TestTooManyWithoutPageSize(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Accounts: 1, Campaigns: 1, Groups: 1001, Ads: 1, Dense: true})
	a := w.get(acct + "/adCampaigns?q=search")
	if a.status != 400 || a.message() != "Request would return too many entities. " || a.code() != "" {
		t.Errorf("%d %s", a.status, a.text)
	}
	ids, pages := walk(w, acct+"/adCampaigns?q=search&pageSize=1000")
	if len(ids) != 1001 || pages != 2 {
		t.Errorf("%d in %d pages", len(ids), pages)
	}
}

func TestSearchCriteria(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	groups := w.ok(acct + "/adCampaignGroups?q=search&pageSize=1000&search=(status:(values:List(PAUSED)))")
	for _, g := range groups.elements() {
		if g["status"] != "PAUSED" {
			t.Errorf("asked for PAUSED, got %v", g["status"])
		}
	}
	if len(groups.elements()) == 0 {
		t.Error("no paused group")
	}
	a := w.ok(acct + "/adCampaigns?q=search&search=(campaignGroup:(values:List(urn%3Ali%3AsponsoredCampaignGroup%3A610000001)))")
	if len(a.elements()) != 3 {
		t.Errorf("%d campaigns in the group", len(a.elements()))
	}
	a = w.ok(acct+"/creatives?q=criteria&campaigns=List(urn%3Ali%3AsponsoredCampaign%3A720000001)&isTotalIncluded=true", "X-RestLi-Method: FINDER")
	if len(a.elements()) != 4 || fmt.Sprint(a.body["paging"].(map[string]any)["total"]) != "4" {
		t.Errorf("creatives of a campaign: %s", a.text)
	}
	a = w.ok(acct + "/creatives/urn%3Ali%3AsponsoredCreative%3A830000001")
	ref := a.body["content"].(map[string]any)["reference"].(string)
	a = w.ok(acct+"/creatives?q=criteria&contentReferences=List("+url.QueryEscape(ref)+")", "X-RestLi-Method: FINDER")
	if len(a.elements()) != 1 {
		t.Errorf("by content reference: %d", len(a.elements()))
	}
}

func TestBatchGet(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.ok(acct+"/creatives?ids=List(urn%3Ali%3AsponsoredCreative%3A830000001,urn%3Ali%3AsponsoredCreative%3A1)", "X-RestLi-Method: BATCH_GET")
	results, errs := a.body["results"].(map[string]any), a.body["errors"].(map[string]any)
	if results["urn%3Ali%3AsponsoredCreative%3A830000001"] == nil || errs["urn%3Ali%3AsponsoredCreative%3A1"] == nil {
		t.Errorf("keys are not encoded: %s", a.text)
	}
	a = w.ok(accounts+"?ids=List(503000001,503000007,99)&fields=id", "X-RestLi-Method: BATCH_GET")
	if len(a.body["results"].(map[string]any)) != 1 || len(a.body["errors"].(map[string]any)) != 2 {
		t.Errorf("accounts: %s", a.text)
	}
}

func TestEveryKindAndServingState(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	seen := map[string]bool{}
	note := func(v any, prefix string) {
		list, _ := v.([]any)
		for _, x := range list {
			seen[prefix+fmt.Sprint(x)] = true
		}
	}
	for _, a := range w.ok(accounts + "?q=search").elements() {
		note(a["servingStatuses"], "account ")
		base := fmt.Sprintf("%s/%v", accounts, a["id"])
		for _, g := range w.ok(base + "/adCampaignGroups?q=search&pageSize=1000&" + strings.Replace(everyStatus, "COMPLETED,", "", 1)).elements() {
			note(g["servingStatuses"], "group ")
		}
		for _, c := range w.ok(base + "/adCampaigns?q=search&pageSize=1000&" + everyStatus).elements() {
			note(c["servingStatuses"], "campaign ")
			seen["type "+fmt.Sprint(c["type"])] = true
			seen["objective "+fmt.Sprint(c["objectiveType"])] = true
		}
		for _, c := range w.ok(base+"/creatives?q=criteria&pageSize=100", "X-RestLi-Method: FINDER").elements() {
			note(c["servingHoldReasons"], "creative ")
			for k := range c["content"].(map[string]any) {
				seen["content "+k] = true
			}
			if c["intendedStatus"] == "DRAFT" && c["review"] != nil {
				t.Errorf("a draft has a review: %v", c)
			}
			if c["isServing"] == true && c["servingHoldReasons"] != nil {
				t.Errorf("serving with hold reasons: %v", c)
			}
		}
	}
	for _, s := range []string{
		"account RUNNABLE", "account STOPPED", "group RUNNABLE", "group STOPPED", "campaign RUNNABLE", "campaign STOPPED",
		"campaign CAMPAIGN_GROUP_STATUS_HOLD", "campaign ACCOUNT_SERVING_HOLD", "campaign CAMPAIGN_END_DATE_HOLD",
		"creative STOPPED", "creative UNDER_REVIEW", "creative REJECTED", "creative CAMPAIGN_STOPPED",
		"type TEXT_AD", "type SPONSORED_UPDATES", "type SPONSORED_INMAILS", "type DYNAMIC",
		"objective WEBSITE_VISIT", "objective VIDEO_VIEW", "objective LEAD_GENERATION", "objective BRAND_AWARENESS", "objective JOB_APPLICANT",
		"content reference", "content textAd", "content spotlight", "content eventAd",
	} {
		if !seen[s] {
			t.Errorf("nowhere in the world: %s", s)
		}
	}
}

func TestIdsPast53BitsAreExact(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.ok(accounts + "/503000002/adCampaigns?q=search&pageSize=1000&" + everyStatus)
	for _, c := range a.elements() {
		id := fmt.Sprint(c["id"])
		if len(id) != 16 || strings.Contains(id, "e") {
			t.Fatalf("id %s", id)
		}
		if one := w.ok(accounts + "/503000002/adCampaigns/" + id); fmt.Sprint(one.body["id"]) != id {
			t.Errorf("get of %s answered %v", id, one.body["id"])
		}
	}
}
