package sim

import (
	"maps"
	"slices"
	"strconv"
)

// obj is a JSON object as it goes over the wire. Rest.li itself is schema data
// in maps, patches and projections work on any field: so do we. An obj that is
// stored is never changed in place; a change stores a new one.
type obj = map[string]any

func money(micros int64, currency string) obj {
	return obj{"amount": formatMoney(micros), "currencyCode": currency}
}

// entity is one stored account, campaign group, campaign or creative.
type entity struct {
	id      int64
	account int64
	parent  int64
	data    obj
	seeded  bool  // made by the world, so that it has facts
	posted  int64 // creation, epoch ms: when a review began
}

func (e *entity) status(field string) string { s, _ := e.data[field].(string); return s }

// table holds entities of one kind and account in order of id.
type table struct {
	ids  []int64
	byID map[int64]*entity
}

func newTable() *table { return &table{byID: map[int64]*entity{}} }

func (t *table) put(e *entity) {
	if _, ok := t.byID[e.id]; !ok {
		i, _ := slices.BinarySearch(t.ids, e.id)
		t.ids = slices.Insert(t.ids, i, e.id)
	}
	t.byID[e.id] = e
}

func (t *table) drop(id int64) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		t.ids = slices.Delete(t.ids, i, i+1)
		delete(t.byID, id)
	}
}

// with is a copy of o with some fields replaced.
func with(o obj, more obj) obj {
	c := maps.Clone(o)
	maps.Copy(c, more)
	return c
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
