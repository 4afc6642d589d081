package ads

import (
	"context"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	mostTries   = 10
	longestWait = time.Minute
)

// tooMany tells a refusal because there are too many calls, and how long to wait. Surely nothing was done: it may be sent
// again, which is what a batch does.
func tooMany(err error) (wait time.Duration, ok bool) {
	e, is := platformError(err)
	if !is || e.Kind != providers.RateLimited || e.Uncertain {
		return 0, false
	}
	return max(e.RetryAfter, time.Second), true
}

// pause waits; false: for longer than makes sense, or the time is over.
func pause(ctx context.Context, wait time.Duration) bool {
	if wait > longestWait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// limited are the operations of which a platform says that there are too many.
func limited[T normalize.Object](list []providers.Done[T], sent []int) (again []int, wait time.Duration) {
	for _, i := range sent {
		if w, ok := tooMany(list[i].Err); ok {
			again, wait = append(again, i), max(wait, w)
		}
	}
	return again, wait
}

// patient is a collection whose calls wait when a platform says that there are too many.
func patient[T any](c providers.Collection[T]) providers.Collection[T] {
	if do := c.Get; do != nil {
		c.Get = func(ctx context.Context, r providers.Ref) (v T, err error) {
			err = tries(ctx, func() error { v, err = do(ctx, r); return err })
			return v, err
		}
	}
	if do := c.Create; do != nil {
		c.Create = func(ctx context.Context, w providers.Write[T]) (v providers.Written[T], err error) {
			err = tries(ctx, func() error { v, err = do(ctx, w); return err })
			return v, err
		}
	}
	if do := c.Update; do != nil {
		c.Update = func(ctx context.Context, r providers.Ref, w providers.Write[T]) (v providers.Written[T], err error) {
			err = tries(ctx, func() error { v, err = do(ctx, r, w); return err })
			return v, err
		}
	}
	if do := c.Delete; do != nil {
		c.Delete = func(ctx context.Context, r providers.Ref, dry bool) (v providers.Removal, err error) {
			err = tries(ctx, func() error { v, err = do(ctx, r, dry); return err })
			return v, err
		}
	}
	return c
}

func tries(ctx context.Context, do func() error) error {
	for try := 0; ; try++ {
		err := do()
		wait, ok := tooMany(err)
		if !ok || try == mostTries || !pause(ctx, wait) {
			return err
		}
	}
}
