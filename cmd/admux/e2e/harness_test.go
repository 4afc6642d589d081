// Package e2e runs the real binary as an operator would: it is built once a test run, under the race detector where the
// test is, started as a process, and spoken to over HTTP, by its own command line, by a partner's client and by a browser.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is what TestMain leaves for the tests: the binary, and one demo that tests may read from but not change.
var built struct {
	dir    string
	binary string
	demo   *process
	err    error
	once   sync.Once
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "admux-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	built.dir, built.binary = dir, filepath.Join(dir, "admux")
	build := exec.Command("go", "build", "-o", built.binary)
	if race {
		build.Args = append(build.Args, "-race")
	}
	build.Args = append(build.Args, "github.com/admux/admux/cmd/admux")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	code = m.Run()
	if built.demo != nil {
		if err := built.demo.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "the shared demo:", err)
			code = 1
		}
	}
	return code
}

// announced is the one line that `admux demo --json` prints first.
type announced struct {
	URL         string            `json:"url"`
	APIKey      string            `json:"api_key"`
	WorkspaceID string            `json:"workspace_id"`
	Connections []connectionLine  `json:"connections"`
	Simulators  map[string]string `json:"simulators"`
}

type connectionLine struct {
	ID              string `json:"id"`
	IntegrationType string `json:"integration_type"`
	Name            string `json:"name"`
}

func (a announced) connection(integration string) string {
	for _, c := range a.Connections {
		if c.IntegrationType == integration {
			return c.ID
		}
	}
	return ""
}

// sharedDemo is started by the first test that asks for it and stopped after the last.
func sharedDemo(t *testing.T) announced {
	t.Helper()
	built.once.Do(func() {
		dir := filepath.Join(built.dir, "demo")
		built.demo, built.err = startDemo(context.Background(), "--dir", dir)
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.demo.announced
}

// ownDemo starts a demo for one test, which may change or break it.
func ownDemo(t *testing.T, args ...string) *process {
	t.Helper()
	demo, err := startDemo(t.Context(), append([]string{"--dir", t.TempDir()}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.stop(); err != nil {
			t.Error(err)
		}
	})
	return demo
}

// process is one running admux.
type process struct {
	announced announced

	cmd     *exec.Cmd
	stdout  *lines
	stderr  *lines
	exited  chan struct{}
	exitErr error
}

func startDemo(ctx context.Context, args ...string) (*process, error) {
	return startDemoOf(ctx, built.binary, args...)
}

// startDemoOf starts the demo of another build.
func startDemoOf(ctx context.Context, binary string, args ...string) (*process, error) {
	p, err := startBinary(ctx, binary, nil, append([]string{"demo", "--json", "--listen", "127.0.0.1:0"}, args...)...)
	if err != nil {
		return nil, err
	}
	line, err := p.firstLine(60 * time.Second)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	if err := json.Unmarshal([]byte(line), &p.announced); err != nil {
		return nil, errors.Join(fmt.Errorf("the first line is not JSON: %w: %q", err, line), p.stop())
	}
	return p, nil
}

// start runs admux with the environment given on top of a clean one: no ADMUX_ variable of the caller leaks in.
func start(ctx context.Context, env []string, args ...string) (*process, error) {
	return startBinary(ctx, built.binary, env, args...)
}

func startBinary(ctx context.Context, binary string, env []string, args ...string) (*process, error) {
	p := &process{stdout: newLines(), stderr: newLines(), exited: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), binary, args...)
	p.cmd.Env = append(cleanEnv(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.exitErr = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// stop asks the process to end and tells what was wrong with how it did.
func (p *process) stop() error {
	select {
	case <-p.exited:
	default:
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	if err := p.wait(20 * time.Second); err != nil {
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("%w\nstderr:\n%s", err, p.stderr.tail())
	}
	if strings.Contains(p.stderr.all(), "DATA RACE") {
		return fmt.Errorf("the race detector spoke:\n%s", p.stderr.all())
	}
	return nil
}

// wait returns the exit error of the process, or that it has not ended in time.
func (p *process) wait(limit time.Duration) error {
	select {
	case <-p.exited:
		return p.exitErr
	case <-time.After(limit):
		return fmt.Errorf("%s has not ended after %s", strings.Join(p.cmd.Args, " "), limit)
	}
}

func (p *process) firstLine(limit time.Duration) (string, error) {
	select {
	case line := <-p.stdout.first:
		return line, nil
	case <-p.exited:
		return "", fmt.Errorf("admux ended: %w\nstderr:\n%s", errors.Join(p.exitErr), p.stderr.tail())
	case <-time.After(limit):
		return "", fmt.Errorf("nothing printed after %s\nstderr:\n%s", limit, p.stderr.tail())
	}
}

// result is what one finished command left.
type result struct {
	stdout, stderr string
	code           int
}

// admux runs one command to its end.
func admux(t testing.TB, env []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, built.binary, args...)
	cmd.Env = append(cleanEnv(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit, failed := errors.AsType[*exec.ExitError](err); err != nil && (!failed || !exit.Exited()) {
		t.Fatalf("admux %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	if strings.Contains(stderr.String(), "DATA RACE") {
		t.Errorf("admux %s: %s", strings.Join(args, " "), stderr.String())
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// cleanEnv is the caller's environment without any setting of admux; no bank of the outside world is asked.
func cleanEnv() []string {
	kept := []string{"ADMUX_RATES_URL="}
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "ADMUX_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// lines keeps what a process prints and hands out its first line as soon as it is whole.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	first chan string
	given bool
}

func newLines() *lines { return &lines{first: make(chan string, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if line, _, whole := bytes.Cut(l.text.Bytes(), []byte("\n")); whole && !l.given {
		l.given = true
		l.first <- string(line)
	}
	return len(p), nil
}

func (l *lines) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// tail is the last of what was printed, enough to tell why.
func (l *lines) tail() string {
	var last []string
	for s := bufio.NewScanner(strings.NewReader(l.all())); s.Scan(); {
		if last = append(last, s.Text()); len(last) > 40 {
			last = last[1:]
		}
	}
	return strings.Join(last, "\n")
}

func findTool(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed: run `make deps`", names[0])
	return ""
}

// freeAddress is a loopback address nobody listens on at this moment.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually asks again until there is no error, for what another process does in its own time.
func eventually(t testing.TB, what string, try func() error) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not so after 20s: %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// storeArgs name the database of a demo that was started with --dir, for the commands of its owner.
func (p *process) storeArgs() []string {
	dir := p.cmd.Args[slices.Index(p.cmd.Args, "--dir")+1]
	return []string{"--database-url", "sqlite:" + filepath.Join(dir, "admux.db"), "--key-file", filepath.Join(dir, "admux.key")}
}

// newKey makes an API key as the demo's owner would, on the command line.
func (p *process) newKey(t *testing.T, scope string, args ...string) string {
	t.Helper()
	if len(args) == 0 {
		args = []string{"--workspace", p.announced.WorkspaceID}
	}
	made := admux(t, nil, slices.Concat([]string{"key", "create", "--scope", scope}, args, p.storeArgs())...)
	if made.code != 0 {
		t.Fatalf("key create: %s", made.stderr)
	}
	return strings.TrimSpace(made.stdout)
}
