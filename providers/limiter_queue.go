package providers

import (
	"context"
	"slices"
	"time"
)

// waiter is a call that waits for its bucket.
type waiter struct {
	tenant string
	cost   int
	ctx    context.Context //nolint:containedctx // of the one call that waits
	ready  chan error      // gets one value
}

// queue holds the calls that wait for a bucket: tenants take turns, the calls of one go in their order.
type queue struct {
	turns []string // tenants with a call that waits, the next one first
	of    map[string][]*waiter
	n     int
}

func (q *queue) empty() bool { return q.n == 0 }
func (q *queue) len() int    { return q.n }

func (q *queue) add(tenant string, cost int, ctx context.Context) *waiter {
	w := &waiter{tenant, cost, ctx, make(chan error, 1)}
	if q.of == nil {
		q.of = map[string][]*waiter{}
	}
	if len(q.of[tenant]) == 0 {
		q.turns = append(q.turns, tenant)
	}
	q.of[tenant] = append(q.of[tenant], w)
	q.n++
	return w
}

// next is whose turn it is; nil: nobody waits.
func (q *queue) next() *waiter {
	if q.n == 0 {
		return nil
	}
	return q.of[q.turns[0]][0]
}

// drop takes a call out, wherever it stands.
func (q *queue) drop(w *waiter) {
	list := q.of[w.tenant]
	i := slices.Index(list, w)
	if i < 0 {
		return
	}
	q.n--
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(q.of, w.tenant)
		q.turns = slices.DeleteFunc(q.turns, func(t string) bool { return t == w.tenant })
		return
	}
	q.of[w.tenant] = list
}

// went takes the next call out and gives the next tenant its turn.
func (q *queue) went() {
	w := q.next()
	q.drop(w)
	if len(q.turns) > 1 && q.turns[0] == w.tenant {
		q.turns = append(q.turns[1:], w.tenant)
	}
}

// serve lets a bucket's queue through until it is empty.
func (l *BucketLimiter) serve(b *bucket) {
	for {
		l.mu.Lock()
		w := b.queue.next()
		if w == nil {
			b.serving = false
			l.mu.Unlock()
			return
		}
		changed, settled := b.changed, l.now().Sub(b.state.Blocked)
		l.mu.Unlock()
		wait := l.acquire(b, w.cost)
		if wait > 0 {
			if l.refuse(b, wait) {
				pause(wait, changed)
			}
			continue
		}
		l.mu.Lock()
		if b.queue.next() == w { // else it has left meanwhile
			b.queue.went()
			w.ready <- nil
		}
		more := !b.queue.empty()
		l.mu.Unlock()
		if more && settled < settling {
			pause(releaseGap, nil)
		}
	}
}

// refuse sends away who does not live to see the end of a wait, and tells whether anybody is left.
func (l *BucketLimiter) refuse(b *bucket, wait time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, list := range b.queue.of {
		for _, w := range slices.Clone(list) {
			if late(w.ctx, wait) {
				b.queue.drop(w)
				w.ready <- refused(wait)
			}
		}
	}
	return !b.queue.empty()
}

func pause(d time.Duration, changed <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	}
}

// acquire spends cost of a bucket, for which it may ask the store, or returns how long to wait before asking again.
func (l *BucketLimiter) acquire(b *bucket, cost int) time.Duration {
	l.mu.Lock()
	now := l.now()
	wait := b.state.wait(now, cost)
	paced, counted := b.state.paced(now), b.state.Window > 0
	if wait == 0 && counted && b.lease >= cost && now.Sub(b.leased) <= b.state.slot() {
		b.lease -= cost
		counted = false
	}
	if wait == 0 && !counted {
		b.state.spend(now, cost)
	}
	l.mu.Unlock()
	switch {
	case wait > 0:
		return wait
	case counted:
		if wait = l.reserve(b, cost); wait > 0 {
			return wait
		}
	}
	if paced {
		return l.moment(b)
	}
	return 0
}

// reserve counts calls in the bucket's window, some ahead: a lease, so that not every call asks the store.
func (l *BucketLimiter) reserve(b *bucket, cost int) (wait time.Duration) {
	var n int
	l.change(b, func(s *BucketState) {
		now := l.now()
		if n = s.reserve(now, cost, max(cost, min(s.Limit/400, 50))); n == 0 {
			wait = max(s.room(now, cost), time.Millisecond)
		} else {
			wait = 0
		}
	})
	if n > 0 {
		l.mu.Lock()
		b.lease, b.leased = n-cost, l.now()
		l.mu.Unlock()
	}
	return wait
}

// moment reserves the next free moment of a bucket whose calls are kept apart, and returns how long it is until then.
// One that its call did not live to use is kept for the next.
func (l *BucketLimiter) moment(b *bucket) time.Duration {
	l.mu.Lock()
	at := b.moment
	l.mu.Unlock()
	if at.IsZero() {
		l.change(b, func(s *BucketState) {
			if at = l.now(); s.Next.After(at) {
				at = s.Next
			}
			s.Next = at.Add(s.Gap)
		})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := at.Sub(l.now()); d > 0 {
		b.moment = at
		return d
	}
	b.moment = time.Time{}
	return 0
}
