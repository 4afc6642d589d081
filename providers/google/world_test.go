package google_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google"
	"github.com/admux/admux/providers/google/sim"
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
	return world{open(t, srv.URL, &purse{token: s.Grant().Access}, s.Now, with...), s, srv.URL}
}

// open opens a session of a fresh adapter whose hosts are at base.
func open(t testing.TB, base string, tokens providers.Tokens, now func() time.Time, with ...func(*providers.Conn, *providers.Deps)) *providers.Session {
	t.Helper()
	return openWith(t, google.New(), base, tokens, now, with...)
}

func openWith(t testing.TB, p providers.Provider, base string, tokens providers.Tokens, now func() time.Time, with ...func(*providers.Conn, *providers.Deps)) *providers.Session {
	t.Helper()
	conn := providers.Conn{ID: "c1", Tokens: tokens}
	deps := providers.Deps{
		HTTP: &http.Client{Transport: moved(t, base)}, Now: now, Log: slog.New(slog.DiscardHandler),
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

// moved reaches the platform's hosts at base.
func moved(t testing.TB, base string) http.RoundTripper {
	t.Helper()
	hosts := google.New().Spec().Hosts
	to := map[string]string{}
	for _, h := range hosts {
		to[h] = base
	}
	tr, err := providers.NewTransport(http.DefaultTransport, hosts, to)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// purse hands out one token, and the next one after a refusal where there is one.
type purse struct {
	mu       sync.Mutex
	token    string
	next     []string
	rejected int
}

func (p *purse) Token(context.Context) (*oauth2.Token, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &oauth2.Token{AccessToken: p.token, TokenType: "Bearer"}, nil
}

func (p *purse) Reject(context.Context, *oauth2.Token) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rejected++
	if len(p.next) == 0 {
		return &providers.Error{Kind: providers.Unauthorized, Message: "the grant has ended"}
	}
	p.token, p.next = p.next[0], p.next[1:]
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

// readable are the accounts that are not cancelled: of those Google opens nothing.
func readable(t testing.TB, s *providers.Session) []normalize.Organization {
	t.Helper()
	return slices.DeleteFunc(all(t, s.Organizations, providers.ListQuery{}), func(o normalize.Organization) bool { return o.Status == normalize.StatusArchived })
}

// heard is a call that a scripted server has got.
type heard struct {
	method, path, query, token, login, developer string
}

// script answers calls of the API by a function.
type script struct {
	mu     sync.Mutex
	calls  []heard
	answer func(heard) (status int, body string)
}

var scriptNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// scripted opens a session to a script. The accounts of its tree are answered unless answer does: one account, 1000000001,
// that the person has themselves.
func scripted(t testing.TB, answer func(heard) (int, string), with ...func(*providers.Conn, *providers.Deps)) (*providers.Session, *script) {
	t.Helper()
	s := &script{answer: answer}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return open(t, srv.URL, &purse{token: "token-of-the-script"}, func() time.Time { return scriptNow }, with...), s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Query, PageToken string }
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &body)
	h := heard{
		r.Method, strings.TrimPrefix(r.URL.Path, "/v25/"), body.Query, body.PageToken,
		r.Header.Get("login-customer-id"), r.Header.Get("developer-token"),
	}
	s.mu.Lock()
	s.calls = append(s.calls, h)
	s.mu.Unlock()
	status, text := s.answer(h)
	if status == 0 {
		status = http.StatusOK
		switch {
		case h.path == "customers:listAccessibleCustomers":
			text = `{"resourceNames":["customers/1000000001"]}`
		case strings.Contains(h.query, " FROM customer_client"):
			text = clientRows(clientRow(1000000001, 0, false, "ENABLED"))
		default:
			text = `{"fieldMask":"x"}`
		}
	}
	w.Header().Set("request-id", "rq-1")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// asking lists the queries that hold a text.
func (s *script) asking(text string) []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.calls), func(h heard) bool { return !strings.Contains(h.path+" "+h.query, text) })
}

func clientRow(id, level int64, manager bool, status string) string {
	return fmt.Sprintf(`{"customerClient":{"resourceName":"customers/1/customerClients/%d","id":"%d","level":"%d","manager":%v,"status":"%s",`+
		`"descriptiveName":"Account %d","currencyCode":"EUR","timeZone":"Europe/Berlin","testAccount":false,"hidden":false}}`, id, id, level, manager, status, id)
}

func clientRows(rows ...string) string {
	return `{"results":[` + strings.Join(rows, ",") + `],"fieldMask":"x"}`
}

// adsFailure is an error body of the API.
func adsFailure(status int, family, code, details string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":"the same text for all","status":"X","details":[{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",`+
		`"errors":[{"errorCode":{"%s":"%s"},"message":"said %s","details":{%s}}],"requestId":"rq-of-the-body"}]}}`, status, family, code, code, details)
}
