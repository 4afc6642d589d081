package linkedin

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
)

// table gathers the rows of answers until their period is complete. Its buffers are used again and again: it grows with
// the rows of a window, not with those of a report.
type table struct {
	width  int // values of a row
	keys   []key
	values []normalize.Value // width of each row, in the order of keys
	order  []ordered
}

// key is what a row is of.
type key struct {
	period      int32 // packed, so that earlier is less
	entity, dim int32
}

// ordered is a row on its way to its place.
type ordered struct {
	rank uint64 // of its period, then its object
	row  int32
}

func newTable(width int) *table { return &table{width: width} }

// row adds a row and returns its values, absent as yet.
func (t *table) row(k key) []normalize.Value {
	t.keys = append(t.keys, k)
	n := len(t.values)
	t.values = slices.Grow(t.values, t.width)[:n+t.width]
	clear(t.values[n:])
	return t.values[n:]
}

// add adds a row with its values.
func (t *table) add(k key, values []normalize.Value) {
	t.keys = append(t.keys, k)
	t.values = append(t.values, values...)
}

func (t *table) at(i int) []normalize.Value { return t.values[i*t.width : (i+1)*t.width] }

// sorted yields the rows by period, object and value of the breakdown, those of the same added up.
func (t *table) sorted(e *entities, dims *dimensions) iter.Seq2[key, []normalize.Value] {
	ranks := e.ids.Ranks()
	t.order = t.order[:0]
	for i, k := range t.keys {
		t.order = append(t.order, ordered{uint64(k.period)<<32 | uint64(ranks[k.entity]), int32(i)}) //nolint:gosec // a window is small, and no period is below 0
	}
	slices.SortFunc(t.order, func(a, b ordered) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return strings.Compare(dims.text(t.keys[a.row].dim), dims.text(t.keys[b.row].dim))
	})
	return func(yield func(key, []normalize.Value) bool) {
		for i := 0; i < len(t.order); {
			at := int(t.order[i].row)
			k, values := t.keys[at], t.at(at)
			for i++; i < len(t.order) && t.keys[t.order[i].row] == k; i++ {
				for j, v := range t.at(int(t.order[i].row)) {
					values[j] = values[j].Add(v)
				}
			}
			if !yield(k, values) {
				return
			}
		}
	}
}

func (t *table) reset() {
	t.keys, t.values = t.keys[:0], t.values[:0]
}

func packDay(d normalize.Day) int32 {
	return int32((d.Year*16+int(d.Month))*32 + d.Dom) //nolint:gosec // years have four digits
}

func unpackDay(p int32) normalize.Day {
	return normalize.Day{Year: int(p / 512), Month: time.Month(p / 32 % 16), Dom: int(p % 32)}
}

// dimensions are the values that a breakdown has been seen with, raw and ours.
type dimensions struct {
	raw  map[string]int32 // the platform's value → its place in list
	list []string         // raw values in the order met
	ours []int32          // for each raw value, the place of ours in say; -1 not yet told
	byUs map[string]int32
	say  []string
}

func newDimensions() *dimensions {
	return &dimensions{raw: map[string]int32{}, byUs: map[string]int32{}}
}

// met is the place of a raw value.
func (d *dimensions) met(value []byte) int32 {
	if i, known := d.raw[string(value)]; known {
		return i
	}
	i := int32(len(d.list)) //nolint:gosec // fewer than rows
	d.raw[string(value)] = i
	d.list = append(d.list, string(value))
	d.ours = append(d.ours, -1)
	return i
}

// untold lists the raw values that have no word of ours yet.
func (d *dimensions) untold() []string {
	var out []string
	for i, o := range d.ours {
		if o < 0 {
			out = append(out, d.list[i])
		}
	}
	return out
}

// tell gives a raw value its word.
func (d *dimensions) tell(value, word string) {
	i, known := d.byUs[word]
	if !known {
		i = int32(len(d.say)) //nolint:gosec // fewer than rows
		d.byUs[word] = i
		d.say = append(d.say, word)
	}
	d.ours[d.raw[value]] = i
}

// text is our word at a place; "" for the place of no breakdown.
func (d *dimensions) text(i int32) string {
	if i < 0 || int(i) >= len(d.say) {
		return ""
	}
	return d.say[i]
}
