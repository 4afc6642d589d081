// Package grant is what adapters share of the token endpoint: the parts of OAuth that are the same on every platform that
// follows RFC 6749, and the names under which tokens carry what the wire says besides.
package grant

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// Extra fields of the tokens that exchange and refresh return.
const (
	Scope         = "scope"                    // string: the granted scopes, separated by spaces
	RefreshExpiry = "refresh_token_expires_in" // int64: seconds that the refresh token has left
	ObtainedAt    = "obtained_at"              // time.Time: when the token was issued
)

// Config is an app's client of an authorization server.
func Config(app providers.App, endpoint oauth2.Endpoint) *oauth2.Config {
	return &oauth2.Config{ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURL, Endpoint: endpoint}
}

// Context makes x/oauth2 call through client; nil: its own.
func Context(ctx context.Context, client *http.Client) context.Context {
	if client == nil {
		return ctx
	}
	return context.WithValue(ctx, oauth2.HTTPClient, client)
}

// Keep returns a token with what its wire says besides the standard members, and with more. Scopes that a refresh does
// not repeat stay as they were; commas between them become spaces.
func Keep(platform string, tok, old *oauth2.Token, more map[string]any) (*oauth2.Token, error) {
	if tok.AccessToken == "" {
		return nil, &providers.Error{Kind: providers.Malformed, Platform: platform, Message: "the token endpoint answered without an access token"}
	}
	extra := map[string]any{}
	scope, _ := tok.Extra(Scope).(string)
	if scope == "" && old != nil {
		scope, _ = old.Extra(Scope).(string)
	}
	if scope != "" {
		extra[Scope] = strings.Join(strings.FieldsFunc(scope, func(r rune) bool { return r == ',' || r == ' ' }), " ")
	}
	if n := Seconds(tok.Extra(RefreshExpiry)); n > 0 {
		extra[RefreshExpiry] = n
	}
	maps.Copy(extra, more)
	return tok.WithExtra(extra), nil
}

// Seconds reads a number as x/oauth2 hands it out: of JSON it is a float64. What is none is 0.
func Seconds(v any) int64 {
	switch n := v.(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case json.Number:
		i, _ := n.Int64()
		return i
	case string:
		i, _ := strconv.ParseInt(n, 10, 64)
		return i
	}
	return 0
}

// Unreached is the error of a call of the token endpoint that has no answer to speak of. What the transport says is not
// repeated: it may hold the URL.
func Unreached(ctx context.Context, platform string) *providers.Error {
	e := &providers.Error{
		Kind: providers.Unavailable, Platform: platform, Err: context.Cause(ctx),
		Message: "the authorization server was not reached or its answer cannot be understood",
	}
	if ctx.Err() != nil {
		e.Kind, e.Message = providers.Timeout, "the time allowed for the token call ran out"
	}
	return e
}
