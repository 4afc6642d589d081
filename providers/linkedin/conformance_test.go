package linkedin_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/linkedin"
	"github.com/admux/admux/providers/linkedin/sim"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, conformance.Harness{
		Provider: func() providers.Provider { return everyScope{linkedin.New()} },
		Sim: func(t testing.TB, o conformance.Options) conformance.Sim {
			_, base := simulated(t, sim.Options{
				Seed: o.Seed, Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
				HistoryDays: o.HistoryDays, Dense: o.Dense,
			})
			return base
		},
		APIPath: "/rest/", ReportPath: "/rest/adAnalytics",
		Refusal: func(status int, message, requestID string) conformance.Fault {
			body, err := json.Marshal(map[string]any{"status": status, "message": message})
			if err != nil {
				t.Fatal(err)
			}
			return conformance.Fault{Status: status, Body: body, Headers: map[string]string{"x-li-request-id": requestID}}
		},
		Queries: map[providers.Object]providers.ListQuery{},
	})
}

// everyScope asks for all scopes: posts, pages and lead forms need those that are optional.
type everyScope struct{ providers.Provider }

func (e everyScope) Spec() providers.Spec {
	s := e.Provider.Spec()
	s.Auth.Scopes = append(s.Auth.Scopes, s.Auth.Optional...)
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
