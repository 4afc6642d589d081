package linkedin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/grant"
)

// Lifetimes that LinkedIn documents.
const (
	accessLifetime = 60 * 24 * time.Hour // an access token, when the answer does not say
	youngToken     = time.Minute         // for as long a new token may be refused as revoked
	youngTries     = 4                   // calls in that minute
	youngWait      = youngToken / (youngTries - 1)
)

// authSpec: three-legged OAuth 2, scopes separated by spaces on the way out and by commas on the way back, the client's
// secret in the form. PKCE is not taken from web apps. Refresh tokens are given only to apps that LinkedIn has
// approved for them, and last 365 days from the consent whatever is refreshed. There is no public revocation call:
// members revoke at linkedin.com/psettings/permitted-services, so a grant is forgotten here and stands there.
func authSpec() providers.AuthSpec {
	return providers.AuthSpec{
		Endpoint: oauth2.Endpoint{
			AuthURL:   "https://" + oauthHost + "/oauth/v2/authorization",
			TokenURL:  "https://" + oauthHost + "/oauth/v2/accessToken",
			AuthStyle: oauth2.AuthStyleInParams,
		},
		Scopes: []string{"r_ads", "r_ads_reporting", "rw_ads"},
		Optional: []string{
			"r_organization_social", "w_organization_social", "r_organization_admin", "rw_organization_admin",
			"r_marketing_leadgen_automation", "rw_conversions", "r_basicprofile", "openid", "profile", "email",
		},
		RefreshMargin: 8 * 24 * time.Hour, // of 60 days: a week and a day for a human to act when the refresh is refused
		Exchange:      exchange,
		Refresh:       refresh,
	}
}

func exchange(ctx context.Context, app providers.App, client *http.Client, code, _ string) (*oauth2.Token, error) {
	cfg := oauthConfig(app)
	tok, err := cfg.Exchange(grant.Context(ctx, client), code)
	if err != nil {
		return nil, tokenError(ctx, err, "the authorization code was not accepted")
	}
	return dressed(tok, nil)
}

func refresh(ctx context.Context, app providers.App, client *http.Client, old *oauth2.Token) (*oauth2.Token, error) {
	if old == nil || old.RefreshToken == "" {
		return nil, &providers.Error{
			Kind: providers.Unauthorized, Platform: platformID, Code: "no_refresh_token",
			Message: "LinkedIn gave this app no refresh token (it approves apps for them one by one): the member has to consent again",
		}
	}
	cfg := oauthConfig(app)
	tok, err := cfg.TokenSource(grant.Context(ctx, client), &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		return nil, tokenError(ctx, err, "the refresh token was not accepted")
	}
	return dressed(tok, old)
}

func oauthConfig(app providers.App) *oauth2.Config { return grant.Config(app, authSpec().Endpoint) }

// dressed adds to a token when it was issued: a new one may be refused at first. Whatever refresh token comes back is the
// one to keep; x/oauth2 has kept the old one when none does.
func dressed(tok, old *oauth2.Token) (*oauth2.Token, error) {
	more := map[string]any{}
	if !tok.Expiry.IsZero() {
		life := time.Duration(tok.ExpiresIn) * time.Second
		if life <= 0 {
			life = accessLifetime
		}
		more[grant.ObtainedAt] = tok.Expiry.Add(-life)
	}
	return grant.Keep(platformID, tok, old, more)
}

// tokenError explains a refusal of the token endpoint. Only the words of RFC 6749 are repeated: the body may hold more.
func tokenError(ctx context.Context, err error, what string) error {
	e := &providers.Error{Platform: platformID, Err: context.Cause(ctx)}
	re, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok && ctx.Err() != nil:
		e.Kind, e.Message = providers.Timeout, "the time allowed for the token call ran out"
		return e
	case !ok:
		e.Kind, e.Message = providers.Unavailable, "the token endpoint was not reached or its answer cannot be understood"
		return e
	}
	e.Code, e.Status = re.ErrorCode, re.Response.StatusCode
	e.RequestID = requestID(re.Response.Header)
	e.Message = what
	if re.ErrorDescription != "" {
		e.Message = fmt.Sprintf("%s: %s", what, re.ErrorDescription)
	}
	switch {
	case re.ErrorCode == "invalid_client": // the operator's fault, not the member's: the grant may well be alive
		e.Kind = providers.Forbidden
		e.Message = "LinkedIn does not accept the app's client id and secret"
	case e.Status == http.StatusTooManyRequests:
		e.Kind = providers.RateLimited
	case e.Status >= 500:
		e.Kind = providers.Unavailable
	default:
		e.Kind = providers.Unauthorized
	}
	return e
}

// agedTokens remembers the token handed out last, whose age tells a revoked token from one too new to work: for some
// seconds after its issue LinkedIn may refuse a good token with 65601.
type agedTokens struct {
	providers.Tokens
	last atomic.Pointer[oauth2.Token]
}

// attempts counts, in a call's context, how often a token was asked for: once per attempt.
type attempts struct{}

func (t *agedTokens) Token(ctx context.Context) (*oauth2.Token, error) {
	if n, ok := ctx.Value(attempts{}).(*int); ok {
		*n++
	}
	tok, err := t.Tokens.Token(ctx)
	if err == nil {
		t.last.Store(tok)
	}
	return tok, err
}

// young tells whether the token handed out last is less than a minute old.
func (t *agedTokens) young(now time.Time) bool {
	tok := t.last.Load()
	if tok == nil {
		return false
	}
	at, known := tok.Extra(grant.ObtainedAt).(time.Time)
	if !known && !tok.Expiry.IsZero() {
		life := time.Duration(tok.ExpiresIn) * time.Second
		if life <= 0 {
			life = accessLifetime
		}
		at, known = tok.Expiry.Add(-life), true
	}
	return known && now.Sub(at) < youngToken
}

// exhausted tells whether err is the refusal of a young token after every wait that it is given: it is revoked after all.
func exhausted(err error, tries int) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && e.Status == http.StatusUnauthorized && e.Kind == providers.Unavailable && tries >= youngTries
}
