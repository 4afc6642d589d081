package sim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

const (
	allTypes  = `"Search, Shopping, Audience, Hotel, PerformanceMax, App"`
	allFields = `"AdScheduleUseSearcherTimeZone, MaxConversionValueBiddingScheme, TargetImpressionShareBiddingScheme, TargetSetting, BidStrategyId, CpvCpmBiddingScheme, DynamicFeedSetting, MultimediaAdsBidAdjustment, VerifiedTrackingSetting, CallToActionSetting, DealIds, ManualCpi, ManualCpc, NewCustomerAcquisitionGoalSetting, LifetimeBudgetFields, MaxConversionValueWithMaxCpc, AppSetting, CostPerSaleBiddingScheme, AISearchSetting"`
	adTypes   = `["Text","Product","AppInstall","ExpandedText","DynamicSearch","ResponsiveAd","ResponsiveSearch","Hotel"]`
)

func (w *world) campaigns(types, fields string) []any {
	w.t.Helper()
	return list(w.ok("Campaigns/QueryByAccountId", `{"AccountId":"`+w.acc.ID+`","CampaignType":`+types+`,"ReturnAdditionalFields":`+fields+`}`), "Campaigns")
}

// Trap02: what is not asked for by type or field is silently left out, and
// reports still show it.
func TestTrap02CampaignsHideUnlessAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	every := w.campaigns(allTypes, allFields)
	search, typed := w.campaigns("null", "null"), w.campaigns(allTypes, "null")
	if len(search) == 0 || len(search) >= len(typed) || len(typed) >= len(every) {
		t.Fatalf("%d, %d and %d campaigns", len(search), len(typed), len(every))
	}
	reported := map[string]bool{}
	for _, r := range w.rows(w.request("Campaign", "Daily", "2026-01-01", "2026-11-23", "TimePeriod", "CampaignId", "CampaignStatus", "Clicks")) {
		reported[r["CampaignId"]] = true
	}
	hidden := 0
	for _, id := range ids(every) {
		if reported[id] && !slices.Contains(ids(search), id) {
			hidden++
		}
	}
	if hidden == 0 {
		t.Error("reports show nothing that the bare list hides")
	}
}

// Deleted things are in no list, and in the reports.
func TestDeletedThingsAreOnlyReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	found := false
	for i := range 4 {
		w := w.on(i)
		listed := ids(w.campaigns(allTypes, allFields))
		for _, r := range w.rows(w.request("Campaign", "Monthly", "2025-12-01", "2026-11-23", "TimePeriod", "CampaignId", "CampaignStatus", "Clicks")) {
			gone := r["CampaignStatus"] == "Deleted"
			found = found || gone
			if gone == slices.Contains(listed, r["CampaignId"]) {
				t.Errorf("%v, listed: %v", r, !gone)
			}
		}
	}
	if !found {
		t.Error("nothing deleted is reported")
	}
}

// Trap07: every property is there, null when empty; the optional ones only when
// asked for. Trap04: longs are text.
func TestTrap07EveryPropertyIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	bare := w.campaigns(allTypes, "null")[0].(map[string]any)
	for _, name := range []string{"ExperimentId", "FinalUrlSuffix", "SubType", "BudgetId", "TrackingUrlTemplate"} {
		if _, ok := bare[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if _, ok := bare["BidStrategyId"]; ok {
		t.Error("BidStrategyId was not asked for")
	}
	full := w.campaigns(allTypes, allFields)[0].(map[string]any)
	if full["BidStrategyId"] != "0" {
		t.Errorf("BidStrategyId: %v", full["BidStrategyId"])
	}
	if _, ok := full["Id"].(string); !ok {
		t.Errorf("Id: %T", full["Id"])
	}
	far := w.on(1).campaigns(allTypes, allFields)
	if len(ids(far)[0]) < 16 {
		t.Errorf("the second account's ids: %v", ids(far))
	}
}

// Trap09: children are reached through their parent only.
func TestTrap09ParentsAreNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	camp := ids(w.campaigns("null", "null"))[0]
	groups := list(w.ok("AdGroups/QueryByCampaignId", `{"CampaignId":"`+camp+`"}`), "AdGroups")
	if len(groups) == 0 {
		t.Fatal("no groups")
	}
	if _, ok := groups[0].(map[string]any)["CampaignId"]; ok {
		t.Error("a group names its campaign")
	}
	group := ids(groups)[0]
	refused(t, w.do(http.MethodPost, "AdGroups/QueryByCampaignId", `{"CampaignId":"1"}`), 400, "1100")
	refused(t, w.do(http.MethodPost, "Ads/QueryByAdGroupId", `{"AdGroupId":"1","AdTypes":`+adTypes+`}`), 400, "1201")
	refused(t, w.do(http.MethodPost, "Ads/QueryByAdGroupId", `{"AdGroupId":"`+group+`"}`), 400, "2805")
	ads := ids(list(w.ok("Ads/QueryByAdGroupId", `{"AdGroupId":"`+group+`","AdTypes":`+adTypes+`}`), "Ads"))
	// Trap03: holes and errors inside 200.
	got := w.ok("Ads/QueryByIds", `{"AdGroupId":"`+group+`","AdIds":["1","`+ads[0]+`"],"AdTypes":`+adTypes+`}`)
	l, errs := list(got, "Ads"), list(got, "PartialErrors")
	if len(l) != 2 || l[0] != nil || text(l[1], "Id") != ads[0] || len(errs) != 1 || text(errs[0], "Code") != "1394" || text(errs[0], "Index") != "0" {
		t.Errorf("%v %v", l, errs)
	}
	got = w.ok("Campaigns/QueryByIds", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+camp+`"],"CampaignType":"Shopping"}`)
	if errs := list(got, "PartialErrors"); len(errs) != 1 || text(errs[0], "Code") != "516" {
		t.Errorf("%v", got)
	}
	many := strings.Repeat(`"1",`, 20) + `"1"`
	refused(t, w.do(http.MethodPost, "Ads/QueryByIds", `{"AdGroupId":"`+group+`","AdIds":[`+many+`],"AdTypes":`+adTypes+`}`), 400, "1352")
}

// Trap15: "Targets" is for writes, never for reads.
func TestTrap15CriterionsAreReadTypeByType(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	camp := ids(w.campaigns("null", "null"))[0]
	read := func(kind string) reply {
		return w.do(http.MethodPost, "CampaignCriterions/QueryByIds", `{"CampaignCriterionIds":null,"CampaignId":"`+camp+`","CriterionType":"`+kind+`"}`)
	}
	refused(t, read("Targets"), 400, "4503")
	refused(t, read("Location, Age"), 400, "4503")
	if l := list(read("Location").body, "CampaignCriterions"); len(l) == 0 || text(l[0], "Criterion", "LocationId") != "72" {
		t.Errorf("%v", l)
	}
	if l := list(read("Device").body, "CampaignCriterions"); len(l) != 3 {
		t.Errorf("%v", l)
	}
}

// Trap12: a shared budget shows its whole amount on each campaign.
func TestTrap12SharedBudgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	var camp map[string]any
	for _, c := range w.campaigns(allTypes, allFields) {
		if text(c, "BudgetId") != "" {
			camp = c.(map[string]any)
		}
	}
	if camp == nil || text(camp, "DailyBudget") != "100" {
		t.Fatalf("%v", camp)
	}
	b := w.ok("Budgets/QueryByIds", `{"BudgetIds":null}`)
	if l := list(b, "Budgets"); text(l[0], "Id") != camp["BudgetId"] || text(l[0], "AssociationCount") != "1" {
		t.Errorf("%v", l)
	}
	a := w.okDo(http.MethodPut, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Id":"`+text(camp, "Id")+`","DailyBudget":5}]}`)
	if errs := list(a, "PartialErrors"); len(errs) != 1 || text(errs[0], "Code") != "1159" {
		t.Errorf("%v", a)
	}
	w.okDo(http.MethodPut, "Budgets", `{"Budgets":[{"Id":"`+text(camp, "BudgetId")+`","Amount":70.5}]}`)
	for _, c := range w.campaigns(allTypes, allFields) {
		if text(c, "Id") == text(camp, "Id") && text(c, "DailyBudget") != "70.5" {
			t.Errorf("%v", c)
		}
	}
	if a := w.okDo(http.MethodPut, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Id":"`+text(camp, "Id")+`","BudgetId":"0","DailyBudget":5}]}`); len(list(a, "PartialErrors")) != 0 {
		t.Errorf("leaving the pool: %v", a)
	}
	if a := w.okDo(http.MethodDelete, "Budgets", `{"BudgetIds":["`+text(camp, "BudgetId")+`"]}`); len(list(a, "PartialErrors")) != 0 {
		t.Errorf("%v", a)
	}
}

func TestSideLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	media := func(index, size string) []any {
		return list(w.ok("MediaMetaData/QueryByAccountId", `{"MediaEnabledEntities":"ImageAdExtension, ResponsiveAd","PageInfo":{"Index":`+index+`,"Size":`+size+`}}`), "MediaMetaData")
	}
	if a, b := media("0", "3"), media("1", "3"); len(a) != 3 || len(b) == 0 || ids(a)[0] == ids(b)[0] {
		t.Errorf("%v %v", a, b)
	}
	if v := list(w.ok("Videos/QueryByIds", `{"VideoIds":null,"PageInfo":{"Index":0,"Size":100}}`), "Videos"); len(v) == 0 {
		t.Error("no videos")
	}
	if a := list(w.ok("Audiences/QueryByIds", `{"AudienceIds":null,"Type":"RemarketingList, InMarket"}`), "Audiences"); len(a) != 2 {
		t.Errorf("%v", a)
	}
	if b := list(w.ok("BidStrategies/QueryByIds", `{"BidStrategyIds":null}`), "BidStrategies"); len(b) != 1 {
		t.Errorf("%v", b)
	}
	goals := list(w.ok("ConversionGoals/QueryByIds", `{"ConversionGoalIds":null,"ConversionGoalTypes":"Url, Event"}`), "ConversionGoals")
	if len(goals) != 2 || text(goals[0], "ConversionWindowInMinutes") != "43200" || text(goals[0], "AttributionModelType") != "LastClick" {
		t.Errorf("%v", goals)
	}
	if l := list(w.ok("UetTags/QueryByIds", `{"TagIds":null}`), "UetTags"); len(l) != 1 {
		t.Errorf("%v", l)
	}
	if l := list(w.ok("Labels/QueryByIds", `{"LabelIds":null,"PageInfo":null}`), "Labels"); len(l) != 1 {
		t.Errorf("%v", l)
	}
	geo := w.ok("GeoLocationsFileUrl/Query", `{"Version":"2.0","LanguageLocale":"en","CompressionType":null}`)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, text(geo, "FileUrl"), nil)
	if a := w.send(req); a.status != 200 || !strings.Contains(a.text, "Seattle|Washington|United States") {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.sim.Advance(16 * time.Minute)
	if a := w.send(req); a.status != 403 {
		t.Errorf("after its end: %d", a.status)
	}
}

func TestBulkDownload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	get := func(since string) string {
		a := w.ok("/Bulk/v13/Campaigns/DownloadByAccountIds", `{"AccountIds":["`+w.acc.ID+`"],"CompressionType":"Zip","DataScope":"EntityData",`+
			`"DownloadEntities":["Campaigns","AdGroups","Ads","Budgets","Keywords"],"DownloadFileType":"Csv","FormatVersion":"6.0","LastSyncTimeInUTC":`+since+`}`)
		for range 3 {
			p := w.ok("/Bulk/v13/BulkDownloadStatus/Query", `{"RequestId":"`+text(a, "DownloadRequestId")+`"}`)
			if text(p, "RequestStatus") == "Completed" {
				return w.file(text(p, "ResultFileUrl"))
			}
		}
		t.Fatal("never done")
		return ""
	}
	whole := get("null")
	if !strings.HasPrefix(whole, "\ufeffType,") || !strings.Contains(whole, "Campaign,") || !strings.Contains(whole, "Responsive Search Ad,") {
		t.Errorf("%.400s", whole)
	}
	camp := ids(w.campaigns("null", "null"))[0]
	w.sim.Advance(time.Minute)
	w.okDo(http.MethodDelete, "Campaigns", `{"AccountId":"`+w.acc.ID+`","CampaignIds":["`+camp+`"]}`)
	delta := get(`"2026-11-24T12:00:30"`)
	if strings.Count(delta, "\r\n") > 6 || !strings.Contains(delta, "Campaign,Deleted,"+camp) {
		t.Errorf("%s", delta)
	}
}
