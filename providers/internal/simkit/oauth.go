package simkit

import (
	"errors"
	"slices"
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

	// RefreshTTL zero: refresh tokens have no end of their own.

	// KeepOnScopeChange: a consent to other scopes leaves earlier tokens alone.
	KeepOnScopeChange bool
	// WholeGrant: a revocation ends everything of the member with the client,
	// not only what came from the same consent.
	WholeGrant bool
	// MaxRefresh is how many live refresh tokens a member has with a client; one
	// more ends the oldest. 0 is no limit.
	MaxRefresh int
}

// OAuthSettings are the switches a test turns while the server runs.
type OAuthSettings struct {
	// RefreshTokens: hand out refresh tokens at all.
	RefreshTokens bool `json:"refresh_tokens"`
	// Rotate: a refresh spends the old refresh token and returns a new one.
	Rotate bool `json:"rotate"`
	// KeepRotated: with Rotate, the old refresh token is not spent: it lives on to
	// its own end, and the new one gets a whole lifetime.
	KeepRotated bool `json:"keep_rotated"`
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
	ErrVerifier = errors.New("simkit: code verifier does not fit the challenge")
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
	challenge          string // S256; empty: the consent asked for none
	noRefresh          bool
}

type refresh struct {
	token   *Token // the last access token it gave
	expires time.Time
	family  int
	serial  uint64 // age
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
	known    map[grantKey]bool // who has consented to whom, until revoked
}

// grantKey is a member's standing with a client.
type grantKey struct{ client, member string }

// NewOAuth starts a server whose refresh tokens are on and do not rotate.
func NewOAuth(cfg OAuthConfig, clock *Clock) *OAuth {
	return &OAuth{
		cfg: cfg, clock: clock, set: OAuthSettings{RefreshTokens: true},
		codes: map[string]*code{}, access: map[string]*Token{}, refresh: map[string]*refresh{},
		known: map[grantKey]bool{},
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
