// Package sim is LinkedIn's face of the simulated world: an http.Handler that
// answers as api.linkedin.com (/rest/…, /v2/userinfo, /v2/me) and
// www.linkedin.com (/oauth/v2/…) do, on one host. It is written from LinkedIn's
// published documentation and the behaviour its users report, without a look at
// the adapter beside it, so that the two cannot share a misreading.
//
// What it does not vouch for is marked "assumed" where it stands.
package sim

import (
	"encoding/json"
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

	// Accounts, and per parent Campaigns (LinkedIn: campaign groups), Groups
	// (LinkedIn: campaigns) and Ads (creatives).
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense makes everything ACTIVE and each ad deliver every day.
	Dense bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// AppScopes limits what the app may ask for; empty is everything known.
	AppScopes []string

	// LiveVersions replaces the published calendar; nil follows it by the clock.
	LiveVersions []string
	// Limits are the quotas; the zero value has none but adAnalytics' own.
	Limits Limits
	// Roles gives the first member's role per account index; "" is no role.
	// Accounts beyond it follow the default roster.
	Roles []string
	// AllowAssetListing opens q=associatedAccount on images and videos.
	AllowAssetListing bool
	// CRM connects a CRM, so that attributedRevenueMetrics has rows.
	CRM bool
	// DefaultReportCount is how many rows adAnalytics gives when no count is
	// sent; 0 is LinkedIn's 10.
	DefaultReportCount int
	// ReviewAfter is how long a new creative is under review; 0 is a minute.
	ReviewAfter time.Duration
	// ProcessAfter is how long an uploaded asset is PROCESSING; 0 is until it
	// was read once.
	ProcessAfter time.Duration
	// UploadBase is the host that upload addresses name; "" is LinkedIn's own,
	// https://www.linkedin.com (assumed), which the simulator stands for as well.
	UploadBase string
}

// Sim is one simulated LinkedIn. It is safe for concurrent use.
type Sim struct {
	opts    Options
	kit     *simkit.Kit
	handler http.Handler
	limits  *limiter
	cat     *catalogue
	served  atomic.Uint64

	resources   map[string]resource
	collections map[string]collection
	metricTable map[string]metric
	pivotTable  map[string]pivot

	roles     sync.Map // seat to role, as clients wrote them
	mu        sync.RWMutex
	accounts  *table
	groups    map[int64]*table // campaign groups by account
	campaigns map[int64]*table
	creatives map[int64]*table
	posts     map[string]*post
	uploads   map[string]*upload // by URN
	uploaded  []*upload          // in order
	parts     map[string]*upload // by the key in an address
	links     map[link]bool      // campaigns and their conversions
	nextID    int64
	spent     spentCache
}

// App is the developer application registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI string
}

const (
	defaultClient   = "77simclient0001"
	defaultSecret   = "sim-secret-WPL_AP1.abcdef"
	defaultRedirect = "https://admux.example/oauth/callback"
)

// New makes a simulator. It opens no port.
func New(o Options) *Sim {
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
	if o.DefaultReportCount == 0 {
		o.DefaultReportCount = 10
	}
	if o.ReviewAfter == 0 {
		o.ReviewAfter = time.Minute
	}
	if o.UploadBase == "" {
		o.UploadBase = "https://www.linkedin.com"
	}
	clock := simkit.NewClock(o.Now)
	s := &Sim{
		opts: o, limits: newLimiter(o.Limits), cat: newCatalogue(),
		accounts: newTable(), groups: map[int64]*table{}, campaigns: map[int64]*table{},
		creatives: map[int64]*table{}, posts: map[string]*post{}, nextID: firstWrittenID,
		uploads: map[string]*upload{}, parts: map[string]*upload{}, links: map[link]bool{},
	}
	s.kit = &simkit.Kit{
		Clock: clock, Faults: &simkit.Faults{Stamp: s.requestIDs}, Calls: &simkit.Calls{},
		World: simkit.NewWorld(simkit.Options{
			Seed: o.Seed, Size: simkit.Size(o.Size), Epoch: clock.Now(), Zone: "UTC", // LinkedIn's days are UTC
			Accounts: o.Accounts, Campaigns: o.Campaigns, Groups: o.Groups, Ads: o.Ads,
			HistoryDays: o.HistoryDays, Dense: o.Dense, WholeConversions: true,
		}),
		OAuth:  newOAuth(o, clock),
		OnLoad: s.onLoad,
		Extra:  map[string]http.Handler{"limits": http.HandlerFunc(s.setLimits)},
	}
	s.resources, s.collections, s.metricTable, s.pivotTable = resources(), collections(), metrics(), s.pivots()
	s.seed()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers both of LinkedIn's hosts and the control paths.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// App is the registered application, with its first redirect URI.
func (s *Sim) App() App {
	return App{s.opts.ClientID, s.opts.ClientSecret, bare(s.opts.RedirectURIs[0])}
}

// Register adds an application while the simulator runs; for one that is there
// it adds the redirect URI: a gateway may know its own address late.
func (s *Sim) Register(a App) {
	s.kit.OAuth.Register(simkit.App{ClientID: a.ClientID, ClientSecret: a.ClientSecret,
		RedirectURIs: []string{bare(a.RedirectURI)}, Scopes: s.opts.AppScopes})
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

// Revoke ends a token, access or refresh, and its whole consent.
func (s *Sim) Revoke(token string) bool { return s.kit.OAuth.Revoke(token) }

// EndTokens revokes (or, with expire, expires) all "access", "refresh" or "all" tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Tokens is what a member's consent gives.
type Tokens struct {
	Access, Refresh string
	Expires         time.Time
	RefreshExpires  time.Time // zero without a refresh token
	Scopes          []string
	Member          Member
}

// Grant issues tokens for the first member as a consent would, without the
// browser. No scopes means every scope of the app.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(0, scopes...) }

// GrantTo is Grant for the member of an index: 0 manages the accounts, 1 may
// only view the first, 2 has no account.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = s.opts.AppScopes
	}
	t := s.kit.OAuth.Grant(s.opts.ClientID, s.kit.OAuth.Members()[member], scopes)
	return Tokens{t.Access, t.Refresh, t.Expires, t.RefreshExpires, t.Scopes, t.Member}
}

// AccountInfo tells a test about an ad account.
type AccountInfo struct {
	ID                     string
	Name, Currency, Status string
	Role                   string // of the first member; "" = none
	Ads                    int
}

// Accounts lists the seeded ad accounts.
func (s *Sim) Accounts() []AccountInfo {
	var out []AccountInfo
	for _, a := range s.kit.World.List() {
		n := 0
		for range a.AllAds {
			n++
		}
		out = append(out, AccountInfo{itoa(a.ID), a.Name, a.Currency, string(a.Status), s.role(s.kit.OAuth.Members()[0].ID, a.ID), n})
	}
	return out
}

// Epoch is the day the world was made for; histories end there and grow with
// the clock.
func (s *Sim) Epoch() time.Time { return s.kit.World.Epoch().Start(time.UTC) }

// FirstDay is the first day on which anything delivered.
func (s *Sim) FirstDay() time.Time { return s.kit.World.FirstDay().Start(time.UTC) }

func (s *Sim) setLimits(w http.ResponseWriter, r *http.Request) {
	var l Limits
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&l); r.Method != http.MethodPost || err != nil {
		http.Error(w, "POST a JSON object of Limits", http.StatusBadRequest)
		return
	}
	s.limits.set(l)
	w.WriteHeader(http.StatusNoContent)
}
