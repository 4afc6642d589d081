package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"time"
)

// callsOf measures P1 and P2: a list of 25 campaigns through the gateway, and the calls of the platform's that it takes made
// of the platform itself and through Go's bare ReverseProxy, one after the other, by callers who wait for each answer
// before they ask again. Rounds take turns, so that a machine that grows slow or quick does so for each.
func (b *bench) callsOf(ctx context.Context, t *table, name string) (err error) {
	b.note("%s: lists of 25 campaigns", name)
	up, err := b.upstream(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, up.stop()) }()
	p := &platform{id: up.ID, client: up.Client, tokens: up.Tokens}
	g, err := b.start(ctx, p, up.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	proxy, err := b.child(ctx, "proxy", up.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, proxy.stop()) }()

	list := ask{http.MethodGet, g.url + "/ads/" + g.connection + "/campaign?limit=25",
		http.Header{"Authorization": {"Bearer " + g.key}, "Accept-Encoding": {"identity"}}, nil}
	if err := countCampaigns(ctx, g, list.url); err != nil { // what is looked up once is known from here on
		return err
	}
	sent, err := up.recorded(ctx, func() error { return countCampaigns(ctx, g, list.url) })
	if err != nil {
		return err
	}
	targets := []target{
		{name: "the platform itself", asks: asksOf(up.URL, sent)}, {name: "the proxy", asks: asksOf(proxy.URL, sent), pid: proxy.cmd.Process.Pid},
		{name: "admux", asks: []ask{list}, pid: g.cmd.Process.Pid},
	}
	if b.profile != "" {
		if err := g.profileBegin(ctx); err != nil {
			return err
		}
	}
	for _, callers := range b.callers {
		direct, proxied, ours, err := b.rounds(ctx, targets, callers)
		if err != nil {
			return err
		}
		t.addCalls(name, callers, len(sent), direct, proxied, ours)
	}
	if b.profile != "" {
		return g.profileEnd(ctx, b.profile+"/"+p.id+".calls")
	}
	return nil
}

// addCalls adds the lines of one number of callers.
func (t *table) addCalls(name string, callers, calls int, direct, proxied, ours sample) {
	added, bare := ours.median()-direct.median(), proxied.median()-direct.median()
	what := fmt.Sprintf("%s: list of 25, %d at once", name, callers)
	if calls > 1 {
		what += fmt.Sprintf(" (%d upstream)", calls)
	}
	ratio := float64(added) / float64(bare)
	t.add(figure{id: "P1", what: what, ours: fmt.Sprintf("+%s", ms(added)), beside: fmt.Sprintf("ReverseProxy +%s over %s", ms(bare), ms(direct.median())),
		ratio: ratio, goal: "≤ 1.3, ≤ 0.25 ms", met: ratio <= 1.3 && added <= 250*time.Microsecond})
	ratio = ours.perSecond() / proxied.perSecond()
	t.add(figure{id: "P2", what: what, ours: fmt.Sprintf("%.0f/s, %s CPU each", ours.perSecond(), ms(ours.cpuEach())),
		beside: fmt.Sprintf("ReverseProxy %.0f/s, %s CPU", proxied.perSecond(), ms(proxied.cpuEach())),
		ratio:  ratio, goal: "≥ 0.8", met: ratio >= 0.8})
}

func ms(d time.Duration) string { return fmt.Sprintf("%.3f ms", d.Seconds()*1000) }

// rounds measures each target in turn, and again.
func (b *bench) rounds(ctx context.Context, targets []target, callers int) (direct, proxied, ours sample, err error) {
	into := []*sample{&direct, &proxied, &ours}
	for round := range b.times + 1 {
		for i, t := range targets {
			s, err := t.measured(ctx, callers, b.round)
			if err != nil {
				return direct, proxied, ours, fmt.Errorf("%s: %w", t.name, err)
			}
			if round > 0 { // the first warms up
				into[i].join(s)
			}
		}
		slices.Reverse(targets)
		slices.Reverse(into)
	}
	return direct, proxied, ours, nil
}

func asksOf(base string, sent []asked) []ask {
	var out []ask
	for _, a := range sent {
		out = append(out, ask{a.Method, base + a.URI, a.Header, a.Body})
	}
	return out
}

// countCampaigns makes sure that the list is what it is said to be.
func countCampaigns(ctx context.Context, g *gateway, url string) error {
	raw, err := g.call(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil || len(rows) != 25 {
		return fmt.Errorf("%d campaigns came, expected 25: %w", len(rows), err)
	}
	return nil
}

// child is this program once more, as another process that serves.
type child struct {
	URL    string
	ID     string
	Client [2]string
	Tokens [2]string
	cmd    *exec.Cmd
}

func (b *bench) child(ctx context.Context, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, args...)}
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if err := json.NewDecoder(out).Decode(c); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", args[0], err), c.cmd.Process.Kill())
	}
	return c, nil
}

func (c *child) stop() error {
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return c.cmd.Wait()
}

// upstream serves one platform from memory in a process of its own.
func (b *bench) upstream(ctx context.Context, name string) (*child, error) {
	return b.child(ctx, "upstream", name)
}

// recorded are the requests that the platform sees while f runs.
func (c *child) recorded(ctx context.Context, f func() error) ([]asked, error) {
	g := &gateway{}
	if _, err := g.call(ctx, http.MethodPost, c.URL+rewindPath, nil); err != nil {
		return nil, err
	}
	if err := f(); err != nil {
		return nil, err
	}
	raw, err := g.call(ctx, http.MethodPost, c.URL+seenPath, nil)
	if err != nil {
		return nil, err
	}
	var out []asked
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("the platform was not called")
	}
	return out, nil
}

// Paths of the upstream process that no platform has.
const (
	rewindPath = "/_bench/rewind"
	seenPath   = "/_bench/seen" // and stop watching
)

// serveUpstream is the upstream process.
func serveUpstream(ctx context.Context, name string) error {
	p := newPlatform(name, world{campaigns: 30, groups: 2, ads: 1})
	t := newTape(p)
	t.rewind()
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+rewindPath, func(http.ResponseWriter, *http.Request) { t.rewind() })
	mux.HandleFunc("POST "+seenPath, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(t.stopWatching()) })
	mux.Handle("/", t)
	return serveChild(ctx, mux, child{ID: p.id, Client: p.client, Tokens: p.tokens})
}

// serveProxy is the process with nothing but Go's ReverseProxy; it keeps as many connections as the gateway does.
func serveProxy(ctx context.Context, to string) error {
	at, err := url.Parse(to)
	if err != nil {
		return err
	}
	return serveChild(ctx, &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			// A body must not be read while the answer is written: net/http closes it then, and the proxy breaks off.
			if body, err := io.ReadAll(r.In.Body); err == nil && len(body) > 0 {
				r.Out.Body = io.NopCloser(bytes.NewReader(body))
			}
		},
		Transport: &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 128, DisableCompression: true},
	}, child{})
}

// serveChild serves on a free port, tells it on standard output, and ends with the context.
func serveChild(ctx context.Context, h http.Handler, c child) error {
	srv := httptest.NewServer(h)
	c.URL = srv.URL
	if err := json.NewEncoder(os.Stdout).Encode(c); err != nil {
		return err
	}
	<-ctx.Done()
	srv.CloseClientConnections()
	srv.Close()
	return nil
}
