package jobs_test

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// objects counts the files in the bucket.
func (b *bed) objects() (names []string) {
	b.Helper()
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return nil //nolint:nilerr // a file that is just being removed
	})
	if err != nil {
		b.Fatal(err)
	}
	return names
}

func TestJob_isMadeAndHadInEveryShape(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		b.up.gate.Store(10)
		j, path := g.start("sync1", "type=CLICKS,COST&format=csv&start_gte=2026-11-01&end_lt=2026-11-08")
		if j.State != "queued" || j.Progress != 0 || j.ExpiresAt != nil {
			t.Errorf("begun as %+v", j)
		}
		g.until(path, func(j job) bool { return j.State == "running" && j.Rows == 10 })
		if a := g.do(http.MethodGet, path+"/result"); a.status != http.StatusConflict || a.header.Get("Retry-After") == "" {
			t.Errorf("the result of a running job: %d %s", a.status, a.body)
		}
		b.up.gate.Store(-1)
		end := g.until(path, ended)
		if end.State != "completed" || end.Progress != 1 || end.Rows != 40 || end.StartedAt == nil || end.FinishedAt == nil || end.ExpiresAt == nil {
			t.Errorf("ended as %+v", end)
		}
		if b.up.streams.Load() != 1 {
			t.Errorf("the platform was read %d times", b.up.streams.Load())
		}
		for _, format := range []string{"", "csv", "json", "ndjson"} {
			shape := "&format=" + format
			if format == "" {
				shape = "&format=csv"
			}
			got := g.do(http.MethodGet, path+"/result")
			if format != "" {
				got = g.do(http.MethodGet, path+"/result?format="+format)
			}
			want := g.do(http.MethodGet, "/ads/sync1/report?type=CLICKS,COST&start_gte=2026-11-01&end_lt=2026-11-08&limit=1000"+shape)
			if got.status != http.StatusOK || got.body != want.body || got.header.Get("Content-Type") != want.header.Get("Content-Type") || want.status != http.StatusOK {
				t.Errorf("%s: %d %s\nwant %d %s", format, got.status, got.body, want.status, want.body)
			}
		}
		if a := g.do(http.MethodGet, path+"/result?format=table"); a.status != http.StatusOK || !strings.Contains(a.body, `"totals":{"clicks":780,"cost":787.8,"currency":"EUR"}`) {
			t.Errorf("table: %s", a.body[max(0, len(a.body)-900):])
		}
		if info, err := os.Stat(filepath.Join(b.dir, "reports")); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read results: %v %v", info, err)
		}
		if a := g.do(http.MethodDelete, path); a.status != http.StatusOK || a.body != "" {
			t.Errorf("delete: %d %s", a.status, a.body)
		}
		if a := g.do(http.MethodGet, path); a.status != http.StatusNotFound || len(b.objects()) != 0 {
			t.Errorf("after delete: %d, %v", a.status, b.objects())
		}
	})
}

func TestS2_JobsOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		_, path := g.start("sync1,sync2", "type=CLICKS&format=csv")
		g.until(path, ended)
		turned := strings.Replace(path, "sync1,sync2", "sync2,sync1", 1)
		if a := g.do(http.MethodGet, turned); a.status != http.StatusOK {
			t.Errorf("its connections in another order: %d", a.status)
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			for _, p := range []string{path, path + "/result"} {
				if method == http.MethodDelete && p != path {
					continue
				}
				for what, a := range map[string]answer{
					"another workspace":    g.as(b.other, method, p),
					"another connection":   g.do(method, strings.Replace(p, "sync1,sync2", "sync1", 1)),
					"an id that never was": g.do(method, "/ads/sync1,sync2/report/job_x"),
				} {
					if a.status != http.StatusNotFound || strings.Contains(a.body, b.ws) {
						t.Errorf("%s %s of %s: %d %s", method, p, what, a.status, a.body)
					}
				}
			}
		}
		if a := g.do(http.MethodGet, path); a.status != http.StatusOK {
			t.Errorf("others changed it: %d", a.status)
		}
	})
}

func TestJob_refusedBeforeItIsMade(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		o := quick()
		o.MaxOpen = 1
		g := b.gateway(o, nil)
		for query, status := range map[string]int{"sync1/report?type=NOPE": 400, "sync1/report?level=keyword": 422, "other/report": 404, "sync1/report?partial=allow": 400} {
			if a := g.do(http.MethodPost, "/ads/"+query); a.status != status {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
		}
		b.up.gate.Store(0)
		_, path := g.start("sync1", "format=csv")
		if a := g.do(http.MethodPost, "/ads/sync1/report"); a.status != http.StatusTooManyRequests {
			t.Errorf("more than may be open: %d %s", a.status, a.body)
		}
		b.up.gate.Store(-1)
		g.until(path, ended)
		_, path = g.start("sync1", "type=CLICKS,COST&sort=cost&format=table&order=desc")
		g.until(path, ended)
		if a := g.do(http.MethodGet, path+"/result?format=json"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "sort") {
			t.Errorf("a shape that has no such order: %d %s", a.status, a.body)
		}
	})
}

func TestJob_cancelEndsTheCallsToThePlatform(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []bool{false, true} {
		over(t, func(t *testing.T, b *bed) {
			g := b.gateway(quick(), nil)
			asked := g
			if elsewhere { // by a gateway that only notices at its next heartbeat
				o := quick()
				o.Workers = 1
				asked = b.gateway(o, nil)
			}
			b.up.gate.Store(5)
			_, path := g.start("sync1", "format=csv")
			g.until(path, func(j job) bool { return j.Rows == 5 })
			if a := asked.do(http.MethodDelete, path); a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			eventually(t, func() bool { return b.up.gone.Load() == 1 && b.up.open.Load() == 0 }, func() any { return b.up.open.Load() })
			j := g.parse(g.do(http.MethodGet, path), http.StatusOK)
			if j.State != "cancelled" || j.FinishedAt == nil || j.ExpiresAt == nil {
				t.Errorf("%+v", j)
			}
			if a := g.do(http.MethodGet, path+"/result"); a.status != http.StatusConflict || !strings.Contains(a.body, "cancelled") {
				t.Errorf("its result: %d %s", a.status, a.body)
			}
			if a := g.do(http.MethodDelete, path); a.status != http.StatusOK {
				t.Errorf("cancelled again: %d", a.status)
			}
			b.up.gate.Store(-1)
			time.Sleep(100 * time.Millisecond) // a worker that went on would have finished
			if j := g.parse(g.do(http.MethodGet, path), http.StatusOK); j.State != "cancelled" || len(b.objects()) != 0 || b.up.streams.Load() != 1 {
				t.Errorf("afterwards %+v, %v", j, b.objects())
			}
		})
	}
}

func TestJob_failsWithTheProblem(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		b.up.reject.Store(true)
		_, path := g.start("sync1,sync2", "format=csv")
		j := g.until(path, ended)
		if j.State != "failed" || j.Error == nil || j.Error.Status != 422 || j.Error.Provider == nil || j.Error.Provider.RequestID != "up-9" || !strings.HasPrefix(j.Error.ConnectionID, "sync") {
			t.Errorf("%+v", j.Error)
		}
		a := g.do(http.MethodGet, path+"/result")
		if a.status != 422 || !strings.Contains(a.body, `"request_id":"up-9"`) || !strings.Contains(a.body, `"connection_id":"sync`) {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a := g.do(http.MethodDelete, path); a.status != http.StatusOK {
			t.Errorf("%d", a.status)
		}
	})
}

func TestJob_triesAgainWhatMayPass(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		o := quick()
		o.Attempts = 4
		g := b.gateway(o, nil)
		b.up.refuse.Store(3)
		_, path := g.start("sync1", "format=csv")
		if j := g.until(path, ended); j.State != "completed" || j.Rows != 40 {
			t.Errorf("%+v", j)
		}
		b.up.refuse.Store(1 << 40)
		_, path = g.start("sync1", "format=csv")
		if j := g.until(path, ended); j.State != "failed" || j.Error.Code != "upstream_unavailable" {
			t.Errorf("%+v", j)
		}
		if n := 1<<40 - b.up.refuse.Load(); n != 4 {
			t.Errorf("%d tries", n)
		}
	})
}

func TestJob_waitsOnTheGet(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		direct := g.do(http.MethodGet, "/ads/sync1/report?format=csv&limit=100")
		if a := g.do(http.MethodGet, "/ads/sync1/report?format=csv&limit=100&wait=20"); a.status != http.StatusOK || a.body != direct.body {
			t.Errorf("%d %s", a.status, a.body)
		}
		a := g.do(http.MethodGet, "/ads/sync1/report?format=csv&wait=0")
		g.parse(a, http.StatusAccepted)
		path := strings.TrimPrefix(a.header.Get("Location"), g.url)
		g.until(path, ended)
		b.up.gate.Store(0)
		a = g.do(http.MethodGet, "/ads/sync1/report?format=csv&wait=1")
		if j := g.parse(a, http.StatusAccepted); j.State != "running" {
			t.Errorf("%+v", j)
		}
		b.up.gate.Store(-1)
		b.up.reject.Store(true)
		if a := g.do(http.MethodGet, "/ads/sync1/report?wait=20"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a failure: %d %s", a.status, a.body)
		}
		b.up.reject.Store(false)
		b.up.ready.Store(true) // asynchronous by the platform: no wait has to be given
		if a := g.do(http.MethodGet, "/ads/async1/report?format=csv"); a.status != http.StatusOK || strings.Count(a.body, "\n") != 41 {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a := g.do(http.MethodHead, "/ads/sync1/report?wait=1"); a.status/100 == 2 {
			t.Errorf("HEAD: %d", a.status)
		}
	})
}

func TestJob_ofACallerWhoLeftIsCancelled(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		b.up.gate.Store(3)
		ctx, cancel := context.WithCancel(t.Context())
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/ads/sync1/report?wait=100", http.NoBody)
		req.Header.Set("X-Workspace", b.ws)
		go func() {
			eventually(t, func() bool { return b.up.open.Load() == 1 }, func() any { return "no stream" })
			cancel()
		}()
		if res, err := (&http.Client{}).Do(req); err == nil {
			_ = res.Body.Close()
			t.Fatal("answered")
		}
		eventually(t, func() bool { return b.up.gone.Load() == 1 }, func() any { return "the platform is still read" })
	})
}

func TestJob_expires(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		var ahead atomic.Int64
		o := quick()
		o.Keep, o.Sweep = time.Hour, 30*time.Millisecond
		g := b.gateway(o, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
		_, path := g.start("sync1", "format=csv")
		g.until(path, ended)
		if n := len(b.objects()); n != 1 {
			t.Fatalf("%d objects", n)
		}
		ahead.Store(int64(61 * time.Minute))
		if a := g.do(http.MethodGet, path+"/result"); a.status != http.StatusNotFound {
			t.Errorf("%d", a.status)
		}
		eventually(t, func() bool { return len(b.objects()) == 0 }, func() any { return b.objects() })
	})
}

// What a dead worker left in the bucket goes once it is older than any result may be; what is not ours stays.
func TestJob_sweepsWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		old := filepath.Join(b.dir, "reports", "ws", "job", "1")
		young, foreign := old+"2", filepath.Join(b.dir, "backup")
		for _, name := range []string{old, young, foreign} {
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		past := time.Now().AddDate(0, 0, -30)
		for _, name := range []string{old, foreign} {
			if err := os.Chtimes(name, past, past); err != nil {
				t.Fatal(err)
			}
		}
		o := quick()
		o.Sweep = 20 * time.Millisecond
		b.gateway(o, nil)
		eventually(t, func() bool { return len(b.objects()) == 2 }, func() any { return b.objects() })
		for _, name := range b.objects() {
			if name == old {
				t.Error("the wrong one went")
			}
		}
	})
}

// A result that is gone is said to be gone.
func TestJob_resultThatIsGone(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		_, path := g.start("sync1", "format=csv")
		g.until(path, ended)
		for _, name := range b.objects() {
			if err := os.Truncate(name, 60); err != nil {
				t.Fatal(err)
			}
		}
		if a := g.do(http.MethodGet, path+"/result?format=table"); a.status != http.StatusInternalServerError {
			t.Errorf("cut short: %d %s", a.status, a.body)
		}
		for _, name := range b.objects() {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		if a := g.do(http.MethodGet, path+"/result"); a.status != http.StatusNotFound || !strings.Contains(a.body, "bucket") {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}
