package meta_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

// bench is a simulator and a session of a connection to it.
type bench struct {
	*providers.Session
	sim  *sim.Sim
	base string
}

// connect opens a session to a fresh simulator, with all scopes it knows. The options may be changed by with.
func connect(t testing.TB, o sim.Options, with ...func(*providers.Conn, *providers.Deps)) bench {
	t.Helper()
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return bench{open(t, srv.URL, &staticTokens{token: s.Grant().Access}, s.Now, with...), s, srv.URL}
}

// moved is a client whose calls to Meta's hosts go to base.
func moved(t testing.TB, base string) *http.Client {
	t.Helper()
	hosts := meta.New().Spec().Hosts
	to := map[string]string{}
	for _, h := range hosts {
		to[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, hosts, to)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: tr}
}

// open opens a session whose hosts are at base.
func open(t testing.TB, base string, tokens providers.Tokens, now func() time.Time, with ...func(*providers.Conn, *providers.Deps)) *providers.Session {
	t.Helper()
	conn := providers.Conn{ID: "c1", Tokens: tokens}
	deps := providers.Deps{
		HTTP: moved(t, base), Now: now, Log: slog.New(slog.DiscardHandler),
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, f := range with {
		f(&conn, &deps)
	}
	session, err := meta.New().Open(conn, deps)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// staticTokens hands out one token, and another one after a refusal where it has one.
type staticTokens struct {
	mu       sync.Mutex
	token    string
	next     []string
	rejected int
}

func (s *staticTokens) Token(context.Context) (*oauth2.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &oauth2.Token{AccessToken: s.token, TokenType: "Bearer"}, nil
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

// serve starts a server for a test and returns its address.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// post passes a write of a caller's through.
func post(t testing.TB, s *providers.Session, target string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
