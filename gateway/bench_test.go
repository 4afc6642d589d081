package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// BenchmarkP1 times a list of 25 campaigns: asked of the platform itself, through Go's bare ReverseProxy, and through the
// whole gateway with keys, limits, log of calls and metrics. P1: the gateway adds at most 0.25 ms, and at most 1.3 times
// what the ReverseProxy adds.
func BenchmarkP1(b *testing.B) {
	type page struct{ Items []normalize.Campaign }
	var rows page
	for i := range 25 {
		amount := normalize.Scaled(int64(10_000+i), 2)
		rows.Items = append(rows.Items, normalize.Campaign{ID: fmt.Sprint(i), Name: "Spring campaign", Status: normalize.StatusActive, Currency: "EUR",
			OrganizationID: "5001", BudgetAmount: &amount, Goal: normalize.GoalLeads})
	}
	body, err := json.Marshal(rows)
	if err != nil {
		b.Fatal(err)
	}
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	defer platform.Close()
	at, err := url.Parse(platform.URL)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 64}})
	defer proxy.Close()
	st := storetest.Open(b, storetest.SQLite(b), storetest.Keyring(b), store.Options{Log: slog.New(slog.DiscardHandler)})
	server, err := New(b.Context(), Config{Registry: providers.NewRegistry(fakeProvider{}), Store: st, RateLimit: 1e9,
		BaseURLs: map[string]string{fakeHost: platform.URL},
		Log:      slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // writing the lines is part of what is timed
	})
	if err != nil {
		b.Fatal(err)
	}
	gateway := httptest.NewServer(server.Handler())
	defer gateway.Close()
	ws := storetest.Workspace(b, st)
	key, _, err := server.Keys().Generate(b.Context(), ws, "bench", auth.Read)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	conn, err := st.CreateConnection(b.Context(), store.Connection{WorkspaceID: ws, IntegrationType: "fakeads"},
		store.Grant{AccessToken: canaryToken, ObtainedAt: now, Expiry: now.Add(24 * time.Hour)}, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	for name, target := range map[string]string{
		"1direct": platform.URL + "/campaigns", "2proxy": proxy.URL + "/campaigns", "3gateway": gateway.URL + "/ads/" + conn.ID + "/campaign?limit=25",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, target, http.NoBody)
				if err != nil {
					b.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+key.Reveal())
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(res.StatusCode, err)
				}
				_ = res.Body.Close()
			}
		})
	}
}
