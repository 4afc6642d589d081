package meta

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// extraScope is the extra field of tokens that holds the granted scopes, separated by spaces.
const extraScope = "scope"

// refreshMargin is the part of a token's 60 days in which it is exchanged, once a day at most: two weeks for a human to
// act when Meta refuses, as a token that has run out cannot be exchanged any more.
const refreshMargin = 14 * 24 * time.Hour

// authSpec: the login dialog, without PKCE, which the ordinary flow does not take. The code brings a token of an hour or
// two, which is exchanged at once for one of 60 days. Users may untick scopes: what was granted is asked for afterwards.
// https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
func authSpec() providers.AuthSpec {
	return providers.AuthSpec{
		Endpoint: oauth2.Endpoint{
			AuthURL:   "https://" + dialogHost + "/" + apiVersion + "/dialog/oauth",
			TokenURL:  oauthBase + "oauth/access_token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
		Scopes:        []string{"ads_read", "ads_management", "business_management", "pages_show_list"},
		Optional:      []string{"pages_read_engagement", "pages_manage_ads", "leads_retrieval", "catalog_management", "public_profile"},
		Prolongs:      true,
		RefreshMargin: refreshMargin,
		Exchange:      exchange,
		Refresh:       prolong,
		Revoke:        revoke,
		WholeGrant:    true,
	}
}

const oauthBase = "https://" + apiHost + "/" + apiVersion + "/"

// grant is an answer of the token endpoint.
type grant struct {
	AccessToken string      `json:"access_token"`
	ExpiresIn   wire.Number `json:"expires_in"` // seconds; may be missing
}

// inspection is what Meta says of a token.
type inspection struct {
	Type      string       `json:"type"`
	Valid     bool         `json:"is_valid"`
	ExpiresAt *wire.Number `json:"expires_at"` // seconds since 1970; 0: never
	Scopes    []string     `json:"scopes"`
	Error     *struct {
		failure
		Sub wire.ID `json:"subcode"` // where other errors have error_subcode
	} `json:"error"`
}

// expiry is when the token ends. known is false when Meta has not said.
func (i *inspection) expiry() (at time.Time, known bool) {
	if i.ExpiresAt == nil || !i.ExpiresAt.OK {
		return time.Time{}, false
	}
	if n := seconds(*i.ExpiresAt); n > 0 {
		return time.Unix(n, 0).UTC(), true
	}
	return time.Time{}, true
}

// seconds is a whole number, 0 when it is absent or none.
func seconds(n wire.Number) int64 {
	if !n.OK {
		return 0
	}
	v, err := json.Number(n.D.String()).Int64()
	if err != nil {
		return 0
	}
	return v
}

func exchange(ctx context.Context, app providers.App, client *http.Client, code, _ string) (*oauth2.Token, error) {
	o := &oauth{app: app, http: client, secrets: []string{code}}
	short, err := o.grant(ctx, url.Values{"redirect_uri": {app.RedirectURL}, "code": {code}})
	if err != nil {
		return nil, o.explain(err, "the authorization code was not accepted")
	}
	long, err := o.grant(ctx, url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {short.AccessToken}})
	switch k := providers.KindOf(err); {
	case err == nil:
		short = long
	case k != providers.Unavailable && k != providers.Timeout && k != providers.RateLimited && k != providers.Malformed:
		return nil, o.explain(err, "the new token was not exchanged for a long-lived one")
	}
	// Where Meta was not reached the code is spent all the same: the short token is kept, and prolonged when it is due.
	return o.dress(ctx, short, nil)
}

// prolong exchanges a living token for one that lasts 60 days from now; the old one stays valid until its own end. Tokens
// of system users that never end are left alone.
func prolong(ctx context.Context, app providers.App, client *http.Client, old *oauth2.Token) (*oauth2.Token, error) {
	if old == nil || old.AccessToken == "" {
		return nil, fault(providers.Unauthorized, "", "there is no access token to exchange for a new one: consent again")
	}
	if app.ClientSecret == "" {
		return nil, fault(providers.Forbidden, "", "Meta prolongs a token only for the app that it was given to, whose id and secret are not set")
	}
	o := &oauth{app: app, http: client, secrets: []string{old.AccessToken}}
	seen, err := o.inspect(ctx, old.AccessToken)
	if err != nil {
		return nil, o.explain(err, "the token could not be looked at")
	}
	if !seen.Valid {
		return nil, o.dead(seen)
	}
	at, known := seen.expiry()
	if known && at.IsZero() {
		kept := *old
		kept.Expiry, kept.ExpiresIn = time.Time{}, 0
		return kept.WithExtra(map[string]any{extraScope: strings.Join(seen.Scopes, " ")}), nil
	}
	form := url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {old.AccessToken}}
	if seen.Type == "SYSTEM_USER" {
		form.Set("set_token_expires_in_60_days", "true")
	}
	g, err := o.grant(ctx, form)
	if err != nil {
		return nil, o.explain(err, "the token was not exchanged for a new one")
	}
	return o.dress(ctx, g, old)
}

// revoke takes back the whole grant. One that is dead already needs no taking back.
func revoke(ctx context.Context, app providers.App, client *http.Client, tok *oauth2.Token) error {
	if tok == nil || tok.AccessToken == "" {
		return nil
	}
	o := &oauth{app: app, http: client, secrets: []string{tok.AccessToken}}
	var done struct {
		Success truth `json:"success"`
	}
	err := o.call(ctx, http.MethodDelete, "me/permissions", o.proof(tok.AccessToken), nil, tok.AccessToken, &done)
	switch {
	case providers.KindOf(err) == providers.Unauthorized:
		return nil
	case err != nil:
		return o.explain(err, "the grant was not taken back")
	case !bool(done.Success):
		return fault(providers.Malformed, "", "Meta did not say that the grant was taken back")
	}
	return nil
}
