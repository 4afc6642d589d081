package meta_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// fieldTest is how one field is changed and cleared.
type fieldTest[T any] struct {
	of     int // which of the made objects
	change func(*T)
	clear  func(*T)
	mute   bool   // says what is so already: nothing is sent, and it does not come back
	with   string // given beside it when it is cleared
}

// everyField makes objects, changes and clears each field that the collection declares, and reads each of them back. A
// field that is declared and not tested here fails.
func everyField[T normalize.Object](t *testing.T, d pen, c providers.Collection[T], made []T, tests map[string]fieldTest[T]) {
	t.Helper()
	now := make([]T, len(made))
	for i, asked := range made {
		w, err := c.Create(t.Context(), wanted(asked))
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		now[i] = w.Object
		lacks(t, "", jsonAt(asked, ""), jsonAt(w.Object, ""))
	}
	for _, f := range c.Fields {
		if f.Create && !anyHas(made, f.Name) {
			t.Errorf("%s is not made by any of the objects", f.Name)
		}
		x, ok := tests[f.Name]
		if f.Update != (ok && x.change != nil) || f.Clear != (ok && x.clear != nil) {
			t.Errorf("%s: declared update %v, clear %v; tested %v", f.Name, f.Update, f.Clear, ok)
			continue
		}
		for i, by := range []func(*T){x.change, x.clear} {
			if by == nil {
				continue
			}
			before, paths := now[x.of], []string{f.Name}
			if i == 1 && x.with != "" {
				paths = append(paths, x.with)
			}
			d.rec.forget()
			p := patched(before, by, paths...)
			up, err := c.Update(t.Context(), providers.Ref{Org: before.Facts().Organization, ID: before.Facts().ID}, p)
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			sent := len(d.rec.writes())
			if want := jsonAt(p.Object, f.Name); x.mute && sent != 0 || !x.mute && (sent != 1 || !reflect.DeepEqual(want, jsonAt(up.Object, f.Name))) {
				t.Errorf("%s: sent %d, asked for %v, is %v", f.Name, sent, want, jsonAt(up.Object, f.Name))
			}
			now[x.of] = up.Object
			d.rec.forget()
			if _, err := c.Update(t.Context(), providers.Ref{ID: before.Facts().ID}, patched(up.Object, by, paths...)); err != nil || len(d.rec.writes()) != 0 {
				t.Errorf("%s again: %v, sent %+v", f.Name, err, d.rec.writes())
			}
		}
	}
}

func anyHas[T any](list []T, path string) bool {
	for _, v := range list {
		if jsonAt(v, path) != nil {
			return true
		}
	}
	return false
}

// jsonAt is what an object has at a path of names, without the names of ids.
func jsonAt(v any, path string) any {
	b, _ := json.Marshal(v)
	var m any
	_ = json.Unmarshal(b, &m)
	if whole, ok := m.(map[string]any); ok && path == "" {
		for name := range whole {
			if name != "id" {
				whole[name] = nameless(whole[name])
			}
		}
		return whole
	}
	for name := range strings.SplitSeq(path, ".") {
		below, _ := m.(map[string]any)
		m = below[name]
	}
	return nameless(m)
}

func TestWriteCampaign_EveryField(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := budgeted("every field", "50.25")
	c.BudgetUnit, c.Currency, c.AdvertisingChannelType, c.Category = normalize.BudgetUnitCurrency, "EUR", normalize.ChannelSocial, "EMPLOYMENT"
	c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
	c.Status = normalize.StatusActive
	type test = fieldTest[normalize.Campaign]
	nothing := func(*normalize.Campaign) {}
	tests := map[string]test{
		"name":          {change: func(c *normalize.Campaign) { c.Name = "renamed" }},
		"status":        {change: func(c *normalize.Campaign) { c.Status = normalize.StatusPaused }},
		"budget_amount": {change: func(c *normalize.Campaign) { c.BudgetAmount = dec("61.37") }},
		"budget_unit":   {change: nothing, mute: true},
		"currency":      {change: nothing, mute: true},
		"bid_strategy.type": {change: func(c *normalize.Campaign) {
			c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal}
		}},
		"category":             {change: func(c *normalize.Campaign) { c.Category = "GAMBLING" }, clear: func(c *normalize.Campaign) { c.Category = "" }},
		"has_eu_political_ads": {change: func(c *normalize.Campaign) { c.HasEUPoliticalAds = to(false) }, clear: func(c *normalize.Campaign) { c.HasEUPoliticalAds = nil }, mute: true},
	}
	told := c
	told.HasEUPoliticalAds = to(false) // is taken, and does not come back
	if _, err := d.Campaigns.Create(t.Context(), wanted(told)); err != nil {
		t.Error(err)
	}
	d.Campaigns.Fields = without(d.Campaigns.Fields, "has_eu_political_ads")
	everyField(t, d, d.Campaigns, []normalize.Campaign{c}, tests)
}

// without makes a field one that is not looked for in what was made.
func without(fields []providers.Field, name string) []providers.Field {
	out := append([]providers.Field{}, fields...)
	for i := range out {
		if out[i].Name == name {
			out[i].Create = false
		}
	}
	return out
}

func TestWriteGroup_EveryField(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	reach, traffic, sales := theCampaign("reach"), theCampaign("traffic"), theCampaign("sales")
	reach.Goal, sales.Goal = normalize.GoalReach, normalize.GoalSales
	start := time.Now().UTC().Add(48 * time.Hour).Truncate(time.Second)
	capped := theGroup(made(t, d.Campaigns, reach).ID, "capped")
	capped.OrganizationID, capped.Type, capped.Currency, capped.BudgetUnit = euros, normalize.ChannelSocial, "EUR", normalize.BudgetUnitCurrency
	capped.BudgetAmount, capped.BudgetPeriod = dec("500.50"), normalize.BudgetPeriodLifetime
	capped.StartAt, capped.EndAt = to(start), to(start.Add(240*time.Hour))
	capped.OptimizationGoal, capped.BillingEvent = normalize.OptimizationGoalReach, normalize.BillingEventImpressions
	capped.BidAmount, capped.Status = dec("3.20"), normalize.StatusPaused
	capped.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(2)), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to(int64(7))}
	capped.Promoted = []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}}
	capped.Targeting = fullTargeting()
	held := theGroup(made(t, d.Campaigns, traffic).ID, "held")
	held.BidStrategy = &normalize.BidStrategy{
		Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalAmount: dec("4.25"), PerformanceGoalType: normalize.PerformanceGoalTypeCpc,
	}
	held.EndAt = to(start.Add(500 * time.Hour))
	again := held
	again.Name = "held, too"
	returning := theGroup(made(t, d.Campaigns, sales).ID, "returning")
	returning.OptimizationGoal = normalize.OptimizationGoalConversions
	returning.Promoted = []normalize.Promoted{{ID: "700000000000001", Type: normalize.PromotedTypePixelID}}
	returning.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, TargetROAS: dec("2.5")}
	d.Groups.Fields = without(d.Groups.Fields, "has_eu_political_ads")
	everyField(t, d, d.Groups, []normalize.Group{capped, held, returning, again}, groupTests(start))
}

func groupTests(start time.Time) map[string]fieldTest[normalize.Group] {
	type test = fieldTest[normalize.Group]
	type group = normalize.Group
	nothing := func(*group) {}
	bid := func(f func(*normalize.BidStrategy)) func(*group) {
		return func(g *group) { b := *g.BidStrategy; f(&b); g.BidStrategy = &b }
	}
	spend := bid(func(b *normalize.BidStrategy) {
		b.Type, b.PerformanceGoalAmount, b.TargetROAS = normalize.BidStrategyTypeMaximizeSpend, nil, nil
	})
	aim := func(f func(*normalize.Targeting)) func(*group) {
		return func(g *group) { x := *g.Targeting; f(&x); g.Targeting = &x }
	}
	return map[string]test{
		"name":                                 {change: func(g *group) { g.Name = "renamed" }},
		"status":                               {change: func(g *group) { g.Status = normalize.StatusActive }},
		"budget_amount":                        {change: func(g *group) { g.BudgetAmount = dec("733.41") }},
		"budget_unit":                          {change: nothing, mute: true},
		"currency":                             {change: nothing, mute: true},
		"bid_amount":                           {change: func(g *group) { g.BidAmount = dec("1.07") }, clear: func(g *group) { g.BidAmount = nil }},
		"bid_strategy.performance_goal_amount": {of: 1, change: bid(func(b *normalize.BidStrategy) { b.PerformanceGoalAmount = dec("5.13") }), clear: spend, with: "bid_strategy.type"},
		"bid_strategy.type":                    {of: 3, change: spend},
		"bid_strategy.target_roas":             {of: 2, change: bid(func(b *normalize.BidStrategy) { b.TargetROAS = dec("3.0001") }), clear: spend, with: "bid_strategy.type"},
		"start_at":                             {change: func(g *group) { g.StartAt = to(start.Add(time.Hour)) }},
		"end_at":                               {of: 1, change: func(g *group) { g.EndAt = to(start.Add(900 * time.Hour)) }, clear: func(g *group) { g.EndAt = nil }},
		"frequency_cap": {
			change: func(g *group) {
				g.FrequencyCap = &normalize.FrequencyCap{MaxImpressions: to(int64(5)), TimeUnit: normalize.TimeUnitDays, TimeUnitCount: to(int64(3))}
			},
			clear: func(g *group) { g.FrequencyCap = nil },
		},
		"has_eu_political_ads": {change: func(g *group) { g.HasEUPoliticalAds = to(false) }, clear: func(g *group) { g.HasEUPoliticalAds = nil }, mute: true},
		"targeting.geographic": {change: aim(func(x *normalize.Targeting) {
			x.Geographic = &normalize.GeographicTargeting{Countries: refs("GB"), ExcludedRegions: refs("region:3847")}
		}), clear: aim(func(x *normalize.Targeting) { // not all of it: an ad set is somewhere
			x.Geographic = &normalize.GeographicTargeting{Countries: refs("GB")}
		})},
		"targeting.demographic": {
			change: aim(func(x *normalize.Targeting) {
				x.Demographic = &normalize.DemographicTargeting{AgeMin: to(int64(30)), AgeMax: to(int64(65)), Male: to(true)}
			}),
			clear: aim(func(x *normalize.Targeting) { x.Demographic = nil }),
		},
		"targeting.language": {change: aim(func(x *normalize.Targeting) { x.Language = refs("locale:5") }), clear: aim(func(x *normalize.Targeting) { x.Language = nil })},
		"targeting.audience": {
			change: aim(func(x *normalize.Targeting) {
				x.Audience = &normalize.AudienceTargeting{Interests: refs("6003000000002"), ExcludedBehaviors: refs("6002000000001")}
			}),
			clear: aim(func(x *normalize.Targeting) { x.Audience = nil }),
		},
		"targeting.device": {
			change: aim(func(x *normalize.Targeting) { x.Device = &normalize.DeviceTargeting{Types: refs("desktop", "mobile")} }),
			clear:  aim(func(x *normalize.Targeting) { x.Device = nil }),
		},
		"targeting.placement": {
			change: aim(func(x *normalize.Targeting) {
				x.Placement = &normalize.PlacementTargeting{Platforms: []string{"FACEBOOK"}, FacebookPositions: []string{"feed", "story"}}
			}),
			clear: aim(func(x *normalize.Targeting) { x.Placement = nil }),
		},
		"targeting.optimization": {change: aim(func(x *normalize.Targeting) {
			x.Optimization = &normalize.TargetingOptimization{AdvantageAudience: to(true), AdvantagePlacements: to(true)}
		})},
		"targeting.schedule": {
			change: aim(func(x *normalize.Targeting) {
				x.Schedule = []normalize.Schedule{{DayOfWeek: normalize.DayOfWeekMonday, StartHour: 6, StartMinute: to(int64(30)), EndHour: 24}}
			}),
			clear: aim(func(x *normalize.Targeting) { x.Schedule = nil }),
		},
	}
}

func TestWriteAd_EveryField(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := made(t, d.Groups, theGroup(made(t, d.Campaigns, theCampaign("ads")).ID, "ads"))
	one, two := made(t, d.Creatives, theCreative("one")), made(t, d.Creatives, theCreative("two"))
	ad := normalize.Ad{OrganizationID: euros, GroupID: g.ID, Name: "every field", CreativeIDs: []string{one.ID}, Status: normalize.StatusActive}
	everyField(t, d, d.Ads, []normalize.Ad{ad}, map[string]fieldTest[normalize.Ad]{
		"name":         {change: func(a *normalize.Ad) { a.Name = "renamed" }},
		"status":       {change: func(a *normalize.Ad) { a.Status = normalize.StatusPaused }},
		"creative_ids": {change: func(a *normalize.Ad) { a.CreativeIDs = []string{two.ID} }},
	})
}

func TestWriteCreative_EveryField(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	one, two := d.hasImage(t, 131), d.hasImage(t, 132)
	data := `{"titles":["One","Two"],"bodies":["Text"],"images":["` + one.ID + `","` + two.ID + `"]}`
	whole := theCreative("by address")
	whole.Identity, whole.URLTags, whole.CreativeType = thePage, "utm_source=meta", normalize.CreativeTypeImage
	form := theCreative("with a form")
	form.CTA, form.Promoted = "SIGN_UP", append(form.Promoted, normalize.Promoted{ID: "650000000000001", Type: normalize.PromotedTypeLeadFormID})
	many := normalize.Creative{
		OrganizationID: euros, Name: "many", Title: "One", LinkURL: "https://shop.example/", CTA: "SHOP_NOW", Identity: thePage, Data: data,
		Texts: &normalize.CreativeTexts{Titles: []string{"One", "Two"}, Bodies: []string{"Text"}},
	}
	var post normalize.Creative
	for _, c := range all(t, d.Creatives, providers.ListQuery{Org: euros}) {
		if c.ItemID != "" && c.CreativeType == normalize.CreativeTypeShare {
			post = normalize.Creative{OrganizationID: euros, Name: "shared", ItemID: c.ItemID}
		}
	}
	everyField(t, d, d.Creatives, []normalize.Creative{whole, form, many, post}, map[string]fieldTest[normalize.Creative]{
		"name": {change: func(c *normalize.Creative) { c.Name = "renamed" }},
	})
}
