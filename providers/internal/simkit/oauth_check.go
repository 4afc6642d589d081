package simkit

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check tells what an access token is worth at this moment. It counts as a
// use: a young token's refusals run down.
func (o *OAuth) Check(access string) (Token, TokenState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, s := o.state(access)
	if s != TokenActive {
		return t, s
	}
	now := o.clock.Now()
	if o.set.YoungSeconds > 0 && now.Sub(t.Created) < time.Duration(o.set.YoungSeconds)*time.Second {
		return t, TokenYoung
	}
	if live := o.access[access]; live.refused > 0 {
		live.refused--
		return t, TokenYoung
	}
	return t, s
}

// Introspect is Check for a client that asks about its own token; tokens of
// other clients are unknown to it.
func (o *OAuth) Introspect(access, clientID, secret string) (Token, TokenState, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Introspects++
	if !o.client(clientID, secret) {
		return Token{}, TokenUnknown, o.refuse(ErrClient)
	}
	t, s := o.state(access)
	if t.ClientID != clientID {
		return Token{}, TokenUnknown, nil
	}
	return t, s, nil
}

func (o *OAuth) state(access string) (Token, TokenState) {
	t := o.access[access]
	switch {
	case t == nil:
		return Token{}, TokenUnknown
	case t.revoked:
		return *t, TokenRevoked
	case !o.clock.Now().Before(t.Expires):
		return *t, TokenExpired
	}
	return *t, TokenActive
}

// Revoke ends a token (access or refresh) and everything from its consent (or,
// with WholeGrant, of its member and client); it tells whether the token was
// known and alive.
func (o *OAuth) Revoke(token string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.access[token]
	family, alive := 0, false
	if t != nil {
		family, alive = t.family, !t.revoked
	} else if r := o.refresh[token]; r != nil {
		t, family, alive = r.token, r.family, !r.revoked
	}
	if t == nil {
		return false
	}
	delete(o.known, grantKey{t.ClientID, t.Member.ID})
	if o.cfg.WholeGrant {
		o.revokeGrant(t.ClientID, t.Member.ID)
	} else {
		o.revokeFamily(family)
	}
	return alive || !o.cfg.WholeGrant
}

func (o *OAuth) revokeGrant(client, member string) {
	for _, t := range o.access {
		if t.ClientID == client && t.Member.ID == member {
			t.revoked = true
		}
	}
	for _, r := range o.refresh {
		if r.token.ClientID == client && r.token.Member.ID == member {
			r.revoked = true
		}
	}
}

func (o *OAuth) revokeFamily(family int) {
	for _, t := range o.access {
		if t.family == family {
			t.revoked = true
		}
	}
	for _, r := range o.refresh {
		if r.family == family {
			r.revoked = true
		}
	}
}

// End revokes or expires all tokens of a kind: what is "access", "refresh" or
// "all". The other kind lives on.
func (o *OAuth) End(what string, expire bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains([]string{"access", "refresh", "all"}, what) {
		return fmt.Errorf("simkit: %q is none of access, refresh, all", what)
	}
	now := o.clock.Now()
	for _, t := range o.access {
		if what != "refresh" {
			if expire {
				t.Expires = now
			} else {
				t.revoked = true
			}
		}
	}
	for _, r := range o.refresh {
		if what != "access" {
			if expire {
				r.expires = now.Add(-time.Second)
			} else {
				r.revoked = true
			}
		}
	}
	return nil
}

// SplitScopes reads a scope list separated by blanks or commas.
func SplitScopes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
}
