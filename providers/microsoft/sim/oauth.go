package sim

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

const (
	scopeManage  = "https://ads.microsoft.com/msads.manage"
	scopeSandbox = "https://si.ads.microsoft.com/msads.manage"
	scopeOffline = "offline_access"

	codeTTL    = 5 * time.Minute
	accessTTL  = time.Hour
	refreshTTL = 90 * 24 * time.Hour
)

// knownScopes are what may be asked for; the old ones are still granted, and
// their tokens refused.
var knownScopes = []string{scopeManage, scopeSandbox, scopeOffline, "openid", "profile", "email",
	"https://ads.microsoft.com/ads.manage", "https://ads.microsoft.com/bingads.manage"}

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	x := simkit.NewOAuth(simkit.OAuthConfig{
		Apps:    []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: slices.Clone(o.RedirectURIs)}},
		Members: members, CodeTTL: codeTTL, AccessTTL: accessTTL, RefreshTTL: refreshTTL,
		CodePrefix: "M.C5", AccessPrefix: "EwB4A", RefreshPrefix: "M.C501_BAY.0.U.-Cg", TokenLength: 900,
		Seed: o.Seed, KeepOnScopeChange: true,
	}, clock)
	// Every refresh gives a new refresh token; the old one keeps its own end.
	x.Configure(func(s *simkit.OAuthSettings) { s.Rotate, s.KeepRotated = true, true })
	return x
}

// manages tells whether scopes reach the API of production.
func manages(scopes []string) bool { return slices.Contains(scopes, scopeManage) }

// grantDesk remembers what a code's exchange was, for the ways it can be bad.
type grantDesk struct {
	mu    sync.Mutex
	codes map[string]bool // true: redeemed
}

func newGrantDesk() *grantDesk { return &grantDesk{codes: map[string]bool{}} }

// identity serves /{tenant}/oauth2/v2.0/….
func (s *Sim) identity(w http.ResponseWriter, r *http.Request, tenant, what string) {
	w.Header().Set("X-Ms-Request-Id", s.guid(s.served.Add(1)))
	if tenant != "common" && tenant != "organizations" && tenant != "consumers" && len(tenant) != 36 {
		s.tokenError(w, 400, "invalid_request", 90002, "Tenant '"+tenant+"' not found.")
		return
	}
	if err := r.ParseForm(); err != nil {
		s.tokenError(w, 400, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid.")
		return
	}
	switch what {
	case "authorize":
		s.authorize(w, r)
	case "token":
		s.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

// tokenError is a refusal of the token endpoint.
func (s *Sim) tokenError(w http.ResponseWriter, status int, kind string, code int, text string) {
	at, n := s.kit.Clock.Now().Format("2006-01-02 15:04:05Z"), s.served.Add(1)
	trace, correlation := s.guid(n), s.guid(n+1<<40)
	number := strconv.Itoa(code)
	s.send(w, status, appendJSON(nil, obj{"error": kind,
		"error_description": "AADSTS" + number + ": " + text + " Trace ID: " + trace + " Correlation ID: " + correlation + " Timestamp: " + at,
		"error_codes":       []any{code}, "timestamp": at, "trace_id": trace, "correlation_id": correlation,
		"error_uri": "https://login.microsoftonline.com/error?code=" + number}))
}

// token exchanges and refreshes. Form fields that it does not know are ignored.
func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.tokenError(w, 400, "invalid_request", 900561, "The endpoint only accepts POST requests.")
		return
	}
	if simkit.MediaType(r) != "application/x-www-form-urlencoded" {
		s.tokenError(w, 400, "invalid_request", 9002313, "Invalid request. Request is malformed or invalid.")
		return
	}
	in := r.PostForm
	app, ok := s.kit.OAuth.App(in.Get("client_id"))
	switch {
	case in.Get("client_id") == "":
		s.tokenError(w, 400, "invalid_request", 90014, "The required field 'client_id' is missing from the credential.")
	case !ok:
		s.tokenError(w, 400, "unauthorized_client", 700016, "Application with identifier '"+in.Get("client_id")+"' was not found in the directory.")
	case in.Get("client_secret") == "":
		s.tokenError(w, 401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case app.ClientSecret != in.Get("client_secret"):
		s.kit.OAuth.Exchange("", app.ClientID, in.Get("client_secret"), "") // counts the refusal; it cannot succeed
		s.tokenError(w, 401, "invalid_client", 7000215, "Invalid client secret provided.")
	case in.Get("grant_type") == "authorization_code":
		s.exchange(w, r, in)
	case in.Get("grant_type") == "refresh_token":
		s.refresh(w, r, in)
	default:
		s.tokenError(w, 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '"+in.Get("grant_type")+"'.")
	}
	if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
		select {
		case <-time.After(time.Duration(d) * time.Millisecond):
		case <-r.Context().Done():
		}
	}
}

func (s *Sim) exchange(w http.ResponseWriter, r *http.Request, in url.Values) {
	code := in.Get("code")
	if code == "" || in.Get("redirect_uri") == "" {
		s.tokenError(w, 400, "invalid_request", 90014, "The required field 'code' or 'redirect_uri' is missing.")
		return
	}
	s.grants.mu.Lock()
	redeemed, known := s.grants.codes[code]
	s.grants.mu.Unlock()
	if redeemed {
		s.tokenError(w, 400, "invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")
		return
	}
	t, err := s.kit.OAuth.ExchangeVerified(code, in.Get("client_id"), in.Get("client_secret"), in.Get("redirect_uri"), in.Get("code_verifier"))
	switch {
	case errors.Is(err, simkit.ErrVerifier):
		s.tokenError(w, 400, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	case err != nil && known:
		s.tokenError(w, 400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired, or the redirect URI is another than it was issued for.")
	case err != nil:
		s.tokenError(w, 400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
	default:
		s.grants.mu.Lock()
		s.grants.codes[code] = true
		s.grants.mu.Unlock()
		s.issue(w, r, t)
	}
}

func (s *Sim) refresh(w http.ResponseWriter, r *http.Request, in url.Values) {
	t, err := s.kit.OAuth.Refresh(in.Get("refresh_token"), in.Get("client_id"), in.Get("client_secret"))
	if err != nil {
		s.tokenError(w, 400, "invalid_grant", 70000, "The provided value for the 'refresh_token' is not valid, has expired or was revoked.")
		return
	}
	for sc := range strings.FieldsSeq(in.Get("scope")) {
		if !slices.Contains(t.Scopes, sc) && !slices.Contains([]string{"openid", "profile", "email", scopeOffline}, sc) {
			s.tokenError(w, 400, "invalid_grant", 70000, "The request was denied because one or more scopes requested are unauthorized or expired.")
			return
		}
	}
	s.issue(w, r, t)
}

// issue answers with the tokens. The scope names only what the API knows.
func (s *Sim) issue(w http.ResponseWriter, _ *http.Request, t simkit.Token) {
	var scopes []string
	for _, sc := range t.Scopes {
		if strings.HasPrefix(sc, "https://") {
			scopes = append(scopes, sc)
		}
	}
	left := int64(t.Expires.Sub(s.kit.Clock.Now()) / time.Second)
	out := obj{"token_type": "Bearer", "scope": strings.Join(scopes, " "), "expires_in": left, "ext_expires_in": left, "access_token": t.Access}
	if t.Refresh != "" {
		out["refresh_token"] = t.Refresh
	}
	if slices.Contains(t.Scopes, "openid") {
		enc := func(v obj) string { return base64.RawURLEncoding.EncodeToString(appendJSON(nil, v)) }
		out["id_token"] = enc(obj{"alg": "none", "typ": "JWT"}) + "." +
			enc(obj{"sub": t.Member.ID, "name": t.Member.Name, "email": t.Member.Email, "aud": t.ClientID}) + ".x"
	}
	w.Header().Set("Cache-Control", "no-store")
	s.send(w, 200, appendJSON(nil, out))
}
