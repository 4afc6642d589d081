package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/providers/linkedin/sim"
)

const acctURN = "urn%3Ali%3AsponsoredAccount%3A503000001"

func TestAccountUsers(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.ok("/rest/adAccountUsers?q=authenticatedUser")
	got := map[string]string{}
	for _, e := range a.elements() {
		got[strings.TrimPrefix(fmt.Sprint(e["account"]), "urn:li:sponsoredAccount:")] = fmt.Sprint(e["role"])
	}
	if len(got) != 6 || got["503000001"] != "ACCOUNT_BILLING_ADMIN" || got["503000004"] != "VIEWER" || got["503000007"] != "" {
		t.Errorf("roles: %v", got)
	}
	if a := w.ok("/rest/adAccountUsers?q=accounts&accounts=" + acctURN); len(a.elements()) != 2 {
		t.Errorf("a manager sees %d users", len(a.elements()))
	}
	w.refused(w.get("/rest/adAccountUsers?q=accounts&accounts=urn%3Ali%3AsponsoredAccount%3Aabc"), 400, "PARAM_INVALID")
	w.refused(w.get("/rest/adAccountUsers?q=accounts&accounts=urn%3Ali%3AsponsoredAccount%3A503000007"), 404, "NOT_FOUND")
	w.ok("/rest/adAccountUsers/(account:" + acctURN + ",user:urn%3Ali%3Aperson%3AAb1SimManager)")
	w.token = w.sim.GrantTo(1).Access
	if a := w.ok("/rest/adAccountUsers?q=accounts&accounts=" + acctURN); len(a.elements()) != 1 {
		t.Errorf("a viewer sees %d users", len(a.elements()))
	}
	if a := w.ok(accounts + "?q=search"); len(a.elements()) != 1 {
		t.Errorf("the viewer sees %d accounts", len(a.elements()))
	}
}

func TestTrap26_PostsNeedOrganizationScopes(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	list := "/rest/posts?q=dscAdAccount&dscAdAccount=" + acctURN
	a := w.ok(list + "&count=100")
	if len(a.elements()) == 0 {
		t.Fatal("no posts")
	}
	post := a.elements()[0]
	enc := strings.ReplaceAll(fmt.Sprint(post["id"]), ":", "%3A")
	if one := w.ok("/rest/posts/" + enc); one.body["id"] != post["id"] {
		t.Errorf("get: %s", one.text)
	}
	w.ok("/rest/posts?ids=List("+enc+")", "X-RestLi-Method: BATCH_GET")
	if a := w.ok(list + "&dscAdTypes=List(VIDEO)&count=100"); len(a.elements()) == 0 || !strings.Contains(fmt.Sprint(a.elements()[0]["id"]), "ugcPost") {
		t.Errorf("videos: %s", a.text)
	}
	if a := w.get(list + "&count=101"); a.status != 400 {
		t.Errorf("count 101: %d", a.status)
	}
	w.token = w.sim.Grant("r_ads", "r_ads_reporting").Access
	a = w.get("/rest/posts/" + enc)
	w.refused(a, 403, "ACCESS_DENIED")
	if a.message() != "Not enough permissions to access: partnerApiPostsExternal.GET.20260901" || fmt.Sprint(a.body["serviceErrorCode"]) != "100" {
		t.Errorf("trap 25: %s", a.text)
	}
	w.ok(acct + "/creatives/urn%3Ali%3AsponsoredCreative%3A830000001") // the creative is seen all the same
}

func TestMedia(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{false, true} {
		w := start(t, sim.Options{AllowAssetListing: open})
		a := w.get("/rest/videos?q=associatedAccount&associatedAccount=" + acctURN)
		if !open {
			w.refused(a, 403, "ACCESS_DENIED")
			if !strings.Contains(a.message(), "partnerApiVideosExternal.FINDER-associatedAccount") {
				t.Error(a.message())
			}
			continue
		}
		v := a.elements()[0]
		enc := strings.ReplaceAll(fmt.Sprint(v["id"]), ":", "%3A")
		one := w.ok("/rest/videos/" + enc)
		if one.body["duration"] == nil || one.body["downloadUrl"] == nil {
			t.Errorf("video: %s", one.text)
		}
		w.refused(w.get("/rest/images/"+enc), 400, "INVALID_URN_TYPE")
		w.ok("/rest/videos?ids=List("+enc+")", "X-RestLi-Method: BATCH_GET")
		w.refused(w.get("/rest/documents/urn%3Ali%3Adocument%3Anone"), 404, "NOT_FOUND")
	}
}

func TestPagesFormsConversions(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	acls := w.ok("/rest/organizationAcls?q=roleAssignee&count=100")
	if len(acls.elements()) != 5 {
		t.Errorf("%d pages", len(acls.elements()))
	}
	if o := w.ok("/rest/organizations/5001"); o.body["localizedName"] == "" {
		t.Error(o.text)
	}
	w.ok("/rest/organizations?ids=List(5001,5002)", "X-RestLi-Method: BATCH_GET")
	if a := w.ok("/rest/organizations?q=vanityName&vanityName=acme-page-1"); len(a.elements()) != 1 {
		t.Error(a.text)
	}
	forms := w.ok("/rest/leadForms?q=owner&owner=(sponsoredAccount:" + acctURN + ")")
	if len(forms.elements()) != 2 {
		t.Error(forms.text)
	}
	w.ok(fmt.Sprintf("/rest/leadForms/%v", forms.elements()[0]["id"]))
	w.refused(w.get("/rest/leadForms?q=owner&owner="+acctURN), 400, "PARAM_INVALID")
	conv := w.ok("/rest/conversions?q=account&account=" + acctURN)
	w.ok(fmt.Sprintf("/rest/conversions/%v", conv.elements()[0]["id"]))
}

func TestTargeting(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	entities := "/rest/adTargetingEntities?queryVersion=QUERY_USES_URNS&q="
	f := "urn%3Ali%3AadTargetingFacet%3A"
	if a := w.ok("/rest/adTargetingFacets"); len(a.elements()) != 31 || fmt.Sprint(a.body["paging"].(map[string]any)["count"]) != "2147483647" {
		t.Errorf("facets: %d", len(a.elements()))
	}
	if a := w.ok(entities + "adTargetingFacet&facet=" + f + "seniorities&locale=(language:en,country:US)"); len(a.elements()) != 10 {
		t.Errorf("seniorities: %d", len(a.elements()))
	}
	w.ok(entities + "adTargetingFacet&facet=" + f + "seniorities&locale.language=fr&locale.country=FR&lixEntity=" + acctURN)
	a := w.ok(entities + "typeahead&facet=" + f + "locations&query=berlin")
	if len(a.elements()) != 3 || a.elements()[0]["name"] != "Berlin, Germany" {
		t.Errorf("typeahead: %s", a.text)
	}
	if a := w.ok("/rest/adTargetingEntities?q=typeahead&facet=" + f + "locations&query=berlin"); strings.Contains(a.text, "urn:li:geo:") {
		t.Error("without queryVersion new-style URNs came back")
	}
	if a := w.ok(entities + "urns&urns=List(urn%3Ali%3Ageo%3A101282230,urn%3Ali%3Ageo%3A1)"); len(a.elements()) != 1 || a.elements()[0]["name"] != "Germany" {
		t.Errorf("urns: %s", a.text)
	}
	if a := w.ok(entities + "urns&urns=List(urn%3Ali%3Aorganization%3A3)"); a.elements()[0]["facetUrn"] != "urn:li:adTargetingFacet:employersPast" {
		t.Errorf("urns may name another facet: %s", a.text)
	}
	if a := w.ok(entities + "similarEntities&facet=" + f + "skills&entities=List(urn%3Ali%3Askill%3A123)"); len(a.elements()) == 0 {
		t.Error("nothing similar")
	}
	w.refused(w.get(entities+"adTargetingFacet&facet="+f+"locations"), 400, "FIELD_INVALID")
	w.refused(w.get(entities+"typeahead&facet="+f+"locations"), 400, "PARAM_MISSING")
	w.refused(w.get(entities+"adTargetingFacet&facet="+f+"nothing"), 400, "PARAM_INVALID")

	wide := "(include:(and:List((or:(urn%3Ali%3AadTargetingFacet%3Alocations:List(urn%3Ali%3Ageo%3A101282230))))))"
	narrow := "(include:(and:List(" + strings.Repeat("(or:(urn%3Ali%3AadTargetingFacet%3Askills:List(urn%3Ali%3Askill%3A1))),", 24) + "(or:(urn%3Ali%3AadTargetingFacet%3Askills:List(urn%3Ali%3Askill%3A1))))))"
	count := func(criteria string) string {
		e := w.ok("/rest/audienceCounts?q=targetingCriteriaV2&targetingCriteria=" + criteria).elements()[0]
		return fmt.Sprint(e["total"])
	}
	if n := count(wide); len(n) < 6 || !strings.HasSuffix(n, "000") {
		t.Errorf("a country: %s", n)
	}
	if n := count(narrow); n != "0" {
		t.Errorf("fewer than 300 members: %s", n)
	}
	w.refused(w.get("/rest/audienceCounts?q=targetingCriteriaV2&targetingCriteria=(include:(and:List()))"), 400, "PARAM_INVALID")
}
