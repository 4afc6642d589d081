package sim_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

const campaigns = "/sp/campaigns/list"

func TestWhoCallsIsSettledFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, x := range map[string]struct {
		headers []string
		status  int
		want    string
	}{
		"no token":        {[]string{"Authorization", "-"}, 401, `{"message":"Unauthorized"}`},
		"bad token":       {[]string{"Authorization", "Bearer Atza|nope"}, 401, `"code":"UNAUTHORIZED"`},
		"no client id":    {[]string{"Amazon-Advertising-API-ClientId", "-"}, 401, "ClientId header is missing"},
		"new client id":   {[]string{"Amazon-Advertising-API-ClientId", "-", "Amazon-Ads-ClientId", w.sim.App().ClientID}, 200, `"campaigns"`},
		"other client":    {[]string{"Amazon-Advertising-API-ClientId", "amzn1.application-oa2-client.other"}, 401, "ClientId does not match"},
		"no scope":        {[]string{"Amazon-Advertising-API-Scope", "-"}, 401, "Scope header is missing"},
		"unknown scope":   {[]string{"Amazon-Advertising-API-Scope", "12345"}, 401, "No matching advertiser found for scope 12345"},
		"somebody else's": {[]string{"Amazon-Advertising-API-Scope", w.sim.Accounts()[6].ID}, 401, "No matching advertiser"}, // it lives on another host too
	} {
		media := []string{"Content-Type", "application/vnd.spCampaign.v3+json", "Accept", "application/vnd.spCampaign.v3+json"}
		a := w.call("POST", campaigns, "{}", append(media, x.headers...)...)
		if a.status != x.status || !strings.Contains(a.text, x.want) {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
		if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(a.header.Get("x-amzn-RequestId")) || !regexp.MustCompile(`^[A-Z0-9]{20}$`).MatchString(a.header.Get("x-amz-rid")) {
			t.Errorf("%s: request ids %q %q", name, a.header.Get("x-amzn-RequestId"), a.header.Get("x-amz-rid"))
		}
	}
	foreign := w.on(6)
	if a := foreign.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 401 || !strings.Contains(a.text, "Not authorized to access scope "+foreign.org.ID) {
		t.Errorf("foreign: %d %s", a.status, a.text)
	}
	if a := w.on(7).vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 403 {
		t.Errorf("trap 23, agency: %d %s", a.status, a.text)
	}
	if a := w.on(9).call("GET", "/sd/campaigns", ""); a.status != 403 || text(a.body, "details") != "Advertiser is not authorized for Sponsored Display." || text(a.body, "requestId") == "" {
		t.Errorf("no display: %d %s", a.status, a.text)
	}
	w.sim.Advance(2 * time.Hour)
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 401 {
		t.Errorf("expired: %d %s", a.status, a.text)
	}
}

func TestTrap7_AProfileWorksOnItsOwnHostOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.org.Region = "na"
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 401 || !strings.Contains(a.text, "No matching advertiser") {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := w.call("GET", "/sd/campaigns", ""); a.status != 400 {
		t.Errorf("%d %s", a.status, a.text)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", w.url+"/sd/campaigns", nil)
	req.Host = "advertising-api-eu.amazon.com"
	for k, v := range map[string]string{"Authorization": "Bearer " + w.token, "Amazon-Advertising-API-ClientId": w.sim.App().ClientID, "Amazon-Advertising-API-Scope": w.org.ID} {
		req.Header.Set(k, v)
	}
	if a := w.send(req); a.status != 200 {
		t.Errorf("by the host's own name: %d %s", a.status, a.text)
	}
}

func TestTrap11_MediaTypes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if a := w.call("POST", campaigns, "{}"); a.status != 415 || text(a.body, "code") != "UNSUPPORTED_MEDIA_TYPE" {
		t.Errorf("plain JSON: %d %s", a.status, a.text)
	}
	if a := w.vnd("POST", campaigns, "spcampaign.V3", "{}"); a.status != 200 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("case: %d %s", a.status, a.text)
	}
	if a := w.vnd("POST", campaigns, "spAdGroup.v3", "{}"); a.status != 415 {
		t.Errorf("of another object: %d", a.status)
	}
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}", "Accept", "application/vnd.spAdGroup.v3+json"); a.status != 406 {
		t.Errorf("Accept: %d", a.status)
	}
	brand := "/sb/v4/campaigns/list"
	if a := w.call("POST", brand, "{}", "Accept", "application/vnd.sbcampaignresource.v4+json"); a.status != 200 {
		t.Errorf("SB with plain JSON: %d %s", a.status, a.text)
	}
	if a := w.call("POST", brand, "{}"); a.status != 415 {
		t.Errorf("SB without Accept: %d", a.status)
	}
	if a := newWorld(t, sim.Options{VendorTypes: true}).vnd("POST", campaigns, "spCampaign.v3", "{}"); a.header.Get("Content-Type") != "application/vnd.spCampaign.v3+json" {
		t.Errorf("vendor type: %s", a.header.Get("Content-Type"))
	}
}

func TestTrap22_ReadOnlyProfilesAreAskedForApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	list := func(region, query string) (ids []string) {
		w.org.Region = region
		a := w.call("GET", "/v2/profiles"+query, "", "Amazon-Advertising-API-Scope", "-")
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		for _, p := range a.list {
			ids = append(ids, text(p, "profileId"))
		}
		return ids
	}
	accounts := w.sim.Accounts()
	na, all := list("na", ""), list("na", "?apiProgram=report&accessLevel=view")
	if slices.Contains(na, accounts[8].ID) || !slices.Contains(all, accounts[8].ID) || !slices.Contains(na, accounts[1].ID) || slices.Contains(all, accounts[6].ID) {
		t.Errorf("edit %v, view %v", na, all)
	}
	if fe := list("fe", ""); len(fe) != 1 || fe[0] != accounts[2].ID {
		t.Errorf("fe: %v", fe)
	}
	w.token = w.sim.GrantTo(1).Access
	if got := list("eu", ""); len(got) != 0 {
		t.Errorf("the viewer edits %v", got)
	}
	if got := list("eu", "?apiProgram=campaign&accessLevel=view"); len(got) != 1 {
		t.Errorf("the viewer sees %v", got)
	}
	w.org = accounts[0]
	if a := w.vnd("POST", "/sp/campaigns", "spCampaign.v3", `{"campaigns":[]}`); a.status != 403 {
		t.Errorf("the viewer writes: %d %s", a.status, a.text)
	}
	w.token = w.sim.GrantTo(2).Access
	if a := w.call("GET", "/v2/profiles", ""); a.text != "[]" {
		t.Errorf("an empty region: %s", a.text)
	}
}

func (w *world) consent(change map[string]string, decision string) url.Values {
	w.t.Helper()
	q := url.Values{"client_id": {w.sim.App().ClientID}, "scope": {"advertising::campaign_management"}, "response_type": {"code"}, "redirect_uri": {w.sim.App().RedirectURI}, "state": {"s 1"}}
	for k, v := range change {
		q.Set(k, v)
	}
	page := w.call("GET", "/ap/oa?"+q.Encode(), "")
	if page.status != 200 {
		return url.Values{"page": {page.text}}
	}
	q.Set("decision", decision)
	a := w.call("POST", "/ap/oa", q.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != 302 {
		w.t.Fatalf("%d %s", a.status, a.text)
	}
	return u.Query()
}

func (w *world) exchange(pairs ...string) answer {
	w.t.Helper()
	q := url.Values{"client_id": {w.sim.App().ClientID}, "client_secret": {w.sim.App().ClientSecret}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return w.call("POST", "/auth/o2/token", q.Encode(), "Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
}

func TestLoginWithAmazon(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	back := w.consent(map[string]string{"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}, "allow")
	if back.Get("state") != "s 1" || back.Get("scope") != "advertising::campaign_management" || back.Get("code") == "" {
		t.Fatalf("%v", back)
	}
	uri := w.sim.App().RedirectURI
	if a := w.exchange("grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", uri); a.status != 400 || text(a.body, "error") != "invalid_grant" {
		t.Errorf("without the verifier: %d %s", a.status, a.text)
	}
	a := w.exchange("grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", uri, "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	if a.status != 200 || !strings.HasPrefix(text(a.body, "access_token"), "Atza|") || !strings.HasPrefix(text(a.body, "refresh_token"), "Atzr|") || text(a.body, "expires_in") != "3600" || text(a.body, "token_type") != "bearer" {
		t.Fatalf("%d %s", a.status, a.text)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(w.sim.App().ClientID+":"+w.sim.App().ClientSecret))
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(a.body, "refresh_token")}}
	again := w.call("POST", "/auth/o2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Authorization", basic)
	if text(again.body, "refresh_token") != text(a.body, "refresh_token") || text(again.body, "access_token") == text(a.body, "access_token") {
		t.Errorf("a refresh does not rotate: %s", again.text)
	}
	w.sim.Revoke(text(a.body, "refresh_token"))
	if dead := w.exchange("grant_type", "refresh_token", "refresh_token", text(a.body, "refresh_token")); dead.status != 400 || text(dead.body, "error") != "invalid_grant" || !strings.Contains(dead.text, "revoked") {
		t.Errorf("revoked: %s", dead.text)
	}
	late := w.consent(nil, "allow")
	w.sim.Advance(6 * time.Minute)
	if a := w.exchange("grant_type", "authorization_code", "code", late.Get("code"), "redirect_uri", uri); a.status != 400 || text(a.body, "error_description") != "The request has an invalid grant parameter : code" {
		t.Errorf("late: %s", a.text)
	}
	plain := w.consent(map[string]string{"code_challenge": "plainverifierplainverifierplainverifierpl"}, "allow")
	if a := w.exchange("grant_type", "authorization_code", "code", plain.Get("code"), "redirect_uri", uri, "code_verifier", "plainverifierplainverifierplainverifierpl"); a.status != 200 {
		t.Errorf("plain: %d %s", a.status, a.text)
	}
	if no := w.consent(nil, "cancel"); no.Get("error") != "access_denied" || no.Get("state") != "s 1" {
		t.Errorf("%v", no)
	}
	if bad := w.consent(map[string]string{"redirect_uri": "https://evil.example/"}, "allow"); !strings.Contains(bad.Get("page"), "whitelisted") {
		t.Errorf("%v", bad)
	}
	if bad := w.consent(map[string]string{"scope": "advertising::nonsense"}, "allow"); !strings.Contains(bad.Get("page"), "An unknown scope was requested") {
		t.Errorf("%v", bad)
	}
	for want, pairs := range map[string][]string{
		"invalid_client":         {"grant_type", "refresh_token", "refresh_token", "x", "client_secret", "wrong"},
		"unsupported_grant_type": {"grant_type", "password"},
		"invalid_request":        {"grant_type", "refresh_token"},
	} {
		if a := w.exchange(pairs...); text(a.body, "error") != want {
			t.Errorf("%s: %d %s", want, a.status, a.text)
		}
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{Burst: 5, RetryAfter: true}})
	extended := `{"includeExtendedDataFields":true}`
	if a := w.vnd("POST", campaigns, "spCampaign.v3", extended); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	a := w.vnd("POST", campaigns, "spCampaign.v3", "{}") // extended data weighs five
	if a.status != 429 || text(a.body, "code") != "THROTTLED" || a.header.Get("Retry-After") != "10" {
		t.Errorf("%d %s %q", a.status, a.text, a.header.Get("Retry-After"))
	}
	w.call("POST", "/_sim/limits", `{"burst":1,"html":true}`)
	w.vnd("POST", campaigns, "spCampaign.v3", "{}")
	if a := w.vnd("POST", campaigns, "spCampaign.v3", "{}"); a.status != 429 || !strings.Contains(a.text, "openresty") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.call("POST", "/_sim/limits", `{"poll_seconds":30}`)
	id := text(w.create("2026-11-01", "2026-11-02", config("SPONSORED_PRODUCTS", "spCampaigns", "campaign", "date clicks", "DAILY")).body, "reportId")
	w.call("GET", "/reporting/reports/"+id, "")
	if a := w.call("GET", "/reporting/reports/"+id, ""); a.status != 429 {
		t.Errorf("polling: %d", a.status)
	}
}

func TestDeadAndUnknownPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, p := range []string{"/v2/sp/campaigns", "/v2/portfolios", "/sb/campaigns", "/nothing", "/adsApi/v1/query/campaigns"} {
		if a := w.call("GET", p, ""); a.status != 404 || a.header.Get("x-amzn-RequestId") == "" {
			t.Errorf("%s: %d %s", p, a.status, a.text)
		}
	}
}
