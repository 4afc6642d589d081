package linkedin

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// fetch asks, and asks again in smaller pieces for as long as an answer may be cut, until every row is in the table.
// at is where the columns begin in a row of it.
func (r *run) fetch(ctx context.Context, a ask, at int) error {
	cut, err := r.ask(ctx, a)
	switch {
	case err != nil:
		return err
	case !cut:
		return r.merge(ctx, at)
	case a.granularity == daily && a.days.Len() > 1:
		half := a.days.From.Add(a.days.Len() / 2)
		first, second := a, a
		first.days.To, second.days.From = half, half
		if err := r.fetch(ctx, first, at); err != nil {
			return err
		}
		return r.fetch(ctx, second, at)
	}
	return r.byObject(ctx, a, at)
}

// byObject asks for a cut answer object by object. When the objects are only those that we know of, what the account
// had as a whole is asked for first: should the pieces come to less, there is an object that nobody lists, and an error
// is better than a report without it.
func (r *run) byObject(ctx context.Context, a ask, at int) error {
	ids := r.splittable(a)
	if len(ids) < 2 {
		return fault(providers.Malformed, "", "LinkedIn's answer for one %s on %s may be cut at %d rows and cannot be asked for in smaller pieces",
			r.s.source.level, a.days.From, maxRows)
	}
	guessed := a.only == nil && len(r.filterOf(r.s.source.level)) == 0 && a.columns[0] != columnReach // reach does not add up
	var had []normalize.Value                                                                         // by the account as a whole
	if guessed {
		var err error
		if had, err = r.total(ctx, a); err != nil {
			return err
		}
		r.counted = make([]normalize.Value, len(a.columns))
		defer func() { r.counted = nil }()
	}
	for part := range slices.Chunk(ids, min((len(ids)+1)/2, maxSplit)) {
		piece := a
		piece.only = part
		if err := r.fetch(ctx, piece, at); err != nil {
			return err
		}
	}
	for i, v := range had {
		if !moneyColumn(a.columns[i]) && v.OK && r.counted[i].D.Cmp(v.D) < 0 {
			return fault(providers.Malformed, "", "LinkedIn's answer for %s was cut at %d rows, and its %ss, asked for one by one, have %s %s of %s: some are not listed",
				a.days.From, maxRows, r.s.source.level, r.counted[i].D, a.columns[i], v.D)
		}
	}
	return nil
}

// moneyColumn tells amounts, which may be rounded on the way, from counts.
func moneyColumn(name string) bool {
	return strings.HasPrefix(name, "cost") || strings.HasPrefix(name, "conversionValue")
}

// total asks for the account's own numbers of an ask.
func (r *run) total(ctx context.Context, a ask) ([]normalize.Value, error) {
	a.pivots = []string{levelSources[0].pivot}
	sums := make([]normalize.Value, len(a.columns))
	h, err := r.c.read(ctx, call{methodFinder, "adAnalytics", r.query(a)}, func(body io.Reader) error {
		clear(sums)
		w := newAnalytics(a.columns)
		_, _, err := w.read(body, func() error {
			for i, v := range w.values {
				sums[i] = sums[i].Add(v)
			}
			return nil
		})
		return err
	})
	r.note(h)
	return sums, err
}

// maxSplit is how many objects a call names at most.
const maxSplit = 1000

// splittable lists the objects that a cut answer can be asked for by: those named in the call or by the filter, else all
// that were listed or have been seen in answers.
func (r *run) splittable(a ask) []string {
	switch {
	case r.s.source.level == normalize.LevelOrganization:
		return nil
	case a.only != nil:
		return a.only
	}
	if ids := r.filterOf(r.s.source.level); len(ids) > 0 {
		return ids
	}
	ids := make([]string, len(r.entities.list))
	for i, e := range r.entities.list {
		ids[i] = e.id
	}
	return ids
}
