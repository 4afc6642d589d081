// Package sim is Google Ads' face of the simulated world: an http.Handler that
// answers as googleads.googleapis.com (/v23 … /v26) and as Google's OAuth hosts
// (accounts.google.com, oauth2.googleapis.com, www.googleapis.com) do, on one
// host. It is written from Google's published documentation and the behaviour
// its users report, without a look at the adapter beside it, so that the two
// cannot share a misreading.
//
// What it does not vouch for is marked "assumed" where it stands.
package sim

import (
	"encoding/json"
	"net/http"
	"strings"
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
// with a registered client that App describes.
type Options struct {
	Seed uint64
	// Size is small (default), medium or large. Explicit counts override it.
	Size string
	// Now is the base of the clock; nil is the real time.
	Now func() time.Time

	// Accounts counts client accounts (managers come on top); Campaigns, Groups
	// and Ads count per parent. A Performance Max campaign has Groups asset
	// groups and no ads. One account alone stands without managers.
	Accounts, Campaigns, Groups, Ads int
	HistoryDays                      int
	// Dense enables everything, makes each ad deliver every day, and makes every
	// campaign a SEARCH campaign unless Channels says otherwise.
	Dense bool
	// Channels are the channel types of an account's campaigns, over and over;
	// nil is one of each.
	Channels []string
	// Flat leaves the managers out: the first user is a direct user of every account.
	Flat bool

	ClientID, ClientSecret string
	RedirectURIs           []string
	// Testing gives the consent screen the publishing status "Testing": refresh
	// tokens end after seven days.
	Testing bool

	// LiveVersions replaces v23 to v26.
	LiveVersions []string
	// Limits are the quotas; the zero value has none.
	Limits Limits
	// PageRows is how many rows a page of googleAds:search holds, ChunkRows how
	// many a chunk of searchStream; 0 is Google's 10,000.
	PageRows, ChunkRows int
	// PageTokenTTL is how long a page token lives; 0 is two hours (assumed).
	PageTokenTTL time.Duration
	// PolicyWord in an ad's or asset's text is a policy finding; empty is
	// "miracle cure".
	PolicyWord string
}

// Sim is one simulated Google Ads. It is safe for concurrent use.
type Sim struct {
	opts    Options
	kit     *simkit.Kit
	handler http.Handler
	limits  *limiter
	schema  *schema
	served  atomic.Uint64
	nextID  atomic.Int64
	graph   *graph
	faulty  streamFault
	uploads uploads

	mu        sync.RWMutex
	customers map[int64]*customer
	specs     map[int64]*spec // by campaign
}

// App is the OAuth client registered with the simulator.
type App struct {
	ClientID, ClientSecret, RedirectURI string
}

const (
	defaultClient   = "710000000001-sim0clientadmux.apps.googleusercontent.com"
	defaultSecret   = "GOCSPX-sim-secret-0001"
	defaultRedirect = "https://admux.example/oauth/callback"
	pageRows        = 10_000
	firstWrittenID  = 30_000_000_001
)

func (o *Options) defaults() {
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&o.ClientID, defaultClient)
	set(&o.ClientSecret, defaultSecret)
	set(&o.PolicyWord, "miracle cure")
	if len(o.RedirectURIs) == 0 {
		o.RedirectURIs = []string{defaultRedirect}
	}
	if len(o.LiveVersions) == 0 {
		o.LiveVersions = []string{"v23", "v24", "v25", "v26"}
	}
	if o.PageRows == 0 {
		o.PageRows = pageRows
	}
	if o.ChunkRows == 0 {
		o.ChunkRows = pageRows
	}
	if o.PageTokenTTL == 0 {
		o.PageTokenTTL = 2 * time.Hour
	}
	if len(o.Channels) == 0 {
		o.Channels = channelCycle
		if o.Dense {
			o.Channels = []string{"SEARCH"}
		}
	}
	if o.Size == "" || o.Size == "small" {
		if o.Accounts == 0 {
			o.Accounts = len(roster)
		}
		if o.Campaigns == 0 {
			o.Campaigns = 9
		}
	}
}

// New makes a simulator. It opens no port.
func New(o Options) *Sim {
	o.defaults()
	clock := simkit.NewClock(o.Now)
	s := &Sim{
		opts: o, limits: newLimiter(o.Limits), schema: loadSchema(), graph: newGraph(),
		customers: map[int64]*customer{}, specs: map[int64]*spec{},
	}
	s.nextID.Store(firstWrittenID)
	s.kit = &simkit.Kit{
		Clock: clock, Calls: &simkit.Calls{},
		Faults: &simkit.Faults{Stamp: func(h http.Header) { h.Set("request-id", s.requestID()) }, QueryOf: queryOf},
		World:  simkit.NewWorld(s.worldOptions(clock.Now())),
		OAuth:  newOAuth(o, clock),
		Extra: map[string]http.Handler{
			"limits": http.HandlerFunc(s.setLimits),
			"stream": http.HandlerFunc(s.setStream),
		},
		LedgerIDs: s.ledgerIDs,
		CheckLoad: checkLoad,
		OnLoad:    s.onLoad,
	}
	s.hierarchy()
	s.handler = s.kit.Handler(http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP answers all of Google's hosts and the control paths.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// App is the registered client, with its first redirect URI.
func (s *Sim) App() App {
	return App{s.opts.ClientID, s.opts.ClientSecret, s.opts.RedirectURIs[0]}
}

// Register adds a client while the simulator runs; for one that is there it
// adds the redirect URI: a gateway may know its own address late.
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

// Revoke ends a token, access or refresh, and with it everything the same user
// has granted to the client.
func (s *Sim) Revoke(token string) bool { return s.kit.OAuth.Revoke(token) }

// EndTokens revokes (or, with expire, expires) all "access", "refresh" or "all" tokens.
func (s *Sim) EndTokens(what string, expire bool) error { return s.kit.OAuth.End(what, expire) }

// Tokens is what a user's consent gives.
type Tokens struct {
	Access, Refresh string
	Expires         time.Time
	RefreshExpires  time.Time // zero: the refresh token has no end of its own
	Scopes          []string
	Member          Member
}

// Grant issues tokens for the first user as a consent would, without the
// browser. No scopes means the Google Ads scope.
func (s *Sim) Grant(scopes ...string) Tokens { return s.GrantTo(admin, scopes...) }

// GrantTo is Grant for the user of an index: 0 reaches the accounts, 1 may only
// read the first, 2 has no Google Ads account.
func (s *Sim) GrantTo(member int, scopes ...string) Tokens {
	if len(scopes) == 0 {
		scopes = []string{adsScope}
	}
	t := s.kit.OAuth.Grant(s.opts.ClientID, members[member], scopes)
	return Tokens{t.Access, t.Refresh, t.Expires, t.RefreshExpires, t.Scopes, t.Member}
}

// AccountInfo tells a test about a client account.
type AccountInfo struct {
	ID                           string
	Name, Currency, Zone, Status string
	Reachable                    bool   // by the first user
	Login                        string // a login-customer-id that works for the first user; "" = none needed
	Ads                          int    // ads and asset groups
}

// Accounts lists the client accounts, loaded ones last; managers are left out.
func (s *Sim) Accounts() []AccountInfo {
	var out []AccountInfo
	for _, a := range s.kit.World.List() {
		c := s.customer(a.ID)
		if c == nil {
			continue // being loaded at this moment
		}
		n := 0
		for range a.AllAds {
			n++
		}
		info := AccountInfo{ID: itoa(a.ID), Name: a.Name, Currency: a.Currency, Zone: a.Zone, Status: c.status, Ads: n}
		s.mu.RLock()
		info.Reachable = s.graph.reaches(members[admin].ID, a.ID)
		if info.Reachable && !s.graph.allows(members[admin].ID, 0, a.ID) {
			for _, root := range s.graph.roots[members[admin].ID] {
				if s.graph.below(root, a.ID) {
					info.Login = itoa(root)
					break
				}
			}
		}
		s.mu.RUnlock()
		out = append(out, info)
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
	if !controlBody(w, r, &l) {
		return
	}
	if _, known := perDay[l.Level]; l.Level != "" && !known {
		http.Error(w, "level is TEST, EXPLORER, BASIC or STANDARD", http.StatusBadRequest)
		return
	}
	s.limits.set(l)
	w.WriteHeader(http.StatusNoContent)
}

// controlBody reads the body of a control path.
func controlBody(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); r.Method != http.MethodPost || err != nil {
		http.Error(w, "POST a JSON object of "+strings.TrimPrefix(r.URL.Path, "/_sim/"), http.StatusBadRequest)
		return false
	}
	return true
}
