package connections

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// exchange turns an authorization code into a grant.
func (s *Service) exchange(ctx context.Context, spec providers.Spec, app providers.App, code, verifier string) (store.Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, s.refresh.Call)
	defer cancel()
	client, start := s.clients[spec.ID], s.now()
	var tok *oauth2.Token
	var err error
	if spec.Auth.Exchange != nil {
		tok, err = spec.Auth.Exchange(ctx, app, client, code, verifier)
	} else {
		var opts []oauth2.AuthCodeOption
		if verifier != "" {
			opts = append(opts, oauth2.VerifierOption(verifier))
		}
		tok, err = oauthConfig(spec, app).Exchange(context.WithValue(ctx, oauth2.HTTPClient, client), code, opts...)
	}
	if err != nil {
		return store.Grant{}, tokenError(spec.ID, err)
	}
	return grantOf(spec, tok, start, store.Grant{})
}

// prolong asks the platform for new tokens: one call, never repeated here.
func (s *Service) prolong(ctx context.Context, spec providers.Spec, app providers.App, old store.Grant) (store.Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, s.refresh.Call)
	defer cancel()
	client, start := s.clients[spec.ID], s.now()
	var tok *oauth2.Token
	var err error
	if spec.Auth.Refresh != nil {
		tok, err = spec.Auth.Refresh(ctx, app, client, whole(old))
	} else {
		source := oauthConfig(spec, app).TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client), &oauth2.Token{RefreshToken: old.RefreshToken.Reveal()})
		tok, err = source.Token()
	}
	if err != nil {
		return store.Grant{}, tokenError(spec.ID, err)
	}
	return grantOf(spec, tok, start, old)
}

func oauthConfig(spec providers.Spec, app providers.App) *oauth2.Config {
	endpoint := spec.Auth.Endpoint
	if endpoint.AuthStyle == oauth2.AuthStyleAutoDetect {
		// Detecting costs a second call to the token endpoint, which may spend a code or a refresh token.
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURL, Endpoint: endpoint}
}

// grantOf reads an answer of the token endpoint. Lives are counted from before the call, by our clock: a token must
// never seem to live longer than it does. What the answer leaves out stays as it was.
func grantOf(spec providers.Spec, tok *oauth2.Token, start time.Time, old store.Grant) (store.Grant, error) {
	if tok == nil || tok.AccessToken == "" {
		return store.Grant{}, &providers.Error{Kind: providers.Malformed, Platform: spec.ID, Message: "the token endpoint answered without an access token"}
	}
	g := old
	g.AccessToken, g.TokenType, g.ObtainedAt, g.Expiry = store.Secret(tok.AccessToken), tok.TokenType, start.UTC(), tok.Expiry.UTC()
	if tok.ExpiresIn > 0 {
		g.Expiry = start.UTC().Add(time.Duration(tok.ExpiresIn) * time.Second)
	}
	left := seconds(tok.Extra(extraRefreshExpiry))
	switch {
	case left > 0:
		g.RefreshExpiry = start.UTC().Add(left)
	case tok.RefreshToken != "" && tok.RefreshToken != old.RefreshToken.Reveal():
		g.RefreshExpiry = time.Time{}
	}
	if tok.RefreshToken != "" {
		g.RefreshToken = store.Secret(tok.RefreshToken)
	}
	if scope, _ := tok.Extra(extraScope).(string); scope != "" {
		g.Scopes = strings.FieldsFunc(scope, func(r rune) bool { return r == ' ' || r == ',' })
	}
	return g, nil
}

func seconds(v any) time.Duration {
	var n float64
	switch v := v.(type) {
	case float64:
		n = v
	case int64:
		n = float64(v)
	case int:
		n = float64(v)
	case json.Number:
		n, _ = v.Float64()
	case string:
		n, _ = strconv.ParseFloat(v, 64)
	}
	const most = 100 * 365 * 24 * 3600
	if !(n > 0) || n > most {
		return 0
	}
	return time.Duration(n) * time.Second
}

// tokenError says what a failure at the token endpoint means. Of the answer only the words of RFC 6749 are repeated,
// and of a transport's failure nothing: bodies and URLs may hold secrets.
func tokenError(platform string, err error) *providers.Error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e
	}
	if re, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return refusal(platform, re)
	}
	if ne, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && ne.Timeout() {
		return &providers.Error{Kind: providers.Timeout, Platform: platform, Message: "the token endpoint did not answer in time"}
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, context.Canceled) {
		return &providers.Error{Kind: providers.Unavailable, Platform: platform, Message: "the token endpoint was not reached"}
	}
	return &providers.Error{Kind: providers.Malformed, Platform: platform, Message: "the token endpoint's answer cannot be understood"}
}

func refusal(platform string, re *oauth2.RetrieveError) *providers.Error {
	e := &providers.Error{Platform: platform, Code: printable(re.ErrorCode, 64), Message: printable(re.ErrorDescription, 300)}
	if re.Response != nil {
		e.Status = re.Response.StatusCode
		if n, err := strconv.Atoi(re.Response.Header.Get("Retry-After")); err == nil && n > 0 {
			e.RetryAfter = time.Duration(n) * time.Second
		}
	}
	if e.Message == "" {
		e.Message = "the token endpoint refused"
	}
	switch {
	case e.Status == http.StatusTooManyRequests || e.Code == "slow_down":
		e.Kind = providers.RateLimited
	case e.Status >= 500 || e.Code == "server_error" || e.Code == "temporarily_unavailable":
		e.Kind = providers.Unavailable
	case e.Status < 400:
		e.Kind = providers.Malformed
	// These blame the app or the request, which consent cannot mend: the grant may well be alive (RFC 6749, 5.2).
	case e.Code == "invalid_client" || e.Code == "unauthorized_client" || e.Code == "unsupported_grant_type" || e.Code == "invalid_scope":
		e.Kind = providers.Forbidden
	case e.Status == http.StatusBadRequest || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		e.Kind = providers.Unauthorized
	default:
		e.Kind = providers.Malformed
	}
	return e
}

// printable keeps what a platform or a browser says to a short line of text.
func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return strings.TrimSpace(s)
}
