package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/providers/tiktok/sim"
)

// TestTheWorldHasItsOddities: what an adapter must read right.
func TestTheWorldHasItsOddities(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Size: "medium"})
	seen := map[string]bool{}
	for i := range 4 {
		adv := w.account(i)
		for _, o := range w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000}) {
			_, hasCTA := o["call_to_action"]
			seen["number past 2^53"] = seen["number past 2^53"] || strings.HasPrefix(text(o, "page_id"), "708012182096342")
			seen["call to action by id"] = seen["call to action by id"] || !hasCTA && text(o, "call_to_action_id") != ""
			seen["spark ad"] = seen["spark ad"] || text(o, "tiktok_item_id") != "" && text(o, "identity_type") == "AUTH_CODE" && o["video_id"] == nil
			seen[text(o, "ad_format")] = true
			seen[text(o, "secondary_status")] = true
		}
		for _, o := range w.walk("/adgroup/get/", obj{"advertiser_id": adv, "page_size": 1000}) {
			seen["hours"] = seen["hours"] || strings.Contains(text(o, "dayparting"), "0")
			seen["frequency"] = seen["frequency"] || text(o, "frequency") == "3"
			seen["no promotion"] = seen["no promotion"] || o["promotion_type"] == nil
			seen[text(o, "budget_mode")] = true
			seen[text(o, "billing_event")] = true
		}
		for _, o := range w.walk("/campaign/get/", obj{"advertiser_id": adv, "page_size": 1000}) {
			seen[text(o, "campaign_automation_type")] = true
			seen[text(o, "objective_type")] = true
		}
	}
	for _, want := range []string{"number past 2^53", "call to action by id", "spark ad", "hours", "frequency", "no promotion",
		"SINGLE_VIDEO", "SINGLE_IMAGE", "CAROUSEL_ADS", "AD_STATUS_DELIVERY_OK", "AD_STATUS_AUDIT_DENY", "AD_STATUS_DISABLE", "AD_STATUS_CAMPAIGN_DISABLE",
		"BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "CPC", "CPM", "CPV", "OCPM", "MANUAL", "SMART_PLUS", "UPGRADED_SMART_PLUS",
		"TRAFFIC", "REACH", "VIDEO_VIEWS", "ENGAGEMENT", "LEAD_GENERATION", "APP_PROMOTION", "WEB_CONVERSIONS", "PRODUCT_SALES"} {
		if !seen[want] {
			t.Errorf("no %s", want)
		}
	}
}

// TestTrap9Dashes are missing values, zeros are zeros.
func TestTrap9Dashes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	p := obj{"advertiser_id": w.account(0), "report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": []string{"ad_id", "stat_time_day"},
		"metrics": []string{"video_play_actions", "reach", "conversion"}, "start_date": "2026-11-20", "end_date": "2026-11-24", "page_size": 1000}
	count := func() (dashes, zeros int) {
		for _, r := range w.walk("/report/integrated/get/", p) {
			for _, v := range r["metrics"].(obj) {
				switch v {
				case "-":
					dashes++
				case "0":
					zeros++
				}
			}
		}
		return dashes, zeros
	}
	if d, z := count(); d != 0 || z == 0 {
		t.Errorf("%d dashes, %d zeros", d, z)
	}
	w.control(http.MethodPost, "reports", `{"dashes":true}`)
	if d, z := count(); d == 0 || z == 0 {
		t.Errorf("%d dashes, %d zeros", d, z)
	}
}
