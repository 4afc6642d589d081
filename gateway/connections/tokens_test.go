package connections

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

func TestTokenFromMemory(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, time.Hour)
	first, err := b.tokens(t, c).Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.DeleteConnection(t.Context(), b.ws, c.ID); err != nil {
		t.Fatal(err)
	}
	again, err := b.tokens(t, c).Token(t.Context())
	if err != nil || again.AccessToken != first.AccessToken {
		t.Errorf("a valid token is not kept in memory: %v", err)
	}
	if first.RefreshToken != "" {
		t.Error("an adapter is handed the refresh token")
	}
	if at, ok := first.Extra(extraObtained).(time.Time); !ok || !at.Equal(c.Tokens.ObtainedAt) || first.ExpiresIn != 3600 {
		t.Errorf("the age of the token is not told: %v, %d", at, first.ExpiresIn)
	}
	b.clock.advance(2 * time.Hour)
	if _, err := b.tokens(t, c).Token(t.Context()); providers.KindOf(err) != providers.NotFound {
		t.Errorf("a deleted connection: %v", err)
	}
}

// What a row says of newer tokens goes before what this process remembers.
func TestTokenOfNewerRow(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, time.Hour)
	if _, err := b.tokens(t, c).Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	access, _ := b.vendor.grant()
	if _, err := b.store.ReplaceGrant(t.Context(), b.ws, c.ID, 1, store.Grant{AccessToken: store.Secret(access)}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	bound, err := b.Load(t.Context(), b.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bound[0].Session.Organizations.List(t.Context(), listAll); err != nil {
		t.Fatal(err)
	}
	if tok, err := b.tokens(t, c).Token(t.Context()); err != nil || tok.AccessToken != access {
		t.Errorf("got the old token: %v", err)
	}
}

func TestRejectRefreshesOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{rotates: true}})
	b.vendor.rotates, b.vendor.revokes = true, true
	c := b.connect(t, time.Hour)
	tokens := b.tokens(t, c)
	used, err := tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if err := tokens.Reject(t.Context(), used); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	next, err := tokens.Token(t.Context())
	if n := b.vendor.calls(); err != nil || n != 1 || next.AccessToken == used.AccessToken {
		t.Errorf("100 complaints of one token: %d calls, %v", n, err)
	}
	if err := tokens.Reject(t.Context(), used); err != nil || b.vendor.calls() != 1 {
		t.Errorf("a late complaint of the old token: %v, %d calls", err, b.vendor.calls())
	}
}

// A platform that refuses whatever it issues is not asked for tokens in a loop.
func TestRejectIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, time.Hour)
	var err error
	for range 20 {
		tok, terr := b.tokens(t, c).Token(t.Context())
		if terr != nil {
			t.Fatal(terr)
		}
		err = b.tokens(t, c).Reject(t.Context(), tok)
	}
	if e := asError(t, err); b.vendor.calls() != 3 || e.Kind != providers.Unauthorized || e.RetryAfter == 0 {
		t.Errorf("%d calls, %v", b.vendor.calls(), err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" {
		t.Errorf("condemned: %+v", h)
	}
}

// The refresh fails for now: as long as the old token lives it is handed out, and not a moment longer.
func TestRefreshFailsForNow(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, time.Hour)
	down := func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("canary of the vendor's own"))
	}
	b.vendor.with(func() { b.vendor.script = []func(http.ResponseWriter){down, down, down} })
	b.clock.advance(55 * time.Minute) // within the margin
	tok, err := b.tokens(t, c).Token(t.Context())
	if err != nil || !b.vendor.alive(tok.AccessToken) || b.vendor.calls() != 1 {
		t.Errorf("ahead of its time: %v, %d calls", err, b.vendor.calls())
	}
	b.clock.advance(5*time.Minute + time.Second)
	_, err = b.tokens(t, c).Token(t.Context())
	e := asError(t, err)
	if e.Kind != providers.Unavailable || e.RetryAfter != 7*time.Second || e.Status != 503 || strings.Contains(err.Error(), "canary") {
		t.Errorf("after its time: %v %+v", err, e)
	}
	calls := b.vendor.calls()
	if _, err = b.tokens(t, c).Token(t.Context()); providers.KindOf(err) != providers.Unavailable || b.vendor.calls() != calls {
		t.Errorf("no cooling down: %v, %d calls more", err, b.vendor.calls()-calls)
	}
	b.clock.advance(8 * time.Second)
	b.vendor.with(func() { b.vendor.script = nil })
	if _, err = b.tokens(t, c).Token(t.Context()); err != nil {
		t.Errorf("once the vendor is back: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" || !h.UnhealthyAt.IsZero() {
		t.Errorf("a vendor that is down makes the connection unhealthy: %+v", h)
	}
	noCanary(t, "the log", b.logs.String())
}

// What the token endpoint says, and what it means for the connection.
func TestTokenEndpointAnswers(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, tc := range map[string]struct {
		answer func(http.ResponseWriter)
		kind   providers.Kind
		code   string // of the connection's health
	}{
		"app refused":      {answer(401, `{"error":"invalid_client"}`), providers.Forbidden, ""},
		"app not approved": {answer(400, `{"error":"unauthorized_client"}`), providers.Forbidden, ""},
		"too many":         {answer(429, `{"error":"slow"}`), providers.RateLimited, ""},
		"down":             {answer(502, `<html>`), providers.Unavailable, ""},
		"not JSON":         {answer(200, `<html>canary`), providers.Malformed, ""},
		"no token":         {answer(200, `{"token_type":"Bearer"}`), providers.Malformed, ""},
		"dead":             {answer(400, `{"error":"invalid_grant"}`), providers.Unauthorized, CodeRefreshRefused},
		"dead, oddly":      {answer(400, `{"error":"invalid_request","error_description":"expired"}`), providers.Unauthorized, CodeRefreshRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			c := b.expired(t)
			b.vendor.with(func() { b.vendor.script = []func(http.ResponseWriter){tc.answer, tc.answer} })
			_, err := b.tokens(t, c).Token(t.Context())
			if e := asError(t, err); e.Kind != tc.kind || e.Platform != "vendorads" {
				t.Errorf("got %v %v", e.Kind, err)
			}
			if h := b.reload(t, c).Health; h.UnhealthyCode != tc.code {
				t.Errorf("health %+v", h)
			}
			noCanary(t, "the error", err.Error())
			noCanary(t, "the log", b.logs.String())
		})
	}
}

// Trap 23: a refresh token does not live longer for being used: what is left is what the platform says each time. And
// many apps are given none: then the connection says so at the access token's end, and who is to act.
func TestTrap23_RefreshTokenDoesNotLiveLonger(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{margin: day(8)}})
	b.vendor.with(func() { b.vendor.life, b.vendor.left = 60*24*3600, 300*24*3600 })
	c := b.expired(t)
	if _, err := b.tokens(t, c).Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := b.reload(t, c).Tokens
	if left := first.RefreshExpiresAt.Sub(b.clock.now()); left != day(300) {
		t.Errorf("the refresh token has %v left", left)
	}
	b.clock.advance(day(60))
	b.vendor.with(func() { b.vendor.left = 0 }) // not told: the same token ends when it ended before
	if _, err := b.tokens(t, c).Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.reload(t, c).Tokens.RefreshExpiresAt; !got.Equal(first.RefreshExpiresAt) {
		t.Errorf("moved from %v to %v", first.RefreshExpiresAt, got)
	}
	b.clock.advance(day(241))
	calls := b.vendor.calls()
	_, err := b.tokens(t, c).Token(t.Context())
	if e := asError(t, err); e.Kind != providers.Unauthorized || e.Code != CodeRefreshExpired || b.vendor.calls() != calls {
		t.Errorf("past its end: %v, %d calls", err, b.vendor.calls()-calls)
	}
}

func TestTrap23_NoRefreshToken(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	b.vendor.bare = true
	c := b.connect(t, day(60))
	b.clock.advance(day(59))
	if _, err := b.tokens(t, c).Token(t.Context()); err != nil {
		t.Errorf("before its end: %v", err)
	}
	b.clock.advance(day(1))
	_, err := b.tokens(t, c).Token(t.Context())
	if e := asError(t, err); e.Kind != providers.Unauthorized || e.Code != CodeTokenExpired || b.vendor.calls() != 0 {
		t.Errorf("at its end: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != CodeTokenExpired {
		t.Errorf("health %+v", h)
	}
}

// Trap 24: a token that is refused in the first seconds of its life is no verdict on the grant.
func TestTrap24_YoungTokenRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	b.vendor.bare = true
	c := b.connect(t, day(60))
	b.clock.advance(20 * time.Second)
	used, err := b.tokens(t, c).Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.tokens(t, c).Reject(t.Context(), used); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("rejected: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" {
		t.Errorf("condemned after 20 s: %+v", h)
	}
	b.clock.advance(time.Minute)
	if err := b.tokens(t, c).Reject(t.Context(), used); providers.KindOf(err) != providers.Unauthorized {
		t.Errorf("rejected: %v", err)
	}
	if h := b.reload(t, c).Health; h.UnhealthyCode != CodeTokenRejected {
		t.Errorf("after 80 s: %+v", h)
	}
	// It still lives by its date: should the platform take it again, the connection is healthy again.
	bound, err := b.Load(t.Context(), b.ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bound[0].Session.Organizations.List(t.Context(), listAll); err != nil {
		t.Fatal(err)
	}
	bound[0].Healthy(t.Context())
	if h := b.reload(t, c).Health; h.UnhealthyCode != "" {
		t.Errorf("not healed: %+v", h)
	}
}

// A caller who leaves gets his error at once, and does not take the refresh with him.
func TestCallerLeaves(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{adapter: adapter{rotates: true}})
	b.vendor.rotates, b.vendor.revokes = true, true
	c := b.expired(t)
	gate := make(chan struct{})
	b.vendor.with(func() { b.vendor.gate = gate })
	ctx, leave := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() { _, err := b.tokens(t, c).Token(ctx); asked <- err }()
	for b.vendor.calls() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-asked; providers.KindOf(err) != providers.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(gate)
	if tok, err := b.tokens(t, c).Token(t.Context()); err != nil || !b.vendor.alive(tok.AccessToken) || b.vendor.calls() != 1 {
		t.Errorf("who stays: %v, %d calls", err, b.vendor.calls())
	}
}

func TestMargins(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	spec := func(m time.Duration) providers.Spec {
		return providers.Spec{Auth: providers.AuthSpec{RefreshMargin: m}}
	}
	for name, tc := range map[string]struct {
		margin, life, refreshLife time.Duration
		due                       time.Duration // from the start; negative: never
	}{
		"an hour":                  {0, time.Hour, 0, 50 * time.Minute},
		"60 days":                  {day(8), day(60), 0, day(52)},
		"a margin past the life":   {day(8), time.Hour, 0, 45 * time.Minute},
		"refresh token ends first": {day(8), day(60), day(40), day(39)},
		"refresh token ends now":   {day(8), day(60), time.Hour, -1},
		"seconds":                  {0, 20 * time.Second, 0, -1},
	} {
		g := store.Grant{AccessToken: "a", RefreshToken: "r", ObtainedAt: at, Expiry: at.Add(tc.life)}
		if tc.refreshLife > 0 {
			g.RefreshExpiry = at.Add(tc.refreshLife)
		}
		got := due(spec(tc.margin), g)
		if tc.due < 0 && !got.IsZero() || tc.due >= 0 && !got.Equal(at.Add(tc.due)) {
			t.Errorf("%s: due %v", name, got.Sub(at))
		}
	}
	if !due(spec(0), store.Grant{AccessToken: "a", ObtainedAt: at, Expiry: at.Add(time.Hour)}).IsZero() {
		t.Error("due without a refresh token")
	}
}

func TestGrantOfOddAnswers(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	old := store.Grant{AccessToken: "a", RefreshToken: "r", RefreshExpiry: start.Add(time.Hour), Scopes: []string{"x"}}
	read := func(extra map[string]any, refresh string) store.Grant {
		t.Helper()
		g, err := grantOf(adapter{}.Spec(), (&oauth2.Token{AccessToken: "b", RefreshToken: refresh, ExpiresIn: 60}).WithExtra(extra), start, old)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	for _, v := range []any{"7200", float64(7200), int64(7200)} {
		if g := read(map[string]any{"refresh_token_expires_in": v}, ""); !g.RefreshExpiry.Equal(start.Add(2 * time.Hour)) {
			t.Errorf("%T: %v", v, g.RefreshExpiry)
		}
	}
	for _, v := range []any{nil, "soon", -5.0, 1e300, true} {
		if g := read(map[string]any{"refresh_token_expires_in": v}, ""); !g.RefreshExpiry.Equal(old.RefreshExpiry) || g.RefreshToken.Reveal() != "r" {
			t.Errorf("%v: %v", v, g.RefreshExpiry)
		}
	}
	if g := read(nil, "rotated"); !g.RefreshExpiry.IsZero() || g.RefreshToken.Reveal() != "rotated" || len(g.Scopes) != 1 || !g.Expiry.Equal(start.Add(time.Minute)) {
		t.Errorf("a rotated refresh token: %+v", g)
	}
	if g := read(map[string]any{"scope": "r_ads,rw_ads r_x"}, ""); len(g.Scopes) != 3 {
		t.Errorf("scopes %v", g.Scopes)
	}
}
