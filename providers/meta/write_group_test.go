package meta_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

func refs(ids ...string) []normalize.TargetRef {
	var out []normalize.TargetRef
	for _, id := range ids {
		out = append(out, normalize.TargetRef{ID: id})
	}
	return out
}

// fullTargeting has something in every part that Meta has.
func fullTargeting() *normalize.Targeting {
	return &normalize.Targeting{
		Geographic: &normalize.GeographicTargeting{
			Countries: refs("US"), Regions: refs("region:3847"), PostalCodes: refs("US:94110"), USDMAs: refs("COMSCORE_MARKET:2051"),
			Cities:            []normalize.CityTarget{{ID: "city:2418779", Radius: dec("25"), RadiusUnit: normalize.RadiusUnitKilometers}},
			ExcludedCountries: refs("CH"), ExcludedCities: []normalize.CityTarget{{ID: "city:2438000"}},
		},
		Demographic: &normalize.DemographicTargeting{AgeMin: to(int64(25)), AgeMax: to(int64(54)), Female: to(true)},
		Language:    refs("locale:6"),
		Audience: &normalize.AudienceTargeting{
			Interests: refs("6003000000001"), Behaviors: refs("6002000000001"), ExcludedInterests: refs("6003000000002"),
			CombinationSpec: []normalize.AudienceCombination{{Interests: refs("6003000000003"), LifeEvents: refs("6005000000001")}},
		},
		Device:       &normalize.DeviceTargeting{Types: refs("mobile"), UserOS: refs("iOS")},
		Placement:    &normalize.PlacementTargeting{Platforms: []string{"FACEBOOK", "INSTAGRAM"}, FacebookPositions: []string{"feed"}, InstagramPositions: []string{"stream"}},
		Optimization: &normalize.TargetingOptimization{AdvantageAudience: to(false)},
		Schedule:     []normalize.Schedule{{DayOfWeek: normalize.DayOfWeekSunday, StartHour: 9, EndHour: 18}},
	}
}

// nameless drops the names that Meta adds to ids.
func nameless(v any) any {
	b, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(b, &out)
	var strip func(any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			if _, ref := v["id"]; ref {
				delete(v, "name")
			}
			for k, e := range v {
				v[k] = strip(e)
			}
		case []any:
			for i, e := range v {
				v[i] = strip(e)
			}
		}
		return v
	}
	return strip(out)
}

func TestWriteGroup_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	campaign := theCampaign("reach")
	campaign.Goal = normalize.GoalReach
	c := made(t, d.Campaigns, campaign)
	start := time.Now().UTC().Add(48 * time.Hour).Truncate(time.Second)
	asked := theGroup(c.ID, "US 25-54")
	asked.BudgetAmount, asked.BudgetPeriod = dec("500.50"), normalize.BudgetPeriodLifetime
	asked.StartAt, asked.EndAt = to(start), to(start.Add(240*time.Hour))
	asked.OptimizationGoal, asked.BillingEvent = normalize.OptimizationGoalReach, normalize.BillingEventImpressions
	asked.BidStrategy, asked.BidAmount = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}, dec("3.20")
	asked.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(2)), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to(int64(7))}
	asked.Type, asked.Currency = normalize.ChannelSocial, "EUR"
	asked.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	asked.Targeting = fullTargeting()
	got := made(t, d.Groups, asked)
	same := asked
	same.BidStrategy = got.BidStrategy
	same.Targeting = nil
	covers(t, same, got)
	lacks(t, "targeting", nameless(asked.Targeting), nameless(got.Targeting))
	if got.Status != normalize.StatusPaused || got.BidStrategy.Type != normalize.BidStrategyTypeMaximizeSpend {
		t.Errorf("%+v", got)
	}
	s := d.stored(t, got.ID, "lifetime_budget,bid_amount,bid_strategy,targeting,adset_schedule,pacing_type,status")
	if s["lifetime_budget"] != "50050" || s["bid_amount"] != 320.0 || s["bid_strategy"] != "LOWEST_COST_WITH_BID_CAP" || s["status"] != "PAUSED" {
		t.Errorf("stored %v", s)
	}
	// One part of the targeting at a time: the others stay, and it is sent whole.
	for _, c := range []struct {
		set    string
		change func(*normalize.Targeting)
	}{
		{"targeting.demographic", func(x *normalize.Targeting) {
			x.Demographic = &normalize.DemographicTargeting{AgeMin: to(int64(30)), Male: to(true)}
		}},
		{"targeting.language", func(x *normalize.Targeting) { x.Language = nil }},
		{"targeting.audience", func(x *normalize.Targeting) {
			x.Audience = &normalize.AudienceTargeting{Interests: refs("6003000000001")}
		}},
		{"targeting.device", func(x *normalize.Targeting) { x.Device = nil }},
		{"targeting.placement", func(x *normalize.Targeting) { x.Placement = nil }},
		{"targeting.geographic", func(x *normalize.Targeting) {
			x.Geographic = &normalize.GeographicTargeting{Countries: refs("GB", "US")}
		}},
		{"targeting.optimization", func(x *normalize.Targeting) {
			x.Optimization = &normalize.TargetingOptimization{AdvantageAudience: to(true)}
		}},
	} {
		d.rec.forget()
		p := patched(got, func(g *normalize.Group) { tt := *got.Targeting; c.change(&tt); g.Targeting = &tt }, c.set)
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, p)
		if c.set == "targeting.optimization" && providers.KindOf(err) == providers.Rejected { // hard age limits and hints do not go together
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", c.set, err)
		}
		if w := d.rec.writes(); len(w) != 1 || len(w[0].form) != 1 || w[0].form.Get("targeting") == "" {
			t.Errorf("%s: sent %+v", c.set, w)
		}
		want, is := *p.Object.Targeting, *up.Object.Targeting
		want.Optimization, is.Optimization = nil, nil // the placements change what it says
		if !reflect.DeepEqual(nameless(want), nameless(is)) {
			t.Errorf("%s:\nwant %v\ngot  %v", c.set, nameless(want), nameless(is))
		}
		got = up.Object
		d.rec.forget()
		if _, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(*normalize.Group) {}, c.set)); err != nil || len(d.rec.writes()) != 0 {
			t.Errorf("%s again: %v, sent %+v", c.set, err, d.rec.writes())
		}
	}
}

func TestWriteGroup_Updates(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, theCampaign("traffic"))
	asked := theGroup(c.ID, "updates")
	asked.EndAt = to(time.Now().UTC().Add(500 * time.Hour).Truncate(time.Second))
	got := made(t, d.Groups, asked)
	if got.OptimizationGoal != normalize.OptimizationGoalLinkClicks || got.BillingEvent != normalize.BillingEventImpressions {
		t.Errorf("%+v", got)
	}
	later := time.Now().UTC().Add(700 * time.Hour).Truncate(time.Second)
	for _, c := range []struct {
		set    []string
		change func(*normalize.Group)
		sent   map[string]string
	}{
		{[]string{"name"}, func(g *normalize.Group) { g.Name = "renamed" }, map[string]string{"name": "renamed"}},
		{[]string{"status"}, func(g *normalize.Group) { g.Status = normalize.StatusActive }, map[string]string{"status": "ACTIVE"}},
		{[]string{"budget_amount"}, func(g *normalize.Group) { g.BudgetAmount = dec("33.10") }, map[string]string{"daily_budget": "3310"}},
		{[]string{"end_at"}, func(g *normalize.Group) { g.EndAt = &later }, map[string]string{"end_time": later.Format("2006-01-02T15:04:05-0700")}},
		{[]string{"end_at"}, func(g *normalize.Group) { g.EndAt = nil }, map[string]string{"end_time": "0"}},
		{[]string{"bid_amount"}, func(g *normalize.Group) { g.BidAmount = dec("1.5") }, map[string]string{"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": "150"}},
		{[]string{"bid_amount"}, func(g *normalize.Group) { g.BidAmount = dec("2") }, map[string]string{"bid_amount": "200"}},
		{[]string{"bid_amount"}, func(g *normalize.Group) { g.BidAmount = nil }, map[string]string{"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}},
		{[]string{"bid_strategy.type", "bid_strategy.performance_goal_amount"}, func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalAmount: dec("4.25")}
		}, map[string]string{"bid_strategy": "COST_CAP", "bid_amount": "425"}},
		{[]string{"bid_strategy.type"}, func(g *normalize.Group) {
			b := *g.BidStrategy // merged: the amount of before is left in it
			b.Type = normalize.BidStrategyTypeMaximizeSpend
			g.BidStrategy = &b
		}, map[string]string{"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}},
	} {
		d.rec.forget()
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, c.change, c.set...))
		if err != nil {
			t.Fatalf("%v: %v", c.set, err)
		}
		w := d.rec.writes()
		sent := map[string]string{}
		for k := range w[0].form {
			sent[k] = w[0].form.Get(k)
		}
		if len(w) != 1 || !reflect.DeepEqual(sent, c.sent) {
			t.Errorf("%v: sent %v, want %v", c.set, sent, c.sent)
		}
		got = up.Object
	}
	if got.EndAt != nil || got.BidAmount != nil || got.BidStrategy.PerformanceGoalAmount != nil || got.BudgetAmount.String() != "33.1" {
		t.Errorf("%+v", got)
	}
}

func TestWriteGroup_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	own := made(t, d.Campaigns, theCampaign("without budget"))
	shared := made(t, d.Campaigns, budgeted("with budget", "50"))
	sales := theCampaign("sales")
	sales.Goal = normalize.GoalSales
	selling := made(t, d.Campaigns, sales)
	d.rec.forget()
	soon := time.Now().UTC().Add(time.Hour).Truncate(time.Second)
	geo := func(f func(*normalize.GeographicTargeting)) func(*normalize.Group) {
		return func(g *normalize.Group) { f(g.Targeting.Geographic) }
	}
	for _, c := range []struct {
		field  string
		change func(*normalize.Group)
	}{
		{"campaign_id", func(g *normalize.Group) { g.CampaignID = "120399999999999999" }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount, g.BudgetPeriod = nil, "" }},
		{"budget_amount", func(g *normalize.Group) { g.CampaignID = shared.ID }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount = dec("-1") }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount = dec("0.02") }},
		{"end_at", func(g *normalize.Group) { g.BudgetPeriod = normalize.BudgetPeriodLifetime }},
		{"end_at", func(g *normalize.Group) { g.EndAt = &soon }},
		{"start_at", func(g *normalize.Group) {
			g.StartAt = to(time.Now().Truncate(time.Second).Add(time.Hour + time.Millisecond))
		}},
		{"optimization_goal", func(g *normalize.Group) { g.OptimizationGoal = normalize.OptimizationGoalAppInstalls }},
		{"billing_event", func(g *normalize.Group) { g.BillingEvent = "MESSAGES" }},
		{"promoted", func(g *normalize.Group) { g.CampaignID = selling.ID }},
		{"promoted", func(g *normalize.Group) {
			g.Promoted = []normalize.Promoted{{ID: "1", Type: normalize.PromotedTypeTweetID}}
		}},
		{"bid_strategy.type", func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: dec("1")}
		}},
		{"bid_strategy.target_roas", func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, TargetROAS: dec("2")}
		}},
		{"bid_strategy.performance_goal_type", func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalAmount: dec("2"), PerformanceGoalType: normalize.PerformanceGoalTypeReach}
		}},
		{"bid_amount", func(g *normalize.Group) { g.BidAmount = dec("0.001") }},
		{"frequency_cap", func(g *normalize.Group) {
			g.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(1)), TimeUnit: normalize.TimeUnitDays}
		}},
		{"has_eu_political_ads", func(g *normalize.Group) { g.HasEUPoliticalAds = to(true) }},
		{"targeting.geographic", func(g *normalize.Group) { g.Targeting.Geographic = nil }},
		{"targeting.geographic", geo(func(g *normalize.GeographicTargeting) {
			*g = normalize.GeographicTargeting{ExcludedCountries: refs("US")}
		})},
		{"targeting.geographic.countries", geo(func(g *normalize.GeographicTargeting) { g.Countries = refs("Germany") })},
		{"targeting.geographic.us_dmas", geo(func(g *normalize.GeographicTargeting) { g.USDMAs = refs("DMA:501") })},
		{"targeting.geographic.location_types", geo(func(g *normalize.GeographicTargeting) {
			g.LocationTypes = []normalize.LocationType{normalize.LocationTypeHome}
		})},
		{"targeting.geographic.presence_type", geo(func(g *normalize.GeographicTargeting) { g.PresenceType = "PRESENCE" })},
		{"targeting.geographic.cities", geo(func(g *normalize.GeographicTargeting) {
			g.Cities = []normalize.CityTarget{{ID: "city:1", Radius: dec("5")}}
		})},
		{"targeting.demographic.age_min", func(g *normalize.Group) {
			g.Targeting.Demographic = &normalize.DemographicTargeting{AgeMin: to(int64(12))}
		}},
		{"targeting.demographic.incomes", func(g *normalize.Group) {
			g.Targeting.Demographic = &normalize.DemographicTargeting{Incomes: []string{"x"}}
		}},
		{"targeting.device.carriers", func(g *normalize.Group) { g.Targeting.Device = &normalize.DeviceTargeting{Carriers: refs("1")} }},
		{"targeting.placement.platforms", func(g *normalize.Group) {
			g.Targeting.Placement = &normalize.PlacementTargeting{Platforms: []string{"LINKEDIN"}}
		}},
		{"targeting.schedule", func(g *normalize.Group) {
			g.Targeting.Schedule = []normalize.Schedule{{DayOfWeek: "MONDAY", EndHour: 5}}
		}},
		{"targeting.audience.lookalike_audiences", func(g *normalize.Group) {
			g.Targeting.Audience = &normalize.AudienceTargeting{LookalikeAudiences: []normalize.LookalikeAudience{{ID: "1"}}}
		}},
		{"targeting.audience.combination_spec", func(g *normalize.Group) {
			g.Targeting.Audience = &normalize.AudienceTargeting{CombinationSpec: []normalize.AudienceCombination{{References: refs("1")}}}
		}},
		{"targeting.optimization.mode", func(g *normalize.Group) {
			g.Targeting.Optimization = &normalize.TargetingOptimization{Mode: "OBSERVATION"}
		}},
	} {
		g := theGroup(own.ID, "refused")
		c.change(&g)
		_, err := d.Groups.Create(t.Context(), wanted(g))
		refusedAt(t, err, c.field)
	}
	if w := d.rec.writes(); len(w) != 0 {
		t.Errorf("sent %+v", w)
	}
}

// A campaign that has the budget has the strategy, too: its groups have but the amount.
func TestWriteGroup_UnderACampaignBudget(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	asked := budgeted("cost cap", "50")
	asked.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal}
	c := made(t, d.Campaigns, asked)
	g := theGroup(c.ID, "under")
	g.BudgetAmount, g.BudgetPeriod = nil, ""
	d.rec.forget()
	_, err := d.Groups.Create(t.Context(), wanted(g))
	refusedAt(t, err, "bid_amount")
	g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
	_, err = d.Groups.Create(t.Context(), wanted(g))
	refusedAt(t, err, "bid_strategy")
	if len(d.rec.writes()) != 0 {
		t.Error("sent")
	}
	g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalAmount: dec("7")}
	got := made(t, d.Groups, g)
	if w := d.rec.writes(); w[0].form.Has("bid_strategy") || w[0].form.Get("bid_amount") != "700" {
		t.Errorf("sent %+v", w)
	}
	if got.BidStrategy.PerformanceGoalAmount.String() != "7" || got.BudgetAmount != nil {
		t.Errorf("%+v", got)
	}
}

// What ours has no words for stays in an ad set when a part of its targeting is changed.
func TestWriteGroup_KeepsWhatOursDoesNotHold(t *testing.T) {
	t.Parallel()
	adSet := `{"id":"3","account_id":"1","campaign_id":"2","name":"g","status":"PAUSED","daily_budget":"2000","lifetime_budget":"0",
		"optimization_goal":"LINK_CLICKS","bid_strategy":"LOWEST_COST_WITHOUT_CAP","campaign":{"id":"2","objective":"OUTCOME_TRAFFIC"},
		"targeting":{"geo_locations":{"countries":["US"],"custom_locations":[{"latitude":52.5,"longitude":13.4,"radius":10}],"location_types":["home"]},
		"age_min":25,"locales":[5],"interests":[{"id":"6003000000009"}],"flexible_spec":[{"work_positions":[{"id":"9"}]}],"brand_safety_content_filter_levels":["FACEBOOK_STANDARD"],
		"targeting_automation":{"advantage_audience":0,"individual_setting":{"age":1}}}}`
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "search": answer(200, `{"data":[]}`), "3": func(a asked) (int, string) {
		if a.method == "POST" {
			return 200, `{"success":true}`
		}
		return 200, adSet
	}})
	g, err := s.Groups.Get(t.Context(), providers.Ref{ID: "3"})
	if err != nil {
		t.Fatal(err)
	}
	p := patched(g, func(g *normalize.Group) {
		tt := *g.Targeting
		tt.Demographic = &normalize.DemographicTargeting{AgeMin: to(int64(30))}
		g.Targeting = &tt
	}, "targeting.demographic.age_min")
	if _, err := s.Groups.Update(t.Context(), providers.Ref{ID: "3"}, p); err != nil {
		t.Fatal(err)
	}
	sentLast := func() (sent map[string]any) {
		for _, a := range script.calls("3") {
			if a.method == "POST" {
				sent = nil
				_ = json.Unmarshal([]byte(a.form.Get("targeting")), &sent)
			}
		}
		return sent
	}
	sent := sentLast()
	var was map[string]any
	var whole map[string]any
	_ = json.Unmarshal([]byte(adSet), &whole)
	was = whole["targeting"].(map[string]any)
	was["age_min"] = 30.0
	if !reflect.DeepEqual(sent, was) {
		t.Errorf("sent %v\nwant %v", sent, was)
	}
	// What old ad sets have and Meta no longer takes leaves with the part that is changed.
	p = patched(g, func(g *normalize.Group) {
		tt := *g.Targeting
		tt.Geographic, tt.Audience = &normalize.GeographicTargeting{Countries: refs("GB")}, &normalize.AudienceTargeting{Behaviors: refs("6002000000001")}
		g.Targeting = &tt
	}, "targeting.geographic.countries", "targeting.audience.behaviors")
	if _, err := s.Groups.Update(t.Context(), providers.Ref{ID: "3"}, p); err != nil {
		t.Fatal(err)
	}
	sent = sentLast()
	geo, _ := sent["geo_locations"].(map[string]any)
	if geo["location_types"] != nil || geo["custom_locations"] == nil || sent["interests"] != nil || sent["flexible_spec"] == nil {
		t.Errorf("sent %v", sent)
	}
}
