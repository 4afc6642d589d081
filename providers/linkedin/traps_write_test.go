package linkedin_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// raw changes an object behind the adapter's back.
func (d pen) raw(t testing.TB, path, patch string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.base+"/rest/"+path, strings.NewReader(patch))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{
		"Authorization": "Bearer " + d.token, "LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0", "X-RestLi-Method": "PARTIAL_UPDATE", "Content-Type": "application/json",
	} {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test's read
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
}

// Writes speak the version that reads have found to live.
func TestTrap01_WritesUseALivingVersion(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := withPen(t, sim.Options{LiveVersions: []string{"202608"}}, func(c *providers.Conn, deps *providers.Deps) {
		c.Settings = map[string]string{"api_version": "202511"}
		deps.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	made(t, d.Campaigns, theCampaign("on a living version"))
	for _, c := range d.sim.Calls() {
		if c.Method == http.MethodPost && c.Version != "202608" {
			t.Errorf("%+v", c)
		}
	}
	if !strings.Contains(log.String(), "202511") {
		t.Errorf("nobody was told: %q", log.String())
	}
}

// Objectives are singular on the wire.
func TestTrap06_ObjectivesAreWrittenSingular(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for goal, want := range map[normalize.Goal]string{
		normalize.GoalWebsiteTraffic: "WEBSITE_VISIT", normalize.GoalSales: "WEBSITE_CONVERSION", normalize.GoalLeads: "LEAD_GENERATION",
	} {
		d.rec.forget()
		parentFor(t, d, goal)
		if got := put(d.rec.writes()[0].body, "objectiveType"); got != want {
			t.Errorf("%s is sent as %s", goal, got)
		}
	}
}

// What a campaign of ours cannot say of itself is its groups' to say; its goal is copied to each of them.
func TestTrap07_TheGoalIsCopiedToEachGroup(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for _, name := range []string{"has_eu_political_ads", "bid_strategy", "targeting", "budget_max_amount"} {
		if _, ok := d.Campaigns.Writable(name); ok {
			t.Errorf("a campaign group takes %s", name)
		}
	}
	for goal, want := range map[normalize.Goal]string{normalize.GoalBrandAwareness: "BRAND_AWARENESS MAX_REACH", normalize.GoalEngagement: "ENGAGEMENT MAX_CLICK", normalize.GoalLeads: "LEAD_GENERATION MAX_LEAD"} {
		g := groupFor(t, d, goal, "")
		if s := d.storedGroup(t, euros, g.ID); put(s, "objectiveType")+" "+put(s, "optimizationTargetType") != want {
			t.Errorf("%s: %v", goal, s)
		}
	}
	// A campaign without a goal leaves it to what its groups are tuned to.
	g := theGroup(parentFor(t, d, "").ID, "video")
	g.OptimizationGoal = normalize.OptimizationGoalVideoViews
	if s := d.storedGroup(t, euros, made(t, d.Groups, g).ID); put(s, "objectiveType") != "VIDEO_VIEW" {
		t.Errorf("%v", s)
	}
}

// $set of targetingCriteria replaces all of it: what stands there and has no word of ours is written along.
func TestTrap08_TargetingIsReadModifiedWritten(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	got := groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	const facet = "urn:li:adTargetingFacet:"
	d.raw(t, "adAccounts/"+euros+"/adCampaigns/"+got.ID, `{"patch":{"$set":{"targetingCriteria":{"include":{"and":[
		{"or":{"`+facet+`profileLocations":["`+germany+`"]}},
		{"or":{"`+facet+`interfaceLocales":["urn:li:locale:de_DE"]}},
		{"or":{"`+facet+`jobFunctions":["urn:li:function:10"],"`+facet+`skills":["urn:li:skill:9"]}},
		{"or":{"`+facet+`employersPast":["urn:li:organization:77"]}},
		{"or":{"`+facet+`dynamicSegments":["urn:li:adSegment:5"],"`+facet+`audienceMatchingSegments":["urn:li:adSegment:6"]}},
		{"or":{"`+facet+`ageRanges":["urn:li:ageRange:(18,24)","urn:li:ageRange:(55,2147483647)"]}}]},
		"exclude":{"or":{"`+facet+`followedCompanies":["urn:li:organization:3"],"`+facet+`seniorities":["urn:li:seniority:1"]}}}}}}`)
	got, err := d.Groups.Get(t.Context(), providers.Ref{ID: got.ID})
	if err != nil {
		t.Fatal(err)
	}
	had := put(d.storedGroup(t, euros, got.ID), "targetingCriteria")
	update := func(change func(*normalize.Targeting), set ...string) {
		t.Helper()
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(g *normalize.Group) { change(g.Targeting) }, set...))
		if err != nil {
			t.Fatal(err)
		}
		got = up.Object
	}
	stored := func() string { return put(d.storedGroup(t, euros, got.ID), "targetingCriteria") }
	update(func(t *normalize.Targeting) {
		t.Professional = &normalize.ProfessionalTargeting{Skills: []normalize.TargetRef{{ID: "urn:li:skill:1"}}, ExcludedSeniorities: t.Professional.ExcludedSeniorities}
	}, "targeting.professional.skills")
	for _, part := range []string{
		`profileLocations":["` + germany, `interfaceLocales":["urn:li:locale:de_DE`, `jobFunctions":["urn:li:function:10"],"` + facet + `skills":["urn:li:skill:9"]`,
		`employersPast":["urn:li:organization:77`, `dynamicSegments":["urn:li:adSegment:5`, `ageRanges":["urn:li:ageRange:(18,24)","urn:li:ageRange:(55,`,
		`followedCompanies":["urn:li:organization:3`, `seniorities":["urn:li:seniority:1`, `{"or":{"` + facet + `skills":["urn:li:skill:1"]}}`,
	} {
		if !strings.Contains(stored(), part) {
			t.Errorf("%s is gone: %s", part, stored())
		}
	}
	update(func(t *normalize.Targeting) { t.Professional.Skills = nil }, "targeting.professional.skills") // null clears
	if stored() != had {
		t.Errorf("cleared: %s, was %s", stored(), had)
	}
	// Places stay where members live, a segment stays of its kind, and a combination in its facets.
	update(func(t *normalize.Targeting) {
		t.Geographic.Cities = []normalize.CityTarget{{ID: "urn:li:geo:106967730"}}
		t.Audience.CustomAudiences = append(t.Audience.CustomAudiences, normalize.TargetRef{ID: "urn:li:adSegment:8"})
		t.Audience.CombinationSpec = t.Audience.CombinationSpec[:2]
	}, "targeting.geographic.cities", "targeting.audience.custom_audiences", "targeting.audience.combination_spec")
	for _, part := range []string{
		`profileLocations":["` + germany + `","urn:li:geo:106967730"]`, `audienceMatchingSegments":["urn:li:adSegment:6","urn:li:adSegment:8"],"` + facet + `dynamicSegments":["urn:li:adSegment:5"]`,
		`jobFunctions":["urn:li:function:10"],"` + facet + `skills":["urn:li:skill:9"]`, `employersPast`, `followedCompanies`,
	} {
		if !strings.Contains(stored(), part) {
			t.Errorf("%s is gone: %s", part, stored())
		}
	}
	if strings.Contains(stored(), "ageRanges") {
		t.Errorf("the third combination stays: %s", stored())
	}
	// And a run keeps the end that is not named.
	end := d.sim.Now().UTC().Add(30 * 24 * time.Hour).Truncate(time.Second)
	g := theGroup(got.CampaignID, "run")
	g.StartAt, g.EndAt = to(d.sim.Now().UTC().Add(time.Hour).Truncate(time.Second)), &end
	g = made(t, d.Groups, g)
	up, err := d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, patched(g, func(g *normalize.Group) { g.StartAt = to(g.StartAt.Add(time.Hour)) }, "start_at"))
	if err != nil || up.Object.EndAt == nil || !up.Object.EndAt.Equal(end) {
		t.Errorf("%+v, %v", up.Object.EndAt, err)
	}
}

// The price goes along with every change of the target: 0 for an automatic bid.
func TestTrap11_UnitCostGoesWithTheTarget(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	const eur = `,"currencyCode":"EUR"}`
	for _, c := range []struct {
		want   string
		change func(*normalize.Group)
		set    []string
	}{
		{`{"costType":"CPC","optimizationTargetType":"NONE","unitCost":{"amount":"4.5"` + eur + `}`, func(g *normalize.Group) {
			g.BidStrategy.Type, g.BidStrategy.FixedBidAmount = normalize.BidStrategyTypeFixedBid, dec("4.5")
		}, []string{"bid_strategy.type", "bid_strategy.fixed_bid_amount"}},
		{`{"unitCost":{"amount":"5"` + eur + `}`, func(g *normalize.Group) { g.BidAmount = dec("5") }, []string{"bid_amount"}},
		{`{"costType":"CPM","optimizationTargetType":"CAP_COST_AND_MAXIMIZE_CLICKS","unitCost":{"amount":"3"` + eur + `}`, func(g *normalize.Group) {
			g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpc, PerformanceGoalAmount: dec("3"), FixedBidAmount: dec("5")}
		}, []string{"bid_strategy.type", "bid_strategy.performance_goal_type", "bid_strategy.performance_goal_amount"}},
		{`{"optimizationTargetType":"MAX_CLICK","unitCost":{"amount":"0"` + eur + `}`, func(g *normalize.Group) { g.BidStrategy.Type = normalize.BidStrategyTypeMaximizeSpend }, []string{"bid_strategy.type"}},
	} {
		d.rec.forget()
		up, err := d.Groups.Update(t.Context(), providers.Ref{ID: g.ID}, patched(g, c.change, c.set...))
		if err != nil || len(d.rec.writes()) != 1 || string(d.rec.writes()[0].raw) != `{"patch":{"$set":`+c.want+`}}` {
			t.Fatalf("%v\n%s", err, d.rec.text())
		}
		g = up.Object
	}
	// Also where it stays what it was.
	reach := groupFor(t, d, normalize.GoalBrandAwareness, "")
	d.rec.forget()
	_, err := d.Groups.Update(t.Context(), providers.Ref{ID: reach.ID}, patched(reach, func(g *normalize.Group) { g.OptimizationGoal = normalize.OptimizationGoalImpressions }, "optimization_goal"))
	if err != nil || string(d.rec.writes()[0].raw) != `{"patch":{"$set":{"optimizationTargetType":"MAX_IMPRESSION","unitCost":{"amount":"0"`+eur+`}}}` {
		t.Errorf("%v\n%s", err, d.rec.text())
	}
	if g.BidAmount != nil || g.BidStrategy.PerformanceGoalAmount != nil {
		t.Errorf("%+v", g.BidStrategy)
	}
}

// The declaration is asked for by name, and never made by us.
func TestTrap12_PoliticalIntentIsAskedFor(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := parentFor(t, d, normalize.GoalWebsiteTraffic)
	f, ok := d.Groups.Writable("has_eu_political_ads")
	if !ok || !f.Required || f.Clear {
		t.Errorf("%+v", f)
	}
	for declared, want := range map[bool]string{true: "POLITICAL", false: "NOT_POLITICAL"} {
		g := theGroup(parent.ID, want)
		g.HasEUPoliticalAds = to(declared)
		if got := made(t, d.Groups, g); *got.HasEUPoliticalAds != declared || put(d.storedGroup(t, euros, got.ID), "politicalIntent") != want {
			t.Errorf("%+v", got)
		}
	}
	g := theGroup(parent.ID, "silent")
	g.HasEUPoliticalAds = nil
	d.rec.forget()
	_, err := d.Groups.Create(t.Context(), wanted(g))
	refusedAt(t, err, "has_eu_political_ads")
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}

// Ids past 2^53 come back whole from a header, encoded or not, of an answer without a body.
func TestTrap15_IdsOfWhatWasMade(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := theCampaign("past 2^53")
	c.OrganizationID = dollars
	got := made(t, d.Campaigns, c)
	if again, err := d.Campaigns.Get(t.Context(), providers.Ref{Org: dollars, ID: got.ID}); err != nil || again.Name != c.Name {
		t.Errorf("%+v, %v", again, err)
	}
	for header, want := range map[string]string{
		"9007199254740993": "9007199254740993", "urn%3Ali%3AsponsoredCampaignGroup%3A9007199254740993": "9007199254740993", "urn:li:sponsoredCampaignGroup:7": "7",
		"urn:li:sponsoredCampaign:7": "", "": "", "x": "",
	} {
		s, _ := headed(t, map[string]string{"X-RestLi-Id": header}, map[string]string{
			"adAccounts/1":                          `{"id":1,"currency":"EUR"}`,
			"adAccounts/1/adCampaignGroups/" + want: `{"id":` + want + `,"name":"a","status":"ACTIVE","objectiveType":"WEBSITE_VISIT"}`,
		})
		o := theCampaign("a")
		o.OrganizationID, o.Status = "1", normalize.StatusActive
		w, err := s.Campaigns.Create(t.Context(), wanted(o))
		if e, failed := errors.AsType[*providers.Error](err); failed != (want == "") || failed && !e.Uncertain || w.Object.ID != want {
			t.Errorf("%q: %+v, %v", header, w.Object, err)
		}
	}
}

// Runs are instants, whatever the zone that they are said in.
func TestTrap22_RunsAreWrittenInUTC(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	zone := time.FixedZone("Kathmandu", 5*3600+45*60)
	start := d.sim.Now().Add(26 * time.Hour).Truncate(time.Second).In(zone)
	c := theCampaign("in Kathmandu")
	c.StartAt = &start
	got := made(t, d.Campaigns, c)
	if !got.StartAt.Equal(start) || got.StartAt.Location() != time.UTC || put(d.storedCampaign(t, euros, got.ID), "runSchedule.start") != put(map[string]any{"t": start.UnixMilli()}, "t") {
		t.Errorf("%v, asked for %v", got.StartAt, start)
	}
}

// A new token may be refused for seconds: reads wait for it, and a write that meets it has changed nothing and may be sent again.
func TestTrap24_AWriteWithANewToken(t *testing.T) {
	t.Parallel()
	refusals := 1
	s, script := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1": answer(200, `{"id":1,"currency":"EUR"}`),
		"adAccounts/1/adCampaignGroups": func(string) (int, string) {
			if refusals--; refusals >= 0 {
				return 401, `{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"The token used in the request has been revoked by the user"}`
			}
			return 400, `{"status":400,"code":"FIELD_VALUE_TOO_LOW","message":"reached"}`
		},
	}, func(c *providers.Conn, _ *providers.Deps) {
		c.Tokens = &staticTokens{token: "token-of-the-script", obtained: scriptNow.Add(-10 * time.Second)}
	})
	o := theCampaign("young")
	o.OrganizationID = "1"
	_, err := s.Campaigns.Create(t.Context(), wanted(o))
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !e.Retryable() || e.Uncertain || e.Kind == providers.Unauthorized || len(script.calls("adAccounts/1/adCampaignGroups")) != 1 {
		t.Errorf("%+v", e)
	}
	if _, err := s.Campaigns.Create(t.Context(), wanted(o)); err == nil || !strings.Contains(err.Error(), "reached") {
		t.Errorf("%v", err)
	}
}

// A post is made under another permission than an ad: the refusal says which.
func TestTrap26_MakingAPostNeedsAnotherScope(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts":                 answer(200, `{"elements":[{"id":1}]}`),
		"adAccounts/1/adCampaigns/7": answer(200, `{"id":7,"status":"PAUSED","type":"SPONSORED_UPDATES","objectiveType":"WEBSITE_VISIT","campaignGroup":"urn:li:sponsoredCampaignGroup:3"}`),
		"adAccounts/1/creatives":     answer(403, `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901"}`),
	})
	_, err := s.Creatives.Create(t.Context(), wanted(theCreative("7", "no scope")))
	if providers.KindOf(err) != providers.Forbidden || !strings.Contains(err.Error(), "w_organization_social") {
		t.Errorf("%v", err)
	}
}

// Budgets are in the account's own currency, also where another one is billed.
func TestTrap28_BudgetsAreInTheAccountsCurrency(t *testing.T) {
	t.Parallel()
	s, sent := headed(t, map[string]string{"X-RestLi-Id": "7"}, map[string]string{
		"adAccounts/1": `{"id":1,"currency":"BRL"}`, "adAccounts/1/adCampaignGroups/7": `{"id":7,"name":"a","status":"ACTIVE","objectiveType":"WEBSITE_VISIT"}`,
	})
	o := budgeted("a", "50")
	o.OrganizationID, o.Status = "1", normalize.StatusActive
	if _, err := s.Campaigns.Create(t.Context(), wanted(o)); err != nil || !strings.Contains(sent(), `"dailyBudget":{"amount":"50","currencyCode":"BRL"}`) {
		t.Errorf("%v, sent %s", err, sent())
	}
	o.Currency = "USD"
	_, err := s.Campaigns.Create(t.Context(), wanted(o))
	refusedAt(t, err, "currency")
}

// A throttled write was not done, and is not sent again by us.
func TestTrap29_AThrottledWriteIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	if err := d.sim.Fault(sim.Fault{Path: "/adCampaignGroups", Method: http.MethodPost, Status: 429, Body: []byte(`{"status":429,"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached."}`)}); err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	_, err := d.Campaigns.Create(t.Context(), wanted(theCampaign("throttled")))
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.RateLimited || e.Uncertain || len(d.rec.writes()) != 1 {
		t.Errorf("%+v\n%s", e, d.rec.text())
	}
}
