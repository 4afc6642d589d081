package google_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google/sim"
)

// One part that Google refuses leaves nothing of the others behind.
func TestARefusedPartLeavesNothingBehind(t *testing.T) {
	w := writing(t, 0, smallWorld)
	budgets := func() string {
		return w.stored(t, "SELECT campaign_budget.id FROM campaign_budget ORDER BY campaign_budget.id DESC LIMIT 1")
	}
	before, campaigns := budgets(), len(all(t, w.Campaigns, providers.ListQuery{Org: w.org}))
	o := searchCampaign("Half")
	o.Targeting = &normalize.Targeting{Content: &normalize.ContentTargeting{ExcludedKeywords: []normalize.Keyword{{Text: "!!!", MatchType: normalize.MatchTypeExact}}}}
	_, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o})
	if err == nil || uncertain(err) || blamedOf(err) != "targeting.content" {
		t.Errorf("%v of %s", err, blamedOf(err))
	}
	if n := len(all(t, w.Campaigns, providers.ListQuery{Org: w.org})); n != campaigns || budgets() != before {
		t.Errorf("%d campaigns, then %d; budgets %s, then %s", campaigns, n, before, budgets())
	}
	parent := w.manual(t)
	_, err = w.Groups.Create(t.Context(), providers.Write[normalize.Group]{Org: w.org, Object: normalize.Group{CampaignID: parent.ID, Name: "Half", Targeting: &normalize.Targeting{
		Content: &normalize.ContentTargeting{Keywords: []normalize.Keyword{{Text: "!!!", MatchType: normalize.MatchTypeExact}}},
	}}})
	if err == nil || uncertain(err) || blamedOf(err) != "targeting.content" {
		t.Errorf("%v of %s", err, blamedOf(err))
	}
	if list := all(t, w.Groups, providers.ListQuery{Org: w.org, Campaign: parent.ID}); len(list) > 0 {
		t.Errorf("left: %s", jsonOf(t, list))
	}
}

// What Google answers decides whether a write may have been done.
func TestOnlyWhatMayHaveBeenDoneIsUncertain(t *testing.T) {
	for name, x := range map[string]struct {
		fault     sim.Fault
		kind      providers.Kind
		uncertain bool
		made      bool
	}{
		"done, and the answer cut": {sim.Fault{CutAfterBytes: to(int64(20))}, providers.Malformed, true, true},
		"failed within":            {sim.Fault{Status: 500, Body: json.RawMessage(adsFailure(500, "internalError", "TRANSIENT_ERROR", ""))}, providers.Unavailable, true, false},
		"a gateway's page":         {sim.Fault{Status: 502, Body: json.RawMessage(`"<html>"`)}, providers.Unavailable, true, false},
		"too much":                 {sim.Fault{Status: 429, Body: json.RawMessage(adsFailure(429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", ""))}, providers.RateLimited, false, false},
		"two at once":              {sim.Fault{Status: 400, Body: json.RawMessage(adsFailure(400, "databaseError", "CONCURRENT_MODIFICATION", ""))}, providers.Conflict, false, false},
		"refused":                  {sim.Fault{Status: 400, Body: json.RawMessage(adsFailure(400, "policyFindingError", "POLICY_FINDING", ""))}, providers.Rejected, false, false},
		"an answer to nothing":     {sim.Fault{Status: 200, Body: json.RawMessage(`{"mutateOperationResponses":[{}]}`)}, providers.Malformed, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := writing(t, 0, smallWorld)
			x.fault.Path = "googleAds:mutate"
			if err := w.sim.Fault(x.fault); err != nil {
				t.Fatal(err)
			}
			in := providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Perhaps")}
			_, err := w.Campaigns.Create(t.Context(), in)
			if providers.KindOf(err) != x.kind || uncertain(err) != x.uncertain {
				t.Errorf("kind %v, uncertain %v: %v", providers.KindOf(err), uncertain(err), err)
			}
			if n := len(w.sent.take()); n != 1 {
				t.Errorf("sent %d times", n)
			}
			found, err := w.Campaigns.Find(t.Context(), in, providers.Try{})
			if err != nil || (len(found) == 1) != x.made {
				t.Errorf("found %s %v", jsonOf(t, found), err)
			}
		})
	}
}

func TestWhatIsWrittenAndCannotBeReadIsUncertain(t *testing.T) {
	w := writing(t, 0, smallWorld)
	in := providers.Write[normalize.Campaign]{Org: w.org, Object: searchCampaign("Unread")}
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:search", Query: "campaign.start_date_time", Status: 403, Body: json.RawMessage(adsFailure(403, "authorizationError", "ACTION_NOT_PERMITTED", ""))}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Campaigns.Create(t.Context(), in)
	if !uncertain(err) || !strings.Contains(err.Error(), "is written") {
		t.Fatal(err)
	}
	if found, err := w.Campaigns.Find(t.Context(), in, providers.Try{}); err != nil || len(found) != 1 {
		t.Errorf("%s %v", jsonOf(t, found), err)
	}
}

// A campaign is removed before its budget can be: what is left then is named.
func TestABudgetThatIsLeftIsNamed(t *testing.T) {
	w := writing(t, 0, smallWorld)
	c := w.campaign(t, searchCampaign("Half removed"))
	if err := w.sim.Fault(sim.Fault{Path: "googleAds:mutate", After: 1, Status: 400, Body: json.RawMessage(adsFailure(400, "campaignBudgetError", "CAMPAIGN_BUDGET_IN_USE", ""))}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Campaigns.Delete(t.Context(), providers.Ref{Org: w.org, ID: c.ID}, false)
	if err == nil || !strings.Contains(err.Error(), c.CampaignBudgetIdentifier) || !strings.Contains(err.Error(), "is removed") {
		t.Error(err)
	}
}

func TestASharedBudgetNamesWhoSharesIt(t *testing.T) {
	w := writing(t, 0, sim.Options{Seed: 1, HistoryDays: 1})
	byBudget := map[string][]normalize.Campaign{}
	list := all(t, w.Campaigns, providers.ListQuery{Org: w.org})
	for _, c := range list {
		byBudget[c.CampaignBudgetIdentifier] = append(byBudget[c.CampaignBudgetIdentifier], c)
	}
	shared := 0
	for _, c := range list {
		if c.BudgetAmount == nil {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(byBudget[c.CampaignBudgetIdentifier]), func(x normalize.Campaign) bool { return x.ID == c.ID })
		_, err := w.patch(t, c, []string{"budget_amount"}, func(o *normalize.Campaign) { o.BudgetAmount = to(c.BudgetAmount.Add(*dec("1"))) }, false)
		if len(others) == 0 {
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
			continue
		}
		shared++
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Kind != providers.Conflict || e.Field != "budget_amount" || !strings.Contains(e.Message, others[0].ID) || strings.Contains(e.Message, c.ID) {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	if shared == 0 {
		t.Error("no campaign of the simulator's has a shared budget")
	}
}

func TestATargetMayBeGivenAsKPI(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Targeted")
	o.KPI = &normalize.GoalKPI{Type: normalize.GoalKPITypeCpa, Amount: dec("12.5")}
	c := w.campaign(t, o)
	if c.BidStrategy == nil || c.BidStrategy.Type != normalize.BidStrategyTypePerformanceGoal || c.BidStrategy.PerformanceGoalAmount.String() != "12.5" {
		t.Errorf("bids as %s", jsonOf(t, c.BidStrategy))
	}
	got, err := w.patch(t, c, []string{"kpi"}, func(o *normalize.Campaign) { o.KPI = nil }, false)
	if err != nil || got.Object.KPI != nil || got.Object.BidStrategy.Type != normalize.BidStrategyTypeMaximizeSpend || got.Object.BidStrategy.PerformanceGoalType != normalize.PerformanceGoalTypeCpa {
		t.Errorf("without its target it bids as %s: %v", jsonOf(t, got.Object.BidStrategy), err)
	}
	o.Name, o.BidStrategy = "Twice", &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: dec("13")}
	if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o}); blamedOf(err) != "kpi" {
		t.Errorf("two targets: %v", err)
	}
	o.BidStrategy, o.KPI = nil, &normalize.GoalKPI{Type: normalize.GoalKPITypeCPM, Amount: dec("3")}
	if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o}); blamedOf(err) != "kpi.type" {
		t.Errorf("a target that Google has not: %v", err)
	}
}

func TestAnAccountIsRenamed(t *testing.T) {
	w := writing(t, 0, smallWorld)
	before, err := w.Organizations.Get(t.Context(), providers.Ref{ID: w.org})
	if err != nil {
		t.Fatal(err)
	}
	rename := func(name string, dry bool) (providers.Written[normalize.Organization], error) {
		after := before
		after.Name = name
		return w.Organizations.Update(t.Context(), providers.Ref{ID: w.org}, providers.Write[normalize.Organization]{Object: after, Before: &before, Set: []string{"name"}, DryRun: dry})
	}
	if got, err := rename("Dry", true); err != nil || got.Checked != providers.CheckedByPlatform {
		t.Fatal(got, err)
	}
	if now := w.stored(t, "SELECT customer.descriptive_name FROM customer"); !strings.Contains(now, jsonOf(t, before.Name)) {
		t.Errorf("a dry run renames: %s", now)
	}
	got, err := rename("Acme & Söhne", false)
	if err != nil || got.Object.Name != "Acme & Söhne" || got.Object.Currency != before.Currency {
		t.Fatalf("%s %v", jsonOf(t, got.Object), err)
	}
	if now := w.stored(t, "SELECT customer.descriptive_name FROM customer"); !strings.Contains(now, "Acme & Söhne") && !strings.Contains(now, `Acme \u0026 Söhne`) {
		t.Error(now)
	}
	w.sent.take()
	if _, err := rename(before.Name, false); err != nil || len(w.sent.take()) > 0 {
		t.Errorf("what does not differ is sent: %v", err)
	}
	if _, err := rename(" ", false); blamedOf(err) != "name" {
		t.Error(err)
	}
}

func TestDisplayCreatives(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Display")
	o.AdvertisingChannelType = normalize.ChannelDisplay
	g := w.group(t, normalize.Group{CampaignID: w.campaign(t, o).ID, Name: "Display"})
	wide, square, odd := w.image(t, "wide", 600, 314), w.image(t, "square", 300, 300), w.image(t, "odd", 400, 300)
	data := func(business string, images ...string) string {
		return jsonOf(t, map[string]any{"images": images, "business_name": business})
	}
	base := normalize.Creative{GroupID: g.ID, LinkURL: "https://shop.example/", Title: "Sale", Body: "Order today.", CTA: "SHOP_NOW", Data: data("Acme", wide, square),
		Texts: &normalize.CreativeTexts{LongHeadlines: []string{"Everything for the winter"}}}
	w.sent.take()
	c := w.creative(t, base)
	if c.CreativeType != normalize.CreativeTypeAssetBased || c.Title != "Sale" || c.Body != "Order today." || c.CTA != "SHOP_NOW" || len(c.AssetURLs) != 2 || !slices.Equal(c.Texts.LongHeadlines, base.Texts.LongHeadlines) {
		t.Errorf("read back %s", jsonOf(t, c))
	}
	w.sent.take()
	for name, x := range map[string]struct {
		field  string
		change func(*normalize.Creative)
	}{
		"no image":       {"data", func(o *normalize.Creative) { o.Data = data("Acme") }},
		"no square":      {"data", func(o *normalize.Creative) { o.Data = data("Acme", wide) }},
		"another shape":  {"data", func(o *normalize.Creative) { o.Data = data("Acme", wide, square, odd) }},
		"no such image":  {"data", func(o *normalize.Creative) { o.Data = data("Acme", wide, square, "1") }},
		"no business":    {"data", func(o *normalize.Creative) { o.Data = data("", wide, square) }},
		"no JSON":        {"data", func(o *normalize.Creative) { o.Data = "{" }},
		"something else": {"data", func(o *normalize.Creative) { o.Data = `{"videos":[]}` }},
		"no long one":    {"texts.long_headlines", func(o *normalize.Creative) { o.Texts = nil }},
		"a path":         {"path1", func(o *normalize.Creative) { o.Path1 = "x" }},
		"a name":         {"name", func(o *normalize.Creative) { o.Name = "x" }},
		"a video":        {"creative_type", func(o *normalize.Creative) { o.CreativeType = normalize.CreativeTypeVideo }},
		"nameless image": {"name", func(o *normalize.Creative) {
			*o = normalize.Creative{GroupID: g.ID, LinkURL: o.LinkURL, CreativeType: normalize.CreativeTypeImage, Data: `{"images":["` + square + `"]}`}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := base
			x.change(&o)
			if _, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o}); blamedOf(err) != x.field || len(w.sent.take()) > 0 {
				t.Errorf("%v of %s", err, blamedOf(err))
			}
		})
	}
}

func TestCreativesOfDemandGen(t *testing.T) {
	w := writing(t, 0, smallWorld)
	o := searchCampaign("Feed")
	o.AdvertisingChannelType = normalize.ChannelNative
	g := w.group(t, normalize.Group{CampaignID: w.campaign(t, o).ID, Name: "Feed"})
	wide, logo, odd := w.image(t, "wide", 1200, 628), w.image(t, "logo", 128, 128), w.image(t, "odd", 300, 200)
	data := func(images, logos []string) string {
		return jsonOf(t, map[string]any{"images": images, "logos": logos, "business_name": "Acme"})
	}
	base := normalize.Creative{GroupID: g.ID, Name: "A feed", LinkURL: "https://shop.example/", Title: "Sale", Body: "Order today.", CTA: "LEARN_MORE", Data: data([]string{wide}, []string{logo})}
	w.sent.take()
	c := w.creative(t, base)
	if c.CreativeType != normalize.CreativeTypeAssetBased || c.Name != base.Name || c.Title != "Sale" || c.Body != "Order today." || c.CTA != "LEARN_MORE" || len(c.AssetURLs) != 2 {
		t.Errorf("read back %s", jsonOf(t, c))
	}
	w.sent.take()
	for name, data := range map[string]string{
		"no image": data(nil, []string{logo}), "no logo": data([]string{wide}, nil), "another shape": data([]string{odd}, []string{logo}), "a logo that is wide": data([]string{wide}, []string{wide}),
	} {
		o := base
		o.Data = data
		if _, err := w.Creatives.Create(t.Context(), providers.Write[normalize.Creative]{Org: w.org, Object: o}); blamedOf(err) != "data" || len(w.sent.take()) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.patchCreative(t, c, []string{"title"}, func(o *normalize.Creative) { o.Title = "Another" }); blamedOf(err) != "texts.titles" || len(w.sent.take()) > 0 {
		t.Errorf("what it shows is not changed: %v", err)
	}
}
