package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

func TestWhatIsFixedAtBirthIsNotChanged(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Fixed")
	o.BudgetPeriod, o.EndAt = normalize.BudgetPeriodLifetime, to(time.Date(2027, 5, 31, 22, 0, 0, 0, time.UTC))
	c := w.campaign(t, o)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Fixed"})
	x := w.creative(t, searchCreative(g.ID))
	w.sent.take()
	for field, change := range map[string]func(*normalize.Campaign){
		"advertising_channel_type": func(o *normalize.Campaign) { o.AdvertisingChannelType = normalize.ChannelDisplay },
		"goal":                     func(o *normalize.Campaign) { o.Goal = normalize.GoalLeads },
		"budget_period":            func(o *normalize.Campaign) { o.BudgetPeriod = normalize.BudgetPeriodDaily },
		"budget_unit":              func(o *normalize.Campaign) { o.BudgetUnit = normalize.BudgetUnitImpressions },
		"currency":                 func(o *normalize.Campaign) { o.Currency = "USD" },
		"organization_id":          func(o *normalize.Campaign) { o.OrganizationID = "4210000002" },
		"budget_amount":            func(o *normalize.Campaign) { o.BudgetAmount = nil },
		"end_at":                   func(o *normalize.Campaign) { o.EndAt = nil }, // of a budget for the whole flight
		"status":                   func(o *normalize.Campaign) { o.Status = normalize.StatusArchived },
		"has_eu_political_ads":     func(o *normalize.Campaign) { o.HasEUPoliticalAds = nil },
		"targeting.placement.platforms": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Placement: &normalize.PlacementTargeting{Platforms: []string{"GOOGLE_SEARCH_PARTNERS"}}}
		},
	} {
		if _, err := w.patch(t, c, []string{field}, change, false); blamedOf(err) != field || len(w.sent.take()) > 0 {
			t.Errorf("campaign %s: %v of %s", field, err, blamedOf(err))
		}
	}
	for field, change := range map[string]func(*normalize.Group){
		"campaign_id":       func(o *normalize.Group) { o.CampaignID = c.ID },
		"type":              func(o *normalize.Group) { o.Type = normalize.ChannelDisplay },
		"currency":          func(o *normalize.Group) { o.Currency = "USD" },
		"optimization_goal": func(o *normalize.Group) { o.OptimizationGoal = normalize.OptimizationGoalReach },
		"billing_event":     func(o *normalize.Group) { o.BillingEvent = normalize.BillingEventImpressions },
	} {
		if _, err := w.patchGroup(t, g, []string{field}, change); blamedOf(err) != field || len(w.sent.take()) > 0 {
			t.Errorf("group %s: %v of %s", field, err, blamedOf(err))
		}
	}
	for field, change := range map[string]func(*normalize.Creative){
		"group_id":      func(o *normalize.Creative) { o.GroupID = "1" },
		"creative_type": func(o *normalize.Creative) { o.CreativeType = normalize.CreativeTypeImage },
	} {
		if _, err := w.patchCreative(t, x, []string{field}, change); blamedOf(err) != field || len(w.sent.take()) > 0 {
			t.Errorf("creative %s: %v of %s", field, err, blamedOf(err))
		}
	}
	got, err := w.patch(t, c, []string{"budget_amount", "budget_period"}, func(o *normalize.Campaign) {
		o.BudgetAmount, o.BudgetPeriod = dec("900"), normalize.BudgetPeriodTotal // another word for the same
	}, false)
	if err != nil || got.Object.BudgetAmount.String() != "900" || got.Object.BudgetPeriod != normalize.BudgetPeriodLifetime {
		t.Errorf("%s %v", jsonOf(t, got.Object), err)
	}
	if s := w.stored(t, "SELECT campaign_budget.total_amount_micros FROM campaign WHERE campaign.id = "+c.ID); !strings.Contains(s, `"900000000"`) {
		t.Error(s)
	}
}

// A group of Performance Max is its asset group: its name and its switch are ours to write.
func TestAssetGroupsAreRenamedAndSwitched(t *testing.T) {
	w := writing(t, 0, sim.Options{Seed: 1, HistoryDays: 1})
	var g normalize.Group
	for _, x := range all(t, w.Groups, providers.ListQuery{Org: w.org}) {
		if strings.HasPrefix(x.ID, "assetgroup:") && x.Status == normalize.StatusActive {
			g = x
		}
	}
	if g.ID == "" {
		t.Fatal("the simulator has no asset group that runs")
	}
	got, err := w.patchGroup(t, g, []string{"name", "status"}, func(o *normalize.Group) { o.Name, o.Status = "Assets, renamed", normalize.StatusPaused })
	if err != nil || got.Object.Name != "Assets, renamed" || got.Object.Status != normalize.StatusPaused {
		t.Fatalf("%s %v", jsonOf(t, got.Object), err)
	}
	if s := w.sent.take(); len(s) != 1 || !strings.Contains(s[0].body, `"assetGroupOperation"`) {
		t.Errorf("sent %v", s)
	}
	if _, err := w.patchGroup(t, got.Object, []string{"bid_amount"}, func(o *normalize.Group) { o.BidAmount = dec("1") }); blamedOf(err) != "bid_amount" || len(w.sent.take()) > 0 {
		t.Errorf("a bid of an asset group: %v", err)
	}
	ad, err := w.Ads.Get(t.Context(), providers.Ref{Org: w.org, ID: g.ID})
	if err != nil || ad.Status != normalize.StatusPaused {
		t.Fatal(ad.Status, err)
	}
	on := ad
	on.Status = normalize.StatusActive
	back, err := w.Ads.Update(t.Context(), providers.Ref{Org: w.org, ID: g.ID}, providers.Write[normalize.Ad]{Org: w.org, Object: on, Before: &ad, Set: []string{"status"}})
	if err != nil || back.Object.Status != normalize.StatusActive {
		t.Errorf("%s %v", back.Object.Status, err)
	}
	c, err := w.Campaigns.Get(t.Context(), providers.Ref{Org: w.org, ID: g.CampaignID})
	if err != nil {
		t.Fatal(err)
	}
	w.sent.take()
	_, err = w.patch(t, c, []string{"targeting.device.types"}, func(o *normalize.Campaign) {
		o.Targeting = &normalize.Targeting{Device: &normalize.DeviceTargeting{Types: []normalize.TargetRef{{ID: "MOBILE"}}}}
	}, false)
	if blamedOf(err) != "targeting.device.types" || len(w.sent.take()) > 0 {
		t.Errorf("devices of a Performance Max campaign: %v", err)
	}
	if _, err = w.patch(t, c, []string{"targeting.language"}, func(o *normalize.Campaign) {
		o.Targeting = &normalize.Targeting{Language: []normalize.TargetRef{{ID: "languageConstants/1002"}}}
	}, false); err != nil {
		t.Errorf("its language: %v", err)
	}
	if r, err := w.Groups.Delete(t.Context(), providers.Ref{Org: w.org, ID: g.ID}, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Errorf("%+v %v", r, err)
	}
}

// The strategies by channel, in Google's own words.
func TestStrategiesByChannel(t *testing.T) {
	w := writing(t, 0, smallWorld)
	cpa := &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: dec("3")}
	for name, x := range map[string]struct {
		channel  normalize.Channel
		goal     normalize.Goal
		bid      *normalize.BidStrategy
		strategy string
	}{
		"search":      {normalize.ChannelSearch, "", nil, "TARGET_SPEND"},
		"leads":       {normalize.ChannelSearch, normalize.GoalLeads, nil, "MAXIMIZE_CONVERSIONS"},
		"sales":       {normalize.ChannelSearch, normalize.GoalSales, nil, "MAXIMIZE_CONVERSION_VALUE"},
		"traffic":     {normalize.ChannelDisplay, normalize.GoalWebsiteTraffic, nil, "TARGET_SPEND"},
		"awareness":   {normalize.ChannelDisplay, normalize.GoalBrandAwareness, nil, "MANUAL_CPM"},
		"native":      {normalize.ChannelNative, "", nil, "MAXIMIZE_CONVERSIONS"},
		"native cost": {normalize.ChannelNative, "", cpa, "TARGET_CPA"},
		"cost":        {normalize.ChannelDisplay, normalize.GoalLeads, cpa, "MAXIMIZE_CONVERSIONS"},
		"manual":      {normalize.ChannelDisplay, "", &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, PerformanceGoalType: normalize.PerformanceGoalTypeUnspecified}, "MANUAL_CPM"},
	} {
		o := searchCampaign("Strategy " + name)
		o.AdvertisingChannelType, o.Goal, o.BidStrategy = x.channel, x.goal, x.bid
		c := w.campaign(t, o)
		if got := w.stored(t, "SELECT campaign.bidding_strategy_type FROM campaign WHERE campaign.id = "+c.ID); !strings.Contains(got, `"`+x.strategy+`"`) {
			t.Errorf("%s: %s, want %s", name, got, x.strategy)
		}
	}
}

// The bid modifier of a piece of a schedule is all that can change of it: it is not made anew.
func TestBidModifiersAreChangedInPlace(t *testing.T) {
	w := writing(t, 0, smallWorld)
	schedule := func(modifier *normalize.Decimal) *normalize.Targeting {
		return &normalize.Targeting{
			Schedule: []normalize.Schedule{{DayOfWeek: normalize.DayOfWeekFriday, StartHour: 9, EndHour: 17, BidModifier: modifier}},
			Device:   &normalize.DeviceTargeting{Types: []normalize.TargetRef{{ID: "MOBILE"}, {ID: "TABLET"}, {ID: "DESKTOP"}}},
		}
	}
	o := searchCampaign("Modified")
	o.Targeting = schedule(dec("1.2"))
	c := w.campaign(t, o)
	w.sent.take()
	for _, modifier := range []*normalize.Decimal{dec("0.5"), nil} {
		got, err := w.patch(t, c, []string{"targeting.schedule"}, func(o *normalize.Campaign) { o.Targeting = schedule(modifier) }, false)
		if err != nil {
			t.Fatal(err)
		}
		s := w.sent.take()
		if len(s) != 1 || len(s[0].Operations) != 1 || !strings.Contains(s[0].body, `"updateMask":"bidModifier"`) {
			t.Errorf("sent %v", s)
		}
		if c = got.Object; jsonOf(t, c.Targeting.Schedule[0].BidModifier) != jsonOf(t, modifier) {
			t.Errorf("read back %s", jsonOf(t, c.Targeting.Schedule))
		}
	}
	got, err := w.patch(t, c, []string{"targeting.device.types"}, func(o *normalize.Campaign) {
		o.Targeting = &normalize.Targeting{Device: &normalize.DeviceTargeting{Types: []normalize.TargetRef{{ID: "MOBILE"}}}}
	}, false)
	if err != nil || len(got.Object.Targeting.Device.Types) != 1 {
		t.Fatalf("%s %v", jsonOf(t, got.Object.Targeting), err)
	}
	if got, err = w.patch(t, got.Object, []string{"targeting.device.types"}, func(o *normalize.Campaign) { o.Targeting = nil }, false); err != nil || got.Object.Targeting.Device != nil {
		t.Errorf("all devices: %s %v", jsonOf(t, got.Object.Targeting), err)
	}
}
