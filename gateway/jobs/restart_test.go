package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// J1: one report is made upstream however often admux restarts, and its result is delivered.
func TestJ1_OneReportUpstreamOverRestarts(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		j, path := g.start("async1", "format=csv&type=CLICKS,COST")
		polled := 0
		for range 5 {
			eventually(t, func() bool { return b.up.count(&b.up.polled) > polled }, func() any { return g.do(http.MethodGet, path).body })
			polled = b.up.count(&b.up.polled)
			g.stop()
			g = b.gateway(quick(), nil)
		}
		// The platform is half way, and making is half of the work.
		g.until(path, func(now job) bool { return now.State == "running" && now.Progress == 0.25 && now.ID == j.ID })
		b.up.ready.Store(true)
		end := g.until(path, ended)
		if end.State != "completed" || end.Rows != 40 {
			t.Errorf("%+v", end)
		}
		a := g.do(http.MethodGet, path+"/result")
		if a.status != http.StatusOK || strings.Count(a.body, "\n") != 41 {
			t.Errorf("%d %s", a.status, a.body)
		}
		if n := b.up.count(&b.up.submitted); n != 1 {
			t.Errorf("J1: %d reports were made upstream", n)
		}
		if n := b.up.count(&b.up.fetched); n != 1 {
			t.Errorf("J1: fetched %d times", n)
		}
		if n := b.up.count(&b.up.cancelled); n != 0 {
			t.Errorf("a restart cancels what the platform makes: %d", n)
		}
		eventually(t, func() bool {
			left, err := b.store.Tickets(t.Context(), b.ws, j.ID)
			return err == nil && len(left) == 0
		}, func() any { return "tickets stay" })
	})
}

// A ticket that arrives while the gateway is ending is kept all the same.
func TestJ1_TicketOfAGatewayThatIsEnding(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		stopping := make(chan struct{})
		b.up.onSubmit = func() {
			go func() { g.stop(); close(stopping) }()
			time.Sleep(300 * time.Millisecond) // longer than the grace: the work on the job has been told to end
		}
		_, path := g.start("async1", "format=csv")
		select {
		case <-stopping:
		case <-time.After(20 * time.Second):
			t.Fatal("it does not end")
		}
		b.up.onSubmit = nil
		b.up.ready.Store(true)
		next := b.gateway(quick(), nil)
		if end := next.until(path, ended); end.State != "completed" {
			t.Errorf("%+v", end)
		}
		if n := b.up.count(&b.up.submitted); n != 1 {
			t.Errorf("J1: %d reports were made upstream", n)
		}
	})
}

func TestJob_cancelTellsThePlatform(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gateway(quick(), nil)
		j, path := g.start("async1", "format=csv")
		eventually(t, func() bool { return b.up.count(&b.up.polled) > 0 }, func() any { return "not polled" })
		g.do(http.MethodDelete, path)
		eventually(t, func() bool { return b.up.count(&b.up.cancelled) == 1 }, func() any { return g.do(http.MethodGet, path).body })
		eventually(t, func() bool {
			left, err := b.store.Tickets(t.Context(), b.ws, j.ID)
			return err == nil && len(left) == 0
		}, func() any { return "tickets stay" })
		if now := g.parse(g.do(http.MethodGet, path), http.StatusOK); now.State != "cancelled" {
			t.Errorf("%+v", now)
		}
	})
}

// A gateway that ends gives its jobs back, and another makes them.
func TestJob_isGivenBackAtShutdown(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		first := b.gateway(quick(), nil)
		b.up.gate.Store(7)
		_, path := first.start("sync1", "format=csv")
		first.until(path, func(j job) bool { return j.Rows == 7 })
		begun := time.Now()
		first.stop()
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("it took %s to end", took)
		}
		b.up.gate.Store(-1)
		o := quick()
		o.LeaseFor = time.Hour // it takes nothing that was not given
		second := b.gateway(o, nil)
		if j := second.until(path, ended); j.State != "completed" || j.Rows != 40 {
			t.Errorf("%+v", j)
		}
		if n := len(b.objects()); n != 1 {
			t.Errorf("%d objects: half a result stays", n)
		}
	})
}

const childEnv = "ADMUX_JOBS_TEST_CHILD"

// orders are what a process of its own is told: the test binary, run again as a gateway that only works on jobs.
type orders struct{ URL, Key, Dir, Upstream string }

func child(role string) int {
	var o orders
	err := json.Unmarshal([]byte(role), &o)
	ring, kerr := store.ParseKeyring(o.Key)
	if err = errors.Join(err, kerr); err != nil {
		fmt.Println(err) //nolint:forbidigo // to its parent
		return 1
	}
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	s, err := store.Open(ctx, o.URL, ring, store.Options{Log: log})
	if err == nil {
		js, _, nerr := service(ctx, s, o.Upstream, o.Dir, time.Now, quick(), log)
		if err = nerr; err == nil {
			fmt.Println("working") //nolint:forbidigo // to its parent
			err = js.Run(ctx)
		}
	}
	fmt.Println(err) //nolint:forbidigo // to its parent
	return 1
}

func (b *bed) process() *exec.Cmd {
	b.Helper()
	raw, err := json.Marshal(orders{b.url, b.key, b.dir, b.up.url})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(raw))
	cmd.Stderr = b.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "working\n" {
		b.Fatalf("the other process: %q %v", line, err)
	}
	return cmd
}

// A worker that is killed with SIGKILL in the middle of a large report loses it to another process, whose result is the
// one that would have been made without the kill.
func TestJob_ofAKilledWorkerIsWhole(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		rows := 30_000
		if strings.HasPrefix(b.url, "postgres") && !testing.Short() {
			rows = manyRows
		}
		b.up.rows.Store(int64(rows))
		b.up.gate.Store(int64(rows / 2))
		// The gateway that is asked works on nothing itself until the other is dead.
		asked := quick()
		victim := b.process()
		g := b.gatewayIdle(asked)
		_, path := g.start("sync1", "format=csv&type=CLICKS,COST")
		g.until(path, func(j job) bool { return j.Rows == rows/2 })
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return b.up.gone.Load() == 1 }, func() any { return "it lives" })
		b.up.gate.Store(-1)
		if j := g.parse(g.do(http.MethodGet, path), http.StatusOK); j.State != "running" {
			t.Errorf("%+v", j)
		}
		b.process()
		j := g.until(path, ended)
		if j.State != "completed" || j.Rows != rows {
			t.Fatalf("%+v", j)
		}
		got, want := g.do(http.MethodGet, path+"/result"), g.do(http.MethodGet, "/ads/sync1/report?format=csv&type=CLICKS,COST&limit=1000000")
		if got.status != http.StatusOK || got.body != want.body || strings.Count(got.body, "\n") != rows+1 {
			t.Errorf("the result of %d bytes is not the one of %d that it is without the kill", len(got.body), len(want.body))
		}
		if n := b.up.streams.Load(); n != 3 {
			t.Errorf("the platform was read %d times", n)
		}
	})
}

// J1 with kill -9: the ticket survives its process.
func TestJ1_OneReportUpstreamOverKills(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bed) {
		g := b.gatewayIdle(quick())
		victim := b.process()
		_, path := g.start("async1", "format=csv")
		polled := 0
		for range 3 {
			eventually(t, func() bool { return b.up.count(&b.up.polled) > polled }, func() any { return g.do(http.MethodGet, path).body })
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = victim.Wait()
			polled = b.up.count(&b.up.polled)
			victim = b.process()
		}
		b.up.ready.Store(true)
		if j := g.until(path, ended); j.State != "completed" || j.Rows != 40 || b.up.count(&b.up.submitted) != 1 {
			t.Errorf("J1: %+v, %d reports were made upstream", j, b.up.count(&b.up.submitted))
		}
	})
}
