package meta_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

// S3: paging.next holds the token. It is never followed, kept or shown.
func TestS3_TheTokenStaysInTheHeader(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/campaigns": edgeOf(9, 2, 500, campaignNumber)},
		func(c *providers.Conn, d *providers.Deps) {
			c.App = providers.App{ClientID: "77", ClientSecret: "the-apps-secret"}
			d.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
	q := providers.ListQuery{Org: "1", Size: 5, Raw: true}
	n := 0
	for {
		p, err := s.Campaigns.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(p)
		if n += len(p.Items); strings.Contains(string(b), "EAAB") {
			t.Errorf("the page holds the token: %s", b)
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	if n != 9 || !strings.Contains(log.String(), "campaigns") {
		t.Errorf("%d items; the log says %q", n, log.String())
	}
	for _, a := range script.calls("") {
		// HMAC-SHA256 of the token under the secret, in hexadecimal
		if strings.Contains(a.raw, "EAAB") || strings.Contains(a.raw, "access_token") || a.header.Get("Authorization") != "Bearer "+scriptToken ||
			a.query.Get("appsecret_proof") != "cd73505ecdf46d3140a070f276c972f3428f1e8be85f497b720aca57e2f45d31" {
			t.Errorf("%s %v", a.raw, a.header)
		}
	}
	if strings.Contains(log.String(), "EAAB") || strings.Contains(log.String(), "cd73505e") || strings.Contains(log.String(), "the-apps-secret") {
		t.Error("the log holds a secret")
	}
}

// The proof goes with every call where the app's secret is known, and with none where it is not.
func TestProof(t *testing.T) {
	t.Parallel()
	app := func(w *sim.Sim, secret string) func(*providers.Conn, *providers.Deps) {
		return func(c *providers.Conn, _ *providers.Deps) {
			c.App = providers.App{ClientID: w.App().ClientID, ClientSecret: secret}
		}
	}
	strict := sim.New(sim.Options{RequireProof: true})
	srv := serve(t, strict)
	token := strict.Grant().Access
	s := open(t, srv, &staticTokens{token: token}, strict.Now, app(strict, strict.App().ClientSecret))
	everyRead(t, s)
	for _, c := range strict.Calls() {
		if c.Status > 299 && !strings.Contains(c.Path, "advideos") {
			t.Errorf("%d %s %s", c.Status, c.Path, c.Query)
		}
	}
	// Without the secret, or with a wrong one, it is the operator's matter: the token is not rejected.
	for _, secret := range []string{"", "a-wrong-secret"} {
		tokens := &staticTokens{token: token}
		s := open(t, srv, tokens, strict.Now, app(strict, secret))
		_, err := s.Organizations.List(t.Context(), providers.ListQuery{Size: 5})
		if providers.KindOf(err) != providers.Forbidden || tokens.rejected != 0 {
			t.Errorf("secret %q: %v, rejected %d times", secret, err, tokens.rejected)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://graph.facebook.com/v26.0/me?access_token=of-the-caller&fields=id&appsecret_proof=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || !strings.Contains(string(body), `"id"`) {
		t.Errorf("passed through: %d %s", resp.StatusCode, body)
	}
}

func TestPassthroughGetsAVersion(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1/campaigns": answer(200, `{"data":[]}`)})
	for _, target := range []string{"https://graph.facebook.com/act_1/campaigns?limit=1", "https://graph.facebook.com/v25.0/act_1/campaigns"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Do(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d", target, resp.StatusCode)
		}
	}
	if got := script.calls(""); got[0].raw != "/v26.0/act_1/campaigns?limit=1" || got[1].raw != "/v25.0/act_1/campaigns" {
		t.Errorf("%s, %s", got[0].raw, got[1].raw)
	}
}

// A retired version answers with the next one, or not at all.
func TestVersionsEnd(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	with := func(c *providers.Conn, d *providers.Deps) {
		c.Settings = map[string]string{"api_version": "v24.0"}
		d.Log = slog.New(slog.NewTextHandler(&log, nil))
	}
	w := connect(t, sim.Options{}, with)
	if got := all(t, w.Organizations, providers.ListQuery{}); len(got) == 0 {
		t.Error("nothing was listed")
	}
	if strings.Count(log.String(), "WARN") != 1 || !strings.Contains(log.String(), "v24.0") || !strings.Contains(log.String(), "api_version") {
		t.Errorf("the log says %q", log.String())
	}
	dead := connect(t, sim.Options{NoAutoUpgrade: true}, with)
	_, err := dead.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
	e, _ := err.(*providers.Error) //nolint:errorlint // the maker's own
	if e == nil || e.Kind != providers.Unsupported || e.Field != "api_version" || !strings.Contains(e.Message, "api_version") {
		t.Errorf("a dead version: %+v", err)
	}
	for _, bad := range []string{"26.0", "v26", "latest", "v26.0/me", "v.0", "v26.00"} {
		if _, err := meta.New().Open(providers.Conn{Settings: map[string]string{"api_version": bad}}, providers.Deps{}); providers.KindOf(err) != providers.Invalid {
			t.Errorf("the version %q: %v", bad, err)
		}
	}
}

// What needs a scope that the user unticked is named, and the rest is listed.
func TestMissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	s := sim.New(sim.Options{})
	base := serve(t, s)
	session := open(t, base, &staticTokens{token: s.Grant("ads_read").Access}, s.Now)
	p, err := session.Organizations.List(t.Context(), providers.ListQuery{Size: 500})
	if err != nil || len(p.Items) == 0 || !slices.ContainsFunc(p.Left, func(l string) bool { return strings.Contains(l, "business_management") }) {
		t.Errorf("%d accounts, left %q, %v", len(p.Items), p.Left, err)
	}
	full, err := open(t, base, &staticTokens{token: s.Grant().Access}, s.Now).Organizations.List(t.Context(), providers.ListQuery{Size: 500})
	if err != nil || len(full.Left) > 0 || len(full.Items) < len(p.Items) {
		t.Errorf("with every scope: %d accounts, left %q, %v", len(full.Items), full.Left, err)
	}
	promoted, err := session.Promoted.List(t.Context(), providers.ListQuery{Size: 500})
	if err != nil || len(promoted.Items) == 0 || len(promoted.Left) == 0 {
		t.Errorf("%d promoted, left %q, %v", len(promoted.Items), promoted.Left, err)
	}
}

// Two accounts never slow one another down: a block of one lets the other go at once.
func TestAccountsDoNotSlowOneAnother(t *testing.T) {
	t.Parallel()
	limiter := providers.NewLimiter(func() time.Time { return scriptNow })
	status, body := refusal(80004, 2446079, "There have been too many calls to this ad-account")
	s, _ := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro, "act_2": answer(200, `{"id":"act_2","account_id":"2","currency":"EUR"}`),
		"act_1/campaigns": answer(status, body), "act_2/campaigns": answer(200, `{"data":[]}`), "act_1/adsets": answer(200, `{"data":[]}`),
	}, func(_ *providers.Conn, d *providers.Deps) { d.Limits = limiter })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := s.Campaigns.List(ctx, providers.ListQuery{Org: "1", Size: 1})
	if e, ok := err.(*providers.Error); !ok || e.Kind != providers.RateLimited || e.RetryAfter < time.Minute { //nolint:errorlint // the maker's own
		t.Errorf("%v", err)
	}
	if _, err := s.Campaigns.List(ctx, providers.ListQuery{Org: "2", Size: 1}); err != nil {
		t.Errorf("the other account: %v", err)
	}
	if _, err := s.Groups.List(ctx, providers.ListQuery{Org: "1", Size: 1}); providers.KindOf(err) != providers.RateLimited {
		t.Errorf("the throttled account is called again: %v", err)
	}
}

// What is passed through is Meta's own answer, but for the token that it writes into the addresses of further pages; a
// dead token, which comes as HTTP 400, is renewed once.
func TestS3_PassthroughKeepsTheTokenBack(t *testing.T) {
	t.Parallel()
	const fresh = "EAABanother-token-of-the-script"
	tokens := &staticTokens{token: scriptToken, next: []string{fresh}}
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1/campaigns": func(a asked) (int, string) {
		token := strings.TrimPrefix(a.header.Get("Authorization"), "Bearer ")
		if token == scriptToken {
			return refusal(190, 463, "Session has expired")
		}
		return 200, `{"data":[],"paging":{"next":"https://graph.facebook.com/v26.0/act_1/campaigns?access_token=` + token + `&appsecret_proof=` + a.query.Get("appsecret_proof") + `&after=x"}}`
	}, "act_1": func(asked) (int, string) { return refusal(100, 0, "(#100) whatever the token") }}, func(c *providers.Conn, _ *providers.Deps) {
		c.Tokens, c.App = tokens, providers.App{ClientID: "77", ClientSecret: "the-apps-secret"}
	})
	pass := func(method, target string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		resp, err := s.Do(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	if status, body := pass(http.MethodPost, "https://graph.facebook.com/v26.0/act_1/campaigns"); status != 400 || tokens.rejected != 0 || !strings.Contains(body, "Session has expired") {
		t.Errorf("a write is not sent twice: %d %s, rejected %d times", status, body, tokens.rejected)
	}
	status, body := pass(http.MethodGet, "https://graph.facebook.com/v26.0/act_1/campaigns")
	if status != 200 || tokens.rejected != 1 || body != `{"data":[],"paging":{"next":"https://graph.facebook.com/v26.0/act_1/campaigns?access_token=redacted&appsecret_proof=redacted&after=x"}}` {
		t.Errorf("%d %s, rejected %d times", status, body, tokens.rejected)
	}
	if status, body := pass(http.MethodGet, "https://graph.facebook.com/v26.0/act_1"); status != 400 || !strings.Contains(body, "whatever the token") || len(script.calls("act_1")) != 1 {
		t.Errorf("%d %s", status, body)
	}
}
