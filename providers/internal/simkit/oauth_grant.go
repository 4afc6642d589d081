package simkit

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"
)

func (o *OAuth) mint(prefix string, length int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	o.serial++
	b := []byte(prefix)
	for i := uint64(0); len(b) < length; i++ {
		h := Hash(o.cfg.Seed, 4242, o.serial, i)
		for range 10 {
			b = append(b, letters[h%64])
			h >>= 6
		}
	}
	return string(b[:length])
}

// Authorize records a member's consent and returns the single-use code. A
// consent to other scopes than before ends the member's earlier tokens.
func (o *OAuth) Authorize(clientID, redirect string, m Member, scopes []string) string {
	return o.Consent(ConsentRequest{ClientID: clientID, Redirect: redirect, Member: m, Scopes: scopes})
}

// ConsentRequest is a consent with what the platform's rules add to it.
type ConsentRequest struct {
	ClientID, Redirect string
	Member             Member
	Scopes             []string
	// Challenge is the S256 code challenge; empty is none.
	Challenge string
	// NoRefresh: the exchange gives no refresh token.
	NoRefresh bool
}

// Consent is Authorize with a challenge and without a refresh token, as asked.
func (o *OAuth) Consent(r ConsentRequest) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Consents++
	for _, t := range o.access {
		if !o.cfg.KeepOnScopeChange && t.ClientID == r.ClientID && t.Member.ID == r.Member.ID && !sameSet(t.Scopes, r.Scopes) {
			o.revokeFamily(t.family)
		}
	}
	c := o.mint(o.cfg.CodePrefix, 120)
	o.families++
	o.codes[c] = &code{
		clientID: r.ClientID, redirect: r.Redirect, member: r.Member, scopes: slices.Clone(r.Scopes),
		issued: o.clock.Now(), family: o.families, challenge: r.Challenge, noRefresh: r.NoRefresh,
	}
	o.known[grantKey{r.ClientID, r.Member.ID}] = true
	return c
}

// Consented tells whether the member has consented to the client before and not
// revoked it since.
func (o *OAuth) Consented(clientID string, m Member) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.known[grantKey{clientID, m.ID}]
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// Exchange spends a code. The whole of client, secret, redirect URI and code
// must fit.
func (o *OAuth) Exchange(codeText, clientID, secret, redirect string) (Token, error) {
	return o.ExchangeVerified(codeText, clientID, secret, redirect, "")
}

// ExchangeVerified is Exchange with the PKCE verifier (RFC 7636). A code whose
// consent came with a challenge needs it; one without takes none.
func (o *OAuth) ExchangeVerified(codeText, clientID, secret, redirect, verifier string) (Token, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Exchanges++
	if !o.client(clientID, secret) {
		return Token{}, o.refuse(ErrClient)
	}
	c := o.codes[codeText]
	switch {
	case c == nil, c.clientID != clientID, c.redirect != redirect,
		o.clock.Now().Sub(c.issued) > o.cfg.CodeTTL:
		return Token{}, o.refuse(ErrCode)
	case c.used:
		o.revokeFamily(c.family) // RFC 6749 4.1.2: a code used twice is a leak
		return Token{}, o.refuse(ErrCode)
	case c.challenge != "" && s256(verifier) != c.challenge, c.challenge == "" && verifier != "":
		return Token{}, o.refuse(ErrVerifier)
	}
	c.used = true
	return *o.issue(clientID, c.member, c.scopes, c.family, !c.noRefresh), nil
}

// Grant issues tokens as a consent and exchange would, without the browser.
func (o *OAuth) Grant(clientID string, m Member, scopes []string) Token {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.families++
	o.known[grantKey{clientID, m.ID}] = true
	return *o.issue(clientID, m, slices.Clone(scopes), o.families, true)
}

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (o *OAuth) issue(clientID string, m Member, scopes []string, family int, withRefresh bool) *Token {
	now := o.clock.Now()
	t := &Token{
		Access: o.mint(o.cfg.AccessPrefix, o.cfg.TokenLength), ClientID: clientID, Member: m, Scopes: scopes,
		Authorized: now, Created: now, Expires: now.Add(o.accessTTL()), family: family,
		refused: o.set.YoungRefusals,
	}
	o.access[t.Access] = t
	if o.set.RefreshTokens && withRefresh {
		o.makeRoom(clientID, m)
		t.Refresh = o.mint(o.cfg.RefreshPrefix, o.cfg.TokenLength)
		if ttl := o.refreshTTL(); ttl > 0 {
			t.RefreshExpires = now.Add(ttl)
		}
		o.refresh[t.Refresh] = &refresh{token: t, expires: t.RefreshExpires, family: family, serial: o.serial}
	}
	return t
}

// makeRoom ends the oldest refresh token when the member has as many as he may.
func (o *OAuth) makeRoom(clientID string, m Member) {
	if o.cfg.MaxRefresh == 0 {
		return
	}
	live, oldest := 0, (*refresh)(nil)
	for _, r := range o.refresh {
		if r.revoked || r.token.ClientID != clientID || r.token.Member.ID != m.ID {
			continue
		}
		live++
		if oldest == nil || r.serial < oldest.serial {
			oldest = r
		}
	}
	if live >= o.cfg.MaxRefresh {
		oldest.revoked = true
	}
}

func (o *OAuth) accessTTL() time.Duration {
	if s := o.set.AccessTTLSeconds; s > 0 {
		return time.Duration(s) * time.Second
	}
	return o.cfg.AccessTTL
}

func (o *OAuth) refreshTTL() time.Duration {
	if s := o.set.RefreshTTLSeconds; s > 0 {
		return time.Duration(s) * time.Second
	}
	return o.cfg.RefreshTTL
}

// Refresh trades a refresh token for a new access token. The refresh token's
// end stays where the consent put it.
func (o *OAuth) Refresh(token, clientID, secret string) (Token, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Refreshes++
	if !o.client(clientID, secret) {
		return Token{}, o.refuse(ErrClient)
	}
	if o.set.InvalidGrantTimes > 0 {
		o.set.InvalidGrantTimes--
		return Token{}, o.refuse(ErrGrant)
	}
	r := o.refresh[token]
	if r == nil || r.token.ClientID != clientID || r.revoked || r.ended(o.clock.Now()) {
		return Token{}, o.refuse(ErrGrant)
	}
	if r.spent {
		o.counts.Reuses++
		if o.set.FamilyRevoke {
			o.counts.FamilyRevoked++
			o.revokeFamily(r.family)
		}
		return Token{}, o.refuse(ErrGrant)
	}
	return *o.renew(token, r), nil
}

// ended tells whether the token's own time is over; zero has no end.
func (r *refresh) ended(now time.Time) bool {
	return !r.expires.IsZero() && now.After(r.expires)
}

func (o *OAuth) renew(token string, r *refresh) *Token {
	now, old := o.clock.Now(), r.token
	t := &Token{
		Access: o.mint(o.cfg.AccessPrefix, o.cfg.TokenLength), Refresh: token,
		ClientID: old.ClientID, Member: old.Member, Scopes: old.Scopes, Authorized: old.Authorized,
		Created: now, Expires: now.Add(o.accessTTL()), RefreshExpires: r.expires, family: r.family,
		refused: o.set.YoungRefusals,
	}
	o.access[t.Access] = t
	if !o.set.Rotate {
		r.token = t
		return t
	}
	if o.set.KeepRotated {
		if ttl := o.refreshTTL(); ttl > 0 {
			t.RefreshExpires = now.Add(ttl)
		}
	} else {
		r.spent = true
	}
	t.Refresh = o.mint(o.cfg.RefreshPrefix, o.cfg.TokenLength)
	o.refresh[t.Refresh] = &refresh{token: t, expires: t.RefreshExpires, family: r.family}
	return t
}

func (o *OAuth) client(id, secret string) bool {
	a, ok := o.app(id)
	return ok && a.ClientSecret == secret
}

func (o *OAuth) refuse(err error) error {
	o.counts.Refused++
	return err
}
