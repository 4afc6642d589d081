package linkedin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// ask is one call of adAnalytics.
type ask struct {
	granularity string // DAILY, or ALL for one row of the whole range
	days        normalize.DayRange
	columns     []string
	only        []string // ids of the level's objects; nil: all that the report's filter leaves
	pivots      []string
}

const (
	daily = "DAILY"
	whole = "ALL"
)

// query writes the call. count is always sent, start never: the answer has no second page, and a small default of count
// would hide rows.
func (r *run) query(a ask) string {
	q := new(query)
	if len(a.pivots) == 1 {
		q.add("q", "analytics").add("pivot", a.pivots[0])
	} else {
		q.add("q", "statistics").list("pivots", a.pivots)
	}
	q.add("timeGranularity", a.granularity).add("dateRange", restliRange(a.days))
	for _, l := range levelSources[:4] { // an ad and a creative are one facet
		ids := r.filterOf(l.level)
		switch {
		case l.level == normalize.LevelOrganization:
			ids = []string{r.part.Org.ID}
		case l.facet == r.s.source.facet && a.only != nil:
			ids = a.only
		}
		if len(ids) > 0 {
			q.list(l.facet, urns(l.urn, ids))
		}
	}
	return q.fields(append([]string{"dateRange", "pivotValues"}, a.columns...)...).int("count", maxRows).String()
}

// ask sends one call and fills the stage with its rows. cut tells that the answer may not hold all of them.
func (r *run) ask(ctx context.Context, a ask) (cut bool, err error) {
	fixed := int32(-1) // the object of every row, where the pivot is not the object
	if a.pivots[0] != r.s.source.pivot {
		fixed = r.entities.find([]byte(r.part.Org.ID))
		if len(a.only) == 1 {
			fixed = r.entities.find([]byte(a.only[0]))
		}
	}
	var rows int
	var tr trailer
	w := r.decoder(a.columns)
	h, err := r.c.read(ctx, call{methodFinder, "adAnalytics", r.query(a)}, func(body io.Reader) error {
		r.stage.reset()
		r.stage.width = len(a.columns)
		var err error
		rows, tr, err = w.read(body, func() error { return r.put(w, a, fixed) })
		return err
	})
	if err != nil {
		return false, err
	}
	r.note(h)
	if rows == 0 {
		return false, r.verify(ctx)
	}
	return cutShort(rows, &tr), nil
}

// cutShort tells an answer that may lack rows. How LinkedIn shows it is not documented, so every sign counts: as many
// rows as there can be, as many as a smaller page that it says it has made, a total or a link that promises more.
func cutShort(rows int, tr *trailer) bool {
	p := tr.Paging
	if rows >= maxRows || p == nil {
		return rows >= maxRows
	}
	linked := slices.ContainsFunc(p.Links, func(l link) bool { return l.Rel == "next" })
	return linked || p.Total > rows || p.Count > 0 && p.Count < maxRows && rows == p.Count
}

var errAnonymous = errors.New("a row does not say what it is of")

// put adds a row of an answer to the stage, under LinkedIn's own day and value.
func (r *run) put(w *analyticsRow, a ask, fixed int32) error {
	if len(w.pivots) != len(a.pivots) {
		return errAnonymous
	}
	day, err := w.begins()
	if err != nil {
		return err
	}
	if a.granularity == whole {
		if skip, err := r.widened(w, a); skip || err != nil {
			return err
		}
		day = a.days.From
	} else if day.Before(a.days.From) || !day.Before(a.days.To) {
		return fmt.Errorf("a row is of %s, which was not asked for", day)
	}
	k := key{period: packDay(day), entity: fixed, dim: -1}
	pivots := w.pivots
	if fixed < 0 {
		k.entity, pivots = r.entities.find(pivots[0]), pivots[1:]
	}
	if len(pivots) == 1 {
		k.dim = r.dims.met(pivots[0])
	}
	r.stage.add(k, w.values)
	return nil
}

// decoder reads the rows of columns. It is kept, as most calls of a report are of the same ones.
func (r *run) decoder(columns []string) *analyticsRow {
	if !slices.Equal(columns, r.decodes) || r.wire == nil {
		r.wire, r.decodes = newAnalytics(columns), columns
	}
	return r.wire
}

// widened tells a row of more days than were asked for, which ALL may be of. Reach of other days is left out, other
// numbers of them are an error; objects that delivered on other days do no harm.
func (r *run) widened(w *analyticsRow, a ask) (bool, error) {
	wider := w.from.Before(a.days.From) || !w.last.IsZero() && !w.last.Before(a.days.To)
	switch {
	case !wider:
		return false, nil
	case a.columns[0] == columnReach:
		const why = "reach: LinkedIn told it for other days than the asked ones"
		if !slices.Contains(r.meta.Left, why) {
			r.meta.Left = append(r.meta.Left, why)
		}
		return true, nil
	case a.pivots[0] != r.s.source.pivot:
		return false, fmt.Errorf("a row is of %s to %s, which was not asked for", w.from, w.last)
	}
	return false, nil
}

// merge moves the stage into the table, under our period and our word for the value.
func (r *run) merge(ctx context.Context, at int) error {
	if err := r.tell(ctx); err != nil {
		return err
	}
	for i, k := range r.stage.keys {
		k.period = r.begin(k.period)
		if k.dim >= 0 {
			own := r.dims.list[k.dim]
			k.dim = r.dims.ours[k.dim]
			r.noteOwn(k, own)
		}
		values := r.stage.at(i)
		copy(r.rows.row(k)[at:], values)
		for j := range r.counted {
			r.counted[j] = r.counted[j].Add(values[j])
		}
	}
	return nil
}

// begin is the first day of the period that a packed day is in.
func (r *run) begin(day int32) int32 {
	if r.s.grain == normalize.DimensionDate {
		return day
	}
	return packDay(r.s.begin(unpackDay(day)))
}

// tell finds our words for values not met before.
func (r *run) tell(ctx context.Context) error {
	raw := r.dims.untold()
	if len(raw) == 0 {
		return nil
	}
	if r.s.by.dimension != normalize.DimensionCountry {
		for _, v := range raw {
			r.dims.tell(v, dimensionValue(r.s.by.dimension, v))
		}
		return nil
	}
	names, err := r.c.labels(ctx, slices.Clone(raw))
	if err != nil {
		return err
	}
	for _, v := range raw {
		r.dims.tell(v, countryCode(names[v]))
	}
	return nil
}

// verify makes sure that an empty answer is no missing role: LinkedIn answers both alike.
func (r *run) verify(ctx context.Context) error {
	if r.verified {
		return nil
	}
	h, err := r.c.read(ctx, call{method: methodGet, path: "adAccounts/" + r.part.Org.ID, query: new(query).fields("id").String()},
		func(body io.Reader) error { _, err := io.Copy(io.Discard, body); return err })
	r.note(h)
	switch providers.KindOf(err) {
	case providers.Forbidden, providers.NotFound:
		e, _ := errors.AsType[*providers.Error](err)
		own := *e
		own.Kind = providers.Forbidden
		own.Message = "the member has no role on ad account " + r.part.Org.ID + ", and LinkedIn answers such a report with nothing: " + e.Message
		return &own
	}
	r.verified = err == nil
	return err
}

// note keeps the first request ids, enough to quote to LinkedIn's support.
func (r *run) note(h http.Header) {
	const enough = 20
	if id := requestID(h); id != "" && len(r.meta.RequestIDs) < enough {
		r.meta.RequestIDs = append(r.meta.RequestIDs, id)
	}
}
