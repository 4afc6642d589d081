package meta

import (
	"context"
	"net/url"
	"slices"
)

// split cuts a piece in two: days where they are told apart, else objects. nil: there is nothing to cut. What is not in
// the first half of the objects is all of the second, known or not, so that no row is lost and none comes twice.
func (r *run) split(ctx context.Context, p piece) ([]piece, error) {
	if periods := r.s.periods(p.days); len(periods) > 1 {
		a, b := p, p
		half := len(periods) / 2
		a.days.To, b.days.From = periods[half-1].To, periods[half].From
		return []piece{a, b}, nil
	}
	if r.ask.wire == wireAccount {
		return nil, nil
	}
	for ; p.level < len(levelSources)-1; p.level++ {
		l := levelSources[max(p.level, 1)]
		p.level = max(p.level, 1)
		if p.known == nil {
			var err error
			if p.known, err = r.list(ctx, l, p); err != nil {
				return nil, err
			}
		}
		if len(p.known) > 1 {
			half := p.known[:(len(p.known)+1)/2]
			a, b := p, p
			a.only = append(slices.Clone(p.only), filter{l.id + ".id", opIn, half})
			b.only = append(slices.Clone(p.only), filter{l.id + ".id", opNotIn, half})
			a.known, b.known = half, p.known[len(half):]
			return []piece{a, b}, nil
		}
		if l.wire == r.ask.wire {
			return nil, nil
		}
		p.known = nil
	}
	return nil, nil
}

// list names the objects of a level in a piece.
func (r *run) list(ctx context.Context, l levelSource, p piece) ([]string, error) {
	filters := []filter{inAnyStatus(l.id)}
	for _, f := range slices.Concat(r.entityFilters(), p.only) {
		if levelIndex(f.Field) <= levelIndex(l.id+".id") { // an edge takes filters of its own level and of those above
			filters = append(filters, f)
		}
	}
	k := call{path: node(r.part.Org.ID) + "/" + l.id + "s", lane: lane{account: r.part.Org.ID}, params: url.Values{
		"fields": {"id"}, "filtering": {js(filters)},
	}}
	ids := []string{}
	for w, err := range edge[struct {
		ID string `json:"id"`
	}](ctx, r.c, k, pageRows, r.noted) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, w.ID)
	}
	return ids, nil
}

// levelIndex is how far down the object of a filter's field stands.
func levelIndex(field string) int {
	return slices.IndexFunc(levelSources, func(l levelSource) bool { return l.id != "" && l.id+".id" == field })
}
