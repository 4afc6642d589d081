package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

// consent opens the login dialog, fills in its form and comes back with what
// the app is told.
func consent(w *world, decision string, scopes []string, granted ...string) url.Values {
	w.t.Helper()
	app := w.sim.App()
	q := url.Values{"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "state": {"s t&1"}, "scope": {strings.Join(scopes, ",")}}
	dialog := w.url + "/v26.0/dialog/oauth?" + q.Encode()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, dialog, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	page := w.send(req)
	action := regexp.MustCompile(`<form[^>]*action="([^"]*)"`).FindStringSubmatch(page.text)
	if page.status != http.StatusOK || action == nil {
		w.t.Fatalf("no dialog: %d %s", page.status, page.text)
	}
	form := url.Values{"decision": {decision}, "granted": granted}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page.text, -1) {
		form.Set(m[1], strings.NewReplacer("&amp;", "&", "&#34;", `"`).Replace(m[2]))
	}
	req, err = http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+action[1], strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	back := w.send(req)
	loc, err := url.Parse(back.header.Get("Location"))
	if err != nil || back.status != http.StatusFound {
		w.t.Fatalf("no way back: %d %s", back.status, back.text)
	}
	if loc.Fragment != "_=_" || loc.Query().Get("state") != "s t&1" || !strings.HasPrefix(loc.String(), app.RedirectURI) {
		w.t.Fatalf("came back by %s", loc)
	}
	return loc.Query()
}

func (w *world) exchange(code string) answer {
	app := w.sim.App()
	return w.get("oauth/access_token", "access_token", "-", "client_id", app.ClientID, "client_secret", app.ClientSecret,
		"redirect_uri", app.RedirectURI, "code", code)
}

func (w *world) prolong(token string) answer {
	app := w.sim.App()
	return w.get("oauth/access_token", "access_token", "-", "grant_type", "fb_exchange_token", "client_id", app.ClientID,
		"client_secret", app.ClientSecret, "fb_exchange_token", token)
}

func TestLoginGivesACodeThenAShortThenALongToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	code := consent(w, "allow", []string{"ads_read", "business_management"}).Get("code")
	short := w.exchange(code)
	if short.status != 200 || text(short.body, "token_type") != "bearer" {
		t.Fatalf("exchange: %d %s", short.status, short.text)
	}
	if n, _ := time.ParseDuration(text(short.body, "expires_in") + "s"); n < time.Hour || n > 2*time.Hour {
		t.Errorf("a short token lives %s", n)
	}
	long := w.prolong(text(short.body, "access_token"))
	if n, _ := time.ParseDuration(text(long.body, "expires_in") + "s"); n != 60*24*time.Hour {
		t.Errorf("a long token lives %s: %s", n, long.text)
	}
	for _, a := range []answer{short, long} { // the old one stays valid
		if me := w.get("me", "access_token", text(a.body, "access_token")); me.status != 200 {
			t.Errorf("me: %s", me.text)
		}
	}
	refused(t, w.exchange(code), 400, "100", "36009")
	w.sim.Advance(61 * 24 * time.Hour)
	gone := w.get("me", "access_token", text(long.body, "access_token"))
	refused(t, gone, 400, "190", "463")
	if h := gone.header.Get("WWW-Authenticate"); !strings.HasPrefix(h, `OAuth "Facebook Platform" "invalid_token"`) {
		t.Errorf("WWW-Authenticate: %q", h)
	}
	refused(t, w.prolong(text(long.body, "access_token")), 400, "190", "463") // the person must log in again
}

func TestLoginDialogCanBeDeclinedWhollyOrInPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	q := consent(w, "cancel", []string{"ads_read"})
	if q.Get("error") != "access_denied" || q.Get("error_reason") != "user_denied" || q.Get("error_code") != "200" {
		t.Errorf("cancelled: %v", q)
	}
	code := consent(w, "allow", []string{"ads_read", "business_management"}, "ads_read").Get("code")
	token := text(w.exchange(code).body, "access_token")
	got := map[string]string{}
	for _, p := range w.data("me/permissions", "access_token", token) {
		got[text(p, "permission")] = text(p, "status")
	}
	if got["ads_read"] != "granted" || got["business_management"] != "declined" || got["public_profile"] != "granted" {
		t.Errorf("permissions: %v", got)
	}
	refused(t, w.get("me/businesses", "access_token", token), 403, "200", "")
	if a := w.get("me/adaccounts", "access_token", token); a.status != 200 {
		t.Errorf("accounts: %s", a.text)
	}
}

func TestLoginDialogShowsBadRequestsToThePersonOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app := w.sim.App()
	for name, q := range map[string]url.Values{
		"unknown app":      {"client_id": {"1"}, "redirect_uri": {app.RedirectURI}},
		"foreign redirect": {"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI + "/x"}},
		"unknown scope":    {"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "scope": {"manage_everything"}},
		"token in the URL": {"client_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "response_type": {"token"}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v26.0/dialog/oauth?"+q.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := w.send(req); a.status != 400 || a.header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", name, a.status, a.header.Get("Location"))
		}
	}
}

func TestTokenEndpointRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app := w.sim.App()
	code := consent(w, "allow", []string{"ads_read"}).Get("code")
	with := func(pairs ...string) answer {
		base := []string{"access_token", "-", "client_id", app.ClientID, "client_secret", app.ClientSecret, "redirect_uri", app.RedirectURI, "code", code}
		return w.get("oauth/access_token", append(base, pairs...)...)
	}
	refused(t, with("client_secret", "wrong"), 400, "1", "")
	refused(t, with("redirect_uri", app.RedirectURI+"?x=1"), 400, "100", "36008")
	refused(t, with("code", "AQDnonsense"), 400, "100", "")
	w.sim.Advance(11 * time.Minute)
	refused(t, with(), 400, "100", "36007")
	// The form works like the query.
	code = consent(w, "allow", []string{"ads_read"}).Get("code")
	post := w.do(http.MethodPost, "oauth/access_token", "access_token", "-", "client_id", app.ClientID, "client_secret", app.ClientSecret,
		"redirect_uri", app.RedirectURI, "code", code)
	if post.status != 200 {
		t.Errorf("POST: %s", post.text)
	}
}

func TestDebugTokenSaysWhatATokenIsWorth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app := w.sim.App()
	appToken := app.ClientID + "|" + app.ClientSecret
	minted := w.get("oauth/access_token", "access_token", "-", "grant_type", "client_credentials", "client_id", app.ClientID, "client_secret", app.ClientSecret)
	for _, by := range []string{appToken, text(minted.body, "access_token"), w.token} {
		d := w.ok("debug_token", "input_token", w.token, "access_token", by)
		if at(d, "data", "is_valid") != true || text(d, "data", "app_id") != app.ClientID || text(d, "data", "user_id") == "" || text(d, "data", "type") != "USER" {
			t.Errorf("by %.8s…: %v", by, d)
		}
	}
	bad := w.ok("debug_token", "input_token", "EAABnonsense", "access_token", appToken)
	if at(bad, "data", "is_valid") != false || text(bad, "data", "error", "code") != "190" {
		t.Errorf("nonsense: %v", bad)
	}
	w.sim.Advance(61 * 24 * time.Hour)
	old := w.ok("debug_token", "input_token", w.token, "access_token", appToken)
	if at(old, "data", "is_valid") != false || text(old, "data", "error", "subcode") != "463" {
		t.Errorf("expired: %v", old)
	}
}

func TestAPersonTakesTheGrantBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if a := w.do(http.MethodDelete, "me/permissions/business_management"); at(a.body, "success") != true {
		t.Fatalf("one scope: %s", a.text)
	}
	refused(t, w.get("me/businesses"), 403, "200", "")
	if a := w.get("me/adaccounts"); a.status != 200 {
		t.Errorf("the rest of the grant fell too: %s", a.text)
	}
	if a := w.do(http.MethodDelete, "me/permissions"); at(a.body, "success") != true {
		t.Fatalf("all: %s", a.text)
	}
	refused(t, w.get("me"), 400, "190", "458")
	w.token = w.sim.Grant().Access // a new consent starts afresh
	w.ok("me")
	if !w.sim.Revoke(w.token) {
		t.Error("the token was not known")
	}
	refused(t, w.get("me"), 400, "190", "460")
}

func TestAppSecretProof(t *testing.T) {
	t.Parallel()
	for _, required := range []bool{false, true} {
		w := newWorld(t, sim.Options{RequireProof: required})
		mac := hmac.New(sha256.New, []byte(w.sim.App().ClientSecret))
		io.WriteString(mac, w.token)
		right := hex.EncodeToString(mac.Sum(nil))
		if a := w.get("me", "appsecret_proof", right); a.status != 200 {
			t.Errorf("right proof: %s", a.text)
		}
		refused(t, w.get("me", "appsecret_proof", strings.Repeat("0", 64)), 400, "100", "")
		if a := w.get("me"); required != (a.status == 400) {
			t.Errorf("required %v, without: %d %s", required, a.status, a.text)
		}
	}
}

func TestTheTokenTravelsInQueryFormOrHeader(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for scheme, want := range map[string]int{"Bearer ": 200, "OAuth ": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/v26.0/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", scheme+w.token)
		if a := w.send(req); a.status != want {
			t.Errorf("%s: %d %s", scheme, a.status, a.text)
		}
		req.URL.RawQuery = "access_token=EAABother"
		refused(t, w.send(req), 400, "100", "")
	}
	refused(t, w.get("me", "access_token", "-"), 400, "104", "")
	if slices.ContainsFunc(w.sim.Calls(), func(c sim.Call) bool { return strings.Contains(c.Query, w.token) }) {
		t.Error("the call log holds a token")
	}
}

func TestWhoSeesWhichAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	mine := ids(w.data("me/adaccounts", "limit", "100"))
	foreign, client := accountID(w, 6), accountID(w, 7)
	if len(mine) != 7 || slices.Contains(mine, foreign) || slices.Contains(mine, client) {
		t.Errorf("mine: %v", mine)
	}
	refused(t, w.get(foreign), 400, "100", "33")
	if got := ids(w.data("501000000000001/client_ad_accounts")); !slices.Equal(got, []string{client}) {
		t.Errorf("client accounts: %v", got)
	}
	if n := len(w.data("501000000000001/owned_ad_accounts", "limit", "50")); n != 6 {
		t.Errorf("%d owned accounts", n)
	}
	if a := w.get(client + "/campaigns"); a.status != 200 {
		t.Errorf("the agency's account: %s", a.text)
	}
	if b := w.ok(accountID(w, 8), "fields", "business,owner,name"); b["business"] != nil {
		t.Errorf("a personal account has a business: %v", b)
	}
	viewer, nobody := w.sim.GrantTo(1).Access, w.sim.GrantTo(2).Access
	if got := ids(w.data("me/adaccounts", "access_token", viewer)); !slices.Equal(got, []string{accountID(w, 0)}) {
		t.Errorf("the viewer sees %v", got)
	}
	if got := w.get("me/adaccounts", "access_token", nobody).text; got != `{"data":[]}` {
		t.Errorf("an empty list has no paging: %s", got)
	}
	refused(t, w.do(http.MethodPost, accountID(w, 0)+"/campaigns", "access_token", viewer, "name", "x"), 403, "200", "")
	read := w.sim.Grant("ads_read").Access
	refused(t, w.do(http.MethodPost, accountID(w, 0)+"/campaigns", "access_token", read, "name", "x"), 403, "294", "")
	refused(t, w.get(accountID(w, 0), "access_token", w.sim.Grant("email").Access), 403, "200", "")
}
