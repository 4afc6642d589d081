package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// goal is one line of the published mapping of objective to destination, goal
// and promoted object.
type goal struct {
	destination, goal, billing string
	promotes                   string // page, pixel, lead_pixel, app, set, event, whatsapp; "" = nothing
}

// goals by what the campaign is for; an ad set takes them in turn. A
// destination "" is left out of the node.
var goals = map[simkit.Objective][]goal{
	simkit.Awareness: {
		{"", "REACH", "IMPRESSIONS", "page"}, {"", "IMPRESSIONS", "IMPRESSIONS", "page"},
		{"", "AD_RECALL_LIFT", "IMPRESSIONS", "page"}, {"", "THRUPLAY", "THRUPLAY", "page"},
	},
	simkit.Traffic: {
		{"WEBSITE", "LINK_CLICKS", "LINK_CLICKS", ""}, {"WEBSITE", "LANDING_PAGE_VIEWS", "IMPRESSIONS", ""},
		{"", "REACH", "IMPRESSIONS", ""}, {"MESSENGER", "LINK_CLICKS", "IMPRESSIONS", "page"},
		{"WHATSAPP", "LINK_CLICKS", "IMPRESSIONS", "page"},
	},
	simkit.Engagement: {
		{"ON_POST", "POST_ENGAGEMENT", "IMPRESSIONS", ""}, {"ON_PAGE", "PAGE_LIKES", "PAGE_LIKES", "page"},
		{"MESSENGER", "CONVERSATIONS", "IMPRESSIONS", "page"}, {"ON_EVENT", "EVENT_RESPONSES", "IMPRESSIONS", "event"},
	},
	simkit.VideoView: {{"ON_VIDEO", "THRUPLAY", "THRUPLAY", ""}},
	simkit.LeadGen: {
		{"ON_AD", "LEAD_GENERATION", "IMPRESSIONS", "page"}, {"ON_AD", "QUALITY_LEAD", "IMPRESSIONS", "page"},
		{"", "OFFSITE_CONVERSIONS", "IMPRESSIONS", "lead_pixel"},
	},
	simkit.Conversion: {
		{"WEBSITE", "OFFSITE_CONVERSIONS", "IMPRESSIONS", "pixel"}, {"WEBSITE", "VALUE", "IMPRESSIONS", "pixel"},
		{"", "OFFSITE_CONVERSIONS", "IMPRESSIONS", "pixel"},
	},
	simkit.JobApply: {{"APP", "APP_INSTALLS", "IMPRESSIONS", "app"}, {"APP", "OFFSITE_CONVERSIONS", "IMPRESSIONS", "app_event"}},
	"":              {{"WEBSITE", "LINK_CLICKS", "IMPRESSIONS", ""}},
}

func goalOf(g *simkit.Group) goal {
	list := goals[g.Campaign.Objective]
	if g.Campaign.Account.Loaded {
		return list[0]
	}
	if catalogueCampaign(g.Campaign) {
		return goal{"", "OFFSITE_CONVERSIONS", "IMPRESSIONS", "set"}
	}
	return list[(g.ID/2)%int64(len(list))]
}

func promoted(a *account, what string) obj {
	switch what {
	case "page":
		return obj{"page_id": itoa(a.src.PageID)}
	case "pixel":
		return obj{"pixel_id": a.pixels.all[0].id, "custom_event_type": "PURCHASE"}
	case "lead_pixel":
		return obj{"pixel_id": a.pixels.all[0].id, "custom_event_type": "LEAD"}
	case "app":
		return obj{"application_id": a.application.id, "object_store_url": "https://apps.apple.com/app/id1445566777"}
	case "app_event":
		return obj{"application_id": a.application.id, "object_store_url": "https://play.google.com/store/apps/details?id=example.acme", "custom_event_type": "PURCHASE"}
	case "set":
		return obj{"product_set_id": a.sets.all[0].id, "custom_event_type": "PURCHASE", "pixel_id": a.pixels.all[0].id}
	case "event":
		return obj{"page_id": itoa(a.src.PageID), "event_id": itoa(a.src.PageID + 77)}
	}
	return nil
}

func adSetFields(a *account, g *simkit.Group) obj {
	c := g.Campaign
	gl := goalOf(g)
	start := g.Start
	if start.IsZero() {
		start = g.Created
	}
	o := obj{
		"name": g.Name, "billing_event": gl.billing, "optimization_goal": gl.goal, "pacing_type": []any{"standard"},
		"daily_budget": "0", "lifetime_budget": "0", "start_time": a.clock(start), "targeting": targetingOf(a, g),
		"is_dynamic_creative": g.Format == simkit.Text, "optimization_sub_event": "NONE", "recurring_budget_semantics": false,
		"source_adset_id": "0", "is_budget_schedule_enabled": false, "use_new_app_click": false,
		"is_incremental_attribution_enabled": false, "attribution_count_type": "ALL_CONVERSIONS",
		"attribution_spec": attributionOf(gl.goal, g.ID),
	}
	if !g.End.IsZero() {
		o["end_time"] = a.clock(g.End)
	}
	if gl.destination != "" {
		o["destination_type"] = gl.destination
	}
	if p := promoted(a, gl.promotes); p != nil {
		o["promoted_object"] = p
	}
	if a.currency == "EUR" || a.currency == "HUF" || g.Country == "DE" || g.Country == "FR" {
		o["dsa_beneficiary"], o["dsa_payor"] = a.name, a.name
	}
	if !campaignBudget(c) {
		o["bid_strategy"] = "LOWEST_COST_WITHOUT_CAP"
		if !c.Account.Loaded {
			o["bid_strategy"] = strategy(g.ID, c.Objective, gl.goal)
		}
		groupBudget(a, g, o)
	}
	bidding(a, g, o, gl.goal)
	if gl.goal == "REACH" && c.Objective == simkit.Awareness {
		o["frequency_control_specs"] = []any{obj{"event": "IMPRESSIONS", "interval_days": 7, "max_frequency": 2}}
	}
	return o
}

// groupBudget sets the ad set's own budget; some run on a lifetime budget, with
// hours of the week.
func groupBudget(a *account, g *simkit.Group, o obj) {
	budget := g.DailyBudget
	if g.Campaign.Account.Loaded && budget == 0 {
		budget = 20 * simkit.Micro
	}
	if g.TotalBudget == 0 || g.Campaign.Account.Loaded {
		o["daily_budget"] = itoa(a.minor(budget))
		return
	}
	o["lifetime_budget"] = itoa(a.minor(g.TotalBudget))
	if g.End.IsZero() {
		o["end_time"] = a.clock(g.Created.AddDate(3, 0, 0))
	}
	if g.ID%2 == 0 {
		o["pacing_type"] = []any{"day_parting"}
		o["adset_schedule"] = []any{obj{"start_minute": 540, "end_minute": 1080, "days": []any{1, 2, 3, 4, 5}, "timezone_type": "ADVERTISER"}}
	}
}

// bidding sets the caps that the strategy in force asks for.
func bidding(a *account, g *simkit.Group, o obj, goalName string) {
	st, _ := o["bid_strategy"].(string)
	if st == "" {
		st = campaignStrategy(g.Campaign)
	}
	switch st {
	case "COST_CAP", "LOWEST_COST_WITH_BID_CAP":
		bid := g.Bid
		if bid == 0 {
			bid = 4 * simkit.Micro
		}
		o["bid_amount"] = max(a.minor(bid), 1)
		o["bid_info"] = obj{bidKey(goalName): max(a.minor(bid), 1)}
	case "LOWEST_COST_WITH_MIN_ROAS":
		o["bid_constraints"] = obj{"roas_average_floor": 25000}
	}
}

func bidKey(goalName string) string {
	switch goalName {
	case "REACH", "IMPRESSIONS":
		return goalName
	case "LINK_CLICKS":
		return "CLICKS"
	}
	return "ACTIONS"
}

// attributionOf is the ad set's attribution setting; most have the default.
func attributionOf(goalName string, id int64) []any {
	click := func(days int) obj { return obj{"event_type": "CLICK_THROUGH", "window_days": days} }
	view := obj{"event_type": "VIEW_THROUGH", "window_days": 1}
	switch goalName {
	case "REACH", "IMPRESSIONS", "AD_RECALL_LIFT", "THRUPLAY", "POST_ENGAGEMENT", "PAGE_LIKES", "LINK_CLICKS":
		return []any{click(1)}
	}
	switch id % 7 {
	case 3:
		return []any{click(7)}
	case 5:
		return []any{click(1)}
	case 6:
		return []any{click(7), view, obj{"event_type": "ENGAGED_VIDEO_VIEW", "window_days": 1}}
	}
	return []any{click(7), view}
}
