package sim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

const verifier = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG-_"

func challenge(v string) string {
	sum := sha256.Sum256([]byte(v))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// consent walks the consent page as a browser does and returns where it leads.
func (w *world) consent(decision string, change func(url.Values)) url.Values {
	w.t.Helper()
	app := w.sim.App()
	q := url.Values{"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "response_type": {"code"}, "scope": {"https://www.googleapis.com/auth/adwords"},
		"access_type": {"offline"}, "prompt": {"consent"}, "state": {"s/1"}, "code_challenge": {challenge(verifier)}, "code_challenge_method": {"S256"}}
	if change != nil {
		change(q)
	}
	page := w.do("GET", "/o/oauth2/v2/auth?"+q.Encode(), "")
	if page.status != 200 || !strings.Contains(page.text, `id="allow"`) || !strings.Contains(page.text, `action="/o/oauth2/v2/auth"`) {
		w.t.Fatalf("consent page: %d %s", page.status, page.text)
	}
	q.Set("decision", decision)
	a := w.do("POST", "/o/oauth2/v2/auth", q.Encode(), "Content-Type: application/x-www-form-urlencoded")
	to, err := url.Parse(a.header.Get("Location"))
	if a.status != 302 || err != nil || !strings.HasPrefix(to.String(), app.RedirectURI+"?") {
		w.t.Fatalf("%d %s", a.status, a.header.Get("Location"))
	}
	return to.Query()
}

func (w *world) tokenCall(path string, form url.Values) (int, map[string]any) {
	w.t.Helper()
	app := w.sim.App()
	for k, v := range map[string]string{"client_id": app.ClientID, "client_secret": app.ClientSecret, "redirect_uri": app.RedirectURI} {
		if !form.Has(k) {
			form.Set(k, v)
		}
	}
	resp, err := http.PostForm(w.url+path, form)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	var m map[string]any
	json.Unmarshal(b, &m)
	return resp.StatusCode, m
}

func (w *world) connect(change func(url.Values)) map[string]any {
	w.t.Helper()
	back := w.consent("allow", change)
	status, m := w.tokenCall("/token", url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "code_verifier": {verifier}})
	if status != 200 {
		w.t.Fatalf("%d %v", status, m)
	}
	return m
}

func TestConsentCodeAndRefresh(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	back := w.consent("allow", nil)
	if back.Get("state") != "s/1" || !strings.HasPrefix(back.Get("code"), "4/") || back.Get("scope") == "" {
		t.Fatalf("%v", back)
	}
	form := func() url.Values {
		return url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}}
	}
	bad := form()
	bad.Set("code_verifier", strings.Repeat("x", 43))
	if status, m := w.tokenCall("/token", bad); status != 400 || m["error"] != "invalid_grant" || m["error_description"] != "Invalid code verifier." {
		t.Errorf("wrong verifier: %d %v", status, m)
	}
	good := form()
	good.Set("code_verifier", verifier)
	status, m := w.tokenCall("/token", good)
	if status != 200 || m["expires_in"] != 3599.0 || !strings.HasPrefix(m["access_token"].(string), "ya29.") || !strings.HasPrefix(m["refresh_token"].(string), "1//") || m["refresh_token_expires_in"] != nil {
		t.Fatalf("%d %v", status, m)
	}
	for _, path := range []string{"/token", "/o/oauth2/token", "/oauth2/v3/token"} {
		status, again := w.tokenCall(path, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {m["refresh_token"].(string)}})
		if status != 200 || again["refresh_token"] != nil || again["access_token"] == m["access_token"] {
			t.Errorf("%s: %d %v", path, status, again)
		}
	}
	if status, m := w.tokenCall("/token", good); status != 400 || m["error"] != "invalid_grant" {
		t.Errorf("a used code: %d %v", status, m)
	}
	for name, c := range map[string]struct {
		change map[string]string
		status int
		code   string
	}{
		"client":   {map[string]string{"client_id": "nobody"}, 401, "invalid_client"},
		"secret":   {map[string]string{"client_secret": "x"}, 401, "invalid_client"},
		"redirect": {map[string]string{"redirect_uri": "https://elsewhere.example"}, 400, "redirect_uri_mismatch"},
		"code":     {map[string]string{"code": "nonsense"}, 400, "invalid_grant"},
		"grant":    {map[string]string{"grant_type": "password"}, 400, "unsupported_grant_type"},
	} {
		f := form()
		for k, v := range c.change {
			f.Set(k, v)
		}
		if status, m := w.tokenCall("/token", f); status != c.status || m["error"] != c.code {
			t.Errorf("%s: %d %v", name, status, m)
		}
	}
	if back := w.consent("cancel", nil); back.Get("error") != "access_denied" || back.Get("state") != "s/1" {
		t.Errorf("cancel: %v", back)
	}
}

func TestTrap18_NoSecondRefreshTokenWithoutPrompt(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	without := func(q url.Values) { q.Del("prompt") }
	user := func(q url.Values) { without(q); q.Set("member", "107812345678901234562") }
	if m := w.connect(user); m["refresh_token"] == nil {
		t.Error("the first consent gave no refresh token")
	}
	if m := w.connect(user); m["refresh_token"] != nil {
		t.Error("a second consent gave a refresh token without prompt=consent")
	}
	if m := w.connect(nil); m["refresh_token"] == nil {
		t.Error("prompt=consent gave no refresh token")
	}
	if m := w.connect(func(q url.Values) { q.Del("access_type") }); m["refresh_token"] != nil {
		t.Error("online access gave a refresh token")
	}
}

func TestTrap17_RevokingOneTokenKillsTheUsersWholeGrant(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	one, two, other := w.sim.Grant(), w.sim.Grant(), w.sim.GrantTo(1)
	status, _ := w.tokenCall("/revoke", url.Values{"token": {one.Refresh}})
	if status != 200 {
		t.Fatal(status)
	}
	for _, tok := range []string{one.Refresh, two.Refresh} {
		if status, m := w.tokenCall("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tok}}); status != 400 || m["error_description"] != "Token has been expired or revoked." {
			t.Errorf("%d %v", status, m)
		}
	}
	if status, _ := w.tokenCall("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {other.Refresh}}); status != 200 {
		t.Error("another user's grant died too")
	}
	w.token = two.Access
	w.refused(w.search(first, "SELECT customer.id FROM customer"), 401, "authenticationError.OAUTH_TOKEN_REVOKED")
	if status, m := w.tokenCall("/revoke", url.Values{"token": {one.Refresh}}); status != 400 || m["error"] != "invalid_token" {
		t.Errorf("revoked twice: %d %v", status, m)
	}
	oldest := w.sim.Grant()
	for range 100 {
		w.sim.Grant()
	}
	if status, _ := w.tokenCall("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {oldest.Refresh}}); status != 400 {
		t.Error("the 101st token did not end the oldest")
	}
}

func TestTestingStatusEndsAfterSevenDays(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Testing: true})
	m := w.connect(nil)
	if m["refresh_token_expires_in"] != 604799.0 {
		t.Errorf("%v", m["refresh_token_expires_in"])
	}
	w.sim.Advance(7 * 24 * time.Hour)
	if status, m := w.tokenCall("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {m["refresh_token"].(string)}}); status != 400 || m["error"] != "invalid_grant" {
		t.Errorf("%d %v", status, m)
	}
}

func TestAuthorizationErrorsAreShownNotSent(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	app := w.sim.App()
	for name, q := range map[string]url.Values{
		"client":    {"client_id": {"x"}, "redirect_uri": {app.RedirectURI}},
		"redirect":  {"client_id": {app.ClientID}, "redirect_uri": {"https://elsewhere.example"}},
		"scope":     {"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "response_type": {"code"}, "scope": {"everything"}},
		"challenge": {"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "response_type": {"code"}, "scope": {"openid"}, "code_challenge": {"short"}, "code_challenge_method": {"S256"}},
	} {
		if a := w.do("GET", "/o/oauth2/v2/auth?"+q.Encode(), ""); a.status/100 != 4 || a.header.Get("Location") != "" {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}
