package meta_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

var theApp = providers.App{ClientID: "77", ClientSecret: "s3cr3t-of-the-app", RedirectURL: "https://app.example/cb"}

// authScript is a scripted token endpoint.
func authScript(t *testing.T, routes map[string]func(asked) (int, string)) (providers.AuthSpec, *http.Client, *script) {
	t.Helper()
	s := &script{routes: routes}
	return meta.New().Spec().Auth, moved(t, serve(t, s)), s
}

// inspected answers a batch of one debug_token.
func inspected(data string) func(asked) (int, string) {
	return answer(200, `[{"code":200,"body":`+strconv.Quote(`{"data":`+data+`}`)+`}]`)
}

const permissions = `{"data":[{"permission":"ads_read","status":"granted"},{"permission":"ads_management","status":"declined"},{"permission":"business_management","status":"granted"}]}`

func near(t *testing.T, got time.Time, d time.Duration) {
	t.Helper()
	if off := time.Until(got) - d; off < -time.Minute || off > time.Minute {
		t.Errorf("the token ends %v, want in %v", got, d)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	token := func(a asked) (int, string) {
		switch {
		case a.form.Get("grant_type") == "fb_exchange_token" && a.form.Get("fb_exchange_token") == "EAABshort-1":
			return 200, `{"access_token":"EAABlong-1","token_type":"bearer","expires_in":5183944}`
		case a.form.Get("code") == "AQ-good" && a.form.Get("redirect_uri") == theApp.RedirectURL:
			return 200, `{"access_token":"EAABshort-1","token_type":"bearer","expires_in":5000}`
		}
		return refusal(100, 36009, "This authorization code has been used. "+a.form.Get("code"))
	}
	auth, client, script := authScript(t, map[string]func(asked) (int, string){"oauth/access_token": token, "me/permissions": answer(200, permissions)})
	if auth.PKCE || !auth.Prolongs || auth.Rotates || auth.RefreshMargin < 7*24*time.Hour {
		t.Errorf("%+v", auth)
	}
	tok, err := auth.Exchange(t.Context(), theApp, client, "AQ-good", "")
	if err != nil {
		t.Fatal(err)
	}
	if scope, _ := tok.Extra("scope").(string); tok.AccessToken != "EAABlong-1" || scope != "ads_read business_management" {
		t.Errorf("%+v, scope %q: what was declined is not granted", tok, scope)
	}
	near(t, tok.Expiry, 5183944*time.Second)
	for _, a := range script.calls("") {
		if strings.Contains(a.raw, "EAAB") || strings.Contains(a.raw, "s3cr3t") || strings.Contains(a.raw, "AQ-") {
			t.Errorf("a secret in a URL: %s", a.raw)
		}
	}
	_, err = auth.Exchange(t.Context(), theApp, client, "AQ-spent", "")
	if providers.KindOf(err) != providers.Unauthorized || strings.Contains(err.Error(), "AQ-spent") {
		t.Errorf("a spent code: %v", err)
	}
}

// A code is spent by its first use: when the second call fails, the short token is kept and prolonged later.
func TestExchangeKeepsTheShortToken(t *testing.T) {
	t.Parallel()
	auth, client, _ := authScript(t, map[string]func(asked) (int, string){
		"oauth/access_token": func(a asked) (int, string) {
			if a.form.Has("fb_exchange_token") {
				return 503, "<html>"
			}
			return 200, `{"access_token":"EAABshort-1","expires_in":5000}`
		},
		"me/permissions": answer(200, permissions),
	})
	tok, err := auth.Exchange(t.Context(), theApp, client, "AQ-good", "")
	if err != nil || tok.AccessToken != "EAABshort-1" {
		t.Fatal(tok, err)
	}
	near(t, tok.Expiry, 5000*time.Second)
}

// expires_in may be missing: Meta is asked for the end, and a token without one has none.
func TestExchangeWithoutExpiry(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(50 * 24 * time.Hour).Truncate(time.Second)
	for data, want := range map[string]time.Time{
		`{"is_valid":true,"type":"USER","app_id":77,"expires_at":` + strconv.FormatInt(end.Unix(), 10) + `,"scopes":["ads_read"]}`: end,
		`{"is_valid":true,"type":"SYSTEM_USER","expires_at":0,"scopes":["ads_read"]}`:                                              {},
	} {
		auth, client, script := authScript(t, map[string]func(asked) (int, string){
			"oauth/access_token": answer(200, `{"access_token":"EAABlong-1","token_type":"bearer"}`), "": inspected(data),
		})
		tok, err := auth.Exchange(t.Context(), theApp, client, "AQ-good", "")
		if err != nil || !tok.Expiry.Equal(want) || tok.Extra("scope") != "ads_read" {
			t.Errorf("%s: %+v %v", data, tok, err)
		}
		last := script.calls("")[2]
		if last.header.Get("Authorization") != "Bearer 77|"+theApp.ClientSecret || !strings.Contains(last.form.Get("batch"), "debug_token?input_token=EAABlong-1") {
			t.Errorf("asked %v", last)
		}
	}
}

func TestProlong(t *testing.T) {
	t.Parallel()
	old := (&oauth2.Token{AccessToken: "EAABold-1", Expiry: time.Now().Add(10 * 24 * time.Hour)}).WithExtra(map[string]any{"scope": "ads_read"})
	routes := func(data string) map[string]func(asked) (int, string) {
		return map[string]func(asked) (int, string){
			"": inspected(data), "me/permissions": answer(200, permissions),
			"oauth/access_token": func(a asked) (int, string) {
				if a.form.Get("fb_exchange_token") != "EAABold-1" {
					return refusal(190, 463, "Session has expired")
				}
				return 200, `{"access_token":"EAABnew-1","expires_in":5184000}`
			},
		}
	}
	auth, client, script := authScript(t, routes(`{"is_valid":true,"type":"USER","expires_at":1790000000,"scopes":["ads_read"]}`))
	tok, err := auth.Refresh(t.Context(), theApp, client, old)
	if err != nil || tok.AccessToken != "EAABnew-1" {
		t.Fatal(tok, err)
	}
	near(t, tok.Expiry, 60*24*time.Hour)
	if f := script.calls("oauth/access_token")[0].form; f.Has("set_token_expires_in_60_days") {
		t.Errorf("asked for a system user's token: %v", f)
	}
	// A system user's token that ends is exchanged with its own word; one that does not is left alone.
	auth, client, script = authScript(t, routes(`{"is_valid":true,"type":"SYSTEM_USER","expires_at":1790000000}`))
	if tok, err = auth.Refresh(t.Context(), theApp, client, old); err != nil || tok.AccessToken != "EAABnew-1" {
		t.Fatal(tok, err)
	}
	if f := script.calls("oauth/access_token")[0].form; f.Get("set_token_expires_in_60_days") != "true" {
		t.Errorf("%v", f)
	}
	auth, client, script = authScript(t, routes(`{"is_valid":true,"type":"SYSTEM_USER","expires_at":0,"scopes":["ads_read"]}`))
	if tok, err = auth.Refresh(t.Context(), theApp, client, old); err != nil || tok.AccessToken != "EAABold-1" || !tok.Expiry.IsZero() || len(script.calls("oauth/access_token")) != 0 {
		t.Errorf("a token without end: %+v %v", tok, err)
	}
}

func TestProlongRefusals(t *testing.T) {
	t.Parallel()
	old := &oauth2.Token{AccessToken: "EAABold-1"}
	dead := func(code, sub int) string {
		return `{"is_valid":false,"error":{"code":` + strconv.Itoa(code) + `,"subcode":` + strconv.Itoa(sub) + `,"message":"Malformed access token EAABold-1"},"scopes":[]}`
	}
	for name, c := range map[string]struct {
		routes map[string]func(asked) (int, string)
		app    providers.App
		kind   providers.Kind
	}{
		"run out":                {map[string]func(asked) (int, string){"": inspected(dead(190, 463))}, theApp, providers.Unauthorized},
		"the app was removed":    {map[string]func(asked) (int, string){"": inspected(dead(190, 458))}, theApp, providers.Unauthorized},
		"the person is locked":   {map[string]func(asked) (int, string){"": inspected(dead(190, 459))}, theApp, providers.Forbidden},
		"the secret is wrong":    {map[string]func(asked) (int, string){"": func(asked) (int, string) { return refusal(1, 0, "Error validating client secret.") }}, theApp, providers.Forbidden},
		"Meta is away":           {map[string]func(asked) (int, string){"": answer(503, "<html>")}, theApp, providers.Unavailable},
		"Meta runs out of time":  {map[string]func(asked) (int, string){"": answer(200, `[null]`)}, theApp, providers.Unavailable},
		"nonsense":               {map[string]func(asked) (int, string){"": answer(200, `{`)}, theApp, providers.Malformed},
		"no secret of the app's": {nil, providers.App{ClientID: "77"}, providers.Forbidden},
		"run out just now": {map[string]func(asked) (int, string){
			"": inspected(`{"is_valid":true,"type":"USER","expires_at":1790000000}`), "oauth/access_token": func(asked) (int, string) { return refusal(190, 463, "Session has expired") },
		}, theApp, providers.Unauthorized},
		"no token": {map[string]func(asked) (int, string){
			"": inspected(`{"is_valid":true,"type":"USER","expires_at":1790000000}`), "oauth/access_token": answer(200, `{}`),
		}, theApp, providers.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth, client, _ := authScript(t, c.routes)
			_, err := auth.Refresh(t.Context(), c.app, client, old)
			if providers.KindOf(err) != c.kind {
				t.Fatalf("%v, want %v: %v", providers.KindOf(err), c.kind, err)
			}
			if s := err.Error(); strings.Contains(s, "EAABold") || strings.Contains(s, "s3cr3t") || strings.Contains(s, "http") {
				t.Errorf("the error holds a secret or a URL: %s", s)
			}
		})
	}
	auth := meta.New().Spec().Auth
	if _, err := auth.Refresh(t.Context(), theApp, http.DefaultClient, nil); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("no token at all: %v", err)
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(asked) (int, string)
		kind   providers.Kind
	}{
		"done":         {answer(200, `{"success":true}`), 0},
		"as a text":    {answer(200, `{"success":"true"}`), 0},
		"dead already": {func(asked) (int, string) { return refusal(190, 458, "The user has not authorized application 77.") }, 0},
		"not done":     {answer(200, `{"success":false}`), providers.Malformed},
		"away":         {answer(500, `{"error":{"code":2,"message":"m"}}`), providers.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth, client, script := authScript(t, map[string]func(asked) (int, string){"me/permissions": c.answer})
			err := auth.Revoke(t.Context(), theApp, client, &oauth2.Token{AccessToken: "EAABold-1"})
			if providers.KindOf(err) != c.kind || c.kind == 0 && err != nil {
				t.Errorf("%v", err)
			}
			a := script.calls("me/permissions")[0]
			if a.method != http.MethodDelete || a.header.Get("Authorization") != "Bearer EAABold-1" || a.query.Get("appsecret_proof") == "" || strings.Contains(a.raw, "EAAB") {
				t.Errorf("%+v", a)
			}
		})
	}
}

// TestAuthWithTheSimulator walks the whole way: consent, a living token exchanged, the old one beside it, the grant taken back.
func TestAuthWithTheSimulator(t *testing.T) {
	t.Parallel()
	s, base := simulated(t, sim.Options{})
	client, auth := moved(t, base.URL()), meta.New().Spec().Auth
	app := base.App()
	cfg := oauth2.Config{ClientID: app.ClientID, RedirectURL: app.RedirectURL, Endpoint: auth.Endpoint, Scopes: auth.Scopes}
	at, err := url.Parse(cfg.AuthCodeURL("x"))
	if err != nil {
		t.Fatal(err)
	}
	back := base.Consent(t, base.URL()+at.RequestURI(), true)
	tok, err := auth.Exchange(t.Context(), app, client, back.Get("code"), "")
	if err != nil {
		t.Fatal(err)
	}
	near(t, tok.Expiry, 60*24*time.Hour)
	fresh, err := auth.Refresh(t.Context(), app, client, tok)
	if err != nil || fresh.AccessToken == tok.AccessToken {
		t.Fatal(err)
	}
	for _, token := range []string{tok.AccessToken, fresh.AccessToken} {
		session := open(t, base.URL(), &staticTokens{token: token}, s.Now)
		if _, err := session.Organizations.List(t.Context(), providers.ListQuery{Size: 5}); err != nil {
			t.Errorf("a living token: %v", err)
		}
	}
	if err := auth.Revoke(t.Context(), app, client, fresh); err != nil {
		t.Fatal(err)
	}
	session := open(t, base.URL(), &staticTokens{token: fresh.AccessToken}, s.Now)
	if _, err := session.Organizations.List(t.Context(), providers.ListQuery{Size: 5}); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("after the grant was taken back: %v", err)
	}
	if err := auth.Revoke(t.Context(), app, client, fresh); err != nil {
		t.Errorf("taken back twice: %v", err)
	}
}
