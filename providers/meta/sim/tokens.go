package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// knownScopes are the permissions that the simulated app may ask for.
var knownScopes = []string{
	"ads_read", "ads_management", "business_management", "pages_show_list", "pages_read_engagement",
	"pages_manage_ads", "leads_retrieval", "catalog_management", "public_profile", "email",
}

// Lifetimes: a code about ten minutes, a short token between one and two hours,
// a long one 60 days; data access ends 90 days after the consent.
const (
	codeTTL     = 10 * time.Minute
	shortTTL    = 90 * time.Minute
	longTTL     = 60 * 24 * time.Hour
	endlessTTL  = 100 * 365 * 24 * time.Hour
	dataAccess  = 90 * 24 * time.Hour
	tokenLength = 196
)

func newOAuth(o Options, clock *simkit.Clock) *simkit.OAuth {
	server := simkit.NewOAuth(simkit.OAuthConfig{
		Apps: []simkit.App{{ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURIs, Scopes: o.AppScopes}},
		Members: []simkit.Member{
			{ID: "10220000000000001", Name: "Mira Manager", Email: "mira@sim.example"},
			{ID: "10220000000000002", Name: "Vic Viewer", Email: "vic@sim.example"},
			{ID: "10220000000000003", Name: "Nora Nobody", Email: "nora@sim.example"},
		},
		CodeTTL: codeTTL, AccessTTL: longTTL, RefreshTTL: longTTL, KeepOnScopeChange: true,
		CodePrefix: "AQDsim", AccessPrefix: "EAABsim", RefreshPrefix: "none", TokenLength: tokenLength, Seed: o.Seed,
	}, clock)
	server.Configure(func(s *simkit.OAuthSettings) { s.RefreshTokens = false })
	return server
}

// token is who calls.
type token struct {
	raw    string
	app    string // the app's id
	userID string // empty for an app token
	member simkit.Member
	scopes []string // those that are granted now
	page   *page    // a page's own token
}

func (t *token) isApp() bool { return t.userID == "" }

// can tells whether any of the scopes is granted.
func (t *token) can(any ...string) bool {
	return slices.ContainsFunc(any, func(s string) bool { return slices.Contains(t.scopes, s) })
}

// consentKey is a person's standing with an app.
type consentKey struct{ app, user string }

// consent is what a person has allowed an app.
type consent struct {
	permissions map[string]bool // granted or declined
	generation  int             // counts removals of the app
}

// tokenDesk keeps what Meta's tokens have beyond OAuth: permissions that a
// person can take back one by one, the app's removal, codes' fates.
type tokenDesk struct {
	s        *Sim
	mu       sync.Mutex
	consents map[consentKey]*consent
	born     map[string]int // a token's generation
	codes    map[string]*issuedCode
	short    map[string]time.Time // when a token from a code ends, sooner than OAuth has it
}

type issuedCode struct {
	redirect string
	at       time.Time
	used     bool
}

func newTokenDesk(s *Sim) *tokenDesk {
	return &tokenDesk{s: s, consents: map[consentKey]*consent{}, born: map[string]int{}, codes: map[string]*issuedCode{}, short: map[string]time.Time{}}
}

func (d *tokenDesk) of(app, user string) *consent {
	k := consentKey{app, user}
	if d.consents[k] == nil {
		d.consents[k] = &consent{permissions: map[string]bool{}}
	}
	return d.consents[k]
}

// consented records a dialog's outcome; earlier grants stay.
func (d *tokenDesk) consented(app, user string, granted, declined []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.of(app, user)
	c.permissions["public_profile"] = true
	for _, p := range declined {
		c.permissions[p] = false
	}
	for _, p := range granted {
		c.permissions[p] = true
	}
}

// permissions lists what was asked for, by name.
func (d *tokenDesk) permissions(app, user string) map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.of(app, user).permissions)
}

// remove takes one permission back, or with an empty name the whole app out.
func (d *tokenDesk) remove(app, user, permission string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.of(app, user)
	if permission == "" {
		c.permissions = map[string]bool{}
		c.generation++
		return true
	}
	if !c.permissions[permission] {
		return false
	}
	c.permissions[permission] = false
	return true
}

// issue gives a long-lived token as a consent and an exchange would.
func (d *tokenDesk) issue(app string, m simkit.Member, scopes []string) simkit.Token {
	t := d.s.kit.OAuth.Grant(app, m, scopes)
	d.register(t)
	return t
}

func (d *tokenDesk) register(t simkit.Token) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.born[t.Access] = d.of(t.ClientID, t.Member.ID).generation
}

// shorten gives a token from a code its short life, unless a test has set a
// lifetime for all.
func (d *tokenDesk) shorten(t *simkit.Token) {
	if d.s.kit.OAuth.Settings().AccessTTLSeconds > 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t.Expires = t.Created.Add(shortTTL)
	d.short[t.Access] = t.Expires
}

// settle corrects a token's end and state for its short life.
func (d *tokenDesk) settle(t simkit.Token, state simkit.TokenState) (simkit.Token, simkit.TokenState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	end, ok := d.short[t.Access]
	if !ok || !end.Before(t.Expires) {
		return t, state
	}
	t.Expires = end
	if state == simkit.TokenActive && !d.s.kit.Clock.Now().Before(end) {
		state = simkit.TokenExpired
	}
	return t, state
}

// standing tells whether the token's consent was removed since, and else which of
// its scopes still stand.
func (d *tokenDesk) standing(t simkit.Token) (scopes []string, removed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.of(t.ClientID, t.Member.ID)
	if d.born[t.Access] != c.generation {
		return nil, true
	}
	for _, s := range t.Scopes {
		if c.permissions[s] {
			scopes = append(scopes, s)
		}
	}
	return scopes, false
}

// appToken reads "{app id}|{secret}" and what client_credentials gave.
func (s *Sim) appToken(raw string) (string, bool) {
	id, secret, ok := strings.Cut(raw, "|")
	if !ok {
		return "", false
	}
	a, known := s.kit.OAuth.App(id)
	return id, known && (secret == a.ClientSecret || secret == s.mintedSecret(a))
}

// mintedSecret is the second half of an app token that client_credentials gives.
func (s *Sim) mintedSecret(a simkit.App) string {
	mac := hmac.New(sha256.New, []byte(a.ClientSecret))
	mac.Write([]byte(a.ClientID))
	return hex.EncodeToString(mac.Sum(nil))[:27]
}

// authenticate settles who calls.
func (d *tokenDesk) authenticate(c *call) *graphError {
	raw := c.params.get("access_token")
	if raw == "" {
		return &graphError{Code: 104, Message: "An access token is required to request this resource."}
	}
	if id, ok := d.s.appToken(raw); ok {
		c.token = &token{raw: raw, app: id, scopes: nil}
		return d.proof(c)
	}
	if p := d.s.pageByToken(raw); p != nil {
		c.token = &token{raw: raw, app: d.s.opts.ClientID, userID: p.owner, page: p, scopes: knownScopes}
		return d.proof(c)
	}
	t, state := d.settle(d.s.kit.OAuth.Check(raw))
	switch state {
	case simkit.TokenExpired:
		return badToken(463, "Error validating access token: Session has expired on "+t.Expires.Format("Monday, 02-Jan-06 15:04:05 MST")+". The current time is "+c.now.Format("Monday, 02-Jan-06 15:04:05 MST")+".")
	case simkit.TokenRevoked:
		return badToken(460, "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.")
	case simkit.TokenYoung:
		return badToken(467, "Error validating access token: This may be because the user logged out or may be due to a system error.")
	case simkit.TokenActive:
	default:
		return badToken(0, "Invalid OAuth access token - Cannot parse access token")
	}
	scopes, removed := d.standing(t)
	if removed {
		return badToken(458, "Error validating access token: The user has not authorized application "+t.ClientID+".")
	}
	c.token = &token{raw: raw, app: t.ClientID, userID: t.Member.ID, member: t.Member, scopes: scopes}
	return d.proof(c)
}

// proof checks appsecret_proof where it is given, and asks for it where the app
// demands it.
func (d *tokenDesk) proof(c *call) *graphError {
	given := c.params.get("appsecret_proof")
	if given == "" {
		if d.s.opts.RequireProof && !c.token.isApp() {
			return &graphError{Code: 100, Type: "GraphMethodException", Message: "API calls from the server require an appsecret_proof argument"}
		}
		return nil
	}
	a, _ := d.s.kit.OAuth.App(c.token.app)
	if !hmac.Equal([]byte(strings.ToLower(given)), []byte(appSecretProof(a.ClientSecret, c.token.raw))) {
		return &graphError{Code: 100, Type: "GraphMethodException", Message: "Invalid appsecret_proof provided in the API argument"}
	}
	return nil
}

// appSecretProof is hex(HMAC-SHA-256(secret, token)).
func appSecretProof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}
