package google_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func TestACampaignOfEveryFieldIsReadBackAsItWasAsked(t *testing.T) {
	w := writing(t, 0, smallWorld)
	loc, _ := time.LoadLocation("Europe/Berlin")
	start, end := time.Date(2027, 3, 1, 0, 0, 0, 0, loc), time.Date(2027, 4, 1, 0, 0, 0, 0, loc)
	o := searchCampaign("Every field")
	o.Status, o.StartAt, o.EndAt = normalize.StatusActive, &start, &end
	o.BidStrategy = &normalize.BidStrategy{
		Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: dec("12.50"),
	}
	o.Targeting = &normalize.Targeting{
		Geographic: &normalize.GeographicTargeting{
			Countries: []normalize.TargetRef{{ID: "DE"}}, PresenceType: normalize.PresenceTypePresence,
		},
		Language: []normalize.TargetRef{{ID: "languageConstants/1001"}},
		Device:   &normalize.DeviceTargeting{Types: []normalize.TargetRef{{ID: "MOBILE"}, {ID: "DESKTOP"}}},
		Schedule: []normalize.Schedule{{DayOfWeek: normalize.DayOfWeekMonday, StartHour: 8, EndHour: 18, EndMinute: to(int64(30)), BidModifier: dec("1.2")}},
		Content:  &normalize.ContentTargeting{ExcludedKeywords: []normalize.Keyword{{Text: "free", MatchType: normalize.MatchTypePhrase}}},
		Placement: &normalize.PlacementTargeting{
			Platforms: []string{"GOOGLE_SEARCH", "GOOGLE_SEARCH_PARTNERS"},
		},
	}
	c := w.campaign(t, o)
	if sent := w.sent.take(); len(sent) != 1 || len(sent[0].Operations) < 7 {
		t.Fatalf("one mutate was wanted for everything: %v", sent)
	}
	switch {
	case c.Name != o.Name, c.Status != o.Status, !c.StartAt.Equal(start), !c.EndAt.Equal(end), c.BudgetAmount.Cmp(*o.BudgetAmount) != 0,
		c.BudgetPeriod != normalize.BudgetPeriodDaily, c.HasEUPoliticalAds == nil || *c.HasEUPoliticalAds:
		t.Errorf("read back: %+v", c)
	}
	if got, want := jsonOf(t, c.BidStrategy), jsonOf(t, o.BidStrategy); got != want {
		t.Errorf("bid strategy %s, want %s", got, want)
	}
	g := c.Targeting
	switch {
	case len(g.Geographic.Countries) != 1 || g.Geographic.Countries[0].ID != "geoTargetConstants/2276", g.Geographic.PresenceType != normalize.PresenceTypePresence,
		len(g.Language) != 1 || g.Language[0].ID != "languageConstants/1001", len(g.Device.Types) != 2, len(g.Schedule) != 1 || *g.Schedule[0].EndMinute != 30,
		g.Schedule[0].BidModifier.Cmp(*dec("1.2")) != 0, g.Content.ExcludedKeywords[0].Text != "free",
		!slices.Equal(g.Placement.Platforms, []string{"GOOGLE_SEARCH", "GOOGLE_SEARCH_PARTNERS"}):
		t.Errorf("targeting read back: %s", jsonOf(t, g))
	}
}

// Trap 3: Google's defaults are ENABLED and explicitly shared.
func TestTrap03_ANewCampaignIsPausedAndItsBudgetIsItsOwn(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Quiet"))
	ops := w.sent.take()[0].Operations
	budget := ops[0]["campaignBudgetOperation"]["create"].(map[string]any)
	made := ops[1]["campaignOperation"]["create"].(map[string]any)
	if budget["explicitlyShared"] != false || budget["amountMicros"] != "50000000" || made["status"] != "PAUSED" || c.Status != normalize.StatusPaused {
		t.Errorf("sent %v and %v, read %s", budget, made, c.Status)
	}
	if made["campaignBudget"] != budget["resourceName"] {
		t.Errorf("the campaign spends of %v, the budget is %v", made["campaignBudget"], budget["resourceName"])
	}
	ref := providers.Ref{Org: w.org, ID: c.ID}
	if r, err := w.Campaigns.Delete(t.Context(), ref, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Fatal(r, err)
	}
	if gone := w.sent.take(); len(gone) != 2 || !strings.HasSuffix(gone[1].Operations[0]["campaignBudgetOperation"]["remove"].(string), "/"+c.CampaignBudgetIdentifier) {
		t.Errorf("the budget outlives its campaign: %v", gone)
	}
	if _, err := w.Campaigns.Delete(t.Context(), ref, false); providers.KindOf(err) != providers.NotFound {
		t.Errorf("a second delete: %v", err)
	}
}

func TestAPatchSendsWhatDiffersOnly(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Patched"))
	w.sent.take()
	for name, x := range map[string]struct {
		set    []string
		change func(*normalize.Campaign)
		want   string // "" nothing
	}{
		"nothing": {[]string{"name", "budget_amount"}, func(*normalize.Campaign) {}, ""},
		"not set": {[]string{"name"}, func(o *normalize.Campaign) { o.Status = normalize.StatusActive }, ""},
		"budget":  {[]string{"budget_amount"}, func(o *normalize.Campaign) { o.BudgetAmount = dec("60.01") }, `"amountMicros":"60010000"`},
		"status":  {[]string{"status"}, func(o *normalize.Campaign) { o.Status = normalize.StatusActive }, `"updateMask":"status"`},
		"an end":  {[]string{"end_at"}, func(o *normalize.Campaign) { o.EndAt = to(time.Date(2027, 5, 31, 22, 0, 0, 0, time.UTC)) }, `"endDateTime":"2027-05-31 23:59:59"`},
		"strategy": {[]string{"bid_strategy.type", "bid_strategy.performance_goal_type"}, func(o *normalize.Campaign) {
			o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: normalize.PerformanceGoalTypeCpa}
		}, `"updateMask":"maximizeConversions.targetCpaMicros"`},
		"places": {[]string{"targeting.geographic.countries"}, func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "geoTargetConstants/2276"}}}}
		}, `"geoTargetConstant":"geoTargetConstants/2276"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.patch(t, c, x.set, x.change, false); err != nil {
				t.Fatal(err)
			}
			got := w.sent.take()
			switch {
			case x.want == "" && len(got) > 0, x.want != "" && (len(got) != 1 || len(got[0].Operations) != 1 || !strings.Contains(got[0].String(), x.want)):
				t.Errorf("sent %v, want %s", got, x.want)
			}
			var err error
			if c, err = w.Campaigns.Get(t.Context(), providers.Ref{Org: w.org, ID: c.ID}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTrap15_AnEmptyValueIsClearedByItsMask(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Ends")
	o.EndAt = to(time.Date(2027, 5, 31, 22, 0, 0, 0, time.UTC))
	o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "DE"}, {ID: "AT"}}}}
	c := w.campaign(t, o)
	w.sent.take()
	got, err := w.patch(t, c, []string{"end_at"}, func(o *normalize.Campaign) { o.EndAt = nil }, false)
	if err != nil || got.Object.EndAt != nil {
		t.Fatal(got.Object.EndAt, err)
	}
	if s := w.sent.take()[0].String(); !strings.Contains(s, `"updateMask":"endDateTime"`) || strings.Contains(s, `"endDateTime":`) {
		t.Error(s)
	}
	got, err = w.patch(t, got.Object, []string{"targeting.geographic.countries"}, func(o *normalize.Campaign) {
		o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Countries: []normalize.TargetRef{{ID: "geoTargetConstants/2276"}}}}
	}, false)
	if err != nil || len(got.Object.Targeting.Geographic.Countries) != 1 {
		t.Fatal(jsonOf(t, got.Object.Targeting), err)
	}
	if s := w.sent.take(); len(s) != 1 || len(s[0].Operations) != 1 || !strings.HasSuffix(s[0].Operations[0]["campaignCriterionOperation"]["remove"].(string), "~2040") {
		t.Errorf("criteria are removed one by one: %v", s)
	}
}

func TestWhatCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := writing(t, 2, smallWorld) // JPY
	for field, change := range map[string]func(*normalize.Campaign){
		"has_eu_political_ads":     func(o *normalize.Campaign) { o.HasEUPoliticalAds = nil },
		"budget_amount":            func(o *normalize.Campaign) { o.BudgetAmount = dec("50.5") },
		"budget_period":            func(o *normalize.Campaign) { o.BudgetPeriod = normalize.BudgetPeriodMonthly },
		"end_at":                   func(o *normalize.Campaign) { o.BudgetPeriod = normalize.BudgetPeriodLifetime },
		"start_at":                 func(o *normalize.Campaign) { o.StartAt = to(time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)) },
		"status":                   func(o *normalize.Campaign) { o.Status = normalize.StatusArchived },
		"goal":                     func(o *normalize.Campaign) { o.Goal = normalize.GoalEngagement },
		"name":                     func(o *normalize.Campaign) { o.Name = " " },
		"advertising_channel_type": func(o *normalize.Campaign) { o.AdvertisingChannelType = normalize.ChannelShopping },
		"bid_strategy.type": func(o *normalize.Campaign) {
			o.BidStrategy = &normalize.BidStrategy{Type: "VIEWABLE_CPM"}
		},
		"bid_strategy.fixed_bid_amount": func(o *normalize.Campaign) {
			o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: dec("5")}
		},
		"frequency_cap": func(o *normalize.Campaign) {
			o.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(3)), TimeUnit: normalize.TimeUnitDays}
		},
		"targeting.geographic.regions": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Geographic: &normalize.GeographicTargeting{Regions: []normalize.TargetRef{{ID: "geoTargetConstants/2276"}}}}
		},
		"targeting.schedule": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Schedule: []normalize.Schedule{{DayOfWeek: normalize.DayOfWeekMonday, StartHour: 8, EndHour: 8}}}
		},
	} {
		t.Run(field, func(t *testing.T) {
			o := searchCampaign("Refused")
			change(&o)
			_, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o})
			e, ok := errors.AsType[*providers.Error](err)
			if !ok || e.Field != field || e.Kind != providers.Rejected || len(w.sent.take()) > 0 {
				t.Errorf("%v of %q", err, e.Field)
			}
		})
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	w := writing(t, 0, smallWorld)
	before := len(all(t, w.Campaigns, providers.ListQuery{Org: w.org}))
	got, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Dry"), DryRun: true})
	if err != nil || got.Checked != providers.CheckedByPlatform || got.Object.ID != "" || got.Object.Status != normalize.StatusPaused {
		t.Fatal(got, err)
	}
	if after := len(all(t, w.Campaigns, providers.ListQuery{Org: w.org})); after != before {
		t.Errorf("%d campaigns, then %d", before, after)
	}
	c := w.campaign(t, searchCampaign("Wet"))
	if _, err := w.patch(t, c, []string{"budget_amount"}, func(o *normalize.Campaign) { o.BudgetAmount = dec("70") }, true); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Campaigns.Delete(t.Context(), providers.Ref{Org: w.org, ID: c.ID}, true); err != nil || r.Checked != providers.CheckedByPlatform {
		t.Fatal(r, err)
	}
	if now, err := w.Campaigns.Get(t.Context(), providers.Ref{Org: w.org, ID: c.ID}); err != nil || now.BudgetAmount.String() != "50" || now.Status != normalize.StatusPaused {
		t.Errorf("%+v %v", now, err)
	}
}

func TestALostAnswerIsUncertainAndTheCampaignIsFound(t *testing.T) {
	w := writing(t, 0, smallWorld)
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
	in := providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("It's \\ lost")}
	_, err := w.Campaigns.Create(t.Context(), in)
	if e, ok := errors.AsType[*providers.Error](err); !ok || !e.Uncertain {
		t.Fatalf("%v", err)
	}
	if n := len(w.sent.take()); n != 1 {
		t.Errorf("a write was sent %d times", n)
	}
	found, err := w.Campaigns.Find(t.Context(), in, providers.Try{})
	if err != nil || len(found) != 1 || found[0].Name != in.Object.Name {
		t.Fatalf("%v %v", found, err)
	}
	in.Object.Name = "Never made"
	if found, err := w.Campaigns.Find(t.Context(), in, providers.Try{}); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
}

func TestASharedBudgetIsNotChangedThroughOneCampaign(t *testing.T) {
	w := writing(t, 0, sim.Options{Seed: 1, HistoryDays: 1})
	refused := 0
	for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: w.org}) {
		if c.Status == normalize.StatusArchived || c.BudgetAmount == nil {
			continue
		}
		_, err := w.patch(t, c, []string{"budget_amount"}, func(o *normalize.Campaign) { o.BudgetAmount = to(c.BudgetAmount.Add(*dec("1"))) }, false)
		if e, ok := errors.AsType[*providers.Error](err); ok && e.Field == "budget_amount" && strings.Contains(e.Message, "shared") {
			refused++
		} else if err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	if refused == 0 {
		t.Error("no campaign of the simulator's has a shared budget")
	}
}
