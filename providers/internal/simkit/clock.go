package simkit

import (
	"sync"
	"time"
)

// Clock is the simulated world's time: a base clock (the real one unless a
// test gives another) plus whatever it was advanced by. It never goes back.
type Clock struct {
	mu   sync.RWMutex
	base func() time.Time
	off  time.Duration
}

// NewClock starts a clock over base; nil means the real time.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now is the simulated time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.base().Add(c.off).UTC()
}

// Advance moves the clock forward; a negative duration is ignored.
func (c *Clock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += d
}
