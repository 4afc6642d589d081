package sim_test

import (
	"net/http"
	"testing"

	"github.com/admux/admux/providers/microsoft/sim"
)

// Whatever is listed can be switched off and on again: what the world made obeys
// the rules that clients are held to.
func TestWhatIsSeededCanBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	toggle := func(w *world, path, parent, list1, id, extra string) {
		t.Helper()
		for _, status := range []string{"Paused", "Active"} {
			a := w.okDo(http.MethodPut, path, `{`+parent+`,"`+list1+`":[{"Id":"`+id+`","Status":"`+status+`"`+extra+`}]}`)
			if errs := list(a, "PartialErrors"); len(errs) != 0 && text(errs[0], "Code") != "1215" {
				t.Errorf("%s %s %s: %v", path, id, status, errs)
			}
		}
	}
	for i := range 4 {
		w := w.on(i)
		for _, c := range w.campaigns(allTypes, allFields) {
			id := text(c, "Id")
			toggle(w, "Campaigns", `"AccountId":"`+w.acc.ID+`"`, "Campaigns", id, "")
			for _, g := range list(w.ok("AssetGroups/QueryByCampaignId", `{"CampaignId":"`+id+`"}`), "AssetGroups") {
				toggle(w, "AssetGroups", `"CampaignId":"`+id+`"`, "AssetGroups", text(g, "Id"), "")
			}
			for _, g := range list(w.ok("AdGroups/QueryByCampaignId", `{"CampaignId":"`+id+`"}`), "AdGroups") {
				gid := text(g, "Id")
				toggle(w, "AdGroups", `"CampaignId":"`+id+`"`, "AdGroups", gid, "")
				for _, ad := range list(w.ok("Ads/QueryByAdGroupId", `{"AdGroupId":"`+gid+`","AdTypes":`+adTypes+`}`), "Ads") {
					toggle(w, "Ads", `"AdGroupId":"`+gid+`"`, "Ads", text(ad, "Id"), `,"Type":"`+text(ad, "Type")+`"`)
				}
				for _, k := range list(w.ok("Keywords/QueryByAdGroupId", `{"AdGroupId":"`+gid+`"}`), "Keywords") {
					toggle(w, "Keywords", `"AdGroupId":"`+gid+`"`, "Keywords", text(k, "Id"), "")
				}
			}
		}
	}
}

func TestOtherKindsAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	one := func(path, body, ids string) string {
		t.Helper()
		a := w.ok(path, body)
		if errs := list(a, "PartialErrors"); len(errs) != 0 {
			t.Fatalf("%s: %v", path, errs)
		}
		return list(a, ids)[0].(string)
	}
	image := ids(list(w.ok("MediaMetaData/QueryByAccountId", `{"MediaEnabledEntities":"ResponsiveAd","PageInfo":{"Index":0,"Size":1}}`), "MediaMetaData"))[0]
	link := func(s string) string { return `{"Asset":{"Type":"TextAsset","Text":"` + s + `"}}` }
	images := `"Images":[{"Asset":{"Type":"ImageAsset","Id":"` + image + `","SubType":"OriginalImage"}}]`
	three := `"Headlines":[` + link("a") + `,` + link("b") + `,` + link("c") + `]`
	pool := one("Budgets", `{"Budgets":[{"Name":"Pool","Amount":12.5,"BudgetType":"DailyBudgetStandard"}]}`, "BudgetIds")
	audience := one("Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Name":"Native","CampaignType":"Audience","BudgetId":"`+pool+`","TimeZone":"AmsterdamBerlinBernRomeStockholmVienna","Languages":["All"]}]}`, "CampaignIds")
	if c := w.campaign(audience); text(c, "DailyBudget") != "12.5" || text(c, "BudgetId") != pool {
		t.Errorf("%v", c)
	}
	group := one("AdGroups", `{"CampaignId":"`+audience+`","AdGroups":[{"Name":"G","CpcBid":{"Amount":0.3}}]}`, "AdGroupIds")
	ad := one("Ads", `{"AdGroupId":"`+group+`","Ads":[{"Type":"ResponsiveAd","FinalUrls":["https://shop.example/"],"BusinessName":"Acme","Headlines":[`+link("a")+`],"LongHeadlines":[`+link("long")+`],"Descriptions":[`+link("d")+`],`+images+`}]}`, "AdIds")
	got := list(w.ok("Ads/QueryByIds", `{"AdGroupId":"`+group+`","AdIds":["`+ad+`"],"AdTypes":["ResponsiveAd"],"ReturnAdditionalFields":"LongHeadlines"}`), "Ads")
	if l := list(got[0], "Images"); len(l) != 4 || text(l[3], "Asset", "Id") != image {
		t.Errorf("%v", got)
	}
	pmax := one("Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Name":"Max","CampaignType":"PerformanceMax","BudgetType":"DailyBudgetStandard","DailyBudget":5,"TimeZone":"AmsterdamBerlinBernRomeStockholmVienna","Languages":["German"],"Settings":[{"Type":"PerformanceMaxSetting","FinalUrlExpansionOptOut":true}]}]}`, "CampaignIds")
	one("AssetGroups", `{"CampaignId":"`+pmax+`","AssetGroups":[{"Name":"AG","BusinessName":"Acme","FinalUrls":["https://shop.example/"],`+three+`,"LongHeadlines":[`+link("l")+`],"Descriptions":[`+link("d")+`,`+link("e")+`],`+images+`}]}`, "AssetGroupIds")
	refused(t, w.do(http.MethodPost, "AdGroups", `{"CampaignId":"`+pmax+`","AdGroups":[{"Name":"G"}]}`), 200, "201")
	search := one("Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[`+winter+`}]}`, "CampaignIds")
	words := one("AdGroups", `{"CampaignId":"`+search+`","AdGroups":[{"Name":"G"}]}`, "AdGroupIds")
	one("Keywords", `{"AdGroupId":"`+words+`","Keywords":[{"Text":"boots","MatchType":"Exact","Bid":{"Amount":0.5}}]}`, "KeywordIds")
	refused(t, w.do(http.MethodPost, "Keywords", `{"AdGroupId":"`+words+`","Keywords":[{"Text":"Boots","MatchType":"Exact"}]}`), 200, "1517")
	refused(t, w.do(http.MethodDelete, "Budgets", `{"BudgetIds":["`+pool+`"]}`), 200, "4918")
}

func TestKeywordsAndVideosAreReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	const from, to = "2026-11-01", "2026-11-20"
	words := w.sumRows(w.rows(w.request("Keyword", "Daily", from, to, append([]string{"TimePeriod", "AdGroupId", "KeywordId", "Keyword", "BidMatchType"}, kpis...)...)),
		func(r map[string]string) string { return r["AdGroupId"] })
	groups := w.sumRows(w.rows(w.request("AdGroup", "Daily", from, to, append([]string{"TimePeriod", "AdGroupId"}, kpis...)...)),
		func(r map[string]string) string { return r["AdGroupId"] })
	if len(words) == 0 || len(words) >= len(groups) {
		t.Errorf("%d groups with keywords of %d", len(words), len(groups))
	}
	for k, v := range words {
		if groups[k].String() != v.String() {
			t.Errorf("%s: %v, the group has %v", k, v, groups[k])
		}
	}
	views := false
	for i := range 4 {
		w := w.on(i)
		for _, r := range w.rows(w.request("Campaign", "Monthly", "2026-01-01", to, "TimePeriod", "CampaignId", "CampaignType", "Impressions", "VideoViews", "VideoViewsAt25Percent", "CompletedVideoViews", "TotalWatchTimeInMS")) {
			if r["VideoViews"] != "0" {
				views = true
				if r["CampaignType"] != "Audience" || r["TotalWatchTimeInMS"] == "0" {
					t.Errorf("%v", r)
				}
			}
		}
	}
	if !views {
		t.Error("no film was seen")
	}
}

// What is another account's, deleted or under another parent is not there.
func TestOnlyOnesOwnIsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	other := ids(w.on(2).campaigns(allTypes, allFields))[0]
	own := ids(w.campaigns("null", "null"))
	put := func(id string) reply {
		return w.do(http.MethodPut, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Id":"`+id+`","Status":"Paused"}]}`)
	}
	refused(t, put(other), 200, "1100")
	w.okDo(http.MethodDelete, "Campaigns", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+own[0]+`"]}`)
	refused(t, put(own[0]), 200, "1100")
	refused(t, w.do(http.MethodDelete, "Campaigns", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+own[0]+`"]}`), 200, "1100")
	group := ids(list(w.ok("AdGroups/QueryByCampaignId", `{"CampaignId":"`+own[1]+`"}`), "AdGroups"))[0]
	third := ids(w.campaigns(`"Shopping"`, "null"))[0]
	refused(t, w.do(http.MethodPut, "AdGroups", `{"CampaignId":"`+third+`","AdGroups":[{"Id":"`+group+`","Status":"Paused"}]}`), 200, "1201")
}
