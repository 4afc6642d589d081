package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/admux/admux/gateway"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// inside is a gateway in this process before the simulated platforms, all of them with one clock that a test moves.
type inside struct {
	*api
	ahead     atomic.Int64 // of the real time
	platforms []*platform
}

// platform is a simulated one and the connection to it.
type platform struct {
	id, url, connection string
	client              [2]string
	tokens              [2]string
	data                string // what is in the path of every call for numbers
	page                int    // rows of one answer, at most; 0: no bound
}

// size is how large each platform is; the zero one is small.
type size struct{ accounts, campaigns, groups, ads, days int }

func (i *inside) now() time.Time { return time.Now().Add(time.Duration(i.ahead.Load())) }

// pass lets time pass, for the gateway and for the platforms.
func (i *inside) pass(d time.Duration) { i.ahead.Add(int64(d)) }

// newInside starts platforms and a gateway.
func newInside(t *testing.T, w size) *inside {
	t.Helper()
	i := &inside{}
	dense := w.campaigns > 0
	l := linkedin.New(linkedin.Options{Seed: 1, Now: i.now, Accounts: w.accounts, Campaigns: w.campaigns, Groups: w.groups, Ads: w.ads, HistoryDays: w.days, Dense: dense})
	g := google.New(google.Options{Seed: 1, Now: i.now, Accounts: w.accounts, Campaigns: w.campaigns, Groups: w.groups, Ads: w.ads, HistoryDays: w.days, Dense: dense})
	m := meta.New(meta.Options{Seed: 1, Now: i.now, Accounts: w.accounts, Campaigns: w.campaigns, Groups: w.groups, Ads: w.ads, HistoryDays: w.days, Dense: dense})
	lt, gt, mt := l.Grant(), g.Grant(), m.Grant()
	serve := func(h http.Handler) string {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	i.platforms = []*platform{
		{id: "linkedinads", url: serve(l), client: [2]string{l.App().ClientID, l.App().ClientSecret}, tokens: [2]string{lt.Access, lt.Refresh}, data: "/adAnalytics", page: 15_000},
		{id: "googleads", url: serve(g), client: [2]string{g.App().ClientID, g.App().ClientSecret}, tokens: [2]string{gt.Access, gt.Refresh}, data: ":searchStream"},
		{id: "metaads", url: serve(m), client: [2]string{m.App().ClientID, m.App().ClientSecret}, tokens: [2]string{mt.Access, ""}, data: "/insights", page: 1000},
	}
	i.api = i.gateway(t, 0)
	return i
}

// gateway starts another gateway before the same platforms, with a database of its own. The connections of the platforms
// are its own from then on.
func (i *inside) gateway(t *testing.T, cacheBytes int64) *api {
	t.Helper()
	log := slog.New(slog.DiscardHandler) // what is still under way when a test ends has nobody to tell
	s := storetest.Open(t, storetest.SQLite(t), storetest.Keyring(t), store.Options{Now: i.now, Log: log})
	registry := providers.NewRegistry(all.All()...)
	hosts, apps := map[string]string{}, map[string]providers.App{}
	for _, p := range i.platforms {
		apps[p.id] = providers.App{ClientID: p.client[0], ClientSecret: p.client[1], Extra: map[string]string{"developer_token": "sim-developer-token"}}
		one, _ := registry.Get(p.id)
		spec := one.Spec()
		for _, h := range spec.Hosts {
			hosts[h] = p.url
		}
		for _, raw := range []string{spec.Auth.Endpoint.TokenURL, spec.Auth.Endpoint.AuthURL} {
			if u, err := url.Parse(raw); err == nil {
				hosts[u.Host] = p.url
			}
		}
	}
	server, err := gateway.New(t.Context(), gateway.Config{Registry: registry, BaseURLs: hosts, Apps: apps, Store: s, Log: log, Now: i.now, RateLimit: -1, CacheBytes: cacheBytes})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(server.Handler())
	t.Cleanup(srv.Close)
	ws, err := s.CreateWorkspace(t.Context(), "w", nil)
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := server.Keys().Generate(t.Context(), ws.ID, "k", auth.Admin)
	if err != nil {
		t.Fatal(err)
	}
	a := &api{t: t, base: srv.URL, key: key.Reveal()}
	for _, p := range i.platforms {
		p.connection = i.connect(t, a, p)
	}
	return a
}

func (i *inside) connect(t *testing.T, a *api, p *platform) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"integration_type": p.id, "categories": []string{"ads"}, "environment": "Production", "permissions": []string{"ads_report_read", "ads_organization_read"},
		"auth": map[string]any{"access_token": p.tokens[0], "refresh_token": p.tokens[1], "expires_in": 5184000},
	})
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		ID string `json:"id"`
	}
	got := a.do(http.MethodPost, "/unified/connection", nil, body)
	if got.decode(t, &made); made.ID == "" {
		t.Fatalf("%s: no connection was made: %d %s", p.id, got.status, got.body)
	}
	return made.ID
}

// simCall is a request that a simulated platform has seen.
type simCall struct{ Method, Path, Query string }

// calls lists the requests that a platform has seen since it was last asked.
func (p *platform) calls(t *testing.T) (data, others []simCall) {
	t.Helper()
	body := control(t, http.MethodGet, p.url+"/_sim/calls", "")
	control(t, http.MethodDelete, p.url+"/_sim/calls", "")
	dec := json.NewDecoder(bytes.NewReader(body))
	for dec.More() {
		var c simCall
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(c.Path, p.data) {
			data = append(data, c)
		} else {
			others = append(others, c)
		}
	}
	return data, others
}

func control(t *testing.T, method, address, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %v %s", method, address, res.StatusCode, err, b)
	}
	return b
}
