package providers

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// releaseGap spreads the callers that a block held back, so that they do not arrive together when it ends.
	releaseGap = 50 * time.Millisecond
	// settling is for how long after a block they are spread.
	settling = 5 * time.Second
	// manyBuckets is when buckets that hold nothing back are forgotten.
	manyBuckets = 10_000
)

// BucketLimiter is the Limiter: every bucket goes by what the platform said of it and, where the platform says nothing,
// by counting. With a LimitStore, replicas share what they know.
type BucketLimiter struct {
	now   func() time.Time
	store LimitStore // nil: this process is alone
	log   *slog.Logger

	mu      sync.Mutex
	buckets map[string]*bucket
}

var _ Limiter = (*BucketLimiter)(nil)

// bucket is what this process knows of a bucket.
type bucket struct {
	name    string
	state   BucketState
	queue   queue
	serving bool          // a goroutine lets the queue through
	changed chan struct{} // closed when the state has changed
	lease   int           // counted calls that were reserved for this process and are not used
	leased  time.Time     // when they were reserved
	moment  time.Time     // reserved for this process, with a Gap, and not used
	read    time.Time     // when what replicas share was last read
	reading chan struct{} // closed when the read under way has ended; nil: none is
	dirty   []LimitState  // observed, and not shared yet
	pushing bool
}

// NewLimiter starts with no bucket known: calls go until the platform says something.
func NewLimiter(now func() time.Time) *BucketLimiter {
	return &BucketLimiter{now: now, log: slog.New(slog.DiscardHandler), buckets: map[string]*bucket{}}
}

// NewSharedLimiter is a Limiter that replicas share through a store. While the store is away each goes by what it knows.
func NewSharedLimiter(now func() time.Time, store LimitStore, log *slog.Logger) *BucketLimiter {
	l := NewLimiter(now)
	l.store, l.log = store, log
	return l
}

// tenantKey is where a context says for whom a call is made.
type tenantKey struct{}

// WithTenant says for whom the calls of a context are made: tenants that wait for one bucket take turns.
func WithTenant(ctx context.Context, tenant string) context.Context {
	return context.WithValue(ctx, tenantKey{}, tenant)
}

func tenantOf(ctx context.Context) string {
	t, _ := ctx.Value(tenantKey{}).(string)
	return t
}

// Wait returns nil when the call may go. A wait that the context does not live to see, or that is longer than a minute and
// a half, is refused at once, with Kind RateLimited and the wait in RetryAfter; it costs the bucket nothing.
func (l *BucketLimiter) Wait(ctx context.Context, name string, cost int) error {
	if name == "" {
		return nil
	}
	b := l.bucket(name)
	l.refresh(ctx, b)
	l.mu.Lock()
	if b.queue.empty() && l.take(b, cost) {
		l.mu.Unlock()
		return nil
	}
	if wait := b.estimate(l.now(), cost); late(ctx, wait) {
		l.mu.Unlock()
		return refused(wait)
	}
	w := b.queue.add(tenantOf(ctx), cost, ctx)
	if !b.serving {
		b.serving = true
		go l.serve(b)
	}
	l.mu.Unlock()
	select {
	case err := <-w.ready:
		return err
	case <-ctx.Done():
		l.mu.Lock()
		b.queue.drop(w)
		b.wake()
		l.mu.Unlock()
		return context.Cause(ctx)
	}
}

// patience is how long a call waits at most: a caller who gets no byte for longer has given up, and a job is tried again
// when RetryAfter says.
const patience = 90 * time.Second

// late tells whether a wait is longer than its caller lives, or waits.
func late(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return wait > patience || ok && wait > 0 && time.Until(deadline) < wait
}

func refused(wait time.Duration) *Error {
	return &Error{
		Kind: RateLimited, Code: "limit_wait", RetryAfter: wait,
		Message: "the platform's limit allows the next call after " + wait.Round(time.Second).String(),
	}
}

// bucket finds a bucket, or begins it.
func (l *BucketLimiter) bucket(name string) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[name]
	if b == nil {
		l.prune(l.now())
		b = &bucket{name: name, changed: make(chan struct{})}
		l.buckets[name] = b
	}
	return b
}

// take spends cost of a bucket if the call may go now, without asking anybody else.
func (l *BucketLimiter) take(b *bucket, cost int) bool {
	now := l.now()
	s := &b.state
	if s.wait(now, cost) > 0 || s.paced(now) || now.Sub(s.Blocked) < settling && !b.queue.empty() {
		return false
	}
	if s.Window > 0 {
		if b.lease < cost || now.Sub(b.leased) > s.slot() {
			return false
		}
		b.lease -= cost
		return true
	}
	s.spend(now, cost)
	return true
}

// wake tells who waits for the bucket that things have changed.
func (b *bucket) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// estimate is how long a call would wait now, as far as this process knows.
func (b *bucket) estimate(now time.Time, cost int) time.Duration {
	wait := b.state.wait(now, cost)
	if b.state.Window > 0 && b.lease < cost {
		wait = max(wait, b.state.room(now, cost))
	}
	each := time.Duration(0)
	switch {
	case b.state.paced(now):
		each = b.state.Gap
	case wait > 0:
		each = releaseGap
	}
	return wait + each*time.Duration(b.queue.len())
}

// Observe records what the platform said. Remaining counts only together with Reset: without a time nobody could say
// when to go on.
func (l *BucketLimiter) Observe(name string, s LimitState) {
	if name == "" {
		return
	}
	b := l.bucket(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !b.state.observe(l.now(), s) {
		return
	}
	b.wake()
	if l.store == nil {
		return
	}
	b.dirty = append(b.dirty, s)
	if !b.pushing {
		b.pushing = true
		go l.push(b)
	}
}

// State returns what is known of a bucket, by any replica; ok is false when nothing is.
func (l *BucketLimiter) State(ctx context.Context, name string) (s BucketState, ok bool) {
	b := l.bucket(name)
	l.mu.Lock()
	b.read = time.Time{}
	l.mu.Unlock()
	l.refresh(ctx, b)
	l.mu.Lock()
	defer l.mu.Unlock()
	s = b.state.clone()
	return s, !s.Seen.IsZero() || !s.Blocked.IsZero()
}

func (l *BucketLimiter) prune(now time.Time) {
	if len(l.buckets) < manyBuckets {
		return
	}
	for name, b := range l.buckets {
		if b.queue.empty() && !b.serving && !b.pushing && b.reading == nil && b.lease == 0 && b.state.idle(now) {
			delete(l.buckets, name)
		}
	}
}
