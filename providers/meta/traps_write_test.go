package meta_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// updated_time does not move when only the budget is changed: the answer of such a change is read from the object, not
// taken from what was changed since.
func TestTrap05_ABudgetChangeIsReadBack(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, budgeted("budget", "50"))
	d.sim.Advance(time.Hour)
	up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("75") }, "budget_amount"))
	if err != nil || up.Object.BudgetAmount.String() != "75" {
		t.Errorf("%+v, %v", up, err)
	}
}

// A throttle comes as HTTP 400: nothing was done, and the write may be sent again. A quota that seconds do not help is a refusal.
func TestTrap11_AThrottledWriteIsNotSentTwice(t *testing.T) {
	t.Parallel()
	for code, want := range map[[2]int]providers.Kind{
		{17, 2446079}: providers.RateLimited, {80004, 2446079}: providers.RateLimited, {613, 5044001}: providers.RateLimited, {4, 0}: providers.RateLimited,
		{613, 1487632}: providers.Rejected, {17, 1885172}: providers.Rejected,
	} {
		status, body := refusal(code[0], code[1], "too many")
		s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(status, body)})
		o := budgeted("throttled", "50")
		o.OrganizationID = "1"
		_, err := s.Campaigns.Create(t.Context(), wanted(o))
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Kind != want || e.Uncertain || len(script.calls("act_1/campaigns")) != 1 {
			t.Errorf("%v: %v, %d calls", code, err, len(script.calls("act_1/campaigns")))
		}
	}
}

// success comes as a boolean or as a text.
func TestTrap12_SuccessIsATextOrABoolean(t *testing.T) {
	t.Parallel()
	for body, done := range map[string]bool{`{"success":true}`: true, `{"success":"true"}`: true, `{"success":1}`: true, `{"success":false}`: false, `{}`: false} {
		node := `{"id":"7","account_id":"1","name":"new","status":"PAUSED"}`
		s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "7": func(a asked) (int, string) {
			if a.method == "POST" {
				return 200, body
			}
			return 200, node
		}})
		before := normalize.Campaign{ID: "7", OrganizationID: "1", Name: "old", Status: normalize.StatusPaused}
		_, err := s.Campaigns.Update(t.Context(), providers.Ref{ID: "7"}, patched(before, func(c *normalize.Campaign) { c.Name = "new" }, "name"))
		if e, ok := errors.AsType[*providers.Error](err); done != (err == nil) || ok && !e.Uncertain {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A body that was read once cannot be sent again: a refused token ends the write, whole, and the next one is whole again.
func TestTrap13_NoWriteIsRepeatedWithoutItsBody(t *testing.T) {
	t.Parallel()
	tokens := &staticTokens{token: scriptToken, next: []string{"EAABanother-token-of-the-script"}}
	made := func(asked) (int, string) { return 200, `{"id":"7"}` }
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro, "7": answer(200, `{"id":"7","account_id":"1","name":"whole","status":"PAUSED","daily_budget":"5000"}`),
		"act_1/campaigns": func(a asked) (int, string) {
			if a.header.Get("Authorization") == "Bearer "+scriptToken {
				return refusal(190, 463, "Error validating access token: Session has expired")
			}
			return made(a)
		},
	}, func(c *providers.Conn, _ *providers.Deps) { c.Tokens = tokens })
	o := budgeted("whole", "50")
	o.OrganizationID = "1"
	_, err := s.Campaigns.Create(t.Context(), wanted(o))
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Uncertain || !e.Retryable() || len(script.calls("act_1/campaigns")) != 1 {
		t.Fatalf("%v, %d calls", err, len(script.calls("act_1/campaigns")))
	}
	if _, err := s.Campaigns.Create(t.Context(), wanted(o)); err != nil {
		t.Fatal(err)
	}
	for _, a := range script.calls("act_1/campaigns") {
		if a.form.Get("name") != "whole" || a.form.Get("daily_budget") != "5000" {
			t.Errorf("sent %v", a.form)
		}
	}
}

// A POST whose answer was lost may have been done: it is never sent again, and what it made is found by name, parent and time.
func TestTrap14_ALostCreateIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	old := budgeted("twice", "50")
	made(t, d.Campaigns, old) // of the same name, from before
	d.sim.Advance(time.Hour)
	try := providers.Try{Since: d.sim.Now()}
	d.rec.forget()
	d.lose(t, "/campaigns")
	_, err := d.Campaigns.Create(t.Context(), wanted(old))
	if e, ok := errors.AsType[*providers.Error](err); !ok || !e.Uncertain || e.Retryable() || len(d.rec.writes()) != 1 {
		t.Fatalf("%v, sent %d times", err, len(d.rec.writes()))
	}
	try.Until = d.sim.Now()
	found, err := d.Campaigns.Find(t.Context(), wanted(old), try)
	if err != nil || len(found) != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	same := 0
	for _, c := range all(t, d.Campaigns, providers.ListQuery{Org: euros}) {
		if c.Name == "twice" {
			same++
		}
	}
	if same != 2 {
		t.Errorf("%d campaigns, want the old one and the one that was lost", same)
	}
}

// A locked account is told as such, and the grant is kept.
func TestTrap15_AWriteToALockedAccount(t *testing.T) {
	t.Parallel()
	for _, code := range [][2]int{{190, 459}, {368, 0}} {
		tokens := &staticTokens{token: scriptToken, next: []string{"EAABanother-token-of-the-script"}}
		status, body := refusal(code[0], code[1], "temporarily blocked")
		s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": answer(status, body)},
			func(c *providers.Conn, _ *providers.Deps) { c.Tokens = tokens })
		o := budgeted("locked", "50")
		o.OrganizationID = "1"
		if _, err := s.Campaigns.Create(t.Context(), wanted(o)); providers.KindOf(err) != providers.Forbidden || tokens.rejected != 0 {
			t.Errorf("%v: %v, rejected %d times", code, err, tokens.rejected)
		}
	}
}

// For a moment after it was made, an object is not there. That is no failure of the create; when it lasts, the create is
// uncertain and says what was made.
func TestTrap16_JustMadeAndNotThereYet(t *testing.T) {
	t.Parallel()
	for _, misses := range []int{0, 1, 3, 100} {
		reads := 0
		s, script := scripted(t, map[string]func(asked) (int, string){
			"act_1": euro, "act_1/campaigns": answer(200, `{"id":"120300000000000077"}`),
			"120300000000000077": func(asked) (int, string) {
				if reads++; reads <= misses {
					return refusal(100, 33, "Unsupported get request. Object with ID does not exist")
				}
				return 200, `{"id":"120300000000000077","account_id":"1","name":"late","status":"PAUSED"}`
			},
		})
		o := budgeted("late", "50")
		o.OrganizationID = "1"
		w, err := s.Campaigns.Create(t.Context(), wanted(o))
		e, failed := errors.AsType[*providers.Error](err)
		if (misses == 100) != failed || failed && (!e.Uncertain || !strings.Contains(e.Message, "120300000000000077")) || !failed && w.Object.ID != "120300000000000077" {
			t.Errorf("%d misses: %+v, %v", misses, w, err)
		}
		if n := len(script.calls("act_1/campaigns")); n != 1 {
			t.Errorf("%d creates", n)
		}
	}
}

// The content of a creative never changes: it is refused by name, and an ad is given another creative.
func TestTrap19_CreativesAreImmutable(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Creatives, theCreative("immutable"))
	d.rec.forget()
	for field, change := range map[string]func(*normalize.Creative){
		"title": func(c *normalize.Creative) { c.Title = "x" }, "body": func(c *normalize.Creative) { c.Body = "x" },
		"link_url": func(c *normalize.Creative) { c.LinkURL = "https://x.example/" }, "cta": func(c *normalize.Creative) { c.CTA = "LEARN_MORE" },
		"asset_urls": func(c *normalize.Creative) { c.AssetURLs = []string{"https://x.example/x.jpg"} },
		"url_tags":   func(c *normalize.Creative) { c.URLTags = "a=b" }, "status": func(c *normalize.Creative) { c.Status = normalize.StatusPaused },
	} {
		_, err := d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, change, field))
		refusedAt(t, err, field)
	}
	if len(d.rec.writes()) != 0 {
		t.Errorf("sent %+v", d.rec.writes())
	}
	if up, err := d.Creatives.Update(t.Context(), providers.Ref{ID: c.ID}, patched(c, func(c *normalize.Creative) { c.Name = "renamed" }, "name")); err != nil || up.Object.Name != "renamed" {
		t.Errorf("%+v, %v", up, err)
	}
	if _, err := d.Creatives.Delete(t.Context(), providers.Ref{ID: c.ID}, false); err != nil {
		t.Error(err)
	}
}

// special_ad_categories is always sent, and always as a list.
func TestTrap21_SpecialCategoriesAreAList(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for category, want := range map[string]string{"": "[]", "HOUSING": `["HOUSING"]`, "FINANCIAL": `["FINANCIAL_PRODUCTS_SERVICES"]`} {
		d.rec.forget()
		c := theCampaign("category " + category)
		c.Category = category
		got := made(t, d.Campaigns, c)
		if w := d.rec.writes(); w[0].form.Get("special_ad_categories") != want || got.Category != category {
			t.Errorf("%q: sent %v", category, w[0].form)
		}
	}
}

// Every write changes nothing where the platform refuses, and leaves a token out of what it says.
func TestWriteOrganization(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	o, err := d.Organizations.Get(t.Context(), providers.Ref{ID: euros})
	if err != nil {
		t.Fatal(err)
	}
	up, err := d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, patched(o, func(o *normalize.Organization) { o.Name = "Acme renamed" }, "name"))
	if err != nil || up.Object.Name != "Acme renamed" || d.stored(t, "act_"+euros, "name")["name"] != "Acme renamed" {
		t.Errorf("%+v, %v", up, err)
	}
	_, err = d.Organizations.Update(t.Context(), providers.Ref{ID: euros}, patched(o, func(o *normalize.Organization) { o.Currency = "USD" }, "currency"))
	refusedAt(t, err, "currency")
}
