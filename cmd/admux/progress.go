package main

import (
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"
)

// progress is a line that tells how far a long report is, on a terminal alone.
type progress struct {
	w   io.Writer // nil: nothing is shown
	now func() time.Time

	mu    sync.Mutex
	began time.Time
	first time.Time // when the first row came
	rows  int64     // -1: not known
	bytes int64
	job   *reportJob
	shown bool
	ended chan struct{}
	once  sync.Once
}

const (
	showAfter = time.Second // what is quicker needs no telling
	redraw    = 250 * time.Millisecond
)

// newProgress shows the line until stop.
func newProgress(std *streams) *progress {
	p := &progress{now: time.Now, ended: make(chan struct{})}
	p.began = p.now()
	if !std.errTerminal {
		return p
	}
	p.w = std.err
	go func() {
		tick := time.NewTicker(redraw)
		defer tick.Stop()
		for {
			select {
			case <-p.ended:
				return
			case <-tick.C:
				p.draw()
			}
		}
	}()
	return p
}

// add counts bytes that came, and tells how many rows there were so far.
func (p *progress) add(bytes int, rows int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first.IsZero() {
		p.first = p.now()
	}
	p.bytes += int64(bytes)
	p.rows = rows
}

// follow tells how a job stands.
func (p *progress) follow(job reportJob) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.job = &job
}

// draw writes the line over the one before.
func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.ended:
		return
	default:
	}
	if p.w == nil || p.now().Sub(p.began) < showAfter {
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r%s\x1b[K", p.line())
}

func (p *progress) line() string {
	now := p.now()
	took := now.Sub(p.began).Truncate(time.Second)
	switch {
	case p.first.IsZero() && p.job != nil:
		return fmt.Sprintf("job %s, %d %%, %s rows, %s", p.job.State, int(100*p.job.Progress), grouped(p.job.Rows), took)
	case p.first.IsZero():
		return fmt.Sprintf("waiting for the gateway, %s", took)
	case p.rows < 0:
		return fmt.Sprintf("%s KiB, %s", grouped(p.bytes>>10), took)
	}
	// The rate is that of rows on their way, without the wait for the first.
	rate := float64(p.rows) / max(now.Sub(p.first), redraw).Seconds()
	return fmt.Sprintf("%s rows, %s rows/s, %s", grouped(p.rows), grouped(int64(rate)), took)
}

// stopped prints something in place of the line, which comes back below it.
func (p *progress) stopped(print func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	print()
}

// stop takes the line away, for good. It may be called twice.
func (p *progress) stop() {
	p.once.Do(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		close(p.ended)
		p.clear()
	})
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// grouped writes a number in groups of three digits.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
