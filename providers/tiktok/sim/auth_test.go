package sim_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

// consent goes through the page as a browser does.
func (w *world) consent(decision string) url.Values {
	w.t.Helper()
	app := w.sim.App()
	q := url.Values{"app_id": {app.ClientID}, "redirect_uri": {app.RedirectURI}, "state": {"s t&te"}}
	page := w.send(w.request(http.MethodGet, w.url+"/portal/auth?"+q.Encode(), nil))
	if page.status != 200 {
		w.t.Fatalf("page: %d %s", page.status, page.text)
	}
	form := url.Values{"decision": {decision}}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page.text, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	form.Set("member", regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(page.text)[1])
	req := w.request(http.MethodPost, w.url+"/portal/auth", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	back, err := url.Parse(w.send(req).header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), app.RedirectURI) {
		w.t.Fatalf("back to %v: %v", back, err)
	}
	return back.Query()
}

func (w *world) exchange(code string) answer {
	w.t.Helper()
	app := w.sim.App()
	return w.post("/oauth2/access_token/", obj{"app_id": app.ClientID, "secret": app.ClientSecret, "auth_code": code})
}

// TestConsentGivesATokenWithoutAnEnd; the code is good once, for an hour.
func TestConsentGivesATokenWithoutAnEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.token = ""
	back := w.consent("allow")
	if back.Get("state") != "s t&te" || back.Get("auth_code") == "" || back.Get("code") != back.Get("auth_code") {
		t.Fatalf("back with %v", back)
	}
	a := w.exchange(back.Get("auth_code"))
	d := w.data(a)
	if d["expires_in"] != nil || d["refresh_token"] != nil || !strings.Contains(a.text, "7043626160646815746") {
		t.Errorf("token %s", a.text)
	}
	if ids, _ := d["advertiser_ids"].([]any); len(ids) != 7 {
		t.Errorf("advertisers %v", d["advertiser_ids"])
	}
	w.token = text(d, "access_token")
	w.data(w.get("/user/info/", nil))
	w.token = ""
	wantCode(t, w.exchange(back.Get("auth_code")), "40110")
	late := w.consent("allow").Get("auth_code")
	w.sim.Advance(61 * time.Minute)
	wantCode(t, w.exchange(late), "40110")
	if deny := w.consent("cancel"); deny.Has("auth_code") || deny.Has("code") || deny.Get("state") == "" {
		t.Errorf("a refusal comes back with %v", deny)
	}
	app := w.sim.App()
	wantCode(t, w.post("/oauth2/access_token/", obj{"app_id": app.ClientID, "secret": "wrong", "auth_code": "x"}), "40101")
	wantCode(t, w.post("/oauth2/refresh_token/", obj{"app_id": app.ClientID}), "40107")
	wantRefused(t, w.post("/oauth2/access_token/", obj{"app_id": app.ClientID}), "40002", "Missing required")
}

// TestTokens: none, a wrong one, one that was taken back, one that lacks a
// permission, one of somebody without accounts.
func TestTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app, good := w.sim.App(), w.token
	list := obj{"advertiser_id": w.account(0)}
	w.token = ""
	wantRefused(t, w.get("/campaign/get/", list), "40104", "Access token is null")
	w.token = "no such token"
	wantRefused(t, w.get("/campaign/get/", list), "40105", "incorrect or has been revoked")
	w.token = w.sim.Grant("2").Access // a parent implies its children
	w.data(w.get("/campaign/get/", list))
	wantRefused(t, w.get("/report/integrated/get/", list), "40001", "/report/integrated/get/(method=GET)")
	w.token = w.sim.GrantTo(1).Access
	w.data(w.get("/campaign/get/", list))
	wantCode(t, w.get("/campaign/get/", obj{"advertiser_id": w.account(1)}), "40001")
	w.token = w.sim.GrantTo(2).Access
	wantCode(t, w.get("/campaign/get/", list), "40001")
	w.token = good
	w.control(http.MethodPost, "grants", `{"member":0,"advertiser":"`+w.account(0)+`","granted":false}`)
	wantCode(t, w.get("/campaign/get/", list), "40001")
	other := w.sim.Grant().Access
	w.data(w.post("/oauth2/revoke_token/", obj{"app_id": app.ClientID, "secret": app.ClientSecret, "access_token": good}))
	wantCode(t, w.get("/user/info/", nil), "40105")
	w.token = other
	w.data(w.get("/user/info/", nil))
	w.sim.Advance(20 * 365 * 24 * time.Hour)
	w.data(w.get("/user/info/", nil))
}

// TestTheSecretStaysOutOfTheLog though it travels in a query.
func TestTheSecretStaysOutOfTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app := w.sim.App()
	w.data(w.get("/oauth2/advertiser/get/", obj{"app_id": app.ClientID, "secret": app.ClientSecret}))
	if log := w.control(http.MethodGet, "calls", "").text; strings.Contains(log, app.ClientSecret) || strings.Contains(log, w.token) || !strings.Contains(log, "secret=***") {
		t.Errorf("log: %s", log)
	}
}
