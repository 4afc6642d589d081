package connections

import (
	"maps"
	"sync"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

const (
	// trustRow is how long a row that was read is taken for the one that is stored. What this process changes is seen at
	// once; what another one changes, such as a pause, within this time, as with API keys.
	trustRow = 2 * time.Second
	// keepSession is how long a session is used again, so that what an adapter has looked up for one call, such as which
	// accounts there are, need not be asked of the platform for the next.
	keepSession = time.Minute
	manyOpen    = 1000
)

// opened are the connections that calls have opened lately. Sessions hold no tokens: they ask for one at each call.
type opened struct {
	mu sync.Mutex
	of map[place]*entry
}

type place struct{ workspace, id string }

// entry is a connection as it was read at a moment.
type entry struct {
	bound   *Bound
	app     providers.App
	changes int64     // of the store, before the row was read
	read    time.Time // the row
	opened  time.Time // the session
}

// get returns a connection whose row need not be read again.
func (o *opened) get(p place, changes int64, now time.Time) *Bound {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.of[p]
	if e == nil || e.changes != changes || !within(e.read, now, trustRow) || !within(e.opened, now, keepSession) {
		return nil
	}
	return e.bound
}

// session returns the one that is open, if nothing has changed of what it was opened with.
func (o *opened) session(c store.Connection, app providers.App, now time.Time) (s *providers.Session, since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.of[place{c.WorkspaceID, c.ID}]
	if e == nil || !within(e.opened, now, keepSession) {
		return nil, time.Time{}
	}
	was := e.bound.Connection
	if was.Tokens.Version != c.Tokens.Version || !was.UpdatedAt.Equal(c.UpdatedAt) || !sameApp(e.app, app) {
		return nil, time.Time{}
	}
	return e.bound.Session, e.opened
}

func sameApp(a, b providers.App) bool {
	return a.ClientID == b.ClientID && a.ClientSecret == b.ClientSecret && a.RedirectURL == b.RedirectURL && maps.Equal(a.Extra, b.Extra)
}

func (o *opened) put(p place, e *entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.of) >= manyOpen {
		o.evict(e.read)
	}
	if o.of == nil {
		o.of = map[place]*entry{}
	}
	o.of[p] = e
}

// evict forgets the sessions that are not used again, and any one when all are.
func (o *opened) evict(now time.Time) {
	for p, e := range o.of {
		if !within(e.opened, now, keepSession) {
			delete(o.of, p)
		}
	}
	for p := range o.of {
		if len(o.of) < manyOpen {
			return
		}
		delete(o.of, p)
	}
}

func (o *opened) forget(p place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.of, p)
}

// within tells whether a moment is less than d ago. A clock that was set back makes nothing young.
func within(at, now time.Time, d time.Duration) bool {
	age := now.Sub(at)
	return age >= 0 && age < d
}
