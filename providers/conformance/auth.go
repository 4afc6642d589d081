package conformance

import (
	"context"
	"net/url"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

const oauthState = "state-of-the-suite"

// authURL is the authorization URL for the app, moved to the simulator, and the PKCE verifier.
func (e *env) authURL() (string, string) {
	a := e.spec.Auth
	cfg := e.oauthConfig()
	var opts []oauth2.AuthCodeOption
	for k, v := range a.Params {
		opts = append(opts, oauth2.SetAuthURLParam(k, v))
	}
	verifier := ""
	if a.PKCE {
		verifier = oauth2.GenerateVerifier()
		opts = append(opts, oauth2.S256ChallengeOption(verifier))
	}
	base := map[string]string{}
	for _, h := range e.spec.Hosts {
		base[h] = e.sim.URL()
	}
	return providers.Route(cfg.AuthCodeURL(oauthState, opts...), base), verifier
}

func (e *env) oauthConfig() *oauth2.Config {
	app := e.sim.App()
	return &oauth2.Config{
		ClientID: app.ClientID, ClientSecret: app.ClientSecret, RedirectURL: app.RedirectURL,
		Endpoint: e.spec.Auth.Endpoint, Scopes: e.spec.Auth.Scopes,
	}
}

// grant walks the whole flow.
func (e *env) grant() *oauth2.Token {
	e.t.Helper()
	to, verifier := e.authURL()
	back := e.sim.Consent(e.t, to, true)
	if back.Get("state") != oauthState {
		e.t.Fatalf("state %q came back", back.Get("state"))
	}
	tok, err := e.exchange(e.t.Context(), back.Get("code"), verifier)
	e.fatal("code for token", err)
	if tok.AccessToken == "" {
		e.t.Fatal("no access token")
	}
	return tok
}

func (e *env) exchange(ctx context.Context, code, verifier string) (*oauth2.Token, error) {
	if f := e.spec.Auth.Exchange; f != nil {
		return f(ctx, e.sim.App(), e.client, code, verifier)
	}
	var opts []oauth2.AuthCodeOption
	if verifier != "" {
		opts = append(opts, oauth2.VerifierOption(verifier))
	}
	return e.oauthConfig().Exchange(context.WithValue(ctx, oauth2.HTTPClient, e.client), code, opts...)
}

func (e *env) refresh(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
	if f := e.spec.Auth.Refresh; f != nil {
		return f(ctx, e.sim.App(), e.client, old)
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, e.client)
	return e.oauthConfig().TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
}

func (s *suite) auth(t *testing.T) {
	t.Run("code flow", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		e.orgs() // the token is good
		tok, _ := e.purse.Token(t.Context())
		if tok.Expiry.IsZero() {
			t.Log("the platform's access tokens do not expire")
		} else if !tok.Expiry.After(e.sim.Now()) {
			t.Errorf("a new token has expired at %v", tok.Expiry)
		}
	})
	t.Run("denied consent", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		to, _ := e.authURL()
		back := e.sim.Consent(t, to, false)
		if back.Get("error") == "" || back.Get("code") != "" || back.Get("state") != oauthState {
			t.Errorf("the callback of a denied consent is given %v", back)
		}
	})
	t.Run("a code that is not good", func(t *testing.T) { t.Parallel(); s.badCode(t) })
	t.Run("refresh", func(t *testing.T) { t.Parallel(); s.refreshes(t) })
	t.Run("a grant that has ended", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		e.sim.Revoke("all")
		_, err := e.session.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
		if err == nil {
			t.Fatal("a revoked grant still lists")
		}
		if pe := e.refusal(err); pe.Kind != providers.Unauthorized {
			t.Errorf("kind %v, want unauthorized: %v", pe.Kind, pe)
		}
	})
}

func (s *suite) badCode(t *testing.T) {
	e := newEnv(t, s.h, small)
	to, verifier := e.authURL()
	back := e.sim.Consent(t, to, true)
	if _, err := e.exchange(t.Context(), back.Get("code"), verifier); err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]string{"spent": back.Get("code"), "invented": "no-such-code"} {
		_, err := e.exchange(t.Context(), code, verifier)
		if err == nil {
			t.Errorf("a code that is %s is taken", name)
			continue
		}
		if e.spec.Auth.Exchange != nil {
			if pe := e.refusal(err); pe.Kind != providers.Unauthorized && pe.Kind != providers.Invalid && pe.Kind != providers.Rejected {
				t.Errorf("a code that is %s: kind %v", name, pe.Kind)
			}
		}
		if s := err.Error(); containsAny(s, code, url.QueryEscape(code), e.sim.App().ClientSecret) {
			t.Errorf("the error of a code that is %s repeats a secret", name)
		}
	}
}

func (s *suite) refreshes(t *testing.T) {
	e := newEnv(t, s.h, small)
	if e.spec.Auth.Prolongs {
		e.prolongs()
		return
	}
	old, _ := e.purse.Token(t.Context())
	if old.RefreshToken == "" && e.spec.Auth.Refresh == nil {
		t.Log("not run: the platform gave no refresh token, and declares no other way to renew")
		return
	}
	e.sim.Expire("access")
	if _, err := e.session.Organizations.List(t.Context(), providers.ListQuery{Size: 1}); err != nil {
		t.Fatalf("an expired token is not renewed: %v", err)
	}
	fresh, _ := e.purse.Token(t.Context())
	if fresh.AccessToken == old.AccessToken || e.purse.count() != 1 {
		t.Errorf("renewed %d times, another token: %v", e.purse.count(), fresh.AccessToken != old.AccessToken)
	}
	if fresh.RefreshToken == "" && old.RefreshToken != "" {
		t.Error("the refresh token is lost by the refresh")
	}
	if !e.spec.Auth.Rotates && old.RefreshToken != "" {
		if _, err := e.refresh(t.Context(), old); err != nil {
			t.Errorf("the old refresh token is spent, and Rotates is not declared: %v", err)
		}
	}
	e.sim.Revoke("refresh")
	_, err := e.refresh(t.Context(), fresh)
	if err == nil {
		t.Fatal("a revoked refresh token is taken")
	}
	if e.spec.Auth.Refresh != nil {
		if pe := e.refusal(err); pe.Kind != providers.Unauthorized {
			t.Errorf("a revoked refresh token: kind %v, want unauthorized", pe.Kind)
		}
	}
}

// prolongs: a living access token is exchanged for one that lives longer, and works beside it; one that has ended is not.
func (e *env) prolongs() {
	e.t.Helper()
	old, _ := e.purse.Token(e.t.Context())
	e.sim.Advance(time.Hour)
	fresh, err := e.refresh(e.t.Context(), old)
	e.fatal("a living token is not exchanged", err)
	if fresh.AccessToken == "" || fresh.AccessToken == old.AccessToken || !fresh.Expiry.IsZero() && fresh.Expiry.Before(old.Expiry) {
		e.t.Errorf("another token: %v, ends %v, the old one %v", fresh.AccessToken != old.AccessToken, fresh.Expiry, old.Expiry)
	}
	for name, tok := range map[string]*oauth2.Token{"new": fresh, "old": old} {
		e.purse.set(tok)
		if _, err := e.session.Organizations.List(e.t.Context(), providers.ListQuery{Size: 1}); err != nil {
			e.t.Errorf("the %s token does not list: %v", name, e.refusal(err))
		}
	}
	e.sim.Expire("access")
	if _, err = e.refresh(e.t.Context(), old); err == nil {
		e.t.Fatal("a token that has ended is exchanged")
	}
	if pe := e.refusal(err); pe.Kind != providers.Unauthorized {
		e.t.Errorf("a token that has ended: kind %v, want unauthorized", pe.Kind)
	}
	if _, err := e.session.Organizations.List(e.t.Context(), providers.ListQuery{Size: 1}); err == nil {
		e.t.Error("a token that has ended still lists")
	} else if pe := e.refusal(err); pe.Kind != providers.Unauthorized {
		e.t.Errorf("a list with a token that has ended: kind %v, want unauthorized", pe.Kind)
	}
}
