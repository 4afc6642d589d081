package google_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/google"
	"github.com/admux/admux/providers/google/sim"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, conformance.Harness{
		Provider: google.New,
		Sim: func(t testing.TB, o conformance.Options) conformance.Sim {
			_, base := simulated(t, sim.Options{
				Seed: o.Seed, Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
				HistoryDays: o.HistoryDays, Dense: o.Dense,
			})
			return base
		},
		APIPath: "/v25/", ReportPath: "googleAds:searchStream",
		Refusal: func(status int, message, requestID string) conformance.Fault {
			body, err := json.Marshal(map[string]any{"error": map[string]any{"code": status, "message": message}})
			if err != nil {
				t.Fatal(err)
			}
			return conformance.Fault{Status: status, Body: body, Headers: map[string]string{"request-id": requestID}}
		},
		Queries: map[providers.Object]providers.ListQuery{},
	})
}

// simulated starts a simulator of its own for a test.
func simulated(t testing.TB, o sim.Options) (*sim.Sim, conformance.Sim) {
	t.Helper()
	s := sim.New(o)
	tap := &queryTap{next: s}
	srv := httptest.NewServer(tap)
	t.Cleanup(srv.Close)
	app := s.App()
	tap.Sim = conformance.Served(t, srv.URL, providers.App{ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURI})
	return s, tap
}

// queryTap tells what was asked: every read is a query in the body of a POST to one of two paths.
type queryTap struct {
	conformance.Sim
	next http.Handler
	mu   sync.Mutex
	seen []conformance.Call
}

// ServeHTTP implements http.Handler.
func (q *queryTap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := conformance.Call{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery}
	if strings.Contains(call.Path, "googleAds:search") {
		b, err := io.ReadAll(r.Body)
		if err == nil {
			var body struct{ Query, PageToken string }
			_ = json.Unmarshal(b, &body) // what is no query is the simulator's to refuse
			call.Query = body.Query + " " + body.PageToken
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	if !strings.HasPrefix(call.Path, "/_sim/") {
		q.mu.Lock()
		q.seen = append(q.seen, call)
		q.mu.Unlock()
	}
	q.next.ServeHTTP(w, r)
}

// Calls implements conformance.Sim.
func (q *queryTap) Calls() []conformance.Call {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.seen)
}
