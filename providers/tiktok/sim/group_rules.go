package sim

import (
	"slices"
	"strings"
	"time"
)

// groupRules are what in practice every ad group needs.
func (s *Sim) groupRules(p obj, campaign *entity) *apiError {
	objective := campaign.wireObjective()
	switch {
	case empty(p, "location_ids") && empty(p, "zipcode_ids"):
		return missing("location_ids")
	case str(p, "promotion_type") == "" && objective != "REACH" && objective != "VIDEO_VIEWS" && objective != "ENGAGEMENT":
		return missing("promotion_type")
	case str(p, "placement_type") == "PLACEMENT_TYPE_NORMAL" && empty(p, "placements"):
		return missing("placements")
	case objective == "APP_PROMOTION" && str(p, "app_id") == "":
		return missing("app_id")
	case objective == "WEB_CONVERSIONS" && str(p, "optimization_goal") == "CONVERT" && str(p, "pixel_id") == "":
		return missing("pixel_id")
	case objective == "VIDEO_VIEWS" && str(p, "bid_display_mode") != "CPV":
		return badParam("bid_display_mode: Must be CPV when the objective is VIDEO_VIEWS.")
	case (p["click_attribution_window"] == nil) != (p["view_attribution_window"] == nil):
		return badParam("click_attribution_window and view_attribution_window must be specified together.")
	}
	for _, x := range []string{"PLACEMENT_TOPBUZZ", "PLACEMENT_HELO"} {
		if list, _ := p["placements"].([]any); slices.Contains(list, any(x)) {
			return badParam("placements: %s is offline.", x)
		}
	}
	return nil
}

func empty(p obj, name string) bool {
	list, _ := p[name].([]any)
	return len(list) == 0
}

// billingOf is the billing event that a goal goes with; empty is not checked.
func billingOf(goal string) string {
	switch goal {
	case "REACH", "SHOW":
		return "CPM"
	case "CLICK":
		return "CPC"
	case "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN", "ENGAGED_VIEW_FIFTEEM":
		return "CPV"
	case "CONVERT", "VALUE", "INSTALL", "IN_APP_EVENT", "LEAD_GENERATION", "TRAFFIC_LANDING_PAGE_VIEW", "FOLLOWERS", "PAGE_VISIT":
		return "OCPM"
	}
	return ""
}

func (s *Sim) groupGoal(p obj, campaign *entity) *apiError {
	goal, billing := str(p, "optimization_goal"), str(p, "billing_event")
	if want := billingOf(goal); want != "" && want != billing {
		return badParam("billing_event: %s does not match the optimization goal %s.", billing, goal)
	}
	if goal == "VIDEO_VIEW" || billing == "OCPC" {
		return badParam("optimization_goal, billing_event: no longer supported.")
	}
	if str(p, "bid_type") == "BID_TYPE_CUSTOM" {
		price := "bid_price"
		if billing == "OCPM" {
			price = "conversion_bid_price"
		}
		if p[price] == nil {
			return missing(price)
		}
	}
	cbo, _ := campaign.show()["budget_optimize_on"].(bool)
	if !cbo {
		return nil
	}
	if str(p, "bid_type") == "" {
		return missing("bid_type")
	}
	for _, kid := range campaign.kids { // all like the first
		if kid.deleted() {
			continue
		}
		for _, k := range []string{"optimization_goal", "bid_type", "optimization_event"} {
			if str(kid.show(), k) != str(p, k) {
				return badParam("%s: Must be the same in all ad groups of a campaign with budget optimization.", k)
			}
		}
		break
	}
	return nil
}

// groupTimes checks a schedule and a day-parting.
func groupTimes(p obj) *apiError {
	for _, k := range []string{"schedule_start_time", "schedule_end_time"} {
		if text := str(p, k); text != "" {
			if _, err := time.Parse(timeLayout, text); err != nil {
				return badParam("%s: Time format should be YYYY-MM-DD HH:MM:SS. Please try again.", k)
			}
		}
	}
	switch {
	case str(p, "schedule_type") == "SCHEDULE_START_END" && str(p, "schedule_end_time") == "":
		return missing("schedule_end_time")
	case str(p, "schedule_end_time") != "" && str(p, "schedule_end_time") <= str(p, "schedule_start_time"):
		return badParam("schedule_end_time: Must be later than schedule_start_time.")
	}
	if d := str(p, "dayparting"); d != "" && (len(d) != 336 || strings.Trim(d, "01") != "") {
		return badParam("dayparting: Must consist of 336 characters of 0 and 1.")
	}
	return nil
}

// targetingRules are the ones every audience obeys.
func targetingRules(p obj) *apiError {
	locations, err := stringsOf(p, "location_ids")
	if err != nil {
		return err
	}
	if len(locations) > 3000 {
		return badParam("location_ids: Longer than maximum length 3000.")
	}
	for _, id := range locations {
		r := regionOf(id)
		if r == nil {
			return badParam("location_ids: Invalid location id %s.", id)
		}
		for up := regionOf(r.parent); up != nil; up = regionOf(up.parent) {
			if slices.Contains(locations, up.id) {
				return badParam("location_ids: Locations %s and %s overlap.", id, up.id)
			}
		}
	}
	if list, _ := p["operating_systems"].([]any); len(list) > 1 {
		return badParam("operating_systems: Longer than maximum length 1.")
	}
	if !empty(p, "device_model_ids") && !empty(p, "device_price_ranges") {
		return badParam("device_model_ids and device_price_ranges cannot be used together.")
	}
	return nil
}

func scheduledDays(p obj, mode string) int64 {
	start, err := time.Parse(timeLayout, str(p, "schedule_start_time"))
	end, err2 := time.Parse(timeLayout, str(p, "schedule_end_time"))
	if err != nil || err2 != nil || mode != "BUDGET_MODE_TOTAL" {
		return 1
	}
	return int64((end.Sub(start) + 24*time.Hour - 1) / (24 * time.Hour))
}
