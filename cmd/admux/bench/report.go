package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

const metrics = "IMPRESSIONS,CLICKS,COST,CONVERSIONS,CONVERSION_VALUE"

// cost is what one report took.
type cost struct {
	rows        int
	took        time.Duration
	cpu         time.Duration
	peak        float64       // MiB
	bytes       int           // of the answer
	first       time.Duration // from the first upstream page, sent whole, to the first byte out
	beforeFirst bool          // the first byte was out before that page was
}

// reportOf measures P3 and P5: CPU and memory of a report to CSV, beside the floor's, and the time from the first page of
// the platform's to the first byte.
func (b *bench) reportOf(ctx context.Context, t *table, name string) error {
	of := size{ads: 2000, days: b.rows / 2000}
	b.note("%s: a report of %d rows", name, of.rows())
	g, f, err := b.report(ctx, name, of)
	if err != nil {
		return err
	}
	ratio := g.cpu.Seconds() / f.cpu.Seconds()
	t.add(figure{id: "P3", what: fmt.Sprintf("%s: %d rows to CSV", name, g.rows), ours: g.row(), beside: "floor " + f.row(),
		ratio: ratio, goal: "≤ 1.5", met: ratio <= 1.5})
	out := ms(g.first)
	if g.beforeFirst {
		out = "before the page's end"
	}
	t.add(figure{id: "P5", what: name + ": first byte after first page", ours: out, goal: "≤ 20 ms", met: g.beforeFirst || g.first <= 20*time.Millisecond})
	return nil
}

func (c cost) row() string {
	return fmt.Sprintf("%.2f CPU s, %.0f rows/s, peak %.0f MiB", c.cpu.Seconds(), float64(c.rows)/c.took.Seconds(), c.peak)
}

// report reads one report twice, the first time to record what the platform answers, and then runs the floor.
func (b *bench) report(ctx context.Context, name string, of size) (ours, beside cost, err error) {
	p := newPlatform(name, of.world())
	t := newTape(p)
	srv := httptest.NewServer(t)
	defer srv.Close()
	if _, err := b.measure(ctx, t, srv.URL, of, ""); err != nil {
		return ours, beside, fmt.Errorf("recording: %w", err)
	}
	t.rewind()
	if ours, err = b.measure(ctx, t, srv.URL, of, b.profile); err != nil {
		return ours, beside, err
	}
	beside, err = b.floor(ctx, script{srv.URL, t.seen()})
	beside.rows = ours.rows
	return ours, beside, err
}

// measure starts a gateway, reads one report, and ends the gateway. profile is a folder for profiles of the report, or "".
func (b *bench) measure(ctx context.Context, t *tape, base string, of size, profile string) (c cost, err error) {
	g, err := b.start(ctx, t.platform, base)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, g.stop()) }()
	if profile != "" {
		if err := g.profileBegin(ctx); err != nil {
			return c, err
		}
	}
	idle, err := cpu(g.cmd.Process.Pid)
	if err != nil {
		return c, err
	}
	if c, err = g.read(ctx, t, of); err != nil {
		return c, err
	}
	used, err := cpu(g.cmd.Process.Pid)
	if err != nil {
		return c, err
	}
	c.cpu = used - idle
	if c.peak, err = memory(g.cmd.Process.Pid, "VmHWM"); err != nil {
		return c, err
	}
	if profile != "" {
		return c, g.profileEnd(ctx, filepath.Join(profile, t.id))
	}
	return c, nil
}

// read asks for the report as a caller would and counts its rows.
func (g *gateway) read(ctx context.Context, t *tape, of size) (cost, error) {
	from := t.first(of.days)
	url := fmt.Sprintf("%s/ads/%s/report?type=%s&level=ad&dimension=DATE&format=csv&start_gte=%s&end_lt=%s", g.url, g.connection, metrics,
		from.Format(time.DateOnly), from.AddDate(0, 0, of.days).Format(time.DateOnly))
	begun := time.Now()
	res, err := g.open(ctx, http.MethodGet, url, nil)
	if err != nil {
		return cost{}, err
	}
	defer res.Body.Close()
	var lines lineCounter
	n, err := io.Copy(&lines, res.Body)
	if err != nil {
		return cost{}, err
	}
	c := cost{rows: lines.n - 1, took: time.Since(begun), bytes: int(n)}
	if c.rows != of.rows() {
		return c, fmt.Errorf("%d rows, expected %d", c.rows, of.rows())
	}
	if sent := t.firstSent(); sent.IsZero() || lines.first.Before(sent) {
		c.beforeFirst = true
	} else {
		c.first = lines.first.Sub(sent)
	}
	return c, nil
}

// lineCounter counts lines of CSV, and knows when the first byte came.
type lineCounter struct {
	n      int
	quoted bool
	first  time.Time
}

func (l *lineCounter) Write(p []byte) (int, error) {
	if l.first.IsZero() {
		l.first = time.Now()
	}
	for _, c := range p {
		switch {
		case c == '"':
			l.quoted = !l.quoted
		case c == '\n' && !l.quoted:
			l.n++
		}
	}
	return len(p), nil
}

// floor runs the floor program in a process of its own.
func (b *bench) floor(ctx context.Context, s script) (c cost, err error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return c, err
	}
	file := filepath.Join(b.dir, "script.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return c, err
	}
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	begun := time.Now()
	cmd := exec.CommandContext(ctx, self, "floor", file)
	cmd.Stderr = os.Stderr
	peak, err := cmd.Output() // told by itself: what the system tells of a child includes what its parent had
	if err != nil {
		return c, fmt.Errorf("floor: %w", err)
	}
	c.took = time.Since(begun)
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.peak, err = strconv.ParseFloat(string(peak), 64)
	return c, err
}

// profileBegin begins a profile of the processor's time.
func (g *gateway) profileBegin(ctx context.Context) error {
	if g.profiler == "" {
		return errors.New("the binary has no profiler")
	}
	res, err := g.open(ctx, http.MethodPost, g.profiler+"/cpu", nil)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// profileEnd writes PATH.cpu and PATH.allocs for `go tool pprof`.
func (g *gateway) profileEnd(ctx context.Context, path string) error {
	for _, kind := range []string{"cpu", "allocs"} {
		res, err := g.open(ctx, http.MethodGet, g.profiler+"/"+kind, nil)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return err
		}
		if err := os.WriteFile(path+"."+kind, body, 0o600); err != nil {
			return err
		}
	}
	return nil
}
