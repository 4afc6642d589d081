package meta

import (
	"cmp"
	"slices"

	"github.com/admux/admux/normalize"
)

// key is what a row is of.
type key struct {
	day    normalize.Day
	object int
	hour   int
	words  [maxDims]int
}

// table adds rows of Meta's up to rows of ours, KPI by KPI. Its buffers are used again and again.
type table struct {
	numbers []number
	width   int // values of a row: the KPIs, and the weights of the averages among them
	index   map[key]int
	keys    []key
	parts   []int // how many rows of Meta's each was made of
	values  []normalize.Value
	order   []int
}

func newTable(numbers []number) *table {
	return &table{numbers: numbers, width: 2 * len(numbers), index: map[key]int{}}
}

// row returns the values of a row, which is added when it is new.
func (t *table) row(k key) (i int, values []normalize.Value) {
	i, known := t.index[k]
	if !known {
		i = len(t.keys)
		t.index[k] = i
		t.keys = append(t.keys, k)
		t.parts = append(t.parts, 0)
		t.values = slices.Grow(t.values, t.width)[:len(t.values)+t.width]
		clear(t.values[i*t.width:])
	}
	return i, t.values[i*t.width : (i+1)*t.width]
}

// add counts a row of Meta's. An average is kept as what it is the average of, beside its weight.
func (t *table) add(k key, numbers []number, columns []normalize.Value, event int) {
	i, into := t.row(k)
	t.parts[i]++
	for j := range numbers {
		n := &numbers[j]
		v := n.read(columns, event)
		if n.plays < 0 {
			into[j] = into[j].Count(v)
			continue
		}
		if weight := columns[n.plays]; v.OK && weight.OK && !weight.D.IsZero() {
			into[len(numbers)+j] = into[len(numbers)+j].Add(weight)
			into[j] = into[j].Add(normalize.Some(v.D.Mul(weight.D)))
		}
	}
}

// merge adds another table up into t.
func (t *table) merge(o *table) {
	for i, k := range o.keys {
		at, into := t.row(k)
		t.parts[at] += o.parts[i]
		for j, v := range o.values[i*o.width : (i+1)*o.width] {
			into[j] = into[j].Join(v)
		}
	}
}

// value is a KPI of a row. People of several rows are not known, as some may be the same: left tells so.
func (t *table) value(row, j int) (v normalize.Value, left bool) {
	v = t.values[row*t.width+j]
	switch {
	case !v.OK:
	case t.numbers[j].plays >= 0:
		weight := t.values[row*t.width+len(t.numbers)+j]
		v.D, v.OK = v.D.Ratio(weight.D, normalize.RatioScale)
	case t.numbers[j].people && t.parts[row] > 1:
		return normalize.Value{}, true
	}
	return v, false
}

// sorted lists the rows by time; those of a time in the order met.
func (t *table) sorted() []int {
	t.order = t.order[:0]
	for i := range t.keys {
		t.order = append(t.order, i)
	}
	slices.SortStableFunc(t.order, func(i, j int) int {
		a, b := t.keys[i], t.keys[j]
		return cmp.Or(a.day.Year-b.day.Year, int(a.day.Month-b.day.Month), a.day.Dom-b.day.Dom, a.hour-b.hour)
	})
	return t.order
}

func (t *table) reset() {
	clear(t.index)
	t.keys, t.parts, t.values = t.keys[:0], t.parts[:0], t.values[:0]
}
