package providers

import (
	"sync"
	"time"
)

// The breaker's figures. A host that failed openAfter times in a row is left alone for coolDown, then one call tries
// it: a host that comes back is in use again within coolDown.
const (
	openAfter = 5
	coolDown  = 10 * time.Second
	// Retries of a host are paid from a budget that successes fill, so that a platform in trouble is not met with
	// several times its load: 20 at once, then one for every ten calls that succeed.
	retryBurst  = 20.0
	retryRefill = 0.1
)

// Outcome is what a call taught about its host.
type Outcome uint8

// The outcomes. Unknown is a call that its caller ended, or that failed for another reason than the host's health.
// Refused is an answer of a host that is well, but not a success.
const (
	OutcomeUnknown Outcome = iota
	OutcomeGood
	OutcomeRefused
	OutcomeBad
)

// Breakers knows, of every host that a process calls, whether calling makes sense now. One value is shared by all
// connections. A nil *Breakers lets everything pass.
type Breakers struct {
	now   func() time.Time
	mu    sync.Mutex
	hosts map[string]*hostHealth
}

type hostHealth struct {
	failures int // in a row
	open     time.Time
	trial    bool // a call is trying the host
	budget   float64
}

// NewBreakers starts with every host taken for healthy.
func NewBreakers(now func() time.Time) *Breakers {
	return &Breakers{now: now, hosts: map[string]*hostHealth{}}
}

func (b *Breakers) host(name string) *hostHealth {
	h := b.hosts[name]
	if h == nil {
		h = &hostHealth{budget: retryBurst}
		b.hosts[name] = h
	}
	return h
}

// Enter asks leave to call a host. Refused, leave is nil and wait is the time until a trial makes sense (at least a
// second). Granted, leave must be called once with what the call taught.
func (b *Breakers) Enter(host string) (leave func(Outcome), wait time.Duration) {
	if b == nil {
		return func(Outcome) {}, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.host(host)
	trial := h.failures >= openAfter
	if trial {
		wait = h.open.Sub(b.now())
		if wait > 0 || h.trial {
			return nil, max(wait, time.Second)
		}
		h.trial = true
	}
	var once sync.Once
	return func(o Outcome) { once.Do(func() { b.leave(h, trial, o) }) }, 0
}

func (b *Breakers) leave(h *hostHealth, trial bool, o Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if trial {
		h.trial = false
	}
	switch o {
	case OutcomeGood:
		h.failures = 0
		h.budget = min(h.budget+retryRefill, retryBurst)
	case OutcomeRefused:
		h.failures = 0
	case OutcomeBad:
		h.failures++
		if h.failures >= openAfter {
			h.open = b.now().Add(coolDown)
		}
	case OutcomeUnknown:
	}
}

// Retry tells whether one more retry of a host is within the budget, and spends it.
func (b *Breakers) Retry(host string) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.host(host)
	if h.budget < 1 {
		return false
	}
	h.budget--
	return true
}
