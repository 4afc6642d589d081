package jobs_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/providers"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		os.Exit(child(role)) //nolint:forbidigo // a process of its own
	}
	os.Exit(m.Run()) //nolint:forbidigo // how a TestMain ends
}

// over runs a test over both databases.
func over(t *testing.T, f func(t *testing.T, b *bed)) {
	t.Helper()
	gin.SetMode(gin.TestMode)
	for name, newURL := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bed{T: t, url: newURL(t), key: store.NewKey(), dir: t.TempDir(), up: newUpstream(t)}
			b.ring = ring(t, b.key)
			b.store = storetest.Open(t, b.url, b.ring, store.Options{})
			b.ws, b.other = storetest.Workspace(t, b.store), storetest.Workspace(t, b.store)
			f(t, b)
		})
	}
}

func ring(t testing.TB, key string) *store.Keyring {
	t.Helper()
	r, err := store.ParseKeyring(key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// bed is a database, a bucket and a platform, for any number of gateways.
type bed struct {
	*testing.T

	url, key, dir, ws, other string
	ring                     *store.Keyring
	store                    *store.Store
	up                       *upstream
}

// quick are options with which a test need not wait.
func quick() jobs.Options {
	return jobs.Options{Poll: 20 * time.Millisecond, LeaseFor: 600 * time.Millisecond, Retry: 10 * time.Millisecond, Grace: 10 * time.Millisecond, Sweep: time.Hour}
}

// gate is a gateway: its jobs, its reports, and its HTTP side.
type gate struct {
	b    *bed
	url  string
	stop func() // ends it as a shutdown does, and waits
	now  func() time.Time
}

func service(ctx context.Context, s *store.Store, upstream, dir string, now func() time.Time, opts jobs.Options, log *slog.Logger) (*jobs.Service, *reports.Handler, error) {
	var js *jobs.Service
	workspace := func(c *gin.Context) string { return c.GetHeader("X-Workspace") }
	rep := reports.New(reports.Config{
		Load: func(ctx context.Context, ws, id string) (*providers.Session, reports.Connection, error) {
			if _, err := s.Workspace(ctx, ws); err != nil || !strings.Contains(id, "sync") { // "sync" and "async"
				return nil, reports.Connection{}, problem.NotFound("connection")
			}
			return session(upstream, id), reports.Connection{ID: id, Platform: "testads"}, nil
		},
		All: func(context.Context, string) ([]string, []string, error) {
			return []string{"sync1", "async1"}, nil, nil
		},
		Workspace: workspace, Problem: problem.Write, Now: now, Log: log,
		Background: func(c *gin.Context, q reports.Question, wait time.Duration) { js.Background(c, q, wait) },
	})
	js, err := jobs.New(ctx, jobs.Config{
		Store: s, Reports: rep, Workspace: workspace, Problem: problem.Write, Now: now, Log: log, ResultsURL: dir, Options: opts,
		Begin:   func(ctx context.Context, _ string) (context.Context, func(error)) { return ctx, func(error) {} },
		BaseURL: func(c *gin.Context) string { return "http://" + c.Request.Host },
	})
	return js, rep, err
}

func (b *bed) gateway(opts jobs.Options, now func() time.Time) *gate {
	b.Helper()
	return b.build(opts, now, true)
}

// gatewayIdle takes jobs and answers what they come to; others work on them.
func (b *bed) gatewayIdle(opts jobs.Options) *gate {
	b.Helper()
	return b.build(opts, nil, false)
}

func (b *bed) build(opts jobs.Options, now func() time.Time, works bool) *gate {
	b.Helper()
	if now == nil {
		now = time.Now
	}
	// A store of its own, as another process has: its clock is the gateway's.
	s := storetest.Open(b.T, b.url, b.ring, store.Options{Now: now})
	js, rep, err := service(b.Context(), s, b.up.url, b.dir, now, opts, slog.New(slog.NewTextHandler(b.Output(), nil)))
	if err != nil {
		b.Fatal(err)
	}
	e := gin.New()
	e.GET("/ads/:connection_id/report", rep.Get)
	e.POST("/ads/:connection_id/report", js.Create)
	e.GET("/ads/:connection_id/report/:job_id", js.Get)
	e.DELETE("/ads/:connection_id/report/:job_id", js.Delete)
	e.GET("/ads/:connection_id/report/:job_id/result", js.Result)
	srv := httptest.NewServer(e)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	if works {
		go func() { done <- js.Run(ctx) }()
	} else {
		done <- nil
	}
	g := &gate{b: b, url: srv.URL, now: now}
	g.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.Errorf("run: %v", err)
		}
		srv.Close()
		if err := js.Close(); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(g.stop)
	return g
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (g *gate) do(method, path string) answer { return g.as(g.b.ws, method, path) }

func (g *gate) as(workspace, method, path string) answer {
	g.b.Helper()
	if !strings.HasPrefix(path, "http") {
		path = g.url + path
	}
	req, err := http.NewRequestWithContext(g.b.Context(), method, path, http.NoBody)
	if err != nil {
		g.b.Fatal(err)
	}
	req.Header.Set("X-Workspace", workspace)
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		g.b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.b.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// job is the document's ReportJob.
type job struct {
	ID, State  string
	Progress   float64
	Rows       int
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	Error      *problem.Body
}

func (g *gate) parse(a answer, status int) job {
	g.b.Helper()
	var j job
	if a.status != status {
		g.b.Fatalf("%d, want %d: %s", a.status, status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &j); err != nil {
		g.b.Fatal(err)
	}
	return j
}

// start makes a job and returns its path.
func (g *gate) start(connections, query string) (job, string) {
	g.b.Helper()
	a := g.do(http.MethodPost, "/ads/"+connections+"/report?"+query)
	j := g.parse(a, http.StatusAccepted)
	path, ok := strings.CutPrefix(a.header.Get("Location"), g.url)
	if !ok || path != "/ads/"+connections+"/report/"+j.ID {
		g.b.Fatalf("Location: %s", a.header.Get("Location"))
	}
	return j, path
}

// until looks at a job until it is as wanted.
func (g *gate) until(path string, want func(job) bool) job {
	g.b.Helper()
	var j job
	eventually(g.b.T, func() bool {
		j = g.parse(g.do(http.MethodGet, path), http.StatusOK)
		return want(j)
	}, func() any { return j })
	return j
}

func ended(j job) bool {
	return j.State == "completed" || j.State == "failed" || j.State == "cancelled"
}

func eventually(t *testing.T, ok func() bool, said func() any) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never comes: %+v", said())
		}
	}
}
