// Package sim is TikTok's face of the simulated world: an http.Handler that
// answers as business-api.tiktok.com does (the authorization page, the Marketing
// API v1.3, the report files), on one host. It is written from TikTok's published
// documentation and from what users of the API report, without a look at the
// adapter beside it, so that the two cannot share a misreading.
//
// What it does not vouch for is marked "assumed" where it stands. What it does not
// have answers as an unknown path, or is refused: GMV Max, TopView, Promote and
// reach-and-frequency campaigns, catalogues, change logs, reviews, copies, webhooks,
// Smart+ material reports, XLSX files and the report types beside BASIC and AUDIENCE.
// Beyond the control paths of every simulator it has
//
//	POST /_sim/limits   the quotas (Limits); counts start again
//	POST /_sim/reports  any of ReportOptions by their JSON names
//	POST /_sim/grants   {"member":0,"advertiser":"ID","granted":false}
package sim

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// The kit's types that a test needs, under names that it may import.
type (
	// Fault is one thing that goes wrong; see Sim.Fault.
	Fault = simkit.Fault
	// Call is one request seen; see Sim.Calls.
	Call = simkit.Call
	// OAuthSettings are the authorization server's switches; see Sim.OAuth.
	OAuthSettings = simkit.OAuthSettings
	// OAuthCounts tell what the token endpoint has seen.
	OAuthCounts = simkit.OAuthCounts
	// Member is a person who can consent.
	Member = simkit.Member
)

// Options says what to simulate. The zero value is a small world in real time
// with a registered app that App describes.
type Options struct {
	Seed uint64
	// Size is small (default), medium or large. Explicit counts override it.
	Size string
	// Now is the base of the clock; nil is the real time.
	Now func() time.Time

	// Accounts, and per parent Campaigns, Groups (ad groups) and Ads.
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense makes everything manual and ENABLE and each ad deliver every day.
	Dense bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// AppScopes are the permissions of the app; empty is every published one.
	AppScopes []int64

	// Limits are the quotas; the zero value has none.
	Limits Limits
	// Reports are the reports' switches.
	Reports ReportOptions
	// TranscodeAfter is how long a new video is unusable; 0 is 20 seconds,
	// negative not at all.
	TranscodeAfter time.Duration
	// ReviewAfter is how long a new ad is under review; 0 is a minute.
	ReviewAfter time.Duration
	// V2 serves /open_api/v2.0/ for OAuth and reports too.
	V2 bool
	// Sandbox makes it the sandbox host: fewer endpoints, no secondary_status.
	Sandbox bool
}

// Sim is one simulated TikTok. It is safe for concurrent use.
type Sim struct {
	opts    Options
	kit     *simkit.Kit
	handler http.Handler
	served  atomic.Uint64
	tab     *tables
	blanks  map[string]obj
	routes  map[string]route
	limits  *limiter
	reports *reportDesk
	edits   atomic.Uint64 // counts writes, so that kept report rows know their age

	mu       sync.RWMutex
	accounts []*account
	byID     map[string]*account
	nextID   int64
	grants   map[string]map[string]bool // member → advertisers
	codes    map[string]string          // auth_code → redirect URI
	chunks   map[string]*chunked        // uploads in parts
	files    map[string]*stored         // what file_id names
}

// App is the developer application registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI string
}

const (
	defaultClient   = "7300000000000000001"
	defaultSecret   = "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7"
	defaultRedirect = "https://admux.example/oauth/callback"
)

func (o *Options) defaults() {
	if o.ClientID == "" {
		o.ClientID = defaultClient
	}
	if o.ClientSecret == "" {
		o.ClientSecret = defaultSecret
	}
	if len(o.RedirectURIs) == 0 {
		o.RedirectURIs = []string{defaultRedirect}
	}
	if o.TranscodeAfter == 0 {
		o.TranscodeAfter = 20 * time.Second
	}
	if o.ReviewAfter == 0 {
		o.ReviewAfter = time.Minute
	}
	if o.Accounts == 0 && (o.Size == "" || o.Size == "small") {
		o.Accounts = len(roster())
	}
}

// New makes a simulator. It opens no port.
func New(o Options) *Sim {
	o.defaults()
	clock := simkit.NewClock(o.Now)
	s := &Sim{
		opts: o, tab: loadTables(), blanks: map[string]obj{}, limits: newLimiter(o.Limits), reports: newReportDesk(o.Reports),
		byID: map[string]*account{}, nextID: 1_870_000_000_000_001, grants: map[string]map[string]bool{},
		codes: map[string]string{}, chunks: map[string]*chunked{}, files: map[string]*stored{},
	}
	if len(s.opts.AppScopes) == 0 {
		s.opts.AppScopes = slices.Clone(s.tab.Scopes)
	}
	for name := range s.tab.Objects {
		s.blanks[name] = s.tab.blank(name)
	}
	s.kit = &simkit.Kit{
		Clock: clock, Faults: &simkit.Faults{Stamp: s.stamp}, Calls: &simkit.Calls{}, World: newWorld(o, clock.Now()),
		OAuth: newOAuth(s.opts, clock),
		Extra: map[string]http.Handler{
			"limits": http.HandlerFunc(s.setLimits), "reports": http.HandlerFunc(s.setReports),
			"grants": http.HandlerFunc(s.setGrant),
		},
	}
	s.routes = s.routeTable()
	s.seed()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers all of TikTok's hosts and the control paths.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// App is the registered application, with its first redirect URI.
func (s *Sim) App() App { return App{s.opts.ClientID, s.opts.ClientSecret, s.opts.RedirectURIs[0]} }

// Register adds an application while the simulator runs; for one that is there
// it adds the redirect URI.
func (s *Sim) Register(a App) {
	s.kit.OAuth.Register(simkit.App{ClientID: a.ClientID, ClientSecret: a.ClientSecret,
		RedirectURIs: []string{a.RedirectURI}, Scopes: scopeTexts(s.opts.AppScopes)})
}

// Now is the simulated time.
func (s *Sim) Now() time.Time { return s.kit.Clock.Now() }

// Advance moves the clock.
func (s *Sim) Advance(d time.Duration) { s.kit.Clock.Advance(d) }

// Fault arms one fault; it fails on a fault that cannot strike.
func (s *Sim) Fault(f Fault) error { return s.kit.Faults.Arm(f) }

// ClearFaults disarms all faults and ends stalled answers.
func (s *Sim) ClearFaults() { s.kit.Faults.Clear() }

// Calls are the requests seen, in order. They hold no token.
func (s *Sim) Calls() []Call { return s.kit.Calls.All() }

// ResetCalls empties the log.
func (s *Sim) ResetCalls() { s.kit.Calls.Reset() }

// OAuth changes the authorization server's switches.
func (s *Sim) OAuth(change func(*OAuthSettings)) { s.kit.OAuth.Configure(change) }

// OAuthCounts tells what the token endpoint has seen.
func (s *Sim) OAuthCounts() OAuthCounts { return s.kit.OAuth.Counts() }

// Revoke ends a token.
func (s *Sim) Revoke(token string) bool { return s.kit.OAuth.Revoke(token) }

// EndTokens revokes (or, with expire, expires) all "access", "refresh" or "all"
// tokens; TikTok's Marketing API has no refresh tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Epoch is the day the world was made for; histories end there and grow with
// the clock.
func (s *Sim) Epoch() time.Time { return s.kit.World.Epoch().Start(time.UTC) }

// FirstDay is the first day on which anything delivered.
func (s *Sim) FirstDay() time.Time { return s.kit.World.FirstDay().Start(time.UTC) }

// Tokens is what a member's consent gives.
type Tokens struct {
	Access string
	Scopes []string
	Member Member
}

// Grant issues a token for the first member as a consent and an exchange would,
// without the browser. No scopes means every permission of the app.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(0, scopes...) }

// GrantTo is Grant for the member of an index: 0 has the accounts, 1 only the
// first, 2 none.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = scopeTexts(s.opts.AppScopes)
	}
	t := s.kit.OAuth.Grant(s.opts.ClientID, s.kit.OAuth.Members()[member], scopes)
	return Tokens{t.Access, t.Scopes, t.Member}
}

// AccountInfo tells a test about an advertiser account.
type AccountInfo struct {
	ID, Name, Currency, Status string
	Zone                       string
	Role                       string // "" = the first member has no access
	Ads                        int
}

// Accounts lists the advertiser accounts.
func (s *Sim) Accounts() []AccountInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	first := s.kit.OAuth.Members()[0].ID
	out := make([]AccountInfo, 0, len(s.accounts))
	for _, a := range s.accounts {
		role := ""
		if s.grants[first][a.id] {
			role = "ROLE_ADVERTISER"
		}
		out = append(out, AccountInfo{a.id, a.src.Name, a.src.Currency, a.status(), a.zone, role, len(a.ads.all)})
	}
	return out
}
