package linkedin_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestWrite_DryRunChangesNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	group := groupFor(t, d, normalize.GoalWebsiteTraffic, normalize.ChannelImage)
	creative := made(t, d.Creatives, theCreative(group.ID, "there"))
	campaign, err := d.Campaigns.Get(t.Context(), providers.Ref{ID: group.CampaignID})
	if err != nil {
		t.Fatal(err)
	}
	d.rec.forget()
	got := dry(t, d.Campaigns, budgeted("dry", "50"))
	if got.Status != normalize.StatusPaused || got.Currency != "EUR" || got.StartAt == nil || got.ID != "" {
		t.Errorf("%+v", got)
	}
	g := theGroup(group.CampaignID, "dry")
	if got := dry(t, d.Groups, g); got.Status != normalize.StatusPaused || got.OptimizationGoal != normalize.OptimizationGoalLinkClicks || got.BudgetAmount.String() != "20" || got.ID != "" {
		t.Errorf("%+v", got)
	} else {
		covers(t, g, got)
	}
	if got := dry(t, d.Creatives, theCreative(group.ID, "dry")); got.Status != normalize.StatusDraft || got.CreativeType != normalize.CreativeTypeImage {
		t.Errorf("%+v", got)
	}
	dry(t, d.Ads, normalize.Ad{GroupID: group.ID, CreativeIDs: []string{creative.ID}, Name: "dry"})
	drily(t, d.Campaigns, campaign.ID, patched(campaign, func(c *normalize.Campaign) { c.Name = "dry" }, "name"))
	drily(t, d.Groups, group.ID, patched(group, func(g *normalize.Group) { g.BudgetAmount = dec("70") }, "budget_amount"))
	drily(t, d.Creatives, creative.ID, patched(creative, func(c *normalize.Creative) { c.Name = "dry" }, "name"))
	drily(t, d.Organizations, euros, patched(normalize.Organization{ID: euros, Name: "was"}, func(o *normalize.Organization) { o.Name = "dry" }, "name"))
	for name, del := range map[string]func() (providers.Removal, error){
		"campaign": func() (providers.Removal, error) {
			return d.Campaigns.Delete(t.Context(), providers.Ref{ID: campaign.ID}, true)
		},
		"group": func() (providers.Removal, error) {
			return d.Groups.Delete(t.Context(), providers.Ref{ID: group.ID}, true)
		},
		"creative": func() (providers.Removal, error) {
			return d.Creatives.Delete(t.Context(), providers.Ref{ID: creative.ID}, true)
		},
	} {
		if r, err := del(); err != nil || r.Checked != providers.CheckedByRules {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("a dry run sent %s", d.rec.text())
	}
}

func dry[T any](t *testing.T, c providers.Collection[T], v T) T {
	t.Helper()
	w := wanted(v)
	w.DryRun = true
	got, err := c.Create(t.Context(), w)
	if err != nil || got.Checked != providers.CheckedByRules {
		t.Errorf("%+v, %v", got, err)
	}
	return got.Object
}

func drily[T any](t *testing.T, c providers.Collection[T], id string, w providers.Write[T]) {
	t.Helper()
	w.DryRun = true
	if got, err := c.Update(t.Context(), providers.Ref{ID: id}, w); err != nil || got.Checked != providers.CheckedByRules {
		t.Errorf("%+v, %v", got, err)
	}
}

// lose arms a connection that breaks after the simulator has done what it was asked for.
func (d pen) lose(t testing.TB, path string) {
	t.Helper()
	if err := d.sim.Fault(sim.Fault{Path: path, Method: http.MethodPost, CutAfterBytes: new(int64)}); err != nil {
		t.Fatal(err)
	}
}

// Creates are not idempotent: a create whose answer is lost is never sent again, and the object is found by its name, its
// parent and the time at which it was made, among others of its name.
func TestTrap09_LostCreatesAreFound(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	group, other := groupFor(t, d, normalize.GoalWebsiteTraffic, ""), groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	source := made(t, d.Creatives, theCreative(other.ID, "source"))
	lostThenFound(t, d, "/adCampaignGroups", d.Campaigns, budgeted("lost", "50"))
	lostThenFound(t, d, "/adCampaigns", d.Groups, theGroup(group.CampaignID, "lost"))
	creative := theCreative(group.ID, "lost")
	creative.Data = `{"images":["` + anImage + `"]}`
	lostThenFound(t, d, "/creatives", d.Creatives, creative)
	lostThenFound(t, d, "/creatives", d.Ads, normalize.Ad{GroupID: group.ID, Name: "lost ad", CreativeIDs: []string{source.ID}, Status: normalize.StatusDraft})
}

func lostThenFound[T any](t *testing.T, d pen, path string, c providers.Collection[T], v T) {
	t.Helper()
	w := wanted(v)
	if creative, ok := any(v).(normalize.Creative); !ok { // the same text twice is a duplicate
		made(t, c, v) // of the same name, from before
	} else {
		creative.Body, creative.Name = "from before", "before"
		made(t, d.Creatives, creative)
	}
	d.sim.Advance(time.Hour)
	try := providers.Try{Since: d.sim.Now()}
	if found, err := c.Find(t.Context(), w, providers.Try{Since: try.Since, Until: d.sim.Now()}); err != nil || len(found) != 0 {
		t.Errorf("%s: found before it was made: %+v, %v", path, found, err)
	}
	d.rec.forget()
	d.lose(t, path)
	_, err := c.Create(t.Context(), w)
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !e.Uncertain || e.Retryable() || len(d.rec.writes()) != 1 {
		t.Errorf("%s: %v, sent %d times", path, err, len(d.rec.writes()))
	}
	try.Until = d.sim.Now()
	found, err := c.Find(t.Context(), w, try)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %+v, %v", path, found, err)
	}
	if again, err := c.Find(t.Context(), w, providers.Try{Since: try.Since.Add(-50 * time.Minute), Until: try.Since.Add(-40 * time.Minute)}); err != nil || len(again) != 0 {
		t.Errorf("%s: found in another time: %+v, %v", path, again, err)
	}
}

// DELETE is for drafts; of anything else the deletion is ordered, and it stays listed until LinkedIn gets to it.
func TestTrap17_DeletionIsOrdered(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	draft, paused := theCampaign("draft"), theCampaign("paused")
	draft.Status = normalize.StatusDraft
	for want, c := range map[string]normalize.Campaign{"DELETE ": made(t, d.Campaigns, draft), "POST PENDING_DELETION": made(t, d.Campaigns, paused)} {
		d.rec.forget()
		r, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false)
		w := d.rec.writes()
		if err != nil || r.Effect != providers.EffectRemoved || len(w) != 1 || w[0].method+" "+put(w[0].body, "patch.$set.status") != want {
			t.Errorf("%s: %+v, %v\n%s", want, r, err, d.rec.text())
		}
		if _, err := d.Campaigns.Delete(t.Context(), providers.Ref{ID: c.ID}, false); providers.KindOf(err) != providers.NotFound {
			t.Errorf("%s: deleted twice: %v", want, err)
		}
	}
	group := groupFor(t, d, normalize.GoalWebsiteTraffic, "")
	if _, err := d.Groups.Delete(t.Context(), providers.Ref{ID: group.ID}, false); err != nil {
		t.Error(err)
	}
	got, err := d.Groups.Get(t.Context(), providers.Ref{ID: group.ID})
	if err != nil || got.EffectiveStatus != normalize.EffectiveStatusRemoved || got.Status != normalize.StatusScheduledForDeletion {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = d.Groups.Update(t.Context(), providers.Ref{ID: group.ID}, patched(got, func(g *normalize.Group) { g.Name = "x" }, "name"))
	if providers.KindOf(err) != providers.Conflict {
		t.Errorf("a deleted group was changed: %v", err)
	}
	for _, id := range []string{"999999999", "x", group.CampaignID} {
		if _, err := d.Groups.Delete(t.Context(), providers.Ref{ID: id}, false); providers.KindOf(err) != providers.NotFound {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestWriteOrganization(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	o, err := d.Organizations.Get(t.Context(), providers.Ref{ID: euros})
	if err != nil {
		t.Fatal(err)
	}
	up, err := d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, patched(o, func(o *normalize.Organization) { o.Name = "Acme renamed" }, "name"))
	if err != nil || up.Object.Name != "Acme renamed" || put(d.stored(t, "adAccounts/"+euros), "name") != "Acme renamed" {
		t.Errorf("%+v, %v", up, err)
	}
	_, err = d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, patched(o, func(o *normalize.Organization) { o.Currency = "USD" }, "currency"))
	refusedAt(t, err, "currency")
}

// What LinkedIn answers is never swallowed, and its field is told in our words.
func TestWrite_ErrorsAreNeverSwallowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status    int
		body      string
		kind      providers.Kind
		field     string
		uncertain bool
	}{
		{400, `{"status":400,"code":"MULTIPLE_VALIDATIONS_FAILED","message":"m","errorDetails":{"inputErrors":[{"code":"FIELD_VALUE_TOO_LOW","description":"low","input":{"inputPath":{"fieldPath":"dailyBudget/amount"}}}]}}`, providers.Rejected, "budget_amount", false},
		{400, `{"status":400,"code":"CURRENCY_MISMATCH","message":"m"}`, providers.Rejected, "currency", false},
		{422, `{"status":422,"message":"ERROR :: /objectiveType :: \"X\" is not an enum symbol\n"}`, providers.Rejected, "goal", false},
		{403, `{"status":403,"code":"NO_PERMISSION_TO_UPDATE","message":"role"}`, providers.Forbidden, "", false},
		{409, `{"status":409,"code":"CONFLICT","message":"m"}`, providers.Conflict, "", false},
		{429, `{"status":429,"serviceErrorCode":101,"message":"m"}`, providers.RateLimited, "", false},
		{500, `{"status":500,"code":"INTERNAL_ERROR","message":"m"}`, providers.Unavailable, "", true},
		{503, `<html>`, providers.Unavailable, "", true},
		{504, ``, providers.Timeout, "", true},
		{408, `{"status":408,"code":"TIMEOUT"}`, providers.Timeout, "", true},
		{426, `{"status":426,"code":"NONEXISTENT_VERSION","message":"m"}`, providers.Unsupported, "api_version", false},
		{201, ``, providers.Malformed, "", true}, // without the id
		{302, ``, providers.Malformed, "", true},
	} {
		s, script := scripted(t, map[string]func(string) (int, string){
			"adAccounts/1": answer(200, `{"id":1,"currency":"EUR"}`), "adAccounts/1/adCampaignGroups": answer(c.status, c.body),
		})
		o := budgeted("x", "50")
		o.OrganizationID, o.Status = "1", normalize.StatusActive
		_, err := s.Campaigns.Create(t.Context(), wanted(o))
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Kind != c.kind || e.Uncertain != c.uncertain || e.Field != c.field || len(script.calls("adAccounts/1/adCampaignGroups")) != 1 {
			t.Errorf("%d %s: %v (%+v), %d calls", c.status, c.body, err, e, len(script.calls("adAccounts/1/adCampaignGroups")))
		}
	}
}
