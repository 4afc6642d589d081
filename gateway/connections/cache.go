package connections

import (
	"sync"
	"time"

	"github.com/admux/admux/providers"
)

const cacheSize = 10_000

// cache is what this process knows of tokens. Losing an entry costs a read of the row, except for unsaved grants, which
// are never evicted.
type cache struct {
	mu    sync.Mutex
	slots map[string]*slot
}

type slot struct {
	held    held
	coolTo  time.Time        // no refresh before this moment
	failure *providers.Error // why
	rejects []time.Time      // refreshes that a refused access token caused
	unsaved *held            // new tokens that could not be stored: version is that of the old ones
	healthy time.Time        // when health was last recorded
}

func newCache() *cache { return &cache{slots: map[string]*slot{}} }

// with runs f on a connection's slot.
func (c *cache) with(id string, f func(*slot)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.slots[id]
	if s == nil {
		if len(c.slots) >= cacheSize {
			c.evict()
		}
		s = &slot{}
		c.slots[id] = s
	}
	f(s)
}

func (c *cache) evict() {
	for id, s := range c.slots {
		if s.unsaved == nil {
			delete(c.slots, id)
			return
		}
	}
}

// get returns what is held; version 0: nothing.
func (c *cache) get(id string) held {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.slots[id]; s != nil {
		return s.held
	}
	return held{}
}

// put keeps the newer of what is held and h.
func (c *cache) put(id string, h held) {
	c.with(id, func(s *slot) {
		if h.version >= s.held.version {
			s.held = h
		}
	})
}

// forget drops a connection that is gone.
func (c *cache) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.slots, id)
}
