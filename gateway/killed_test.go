package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// gatewayChild carries the orders of a gateway process of its own: the test binary, run again.
const gatewayChild = "ADMUX_GATEWAY_TEST_CHILD"

type childOrders struct{ Database, Key, Platform string }

func TestMain(m *testing.M) {
	if role := os.Getenv(gatewayChild); role != "" { //nolint:forbidigo // the orders of a child
		os.Exit(runGateway(role)) //nolint:forbidigo // it is a process
	}
	os.Exit(m.Run()) //nolint:forbidigo // as testing does
}

// runGateway is a whole gateway in a process, which says where it listens.
func runGateway(role string) int {
	fail := func(err error) int {
		fmt.Println("error:", err) //nolint:forbidigo // to its parent
		return 2
	}
	var o childOrders
	if err := json.Unmarshal([]byte(role), &o); err != nil {
		return fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	ring, err := store.ParseKeyring(o.Key)
	if err != nil {
		return fail(err)
	}
	st, err := store.Open(ctx, o.Database, ring, store.Options{Log: log})
	if err != nil {
		return fail(err)
	}
	defer func() { _ = st.Close() }()
	s, err := New(ctx, Config{
		Listen: "127.0.0.1:0", Registry: providers.NewRegistry(remoteProvider{}), Store: st, Log: log,
		BaseURLs: map[string]string{fakeHost: o.Platform}, WriteLease: 400 * time.Millisecond,
	})
	if err == nil {
		err = s.Listen(ctx)
	}
	if err != nil {
		return fail(err)
	}
	fmt.Println(s.Addr()) //nolint:forbidigo // to its parent
	if err := s.Run(ctx); err != nil {
		return fail(err)
	}
	return 0
}

// remoteProvider makes campaigns on a platform over HTTP, which does not tell when they were made.
type remoteProvider struct{ fakeProvider }

func (p remoteProvider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	s, err := p.fakeProvider.Open(conn, deps)
	if err != nil {
		return nil, err
	}
	call := func(ctx context.Context, method, path string, in, out any) error {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, method, "https://"+fakeHost+path, bytes.NewReader(raw))
		if err != nil {
			return err
		}
		res, err := deps.HTTP.Do(req)
		if err != nil {
			return &providers.Error{Kind: providers.Unavailable, Platform: "fakeads", Message: "not reached", Uncertain: method == post, Err: err}
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(out); err != nil {
			return &providers.Error{Kind: providers.Malformed, Platform: "fakeads", Message: "cut", Uncertain: method == post, Err: err}
		}
		return nil
	}
	s.Campaigns.Fields = []providers.Field{{Name: "name", Create: true, Required: true}}
	s.Campaigns.Create = func(ctx context.Context, w providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
		var v normalize.Campaign
		err := call(ctx, post, "/campaigns", w.Object, &v)
		return providers.Written[normalize.Campaign]{Object: v}, err
	}
	s.Campaigns.Find = func(ctx context.Context, w providers.Write[normalize.Campaign], _ providers.Try) ([]normalize.Campaign, error) {
		var list []normalize.Campaign
		err := call(ctx, get, "/find?name="+w.Object.Name, nil, &list)
		return list, err
	}
	return s, nil
}

// campaignPlatform makes what it is told, after a while and however its caller fares.
type campaignPlatform struct {
	mu   sync.Mutex
	list []normalize.Campaign
}

func (p *campaignPlatform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pause := func() { time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond) }
	if r.URL.Path == "/find" {
		p.mu.Lock()
		defer p.mu.Unlock()
		out := []normalize.Campaign{}
		for _, v := range p.list {
			if v.Name == r.URL.Query().Get("name") {
				out = append(out, v)
			}
		}
		_ = json.NewEncoder(w).Encode(out)
		return
	}
	var v normalize.Campaign
	if json.NewDecoder(r.Body).Decode(&v) != nil {
		return
	}
	pause()
	p.mu.Lock()
	v.ID = fmt.Sprint(len(p.list) + 1)
	p.list = append(p.list, v)
	p.mu.Unlock()
	pause()
	_ = json.NewEncoder(w).Encode(v)
}

func (p *campaignPlatform) count(name string) (n int, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.list {
		if v.Name == name {
			n, id = n+1, v.ID
		}
	}
	return n, id
}

func startGateway(t *testing.T, o childOrders) (base string, kill func()) {
	t.Helper()
	role, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])                                             //nolint:gosec,noctx // the test binary itself, killed below
	cmd.Env = append(slices.Clone(os.Environ()), gatewayChild+"="+string(role)) //nolint:forbidigo // the parent's
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dead := false
	kill = func() {
		if !dead {
			dead = true
			_ = cmd.Process.Kill() // SIGKILL
			_ = cmd.Wait()
		}
	}
	t.Cleanup(kill)
	line := bufio.NewScanner(out)
	line.Scan()
	return "http://" + line.Text(), kill
}

// TestW3_killedAtRandomPoints kills a gateway of a process of its own, 50 times, while it makes objects for keys, and asks
// again with the same keys: each has made one object, whether its death came before, in or after the platform's work.
func TestW3_killedAtRandomPoints(t *testing.T) {
	t.Parallel()
	kills, keys := 50, 4
	if testing.Short() {
		kills = 10
	}
	platform := &campaignPlatform{}
	web := httptest.NewServer(platform)
	t.Cleanup(web.Close)
	key := store.NewKey()
	ring, err := store.ParseKeyring(key)
	if err != nil {
		t.Fatal(err)
	}
	url := storetest.SQLite(t)
	b := &bed{t: t, store: storetest.Open(t, url, ring, store.Options{})}
	b.server, err = New(t.Context(), Config{Listen: "127.0.0.1:0", Registry: providers.NewRegistry(remoteProvider{}), Store: b.store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	me := b.tenant()
	orders := childOrders{url, key, web.URL}
	client := &http.Client{Timeout: 20 * time.Second}
	ask := func(base, name string) (status int, id string) {
		body := bytes.NewReader([]byte(`{"name":"` + name + `"}`))
		req, err := http.NewRequestWithContext(t.Context(), post, base+"/ads/"+me.connection+"/campaign", body)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		req.Header.Set("Authorization", "Bearer "+me.keys["write"])
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", name)
		res, err := client.Do(req)
		if err != nil {
			return 0, "" // it was killed
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			return 0, ""
		}
		var v struct{ ID string }
		_ = json.Unmarshal(raw, &v)
		if res.StatusCode != 200 && res.StatusCode != 409 {
			t.Logf("%s: %d %s", name, res.StatusCode, raw)
		}
		return res.StatusCode, v.ID
	}
	base, kill := startGateway(t, orders)
	acknowledged, adopted := 0, 0
	for run := range kills {
		var all sync.WaitGroup
		known := make([]string, keys)
		for k := range keys {
			all.Go(func() {
				if status, id := ask(base, fmt.Sprintf("run%d-%d", run, k)); status == 200 {
					known[k] = id
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(60_000)) * time.Microsecond)
		kill()
		all.Wait()
		base, kill = startGateway(t, orders)
		for k := range keys {
			name := fmt.Sprintf("run%d-%d", run, k)
			before, _ := platform.count(name)
			status, id := 0, ""
			for until := time.Now().Add(time.Minute); status != 200 && time.Now().Before(until); {
				if status, id = ask(base, name); status != 200 {
					time.Sleep(50 * time.Millisecond)
				}
			}
			n, is := platform.count(name)
			if status != 200 || n != 1 || id != is || known[k] != "" && known[k] != id {
				t.Errorf("%s: %d, %d at the platform (%s), the answer names %s, the one before it %q", name, status, n, is, id, known[k])
			}
			switch {
			case known[k] != "":
				acknowledged++
			case before == 1:
				adopted++
			}
		}
	}
	t.Logf("%d creates: %d were acknowledged before the death, %d were made and found afterwards, %d were made afterwards", kills*keys, acknowledged, adopted, kills*keys-acknowledged-adopted)
	if adopted == 0 {
		t.Error("no death came between the platform's work and our note of it: the test tries nothing")
	}
}
