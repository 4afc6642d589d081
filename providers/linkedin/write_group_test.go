package linkedin_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

func place(id, name string) normalize.TargetRef { return normalize.TargetRef{ID: id, Name: name} }

func theGroup(campaign, name string) normalize.Group {
	return normalize.Group{
		CampaignID: campaign, Name: name, BudgetAmount: dec("20"), BudgetPeriod: normalize.BudgetPeriodDaily,
		HasEUPoliticalAds: to(false), LanguageLocale: "de-DE",
		Targeting: &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{place(germany, "Germany")}}},
	}
}

// parentFor makes a campaign for groups.
func parentFor(t testing.TB, d pen, goal normalize.Goal) normalize.Campaign {
	t.Helper()
	c := theCampaign("parent for " + string(goal))
	c.Goal = goal
	return made(t, d.Campaigns, c)
}

func TestWriteGroup_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	start := parent.StartAt.Add(2 * time.Hour)
	asked := theGroup(parent.ID, "every field 🎯")
	asked.Type, asked.OptimizationGoal, asked.BillingEvent = normalize.ChannelImage, normalize.OptimizationGoalLinkClicks, normalize.BillingEventImpressions
	asked.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc, PerformanceGoalAmount: dec("3.05")}
	asked.BudgetAmount, asked.BudgetMaxAmount, asked.BudgetUnit, asked.Currency = dec("20.5"), dec("900"), normalize.BudgetUnitCurrency, "EUR"
	asked.CreativeSelection, asked.Pacing = normalize.CreativeSelectionRoundRobin, &normalize.Pacing{Period: normalize.PacingPeriodFlight}
	asked.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to[int64](5), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to[int64](7)}
	asked.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	asked.StartAt, asked.EndAt = &start, to(start.Add(50*24*time.Hour))
	asked.Targeting = wholeTargeting()
	got := made(t, d.Groups, asked)
	covers(t, asked, got)
	if got.Status != normalize.StatusPaused || got.BudgetAllocationType != normalize.BudgetAllocationTypeFixed {
		t.Errorf("a new group is %s, %s", got.Status, got.BudgetAllocationType)
	}
	s := d.storedGroup(t, euros, got.ID)
	for path, want := range map[string]string{
		"dailyBudget.amount": "20.5", "totalBudget.amount": "900", "unitCost.amount": "3.05", "costType": "CPM", "optimizationTargetType": "CAP_COST_AND_MAXIMIZE_CLICKS",
		"objectiveType": "WEBSITE_VISIT", "type": "SPONSORED_UPDATES", "format": "STANDARD_UPDATE", "status": "PAUSED", "politicalIntent": "NOT_POLITICAL",
		"locale.language": "de", "locale.country": "DE", "associatedEntity": "urn:li:organization:" + thePage, "pacingStrategy": "LIFETIME",
		"offsiteDeliveryEnabled": "true", "audienceExpansionEnabled": "true", "creativeSelection": "ROUND_ROBIN",
	} {
		if put(s, path) != want {
			t.Errorf("stored %s: %q, want %q", path, put(s, path), want)
		}
	}
	if again, err := d.Groups.Get(t.Context(), providers.Ref{ID: got.ID}); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("%+v, %v", again, err)
	}
}

// wholeTargeting has something in every list that LinkedIn has a facet for and takes together.
func wholeTargeting() *normalize.Targeting {
	return &normalize.Targeting{
		Geographic: &normalize.GeographicTargeting{
			Countries: []normalize.TargetRef{place(germany, "Germany")}, Regions: []normalize.TargetRef{place("urn:li:geo:104272746", "Bavaria, Germany")},
			ExcludedCities: []normalize.CityTarget{{ID: "urn:li:geo:100477049", Name: "Munich, Bavaria, Germany"}},
		},
		Demographic: &normalize.DemographicTargeting{AgeMin: to[int64](25), AgeMax: to[int64](54), Female: to(true)},
		Language:    []normalize.TargetRef{{ID: "urn:li:locale:de_DE"}},
		Audience: &normalize.AudienceTargeting{
			Interests: []normalize.TargetRef{{ID: "urn:li:interest:1"}}, ExcludedInterests: []normalize.TargetRef{{ID: "urn:li:interest:2"}},
			CustomAudiences: []normalize.TargetRef{{ID: "urn:li:adSegment:1"}}, ExcludedCustomAudiences: []normalize.TargetRef{{ID: "urn:li:adSegment:2"}},
			CombinationSpec: []normalize.AudienceCombination{{References: []normalize.TargetRef{{ID: "urn:li:degree:1"}, {ID: "urn:li:school:1"}}}},
		},
		Professional: &normalize.ProfessionalTargeting{
			JobFunctions: []normalize.TargetRef{{ID: "urn:li:function:10"}}, ExcludedSeniorities: []normalize.TargetRef{{ID: "urn:li:seniority:1"}, {ID: "urn:li:seniority:3"}},
			Skills: []normalize.TargetRef{{ID: "urn:li:skill:1"}}, Industries: []normalize.TargetRef{{ID: "urn:li:industry:4"}},
			CompanySizes: []normalize.TargetRef{{ID: "urn:li:staffCountRange:(201,500)"}, {ID: "urn:li:staffCountRange:(501,1000)"}},
		},
		Placement:    &normalize.PlacementTargeting{Platforms: []string{"LINKEDIN", "LINKEDIN_AUDIENCE_NETWORK"}},
		Optimization: &normalize.TargetingOptimization{AdvantageAudience: to(true)},
	}
}

// What nobody asked for is said all the same, and costs nothing.
func TestTrap10_DefaultsAreSentExplicitly(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	d.rec.forget()
	got := made(t, d.Groups, theGroup(parent.ID, "plain"))
	body := d.rec.writes()[0].body
	for path, want := range map[string]string{
		"offsiteDeliveryEnabled": "false", "audienceExpansionEnabled": "false", "creativeSelection": "OPTIMIZED", "status": "PAUSED",
		"unitCost.amount": "0", "optimizationTargetType": "MAX_CLICK", "costType": "CPM", "objectiveType": "WEBSITE_VISIT",
	} {
		if put(body, path) != want {
			t.Errorf("sent %s: %q, want %q", path, put(body, path), want)
		}
	}
	if !got.StartAt.Equal(*parent.StartAt) && got.StartAt.Before(*parent.StartAt) {
		t.Errorf("starts at %s, its campaign at %s", got.StartAt, parent.StartAt)
	}
	for asked, want := range map[normalize.Status]string{normalize.StatusActive: "ACTIVE", normalize.StatusDraft: "DRAFT"} {
		g := theGroup(parent.ID, "asked to be "+want)
		g.Status = asked
		if got := made(t, d.Groups, g); put(d.storedGroup(t, euros, got.ID), "status") != want || got.Status != asked {
			t.Errorf("%+v", got)
		}
	}
}

func TestWriteGroup_PatchSendsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	asked := theGroup(parent.ID, "to change")
	asked.StartAt = to(parent.StartAt.Add(48 * time.Hour))
	asked.EndAt = to(asked.StartAt.Add(50 * 24 * time.Hour))
	got := made(t, d.Groups, asked)
	later := asked.StartAt.Add(time.Hour)
	ms := func(at time.Time) string { return put(map[string]any{"t": at.UnixMilli()}, "t") }
	const eur = `,"currencyCode":"EUR"}`
	for _, c := range []struct {
		set, want string
		change    func(*normalize.Group)
	}{
		{"name", `{"$set":{"name":"new"}}`, func(g *normalize.Group) { g.Name = "new" }},
		{"budget_amount", `{"$set":{"dailyBudget":{"amount":"30.01"` + eur + `}}`, func(g *normalize.Group) { g.BudgetAmount = dec("30.01") }},
		{"budget_max_amount", `{"$set":{"totalBudget":{"amount":"400"` + eur + `}}`, func(g *normalize.Group) { g.BudgetMaxAmount = dec("400") }},
		{"budget_max_amount", `{"$delete":["totalBudget"]}`, func(g *normalize.Group) { g.BudgetMaxAmount = nil }},
		{"start_at", `{"runSchedule":{"$set":{"start":` + ms(later) + `}}}`, func(g *normalize.Group) { g.StartAt = &later }},
		{"end_at", `{"runSchedule":{"$delete":["end"]}}`, func(g *normalize.Group) { g.EndAt = nil }},
		{"end_at", `{"runSchedule":{"$set":{"end":` + ms(later.Add(time.Hour)) + `}}}`, func(g *normalize.Group) { g.EndAt = to(later.Add(time.Hour)) }},
		{"creative_selection", `{"$set":{"creativeSelection":"ROUND_ROBIN"}}`, func(g *normalize.Group) { g.CreativeSelection = normalize.CreativeSelectionRoundRobin }},
		{"has_eu_political_ads", `{"$set":{"politicalIntent":"POLITICAL"}}`, func(g *normalize.Group) { g.HasEUPoliticalAds = to(true) }},
		{"frequency_cap.max_impressions", `{"$set":{"optimizationPreference":{"frequencyOptimizationPreference":{"optimizationType":"MAX_FREQUENCY","frequency":3,"timeSpan":{"duration":7,"unit":"DAY"}}}}}`,
			func(g *normalize.Group) {
				g.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to[int64](3), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to[int64](7)}
			}},
		{"frequency_cap", `{"$delete":["optimizationPreference"]}`, func(g *normalize.Group) { g.FrequencyCap = nil }},
		{"targeting.placement.platforms", `{"$set":{"offsiteDeliveryEnabled":true}}`, func(g *normalize.Group) {
			g.Targeting.Placement.Platforms = []string{"LINKEDIN", "LINKEDIN_AUDIENCE_NETWORK"}
		}},
		{"targeting.placement.platforms", `{"$set":{"offsiteDeliveryEnabled":false}}`, func(g *normalize.Group) { g.Targeting.Placement.Platforms = []string{"LINKEDIN"} }},
		{"targeting.optimization.advantage_audience", `{"$set":{"audienceExpansionEnabled":true}}`, func(g *normalize.Group) { g.Targeting.Optimization.AdvantageAudience = to(true) }},
		{"status", `{"$set":{"status":"ACTIVE"}}`, func(g *normalize.Group) { g.Status = normalize.StatusActive }},
	} {
		d.rec.forget()
		p := patched(got, c.change, c.set)
		if c.set == "frequency_cap.max_impressions" {
			p.Set = append(p.Set, "frequency_cap.time_unit", "frequency_cap.time_unit_count")
		}
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, p)
		if err != nil || len(d.rec.writes()) != 1 || string(d.rec.writes()[0].raw) != `{"patch":`+c.want+`}` {
			t.Fatalf("%s: %v\n%s", c.set, err, d.rec.text())
		}
		want := p.Object
		want.EffectiveStatus, want.UpdatedAt = up.Object.EffectiveStatus, up.Object.UpdatedAt
		if !reflect.DeepEqual(generic(want), generic(up.Object)) {
			t.Errorf("%s: came back as %+v, want %+v", c.set, up.Object, want)
		}
		got = up.Object
	}
	// A status beside other things is one call, but for what has to pass through PAUSED.
	d.rec.forget()
	up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(g *normalize.Group) { g.Name, g.Status = "away", normalize.StatusArchived }, "name", "status"))
	if err != nil || up.Object.Status != normalize.StatusArchived || up.Object.Name != "away" || len(d.rec.writes()) != 2 {
		t.Fatalf("%v\n%s", err, d.rec.text())
	}
	// Where it cannot be put away, it runs on as it did.
	asked.Name, asked.Status = "stays", normalize.StatusActive
	running := made(t, d.Groups, asked)
	refuse(t, d, "/adCampaigns/"+running.ID, 1, 1)
	_, err = d.Groups.Update(t.Context(), providers.Ref{ID: running.ID}, patched(running, func(g *normalize.Group) { g.Name, g.Status = "away", normalize.StatusArchived }, "name", "status"))
	if s := d.storedGroup(t, euros, running.ID); providers.KindOf(err) != providers.Rejected || put(s, "status")+put(s, "name") != "ACTIVEstays" {
		t.Errorf("%v, stored %v", err, s)
	}
}

func TestWriteGroup_NoOpSendsNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	asked := theGroup(parent.ID, "no-op")
	asked.Targeting = wholeTargeting()
	asked.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to[int64](5), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to[int64](7)}
	got := made(t, d.Groups, asked)
	d.rec.forget()
	set := append(fieldsOf(asked), "optimization_goal", "billing_event", "bid_strategy.type", "status", "start_at", "creative_selection")
	for _, change := range []func(*normalize.Group){
		func(*normalize.Group) {},
		func(g *normalize.Group) { g.BudgetAmount = dec("20.000") },
		func(g *normalize.Group) { g.Targeting.Geographic.Countries[0].Name = "" },
		func(g *normalize.Group) { g.Targeting.Geographic.Countries[0].ID = "DE" },
	} {
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, change, set...))
		if err != nil || len(d.rec.writes()) != 0 || !reflect.DeepEqual(up.Object, got) {
			t.Errorf("%v, sent %s", err, d.rec.text())
		}
	}
	// Every group of the world, written back as it is read, is a no-op, whatever LinkedIn has in it that we have no word for.
	for _, g := range all(t, d.Groups, providers.ListQuery{Org: euros}) {
		if g.EffectiveStatus == normalize.EffectiveStatusRemoved {
			continue
		}
		var set []string
		for _, p := range fieldsOf(g) {
			if f, ok := d.Groups.Writable(p); ok && f.Update {
				set = append(set, p)
			}
		}
		if _, err := d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, patched(g, func(*normalize.Group) {}, set...)); err != nil {
			t.Errorf("%s: %v", g.ID, err)
		}
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}

func TestWriteGroup_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	draft := theCampaign("a draft")
	draft.Status = normalize.StatusDraft
	drafts := made(t, d.Campaigns, draft)
	d.rec.forget()
	bid := func(g *normalize.Group) *normalize.BidStrategy {
		g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: dec("2")}
		return g.BidStrategy
	}
	geo := func(g *normalize.Group) *normalize.GeographicTargeting { return g.Targeting.Geographic }
	many := make([]normalize.TargetRef, 101)
	for i := range many {
		many[i].ID = "urn:li:skill:" + strings.Repeat("1", i+1)
	}
	for _, c := range []struct {
		field  string
		change func(*normalize.Group)
	}{
		{"name", func(g *normalize.Group) { g.Name = "" }},
		{"campaign_id", func(g *normalize.Group) { g.CampaignID = "999" }},
		{"campaign_id", func(g *normalize.Group) { g.CampaignID = "x" }},
		{"organization_id", func(g *normalize.Group) { g.OrganizationID = "" }},
		{"status", func(g *normalize.Group) { g.Status = normalize.StatusArchived }},
		{"status", func(g *normalize.Group) { g.CampaignID, g.Status = drafts.ID, normalize.StatusActive }},
		{"type", func(g *normalize.Group) { g.Type = normalize.ChannelSocial }},
		{"optimization_goal", func(g *normalize.Group) { g.OptimizationGoal = normalize.OptimizationGoalReach }},
		{"optimization_goal", func(g *normalize.Group) { g.OptimizationGoal = normalize.OptimizationGoalAppInstalls }},
		{"billing_event", func(g *normalize.Group) { g.BillingEvent = normalize.BillingEventLinkClicks }},
		{"billing_event", func(g *normalize.Group) { g.BillingEvent = normalize.BillingEventPurchase }},
		{"bid_strategy.fixed_bid_amount", func(g *normalize.Group) { bid(g).FixedBidAmount = nil }},
		{"bid_strategy.fixed_bid_amount", func(g *normalize.Group) { bid(g).FixedBidAmount = dec("2.001") }},
		{"bid_strategy.target_roas", func(g *normalize.Group) { bid(g).TargetROAS = dec("2") }},
		{"bid_strategy.fixed_bid_amount", func(g *normalize.Group) { bid(g).Type = normalize.BidStrategyTypeMaximizeSpend }},
		{"bid_amount", func(g *normalize.Group) { bid(g); g.BidAmount = dec("3") }},
		{"bid_amount", func(g *normalize.Group) { g.BidAmount = dec("3") }},
		{"bid_strategy.performance_goal_amount", func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc}
		}},
		{"bid_strategy.type", func(g *normalize.Group) { bid(g).Type = "YOUTUBE_AND_PARTNERS"; g.BidStrategy.FixedBidAmount = nil }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount = nil }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount, g.BudgetPeriod = nil, "" }},
		{"budget_amount", func(g *normalize.Group) { g.BudgetAmount = dec("20.001") }},
		{"budget_period", func(g *normalize.Group) { g.BudgetPeriod = normalize.BudgetPeriodMonthly }},
		{"budget_max_amount", func(g *normalize.Group) { g.BudgetMaxAmount = dec("10") }},
		{"end_at", func(g *normalize.Group) { g.BudgetMaxAmount = dec("100") }},
		{"end_at", func(g *normalize.Group) { g.BudgetPeriod = normalize.BudgetPeriodLifetime }},
		{"currency", func(g *normalize.Group) { g.Currency = "USD" }},
		{"creative_selection", func(g *normalize.Group) { g.CreativeSelection = "BEST" }},
		{"frequency_cap", func(g *normalize.Group) {
			g.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to[int64](1), TimeUnit: normalize.TimeUnitLifetime}
		}},
		{"has_eu_political_ads", func(g *normalize.Group) { g.HasEUPoliticalAds = nil }},
		{"language_locale", func(g *normalize.Group) { g.LanguageLocale = "" }},
		{"language_locale", func(g *normalize.Group) { g.LanguageLocale = "german" }},
		{"pacing.period", func(g *normalize.Group) { g.Pacing = &normalize.Pacing{Period: normalize.PacingPeriodDaily} }},
		{"promoted", func(g *normalize.Group) {
			g.Promoted = []normalize.Promoted{{ID: "1", Type: normalize.PromotedTypePixelID}}
		}},
		{"promoted", func(g *normalize.Group) {
			g.Promoted = []normalize.Promoted{{ID: "x", Type: normalize.PromotedTypePageID}}
		}},
		{"start_at", func(g *normalize.Group) { g.StartAt = to(parent.StartAt.Add(-time.Hour)) }},
		{"targeting.geographic", func(g *normalize.Group) { g.Targeting = nil }},
		{"targeting.geographic.cities", func(g *normalize.Group) {
			geo(g).Cities = []normalize.CityTarget{{ID: "urn:li:geo:100477049", Radius: dec("5")}}
		}},
		{"targeting.geographic.countries", func(g *normalize.Group) { geo(g).Countries[0].ID = "XX" }},
		{"targeting.geographic.countries", func(g *normalize.Group) { geo(g).Countries[0].ID = "urn:li:skill:1" }},
		{"targeting", func(g *normalize.Group) { geo(g).ExcludedCountries = geo(g).Countries }},
		{"targeting.demographic.age_min", func(g *normalize.Group) {
			g.Targeting.Demographic = &normalize.DemographicTargeting{AgeMin: to[int64](21)}
		}},
		{"targeting.demographic.age_max", func(g *normalize.Group) {
			g.Targeting.Demographic = &normalize.DemographicTargeting{AgeMax: to[int64](65)}
		}},
		{"targeting.demographic", func(g *normalize.Group) {
			g.Targeting.Demographic = &normalize.DemographicTargeting{Male: to(false), Female: to(false)}
		}},
		{"targeting", func(g *normalize.Group) { g.Targeting.Professional = &normalize.ProfessionalTargeting{Skills: many} }},
		{"targeting", func(g *normalize.Group) {
			g.Targeting.Professional = &normalize.ProfessionalTargeting{JobTitles: []normalize.TargetRef{{ID: "urn:li:title:1"}}, Seniorities: []normalize.TargetRef{{ID: "urn:li:seniority:1"}}}
		}},
		{"targeting.placement.platforms", func(g *normalize.Group) {
			g.Targeting.Placement = &normalize.PlacementTargeting{Platforms: []string{"FACEBOOK"}}
		}},
		{"targeting.placement.platforms", func(g *normalize.Group) {
			g.Targeting.Placement = &normalize.PlacementTargeting{Platforms: []string{"LINKEDIN_AUDIENCE_NETWORK"}}
		}},
		{"targeting.audience.combination_spec", func(g *normalize.Group) {
			g.Targeting.Audience = &normalize.AudienceTargeting{CombinationSpec: []normalize.AudienceCombination{{LifeEvents: []normalize.TargetRef{{ID: "1"}}}}}
		}},
	} {
		g := theGroup(parent.ID, "refused")
		g.OrganizationID = euros
		c.change(&g)
		w := wanted(g)
		if c.field == "organization_id" {
			w.Org, w.Object.OrganizationID = euros, dollars
		}
		_, err := d.Groups.Create(t.Context(), w)
		refusedAt(t, err, c.field)
	}
	for _, goal := range []normalize.Goal{normalize.GoalLeads, normalize.GoalEngagement, normalize.GoalSales} {
		_, err := d.Groups.Create(t.Context(), wanted(theGroup(parentFor(t, d, goal).ID, "without a page")))
		refusedAt(t, err, "promoted")
	}
	_, err := d.Groups.Create(t.Context(), wanted(theGroup(parentFor(t, d, "").ID, "without a goal")))
	refusedAt(t, err, "optimization_goal")
	for _, w := range d.rec.writes() {
		if strings.Contains(w.path, "adCampaigns") {
			t.Errorf("sent %s", w.raw)
		}
	}
}
