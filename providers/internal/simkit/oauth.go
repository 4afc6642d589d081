package simkit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// App is a developer application registered with the simulated platform.
type App struct {
	ClientID, ClientSecret string
	RedirectURIs           []string
	Scopes                 []string // what its products allow; empty = everything
}

// Member is a person who can consent.
type Member struct{ ID, Name, Email string }

// OAuthConfig is what a server starts with.
type OAuthConfig struct {
	Apps                        []App
	Members                     []Member
	CodeTTL                     time.Duration
	AccessTTL, RefreshTTL       time.Duration
	CodePrefix                  string
	AccessPrefix, RefreshPrefix string
	TokenLength                 int // characters of an access token
	Seed                        uint64
}

// OAuthSettings are the switches a test turns while the server runs.
type OAuthSettings struct {
	// RefreshTokens: hand out refresh tokens at all.
	RefreshTokens bool `json:"refresh_tokens"`
	// Rotate: a refresh spends the old refresh token and returns a new one.
	Rotate bool `json:"rotate"`
	// FamilyRevoke: using a spent refresh token revokes everything that came
	// from the same consent.
	FamilyRevoke bool `json:"family_revoke"`
	// DelayMS: the token endpoint answers this late, after it has acted.
	DelayMS int `json:"delay_ms"`
	// InvalidGrantTimes: so many token calls are refused as invalid_grant.
	InvalidGrantTimes int `json:"invalid_grant_times"`
	// YoungSeconds: access tokens younger than this are refused by the API.
	YoungSeconds int `json:"young_seconds"`
	// YoungRefusals: each new access token is refused so many times first.
	YoungRefusals int `json:"young_refusals"`
	// AccessTTLSeconds and RefreshTTLSeconds override the platform's lifetimes.
	AccessTTLSeconds  int `json:"access_ttl_seconds"`
	RefreshTTLSeconds int `json:"refresh_ttl_seconds"`
}

// OAuthCounts tell what the token endpoint has seen.
type OAuthCounts struct {
	Consents      int `json:"consents"`
	Exchanges     int `json:"exchanges"`
	Refreshes     int `json:"refreshes"`
	Introspects   int `json:"introspects"`
	Refused       int `json:"refused"`
	Reuses        int `json:"reuses"`
	FamilyRevoked int `json:"family_revoked"`
}

// TokenState is what has become of a token.
type TokenState int

// The states of a token.
const (
	TokenUnknown TokenState = iota
	TokenActive
	TokenYoung // good, but the platform does not know it everywhere yet
	TokenExpired
	TokenRevoked
)

// Token is an access token's record. It never leaves the simulator but as the
// answer that hands it out.
type Token struct {
	Access         string
	Refresh        string // empty when the app gets none
	ClientID       string
	Member         Member
	Scopes         []string
	Authorized     time.Time
	Created        time.Time
	Expires        time.Time
	RefreshExpires time.Time

	family  int
	revoked bool
	refused int
}

// Why a token call was refused.
var (
	ErrClient   = errors.New("simkit: unknown client or wrong secret")
	ErrCode     = errors.New("simkit: code unknown, used, expired or for another client or redirect URI")
	ErrGrant    = errors.New("simkit: refresh token unknown, spent, expired or revoked")
	ErrRedirect = errors.New("simkit: redirect URI is not registered")
	ErrScope    = errors.New("simkit: scope not allowed for the application")
)

type code struct {
	clientID, redirect string
	member             Member
	scopes             []string
	issued             time.Time
	used               bool
	family             int
}

type refresh struct {
	token   *Token // the last access token it gave
	expires time.Time
	family  int
	spent   bool
	revoked bool
}

// OAuth is an OAuth 2 authorization server without its wire: each platform's
// sim puts its own parameter names, errors and lifetimes over it.
type OAuth struct {
	cfg   OAuthConfig
	clock *Clock

	mu       sync.Mutex
	set      OAuthSettings
	counts   OAuthCounts
	codes    map[string]*code
	access   map[string]*Token
	refresh  map[string]*refresh
	families int
	serial   uint64
}

// NewOAuth starts a server whose refresh tokens are on and do not rotate.
func NewOAuth(cfg OAuthConfig, clock *Clock) *OAuth {
	return &OAuth{
		cfg: cfg, clock: clock, set: OAuthSettings{RefreshTokens: true},
		codes: map[string]*code{}, access: map[string]*Token{}, refresh: map[string]*refresh{},
	}
}

// Settings and Configure read and replace the switches.
func (o *OAuth) Settings() OAuthSettings {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.set
}

// Configure replaces the switches by what change makes of them.
func (o *OAuth) Configure(change func(*OAuthSettings)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.set)
}

// Counts tells what the endpoints have seen.
func (o *OAuth) Counts() OAuthCounts {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counts
}

// Members are the people who can consent.
func (o *OAuth) Members() []Member { return o.cfg.Members }

// App finds an application; ok is false for an unknown client.
func (o *OAuth) App(clientID string) (App, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.app(clientID)
}

// Register adds an application; for one that is there, it adds the redirect
// URIs and replaces the secret.
func (o *OAuth) Register(a App) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.cfg.Apps {
		if old := &o.cfg.Apps[i]; old.ClientID == a.ClientID {
			old.ClientSecret = a.ClientSecret
			old.RedirectURIs = append(slices.Clone(old.RedirectURIs), a.RedirectURIs...)
			return
		}
	}
	o.cfg.Apps = append(o.cfg.Apps, a)
}

func (o *OAuth) app(clientID string) (App, bool) {
	i := slices.IndexFunc(o.cfg.Apps, func(a App) bool { return a.ClientID == clientID })
	if i < 0 {
		return App{}, false
	}
	return o.cfg.Apps[i], true
}

// AllowsRedirect tells whether uri is exactly a registered one.
func (a App) AllowsRedirect(uri string) bool { return slices.Contains(a.RedirectURIs, uri) }

// MissingScope is the first asked scope that the app may not have; empty when
// all are fine.
func (a App) MissingScope(scopes []string) string {
	if len(a.Scopes) == 0 {
		return ""
	}
	for _, s := range scopes {
		if !slices.Contains(a.Scopes, s) {
			return s
		}
	}
	return ""
}

func (o *OAuth) mint(prefix string, length int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	o.serial++
	b := []byte(prefix)
	for i := uint64(0); len(b) < length; i++ {
		h := Hash(o.cfg.Seed, 4242, o.serial, i)
		for range 10 {
			b = append(b, letters[h%64])
			h >>= 6
		}
	}
	return string(b[:length])
}

// Authorize records a member's consent and returns the single-use code. A
// consent to other scopes than before ends the member's earlier tokens.
func (o *OAuth) Authorize(clientID, redirect string, m Member, scopes []string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Consents++
	for _, t := range o.access {
		if t.ClientID == clientID && t.Member.ID == m.ID && !sameSet(t.Scopes, scopes) {
			o.revokeFamily(t.family)
		}
	}
	c := o.mint(o.cfg.CodePrefix, 120)
	o.families++
	o.codes[c] = &code{
		clientID: clientID, redirect: redirect, member: m, scopes: slices.Clone(scopes),
		issued: o.clock.Now(), family: o.families,
	}
	return c
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// Exchange spends a code. The whole of client, secret, redirect URI and code
// must fit.
func (o *OAuth) Exchange(codeText, clientID, secret, redirect string) (Token, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Exchanges++
	if !o.client(clientID, secret) {
		return Token{}, o.refuse(ErrClient)
	}
	c := o.codes[codeText]
	switch {
	case c == nil, c.clientID != clientID, c.redirect != redirect,
		o.clock.Now().Sub(c.issued) > o.cfg.CodeTTL:
		return Token{}, o.refuse(ErrCode)
	case c.used:
		o.revokeFamily(c.family) // RFC 6749 4.1.2: a code used twice is a leak
		return Token{}, o.refuse(ErrCode)
	}
	c.used = true
	return *o.issue(clientID, c.member, c.scopes, c.family), nil
}

// Grant issues tokens as a consent and exchange would, without the browser.
func (o *OAuth) Grant(clientID string, m Member, scopes []string) Token {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.families++
	return *o.issue(clientID, m, slices.Clone(scopes), o.families)
}

func (o *OAuth) issue(clientID string, m Member, scopes []string, family int) *Token {
	now := o.clock.Now()
	t := &Token{
		Access: o.mint(o.cfg.AccessPrefix, o.cfg.TokenLength), ClientID: clientID, Member: m, Scopes: scopes,
		Authorized: now, Created: now, Expires: now.Add(o.accessTTL()), family: family,
		refused: o.set.YoungRefusals,
	}
	o.access[t.Access] = t
	if o.set.RefreshTokens {
		t.Refresh = o.mint(o.cfg.RefreshPrefix, o.cfg.TokenLength)
		t.RefreshExpires = now.Add(o.refreshTTL())
		o.refresh[t.Refresh] = &refresh{token: t, expires: t.RefreshExpires, family: family}
	}
	return t
}

func (o *OAuth) accessTTL() time.Duration {
	if s := o.set.AccessTTLSeconds; s > 0 {
		return time.Duration(s) * time.Second
	}
	return o.cfg.AccessTTL
}

func (o *OAuth) refreshTTL() time.Duration {
	if s := o.set.RefreshTTLSeconds; s > 0 {
		return time.Duration(s) * time.Second
	}
	return o.cfg.RefreshTTL
}

// Refresh trades a refresh token for a new access token. The refresh token's
// end stays where the consent put it.
func (o *OAuth) Refresh(token, clientID, secret string) (Token, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Refreshes++
	if !o.client(clientID, secret) {
		return Token{}, o.refuse(ErrClient)
	}
	if o.set.InvalidGrantTimes > 0 {
		o.set.InvalidGrantTimes--
		return Token{}, o.refuse(ErrGrant)
	}
	r := o.refresh[token]
	if r == nil || r.token.ClientID != clientID || r.revoked || o.clock.Now().After(r.expires) {
		return Token{}, o.refuse(ErrGrant)
	}
	if r.spent {
		o.counts.Reuses++
		if o.set.FamilyRevoke {
			o.counts.FamilyRevoked++
			o.revokeFamily(r.family)
		}
		return Token{}, o.refuse(ErrGrant)
	}
	return *o.renew(token, r), nil
}

func (o *OAuth) renew(token string, r *refresh) *Token {
	now, old := o.clock.Now(), r.token
	t := &Token{
		Access: o.mint(o.cfg.AccessPrefix, o.cfg.TokenLength), Refresh: token,
		ClientID: old.ClientID, Member: old.Member, Scopes: old.Scopes, Authorized: old.Authorized,
		Created: now, Expires: now.Add(o.accessTTL()), RefreshExpires: r.expires, family: r.family,
		refused: o.set.YoungRefusals,
	}
	o.access[t.Access] = t
	if !o.set.Rotate {
		r.token = t
		return t
	}
	r.spent = true
	t.Refresh = o.mint(o.cfg.RefreshPrefix, o.cfg.TokenLength)
	o.refresh[t.Refresh] = &refresh{token: t, expires: r.expires, family: r.family}
	return t
}

func (o *OAuth) client(id, secret string) bool {
	a, ok := o.app(id)
	return ok && a.ClientSecret == secret
}

func (o *OAuth) refuse(err error) error {
	o.counts.Refused++
	return err
}

// Check tells what an access token is worth at this moment. It counts as a
// use: a young token's refusals run down.
func (o *OAuth) Check(access string) (Token, TokenState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, s := o.state(access)
	if s != TokenActive {
		return t, s
	}
	now := o.clock.Now()
	if o.set.YoungSeconds > 0 && now.Sub(t.Created) < time.Duration(o.set.YoungSeconds)*time.Second {
		return t, TokenYoung
	}
	if live := o.access[access]; live.refused > 0 {
		live.refused--
		return t, TokenYoung
	}
	return t, s
}

// Introspect is Check for a client that asks about its own token; tokens of
// other clients are unknown to it.
func (o *OAuth) Introspect(access, clientID, secret string) (Token, TokenState, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts.Introspects++
	if !o.client(clientID, secret) {
		return Token{}, TokenUnknown, o.refuse(ErrClient)
	}
	t, s := o.state(access)
	if t.ClientID != clientID {
		return Token{}, TokenUnknown, nil
	}
	return t, s, nil
}

func (o *OAuth) state(access string) (Token, TokenState) {
	t := o.access[access]
	switch {
	case t == nil:
		return Token{}, TokenUnknown
	case t.revoked:
		return *t, TokenRevoked
	case !o.clock.Now().Before(t.Expires):
		return *t, TokenExpired
	}
	return *t, TokenActive
}

// Revoke ends a token (access or refresh) and everything from its consent;
// it tells whether the token was known.
func (o *OAuth) Revoke(token string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t := o.access[token]; t != nil {
		o.revokeFamily(t.family)
		return true
	}
	if r := o.refresh[token]; r != nil {
		o.revokeFamily(r.family)
		return true
	}
	return false
}

func (o *OAuth) revokeFamily(family int) {
	for _, t := range o.access {
		if t.family == family {
			t.revoked = true
		}
	}
	for _, r := range o.refresh {
		if r.family == family {
			r.revoked = true
		}
	}
}

// End revokes or expires all tokens of a kind: what is "access", "refresh" or
// "all". The other kind lives on.
func (o *OAuth) End(what string, expire bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains([]string{"access", "refresh", "all"}, what) {
		return fmt.Errorf("simkit: %q is none of access, refresh, all", what)
	}
	now := o.clock.Now()
	for _, t := range o.access {
		if what != "refresh" {
			if expire {
				t.Expires = now
			} else {
				t.revoked = true
			}
		}
	}
	for _, r := range o.refresh {
		if what != "access" {
			if expire {
				r.expires = now.Add(-time.Second)
			} else {
				r.revoked = true
			}
		}
	}
	return nil
}

// SplitScopes reads a scope list separated by blanks or commas.
func SplitScopes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
}
