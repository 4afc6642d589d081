package google_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// Trap 1: one campaign that is not declared stops every write of its account but the declaration.
func TestTrap01_AFrozenAccountTakesTheDeclarationOnly(t *testing.T) {
	w := writing(t, 3, sim.Options{Seed: 1, HistoryDays: 1})
	var undeclared []normalize.Campaign
	for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: w.org}) {
		if c.HasEUPoliticalAds == nil && c.Status != normalize.StatusArchived {
			undeclared = append(undeclared, c)
		}
	}
	if len(undeclared) == 0 {
		t.Fatal("every campaign of the simulator's is declared")
	}
	_, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Frozen")})
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Field != "has_eu_political_ads" || !strings.HasSuffix(e.Code, "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED") || !strings.Contains(e.Message, undeclared[0].ID) {
		t.Fatalf("it has to name what is to be declared, %s: %v", undeclared[0].ID, err)
	}
	for _, c := range undeclared {
		if _, err := w.patch(t, c, []string{"has_eu_political_ads"}, func(o *normalize.Campaign) { o.HasEUPoliticalAds = to(false) }, false); err != nil {
			t.Fatal(err)
		}
	}
	w.campaign(t, searchCampaign("Thawed"))
}

// Trap 1: the declaration is the advertiser's: it is asked for by name, and made for nobody.
func TestTrap01_TheDeclarationIsAskedFor(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Undeclared")
	o.HasEUPoliticalAds = nil
	for _, dry := range []bool{false, true} {
		_, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o, DryRun: dry})
		if blamedOf(err) != "has_eu_political_ads" || len(w.sent.take()) > 0 {
			t.Errorf("dry %v: %v", dry, err)
		}
	}
	if f, ok := w.Campaigns.Writable("has_eu_political_ads"); !ok || !f.Required {
		t.Error("the declaration is not required")
	}
}

// Trap 3: groups and ads run by Google's default as well.
func TestTrap03_NewGroupsAndAdsArePaused(t *testing.T) {
	w := writing(t, 0, smallWorld)
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Quiet"})
	c := w.creative(t, searchCreative(g.ID))
	ad, err := w.Ads.Get(t.Context(), providers.Ref{Org: w.org, ID: c.ID})
	if err != nil || g.Status != normalize.StatusPaused || ad.Status != normalize.StatusPaused {
		t.Errorf("the group is %s, the ad %s: %v", g.Status, ad.Status, err)
	}
	for _, m := range w.sent.take() {
		if !strings.Contains(m.body, `"status":"PAUSED"`) {
			t.Errorf("left to Google's default: %s", m.body)
		}
	}
}

// Trap 3: a budget outlives its campaign: ours is removed with it, a shared one is not.
func TestTrap03_BudgetsGoWithTheirCampaigns(t *testing.T) {
	w := writing(t, 0, sim.Options{Seed: 1, HistoryDays: 1})
	shared := map[string][]normalize.Campaign{}
	for _, c := range all(t, w.Campaigns, providers.ListQuery{Org: w.org}) {
		shared[c.CampaignBudgetIdentifier] = append(shared[c.CampaignBudgetIdentifier], c)
	}
	for budget, list := range shared {
		if len(list) < 2 {
			continue
		}
		if _, err := w.Campaigns.Delete(t.Context(), providers.Ref{Org: w.org, ID: list[0].ID}, false); err != nil {
			t.Fatal(err)
		}
		if got := w.stored(t, "SELECT campaign_budget.status FROM campaign_budget WHERE campaign_budget.id = "+budget); !strings.Contains(got, "ENABLED") {
			t.Errorf("the budget of others is %s", got)
		}
		return
	}
	t.Error("no budget of the simulator's is shared")
}

// Trap 4: a write goes through the manager on the way to its account.
func TestTrap04_WritesNameTheWayToTheAccount(t *testing.T) {
	w := writing(t, 0, smallWorld)
	for _, a := range w.sim.Accounts() {
		if !a.Reachable || a.Status != "ENABLED" {
			continue
		}
		w.org = a.ID
		c := searchCampaign("Through")
		if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: c}); err != nil && !strings.Contains(err.Error(), "POLITICAL") {
			t.Errorf("account %s: %v", a.ID, err)
		}
		for _, m := range w.sent.take() {
			if !strings.Contains(m.path, "/customers/"+a.ID+"/") || strings.Contains(m.login, "-") || a.Login == "" && m.login != "" || a.Login != "" && m.login == "" {
				t.Errorf("account %s, to be reached through %q: %s through %q", a.ID, a.Login, m.path, m.login)
			}
		}
	}
}

// Trap 5: each operation of a mutate counts against the day's.
func TestTrap05_EachOperationOfAMutateCounts(t *testing.T) {
	limits := &tally{}
	s, _ := scripted(t, func(h heard) (int, string) {
		switch {
		case strings.Contains(h.query, "FROM currency_constant"):
			return 200, `{"results":[{"currencyConstant":{"code":"EUR","billableUnitMicros":"10000"}}],"fieldMask":"x"}`
		case strings.HasSuffix(h.path, ":mutate"):
			return 200, `{}`
		}
		return 0, ""
	}, func(c *providers.Conn, d *providers.Deps) { c.App.ClientID, d.Limits = "1-a", limits })
	o := searchCampaign("Counted")
	o.Targeting = &normalize.Targeting{Language: []normalize.TargetRef{{ID: "1000"}, {ID: "1001"}}}
	write := func() int {
		before := limits.waits["googleads:project:1"]
		if _, err := s.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: "1000000001", Object: o, DryRun: true}); err != nil {
			t.Fatal(err)
		}
		return limits.waits["googleads:project:1"] - before
	}
	write()                       // the way to the account and the currency's step are known then
	if got := write(); got != 4 { // the budget, the campaign and two languages
		t.Errorf("four operations count as %d", got)
	}
}

// Trap 11: int64 is text, and false is there.
func TestTrap11_WhatIsWrittenIsTextAndFalse(t *testing.T) {
	w := writing(t, 0, smallWorld)
	w.campaign(t, searchCampaign("Typed"))
	body := w.sent.take()[0].body
	for _, want := range []string{`"amountMicros":"50000000"`, `"explicitlyShared":false`, `"targetContentNetwork":false`, `"targetSearchNetwork":false`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing: %s", want, body)
		}
	}
	g := w.group(t, normalize.Group{CampaignID: w.manual(t).ID, Name: "Typed", BidAmount: dec("0.85")})
	if body := w.sent.take()[1].body; !strings.Contains(body, `"cpcBidMicros":"850000"`) || g.ID == "" {
		t.Error(body)
	}
}

// Trap 12: Google tells no time of creation: what was made is known by its name, to the letter, and by what was asked.
func TestTrap12_WhatWasLostIsKnownByItsName(t *testing.T) {
	w := writing(t, 0, smallWorld)
	in := providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Lost")}
	w.campaign(t, searchCampaign("lost"))
	w.campaign(t, searchCampaign("Lost and found"))
	other := searchCampaign("Lost")
	other.BudgetAmount = dec("51")
	gone := w.campaign(t, other)
	find := func() []normalize.Campaign {
		t.Helper()
		found, err := w.Campaigns.Find(t.Context(), in, providers.Try{})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := find(); len(found) > 0 {
		t.Errorf("other campaigns are taken for it: %s", jsonOf(t, found))
	}
	if _, err := w.Campaigns.Delete(t.Context(), providers.Ref{Org: w.org, ID: gone.ID}, false); err != nil {
		t.Fatal(err)
	}
	made := w.campaign(t, in.Object)
	if found := find(); len(found) != 1 || found[0].ID != made.ID {
		t.Errorf("found %s, want %s", jsonOf(t, found), made.ID)
	}
	if in.Object.Name = "of two\nlines"; true {
		if _, err := w.Campaigns.Create(t.Context(), in); blamedOf(err) != "name" {
			t.Errorf("a name that cannot be looked for: %v", err)
		}
	}
}

// Trap 15: the mask names leaves, and a strategy without amounts by its only member.
func TestTrap15_MasksNameLeaves(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Masked"))
	w.sent.take()
	if _, err := w.patch(t, c, []string{"bid_strategy", "targeting.placement.platforms"}, func(o *normalize.Campaign) {
		o.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid}
		o.Targeting = &normalize.Targeting{Placement: &normalize.PlacementTargeting{Platforms: []string{"GOOGLE_SEARCH", "GOOGLE_DISPLAY"}}}
	}, false); err != nil {
		t.Fatal(err)
	}
	mask, _ := w.sent.take()[0].Operations[0]["campaignOperation"]["updateMask"].(string)
	if mask != "manualCpc.enhancedCpcEnabled,networkSettings.targetGoogleSearch,networkSettings.targetSearchNetwork,networkSettings.targetContentNetwork" {
		t.Errorf("masked %q", mask)
	}
}

// Trap 16: removed is for ever, and its name is free again.
func TestTrap16_RemovedIsForEverAndItsNameIsFree(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Again"))
	g := w.group(t, normalize.Group{CampaignID: c.ID, Name: "Below"})
	if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Again")}); providers.KindOf(err) != providers.Conflict || blamedOf(err) != "name" {
		t.Errorf("two of one name: %v", err)
	}
	ref := providers.Ref{Org: w.org, ID: c.ID}
	if r, err := w.Campaigns.Delete(t.Context(), ref, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Fatal(r, err)
	}
	gone, err := w.Campaigns.Get(t.Context(), ref)
	if err != nil || gone.Status != normalize.StatusArchived || gone.EffectiveStatus != normalize.EffectiveStatusRemoved {
		t.Fatal(gone.Status, err)
	}
	w.sent.take()
	_, err = w.patch(t, gone, []string{"status"}, func(o *normalize.Campaign) { o.Status = normalize.StatusActive }, false)
	if providers.KindOf(err) != providers.Conflict || len(w.sent.take()) > 0 {
		t.Errorf("it comes back: %v", err)
	}
	if g, err = w.Groups.Get(t.Context(), providers.Ref{Org: w.org, ID: g.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.patchGroup(t, g, []string{"status"}, func(o *normalize.Group) { o.Status = normalize.StatusActive }); providers.KindOf(err) != providers.Conflict {
		t.Errorf("a group of a removed campaign: %v", err)
	}
	if _, err = w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: c.ID, Name: "New"}}); providers.KindOf(err) != providers.Conflict {
		t.Errorf("a new group of a removed campaign: %v", err)
	}
	if again := w.campaign(t, searchCampaign("Again")); again.ID == c.ID {
		t.Error("the removed one is given out again")
	}
}

// Trap 19: dates are days of the account's wall clock, the end is its last second, and days of 23 or 25 hours are days.
func TestTrap19_DatesAreDaysOfTheAccount(t *testing.T) {
	w := writing(t, 0, smallWorld)
	for _, a := range w.sim.Accounts()[:3] {
		w.org = a.ID
		loc, err := time.LoadLocation(a.Zone)
		if err != nil {
			t.Fatal(err)
		}
		for name, days := range map[string][2]time.Time{
			"spring": {time.Date(2027, 3, 14, 0, 0, 0, 0, loc), time.Date(2027, 3, 29, 0, 0, 0, 0, loc)},
			"autumn": {time.Date(2027, 10, 31, 0, 0, 0, 0, loc), time.Date(2027, 11, 8, 0, 0, 0, 0, loc)},
		} {
			o := searchCampaign("Dates " + name)
			o.StartAt, o.EndAt = to(days[0].UTC()), to(days[1].UTC())
			c := w.campaign(t, o)
			if !c.StartAt.Equal(days[0]) || !c.EndAt.Equal(days[1]) {
				t.Errorf("%s: %s to %s, want %s to %s", a.Zone, c.StartAt, c.EndAt, days[0], days[1])
			}
			got := w.stored(t, "SELECT campaign.start_date_time, campaign.end_date_time FROM campaign WHERE campaign.id = "+c.ID)
			if !strings.Contains(got, days[0].Format("2006-01-02")+" 00:00:00") || !strings.Contains(got, days[1].AddDate(0, 0, -1).Format("2006-01-02")+" 23:59:59") {
				t.Errorf("%s: Google has %s", a.Zone, got)
			}
			w.sent.take()
			o.StartAt = to(days[0].Add(time.Hour))
			if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o}); blamedOf(err) != "start_at" || len(w.sent.take()) > 0 {
				t.Errorf("%s: an hour into a day: %v", a.Zone, err)
			}
		}
	}
	c := w.campaign(t, searchCampaign("Begun"))
	w.sent.take()
	if c.StartAt == nil || c.StartAt.After(w.sim.Now()) {
		t.Fatalf("a campaign without a start begins at %v", c.StartAt)
	}
	if _, err := w.patch(t, c, []string{"start_at"}, func(o *normalize.Campaign) { o.StartAt = to(c.StartAt.AddDate(0, 1, 0)) }, false); blamedOf(err) != "start_at" {
		t.Errorf("the start of what has begun: %v", err)
	}
}

// Trap 20: nothing is written to a manager, nor to what is cancelled.
func TestTrap20_NothingIsWrittenToAManager(t *testing.T) {
	w := writing(t, 0, smallWorld)
	for _, id := range []string{"9000000001", "4210000005", "421-000-0001", "1"} {
		_, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: id, Object: searchCampaign("Nowhere")})
		if err == nil || uncertain(err) || len(w.sent.take()) > 0 {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Trap 21: what is written has the names of the version that is spoken.
func TestTrap21_WritesSpeakThePinnedVersion(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Named")
	o.StartAt = to(time.Date(2027, 3, 1, 0, 0, 0, 0, time.FixedZone("", 3600)))
	w.campaign(t, o)
	if m := w.sent.take()[0]; !strings.HasPrefix(m.path, "/v25/") || !strings.Contains(m.body, `"startDateTime":`) || strings.Contains(m.body, `"startDate":`) {
		t.Errorf("%s %s", m.path, m.body)
	}
}

// Trap 22: what is newer than the version spoken is shown as UNKNOWN, and never written back.
func TestTrap22_UnknownIsNeverWrittenBack(t *testing.T) {
	var bodies []string
	s, _ := scripted(t, func(h heard) (int, string) {
		switch {
		case strings.Contains(h.query, "FROM campaign_budget"), strings.Contains(h.query, "FROM campaign_criterion"):
			return 0, ""
		case strings.Contains(h.query, "FROM campaign "):
			return 200, `{"results":[{"campaign":{"id":"7","name":"Newer","status":"UNKNOWN","advertisingChannelType":"UNKNOWN","biddingStrategyType":"UNKNOWN",` +
				`"targetingSetting":{"targetRestrictions":[{"targetingDimension":"UNKNOWN","bidOnly":true}]}},"campaignBudget":{"id":"8","amountMicros":"1000000","period":"DAILY","referenceCount":"1"}}],"fieldMask":"x"}`
		case strings.HasSuffix(h.path, ":mutate"):
			return 200, `{"mutateOperationResponses":[{"campaignResult":{"resourceName":"customers/1000000001/campaigns/7"}}]}`
		}
		return 0, ""
	}, func(_ *providers.Conn, d *providers.Deps) {
		d.HTTP.Transport = &sent{RoundTripper: d.HTTP.Transport, hear: func(m mutation) { bodies = append(bodies, m.body) }}
	})
	ref := providers.Ref{Org: "1000000001", ID: "7"}
	c, err := s.Campaigns.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	write := func(set string, change func(*normalize.Campaign)) error {
		after := c
		change(&after)
		_, err := s.Campaigns.Update(context.Background(), ref, providers.Write[normalize.Campaign]{Org: ref.Org, Object: after, Before: &c, Set: []string{set}})
		return err
	}
	if err := write("name", func(o *normalize.Campaign) { o.Name = "Renamed" }); err != nil {
		t.Error(err)
	}
	if len(bodies) != 1 || strings.Contains(bodies[0], "UNKNOWN") || !strings.Contains(bodies[0], `"updateMask":"name"`) {
		t.Errorf("sent %s", bodies)
	}
	for field, change := range map[string]func(*normalize.Campaign){
		"bid_strategy.type": func(o *normalize.Campaign) { o.BidStrategy = &normalize.BidStrategy{Type: "NEWER"} },
		"targeting.optimization.mode": func(o *normalize.Campaign) {
			o.Targeting = &normalize.Targeting{Optimization: &normalize.TargetingOptimization{Mode: normalize.OptimizationModeObservation}}
		},
	} {
		if err := write(field, change); blamedOf(err) != field || len(bodies) != 1 {
			t.Errorf("%s: %v, sent %d", field, err, len(bodies))
		}
	}
	c.Status = normalize.StatusPaused
	if err := write("status", func(o *normalize.Campaign) { o.Status = normalize.StatusUnspecified }); blamedOf(err) != "status" || len(bodies) != 1 {
		t.Errorf("a status that is none: %v", err)
	}
}

// Trap 23: names are quoted where they are looked for.
func TestTrap23_NamesAreQuotedWhereTheyAreLookedFor(t *testing.T) {
	w := writing(t, 0, smallWorld)
	manual := w.manual(t)
	for _, name := range []string{`O'Neill's "best" \ 50%_[off]`, `' OR campaign.id > 0 --`, "日本 – ünïcode 🎿", `\'`} {
		in := providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign(name)}
		c := w.campaign(t, in.Object)
		if found, err := w.Campaigns.Find(t.Context(), in, providers.Try{}); err != nil || len(found) != 1 || found[0].ID != c.ID || found[0].Name != name {
			t.Errorf("%q: %s %v", name, jsonOf(t, found), err)
		}
		gin := providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: manual.ID, Name: name}}
		g := w.group(t, gin.Object)
		if found, err := w.Groups.Find(t.Context(), gin, providers.Try{}); err != nil || len(found) != 1 || found[0].ID != g.ID {
			t.Errorf("%q: %s %v", name, jsonOf(t, found), err)
		}
	}
}
