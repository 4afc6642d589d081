package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stillError is a status that is not yet the one waited for.
type stillError int

func (e stillError) Error() string { return fmt.Sprintf("still %d", int(e)) }

func TestDemo_announces(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	if demo.URL == "" || demo.APIKey == "" || demo.WorkspaceID == "" || demo.Simulators["linkedinads"] == "" {
		t.Errorf("announced %+v", demo)
	}
	if len(demo.Connections) != len(demo.Simulators) || demo.Connections[0].Name == "" {
		t.Errorf("connections %+v of %d simulators", demo.Connections, len(demo.Simulators))
	}
}

// TestDemo_again: the same folder gives the same key and the same connection, and it works.
func TestDemo_again(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var before announced
	for range 2 {
		demo, err := startDemo(t.Context(), "--dir", dir)
		if err != nil {
			t.Fatal(err)
		}
		now := demo.announced
		newAPI(t, now).get(ads(now.connection("linkedinads"), "organization"), nil, nil)
		if err := demo.stop(); err != nil {
			t.Fatal(err)
		}
		if before.APIKey != "" && (now.APIKey != before.APIKey || now.connection("linkedinads") != before.connection("linkedinads")) {
			t.Errorf("before %+v, now %+v", before, now)
		}
		before = now
	}
}

func TestDemo_portTaken(t *testing.T) {
	t.Parallel()
	address := strings.TrimPrefix(sharedDemo(t).URL, "http://")
	got := admux(t, nil, "demo", "--listen", address)
	if got.code != 1 || !strings.Contains(got.stderr, "address already in use") {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
}

// fault arms one fault on the demo's LinkedIn.
func fault(t *testing.T, demo announced, body map[string]any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, demo.Simulators["linkedinads"]+"/_sim/fault", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("fault: %s", resp.Status)
	}
}

// TestShutdown_drains: a call under way when the signal comes is answered whole, and the process ends well.
func TestShutdown_drains(t *testing.T) {
	t.Parallel()
	demo, err := startDemo(t.Context(), "--dir", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.cmd.Process.Kill() })
	fault(t, demo.announced, map[string]any{"path": "/rest/adAnalytics", "delay_ms": 1500, "times": 1})
	answered := make(chan answer, 1)
	a := newAPI(t, demo.announced)
	go func() {
		answered <- a.do(http.MethodGet, ads(demo.announced.connection("linkedinads"), "report"), nil, nil)
	}()
	time.Sleep(300 * time.Millisecond) // the call is on its way; nothing tells when the platform has it
	if err := demo.stop(); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got.status != http.StatusOK || !json.Valid(got.body) {
		t.Errorf("the call under way got %d %.200s", got.status, got.body)
	}
}

// TestShutdown_secondSignal: who asks twice does not wait for a platform that never answers.
func TestShutdown_secondSignal(t *testing.T) {
	t.Parallel()
	demo, err := startDemo(t.Context(), "--dir", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = demo.cmd.Process.Kill() })
	fault(t, demo.announced, map[string]any{"path": "/rest/adAnalytics", "stall": true, "times": 10})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, demo.announced.URL+ads(demo.announced.connection("linkedinads"), "report"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+demo.announced.APIKey)
	go func() {
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	time.Sleep(300 * time.Millisecond)
	if err := demo.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := demo.wait(300 * time.Millisecond); err == nil {
		t.Fatal("it ended although a call was under way")
	}
	if err := demo.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-demo.exited:
	case <-time.After(5 * time.Second):
		t.Fatal("the second signal did not end it")
	}
	if status, ok := demo.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("it ended with %v", demo.cmd.ProcessState)
	}
}

// TestServe_lifecycle starts the production command on an empty folder: it makes its database and key, answers, logs JSON
// alone, and ends well.
func TestServe_lifecycle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := freeAddress(t)
	database := "sqlite:" + filepath.Join(dir, "admux.db")
	p, err := start(t.Context(), []string{
		"ADMUX_DATABASE_URL=" + database, "ADMUX_LISTEN=" + address,
		"ADMUX_LINKEDINADS_CLIENT_ID=id", "ADMUX_LINKEDINADS_CLIENT_SECRET=canary-client-secret", "ADMUX_TYPO=1",
	}, "serve")
	if err != nil {
		t.Fatal(err)
	}
	a := &api{t: t, base: "http://" + address}
	eventually(t, "it is ready", func() error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.base+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return stillError(resp.StatusCode)
		}
		return nil
	})
	made := admux(t, []string{"ADMUX_DATABASE_URL=" + database}, "key", "create", "--scope", "read")
	if made.code != 0 {
		t.Fatal(made.stderr)
	}
	a.withKey(strings.TrimSpace(made.stdout)).get("/unified/integration", nil, nil)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	log := p.stderr.all()
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a log line is not JSON: %s", line)
		}
	}
	if !strings.Contains(log, "ADMUX_TYPO") {
		t.Errorf("an unknown variable was not told:\n%s", log)
	}
	for _, secret := range []string{"canary-client-secret", strings.TrimSpace(made.stdout)} {
		if strings.Contains(log, secret) {
			t.Errorf("the log shows a secret")
		}
	}
}

func TestServe_faultsAtOnce(t *testing.T) {
	t.Parallel()
	got := admux(t, []string{
		"ADMUX_DATABASE_URL=mysql://u:hunter2@h/db", "ADMUX_LOG_LEVEL=loud", "ADMUX_LISTEN=8080", "ADMUX_REPORT_TIMEOUT=soon",
		"ADMUX_LINKEDINADS_CLIENT_SECRET=hunter2",
	}, "serve")
	if got.code != 2 || strings.Contains(got.stderr, "hunter2") {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
	for _, want := range []string{"--database-url", "--log-level", "--listen", "--report-timeout", "ADMUX_LINKEDINADS_CLIENT_ID"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("not told: %s\n%s", want, got.stderr)
		}
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	args := []string{"--database-url", "sqlite:" + filepath.Join(t.TempDir(), "admux.db")}
	if got := admux(t, nil, append([]string{"migrate", "--status"}, args...)...); got.code != 0 || !strings.HasPrefix(got.stdout, "version 0 of ") {
		t.Errorf("status before: exit %d %s%s", got.code, got.stdout, got.stderr)
	}
	up := admux(t, nil, append([]string{"migrate"}, args...)...)
	if up.code != 0 {
		t.Errorf("exit %d %s", up.code, up.stderr)
	}
	if again := admux(t, nil, append([]string{"migrate"}, args...)...); again != up {
		t.Errorf("a second time: %+v, the first %+v", again, up)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		tell string
	}{
		{[]string{}, 0, "serve"},
		{[]string{"--help"}, 0, "demo"},
		{[]string{"version"}, 0, "admux "},
		{[]string{"serv"}, 2, "serv"},
		{[]string{"sim", "myspace"}, 2, "linkedinads"},
		{[]string{"report"}, 2, "connection"},
	} {
		got := admux(t, nil, tt.args...)
		if got.code != tt.code || !strings.Contains(got.stdout+got.stderr, tt.tell) {
			t.Errorf("%q: exit %d\n%s%s", tt.args, got.code, got.stdout, got.stderr)
		}
	}
}
