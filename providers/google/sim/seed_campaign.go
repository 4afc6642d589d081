package sim

import (
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// Budgets are numbered from their campaigns, shared ones from the account.
const (
	budgetOffset = 5_000_000_000
	sharedBudget = 14_000_000_001
)

// seedCampaigns puts an account's campaigns, budgets, ad groups, ads and asset
// groups into its tables. They are rendered only when read.
func (s *Sim) seedCampaigns(c *customer) {
	if c.src == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	shared := false
	for _, x := range c.src.Campaigns {
		sp := s.spec(x)
		camp := c.put(&entity{kind: "campaign", key: key{a: x.ID}, src: x, st: campaignStatus(x)})
		if sp.shared {
			if !shared {
				shared = true
				c.put(&entity{kind: "campaign_budget", key: key{a: sharedBudget + int64(c.src.Index)}, src: c.src, st: "ENABLED"})
			}
		} else {
			b := &entity{kind: "campaign_budget", key: key{a: x.ID - budgetOffset}, src: x, st: "ENABLED"}
			if camp.st == "REMOVED" && sp.k%2 == 0 {
				b.st = "REMOVED" // a budget outlives its campaign until somebody removes it
			}
			c.put(b)
		}
		for _, g := range x.Groups {
			s.seedGroup(c, camp, g, sp)
		}
	}
}

func (s *Sim) seedGroup(c *customer, camp *entity, g *simkit.Group, sp *spec) {
	if sp.pmax() {
		c.put(&entity{kind: "asset_group", key: key{a: g.ID}, up: camp, src: g, st: googleStatus(g.Status)})
		return
	}
	group := c.put(&entity{kind: "ad_group", key: key{a: g.ID}, up: camp, src: g, st: googleStatus(g.Status)})
	for _, ad := range g.Ads {
		c.put(&entity{kind: "ad_group_ad", key: key{a: g.ID, b: ad.ID}, up: group, src: ad, st: googleStatus(ad.Status)})
	}
}

// render makes a seeded object's tree.
func (s *Sim) render(e *entity) obj {
	var o obj
	switch src := e.src.(type) {
	case *simkit.Campaign:
		if e.kind == "campaign_budget" {
			o = s.budgetObj(e, src)
		} else {
			o = s.campaignObj(e, src)
		}
	case *simkit.Account:
		o = obj{"name": "Always-on, shared", "amount_micros": 120 * simkit.Micro * perUnit(src.Currency),
			"explicitly_shared": true, "period": "DAILY", "delivery_method": "STANDARD", "type": "STANDARD", "status": "ENABLED"}
	case *simkit.Group:
		if e.kind == "asset_group" {
			o = s.assetGroupObj(e, src)
		} else {
			o = s.adGroupObj(e, src)
		}
	case *simkit.Ad:
		return s.adObj(e, src)
	default:
		return obj{}
	}
	o["resource_name"], o["id"] = e.name(), e.key.a
	return o
}

// perUnit makes amounts of strong and weak currencies alike.
func perUnit(currency string) int64 {
	if unit(currency) == simkit.Micro {
		return 100
	}
	return 1
}

func (s *Sim) budgetObj(e *entity, c *simkit.Campaign) obj {
	sp := s.spec(c)
	amount := c.DailyBudget
	if amount == 0 && !c.Account.Loaded {
		amount = (20 + int64(simkit.Hash(s.opts.Seed, 31, uint64(c.ID))%380)) * simkit.Micro * perUnit(c.Account.Currency)
	}
	o := obj{
		"name": c.Name, "explicitly_shared": false, "delivery_method": "STANDARD", "type": "STANDARD", "status": e.st,
		"period": "DAILY", "amount_micros": amount, "recommended_budget_amount_micros": amount * 12 / 10 / unit(e.c.currency) * unit(e.c.currency),
		"has_recommended_budget": sp.k%3 == 0,
	}
	if sp.k%3 != 0 || c.Account.Loaded {
		delete(o, "recommended_budget_amount_micros")
		o["has_recommended_budget"] = false
	}
	if amount == 0 {
		delete(o, "amount_micros") // loaded without one, which Google itself would not take
	}
	if sp.total {
		o["period"], o["total_amount_micros"] = "CUSTOM_PERIOD", c.TotalBudget*perUnit(c.Account.Currency)
		delete(o, "amount_micros")
	}
	return o
}

func (s *Sim) campaignObj(e *entity, c *simkit.Campaign) obj {
	sp := s.spec(c)
	o := obj{
		"name": c.Name, "status": campaignStatus(c), "advertising_channel_type": sp.channel,
		"ad_serving_optimization_status": "OPTIMIZE", "experiment_type": "BASE", "payment_mode": paymentMode(sp),
		"start_date_time":                   firstSecond(c.Start, c.Account),
		"geo_target_type_setting":           obj{"positive_geo_target_type": presence(sp.k, c.Account), "negative_geo_target_type": "PRESENCE"},
		"base_campaign":                     e.name(),
		"optimization_score":                float64(500+sp.k*37%450) / 1000,
		"network_settings":                  networks(sp),
		"campaign_budget":                   s.budgetName(e.c, c, sp),
		"final_url_suffix":                  "utm_source=google&utm_campaign={campaignid}",
		"excluded_parent_asset_field_types": []string{},
	}
	if c.Start.IsZero() {
		o["start_date_time"] = earliest(c).String() + " 00:00:00"
	}
	if !c.End.IsZero() {
		o["end_date_time"] = lastSecond(c.End, c.Account)
	}
	declare(o, sp.k, e.c.src)
	bid(o, e.c, sp)
	byChannel(o, sp, c)
	return o
}

func (s *Sim) budgetName(c *customer, x *simkit.Campaign, sp *spec) string {
	id := x.ID - budgetOffset
	if sp.shared {
		id = sharedBudget + int64(c.src.Index)
	}
	return resourceName(c.id, "campaign_budget", key{a: id})
}

// declare writes the EU declaration: the outlet account has one campaign that
// was never declared, which freezes its campaign management.
func declare(o obj, k int, a *simkit.Account) {
	o["missing_eu_political_advertising_declaration"] = false
	switch {
	case a.Index == directIndex && k == 2 && !a.Loaded:
		o["missing_eu_political_advertising_declaration"] = true
	case k%13 == 12 && !a.Loaded:
		o["contains_eu_political_advertising"] = "CONTAINS_EU_POLITICAL_ADVERTISING"
	default:
		o["contains_eu_political_advertising"] = "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
	}
}

func presence(k int, a *simkit.Account) string {
	if k%3 == 1 && !a.Loaded {
		return "PRESENCE"
	}
	return "PRESENCE_OR_INTEREST"
}

func paymentMode(sp *spec) string {
	if sp.channel == "PERFORMANCE_MAX" && sp.k%4 == 3 {
		return "CONVERSIONS"
	}
	return "CLICKS"
}

func networks(sp *spec) obj {
	return obj{
		"target_google_search": sp.channel == "SEARCH" || sp.channel == "SHOPPING", "target_search_network": sp.channel == "SEARCH" && sp.k%2 == 0,
		"target_content_network": sp.channel == "DISPLAY", "target_partner_search_network": false,
		"target_youtube": sp.channel == "VIDEO" || sp.channel == "DEMAND_GEN", "target_google_tv_network": false,
	}
}

// strategyType is bidding_strategy_type by the message that selects it.
var strategyType = map[string]string{
	"maximize_conversions": "MAXIMIZE_CONVERSIONS", "target_spend": "TARGET_SPEND", "manual_cpc": "MANUAL_CPC",
	"maximize_conversion_value": "MAXIMIZE_CONVERSION_VALUE", "target_impression_share": "TARGET_IMPRESSION_SHARE",
	"target_cpm": "TARGET_CPM", "manual_cpm": "MANUAL_CPM", "target_cpv": "TARGET_CPV", "target_cpa": "TARGET_CPA",
	"target_roas": "TARGET_ROAS", "portfolio": "TARGET_CPA", "manual_cpv": "MANUAL_CPV", "manual_cpa": "MANUAL_CPA",
	"percent_cpc": "PERCENT_CPC", "commission": "COMMISSION", "fixed_cpm": "FIXED_CPM", "target_cpc": "TARGET_CPC",
}

func bid(o obj, c *customer, sp *spec) {
	p := simkit.Micro * perUnit(c.currency)
	o["bidding_strategy_type"] = strategyType[sp.strategy]
	switch sp.strategy {
	case "portfolio":
		o["bidding_strategy"] = resourceName(c.id, "bidding_strategy", key{a: portfolioID(c)})
	case "maximize_conversions":
		o["maximize_conversions"] = obj{"target_cpa_micros": 12 * p}
		if sp.k%2 == 1 || c.src.Loaded {
			o["maximize_conversions"] = obj{}
		}
	case "maximize_conversion_value":
		o["maximize_conversion_value"] = obj{"target_roas": 3.5}
		if c.src.Loaded {
			o["maximize_conversion_value"] = obj{}
		}
	case "target_spend":
		o["target_spend"] = obj{"cpc_bid_ceiling_micros": 2 * p}
		if c.src.Loaded {
			o["target_spend"] = obj{}
		}
	case "manual_cpc":
		o["manual_cpc"] = obj{"enhanced_cpc_enabled": false}
	case "target_impression_share":
		o["target_impression_share"] = obj{"location": "TOP_OF_PAGE", "location_fraction_micros": int64(650_000), "cpc_bid_ceiling_micros": 3 * p}
	case "target_cpa":
		o["target_cpa"] = obj{"target_cpa_micros": 9 * p}
	case "target_roas":
		o["target_roas"] = obj{"target_roas": 4.25}
	default:
		o[sp.strategy] = obj{}
	}
	o["bidding_strategy_system_status"] = "ENABLED"
	if sp.k%11 == 5 && !c.src.Loaded {
		o["bidding_strategy_system_status"] = "LEARNING_NEW"
	}
}

func portfolioID(c *customer) int64 { return 16_000_000_001 + int64(c.src.Index) }

func byChannel(o obj, sp *spec, c *simkit.Campaign) {
	cap := obj{"key": obj{"level": "CAMPAIGN", "event_type": "IMPRESSION", "time_unit": "WEEK", "time_length": 1}, "cap": 7}
	switch sp.channel {
	case "PERFORMANCE_MAX":
		o["brand_guidelines_enabled"] = sp.k%2 == 1
	case "SHOPPING":
		o["shopping_setting"] = obj{"merchant_id": int64(501_000_001), "feed_label": "DE", "campaign_priority": 1, "enable_local": false}
	case "DISPLAY":
		o["frequency_caps"] = []any{cap}
		o["targeting_setting"] = obj{"target_restrictions": []any{obj{"targeting_dimension": "AUDIENCE", "bid_only": true}}}
	case "VIDEO":
		if !c.Account.Loaded {
			o["frequency_caps"] = []any{cap}
		}
	case "DEMAND_GEN":
		o["demand_gen_campaign_settings"] = obj{"upgraded_targeting": true}
	}
	if sp.k == 0 && !c.Account.Loaded {
		o["labels"] = []string{resourceName(c.Account.ID, "label", key{a: labelID}), resourceName(c.Account.ID, "label", key{a: labelID + 1})}
	}
}

// campaignStatus: what the world has in draft is a campaign that is enabled and
// starts later.
func campaignStatus(c *simkit.Campaign) string {
	if c.Status == simkit.Draft {
		return "ENABLED"
	}
	return googleStatus(c.Status)
}

// firstSecond and lastSecond are the ends of a campaign in the account's wall
// time. The world's generated days are zoneless and their end is exclusive;
// loaded ones stand in the account's zone already.
func firstSecond(t time.Time, a *simkit.Account) string {
	if a.Loaded {
		return wall(t, a.Loc)
	}
	return simkit.DayOf(t.UTC()).String() + " 00:00:00"
}

func lastSecond(t time.Time, a *simkit.Account) string {
	if a.Loaded {
		return wall(t, a.Loc)
	}
	return (simkit.DayOf(t.UTC()) - 1).String() + " 23:59:59"
}

// earliest is the day on which a loaded campaign without a start began: that of
// its first fact, at the latest the one it was loaded on.
func earliest(c *simkit.Campaign) simkit.Day {
	d := simkit.DayOf(c.Created.In(c.Account.Loc))
	for _, ad := range campaignAds(c) {
		if days := ad.Days(); len(days) > 0 {
			d = min(d, days[0])
		}
	}
	return d
}
