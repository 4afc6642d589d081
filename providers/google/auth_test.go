package google_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google"
	"github.com/admux/admux/providers/google/sim"
)

// desk is an authorization server that answers one thing and keeps what it is sent.
type desk struct {
	mu     sync.Mutex
	path   string
	form   url.Values
	status int
	body   string
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.path = r.URL.Path
	d.form, _ = url.ParseQuery(string(b))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(d.status)
	_, _ = io.WriteString(w, d.body)
}

func atDesk(t *testing.T, status int, body string) (*desk, *http.Client) {
	t.Helper()
	d := &desk{status: status, body: body}
	srv := httptest.NewServer(d)
	t.Cleanup(srv.Close)
	return d, &http.Client{Transport: moved(t, srv.URL)}
}

var testApp = providers.App{ClientID: "1-a.apps.googleusercontent.com", ClientSecret: "s", RedirectURL: "https://a.example/cb"}

func TestExchange(t *testing.T) {
	t.Parallel()
	spec := google.New().Spec().Auth
	if !spec.PKCE || spec.Params["access_type"] != "offline" || spec.Params["prompt"] != "consent" || spec.Rotates {
		t.Errorf("%+v", spec)
	}
	d, client := atDesk(t, 200, `{"access_token":"ya29.a","expires_in":3599,"refresh_token":"1//r","scope":"https://www.googleapis.com/auth/adwords","token_type":"Bearer","refresh_token_expires_in":604799}`)
	tok, err := spec.Exchange(t.Context(), testApp, client, "4/0Ab", "verifier-1")
	if err != nil {
		t.Fatal(err)
	}
	if tok.AccessToken != "ya29.a" || tok.RefreshToken != "1//r" || tok.Extra("refresh_token_expires_in") != int64(604799) || tok.Extra("scope") != "https://www.googleapis.com/auth/adwords" {
		t.Errorf("%+v %v", tok, tok.Extra("refresh_token_expires_in"))
	}
	if d.form.Get("code") != "4/0Ab" || d.form.Get("code_verifier") != "verifier-1" || d.form.Get("client_secret") != "s" {
		t.Errorf("sent %v", d.form)
	}
}

// A second consent without prompt=consent gives no refresh token: such a connection would be dead in an hour.
func TestTrap18_NoRefreshTokenFailsLoudly(t *testing.T) {
	t.Parallel()
	_, client := atDesk(t, 200, `{"access_token":"ya29.a","expires_in":3599,"token_type":"Bearer"}`)
	_, err := google.New().Spec().Auth.Exchange(t.Context(), testApp, client, "4/0Ab", "v")
	if err == nil || !strings.Contains(err.Error(), "prompt=consent") {
		t.Errorf("%v", err)
	}
}

func TestRefreshKeepsTheRefreshToken(t *testing.T) {
	t.Parallel()
	d, client := atDesk(t, 200, `{"access_token":"ya29.new","expires_in":3599,"token_type":"Bearer"}`)
	old := (&oauth2.Token{AccessToken: "ya29.old", RefreshToken: "1//r"}).WithExtra(map[string]any{"scope": "adwords"})
	tok, err := google.New().Spec().Auth.Refresh(t.Context(), testApp, client, old)
	if err != nil {
		t.Fatal(err)
	}
	if tok.AccessToken != "ya29.new" || tok.RefreshToken != "1//r" || tok.Extra("scope") != "adwords" || d.form.Get("refresh_token") != "1//r" {
		t.Errorf("%+v", tok)
	}
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body   string
		status int
		kind   providers.Kind
		code   string
	}{
		{`{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`, 400, providers.Unauthorized, "invalid_grant"},
		{`{"error":"invalid_grant","error_subtype":"invalid_rapt"}`, 400, providers.Unauthorized, "invalid_grant.invalid_rapt"},
		{`{"error":"invalid_client","error_description":"The OAuth client was not found."}`, 401, providers.Forbidden, "invalid_client"},
		{`{"error":"deleted_client"}`, 401, providers.Forbidden, "deleted_client"},
		{`{"error":"redirect_uri_mismatch"}`, 400, providers.Forbidden, "redirect_uri_mismatch"},
		{`{"error":"rate_limit_exceeded"}`, 403, providers.RateLimited, "rate_limit_exceeded"},
		{`<html>busy</html>`, 429, providers.RateLimited, ""},
		{`<html>busy</html>`, 503, providers.Unavailable, ""},
	} {
		_, client := atDesk(t, c.status, c.body)
		_, err := google.New().Spec().Auth.Refresh(t.Context(), testApp, client, &oauth2.Token{RefreshToken: "1//r"})
		e, ok := err.(*providers.Error) //nolint:errorlint // the maker's own
		if !ok || e.Kind != c.kind || e.Code != c.code || e.Status != c.status || strings.Contains(e.Message, "html") {
			t.Errorf("%d %s: %+v", c.status, c.body, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	revoke := google.New().Spec().Auth.Revoke
	for _, c := range []struct {
		body   string
		status int
		kind   providers.Kind
	}{
		{`{}`, 200, 0}, {`{"error":"invalid_token","error_description":"Token expired or revoked"}`, 400, 0},
		{`{"error":"invalid_request"}`, 400, providers.Unauthorized}, {`<html>`, 503, providers.Unavailable},
	} {
		d, client := atDesk(t, c.status, c.body)
		err := revoke(t.Context(), testApp, client, &oauth2.Token{AccessToken: "ya29.a", RefreshToken: "1//r"})
		if providers.KindOf(err) != c.kind || d.path != "/revoke" || d.form.Get("token") != "1//r" {
			t.Errorf("%d %s: %v, sent %v to %s", c.status, c.body, err, d.form, d.path)
		}
	}
	if err := revoke(t.Context(), testApp, nil, &oauth2.Token{}); err != nil {
		t.Errorf("nothing to revoke: %v", err)
	}
}

// Revoking one connection ends the other connections of the same person and app.
func TestTrap17_RevokingEndsTheWholeGrant(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{Seed: 5})
	first, second := w.sim.Grant(), w.sim.Grant()
	app := w.sim.App()
	client := &http.Client{Transport: moved(t, w.base)}
	auth := google.New().Spec().Auth
	ours := providers.App{ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURI}
	if err := auth.Revoke(t.Context(), ours, client, &oauth2.Token{AccessToken: first.Access, RefreshToken: first.Refresh}); err != nil {
		t.Fatal(err)
	}
	_, err := auth.Refresh(t.Context(), ours, client, &oauth2.Token{RefreshToken: second.Refresh})
	if providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("the other grant: %v", err)
	}
	s := open(t, w.base, &purse{token: second.Access}, w.sim.Now)
	if _, err := s.Organizations.List(t.Context(), providers.ListQuery{Size: 1}); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("a call of the other connection: %v", err)
	}
}
