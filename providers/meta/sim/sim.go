// Package sim is Meta's face of the simulated world: an http.Handler that
// answers as graph.facebook.com, graph-video.facebook.com and the login dialog
// of www.facebook.com do, on one host. It is written from Meta's published
// documentation and the behaviour its users report, without a look at the
// adapter beside it, so that the two cannot share a misreading.
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

	// Accounts, and per parent Campaigns, Groups (Meta: ad sets) and Ads.
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense makes everything ACTIVE and each ad deliver every day.
	Dense bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// AppScopes limits what the app may ask for; empty is everything known.
	AppScopes []string
	// RequireProof refuses calls with a user's token that carry no appsecret_proof.
	RequireProof bool

	// LiveVersions replaces the published calendar; nil follows it by the clock.
	// A version is "v26.0".
	LiveVersions []string
	// NoAutoUpgrade refuses every expired version (2635) instead of serving reads
	// with the next living one.
	NoAutoUpgrade bool

	// Limits are the quotas; the zero value has Meta's own for the full tier.
	Limits Limits
	// Paging makes pages shorter than asked for, and empty ones.
	Paging Paging
	// Insights are the reports' switches.
	Insights InsightsOptions
	// ReviewAfter is how long a new ad is under review; 0 is a minute.
	ReviewAfter time.Duration
	// LateNodes is how long a node that a call has just made is unknown to reads
	// (100/33); 0 is not at all.
	LateNodes time.Duration
}

// Sim is one simulated Meta. It is safe for concurrent use.
type Sim struct {
	opts     Options
	kit      *simkit.Kit
	handler  http.Handler
	served   atomic.Uint64
	tab      *tables
	usage    *usage
	insights *insightsDesk
	tokens   *tokenDesk
	edges    map[string]map[string]edge // by kind of node, by name
	cat      *catalogue
	pages    atomic.Pointer[Paging]

	mu       sync.RWMutex
	accounts []*account
	nodes    map[string]*entity // everything with an id of its own, accounts as act_…
	people   *people
	nextID   map[string]int64
	seq      int64
	uploads  map[string]*videoUpload
	activity map[string][]obj // changes made by clients, by account
}

// App is the developer application registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI string
}

const (
	defaultClient   = "111222333444555"
	defaultSecret   = "5ec7e75ec7e75ec7e75ec7e75ec7e75e"
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
	if len(o.AppScopes) == 0 {
		o.AppScopes = slices.Clone(knownScopes)
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
		opts: o, tab: loadTables(), usage: newUsage(o.Limits), insights: newInsightsDesk(o.Insights), cat: newCatalogue(),
		nodes: map[string]*entity{}, nextID: map[string]int64{}, uploads: map[string]*videoUpload{}, activity: map[string][]obj{},
	}
	s.kit = &simkit.Kit{
		Clock: clock, Faults: &simkit.Faults{}, Calls: &simkit.Calls{}, World: newWorld(o, clock.Now()),
		OAuth: newOAuth(o, clock),
		Extra: map[string]http.Handler{
			"limits": http.HandlerFunc(s.setLimits), "insights": http.HandlerFunc(s.controlInsights),
			"paging": http.HandlerFunc(s.setPaging),
		},
	}
	s.pages.Store(&o.Paging)
	s.tokens = newTokenDesk(s)
	s.edges = edgeTable()
	s.seed()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers all of Meta's hosts and the control paths.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// App is the registered application, with its first redirect URI.
func (s *Sim) App() App { return App{s.opts.ClientID, s.opts.ClientSecret, s.opts.RedirectURIs[0]} }

// Register adds an application while the simulator runs; for one that is there
// it adds the redirect URI: a gateway may know its own address late.
func (s *Sim) Register(a App) {
	s.kit.OAuth.Register(simkit.App{ClientID: a.ClientID, ClientSecret: a.ClientSecret,
		RedirectURIs: []string{a.RedirectURI}, Scopes: s.opts.AppScopes})
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
// tokens; Meta has no refresh tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Epoch is the day the world was made for; histories end there and grow with
// the clock.
func (s *Sim) Epoch() time.Time { return s.kit.World.Epoch().Start(time.UTC) }

// FirstDay is the first day on which anything delivered.
func (s *Sim) FirstDay() time.Time { return s.kit.World.FirstDay().Start(time.UTC) }

// Tokens is what a member's consent gives.
type Tokens struct {
	Access  string
	Expires time.Time // zero: never
	Scopes  []string
	Member  Member
}

// Grant issues a long-lived token for the first member as a consent and an
// exchange would, without the browser. No scopes means every scope of the app.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(0, scopes...) }

// GrantTo is Grant for the member of an index: 0 manages the accounts, 1 may
// only view the first, 2 has no account.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = s.opts.AppScopes
	}
	m := s.kit.OAuth.Members()[member]
	s.tokens.consented(s.opts.ClientID, m.ID, scopes, nil)
	t := s.tokens.issue(s.opts.ClientID, m, scopes)
	return Tokens{t.Access, t.Expires, t.Scopes, t.Member}
}

// AccountInfo tells a test about an ad account.
type AccountInfo struct {
	ID                     string // the digits, without act_
	Name, Currency, Status string
	Zone                   string
	Role                   string // the first member's tasks; "" = none
	Ads                    int
}

// Accounts lists the seeded ad accounts.
func (s *Sim) Accounts() []AccountInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	first := s.kit.OAuth.Members()[0].ID
	out := make([]AccountInfo, 0, len(s.accounts))
	for _, a := range s.accounts {
		role := ""
		if t := s.people.tasks(first, a); len(t) > 0 {
			role = t[0]
		}
		out = append(out, AccountInfo{a.digits, a.name, a.currency, accountStatusName(a.status), a.loc.String(), role, len(a.ads.all)})
	}
	return out
}
