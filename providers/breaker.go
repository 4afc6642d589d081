package providers

import (
	"errors"
	"maps"
	"sync"
	"time"
)

// The breaker's figures. What failed openAfter times in a row is left alone for coolDown, then one call tries it: what
// comes back is in use again within coolDown.
const (
	openAfter = 5
	coolDown  = 10 * time.Second
	// several is how many connections must have failed, with no success of any between them, before a host is taken to
	// be down for everybody; and how many calls try it afterwards, so that one connection that fails whatever the host
	// does cannot keep the others out.
	several = 3
	// Retries of a connection are paid from a budget that successes fill, so that a platform in trouble is not met with
	// several times its load: 20 at once, then one for every ten calls that succeed.
	retryBurst  = 20.0
	retryRefill = 0.1
	// manyCircuits is when those that have been silent for an hour are forgotten.
	manyCircuits = 1000
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

// ErrCircuitOpen is in the chain of the error for a call that was not made because those before it failed.
var ErrCircuitOpen = errors.New("the platform failed several times in a row")

// Leave ends a call: what it taught, and the error of a bad one. Only its first call counts.
type Leave func(o Outcome, why *Error)

// Closed says why a call may not be made.
type Closed struct {
	Wait time.Duration // until a trial makes sense; at least a second
	Last *Error        // how the connection's own last bad call ended; nil: others' calls closed the host
}

// Breakers knows, of every host that a process calls, whether calling makes sense now. One value is shared by all
// connections. A nil *Breakers lets everything pass.
//
// It counts for each connection at a host on its own: platforms answer 502, 503 or nothing at all for one account or one
// too large question while they serve everybody else, and a gateway has many owners, none of whom may take the platform
// from the others. A host as a whole is left alone only when several different connections fail in a row.
type Breakers struct {
	now   func() time.Time
	mu    sync.Mutex
	hosts map[string]*hostHealth
}

// hostHealth is what all connections together have learnt of a host.
type hostHealth struct {
	circuits map[string]*circuit // of connections that are not in full health
	failures int                 // in a row, over all connections
	failing  map[string]bool     // the connections that they are of
	open     time.Time           // left alone until then, and tried afterwards; zero: healthy
	trials   int                 // calls that try the host
}

// circuit is what one connection has learnt of a host.
type circuit struct {
	failures int // in a row
	open     time.Time
	trial    bool // a call is trying
	calls    int  // under way
	budget   float64
	last     *Error
	seen     time.Time
}

// NewBreakers starts with every host taken for healthy.
func NewBreakers(now func() time.Time) *Breakers {
	return &Breakers{now: now, hosts: map[string]*hostHealth{}}
}

// find is the health of a host and of a connection there.
func (b *Breakers) find(host, conn string) (*hostHealth, *circuit) {
	h := b.hosts[host]
	if h == nil {
		h = &hostHealth{circuits: map[string]*circuit{}, failing: map[string]bool{}}
		b.hosts[host] = h
	}
	c := h.circuits[conn]
	if c == nil {
		if len(h.circuits) >= manyCircuits {
			old := b.now().Add(-time.Hour)
			maps.DeleteFunc(h.circuits, func(_ string, c *circuit) bool { return c.calls == 0 && c.seen.Before(old) })
		}
		c = &circuit{budget: retryBurst}
		h.circuits[conn] = c
	}
	c.seen = b.now()
	return h, c
}

// Enter asks leave to call a host for a connection. Granted, closed is nil, and leave must be called.
func (b *Breakers) Enter(host, conn string) (leave Leave, closed *Closed) {
	if b == nil {
		return func(Outcome, *Error) {}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	h, c := b.find(host, conn)
	now := b.now()
	trial, hostTrial := c.failures >= openAfter, !h.open.IsZero()
	switch {
	case trial && (c.trial || now.Before(c.open)):
		return nil, &Closed{max(c.open.Sub(now), time.Second), c.last}
	case hostTrial && (h.trials >= several || now.Before(h.open)):
		return nil, &Closed{max(h.open.Sub(now), time.Second), c.last}
	}
	c.calls++
	if trial {
		c.trial = true
	}
	if hostTrial {
		h.trials++
	}
	var once sync.Once
	return func(o Outcome, why *Error) {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			c.calls--
			if trial {
				c.trial = false
			}
			if hostTrial {
				h.trials--
			}
			b.learn(h, c, conn, o, why)
		})
	}, nil
}

// learn takes in what a call taught.
func (b *Breakers) learn(h *hostHealth, c *circuit, conn string, o Outcome, why *Error) {
	switch o {
	case OutcomeGood, OutcomeRefused:
		c.failures, c.last = 0, nil
		h.failures, h.open = 0, time.Time{}
		clear(h.failing)
		if o == OutcomeGood {
			c.budget = min(c.budget+retryRefill, retryBurst)
		}
	case OutcomeBad:
		until := b.now().Add(coolDown)
		if c.last = nil; why != nil {
			last := *why // the caller may go on changing his own
			c.last = &last
		}
		if c.failures++; c.failures >= openAfter {
			c.open = until
		}
		h.failures++
		if h.failing[conn] = true; h.failures >= openAfter && len(h.failing) >= several {
			h.open = until
			clear(h.failing) // it takes as many different ones to close it again
		}
	case OutcomeUnknown:
	}
	if c.failures == 0 && c.calls == 0 && c.budget >= retryBurst {
		delete(h.circuits, conn)
	}
}

// Retry tells whether one more retry of a connection's call is within the budget, and spends it.
func (b *Breakers) Retry(host, conn string) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_, c := b.find(host, conn)
	if c.budget < 1 {
		return false
	}
	c.budget--
	return true
}
