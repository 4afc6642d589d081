package meta

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// oauth talks to the token endpoint and its neighbours for one app.
type oauth struct {
	app     providers.App
	http    *http.Client
	secrets []string // codes and tokens that were sent or given
}

// grant asks for a token. Secrets go in the form, not in the URL.
func (o *oauth) grant(ctx context.Context, form url.Values) (grant, error) {
	form.Set("client_id", o.app.ClientID)
	form.Set("client_secret", o.app.ClientSecret)
	var g grant
	err := o.call(ctx, http.MethodPost, "oauth/access_token", nil, form, "", &g)
	if err == nil && g.AccessToken == "" {
		err = fault(providers.Malformed, "", "the token endpoint answered without an access token")
	}
	o.secrets = append(o.secrets, g.AccessToken)
	return g, err
}

// inspect asks Meta about a token, as the app. The token would stand in the URL of a plain call, and URLs end up in the
// logs of proxies: so the call goes in the body of a batch of one.
// https://developers.facebook.com/docs/graph-api/batch-requests
func (o *oauth) inspect(ctx context.Context, token string) (inspection, error) {
	form := url.Values{"include_headers": {"false"}, "batch": {js([]map[string]string{{
		"method": http.MethodGet, "relative_url": "debug_token?" + url.Values{"input_token": {token}}.Encode(),
	}})}}
	var answers []*struct {
		Code int    `json:"code"`
		Body string `json:"body"`
	}
	if err := o.call(ctx, http.MethodPost, "", nil, form, o.app.ClientID+"|"+o.app.ClientSecret, &answers); err != nil {
		return inspection{}, err
	}
	if len(answers) != 1 || answers[0] == nil { // null: Meta ran out of time
		return inspection{}, fault(providers.Unavailable, "", "Meta did not look at the token")
	}
	var out struct {
		Data inspection `json:"data"`
	}
	err := understood(answers[0].Code, nil, []byte(answers[0].Body), &out)
	return out.Data, err
}

// dead is the error of a token that Meta calls invalid. A locked account is no dead grant.
func (o *oauth) dead(seen inspection) error {
	e := fault(providers.Unauthorized, "", "Meta says that the token is no longer valid: consent again")
	if seen.Error != nil {
		f := seen.Error.failure
		f.Subcode = cmp.Or(f.Subcode, seen.Error.Sub)
		told := f.explain(http.StatusOK, nil)
		e.Code, e.Message = told.Code, o.scrub(e.Message+" ("+told.Message+")")
		if told.Kind == providers.Forbidden {
			e.Kind, e.Message = told.Kind, o.scrub(told.Message)
		}
	}
	return e
}

// dress makes our token of a grant: when it ends and what it may do, as Meta says it elsewhere when the grant does not.
func (o *oauth) dress(ctx context.Context, g grant, old *oauth2.Token) (*oauth2.Token, error) {
	tok := &oauth2.Token{AccessToken: g.AccessToken, TokenType: "Bearer"}
	var scopes []string
	if n := seconds(g.ExpiresIn); n > 0 {
		tok.ExpiresIn = n
		tok.Expiry = time.Now().Add(time.Duration(min(n, int64(10*365*24*3600))) * time.Second)
		scopes = o.granted(ctx, g.AccessToken)
	} else {
		seen, err := o.inspect(ctx, g.AccessToken)
		if err != nil {
			return nil, o.explain(err, "Meta did not say when the token ends")
		}
		if !seen.Valid {
			return nil, o.dead(seen)
		}
		tok.Expiry, _ = seen.expiry()
		scopes = seen.Scopes
	}
	scope := strings.Join(scopes, " ")
	if scope == "" && old != nil {
		scope, _ = old.Extra(extraScope).(string)
	}
	if scope == "" {
		return tok, nil
	}
	return tok.WithExtra(map[string]any{extraScope: scope}), nil
}

// granted lists the scopes that the user has not unticked; nil when Meta does not say.
func (o *oauth) granted(ctx context.Context, token string) []string {
	var out struct {
		Data []struct {
			Permission string `json:"permission"`
			Status     string `json:"status"`
		} `json:"data"`
	}
	if o.call(ctx, http.MethodGet, "me/permissions", o.proof(token), nil, token, &out) != nil {
		return nil
	}
	var scopes []string
	for _, p := range out.Data {
		if p.Status == "granted" {
			scopes = append(scopes, p.Permission)
		}
	}
	slices.Sort(scopes)
	return scopes
}

func (o *oauth) proof(token string) url.Values {
	if o.app.ClientSecret == "" {
		return nil
	}
	return url.Values{proofParam: {proof(o.app.ClientSecret, token)}}
}

// maxGrant is the most that is read of an answer about tokens.
const maxGrant = 1 << 20

// call sends one request. Its errors hold neither the URL nor the form.
func (o *oauth) call(ctx context.Context, method, path string, query, form url.Values, bearer string, into any) error {
	target := oauthBase + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return fault(providers.Invalid, "", "the request cannot be made into a URL")
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	client := o.http
	if client == nil {
		client = &http.Client{}
	}
	resp, err := client.Do(req)
	if err != nil {
		return unreached(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxGrant))
	if err != nil {
		return unreached(ctx, err)
	}
	return understood(resp.StatusCode, resp.Header, text, into)
}

// understood decodes an answer, or is the error that it holds.
func understood(status int, h http.Header, text []byte, into any) error {
	var env envelope
	if _ = json.Unmarshal(text, &env); env.Error != nil || status >= http.StatusBadRequest {
		e := classify(status, h, text)
		e.Platform, e.RequestID = platformID, cmp.Or(e.RequestID, requestID(h))
		return e
	}
	if json.Unmarshal(text, into) != nil || status >= http.StatusMultipleChoices {
		return fault(providers.Malformed, "", "Meta's answer about a token cannot be understood")
	}
	return nil
}

// unreached explains a call without a whole answer, and leaves out url.Error, whose text repeats the query.
func unreached(ctx context.Context, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	e := fault(providers.Unavailable, "", "Meta was not reached")
	e.Err = err
	if ctx.Err() != nil {
		e.Kind, e.Message, e.Err = providers.Timeout, "the time allowed for the token call ran out", context.Cause(ctx)
	}
	return e
}

// explain says what was being done, and what is the operator's to mend. Tokens and secrets that Meta repeats are taken out.
func (o *oauth) explain(err error, what string) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		return err
	}
	own := *e
	lower := strings.ToLower(e.Message)
	switch {
	case strings.Contains(lower, "client secret"), strings.Contains(lower, "application id"), strings.Contains(lower, "validating application"):
		// The grant may well be alive.
		own.Kind, own.Message = providers.Forbidden, "Meta does not accept the app's id and secret: "+e.Message
	case e.Kind == providers.Invalid || e.Kind == providers.Rejected: // a spent or foreign code
		own.Kind, own.Message = providers.Unauthorized, what+": "+e.Message
	default:
		own.Message = what + ": " + e.Message
	}
	own.Message = o.scrub(own.Message)
	return &own
}

// scrub takes out the secrets of this call, which Meta quotes when it cannot read one.
func (o *oauth) scrub(s string) string {
	for _, secret := range append([]string{o.app.ClientSecret}, o.secrets...) {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "[redacted]")
		}
	}
	return s
}
