package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/quota"
	"github.com/admux/admux/migrations"
	"github.com/admux/admux/providers"
)

// warnBefore is how long before the death of a platform's API version it is warned of.
const warnBefore = 90 * 24 * time.Hour

// connect makes what reaches the platforms: one HTTP client for each, held to its hosts, with the limiter that replicas
// share and one set of breakers for the process.
func (s *Server) connect() error {
	next := s.cfg.Transport
	if next == nil {
		next = newTransport()
	}
	s.limiter = providers.NewSharedLimiter(s.cfg.Now, quota.Shared(s.cfg.Store), s.cfg.Log)
	breakers := providers.NewBreakers(s.cfg.Now)
	deps := map[string]providers.Deps{}
	for _, p := range s.cfg.Registry.All() {
		spec := p.Spec()
		held, err := providers.NewTransport(next, spec.Hosts, s.cfg.BaseURLs)
		if err != nil {
			return fmt.Errorf("gateway: %s: %w", spec.ID, err)
		}
		deps[spec.ID] = providers.Deps{
			HTTP:   &http.Client{Transport: s.metrics.Transport(held, spec.ID, nil), CheckRedirect: noRedirect},
			Limits: s.limiter, Breakers: breakers, Now: s.cfg.Now, Log: s.cfg.Log.With(slog.String("platform", spec.ID)),
		}
	}
	var err error
	s.connections, err = connections.New(connections.Config{
		Store: s.cfg.Store, Registry: s.cfg.Registry, Transport: s.oauthTransport(next), BaseURLs: s.cfg.BaseURLs,
		Deps: func(spec providers.Spec) (providers.Deps, error) {
			d, ok := deps[spec.ID]
			if !ok {
				return d, fmt.Errorf("no dependencies for %s", spec.ID)
			}
			return d, nil
		},
		Apps: func(integrationType string) (providers.App, bool) {
			app, ok := s.cfg.Apps[integrationType]
			return app, ok
		},
		PublicURL: s.PublicURL, Log: s.cfg.Log, Now: s.cfg.Now, Refresh: s.cfg.Refresh,
	})
	return err
}

// noRedirect answers a redirect in place of following it: with our authorization no address but the one that was asked
// for is called.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// newTransport suits many calls to few hosts.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:        http.ProxyFromEnvironment,
		DialContext:  (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns: 512, MaxIdleConnsPerHost: 128, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, ForceAttemptHTTP2: true,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// oauthTransport counts the calls of token endpoints by platform, told by the host that is called: the platform's, or
// the one of its simulator.
func (s *Server) oauthTransport(next http.RoundTripper) http.RoundTripper {
	byHost := map[string]http.RoundTripper{}
	for _, p := range s.cfg.Registry.All() {
		spec := p.Spec()
		counted := s.metrics.Transport(next, spec.ID, func(*http.Request) bool { return true })
		for _, raw := range []string{spec.Auth.Endpoint.TokenURL, spec.Auth.Endpoint.AuthURL} {
			for _, address := range []string{raw, providers.Route(raw, s.cfg.BaseURLs)} {
				if u, err := url.Parse(address); err == nil && u.Host != "" {
					byHost[u.Host] = counted
				}
			}
		}
	}
	return hostTransport{byHost, next}
}

type hostTransport struct {
	byHost map[string]http.RoundTripper
	next   http.RoundTripper
}

func (t hostTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if next, ok := t.byHost[r.URL.Host]; ok {
		return next.RoundTrip(r)
	}
	return t.next.RoundTrip(r)
}

// watchSunsets exports how long each platform's API version lives, and warns of those that die soon.
func (s *Server) watchSunsets(ctx context.Context) {
	var specs []providers.Spec
	for _, p := range s.cfg.Registry.All() {
		spec := p.Spec()
		specs = append(specs, spec)
		if left := spec.Sunset.Sub(s.cfg.Now()); !spec.Sunset.IsZero() && left < warnBefore {
			s.cfg.Log.WarnContext(ctx, "API version of a platform ends soon", slog.String("platform", spec.ID),
				slog.String("version", spec.APIVersion), slog.Int("days", int(left.Hours()/24)))
		}
	}
	s.metrics.Sunset(specs, s.cfg.Now)
}

// schema tells whether the database's schema is the one that this build was made for.
func (s *Server) schema(ctx context.Context) error {
	current, newest, err := migrations.Version(ctx, s.cfg.Store.DB(), s.cfg.Store.Dialect())
	if err != nil {
		return err
	}
	if current != newest {
		return fmt.Errorf("schema is at %d, this build needs %d", current, newest)
	}
	return nil
}
