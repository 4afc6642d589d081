// Package sim is Microsoft Advertising's face of the simulated world: an
// http.Handler that answers as the REST hosts of the API v13 (campaign,
// clientcenter, reporting, bulk), the login host and the storage of files do,
// on one host. It is written from the published documentation and what users
// report, without a look at the adapter beside it, so that the two cannot share
// a misreading.
//
// Beside the kit's control paths it has POST /_sim/limits (a Limits) and POST
// /_sim/reports (a ReportOptions), which replace what is in force.
//
// What it does not vouch for is marked "assumed" where it stands.
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

	// Accounts, and per parent Campaigns, Groups (ad groups, or asset groups) and Ads.
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense makes everything a Search campaign, Active, each ad delivering every day.
	Dense bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// DeveloperToken is the application's; empty is a made-up one.
	DeveloperToken string

	// LinkedTakesParent lets the account that an agency works on be called with its
	// own parent's id as CustomerId; without it only the agency's id fits, as
	// documented.
	LinkedTakesParent bool

	// Limits are the quotas; the zero value has none but ten reports at a time.
	Limits Limits
	// Reports are the reporting service's switches.
	Reports ReportOptions
	// ReviewAfter is how long a new ad is under review; 0 is a minute.
	ReviewAfter time.Duration
}

// Sim is one simulated Microsoft Advertising. It is safe for concurrent use.
type Sim struct {
	opts    Options
	kit     *simkit.Kit
	handler http.Handler
	served  atomic.Uint64
	tab     *tables
	limits  *limiter
	desk    *reportDesk
	grants  *grantDesk
	ops     map[string]handler

	mu       sync.Mutex // guards everything below, and what entities hold
	accounts []*account
	entities map[string]map[string]*entity // kind, id
	nextID   map[string]int64
	users    []*user
	bulk     map[string]*bulkJob
}

// App is the developer application registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI, DeveloperToken string
}

const (
	defaultClient    = "0f1e2d3c-4b5a-4968-8776-655443322110"
	defaultSecret    = "5im~S3cr3t-Qx9.value"
	defaultRedirect  = "https://admux.example/oauth/callback"
	defaultDeveloper = "SIM012345DEV6789"
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
	if o.DeveloperToken == "" {
		o.DeveloperToken = defaultDeveloper
	}
	if o.ReviewAfter == 0 {
		o.ReviewAfter = time.Minute
	}
	if o.Accounts == 0 && (o.Size == "" || o.Size == "small") {
		o.Accounts = len(roster)
	}
}

// New makes a simulator. It opens no port.
func New(o Options) *Sim {
	o.defaults()
	clock := simkit.NewClock(o.Now)
	s := &Sim{
		opts: o, tab: loadTables(), limits: newLimiter(o.Limits), desk: newReportDesk(o.Reports),
		entities: map[string]map[string]*entity{}, nextID: map[string]int64{}, bulk: map[string]*bulkJob{},
	}
	s.kit = &simkit.Kit{
		Clock: clock, Faults: &simkit.Faults{Stamp: s.stamp}, Calls: &simkit.Calls{}, World: newWorld(o, clock.Now()),
		OAuth: newOAuth(o, clock), LedgerIDs: ledgerIDs, OnLoad: s.onLoad, CheckLoad: s.checkLoad,
		Extra: map[string]http.Handler{
			"limits": http.HandlerFunc(s.controlLimits), "reports": http.HandlerFunc(s.controlReports),
		},
	}
	s.grants = newGrantDesk()
	s.ops = s.handlers()
	s.seed()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers all of the hosts and the control paths.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// App is the registered application, with its first redirect URI.
func (s *Sim) App() App {
	return App{s.opts.ClientID, s.opts.ClientSecret, s.opts.RedirectURIs[0], s.opts.DeveloperToken}
}

// Register adds an application while the simulator runs; for one that is there
// it adds the redirect URI: a gateway may know its own address late.
func (s *Sim) Register(a App) {
	s.kit.OAuth.Register(simkit.App{ClientID: a.ClientID, ClientSecret: a.ClientSecret, RedirectURIs: []string{a.RedirectURI}})
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

// Revoke ends a token and everything from its consent.
func (s *Sim) Revoke(token string) bool { return s.kit.OAuth.Revoke(token) }

// EndTokens revokes (or, with expire, expires) all "access", "refresh" or "all"
// tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Epoch is the day the world was made for; histories end there and grow with
// the clock.
func (s *Sim) Epoch() time.Time { return s.kit.World.Epoch().Start(time.UTC) }

// FirstDay is the first day on which anything delivered.
func (s *Sim) FirstDay() time.Time { return s.kit.World.FirstDay().Start(time.UTC) }

// Tokens is what a member's consent gives.
type Tokens struct {
	Access, Refresh         string
	Expires, RefreshExpires time.Time
	Scopes                  []string
	Member                  Member
}

// Grant issues tokens for the first member as a consent and an exchange would,
// without the browser. No scopes means what a client asks for.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(0, scopes...) }

// GrantTo is Grant for the member of an index: 0 is super admin, 1 may only view
// the first account, 2 has no account.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = []string{scopeManage, scopeOffline}
	}
	t := s.kit.OAuth.Grant(s.opts.ClientID, s.kit.OAuth.Members()[member], scopes)
	return Tokens{t.Access, t.Refresh, t.Expires, t.RefreshExpires, slices.Clone(t.Scopes), t.Member}
}

// AccountInfo tells a test about an account.
type AccountInfo struct {
	ID, CustomerID         string
	Name, Currency, Status string
	Zone, TimeZone         string // IANA, and the platform's name
	Role                   string // of the first member; empty: none
	Ads                    int
}

// Accounts lists the seeded and loaded accounts.
func (s *Sim) Accounts() []AccountInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]AccountInfo, 0, len(s.accounts))
	for _, a := range s.accounts {
		n := 0
		for range a.src.AllAds {
			n++
		}
		out = append(out, AccountInfo{a.id, a.customer, a.str("Name"), a.src.Currency, a.str("AccountLifeCycleStatus"),
			a.src.Zone, a.str("TimeZone"), s.users[0].role(a), n})
	}
	return out
}
