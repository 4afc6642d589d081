package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

func TestListsOfTheModernKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for path := range mediaOf {
		all, _ := w.items(path, `{}`)
		if len(all) == 0 {
			t.Errorf("%s: nothing", path)
			continue
		}
		if path == "/portfolios" {
			continue
		}
		paged, pages := w.items(path, `{"maxResults":2}`)
		if len(paged) != len(all) || pages != (len(all)+1)/2 {
			t.Errorf("%s: %d on %d pages, %d in all", path, len(paged), pages, len(all))
		}
		live, _ := w.items(path, `{"stateFilter":{"include":["ENABLED"]}}`)
		for _, e := range live {
			if text(e, "state") != "ENABLED" {
				t.Errorf("%s: %v", path, e)
			}
		}
		if _, isText := all[0]["campaignId"].(string); !isText {
			t.Errorf("%s: trap 10, ids are texts: %v", path, all[0])
		}
	}
	all, _ := w.items("/sp/campaigns", `{"includeExtendedDataFields":true}`)
	words := map[string]bool{}
	for _, c := range all {
		word := text(c, "extendedData", "servingStatus")
		words[word] = true
		if text(c, "extendedData", "servingStatusDetails", 0, "name") != word+"_DETAIL" || text(c, "budget", "budget") == "" || text(c, "budget", "budgetType") != "DAILY" {
			t.Errorf("%v", c)
		}
	}
	if !words["CAMPAIGN_STATUS_ENABLED"] || len(words) < 2 {
		t.Errorf("serving: %v", words)
	}
	brand, _ := w.items("/sb/v4/campaigns", `{"includeExtendedDataFields":true}`)
	legacy := 0
	for _, c := range brand {
		if text(c, "budget") == "" || text(c, "extendedData", "servingStatusDetails", 0) == "" || text(c, "extendedData", "creationDate") == "" {
			t.Errorf("%v", c)
		}
		if c["isMultiAdGroupsEnabled"] == false {
			legacy++
		}
	}
	if legacy == 0 {
		t.Error("no campaign of before v4")
	}
	ads, _ := w.items("/sb/v4/ads", `{}`)
	for _, a := range ads {
		if logo := text(a, "creative", "brandLogoAssetID"); logo != "" && !strings.HasSuffix(logo, ":version_v1") {
			t.Errorf("trap 15: %v", a)
		}
	}
}

func TestListFiltersAreStrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	one, _ := w.items("/sp/campaigns", `{"maxResults":1}`)
	id := text(one[0], "campaignId")
	groups, _ := w.items("/sp/adGroups", `{"campaignIdFilter":{"include":["`+id+`"]}}`)
	if len(groups) != 3 {
		t.Errorf("%d groups", len(groups))
	}
	for body, want := range map[string]string{
		`{"stateFilter":{"include":["enabled"]}}`:       "Member must satisfy enum value set: [ENABLING, ENABLED, ARCHIVED, USER_DELETED, PAUSED, OTHER]",
		`{"campaignIdFilter":{"include":[` + id + `]}}`: "must be a string",
		`{"foo":1}`:                  "Unrecognized field",
		`{"maxResults":0}`:           "maxResults",
		`{"nextToken":"x"}`:          "nextToken",
		`{"campaignIdFilter":["1"]}`: "must be an object",
		`[]`:                         "parse",
	} {
		a := w.vnd("POST", campaigns, "spCampaign.v3", body)
		if a.status != 400 || text(a.body, "code") != "INVALID_ARGUMENT" || !strings.Contains(a.text, want) {
			t.Errorf("%s: %d %s", body, a.status, a.text)
		}
	}
	if a := w.vnd("POST", campaigns, "spCampaign.v3", `{"maxResults":600}`); a.status != 500 || text(a.body, "code") != "INTERNAL_ERROR" {
		t.Errorf("600 a page: %d %s", a.status, a.text)
	}
	page := w.vnd("POST", campaigns, "spCampaign.v3", `{"maxResults":1}`)
	if a := w.vnd("POST", campaigns, "spCampaign.v3", `{"maxResults":1,"stateFilter":{"include":["ENABLED"]},"nextToken":"`+text(page.body, "nextToken")+`"}`); a.status != 400 {
		t.Errorf("a token with another filter: %d", a.status)
	}
	eleven := `["1","2","3","4","5","6","7","8","9","10","11"]`
	if a := w.vnd("POST", "/sb/v4/campaigns/list", "sbcampaignresource.v4", `{"campaignIdFilter":{"include":`+eleven+`}}`); a.status != 400 {
		t.Errorf("eleven ids of SB: %d", a.status)
	}
}

func TestListsOfTheOldKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, path := range []string{"campaigns", "adGroups", "productAds", "targets", "negativeTargets"} {
		a := w.call("GET", "/sd/"+path+"?startIndex=0&count=100&stateFilter=enabled,paused,archived", "")
		if a.status != 200 || len(a.list) == 0 {
			t.Errorf("%s: %d %s", path, a.status, a.text)
			continue
		}
		if s := text(a.list[0], "state"); s != strings.ToLower(s) || strings.Contains(a.text, `"adGroupId":"`) {
			t.Errorf("trap 12: %v", a.list[0])
		}
	}
	a := w.call("GET", "/sd/campaigns/extended?count=1", "")
	if len(a.list) != 1 || text(a.list[0], "servingStatus") == "" || len(text(a.list[0], "startDate")) != 8 || text(a.list[0], "creationDate") == "" {
		t.Errorf("%s", a.text)
	}
	id := text(a.list[0], "campaignId")
	if one := w.call("GET", "/sd/campaigns/"+id, ""); text(one.body, "campaignId") != id || one.body["servingStatus"] != nil {
		t.Errorf("%s", one.text)
	}
	for _, bad := range []string{"?stateFilter=ENABLED", "?count=101", "?foo=1", "?campaignIdFilter=x"} {
		if a := w.call("GET", "/sd/campaigns"+bad, ""); a.status != 400 || text(a.body, "requestId") == "" {
			t.Errorf("%s: %d %s", bad, a.status, a.text)
		}
	}
	creatives := w.call("GET", "/sd/creatives", "")
	if len(creatives.list) == 0 || len(text(creatives.list[0], "creativeId")) != 18 {
		t.Errorf("trap 10: %s", creatives.text)
	}
	if a := w.call("GET", "/sb/keywords?count=100", "", "Accept", "application/vnd.sbkeyword.v3.2+json"); a.status != 200 || len(a.list) == 0 {
		t.Errorf("%d %s", a.status, a.text)
	}
	targets := w.call("POST", "/sb/targets/list", `{"filters":[{"filterType":"TARGETING_STATE","values":["enabled"]}],"maxResults":1}`)
	if targets.status != 200 || text(targets.body, "nextToken") == "" || text(targets.body, "targets", 0, "expressions", 0, "type") == "" {
		t.Errorf("%d %s", targets.status, targets.text)
	}
}

func TestNumbersAreUniqueInsideAKindOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	camps, _ := w.items("/sp/campaigns", `{}`)
	groups, _ := w.items("/sp/adGroups", `{}`)
	seen := map[string]bool{}
	for _, c := range camps {
		seen[text(c, "campaignId")] = true
	}
	shared := 0
	for _, g := range groups {
		if seen[text(g, "adGroupId")] {
			shared++
		}
	}
	if shared == 0 {
		t.Error("a campaign and an ad group should share a number")
	}
}

func TestExports(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, what := range []string{"campaigns", "adGroups", "ads", "targets"} {
		media := strings.ToLower(what) + "export.v1"
		a := w.vnd("POST", "/"+what+"/export", media, `{"adProductFilter":["SPONSORED_PRODUCTS","SPONSORED_BRANDS","SPONSORED_DISPLAY"],"stateFilter":["ENABLED","PAUSED","ARCHIVED"]}`)
		if a.status != 202 || text(a.body, "status") != "PROCESSING" {
			t.Fatalf("%d %s", a.status, a.text)
		}
		id := text(a.body, "exportId")
		if a := w.call("GET", "/exports/"+id, ""); a.status != 406 {
			t.Errorf("another Accept: %d", a.status)
		}
		w.vnd("GET", "/exports/"+id, media, "")
		done := w.vnd("GET", "/exports/"+id, media, "")
		if text(done.body, "status") != "COMPLETED" {
			t.Fatal(done.text)
		}
		rows := unpack(t, w.call("GET", text(done.body, "url"), "", "Authorization", "-"))
		if len(rows) < 5 || text(rows[0], "adProduct") != "SPONSORED_PRODUCTS" || text(rows[0], "deliveryStatus") == "" {
			t.Errorf("%s: %d rows, %v", what, len(rows), rows[0])
		}
	}
	for range 5 {
		w.vnd("POST", "/campaigns/export", "campaignsexport.v1", `{}`)
	}
	if a := w.vnd("POST", "/campaigns/export", "campaignsexport.v1", `{}`); a.status != 429 {
		t.Errorf("a sixth: %d", a.status)
	}
	w.sim.Advance(time.Minute)
}

func TestTrap2_ArchivedOnesAreAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	some, _ := w.items("/sp/productAds", `{}`)
	all, _ := w.items("/sp/productAds", `{"stateFilter":{"include":["ENABLED","PAUSED","ARCHIVED"]}}`)
	if len(all) <= len(some) {
		t.Errorf("%d of %d", len(some), len(all))
	}
}

func TestTrap21And27_CountriesAndInheritedBids(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	uk := w.on(3)
	if p := uk.call("GET", "/v2/profiles/"+uk.org.ID, ""); text(p.body, "countryCode") != "UK" || text(p.body, "timezone") != "Europe/London" || strings.Contains(p.text, `"profileId":"`) {
		t.Errorf("%s", p.text)
	}
	keywords, _ := w.items("/sp/keywords", `{}`)
	inherits := 0
	for _, k := range keywords {
		if _, ok := k["bid"]; !ok {
			inherits++
		}
	}
	if inherits == 0 || inherits == len(keywords) {
		t.Errorf("%d of %d inherit the bid", inherits, len(keywords))
	}
}

func TestKeywordsOfBrandsAreCompleteByCampaignOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	count := func(query string) int {
		a := w.call("GET", "/sb/keywords?count=100"+query, "", "Accept", "application/vnd.sbkeyword.v3.2+json")
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		return len(a.list)
	}
	byCampaign := 0
	for id := range w.campaigns("sb") {
		byCampaign += count("&campaignIdFilter=" + id)
	}
	if all := count(""); all >= byCampaign {
		t.Errorf("%d at once, %d by campaign", all, byCampaign)
	}
}

func TestTargetingIsSearched(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	ideas := w.vnd("POST", "/sp/targets/keywords/recommendations", "spkeywordsrecommendation.v3", `{"recommendationType":"KEYWORDS_FOR_ASINS","asins":["B0EXAMPLE1"],"maxRecommendations":2}`)
	if len(ideas.list) != 2 || text(ideas.list[0], "bid") != "40" { // trap 26: cents
		t.Errorf("%d %s", ideas.status, ideas.text)
	}
	tree := w.call("GET", "/sp/targets/categories?locale=de_DE", "", "Accept", "application/vnd.spproducttargetingresponse.v3+json")
	if inner := text(tree.body, "categoryTree"); !strings.HasPrefix(inner, "[{") {
		t.Errorf("the tree is JSON in a text: %d %s", tree.status, tree.text)
	}
	places := w.call("POST", "/locations/list?maxResults=1", `{"filters":[{"field":"name","values":["ber"]}]}`)
	next := text(places.body, "nextToken")
	if text(places.body, "locations", 0, "name") != "Berlin" || next == "" {
		t.Fatalf("%d %s", places.status, places.text)
	}
	more := w.call("POST", "/locations/list?maxResults=1&nextToken="+next, `{"filters":[{"field":"name","values":["ber"]}]}`)
	if text(more.body, "locations", 0, "name") != "Bern" {
		t.Errorf("%d %s", more.status, more.text)
	}
	audiences := w.call("POST", "/audiences/list", `{"adType":"SD","countries":["DE"],"filters":[{"field":"audienceName","values":["outdoor"]}]}`)
	if text(audiences.body, "matchCount") != "2" {
		t.Errorf("%d %s", audiences.status, audiences.text)
	}
	if a := w.call("POST", "/audiences/list", `{"adType":"X"}`); a.status != 400 || text(a.body, "errors", 0, "errorType") == "" || text(a.body, "requestId") == "" {
		t.Errorf("%d %s", a.status, a.text)
	}
	products := w.vnd("POST", "/product/metadata", "productmetadatarequest.v1", `{"skus":["ACME-00002"],"pageIndex":0,"pageSize":10}`)
	if len(at(products.body, "ProductMetadataList").([]any)) != 1 {
		t.Errorf("%d %s", products.status, products.text)
	}
	c, _ := w.items("/sp/campaigns", `{"maxResults":1}`)
	usage := w.vnd("POST", "/sp/campaigns/budget/usage", "spcampaignbudgetusage.v1", `{"campaignIds":["`+text(c[0], "campaignId")+`","1"]}`)
	if usage.status != 207 || text(usage.body, "success", 0, "budgetUsagePercent") == "" || text(usage.body, "error", 0, "index") != "1" {
		t.Errorf("%d %s", usage.status, usage.text)
	}
}
