package google

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// How much of a report is held at a time.
const (
	mostBytes = 8 << 20 // of a window's rows; at most, where a window can be cut
	aimBytes  = 4 << 20
)

// run is one part of a report under way.
type run struct {
	*reporter
	s            *shape
	part         providers.Part
	meta         *providers.Meta
	yield        func(normalize.Row, error) bool
	passes       []*pass
	entities     *entities
	dictionaries []*dictionary
	wire         reportRow
	stage        *table // the rows of one answer, where rows are joined
	rows         *table
	committed    bool  // rows of the answer under way have been handed on
	spoilt       bool  // numbers that cannot be added met
	assets       bool  // there were asset groups
	stopped      error // why an answer was not read to its end
	row          normalize.Row
	own          wire.Own[key]
	told         int32 // the period that row.Dims tells
	period       string
	plain        []int
}

// errStop says that the consumer wants no more.
var errStop = errors.New("the consumer wants no more")

// stream reads a part window by window, so that memory depends on a window and not on the range. Rows come by period,
// then object, then values of the dimensions; those of a report without a period, which cannot be cut, come so in pieces.
func (rp *reporter) stream(ctx context.Context, part providers.Part, meta *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		*meta = part.Meta
		meta.Left, meta.Unsupported, meta.RequestIDs = slices.Clone(meta.Left), slices.Clone(meta.Unsupported), nil
		if part.Org.Status == normalize.StatusArchived {
			meta.Left = append(meta.Left, closedAccount(part.Org.ID))
			return
		}
		s, err := shapeOf(part.Query)
		if err == nil {
			r := &run{
				reporter: rp, s: s, part: part, meta: meta, yield: yield, passes: s.passes(part.Org), entities: newEntities(),
				stage: newTable(s.width, s.joins), rows: newTable(s.width, s.joins),
			}
			if part.Query.Raw {
				r.own = wire.Own[key]{}
			}
			err = r.all(ctx)
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(normalize.Row{}, own(err))
		}
	}
}

func (r *run) all(ctx context.Context) error {
	days := r.days()
	if !days.From.Before(days.To) || len(r.passes) == 0 {
		return nil
	}
	if err := r.horizon(ctx); err != nil {
		return err
	}
	if err := r.words(ctx); err != nil {
		return err
	}
	return r.windows(ctx, days)
}

// days is what can be asked for of the range: nothing of tomorrow, and nothing that Google has long forgotten.
func (r *run) days() normalize.DayRange {
	days, now := r.part.Query.Range, today(r.part.Query.Now, r.part.Org)
	if ahead := now.Add(1); ahead.Before(days.To) {
		days.To = ahead
	}
	kept := 12*coarseYears + 1 // a month more, as Google does not say from which day on it forgets
	if r.s.grain != "" && r.s.grain != normalize.DimensionMonth {
		kept = fineMonths + 1
	}
	if first := monthsBefore(now, kept); days.From.Before(first) {
		days.From = first
	}
	return days
}

// windows reads the range in pieces of whole periods, each as large as a window may be.
func (r *run) windows(ctx context.Context, days normalize.DayRange) error {
	size, most := r.s.firstWindow(), days.Len()
	for from := days.From; from.Before(days.To); {
		w := r.s.window(from, days.To, size)
		err := r.fetch(ctx, w)
		n := r.s.periodsIn(w)
		if n > 1 && (errors.Is(err, errFull) || tooLarge(ctx, err)) {
			size, most = max(1, n/3), max(1, 2*n/3)
			r.rows.reset()
			continue
		}
		if err != nil {
			return err
		}
		got := r.rows.bytes()
		if err := r.flush(); err != nil {
			return err
		}
		from = w.To
		size = max(1, min(4*n, n*aimBytes/max(got, 1), most))
	}
	if r.spoilt {
		r.left("shares, averages and people reached cannot be added up: where a row is made of several of Google's, they have no number")
	}
	if names := r.s.unlike(); r.assets && names != "" {
		r.left("Google does not tell these of Performance Max asset groups: " + names)
	}
	return nil
}

func (r *run) left(why string) {
	if !slices.Contains(r.meta.Left, why) {
		r.meta.Left = append(r.meta.Left, why)
	}
}

// merge moves the answer just read to the window's rows.
func (r *run) merge() {
	if r.rows.index == nil {
		return // it is there already
	}
	for i, k := range r.stage.keys {
		into, from := r.rows.row(k), r.stage.at(i)
		for c := range numColumns {
			at := r.s.slots[c]
			if at < 0 || !from[at].OK && !spoilt(from[at]) {
				continue
			}
			var weight normalize.Value
			if columnSources[c].join == joinWeighted {
				weight = from[at+1]
			}
			r.add(into[at:], c, from[at], weight)
		}
	}
	r.stage.reset()
}

// add puts a number to that of its row, and a weight to the one beside it.
func (r *run) add(into []normalize.Value, c figure, v, weight normalize.Value) {
	switch columnSources[c].join {
	case joinSum:
		into[0] = into[0].Add(v)
	case joinWeighted:
		if !into[0].OK {
			into[0], into[1] = v, weight
			return
		}
		x, n := weighed(into[0], into[1])
		y, m := weighed(v, weight)
		into[0], into[1] = normalize.Some(x.Add(y)), normalize.Some(n.Add(m).Neg())
	case joinNever:
		if into[0].OK || spoilt(into[0]) || spoilt(v) {
			into[0], r.spoilt = normalize.Value{D: normalize.Int(1)}, true
			return
		}
		into[0] = v
	}
}

// weighed is an average times its weight. One that is a sum of such already has its weight below zero.
func weighed(v, weight normalize.Value) (sum, of normalize.Decimal) {
	if weight.D.Sign() < 0 {
		return v.D, weight.D.Neg()
	}
	return v.D.Mul(weight.D), weight.D
}

// spoilt tells a number that is absent because several met.
func spoilt(v normalize.Value) bool { return !v.OK && !v.D.IsZero() }

// flush hands on the rows of a window.
func (r *run) flush() error {
	r.plainly()
	for _, o := range r.rows.sorted(r.entities, r.dictionaries) {
		if !r.yield(*r.fill(r.rows.keys[o.row], r.rows.at(int(o.row))), nil) {
			return errStop
		}
	}
	r.rows.reset()
	r.entities.forget()
	return nil
}

// fill makes the row that is handed on.
func (r *run) fill(k key, values []normalize.Value) *normalize.Row {
	row := &r.row
	row.Organization = normalize.Entity{ID: r.part.Org.ID, Name: r.part.Org.Name}
	row.Currency = r.part.Org.Currency
	e := &r.entities.list[k.entity]
	row.Campaign, row.Group = e.campaign, e.group
	switch r.s.level {
	case normalize.LevelAd:
		row.Ad = e.own
	case normalize.LevelCreative:
		row.Creative = e.own
	case normalize.LevelKeyword:
		row.Keyword = e.own
	}
	if k.period != r.told {
		day, hour := unpackPeriod(k.period)
		r.told, row.Date, r.period = k.period, day, r.s.text(day, hour)
	}
	row.Raw = r.own.Take(k)
	row.Dims, row.Values = row.Dims[:0], row.Values[:0]
	at := 0
	for _, d := range r.part.Query.Dimensions {
		if d == r.s.grain {
			row.Dims = append(row.Dims, r.period)
			continue
		}
		row.Dims = append(row.Dims, r.dictionaries[at].words[k.values>>(valueBits*at)&(mostWords-1)])
		at++
	}
	for i := range r.s.metrics {
		if at := r.plain[i]; at >= 0 && values[at].OK { // nearly always
			row.Values = append(row.Values, values[at])
		} else {
			row.Values = append(row.Values, r.value(i, values))
		}
	}
	return row
}

// plainly lists, for each KPI, where its number stands in a row of the table when that is all there is to it; -1 where
// there is more.
func (r *run) plainly() {
	r.plain = r.plain[:0]
	for i := range r.s.metrics {
		m, at := &r.s.metrics[i], -1
		if m.made == madeOf && !r.s.absent[i] && columnSources[m.of[0]].join != joinWeighted {
			at = r.s.slots[m.of[0]]
		}
		r.plain = append(r.plain, at)
	}
}

// value is a KPI of a row. What Google gave no number for has none; leads and revenue have a query of their own, whose
// rows of zero it leaves out.
func (r *run) value(i int, values []normalize.Value) normalize.Value {
	m := &r.s.metrics[i]
	if r.s.absent[i] {
		return normalize.Value{}
	}
	of := func(c figure) normalize.Value { return values[r.s.slots[c]] }
	a := of(m.of[0])
	switch m.made {
	case madeCategory:
		return normalize.Some(a.D)
	case madeLess, madeLessOver:
		b := of(m.of[1])
		if !a.OK || !b.OK {
			return normalize.Value{}
		}
		a.D = a.D.Sub(b.D)
	}
	if m.made == madeShare || m.made == madeLessOver {
		shown := of(colImpressions)
		q, ok := a.D.Quotient(shown.D)
		return normalize.Value{D: q, OK: ok && a.OK && shown.OK}
	}
	if columnSources[m.of[0]].join == joinWeighted && a.OK {
		if weight := values[r.s.slots[m.of[0]]+1].D; weight.Sign() < 0 {
			a.D, a.OK = a.D.Quotient(weight.Neg())
		}
	}
	if !a.OK {
		return normalize.Value{}
	}
	return a
}
