package providers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiterWaitsForWhatThePlatformSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		began := time.Now()
		took := func(want time.Duration) {
			t.Helper()
			if err := l.Wait(t.Context(), "b", 1); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(began); d != want {
				t.Errorf("went after %v, want %v", d, want)
			}
		}
		took(0) // nothing is known
		l.Observe("b", LimitState{Limit: 3, Remaining: 2, Reset: began.Add(time.Minute)})
		took(0)
		took(0)
		took(time.Minute) // both are spent
		l.Observe("b", LimitState{Block: 10 * time.Second})
		took(70 * time.Second)
		l.Observe("other", LimitState{Block: time.Hour})
		took(70 * time.Second)
		l.Observe("b", LimitState{Block: 10 * time.Second})
		l.Observe("b", LimitState{Block: time.Second}) // a shorter word does not undo a longer
		took(80 * time.Second)
		l.Observe("", LimitState{Block: time.Hour})
		took(80 * time.Second)
	})
}

func TestLimiterRefusesAWaitThatItsCallerDoesNotLive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		l.Observe("b", LimitState{Block: time.Hour})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := l.Wait(ctx, "b", 1)
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Kind != RateLimited || e.RetryAfter != time.Hour || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if e, _ := errors.AsType[*Error](l.Wait(t.Context(), "b", 1)); e == nil || e.RetryAfter != time.Hour || time.Since(began) != 0 {
			t.Errorf("without a deadline: %v after %v", e, time.Since(began))
		}
		l = NewLimiter(time.Now)
		l.Observe("b", LimitState{Block: time.Minute})
		gone, leave := context.WithCancelCause(t.Context())
		why := errors.New("gone")
		time.AfterFunc(time.Second, func() { leave(why) })
		if err := l.Wait(gone, "b", 1); !errors.Is(err, why) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// A call that costs more than a whole period holds must not wait for ever.
func TestLimiterLetsALargeCallThroughAFullBucket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		l.Observe("b", LimitState{Limit: 5, Remaining: 5, Reset: time.Now().Add(time.Minute)})
		began := time.Now()
		if err := l.Wait(t.Context(), "b", 50); err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := l.Wait(t.Context(), "b", 1); err != nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// L1, in one process: callers of one bucket never exceed what the platform allows, use nearly all of it, and those
// that a block held back do not arrive together.
func TestL1_LimiterKeepsToThePlatformsRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const perMinute = 60
		l := NewLimiter(time.Now)
		var mu sync.Mutex
		began, used := time.Now(), map[int]int{}
		var wg sync.WaitGroup
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		for range 8 {
			wg.Go(func() {
				for ctx.Err() == nil && l.Wait(ctx, "b", 1) == nil {
					mu.Lock()
					minute := int(time.Since(began) / time.Minute)
					used[minute]++
					n := used[minute]
					mu.Unlock()
					reset := began.Add(time.Duration(minute+1) * time.Minute)
					l.Observe("b", LimitState{Limit: perMinute, Remaining: max(perMinute-n, 0), Reset: reset})
					time.Sleep(10 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		total := 0
		for minute, n := range used {
			if n > perMinute+8 { // what was under way when the period began
				t.Errorf("minute %d: %d calls", minute, n)
			}
			total += n
		}
		if total < 10*perMinute*95/100 {
			t.Errorf("%d calls in ten minutes of %d", total, perMinute)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		l.Observe("b", LimitState{Block: time.Minute})
		at := make(chan time.Time, 10)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if l.Wait(t.Context(), "b", 1) == nil {
					at <- time.Now()
				}
			})
		}
		wg.Wait()
		close(at)
		seen := map[time.Time]bool{}
		for x := range at {
			seen[x] = true
		}
		if len(seen) != 10 {
			t.Errorf("10 callers went at %d instants", len(seen))
		}
	})
}

func TestLimiterForgetsWhatHoldsNothingBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(time.Now)
		for i := range 3 * manyBuckets {
			l.Observe(fmt.Sprint(i), LimitState{Block: time.Second})
			if i%1000 == 0 {
				time.Sleep(2 * time.Second)
			}
		}
		if n := len(l.buckets); n > manyBuckets {
			t.Errorf("%d buckets are kept", n)
		}
	})
}
