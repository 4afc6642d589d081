package meta_test

import (
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// Every goal of ours with what it needs is taken under the objectives that it goes with, and refused before sending under
// the others and without what it needs.
func TestWriteGroup_GoalsAndWhatTheyNeed(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parents := map[normalize.Goal]string{}
	for _, goal := range []normalize.Goal{
		normalize.GoalBrandAwareness, normalize.GoalWebsiteTraffic, normalize.GoalEngagement, normalize.GoalLeads, normalize.GoalAppPromotion, normalize.GoalSales,
	} {
		c := theCampaign(string(goal))
		c.Goal = goal
		parents[goal] = made(t, d.Campaigns, c).ID
	}
	part := func(kind normalize.PromotedType, id string) normalize.Promoted {
		return normalize.Promoted{ID: id, Type: kind}
	}
	page, pixel := part(normalize.PromotedTypePageID, thePage), part(normalize.PromotedTypePixelID, "700000000000001")
	app, store := part(normalize.PromotedTypeAppID, "800000000000001"), part(normalize.PromotedTypeStoreURL, "https://apps.example/id1")
	for _, c := range []struct {
		goal     normalize.Goal
		tuned    normalize.OptimizationGoal
		needs    []normalize.Promoted
		wire     string
		event    string
		takesOff bool // what it promotes can be left out
	}{
		{normalize.GoalBrandAwareness, normalize.OptimizationGoalReach, []normalize.Promoted{page}, "REACH", "", false},
		{normalize.GoalBrandAwareness, normalize.OptimizationGoalImpressions, []normalize.Promoted{page}, "IMPRESSIONS", "", false},
		{normalize.GoalBrandAwareness, normalize.OptimizationGoalVideoViews, []normalize.Promoted{page}, "THRUPLAY", "", false},
		{normalize.GoalWebsiteTraffic, normalize.OptimizationGoalLinkClicks, nil, "LINK_CLICKS", "", true},
		{normalize.GoalWebsiteTraffic, normalize.OptimizationGoalLandingPageViews, nil, "LANDING_PAGE_VIEWS", "", true},
		{normalize.GoalEngagement, normalize.OptimizationGoalEngagement, nil, "POST_ENGAGEMENT", "", true},
		{normalize.GoalEngagement, normalize.OptimizationGoalPageLikes, []normalize.Promoted{page}, "PAGE_LIKES", "", false},
		{normalize.GoalEngagement, normalize.OptimizationGoalMessages, []normalize.Promoted{page}, "CONVERSATIONS", "", false},
		{normalize.GoalEngagement, normalize.OptimizationGoalVideoViews, nil, "THRUPLAY", "", true},
		{normalize.GoalLeads, normalize.OptimizationGoalLeadGeneration, []normalize.Promoted{page}, "LEAD_GENERATION", "", false},
		{normalize.GoalLeads, normalize.OptimizationGoalConversions, []normalize.Promoted{pixel}, "OFFSITE_CONVERSIONS", "LEAD", false},
		{normalize.GoalSales, normalize.OptimizationGoalConversions, []normalize.Promoted{pixel}, "OFFSITE_CONVERSIONS", "PURCHASE", false},
		{normalize.GoalAppPromotion, normalize.OptimizationGoalAppInstalls, []normalize.Promoted{app, store}, "APP_INSTALLS", "", false},
	} {
		g := theGroup(parents[c.goal], string(c.goal)+" for "+string(c.tuned))
		g.OptimizationGoal, g.Promoted = c.tuned, c.needs
		got, err := d.Groups.Create(t.Context(), wanted(g))
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		covers(t, g, got.Object)
		s := d.stored(t, got.Object.ID, "optimization_goal,promoted_object")
		promoted, _ := s["promoted_object"].(map[string]any)
		if event, _ := promoted["custom_event_type"].(string); s["optimization_goal"] != c.wire || event != c.event {
			t.Errorf("%s: stored %v", g.Name, s)
		}
		if c.takesOff {
			continue
		}
		g.Promoted = c.needs[:len(c.needs)-1]
		d.rec.forget()
		_, err = d.Groups.Create(t.Context(), wanted(g))
		refusedAt(t, err, "promoted")
		if len(d.rec.writes()) != 0 {
			t.Errorf("%s: sent without what it needs", g.Name)
		}
	}
	d.rec.forget()
	for goal, list := range map[normalize.Goal][]normalize.OptimizationGoal{
		normalize.GoalBrandAwareness: {normalize.OptimizationGoalLinkClicks, normalize.OptimizationGoalConversions},
		normalize.GoalWebsiteTraffic: {normalize.OptimizationGoalLeadGeneration, normalize.OptimizationGoalVideoViews},
		normalize.GoalSales:          {normalize.OptimizationGoalImpressions, normalize.OptimizationGoalReach},
		normalize.GoalLeads:          {normalize.OptimizationGoalImpressions, normalize.OptimizationGoalAppInstalls},
	} {
		for _, o := range list {
			g := theGroup(parents[goal], "refused")
			g.OptimizationGoal, g.Promoted = o, []normalize.Promoted{page}
			_, err := d.Groups.Create(t.Context(), wanted(g))
			refusedAt(t, err, "optimization_goal")
		}
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
}

// A return that is held is counted in ten-thousandths, and its ad set is for value.
func TestWriteGroup_AReturnThatIsHeld(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := theCampaign("roas")
	c.Goal = normalize.GoalSales
	g := theGroup(made(t, d.Campaigns, c).ID, "roas")
	g.OptimizationGoal = normalize.OptimizationGoalConversions
	g.Promoted = []normalize.Promoted{{ID: "700000000000001", Type: normalize.PromotedTypePixelID}}
	g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, TargetROAS: dec("2.5")}
	got := made(t, d.Groups, g)
	if got.BidStrategy.TargetROAS == nil || got.BidStrategy.TargetROAS.String() != "2.5" {
		t.Errorf("%+v", got.BidStrategy)
	}
	s := d.stored(t, got.ID, "bid_strategy,bid_constraints,optimization_goal")
	if floor, _ := s["bid_constraints"].(map[string]any); s["optimization_goal"] != "VALUE" || floor["roas_average_floor"] != 25000.0 {
		t.Errorf("stored %v", s)
	}
	d.rec.forget()
	up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(g *normalize.Group) {
		g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, TargetROAS: dec("3.1")}
	}, "bid_strategy.target_roas"))
	if err != nil || up.Object.BidStrategy.TargetROAS.String() != "3.1" || len(d.rec.writes()) != 1 || len(d.rec.writes()[0].form) != 1 {
		t.Errorf("%+v, %v, sent %+v", up.Object.BidStrategy, err, d.rec.writes())
	}
	g.BidStrategy.TargetROAS = dec("2.00001")
	_, err = d.Groups.Create(t.Context(), wanted(g))
	refusedAt(t, err, "bid_strategy.target_roas")
}
