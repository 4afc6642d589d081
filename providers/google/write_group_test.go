package google_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func (w writer) group(t *testing.T, o normalize.Group) normalize.Group {
	t.Helper()
	got, err := w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: o})
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return got.Object
}

func (w writer) patchGroup(t *testing.T, before normalize.Group, set []string, change func(*normalize.Group)) (providers.Written[normalize.Group], error) {
	t.Helper()
	after := before
	change(&after)
	return w.Groups.Update(t.Context(), providers.Ref{Org: w.org, ID: before.ID}, providers.Write[normalize.Group]{Org: w.org, Object: after, Before: &before, Set: set})
}

// manual is a campaign whose groups bid by themselves.
func (w writer) manual(t *testing.T) normalize.Campaign {
	t.Helper()
	o := searchCampaign("Manual")
	o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid}
	return w.campaign(t, o)
}

func TestAGroupOfEveryFieldIsReadBackAsItWasAsked(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.manual(t)
	w.sent.take()
	o := normalize.Group{
		CampaignID: c.ID, Name: "Every field", CreativeSelection: normalize.CreativeSelectionRoundRobin, BidAmount: dec("0.85"), Type: normalize.ChannelSearch,
		Targeting: &normalize.Targeting{
			Demographic:  &normalize.DemographicTargeting{AgeMin: to(int64(25)), AgeMax: to(int64(44)), Female: to(true)},
			Content:      &normalize.ContentTargeting{Keywords: []normalize.Keyword{{Text: "winter coat", MatchType: normalize.MatchTypePhrase}}, ExcludedKeywords: []normalize.Keyword{{Text: "free", MatchType: normalize.MatchTypeBroad}}},
			Optimization: &normalize.TargetingOptimization{Mode: normalize.OptimizationModeObservation},
		},
	}
	g := w.group(t, o)
	sent := w.sent.take()
	if len(sent) != 1 || !strings.Contains(sent[0].String(), `"cpcBidMicros":"850000"`) || !strings.Contains(sent[0].String(), `"status":"PAUSED"`) {
		t.Errorf("sent %v", sent)
	}
	switch d := g.Targeting; {
	case g.Status != normalize.StatusPaused, g.CreativeSelection != o.CreativeSelection, g.BidAmount.String() != "0.85", g.BidStrategy.FixedBidAmount.String() != "0.85",
		*d.Demographic.AgeMin != 25, *d.Demographic.AgeMax != 44, d.Demographic.Male != nil, !*d.Demographic.Female,
		d.Content.Keywords[0] != o.Targeting.Content.Keywords[0], d.Content.ExcludedKeywords[0] != o.Targeting.Content.ExcludedKeywords[0],
		d.Optimization.Mode != normalize.OptimizationModeObservation:
		t.Errorf("read back %s", jsonOf(t, g))
	}
	if _, err := w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: o}); providers.KindOf(err) != providers.Conflict {
		t.Errorf("a second one of the name: %v", err)
	}
}

func TestAGroupsTargetingIsChangedByItsDifferences(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Differs", Targeting: &normalize.Targeting{
		Demographic: &normalize.DemographicTargeting{AgeMin: to(int64(25))},
		Content:     &normalize.ContentTargeting{Keywords: []normalize.Keyword{{Text: "coat", MatchType: normalize.MatchTypeExact}, {Text: "hat", MatchType: normalize.MatchTypeExact}}},
	}})
	w.sent.take()
	got, err := w.patchGroup(t, g, []string{"targeting.content.keywords"}, func(o *normalize.Group) {
		o.Targeting = &normalize.Targeting{Content: &normalize.ContentTargeting{Keywords: []normalize.Keyword{{Text: "coat", MatchType: normalize.MatchTypeExact}, {Text: "scarf", MatchType: normalize.MatchTypeBroad}}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := w.sent.take(); len(s) != 1 || len(s[0].Operations) != 2 || !strings.Contains(s[0].String(), `"remove":`) || !strings.Contains(s[0].String(), "scarf") {
		t.Errorf("sent %v", s)
	}
	if d := got.Object.Targeting; len(d.Content.Keywords) != 2 || *d.Demographic.AgeMin != 25 {
		t.Errorf("read back %s", jsonOf(t, d))
	}
	got, err = w.patchGroup(t, got.Object, []string{"targeting.demographic.age_min", "targeting.demographic.age_max"}, func(o *normalize.Group) {
		o.Targeting = &normalize.Targeting{Demographic: &normalize.DemographicTargeting{AgeMax: to(int64(34))}}
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := got.Object.Targeting.Demographic; d.AgeMin == nil || *d.AgeMin != 18 || *d.AgeMax != 34 {
		t.Errorf("ages %s", jsonOf(t, d))
	}
	w.sent.take()
	if got, err = w.patchGroup(t, got.Object, []string{"targeting.demographic"}, func(o *normalize.Group) { o.Targeting = nil }); err != nil || got.Object.Targeting.Demographic != nil {
		t.Errorf("ages are left: %s %v", jsonOf(t, got.Object.Targeting), err)
	}
}

func TestWhatAGroupCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := writing(t, 0, smallWorld)
	manual, clicks := w.manual(t), w.campaign(t, searchCampaign("Clicks"))
	w.sent.take()
	for field, change := range map[string]func(*normalize.Group){
		"campaign_id": func(o *normalize.Group) { o.CampaignID = "1" },
		"type":        func(o *normalize.Group) { o.Type = normalize.ChannelDisplay },
		"bid_amount":  func(o *normalize.Group) { o.BidAmount = dec("0.8501") },
		"bid_strategy": func(o *normalize.Group) {
			o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpc}
		},
		"bid_strategy.fixed_bid_amount": func(o *normalize.Group) {
			o.CampaignID, o.BidStrategy = clicks.ID, &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: dec("1")}
		},
		"creative_selection": func(o *normalize.Group) { o.CreativeSelection = "WEIGHTED" },
		"targeting.demographic.age_min": func(o *normalize.Group) {
			o.Targeting = &normalize.Targeting{Demographic: &normalize.DemographicTargeting{AgeMin: to(int64(20))}}
		},
		"targeting.geographic.countries": func(o *normalize.Group) {
			o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "DE"}}}}
		},
		"targeting.content.keywords": func(o *normalize.Group) {
			o.Targeting = &normalize.Targeting{Content: &normalize.ContentTargeting{Keywords: []normalize.Keyword{{Text: strings.Repeat("x", 81), MatchType: normalize.MatchTypeExact}}}}
		},
	} {
		t.Run(field, func(t *testing.T) {
			o := normalize.Group{CampaignID: manual.ID, Name: "Refused"}
			change(&o)
			_, err := w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: o})
			e, ok := errors.AsType[*providers.Error](err)
			if !ok || e.Field != field || e.Kind != providers.Rejected || len(w.sent.take()) > 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAGroupIsChangedFoundAndRemoved(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.manual(t)
	w.sent.take()
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	in := providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: c.ID, Name: "Lost", BidAmount: dec("1")}}
	_, err := w.Groups.Create(t.Context(), in)
	if e, ok := errors.AsType[*providers.Error](err); !ok || !e.Uncertain {
		t.Fatal(err)
	}
	found, err := w.Groups.Find(t.Context(), in, providers.Try{})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	got, err := w.patchGroup(t, found[0], []string{"bid_amount", "status", "name"}, func(o *normalize.Group) {
		o.BidAmount, o.Status, o.Name = dec("1.10"), normalize.StatusActive, "Found"
	})
	if err != nil || got.Object.BidAmount.String() != "1.1" || got.Object.Status != normalize.StatusActive || got.Object.Name != "Found" {
		t.Fatal(jsonOf(t, got.Object), err)
	}
	ref := providers.Ref{Org: w.org, ID: got.Object.ID}
	if r, err := w.Groups.Delete(t.Context(), ref, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Fatal(r, err)
	}
	gone, err := w.Groups.Get(t.Context(), ref)
	if err != nil || gone.Status != normalize.StatusArchived {
		t.Fatal(gone.Status, err)
	}
	if _, err := w.patchGroup(t, gone, []string{"name"}, func(o *normalize.Group) { o.Name = "Back" }); providers.KindOf(err) != providers.Conflict {
		t.Errorf("trap 16: removed is for ever: %v", err)
	}
}
