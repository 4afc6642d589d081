package sim

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// authorize records a person's consent and returns the single-use code.
func (d *tokenDesk) authorize(app, redirect string, m simkit.Member, granted, declined []string) string {
	d.consented(app, m.ID, granted, declined)
	code := d.s.kit.OAuth.Consent(simkit.ConsentRequest{
		ClientID: app, Redirect: redirect, Member: m, Scopes: granted, NoRefresh: true,
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.codes[code] = &issuedCode{redirect: redirect, at: d.s.kit.Clock.Now()}
	return code
}

func (s *Sim) oauthPath(c *call) (any, *graphError) {
	if len(c.path) != 2 {
		return nil, unknownPath("oauth")
	}
	switch c.path[1] {
	case "access_token":
		v, err := s.accessToken(c)
		if d := s.kit.OAuth.Settings().DelayMS; d > 0 {
			select {
			case <-time.After(time.Duration(d) * time.Millisecond):
			case <-c.ctx.Done():
			}
		}
		return v, err
	case "revoke":
		return s.revokeToken(c)
	}
	return nil, unknownPath("oauth/" + c.path[1])
}

func missing(name string) *graphError {
	return &graphError{Code: 101, Message: "Missing " + name + " parameter."}
}

// accessToken serves the three grants that the token endpoint knows, by GET or
// by form POST.
func (s *Sim) accessToken(c *call) (any, *graphError) {
	if c.method == http.MethodDelete {
		return nil, unknownPath("oauth/access_token")
	}
	p := c.params
	for _, n := range []string{"client_id", "client_secret"} {
		if p.get(n) == "" {
			return nil, missing(n)
		}
	}
	app, ok := s.kit.OAuth.App(p.get("client_id"))
	if !ok {
		return nil, &graphError{Code: 101, Message: "Error validating application. Cannot get application info due to a system error."}
	}
	if app.ClientSecret != p.get("client_secret") {
		s.kit.OAuth.Exchange("", p.get("client_id"), p.get("client_secret"), "") // counts the refusal; it cannot succeed
		return nil, &graphError{Status: http.StatusBadRequest, Code: 1, Message: "Error validating client secret."}
	}
	switch p.get("grant_type") {
	case "", "authorization_code":
		return s.exchangeCode(p)
	case "fb_exchange_token":
		return s.exchangeToken(p)
	case "client_credentials":
		return obj{"access_token": app.ClientID + "|" + s.mintedSecret(app), "token_type": "bearer"}, nil
	}
	return nil, invalidParam("Unsupported grant_type")
}

func (s *Sim) exchangeCode(p params) (any, *graphError) {
	for _, n := range []string{"code", "redirect_uri"} {
		if p.get(n) == "" {
			return nil, missing(n)
		}
	}
	code := p.get("code")
	if s.tokens.used(code) {
		code = "used" // Meta refuses it, and leaves the tokens it gave alone (assumed)
	}
	t, err := s.kit.OAuth.Exchange(code, p.get("client_id"), p.get("client_secret"), p.get("redirect_uri"))
	if err != nil {
		return nil, s.tokens.refusedCode(p.get("code"), p.get("redirect_uri"))
	}
	s.tokens.spend(p.get("code"))
	s.tokens.register(t)
	s.tokens.shorten(&t)
	return s.tokenBody(t), nil
}

func (d *tokenDesk) used(code string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.codes[code]
	return c != nil && c.used
}

func (d *tokenDesk) spend(code string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.codes[code]; c != nil {
		c.used = true
	}
}

// refusedCode says which way a code is bad.
func (d *tokenDesk) refusedCode(code, redirect string) *graphError {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := &graphError{Code: 100, Message: "Invalid verification code format."}
	switch c := d.codes[code]; {
	case c == nil:
	case c.used:
		e.Subcode, e.Message = 36009, "This authorization code has been used."
	case c.redirect != redirect:
		e.Subcode, e.Message = 36008, "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"
	case d.s.kit.Clock.Now().Sub(c.at) > codeTTL:
		e.Subcode, e.Message = 36007, "This authorization code has expired."
	}
	return e
}

// exchangeToken trades a living token for a long one; the old one stays valid.
// An expired one is of no use: the person must log in again.
func (s *Sim) exchangeToken(p params) (any, *graphError) {
	raw := p.get("fb_exchange_token")
	if raw == "" {
		return nil, missing("fb_exchange_token")
	}
	probe := &call{sim: s, method: http.MethodGet, params: params{"access_token": raw}, now: s.kit.Clock.Now()}
	if s.opts.RequireProof {
		probe.params["appsecret_proof"] = appSecretProof(p.get("client_secret"), raw) // the secret itself is here
	}
	authErr := s.tokens.authenticate(probe)
	t, err := s.kit.OAuth.Prolong(raw, p.get("client_id"), p.get("client_secret"), longTTL)
	if err != nil || authErr != nil {
		if authErr != nil {
			return nil, authErr
		}
		if errors.Is(err, simkit.ErrClient) {
			return nil, &graphError{Status: http.StatusBadRequest, Code: 1, Message: "Error validating client secret."}
		}
		return nil, badToken(0, "Error validating access token: the token cannot be exchanged.")
	}
	s.tokens.register(t)
	return s.tokenBody(t), nil
}

func (s *Sim) tokenBody(t simkit.Token) obj {
	left := t.Expires.Sub(s.kit.Clock.Now())
	return obj{"access_token": t.Access, "token_type": "bearer", "expires_in": int64(left / time.Second)}
}

// revokeToken ends one token's consent.
func (s *Sim) revokeToken(c *call) (any, *graphError) {
	app, ok := s.kit.OAuth.App(c.params.get("client_id"))
	if !ok || app.ClientSecret != c.params.get("client_secret") {
		return nil, &graphError{Status: http.StatusBadRequest, Code: 1, Message: "Error validating client secret."}
	}
	return obj{"success": s.kit.OAuth.Revoke(c.params.get("revoke_token"))}, nil
}

// debugToken tells an app about its own tokens. An invalid token is no error.
func (s *Sim) debugToken(c *call) (any, *graphError) {
	if err := s.tokens.authenticate(c); err != nil {
		return nil, err
	}
	in := c.params.get("input_token")
	if in == "" {
		return nil, invalidParam("The parameter input_token is required")
	}
	if id, ok := s.appToken(in); ok {
		return obj{"data": obj{"app_id": id, "type": "APP", "application": "Acme Ads Hub", "is_valid": true, "scopes": []any{}}}, nil
	}
	t, state, err := s.introspect(c.token.app, in)
	if err != nil {
		return obj{"data": obj{"is_valid": false, "error": obj{"code": 190, "message": err.Message, "subcode": err.Subcode}, "scopes": []any{}}}, nil
	}
	scopes, removed := s.tokens.standing(t)
	data := obj{
		"app_id": t.ClientID, "type": "USER", "application": "Acme Ads Hub", "user_id": t.Member.ID,
		"is_valid": state == simkit.TokenActive && !removed, "issued_at": t.Created.Unix(),
		"expires_at": t.Expires.Unix(), "data_access_expires_at": t.Authorized.Add(dataAccess).Unix(),
		"scopes": scopes, "granular_scopes": s.granular(t.Member.ID, scopes),
	}
	if scopes == nil {
		data["scopes"] = []any{}
	}
	if t.Expires.Sub(c.now) > endlessTTL/2 {
		data["expires_at"] = 0
	}
	if data["is_valid"] == false {
		sub := map[simkit.TokenState]int{simkit.TokenExpired: 463, simkit.TokenRevoked: 460}[state]
		if removed {
			sub = 458
		}
		data["error"] = obj{"code": 190, "message": "Error validating access token.", "subcode": sub}
		data["scopes"] = []any{}
	}
	return obj{"data": data}, nil
}

func (s *Sim) introspect(app, raw string) (simkit.Token, simkit.TokenState, *graphError) {
	a, _ := s.kit.OAuth.App(app)
	t, state, err := s.kit.OAuth.Introspect(raw, app, a.ClientSecret)
	if err != nil || state == simkit.TokenUnknown {
		return t, state, badToken(0, "Invalid OAuth access token - Cannot parse access token")
	}
	t, state = s.tokens.settle(t, state)
	return t, state, nil
}

// granular names the accounts that a scope reaches.
func (s *Sim) granular(user string, scopes []string) []any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []any{}
	for _, sc := range []string{"ads_management", "ads_read"} {
		if !slices.Contains(scopes, sc) {
			continue
		}
		targets := []string{}
		for _, a := range s.accounts {
			if len(s.people.tasks(user, a)) > 0 {
				targets = append(targets, a.digits)
			}
		}
		out = append(out, obj{"scope": sc, "target_ids": targets})
	}
	return out
}
