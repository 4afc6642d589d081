package simkit

import (
	"slices"
	"time"
)

// Prolong issues a token in the consent of a living access token, with a
// lifetime of its own (AccessTTLSeconds wins when set); the old one stays
// valid. It is counted as a refresh.
func (o *OAuth) Prolong(access, clientID, secret string, ttl time.Duration) (Token, error) {
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
	old, state := o.state(access)
	if state != TokenActive || old.ClientID != clientID {
		return Token{}, o.refuse(ErrGrant)
	}
	t := o.issue(clientID, old.Member, slices.Clone(old.Scopes), old.family, false)
	t.Authorized = old.Authorized
	if o.set.AccessTTLSeconds == 0 {
		t.Expires = o.clock.Now().Add(ttl)
	}
	return *t, nil
}

// RevokeMember ends every token of a member with a client; it tells how many
// were alive.
func (o *OAuth) RevokeMember(clientID, memberID string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, t := range o.access {
		if t.ClientID == clientID && t.Member.ID == memberID && !t.revoked {
			n++
		}
	}
	o.revokeGrant(clientID, memberID)
	delete(o.known, grantKey{clientID, memberID})
	return n
}

// Narrow takes one scope away from every token of a member with a client.
func (o *OAuth) Narrow(clientID, memberID, scope string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.access {
		if t.ClientID == clientID && t.Member.ID == memberID {
			// A copy: tokens given out earlier share the old list.
			t.Scopes = slices.DeleteFunc(slices.Clone(t.Scopes), func(s string) bool { return s == scope })
		}
	}
}
