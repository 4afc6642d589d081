package linkedin

import (
	"cmp"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// table adds up the rows of answers until their period is complete. Its buffers are used again and again: it grows with
// the rows of a window, not with those of a report.
type table struct {
	width  int // values of a row
	index  map[key]int
	keys   []key
	values []normalize.Value // width of each row, in the order of keys
	order  []int
}

// key is what a row is of.
type key struct {
	period      normalize.Day
	entity, dim int
}

func newTable(width int) *table { return &table{width: width, index: map[key]int{}} }

// row returns the values of a row, which is added when it is new.
func (t *table) row(k key) []normalize.Value {
	i, known := t.index[k]
	if !known {
		i = len(t.keys)
		t.index[k] = i
		t.keys = append(t.keys, k)
		t.values = slices.Grow(t.values, t.width)[:len(t.values)+t.width]
		clear(t.values[i*t.width:])
	}
	return t.values[i*t.width : (i+1)*t.width]
}

// sorted lists the rows by period, object and value of the breakdown.
func (t *table) sorted(e *entities, dims *dimensions) []int {
	t.order = t.order[:0]
	for i := range t.keys {
		t.order = append(t.order, i)
	}
	slices.SortFunc(t.order, func(i, j int) int {
		a, b := t.keys[i], t.keys[j]
		if a.period != b.period {
			return compareDays(a.period, b.period)
		}
		return cmp.Or(e.compare(a.entity, b.entity), strings.Compare(dims.text(a.dim), dims.text(b.dim)))
	})
	return t.order
}

func compareDays(a, b normalize.Day) int {
	return cmp.Or(a.Year-b.Year, int(a.Month-b.Month), a.Dom-b.Dom)
}

func (t *table) reset() {
	clear(t.index)
	t.keys, t.values = t.keys[:0], t.values[:0]
}

// dimensions are the values that a breakdown has been seen with, raw and ours.
type dimensions struct {
	raw  map[string]int // the platform's value → its place in rawList
	list []string       // raw values in the order met
	ours []int          // for each raw value, the place of ours in texts; -1 not yet told
	byUs map[string]int
	say  []string
}

func newDimensions() *dimensions {
	return &dimensions{raw: map[string]int{}, byUs: map[string]int{}}
}

// met is the place of a raw value.
func (d *dimensions) met(value []byte) int {
	if i, known := d.raw[string(value)]; known {
		return i
	}
	i := len(d.list)
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
		i = len(d.say)
		d.byUs[word] = i
		d.say = append(d.say, word)
	}
	d.ours[d.raw[value]] = i
}

// text is our word at a place; "" for the place of no breakdown.
func (d *dimensions) text(i int) string {
	if i < 0 || i >= len(d.say) {
		return ""
	}
	return d.say[i]
}
