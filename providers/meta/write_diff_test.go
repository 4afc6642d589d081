package meta_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// posts are the forms that were sent to a path.
func posts(s *script, path string) []url.Values {
	var out []url.Values
	for _, a := range s.calls(path) {
		if a.method == http.MethodPost {
			out = append(out, a.form)
		}
	}
	return out
}

// kept is a server of one object of an account whose daily budgets have a least of 10.00.
func kept(t *testing.T, object string) (*providers.Session, *script) {
	t.Helper()
	return scripted(t, map[string]func(asked) (int, string){
		"act_1": answer(200, `{"id":"act_1","account_id":"1","currency":"EUR","timezone_name":"UTC","min_daily_budget":1000}`),
		"7": func(a asked) (int, string) {
			if a.method == http.MethodPost {
				return 200, `{"success":true}`
			}
			return 200, object
		},
	})
}

// The least of an account moves with the rates of exchange: a budget that has fallen below it is no obstacle to other
// changes, nor to itself said again. One that is changed is held to it.
func TestWrite_TheLeastBudgetIsOfChangesOnly(t *testing.T) {
	t.Parallel()
	s, script := kept(t, `{"id":"7","account_id":"1","name":"n","objective":"OUTCOME_TRAFFIC","status":"PAUSED","daily_budget":"500"}`)
	ref := providers.Ref{ID: "7"}
	c, err := s.Campaigns.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Campaigns.Update(t.Context(), ref, patched(c, func(c *normalize.Campaign) { c.Name = "m" }, "name", "budget_amount", "budget_period")); err != nil {
		t.Errorf("the same budget again: %v", err)
	}
	if p := posts(script, "7"); len(p) != 1 || len(p[0]) != 1 || p[0].Get("name") != "m" {
		t.Errorf("sent %v", p)
	}
	_, err = s.Campaigns.Update(t.Context(), ref, patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("9.99") }, "budget_amount"))
	refusedAt(t, err, "budget_amount")
	if _, err := s.Campaigns.Update(t.Context(), ref, patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("10") }, "budget_amount")); err != nil {
		t.Error(err)
	}
	if p := posts(script, "7"); len(p) != 2 || p[1].Get("daily_budget") != "1000" {
		t.Errorf("sent %v", p)
	}
}

const scheduled = `{"id":"7","account_id":"1","campaign_id":"2","name":"g","status":"PAUSED","daily_budget":"0","lifetime_budget":"90000",
	"optimization_goal":"REACH","billing_event":"IMPRESSIONS","bid_strategy":"LOWEST_COST_WITHOUT_CAP","end_time":"2099-01-01T00:00:00+0000",
	"campaign":{"id":"2","objective":"OUTCOME_AWARENESS"},"targeting":{"geo_locations":{"countries":["US"]},"targeting_automation":{"advantage_audience":0}},
	"frequency_control_specs":[{"event":"IMPRESSIONS","interval_days":7,"max_frequency":2}],
	"pacing_type":["day_parting"],"adset_schedule":[{"start_minute":540,"end_minute":1080,"days":[1],"timezone_type":"USER"}]}`

// The zone that a part of a schedule counts in is not ours to change: what stays keeps it, and what is added counts as the rest.
func TestWriteGroup_ASchedulesZonesStay(t *testing.T) {
	t.Parallel()
	s, script := kept(t, scheduled)
	ref := providers.Ref{ID: "7"}
	g, err := s.Groups.Get(t.Context(), ref)
	if err != nil || g.Targeting == nil || len(g.Targeting.Schedule) != 1 {
		t.Fatalf("%+v, %v", g, err)
	}
	_, err = s.Groups.Update(t.Context(), ref, patched(g, func(g *normalize.Group) {
		tt := *g.Targeting
		tt.Schedule = append(slices.Clone(tt.Schedule), normalize.Schedule{DayOfWeek: normalize.DayOfWeekSunday, StartHour: 9, EndHour: 18})
		g.Targeting = &tt
	}, "targeting.schedule"))
	if err != nil {
		t.Fatal(err)
	}
	p := posts(script, "7")
	var parts []struct {
		Days []int  `json:"days"`
		Zone string `json:"timezone_type"`
	}
	if len(p) != 1 || p[0].Has("targeting") {
		t.Fatalf("sent %v", p)
	}
	if err := json.Unmarshal([]byte(p[0].Get("adset_schedule")), &parts); err != nil || len(parts) != 2 || parts[0].Zone != "USER" || parts[1].Zone != "USER" || parts[1].Days[0] != 0 {
		t.Errorf("%v: sent %v", err, p)
	}
	if _, err := s.Groups.Update(t.Context(), ref, patched(g, func(g *normalize.Group) { tt := *g.Targeting; tt.Schedule = nil; g.Targeting = &tt }, "targeting.schedule")); err != nil {
		t.Fatal(err)
	}
	if p := posts(script, "7"); p[1].Get("adset_schedule") != "[]" || p[1].Get("pacing_type") != `["standard"]` {
		t.Errorf("sent %v", p[1])
	}
}

// A week is seven days: the same cap in other words sends nothing; another is sent, and null takes it away.
func TestWriteGroup_TheSameCapInOtherWords(t *testing.T) {
	t.Parallel()
	s, script := kept(t, scheduled)
	ref := providers.Ref{ID: "7"}
	g, err := s.Groups.Get(t.Context(), ref)
	if err != nil || g.FrequencyCap == nil {
		t.Fatalf("%+v, %v", g, err)
	}
	change := func(f *normalize.FrequencyCap) {
		t.Helper()
		if _, err := s.Groups.Update(t.Context(), ref, patched(g, func(g *normalize.Group) { g.FrequencyCap = f }, "frequency_cap")); err != nil {
			t.Error(err)
		}
	}
	change(&normalize.FrequencyCap{MaxImpressions: to(int64(2)), TimeUnit: normalize.TimeUnitWeeks, TimeUnitCount: to(int64(1))})
	if p := posts(script, "7"); len(p) != 0 {
		t.Errorf("sent %v", p)
	}
	change(&normalize.FrequencyCap{MaxImpressions: to(int64(3)), TimeUnit: normalize.TimeUnitWeeks})
	change(nil)
	p := posts(script, "7")
	if len(p) != 2 || p[0].Get("frequency_control_specs") != `[{"event":"IMPRESSIONS","interval_days":7,"max_frequency":3}]` || p[1].Get("frequency_control_specs") != "[]" {
		t.Errorf("sent %v", p)
	}
}

// Meta knows no check of a creative's change nor of an account's: a dry run says that it went by our rules, and refuses
// by them.
func TestWrite_DryRunByRulesSendsNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Creatives, theCreative("dry"))
	o, err := d.Organizations.Get(t.Context(), providers.Ref{ID: euros})
	if err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	p := patched(c, func(c *normalize.Creative) { c.Name = "other" }, "name")
	p.DryRun = true
	up, err := d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, p)
	if err != nil || up.Checked != providers.CheckedByRules || up.Object.Name != "other" {
		t.Errorf("%+v, %v", up, err)
	}
	p = patched(c, func(c *normalize.Creative) { c.Body = "other" }, "body")
	p.DryRun = true
	_, err = d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, p)
	refusedAt(t, err, "body")
	q := patched(o, func(o *normalize.Organization) { o.Name = "other" }, "name")
	q.DryRun = true
	if up, err := d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, q); err != nil || up.Checked != providers.CheckedByRules {
		t.Errorf("%+v, %v", up, err)
	}
	if len(d.rec.writes()) != 0 || d.stored(t, c.ID, "name")["name"] != "dry" {
		t.Errorf("sent %+v", d.rec.writes())
	}
}

// A lead form is opened by a call to action, which names it; beside one no address is needed.
func TestWriteCreative_ALeadFormNeedsACallToAction(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := theCreative("lead form")
	c.Promoted = append(c.Promoted, normalize.Promoted{ID: "650000000000001", Type: normalize.PromotedTypeLeadFormID})
	c.CTA = ""
	_, err := d.Creatives.Create(t.Context(), wanted(c))
	refusedAt(t, err, "cta")
	c = theCreative("several images")
	c.AssetURLs = append(c.AssetURLs, "https://images.example/spring.jpg")
	_, err = d.Creatives.Create(t.Context(), wanted(c))
	refusedAt(t, err, "asset_urls")
	c = theCreative("two stills of one video")
	c.Data, c.AssetURLs = `{"videos":["`+d.hasVideo(t).ID+`"]}`, []string{imageURL, "https://images.example/spring.jpg"}
	_, err = d.Creatives.Create(t.Context(), wanted(c))
	refusedAt(t, err, "asset_urls")
	c = theCreative("an image twice")
	c.Data = `{"images":["` + d.hasImage(t, 140).ID + `"]}`
	d.rec.forget()
	if _, err := d.Creatives.Create(t.Context(), wanted(c)); err == nil {
		t.Error("one of two images was dropped in silence")
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	c = theCreative("lead form")
	c.Promoted = append(c.Promoted, normalize.Promoted{ID: "650000000000001", Type: normalize.PromotedTypeLeadFormID})
	c.CTA = "SIGN_UP"
	w := wanted(c)
	w.DryRun = true
	_, _ = d.Creatives.Create(t.Context(), w) // whether the simulator has the form does not matter
	var story struct {
		Link struct {
			Action struct {
				Type  string            `json:"type"`
				Value map[string]string `json:"value"`
			} `json:"call_to_action"`
		} `json:"link_data"`
	}
	sent := d.rec.writes()
	if len(sent) != 1 || json.Unmarshal([]byte(sent[0].form.Get("object_story_spec")), &story) != nil || story.Link.Action.Type != "SIGN_UP" ||
		story.Link.Action.Value["lead_gen_form_id"] != "650000000000001" {
		t.Errorf("sent %+v", sent)
	}
}

// What an objective wants besides is asked for by name, whatever the group is optimized for.
func TestWriteGroup_WhatAnObjectiveWants(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	page := normalize.Promoted{ID: thePage, Type: normalize.PromotedTypePageID}
	for _, c := range []struct {
		goal  normalize.Goal
		tuned normalize.OptimizationGoal
		given []normalize.Promoted
	}{
		{normalize.GoalBrandAwareness, normalize.OptimizationGoalImpressions, nil},
		{normalize.GoalAppPromotion, normalize.OptimizationGoalLinkClicks, []normalize.Promoted{page}},
		{normalize.GoalSales, normalize.OptimizationGoalMessages, []normalize.Promoted{page}},
	} {
		parent := theCampaign("wants " + string(c.goal))
		parent.Goal = c.goal
		g := theGroup(made(t, d.Campaigns, parent).ID, "wants")
		g.OptimizationGoal, g.Promoted = c.tuned, c.given
		d.rec.forget()
		_, err := d.Groups.Create(t.Context(), wanted(g))
		refusedAt(t, err, "promoted")
		if len(d.rec.writes()) != 0 {
			t.Errorf("%s: sent", c.goal)
		}
	}
}

// What is archived takes another name and nothing else; what is deleted is not deleted again.
func TestTrap09_ArchivedObjectsAreFrozen(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, budgeted("frozen", "50"))
	up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, func(c *normalize.Campaign) { c.Status = normalize.StatusArchived }, "status"))
	if err != nil {
		t.Fatal(err)
	}
	c = up.Object
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Campaign){
		"status":        func(c *normalize.Campaign) { c.Status = normalize.StatusActive },
		"budget_amount": func(c *normalize.Campaign) { c.BudgetAmount = dec("60") },
		"category":      func(c *normalize.Campaign) { c.Category = "HOUSING" },
	} {
		if _, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, change, field)); providers.KindOf(err) != providers.Conflict {
			t.Errorf("%s: %v", field, err)
		}
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	if up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, func(c *normalize.Campaign) { c.Name = "renamed" }, "name")); err != nil || up.Object.Name != "renamed" {
		t.Errorf("%+v, %v", up, err)
	}
	if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false); err != nil {
		t.Error(err)
	}
	if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false); providers.KindOf(err) != providers.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
}
