package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// objectives are today's six, and the old words that old campaigns still carry.
var objectives = map[simkit.Objective][2]string{
	simkit.Traffic:    {"OUTCOME_TRAFFIC", "LINK_CLICKS"},
	simkit.Conversion: {"OUTCOME_SALES", "CONVERSIONS"},
	simkit.LeadGen:    {"OUTCOME_LEADS", "LEAD_GENERATION"},
	simkit.Awareness:  {"OUTCOME_AWARENESS", "BRAND_AWARENESS"},
	simkit.Engagement: {"OUTCOME_ENGAGEMENT", "POST_ENGAGEMENT"},
	simkit.VideoView:  {"OUTCOME_ENGAGEMENT", "VIDEO_VIEWS"},
	simkit.JobApply:   {"OUTCOME_APP_PROMOTION", "APP_INSTALLS"},
	"":                {"OUTCOME_TRAFFIC", "LINK_CLICKS"},
}

// legacy tells whether a campaign comes from before the six objectives.
func legacy(c *simkit.Campaign) bool {
	return !c.Account.Loaded && c.Objective != "" && c.ID%5 == 3
}

func objectiveOf(c *simkit.Campaign) string {
	o := objectives[c.Objective]
	if legacy(c) {
		return o[1]
	}
	return o[0]
}

// campaignBudget tells whether the campaign carries the budget of its ad sets.
func campaignBudget(c *simkit.Campaign) bool {
	if c.Account.Loaded {
		return c.DailyBudget > 0
	}
	return c.Objective != "" && c.ID%3 == 1
}

// strategy draws how something bids: the first fits everything.
func strategy(id int64, o simkit.Objective, goal string) string {
	switch {
	case goal == "VALUE":
		return "LOWEST_COST_WITH_MIN_ROAS"
	case id%5 == 2 && o != simkit.Awareness:
		return "COST_CAP"
	case id%5 == 4:
		return "LOWEST_COST_WITH_BID_CAP"
	}
	return "LOWEST_COST_WITHOUT_CAP"
}

func campaignFields(a *account, c *simkit.Campaign) obj {
	o := obj{
		"name": c.Name, "objective": objectiveOf(c), "buying_type": "AUCTION", "special_ad_categories": []any{},
		"special_ad_category": "NONE", "pacing_type": []any{"standard"}, "can_use_spend_cap": true,
		"budget_rebalance_flag": false, "is_skadnetwork_attribution": false, "is_budget_schedule_enabled": false,
		"source_campaign_id": "0", "topline_id": "0", "smart_promotion_type": "GUIDED_CREATION",
		"primary_attribution": "DEFAULT", "can_create_brand_lift_study": false,
	}
	if campaignBudget(c) {
		o["bid_strategy"] = campaignStrategy(c)
		o["pacing_type"] = []any{"standard"}
		if c.Account.Loaded || c.ID%2 == 0 {
			o["daily_budget"] = itoa(a.minor(max(c.DailyBudget, 60*simkit.Micro*boolInt(!c.Account.Loaded))))
			o["lifetime_budget"] = "0"
		} else {
			o["daily_budget"], o["lifetime_budget"] = "0", itoa(a.minor(3000*simkit.Micro))
		}
	} else {
		o["is_adset_budget_sharing_enabled"] = false
	}
	if c.Account.Loaded {
		return o
	}
	if c.Objective == simkit.Awareness && c.ID%4 == 2 {
		o["buying_type"] = "RESERVED"
	}
	if c.TotalBudget > 0 {
		o["spend_cap"] = itoa(a.minor(c.TotalBudget))
	}
	switch c.ID % 11 {
	case 3:
		o["special_ad_categories"], o["special_ad_category"] = []any{"HOUSING"}, "HOUSING"
		o["special_ad_category_country"] = []any{countryOf(a)}
	case 5:
		o["special_ad_categories"], o["special_ad_category"] = []any{"EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES"}, "EMPLOYMENT"
		o["special_ad_category_country"] = []any{countryOf(a)}
	}
	if c.Objective == simkit.JobApply {
		o["promoted_object"] = obj{"application_id": a.application.id}
	}
	if catalogueCampaign(c) {
		o["promoted_object"] = obj{"product_catalog_id": a.catalogue.id}
	}
	return o
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// catalogueCampaign sells from a product catalogue.
func catalogueCampaign(c *simkit.Campaign) bool {
	return c.Objective == simkit.Conversion && c.ID%2 == 0 && !c.Account.Loaded
}

// campaignStrategy is the bid strategy of a campaign with a budget.
func campaignStrategy(c *simkit.Campaign) string {
	if c.Account.Loaded {
		return "LOWEST_COST_WITHOUT_CAP"
	}
	return strategy(c.ID/3, c.Objective, "")
}

// countryOf is where an account's advertiser sits.
func countryOf(a *account) string {
	switch a.currency {
	case "EUR":
		return "DE"
	case "JPY":
		return "JP"
	case "HUF":
		return "HU"
	case "GBP":
		return "GB"
	}
	return "US"
}
