package sim_test

import (
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// TestSmartPlusIsWritten through its own doors alone.
func TestSmartPlusIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	campaign := obj{"advertiser_id": adv, "request_id": "1", "campaign_name": "Smart leads", "objective_type": "LEAD_GENERATION", "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "budget": 100, "operation_status": "DISABLE"}
	wantRefused(t, w.post("/smart_plus/campaign/create/", change(campaign, obj{"request_id": nil})), "40002", "request_id")
	wantRefused(t, w.post("/smart_plus/campaign/create/", change(campaign, obj{"objective_type": "TRAFFIC"})), "40002", "objective_type")
	wantRefused(t, w.post("/smart_plus/campaign/create/", change(campaign, obj{"budget": "100"})), "40002", "budget")
	made := w.data(w.post("/smart_plus/campaign/create/", campaign))
	id := text(made, "campaign_id")
	if made["budget_optimize_on"] != true || text(made, "operation_status") != "DISABLE" {
		t.Errorf("made %v", made)
	}
	// Trap 15: the manual list shows it, the manual door does not write it.
	if text(w.one("/campaign/get/", "campaign_ids", id), "campaign_automation_type") != "UPGRADED_SMART_PLUS" {
		t.Error("not in the manual list")
	}
	wantRefused(t, w.post("/campaign/update/", obj{"advertiser_id": adv, "campaign_id": id, "budget": 120}), "40002", "Smart+")
	w.data(w.post("/smart_plus/campaign/update/", obj{"advertiser_id": adv, "campaign_id": id, "budget": 120}))
	group := obj{"advertiser_id": adv, "request_id": "2", "campaign_id": id, "adgroup_name": "All", "promotion_type": "LEAD_GENERATION", "optimization_goal": "LEAD_GENERATION",
		"billing_event": "OCPM", "schedule_type": "SCHEDULE_FROM_NOW", "schedule_start_time": "2026-11-25 00:00:00", "targeting_spec": obj{"location_ids": []string{"6252001"}}}
	wantRefused(t, w.post("/smart_plus/adgroup/create/", change(group, obj{"location_ids": []string{"6252001"}})), "40002", "location_ids")
	wantRefused(t, w.post("/smart_plus/adgroup/create/", change(group, obj{"targeting_spec": obj{"location_ids": []string{"6252001"}, "age_groups": []string{"AGE"}}})), "40002", "age_groups")
	gid := text(w.data(w.post("/smart_plus/adgroup/create/", group)), "adgroup_id")
	w.smartAd(adv, gid)
}

func (w *world) smartAd(adv, gid string) {
	t := w.t
	t.Helper()
	video := text(rows(w.data(w.get("/file/video/ad/search/", obj{"advertiser_id": adv})))[0], "video_id")
	creative := obj{"creative_info": obj{"ad_format": "SINGLE_VIDEO", "video_info": obj{"video_id": video}}}
	ad := obj{"advertiser_id": adv, "adgroup_id": gid, "ad_name": "Smart ad", "creative_list": []obj{creative, creative}, "ad_text_list": []obj{{"ad_text": "Sign up"}}}
	wantRefused(t, w.post("/smart_plus/ad/create/", change(ad, obj{"creative_list": []obj{{"creative_info": obj{"ad_format": "SINGLE_VIDEO", "video_info": obj{"video_id": "v1"}}}}})), "40002", "video")
	made := w.data(w.post("/smart_plus/ad/create/", ad))
	id := text(made, "smart_plus_ad_id")
	list := made["creative_list"].([]any)
	if len(list) != 2 || text(list[0], "ad_material_id") == text(list[1], "ad_material_id") {
		t.Fatalf("made %v", made)
	}
	up := obj{"advertiser_id": adv, "smart_plus_ad_id": id, "ad_name": "Renamed"}
	wantCode(t, w.post("/smart_plus/ad/update/", up), "40202")
	w.sim.Advance(6 * time.Second)
	if got := w.data(w.post("/smart_plus/ad/update/", up)); text(got, "ad_name") != "Renamed" || len(got["creative_list"].([]any)) != 2 {
		t.Errorf("updated %v", got)
	}
	w.sim.Advance(6 * time.Second)
	w.data(w.post("/smart_plus/ad/material_status/update/", obj{"advertiser_id": adv, "smart_plus_ad_id": id, "ad_material_ids": []string{text(list[0], "ad_material_id")}, "operation_status": "DISABLE"}))
	got := rows(w.data(w.get("/smart_plus/ad/get/", obj{"advertiser_id": adv, "filtering": obj{"smart_plus_ad_ids": []string{id}}})))[0]
	if text(got["creative_list"].([]any)[0], "material_operation_status") != "DISABLE" {
		t.Errorf("materials %v", got)
	}
	w.sim.Advance(6 * time.Second)
	wantCode(t, w.post("/ad/status/update/", obj{"advertiser_id": adv, "ad_ids": []string{id}, "operation_status": "DISABLE"}), "40002")
	w.data(w.post("/smart_plus/ad/status/update/", obj{"advertiser_id": adv, "smart_plus_ad_ids": []string{id}, "operation_status": "DELETE"}))
}

// TestASeededSmartAdIsChanged and keeps what the change does not name.
func TestASeededSmartAdIsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	before := rows(w.data(w.get("/smart_plus/ad/get/", obj{"advertiser_id": adv})))[0]
	for _, o := range w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000}) { // trap 14: a creative is no ad
		if text(o, "campaign_automation_type") == "UPGRADED_SMART_PLUS_CREATIVE" {
			wantRefused(t, w.post("/ad/status/update/", obj{"advertiser_id": adv, "ad_ids": []string{text(o, "ad_id")}, "operation_status": "DISABLE"}), "40002", "Smart+")
			break
		}
	}
	got := w.data(w.post("/smart_plus/ad/update/", obj{"advertiser_id": adv, "smart_plus_ad_id": text(before, "smart_plus_ad_id"), "ad_name": "New name"}))
	if text(got, "ad_name") != "New name" || len(got["creative_list"].([]any)) != len(before["creative_list"].([]any)) || len(got["landing_page_url_list"].([]any)) != 1 {
		t.Errorf("changed %v, was %v", got, before)
	}
}
