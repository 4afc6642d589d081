package meta_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, conformance.Harness{
		Provider: func() providers.Provider { return everyScope{meta.New()} },
		Sim: func(t testing.TB, o conformance.Options) conformance.Sim {
			_, base := simulated(t, sim.Options{
				Seed: o.Seed, Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
				HistoryDays: o.HistoryDays, Dense: o.Dense, LiveVersions: []string{"v26.0", "v27.0"},
			})
			return base
		},
		// Meta's token calls are on the same host and paths as the rest: only their version tells the two apart.
		APIPath: "/v27.0/", Settings: map[string]string{"api_version": "v27.0"},
		Refusal: func(status int, message, requestID string) conformance.Fault {
			code := map[int]int{400: 100, 401: 190, 403: 200, 429: 17, 500: 2, 504: 2}[status]
			body, err := json.Marshal(map[string]any{"error": map[string]any{
				"message": message, "type": "OAuthException", "code": code, "fbtrace_id": requestID,
			}})
			if err != nil {
				t.Fatal(err)
			}
			return conformance.Fault{Status: status, Body: body, Headers: map[string]string{"x-fb-trace-id": requestID}}
		},
		Queries: map[providers.Object]providers.ListQuery{},
	})
}

// everyScope asks for all scopes that the simulator knows.
type everyScope struct{ providers.Provider }

func (e everyScope) Spec() providers.Spec {
	s := e.Provider.Spec()
	for _, o := range s.Auth.Optional {
		if o != "catalog_management" {
			s.Auth.Scopes = append(s.Auth.Scopes, o)
		}
	}
	return s
}

// simulated starts a simulator of its own for a test.
func simulated(t testing.TB, o sim.Options) (*sim.Sim, conformance.Sim) {
	t.Helper()
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	app := s.App()
	return s, conformance.Served(t, srv.URL, providers.App{ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURI})
}
