package ads

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/admux/admux/gateway/guard"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// batchWorkers is how many operations of a batch are worked on at once: the platforms' own limits pace the rest.
const batchWorkers = 8

// rounds puts operations into groups that may be carried out beside each other: of those on one object, each is in a
// later group than the one before it.
func rounds(ops []operation) [][]int {
	var out [][]int
	turn := map[string]int{}
	for i, o := range ops {
		n := 0
		if o.Op != opCreate { // what is made has no id yet
			n = turn[o.ID]
			turn[o.ID]++
		}
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], i)
	}
	return out
}

// trial keeps what the operations of a dry run would let be spent until all of them have been tried: they are to fit
// together.
type trial struct {
	mu    sync.Mutex
	holds []guard.Hold
}

func (t *trial) keep(h guard.Hold) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.holds = append(t.holds, h)
}

func (t *trial) free(ctx context.Context) {
	ctx, cancel := noting(ctx)
	defer cancel()
	for _, h := range t.holds {
		h.Free(ctx)
	}
}

// together carries writes out beside each other, by the platform's own calls for several where it has such, and hands
// over what came of each.
func (k kind[T]) together(ctx context.Context, h *Handler, list []change, done func(i int, out outcome, err error)) {
	seats := make(chan struct{}, batchWorkers)
	var g *gathering[T]
	if batch := k.of(list[0].conn.Session).Batch; batch != nil && len(list) > 1 {
		g = &gathering[T]{expected: len(list), batch: batch, ctx: ctx, seats: seats}
	}
	var all sync.WaitGroup
	for i, r := range list {
		seats <- struct{}{}
		all.Go(func() {
			defer func() { <-seats }()
			out, err := k.guarded(ctx, h, r, g)
			done(i, out, err)
		})
	}
	all.Wait()
}

// guarded carries one write out and turns a panic into its failure: the others go on.
func (k kind[T]) guarded(ctx context.Context, h *Handler, r change, g *gathering[T]) (out outcome, err error) {
	w := k.writing(h, r)
	w.col = patient(w.col)
	if g != nil {
		seat := &seat[T]{g: g}
		w.col = seat.collection(w.col)
		defer seat.leave()
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			if h.cfg.Writes.Log != nil {
				h.cfg.Writes.Log.ErrorContext(ctx, "panic in a batch", slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			}
		}
	}()
	if ctx.Err() != nil {
		return outcome{}, &problem.Error{Code: problem.CodeTimeout, Detail: "The time of the batch was over before this operation was begun: nothing was sent of it."}
	}
	return w.run(ctx)
}

// gathering collects what writes would send until each of them has come to that point or ended before it, and sends it
// in one go.
type gathering[T normalize.Object] struct {
	ctx   context.Context //nolint:containedctx // of the whole batch
	batch func(context.Context, []providers.Op[T]) ([]providers.Done[T], error)
	seats chan struct{} // a write that waits for the others gives its seat away

	mu       sync.Mutex
	expected int
	ops      []providers.Op[T]
	replies  []chan providers.Done[T]
}

// seat is one write's place in a gathering.
type seat[T normalize.Object] struct {
	g    *gathering[T]
	sent bool
}

// collection is a collection whose writes wait for those of the others.
func (s *seat[T]) collection(c providers.Collection[T]) providers.Collection[T] {
	if c.Create != nil {
		c.Create = func(_ context.Context, w providers.Write[T]) (providers.Written[T], error) {
			d := s.send(providers.Op[T]{Ref: providers.Ref{Org: w.Org}, Write: w})
			return d.Written, d.Err
		}
	}
	if c.Update != nil {
		c.Update = func(_ context.Context, r providers.Ref, w providers.Write[T]) (providers.Written[T], error) {
			d := s.send(providers.Op[T]{Ref: r, Write: w})
			return d.Written, d.Err
		}
	}
	if c.Delete != nil {
		c.Delete = func(_ context.Context, r providers.Ref, dry bool) (providers.Removal, error) {
			d := s.send(providers.Op[T]{Ref: r, Write: providers.Write[T]{Org: r.Org, DryRun: dry}, Remove: true})
			return d.Removal, d.Err
		}
	}
	return c
}

// send puts an operation to the others', and returns what came of it.
func (s *seat[T]) send(op providers.Op[T]) providers.Done[T] {
	s.sent = true
	reply := make(chan providers.Done[T], 1)
	g := s.g
	g.mu.Lock()
	g.ops, g.replies = append(g.ops, op), append(g.replies, reply)
	g.mu.Unlock()
	g.arrived()
	<-g.seats
	d := <-reply
	g.seats <- struct{}{}
	return d
}

// leave tells that a write has ended. The others do not wait for it.
func (s *seat[T]) leave() {
	if !s.sent {
		s.g.arrived()
	}
}

// arrived counts a write that sends or that has ended. The last one sends for all.
func (g *gathering[T]) arrived() {
	g.mu.Lock()
	g.expected--
	last := g.expected == 0 && len(g.ops) > 0
	g.mu.Unlock()
	if !last {
		return
	}
	go func() {
		for i, d := range g.carryOut() {
			g.replies[i] <- d
		}
	}()
}

// carryOut sends everything. What is not told of an operation is not known.
func (g *gathering[T]) carryOut() (list []providers.Done[T]) {
	fill := func(err error) {
		list = make([]providers.Done[T], len(g.ops))
		for i := range list {
			list[i].Err = err
		}
	}
	defer func() {
		if p := recover(); p != nil {
			fill(&problem.Error{Code: problem.CodeUnknown, Status: 502, Detail: "Whether this was done is not known.", Err: fmt.Errorf("panic: %v", p)})
		}
	}()
	fill(nil)
	rest := make([]int, len(g.ops))
	for i := range rest {
		rest[i] = i
	}
	for try := 0; len(rest) > 0; try++ {
		g.sendSome(rest, list)
		var wait time.Duration
		if rest, wait = limited(list, rest); len(rest) == 0 || try == mostTries || !pause(g.ctx, wait) {
			break
		}
	}
	return list
}

// sendSome sends some of the operations and notes what came of them.
func (g *gathering[T]) sendSome(which []int, list []providers.Done[T]) {
	ops := make([]providers.Op[T], len(which))
	for k, i := range which {
		ops[k] = g.ops[i]
	}
	done, err := g.batch(g.ctx, ops)
	if err == nil && len(done) != len(ops) {
		err = &problem.Error{Code: problem.CodeUnknown, Status: 502, Detail: fmt.Sprintf("Whether this was done is not known: the answer tells of %d operations, %d were sent.", len(done), len(ops))}
	}
	for k, i := range which {
		if list[i] = (providers.Done[T]{Err: err}); err == nil {
			list[i] = done[k]
		}
	}
}
