package ads

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func d0() time.Time { return time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC) }

// W1: the same key a hundred times at once makes one object; the others get its answer or are told to wait.
func TestW1_sameKeyAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{before: func() { time.Sleep(20 * time.Millisecond) }}) // so that the others come meanwhile
	var all sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 100)
	for i := range answers {
		all.Go(func() { answers[i] = d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k 1") })
	}
	all.Wait()
	var body string
	made, replays, waits := 0, 0, 0
	for _, rec := range answers {
		switch {
		case rec.Code == 200 && rec.Header().Get("Idempotent-Replayed") == "":
			made++
			body = rec.Body.String()
		case rec.Code == 200:
			replays++
		case rec.Code == 409 && rec.Header().Get("Retry-After") != "":
			waits++
		default:
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
	if made != 1 || replays+waits != 99 || d.platform.mutations.Load() != 1 {
		t.Errorf("%d made, %d replays, %d told to wait, %d at the platform", made, replays, waits, d.platform.mutations.Load())
	}
	d.clock.add(23 * time.Hour)
	again := d.do("POST", "/ads/c1/campaign", strings.ReplaceAll(spring, `,"`, ` , "`), "Idempotency-Key", "k 1")
	if again.Body.String() != body || again.Header().Get("Idempotent-Replayed") != "true" || again.Header().Get("ETag") == "" {
		t.Errorf("a day later: %d %s, was %s", again.Code, again.Body, body)
	}
	d.clock.add(2 * time.Hour)
	if late := d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k 1"); late.Code != 200 || late.Header().Get("Idempotent-Replayed") != "" {
		t.Errorf("after 24 hours: %d %v", late.Code, late.Header())
	}
}

// W2: the same key with another body, place or shape is refused, and nothing is sent.
func TestW2_sameKeyOtherRequest(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{})
	d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k")
	for _, c := range [][2]string{
		{"/ads/c1/campaign", strings.Replace(spring, "50.00", "5000", 1)}, {"/ads/c2/campaign", spring}, {"/ads/c1/campaign?fields=id", spring}, {"/ads/c1/campaign", `{}`},
	} {
		rec := d.do("POST", c[0], c[1], "Idempotency-Key", "k")
		if rec.Code != 422 || !strings.Contains(rec.Body.String(), "Idempotency-Key") || d.platform.mutations.Load() != 1 {
			t.Errorf("%s %s: %d %s", c[0], c[1], rec.Code, rec.Body)
		}
	}
}

func lost() error {
	return &providers.Error{Kind: providers.Unavailable, Platform: "fakeads", Message: "connection reset", Uncertain: true}
}

// W4: the platform makes the object and the connection breaks: it is found, and not made again.
func TestW4_lostAnswerIsReadBack(t *testing.T) {
	t.Parallel()
	for name, dated := range map[string]bool{"a platform that tells when": true, "one that does not": false} {
		d := newDesk(t, &platform{dated: dated, after: lost})
		d.platform.put(normalize.Campaign{ID: "1", Name: "Spring & co", OrganizationID: "1"}) // of the same name, and older
		v, _ := d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k")
		if v.ID != "7001" || d.platform.mutations.Load() != 1 {
			t.Errorf("%s: %+v, %d at the platform", name, v, d.platform.mutations.Load())
		}
		if _, header := d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k"); header.Get("Idempotent-Replayed") == "" {
			t.Errorf("%s: made again", name)
		}
	}
}

// What runs because a try ended before its last step is switched off when it is adopted, unless it was to run.
func TestW4_adoptedIsPausedUnlessAskedOtherwise(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]normalize.Status{
		spring: normalize.StatusPaused, strings.Replace(spring, "{", `{"status":"ACTIVE",`, 1): normalize.StatusActive,
	} {
		d := newDesk(t, &platform{dated: true})
		d.platform.after = func() error {
			d.platform.after = nil
			v := d.platform.campaigns["7001"]
			v.Status = normalize.StatusActive
			d.platform.put(v)
			return lost()
		}
		v, _ := d.want(200, "POST", "/ads/c1/campaign", body, "Idempotency-Key", "k")
		if v.ID != "7001" || v.Status != want || d.platform.campaigns["7001"].Status != want || len(d.platform.campaigns) != 1 {
			t.Errorf("%+v, want %s", v, want)
		}
	}
}

// crash is a process that dies at a point of a create: what it would have noted afterwards is not.
func crash(t *testing.T, d *desk, request func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("it did not die")
		}
	}()
	request()
}

// W3 in the small: after a crash at each step the same key makes exactly one object, and says so.
func TestW3_crashAtEachStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dated  bool
		dies   func(p *platform)
		before int32 // objects that the dead process has made
	}{
		"before the platform made it":        {true, func(p *platform) { p.before = func() { panic("SIGKILL") } }, 0},
		"after the platform made it":         {true, func(p *platform) { p.after = func() error { panic("SIGKILL") } }, 1},
		"before, where creation is not told": {false, func(p *platform) { p.before = func() { panic("SIGKILL") } }, 0},
		"after, where creation is not told":  {false, func(p *platform) { p.after = func() error { panic("SIGKILL") } }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &platform{dated: c.dated}
			c.dies(p)
			d := newDesk(t, p)
			p.put(normalize.Campaign{ID: "1", Name: "Spring & co", OrganizationID: "1"})
			post := func() *httptest.ResponseRecorder {
				return d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k")
			}
			crash(t, d, func() { post() })
			if n := p.mutations.Load(); n != c.before {
				t.Fatalf("%d were made", n)
			}
			p.before, p.after = nil, nil
			if rec := post(); rec.Code != 409 || rec.Header().Get("Retry-After") == "" || p.mutations.Load() != c.before {
				t.Fatalf("at once: %d %s", rec.Code, rec.Body) // it might be under way still
			}
			d.clock.add(11 * time.Second)
			rec := post()
			var v normalize.Campaign
			if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil || rec.Code != 200 || v.ID != "7001" {
				t.Fatalf("afterwards: %d %s", rec.Code, rec.Body)
			}
			if again := post(); again.Body.String() != rec.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
				t.Errorf("then: %d %s", again.Code, again.Body)
			}
			if n := p.mutations.Load(); n != 1 {
				t.Errorf("%d at the platform", n)
			}
		})
	}
}

// Where several objects could be the lost one, or nothing can be looked for, the caller is told what to look at.
func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	dead := func() error { panic("SIGKILL") }
	ask := func(d *desk, key string) problem.Body {
		t.Helper()
		rec := d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", key)
		var b problem.Body
		if err := json.Unmarshal(rec.Body.Bytes(), &b); err != nil || rec.Code != 409 || b.Code != problem.CodeUnknown {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return b
	}
	several := newDesk(t, &platform{dated: true, after: dead})
	crash(t, several, func() { several.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k") })
	at := several.clock.now()
	several.platform.put(normalize.Campaign{ID: "8", Name: "Spring & co", OrganizationID: "1", CreatedAt: &at}) // by hand, at the platform
	several.clock.add(time.Minute)
	if b := ask(several, "k"); !strings.Contains(b.Detail, "7001, 8") {
		t.Error(b.Detail)
	}
	blind := newDesk(t, &platform{noFind: true, after: dead})
	crash(t, blind, func() { blind.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k") })
	blind.clock.add(time.Minute)
	ask(blind, "k")
	if blind.platform.mutations.Load() != 1 {
		t.Error("made again by somebody who could not know")
	}
	// Two keys whose creates both ended unseen: whose the one object is, nobody can tell.
	two := newDesk(t, &platform{dated: true, after: dead})
	crash(t, two, func() { two.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k1") })
	two.platform.before = func() { panic("SIGKILL") }
	crash(t, two, func() { two.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k2") })
	two.platform.before, two.platform.after = nil, nil
	two.clock.add(time.Minute)
	ask(two, "k1")
}

// What another write has made is never taken for the lost one.
func TestAdopt_notAnothersObject(t *testing.T) {
	t.Parallel()
	p := &platform{dated: true, before: func() { panic("SIGKILL") }}
	d := newDesk(t, p)
	crash(t, d, func() { d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "mine") })
	p.before = nil
	theirs := d.do("POST", "/ads/c1/campaign", spring)
	if theirs.Code != 200 {
		t.Fatal(theirs.Body)
	}
	d.clock.add(11 * time.Second)
	v, _ := d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "mine")
	if v.ID != "7002" || p.mutations.Load() != 2 {
		t.Errorf("%+v was taken for it", v)
	}
}

// A refusal makes nothing, and the key may try again.
func TestRefusedKeyIsFree(t *testing.T) {
	t.Parallel()
	p := &platform{refuse: &providers.Error{Kind: providers.RateLimited, Platform: "fakeads", Message: "slow down", RetryAfter: time.Second}}
	d := newDesk(t, p)
	if rec := d.do("POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k"); rec.Code != 429 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	p.refuse = nil
	d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k")
	if rec := d.do("POST", "/ads/c1/campaign", `{}`, "Idempotency-Key", "k2"); rec.Code != 422 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k2")
}

// Without a key a lost answer is said to be one, with what may have been made.
func TestLostAnswer_withoutKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{dated: true, after: lost})
	rec := d.do("POST", "/ads/c1/campaign", spring)
	if rec.Code != 502 || !strings.Contains(rec.Body.String(), "outcome_unknown") || !strings.Contains(rec.Body.String(), "7001") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if a := d.audits()[0]; a.Outcome != store.AuditUnknown {
		t.Errorf("%+v", a)
	}
}

// A caller who leaves does not stop what has been begun: it is made, noted, and answered to who asks again.
func TestCreate_callerLeaves(t *testing.T) {
	t.Parallel()
	p := &platform{noFind: true} // so that it is known by its answer alone
	d := newDesk(t, p)
	ctx, leave := context.WithCancel(t.Context())
	p.before = leave
	r := httptest.NewRequestWithContext(ctx, "POST", "/ads/c1/campaign", strings.NewReader(spring))
	r.Header.Set("Idempotency-Key", "k")
	d.h.ServeHTTP(httptest.NewRecorder(), r)
	if a := d.audits()[0]; a.Outcome != store.AuditDone || a.ObjectID != "7001" {
		t.Errorf("%+v", a)
	}
	p.before = nil
	if _, header := d.want(200, "POST", "/ads/c1/campaign", spring, "Idempotency-Key", "k"); header.Get("Idempotent-Replayed") == "" || p.mutations.Load() != 1 {
		t.Errorf("made %d times", p.mutations.Load())
	}
}

// dying is a store that ends its process before or after one of the calls that a write makes of it.
type dying struct {
	WriteStore
	calls, dies int // of which call: 2n before it, 2n+1 after it
	name        string
}

func (d *dying) step(name string, call func()) {
	n := d.calls
	d.calls++
	if d.dies == 2*n {
		d.name = "before " + name
		panic("SIGKILL")
	}
	call()
	if d.dies == 2*n+1 {
		d.name = "after " + name
		panic("SIGKILL")
	}
}

func (d *dying) StartIdempotent(ctx context.Context, i store.Idempotent) (out store.Idempotent, first bool, err error) {
	d.step("StartIdempotent", func() { out, first, err = d.WriteStore.StartIdempotent(ctx, i) })
	return out, first, err
}

func (d *dying) AddAudit(ctx context.Context, a store.AuditEntry) (out store.AuditEntry, err error) {
	d.step("AddAudit", func() { out, err = d.WriteStore.AddAudit(ctx, a) })
	return out, err
}

func (d *dying) SendIdempotent(ctx context.Context, i store.Idempotent, a store.AuditEntry) (out store.Idempotent, entry store.AuditEntry, err error) {
	d.step("SendIdempotent", func() { out, entry, err = d.WriteStore.SendIdempotent(ctx, i, a) })
	return out, entry, err
}

func (d *dying) FinishIdempotent(ctx context.Context, i store.Idempotent, a store.AuditEntry) (err error) {
	d.step("FinishIdempotent", func() { err = d.WriteStore.FinishIdempotent(ctx, i, a) })
	return err
}

// W3 by the journal: a process that dies before or after any of its notes leaves a key with which exactly one object is
// made, and what may be spent counts it once.
func TestW3_crashAtEachNote(t *testing.T) {
	t.Parallel()
	const active = `{"name":"Spring & co","goal":"LEADS","status":"ACTIVE","budget_amount":50,"budget_period":"DAILY"}`
	var points []string
	for dies := 0; ; dies++ {
		var killer *dying
		d := newDesk(t, &platform{dated: true}, func(w *Writes) { killer = &dying{WriteStore: w.Store, dies: dies}; w.Store = killer })
		died := func() (died bool) {
			defer func() { died = recover() != nil }()
			d.do("POST", "/ads/c1/campaign", active, "Idempotency-Key", "k")
			return false
		}()
		if !died {
			break
		}
		points = append(points, killer.name)
		killer.dies = -1
		d.clock.add(11 * time.Second)
		v, _ := d.want(200, "POST", "/ads/c1/campaign", active, "Idempotency-Key", "k")
		if again, header := d.want(200, "POST", "/ads/c1/campaign", active, "Idempotency-Key", "k"); again.ID != v.ID || header.Get("Idempotent-Replayed") == "" {
			t.Errorf("%s: %+v, then %+v", killer.name, v, again)
		}
		spends, err := d.store.Spends(t.Context(), d.workspace)
		if n := d.platform.mutations.Load(); n != 1 || err != nil || len(spends) != 1 || spends[0].ObjectID != v.ID || spends[0].Amount.String() != "50" {
			t.Errorf("%s: %d at the platform, %+v may be spent, %v", killer.name, n, spends, err)
		}
	}
	if len(points) != 6 {
		t.Errorf("%q", points)
	}
}

// W5 through the handlers: writes at the same time, of which any one fits, and all of them do not.
func TestW5_writesAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{before: func() { time.Sleep(5 * time.Millisecond) }})
	if err := d.store.PutGuardrail(t.Context(), d.workspace, "", json.RawMessage(`{"max_daily_budget":100,"currency":"EUR"}`)); err != nil {
		t.Fatal(err)
	}
	const active = `{"name":"n","goal":"LEADS","status":"ACTIVE","budget_amount":30,"budget_period":"DAILY"}`
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { d.do("POST", "/ads/c1/campaign", active) })
	}
	all.Wait()
	if n := d.platform.mutations.Load(); n != 3 {
		t.Errorf("%d of 30 a day were made, the limit is 100", n)
	}
	id := "7001"
	d.refused(422, problem.CodeGuardrail, "PATCH", "/ads/c1/campaign/"+id, `{"budget_amount":41}`, "budget_amount")
	d.want(200, "PATCH", "/ads/c1/campaign/"+id, `{"budget_amount":40}`)
	d.want(200, "PATCH", "/ads/c1/campaign/"+id, `{"status":"PAUSED"}`)
	d.want(200, "POST", "/ads/c1/campaign", active)
	d.refused(422, problem.CodeGuardrail, "PATCH", "/ads/c1/campaign/"+id, `{"status":"ACTIVE"}`, "budget_amount")
	d.want(200, "DELETE", "/ads/c1/campaign/7002", "")
	d.refused(422, problem.CodeGuardrail, "PATCH", "/ads/c1/campaign/"+id+"?dry_run=true", `{"status":"ACTIVE","budget_amount":41}`, "budget_amount")
	d.want(200, "PATCH", "/ads/c1/campaign/"+id, `{"status":"ACTIVE"}`)
}
