package providers

import (
	"context"
	"log/slog"
	"time"
)

// LimitStore keeps what replicas know together of their buckets.
type LimitStore interface {
	// Limit returns what is stored of a bucket; the zero state when nothing is.
	Limit(ctx context.Context, bucket string) (BucketState, error)
	// ChangeLimit applies f to what is stored, as one step over all replicas, and returns what is stored then. f may be
	// called more than once.
	ChangeLimit(ctx context.Context, bucket string, f func(*BucketState)) (BucketState, error)
}

const (
	// freshFor is how old what others know may be before it is read again, beside the call.
	freshFor = 250 * time.Millisecond
	// staleAfter is when a call waits for it: a bucket that was idle here may be blocked elsewhere.
	staleAfter = time.Second
	// shareEvery is how often what the platform says of one bucket is written.
	shareEvery = 100 * time.Millisecond
	// storeWait bounds a call of the store.
	storeWait = 2 * time.Second
)

// refresh reads what other replicas know.
func (l *BucketLimiter) refresh(ctx context.Context, b *bucket) {
	if l.store == nil {
		return
	}
	l.mu.Lock()
	age := l.now().Sub(b.read)
	if age >= 0 && age < freshFor {
		l.mu.Unlock()
		return
	}
	if b.reading == nil {
		b.reading = make(chan struct{})
		go l.load(b, b.reading)
	}
	done, wait := b.reading, age < 0 || age >= staleAfter
	l.mu.Unlock()
	if wait {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
}

func (l *BucketLimiter) load(b *bucket, done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	s, err := l.store.Limit(ctx, b.name)
	l.mu.Lock()
	defer l.mu.Unlock()
	b.read, b.reading = l.now(), nil // also after a failure: the store is not asked at every call while it is away
	close(done)
	if err != nil {
		l.log.Warn("limits of other replicas are not known", slog.String("bucket", b.name), slog.Any("error", err))
		return
	}
	l.learn(b, s)
}

// learn merges what is stored, and wakes who waits when it says more.
func (l *BucketLimiter) learn(b *bucket, s BucketState) {
	before := b.state.Blocked
	b.state.merge(s)
	if b.state.Blocked.After(before) {
		b.wake()
	}
}

// change applies f to what replicas share, or without them to what this one knows.
func (l *BucketLimiter) change(b *bucket, f func(*BucketState)) {
	if l.store != nil {
		ctx, cancel := context.WithTimeout(context.Background(), storeWait)
		defer cancel()
		l.mu.Lock()
		mine := b.state.clone()
		l.mu.Unlock()
		s, err := l.store.ChangeLimit(ctx, b.name, func(s *BucketState) {
			if s.Window == 0 && mine.Window > 0 {
				s.Window, s.Limit = mine.Window, mine.Limit
			}
			if mine.Seen.After(s.Seen) {
				s.merge(BucketState{Limit: mine.Limit, Remaining: mine.Remaining, Percent: mine.Percent, Reset: mine.Reset, Gap: mine.Gap, Seen: mine.Seen})
			}
			f(s)
		})
		if err == nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.learn(b, s)
			b.read = l.now()
			return
		}
		l.log.Warn("limits are not shared with other replicas", slog.String("bucket", b.name), slog.Any("error", err))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&b.state)
}

// push writes what the platform says of a bucket, a block at once and the rest now and then.
func (l *BucketLimiter) push(b *bucket) {
	for {
		l.mu.Lock()
		said := b.dirty
		if b.dirty = nil; len(said) == 0 {
			b.pushing = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), storeWait)
		_, err := l.store.ChangeLimit(ctx, b.name, func(s *BucketState) {
			for _, o := range said {
				s.observe(l.now(), o)
			}
		})
		cancel()
		if err != nil {
			l.log.Warn("limits are not shared with other replicas", slog.String("bucket", b.name), slog.Any("error", err))
		}
		l.mu.Lock()
		urgent := false
		for _, o := range b.dirty {
			urgent = urgent || o.Block > 0
		}
		l.mu.Unlock()
		if !urgent {
			pause(shareEvery, nil)
		}
	}
}
