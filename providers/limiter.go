package providers

import (
	"context"
	"sync"
	"time"
)

const (
	// releaseGap spreads the callers that a block held back, so that they do not arrive together when it ends.
	releaseGap = 50 * time.Millisecond
	// manyBuckets is when buckets that hold nothing back are forgotten.
	manyBuckets = 10_000
)

// MemoryLimiter is the Limiter of one process: every bucket goes by what the platform itself said of it.
type MemoryLimiter struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]*bucket
}

var _ Limiter = (*MemoryLimiter)(nil)

type bucket struct {
	known     bool // remaining and reset were told
	limit     int
	remaining int
	reset     time.Time
	blocked   time.Time // no call before
	slot      time.Time // the next free one after a block
}

// NewLimiter starts with no bucket known: calls go until the platform says something.
func NewLimiter(now func() time.Time) *MemoryLimiter {
	return &MemoryLimiter{now: now, buckets: map[string]*bucket{}}
}

// Wait returns nil when the call may go. A wait that the context does not live to see is refused at once, with Kind
// RateLimited and the wait in RetryAfter.
func (l *MemoryLimiter) Wait(ctx context.Context, name string, cost int) error {
	for {
		wait := l.take(name, cost)
		if wait <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return &Error{
				Kind: RateLimited, Code: "limit_wait", RetryAfter: wait,
				Message: "the platform's limit allows the next call after " + wait.Round(time.Second).String(),
			}
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return context.Cause(ctx)
		}
	}
}

// take spends cost of a bucket, or returns how long to wait before asking again.
func (l *MemoryLimiter) take(name string, cost int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, now := l.buckets[name], l.now()
	if b == nil {
		return 0
	}
	if now.Before(b.blocked) {
		if b.slot.Before(b.blocked) {
			b.slot = b.blocked
		}
		at := b.slot
		b.slot = at.Add(releaseGap)
		return at.Sub(now)
	}
	if !b.known {
		return 0
	}
	if !now.Before(b.reset) { // a new period: full, or unknown until the platform says
		b.remaining, b.known = b.limit, false
		return 0
	}
	// A call that costs more than a whole period holds is let through when the period is untouched.
	if b.remaining < cost && (b.limit == 0 || b.remaining < b.limit) {
		return b.reset.Sub(now)
	}
	b.remaining -= cost
	return 0
}

// Observe records what the platform said. Remaining counts only together with Reset: without a time nobody could say
// when to go on.
func (l *MemoryLimiter) Observe(name string, s LimitState) {
	if name == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.prune(now)
	b := l.buckets[name]
	if b == nil {
		b = &bucket{}
		l.buckets[name] = b
	}
	if s.Limit > 0 {
		b.limit = s.Limit
	}
	if !s.Reset.IsZero() {
		b.known, b.remaining, b.reset = true, s.Remaining, s.Reset
	}
	if until := now.Add(s.Block); s.Block > 0 && until.After(b.blocked) {
		b.blocked = until
	}
}

func (l *MemoryLimiter) prune(now time.Time) {
	if len(l.buckets) < manyBuckets {
		return
	}
	for name, b := range l.buckets {
		if !now.Before(b.blocked) && !now.Before(b.reset) {
			delete(l.buckets, name)
		}
	}
}
