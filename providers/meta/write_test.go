package meta_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

func TestWriteCampaign_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	asked := budgeted("Winter “Sale” 100% 🎿", "50.25")
	asked.BudgetUnit, asked.Currency = normalize.BudgetUnitCurrency, "EUR"
	asked.AdvertisingChannelType, asked.Category = normalize.ChannelSocial, "HOUSING"
	asked.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
	got := made(t, d.Campaigns, asked)
	covers(t, asked, got)
	if got.Status != normalize.StatusPaused || got.EffectiveStatus != normalize.EffectiveStatusPaused {
		t.Errorf("a new campaign is %s, %s", got.Status, got.EffectiveStatus)
	}
	s := d.stored(t, got.ID, "daily_budget,status,objective,special_ad_categories,bid_strategy,buying_type")
	if s["daily_budget"] != "5025" || s["status"] != "PAUSED" || s["objective"] != "OUTCOME_TRAFFIC" || s["buying_type"] != "AUCTION" {
		t.Errorf("stored %v", s)
	}
	if again, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: got.ID}); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("%+v, %v", again, err)
	}
	d.rec.forget()
	up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(c *normalize.Campaign) {
		c.BudgetAmount, c.Status = dec("60"), normalize.StatusActive
	}, "budget_amount", "status"))
	if err != nil || up.Object.BudgetAmount.String() != "60" || up.Object.Status != normalize.StatusActive {
		t.Errorf("%+v, %v", up, err)
	}
	if w := d.rec.writes(); len(w) != 1 || len(w[0].form) != 2 || w[0].form.Get("daily_budget") != "6000" || w[0].form.Get("status") != "ACTIVE" {
		t.Errorf("sent %+v", w)
	}
	for _, c := range []struct {
		set    string
		change func(*normalize.Campaign)
		check  func(normalize.Campaign) bool
	}{
		{"name", func(c *normalize.Campaign) { c.Name = "new" }, func(c normalize.Campaign) bool { return c.Name == "new" }},
		{"category", func(c *normalize.Campaign) { c.Category = "" }, func(c normalize.Campaign) bool { return c.Category == "" }},
		{"bid_strategy.type", func(c *normalize.Campaign) {
			c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal}
		}, func(c normalize.Campaign) bool { return c.BidStrategy.Type == normalize.BidStrategyTypePerformanceGoal }},
		{"status", func(c *normalize.Campaign) { c.Status = normalize.StatusArchived }, func(c normalize.Campaign) bool { return c.Status == normalize.StatusArchived }},
	} {
		d.rec.forget()
		up, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(up.Object, c.change, c.set))
		if err != nil || !c.check(up.Object) || len(d.rec.writes()) != 1 || len(d.rec.writes()[0].form) != 1 {
			t.Fatalf("%s: %+v, %v, %+v", c.set, up, err, d.rec.writes())
		}
	}
	d.rec.forget()
	_, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(up.Object, func(c *normalize.Campaign) { c.BudgetAmount = dec("70") }, "budget_amount"))
	if providers.KindOf(err) != providers.Conflict || len(d.rec.writes()) != 0 {
		t.Errorf("a budget of an archived campaign: %v", err)
	}
	for status, want := range map[normalize.Status]string{normalize.StatusPaused: "PAUSED", normalize.StatusActive: "ACTIVE"} {
		c := theCampaign("asked to be " + want)
		c.Status = status
		if got := made(t, d.Campaigns, c); got.Status != status || d.stored(t, got.ID, "status")["status"] != want {
			t.Errorf("%+v", got)
		}
	}
}

func TestWriteCampaign_NoOpSendsNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	got := made(t, d.Campaigns, budgeted("no-op", "50"))
	d.rec.forget()
	for _, change := range []func(*normalize.Campaign){
		func(*normalize.Campaign) {},
		func(c *normalize.Campaign) { c.BudgetAmount = dec("50.00") },
		func(c *normalize.Campaign) { c.HasEUPoliticalAds = to(false) },
	} {
		up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, change, "name", "status", "goal", "budget_amount", "budget_period",
			"organization_id", "has_eu_political_ads", "bid_strategy.type", "category", "currency", "advertising_channel_type"))
		if err != nil || len(d.rec.writes()) != 0 || up.Object.ID != got.ID {
			t.Errorf("%v, sent %+v", err, d.rec.writes())
		}
	}
}

func TestWriteCampaign_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for field, change := range map[string]func(*normalize.Campaign){
		"name":                     func(c *normalize.Campaign) { c.Name = " " },
		"goal":                     func(c *normalize.Campaign) { c.Goal = normalize.GoalUnspecified },
		"status":                   func(c *normalize.Campaign) { c.Status = normalize.StatusDraft },
		"budget_amount":            func(c *normalize.Campaign) { c.BudgetAmount = dec("50.001") },
		"budget_period":            func(c *normalize.Campaign) { c.BudgetPeriod = normalize.BudgetPeriodMonthly },
		"currency":                 func(c *normalize.Campaign) { c.Currency = "USD" },
		"category":                 func(c *normalize.Campaign) { c.Category = "TOBACCO" },
		"advertising_channel_type": func(c *normalize.Campaign) { c.AdvertisingChannelType = normalize.ChannelSearch },
		"has_eu_political_ads":     func(c *normalize.Campaign) { c.HasEUPoliticalAds = to(true) },
		"bid_strategy.type": func(c *normalize.Campaign) {
			c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid}
		},
		"bid_strategy.target_roas": func(c *normalize.Campaign) {
			c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, TargetROAS: dec("2")}
		},
	} {
		c := budgeted("refused", "50")
		change(&c)
		_, err := d.Campaigns.Create(t.Context(), wanted(c))
		refusedAt(t, err, field)
	}
	for field, change := range map[string]func(*normalize.Campaign){
		"budget_period": func(c *normalize.Campaign) { c.BudgetPeriod = "" },
		"budget_amount": func(c *normalize.Campaign) { c.BudgetAmount = nil },
		"bid_strategy": func(c *normalize.Campaign) {
			c.BudgetAmount, c.BudgetPeriod = nil, ""
			c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
		},
	} {
		c := budgeted("refused", "50")
		change(&c)
		_, err := d.Campaigns.Create(t.Context(), wanted(c))
		refusedAt(t, err, field)
	}
	_, err := d.Campaigns.Create(t.Context(), wanted(budgeted("below the least", "0.01")))
	refusedAt(t, err, "budget_amount")
	if w := d.rec.writes(); len(w) != 0 {
		t.Errorf("sent %+v", w)
	}
	got := made(t, d.Campaigns, budgeted("fixed", "50"))
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Campaign){
		"goal":          func(c *normalize.Campaign) { c.Goal = normalize.GoalLeads },
		"budget_period": func(c *normalize.Campaign) { c.BudgetPeriod = normalize.BudgetPeriodLifetime },
		"budget_amount": func(c *normalize.Campaign) { c.BudgetAmount = nil },
		"id":            func(c *normalize.Campaign) { c.ID = "1" },
	} {
		_, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, change, field))
		refusedAt(t, err, field)
	}
	if w := d.rec.writes(); len(w) != 0 {
		t.Errorf("sent %+v", w)
	}
}

func TestWrite_DryRunChangesNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	names := func() int { return len(all(t, d.Campaigns, providers.ListQuery{Org: euros})) }
	before := names()
	w := wanted(budgeted("dry", "50"))
	w.DryRun = true
	got, err := d.Campaigns.Create(t.Context(), w)
	if err != nil || got.Checked != providers.CheckedByPlatform || got.Object.ID != "" || got.Object.Status != normalize.StatusPaused || names() != before {
		t.Errorf("%+v, %v", got, err)
	}
	c := made(t, d.Campaigns, budgeted("wet", "50"))
	p := patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("70") }, "budget_amount")
	p.DryRun = true
	if up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, p); err != nil || up.Checked != providers.CheckedByPlatform || up.Object.BudgetAmount.String() != "70" {
		t.Errorf("%+v, %v", up, err)
	}
	if s := d.stored(t, c.ID, "daily_budget"); s["daily_budget"] != "5000" {
		t.Errorf("a dry run changed %v", s)
	}
	if r, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, true); err != nil || r.Checked != providers.CheckedByRules {
		t.Errorf("%+v, %v", r, err)
	}
	if s := d.stored(t, c.ID, "status"); s["status"] != "PAUSED" {
		t.Errorf("a dry run deleted: %v", s)
	}
	g := wanted(theGroup(made(t, d.Campaigns, theCampaign("parent")).ID, "dry"))
	g.DryRun = true
	if got, err := d.Groups.Create(t.Context(), g); err != nil || got.Checked != providers.CheckedByPlatform {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWrite_Delete(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, theCampaign("to delete"))
	g := made(t, d.Groups, theGroup(c.ID, "to delete"))
	if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: g.ID}, false); providers.KindOf(err) != providers.NotFound {
		t.Errorf("an ad set deleted as a campaign: %v", err)
	}
	if r, err := d.Groups.Delete(t.Context(), providers.Ref{ID: g.ID}, false); err != nil || r.Effect != providers.EffectRemoved {
		t.Errorf("%+v, %v", r, err)
	}
	if got, err := d.Groups.Get(t.Context(), providers.Ref{ID: g.ID}); err != nil || got.EffectiveStatus != normalize.EffectiveStatusRemoved {
		t.Errorf("%+v, %v", got, err)
	}
	for _, id := range []string{g.ID, "120399999999999999", "x"} {
		if _, err := d.Groups.Delete(t.Context(), providers.Ref{ID: id}, false); providers.KindOf(err) != providers.NotFound {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false); err != nil {
		t.Error(err)
	}
}

// lost arms a connection that breaks after the simulator has done what it was asked for.
func (d pen) lose(t testing.TB, path string) {
	t.Helper()
	zero := int64(0)
	if err := d.sim.Fault(sim.Fault{Path: path, Method: http.MethodPost, CutAfterBytes: &zero}); err != nil {
		t.Fatal(err)
	}
}

func TestWrite_LostAnswerIsFound(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := made(t, d.Campaigns, theCampaign("parent"))
	group := made(t, d.Groups, theGroup(parent.ID, "parent"))
	creative := all(t, d.Creatives, providers.ListQuery{Org: euros})[0]
	lostThenFound(t, d, "/campaigns", d.Campaigns, budgeted("lost", "50"))
	lostThenFound(t, d, "/adsets", d.Groups, theGroup(parent.ID, "lost"))
	lostThenFound(t, d, "/ads", d.Ads, normalize.Ad{GroupID: group.ID, Name: "lost", CreativeIDs: []string{creative.ID}})
	lostThenFound(t, d, "/adcreatives", d.Creatives, theCreative("lost"))
}

func lostThenFound[T any](t *testing.T, d pen, path string, c providers.Collection[T], v T) {
	t.Helper()
	w := wanted(v)
	try := providers.Try{Since: d.sim.Now()}
	if found, err := c.Find(t.Context(), w, providers.Try{Since: try.Since, Until: d.sim.Now()}); err != nil || len(found) != 0 {
		t.Errorf("%s: found before it was made: %+v, %v", path, found, err)
	}
	d.rec.forget()
	d.lose(t, path)
	_, err := c.Create(t.Context(), w)
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !e.Uncertain || len(d.rec.writes()) != 1 {
		t.Errorf("%s: %v, sent %d times", path, err, len(d.rec.writes()))
	}
	try.Until = d.sim.Now()
	found, err := c.Find(t.Context(), w, try)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %+v, %v", path, found, err)
	}
	covers(t, v, found[0])
	if again, err := c.Find(t.Context(), w, providers.Try{Since: try.Since.Add(-3 * time.Hour), Until: try.Since.Add(-2 * time.Hour)}); path != "/adcreatives" && (err != nil || len(again) != 0) {
		t.Errorf("%s: found in another time: %+v, %v", path, again, err)
	}
}

func theCreative(name string) normalize.Creative {
	return normalize.Creative{
		OrganizationID: euros, Name: name, Title: "Headline", Body: "Text", LinkURL: "https://shop.example/winter", CTA: "SHOP_NOW",
		AssetURLs: []string{imageURL}, Promoted: []normalize.Promoted{{ID: thePage, Type: normalize.PromotedTypePageID}},
	}
}

func TestWrite_ErrorsAreNeverSwallowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status    int
		body      string
		kind      providers.Kind
		uncertain bool
	}{
		{400, `{"error":{"message":"Invalid parameter","code":100,"error_subcode":1885272,"error_data":"{\"blame_field_specs\":[[\"daily_budget\"]]}"}}`, providers.Rejected, false},
		{400, `{"error":{"message":"(#17) User request limit reached","code":17,"error_subcode":2446079}}`, providers.RateLimited, false},
		{400, `{"error":{"message":"An unexpected error has occurred","code":2,"is_transient":true}}`, providers.Unavailable, true},
		{500, `{"error":{"message":"An unknown error occurred","code":1}}`, providers.Unavailable, true},
		{200, `{"error":{"message":"An unknown error occurred","code":1}}`, providers.Unavailable, true},
		{200, `{"success":true}`, providers.Malformed, true},
		{200, `<html>`, providers.Malformed, true},
		{200, `{"id":""}`, providers.Malformed, true},
	} {
		s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(c.status, c.body)})
		o := budgeted("x", "50")
		o.OrganizationID = "1"
		_, err := s.Campaigns.Create(t.Context(), wanted(o))
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Kind != c.kind || e.Uncertain != c.uncertain || len(script.calls("act_1/campaigns")) != 1 {
			t.Errorf("%d %s: %v (%+v), %d calls", c.status, c.body, err, e, len(script.calls("act_1/campaigns")))
		}
		if c.kind == providers.Rejected && e.Field != "budget_amount" || strings.Contains(e.Error(), scriptToken) {
			t.Errorf("%+v", e)
		}
	}
}
