package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Config is what a gateway is made of. Registry, Store and Log are required; zero values of the rest are the defaults
// named.
type Config struct {
	Listen    string                     // host:port; port 0 picks one
	PublicURL string                     // where callers reach the gateway, as in "https://ads.example.com"; "": the address it listens on
	Registry  *providers.Registry        // the platforms
	BaseURLs  map[string]string          // platform host → base URL of a simulator
	Transport http.RoundTripper          // to the platforms; nil: one of our own
	Store     *store.Store               // open, with its schema up to date; closed by who opened it, after Run
	Apps      map[string]providers.App   // apps of a single-tenant installation by integration type; a workspace's own goes first
	Log       *slog.Logger               //
	Now       func() time.Time           // time.Now
	Version   string                     // of this build
	Refresh   connections.RefreshOptions // of tokens; zero: production values

	RatesURL string // of the file of the European Central Bank's reference rates, fetched daily; "": nothing is fetched

	CacheBytes int64         // of what platforms have answered, kept of one workspace: 256 MiB; negative: nothing is kept
	CacheKeep  time.Duration // how long, after it was last read or superseded: 35 days

	ResultsURL string       // the bucket for results of report jobs: s3://…, file:///directory, a directory; "": a private one, gone after Run
	Jobs       jobs.Options // report jobs; zero: production values

	RateLimit float64 // requests a second of one API key: 1000; negative: no limit
	RateBurst int     // requests at once of one API key: twice the rate

	RequestTimeout     time.Duration // 60 s
	PassthroughTimeout time.Duration // 5 min
	ReportTimeout      time.Duration // 1 h: how long nothing of a report may leave
	ShutdownTimeout    time.Duration // 30 s: how long requests under way may take to end
	StallTimeout       time.Duration // 60 s: how long a caller may neither read nor send

	WriteLease time.Duration // 15 s: how long the owner of an Idempotency-Key may not be heard of; longer than a platform takes for a create

	MaxBody            int64 // bytes of a JSON body: 1 MiB
	MaxPassthroughBody int64 // bytes of a passthrough body: 64 MiB

	TrustedProxies []string // CIDRs or addresses whose X-Forwarded-For is believed; none
	AllowOrigins   []string // origins of pages that may call the API from a browser; none
}

// prepare fills in the defaults and reports every fault at once.
func (c *Config) prepare() error {
	c.Now = orNow(c.Now)
	c.RateLimit = cmp.Or(c.RateLimit, 1000)
	c.RateBurst = cmp.Or(c.RateBurst, int(2*c.RateLimit))
	c.RequestTimeout, c.PassthroughTimeout = cmp.Or(c.RequestTimeout, time.Minute), cmp.Or(c.PassthroughTimeout, 5*time.Minute)
	c.ReportTimeout, c.ShutdownTimeout = cmp.Or(c.ReportTimeout, time.Hour), cmp.Or(c.ShutdownTimeout, 30*time.Second)
	c.Jobs.Grace = cmp.Or(c.Jobs.Grace, c.ShutdownTimeout/2)
	c.StallTimeout = cmp.Or(c.StallTimeout, time.Minute)
	c.MaxBody, c.MaxPassthroughBody = cmp.Or(c.MaxBody, 1<<20), cmp.Or(c.MaxPassthroughBody, 64<<20)
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf("gateway: "+format, args...)) }
	if c.Registry == nil || len(c.Registry.All()) == 0 {
		bad("registry: no platforms")
	}
	if c.Store == nil {
		bad("store: missing")
	}
	if c.Log == nil {
		bad("log: missing")
	}
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			bad("listen: %q is not host:port", c.Listen)
		}
	}
	if c.PublicURL != "" && !plainURL(c.PublicURL) {
		bad("public URL: must be http(s)://host, with no user, query or fragment")
	}
	if c.RatesURL != "" {
		if u, err := url.Parse(c.RatesURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			bad("rates URL: must be http(s)://host/path") // never shown: it may hold a password
		}
	}
	for _, host := range slices.Sorted(maps.Keys(c.BaseURLs)) {
		if !plainURL(c.BaseURLs[host]) {
			bad("base URL of %s: must be http(s)://host, with no user, query or fragment", host)
		}
	}
	for _, o := range c.AllowOrigins {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o {
			bad("allowed origin %q: must be scheme://host", o)
		}
	}
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				bad("trusted proxy %q: neither an address nor a network", p)
			}
		}
	}
	for name, d := range map[string]time.Duration{"request": c.RequestTimeout, "passthrough": c.PassthroughTimeout,
		"report": c.ReportTimeout, "shutdown": c.ShutdownTimeout, "stall": c.StallTimeout, "write lease": c.WriteLease} {
		if d < 0 {
			bad("%s timeout: is negative", name)
		}
	}
	if c.CacheKeep < 0 {
		bad("report cache: is kept for a negative time")
	}
	if c.MaxBody < 0 || c.MaxPassthroughBody < 0 {
		bad("body limit: is negative")
	}
	slices.SortStableFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func orNow(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

func plainURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// String shows what may be shown: no secret of an app.
func (c Config) String() string {
	apps := slices.Sorted(maps.Keys(c.Apps))
	return fmt.Sprintf("listen=%s public_url=%s base_urls=%v apps=%v rate=%g timeouts=%s/%s/%s", c.Listen, c.PublicURL,
		c.BaseURLs, apps, c.RateLimit, c.RequestTimeout, c.PassthroughTimeout, c.ReportTimeout)
}

// GoString keeps %#v from showing secrets.
func (c Config) GoString() string { return "gateway.Config{" + c.String() + "}" }

// LogValue implements slog.LogValuer.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
