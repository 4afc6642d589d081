package sim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

func TestHeadersAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	body := `{"AccountId":"` + w.acc.ID + `"}`
	for name, c := range map[string]struct {
		pairs  []string
		status int
		code   string
	}{
		"fine":                     {nil, 200, ""},
		"no token":                 {[]string{"Authorization", "-"}, 400, "116"},
		"no developer token":       {[]string{"DeveloperToken", "-"}, 400, "116"},
		"another developer token":  {[]string{"DeveloperToken", "BBD37VB98"}, 401, "105"},
		"a token unknown":          {[]string{"Authorization", "Bearer x"}, 401, "105"},
		"no customer":              {[]string{"CustomerId", "None"}, 400, "1029"},
		"no account":               {[]string{"CustomerAccountId", "-"}, 400, "1030"},
		"another customer":         {[]string{"CustomerId", "250100002"}, 403, "106"},
		"somebody else's account":  {[]string{"CustomerAccountId", w.sim.Accounts()[6].ID}, 403, "106"},
		"another account":          {[]string{"CustomerAccountId", w.sim.Accounts()[1].ID}, 400, "1102"},
		"Trap27 a closed account":  {[]string{"CustomerAccountId", w.sim.Accounts()[4].ID}, 401, "105"},
		"another kind of content":  {[]string{"Content-Type", "text/plain"}, 400, "100"},
		"content type and charset": {[]string{"Content-Type", "application/json; charset=utf-8"}, 200, ""},
	} {
		a := w.do(http.MethodPost, "Campaigns/QueryByAccountId", body, c.pairs...)
		refused(t, a, c.status, c.code)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	// Customer Management needs no pair, and takes the literal None.
	if a := w.do(http.MethodPost, "/CustomerManagement/v13/User/Query", `{"UserId":null}`, "CustomerId", "None", "CustomerAccountId", "None"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestBodiesAreReadStrictly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for name, c := range map[string]struct {
		body string
		ok   bool
	}{
		"id as text":               {`{"AccountId":"` + w.acc.ID + `"}`, true},
		"id as number":             {`{"AccountId":` + w.acc.ID + `}`, true},
		"flags with a comma":       {`{"AccountId":"` + w.acc.ID + `","CampaignType":"Search, Shopping,PerformanceMax"}`, true},
		"nulls":                    {`{"AccountId":"` + w.acc.ID + `","CampaignType":null,"ReturnAdditionalFields":null}`, true},
		"Trap05 flags as an array": {`{"AccountId":"` + w.acc.ID + `","CampaignType":["Search","Shopping"]}`, false},
		"Trap05 flags with blanks": {`{"AccountId":"` + w.acc.ID + `","CampaignType":"Search Shopping"}`, false},
		"an unknown flag":          {`{"AccountId":"` + w.acc.ID + `","ReturnAdditionalFields":"Everything"}`, false},
		"an unknown name":          {`{"AccountId":"` + w.acc.ID + `","Limit":3}`, false},
		"another case":             {`{"accountId":"` + w.acc.ID + `"}`, false},
		"no object":                {`[]`, false},
		"two objects":              {`{"AccountId":"` + w.acc.ID + `"}{}`, false},
		"Trap08 nothing":           {``, false},
	} {
		a := w.do(http.MethodPost, "Campaigns/QueryByAccountId", c.body)
		if (a.status == 200) != c.ok {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
		if !c.ok && (codeOf(a) != "100" || a.status != 400) {
			t.Errorf("%s: %s", name, a.text)
		}
	}
	if a := w.do(http.MethodPost, "Campaigns/QueryByAccountId?x=1", `{"AccountId":"`+w.acc.ID+`"}`); a.status != 400 {
		t.Errorf("a query: %d", a.status)
	}
	if a := w.do(http.MethodGet, "Campaigns/QueryByAccountId", ""); a.status != 405 {
		t.Errorf("GET: %d", a.status)
	}
	if a := w.do(http.MethodPost, "/CampaignManagement/v12/Campaigns", "{}"); a.status != 404 {
		t.Errorf("v12: %d", a.status)
	}
	// Trap34: no known path is ever 404 or 501.
	if a := w.do(http.MethodPost, "Experiments/QueryByIds", "{}"); a.status != 400 || codeOf(a) != "204" {
		t.Errorf("not served: %d %s", a.status, a.text)
	}
}

// consent goes through the browser's part and gives what came back.
func consent(w *world, scope, decision, challenge string) url.Values {
	app := w.sim.App()
	q := url.Values{"client_id": {app.ClientID}, "response_type": {"code"}, "redirect_uri": {app.RedirectURI}, "scope": {scope}, "state": {"s t"}}
	if challenge != "" {
		q.Set("code_challenge", challenge)
		q.Set("code_challenge_method", "S256")
	}
	req, _ := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+"/common/oauth2/v2.0/authorize?"+q.Encode(), nil)
	if a := w.send(req); a.status != 200 || !strings.Contains(a.text, "<form") {
		w.t.Fatalf("page: %d %s", a.status, a.text)
	}
	q.Set("decision", decision)
	req, _ = http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/common/oauth2/v2.0/authorize", strings.NewReader(q.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := w.send(req)
	back, err := url.Parse(a.header.Get("Location"))
	if a.status != 302 || err != nil || !strings.HasPrefix(back.String(), app.RedirectURI) || back.Query().Get("state") != "s t" {
		w.t.Fatalf("back: %d %s", a.status, a.header.Get("Location"))
	}
	return back.Query()
}

func (w *world) form(pairs ...string) reply {
	w.t.Helper()
	app := w.sim.App()
	q := url.Values{"client_id": {app.ClientID}, "client_secret": {app.ClientSecret}, "redirect_uri": {app.RedirectURI}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	req, _ := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/common/oauth2/v2.0/token", strings.NewReader(q.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(req)
}

const scopes = "https://ads.microsoft.com/msads.manage offline_access"

func TestConsentToTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if q := consent(w, scopes, "cancel", ""); q.Get("error") != "access_denied" {
		t.Errorf("%v", q)
	}
	sum := sha256.Sum256([]byte("verifier"))
	code := consent(w, scopes, "allow", base64.RawURLEncoding.EncodeToString(sum[:])).Get("code")
	bad := w.form("grant_type", "authorization_code", "code", code, "code_verifier", "another")
	if bad.status != 400 || text(bad.body, "error") != "invalid_grant" || !strings.HasPrefix(text(bad.body, "error_description"), "AADSTS501481") {
		t.Errorf("verifier: %s", bad.text)
	}
	good := w.form("grant_type", "authorization_code", "code", code, "code_verifier", "verifier", "environment", "production", "oauth_scope", "msads.manage")
	if good.status != 200 || text(good.body, "scope") != "https://ads.microsoft.com/msads.manage" || text(good.body, "expires_in") != "3600" {
		t.Fatalf("tokens: %d %s", good.status, good.text)
	}
	if again := w.form("grant_type", "authorization_code", "code", code, "code_verifier", "verifier"); text(again.body, "error_codes") != "" && again.status != 400 || !strings.Contains(again.text, "54005") {
		t.Errorf("code twice: %s", again.text)
	}
	w.token = text(good.body, "access_token")
	w.ok("/CustomerManagement/v13/User/Query", `{"UserId":null}`)

	// Trap24: each refresh gives a new refresh token; the old one lives on to its own end.
	first := text(good.body, "refresh_token")
	w.sim.Advance(60 * 24 * time.Hour)
	one := w.form("grant_type", "refresh_token", "refresh_token", first, "scope", scopes)
	second := text(one.body, "refresh_token")
	if one.status != 200 || second == "" || second == first {
		t.Fatalf("refresh: %d %s", one.status, one.text)
	}
	if old := w.form("grant_type", "refresh_token", "refresh_token", first); old.status != 200 {
		t.Errorf("the old token: %s", old.text)
	}
	w.sim.Advance(40 * 24 * time.Hour)
	if old := w.form("grant_type", "refresh_token", "refresh_token", first); old.status != 400 || text(old.body, "error") != "invalid_grant" {
		t.Errorf("the old token after its end: %s", old.text)
	}
	if a := w.form("grant_type", "refresh_token", "refresh_token", second); a.status != 200 {
		t.Errorf("the new token: %s", a.text)
	}
	if a := w.form("grant_type", "refresh_token", "refresh_token", second, "scope", "https://ads.microsoft.com/ads.manage"); !strings.Contains(a.text, "AADSTS70000") {
		t.Errorf("another scope: %s", a.text)
	}
	if a := w.form("grant_type", "refresh_token", "refresh_token", second, "client_secret", "x"); a.status != 401 || text(a.body, "error") != "invalid_client" {
		t.Errorf("secret: %s", a.text)
	}
	if a := w.do(http.MethodPost, "/CustomerManagement/v13/User/Query", `{"UserId":null}`); a.status != 401 || codeOf(a) != "109" {
		t.Errorf("an old access token: %s", a.text)
	}
}

func TestScopesDecide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	code := consent(w, "https://ads.microsoft.com/msads.manage", "allow", "").Get("code")
	if a := w.form("grant_type", "authorization_code", "code", code); a.status != 200 || text(a.body, "refresh_token") != "" {
		t.Errorf("without offline_access: %s", a.text)
	}
	for _, scope := range []string{"https://si.ads.microsoft.com/msads.manage", "https://ads.microsoft.com/ads.manage"} {
		w.token = w.sim.Grant(scope, "offline_access").Access
		refused(t, w.do(http.MethodPost, "/CustomerManagement/v13/User/Query", `{"UserId":null}`), 401, "105")
	}
}

func TestAccountsAreFoundPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	u := w.ok("/CustomerManagement/v13/User/Query", `{"UserId":null}`)
	search := func(extra, index, size string) []any {
		return list(w.ok("/CustomerManagement/v13/Accounts/Search", `{"Predicates":[{"Field":"UserId","Operator":"Equals","Value":"`+
			text(u, "User", "Id")+`"}`+extra+`],"Ordering":null,"PageInfo":{"Index":`+index+`,"Size":`+size+`},"ReturnAdditionalFields":"TaxCertificate,AccountMode"}`), "Accounts")
	}
	first, second := search("", "0", "4"), search("", "1", "4")
	if len(first) != 4 || len(second) != 3 || ids(first)[0] == ids(second)[0] {
		t.Errorf("%v, then %v", ids(first), ids(second))
	}
	if none := search("", "0", "0"); len(none) != 0 {
		t.Errorf("size 0: %v", ids(none))
	}
	if one := search(`,{"Field":"AccountName","Operator":"Contains","Value":"main"}`, "0", "9"); len(one) != 1 || text(one[0], "CurrencyCode") != "USD" || text(one[0], "TimeZone") != "PacificTimeUSCanadaTijuana" {
		t.Errorf("%v", one)
	}
	// The linked account is worked on through the agency's customer.
	linked := w.on(7)
	roles := list(u, "CustomerRoles")
	if got := list(roles[0], "LinkedAccountIds"); len(got) != 1 || got[0] != linked.acc.ID {
		t.Errorf("%v", roles)
	}
	body := `{"AccountId":"` + linked.acc.ID + `"}`
	refused(t, linked.do(http.MethodPost, "Campaigns/QueryByAccountId", body), 403, "106")
	if a := linked.do(http.MethodPost, "Campaigns/QueryByAccountId", body, "CustomerId", "250100001"); a.status != 200 {
		t.Errorf("%s", a.text)
	}
	// A viewer sees one account and changes nothing.
	w.token = w.sim.GrantTo(1).Access
	refused(t, w.do(http.MethodPost, "Campaigns", `{"AccountId":"`+w.acc.ID+`","Campaigns":[{"Name":"x"}]}`), 403, "106")
	if got := list(w.ok("/CustomerManagement/v13/AccountsInfo/Query", `{"CustomerId":"250100001","OnlyParentAccounts":false}`), "AccountsInfo"); len(got) != 1 {
		t.Errorf("viewer: %v", got)
	}
}

func TestAnAccountIsRenamedInFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	get := func() string {
		a := w.do(http.MethodPost, "/CustomerManagement/v13/Account/Query", `{"AccountId":"`+w.acc.ID+`"}`)
		return strings.TrimSuffix(a.text, "}")
	}
	renamed := strings.Replace(get(), "Acme DACH", "Acme D-A-CH", 1) + "}"
	a := w.okDo(http.MethodPut, "/CustomerManagement/v13/Account", renamed)
	if text(a, "LastModifiedTime") == "" {
		t.Errorf("%v", a)
	}
	if !strings.Contains(get(), "Acme D-A-CH") {
		t.Error("not renamed")
	}
	stale := w.do(http.MethodPut, "/CustomerManagement/v13/Account", renamed)
	if stale.status != 400 || codeOf(stale) != "209" {
		t.Errorf("stale: %s", stale.text)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Limits: sim.Limits{UserPerMinute: 3, Reports: 1}})
	q := func() reply { return w.do(http.MethodPost, "/CustomerManagement/v13/User/Query", `{}`) }
	for range 3 {
		if a := q(); a.status != 200 {
			t.Fatal(a.text)
		}
	}
	refused(t, q(), 429, "117")
	w.sim.Advance(time.Minute)
	req := w.request("Account", "Daily", "2026-11-20", "2026-11-21", "TimePeriod", "AccountId", "Clicks")
	w.ok("/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+req+`}`)
	refused(t, w.do(http.MethodPost, "/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+req+`}`), 400, "207")
	if a := w.control(http.MethodPost, "limits", `{"reports":5}`); a.status != 204 {
		t.Errorf("%d %s", a.status, a.text)
	}
	w.ok("/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+req+`}`)
}
