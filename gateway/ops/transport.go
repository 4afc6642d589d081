package ops

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Meter adds up the time that a request of ours waited for platforms, and keeps what it asked of them.
type Meter struct {
	waited atomic.Int64

	mu    sync.Mutex
	calls []Upstream
	count int
}

// Waited is the sum; calls made at the same time count each.
func (m *Meter) Waited() time.Duration { return time.Duration(m.waited.Load()) }

type meterKey struct{}

// WithMeter returns a context whose calls to platforms are timed.
func WithMeter(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	return context.WithValue(ctx, meterKey{}, m), m
}

// Transport counts and times the calls to a platform. oauth tells the calls of the token endpoint, which are counted as
// refreshes too.
func (m *Metrics) Transport(next http.RoundTripper, platform string, oauth func(*http.Request) bool) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		start := time.Now()
		res, err := next.RoundTrip(r)
		took := time.Since(start)
		status := "error"
		if err == nil {
			status = strconv.Itoa(res.StatusCode)
		}
		m.upstream.WithLabelValues(platform, status).Inc()
		m.upSeconds.WithLabelValues(platform).Observe(took.Seconds())
		if oauth != nil && oauth(r) {
			m.refreshes.WithLabelValues(platform, outcome(status)).Inc()
		}
		if meter, ok := r.Context().Value(meterKey{}).(*Meter); ok {
			meter.waited.Add(int64(took))
			meter.add(r, res, start, took)
		}
		return res, err
	})
}

func outcome(status string) string {
	switch {
	case status == "error":
		return "unreached"
	case status[0] == '2':
		return "ok"
	case status[0] == '4' && status != "429":
		return "refused"
	}
	return "failed"
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
