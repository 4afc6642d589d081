package connections

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/providers"
)

// rounds raises the counts of R2 and R4 from what a quick run does to what proofs need: go test -run R2 -rounds 10000.
var rounds = flag.Int("rounds", 0, "rounds of R2 and random kills of R4; 0: a quick run")

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	if role := os.Getenv(childEnv); role != "" {
		os.Exit(child(role))
	}
	os.Exit(m.Run())
}

// quick are times that make waiting short and change nothing else.
var quick = RefreshOptions{LeaseFor: 400 * time.Millisecond, Poll: 5 * time.Millisecond, Wait: 20 * time.Second, Call: 20 * time.Second,
	Pause: time.Millisecond, CoolDown: 5 * time.Second, Every: time.Hour}

// databases are what the proofs run over.
var databases = map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}

// clock is an injected clock.
type clock struct{ at atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.at.Store(at.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// bench is a service over a store and a vendor.
type bench struct {
	*Service
	vendor *vendor
	clock  *clock
	ws     string
	logs   *logBuffer
}

type benchOptions struct {
	url     string // of the database; a private SQLite when empty
	ring    *store.Keyring
	vendor  *vendor
	clock   *clock
	adapter adapter
	refresh RefreshOptions
	ws      string
}

func newBench(t testing.TB, o benchOptions) *bench {
	t.Helper()
	if o.url == "" {
		o.url = "sqlite::memory:"
	}
	if o.ring == nil {
		o.ring = storetest.Keyring(t)
	}
	if o.vendor == nil {
		o.vendor = newVendor(t)
	}
	if o.clock == nil {
		o.clock = newClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	}
	if o.refresh == (RefreshOptions{}) {
		o.refresh = quick
	}
	logs := &logBuffer{also: t.Output()}
	log := slog.New(slog.NewTextHandler(logs, nil))
	st := storetest.Open(t, o.url, o.ring, store.Options{Now: o.clock.now, Log: log})
	if o.ws == "" {
		o.ws = storetest.Workspace(t, st)
	}
	s, err := New(configFor(st, o.vendor.srv.URL, o.adapter, o.clock.now, log, o.refresh))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{s, o.vendor, o.clock, o.ws, logs}
}

func configFor(st *store.Store, vendorURL string, a adapter, now func() time.Time, log *slog.Logger, refresh RefreshOptions) Config {
	base := map[string]string{apiHost: vendorURL, authHost: vendorURL}
	return Config{Store: st, Registry: providers.NewRegistry(a), BaseURLs: base, Log: log, Now: now, Refresh: refresh,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		PublicURL: func() string { return "https://gw.example" },
		Apps: func(integration string) (providers.App, bool) {
			return providers.App{ClientID: "client", ClientSecret: "canary-client-secret", Extra: map[string]string{"developer_token": "canary-dev"}}, integration == "vendorads"
		},
		Deps: func(spec providers.Spec) (providers.Deps, error) {
			tr, err := providers.NewTransport(http.DefaultTransport, spec.Hosts, base)
			return providers.Deps{HTTP: &http.Client{Transport: tr}, Log: log, Now: now}, err
		}}
}

// connect makes a connection whose access token has life left.
func (b *bench) connect(t testing.TB, life time.Duration) store.Connection {
	t.Helper()
	access, refresh := b.vendor.grant()
	now := b.clock.now()
	g := store.Grant{AccessToken: store.Secret(access), RefreshToken: store.Secret(refresh), TokenType: "Bearer", ObtainedAt: now, Expiry: now.Add(life)}
	c, err := b.store.CreateConnection(t.Context(), store.Connection{WorkspaceID: b.ws, IntegrationType: "vendorads", Environment: "Production",
		Orgs: []store.Org{{ID: "acc-1"}}}, g, due(adapter{}.Spec(), g))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// expired makes a connection whose access token has expired.
func (b *bench) expired(t testing.TB) store.Connection {
	t.Helper()
	c := b.connect(t, time.Hour)
	b.clock.advance(2 * time.Hour)
	return c
}

func (b *bench) tokens(t testing.TB, c store.Connection) providers.Tokens {
	t.Helper()
	return &tokens{b.Service, ref{c.WorkspaceID, c.ID, b.spec(t)}, 0}
}

func (b *bench) spec(t testing.TB) providers.Spec {
	t.Helper()
	p, ok := b.cfg.Registry.Get("vendorads")
	if !ok {
		t.Fatal("no vendor")
	}
	return p.Spec()
}

func (b *bench) reload(t testing.TB, c store.Connection) store.Connection {
	t.Helper()
	c, err := b.store.Connection(t.Context(), c.WorkspaceID, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// logBuffer keeps what is logged, to look for secrets in it.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	also io.Writer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Write(p)
	return l.also.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// noCanary checks that no secret of the tests is in a text (S3).
func noCanary(t testing.TB, where, text string) {
	t.Helper()
	if i := strings.Index(text, "canary"); i >= 0 {
		t.Errorf("S3: %s shows a secret: …%s", where, text[max(0, i-40):min(len(text), i+40)])
	}
}

func asError(t testing.TB, err error) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		t.Fatalf("not a *providers.Error: %v", err)
	}
	return e
}
