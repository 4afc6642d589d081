package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

const codeTTL = 5 * time.Minute

var knownScopes = [...]string{
	"advertising::campaign_management", "advertising::audiences", "advertising::test:create_account",
	"cpc_advertising:campaign_management", "profile",
}

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	return simkit.NewOAuth(simkit.OAuthConfig{
		Apps: []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURIs, Scopes: o.AppScopes}},
		Members: []simkit.Member{
			{ID: "amzn1.account.MIRA", Name: "Mira Manager", Email: "mira@acme.example"},
			{ID: "amzn1.account.VIC", Name: "Vic Viewer", Email: "vic@acme.example"},
			{ID: "amzn1.account.NORA", Name: "Nora Nobody", Email: "nora@acme.example"},
		},
		CodeTTL: codeTTL, AccessTTL: time.Hour, CodePrefix: "ANxx", AccessPrefix: "Atza|", RefreshPrefix: "Atzr|",
		TokenLength: 360, Seed: o.Seed, KeepOnScopeChange: true,
	}, clock)
}

// consent shows Login with Amazon's page and takes its answer. A redirect_uri
// that is not listed and an unknown scope never redirect.
func (s *Sim) consent(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	if err := r.ParseForm(); err != nil {
		pageError(w, "We're sorry", "bad request")
		return
	}
	in := r.Form
	app, ok := s.kit.OAuth.App(in.Get("client_id"))
	scopes := strings.Fields(in.Get("scope"))
	switch {
	case !ok:
		pageError(w, "Error Summary", "400 Bad Request. Unknown client_id")
	case !app.AllowsRedirect(in.Get("redirect_uri")):
		pageError(w, "Error Summary", "400 Bad Request. The redirect URI you provided has not been whitelisted for your application (lwa-invalid-parameter-bad-redirect-uri-vendor)")
	case len(scopes) == 0 || app.MissingScope(scopes) != "":
		pageError(w, "Error Summary", "400 Bad Request. An unknown scope was requested")
	case in.Get("response_type") != "code":
		s.back(w, in, url.Values{"error": {"unsupported_response_type"}, "error_description": {"The response type is not supported"}})
	case in.Has("code_challenge") && !knownMethod(in.Get("code_challenge_method")):
		s.back(w, in, url.Values{"error": {"invalid_request"}, "error_description": {"Invalid code_challenge_method"}})
	case r.Method == http.MethodPost:
		s.decide(w, in, scopes)
	default:
		s.showConsent(w, r, in, scopes)
	}
}

func knownMethod(m string) bool { return m == "" || m == "plain" || m == "S256" }

func (s *Sim) showConsent(w http.ResponseWriter, r *http.Request, in url.Values, scopes []string) {
	fields := map[string]string{}
	for _, k := range []string{"client_id", "scope", "response_type", "redirect_uri", "state", "code_challenge", "code_challenge_method"} {
		if in.Has(k) {
			fields[k] = in.Get(k)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	simkit.Consent{
		Platform: "Amazon", AppName: "Acme Ads Hub", Action: r.URL.Path, Scopes: scopes,
		Members: s.kit.OAuth.Members(), Fields: fields,
	}.Render(w)
}

func (s *Sim) decide(w http.ResponseWriter, in url.Values, scopes []string) {
	if in.Get("decision") != "allow" {
		s.back(w, in, url.Values{"error": {"access_denied"}, "error_description": {"Access not permitted."}})
		return
	}
	members := s.kit.OAuth.Members()
	m := members[0]
	for _, x := range members {
		if x.ID == in.Get("member") {
			m = x
		}
	}
	challenge := in.Get("code_challenge")
	if challenge != "" && in.Get("code_challenge_method") != "S256" {
		sum := sha256.Sum256([]byte(challenge)) // plain: the kit knows S256 only, of what the verifier will be
		challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	code := s.kit.OAuth.Consent(simkit.ConsentRequest{
		ClientID: in.Get("client_id"), Redirect: in.Get("redirect_uri"), Member: m, Scopes: scopes, Challenge: challenge,
	})
	s.back(w, in, url.Values{"code": {code}, "scope": {strings.Join(scopes, " ")}})
}

func (s *Sim) back(w http.ResponseWriter, in, p url.Values) {
	if in.Has("state") {
		p.Set("state", in.Get("state"))
	}
	sep := "?"
	if strings.Contains(in.Get("redirect_uri"), "?") {
		sep = "&"
	}
	w.Header().Set("Location", in.Get("redirect_uri")+sep+p.Encode())
	w.WriteHeader(http.StatusFound)
}

func pageError(w http.ResponseWriter, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	w.Write([]byte("<!doctype html><html><head><title>Amazon</title></head><body><h1>" + title + "</h1><p>" + html.EscapeString(text) + "</p></body></html>\n"))
}

// token serves the two grants of the token endpoint.
func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	body, f := s.tokenAnswer(r)
	if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
		select {
		case <-time.After(time.Duration(d) * time.Millisecond):
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	if f != nil {
		writeJSON(w, f.status, f.body)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

func lwaError(status int, code, text string) *fault {
	return &fault{status: status, body: obj{"error": code, "error_description": text}}
}

func (s *Sim) tokenAnswer(r *http.Request) (any, *fault) {
	if r.Method != http.MethodPost || simkit.MediaType(r) != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		return nil, lwaError(http.StatusBadRequest, "invalid_request", "The request has an invalid format")
	}
	in := r.PostForm
	id, secret := in.Get("client_id"), in.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		id, secret = user, pass
	}
	need := map[string][]string{"authorization_code": {"code", "redirect_uri"}, "refresh_token": {"refresh_token"}}
	names, known := need[in.Get("grant_type")]
	switch {
	case in.Get("grant_type") == "":
		return nil, lwaError(http.StatusBadRequest, "invalid_request", "The request is missing a required parameter : grant_type")
	case !known:
		return nil, lwaError(http.StatusBadRequest, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server")
	case id == "":
		return nil, lwaError(http.StatusBadRequest, "invalid_request", "The request is missing a required parameter : client_id")
	}
	for _, n := range names {
		if in.Get(n) == "" {
			return nil, lwaError(http.StatusBadRequest, "invalid_request", "The request is missing a required parameter : "+n)
		}
	}
	var t simkit.Token
	var err error
	if in.Get("grant_type") == "refresh_token" {
		t, err = s.kit.OAuth.Refresh(in.Get("refresh_token"), id, secret)
	} else {
		t, err = s.kit.OAuth.ExchangeVerified(in.Get("code"), id, secret, in.Get("redirect_uri"), in.Get("code_verifier"))
	}
	switch {
	case errors.Is(err, simkit.ErrClient):
		return nil, lwaError(http.StatusUnauthorized, "invalid_client", "Client authentication failed")
	case errors.Is(err, simkit.ErrGrant):
		return nil, lwaError(http.StatusBadRequest, "invalid_grant", "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.")
	case err != nil:
		return nil, lwaError(http.StatusBadRequest, "invalid_grant", "The request has an invalid grant parameter : code")
	}
	out := obj{"access_token": t.Access, "token_type": "bearer", "expires_in": int64(t.Expires.Sub(s.kit.Clock.Now()) / time.Second)}
	if t.Refresh != "" {
		out["refresh_token"] = t.Refresh
	}
	return out, nil
}
