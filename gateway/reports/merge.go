package reports

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// batchRows is how many rows travel together when the writer is the slower side.
const batchRows = 256

// batch is rows of one part on their way from their platform's goroutine to the writer's. It owns what they hold.
type batch struct {
	src  *source
	part part
	rows []normalize.Row
	meta providers.Meta // as it was when the batch left; of the last batch of a part, complete
	last bool           // the part has ended
	err  error          // the connection has failed
}

// add copies a row, whose slices the adapter reuses, into the memory that the batch kept from its last journey.
func (b *batch) add(r *normalize.Row) {
	n := len(b.rows)
	if n < cap(b.rows) {
		b.rows = b.rows[:n+1]
	} else {
		b.rows = append(b.rows, normalize.Row{})
	}
	to := &b.rows[n]
	dims, values := append(to.Dims[:0], r.Dims...), append(to.Values[:0], r.Values...)
	*to = *r
	to.Dims, to.Values = dims, values
}

// merge reads several connections side by side; their rows leave in the order in which they come.
func (r *runner) merge(ctx context.Context) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	m := &merger{ctx: within, out: make(chan *batch), idle: make(chan *batch, 2*atOnce)}
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, s := range r.srcs {
		if s.err != nil {
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			m.read(s)
		})
	}
	go func() {
		wg.Wait()
		close(m.out)
	}()
	var failed error
	for b := range m.out {
		if failed == nil {
			if failed = r.takeBatch(b); failed != nil {
				cancel()
			}
		}
		m.back(b)
	}
	if failed == nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return failed
}

func (r *runner) takeBatch(b *batch) error {
	switch {
	case b.src.err != nil: // it has failed before, and was told
		return nil //nolint:nilerr // see above
	case b.err != nil:
		return r.fault(b.src, b.err)
	}
	for i := range b.rows {
		if err := r.take(b.src, &b.rows[i], b.part, b.meta.FinalUntil); err != nil {
			return r.blame(b.src, err)
		}
	}
	if b.last {
		b.src.gather.add(b.part, &b.meta)
	}
	return nil
}

// merger carries batches from the platforms to the writer, and empty ones back.
type merger struct {
	ctx  context.Context //nolint:containedctx // of one call of merge
	out  chan *batch
	idle chan *batch
}

func (m *merger) fresh(s *source, p part) *batch {
	select {
	case b := <-m.idle:
		b.src, b.part, b.rows, b.last, b.err = s, p, b.rows[:0], false, nil
		return b
	default:
		return &batch{src: s, part: p}
	}
}

func (m *merger) back(b *batch) {
	select {
	case m.idle <- b:
	default:
	}
}

// send gives a batch to the writer; false: nobody wants it any more.
func (m *merger) send(b *batch, meta *providers.Meta) bool {
	b.meta = *meta
	select {
	case m.out <- b:
		return true
	case <-m.ctx.Done():
		return false
	}
}

// read reads one connection to its end or its first error.
func (m *merger) read(s *source) {
	// A panic of an adapter would take the whole process: nobody recovers in this goroutine.
	defer func() {
		if p := recover(); p != nil {
			m.send(&batch{src: s, err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}, &providers.Meta{})
		}
	}()
	for _, p := range s.plan.parts {
		if !m.part(s, p) {
			return
		}
	}
}

// part reads one part. A batch leaves as soon as the writer is free, or is full.
func (m *merger) part(s *source, p part) bool {
	meta := p.Meta
	b := m.fresh(s, p)
	for row, err := range s.session.Reports.Stream(m.ctx, p.Part, &meta) {
		if err != nil {
			m.send(&batch{src: s, part: p, err: err}, &meta)
			return false
		}
		b.add(&row)
		if len(b.rows) >= batchRows {
			if !m.send(b, &meta) {
				return false
			}
			b = m.fresh(s, p)
			continue
		}
		b.meta = meta
		select {
		case m.out <- b:
			b = m.fresh(s, p)
		default:
		}
	}
	b.last = true
	return m.send(b, &meta)
}
