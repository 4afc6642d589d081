package ads

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// platform is one that keeps campaigns, counts what changes it, and can lose its answers.
type platform struct {
	mu        sync.Mutex
	campaigns map[string]normalize.Campaign
	next      int
	mutations atomic.Int32
	reads     atomic.Int32
	last      atomic.Pointer[providers.Write[normalize.Campaign]]

	dated   bool                                                                                                    // tells when a campaign was made
	before  func()                                                                                                  // runs before a create is carried out
	after   func() error                                                                                            // what a create or an update answers in place of the truth
	refuse  *providers.Error                                                                                        // what every write is refused with
	asks    bool                                                                                                    // cannot tell an object without its account
	batch   bool                                                                                                    // has calls for several at once
	sent    [][]string                                                                                              // by batch: what each held
	several func(context.Context, []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) // in place of batch
	noFind  bool                                                                                                    // has no way to look for what it may have made
	orgs    map[string]string                                                                                       // currencies of accounts
	now     func() time.Time
}

func (p *platform) collection() providers.Collection[normalize.Campaign] {
	c := providers.Collection[normalize.Campaign]{
		MaxPage: 100, Get: p.get, Create: p.create, Update: p.update, Delete: p.remove, Find: p.find,
		Fields: []providers.Field{
			{Name: "name", Create: true, Update: true, Required: true}, {Name: "status", Create: true, Update: true},
			{Name: "budget_amount", Create: true, Update: true, Clear: true}, {Name: "budget_period", Create: true, Update: true},
			{Name: "goal", Create: true, Required: true}, {Name: "end_at", Create: true, Update: true, Clear: true},
			{Name: "targeting.geographic.countries", Create: true, Update: true, Clear: true},
			{Name: "targeting.language", Create: true, Update: true, Clear: true},
			{Name: "organization_id", Create: true},
		},
	}
	if p.noFind {
		c.Find = nil
	}
	if p.batch {
		c.Batch = p.atOnce
	}
	if p.several != nil {
		c.Batch = p.several
	}
	return c
}

// atOnce carries out one after the other what came in one call.
func (p *platform) atOnce(ctx context.Context, ops []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) {
	out := make([]providers.Done[normalize.Campaign], len(ops))
	var names []string
	for i, o := range ops {
		switch {
		case o.Remove:
			names = append(names, "delete "+o.Ref.ID)
			out[i].Removal, out[i].Err = p.remove(ctx, o.Ref, o.Write.DryRun)
		case o.Ref.ID != "":
			names = append(names, "update "+o.Ref.ID)
			out[i].Written, out[i].Err = p.update(ctx, o.Ref, o.Write)
		default:
			names = append(names, "create "+o.Write.Object.Name)
			out[i].Written, out[i].Err = p.create(ctx, o.Write)
		}
	}
	slices.Sort(names)
	p.mu.Lock()
	p.sent = append(p.sent, names)
	p.mu.Unlock()
	return out, nil
}

func (p *platform) get(_ context.Context, r providers.Ref) (normalize.Campaign, error) {
	p.reads.Add(1)
	if p.asks && r.Org == "" {
		return normalize.Campaign{}, &providers.Error{Kind: providers.Invalid, Platform: "fakeads", Field: "org_id", Message: "the account is needed"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.campaigns[r.ID]
	if !ok {
		return v, &providers.Error{Kind: providers.NotFound, Platform: "fakeads", Message: "no such campaign"}
	}
	if r.Raw {
		v.Raw = json.RawMessage(`{"theirs":true}`)
	}
	return v, nil
}

func (p *platform) create(ctx context.Context, w providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
	p.last.Store(&w)
	if p.refuse != nil {
		return providers.Written[normalize.Campaign]{}, p.refuse
	}
	if w.Org == "" {
		return providers.Written[normalize.Campaign]{}, &providers.Error{Kind: providers.Invalid, Platform: "fakeads", Field: "org_id", Message: "the account is needed"}
	}
	v := w.Object
	if v.Status == "" {
		v.Status = normalize.StatusPaused
	}
	v.OrganizationID, v.Currency = w.Org, p.orgs[w.Org]
	if w.DryRun {
		return providers.Written[normalize.Campaign]{Object: v, Checked: providers.CheckedByPlatform}, nil
	}
	if p.before != nil {
		p.before()
	}
	p.mu.Lock()
	p.next++
	v.ID = fmt.Sprint(7000 + p.next)
	if at := p.now(); p.dated {
		v.CreatedAt = &at
	}
	p.campaigns[v.ID] = v
	p.mu.Unlock()
	p.mutations.Add(1)
	if p.after != nil {
		if err := p.after(); err != nil {
			return providers.Written[normalize.Campaign]{}, err
		}
	}
	return providers.Written[normalize.Campaign]{Object: v, RequestIDs: []string{"up-1"}}, ctx.Err()
}

func (p *platform) update(_ context.Context, r providers.Ref, w providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
	p.last.Store(&w)
	if p.refuse != nil {
		return providers.Written[normalize.Campaign]{}, p.refuse
	}
	if w.DryRun {
		return providers.Written[normalize.Campaign]{Object: w.Object, Checked: providers.CheckedByRules}, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.campaigns[r.ID] = w.Object
	p.mutations.Add(1)
	if p.after != nil {
		if err := p.after(); err != nil {
			return providers.Written[normalize.Campaign]{}, err
		}
	}
	return providers.Written[normalize.Campaign]{Object: w.Object, RequestIDs: []string{"up-2"}}, nil
}

func (p *platform) remove(_ context.Context, r providers.Ref, dry bool) (providers.Removal, error) {
	if dry {
		return providers.Removal{Effect: providers.EffectArchived, Checked: providers.CheckedByRules}, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.campaigns, r.ID)
	p.mutations.Add(1)
	return providers.Removal{Effect: providers.EffectArchived}, nil
}

func (p *platform) find(_ context.Context, w providers.Write[normalize.Campaign], try providers.Try) ([]normalize.Campaign, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []normalize.Campaign
	for _, v := range p.campaigns {
		in := v.CreatedAt == nil || !v.CreatedAt.Before(try.Since) && !v.CreatedAt.After(try.Until)
		if v.Name == w.Object.Name && v.OrganizationID == w.Org && in {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b normalize.Campaign) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (p *platform) put(v normalize.Campaign) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.campaigns[v.ID] = v
}

// desk is the handlers of a platform that can be written to, over a real store.
type desk struct {
	t         *testing.T
	h         http.Handler
	handler   *Handler
	platform  *platform
	store     *store.Store
	guard     *guard.Service
	workspace string
	clock     *clock
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { // no two moments are the same
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var errNoRates = errors.New("the rates are away")

func newDesk(t *testing.T, p *platform, change ...func(*Writes)) *desk {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	d := &desk{t: t, platform: p, clock: &clock{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}}
	d.store = storetest.Open(t, storetest.SQLite(t), storetest.Keyring(t), store.Options{Now: d.clock.now})
	d.workspace = storetest.Workspace(t, d.store)
	p.now = d.clock.now
	if p.campaigns == nil {
		p.campaigns = map[string]normalize.Campaign{}
	}
	if p.orgs == nil {
		p.orgs = map[string]string{"1": "EUR"}
	}
	d.guard = guard.New(guard.Config{Store: d.store, Now: d.clock.now,
		Rates: func(context.Context, []string, normalize.DayRange) (*rates.Table, error) { return nil, errNoRates }})
	w := Writes{
		Open: func(c *gin.Context, id string, _ providers.Object) (Connection, func(error) error, error) {
			return d.connection(id), func(err error) error { return err }, nil
		},
		Caller: func(*gin.Context) Caller { return Caller{Workspace: d.workspace, KeyID: "key_1", RequestID: "req_1"} },
		Store:  d.store, Guard: d.guard, Now: d.clock.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Lease: 10 * time.Second,
	}
	for _, f := range change {
		f(&w)
	}
	d.handler = New(Config{Writes: &w, Open: func(c *gin.Context, _ providers.Object) (Connection, func(error) error, error) {
		return d.connection(c.Param("connection_id")), func(err error) error { return err }, nil
	}})
	e := gin.New()
	const o = providers.ObjectCampaign
	e.GET("/ads/:connection_id/campaign/:id", d.handler.Get(o))
	e.POST("/ads/:connection_id/campaign", d.handler.Create(o))
	e.PATCH("/ads/:connection_id/campaign/:id", d.handler.Update(o))
	e.PUT("/ads/:connection_id/campaign/:id", d.handler.Update(o))
	e.DELETE("/ads/:connection_id/campaign/:id", d.handler.Delete(o))
	e.POST("/ads/:connection_id/:object/batch", d.handler.Batch())
	d.h = e
	return d
}

func (d *desk) connection(id string) Connection {
	var orgs []string
	for org := range d.platform.orgs {
		orgs = append(orgs, org)
	}
	slices.Sort(orgs)
	return Connection{
		ID: id, Platform: "Fake Ads", Type: "fakeads", Orgs: orgs, Session: &providers.Session{Campaigns: d.platform.collection()},
		Currency: func(org string) string { return d.platform.orgs[org] },
	}
}

func (d *desk) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, target, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, r)
	return rec
}

// want sends a request whose status is known, and reads the campaign that it answers.
func (d *desk) want(status int, method, target, body string, headers ...string) (normalize.Campaign, http.Header) {
	d.t.Helper()
	rec := d.do(method, target, body, headers...)
	if rec.Code != status {
		d.t.Fatalf("%s %s %s: %d %s, want %d", method, target, body, rec.Code, rec.Body, status)
	}
	var v normalize.Campaign
	if raw, _ := io.ReadAll(rec.Body); len(raw) > 0 {
		if err := json.Unmarshal(raw, &v); err != nil {
			d.t.Fatalf("%s: %v", raw, err)
		}
	}
	return v, rec.Header()
}

// refused sends a request that is to be refused with a code, changes nothing, and names fields.
func (d *desk) refused(status int, code problem.Code, method, target, body string, fields ...string) problem.Body {
	d.t.Helper()
	before := d.platform.mutations.Load()
	rec := d.do(method, target, body)
	var b problem.Body
	if err := json.Unmarshal(rec.Body.Bytes(), &b); err != nil || rec.Code != status || b.Code != code {
		d.t.Fatalf("%s %s %s: %d %s, want %d %s", method, target, body, rec.Code, rec.Body, status, code)
	}
	var named []string
	for _, f := range b.Errors {
		named = append(named, f.Field)
	}
	if !slices.Equal(named, fields) {
		d.t.Errorf("%s %s %s names %q, want %q: %s", method, target, body, named, fields, rec.Body)
	}
	if n := d.platform.mutations.Load(); n != before {
		d.t.Errorf("%s %s %s: refused, and %d changes were made", method, target, body, n-before)
	}
	return b
}

func (d *desk) audits() []store.AuditEntry {
	d.t.Helper()
	list, err := d.store.Audits(d.t.Context(), d.workspace, store.AuditFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}
