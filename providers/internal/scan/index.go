package scan

import (
	"cmp"
	"slices"
	"strings"
)

// Index numbers the ids that rows name, in the order met. Rows come object by object or day by day, so that an id is
// mostly that of the row before, or the one that came after that the last time: then it is only compared.
type Index struct {
	byID  map[string]int32
	ids   []string
	after []int32 // for each, the one that was found after it
	last  int32   // the one found before
	ranks []int32
}

// NewIndex is empty.
func NewIndex() *Index { return &Index{byID: map[string]int32{}} }

// Len is how many ids there are.
func (x *Index) Len() int { return len(x.ids) }

// ID is the id of a number.
func (x *Index) ID(i int32) string { return x.ids[i] }

// Find is the number of an id, if it has one.
func (x *Index) Find(id []byte) (i int32, known bool) {
	if len(x.ids) > 0 {
		if x.ids[x.last] == string(id) {
			return x.last, true
		}
		if i = x.after[x.last]; x.ids[i] == string(id) {
			x.last = i
			return i, true
		}
	}
	if i, known = x.byID[string(id)]; known {
		x.after[x.last], x.last = i, i
	}
	return i, known
}

// Add numbers an id that has none yet, or returns its number.
func (x *Index) Add(id string) int32 {
	i, known := x.byID[id]
	if !known {
		i = int32(len(x.ids)) //nolint:gosec // fewer than rows
		x.byID[id] = i
		x.ids, x.after = append(x.ids, id), append(x.after, i)
	}
	return i
}

// Ranks are, for each number, the place of its id in order: by length and then by text, which for numbers of a platform's
// own is by age.
func (x *Index) Ranks() []int32 {
	if len(x.ranks) == len(x.ids) {
		return x.ranks
	}
	order := make([]int32, len(x.ids))
	for i := range order {
		order[i] = int32(i) //nolint:gosec // fewer than rows
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := x.ids[i], x.ids[j]
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	x.ranks = make([]int32, len(order))
	for place, i := range order {
		x.ranks[i] = int32(place) //nolint:gosec // fewer than rows
	}
	return x.ranks
}

// Reset forgets all ids.
func (x *Index) Reset() {
	clear(x.byID)
	clear(x.ids)
	x.ids, x.after, x.ranks, x.last = x.ids[:0], x.after[:0], nil, 0
}
