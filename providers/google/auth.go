package google

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/grant"
)

const revokeURL = "https://" + oauthHost + "/revoke"

// authSpec: the authorization code flow with PKCE. A refresh token is given only with access_type=offline, and after a
// person's first consent to an app only with prompt=consent. It is not spent by a refresh. It lasts until it is revoked,
// unused for half a year, or pushed out by a hundred younger ones of the same person and app; seven days while the consent
// screen is in testing; or as long as the person has said. There is one scope, for reading and writing alike.
// https://developers.google.com/identity/protocols/oauth2
func authSpec() providers.AuthSpec {
	return providers.AuthSpec{
		Endpoint: oauth2.Endpoint{
			AuthURL:   "https://" + authHost + "/o/oauth2/v2/auth",
			TokenURL:  "https://" + oauthHost + "/token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
		Scopes:   []string{"https://www.googleapis.com/auth/adwords"},
		Optional: []string{"openid", "email"},
		PKCE:     true,
		Params:   map[string]string{"access_type": "offline", "prompt": "consent"},
		Exchange: exchange,
		Refresh:  refresh,
		Revoke:   revoke,

		WholeGrant: true,
	}
}

func exchange(ctx context.Context, app providers.App, client *http.Client, code, verifier string) (*oauth2.Token, error) {
	var opts []oauth2.AuthCodeOption
	if verifier != "" {
		opts = append(opts, oauth2.VerifierOption(verifier))
	}
	cfg := oauthConfig(app)
	tok, err := cfg.Exchange(grant.Context(ctx, client), code, opts...)
	if err != nil {
		return nil, tokenError(ctx, err, "the authorization code was not accepted")
	}
	if tok.RefreshToken == "" {
		return nil, &providers.Error{
			Kind: providers.Unauthorized, Platform: platformID, Code: "no_refresh_token",
			Message: "Google gave no refresh token: it gives one only when the authorization URL asks with access_type=offline and prompt=consent",
		}
	}
	return grant.Keep(platformID, tok, nil, nil)
}

func refresh(ctx context.Context, app providers.App, client *http.Client, old *oauth2.Token) (*oauth2.Token, error) {
	if old == nil || old.RefreshToken == "" {
		return nil, &providers.Error{
			Kind: providers.Unauthorized, Platform: platformID, Code: "no_refresh_token",
			Message: "there is no refresh token: the person has to consent again, with access_type=offline and prompt=consent",
		}
	}
	cfg := oauthConfig(app)
	tok, err := cfg.TokenSource(grant.Context(ctx, client), &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		return nil, tokenError(ctx, err, "the refresh token was not accepted")
	}
	if tok.RefreshToken == "" { // x/oauth2 keeps the old one; so does Google
		tok.RefreshToken = old.RefreshToken
	}
	return grant.Keep(platformID, tok, old, nil)
}

// revoke ends the grant at Google: the whole grant of that person to that app, so that other connections of the same two
// end with it. A token that is dead already is as good as revoked.
func revoke(ctx context.Context, _ providers.App, client *http.Client, tok *oauth2.Token) error {
	if tok == nil || tok.RefreshToken == "" && tok.AccessToken == "" {
		return nil
	}
	body := url.Values{"token": {cmp.Or(tok.RefreshToken, tok.AccessToken)}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, revokeURL, strings.NewReader(body))
	if err != nil {
		return unreached(ctx)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if client == nil {
		client = &http.Client{}
	}
	resp, err := client.Do(req)
	if err != nil {
		return unreached(ctx)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 300 {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	said := oauthError{}
	_ = json.Unmarshal(text, &said) // a page of the edge says nothing more
	if said.Error == "invalid_token" {
		return nil
	}
	return refusedToken(resp.StatusCode, said, "the grant was not revoked")
}

// oauthError is a refusal of the authorization server.
type oauthError struct {
	Error       string `json:"error"`
	Subtype     string `json:"error_subtype"`
	Description string `json:"error_description"`
}

func oauthConfig(app providers.App) *oauth2.Config { return grant.Config(app, authSpec().Endpoint) }

// tokenError explains why the token endpoint gave no token. Only its own words are repeated: the body may hold more.
func tokenError(ctx context.Context, err error, what string) error {
	re, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return unreached(ctx)
	}
	said := oauthError{Error: re.ErrorCode, Description: re.ErrorDescription}
	var body oauthError
	if json.Unmarshal(re.Body, &body) == nil {
		said.Subtype = body.Subtype
	}
	return refusedToken(re.Response.StatusCode, said, what)
}

func unreached(ctx context.Context) error { return grant.Unreached(ctx, platformID) }

// clientErrors are refusals of the app: the operator's fault, and the grant may well be alive.
var clientErrors = map[string]string{
	"invalid_client":        "Google does not accept the app's client id and secret",
	"deleted_client":        "the app's OAuth client has been deleted at Google",
	"unauthorized_client":   "the app's OAuth client may not ask for tokens in this way",
	"redirect_uri_mismatch": "the redirect address is not one of those that the app has registered at Google",
	"org_internal":          "the app is open to people of its own organization only",
}

func refusedToken(status int, said oauthError, what string) *providers.Error {
	e := &providers.Error{Kind: providers.Unauthorized, Platform: platformID, Code: said.Error, Status: status, Message: what}
	if said.Description != "" {
		e.Message += ": " + said.Description
	}
	text, ofClient := clientErrors[said.Error]
	switch {
	case ofClient:
		e.Kind, e.Message = providers.Forbidden, text
	case status == http.StatusTooManyRequests, said.Error == "rate_limit_exceeded":
		e.Kind, e.RetryAfter = providers.RateLimited, time.Minute
	case status >= 500:
		e.Kind = providers.Unavailable
	case said.Subtype == "invalid_rapt":
		e.Code += "." + said.Subtype
		e.Message = "the person's organization wants them to sign in again: connect anew"
	}
	return e
}
