package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// entity is a node of an account's tree: what the world seeds, made into Meta's
// fields at the first read, and what clients wrote over it.
type entity struct {
	kind    string // "Campaign", "AdSet", "Ad", "AdCreative", …
	id      string // as on the wire
	seq     int64  // order of creation
	account *account
	parent  *entity    // AdSet: its campaign; Ad: its ad set
	kids    *list      // what stands below; nil for leaves
	ad      *simkit.Ad // the facts of an Ad; nil when a client created it
	camp    *simkit.Campaign
	group   *simkit.Group

	created time.Time
	fresh   bool // made by a client: it has no facts
	build   func() obj
	once    sync.Once
	data    obj // seeded fields, after once
	now     atomic.Pointer[written]
}

// written is what changes: replaced as a whole, so that readers need no lock.
type written struct {
	over    obj // fields that clients set; nil takes a seeded one away
	status  string
	updated time.Time
}

// base is the seeded fields.
func (e *entity) base() obj {
	if e.build != nil {
		e.once.Do(func() { e.data = e.build() })
	}
	return e.data
}

// stored is a field as it was seeded or written; computed fields are not here.
func (e *entity) stored(name string) any {
	if w := e.now.Load(); w != nil {
		if v, ok := w.over[name]; ok {
			return v
		}
	}
	return e.base()[name]
}

// str and number read stored fields of those kinds.
func (e *entity) str(name string) string {
	v, _ := asText(e.stored(name))
	return v
}

func (e *entity) number(name string) int64 {
	switch v := e.stored(name).(type) {
	case int64:
		return v
	case int:
		return int64(v)
	default:
		t, _ := asText(v)
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
}

// status is the configured status.
func (e *entity) status() string {
	if w := e.now.Load(); w != nil {
		return w.status
	}
	return ""
}

func (e *entity) updated() time.Time {
	if w := e.now.Load(); w != nil {
		return w.updated
	}
	return e.created
}

// list is an append-only list of entities in order of creation.
type list struct{ all []*entity }

func (l *list) add(e *entity) { l.all = append(l.all, e) }

// snapshot copies the list's header under the lock: elements are never removed.
func (s *Sim) snapshot(l *list) []*entity {
	if l == nil {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clip(l.all)
}

// account is an ad account.
type account struct {
	entity
	src      *simkit.Account
	digits   string
	name     string
	currency string
	offset   int64 // minor units of a unit of money
	loc      *time.Location
	status   int
	business *business // nil: a person's own

	campaigns, adsets, ads, creatives, images, videos list
	audiences, pixels, conversions, forms, sets       list
	catalogue, application, instagram                 *entity
	seeded                                            seededAssets
	spent                                             spentCache
	active                                            atomic.Int64 // ads switched on when the account was made
}

// seededAssets are the first of their lists, which seeded nodes refer to: what
// clients add later changes nothing in them.
type seededAssets struct{ images, videos, audiences []*entity }

// minor turns micros into the account's minor units, rounded down.
func (a *account) minor(micros int64) int64 {
	return micros/simkit.Micro*a.offset + micros%simkit.Micro*a.offset/simkit.Micro
}

// clock formats a moment in the account's zone, the offset without a colon.
func (a *account) clock(t time.Time) string { return t.In(a.loc).Format(timeLayout) }

const timeLayout = "2006-01-02T15:04:05-0700"

// value is a readable field of a node by name; ok is false when it is absent.
func (e *entity) value(s *Sim, name string) (any, bool) {
	v := s.field(e, name, s.kit.Clock.Now())
	return v, v != nil
}

// text is value as text; empty when absent.
func (e *entity) text(s *Sim, name string) string {
	v, _ := e.value(s, name)
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case json.Number:
		return x.String()
	}
	return ""
}

// adsUnder are all ads of an account, campaign, ad set or ad, in the ledger's
// order, archived and deleted ones too.
func (s *Sim) adsUnder(e *entity) []*entity {
	switch e.kind {
	case "AdAccount":
		return s.snapshot(&e.account.ads)
	case "Campaign":
		var out []*entity
		for _, g := range s.snapshot(e.kids) {
			out = append(out, s.snapshot(g.kids)...)
		}
		return out
	case "AdSet":
		return s.snapshot(e.kids)
	case "Ad":
		return []*entity{e}
	}
	return nil
}

// node finds an entity by its wire id; nil when there is none.
func (s *Sim) node(id string) *entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.nodes[id]
}

// attach makes an entity known. The caller holds s.mu, or is New.
func (s *Sim) attach(e *entity, to ...*list) *entity {
	s.seq++
	e.seq = s.seq
	s.nodes[e.id] = e
	for _, l := range to {
		l.add(e)
	}
	return e
}

// allocate gives the next id for what clients create. The caller holds s.mu.
func (s *Sim) allocate(kind string) string {
	first := map[string]int64{
		"Campaign": 120391000000000001, "AdSet": 120392000000000001, "Ad": 120393000000000001,
		"AdCreative": 120394000000000001, "AdVideo": 139000000000000001, "CustomAudience": 23849000000000001,
		"upload": 81,
	}[kind]
	if s.nextID[kind] == 0 {
		s.nextID[kind] = first
	}
	id := s.nextID[kind]
	s.nextID[kind]++
	return strconv.FormatInt(id, 10)
}
