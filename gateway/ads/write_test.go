package ads

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const spring = `{"name":"Spring & co","goal":"LEADS","budget_amount":50.00,"budget_period":"DAILY","targeting":{"geographic":{"countries":[{"id":"DE"}]}}}`

func decimal(n int64) *normalize.Decimal { d := normalize.Int(n); return &d }

func TestCreate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	v, header := d.want(200, "POST", "/ads/c1/campaign", spring)
	if v.ID == "" || v.Status != normalize.StatusPaused || v.BudgetAmount.String() != "50" || v.OrganizationID != "1" || v.Currency != "EUR" {
		t.Errorf("%+v", v)
	}
	w := d.platform.last.Load()
	if want := []string{"budget_amount", "budget_period", "goal", "name", "organization_id", "targeting.geographic.countries"}; !slices.Equal(w.Set, want) || w.Org != "1" || w.Before != nil {
		t.Errorf("the platform was given %q of account %q", w.Set, w.Org)
	}
	got, read := d.want(200, "GET", "/ads/c1/campaign/"+v.ID, "")
	if read.Get("ETag") == "" || read.Get("ETag") != header.Get("ETag") || got.Name != "Spring & co" {
		t.Errorf("read back: %+v, tag %q and %q", got, read.Get("ETag"), header.Get("ETag"))
	}
	a := d.audits()[0]
	if a.Op != "create" || a.Outcome != store.AuditDone || a.ObjectID != v.ID || a.KeyID != "key_1" || a.RequestID != "req_1" ||
		!slices.Equal(a.UpstreamIDs, []string{"up-1"}) || !strings.Contains(string(a.After), `"budget_amount":50`) || header.Get("X-Admux-Audit") != a.ID {
		t.Errorf("the audit says %+v", a)
	}
}

// Every part of a body that cannot be taken is named at once, before anything is sent.
func TestWrite_refusals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1", Goal: normalize.GoalLeads, Labels: []string{"x"}, BudgetAmount: decimal(10), Currency: "EUR"})
	post := func(status int, code problem.Code, body string, fields ...string) {
		t.Helper()
		d.refused(status, code, "POST", "/ads/c1/campaign", body, fields...)
	}
	patch := func(status int, code problem.Code, body string, fields ...string) {
		t.Helper()
		d.refused(status, code, "PATCH", "/ads/c1/campaign/5", body, fields...)
	}
	post(400, problem.CodeInvalid, `[]`, "body")
	post(400, problem.CodeInvalid, `{"a":1} {"b":2}`, "body")
	post(400, problem.CodeInvalid, `null`, "body")
	post(400, problem.CodeInvalid, `{"nmae":"x","Name":"y"}`, "Name", "nmae")
	post(400, problem.CodeInvalid, `{"name":7,"goal":"LEADS","budget_amount":"much","targeting":{"geographic":{"countries":"DE","planets":[]}}}`,
		"budget_amount", "name", "targeting.geographic.countries", "targeting.geographic.planets")
	post(422, problem.CodeRejected, `{"id":"9","name":"x","goal":"LEADS","created_at":"2026-01-01T00:00:00Z","labels":["a"]}`, "created_at", "id", "labels")
	post(422, problem.CodeRejected, `{"budget_amount":5}`, "name", "goal")
	post(422, problem.CodeRejected, `{"name":null,"goal":"LEADS"}`, "name")
	patch(422, problem.CodeRejected, `{"goal":"SALES","labels":[],"name":null,"targeting":{"audience":{"interests":[{"id":"1"}]}}}`, "goal", "labels", "name", "targeting.audience.interests")
	patch(422, problem.CodeRejected, `{"id":"6"}`, "id")
	patch(422, problem.CodeRejected, `{"labels":null}`, "labels")
	for _, q := range []string{"?dry_run=maybe", "?confirm=lots", "?fields=nope", "?raw=a%3Db"} {
		name, _, _ := strings.Cut(q[1:], "=")
		d.refused(400, problem.CodeInvalid, "PATCH", "/ads/c1/campaign/5"+q, `{"name":"x"}`, name)
	}
	d.refused(404, problem.CodeNotFound, "PATCH", "/ads/c1/campaign/6", `{"name":"x"}`)
	d.refused(404, problem.CodeNotFound, "DELETE", "/ads/c1/campaign/6", ``)
	if n := len(d.audits()); n != 0 {
		t.Errorf("%d entries of what was never sent", n)
	}
	d.platform.refuse = &providers.Error{Kind: providers.Rejected, Platform: "fakeads", Field: "name", Message: "is taken", RequestID: "up-9"}
	post(422, problem.CodeRejected, spring, "name")
	if a := d.audits()[0]; a.Outcome != store.AuditFailed || a.Problem != "rejected" || !slices.Equal(a.UpstreamIDs, []string{"up-9"}) {
		t.Errorf("%+v", a)
	}
}

// With several accounts and none given, the caller is told between which to choose.
func TestCreate_asksForTheAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{orgs: map[string]string{"1": "EUR", "2": "JPY"}})
	if b := d.refused(400, problem.CodeInvalid, "POST", "/ads/c1/campaign", spring, "organization_id"); !strings.Contains(b.Detail, "1, 2") {
		t.Errorf("%s", b.Detail)
	}
	v, _ := d.want(200, "POST", "/ads/c1/campaign", strings.Replace(spring, "{", `{"organization_id":"2",`, 1))
	if v.OrganizationID != "2" || v.Currency != "JPY" {
		t.Errorf("%+v", v)
	}
}

// A patch changes what it holds, clears what it nulls, merges objects and replaces lists (RFC 7396).
func TestUpdate_mergePatch(t *testing.T) {
	t.Parallel()
	end := d0()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1", Status: normalize.StatusPaused, Goal: normalize.GoalLeads, EndAt: &end, Labels: []string{"x"}, Currency: "EUR",
		BudgetAmount: decimal(10), Targeting: &normalize.Targeting{Language: []normalize.TargetRef{{ID: "de"}, {ID: "en"}}, Geographic: &normalize.GeographicTargeting{
			Countries: []normalize.TargetRef{{ID: "DE"}}}}})
	for _, c := range []struct {
		body string
		set  []string
		is   func(normalize.Campaign) bool
	}{
		{`{"name":"new"}`, []string{"name"}, func(v normalize.Campaign) bool {
			return v.Name == "new" && v.EndAt != nil && len(v.Targeting.Language) == 2
		}},
		{`{"end_at":null}`, []string{"end_at"}, func(v normalize.Campaign) bool { return v.EndAt == nil && v.BudgetAmount.String() == "10" }},
		{`{"targeting":{"language":[{"id":"fr"}]}}`, []string{"targeting.language"}, func(v normalize.Campaign) bool {
			return len(v.Targeting.Language) == 1 && v.Targeting.Language[0].ID == "fr" && v.Targeting.Geographic.Countries[0].ID == "DE"
		}},
		{`{"targeting":{"geographic":null}}`, []string{"targeting.geographic.countries"}, func(v normalize.Campaign) bool {
			return v.Targeting.Geographic == nil && len(v.Targeting.Language) == 1
		}},
		{`{"targeting":null}`, []string{"targeting.language"}, func(v normalize.Campaign) bool { return v.Targeting == nil }},
		{`{"id":"5","goal":"LEADS","budget_amount":12.5,"currency":"EUR","labels":["x"]}`, []string{"budget_amount"}, func(v normalize.Campaign) bool { return v.BudgetAmount.String() == "12.5" && v.Labels[0] == "x" }},
	} {
		got, _ := d.want(200, "PATCH", "/ads/c1/campaign/5", c.body)
		if w := d.platform.last.Load(); !slices.Equal(w.Set, c.set) || w.Before == nil || !c.is(w.Object) || !c.is(got) {
			raw, _ := json.Marshal(w.Object)
			t.Errorf("%s: the platform was given %q %s", c.body, w.Set, raw)
		}
		if a := d.audits()[0]; string(a.Before) == string(a.After) {
			t.Errorf("%s: the audit says that %s was there before", c.body, a.Before)
		}
	}
	n := d.platform.mutations.Load()
	d.want(200, "PATCH", "/ads/c1/campaign/5", `{"id":"5"}`)
	if d.platform.mutations.Load() != n {
		t.Error("nothing was to be changed, and something was sent")
	}
	d.want(200, "PUT", "/ads/c1/campaign/5", `{"name":"put"}`)
	if v, _ := d.want(200, "GET", "/ads/c1/campaign/5", ""); v.Name != "put" || v.BudgetAmount == nil {
		t.Errorf("PUT cleared what it did not hold: %+v", v)
	}
	a := d.audits()[0]
	if string(a.Before) != `{"name":"new"}` || string(a.After) != `{"name":"put"}` || a.Outcome != store.AuditDone {
		t.Errorf("the audit says %+v: %s %s", a, a.Before, a.After)
	}
}

// W6 at the gateway: a dry run changes nothing, says who checked it, spends no key, and is in the audit as one.
func TestW6_dryRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1", Currency: "EUR"})
	for _, c := range []struct{ method, target, body, by string }{
		{"POST", "/ads/c1/campaign?dry_run=true", spring, "platform"},
		{"PATCH", "/ads/c1/campaign/5?dry_run=true", `{"name":"new"}`, "rules"},
		{"DELETE", "/ads/c1/campaign/5?dry_run=true", ``, "rules"},
	} {
		v, header := d.want(200, c.method, c.target, c.body, "Idempotency-Key", "k")
		if header.Get("X-Admux-Dry-Run") != c.by || v.ID != "" && v.Name != "new" {
			t.Errorf("%s: %v %+v", c.method, header, v)
		}
		if a := d.audits()[0]; !a.DryRun || a.Checked != c.by || a.Outcome != store.AuditDone {
			t.Errorf("%+v", a)
		}
	}
	if n := d.platform.mutations.Load(); n != 0 {
		t.Errorf("%d changes were made", n)
	}
	if _, header := d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k"); header.Get("Idempotent-Replayed") != "" || header.Get("X-Admux-Dry-Run") != "" {
		t.Errorf("%v", header)
	}
}

func TestDelete_saysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1"})
	rec := d.do("DELETE", "/ads/c1/campaign/5", "")
	if rec.Code != http.StatusOK || rec.Body.Len() != 0 || rec.Header().Get("X-Admux-Effect") != "archived" {
		t.Errorf("%d %s %v", rec.Code, rec.Body, rec.Header())
	}
	if a := d.audits()[0]; a.Op != "delete" || a.Effect != "archived" || a.ObjectID != "5" || !strings.Contains(string(a.Before), "old") || len(a.After) != 0 {
		t.Errorf("%+v", a)
	}
}

// If-Match holds a write to the object that was read, whatever has happened to it since.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	was := normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1", EffectiveStatus: normalize.EffectiveStatusServing, TotalSpendAmount: decimal(1)}
	d.platform.put(was)
	_, header := d.want(200, "GET", "/ads/c1/campaign/5?fields=id", "")
	tag := header.Get("ETag")
	was.TotalSpendAmount = decimal(2) // it delivers: nobody has changed it
	d.platform.put(was)
	d.want(200, "PATCH", "/ads/c1/campaign/5", `{"name":"mine"}`, "If-Match", `"other", W/`+tag)
	for _, method := range []string{"PATCH", "PUT", "DELETE"} {
		n := d.platform.mutations.Load()
		rec := d.do(method, "/ads/c1/campaign/5", `{"name":"late"}`, "If-Match", tag)
		if rec.Code != 412 || !strings.Contains(rec.Body.String(), "precondition_failed") || d.platform.mutations.Load() != n {
			t.Errorf("%s: %d %s", method, rec.Code, rec.Body)
		}
	}
	d.want(200, "PATCH", "/ads/c1/campaign/5", `{"name":"any"}`, "If-Match", "*")
}

// A change whose answer is lost is read back: made is made; otherwise the caller is told that nobody knows.
func TestUpdate_lostAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1"})
	lost := &providers.Error{Kind: providers.Unavailable, Platform: "fakeads", Message: "reset", Uncertain: true}
	d.platform.after = func() error { return lost }
	if v, _ := d.want(200, "PATCH", "/ads/c1/campaign/5", `{"name":"new"}`); v.Name != "new" {
		t.Errorf("%+v", v)
	}
	d.platform.after, d.platform.refuse = nil, lost
	d.refused(502, problem.CodeUnknown, "PATCH", "/ads/c1/campaign/5", `{"name":"newer"}`)
	if a := d.audits()[0]; a.Outcome != store.AuditUnknown {
		t.Errorf("%+v", a)
	}
}

// Without the store nothing is sent.
func TestWrite_failsClosedWithoutStore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1"})
	if err := d.store.DB().Close(); err != nil { // the side that writes
		t.Fatal(err)
	}
	for _, c := range []struct{ method, target, body string }{
		{"POST", "/ads/c1/campaign", spring}, {"PATCH", "/ads/c1/campaign/5", `{"name":"x"}`}, {"DELETE", "/ads/c1/campaign/5", ``},
	} {
		d.refused(503, problem.CodeUnavailable, c.method, c.target, c.body)
	}
	if rec := d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k"); rec.Code != 503 || d.platform.mutations.Load() != 0 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// An image's address is fetched by the gateway, as no platform does so; another file's is the platform's matter where it
// goes there itself. The audit holds neither the file nor what follows the ? of its address.
func TestUpload_byAddress(t *testing.T) {
	t.Parallel()
	k, _ := endpointOf(providers.ObjectAsset).(kind[normalize.Asset])
	w := writing[normalize.Asset]{kind: k, cfg: &Writes{Fetch: func(_ context.Context, address string) ([]byte, error) {
		if address != "https://files.example/a.png?sig=1" {
			return nil, errors.New("could not be fetched")
		}
		return []byte("png"), nil
	}}}
	for _, c := range []struct {
		takesURL bool
		body     object
		content  any
		url      any
	}{
		{true, object{"type": "IMAGE", "url": "https://files.example/a.png?sig=1"}, "cG5n", nil},
		{false, object{"type": "VIDEO", "url": "https://files.example/a.png?sig=1"}, "cG5n", nil},
		{true, object{"type": "VIDEO", "url": "https://files.example/v.mp4"}, nil, "https://files.example/v.mp4"},
		{true, object{"type": "IMAGE", "content": "eA=="}, "eA==", nil},
		{true, object{"type": "IMAGE", "content": "eA==", "url": "https://both.example"}, "eA==", "https://both.example"},
	} {
		w.col.Fields = []providers.Field{{Name: "content", Create: true}}
		if c.takesURL {
			w.col.Fields = append(w.col.Fields, providers.Field{Name: "url", Create: true})
		}
		if got, err := w.fetched(t.Context(), c.body); err != nil || got["content"] != c.content || got["url"] != c.url {
			t.Errorf("%v: %v %v", c.body, got, err)
		}
	}
	if _, err := w.fetched(t.Context(), object{"type": "IMAGE", "url": "https://10.0.0.1/"}); problem.CodeOf(err) != problem.CodeRejected || !strings.Contains(err.Error(), "url") {
		t.Error(err)
	}
	if kept := string(record(normalize.Asset{Name: "n", Content: "cG5n", URL: "https://files.example/v.mp4?sig=secret"})); kept != `{"name":"n","url":"https://files.example/v.mp4"}` {
		t.Error(kept)
	}
}

// An object that was made through the gateway is known with its account: a client that cannot name one can still change it.
func TestWrite_knowsTheAccountOfWhatItMade(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{orgs: map[string]string{"1": "EUR", "2": "JPY"}, asks: true})
	v, _ := d.want(200, "POST", "/ads/c1/campaign", strings.Replace(spring, "{", `{"organization_id":"2",`, 1))
	d.want(200, "GET", "/ads/c1/campaign/"+v.ID, "")
	d.want(200, "PATCH", "/ads/c1/campaign/"+v.ID, `{"name":"x"}`)
	d.platform.put(normalize.Campaign{ID: "5", Name: "old", OrganizationID: "1"})
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if b := d.refused(400, problem.CodeInvalid, method, "/ads/c1/campaign/5", `{"name":"x"}`, "org_id"); !strings.Contains(b.Detail, "1, 2") {
			t.Errorf("%s: %s", method, b.Detail)
		}
	}
	d.want(200, "PATCH", "/ads/c1/campaign/5", `{"name":"x","organization_id":"1"}`)
	d.want(200, "DELETE", "/ads/c1/campaign/5", ``)
	d.want(200, "DELETE", "/ads/c1/campaign/"+v.ID, ``)
}
