package providers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// board is what replicas share, in the memory of a test.
type board struct {
	mu   sync.Mutex
	of   map[string]BucketState
	away bool
}

var errAway = errors.New("the database is away")

func (b *board) Limit(_ context.Context, name string) (BucketState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return BucketState{}, errAway
	}
	s := b.of[name]
	return s.clone(), nil
}

func (b *board) ChangeLimit(_ context.Context, name string, f func(*BucketState)) (BucketState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return BucketState{}, errAway
	}
	if b.of == nil {
		b.of = map[string]BucketState{}
	}
	s := b.of[name]
	f(&s)
	b.of[name] = s
	return s.clone(), nil
}

func replicas(n int, b LimitStore) []*BucketLimiter {
	out := make([]*BucketLimiter, n)
	for i := range out {
		out[i] = NewSharedLimiter(time.Now, b, slog.New(slog.DiscardHandler))
	}
	return out
}

// vendor counts the calls that reach a platform.
type vendor struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Time
	by    map[string]int
}

func (v *vendor) call(tenant string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil {
		v.by = map[string]int{}
	}
	v.at = append(v.at, time.Now())
	v.by[tenant]++
}

// most is the most calls in any stretch of this length.
func (v *vendor) most(window time.Duration) int {
	most, from := 0, 0
	for i, t := range v.at {
		for t.Sub(v.at[from]) >= window {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// load calls through every replica for both tenants until the context ends.
func load(ctx context.Context, v *vendor, limiters []*BucketLimiter) {
	var wg sync.WaitGroup
	for _, l := range limiters {
		for tenant, callers := range map[string]int{"one": 8, "other": 8} {
			for range callers {
				wg.Go(func() {
					for within(ctx, tenant, l) {
						v.call(tenant)
						time.Sleep(20 * time.Millisecond)
					}
				})
			}
		}
	}
	wg.Wait()
}

// within waits for a call of a tenant's.
func within(ctx context.Context, tenant string, l *BucketLimiter) bool {
	return ctx.Err() == nil && l.Wait(WithTenant(ctx, tenant), "b", 1) == nil
}

// L1: four replicas, ten minutes, a limit that the platform only documents. It is kept, nearly all of it is used, and
// the workspaces that wait for it get the same of it.
func TestL1_ReplicasShareACountedLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perMinute = 600
		all := replicas(4, &board{})
		for _, l := range all {
			l.Observe("b", LimitState{Limit: perMinute, Window: time.Minute})
		}
		v := &vendor{}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		load(ctx, v, all)
		if most := v.most(time.Minute); most > perMinute {
			t.Errorf("%d calls within a minute, %d are taken", most, perMinute)
		}
		if n := len(v.at); n < 10*perMinute*95/100 {
			t.Errorf("%d calls in ten minutes of %d", n, perMinute)
		}
		if a, b := v.by["one"], v.by["other"]; a > b*110/100 || b > a*110/100 {
			t.Errorf("shares %v", v.by)
		}
	})
}

// L1, with a limit that the platform tells on its answers: the replica that hears it tells the others.
func TestL1_ReplicasShareWhatThePlatformSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := replicas(3, &board{})
		for _, l := range all {
			if err := l.Wait(t.Context(), "b", 1); err != nil {
				t.Fatal(err)
			}
		}
		all[0].Observe("b", LimitState{Block: time.Minute})
		time.Sleep(time.Second)
		began := time.Now()
		for _, l := range all {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			e, _ := errors.AsType[*Error](l.Wait(ctx, "b", 1))
			if e == nil || e.Kind != RateLimited || e.RetryAfter != 59*time.Second {
				t.Errorf("another replica goes on: %v", e)
			}
			cancel()
		}
		if err := all[1].Wait(t.Context(), "b", 1); err != nil || time.Since(began) != 59*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if s, ok := all[2].State(t.Context(), "b"); !ok || s.Blocked.IsZero() {
			t.Errorf("shown: %+v", s)
		}
	})
}

// Calls that are to be kept apart are kept apart over all replicas.
func TestReplicasKeepCallsApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := replicas(3, &board{})
		all[0].Observe("b", LimitState{Limit: 100, Remaining: 10, Percent: true, Gap: time.Second, Reset: time.Now().Add(time.Minute)})
		time.Sleep(time.Second)
		v := &vendor{}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		load(ctx, v, all)
		if most := v.most(10 * time.Second); most > 12 || len(v.at) < 25 {
			t.Errorf("%d calls within ten seconds, %d in thirty; one a second is right", most, len(v.at))
		}
	})
}

// A refused call costs nothing: the wait that the next one is told is no longer.
func TestRefusedCallsDoNotLengthenTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		l.Observe("b", LimitState{Block: time.Hour})
		for range 300 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			e, _ := errors.AsType[*Error](l.Wait(ctx, "b", 1))
			cancel()
			if e == nil || e.RetryAfter != time.Hour {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// Without the store every replica goes by what it knows, and no call fails for it.
func TestLimiterWithoutItsStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &board{away: true}
		l := replicas(1, b)[0]
		l.Observe("b", LimitState{Limit: 5, Window: time.Minute})
		began := time.Now()
		for range 6 {
			if err := l.Wait(t.Context(), "b", 1); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(began); d < time.Minute || d > 62*time.Second {
			t.Errorf("six calls of five a minute took %v", d)
		}
	})
}

// A caller who leaves does not keep the others waiting.
func TestLimiterForgetsWhoLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		l.Observe("b", LimitState{Block: time.Minute})
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if err := l.Wait(ctx, "b", 1); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Second)
		began := time.Now()
		wg.Go(func() {
			if err := l.Wait(t.Context(), "b", 1); err != nil || time.Since(began) != 59*time.Second {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
		time.Sleep(time.Second)
		leave()
		wg.Wait()
	})
}

func TestWhatIsShownOfABucket(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var s BucketState
	if _, ok := s.Used(now); ok {
		t.Error("something is known of nothing")
	}
	s.observe(now, LimitState{Limit: 100, Remaining: 17, Percent: true})
	if used, ok := s.Used(now); !ok || used != 83 {
		t.Errorf("percent: %d, %v", used, ok)
	}
	if _, ok := s.Used(now.Add(time.Hour)); ok {
		t.Error("an old percentage is shown as if it were today's")
	}
	s = BucketState{}
	s.observe(now, LimitState{Limit: 100, Remaining: 40, Reset: now.Add(time.Minute)})
	if used, ok := s.Used(now); !ok || used != 60 || !s.Resets(now).Equal(now.Add(time.Minute)) {
		t.Errorf("calls: %d, %v", used, ok)
	}
	s = BucketState{}
	s.observe(now, LimitState{Limit: 100, Window: 24 * time.Hour})
	s.reserve(now, 1, 10)
	if used, ok := s.Used(now.Add(23 * time.Hour)); !ok || used != 10 {
		t.Errorf("window: %d, %v", used, ok)
	}
	if used, _ := s.Used(now.Add(25 * time.Hour)); used != 0 {
		t.Errorf("after the window: %d", used)
	}
}
