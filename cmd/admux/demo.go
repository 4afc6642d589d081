package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/admux/admux/gateway"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
)

// The one app that the simulated platforms of a demo know. It is no secret of anybody.
const (
	demoClientID     = "admux-demo"
	demoClientSecret = "admux-demo-secret"
)

type demoCmd struct {
	Listen   string `help:"Address to listen on; port 0 picks one." default:"127.0.0.1:8080"`
	Dir      string `help:"Keep everything in this folder, for the next start; without it all is gone at the end." type:"path" placeholder:"DIR"`
	JSON     bool   `help:"Print one line of JSON first: url, api_key, workspace_id, connections, simulators."`
	Size     string `help:"How much there is on the simulated platforms: small, medium or large." enum:"small,medium,large" default:"small"`
	LogLevel string `help:"debug, info, warn or error." default:"warn"`
	RatesURL string `help:"File of the European Central Bank's euro reference rates, fetched daily; without it a simulated bank publishes them." env:"ADMUX_RATES_URL" placeholder:"URL"`
}

// demo is one running demo: the gateway, and a simulator for each platform, in one process.
type demo struct {
	dir        string
	store      *store.Store
	registry   *providers.Registry
	server     *gateway.Server
	simulators []simulator
	bank       net.Listener // nil: rates come from elsewhere
	state      demoState
}

type simulator struct {
	all.Sim
	listener net.Listener
}

func (s simulator) url() string { return "http://" + s.listener.Addr().String() }

// demoState is what a demo with --dir remembers beside its database, so that the key of yesterday is that of today.
type demoState struct {
	APIKey      string `json:"api_key"`
	WorkspaceID string `json:"workspace_id"`
}

// Run starts everything, connects an account on each platform, says what to try, and serves until a signal.
func (d *demoCmd) Run(ctx context.Context, std *streams) (err error) {
	log, err := logFlags{LogLevel: d.LogLevel, LogFormat: "text"}.logger(std.err)
	if err != nil {
		return usageError{err}
	}
	dir, remove, err := d.folder()
	if err != nil {
		return err
	}
	defer remove()
	demo := &demo{dir: dir, registry: providers.NewRegistry(all.All()...)}
	defer func() { err = errors.Join(err, demo.close()) }()
	if err := demo.open(ctx, d, log); err != nil {
		return err
	}
	return demo.run(ctx, d, func(connected []demoConnection) error { return demo.announce(std, d.JSON, connected) })
}

func (d *demoCmd) folder() (dir string, remove func(), err error) {
	if d.Dir != "" {
		return d.Dir, func() {}, os.MkdirAll(d.Dir, 0o700)
	}
	dir, err = os.MkdirTemp("", "admux-demo-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}

// open opens the store and every port, so that each side knows where the other is before either answers.
func (d *demo) open(ctx context.Context, cmd *demoCmd, log *slog.Logger) error {
	ring, err := store.LoadKeyFile(filepath.Join(d.dir, "admux.key"), true)
	if err != nil {
		return err
	}
	if d.store, err = store.Open(ctx, "sqlite:"+filepath.Join(d.dir, "admux.db"), ring, store.Options{Log: log}); err != nil {
		return err
	}
	baseURLs, apps := map[string]string{}, map[string]providers.App{}
	for _, sim := range all.Sims() {
		listener, err := listen(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		one := simulator{sim, listener}
		d.simulators = append(d.simulators, one)
		apps[sim.ID] = providers.App{ClientID: demoClientID, ClientSecret: demoClientSecret}
		if p, known := d.registry.Get(sim.ID); known {
			for _, host := range hostsOf(p.Spec()) {
				baseURLs[host] = one.url()
			}
		}
	}
	ratesURL := cmd.RatesURL
	if ratesURL == "" {
		if d.bank, err = listen(ctx, "127.0.0.1:0"); err != nil {
			return err
		}
		ratesURL = "http://" + d.bank.Addr().String() + "/eurofxref-hist-90d.xml"
	}
	d.server, err = gateway.New(ctx, gateway.Config{
		Listen: cmd.Listen, PublicURL: reachable(cmd.Listen),
		Registry: d.registry, BaseURLs: baseURLs, Apps: apps,
		Store: d.store, Log: log, Version: buildVersion(), RatesURL: ratesURL,
	})
	if err != nil {
		return err
	}
	if err := d.server.Listen(ctx); err != nil {
		return err
	}
	return d.remember(ctx)
}

// reachable is the address that a browser on this machine can open, where the one listened on is none ("0.0.0.0:8080").
// With port 0 only the server knows it.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || port == "0" || (host != "" && (ip == nil || !ip.IsUnspecified())) {
		return ""
	}
	return "http://" + net.JoinHostPort("127.0.0.1", port)
}

// run serves both sides, connects, announces, and waits for the end of the context or of a server.
func (d *demo) run(ctx context.Context, cmd *demoCmd, announce func([]demoConnection) error) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	// The platforms outlive the gateway: calls that are under way at the end still need them.
	platforms, stopPlatforms := context.WithCancel(context.WithoutCancel(ctx))
	defer stopPlatforms()
	var simulating, gating sync.WaitGroup
	faults := make(chan error, len(d.simulators)+3)
	for _, sim := range d.simulators {
		handler := sim.New(all.SimOptions{
			Size: cmd.Size, ClientID: demoClientID, ClientSecret: demoClientSecret,
			RedirectURLs: []string{d.server.PublicURL() + "/oauth/callback"},
		})
		simulating.Go(func() {
			defer stop()
			faults <- serveHandler(platforms, sim.listener, handler)
		})
	}
	if d.bank != nil {
		simulating.Go(func() {
			defer stop()
			faults <- serveHandler(platforms, d.bank, bank(time.Now))
		})
	}
	gating.Go(func() {
		defer stop()
		faults <- d.server.Run(serving)
	})

	connected, err := d.connect(serving)
	if err == nil {
		err = announce(connected)
	}
	if err == nil {
		<-serving.Done()
	} else if ctx.Err() == nil { // a signal before all was connected is a good end too
		faults <- err
	}
	stop()
	gating.Wait()
	stopPlatforms()
	simulating.Wait()
	close(faults)
	var told []error
	for err := range faults {
		told = append(told, err)
	}
	return errors.Join(told...)
}

// remember reads what an earlier demo in this folder left, and makes what is missing.
func (d *demo) remember(ctx context.Context) error {
	file := filepath.Join(d.dir, "demo.json")
	body, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	keys := auth.New(d.store, auth.Options{})
	if err == nil {
		if err := json.Unmarshal(body, &d.state); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if _, err := keys.Verify(ctx, d.state.APIKey); err == nil {
			return nil
		} else if !errors.Is(err, auth.ErrInvalidKey) {
			return err
		}
	}
	// Consent may come back to any page of this machine, so that a browser can be sent through it without a key.
	workspace, err := d.store.CreateWorkspace(ctx, "demo", []string{"http://127.0.0.1/", "http://localhost/"})
	if err != nil {
		return err
	}
	key, _, err := keys.Generate(ctx, workspace.ID, "demo", auth.Admin)
	if err != nil {
		return err
	}
	d.state = demoState{APIKey: key.Reveal(), WorkspaceID: workspace.ID}
	if body, err = json.MarshalIndent(d.state, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(file, append(body, '\n'), 0o600)
}

func (d *demo) close() error {
	for _, sim := range d.simulators {
		_ = sim.listener.Close() // closed already where it was served
	}
	if d.bank != nil {
		_ = d.bank.Close()
	}
	if d.store == nil {
		return nil
	}
	return d.store.Close()
}
