package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// account is one advertiser account.
type account struct {
	entity
	src      *simkit.Account
	customer string
	kids     map[string][]*entity // what hangs on the account itself, by kind
}

// entity is one object of the platform. What the world made is rendered when
// first looked at.
type entity struct {
	kind, id string
	acc      *account
	parent   *entity
	children map[string][]*entity
	build    func() obj
	fields   obj
	deleted  bool
	modified time.Time
	review   time.Time // until then it is under review; zero: reviewed

	camp   *simkit.Campaign
	group  *simkit.Group
	ad     *simkit.Ad
	flavor flavor
}

// get is the entity's own properties. The caller holds the simulator's lock.
func (e *entity) get() obj {
	if e.fields == nil {
		e.fields = e.build()
	}
	return e.fields
}

func (e *entity) str(name string) string {
	v, _ := e.get()[name].(string)
	return v
}

// attach adds an entity to its parent, or to its account when that is nil.
func (s *Sim) attach(e *entity) *entity {
	if s.entities[e.kind] == nil {
		s.entities[e.kind] = map[string]*entity{}
	}
	s.entities[e.kind][e.id] = e
	if e.parent == nil {
		if e.acc.kids == nil {
			e.acc.kids = map[string][]*entity{}
		}
		e.acc.kids[e.kind] = append(e.acc.kids[e.kind], e)
		return e
	}
	if e.parent.children == nil {
		e.parent.children = map[string][]*entity{}
	}
	e.parent.children[e.kind] = append(e.parent.children[e.kind], e)
	return e
}

// live is an entity of a kind in an account; nil when unknown, foreign or deleted.
func (s *Sim) live(a *account, kind, id string) *entity {
	e := s.entities[kind][id]
	if e == nil || e.acc != a || e.deleted {
		return nil
	}
	return e
}

// living are the ones not deleted.
func living(list []*entity) []*entity {
	return slices.DeleteFunc(slices.Clone(list), func(e *entity) bool { return e.deleted })
}

// newID numbers what clients add, past everything seeded.
func (s *Sim) newID(kind string) string {
	if s.nextID[kind] == 0 {
		s.nextID[kind] = map[string]int64{"Campaign": 520000001, "AdGroup": 1359900000000001, "Ad": 84800390000001,
			"Keyword": 84900000000001, "AssetGroup": 6255100000000001}[kind]
		if s.nextID[kind] == 0 {
			s.nextID[kind] = 9900000001
		}
	}
	s.nextID[kind]++
	return itoa(s.nextID[kind])
}

// remove deletes an entity and everything below it.
func (s *Sim) remove(e *entity, now time.Time) {
	e.deleted, e.modified = true, now
	for _, list := range e.children {
		for _, k := range list {
			s.remove(k, now)
		}
	}
}

// fold is a name as the platform compares names.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// clone copies an object deep enough that the copy can be changed.
func clone(v any) any {
	switch x := v.(type) {
	case obj:
		out := make(obj, len(x))
		for k, e := range x {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = clone(e)
		}
		return out
	}
	return v
}
