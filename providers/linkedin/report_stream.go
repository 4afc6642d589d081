package linkedin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// run is one part of a report under way.
type run struct {
	c        *client
	s        *shape
	part     providers.Part
	meta     *providers.Meta
	yield    func(normalize.Row, error) bool
	entities *entities
	dims     *dimensions
	stage    *table // the rows of one answer
	rows     *table // rows whose period is not complete, with the columns and reach
	spare    *table
	counted  []normalize.Value // of what is asked for object by object; nil at other times
	reached  int               // periods whose reach has been read
	verified bool
	row      normalize.Row // yielded, and used again
	own      wire.Own[key]
	told     int32 // the period that date and period tell
	date     normalize.Day
	period   string
	wire     *analyticsRow
	decodes  []string // the columns that wire reads
}

// errStop says that the consumer wants no more.
var errStop = errors.New("the consumer wants no more")

// stream reads a part window by window, so that memory depends on a window and not on the range. Rows come by period,
// then object, then value of the breakdown; COUNTRY has a call per object, so there they come object by object.
func (c *client) stream(ctx context.Context, part providers.Part, meta *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		*meta = part.Meta
		meta.Left, meta.RequestIDs = slices.Clone(meta.Left), nil
		s, err := shapeOf(part.Query)
		if err == nil {
			today := normalize.DayOf(part.Query.Now.UTC())
			s.fit(part.Query, today)
			if ahead := today.Add(1); ahead.Before(part.Query.Range.To) { // there is nothing of tomorrow to ask for
				part.Query.Range.To = ahead
			}
			width := len(s.columns) + 1
			r := &run{
				c: c, s: s, part: part, meta: meta, yield: yield, entities: newEntities(part.Query.Level, part.Org),
				dims: newDimensions(), stage: newTable(0), rows: newTable(width), spare: newTable(width),
			}
			if part.Query.Raw {
				r.own = wire.Own[key]{}
			}
			err = r.all(ctx)
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(normalize.Row{}, err)
		}
	}
}

func (r *run) all(ctx context.Context) error {
	if err := r.entities.load(ctx, r.c, r.part.Query.Filter); err != nil {
		return err
	}
	if err := r.horizon(ctx); err != nil {
		return err
	}
	if r.s.by == nil || !r.s.by.member {
		return r.task(ctx, nil, len(r.entities.list))
	}
	if r.s.source.level == normalize.LevelOrganization {
		return r.task(ctx, nil, 1)
	}
	active, err := r.active(ctx)
	if err != nil {
		return err
	}
	for _, id := range active { // a demographic pivot does not go with another: each object is asked for by itself
		if err := r.task(ctx, []string{id}, 1); err != nil {
			return err
		}
	}
	return nil
}

// task reads the whole range for some objects, of which there are n.
func (r *run) task(ctx context.Context, only []string, n int) error {
	a := ask{granularity: r.s.granularity(r.part.Query.Range, normalize.DayOf(r.part.Query.Now.UTC())), only: only, pivots: r.s.pivots()}
	r.reached = 0
	windows := r.windows(n)
	if a.granularity == whole {
		windows = []normalize.DayRange{r.part.Query.Range}
	}
	for _, window := range windows {
		at := 0
		for columns := range slices.Chunk(r.s.columns, maxColumns) {
			a.days, a.columns = window, columns
			if err := r.fetch(ctx, a, at); err != nil {
				return err
			}
			at += len(columns)
		}
		if err := r.flush(ctx, window.To); err != nil {
			return err
		}
	}
	return nil
}

// pivots names the call's pivots in the order of a row's values.
func (s *shape) pivots() []string {
	switch {
	case s.by == nil:
		return []string{s.source.pivot}
	case s.by.member:
		return []string{s.by.pivot}
	}
	return []string{s.source.pivot, s.by.pivot}
}

// windows cuts the range so that objects × days × values stay below what an answer holds.
func (r *run) windows(n int) []normalize.DayRange {
	q := r.part.Query
	if len(r.s.columns) == 0 { // reach alone: a query a period
		return r.s.periods(q.Range)
	}
	each := max(n, 1)
	if r.s.by != nil {
		each *= r.s.by.spread
	}
	days := max((maxRows-1)/each, 1)
	if q.Range.Len() <= days {
		return q.Range.Cut(days)
	}
	// Where it takes several calls, the first one is the small one, so that the first rows are there soon. Where it takes
	// many, one call more is spent on that.
	calls := (q.Range.Len() + days - 1) / days
	first := q.Range.Len() - (calls-1)*days
	if calls >= manyCalls {
		first = min(first, max(days/8, 1))
	}
	soon := q.Range.From.Add(first)
	rest := normalize.DayRange{From: soon, To: q.Range.To}
	return append([]normalize.DayRange{{From: q.Range.From, To: soon}}, rest.Cut(days)...)
}

// manyCalls is from how many calls on one more does not matter.
const manyCalls = 10

// active lists the objects that delivered in the range, so that no call is spent on the others. The range may be widened
// to whole months here: that only adds objects.
func (r *run) active(ctx context.Context) ([]string, error) {
	a := ask{granularity: whole, days: r.part.Query.Range, columns: []string{"impressions"}, pivots: []string{r.s.source.pivot}}
	cut, err := r.ask(ctx, a)
	if err != nil {
		return nil, err
	}
	var places []int32
	if cut {
		for i := range r.entities.list {
			places = append(places, int32(i)) //nolint:gosec // fewer than rows
		}
	} else {
		for _, k := range r.stage.keys {
			places = append(places, k.entity)
		}
	}
	ranks := r.entities.ids.Ranks()
	slices.SortFunc(places, func(a, b int32) int { return cmp.Compare(ranks[a], ranks[b]) })
	places = slices.Compact(places)
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = r.entities.list[p].id
	}
	return ids, nil
}

// flush yields the rows whose period ends by upTo, and keeps the others.
func (r *run) flush(ctx context.Context, upTo normalize.Day) error {
	if err := r.reach(ctx, upTo); err != nil {
		return err
	}
	done := !upTo.Before(r.part.Query.Range.To)
	for k, values := range r.rows.sorted(r.entities, r.dims) {
		if !done && !r.complete(k.period, upTo) {
			r.spare.add(k, values)
			continue
		}
		if !r.yield(*r.fill(k, values), nil) {
			return errStop
		}
	}
	r.rows.reset()
	r.rows, r.spare = r.spare, r.rows
	return nil
}

// complete tells whether a period ends by upTo.
func (r *run) complete(period int32, upTo normalize.Day) bool {
	switch r.s.grain {
	case "":
		return false
	case normalize.DimensionDate:
		return period < packDay(upTo)
	}
	return !upTo.Before(r.s.end(unpackDay(period)))
}

// reach asks for the people reached in each period that ends by upTo: a number that cannot be added needs a query of
// exactly its range.
func (r *run) reach(ctx context.Context, upTo normalize.Day) error {
	if !r.s.reach {
		return nil
	}
	for _, p := range r.s.periods(r.part.Query.Range)[r.reached:] {
		if upTo.Before(p.To) {
			break
		}
		r.reached++
		a := ask{granularity: whole, days: p, columns: []string{columnReach}, pivots: []string{r.s.source.pivot}}
		if err := r.fetch(ctx, a, len(r.s.columns)); err != nil {
			return err
		}
	}
	return nil
}

// fill makes the row that is yielded.
func (r *run) fill(k key, values []normalize.Value) *normalize.Row {
	row := &r.row
	r.entities.into(row, k.entity)
	row.Currency = billingCurrency(r.part.Org.Currency)
	if k.period != r.told {
		r.told, r.date = k.period, unpackDay(k.period)
		r.period = r.s.text(r.date)
	}
	row.Date = r.date
	row.Raw = r.own.Take(k)
	row.Dims, row.Values = row.Dims[:0], row.Values[:0]
	for _, d := range r.part.Query.Dimensions {
		if d == r.s.grain {
			row.Dims = append(row.Dims, r.period)
		} else {
			row.Dims = append(row.Dims, r.dims.text(k.dim))
		}
	}
	for _, column := range r.s.values {
		if column >= 0 && values[column].OK { // nearly always
			row.Values = append(row.Values, values[column])
		} else {
			row.Values = append(row.Values, value(values, column))
		}
	}
	return row
}

// value is a metric of a row. A count or an amount that LinkedIn left out of a row that exists is 0; reach that it left
// out is not known.
func value(values []normalize.Value, column int) normalize.Value {
	switch column {
	case valueAbsent:
		return normalize.Value{}
	case valueReach:
		return values[len(values)-1]
	}
	if v := values[column]; v.OK {
		return v
	}
	return normalize.Some(normalize.Decimal{})
}

// horizon lengthens the time in which days restate to the longest click window of the account's conversion rules, where
// these may be read.
func (r *run) horizon(ctx context.Context) error {
	if !r.s.conversions(r.part.Query) {
		return nil
	}
	q := new(query).text("q", "account").text("account", urn(urnAccount, r.part.Org.ID))
	windows, err := everyOffset(ctx, r.c, "conversions", q.String(), false, func(w *conversion, _ json.RawMessage) int { return w.PostClickAttributionWindowSize })
	switch providers.KindOf(err) {
	case providers.Forbidden, providers.NotFound, providers.Unsupported, providers.Invalid:
		return nil // the default stands
	}
	if err != nil {
		return err
	}
	for _, days := range windows {
		if days > r.meta.Restates {
			r.meta.Restates = days
			r.meta.FinalUntil = normalize.DayOf(r.part.Query.Now.UTC()).Add(-1 - days)
		}
	}
	return nil
}

// filterOf is what the report's filter says of a level; an ad and its creative are one object.
func (r *run) filterOf(l normalize.Level) []string {
	f := r.part.Query.Filter
	if l == normalize.LevelAd || l == normalize.LevelCreative {
		return slices.Concat(f[normalize.LevelAd], f[normalize.LevelCreative])
	}
	return f[l]
}
