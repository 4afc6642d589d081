package ads

import (
	"cmp"
	"context"
	"slices"

	"github.com/admux/admux/normalize"
)

// keyed is an object with what it is ordered by, worked out once.
type keyed[T any] struct {
	facts normalize.Facts
	item  T
}

// sorted walks the whole list and keeps the objects that the answer can need: those from the offset, or after the
// cursor's object, and one more to know whether there is a next page. The order is total (key, then id), so that pages
// neither overlap nor leave a hole, also when the list changes between them.
func (w *walk[T]) sorted(ctx context.Context) ([]T, *position, error) {
	order := func(a, b normalize.Facts) int {
		if w.q.desc {
			a, b = b, a
		}
		return w.q.sort.Compare(a, b)
	}
	byFacts := func(a, b keyed[T]) int { return order(a.facts, b.facts) }
	need := w.q.offset + w.q.limit + 1
	var kept []keyed[T]
	for pos := (position{Size: w.pos.Size}); ; {
		page, err := w.page(ctx, pos)
		if err != nil {
			return nil, nil, err
		}
		for _, it := range page.Items {
			f := it.Facts()
			if !w.match(f) || w.pos.After != nil && order(f, w.pos.After.facts()) <= 0 {
				continue
			}
			if kept = append(kept, keyed[T]{f, it}); len(kept) >= 2*need {
				slices.SortFunc(kept, byFacts)
				clear(kept[need:])
				kept = kept[:need]
			}
		}
		if page.Next == "" {
			break
		}
		pos = position{Upstream: page.Next, Size: pos.Size}
	}
	slices.SortFunc(kept, byFacts)
	out, next := w.cut(kept)
	return out, next, nil
}

// cut takes the answer's page out of the sorted objects.
func (w *walk[T]) cut(kept []keyed[T]) ([]T, *position) {
	from := min(w.q.offset, len(kept))
	to := min(from+w.q.limit, len(kept))
	out := make([]T, 0, to-from)
	for _, k := range kept[from:to] {
		out = append(out, k.item)
	}
	if to == len(kept) || to == from {
		return out, nil
	}
	return out, &position{Size: cmp.Or(w.pos.Size, 1), After: afterOf(kept[to-1].facts, w.q.sort)}
}
