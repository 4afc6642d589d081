package linkedin_test

import (
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// Every bid that LinkedIn has and we have words for is written and read back, under the goal that it goes with.
func TestWriteGroup_Bids(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	const (
		most  = normalize.BidStrategyTypeMaximizeSpend
		fixed = normalize.BidStrategyTypeFixedBid
		held  = normalize.BidStrategyTypePerformanceGoal
	)
	video := theCampaign("video")
	video.Goal, video.KPI = normalize.GoalEngagement, &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}
	parents := map[string]string{"video": made(t, d.Campaigns, video).ID}
	for _, g := range []normalize.Goal{normalize.GoalBrandAwareness, normalize.GoalEngagement, normalize.GoalWebsiteTraffic, normalize.GoalLeads} {
		parents[string(g)] = parentFor(t, d, g).ID
	}
	for _, c := range []struct {
		goal   string
		bid    normalize.BidStrategy
		opt    normalize.OptimizationGoal
		bill   normalize.BillingEvent
		stored string // target, costType, unitCost
	}{
		{"BRAND_AWARENESS", normalize.BidStrategy{}, "", "", "MAX_REACH CPM 0"},
		{"BRAND_AWARENESS", normalize.BidStrategy{Type: most}, normalize.OptimizationGoalImpressions, "", "MAX_IMPRESSION CPM 0"},
		{"BRAND_AWARENESS", normalize.BidStrategy{Type: most, PerformanceGoalType: normalize.PerformanceGoalTypeReach}, "", normalize.BillingEventImpressions, "MAX_REACH CPM 0"},
		{"BRAND_AWARENESS", normalize.BidStrategy{Type: fixed, FixedBidAmount: dec("7.5")}, normalize.OptimizationGoalImpressions, "", "NONE CPM 7.5"},
		{"BRAND_AWARENESS", normalize.BidStrategy{Type: held, PerformanceGoalAmount: dec("7")}, normalize.OptimizationGoalImpressions, "", "CAP_COST_AND_MAXIMIZE_IMPRESSIONS CPM 7"},
		{"ENGAGEMENT", normalize.BidStrategy{Type: most, PerformanceGoalType: normalize.PerformanceGoalTypeCpc}, normalize.OptimizationGoalEngagement, "", "MAX_CLICK CPM 0"},
		{"WEBSITE_TRAFFIC", normalize.BidStrategy{Type: fixed, FixedBidAmount: dec("2.25")}, normalize.OptimizationGoalLinkClicks, normalize.BillingEventLinkClicks, "NONE CPC 2.25"},
		{"WEBSITE_TRAFFIC", normalize.BidStrategy{Type: held, PerformanceGoalType: normalize.PerformanceGoalTypeCpc, PerformanceGoalAmount: dec("3")}, "", "", "CAP_COST_AND_MAXIMIZE_CLICKS CPM 3"},
		{"LEADS", normalize.BidStrategy{Type: most, PerformanceGoalType: normalize.PerformanceGoalTypeCpa}, normalize.OptimizationGoalLeadGeneration, "", "MAX_LEAD CPM 0"},
		{"LEADS", normalize.BidStrategy{Type: held, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: dec("40")}, "", "", "CAP_COST_AND_MAXIMIZE_LEADS CPM 40"},
		{"video", normalize.BidStrategy{Type: most, PerformanceGoalType: normalize.PerformanceGoalTypeAvViewed}, "", normalize.BillingEventVideoViews, "MAX_VIDEO_VIEW CPV 0"},
		{"video", normalize.BidStrategy{Type: fixed, FixedBidAmount: dec("0.1")}, normalize.OptimizationGoalVideoViews, "", "NONE CPV 0.1"},
		{"video", normalize.BidStrategy{Type: held, PerformanceGoalType: normalize.PerformanceGoalTypeAvViewed, PerformanceGoalAmount: dec("0.1")}, "", "", "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS CPM 0.1"},
	} {
		g := theGroup(parents[c.goal], c.stored)
		g.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
		g.OptimizationGoal, g.BillingEvent = c.opt, c.bill
		if c.bid.Type != "" {
			g.BidStrategy = &c.bid
		}
		got := made(t, d.Groups, g)
		covers(t, g, got)
		s := d.storedGroup(t, euros, got.ID)
		if is := put(s, "optimizationTargetType") + " " + put(s, "costType") + " " + put(s, "unitCost.amount"); is != c.stored {
			t.Errorf("%s %+v: stored %s, want %s", c.goal, c.bid, is, c.stored)
		}
		d.rec.forget()
		if _, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(*normalize.Group) {}, "bid_strategy.type", "bid_strategy.performance_goal_type", "optimization_goal", "billing_event", "bid_amount")); err != nil || len(d.rec.writes()) != 0 {
			t.Errorf("%s: %v\n%s", c.stored, err, d.rec.text())
		}
	}
}

// A word of LinkedIn's that is finer than ours stays when something else is changed.
func TestWriteGroup_FinerWordsStay(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := groupFor(t, d, normalize.GoalLeads, "")
	d.raw(t, "adAccounts/"+euros+"/adCampaigns/"+g.ID, `{"patch":{"$set":{"optimizationTargetType":"MAX_QUALIFIED_LEAD","unitCost":{"amount":"0","currencyCode":"EUR"}}}}`)
	g, err := d.Groups.Get(t.Context(), providers.Ref{ID: g.ID})
	if err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	same := patched(g, func(g *normalize.Group) {
		g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
	}, "bid_strategy.type", "bid_strategy.performance_goal_type")
	if _, err := d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, same); err != nil || len(d.rec.writes()) != 0 {
		t.Errorf("%v\n%s", err, d.rec.text())
	}
}
