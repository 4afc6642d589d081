package conformance

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// env is one fresh simulator with one connection to it. When its test ends, everything that was said in it is searched
// for secrets.
type env struct {
	t       *testing.T
	h       Harness
	sim     Sim
	spec    providers.Spec
	p       providers.Provider
	client  *http.Client
	purse   *purse
	limits  *noteLimiter
	session *providers.Session
	log     *safeBuffer
	wire    *wireTap
	granted int // requests that the grant took

	mu     sync.Mutex
	sleeps []time.Duration
	said   []string // texts of errors
}

// change adapts what the session is opened with.
type change func(*providers.Conn, *providers.Deps)

// quick makes stalled answers end soon, though not so soon that a busy machine takes a good answer for one.
func quick(_ *providers.Conn, d *providers.Deps) {
	d.Timeouts = providers.Timeouts{Headers: 1500 * time.Millisecond, Idle: 1500 * time.Millisecond}
}

func newEnv(t *testing.T, h Harness, o Options, changes ...change) *env {
	t.Helper()
	e := &env{t: t, h: h, sim: h.Sim(t, o), p: h.Provider(), log: &safeBuffer{}, limits: &noteLimiter{}}
	e.spec = e.p.Spec()
	base := map[string]string{}
	for _, host := range e.spec.Hosts {
		base[host] = e.sim.URL()
	}
	plain := &http.Transport{MaxIdleConnsPerHost: 8}
	e.wire = &wireTap{next: plain}
	guarded, err := providers.NewTransport(e.wire, e.spec.Hosts, base)
	if err != nil {
		t.Fatal(err)
	}
	e.client = &http.Client{Transport: guarded}
	e.purse = &purse{e: e}
	t.Cleanup(func() {
		e.sim.ClearFaults() // lets stalled answers end
		plain.CloseIdleConnections()
		e.noSecretsSaid()
		if n := e.wire.open.Load(); n != 0 {
			t.Errorf("%d answers were not closed: their connections are lost", n)
		}
	})
	e.purse.set(e.grant())
	e.granted = len(e.wire.urls())
	e.session = e.open(changes...)
	return e
}

// open binds a session to the connection.
func (e *env) open(changes ...change) *providers.Session {
	e.t.Helper()
	conn := providers.Conn{ID: "conn-1", Tokens: e.purse, App: e.sim.App(), Settings: e.h.Settings}
	deps := providers.Deps{
		HTTP: e.client, Limits: e.limits, Now: e.sim.Now,
		Log:   slog.New(slog.NewTextHandler(e.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Sleep: e.sleep,
	}
	for _, c := range changes {
		c(&conn, &deps)
	}
	s, err := e.p.Open(conn, deps)
	if err != nil {
		e.t.Fatalf("Open: %v", err)
	}
	return s
}

// sleep takes no time: waits are kept.
func (e *env) sleep(ctx context.Context, d time.Duration) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sleeps = append(e.sleeps, d)
	return context.Cause(ctx)
}

func (e *env) slept() []time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]time.Duration(nil), e.sleeps...)
}

// refusal checks what every error must be, and keeps its text.
func (e *env) refusal(err error) *providers.Error {
	e.t.Helper()
	pe, ok := errors.AsType[*providers.Error](err)
	if !ok {
		e.t.Fatalf("error %T %v is not a *providers.Error", err, err)
	}
	e.mu.Lock()
	for u := err; u != nil; u = errors.Unwrap(u) {
		e.said = append(e.said, u.Error())
	}
	e.said = append(e.said, pe.Code, pe.Field, pe.Message, pe.RequestID)
	e.mu.Unlock()
	if pe.Platform != e.spec.ID {
		e.t.Errorf("error of platform %q, want %q: %v", pe.Platform, e.spec.ID, pe)
	}
	if pe.Kind == 0 || pe.Message == "" {
		e.t.Errorf("error without kind or message: %+v", pe)
	}
	return pe
}

// fatal ends the test unless err is nil.
func (e *env) fatal(what string, err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatalf("%s: %v", what, err)
	}
}

// noSecretsSaid searches the log, the errors and the URLs for what must be seen in none of them.
func (e *env) noSecretsSaid() {
	secrets := e.purse.secrets()
	search := func(where, text string) {
		for name, s := range secrets {
			if strings.Contains(text, s) {
				e.t.Errorf("leak: %s in %s: %.300q", name, where, strings.ReplaceAll(text, s, "‹"+name+"›"))
			}
		}
	}
	search("the log", e.log.String())
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, text := range e.said {
		search("an error", text)
	}
	for _, u := range e.wire.urls() {
		search("a URL", u)
	}
}

// orgs lists the accounts of the connection that can be read: a platform may list one that is closed and open nothing of
// it.
func (e *env) orgs() []normalize.Organization {
	e.t.Helper()
	c := e.session.Organizations
	if c.List == nil {
		e.t.Fatal("Organizations.List is not declared: no account can be found")
	}
	var out []normalize.Organization
	for o, err := range c.All(e.t.Context(), providers.ListQuery{Size: c.MaxPage}) {
		e.fatal("accounts", err)
		if o.Status != normalize.StatusArchived || !e.closed(o.ID) {
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		e.t.Fatal("the connection sees no account")
	}
	return out
}

// closed tells whether the platform refuses what is in an account.
func (e *env) closed(org string) bool {
	c := e.session.Campaigns
	if c.List == nil {
		return false
	}
	_, err := c.List(e.t.Context(), providers.ListQuery{Org: org, Size: 1})
	return providers.KindOf(err) == providers.Forbidden
}
