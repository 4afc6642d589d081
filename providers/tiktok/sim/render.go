package sim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// number spells micros as a JSON number.
func number(micros int64) json.Number { return json.Number(simkit.FormatMicros(micros)) }

// objectiveOf is TikTok's word for what a campaign is for.
func objectiveOf(c *simkit.Campaign, auto string) string {
	o := c.Objective
	if o == "" && len(c.Groups) > 0 {
		o = c.Groups[0].Objective
	}
	switch o {
	case simkit.Awareness:
		return "REACH"
	case simkit.Engagement:
		return "ENGAGEMENT"
	case simkit.VideoView:
		return "VIDEO_VIEWS"
	case simkit.LeadGen:
		return "LEAD_GENERATION"
	case simkit.JobApply:
		return "APP_PROMOTION"
	case simkit.Conversion:
		if !c.Account.Loaded && auto == manual && c.ID%2 == 0 {
			return "PRODUCT_SALES"
		}
		return "WEB_CONVERSIONS"
	}
	return "TRAFFIC"
}

// wireObjective is the objective of an entity's campaign.
func (e *entity) wireObjective() string {
	for e.parent != nil {
		e = e.parent
	}
	if e.campaign != nil {
		return objectiveOf(e.campaign, e.auto)
	}
	return str(e.fields, "objective_type")
}

// budgetScale brings the world's amounts to what a currency's minimum budgets
// are like.
func budgetScale(t *tables, a *account) int64 { return max(1, t.Ratio[a.src.Currency]) }

func campaignFields(t *tables, a *account, e *entity) obj {
	c := e.campaign
	objective := objectiveOf(c, e.auto)
	o := obj{
		"advertiser_id": a.id, "campaign_id": e.id, "campaign_name": c.Name, "campaign_type": "REGULAR_CAMPAIGN",
		"campaign_automation_type": e.auto, "is_smart_performance_campaign": e.auto == legacy, "is_search_campaign": false,
		"is_new_structure": true, "objective_type": objective, "objective": "LANDING_PAGE", "roas_bid": 0,
		"rta_bid_enabled": false, "rta_product_selection_enabled": false, "is_advanced_dedicated_campaign": false,
		"special_industries": []any{}, "catalog_enabled": false,
		"budget_mode": "BUDGET_MODE_INFINITE", "budget": 0,
	}
	scale := budgetScale(t, a)
	if a.src.Loaded {
		scale = 1
	}
	switch {
	case c.DailyBudget > 0:
		o["budget_mode"], o["budget"], o["budget_optimize_on"] = "BUDGET_MODE_DAY", number(c.DailyBudget*scale), true
	case c.TotalBudget > 0:
		o["budget_mode"], o["budget"] = "BUDGET_MODE_TOTAL", number(c.TotalBudget*scale)
	}
	switch objective {
	case "APP_PROMOTION":
		o["app_promotion_type"], o["objective"], o["app_id"] = "APP_INSTALL", "APP", "7300111222333444555"
	case "PRODUCT_SALES":
		o["campaign_product_source"] = "STORE"
	case "WEB_CONVERSIONS":
		if e.auto == smartPlus {
			o["sales_destination"], o["virtual_objective_type"] = "WEBSITE", "SALES"
		}
	}
	if e.auto == smartPlus {
		o["smart_plus_adgroup_mode"], o["current_budget"] = "MULTIPLE", o["budget"]
	}
	return o
}

// goalOf is the goal, its billing event and what is promoted.
func goalOf(objective string) (goal, billing, promotion string) {
	switch objective {
	case "REACH":
		return "REACH", "CPM", ""
	case "VIDEO_VIEWS":
		return "ENGAGED_VIEW", "CPV", ""
	case "ENGAGEMENT":
		return "FOLLOWERS", "OCPM", ""
	case "LEAD_GENERATION":
		return "LEAD_GENERATION", "OCPM", "LEAD_GENERATION"
	case "APP_PROMOTION":
		return "INSTALL", "OCPM", "APP_ANDROID"
	case "PRODUCT_SALES":
		return "CONVERT", "OCPM", "VIDEO_SHOPPING"
	case "WEB_CONVERSIONS":
		return "CONVERT", "OCPM", "WEBSITE"
	}
	return "CLICK", "CPC", "WEBSITE"
}

// locationOf is the id of a country.
func locationOf(country string) string {
	for _, r := range regions() {
		if r.level == "COUNTRY" && r.code == country {
			return r.id
		}
	}
	return "6252001"
}

func groupFields(t *tables, e *entity) obj {
	g, a := e.group, e.account
	goal, billing, promotion := goalOf(e.wireObjective())
	targeting := obj{
		"location_ids": []any{locationOf(g.Country)}, "age_groups": []any{"AGE_25_34", "AGE_35_44"}, "gender": "GENDER_UNLIMITED",
		"languages": []any{g.Language}, "spending_power": "ALL",
	}
	if g.ID%3 == 0 {
		targeting["interest_category_ids"] = []any{"15", "15101"}
	}
	o := obj{
		"advertiser_id": a.id, "campaign_id": e.parent.id, "campaign_name": e.parent.title(), "adgroup_id": e.id, "adgroup_name": g.Name,
		"campaign_automation_type": e.auto, "is_smart_performance_campaign": e.auto == legacy, "is_new_structure": true,
		"optimization_goal": goal, "billing_event": billing, "pacing": "PACING_MODE_SMOOTH",
		"placement_type": "PLACEMENT_TYPE_NORMAL", "placements": []any{"PLACEMENT_TIKTOK"}, "bid_type": "BID_TYPE_NO_BID",
		"bid_price": 0, "conversion_bid_price": 0, "deep_cpa_bid": 0, "roas_bid": 0, "scheduled_budget": 0, "dayparting": strings.Repeat("1", 336),
		"brand_safety_type": "NO_BRAND_SAFETY", "creative_material_mode": "CUSTOM", "bid_display_mode": "CPMV",
		"comment_disabled": false, "video_download_disabled": false, "share_disabled": false, "search_result_enabled": true,
		"is_hfss": false, "ios14_quota_type": "UNOCCUPIED", "skip_learning_phase": true,
		"click_attribution_window": "SEVEN_DAYS", "view_attribution_window": "ONE_DAY", "attribution_event_count": "EVERY",
	}
	groupBudget(t, o, e)
	groupSchedule(o, g)
	if !a.src.Loaded {
		groupVariety(o, targeting, g, goal)
	}
	if billing == "CPV" {
		o["bid_display_mode"] = "CPV"
	}
	if g.Bid > 0 {
		o["bid_type"] = "BID_TYPE_CUSTOM"
		price := "bid_price"
		if billing == "OCPM" {
			price = "conversion_bid_price"
		}
		o[price] = number(g.Bid * min(budgetScale(t, a), 100))
	}
	if promotion != "" {
		o["promotion_type"] = promotion
	}
	switch promotion {
	case "WEBSITE":
		if goal == "CONVERT" {
			o["pixel_id"], o["optimization_event"] = pixelID(a), "SHOPPING"
		}
	case "APP_ANDROID":
		o["app_id"], o["app_type"] = "7300111222333444555", "APP_ANDROID"
		targeting["operating_systems"] = []any{"ANDROID"}
	}
	if e.auto == smartPlus { // nested there, flat here
		o["targeting_spec"], o["targeting_optimization_mode"] = targeting, "AUTOMATIC"
	}
	maps.Copy(o, targeting)
	return o
}

// groupVariety gives some ad groups what not all have: hours, a frequency cap,
// behaviours, audiences.
func groupVariety(o, targeting obj, g *simkit.Group, goal string) {
	if g.ID%4 == 1 { // weekdays from nine to five, Monday first
		day := strings.Repeat("0", 18) + strings.Repeat("1", 16) + strings.Repeat("0", 14)
		o["dayparting"] = strings.Repeat(day, 5) + strings.Repeat("0", 96)
	}
	if goal == "REACH" {
		o["frequency"], o["frequency_schedule"] = 3, 7
	}
	switch g.ID % 5 {
	case 2:
		targeting["actions"] = []any{obj{"action_scene": "VIDEO_RELATED", "action_period": 15, "video_user_actions": []any{"LIKED", "SHARED"}, "action_category_ids": []any{"15"}}}
	case 3:
		targeting["audience_ids"], targeting["excluded_audience_ids"] = []any{"195365792"}, []any{"195365791"}
		targeting["gender"] = "GENDER_FEMALE"
	case 4:
		targeting["age_groups"] = nil // all
	}
}

func groupBudget(t *tables, o obj, e *entity) {
	g := e.group
	scale := budgetScale(t, e.account)
	switch {
	case e.account.src.Loaded:
		o["budget_mode"], o["budget"] = "BUDGET_MODE_INFINITE", 0
	case g.TotalBudget > 0 && !g.End.IsZero(): // one for a whole life needs an end
		o["budget_mode"], o["budget"] = "BUDGET_MODE_TOTAL", number(g.TotalBudget*scale)
	case g.ID%2 == 0:
		o["budget_mode"], o["budget"] = "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", number(g.DailyBudget*scale)
	default:
		o["budget_mode"], o["budget"] = "BUDGET_MODE_DAY", number(g.DailyBudget*scale)
	}
	if e.auto == smartPlus {
		o["current_budget"] = o["budget"]
	}
}

func groupSchedule(o obj, g *simkit.Group) {
	start := g.Start
	if start.IsZero() {
		start = g.Created
	}
	o["schedule_start_time"] = wireTime(start)
	if !g.End.IsZero() {
		o["schedule_type"], o["schedule_end_time"] = "SCHEDULE_START_END", wireTime(g.End)
		return
	}
	o["schedule_type"], o["schedule_end_time"] = "SCHEDULE_FROM_NOW", wireTime(start.AddDate(10, 0, 0))
}

// standing adds what every kind of object says of its state.
func (s *Sim) standing(o obj, e *entity, now time.Time) {
	o["operation_status"] = e.op
	if e.op == "DELETE" {
		o["operation_status"] = "DISABLE" // rows say "deleted" through secondary_status alone
	}
	if !s.opts.Sandbox {
		o["secondary_status"] = e.secondary(now)
	}
	o["create_time"], o["modify_time"] = wireTime(e.created), wireTime(e.modified)
}

// isEmoji covers the symbols that names and texts must not hold.
func isEmoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r == 0xFE0F || r == 0x200D
}

// title is the object's name.
func (e *entity) title() string {
	if e.fields != nil {
		return str(e.fields, map[string]string{kindCampaign: "campaign_name", kindAdGroup: "adgroup_name", kindAd: "ad_name"}[e.kind])
	}
	switch {
	case e.campaign != nil:
		return e.campaign.Name
	case e.group != nil:
		return e.group.Name
	}
	return e.ad.Name
}

// pixelID is the account's one pixel.
func pixelID(a *account) string { return itoa(a.src.PageID + 500) }

func sortedKeys(o obj) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
