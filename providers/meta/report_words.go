package meta

import (
	"strings"

	"github.com/admux/admux/normalize"
)

// words are the values that a dimension has been met with, raw and ours.
type words struct {
	dimension normalize.Dimension
	from      []int // places of its breakdowns in the row
	raw       map[string]int
	ours      map[string]int
	list      []string

	keep bool // what Meta calls the values is asked for
	own  []string
	byIt map[string]int
}

func newWords(d normalize.Dimension, from []int) *words {
	return &words{dimension: d, from: from, raw: map[string]int{}, ours: map[string]int{}, byIt: map[string]int{}}
}

// met is the place of our word for raw values, joined by zero bytes.
func (w *words) met(joined []byte) int {
	if i, known := w.raw[string(joined)]; known {
		return i
	}
	word := dimensionValue(w.dimension, strings.Split(string(joined), "\x00")...)
	i, known := w.ours[word]
	if !known {
		i = len(w.list)
		w.list = append(w.list, word)
		w.ours[word] = i
	}
	w.raw[string(joined)] = i
	return i
}
