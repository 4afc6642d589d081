package sim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

func authorizeURL(w *world, change map[string]string) string {
	q := url.Values{"response_type": {"code"}, "client_id": {w.sim.App().ClientID}, "redirect_uri": {w.sim.App().RedirectURI},
		"scope": {"r_ads r_ads_reporting"}, "state": {"s/1+2"}}
	for k, v := range change {
		q.Set(k, v)
	}
	return "/oauth/v2/authorization?" + q.Encode()
}

// decide presses a button of the consent page and gives the redirect's query.
func decide(w *world, change map[string]string, decision string) url.Values {
	w.t.Helper()
	u := authorizeURL(w, change)
	page := w.get(u)
	if page.status != 200 || !strings.Contains(page.text, `value="allow"`) {
		w.t.Fatalf("no consent page: %d %s", page.status, page.text)
	}
	_, query, _ := strings.Cut(u, "?")
	a := w.do("POST", "/oauth/v2/authorization", query+"&decision="+decision, "Content-Type: application/x-www-form-urlencoded")
	return location(w, a)
}

func location(w *world, a answer) url.Values {
	w.t.Helper()
	if a.status != http.StatusFound {
		w.t.Fatalf("no redirect: %d %s", a.status, a.text)
	}
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || !strings.HasPrefix(u.String(), w.sim.App().RedirectURI+"?") {
		w.t.Fatalf("redirects to %q", a.header.Get("Location"))
	}
	return u.Query()
}

func (w *world) form(path string, kv ...string) answer {
	w.t.Helper()
	q := url.Values{"client_id": {w.sim.App().ClientID}, "client_secret": {w.sim.App().ClientSecret}}
	for i := 0; i < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	return w.do("POST", path, q.Encode(), "Content-Type: application/x-www-form-urlencoded", "Authorization:", "LinkedIn-Version:")
}

func exchange(w *world, code string, kv ...string) answer {
	w.t.Helper()
	kv = append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", w.sim.App().RedirectURI}, kv...)
	return w.form("/oauth/v2/accessToken", kv...)
}

func TestConsent(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for _, c := range []struct{ decision, err string }{
		{"cancel", "user_cancelled_authorize"}, {"cancel_login", "user_cancelled_login"},
	} {
		q := decide(w, nil, c.decision)
		if q.Get("error") != c.err || q.Get("state") != "s/1+2" || q.Get("code") != "" || q.Get("error_description") == "" {
			t.Errorf("%s: %v", c.decision, q)
		}
	}
	for _, scope := range []string{"r_ads r_ads_reporting", "r_ads,r_ads_reporting"} {
		q := decide(w, map[string]string{"scope": scope}, "allow")
		if q.Get("code") == "" || q.Get("state") != "s/1+2" {
			t.Fatalf("allow: %v", q)
		}
		a := exchange(w, q.Get("code"))
		if a.status != 200 || a.body["scope"] != "r_ads,r_ads_reporting" || a.body["token_type"] != "Bearer" {
			t.Errorf("scope %q: %d %s", scope, a.status, a.text)
		}
		if fmt.Sprint(a.body["expires_in"]) != "5184000" || fmt.Sprint(a.body["refresh_token_expires_in"]) != "31536000" {
			t.Errorf("lifetimes: %s", a.text)
		}
		w.token = a.body["access_token"].(string)
		w.ok(accounts + "?q=search")
		w.refused(w.get("/rest/posts/urn%3Ali%3Ashare%3A1"), 403, "ACCESS_DENIED")
	}
}

func TestAuthorizeRefusesOnThePage(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{RedirectURIs: []string{"https://a.example/cb?registered=1", "http://127.0.0.1:8080/cb"}})
	for _, redirect := range []string{
		"https://a.example/cb/", "https://a.example/CB", "https://a.example/cb?x=1", "https://a.example/cb#f", "http://a.example/cb", "",
	} {
		a := w.get(authorizeURL(w, map[string]string{"redirect_uri": redirect}))
		if a.status != 400 || a.header.Get("Location") != "" || !strings.Contains(a.text, "redirect_uri") {
			t.Errorf("redirect %q: %d %s", redirect, a.status, a.header.Get("Location"))
		}
	}
	for _, redirect := range []string{"https://a.example/cb", "http://127.0.0.1:8080/cb"} {
		if a := w.get(authorizeURL(w, map[string]string{"redirect_uri": redirect})); a.status != 200 {
			t.Errorf("redirect %q: %d", redirect, a.status)
		}
	}
	if a := w.get(authorizeURL(w, map[string]string{"client_id": "nobody", "redirect_uri": "https://a.example/cb"})); a.status != 400 {
		t.Errorf("unknown client: %d", a.status)
	}
}

func TestAuthorizeRefusesByRedirect(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{AppScopes: []string{"r_ads"}})
	a := w.get(authorizeURL(w, map[string]string{"scope": "r_ads rw_ads"}))
	if q := location(w, a); q.Get("error") != "unauthorized_scope_error" || !strings.Contains(q.Get("error_description"), `"rw_ads"`) {
		t.Errorf("scope: %v", q)
	}
	a = w.get(authorizeURL(w, map[string]string{"scope": "r_ads", "response_type": "token"}))
	if q := location(w, a); q.Get("error") != "invalid_request" {
		t.Errorf("response_type: %v", q)
	}
}

func TestCodeIsGoodOnceAndFitsItsRequest(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{RedirectURIs: []string{"https://a.example/cb", "https://a.example/other"}})
	code := func() string { return decide(w, nil, "allow").Get("code") }
	oauthErr := func(name string, a answer, status int, code string) {
		t.Helper()
		if a.status != status || a.body["error"] != code {
			t.Errorf("%s: %d %s, want %d %s", name, a.status, a.text, status, code)
		}
	}
	c := code()
	oauthErr("wrong secret", exchange(w, c, "client_secret", "nope"), 401, "invalid_client")
	oauthErr("wrong redirect", exchange(w, c, "redirect_uri", "https://a.example/other"), 400, "invalid_request")
	good := exchange(w, c)
	if good.status != 200 {
		t.Fatalf("exchange: %s", good.text)
	}
	oauthErr("used", exchange(w, c), 400, "invalid_request")
	w.token = good.body["access_token"].(string)
	w.refused(w.get(accounts+"?q=search"), 401, "REVOKED_ACCESS_TOKEN") // the replay ended it
	c = code()
	w.sim.Advance(31 * time.Minute)
	oauthErr("expired", exchange(w, c), 400, "invalid_request")
	oauthErr("no code", w.form("/oauth/v2/accessToken", "grant_type", "authorization_code"), 400, "invalid_request")
	oauthErr("no client credentials", w.form("/oauth/v2/accessToken", "grant_type", "client_credentials"), 401, "access_denied")
	if a := w.do("POST", "/oauth/v2/accessToken", `{"grant_type":"x"}`, "Content-Type: application/json"); a.status != 400 {
		t.Errorf("JSON body: %d", a.status)
	}
	if a := w.get("/oauth/v2/accessToken"); a.status != 405 {
		t.Errorf("GET: %d", a.status)
	}
}

func refresh(w *world, token string) answer {
	w.t.Helper()
	return w.form("/oauth/v2/accessToken", "grant_type", "refresh_token", "refresh_token", token)
}

func TestTrap23_RefreshNeverOutlivesTheConsent(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{LiveVersions: []string{"202609"}})
	tok := w.sim.Grant()
	w.sim.Advance(35 * 24 * time.Hour)
	a := refresh(w, tok.Refresh)
	if a.status != 200 || a.body["refresh_token"] != tok.Refresh || fmt.Sprint(a.body["refresh_token_expires_in"]) != fmt.Sprint(330*86400) {
		t.Errorf("refresh: %d %v", a.status, a.body["refresh_token_expires_in"])
	}
	w.token = tok.Access
	w.ok(accounts + "?q=search") // the earlier token lives on
	w.sim.Advance(30 * 24 * time.Hour)
	w.refused(w.get(accounts+"?q=search"), 401, "EXPIRED_ACCESS_TOKEN")
	w.sim.Advance(301 * 24 * time.Hour)
	if a := refresh(w, tok.Refresh); a.status != 400 || a.body["error"] != "invalid_grant" {
		t.Errorf("after a year: %d %s", a.status, a.text)
	}
}

func TestRefreshSwitches(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	w.sim.OAuth(func(s *sim.OAuthSettings) { s.RefreshTokens = false })
	if a := exchange(w, decide(w, nil, "allow").Get("code")); a.body["refresh_token"] != nil || a.status != 200 {
		t.Errorf("an app without programmatic refresh got a refresh token: %s", a.text)
	}
	w.sim.OAuth(func(s *sim.OAuthSettings) { s.RefreshTokens, s.Rotate, s.FamilyRevoke = true, true, true })
	tok := w.sim.Grant()
	first := refresh(w, tok.Refresh)
	if first.body["refresh_token"] == tok.Refresh {
		t.Fatal("the refresh token did not rotate")
	}
	if a := refresh(w, tok.Refresh); a.status != 400 || a.body["error"] != "invalid_grant" {
		t.Errorf("a spent refresh token: %d", a.status)
	}
	if a := refresh(w, first.body["refresh_token"].(string)); a.status != 400 {
		t.Errorf("the family lives after a reuse: %d", a.status)
	}
	if c := w.sim.OAuthCounts(); c.Reuses != 1 || c.FamilyRevoked != 1 || c.Refreshes != 3 {
		t.Errorf("counts: %+v", c)
	}
	w.control("POST", "/_sim/oauth", `{"invalid_grant_times":1}`)
	tok = w.sim.Grant()
	if a := refresh(w, tok.Refresh); a.body["error"] != "invalid_grant" {
		t.Errorf("invalid_grant once: %s", a.text)
	}
	if a := refresh(w, tok.Refresh); a.status != 200 {
		t.Errorf("the second time: %s", a.text)
	}
	if err := w.sim.EndTokens("refresh", false); err != nil {
		t.Fatal(err)
	}
	if a := refresh(w, tok.Refresh); a.status != 400 {
		t.Errorf("revoked refresh token: %d", a.status)
	}
}

func TestTrap24_YoungTokenIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	w.control("POST", "/_sim/oauth", `{"young_refusals":2}`)
	w.token = w.sim.Grant().Access
	for range 2 {
		w.refused(w.get(accounts+"?q=search"), 401, "REVOKED_ACCESS_TOKEN")
	}
	w.ok(accounts + "?q=search")
	w.control("POST", "/_sim/oauth", `{"young_refusals":0,"young_seconds":20}`)
	w.token = w.sim.Grant().Access
	w.refused(w.get(accounts+"?q=search"), 401, "REVOKED_ACCESS_TOKEN")
	w.sim.Advance(20 * time.Second)
	w.ok(accounts + "?q=search")
}

func TestTokensThatAreNotGood(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.get(accounts+"?q=search", "Authorization:")
	if a.status != 401 || fmt.Sprint(a.body["serviceErrorCode"]) != "65604" {
		t.Errorf("no token: %s", a.text)
	}
	a = w.get(accounts+"?q=search", "Authorization: Bearer AQVforeign")
	if a.status != 401 || fmt.Sprint(a.body["serviceErrorCode"]) != "65600" {
		t.Errorf("unknown token: %s", a.text)
	}
	w.sim.Revoke(w.token)
	a = w.get(accounts + "?q=search")
	if a.status != 401 || fmt.Sprint(a.body["serviceErrorCode"]) != "65601" || a.message() != "The token used in the request has been revoked by the user" {
		t.Errorf("revoked: %s", a.text)
	}
	if a := w.form("/oauth/v2/introspectToken", "token", w.token); a.body["active"] != false || a.body["status"] != "revoked" {
		t.Errorf("introspect: %s", a.text)
	}
	if a := w.form("/oauth/v2/introspectToken", "token", w.token, "client_secret", "x"); a.status != 401 {
		t.Errorf("introspect with a wrong secret: %d", a.status)
	}
}

func TestConsentToOtherScopesEndsEarlierTokens(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	one := exchange(w, decide(w, map[string]string{"scope": "r_ads"}, "allow").Get("code")).body["access_token"].(string)
	exchange(w, decide(w, map[string]string{"scope": "r_ads"}, "allow").Get("code"))
	w.token = one
	w.ok(accounts + "?q=search")
	decide(w, map[string]string{"scope": "r_ads rw_ads"}, "allow")
	w.refused(w.get(accounts+"?q=search"), 401, "REVOKED_ACCESS_TOKEN")
}

func TestWhoIsConnected(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	a := w.ok("/v2/userinfo", "LinkedIn-Version:")
	if a.body["sub"] == "" || a.body["email"] != "mira@sim.example" {
		t.Errorf("userinfo: %s", a.text)
	}
	w.token = w.sim.Grant("r_ads").Access
	w.refused(w.get("/v2/userinfo"), 403, "ACCESS_DENIED")
	w.refused(w.get("/v2/adAccountsV2?q=search"), 404, "RESOURCE_NOT_FOUND")
}

func TestRegisterLate(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	late := w.sim.App()
	late.RedirectURI = "http://127.0.0.1:4711/cb"
	if a := w.get(authorizeURL(w, map[string]string{"redirect_uri": late.RedirectURI})); a.status != 400 {
		t.Errorf("before: %d", a.status)
	}
	w.sim.Register(late)
	w.sim.Register(sim.App{ClientID: "other", ClientSecret: "s2", RedirectURI: "https://b.example/cb"})
	for client, redirect := range map[string]string{late.ClientID: late.RedirectURI, "other": "https://b.example/cb"} {
		if a := w.get(authorizeURL(w, map[string]string{"client_id": client, "redirect_uri": redirect})); a.status != 200 {
			t.Errorf("%s: %d", client, a.status)
		}
	}
	code := decide(w, nil, "allow").Get("code")
	if a := exchange(w, code, "client_id", "other", "client_secret", "s2"); a.status != 400 {
		t.Errorf("another client's code: %d", a.status)
	}
}
