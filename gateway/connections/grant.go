package connections

import (
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Names of what a token carries besides RFC 6749's own fields: set by adapters, and on the tokens they are handed.
const (
	extraScope         = "scope"                    // string: as granted, separated by spaces
	extraRefreshExpiry = "refresh_token_expires_in" // seconds
	extraObtained      = "obtained_at"              // time.Time
)

const (
	defaultMargin = 10 * time.Minute
	// callMargin is the most that a caller is made to wait for a refresh ahead of time: a longer margin is the
	// background refresher's business.
	callMargin = 10 * time.Minute
	// lastMoment is how long a token must still live to be handed out when it cannot be refreshed.
	lastMoment = 10 * time.Second
)

// held is a grant as it was stored.
type held struct {
	version int64
	grant   store.Grant
}

// margin is how long before its expiry an access token is refreshed. A token that lives shortly is not refreshed for
// more than a quarter of its life.
func margin(spec providers.Spec, g store.Grant) time.Duration {
	m := spec.Auth.RefreshMargin
	if m <= 0 {
		m = defaultMargin
	}
	if !g.ObtainedAt.IsZero() && !g.Expiry.IsZero() {
		m = min(m, g.Expiry.Sub(g.ObtainedAt)/4)
	}
	return max(m, 0)
}

// lives tells whether the access token is valid for at least so long. A token without a known expiry lives until the
// platform says otherwise.
func (h held) lives(now time.Time, ahead time.Duration) bool {
	return h.grant.AccessToken != "" && (h.grant.Expiry.IsZero() || h.grant.Expiry.After(now.Add(ahead)))
}

// due is when an idle connection is refreshed; zero: never, because it cannot be or need not be.
func due(spec providers.Spec, g store.Grant) time.Time {
	if g.RefreshToken == "" && !spec.Auth.Prolongs || g.Expiry.IsZero() {
		return time.Time{}
	}
	at := g.Expiry.Add(-margin(spec, g))
	// A refresh just before the refresh token itself ends gives the longest life that is left.
	if last := g.RefreshExpiry.Add(-24 * time.Hour); !g.RefreshExpiry.IsZero() && at.After(last) {
		at = last
	}
	if !at.After(g.ObtainedAt.Add(time.Minute)) {
		return time.Time{}
	}
	return at
}

// ends is when only the person who consented can go on; zero: unknown, or never.
func ends(spec providers.Spec, t store.TokenState) time.Time {
	refreshed := !t.RefreshDueAt.IsZero()
	switch {
	case refreshed && spec.Auth.Rotates: // a refresh prolongs the grant: nobody has to do anything
		return time.Time{}
	case !t.RefreshExpiresAt.IsZero():
		return t.RefreshExpiresAt
	case refreshed:
		return time.Time{}
	}
	return t.ExpiresAt
}

// token is what adapters get: never the refresh token.
func (h held) token() *oauth2.Token {
	g := h.grant
	t := &oauth2.Token{AccessToken: g.AccessToken.Reveal(), TokenType: g.TokenType, Expiry: g.Expiry}
	if !g.ObtainedAt.IsZero() && !g.Expiry.IsZero() {
		t.ExpiresIn = int64(g.Expiry.Sub(g.ObtainedAt) / time.Second)
	}
	extra := map[string]any{extraScope: strings.Join(g.Scopes, " ")}
	if !g.ObtainedAt.IsZero() {
		extra[extraObtained] = g.ObtainedAt
	}
	return t.WithExtra(extra)
}

// whole is what the token endpoint's calls get: with the refresh token.
func whole(g store.Grant) *oauth2.Token {
	t := held{grant: g}.token()
	t.RefreshToken = g.RefreshToken.Reveal()
	return t
}
