package gaql

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
)

// ordered yields the rows in the order of ORDER BY. limit is how many the
// caller will take at most, 0 for all.
func (p *Plan) ordered(src Source, limit int, yield func(*row) bool) error {
	objects := src.Objects(&p.want)
	if len(p.orders) == 0 {
		return p.each(objects, yield)
	}
	if n := p.attributeOrders(); n >= 0 {
		sorted, unique, err := p.sortObjects(objects, p.orders[:n])
		if err != nil {
			return err
		}
		if unique || n == len(p.orders) {
			return p.each(all(sorted), yield)
		}
		objects = all(sorted)
	}
	return p.sortRows(objects, limit, yield)
}

// attributeOrders is how many keys of ORDER BY are attributes when sorting the
// objects by them can be the whole order: nothing follows but one ascending
// core date segment, as rows of one object ascend by day anyhow. It is -1
// otherwise.
func (p *Plan) attributeOrders() int {
	n := 0
	for n < len(p.orders) && p.orders[n].field.Category == AttributeCategory {
		n++
	}
	rest := p.orders[n:]
	if len(rest) == 0 || n > 0 && len(rest) == 1 && rest[0].field.segment.core() && !rest[0].desc {
		return n
	}
	return -1
}

// keyed is an object or a row with its sort keys.
type keyed struct {
	keys   []Value
	at     int
	object Object
	item   *item
	group  group
	days   *calendar
}

// compare orders by keys, then by arrival.
func (p *Plan) compare(a, b *keyed) int {
	for i, o := range p.orders[:len(a.keys)] {
		c := compareKeys(o.field, a.keys[i], b.keys[i])
		if o.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.at, b.at)
}

// compareKeys orders two values of the field, absent ones first.
func compareKeys(f *Field, a, b Value) int {
	if f.Type == TypeEnum && !a.IsZero() && !b.IsZero() { // enums sort by their number
		return cmp.Compare(slices.Index(f.Enum, a.text), slices.Index(f.Enum, b.text))
	}
	return compareValues(a, b)
}

// sortObjects reads and sorts the objects that match; unique says that no two
// of them have the same keys.
func (p *Plan) sortObjects(objects iter.Seq2[Object, error], orders []order) ([]*keyed, bool, error) {
	var sorted []*keyed
	for object, err := range objects {
		if err != nil {
			return nil, false, err
		}
		if !p.matches(object) {
			continue
		}
		k := &keyed{at: len(sorted), object: object}
		for _, o := range orders {
			k.keys = append(k.keys, object.Value(o.field.Name))
		}
		sorted = append(sorted, k)
	}
	slices.SortFunc(sorted, p.compare)
	unique := true
	for i := 1; i < len(sorted) && unique; i++ {
		a, b := *sorted[i-1], *sorted[i]
		a.at, b.at = 0, 0
		unique = p.compare(&a, &b) != 0
	}
	return sorted, unique, nil
}

func all(sorted []*keyed) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for _, k := range sorted {
			if !yield(k.object, nil) {
				return
			}
		}
	}
}

// sortRows holds all rows, or the best ones up to limit, and yields them in
// order.
func (p *Plan) sortRows(objects iter.Seq2[Object, error], limit int, yield func(*row) bool) error {
	best := &worstFirst{plan: p}
	var last *item
	seen := 0
	err := p.each(objects, func(r *row) bool {
		k := &keyed{at: seen, days: r.days}
		seen++
		for _, o := range p.orders {
			k.keys = append(k.keys, r.value(o.field))
		}
		if limit > 0 && len(best.rows) == limit && p.compare(k, best.rows[0]) >= 0 {
			return true
		}
		if last == nil || last.serial != r.object.serial {
			last = &item{object: r.object.object, serial: r.object.serial}
		}
		k.item, k.group = last, *r.group
		k.group.splits = slices.Clone(r.group.splits)
		if limit > 0 && len(best.rows) == limit {
			best.rows[0] = k
			heap.Fix(best, 0)
			return true
		}
		heap.Push(best, k)
		return true
	})
	if err != nil {
		return err
	}
	slices.SortFunc(best.rows, p.compare)
	for _, k := range best.rows {
		if !yield(&row{object: k.item, group: &k.group, days: k.days}) {
			return nil
		}
	}
	return nil
}

// worstFirst is a heap whose top is the row to give up next.
type worstFirst struct {
	plan *Plan
	rows []*keyed
}

func (h *worstFirst) Len() int           { return len(h.rows) }
func (h *worstFirst) Less(i, j int) bool { return h.plan.compare(h.rows[i], h.rows[j]) > 0 }
func (h *worstFirst) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *worstFirst) Push(x any)         { h.rows = append(h.rows, x.(*keyed)) }
func (h *worstFirst) Pop() any {
	last := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return last
}
