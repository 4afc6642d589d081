package meta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// What an object has already is never refused, whatever the rules have become.
func TestWrite_ARepetitionIsNeverRefused(t *testing.T) {
	t.Parallel()
	node := `{"id":"7","account_id":"1","campaign_id":"2","name":"old","status":"PAUSED","daily_budget":"500","optimization_goal":"LINK_CLICKS","campaign":{"id":"2"},
		"targeting":{"geo_locations":{"countries":["US"]}}}`
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": answer(200, `{"id":"act_1","account_id":"1","currency":"EUR","timezone_name":"UTC","min_daily_budget":1000}`), "7": answer(200, node),
	})
	ref := providers.Ref{ID: "7"}
	c, err := s.Campaigns.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Campaigns.Update(t.Context(), ref, patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("5.00") }, "budget_amount", "budget_unit")); err != nil {
		t.Error(err)
	}
	_, err = s.Campaigns.Update(t.Context(), ref, patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("6") }, "budget_amount"))
	refusedAt(t, err, "budget_amount")
	g, err := s.Groups.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Groups.Update(t.Context(), ref, patched(g, func(g *normalize.Group) { g.BudgetAmount = dec("5.00") }, "budget_amount")); err != nil {
		t.Error(err)
	}
	_, err = s.Groups.Update(t.Context(), ref, patched(g, func(g *normalize.Group) { g.BudgetAmount = dec("6") }, "budget_amount"))
	refusedAt(t, err, "budget_amount")
	c.BudgetAmount, c.BudgetPeriod, c.BidStrategy = nil, "", nil
	if _, err := s.Campaigns.Update(t.Context(), ref, patched(c, func(*normalize.Campaign) {}, "bid_strategy.type", "budget_amount", "budget_period")); err != nil {
		t.Error(err)
	}
	for _, a := range script.calls("") {
		if a.method != "GET" {
			t.Errorf("sent %v", a.form)
		}
	}
}

// Words of ours that are one at Meta are the same when they are given again.
func TestWriteGroup_AliasesAreNoChange(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	reach, app := theCampaign("reach"), theCampaign("app")
	reach.Goal, app.Goal = normalize.GoalReach, normalize.GoalAppPromotion
	g := theGroup(made(t, d.Campaigns, reach).ID, "capped")
	g.OptimizationGoal, g.Promoted = normalize.OptimizationGoalReach, []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	g.BudgetPeriod, g.EndAt = normalize.BudgetPeriodTotal, to(time.Now().Add(300*time.Hour).Truncate(time.Second))
	g.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(2)), TimeUnit: normalize.TimeUnitWeeks}
	capped := made(t, d.Groups, g)
	g = theGroup(made(t, d.Campaigns, app).ID, "in the app")
	g.OptimizationGoal = normalize.OptimizationGoalAppEngagement
	g.Promoted = []normalize.Promoted{{ID: "800000000000001", Type: normalize.PromotedTypeAppID}, {ID: "https://apps.example/id1", Type: normalize.PromotedTypeStoreURL}}
	inApp := made(t, d.Groups, g)
	d.rec.forget()
	for _, p := range []struct {
		of    normalize.Group
		by    func(*normalize.Group)
		field string
	}{
		{capped, func(x *normalize.Group) {
			x.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(2)), TimeUnit: normalize.TimeUnitWeeks}
		}, "frequency_cap"},
		{capped, func(x *normalize.Group) { x.BudgetPeriod = normalize.BudgetPeriodTotal }, "budget_period"},
		{inApp, func(x *normalize.Group) { x.OptimizationGoal = normalize.OptimizationGoalAppEngagement }, "optimization_goal"},
	} {
		if _, err := d.Groups.Update(t.Context(), providers.Ref{ID: p.of.ID}, patched(p.of, p.by, p.field)); err != nil || len(d.rec.writes()) != 0 {
			t.Errorf("%s: %v, sent %+v", p.field, err, d.rec.writes())
		}
	}
}

// An ad set with a daily budget that has run for days can be ended within the day; a new one of less than a day is refused.
func TestWriteGroup_CanBeEndedTonight(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := made(t, d.Groups, theGroup(made(t, d.Campaigns, theCampaign("tonight")).ID, "tonight"))
	d.sim.Advance(240 * time.Hour)
	tonight := d.sim.Now().UTC().Add(2 * time.Hour).Truncate(time.Second)
	up, err := d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, patched(g, func(g *normalize.Group) { g.EndAt = &tonight }, "end_at"))
	if err != nil || !up.Object.EndAt.Equal(tonight) {
		t.Errorf("%+v, %v", up.Object.EndAt, err)
	}
	d.rec.forget()
	_, err = d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, patched(g, func(g *normalize.Group) { g.EndAt = to(g.StartAt.Add(3 * time.Hour)) }, "end_at"))
	refusedAt(t, err, "end_at")
	if len(d.rec.writes()) != 0 {
		t.Error("sent")
	}
}

func TestWriteGroup_CompanionsOfAnObjective(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	part := func(kind normalize.PromotedType, id string) normalize.Promoted {
		return normalize.Promoted{ID: id, Type: kind}
	}
	page, pixel := part(normalize.PromotedTypePageID, thePage), part(normalize.PromotedTypePixelID, "700000000000001")
	app, store := part(normalize.PromotedTypeAppID, "800000000000001"), part(normalize.PromotedTypeStoreURL, "https://apps.example/id1")
	for _, c := range []struct {
		goal  normalize.Goal
		tuned normalize.OptimizationGoal
		needs []normalize.Promoted
	}{
		{normalize.GoalSales, normalize.OptimizationGoalMessages, []normalize.Promoted{page, pixel}},
		{normalize.GoalAppPromotion, normalize.OptimizationGoalLinkClicks, []normalize.Promoted{app, store}},
		{normalize.GoalAppPromotion, normalize.OptimizationGoalConversions, []normalize.Promoted{app, store}},
	} {
		parent := theCampaign(string(c.goal))
		parent.Goal = c.goal
		g := theGroup(made(t, d.Campaigns, parent).ID, string(c.tuned))
		g.OptimizationGoal, g.Promoted = c.tuned, c.needs
		made(t, d.Groups, g)
		d.rec.forget()
		for i := range c.needs {
			g.Promoted = c.needs[i : i+1]
			_, err := d.Groups.Create(t.Context(), wanted(g))
			refusedAt(t, err, "promoted")
		}
		if len(d.rec.writes()) != 0 {
			t.Error("sent")
		}
	}
}

// Nothing that is given for a creative is left out without a word.
func TestWriteCreative_NothingIsDropped(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	image, other, clip := d.hasImage(t, 141), d.hasImage(t, 142), d.hasVideo(t)
	form := normalize.Promoted{ID: "650000000000001", Type: normalize.PromotedTypeLeadFormID}
	d.rec.forget()
	for _, c := range []struct {
		field  string
		change func(*normalize.Creative)
	}{
		{"cta", func(c *normalize.Creative) { c.CTA = ""; c.Promoted = append(c.Promoted, form) }},
		{"promoted", func(c *normalize.Creative) {
			c.Promoted, c.AssetURLs = append(c.Promoted, form), nil
			c.Texts, c.Data = &normalize.CreativeTexts{Titles: []string{"Headline", "Other"}}, `{"images":["`+image.ID+`"]}`
		}},
		{"asset_urls", func(c *normalize.Creative) { c.Data = `{"videos":["` + clip.ID + `"],"images":["` + image.ID + `"]}` }},
		{"asset_urls", func(c *normalize.Creative) {
			c.AssetURLs, c.Data = nil, `{"videos":["`+clip.ID+`"],"images":["`+image.ID+`","`+other.ID+`"]}`
		}},
		{"promoted", func(c *normalize.Creative) {
			*c = normalize.Creative{OrganizationID: euros, Name: "post", ItemID: thePage + "_7", Identity: "1"}
		}},
		{"promoted", func(c *normalize.Creative) {
			*c = normalize.Creative{OrganizationID: euros, Name: "post", ItemID: thePage + "_7", Promoted: []normalize.Promoted{form}}
		}},
		{"data", func(c *normalize.Creative) { c.AssetURLs, c.Data = nil, `{"images":["`+image.ID+`"]} {"videos":[]}` }},
		{"link_url", func(c *normalize.Creative) { c.Promoted, c.LinkURL = append(c.Promoted, form), "shop" }},
	} {
		x := theCreative("dropped")
		c.change(&x)
		_, err := d.Creatives.Create(t.Context(), wanted(x))
		refusedAt(t, err, c.field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	_, err := d.Assets.Create(t.Context(), wanted(normalize.Asset{OrganizationID: euros, Name: "clip.mp4", Type: normalize.AssetTypeVideo, Content: picture(t, 10)}))
	refusedAt(t, err, "content")
}

// What Meta has no check for is checked by our rules and not sent; a check that made something is told, never passed over.
func TestWrite_DryRunsThatMetaDoesNotCheck(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Creatives, theCreative("to rename"))
	o, err := d.Organizations.Get(t.Context(), providers.Ref{ID: euros})
	if err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	p := patched(c, func(c *normalize.Creative) { c.Name = "renamed" }, "name")
	q := patched(o, func(o *normalize.Organization) { o.Name = "renamed" }, "name")
	p.DryRun, q.DryRun = true, true
	if got, err := d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, p); err != nil || got.Checked != providers.CheckedByRules || got.Object.Name != "renamed" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, q); err != nil || got.Checked != providers.CheckedByRules {
		t.Errorf("%+v, %v", got, err)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(200, `{"id":"77"}`)})
	w := wanted(budgeted("dry", "50"))
	w.Object.OrganizationID, w.DryRun = "1", true
	_, err = s.Campaigns.Create(t.Context(), w)
	if e, ok := errors.AsType[*providers.Error](err); !ok || !e.Uncertain || !strings.Contains(e.Message, "77") {
		t.Errorf("%v", err)
	}
}

// A part of a schedule keeps the zone that it counts in: ours says none. A new one counts as the others do.
func TestWriteGroup_SchedulesKeepTheirZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ now, want string }{
		{`[{"start_minute":540,"end_minute":1080,"days":[1],"timezone_type":"USER"}]`, "[USER USER]"},
		{`[{"start_minute":540,"end_minute":1080,"days":[1],"timezone_type":"USER"},{"start_minute":0,"end_minute":60,"days":[2],"timezone_type":"ADVERTISER"}]`, "[USER ADVERTISER]"},
		{`[{"start_minute":540,"end_minute":1080,"days":[1],"timezone_type":"ADVERTISER"}]`, "[ADVERTISER ADVERTISER]"},
	} {
		adSet := `{"id":"3","account_id":"1","campaign_id":"2","name":"g","status":"PAUSED","lifetime_budget":"20000","optimization_goal":"LINK_CLICKS",
			"campaign":{"id":"2"},"adset_schedule":` + c.now + `,"targeting":{"geo_locations":{"countries":["US"]},"targeting_automation":{"advantage_audience":0}}}`
		s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "3": func(a asked) (int, string) {
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
			x := *g.Targeting
			x.Schedule = []normalize.Schedule{x.Schedule[0], {DayOfWeek: normalize.DayOfWeekFriday, StartHour: 8, EndHour: 10}}
			g.Targeting = &x
		}, "targeting.schedule")
		if _, err := s.Groups.Update(t.Context(), providers.Ref{ID: "3"}, p); err != nil {
			t.Fatal(err)
		}
		var zones []string
		for _, a := range script.calls("3") {
			var parts []struct {
				Zone string `json:"timezone_type"`
			}
			if a.method == "POST" && json.Unmarshal([]byte(a.form.Get("adset_schedule")), &parts) == nil && !a.form.Has("targeting") {
				for _, p := range parts {
					zones = append(zones, p.Zone)
				}
			}
		}
		if fmt.Sprint(zones) != c.want {
			t.Errorf("%s: sent %v", c.now, zones)
		}
	}
}

// A creative that was named an image by its address is found although Meta has given it a hash; one of other content is not.
func TestFindCreative_WhateverMetaMakesOfAnAddress(t *testing.T) {
	t.Parallel()
	story := func(id, link, picture, message string) string {
		return `{"id":"` + id + `","account_id":"1","name":"lost","object_story_spec":{"page_id":"` + thePage + `","link_data":{"link":"` + link + `","message":"` + message +
			`","name":"Headline",` + picture + `,"call_to_action":{"type":"SHOP_NOW","value":{"link":"` + link + `"}}}}}`
	}
	page := `{"data":[` + strings.Join([]string{
		story("1", "https://shop.example/", `"image_hash":"0cc0ffee0cc0ffee0cc0ffee0cc0ffee"`, "Text"),
		story("2", "https://shop.example", `"picture":"`+imageURL+`"`, "Other"),
		story("3", "https://shop.example/other", `"picture":"`+imageURL+`"`, "Text"),
	}, ",") + `]}`
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/adcreatives": answer(200, page)})
	c := theCreative("lost")
	c.OrganizationID, c.LinkURL = "1", "https://shop.example"
	found, err := s.Creatives.Find(t.Context(), wanted(c), providers.Try{Since: scriptNow, Until: scriptNow})
	if err != nil || len(found) != 1 || found[0].ID != "1" {
		t.Errorf("%+v, %v", found, err)
	}
}

// An upload of the same name from another time is no candidate.
func TestFindAsset_OfItsTimeOnly(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	clip := d.hasVideo(t)
	w := wanted(normalize.Asset{OrganizationID: euros, Name: clip.Name, Type: normalize.AssetTypeVideo, URL: "https://videos.example/clip.mp4"})
	now := d.sim.Now()
	for since, want := range map[time.Duration]int{-time.Minute: 1, 3 * time.Hour: 0, -3 * time.Hour: 0} {
		found, err := d.Assets.Find(t.Context(), w, providers.Try{Since: now.Add(since), Until: now.Add(since).Add(2 * time.Minute)})
		if err != nil || len(found) != want {
			t.Errorf("%v: %+v, %v", since, found, err)
		}
	}
}
