package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store/storetest"
	google "github.com/admux/admux/providers/google/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// An account in which each of many ads delivers every day, so that rows can be counted before they are read.
const (
	denseAds  = 2000
	denseDays = 600
)

// dense is a simulated platform with such an account.
type dense struct {
	id      string // the integration type
	url     string
	app     [2]string
	tokens  [2]string
	history time.Time // the day after the last one with numbers
	days    int       // that are read
	rows    int       // that they have
	// middle tells whether a job is in the middle of its work, by what the platform saw where the platform makes the report.
	middle func(j reportJob) bool
}

func denseGoogle(t *testing.T, days int) dense {
	t.Helper()
	s := google.New(google.Options{Seed: 1, Accounts: 1, Campaigns: 10, Groups: 10, Ads: denseAds / 100, HistoryDays: denseDays, Dense: true})
	grant := s.Grant()
	return dense{"googleads", serveSim(t, s), [2]string{s.App().ClientID, s.App().ClientSecret}, [2]string{grant.Access, grant.Refresh}, s.Epoch(), days, days * denseAds,
		func(j reportJob) bool { return j.Rows >= days*denseAds/2 && j.Rows < days*denseAds }}
}

// denseMeta makes reports in runs that take some seconds. A job is in the middle when the platform has been asked how far
// its run is: then the run is known to the database.
func denseMeta(t *testing.T, days int) (platform dense, runs func() int) {
	t.Helper()
	const ads = 100
	s := meta.New(meta.Options{Seed: 1, Accounts: 1, Campaigns: 10, Groups: 10, Ads: 1, HistoryDays: denseDays, Dense: true,
		Insights: meta.InsightsOptions{JobSeconds: 4, ClockOnly: true}})
	count := func(method, path, query string) func() int {
		return func() (n int) {
			for _, c := range s.Calls() {
				if c.Method == method && strings.Contains(c.Path, path) && strings.Contains(c.Query, query) {
					n++
				}
			}
			return n
		}
	}
	polls := count(http.MethodGet, "", "async_status")
	return dense{"metaads", serveSim(t, s), [2]string{s.App().ClientID, s.App().ClientSecret}, [2]string{s.Grant().Access, ""}, s.Epoch(), days, days * ads,
		func(j reportJob) bool { return polls() > 0 && j.Rows == 0 }}, count(http.MethodPost, "/insights", "")
}

func serveSim(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// cluster are the gateways that share one PostgreSQL database and one bucket.
type cluster struct {
	t   *testing.T
	env []string
	key string
}

// gate is one gateway of it.
type gate struct {
	c   *cluster
	p   *process
	url string
}

func newCluster(t *testing.T, platform dense) *cluster {
	t.Helper()
	prefix := "ADMUX_" + strings.ToUpper(platform.id)
	c := &cluster{t: t, env: []string{
		"ADMUX_DATABASE_URL=" + storetest.Postgres(t), "ADMUX_LISTEN=127.0.0.1:0", "ADMUX_RATE_LIMIT=0", "ADMUX_LOG_LEVEL=info",
		"ADMUX_KEY=" + strings.TrimSpace(admux(t, nil, "key", "generate").stdout),
		"ADMUX_RESULTS_URL=" + filepath.Join(t.TempDir(), "results"), "ADMUX_JOB_LEASE=2s",
		prefix + "_BASE_URL=" + platform.url, prefix + "_CLIENT_ID=" + platform.app[0], prefix + "_CLIENT_SECRET=" + platform.app[1],
	}}
	made := admux(t, c.env, "key", "create", "--scope", "admin")
	if made.code != 0 {
		t.Fatal(made.stderr)
	}
	c.key = strings.TrimSpace(made.stdout)
	return c
}

// start starts one more gateway.
func (c *cluster) start() *gate {
	c.t.Helper()
	p, err := start(c.t.Context(), c.env, "serve")
	if err != nil {
		c.t.Fatal(err)
	}
	g := &gate{c: c, p: p}
	c.t.Cleanup(func() {
		select {
		case <-p.exited: // killed, or its fault was told
		default:
			if err := p.stop(); err != nil {
				c.t.Error(err)
			}
		}
	})
	eventually(c.t, "the gateway listens", func() error {
		select {
		case <-p.exited:
			c.t.Fatalf("it ended: %s", p.stderr.tail())
		default:
		}
		for line := range strings.Lines(p.stderr.all()) {
			var said struct {
				URL string `json:"public_url"`
			}
			if json.Unmarshal([]byte(line), &said) == nil && said.URL != "" {
				g.url = said.URL
				return nil
			}
		}
		return errors.New("it does not say where")
	})
	return g
}

// kill ends it as a machine that loses its power does.
func (g *gate) kill() {
	g.c.t.Helper()
	if err := g.p.cmd.Process.Kill(); err != nil {
		g.c.t.Fatal(err)
	}
	<-g.p.exited
}

func (g *gate) send(method, path string, body []byte) (*http.Response, error) {
	g.c.t.Helper()
	req, err := http.NewRequestWithContext(g.c.t.Context(), method, g.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+g.c.key)
	req.Header.Set("Content-Type", "application/json")
	return (&http.Client{}).Do(req)
}

func (g *gate) call(method, path string, body []byte, want int, into any) {
	g.c.t.Helper()
	res, err := g.send(method, path, body)
	if err != nil {
		g.c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		g.c.t.Fatalf("%s %s: %d %v %.500s\n%s", method, path, res.StatusCode, err, raw, g.p.stderr.tail())
	}
	if err := json.Unmarshal(raw, into); err != nil {
		g.c.t.Fatal(err)
	}
}

func (g *gate) connect(platform dense) string {
	g.c.t.Helper()
	body, _ := json.Marshal(map[string]any{
		"integration_type": platform.id, "categories": []string{"ads"}, "environment": "Production", "permissions": []string{"ads_report_read"},
		"auth": map[string]any{"access_token": platform.tokens[0], "refresh_token": platform.tokens[1], "expires_in": 5184000},
	})
	var made struct{ ID string }
	g.call(http.MethodPost, "/unified/connection", body, http.StatusOK, &made)
	return made.ID
}

// reportJob is a job as the API tells of it.
type reportJob struct {
	ID, State string
	Progress  float64
	Rows      int
	Error     json.RawMessage
}

// until looks at a job until it is as wanted, or has ended.
func (g *gate) until(path string, limit time.Duration, wanted func(reportJob) bool) reportJob {
	g.c.t.Helper()
	deadline := time.Now().Add(limit)
	for {
		var j reportJob
		g.call(http.MethodGet, path, nil, http.StatusOK, &j)
		if wanted(j) || j.State == "completed" {
			return j
		}
		if j.State == "failed" || j.State == "cancelled" || time.Now().After(deadline) {
			g.c.t.Fatalf("%+v\n%s", j, g.p.stderr.tail())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// result reads a job's result as CSV, without keeping it.
func (g *gate) result(path string) (lines int, sum string) {
	g.c.t.Helper()
	res, err := g.send(http.MethodGet, path+"/result?format=csv", nil)
	if err != nil {
		g.c.t.Fatal(err)
	}
	defer res.Body.Close()
	digest, count := sha256.New(), &csvLines{}
	if _, err := io.Copy(io.MultiWriter(digest, count), res.Body); err != nil || res.StatusCode != http.StatusOK {
		g.c.t.Fatalf("%s: %v", res.Status, err)
	}
	return count.n, fmt.Sprintf("%x", digest.Sum(nil))
}

// csvLines counts lines that end outside of quotes: names have line breaks in them.
type csvLines struct {
	n      int
	quoted bool
}

// Write implements io.Writer.
func (c *csvLines) Write(b []byte) (int, error) {
	for _, x := range b {
		switch {
		case x == '"':
			c.quoted = !c.quoted
		case x == '\n' && !c.quoted:
			c.n++
		}
	}
	return len(b), nil
}

// TestJob_killedWorker: a job of a million rows whose process is killed with SIGKILL in the middle ends in another one, over
// PostgreSQL; its result is that of a job that nobody killed, byte for byte.
func TestJob_killedWorker(t *testing.T) {
	t.Parallel()
	days := 500
	if race || testing.Short() {
		days = 20
		t.Logf("under the race detector, or in short, %d rows in place of a million", days*denseAds)
	}
	killed(t, denseGoogle(t, days), func() {})
}

// TestJob_killedWorkerOfRuns: of a platform that makes reports in runs of its own, the other process takes the runs that the
// killed one had begun: it makes no more of them than a job that nobody killed.
func TestJob_killedWorkerOfRuns(t *testing.T) {
	t.Parallel()
	platform, runs := denseMeta(t, 220)
	made := 0
	killed(t, platform, func() { made = runs() })
	if unharmed := runs() - made; made == 0 || made != unharmed {
		t.Errorf("Meta made %d runs for the job that was killed, and %d for the one that was not", made, unharmed)
	}
}

// killed kills a worker in the middle of a job. It calls ended when the job has ended elsewhere, before it makes another for
// comparison.
func killed(t *testing.T, platform dense, ended func()) {
	t.Helper()
	c := newCluster(t, platform)
	first := c.start()
	connection := first.connect(platform)
	rows := platform.rows
	query := fmt.Sprintf("?type=IMPRESSIONS,CLICKS,COST,CTR,CPC&level=ad&dimension=DATE&format=csv&cache=bypass&start_gte=%s&end_lt=%s",
		platform.history.AddDate(0, 0, -platform.days-3).Format(time.DateOnly), platform.history.AddDate(0, 0, -3).Format(time.DateOnly))
	begin := func(g *gate) string {
		var j reportJob
		g.call(http.MethodPost, ads(connection, "report")+query, nil, http.StatusAccepted, &j)
		return ads(connection, "report/") + j.ID
	}
	clock := time.Now()
	lap := func(what string) { t.Logf("%s %s", what, time.Since(clock).Round(10*time.Millisecond)) }
	path := begin(first)
	half := first.until(path, time.Minute, platform.middle)
	first.kill()
	if half.State != "running" || !platform.middle(half) {
		t.Fatalf("it is not in the middle: %+v of %d rows", half, rows)
	}
	lap(fmt.Sprint("killed at ", half.Rows, " rows after"))
	second := c.start()
	if j := second.until(path, 2*time.Minute, func(reportJob) bool { return false }); j.Rows != rows {
		t.Fatalf("%+v, want %d rows", j, rows)
	}
	ended()
	lap("ended elsewhere after")
	lines, sum := second.result(path)
	if lines != rows+1 {
		t.Errorf("%d lines of %d rows", lines, rows)
	}
	again := begin(second)
	second.until(again, 2*time.Minute, func(reportJob) bool { return false })
	if l, s := second.result(again); l != lines || s != sum {
		t.Errorf("without the kill there are %d lines (%s), with it %d (%s)", l, s, lines, sum)
	}
	lap("all after")
}
