package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

// errorOf finds an item's first error in a 207.
func errorOf(a answer, wrapper string, index int) (kind, reason, location string) {
	list, _ := at(a.body, wrapper, "error").([]any)
	for _, e := range list {
		if text(e, "index") == fmt.Sprint(index) {
			kind = text(e, "errors", 0, "errorType")
			v := at(e, "errors", 0, "errorValue", kind)
			return kind, text(v, "reason"), text(v, "cause", "location")
		}
	}
	return "", "", ""
}

func successOf(a answer, wrapper string, index int, field string) string {
	list, _ := at(a.body, wrapper, "success").([]any)
	for _, e := range list {
		if text(e, "index") == fmt.Sprint(index) {
			return text(e, field)
		}
	}
	return ""
}

const campaignJSON = `{"name":%q,"targetingType":%q,"state":"PAUSED","budget":{"budgetType":"DAILY","budget":25.5}}`

func TestTrap8_TheAnswerOf207IsNotSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body := `{"campaigns":[` + fmt.Sprintf(campaignJSON, "Winter DE manual", "MANUAL") + `,{"name":"Winter DE manual","targetingType":"MANUAL","state":"PAUSED","budget":{"budgetType":"DAILY","budget":0.1}},` +
		fmt.Sprintf(campaignJSON, "Winter DE auto", "AUTO") + `,` + fmt.Sprintf(campaignJSON, "🚀", "AUTO") + `]}`
	a := w.vnd("POST", "/sp/campaigns", "spCampaign.v3", body, "Prefer", "return=representation")
	if a.status != 207 || a.header.Get("Preference-Applied") != "return=representation" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	id, auto := successOf(a, "campaigns", 0, "campaignId"), successOf(a, "campaigns", 2, "campaignId")
	if id == "" || auto == "" || text(a.body, "campaigns", "success", 0, "campaign", "budget", "budget") != "25.5" {
		t.Fatalf("%s", a.text)
	}
	list := at(a.body, "campaigns", "error", 0, "errors").([]any)
	if len(list) != 2 || text(list[0], "errorType") != "rangeError" || text(list[0], "errorValue", "rangeError", "lowerLimit") != "1" || text(list[1], "errorValue", "duplicateValueError", "message") != "Campaign with name=Winter DE manual already exists!" {
		t.Errorf("%v", list)
	}
	if kind, reason, at := errorOf(a, "campaigns", 3); kind != "malformedValueError" || reason != "FORBIDDEN_CHARS" || at != "$.campaigns[3].name" {
		t.Errorf("%s %s %s", kind, reason, at)
	}
	// Trap 28: an automatic campaign's ad group gets four clauses by itself.
	g := w.vnd("POST", "/sp/adGroups", "spAdGroup.v3", `{"adGroups":[{"campaignId":"`+auto+`","name":"G","state":"ENABLED","defaultBid":0.75}]}`)
	group := successOf(g, "adGroups", 0, "adGroupId")
	clauses, _ := w.items("/sp/targets", `{"adGroupIdFilter":{"include":["`+group+`"]}}`)
	if len(clauses) != 4 || text(clauses[0], "expressionType") != "AUTO" {
		t.Errorf("%v", clauses)
	}
	del := w.vnd("POST", "/sp/targets/delete", "spTargetingClause.v3", `{"targetIdFilter":{"include":["`+text(clauses[0], "targetId")+`"]}}`)
	if _, reason, _ := errorOf(del, "targetingClauses", 0); reason != "AUTO_TARGETING_CLAUSE_CANNOT_BE_ARCHIVED_MANUALLY" {
		t.Errorf("%s", del.text)
	}
	k := w.vnd("POST", "/sp/keywords", "spKeyword.v3", `{"keywords":[{"campaignId":"`+auto+`","adGroupId":"`+group+`","keywordText":"shoes","matchType":"EXACT","state":"ENABLED"}]}`)
	if _, reason, _ := errorOf(k, "keywords", 0); reason != "TARGETING_TYPE_NOT_ALLOWED_FOR_AUTO_TARGETING_CAMPAIGN" {
		t.Errorf("%s", k.text)
	}
}

func TestTrap2_DeleteIsForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.vnd("POST", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[`+fmt.Sprintf(campaignJSON, "C", "MANUAL")+`]}`)
	id := successOf(a, "campaigns", 0, "campaignId")
	if at(a.body, "campaigns", "success", 0, "campaign") != nil {
		t.Errorf("the whole object without Prefer: %s", a.text)
	}
	if a := w.vnd("PUT", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[{"campaignId":"`+id+`","state":"ARCHIVED"}]}`); a.status != 400 || text(a.body, "code") != "INVALID_ARGUMENT" {
		t.Errorf("archive by PUT: %d %s", a.status, a.text)
	}
	put := func(change string) answer {
		return w.vnd("PUT", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[{"campaignId":"`+id+`",`+change+`}]}`)
	}
	if a := put(`"state":"ENABLED","budget":{"budgetType":"DAILY","budget":40},"endDate":"2026-12-31"`); successOf(a, "campaigns", 0, "campaignId") != id {
		t.Errorf("%s", a.text)
	}
	if a := put(`"endDate":null`); successOf(a, "campaigns", 0, "campaignId") != id { // trap 14
		t.Errorf("%s", a.text)
	}
	got, _ := w.items("/sp/campaigns", `{"campaignIdFilter":{"include":["`+id+`"]}}`)
	if text(got[0], "state") != "ENABLED" || text(got[0], "budget", "budget") != "40" || got[0]["endDate"] != nil || text(got[0], "name") != "C" || text(got[0], "startDate") != "2026-11-24" {
		t.Errorf("%v", got[0])
	}
	for change, reason := range map[string]string{
		`"startDate":"2026-12-01"`: "UPDATING_READ_ONLY_START_DATE", `"targetingType":"AUTO"`: "UNSUPPORTED_OPERATION", `"endDate":"2026-01-01"`: "END_DATE_EARLIER_THAN_TODAY",
		`"portfolioId":"1"`: "ENTITY_NOT_FOUND", `"dynamicBidding":{}`: "MISSING_VALUE",
	} {
		if _, got, _ := errorOf(put(change), "campaigns", 0); got != reason {
			t.Errorf("%s: %s", change, got)
		}
	}
	if a := put(`"budget":40`); a.status != 400 { // trap 13
		t.Errorf("a number for a budget: %d %s", a.status, a.text)
	}
	if a := w.vnd("POST", "/sp/campaigns/delete", "spCampaign.v3", `{"campaignIdFilter":{"include":["`+id+`","1"]}}`); successOf(a, "campaigns", 0, "campaignId") != id || !strings.Contains(a.text, "ENTITY_NOT_FOUND") {
		t.Errorf("%s", a.text)
	}
	if _, reason, _ := errorOf(put(`"state":"PAUSED"`), "campaigns", 0); reason != "ARCHIVED_ENTITY_CANNOT_BE_MODIFIED" {
		t.Errorf("%s", reason)
	}
	again := w.vnd("POST", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[`+fmt.Sprintf(campaignJSON, "C", "MANUAL")+`]}`)
	if _, reason, _ := errorOf(again, "campaigns", 0); reason != "DUPLICATE_VALUE" {
		t.Errorf("the name stays taken: %s", again.text)
	}
	under := w.vnd("POST", "/sp/adGroups", "spAdGroup.v3", `{"adGroups":[{"campaignId":"`+id+`","name":"G","state":"ENABLED","defaultBid":0.75}]}`)
	if _, reason, _ := errorOf(under, "adGroups", 0); reason != "PARENT_ENTITY_ARCHIVED" {
		t.Errorf("%s", under.text)
	}
}

func TestTrap9_VendorsMayRepeatNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).on(1)
	body := `{"campaigns":[` + fmt.Sprintf(campaignJSON, "C", "MANUAL") + `]}`
	for range 2 {
		if a := w.vnd("POST", "/sp/campaigns", "spCampaign.v3", body); successOf(a, "campaigns", 0, "campaignId") == "" {
			t.Errorf("%s", a.text)
		}
	}
}

func TestProductsKeywordsAndTargetsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	c := successOf(w.vnd("POST", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[`+fmt.Sprintf(campaignJSON, "C", "MANUAL")+`]}`), "campaigns", 0, "campaignId")
	g := successOf(w.vnd("POST", "/sp/adGroups", "spAdGroup.v3", `{"adGroups":[{"campaignId":"`+c+`","name":"G","state":"ENABLED","defaultBid":0.75}]}`), "adGroups", 0, "adGroupId")
	under := `"campaignId":"` + c + `","adGroupId":"` + g + `","state":"ENABLED",`
	ads := w.vnd("POST", "/sp/productAds", "spProductAd.v3", `{"productAds":[{`+under+`"sku":"ACME-00002"},{`+under+`"asin":"B0EXAMPLE1"},{`+under+`"sku":"ACME-00002"}]}`, "Prefer", "return=representation")
	if successOf(ads, "productAds", 0, "adId") == "" || text(ads.body, "productAds", "success", 0, "productAd", "asin") == "" {
		t.Errorf("%s", ads.text)
	}
	if kind, _, _ := errorOf(ads, "productAds", 1); kind != "productIdentifierError" {
		t.Errorf("%s", ads.text)
	}
	if kind, _, _ := errorOf(ads, "productAds", 2); kind != "duplicateValueError" {
		t.Errorf("%s", ads.text)
	}
	neg := w.vnd("POST", "/sp/negativeKeywords", "spNegativeKeyword.v3", `{"negativeKeywords":[{`+under+`"keywordText":"free","matchType":"NEGATIVE_EXACT"},{`+under+`"keywordText":"a b c d e","matchType":"NEGATIVE_PHRASE"}]}`)
	if successOf(neg, "negativeKeywords", 0, "negativeKeywordId") == "" {
		t.Errorf("trap 15: %s", neg.text)
	}
	if _, reason, _ := errorOf(neg, "negativeKeywords", 1); reason != "TOO_LONG" {
		t.Errorf("%s", neg.text)
	}
	kw := w.vnd("POST", "/sp/keywords", "spKeyword.v3", `{"keywords":[{`+under+`"keywordText":"shoes","matchType":"EXACT","bid":0.01},{`+under+`"keywordText":"shoes","matchType":"PHRASE","bid":5000},{`+under+`"keywordText":"shoes","matchType":"EXACT"}]}`)
	if kind, _, _ := errorOf(kw, "keywords", 0); kind != "rangeError" {
		t.Errorf("%s", kw.text)
	}
	if kind, _, _ := errorOf(kw, "keywords", 1); kind != "biddingError" {
		t.Errorf("%s", kw.text)
	}
	mixed := w.vnd("POST", "/sp/targets", "spTargetingClause.v3", `{"targetingClauses":[{`+under+`"expressionType":"MANUAL","expression":[{"type":"ASIN_SAME_AS","value":"B0EXAMPLE1"}]},{`+under+`"expressionType":"MANUAL","expression":[{"type":"QUERY_HIGH_REL_MATCHES"}]}]}`)
	if _, reason, _ := errorOf(mixed, "targetingClauses", 0); reason != "TYPE_CONFLICT_IN_AD_GROUP" {
		t.Errorf("%s", mixed.text)
	}
	if kind, _, _ := errorOf(mixed, "targetingClauses", 1); kind != "expressionTypeError" {
		t.Errorf("%s", mixed.text)
	}
}

func TestTrap24And25_SponsoredBrandsWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	brand := text(w.call("GET", "/brands", "", "Accept", "application/vnd.brand.v3+json").list[0], "brandEntityId")
	item := func(name, more string) string {
		return fmt.Sprintf(`{"name":%q,"state":"PAUSED","budgetType":"DAILY","budget":30,"brandEntityId":%q%s}`, name, brand, more)
	}
	post := func(items ...string) answer {
		return w.vnd("POST", "/sb/v4/campaigns", "sbcampaignresource.v4", `{"campaigns":[`+strings.Join(items, ",")+`]}`)
	}
	if a := post(strings.Split(strings.Repeat(item("x", "")+"|", 11), "|")[:11]...); a.status != 400 {
		t.Errorf("eleven items: %d", a.status)
	}
	if a := post(item("A", `,"goal":"PAGE_VISIT"`)); a.status != 400 || text(a.body, "code") != "INVALID_ARGUMENT" {
		t.Errorf("goal alone: %d %s", a.status, a.text)
	}
	a := post(item("A", `,"goal":"PAGE_VISIT","costType":"CPC"`), item("B", `,"budgetType":"LIFETIME"`))
	c := successOf(a, "campaigns", 0, "campaignId")
	if a.status != 207 || c == "" || text(a.body, "campaigns", "success", 0, "campaign", "name") != "A" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	if a := w.vnd("PUT", "/sb/v4/campaigns", "sbcampaignresource.v4", `{"campaigns":[{"campaignId":"`+c+`","goal":"BRAND_IMPRESSION_SHARE"}]}`); a.status != 400 {
		t.Errorf("the goal is fixed: %d %s", a.status, a.text)
	}
	g := successOf(w.vnd("POST", "/sb/v4/adGroups", "sbadgroupresource.v4", `{"adGroups":[{"campaignId":"`+c+`","name":"G1","state":"ENABLED"}]}`), "adGroups", 0, "adGroupId")
	logo := text(w.call("POST", "/assets/search", `{"filterCriteria":{"valueFilters":[{"valueField":"ASSET_SUB_TYPE","values":["LOGO"]}]}}`).body, "assetList", 0, "assetId")
	ad := `{"ads":[{"name":"P1","adGroupId":"` + g + `","state":"ENABLED","landingPage":{"pageType":"STORE","url":"https://www.amazon.de/stores/page/AAAA"},"creative":{"brandName":"ACME","%s":"` + logo + `","headline":"Made to run","asins":["B0EXAMPLE1"]}}]}`
	wrong := w.vnd("POST", "/sb/v4/ads/productCollectionExtended", "sbadresource.v4", fmt.Sprintf(ad, "brandLogoAssetId"))
	if kind, _, _ := errorOf(wrong, "ads", 0); kind == "" {
		t.Errorf("trap 15: %s", wrong.text)
	}
	made := w.vnd("POST", "/sb/v4/ads/productCollectionExtended", "sbadresource.v4", fmt.Sprintf(ad, "brandLogoAssetID"))
	id := successOf(made, "ads", 0, "adId")
	if id == "" || text(made.body, "ads", "success", 0, "ad", "creative", "brandLogoAssetID") != logo+":version_v1" {
		t.Fatalf("%s", made.text)
	}
	status := func() string {
		v := w.vnd("POST", "/sb/ads/creatives/list", "sbAdCreativeResource.v4", `{"adId":"`+id+`"}`)
		list := at(v.body, "creatives").([]any)
		return text(list[len(list)-1], "creativeStatus")
	}
	if s := status(); s != "SUBMITTED_FOR_MODERATION" {
		t.Error(s)
	}
	w.sim.Advance(2 * time.Minute)
	if s := status(); s != "PUBLISHED" {
		t.Error(s)
	}
	next := w.vnd("POST", "/sb/ads/creatives/productCollectionExtended", "sbAdCreativeResource.v4", `{"adId":"`+id+`","creative":{"brandName":"ACME","brandLogoAssetId":"`+logo+`","headline":"Newer"}}`)
	if next.status != 200 || text(next.body, "creativeVersion") != "2" || status() == "PUBLISHED" {
		t.Errorf("%d %s", next.status, next.text)
	}
	if a := w.vnd("POST", "/sb/v4/ads/productCollection", "sbadresource.v4", fmt.Sprintf(ad, "brandLogoAssetID")); a.status != 404 {
		t.Errorf("shut off: %d", a.status)
	}
	kw := w.call("POST", "/sb/keywords", `[{"campaignId":`+c+`,"adGroupId":`+g+`,"keywordText":"soap bar","matchType":"broad","bid":1.1},{"campaignId":`+c+`,"adGroupId":`+g+`,"keywordText":"soap","matchType":"broad"}]`)
	if kw.status != 207 || text(kw.list[0], "code") != "SUCCESS" || text(kw.list[0], "keywordId") == "" || text(kw.list[1], "code") != "INVALID_ARGUMENT" || text(kw.list[1], "description") == "" {
		t.Errorf("%d %s", kw.status, kw.text)
	}
	tg := w.call("POST", "/sb/targets", `{"targets":[{"campaignId":`+c+`,"adGroupId":`+g+`,"expressions":[{"type":"asinSameAs","value":"B0EXAMPLE1"}],"bid":1},{"adGroupId":`+g+`,"expression":[]}]}`)
	if tg.status != 200 || text(tg.body, "createTargetSuccessResults", 0, "targetId") == "" || text(tg.body, "createTargetErrorResults", 0, "targetRequestIndex") != "1" {
		t.Errorf("%d %s", tg.status, tg.text)
	}
}

func TestSponsoredDisplayWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.call("POST", "/sd/campaigns", `[{"name":"Retarget DE","tactic":"T00030","budgetType":"daily","budget":"20.0","startDate":"20261201","costType":"cpc","state":"paused"},{"name":"x","tactic":"T00001"},{"name":"y","tactic":"T00020","startDate":"2026-12-01"}]`)
	if a.status != 207 || text(a.list[0], "code") != "SUCCESS" || text(a.list[1], "code") != "INVALID_ARGUMENT" || text(a.list[2], "code") != "INVALID_ARGUMENT" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	c := text(a.list[0], "campaignId")
	g := w.call("POST", "/sd/adGroups", `[{"campaignId":`+c+`,"name":"G","defaultBid":0.5,"bidOptimization":"clicks","state":"enabled","creativeType":"IMAGE"}]`)
	group := text(g.list[0], "adGroupId")
	tg := w.call("POST", "/sd/targets", `[{"adGroupId":`+group+`,"expressionType":"manual","bid":0.6,"state":"enabled","expression":[{"type":"views","value":[{"type":"similarProduct"},{"type":"lookback","value":"30"}]}]}]`)
	if tg.status != 207 || text(tg.list[0], "code") != "SUCCESS" || text(tg.list[0], "description") == "" {
		t.Errorf("a description is no error: %d %s", tg.status, tg.text)
	}
	creative := `[{"adGroupId":` + group + `,"creativeType":"IMAGE","properties":{"headline":"Made to run"}}]`
	first, second := w.call("POST", "/sd/creatives", creative), w.call("POST", "/sd/creatives", creative)
	if first.status != 200 || text(first.list[0], "creativeId") == "" || text(second.list[0], "code") != "DUPLICATE" {
		t.Errorf("%d %s %s", first.status, first.text, second.text)
	}
	if a := w.call("PUT", "/sd/campaigns", `[{"campaignId":`+c+`,"state":"archived"}]`); text(a.list[0], "code") != "SUCCESS" {
		t.Errorf("trap 2, SD takes archived: %s", a.text)
	}
	if a := w.call("DELETE", "/sd/adGroups/"+group, ""); a.status != 200 || text(a.body, "code") != "SUCCESS" {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.call("GET", "/sd/campaigns/"+c, ""); text(a.body, "state") != "archived" || text(a.body, "budget") != "20.0" {
		t.Errorf("%s", a.text)
	}
}
