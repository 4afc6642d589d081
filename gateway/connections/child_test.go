package connections

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// childEnv carries the orders of a process of its own: the test binary, run again.
const childEnv = "ADMUX_CONNECTIONS_TEST_CHILD"

type orders struct {
	URL, Key, Vendor, Workspace, Connection string
	Start                                   time.Time
	Rotates                                 bool
	CrashAt                                 string // kill -9 at this point
	Callers                                 int
	LeaseFor                                time.Duration
}

// child is a gateway process: for each line it reads, its clock goes two hours ahead, all its callers want a token, and
// it answers what they got.
func child(role string) int {
	var o orders
	if err := json.Unmarshal([]byte(role), &o); err != nil {
		fmt.Println("orders:", err)
		return 2
	}
	clk, log := newClock(o.Start), slog.New(slog.NewTextHandler(io.Discard, nil))
	ring, err := store.ParseKeyring(o.Key)
	if err != nil {
		fmt.Println("key:", err)
		return 2
	}
	st, err := store.Open(context.Background(), o.URL, ring, store.Options{Now: clk.now, Log: log, SkipMigrations: true, MaxConns: 4})
	if err != nil {
		fmt.Println("store:", err)
		return 2
	}
	defer func() { _ = st.Close() }()
	a := adapter{rotates: o.Rotates}
	times := quick
	times.LeaseFor = o.LeaseFor
	s, err := New(configFor(st, o.Vendor, a, clk.now, log, times))
	if err != nil {
		fmt.Println("service:", err)
		return 2
	}
	if o.CrashAt != "" {
		s.probe = func(point string) {
			if point == o.CrashAt {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}
	}
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		clk.advance(2 * time.Hour)
		fmt.Println(askAll(s, o, a))
	}
	return 0
}

// askAll lets all callers ask at once and returns the one token that they got, or what is wrong.
func askAll(s *Service, o orders, a adapter) string {
	got := make([]string, o.Callers)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			tok, err := (&tokens{s, ref{o.Workspace, o.Connection, a.Spec()}, 0}).Token(context.Background())
			if err != nil {
				got[i] = "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
				return
			}
			got[i] = tok.AccessToken
		})
	}
	all.Wait()
	for _, g := range got {
		if g != got[0] {
			return "error: callers got " + g + " and " + got[0]
		}
	}
	return got[0]
}

// process is a running child.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startChild(t testing.TB, o orders) *process {
	t.Helper()
	role, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0]) //nolint:gosec // the test binary itself
	cmd.Env = append(os.Environ(), childEnv+"="+string(role))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, in, bufio.NewScanner(out)}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, _ := p.read(); line != "ready" {
		t.Fatalf("child says %q", line)
	}
	return p
}

func (p *process) ask() error {
	_, err := io.WriteString(p.in, "go\n")
	return err
}

func (p *process) read() (string, bool) {
	ok := p.out.Scan()
	return p.out.Text(), ok
}
