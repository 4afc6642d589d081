package sim

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// knownScopes are the scopes the simulated products give.
var knownScopes = []string{
	"r_ads", "rw_ads", "r_ads_reporting", "r_organization_social", "w_organization_social",
	"r_organization_admin", "rw_organization_admin", "r_marketing_leadgen_automation",
	"rw_conversions", "rw_dmp_segments", "openid", "profile", "email", "r_basicprofile",
}

// Lifetimes as LinkedIn documents them: 60 days and 365 days; a code about half
// an hour (assumed).
const (
	codeTTL    = 30 * time.Minute
	accessTTL  = 60 * 24 * time.Hour
	refreshTTL = 365 * 24 * time.Hour
)

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	registered := make([]string, len(o.RedirectURIs))
	for i, u := range o.RedirectURIs {
		registered[i] = bare(u)
	}
	return simkit.NewOAuth(simkit.OAuthConfig{
		Apps: []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: registered, Scopes: o.AppScopes}},
		Members: []simkit.Member{
			{ID: "Ab1SimManager", Name: "Mira Manager", Email: "mira@sim.example"},
			{ID: "Cd2SimViewer", Name: "Vic Viewer", Email: "vic@sim.example"},
			{ID: "Ef3SimNobody", Name: "Nora Nobody", Email: "nora@sim.example"},
		},
		CodeTTL: codeTTL, AccessTTL: accessTTL, RefreshTTL: refreshTTL,
		CodePrefix: "AQTsim", AccessPrefix: "AQVsim", RefreshPrefix: "AQWsim", TokenLength: 480, Seed: o.Seed,
	}, clock)
}

// bare is a redirect URI as it is registered: its query parameters are ignored.
func bare(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	return uri
}

func (s *Sim) oauth(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/oauth/v2/authorization":
		s.authorize(w, r)
	case "/oauth/v2/accessToken":
		s.tokenEndpoint(w, r, s.accessToken)
	case "/oauth/v2/introspectToken":
		s.tokenEndpoint(w, r, s.introspect)
	default:
		http.NotFound(w, r)
	}
}

// authorize shows the consent page and takes its answer. What is wrong with the
// client or the redirect URI is shown to the person, never sent to the URI.
func (s *Sim) authorize(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	in := r.Form
	app, ok := s.kit.OAuth.App(in.Get("client_id"))
	if !ok {
		authPage(w, "The passed in client_id is invalid")
		return
	}
	redirect := in.Get("redirect_uri")
	if strings.Contains(redirect, "#") || !app.AllowsRedirect(redirect) {
		authPage(w, "The redirect_uri does not match the registered value")
		return
	}
	back := func(p url.Values) {
		if st := in.Get("state"); st != "" {
			p.Set("state", st)
		}
		http.Redirect(w, r, redirect+"?"+p.Encode(), http.StatusFound)
	}
	fail := func(code, text string) { back(url.Values{"error": {code}, "error_description": {text}}) }
	scopes := simkit.SplitScopes(in.Get("scope"))
	switch {
	case in.Get("response_type") != "code":
		fail("invalid_request", "A required parameter \"response_type\" is missing or invalid")
	case len(scopes) == 0:
		fail("invalid_request", "A required parameter \"scope\" is missing")
	case app.MissingScope(scopes) != "":
		fail("unauthorized_scope_error", "Scope \""+app.MissingScope(scopes)+"\" is not authorized for your application")
	case r.Method == http.MethodGet:
		s.consent(w, in, scopes)
	default:
		s.decide(in, scopes, back, fail)
	}
}

func (s *Sim) consent(w http.ResponseWriter, in url.Values, scopes []string) {
	fields := map[string]string{}
	for _, k := range []string{"response_type", "client_id", "redirect_uri", "scope", "state"} {
		if in.Has(k) {
			fields[k] = in.Get(k)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := simkit.Consent{
		Platform: "LinkedIn", AppName: in.Get("client_id"), Action: "/oauth/v2/authorization",
		Scopes: scopes, Members: s.kit.OAuth.Members(), Fields: fields,
	}
	page.Render(w) // the page is a constant template; a client that left is no error of ours
}

func (s *Sim) decide(in url.Values, scopes []string, back func(url.Values), fail func(string, string)) {
	switch in.Get("decision") {
	case "allow":
		members := s.kit.OAuth.Members()
		m := members[0]
		for _, x := range members {
			if x.ID == in.Get("member") {
				m = x
			}
		}
		back(url.Values{"code": {s.kit.OAuth.Authorize(in.Get("client_id"), in.Get("redirect_uri"), m, scopes)}})
	case "cancel_login":
		fail("user_cancelled_login", "The user cancelled LinkedIn login")
	default:
		fail("user_cancelled_authorize", "The user cancelled the authorization")
	}
}

func authPage(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	w.Write([]byte("<!doctype html><html><head><title>Bummer, something went wrong</title></head><body><h1>Bummer, something went wrong.</h1><p>" + text + "</p></body></html>\n"))
}

// tokenEndpoint takes form POSTs only and answers late when told to.
func (s *Sim) tokenEndpoint(w http.ResponseWriter, r *http.Request, serve func(url.Values) (int, any)) {
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if simkit.MediaType(r) != "application/x-www-form-urlencoded" {
		writeJSON(w, 400, oauthError("invalid_request", "Content-Type must be application/x-www-form-urlencoded"))
		return
	}
	if err := r.ParseForm(); err != nil {
		writeJSON(w, 400, oauthError("invalid_request", "Malformed body"))
		return
	}
	status, body := serve(r.PostForm) // parameters in the URL do not count
	if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
		select {
		case <-time.After(time.Duration(d) * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, body)
}

func oauthError(code, text string) obj {
	return obj{"error": code, "error_description": text}
}

const (
	badCode  = "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists"
	badGrant = "The provided authorization grant or refresh token is invalid, expired or revoked."
)

func (s *Sim) accessToken(in url.Values) (int, any) {
	need := map[string][]string{
		"authorization_code": {"code", "client_id", "client_secret", "redirect_uri"},
		"refresh_token":      {"refresh_token", "client_id", "client_secret"},
	}
	grant := in.Get("grant_type")
	if grant == "client_credentials" {
		return 401, oauthError("access_denied", "This application is not allowed to create application tokens")
	}
	names, ok := need[grant]
	if !ok {
		return 400, oauthError("unsupported_grant_type", "grant_type is missing or not supported")
	}
	for _, n := range names {
		if in.Get(n) == "" {
			return 400, oauthError("invalid_request", "A required parameter \""+n+"\" is missing")
		}
	}
	var t simkit.Token
	var err error
	if grant == "authorization_code" {
		t, err = s.kit.OAuth.Exchange(in.Get("code"), in.Get("client_id"), in.Get("client_secret"), in.Get("redirect_uri"))
	} else {
		t, err = s.kit.OAuth.Refresh(in.Get("refresh_token"), in.Get("client_id"), in.Get("client_secret"))
	}
	switch {
	case errors.Is(err, simkit.ErrClient):
		return 401, oauthError("invalid_client", "Client authentication failed")
	case errors.Is(err, simkit.ErrCode):
		return 400, oauthError("invalid_request", badCode)
	case err != nil:
		return 400, oauthError("invalid_grant", badGrant)
	}
	return 200, s.tokenBody(t)
}

func (s *Sim) tokenBody(t simkit.Token) obj {
	now := s.kit.Clock.Now()
	body := obj{
		"access_token": t.Access,
		"expires_in":   int64(t.Expires.Sub(now) / time.Second),
		"scope":        strings.Join(t.Scopes, ","), // comma-separated, unlike RFC 6749
		"token_type":   "Bearer",
	}
	if t.Refresh != "" { // only for apps approved for programmatic refresh tokens
		body["refresh_token"] = t.Refresh
		body["refresh_token_expires_in"] = int64(t.RefreshExpires.Sub(now) / time.Second)
	}
	return body
}

func (s *Sim) introspect(in url.Values) (int, any) {
	if in.Get("token") == "" {
		return 400, oauthError("invalid_request", "A required parameter \"token\" is missing")
	}
	t, state, err := s.kit.OAuth.Introspect(in.Get("token"), in.Get("client_id"), in.Get("client_secret"))
	if err != nil {
		return 401, oauthError("invalid_client", "Client authentication failed")
	}
	if state == simkit.TokenUnknown {
		return 200, obj{"active": false}
	}
	status := map[simkit.TokenState]string{
		simkit.TokenExpired: "expired", simkit.TokenRevoked: "revoked",
	}[state]
	if status == "" {
		status = "active"
	}
	return 200, obj{
		"active": status == "active", "status": status, "client_id": t.ClientID, "auth_type": "3L",
		"scope": strings.Join(t.Scopes, ","), "authorized_at": t.Authorized.Unix(),
		"created_at": t.Created.Unix(), "expires_at": t.Expires.Unix(),
	}
}

// whoami answers /v2/userinfo (OpenID) and /v2/me.
func (s *Sim) whoami(w http.ResponseWriter, r *http.Request) {
	t, f := s.bearer(r)
	switch {
	case f != nil:
	case r.Method != http.MethodGet:
		f = &fault{status: 405, message: "Method Not Allowed"}
	case r.URL.Path == "/v2/userinfo" && !granted(t.Scopes, []string{"openid"}):
		f = denied("userinfo", "GET", "NO_VERSION")
	case r.URL.Path == "/v2/me" && !granted(t.Scopes, []string{"r_basicprofile", "profile"}):
		f = denied("me", "GET", "NO_VERSION")
	}
	if f != nil {
		f.write(w)
		return
	}
	first, last, _ := strings.Cut(t.Member.Name, " ")
	if r.URL.Path == "/v2/me" {
		writeJSON(w, 200, obj{"id": t.Member.ID, "localizedFirstName": first, "localizedLastName": last})
		return
	}
	body := obj{"sub": t.Member.ID, "locale": obj{"country": "US", "language": "en"}}
	if granted(t.Scopes, []string{"profile"}) {
		body["name"], body["given_name"], body["family_name"] = t.Member.Name, first, last
	}
	if granted(t.Scopes, []string{"email"}) {
		body["email"], body["email_verified"] = t.Member.Email, true
	}
	writeJSON(w, 200, body)
}
