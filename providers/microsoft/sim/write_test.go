package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

const winter = `{"Name":"Winter Sale","BudgetType":"DailyBudgetStandard","DailyBudget":25.5,"TimeZone":"AmsterdamBerlinBernRomeStockholmVienna","Languages":["German"]`

func (w *world) add(t *testing.T, campaigns string) (idsGot []any, errs []any) {
	t.Helper()
	a := w.ok("Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[`+campaigns+`]}`)
	return list(a, "CampaignIds"), list(a, "PartialErrors")
}

func (w *world) campaign(id string) map[string]any {
	w.t.Helper()
	l := list(w.ok("Campaigns/QueryByIds", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+id+`"],"CampaignType":`+allTypes+`,"ReturnAdditionalFields":`+allFields+`}`), "Campaigns")
	m, _ := l[0].(map[string]any)
	return m
}

// Trap03: a failed item is told inside HTTP 200, in its place.
func TestTrap03PartialErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got, errs := w.add(t, winter+`},`+strings.Replace(winter, "Winter Sale", "winter sale", 1)+`},{"Name":"Broken","TimeZone":"AmsterdamBerlinBernRomeStockholmVienna","BudgetType":"DailyBudgetStandard","DailyBudget":0.01}`)
	if len(got) != 3 || got[0] == nil || got[1] != nil || got[2] != nil || len(errs) != 2 {
		t.Fatalf("%v %v", got, errs)
	}
	if text(errs[0], "Code") != "1115" || text(errs[0], "Index") != "1" || text(errs[1], "Code") != "1106" || text(errs[0], "Type") != "BatchError" {
		t.Errorf("%v", errs)
	}
	c := w.campaign(got[0].(string))
	if text(c, "Status") != "Paused" || text(c, "CampaignType") != "Search" || text(c, "DailyBudget") != "25.5" {
		t.Errorf("%v", c)
	}
}

func TestCampaignsAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for body, code := range map[string]string{
		`{"Name":""}`: "1101",
		strings.Replace(winter, `,"TimeZone":"AmsterdamBerlinBernRomeStockholmVienna"`, "", 1) + `}`: "1109",
		strings.Replace(winter, "Amsterdam", "Rotterdam", 1) + `}`:                                   "1014",
		strings.Replace(winter, `"BudgetType":"DailyBudgetStandard",`, "", 1) + `}`:                  "1121",
		winter + `,"CampaignType":"Shopping"}`:                                                       "1150",
		winter + `,"CampaignType":"Audience"}`:                                                       "5701",
		winter + `,"Id":"7"}`:                                                                        "1004",
		winter + `,"Status":"Suspended"}`:                                                            "1120",
		winter + `,"BudgetId":"1"}`:                                                                  "4916",
		strings.Replace(winter, "German", "de", 1) + `}`:                                             "3412",
		winter + `,"IsPolitical":true}`:                                                              "201",
	} {
		if _, errs := w.add(t, body); len(errs) != 1 || text(errs[0], "Code") != code {
			t.Errorf("%s: %v, want %s", body, errs, code)
		}
	}
	// Numbers as text and unknown enumeration values do not deserialize.
	for _, body := range []string{strings.Replace(winter, "25.5", `"25.5"`, 1) + `}`, winter + `,"Status":"On"}`, winter + `,"BiddingScheme":{"TargetCpa":3}}`} {
		refused(t, w.do(http.MethodPost, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[`+body+`]}`), 400, "100")
	}
	refused(t, w.do(http.MethodPost, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[]}`), 400, "1113")
	refused(t, w.do(http.MethodPost, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[`+strings.Repeat("{},", 100)+`{}]}`), 400, "1114")
}

// Trap13: two bidding schemes are rewritten; a group's own is ignored.
func TestTrap13SchemesAreRewritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got, errs := w.add(t, winter+`,"BiddingScheme":{"Type":"TargetCpa","TargetCpa":12.5,"MaxCpc":{"Amount":2}}}`)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	id := got[0].(string)
	if c := w.campaign(id); text(c, "BiddingScheme", "Type") != "MaxConversions" || text(c, "BiddingScheme", "TargetCpa") != "12.5" {
		t.Errorf("%v", c["BiddingScheme"])
	}
	g := w.ok("AdGroups", `{"CampaignId":"`+id+`","AdGroups":[{"Name":"G","BiddingScheme":{"Type":"MaxClicks"},"CpcBid":{"Amount":0.4}}]}`)
	l := list(w.ok("AdGroups/QueryByCampaignId", `{"CampaignId":"`+id+`","ReturnAdditionalFields":"AdGroupType, CpvBid"}`), "AdGroups")
	if len(list(g, "PartialErrors")) != 0 || text(l[0], "BiddingScheme", "Type") != "InheritFromParent" || text(l[0], "CpcBid", "Amount") != "0.4" || text(l[0], "Status") != "Paused" {
		t.Errorf("%v %v", g, l)
	}
}

// Trap11: null leaves things as they are; each field has its own way to clear.
func TestTrap11NullDoesNotClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got, _ := w.add(t, winter+`,"TrackingUrlTemplate":"{lpurl}?a=1","UrlCustomParameters":{"Parameters":[{"Key":"a","Value":"1"}]}}`)
	id := got[0].(string)
	put := func(fields string) []any {
		return list(w.okDo(http.MethodPut, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Id":"`+id+`",`+fields+`}]}`), "PartialErrors")
	}
	put(`"TrackingUrlTemplate":null,"Status":"Active"`)
	if c := w.campaign(id); text(c, "TrackingUrlTemplate") == "" || text(c, "Status") != "Active" {
		t.Errorf("%v", c)
	}
	put(`"TrackingUrlTemplate":"","UrlCustomParameters":{"Parameters":[]}`)
	if c := w.campaign(id); c["TrackingUrlTemplate"] != nil || c["UrlCustomParameters"] != nil {
		t.Errorf("%v", c)
	}
	if errs := put(`"CampaignType":"Shopping"`); len(errs) != 1 || text(errs[0], "Code") != "1155" {
		t.Errorf("%v", errs)
	}
	group := list(w.ok("AdGroups", `{"CampaignId":"`+id+`","AdGroups":[{"Name":"G","EndDate":{"Day":31,"Month":12,"Year":2026}}]}`), "AdGroupIds")[0].(string)
	read := func() map[string]any {
		return list(w.ok("AdGroups/QueryByIds", `{"CampaignId":"`+id+`","AdGroupIds":["`+group+`"]}`), "AdGroups")[0].(map[string]any)
	}
	if text(read(), "EndDate", "Year") != "2026" {
		t.Errorf("%v", read())
	}
	w.sim.Advance(40 * 24 * time.Hour)
	w.token = w.sim.Grant().Access
	if text(read(), "Status") != "Expired" {
		t.Errorf("%v", read())
	}
	change := func(fields string) []any {
		return list(w.okDo(http.MethodPut, "AdGroups", `{"CampaignId":"`+id+`","AdGroups":[{"Id":"`+group+`",`+fields+`}]}`), "PartialErrors")
	}
	if errs := change(`"Name":"H"`); len(errs) != 1 || text(errs[0], "Code") != "1215" {
		t.Errorf("%v", errs)
	}
	if errs := change(`"EndDate":{"Day":2,"Month":1,"Year":2050}`); len(errs) != 0 || read()["EndDate"] != nil {
		t.Errorf("%v %v", errs, read())
	}
}

const search = `{"Type":"ResponsiveSearch","Status":"Active","FinalUrls":["https://shop.example/winter"],"Headlines":[{"Asset":{"Type":"TextAsset","Text":"One"}},{"Asset":{"Type":"TextAsset","Text":"Two"}},{"Asset":{"Type":"TextAsset","Text":"Three"}}],"Descriptions":[{"Asset":{"Type":"TextAsset","Text":"First."}},{"Asset":{"Type":"TextAsset","Text":"Second."}}]}`

func TestAdsGoThroughReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got, _ := w.add(t, winter+`}`)
	group := list(w.ok("AdGroups", `{"CampaignId":"`+got[0].(string)+`","AdGroups":[{"Name":"G"}]}`), "AdGroupIds")[0].(string)
	post := func(ads string) map[string]any { return w.ok("Ads", `{"AdGroupId":"`+group+`","Ads":[`+ads+`]}`) }
	a := post(search + `,` + strings.Replace(search, "First.", "DISAPPROVE me.", 1))
	if len(list(a, "PartialErrors")) != 0 {
		t.Fatal(a)
	}
	read := func() []any {
		return list(w.ok("Ads/QueryByAdGroupId", `{"AdGroupId":"`+group+`","AdTypes":`+adTypes+`,"ReturnAdditionalFields":"ImpressionTrackingUrls,Videos,LongHeadlines"}`), "Ads")
	}
	if l := read(); text(l[0], "EditorialStatus") != "Inactive" || text(l[0], "Domain") != "shop.example" {
		t.Errorf("%v", l)
	}
	w.sim.Advance(2 * time.Minute)
	l := read()
	if text(l[0], "EditorialStatus") != "Active" || text(l[1], "EditorialStatus") != "Disapproved" {
		t.Errorf("%v", l)
	}
	r := w.ok("EditorialReasons/QueryByIds", `{"AccountId":"`+w.acc.ID+`","EntityIdToParentIdAssociations":[{"EntityId":"`+text(l[1], "Id")+`","ParentId":"`+group+`"}],"EntityType":"Ad"}`)
	if x := list(r, "EditorialReasons"); len(x) != 1 || len(list(x[0], "Reasons")) != 1 {
		t.Errorf("%v", r)
	}
	for ad, code := range map[string]string{
		strings.Replace(search, `{"Asset":{"Type":"TextAsset","Text":"Three"}}`, "", 1):      "100",
		strings.Replace(search, `"Text":"Three"`, `"Text":"One"`, 1):                         "6202",
		strings.Replace(search, `"Text":"Three"`, `"Text":"`+strings.Repeat("漢", 16)+`"`, 1): "6208",
		`{"Type":"ExpandedText","FinalUrls":["https://a.example"]}`:                          "2805",
		`{"Type":"Product"}`: "1399",
		strings.Replace(search, `"Status"`, `"EditorialStatus":"Active","Status"`, 1): "201",
	} {
		a := w.do(http.MethodPost, "Ads", `{"AdGroupId":"`+group+`","Ads":[`+ad+`]}`)
		if codeOf(a) != code {
			t.Errorf("%s: %s, want %s", ad, a.text, code)
		}
	}
	if del := w.okDo(http.MethodDelete, "Ads", `{"AdGroupId":"`+group+`","AdIds":["`+text(l[0], "Id")+`","5"]}`); len(list(del, "PartialErrors")) != 1 || len(read()) != 1 {
		t.Errorf("%v", del)
	}
	if a := w.do(http.MethodDelete, "Ads", ""); a.status != 400 || codeOf(a) != "100" {
		t.Errorf("Trap08: %s", a.text)
	}
}

// Trap15: the first criterion brings one for the intent along; Trap16: the
// platform's spelling is the only one.
func TestTrap15CriterionsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	got, _ := w.add(t, winter+`}`)
	id := got[0].(string)
	post := func(kind, criterion string) reply {
		return w.do(http.MethodPost, "CampaignCriterions", `{"CriterionType":"`+kind+`","CampaignCriterions":[{"Type":"BiddableCampaignCriterion","CampaignId":"`+id+
			`","Criterion":`+criterion+`,"CriterionBid":{"Type":"BidMultiplier","Multiplier":10}}]}`)
	}
	a := post("Targets", `{"Type":"LocationCriterion","LocationId":"72"}`)
	if a.status != 200 || len(list(a.body, "NestedPartialErrors")) != 0 {
		t.Fatal(a.text)
	}
	intent := list(w.ok("CampaignCriterions/QueryByIds", `{"CampaignId":"`+id+`","CriterionType":"LocationIntent"}`), "CampaignCriterions")
	if len(intent) != 1 || text(intent[0], "Criterion", "IntentOption") != "PeopleInOrSearchingForOrViewingPages" {
		t.Errorf("%v", intent)
	}
	refused(t, post("Location", `{"Type":"LocationCriterion","LocationId":"190"}`), 200, "4503")
	refused(t, post("Targets", `{"Type":"LocationCriterion","LocationId":"72"}`), 200, "4521")
	refused(t, post("Targets", `{"Type":"AgeCriterion","AgeRange":"ThirtyFiveToFortyNine"}`), 400, "100")
	if a := post("Targets", `{"Type":"AgeCriterion","AgeRange":"ThirtyFiveToFourtyNine"}`); a.status != 200 {
		t.Error(a.text)
	}
}

func TestDeletingTakesChildrenAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	camp := ids(w.campaigns("null", "null"))[0]
	group := ids(list(w.ok("AdGroups/QueryByCampaignId", `{"CampaignId":"`+camp+`"}`), "AdGroups"))[0]
	if a := w.okDo(http.MethodDelete, "Campaigns", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+camp+`"]}`); len(list(a, "PartialErrors")) != 0 {
		t.Fatal(a)
	}
	refused(t, w.do(http.MethodPost, "Ads/QueryByAdGroupId", `{"AdGroupId":"`+group+`","AdTypes":`+adTypes+`}`), 400, "1201")
	if w.campaign(camp) != nil {
		t.Error("still there")
	}
}

func TestMediaAndVideos(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	add := func(data string) reply {
		return w.do(http.MethodPost, "Media", `{"AccountId":"`+w.acc.ID+`","Media":[{"Type":"Image","MediaType":"GenericImage","Data":"`+data+`","Text":"alt"}]}`)
	}
	a := add("iVBORw0KGgoAAAANSUhEUg==")
	if a.status != 200 || len(list(a.body, "MediaIds")) != 1 {
		t.Fatal(a.text)
	}
	refused(t, add("%%"), 400, "4018")
	refused(t, add(strings.Repeat("A", 102_404)), 400, "4004")
	id := list(a.body, "MediaIds")[0].(string)
	used := ids(list(w.ok("MediaMetaData/QueryByAccountId", `{"MediaEnabledEntities":"ResponsiveAd","PageInfo":{"Index":0,"Size":1}}`), "MediaMetaData"))[0]
	del := list(w.okDo(http.MethodDelete, "Media", `{"AccountId":"`+w.acc.ID+`","MediaIds":["`+id+`","`+used+`"]}`), "PartialErrors")
	if len(del) != 2 || del[0] != nil || text(del[1], "Code") != "4024" {
		t.Errorf("%v", del)
	}
	v := list(w.ok("Videos", `{"Videos":[{"SourceUrl":"https://cdn.example/clip.mp4","Description":"x"}]}`), "VideoIds")[0].(string)
	status := func() string {
		return text(list(w.ok("Videos/QueryByIds", `{"VideoIds":["`+v+`"]}`), "Videos")[0], "Status")
	}
	if status() != "Draft" {
		t.Error(status())
	}
	w.sim.Advance(time.Hour / 2)
	if status() != "Active" {
		t.Error(status())
	}
}
