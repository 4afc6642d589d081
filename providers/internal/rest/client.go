// Package rest is how adapters talk to a platform over HTTP: authorization, one retry policy, limits, breaker,
// time-outs, body limits and streaming JSON, each in one place. It knows no platform.
package rest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/providers"
)

// The defaults of Config.
const (
	defaultAttempts = 4
	defaultMaxBody  = 64 << 20
	defaultHeaders  = 60 * time.Second
	defaultIdle     = 30 * time.Second
	defaultMaxWait  = 10 * time.Minute
)

// Config is what a Client needs. ConfigFrom fills what comes from the process and the connection.
type Config struct {
	Platform string            // Spec.ID, for errors and logs
	HTTP     *http.Client      // Deps.HTTP
	Tokens   providers.Tokens  // nil: calls go without authorization
	Limits   providers.Limiter // nil: no pacing
	Breakers *providers.Breakers
	Conn     string // the connection's id, which Breakers count by
	Log      *slog.Logger
	Now      func() time.Time
	Header   http.Header // sent with every call (version, protocol)

	// Authorize puts the token on a call; nil: the Authorization header.
	Authorize func(*http.Request, *oauth2.Token)
	// Classify turns a status >= 400 into the error; never nil. The client fills Platform, Status, RequestID and
	// RetryAfter when they are empty.
	Classify func(status int, h http.Header, body []byte) *providers.Error
	// RequestID finds the platform's request id in an answer; nil: none.
	RequestID func(http.Header) string
	// Observe sees the headers of every answer, for a platform that tells its quotas; nil: nobody looks.
	Observe func(bucket string, status int, h http.Header)

	// Throttled sees every refusal by a limit of the platform's, and how long to wait, for limits that are wider than the
	// call's bucket, which has been blocked already; nil: nobody looks.
	Throttled func(bucket string, e *providers.Error, wait time.Duration)

	// PassBucket names the bucket and the cost of a caller's own request, so that Pass keeps to the limits too; nil: none.
	PassBucket func(*http.Request) (bucket string, cost int)

	Attempts int   // of a read; 4
	MaxBody  int64 // bytes of one answer, unpacked; 64 MiB
	Timeouts providers.Timeouts
	MaxWait  time.Duration // longest single wait between attempts when the context sets none; 10 minutes
	Sleep    func(context.Context, time.Duration) error
	Rand     func() float64 // of [0,1), for jitter
}

// ConfigFrom is the part of a Config that is the same in every adapter.
func ConfigFrom(platform string, conn providers.Conn, deps providers.Deps) Config {
	return Config{
		Platform: platform, HTTP: deps.HTTP, Tokens: conn.Tokens, Limits: deps.Limits, Breakers: deps.Breakers, Conn: conn.ID,
		Log: deps.Log, Now: deps.Now, Timeouts: deps.Timeouts, Sleep: deps.Sleep,
	}
}

// Client calls one platform for one connection. It is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client
	used usedTokens

	unpackers *pool
}

// usedTokens are the last access tokens that were sent: a platform may repeat the one before, too.
type usedTokens struct {
	mu   sync.Mutex
	list []string
}

func (u *usedTokens) add(token string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(token) < 8 || slices.Contains(u.list, token) { // shorter ones would be found in any text
		return
	}
	u.list = append(u.list, token)
	u.list = u.list[max(0, len(u.list)-8):]
}

// scrub takes the tokens out of a text.
func (u *usedTokens) scrub(s string) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, t := range u.list {
		s = strings.ReplaceAll(s, t, "[redacted]")
	}
	return s
}

// New fills the defaults. It does no I/O, and takes a zero HTTP client and nil Tokens too.
func New(cfg Config) *Client {
	if cfg.Attempts <= 0 {
		cfg.Attempts = defaultAttempts
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.Timeouts.Headers <= 0 {
		cfg.Timeouts.Headers = defaultHeaders
	}
	if cfg.Timeouts.Idle <= 0 {
		cfg.Timeouts.Idle = defaultIdle
	}
	if cfg.MaxWait <= 0 {
		cfg.MaxWait = defaultMaxWait
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Authorize == nil {
		cfg.Authorize = func(r *http.Request, t *oauth2.Token) { t.SetAuthHeader(r) }
	}
	if cfg.Classify == nil {
		cfg.Classify = ClassifyStatus
	}
	return &Client{cfg: cfg, http: noRedirects(cfg.HTTP), unpackers: newPool()}
}

// noRedirects copies a client so that a redirect is an answer: a token must not follow one to another host.
func noRedirects(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	own := *c
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Request is one call.
type Request struct {
	Method string
	URL    string      // absolute, query already encoded by the adapter: never re-encoded
	Header http.Header // besides Config.Header, and over it
	Body   []byte
	Bucket string // of the limiter; "" none
	Cost   int    // of the bucket; 1
	Write  bool   // never repeated; a lost answer is Uncertain
	// Final is asked before another attempt: true when rows of this one have been handed on, which would come twice.
	Final func() bool
	// Enough is asked before another attempt: true when the caller would rather ask for less than for the same again.
	Enough func(*providers.Error) bool
}
