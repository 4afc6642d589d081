package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/admux/admux/gateway"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
)

// partnerApp is a web application of a partner: the pages that consent comes back to.
func partnerApp(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>Partner</title><p>Back at the partner: %s</p>", strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// beginAt is the link on the partner's page.
func beginAt(demo announced, app, state string, more url.Values) string {
	query := url.Values{"redirect": {"true"}, "state": {state}, "success_redirect": {app + "/done"}, "failure_redirect": {app + "/failed"}}
	maps.Copy(query, more)
	return demo.URL + "/unified/integration/auth/" + demo.WorkspaceID + "/linkedinads?" + query.Encode()
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func connectionIDs(a *api) map[string]bool {
	a.t.Helper()
	ids := map[string]bool{}
	for _, c := range a.list("/unified/connection", nil) {
		ids[fmt.Sprint(c["id"])] = true
	}
	return ids
}

// TestConsent_inBrowser is what a customer of a partner goes through.
func TestConsent_inBrowser(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	a, app, b := newAPI(t, demo), partnerApp(t), openBrowser(t)
	known := connectionIDs(a)

	t.Run("allowed", func(t *testing.T) {
		b.goTo(beginAt(demo, app, "order 66 &=#", url.Values{"external_xref": {"customer-7"}}))
		if page := b.text(); !strings.Contains(page, "LinkedIn") || !strings.HasPrefix(b.url(), demo.Simulators["linkedinads"]) {
			t.Fatalf("at %s: %s", b.url(), page)
		}
		b.click("#allow")
		back := queryOf(t, b.waitURL(app+"/done"))
		id := back.Get("id")
		if back.Get("state") != "order 66 &=#" || id == "" || known[id] {
			t.Fatalf("came back with %v", back)
		}
		var connection struct {
			ExternalXref string `json:"external_xref"`
			Workspace    string `json:"workspace_id"`
		}
		a.get("/unified/connection/"+id, nil, &connection)
		if connection.ExternalXref != "customer-7" || connection.Workspace != demo.WorkspaceID {
			t.Errorf("connection %+v", connection)
		}
		if accounts := a.list(ads(id, "organization"), nil); len(accounts) == 0 {
			t.Error("the connection sees no account")
		}
		known[id] = true
	})

	t.Run("denied", func(t *testing.T) {
		b.goTo(beginAt(demo, app, "s2", nil))
		b.click("#cancel")
		back := queryOf(t, b.waitURL(app+"/failed"))
		if back.Get("error") == "" || back.Get("state") != "s2" || back.Get("id") != "" {
			t.Errorf("came back with %v", back)
		}
		wantSame(t, a, known)
	})

	t.Run("callback replayed", func(t *testing.T) {
		callback := callbackOf(t, beginAt(demo, app, "s3", nil))
		b.goTo(callback)
		id := queryOf(t, b.waitURL(app+"/done")).Get("id")
		known[id] = true
		b.goTo(callback)
		wantNotDone(t, b, app)
		wantSame(t, a, known)
	})

	t.Run("state of somebody else", func(t *testing.T) {
		callback, err := url.Parse(callbackOf(t, beginAt(demo, app, "s4", nil)))
		if err != nil {
			t.Fatal(err)
		}
		query := callback.Query()
		query.Set("state", query.Get("state")+"x")
		callback.RawQuery = query.Encode()
		b.goTo(callback.String())
		wantNotDone(t, b, app)
		wantSame(t, a, known)
	})

	t.Run("return to a stranger", func(t *testing.T) {
		b.goTo(beginAt(demo, "http://attacker.invalid", "s5", nil))
		if at := b.url(); !strings.HasPrefix(at, demo.URL) {
			t.Errorf("consent to a return address that is not allowed began: %s", at)
		}
		wantSame(t, a, known)
	})
}

// callbackOf consents without a browser and stops before the callback: the address that a browser would open next.
func callbackOf(t *testing.T, begin string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	step := func(method, target string, form url.Values) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		to, err := resp.Location()
		if err != nil {
			t.Fatalf("%s %s answers %s and leads nowhere", method, req.URL.Path, resp.Status)
		}
		return to.String()
	}
	page := step(http.MethodGet, begin, nil)
	// The page's hidden fields repeat its own parameters.
	form := queryOf(t, page)
	form.Set("decision", "allow")
	at, _, _ := strings.Cut(page, "?")
	return step(http.MethodPost, at, form)
}

// wantNotDone holds that the browser was not sent to the partner's page of success.
func wantNotDone(t *testing.T, b *browser, app string) {
	t.Helper()
	if at := b.url(); strings.HasPrefix(at, app+"/done") || strings.Contains(at, "id=conn") {
		t.Errorf("the browser is at %s", at)
	}
	if page := strings.TrimSpace(b.text()); page == "" {
		t.Error("the person sees an empty page")
	}
}

func wantSame(t *testing.T, a *api, known map[string]bool) {
	t.Helper()
	for id := range connectionIDs(a) {
		if !known[id] {
			t.Errorf("a connection was made: %s", id)
		}
	}
}

// TestConsent_expiredInBrowser: who leaves the consent page open for a day has to begin again. The gateway runs in this
// process, so that its clock can be moved.
func TestConsent_expiredInBrowser(t *testing.T) {
	t.Parallel()
	demo, advance := inProcess(t)
	a, app, b := newAPI(t, demo), partnerApp(t), openBrowser(t)
	b.goTo(beginAt(demo, app, "late", nil))
	advance(24 * time.Hour)
	b.click("#allow")
	eventually(t, "the browser has left the platform", func() error {
		if at := b.url(); strings.HasPrefix(at, demo.Simulators["linkedinads"]) {
			return fmt.Errorf("it is at %s", at)
		}
		return nil
	})
	wantNotDone(t, b, app)
	wantSame(t, a, map[string]bool{})

	b.goTo(beginAt(demo, app, "again", nil))
	b.click("#allow")
	if back := queryOf(t, b.waitURL(app+"/done")); back.Get("id") == "" || back.Get("state") != "again" {
		t.Errorf("came back with %v", back)
	}
}

// inProcess runs a gateway with simulated platforms here, on a clock that can be moved.
func inProcess(t *testing.T) (demo announced, advance func(time.Duration)) {
	t.Helper()
	var offset atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	ring, err := store.ParseKeyring(store.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "admux.db"), ring, store.Options{Now: now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := s.CreateWorkspace(t.Context(), "test", []string{"http://127.0.0.1/"})
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := auth.New(s, auth.Options{Now: now}).Generate(t.Context(), workspace.ID, "test", auth.Admin)
	if err != nil {
		t.Fatal(err)
	}
	demo = announced{APIKey: key.Reveal(), WorkspaceID: workspace.ID, Simulators: map[string]string{}}
	address := freeAddress(t)
	demo.URL = "http://" + address
	registry := providers.NewRegistry(all.All()...)
	apps, bases := map[string]providers.App{}, map[string]string{}
	for _, sim := range all.Sims() {
		app := providers.App{ClientID: "test", ClientSecret: "test-secret"}
		server := httptest.NewServer(sim.New(all.SimOptions{
			ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURLs: []string{demo.URL + "/oauth/callback"},
		}))
		t.Cleanup(server.Close)
		apps[sim.ID], demo.Simulators[sim.ID] = app, server.URL
		p, _ := registry.Get(sim.ID)
		for _, host := range p.Spec().Hosts {
			bases[host] = server.URL
		}
	}
	server, err := gateway.New(t.Context(), gateway.Config{
		Listen: address, Registry: registry, BaseURLs: bases, Apps: apps, Store: s, Log: log, Now: now, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Run(serving) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return demo, func(d time.Duration) { offset.Add(int64(d)) }
}
