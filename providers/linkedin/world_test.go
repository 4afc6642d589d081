package linkedin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin"
	"github.com/admux/admux/providers/linkedin/sim"
)

// world is a simulator and a session of a connection to it.
type world struct {
	*providers.Session
	sim  *sim.Sim
	base string
}

// connect opens a session to a fresh simulator. The options may be changed by with.
func connect(t testing.TB, o sim.Options, with ...func(*providers.Conn, *providers.Deps)) world {
	t.Helper()
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return world{open(t, srv.URL, &staticTokens{token: s.Grant().Access}, s.Now, with...), s, srv.URL}
}

// open opens a session whose hosts are at base.
func open(t testing.TB, base string, tokens providers.Tokens, now func() time.Time, with ...func(*providers.Conn, *providers.Deps)) *providers.Session {
	t.Helper()
	p := linkedin.New()
	spec := p.Spec()
	moved := map[string]string{}
	for _, h := range spec.Hosts {
		moved[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, spec.Hosts, moved)
	if err != nil {
		t.Fatal(err)
	}
	conn := providers.Conn{ID: "c1", Tokens: tokens}
	deps := providers.Deps{
		HTTP: &http.Client{Transport: tr}, Now: now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, f := range with {
		f(&conn, &deps)
	}
	session, err := p.Open(conn, deps)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// staticTokens hands out one token, and another one after a refusal where it has one.
type staticTokens struct {
	mu       sync.Mutex
	token    string
	obtained time.Time
	next     []string
	rejected int
}

func (s *staticTokens) Token(context.Context) (*oauth2.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tok := &oauth2.Token{AccessToken: s.token, TokenType: "Bearer"}
	if !s.obtained.IsZero() {
		tok = tok.WithExtra(map[string]any{"obtained_at": s.obtained})
	}
	return tok, nil
}

func (s *staticTokens) Reject(context.Context, *oauth2.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected++
	if len(s.next) == 0 {
		return &providers.Error{Kind: providers.Unauthorized, Message: "the grant has ended"}
	}
	s.token, s.next = s.next[0], s.next[1:]
	return nil
}

// all lists every page.
func all[T any](t testing.TB, c providers.Collection[T], q providers.ListQuery) []T {
	t.Helper()
	if q.Size == 0 {
		q.Size = c.MaxPage
	}
	var out []T
	for v, err := range c.All(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// report runs every part of a query and returns the rows, and the meta of the last part.
func report(t testing.TB, s *providers.Session, q providers.ReportQuery) ([]normalize.Row, providers.Meta, error) {
	t.Helper()
	parts, err := s.Reports.Plan(q)
	if err != nil {
		return nil, providers.Meta{}, err
	}
	var rows []normalize.Row
	var meta providers.Meta
	for _, p := range parts {
		meta = providers.Meta{}
		for row, err := range s.Reports.Stream(t.Context(), p, &meta) {
			if err != nil {
				return rows, meta, err
			}
			rows = append(rows, row.Clone())
		}
	}
	return rows, meta, nil
}
