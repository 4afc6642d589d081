// Package sim is Amazon Ads' face of the simulated world: an http.Handler that
// answers as the three advertising-api hosts, Login with Amazon and the storage
// that report files are fetched from do, on one host. It is written from
// Amazon's published documentation and the behaviour its users report, without
// a look at the adapter beside it, so that the two cannot share a misreading.
//
// # Hosts
//
// The regions' API hosts are told apart by the first part of the path, /na, /eu
// or /fe; a path without one is North America's. The consent page is /ap/oa, the
// token endpoint /auth/o2/token (each behind a region's prefix too, for they are
// global), files lie under /s3/.
//
// # Control paths
//
// Beside the kit's: GET and POST /_sim/reports show and set ReportOptions, POST
// /_sim/limits sets Limits.
//
// # Left out
//
// The unified API (/adsApi/v1) and its reports, DSP, Sponsored Television's
// objects, budget rules, streams, bid recommendations, batchRegister of assets
// and brand collections answer 404. Reports of television, audiences, conversion
// paths and purchased products are taken and come out empty.
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

	// Accounts (Amazon: profiles), and per parent Campaigns, Groups and Ads.
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense makes everything ENABLED and each ad deliver every day.
	Dense bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// AppScopes limits what the app may ask for; empty is everything known.
	AppScopes []string

	// Limits are the rate limits; the zero value has none.
	Limits Limits
	// Reports are the switches of asynchronous reports.
	Reports ReportOptions
	// RetentionDays replaces every report type's retention; 0 keeps Amazon's.
	RetentionDays int
	// VendorTypes answers with the vendor's media type; Amazon mostly says
	// application/json, whatever was asked for.
	VendorTypes bool
	// PrefixedIDs spells ids in the ledger and in the answer of a load with their ad product, "sp:123".
	PrefixedIDs bool
	// ReviewAfter is how long a new Sponsored Brands ad is under review; 0 is a
	// minute.
	ReviewAfter time.Duration
	// AssetAfter is how long a new asset is PROCESSING; 0 is a minute.
	AssetAfter time.Duration
}

// Sim is one simulated Amazon Ads. It is safe for concurrent use.
type Sim struct {
	opts    Options
	kit     *simkit.Kit
	handler http.Handler
	served  atomic.Uint64
	tab     *tables
	kinds   map[string]*kind
	mux     *http.ServeMux
	limiter *limiter
	desk    *reportDesk
	exports *exportDesk
	store   *assetDesk

	mu       sync.RWMutex
	profiles []*profile
	products map[*simkit.Campaign]string
	nextID   map[string]int64
	events   []event
	tests    map[string]*profile // test accounts, by request
}

// App is the developer application registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI string
}

const (
	defaultClient   = "amzn1.application-oa2-client.5171c11e2700000000000000000000aa"
	defaultSecret   = "amzn1.oa2-cs.v1.5ec7e75ec7e75ec7e75ec7e7"
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
		o.AppScopes = slices.Clone(knownScopes[:])
	}
	if o.ReviewAfter == 0 {
		o.ReviewAfter = time.Minute
	}
	if o.AssetAfter == 0 {
		o.AssetAfter = time.Minute
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
		opts: o, tab: loadTables(), kinds: kindTable(), products: map[*simkit.Campaign]string{},
		nextID: map[string]int64{}, limiter: newLimiter(o.Limits), desk: newReportDesk(o.Reports),
		exports: newExportDesk(), store: newAssetDesk(), tests: map[string]*profile{},
	}
	s.kit = &simkit.Kit{
		Clock: clock, Faults: &simkit.Faults{Stamp: s.stamp}, Calls: &simkit.Calls{}, World: s.newWorld(clock.Now()),
		OAuth: newOAuth(o, clock), CheckLoad: s.checkLoad, OnLoad: s.onLoad,
		Extra: map[string]http.Handler{
			"limits": http.HandlerFunc(s.setLimits), "reports": http.HandlerFunc(s.setReports),
		},
	}
	if o.PrefixedIDs {
		s.kit.LedgerIDs, s.kit.LoadedIDs = s.prefixedIDs, s.prefixedID
	}
	s.seed()
	s.mux = s.routes()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers all of Amazon's hosts and the control paths.
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
// tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Epoch is the day the world was made for; histories end there and grow with
// the clock.
func (s *Sim) Epoch() time.Time { return s.kit.World.Epoch().Start(time.UTC) }

// FirstDay is the first day on which anything delivered.
func (s *Sim) FirstDay() time.Time { return s.kit.World.FirstDay().Start(time.UTC) }

// Tokens is what a member's consent gives.
type Tokens struct {
	Access, Refresh string
	Expires         time.Time
	Scopes          []string
	Member          Member
}

// Grant issues tokens for the first member as a consent and an exchange would,
// without the browser. No scopes means every scope of the app.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(0, scopes...) }

// GrantTo is Grant for the member of an index: 0 manages the profiles, 1 may
// only view the first, 2 has none.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = s.opts.AppScopes
	}
	t := s.kit.OAuth.Grant(s.opts.ClientID, s.kit.OAuth.Members()[member], scopes)
	return Tokens{t.Access, t.Refresh, t.Expires, t.Scopes, t.Member}
}

// AccountInfo tells a test about a profile.
type AccountInfo struct {
	ID                   string
	Name, Currency, Zone string
	Region               string // na, eu or fe: the path that serves it
	Country, Type        string
	Role                 string // the first member's: edit, view or "" for none
	Ads                  int
}

// Accounts lists the profiles of the world.
func (s *Sim) Accounts() []AccountInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]AccountInfo, 0, len(s.profiles))
	for _, p := range s.profiles {
		ads := 0
		for _, k := range [...]string{"sp.productAd", "sb.ad", "sd.productAd"} {
			ads += len(p.lists[k])
		}
		out = append(out, AccountInfo{itoa(p.id), p.name, p.currency, p.zone, p.region, p.country, p.kind, p.role(s.firstMember()), ads})
	}
	return out
}

func (s *Sim) firstMember() string { return s.kit.OAuth.Members()[0].ID }
