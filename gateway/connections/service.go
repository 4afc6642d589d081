package connections

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Config is what a Service is made of. Store, Registry, Deps and PublicURL are required.
type Config struct {
	Store    *store.Store
	Registry *providers.Registry
	// Transport reaches the platforms' OAuth endpoints. nil: http.DefaultTransport.
	Transport http.RoundTripper
	// BaseURLs moves hosts of platforms to simulators: "www.linkedin.com" → "http://127.0.0.1:9000".
	BaseURLs map[string]string
	// Deps is what the sessions of a platform get.
	Deps func(providers.Spec) (providers.Deps, error)
	// Apps knows the apps of a single-tenant installation; a workspace's own app goes first. nil: there are none.
	Apps func(integrationType string) (providers.App, bool)
	// PublicURL is where callers reach the gateway, without a slash at its end.
	PublicURL func() string
	Log       *slog.Logger
	Now       func() time.Time
	Refresh   RefreshOptions
}

// RefreshOptions are the times of refreshing. Zero fields take the values named, which suit production.
type RefreshOptions struct {
	LeaseFor time.Duration // 15 s: a refresher that is silent for so long is taken for dead
	Poll     time.Duration // 100 ms: how often those who wait look at the row
	Wait     time.Duration // 25 s: how long a caller waits for a refresh before it gets Unavailable
	Call     time.Duration // 2 min: the longest that one call of the token endpoint may take
	Pause    time.Duration // 2 s: between a refusal and its repetition
	CoolDown time.Duration // 5 s: after a failed refresh, before callers cause another one
	Every    time.Duration // 1 min: how often idle connections are looked after
}

func (o RefreshOptions) withDefaults() RefreshOptions {
	return RefreshOptions{
		LeaseFor: cmp.Or(o.LeaseFor, 15*time.Second), Poll: cmp.Or(o.Poll, 100*time.Millisecond), Wait: cmp.Or(o.Wait, 25*time.Second),
		Call: cmp.Or(o.Call, 2*time.Minute), Pause: cmp.Or(o.Pause, 2*time.Second), CoolDown: cmp.Or(o.CoolDown, 5*time.Second),
		Every: cmp.Or(o.Every, time.Minute),
	}
}

// Service keeps connections. It is safe for concurrent use.
type Service struct {
	cfg     Config
	store   *store.Store
	log     *slog.Logger
	now     func() time.Time
	refresh RefreshOptions
	owner   string // of leases: this process
	clients map[string]*http.Client
	cache   *cache
	opened  opened
	flights singleflight.Group
	probe   func(point string) // nil; tests stop the process at named points
}

// New checks the configuration and returns a service. It does no I/O.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Registry == nil || cfg.Deps == nil || cfg.PublicURL == nil {
		return nil, errors.New("connections: store, registry, deps and public URL are required")
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, store: cfg.Store, log: cfg.Log, now: cfg.Now, refresh: cfg.Refresh.withDefaults(),
		owner: newSecretID(), clients: map[string]*http.Client{}, cache: newCache()}
	for _, p := range cfg.Registry.All() {
		spec := p.Spec()
		client, err := oauthClient(spec, cfg.Transport, cfg.BaseURLs)
		if err != nil {
			return nil, fmt.Errorf("connections: %s: %w", spec.ID, err)
		}
		s.clients[spec.ID] = client
	}
	return s, nil
}

// oauthClient reaches a platform's hosts, those of its OAuth endpoints included, and follows no redirect: a token
// endpoint has no reason to send our secrets elsewhere.
func oauthClient(spec providers.Spec, next http.RoundTripper, base map[string]string) (*http.Client, error) {
	hosts := slices.Clone(spec.Hosts)
	for _, raw := range []string{spec.Auth.Endpoint.AuthURL, spec.Auth.Endpoint.TokenURL} {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	transport, err := providers.NewTransport(next, hosts, base)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

// App returns the app that a workspace uses at a platform: its own, else the installation's. False: there is none. Its
// RedirectURL is never empty.
func (s *Service) App(ctx context.Context, workspace, integration string) (providers.App, bool, error) {
	row, err := s.store.App(ctx, workspace, integration)
	var app providers.App
	switch {
	case err == nil:
		app = providers.App{ClientID: row.ClientID, ClientSecret: row.ClientSecret.Reveal(), RedirectURL: row.RedirectURL, Extra: map[string]string{}}
		for name, v := range row.Extra {
			app.Extra[name] = v.Reveal()
		}
	case !errors.Is(err, store.ErrNotFound):
		return app, false, err
	default:
		if s.cfg.Apps == nil {
			return app, false, nil
		}
		configured, found := s.cfg.Apps(integration)
		if !found {
			return app, false, nil
		}
		app = configured
	}
	app.RedirectURL = cmp.Or(app.RedirectURL, s.cfg.PublicURL()+"/oauth/callback")
	return app, true, nil
}

// appOf is App for the tokens of one grant, which may belong to an app of their own.
func (s *Service) appOf(ctx context.Context, workspace, integration string, g store.Grant) (providers.App, error) {
	app, ok, err := s.App(ctx, workspace, integration)
	switch {
	case err != nil:
		return app, unavailable(integration, "the app's credentials could not be read", err)
	case g.ClientID != "":
		app.ClientID, app.ClientSecret = g.ClientID, g.ClientSecret.Reveal()
	case !ok:
		return app, &providers.Error{Kind: providers.Forbidden, Platform: integration, Code: "app_missing",
			Message: "no app is set for this platform: its client id and secret are needed to refresh the tokens"}
	}
	return app, nil
}

func (s *Service) at(point string) {
	if s.probe != nil {
		s.probe(point)
	}
}
