package sim

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// adsScope is the only scope of the Google Ads API; there is none for reading.
const adsScope = "https://www.googleapis.com/auth/adwords"

var knownScopes = []string{adsScope, "openid", "email", "profile",
	"https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile"}

// Lifetimes: an access token an hour less a second as it is told; a code ten
// minutes (assumed); a refresh token without end, or seven days while the
// consent screen is in "Testing".
const (
	codeTTL    = 10 * time.Minute
	accessTTL  = 3599 * time.Second
	testingTTL = 7*24*time.Hour - time.Second
	maxRefresh = 100
)

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	ttl := time.Duration(0)
	if o.Testing {
		ttl = testingTTL
	}
	return simkit.NewOAuth(simkit.OAuthConfig{
		Apps:    []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURIs}},
		Members: members, CodeTTL: codeTTL, AccessTTL: accessTTL, RefreshTTL: ttl,
		CodePrefix: "4/0AsimA", AccessPrefix: "ya29.a0Asim", RefreshPrefix: "1//0gSim", TokenLength: 200, Seed: o.Seed,
		KeepOnScopeChange: true, WholeGrant: true, MaxRefresh: maxRefresh,
	}, clock)
}

// oauth serves what Google's three OAuth hosts do; ok is false for other paths.
func (s *Sim) oauth(w http.ResponseWriter, r *http.Request) (ok bool) {
	switch r.URL.Path {
	case "/o/oauth2/v2/auth", "/o/oauth2/auth":
		s.authorize(w, r)
	case "/token", "/o/oauth2/token", "/oauth2/v3/token", "/oauth2/v4/token":
		s.tokenEndpoint(w, r)
	case "/revoke", "/o/oauth2/revoke":
		s.revoke(w, r)
	case "/v1/userinfo", "/oauth2/v3/userinfo":
		s.userinfo(w, r)
	default:
		return false
	}
	return true
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
	redirect := in.Get("redirect_uri")
	switch {
	case !ok:
		authPage(w, http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
		return
	case !app.AllowsRedirect(redirect):
		authPage(w, http.StatusBadRequest, "redirect_uri_mismatch", "The redirect URI in the request does not match one registered for the client.")
		return
	}
	scopes := simkit.SplitScopes(in.Get("scope"))
	if problem := authProblem(in, scopes); problem != "" {
		authPage(w, http.StatusBadRequest, "invalid_request", problem)
		return
	}
	back := func(p url.Values) {
		if in.Has("state") {
			p.Set("state", in.Get("state"))
		}
		sep := "?"
		if strings.Contains(redirect, "?") {
			sep = "&"
		}
		http.Redirect(w, r, redirect+sep+p.Encode(), http.StatusFound)
	}
	switch {
	case in.Get("prompt") == "none" && !s.kit.OAuth.Consented(app.ClientID, members[admin]):
		back(url.Values{"error": {"interaction_required"}})
	case in.Get("prompt") == "none":
		s.allow(in, members[admin], scopes, back)
	case r.Method == http.MethodGet:
		s.consentPage(w, in, scopes)
	case in.Get("decision") != "allow":
		back(url.Values{"error": {"access_denied"}})
	default:
		m := members[admin]
		for _, x := range members {
			if x.ID == in.Get("member") {
				m = x
			}
		}
		s.allow(in, m, scopes, back)
	}
}

// authProblem is what is wrong with an authorization request; empty when all is well.
func authProblem(in url.Values, scopes []string) string {
	switch {
	case in.Get("response_type") != "code":
		return "Required parameter is missing: response_type"
	case len(scopes) == 0:
		return "Missing required parameter: scope"
	case slices.ContainsFunc(scopes, func(x string) bool { return !slices.Contains(knownScopes, x) }):
		return "Some requested scopes were invalid."
	case !slices.Contains([]string{"", "online", "offline"}, in.Get("access_type")):
		return "Invalid value for access_type."
	case in.Has("code_challenge") && in.Get("code_challenge_method") != "S256":
		return "Invalid code challenge method: only S256 is served here." // Google knows plain too
	case in.Has("code_challenge") && len(in.Get("code_challenge")) != 43:
		return "Invalid code challenge."
	case in.Has("code_challenge_method") && !in.Has("code_challenge"):
		return "Missing code challenge."
	}
	return ""
}

// allow gives the code. Google hands out a refresh token at the first consent of
// a user to a client; later only when the consent page was forced.
func (s *Sim) allow(in url.Values, m simkit.Member, scopes []string, back func(url.Values)) {
	client := in.Get("client_id")
	forced := slices.Contains(strings.Fields(in.Get("prompt")), "consent")
	first := !s.kit.OAuth.Consented(client, m)
	code := s.kit.OAuth.Consent(simkit.ConsentRequest{
		ClientID: client, Redirect: in.Get("redirect_uri"), Member: m, Scopes: scopes, Challenge: in.Get("code_challenge"),
		NoRefresh: in.Get("access_type") != "offline" || !first && !forced,
	})
	back(url.Values{"code": {code}, "scope": {strings.Join(scopes, " ")}, "authuser": {"0"}, "prompt": {"consent"}})
}

var authFields = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "access_type", "prompt",
	"code_challenge", "code_challenge_method", "include_granted_scopes", "login_hint", "nonce"}

func (s *Sim) consentPage(w http.ResponseWriter, in url.Values, scopes []string) {
	fields := map[string]string{}
	for _, k := range authFields {
		if in.Has(k) {
			fields[k] = in.Get(k)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := simkit.Consent{
		Platform: "Google", AppName: in.Get("client_id"), Action: "/o/oauth2/v2/auth",
		Scopes: scopes, Members: members, Fields: fields,
	}
	page.Render(w) // the page is a constant template; a client that left is no error of ours
}

func authPage(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte("<!doctype html><html><head><title>Error</title></head><body><h1>Access blocked</h1><p>Error " +
		http.StatusText(status) + ": " + code + "</p><p>" + text + "</p></body></html>\n"))
}

func (s *Sim) tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := r.ParseForm(); err != nil || simkit.MediaType(r) != "application/x-www-form-urlencoded" {
		writeOAuth(w, 400, obj{"error": "invalid_request", "error_description": "Bad Request"})
		return
	}
	in := r.PostForm
	if id, secret, ok := r.BasicAuth(); ok && !in.Has("client_id") {
		in.Set("client_id", id)
		in.Set("client_secret", secret)
	}
	status, body := s.token(in)
	if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
		select {
		case <-time.After(time.Duration(d) * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
	writeOAuth(w, status, body)
}

const deadToken = "Token has been expired or revoked."

func (s *Sim) token(in url.Values) (int, obj) {
	fail := func(status int, code, text string) (int, obj) {
		return status, obj{"error": code, "error_description": text}
	}
	client, secret := in.Get("client_id"), in.Get("client_secret")
	app, known := s.kit.OAuth.App(client)
	if !known {
		return fail(401, "invalid_client", "The OAuth client was not found.")
	}
	var t simkit.Token
	var err error
	refreshed := false
	switch in.Get("grant_type") {
	case "authorization_code":
		switch {
		case !app.AllowsRedirect(in.Get("redirect_uri")):
			return fail(400, "redirect_uri_mismatch", "Bad Request")
		case !strings.HasPrefix(in.Get("code"), "4/"):
			return fail(400, "invalid_grant", "Malformed auth code.")
		}
		t, err = s.kit.OAuth.ExchangeVerified(in.Get("code"), client, secret, in.Get("redirect_uri"), in.Get("code_verifier"))
	case "refresh_token":
		if in.Get("refresh_token") == "" {
			return fail(400, "invalid_request", "Missing required parameter: refresh_token")
		}
		refreshed = true
		t, err = s.kit.OAuth.Refresh(in.Get("refresh_token"), client, secret)
	default:
		return fail(400, "unsupported_grant_type", "Invalid grant_type: "+in.Get("grant_type"))
	}
	switch {
	case errors.Is(err, simkit.ErrClient):
		return fail(401, "invalid_client", "Unauthorized")
	case errors.Is(err, simkit.ErrVerifier) && in.Get("code_verifier") == "":
		return fail(400, "invalid_grant", "Missing code verifier.")
	case errors.Is(err, simkit.ErrVerifier):
		return fail(400, "invalid_grant", "Invalid code verifier.")
	case errors.Is(err, simkit.ErrCode):
		return fail(400, "invalid_grant", "Bad Request")
	case err != nil:
		return fail(400, "invalid_grant", deadToken)
	}
	return 200, s.tokenBody(t, refreshed)
}

func (s *Sim) tokenBody(t simkit.Token, refreshed bool) obj {
	now := s.kit.Clock.Now()
	body := obj{
		"access_token": t.Access, "expires_in": int(t.Expires.Sub(now) / time.Second),
		"scope": strings.Join(t.Scopes, " "), "token_type": "Bearer",
	}
	if t.Refresh != "" && !refreshed { // a refresh does not rotate
		body["refresh_token"] = t.Refresh
	}
	if t.Refresh != "" && !t.RefreshExpires.IsZero() {
		body["refresh_token_expires_in"] = int(t.RefreshExpires.Sub(now) / time.Second)
	}
	if slices.Contains(t.Scopes, "openid") {
		body["id_token"] = idToken(t, now)
	}
	return body
}

// idToken is a JWT that says who consented. Its signature is none.
func idToken(t simkit.Token, now time.Time) string {
	claims := map[string]any{"iss": "https://accounts.google.com", "aud": t.ClientID, "azp": t.ClientID, "sub": t.Member.ID,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	if slices.Contains(t.Scopes, "email") {
		claims["email"], claims["email_verified"] = t.Member.Email, true
	}
	part := func(v any) string {
		b, _ := json.Marshal(v) // texts and numbers
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(map[string]any{"alg": "RS256", "kid": "sim", "typ": "JWT"}) + "." + part(claims) + "." + part("simulated")
}

func (s *Sim) revoke(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if !s.kit.OAuth.Revoke(r.Form.Get("token")) {
		writeOAuth(w, 400, obj{"error": "invalid_token", "error_description": "Token expired or revoked"})
		return
	}
	writeOAuth(w, 200, obj{})
}

func (s *Sim) userinfo(w http.ResponseWriter, r *http.Request) {
	raw, _ := simkit.Bearer(r)
	t, state := s.kit.OAuth.Check(raw)
	if state != simkit.TokenActive || !slices.Contains(t.Scopes, "openid") {
		writeOAuth(w, 401, obj{"error": "invalid_request", "error_description": "Invalid Credentials"})
		return
	}
	body := obj{"sub": t.Member.ID}
	if slices.Contains(t.Scopes, "email") {
		body["email"], body["email_verified"] = t.Member.Email, true
	}
	writeOAuth(w, 200, body)
}

// writeOAuth writes snake_case names: OAuth's bodies are no proto messages.
func writeOAuth(w http.ResponseWriter, status int, body obj) {
	b, _ := json.MarshalIndent(body, "", "  ") // texts, numbers and booleans
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(append(b, '\n')) // a client that left is no error of ours
}
