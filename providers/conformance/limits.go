package conformance

import (
	"context"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

// limits: the limiter is asked before calls and told of refusals; a wait that the caller does not live to see is told
// at once.
func (s *suite) limits(t *testing.T) {
	t.Run("a wait longer than the caller lives", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		f := status(429, "Retry-After", "3600")(s)
		f.Path, f.Times = s.h.APIPath, -1
		e.sim.Fault(f)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		before := e.wire.count(s.h.APIPath)
		_, err := e.session.Organizations.List(ctx, providers.ListQuery{Size: 1})
		if err == nil {
			t.Fatal("the refusal is lost")
		}
		pe := e.refusal(err)
		if pe.Kind != providers.RateLimited || pe.RetryAfter != time.Hour {
			t.Errorf("kind %v, RetryAfter %v", pe.Kind, pe.RetryAfter)
		}
		if n := e.wire.count(s.h.APIPath) - before; n != 1 || len(e.slept()) > 0 {
			t.Errorf("%d calls, waits %v", n, e.slept())
		}
	})
	t.Run("the limiter", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		e.orgs()
		e.limits.mu.Lock()
		asked := len(e.limits.waits)
		e.limits.mu.Unlock()
		if asked == 0 {
			t.Error("calls go out without asking the limiter")
		}
		f := status(429, "Retry-After", "9")(s)
		f.Path = s.h.APIPath
		e.sim.Fault(f)
		_, err := e.session.Organizations.List(t.Context(), providers.ListQuery{Size: 1})
		e.fatal("one refusal", err)
		e.limits.mu.Lock()
		defer e.limits.mu.Unlock()
		for _, d := range e.limits.blocks {
			if d >= 9*time.Second {
				return
			}
		}
		t.Errorf("the limiter is not told of a refusal: %v", e.limits.blocks)
	})
	t.Run("a caller who leaves", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		e.sim.Fault(Fault{Path: s.h.APIPath, Stall: true, Times: -1})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := e.session.Organizations.List(ctx, providers.ListQuery{Size: 1})
		if err == nil {
			t.Fatal("a list without an answer ends well")
		}
		if pe := e.refusal(err); pe.Kind != providers.Timeout || time.Since(began) > 10*time.Second {
			t.Errorf("kind %v after %v", pe.Kind, time.Since(began))
		}
	})
}
