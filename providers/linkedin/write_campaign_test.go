package linkedin_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestWriteCampaign_RoundTrip(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	start := d.sim.Now().UTC().Add(time.Hour).Truncate(time.Second)
	asked := budgeted("Winter “Sale” 100% 🎿", "50.25")
	asked.BudgetUnit, asked.Currency, asked.AdvertisingChannelType = normalize.BudgetUnitCurrency, "EUR", normalize.ChannelSocial
	asked.StartAt, asked.EndAt = to(start), to(start.Add(30*24*time.Hour))
	got := made(t, d.Campaigns, asked)
	covers(t, asked, got)
	if got.Status != normalize.StatusPaused || got.EffectiveStatus != normalize.EffectiveStatusPaused {
		t.Errorf("a new campaign is %s, %s", got.Status, got.EffectiveStatus)
	}
	s := d.storedCampaign(t, euros, got.ID)
	if put(s, "dailyBudget.amount") != "50.25" || put(s, "status") != "PAUSED" || put(s, "objectiveType") != "WEBSITE_VISIT" {
		t.Errorf("stored %v", s)
	}
	if again, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: got.ID}); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("%+v, %v", again, err)
	}
	for _, c := range []struct {
		set    string
		want   string // what is sent
		change func(*normalize.Campaign)
	}{
		{"name", `{"patch":{"$set":{"name":"new"}}}`, func(c *normalize.Campaign) { c.Name = "new" }},
		{"budget_amount", `{"patch":{"$set":{"dailyBudget":{"amount":"60","currencyCode":"EUR"}}}}`, func(c *normalize.Campaign) { c.BudgetAmount = dec("60") }},
		{"end_at", `{"patch":{"runSchedule":{"$delete":["end"]}}}`, func(c *normalize.Campaign) { c.EndAt = nil }},
		{"status", `{"patch":{"$set":{"status":"ACTIVE"}}}`, func(c *normalize.Campaign) { c.Status = normalize.StatusActive }},
		{"budget_amount", `{"patch":{"$delete":["dailyBudget","budgetOptimization"]}}`, func(c *normalize.Campaign) { c.BudgetAmount = nil }},
		{"status", `{"patch":{"$set":{"status":"PAUSED"}}}`, func(c *normalize.Campaign) { c.Status = normalize.StatusPaused }},
		{"status", `{"patch":{"$set":{"status":"ARCHIVED"}}}`, func(c *normalize.Campaign) { c.Status = normalize.StatusArchived }},
		{"status", `{"patch":{"$set":{"status":"PAUSED"}}}`, func(c *normalize.Campaign) { c.Status = normalize.StatusPaused }},
	} {
		d.rec.forget()
		p := patched(got, c.change, c.set)
		up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, p)
		if err != nil || len(d.rec.writes()) != 1 || string(d.rec.writes()[0].raw) != c.want {
			t.Fatalf("%s: %+v, %v\n%s", c.set, up, err, d.rec.text())
		}
		if c.want != `{"patch":{"$delete":["dailyBudget","budgetOptimization"]}}` {
			covers(t, facts(p.Object), facts(up.Object))
		} else if up.Object.BudgetAmount != nil || up.Object.BudgetPeriod != "" {
			t.Errorf("the budget stays: %+v", up.Object)
		}
		got = up.Object
	}
}

// facts is a campaign without what moves by itself.
func facts(c normalize.Campaign) normalize.Campaign {
	c.EffectiveStatus, c.UpdatedAt = "", nil
	return c
}

func TestWriteCampaign_BirthStatus(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for asked, want := range map[normalize.Status]string{"": "PAUSED", normalize.StatusPaused: "PAUSED", normalize.StatusActive: "ACTIVE", normalize.StatusDraft: "DRAFT"} {
		c := theCampaign("asked to be " + string(asked))
		c.Status = asked
		got := made(t, d.Campaigns, c)
		if string(got.Status) != want || put(d.storedCampaign(t, euros, got.ID), "status") != want {
			t.Errorf("%q: %+v", asked, got)
		}
	}
	for goal, want := range map[normalize.Goal]string{normalize.GoalReach: "BRAND_AWARENESS", normalize.GoalLeads: "LEAD_GENERATION", normalize.GoalSales: "WEBSITE_CONVERSION",
		normalize.GoalEngagement: "ENGAGEMENT", normalize.GoalUnspecified: "", "": ""} {
		c := theCampaign("for " + string(goal))
		c.Goal = goal
		if got := made(t, d.Campaigns, c); put(d.storedCampaign(t, euros, got.ID), "objectiveType") != want {
			t.Errorf("%s: %+v", goal, got)
		}
	}
	c := theCampaign("for video views")
	c.Goal, c.KPI = normalize.GoalEngagement, &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}
	got := made(t, d.Campaigns, c)
	covers(t, c, got)
	if put(d.storedCampaign(t, euros, got.ID), "objectiveType") != "VIDEO_VIEW" {
		t.Errorf("%+v", got)
	}
}

// A budget for the whole run goes with its end; what is new comes in the order that LinkedIn wants.
func TestWriteCampaign_LifetimeBudget(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	end := d.sim.Now().UTC().Add(40 * 24 * time.Hour).Truncate(time.Second)
	c := theCampaign("lifetime")
	c.BudgetAmount, c.BudgetPeriod = dec("5000"), normalize.BudgetPeriodTotal
	_, err := d.Campaigns.Create(t.Context(), wanted(c))
	refusedAt(t, err, "end_at")
	c.EndAt = &end
	got := made(t, d.Campaigns, c)
	if got.BudgetPeriod != normalize.BudgetPeriodLifetime || put(d.storedCampaign(t, euros, got.ID), "totalBudget.amount") != "5000" {
		t.Errorf("%+v", got)
	}
	bare := made(t, d.Campaigns, theCampaign("bare"))
	d.rec.forget()
	grow := patched(bare, func(c *normalize.Campaign) {
		c.BudgetAmount, c.BudgetPeriod, c.EndAt = dec("700"), normalize.BudgetPeriodLifetime, &end
	}, "budget_amount", "budget_period", "end_at")
	up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: bare.ID}, grow)
	w := d.rec.writes()
	if err != nil || len(w) != 2 || put(w[0].body, "patch.runSchedule.$set.end") == "" || put(w[1].body, "patch.$set.totalBudget.amount") != "700" || !up.Object.EndAt.Equal(end) {
		t.Fatalf("%+v, %v\n%s", up.Object, err, d.rec.text())
	}
	// The same, where LinkedIn refuses the second half: the first one is taken back.
	other := made(t, d.Campaigns, theCampaign("half"))
	refuse(t, d, "/adCampaignGroups/"+other.ID, 1, 1)
	grow.Before, grow.Object.ID, grow.Object.StartAt = &other, other.ID, other.StartAt
	_, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: other.ID}, grow)
	if s := d.storedCampaign(t, euros, other.ID); providers.KindOf(err) != providers.Rejected || put(s, "runSchedule.end") != "" || put(s, "totalBudget") != "" {
		t.Errorf("%v, stored %v", err, s)
	}
	// … and where it cannot be taken back, that is said.
	refuse(t, d, "/adCampaignGroups/"+other.ID, 1, -1)
	_, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: other.ID}, grow)
	if e, ok := errors.AsType[*providers.Error](err); !ok || !e.Uncertain || !strings.Contains(e.Message, "could not be put back") || !strings.Contains(e.Message, other.ID) {
		t.Errorf("%+v", e)
	}
	d.sim.ClearFaults()
	// From one period to the other in one call.
	daily := made(t, d.Campaigns, budgeted("daily", "20"))
	d.rec.forget()
	up, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: daily.ID}, patched(daily, grow2(end), "budget_amount", "budget_period", "end_at"))
	s := d.storedCampaign(t, euros, daily.ID)
	if err != nil || put(s, "dailyBudget") != "" || put(s, "budgetOptimization") != "" || put(s, "totalBudget.amount") != "900" || up.Object.BudgetPeriod != normalize.BudgetPeriodLifetime {
		t.Errorf("%v, stored %v", err, s)
	}
}

func grow2(end time.Time) func(*normalize.Campaign) {
	return func(c *normalize.Campaign) {
		c.BudgetAmount, c.BudgetPeriod, c.EndAt = dec("900"), normalize.BudgetPeriodLifetime, &end
	}
}

// refuse arms a refusal of writes, after some have been let through.
func refuse(t testing.TB, d pen, path string, after, times int) {
	t.Helper()
	f := sim.Fault{Path: path, Method: http.MethodPost, Status: 400, After: after, Body: []byte(`{"status":400,"code":"FIELD_VALUE_TOO_LOW","message":"refused by the test"}`)}
	if f.Times = times; times == 1 {
		f.Times = 0
	}
	if err := d.sim.Fault(f); err != nil {
		t.Fatal(err)
	}
}

// When a campaign cannot be paused once it is made, it does not stay.
func TestWriteCampaign_TakenBack(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	refuse(t, d, "/adCampaignGroups/", 0, 1)
	_, err := d.Campaigns.Create(t.Context(), wanted(theCampaign("half made")))
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.Rejected || e.Uncertain || !strings.Contains(e.Message, "deleted again") {
		t.Fatalf("%v", err)
	}
	for _, c := range all(t, d.Campaigns, providers.ListQuery{Org: euros}) {
		if c.Name == "half made" && c.EffectiveStatus != normalize.EffectiveStatusRemoved {
			t.Errorf("it stays: %+v", c)
		}
	}
	if found, err := d.Campaigns.Find(t.Context(), wanted(theCampaign("half made")), providers.Try{Since: d.sim.Now().Add(-time.Minute), Until: d.sim.Now()}); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	refuse(t, d, "/adCampaignGroups/", 0, -1)
	_, err = d.Campaigns.Create(t.Context(), wanted(theCampaign("stays")))
	e, ok = errors.AsType[*providers.Error](err)
	if !ok || !e.Uncertain || !strings.Contains(e.Message, "could not be taken back") {
		t.Fatalf("%v", err)
	}
	found, err := d.Campaigns.Find(t.Context(), wanted(theCampaign("stays")), providers.Try{Since: d.sim.Now().Add(-time.Minute), Until: d.sim.Now()})
	if err != nil || len(found) != 1 || !strings.Contains(e.Message, found[0].ID) {
		t.Errorf("found %+v, %v; %s", found, err, e.Message)
	}
}

func TestWriteCampaign_NoOpSendsNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	asked := budgeted("no-op", "50")
	asked.EndAt = to(d.sim.Now().UTC().Add(100 * time.Hour).Truncate(time.Second))
	got := made(t, d.Campaigns, asked)
	d.rec.forget()
	for _, change := range []func(*normalize.Campaign){
		func(*normalize.Campaign) {},
		func(c *normalize.Campaign) { c.BudgetAmount = dec("50.00") },
	} {
		up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, change, "name", "status", "goal", "budget_amount", "budget_period",
			"budget_unit", "organization_id", "currency", "advertising_channel_type", "start_at", "end_at"))
		if err != nil || len(d.rec.writes()) != 0 || !reflect.DeepEqual(up.Object, got) {
			t.Errorf("%v, sent %s", err, d.rec.text())
		}
	}
}

func TestWriteCampaign_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	past := d.sim.Now().Add(-time.Hour)
	for _, c := range []struct {
		field  string
		change func(*normalize.Campaign)
	}{
		{"name", func(c *normalize.Campaign) { c.Name = " " }},
		{"name", func(c *normalize.Campaign) { c.Name = strings.Repeat("é", 101) }},
		{"goal", func(c *normalize.Campaign) { c.Goal = normalize.GoalAppPromotion }},
		{"kpi.type", func(c *normalize.Campaign) { c.KPI = &normalize.GoalKPI{Type: normalize.GoalKPITypeCpa} }},
		{"status", func(c *normalize.Campaign) { c.Status = normalize.StatusArchived }},
		{"budget_amount", func(c *normalize.Campaign) { c.BudgetAmount = dec("50.001") }},
		{"budget_amount", func(c *normalize.Campaign) { c.BudgetAmount = dec("-5") }},
		{"budget_amount", func(c *normalize.Campaign) { c.BudgetAmount = dec("0") }},
		{"budget_amount", func(c *normalize.Campaign) { c.BudgetAmount = nil }},
		{"budget_period", func(c *normalize.Campaign) { c.BudgetPeriod = normalize.BudgetPeriodMonthly }},
		{"budget_period", func(c *normalize.Campaign) { c.BudgetPeriod = "" }},
		{"budget_unit", func(c *normalize.Campaign) { c.BudgetUnit = "IMPRESSIONS" }},
		{"currency", func(c *normalize.Campaign) { c.Currency = "USD" }},
		{"advertising_channel_type", func(c *normalize.Campaign) { c.AdvertisingChannelType = normalize.ChannelSearch }},
		{"end_at", func(c *normalize.Campaign) { c.EndAt = &past }},
		{"end_at", func(c *normalize.Campaign) { c.StartAt, c.EndAt = to(past.Add(5*time.Hour)), to(past.Add(4*time.Hour)) }},
		{"start_at", func(c *normalize.Campaign) {
			c.StartAt = to(d.sim.Now().Add(time.Hour).Truncate(time.Second).Add(1234))
		}},
	} {
		o := budgeted("refused", "50")
		c.change(&o)
		for _, dry := range []bool{false, true} {
			w := wanted(o)
			w.DryRun = dry
			_, err := d.Campaigns.Create(t.Context(), w)
			refusedAt(t, err, c.field)
		}
	}
	for _, org := range []string{"", "503000002"} {
		o := budgeted("elsewhere", "50")
		o.OrganizationID = ""
		w := wanted(o)
		w.Org = org
		w.Object.OrganizationID = map[string]string{"503000002": euros}[org]
		_, err := d.Campaigns.Create(t.Context(), w)
		refusedAt(t, err, "organization_id")
	}
	if w := d.rec.writes(); len(w) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
	got := made(t, d.Campaigns, budgeted("fixed", "50"))
	d.sim.Advance(time.Hour)
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Campaign){
		"goal":          func(c *normalize.Campaign) { c.Goal = normalize.GoalLeads },
		"budget_period": func(c *normalize.Campaign) { c.BudgetPeriod = normalize.BudgetPeriodMonthly },
		"id":            func(c *normalize.Campaign) { c.ID = "1" },
		"status":        func(c *normalize.Campaign) { c.Status = normalize.StatusDraft },
	} {
		_, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, change, field))
		refusedAt(t, err, field)
	}
	_, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: got.ID}, patched(got, func(c *normalize.Campaign) { c.StartAt = to(d.sim.Now().Add(time.Hour)) }, "start_at"))
	if providers.KindOf(err) != providers.Conflict {
		t.Errorf("a start that has passed was moved: %v", err)
	}
	backfilled, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: "610000001"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Campaigns.Update(t.Context(), providers.Ref{ID: backfilled.ID}, patched(backfilled, func(c *normalize.Campaign) { c.Name = "mine" }, "name"))
	refusedAt(t, err, "")
	if w := d.rec.writes(); len(w) != 0 {
		t.Errorf("sent %s", d.rec.text())
	}
}
