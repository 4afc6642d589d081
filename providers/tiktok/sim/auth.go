package sim

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// A code lives an hour; a Marketing token until it is taken back.
const (
	codeTTL     = time.Hour
	endlessTTL  = 100 * 365 * 24 * time.Hour
	tokenLength = 40
)

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	server := simkit.NewOAuth(simkit.OAuthConfig{
		Apps: []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURIs, Scopes: scopeTexts(o.AppScopes)}},
		Members: []simkit.Member{
			{ID: "7100000000000000101", Name: "Mira Manager", Email: "mira@sim.example"},
			{ID: "7100000000000000102", Name: "Vic Viewer", Email: "vic@sim.example"},
			{ID: "7100000000000000103", Name: "Nora Nobody", Email: "nora@sim.example"},
		},
		CodeTTL: codeTTL, AccessTTL: endlessTTL, KeepOnScopeChange: true,
		CodePrefix: "ac", AccessPrefix: "", RefreshPrefix: "none", TokenLength: tokenLength, Seed: o.Seed,
	}, clock)
	server.Configure(func(s *simkit.OAuthSettings) { s.RefreshTokens = false })
	return server
}

func scopeTexts(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}

// portal is the page where an advertiser consents.
func (s *Sim) portal(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	if err := r.ParseForm(); err != nil {
		http.Error(w, "malformed parameters", http.StatusBadRequest)
		return
	}
	app, ok := s.kit.OAuth.App(r.Form.Get("app_id"))
	redirect := r.Form.Get("redirect_uri")
	if !ok || !app.AllowsRedirect(redirect) {
		http.Error(w, "The app does not exist or redirect_uri is not one of its registered URLs.", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPost {
		s.decide(w, r, app, redirect)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := simkit.Consent{Platform: "TikTok", AppName: "App " + app.ClientID, Action: r.URL.Path, Members: s.kit.OAuth.Members(),
		Scopes: []string{"Ad Account Management", "Ads Management", "Reporting", "Creative Management"},
		Fields: map[string]string{"app_id": app.ClientID, "redirect_uri": redirect, "state": r.Form.Get("state")}}
	if page.Render(w) != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Sim) decide(w http.ResponseWriter, r *http.Request, app simkit.App, redirect string) {
	members := s.kit.OAuth.Members()
	i := slices.IndexFunc(members, func(m simkit.Member) bool { return m.ID == r.Form.Get("member") })
	back, err := url.Parse(redirect)
	if i < 0 || err != nil {
		http.Error(w, "unknown member", http.StatusBadRequest)
		return
	}
	q := back.Query()
	if state := r.Form.Get("state"); state != "" {
		q.Set("state", state)
	}
	if r.Form.Get("decision") == "allow" { // a refusal comes back without a code
		code := s.kit.OAuth.Authorize(app.ClientID, redirect, members[i], scopeTexts(s.opts.AppScopes))
		s.mu.Lock()
		s.codes[code] = redirect
		s.mu.Unlock()
		q.Set("auth_code", code)
		q.Set("code", code)
	}
	back.RawQuery = q.Encode()
	w.Header().Set("Location", back.String())
	w.WriteHeader(http.StatusFound)
}

// authenticate settles who calls.
func (s *Sim) authenticate(c *call) *apiError {
	if len(c.route.scopes) == 0 {
		return nil
	}
	raw := c.http.Header.Get("Access-Token")
	if raw == "" {
		return refuse(codeNoToken, "Access token is null, you should set it in http header with key Access-Token.")
	}
	t, state := s.kit.OAuth.Check(raw)
	switch state {
	case simkit.TokenActive:
		c.token = t
		return nil
	case simkit.TokenExpired: // no Marketing token ends by time: a test made it
		return refuse(codeExpired, "Access token has expired.")
	}
	return refuse(codeBadToken, "Access token is incorrect or has been revoked.")
}

// can tells whether the token has one of the permissions, itself or through a
// parent: 44 lies under 4, 201 under 20 and 2.
func (s *Sim) can(t simkit.Token, any []int64) bool {
	return slices.ContainsFunc(any, func(id int64) bool {
		for text := strconv.FormatInt(id, 10); text != ""; text = text[:len(text)-1] {
			if slices.Contains(t.Scopes, text) {
				return true
			}
		}
		return false
	})
}

// accessToken is POST /oauth2/access_token/.
func (s *Sim) accessToken(c *call) (any, *apiError) {
	for _, name := range []string{"app_id", "secret", "auth_code"} {
		if c.str(name) == "" {
			return nil, missing(name)
		}
	}
	s.mu.RLock()
	redirect := s.codes[c.str("auth_code")]
	s.mu.RUnlock()
	t, err := s.kit.OAuth.Exchange(c.str("auth_code"), c.str("app_id"), c.str("secret"), redirect)
	if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
		time.Sleep(time.Duration(d) * time.Millisecond)
	}
	switch {
	case errors.Is(err, simkit.ErrClient):
		return nil, refuse(codeApp, "The app_id or secret is incorrect.")
	case err != nil:
		return nil, refuse(codeAuthCode, "The auth_code is canceled. Please re-authorize and try again with a new auth_code.")
	}
	data := obj{"access_token": t.Access, "scope": scopeNumbers(t.Scopes)}
	if ids, ok := c.params["return_advertiser_ids"].(bool); !ok || ids {
		data["advertiser_ids"] = s.grantedIDs(t.Member.ID)
	}
	return data, nil
}

// scopeNumbers spells the permissions as bare numbers, some past 2^53.
func scopeNumbers(texts []string) []json.Number {
	out := make([]json.Number, len(texts))
	for i, t := range texts {
		out[i] = json.Number(t)
	}
	return out
}

func (s *Sim) grantedIDs(member string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ids := []string{}
	for _, a := range s.accounts {
		if s.grants[member][a.id] {
			ids = append(ids, a.id)
		}
	}
	return ids
}

// client checks an app's secret.
func (s *Sim) client(c *call) *apiError {
	app, ok := s.kit.OAuth.App(c.str("app_id"))
	if !ok || app.ClientSecret != c.str("secret") {
		return refuse(codeApp, "The app_id or secret is incorrect.")
	}
	if c.token.ClientID != "" && c.token.ClientID != app.ClientID {
		return refuse(codeAppToken, "The app_id is inconsistent with the token's app information. Please check your request.")
	}
	return nil
}

// revokeToken is POST /oauth2/revoke_token/.
func (s *Sim) revokeToken(c *call) (any, *apiError) {
	if err := s.client(c); err != nil {
		return nil, err
	}
	t, state := s.kit.OAuth.Check(c.str("access_token"))
	if state != simkit.TokenActive {
		return nil, refuse(codeBadToken, "Access token is incorrect or has been revoked.")
	}
	if t.ClientID != c.str("app_id") {
		return nil, refuse(codeAppToken, "The app_id is inconsistent with the token's app information. Please check your request.")
	}
	s.kit.OAuth.Revoke(t.Access)
	return obj{"app_id": t.ClientID, "advertiser_ids": s.grantedIDs(t.Member.ID)}, nil
}

// refreshToken is what somebody who takes this for another product calls.
func (s *Sim) refreshToken(*call) (any, *apiError) {
	return nil, refuse(codeBadRefresh, "Refresh token is incorrect.")
}

// advertiserList is GET /oauth2/advertiser/get/.
func (s *Sim) advertiserList(c *call) (any, *apiError) {
	for _, name := range []string{"app_id", "secret"} {
		if c.str(name) == "" {
			return nil, missing(name)
		}
	}
	if err := s.client(c); err != nil {
		return nil, err
	}
	list := []any{}
	for _, a := range s.accounts {
		if s.grants[c.token.Member.ID][a.id] {
			list = append(list, obj{"advertiser_id": a.id, "advertiser_name": a.src.Name})
		}
	}
	return obj{"list": list}, nil
}

// setGrant is POST /_sim/grants: an advertiser takes a member's access, or
// gives it.
func (s *Sim) setGrant(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Member     int    `json:"member"`
		Advertiser string `json:"advertiser"`
		Granted    bool   `json:"granted"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	members := s.kit.OAuth.Members()
	if err := d.Decode(&in); err != nil || in.Member < 0 || in.Member >= len(members) {
		http.Error(w, "bad grant", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grants[members[in.Member].ID][in.Advertiser] = in.Granted
	w.WriteHeader(http.StatusNoContent)
}
