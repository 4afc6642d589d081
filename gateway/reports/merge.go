package reports

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	// batchRows is how many rows travel together when the writer is the slower side.
	batchRows = 256
	// accountsAtOnce is how many accounts of one connection are read at the same time.
	accountsAtOnce = 4
)

// batch is rows of one part on their way from their platform's goroutine to the writer's. It owns what they hold.
type batch struct {
	src  *source
	part part
	rows []normalize.Row
	meta providers.Meta // as it was when the batch left; of the last batch of a part, complete
	last bool           // the part has ended
	idle bool           // the platform is waited for: no more may come for a while
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

// merge reads several connections and accounts side by side; their rows leave in the order in which they come. The parts
// of one account are read one after the other.
func (r *runner) merge(ctx context.Context) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	r.shut()
	defer r.gate.close()
	m := &merger{rows: r.rows, out: make(chan *batch), idle: make(chan *batch, 2*atOnce)}
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, s := range r.srcs {
		if s.err != nil {
			continue
		}
		own, stop := context.WithCancel(within) // of this connection: one account that fails ends the others
		defer stop()
		turns := make(chan struct{}, accountsAtOnce)
		for _, parts := range s.plan.byAccount() {
			wg.Go(func() {
				turns <- struct{}{}
				slots <- struct{}{}
				if !m.read(own, s, parts) {
					stop()
				}
				<-slots
				<-turns
			})
		}
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
	switch {
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return r.unlock()
}

func (r *runner) takeBatch(b *batch) error {
	switch {
	case b.src.err != nil: // it has failed before, and was told
		return nil //nolint:nilerr // see above
	case b.err != nil:
		if err := r.fault(b.src, b.err); err != nil {
			return err
		}
		return r.started(b.src)
	}
	for i := range b.rows {
		if err := r.take(b.src, &b.rows[i], b.part, b.meta.FinalUntil); err != nil {
			return r.blame(b.src, err)
		}
	}
	if b.last {
		b.src.gather.add(b.part, &b.meta)
		r.kept.ended()
		b.src.ended++
	}
	if b.idle {
		defer r.flush()
	}
	if len(b.rows) > 0 || b.src.ended == len(b.src.plan.parts) {
		return r.started(b.src)
	}
	return nil
}

// merger carries batches from the platforms to the writer, and empty ones back.
type merger struct {
	rows func(context.Context, *source, part, *providers.Meta) iter.Seq2[normalize.Row, error]
	out  chan *batch
	idle chan *batch
}

func (m *merger) fresh(s *source, p part) *batch {
	select {
	case b := <-m.idle:
		b.src, b.part, b.rows, b.last, b.idle, b.err = s, p, b.rows[:0], false, false, nil
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
func (m *merger) send(ctx context.Context, b *batch, meta *providers.Meta) bool {
	b.meta = *meta
	select {
	case m.out <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// read reads parts of a connection to their end or the first error; false: not to their end.
func (m *merger) read(ctx context.Context, s *source, parts []part) (whole bool) {
	// A panic of an adapter would take the whole process: nobody recovers in this goroutine.
	defer func() {
		if p := recover(); p != nil {
			m.send(ctx, &batch{src: s, err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}, &providers.Meta{})
			whole = false
		}
	}()
	for _, p := range parts {
		if !m.part(ctx, s, p) {
			return false
		}
	}
	return true
}

// part reads one part. A batch leaves as soon as the writer is free, or is full.
func (m *merger) part(ctx context.Context, s *source, p part) bool {
	meta := p.Meta
	b := m.fresh(s, p)
	waits := providers.WithIdle(ctx, func() {
		b.idle = true
		m.send(ctx, b, &meta)
		b = m.fresh(s, p)
	})
	for row, err := range m.rows(waits, s, p, &meta) {
		if err != nil {
			m.send(ctx, &batch{src: s, part: p, err: err}, &meta)
			return false
		}
		b.add(&row)
		if len(b.rows) >= batchRows {
			if !m.send(ctx, b, &meta) {
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
	return m.send(ctx, b, &meta)
}
