package scan

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An id has one number, whatever order they come in, and ranks put ids in order.
func TestIndex(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	x := NewIndex()
	for round := range 3 {
		want := map[string]int32{}
		for n := range 20_000 {
			id := strconv.Itoa(n % 50)
			if round == 1 {
				id = strconv.Itoa(n / 100)
			} else if round == 2 {
				id = strconv.Itoa(r.IntN(300))
			}
			i, known := x.Find([]byte(id))
			if before, met := want[id]; met != known || met && before != i {
				t.Fatalf("round %d: %s is %d %v, want %d %v", round, id, i, known, before, met)
			}
			if !known {
				i = x.Add(id)
				want[id] = i
			}
			if x.ID(i) != id || x.Add(id) != i {
				t.Fatalf("%d is %s, want %s", i, x.ID(i), id)
			}
			if n == 10 {
				_ = x.Ranks() // which the next ids change
			}
		}
		byRank := make([]string, x.Len())
		for i, rank := range x.Ranks() {
			byRank[rank] = x.ID(int32(i))
		}
		if len(want) != x.Len() || !slices.IsSortedFunc(byRank, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }) {
			t.Fatalf("%d ids, want %d: %v", x.Len(), len(want), byRank)
		}
		x.Reset()
	}
}
