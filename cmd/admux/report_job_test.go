package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeJob is a gateway that makes a job of every report. It answers the states one after the other, then the last.
type fakeJob struct {
	mu     sync.Mutex
	states []string // bodies of the job, or "!" for a gateway that is away
	seen   []string
}

func (f *fakeJob) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery)
	if strings.HasSuffix(r.URL.Path, "/result") {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = io.WriteString(w, goodCSV)
		return
	}
	state := f.states[0]
	if len(f.states) > 1 {
		f.states = f.states[1:]
	}
	if state == "!" {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "1")
	if strings.HasSuffix(r.URL.Path, "/report") {
		w.WriteHeader(http.StatusAccepted)
	}
	_, _ = io.WriteString(w, state)
}

func (f *fakeJob) calls() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.seen, "\n")
}

func running(share float64, rows int) string {
	return fmt.Sprintf(`{"id":"job_1","state":"running","progress":%g,"rows":%d}`, share, rows)
}

// A job is followed to its result, also past a moment in which the gateway does not answer.
func TestReport_followsAJob(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	jobs := &fakeJob{states: []string{`{"id":"job_1","state":"queued"}`, "!", running(0.5, 1234), `{"id":"job_1","state":"completed","progress":1,"rows":2}`}}
	server := httptest.NewServer(jobs)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "f.csv")
	var stderr bytes.Buffer
	args := []string{"report", "all", "--url", server.URL, "--format", "csv", "--wait", "0", "-o", file}
	if code := run(t.Context(), args, &streams{out: io.Discard, err: &stderr, errTerminal: true}); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != goodCSV {
		t.Errorf("%v %q", err, got)
	}
	want := "GET /ads/all/report?format=csv&wait=0\nGET /ads/all/report/job_1?\nGET /ads/all/report/job_1?\nGET /ads/all/report/job_1?\nGET /ads/all/report/job_1/result?format=csv"
	if got := jobs.calls(); got != want {
		t.Errorf("asked\n%s", got)
	}
	for _, tell := range []string{"job job_1", "\rjob queued, 0 %, 0 rows, 1s", "\rjob running, 50 %, 1,234 rows, "} {
		if !strings.Contains(stderr.String(), tell) {
			t.Errorf("not told: %q in %q", tell, stderr.String())
		}
	}
	if !strings.HasSuffix(stderr.String(), "\r\x1b[K") {
		t.Errorf("the line stays: %q", stderr.String())
	}
}

func TestReport_jobThatFails(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	for state, tell := range map[string]string{
		`{"id":"job_1","state":"failed","error":{"status":502,"code":"upstream","detail":"nonsense came","provider":{"name":"metaads","request_id":"fb-1"}}}`: "nonsense came (502 upstream)\n  metaads says: request fb-1",
		`{"id":"job_1","state":"cancelled"}`: "cancelled",
		`{}`:                                 "does not say which",
	} {
		server := httptest.NewServer(&fakeJob{states: []string{state}})
		if stdout, stderr, code := command(t, "report", "c", "--url", server.URL, "--format", "csv"); code != exitFailed || stdout != "" || !strings.Contains(stderr, tell) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", state, code, stdout, stderr)
		}
		server.Close()
	}
}

// Ctrl-C cancels the job.
func TestReport_interruptCancelsTheJob(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	jobs := &fakeJob{states: []string{running(0.1, 5)}}
	ctx, interrupt := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		jobs.ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, "/report") {
			time.AfterFunc(50*time.Millisecond, interrupt)
		}
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	var stderr bytes.Buffer
	code := run(ctx, []string{"report", "c", "--url", server.URL, "-o", filepath.Join(dir, "f")}, &streams{out: io.Discard, err: &stderr})
	if code != exitFailed || !strings.Contains(stderr.String(), "interrupted") || !strings.Contains(stderr.String(), "is cancelled") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	if got := jobs.calls(); !strings.HasSuffix(got, "\nDELETE /ads/c/report/job_1?") {
		t.Errorf("asked\n%s", got)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := &progress{w: &out, now: func() time.Time { return now }, began: now, ended: make(chan struct{})}
	drawn := func() string { out.Reset(); p.draw(); return out.String() }
	if got := drawn(); got != "" {
		t.Errorf("too early: %q", got)
	}
	now = now.Add(2 * time.Second)
	if got := drawn(); got != "\rwaiting for the gateway, 2s\x1b[K" {
		t.Errorf("%q", got)
	}
	p.add(1<<20, 1)
	now = now.Add(4 * time.Second)
	p.add(1<<20, 1_000_000)
	if got := drawn(); got != "\r1,000,000 rows, 250,000 rows/s, 6s\x1b[K" {
		t.Errorf("%q", got)
	}
	p.add(1<<20, -1)
	if got := drawn(); got != "\r3,072 KiB, 6s\x1b[K" {
		t.Errorf("%q", got)
	}
	out.Reset()
	p.stop()
	p.stop()
	if got := out.String(); got != "\r\x1b[K" {
		t.Errorf("%q", got)
	}
	if got := drawn(); got != "" {
		t.Errorf("after the end: %q", got)
	}
}
