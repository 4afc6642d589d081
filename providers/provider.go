package providers

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// Provider is one ad platform. Spec is constant. Open does no I/O, and opens a zero Conn too: that is how the support
// matrix is computed.
type Provider interface {
	Spec() Spec
	Open(Conn, Deps) (*Session, error)
}

// Spec says what a platform is.
type Spec struct {
	ID         string    // the integration_type, as in "linkedinads"
	Name       string    // as people call it: "LinkedIn Ads"
	APIVersion string    // the version that the adapter speaks; a setting may override it
	Sunset     time.Time // the day that version dies; zero when the platform has not said
	DocsURL    string
	Auth       AuthSpec
	Settings   []Setting
	Hosts      []string // every host the adapter and passthrough may reach, the API's first; no others
}

// AuthSpec says how a platform authorizes. Exchange, Refresh and Revoke are nil where RFC 6749 is followed (Revoke:
// where the platform has none).
type AuthSpec struct {
	Endpoint oauth2.Endpoint
	Scopes   []string // asked for by default
	Optional []string // may be asked for besides
	PKCE     bool
	Params   map[string]string // added to the authorization URL
	Rotates  bool              // a refresh spends the old refresh token
	// WholeGrant says that Revoke ends everything that the person has given to the app: other connections of the same two
	// end with it.
	WholeGrant bool
	// Prolongs says that there are no refresh tokens: a living access token is exchanged for one that lives longer. Then
	// Refresh is set, and given tokens whose RefreshToken may be empty.
	Prolongs bool
	// RefreshMargin is how long before its expiry an access token is refreshed, also when nobody uses it. Zero: 10 minutes.
	RefreshMargin time.Duration

	Exchange func(ctx context.Context, app App, client *http.Client, code, verifier string) (*oauth2.Token, error)
	Refresh  func(context.Context, App, *http.Client, *oauth2.Token) (*oauth2.Token, error)
	Revoke   func(context.Context, App, *http.Client, *oauth2.Token) error
}

// App is the registration of a workspace's own application at a platform.
type App struct {
	ClientID, ClientSecret, RedirectURL string
	Extra                               map[string]string // the platform's other credentials, by Setting name
}

// Setting is something that a connection or an app may or must bring besides OAuth, such as a developer token.
type Setting struct {
	Name, Help, Default string
	Secret, Required    bool
}

// Conn is what a session is bound to.
type Conn struct {
	ID       string
	Tokens   Tokens
	App      App // that the grant was given to; zero where the tokens were brought without one
	Settings map[string]string
	Orgs     []string // the ad accounts that the connection is limited to; empty: all that the grant sees
}

// Tokens hands out a valid access token; the gateway implements it over the store. An error of either is an *Error.
type Tokens interface {
	Token(ctx context.Context) (*oauth2.Token, error)
	// Reject says that the platform refused the token: it is refreshed once, if it is still the stored one.
	Reject(ctx context.Context, used *oauth2.Token) error
}

// Deps is what a provider needs of the process.
type Deps struct {
	// HTTP reaches the platform's hosts and no others (see NewTransport); overrides for simulators are its business,
	// so that an adapter always names the platform's real hosts.
	HTTP   *http.Client
	Limits Limiter
	Log    *slog.Logger
	Now    func() time.Time

	Breakers *Breakers // one per process; nil: every call is tried, and every retry
	Timeouts Timeouts
	Sleep    func(context.Context, time.Duration) error // between attempts; nil: a timer
}

// Timeouts bound what a platform may keep us waiting for; how long a whole answer takes is the context's business.
// Zero fields are the defaults.
type Timeouts struct {
	Headers time.Duration // from the call to the answer's headers; 60 s
	Idle    time.Duration // without a byte of the answer's body; 30 s
}

// Limiter paces calls before the platform refuses them. Bucket names are the provider's own, and hold the account or
// app they count for.
type Limiter interface {
	// Wait returns when the call may go, or with the context's error, or with an *Error of Kind RateLimited when the
	// bucket is blocked for longer than the context lives, or than anybody should wait without an answer.
	Wait(ctx context.Context, bucket string, cost int) error
	// Observe records what the platform said about a bucket.
	Observe(bucket string, s LimitState)
}

// LimitState is what is known about a bucket. Zero fields were not told.
type LimitState struct {
	Limit     int
	Remaining int           // counts only together with Reset
	Percent   bool          // Limit and Remaining are shares of something untold: people are shown them, no call is counted
	Reset     time.Time     // when the bucket is whole again
	Block     time.Duration // do not call for this long
	// Gap keeps calls at least this far apart until Reset, so that they slow down before the platform refuses them.
	Gap time.Duration
	// Window is set where the platform tells nothing and a limit is known from its documents: Limit is what it takes in
	// any stretch of this length, and calls are counted by us.
	Window time.Duration
}
