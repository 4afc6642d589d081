package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/ops"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/openapi"
	"github.com/admux/admux/providers"
)

// Server is a gateway that is put together.
type Server struct {
	cfg         Config
	handler     http.Handler
	connections *connections.Service
	limiter     *providers.BucketLimiter
	keys        *auth.Keys
	rates       *rates.Service
	guard       *guard.Service
	reports     *reports.Handler
	jobs        *jobs.Service
	metrics     *ops.Metrics
	health      *ops.Health

	mu       sync.Mutex
	listener net.Listener
}

// New puts a gateway together: it checks the configuration, and holds the routes against the document. It opens no port
// and calls no platform.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	doc, err := openapi.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	s := &Server{cfg: cfg, metrics: ops.NewMetrics(), keys: auth.New(cfg.Store, auth.Options{Now: cfg.Now})}
	s.health = &ops.Health{Version: cfg.Version, Checks: map[string]func(context.Context) error{
		"database": cfg.Store.Ping, "schema": s.schema,
	}}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if s.rates, err = rates.New(rates.Config{Store: cfg.Store, URL: cfg.RatesURL, Now: cfg.Now, Log: cfg.Log}); err != nil {
		return nil, err
	}
	s.guard = guard.New(guard.Config{Store: cfg.Store, Rates: s.rates.Table, Now: s.cfg.Now, Log: s.cfg.Log})
	if err := s.reporting(ctx); err != nil {
		return nil, err
	}
	s.watchSunsets(ctx)
	s.metrics.Dropped(cfg.Store.DroppedAPICalls)
	if s.handler, err = s.mount(doc); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler is the whole gateway, for a test or for another server to serve.
func (s *Server) Handler() http.Handler { return s.handler }

// Keys makes and revokes API keys.
func (s *Server) Keys() *auth.Keys { return s.keys }

// Connections keeps the connections.
func (s *Server) Connections() *connections.Service { return s.connections }

// Listen takes the port now, so that Addr and PublicURL are known before Run. A second call does nothing.
func (s *Server) Listen(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("gateway: listen on %q: %w", s.cfg.Listen, err)
	}
	s.listener = l
	return nil
}

// Addr is the address that the gateway listens on; "" before Listen.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// PublicURL is where callers reach the gateway, without a slash at its end.
func (s *Server) PublicURL() string {
	return cmp.Or(s.cfg.PublicURL, "http://"+cmp.Or(s.Addr(), s.cfg.Listen))
}

// baseURL is what links in answers start with: the configured address, or the one that the caller used.
func (s *Server) baseURL(c *gin.Context) string {
	if s.cfg.PublicURL != "" || c.Request.Host == "" {
		return s.PublicURL()
	}
	if c.Request.TLS != nil {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// errShutdown is why requests end that outlive the time for shutting down.
var errShutdown = &problem.Error{Code: problem.CodeUnavailable, Detail: "The gateway is shutting down.", RetryAfter: 5 * time.Second}

// Run serves until ctx ends, then takes no new requests, lets those under way end, and returns nil. The refresher of
// tokens and the workers of report jobs run beside it.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Listen(ctx); err != nil {
		return err
	}
	requests, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(errShutdown)
	srv := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return requests },
		ErrorLog:    slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug), // broken handshakes and the like
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.connections.Run(running) })
	group.Go(func() error { return s.rates.Run(running) })
	group.Go(func() error { return s.jobs.Run(running) })
	group.Go(func() error { return s.forgetKeys(running) })
	group.Go(func() error { return s.reports.Run(running) })
	group.Go(func() error {
		if err := srv.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("gateway: serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-running.Done()
		return s.shutdown(ctx, srv, cut)
	})
	s.cfg.Log.InfoContext(ctx, "listening", slog.String("address", s.Addr()), slog.String("public_url", s.PublicURL()))
	return errors.Join(group.Wait(), s.jobs.Close())
}

// shutdown drains: /readyz turns first, requests under way get their time, and what is left is told why it ends.
func (s *Server) shutdown(ctx context.Context, srv *http.Server, cut context.CancelCauseFunc) error {
	s.health.Drain()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.ShutdownTimeout)
	defer cancel()
	err := srv.Shutdown(ctx)
	if err == nil {
		return nil
	}
	cut(errShutdown)
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancelLast()
	if srv.Shutdown(last) == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("gateway: requests under way did not end within %s", s.cfg.ShutdownTimeout), srv.Close())
}
