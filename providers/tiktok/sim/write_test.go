package sim_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// change is a copy of a body with some fields set, or taken out where nil.
func change(body, with obj) obj {
	out := obj{}
	maps.Copy(out, body)
	for k, v := range with {
		out[k] = v
		if v == nil {
			delete(out, k)
		}
	}
	return out
}

func campaignBody(w *world) obj {
	return obj{"advertiser_id": w.account(0), "request_id": "918273645546372819", "campaign_name": "Autumn sale DE", "objective_type": "TRAFFIC",
		"budget_mode": "BUDGET_MODE_DAY", "budget": json.Number("75.5"), "operation_status": "DISABLE"}
}

func groupBody(w *world, campaign string) obj {
	return obj{"advertiser_id": w.account(0), "campaign_id": campaign, "adgroup_name": "DE 25-44", "promotion_type": "WEBSITE",
		"placement_type": "PLACEMENT_TYPE_NORMAL", "placements": []string{"PLACEMENT_TIKTOK"}, "location_ids": []string{"2921044"},
		"age_groups": []string{"AGE_25_34"}, "budget_mode": "BUDGET_MODE_DAY", "budget": 25, "schedule_type": "SCHEDULE_FROM_NOW",
		"schedule_start_time": "2026-11-25 08:00:00", "optimization_goal": "CLICK", "billing_event": "CPC", "bid_type": "BID_TYPE_NO_BID",
		"pacing": "PACING_MODE_SMOOTH", "operation_status": "DISABLE"}
}

func (w *world) one(path, filter, id string) obj {
	w.t.Helper()
	list := w.walk(path, obj{"advertiser_id": w.account(0), "filtering": obj{filter: []string{id}}})
	if len(list) != 1 {
		w.t.Fatalf("%s %s: %d rows", path, id, len(list))
	}
	return list[0]
}

// TestCampaignsAreWritten: made, changed in part, switched, deleted for good.
func TestCampaignsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body := campaignBody(w)
	made := w.data(w.post("/campaign/create/", body))
	id := text(made, "campaign_id")
	if text(made, "operation_status") != "DISABLE" || text(made, "budget") != "75.5" || text(made, "campaign_automation_type") != "MANUAL" {
		t.Errorf("made %v", made)
	}
	wantCode(t, w.post("/campaign/create/", body), "40050")
	wantRefused(t, w.post("/campaign/create/", change(body, obj{"request_id": nil})), "40002", "name already exists")
	w.data(w.post("/campaign/create/", change(body, obj{"request_id": "5"})))
	on := w.data(w.post("/campaign/create/", change(body, obj{"request_id": "6", "operation_status": nil})))
	if text(on, "operation_status") != "ENABLE" { // trap 3
		t.Error("a new campaign does not start by itself")
	}
	up := obj{"advertiser_id": w.account(0), "campaign_id": id, "budget": 90}
	if got := w.data(w.post("/campaign/update/", up)); text(got, "campaign_name") != "Autumn sale DE" || text(got, "budget") != "90" {
		t.Errorf("updated %v", got)
	}
	for _, immutable := range []string{"objective_type", "budget_mode", "operation_status"} { // trap 21
		wantRefused(t, w.post("/campaign/update/", change(up, obj{immutable: "X"})), "40002", immutable)
	}
	status := obj{"advertiser_id": w.account(0), "campaign_ids": []string{id}, "operation_status": "DELETE"}
	if got := w.data(w.post("/campaign/status/update/", status)); text(got, "status") != "DELETE" || len(got["campaign_list"].([]any)) != 0 {
		t.Errorf("status %v", got)
	}
	status["operation_status"] = "ENABLE"
	wantRefused(t, w.post("/campaign/status/update/", status), "40002", "deleted")
	wantCode(t, w.post("/campaign/update/", up), "40002")
	if rows := w.walk("/campaign/get/", obj{"advertiser_id": w.account(0), "filtering": obj{"campaign_ids": []string{id}}}); len(rows) != 0 {
		t.Error("a deleted campaign is listed")
	}
	status["campaign_ids"] = slices.Repeat([]string{id}, 21)
	wantRefused(t, w.post("/campaign/status/update/", status), "40002", "20")
}

// TestCampaignRules: what creation refuses.
func TestCampaignRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, x := range map[string]struct {
		with obj
		part string
	}{
		"quoted number":   {obj{"budget": "75"}, "budget"},
		"small":           {obj{"budget": 49}, "at least 50"},
		"too fine":        {obj{"budget": json.Number("75.505")}, "precision"},
		"too big":         {obj{"budget": 10_000_000}, "too high"},
		"objective":       {obj{"objective_type": "WORLD_PEACE"}, "objective_type"},
		"unknown":         {obj{"colour": "red"}, "colour"},
		"no name":         {obj{"campaign_name": nil}, "campaign_name"},
		"long name":       {obj{"campaign_name": strings.Repeat("日", 257)}, "512"},
		"emoji":           {obj{"campaign_name": "🚀"}, "Emoji"},
		"no mode":         {obj{"budget_mode": nil}, "budget_mode"},
		"uuid":            {obj{"request_id": "6f1c2d3e-0000-4000-8000-000000000000"}, "64-bit"},
		"app":             {obj{"objective_type": "APP_PROMOTION"}, "app_promotion_type"},
		"infinite":        {obj{"budget_mode": "BUDGET_MODE_INFINITE"}, "budget"},
		"dynamic, no cbo": {obj{"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}, "budget_optimize_on"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, w.post("/campaign/create/", change(campaignBody(w), x.with)), "40002", x.part)
		})
	}
	yen := change(campaignBody(w), obj{"advertiser_id": w.account(2), "budget": json.Number("5000.5")})
	wantRefused(t, w.post("/campaign/create/", yen), "40002", "JPY")
	yen["budget"] = 4999
	wantRefused(t, w.post("/campaign/create/", yen), "40002", "5000")
	yen["budget"] = 5000
	w.data(w.post("/campaign/create/", yen))
	wantCode(t, w.post("/campaign/create/", change(campaignBody(w), obj{"advertiser_id": w.account(4)})), "40001")
}

// TestTrap16ManualCreationEnds with 2026 for four objectives.
func TestTrap16ManualCreationEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body := change(campaignBody(w), obj{"objective_type": "LEAD_GENERATION"})
	w.data(w.post("/campaign/create/", body))
	w.sim.Advance(40 * 24 * time.Hour)
	body["request_id"] = "7"
	wantRefused(t, w.post("/campaign/create/", body), "40002", "Smart+")
	body["objective_type"] = "TRAFFIC"
	w.data(w.post("/campaign/create/", body))
}

// TestTrap22ABudgetCoversWhatIsSpent by 105 percent.
func TestTrap22ABudgetCoversWhatIsSpent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 1, Groups: 2, Ads: 9, Dense: true, HistoryDays: 30})
	p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_ADGROUP", "dimensions": []string{"adgroup_id"}, "metrics": []string{"spend"}, "start_date": "2026-11-24", "end_date": "2026-11-24", "order_field": "spend"}
	top := rows(w.data(w.get("/report/integrated/get/", p)))[0]
	spent, err := strconv.ParseFloat(text(top, "metrics", "spend"), 64)
	if err != nil || spent < 30 {
		t.Fatalf("spent %v %v", top, err)
	}
	up := obj{"advertiser_id": w.account(0), "adgroup_id": text(top, "dimensions", "adgroup_id"), "budget": int(spent * 1.04)}
	wantRefused(t, w.post("/adgroup/update/", up), "40002", "105%")
	up["budget"] = int(spent*1.05) + 1
	w.data(w.post("/adgroup/update/", up))
}

// TestAdGroupsAreWritten with their rules.
func TestAdGroupsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	campaign := text(w.data(w.post("/campaign/create/", campaignBody(w))), "campaign_id")
	body := groupBody(w, campaign)
	made := w.data(w.post("/adgroup/create/", body))
	id := text(made, "adgroup_id")
	if text(made, "schedule_end_time") != "2036-11-25 08:00:00" { // trap 20
		t.Errorf("end %s", text(made, "schedule_end_time"))
	}
	for name, x := range map[string]struct {
		with obj
		part string
	}{
		"goal":        {obj{"billing_event": "OCPM"}, "billing_event"},
		"overlap":     {obj{"location_ids": []string{"6252001", "5368361"}}, "overlap"},
		"nowhere":     {obj{"location_ids": []string{"1"}}, "location id"},
		"age":         {obj{"age_groups": []string{"AGE_1_2"}}, "age_groups"},
		"no place":    {obj{"location_ids": nil}, "location_ids"},
		"no bid":      {obj{"bid_type": "BID_TYPE_CUSTOM"}, "bid_price"},
		"big bid":     {obj{"bid_type": "BID_TYPE_CUSTOM", "bid_price": 30}, "lower than the budget"},
		"small":       {obj{"budget": 19}, "at least 20"},
		"lifetime":    {obj{"budget_mode": "BUDGET_MODE_TOTAL"}, "BUDGET_MODE_TOTAL"},
		"no end":      {obj{"schedule_type": "SCHEDULE_START_END"}, "schedule_end_time"},
		"time":        {obj{"schedule_start_time": "2026-11-25T08:00:00Z"}, "schedule_start_time"},
		"dayparting":  {obj{"dayparting": "0101"}, "336"},
		"old name":    {obj{"placement": []string{"PLACEMENT_TIKTOK"}}, "placement"},
		"one window":  {obj{"click_attribution_window": "ONE_DAY"}, "together"},
		"dead place":  {obj{"placements": []string{"PLACEMENT_HELO"}}, "PLACEMENT_HELO"},
		"no campaign": {obj{"campaign_id": nil}, "campaign_id"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, w.post("/adgroup/create/", change(body, x.with)), "40002", x.part)
		})
	}
	up := obj{"advertiser_id": w.account(0), "adgroup_id": id, "budget": 30, "age_groups": []string{"AGE_35_44"}}
	got := w.data(w.post("/adgroup/update/", up))
	if text(got, "budget") != "30" || text(got, "adgroup_name") != "DE 25-44" || got["age_groups"].([]any)[0] != "AGE_35_44" {
		t.Errorf("updated %v", got)
	}
	for _, immutable := range []string{"optimization_goal", "billing_event", "budget_mode", "campaign_id", "pixel_id", "placement_type", "click_attribution_window"} {
		wantRefused(t, w.post("/adgroup/update/", change(up, obj{immutable: "X"})), "40002", immutable)
	}
	budget := obj{"advertiser_id": w.account(0), "budget": []obj{{"adgroup_id": id, "budget": 40}}, "scheduled_budget": []obj{{"adgroup_id": id, "scheduled_budget": 50}}}
	w.data(w.post("/adgroup/budget/update/", budget))
	if g := w.one("/adgroup/get/", "adgroup_ids", id); text(g, "budget") != "40" || text(g, "scheduled_budget") != "50" {
		t.Errorf("budgets %s %s", text(g, "budget"), text(g, "scheduled_budget"))
	}
	// Trap 29: one bad element fails the batch, unless the caller takes part of it.
	status := obj{"advertiser_id": w.account(0), "adgroup_ids": []string{id, "1"}, "operation_status": "ENABLE"}
	wantCode(t, w.post("/adgroup/status/update/", status), "40007")
	status["allow_partial_success"] = true
	a := w.post("/adgroup/status/update/", status)
	wantCode(t, a, "20001")
	if list, _ := at(a.body, "data", "error_list").([]any); len(list) != 1 || text(list[0], "adgroup_id") != "1" {
		t.Errorf("partial: %s", a.text)
	}
}

// TestBudgetOptimization makes the ad groups of a campaign alike.
func TestBudgetOptimization(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	campaign := text(w.data(w.post("/campaign/create/", change(campaignBody(w), obj{"budget_optimize_on": true}))), "campaign_id")
	body := change(groupBody(w, campaign), obj{"budget": nil, "budget_mode": nil, "pacing": nil})
	w.data(w.post("/adgroup/create/", body))
	wantRefused(t, w.post("/adgroup/create/", change(body, obj{"bid_type": nil})), "40002", "bid_type")
	wantRefused(t, w.post("/adgroup/create/", change(body, obj{"optimization_goal": "SHOW", "billing_event": "CPM"})), "40002", "optimization_goal")
}

// TestAdsAreWritten: several at once, replaced by an update unless it patches.
func TestAdsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	campaign := text(w.data(w.post("/campaign/create/", campaignBody(w))), "campaign_id")
	group := text(w.data(w.post("/adgroup/create/", groupBody(w, campaign))), "adgroup_id")
	identity := w.data(w.get("/identity/get/", obj{"advertiser_id": w.account(0)}))["identity_list"].([]any)[0]
	images := rows(w.data(w.get("/file/image/ad/search/", obj{"advertiser_id": w.account(0)})))
	videos := rows(w.data(w.get("/file/video/ad/search/", obj{"advertiser_id": w.account(0)})))
	creative := obj{"ad_name": "Video A", "identity_type": "CUSTOMIZED_USER", "identity_id": text(identity, "identity_id"), "ad_format": "SINGLE_VIDEO",
		"video_id": text(videos[0], "video_id"), "image_ids": []string{text(images[0], "image_id")}, "ad_text": "Up to 40% off",
		"call_to_action": "SHOP_NOW", "landing_page_url": "https://shop.example/sale", "operation_status": "DISABLE"}
	body := func(list ...obj) obj {
		return obj{"advertiser_id": w.account(0), "adgroup_id": group, "creatives": list}
	}
	made := w.data(w.post("/ad/create/", body(creative, change(creative, obj{"ad_name": "Video B"}))))
	ids := made["ad_ids"].([]any)
	if len(ids) != 2 {
		t.Fatalf("made %v", made)
	}
	before := len(w.walk("/ad/get/", obj{"advertiser_id": w.account(0), "page_size": 1000}))
	for name, x := range map[string]struct {
		with obj
		part string
	}{
		"identity": {obj{"identity_id": "1"}, "identity"}, "no identity": {obj{"identity_type": nil}, "identity_type"}, "video": {obj{"video_id": "v1"}, "video"},
		"image": {obj{"image_ids": []string{"ad-site-i18n-sg/1"}}, "image"}, "cover": {obj{"image_ids": nil}, "cover"}, "text": {obj{"ad_text": strings.Repeat("x", 101)}, "100"},
		"emoji": {obj{"ad_text": "🎉"}, "Emoji"}, "url": {obj{"landing_page_url": "shop"}, "landing_page_url"}, "cta": {obj{"call_to_action": "BUY"}, "call_to_action"},
		"page": {obj{"page_id": "7"}, "page_id"}, "unknown": {obj{"headline": "x"}, "headline"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, w.post("/ad/create/", body(creative, change(creative, x.with))), "40002", x.part)
		})
	}
	if after := len(w.walk("/ad/get/", obj{"advertiser_id": w.account(0), "page_size": 1000})); after != before {
		t.Error("a refused batch left something behind")
	}
	id := ids[0].(string)
	// Trap 4: a bare update resets what it leaves out.
	w.data(w.post("/ad/update/", change(body(obj{"ad_id": id, "ad_name": "Patched"}), obj{"patch_update": true})))
	if ad := w.one("/ad/get/", "ad_ids", id); text(ad, "ad_name") != "Patched" || text(ad, "landing_page_url") != "https://shop.example/sale" || text(ad, "secondary_status") != "AD_STATUS_DISABLE" {
		t.Errorf("patched %v", ad)
	}
	w.data(w.post("/ad/update/", body(change(creative, obj{"ad_id": id, "landing_page_url": nil, "operation_status": nil}))))
	if ad := w.one("/ad/get/", "ad_ids", id); ad["landing_page_url"] != nil {
		t.Errorf("replaced, yet %v", ad["landing_page_url"])
	}
	wantRefused(t, w.post("/ad/update/", change(body(obj{"ad_id": id, "call_to_action": "SHOP_NOW"}), obj{"patch_update": true})), "40002", "patch_update")
	w.data(w.post("/ad/status/update/", obj{"advertiser_id": w.account(0), "ad_ids": []string{id}, "operation_status": "DELETE"}))
	wantCode(t, w.post("/ad/status/update/", obj{"advertiser_id": w.account(0), "ad_ids": []string{id}, "operation_status": "ENABLE"}), "40002")
}
