package meta_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta"
	"github.com/admux/admux/providers/meta/sim"
)

// inMemory calls a simulator without a network, so that all waiting is of the test's own clock.
type inMemory struct{ sim http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	m.sim.ServeHTTP(rec, in)
	_, _ = io.Copy(io.Discard, in.Body)
	return rec.Result(), nil
}

// Two replicas with one app in Meta's small tier, where 60 reads in five minutes block an account: they slow down before
// Meta refuses, what can be read is read, and another account does not wait for it.
func TestThrottleHeadersSlowDownBeforeMetaRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sim.New(sim.Options{Now: time.Now, Limits: sim.Limits{Tier: "development_access"}})
		limiter := providers.NewLimiter(time.Now)
		session := func() *providers.Session {
			s, err := meta.New().Open(providers.Conn{ID: "c1", Tokens: &staticTokens{token: s.Grant().Access}}, providers.Deps{
				HTTP: &http.Client{Transport: inMemory{s}}, Now: time.Now, Limits: limiter, Log: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		busy, calm := s.Accounts()[0].ID, s.Accounts()[1].ID
		began := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		reads := 0
		for range 2 {
			own := session()
			wg.Go(func() {
				for time.Since(began) < 20*time.Minute {
					_, err := own.Campaigns.List(t.Context(), providers.ListQuery{Org: busy, Size: 25})
					if e, _ := errors.AsType[*providers.Error](err); e != nil && e.Code == "limit_wait" { // too long to be waited for: later
						time.Sleep(e.RetryAfter)
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					reads++
					mu.Unlock()
				}
			})
		}
		other := session()
		for range 10 {
			time.Sleep(time.Minute)
			from := time.Now()
			if _, err := other.Campaigns.List(t.Context(), providers.ListQuery{Org: calm, Size: 25}); err != nil {
				t.Error(err)
			}
			if d := time.Since(from); d > time.Second {
				t.Errorf("the calm account waited %v for the busy one", d)
			}
		}
		wg.Wait()
		refused := 0
		for _, c := range s.Calls() {
			if c.Status >= 400 {
				refused++
			}
		}
		// 60 points come back in 300 seconds: 240 in twenty minutes, and 60 to begin with.
		if refused > 0 || reads < 100 {
			t.Errorf("%d calls refused, %d lists read in twenty minutes", refused, reads)
		}
	})
}
