package meta

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// run is one part of a report under way.
type run struct {
	c       *client
	s       *shape
	part    providers.Part
	meta    *providers.Meta
	yield   func(normalize.Row, error) bool
	objects *objects
	words   []*words

	ask     ask
	pages   map[*layout]*rowPage
	large   bool          // report runs from here on
	failed  int           // report runs that came to nothing
	halfway bool          // rows of a result that could not be read to its end have left
	stage   *table        // of a source that may still fail
	rows    *table        // of a piece of time
	several bool          // people of objects that several rows were added up for have been left out
	row     normalize.Row // yielded, and used again
	own     wire.Own[key]
	day     dayText
}

// errStop says that the consumer wants no more.
var errStop = errors.New("the consumer wants no more")

func newRun(c *client, part providers.Part, meta *providers.Meta) (*run, error) {
	s, err := shapeOf(part.Query)
	if err != nil {
		return nil, err
	}
	today := todayOf(part.Query, part.Org)
	s.fit(part.Query, today)
	if ahead := today.Add(1); ahead.Before(part.Query.Range.To) { // there is nothing of tomorrow to ask for
		part.Query.Range.To = ahead
	}
	r := &run{c: c, s: s, part: part, meta: meta, objects: newObjects(part.Query.Level, part.Org), pages: map[*layout]*rowPage{}}
	r.stage, r.rows = newTable(s.lay.numbers), newTable(s.lay.numbers)
	if part.Query.Raw {
		r.own = wire.Own[key]{}
	}
	for _, d := range part.Query.Dimensions {
		var w *words
		if b, ok := breakdownOf(d); ok && d != normalize.DimensionHour {
			from := make([]int, len(b.needs))
			for i, name := range b.needs {
				from[i] = slices.Index(s.breakdowns, name)
			}
			w = newWords(d, from)
			w.keep = part.Query.Raw
		}
		r.words = append(r.words, w)
	}
	return r, nil
}

// stream reads a part piece by piece. A piece's rows leave once their source is certain: the pages of a small answer, or
// the result of a finished report run, which is a snapshot. Rows come by piece of time, and within one as Meta has them.
func (c *client) stream(ctx context.Context, part providers.Part, meta *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		begin(part, meta)
		r, err := newRun(c, part, meta)
		if err == nil {
			r.yield = yield
			err = r.all(ctx)
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(normalize.Row{}, own(err))
		}
	}
}

// begin sets what is known before the first row.
func begin(part providers.Part, meta *providers.Meta) {
	*meta = part.Meta
	meta.Left, meta.RequestIDs = slices.Clone(meta.Left), nil
}

func (r *run) all(ctx context.Context) error {
	if !r.part.Query.Range.From.Before(r.part.Query.Range.To) {
		return nil
	}
	if err := r.objects.load(ctx, r); err != nil {
		return err
	}
	days := []normalize.DayRange{r.part.Query.Range}
	if !r.s.daily() {
		days = r.s.windows(r.part.Query.Range)
	}
	for _, d := range days {
		if err := r.time(ctx, d); err != nil {
			return err
		}
	}
	r.close()
	return nil
}

// time reads all of some days. What turns out to be too large for it is cut into pieces.
func (r *run) time(ctx context.Context, days normalize.DayRange) error {
	done, err := r.attempt(ctx, days)
	if done || err != nil {
		return err
	}
	for _, d := range r.s.windows(days) {
		if _, err := r.attempt(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// attempt reads some days, at once where they are few enough and else by report runs. Nothing of days that are to be cut
// further is read when it returns false.
func (r *run) attempt(ctx context.Context, days normalize.DayRange) (bool, error) {
	for i, a := range r.asks() {
		r.ask = a
		p := piece{days: days}
		done, err := r.sync(ctx, p)
		switch {
		case err != nil:
			return false, err
		case done:
		case i == 0 && len(r.s.windows(days)) > 1:
			return false, nil
		default:
			if err := r.async(ctx, p); err != nil {
				return false, err
			}
		}
	}
	return true, r.flush()
}

// asks are what has to be asked of each piece of time: the numbers, and people where they need a query of their own.
func (r *run) asks() []ask {
	out := []ask{{r.s.wire, r.s.lay}}
	if r.s.people != nil {
		out = append(out, ask{wireAccount, r.s.people})
	}
	return out
}

// page is the buffer of a layout's rows.
func (r *run) page(lay *layout) *rowPage {
	p := r.pages[lay]
	if p == nil {
		p = newRowPage(r.s, lay, r.objects, r.words)
		r.pages[lay] = p
	}
	return p
}

// settle takes over the rows of a page whose source is certain.
func (r *run) settle(ctx context.Context, pg *rowPage, into *table) error {
	for i := range pg.rows {
		rec := &pg.rows[i]
		if !r.s.merged {
			if !r.yield(*r.fill(rec, pg.columns(i)), nil) {
				return errStop
			}
			continue
		}
		k := key{day: rec.day, object: rec.object, hour: rec.hour, words: rec.words}
		if r.objects.level == normalize.LevelCreative {
			var err error
			if k.object, err = r.objects.creative(ctx, r, rec.object); err != nil {
				return err
			}
		}
		r.noteOwn(k, rec)
		into.add(k, pg.lay.numbers, pg.columns(i), rec.event)
	}
	pg.cut(0)
	if !r.s.merged {
		r.objects.forget()
	}
	return nil
}

// fill makes the row that is yielded of a row of Meta's.
func (r *run) fill(rec *record, columns []normalize.Value) *normalize.Row {
	row := &r.row
	k := key{day: rec.day, object: rec.object, hour: rec.hour, words: rec.words}
	r.noteOwn(k, rec)
	r.head(row, k)
	row.Values = row.Values[:0]
	for i := range r.s.lay.numbers {
		row.Values = append(row.Values, r.s.lay.numbers[i].read(columns, rec.event))
	}
	return row
}

// head says what the row is of.
func (r *run) head(row *normalize.Row, k key) {
	r.objects.into(row, k.object)
	row.Currency, row.Date = r.part.Org.Currency, k.day
	row.Raw = r.own.Take(k)
	row.Dims = row.Dims[:0]
	for i, d := range r.part.Query.Dimensions {
		switch {
		case r.words[i] != nil:
			row.Dims = append(row.Dims, r.words[i].list[k.words[i]])
		case d == normalize.DimensionHour:
			row.Dims = append(row.Dims, fmt.Sprintf("%sT%02d", r.day.of(k.day), k.hour))
		case d == normalize.DimensionWeek:
			row.Dims = append(row.Dims, r.day.of(k.day.Monday()))
		case d == normalize.DimensionMonth:
			row.Dims = append(row.Dims, r.day.of(k.day)[:len("2006-01")])
		default:
			row.Dims = append(row.Dims, r.day.of(k.day))
		}
	}
}

// flush yields the rows that were added up.
func (r *run) flush() error {
	for _, i := range r.rows.sorted() {
		row := &r.row
		r.head(row, r.rows.keys[i])
		row.Values = row.Values[:0]
		for j := range r.s.lay.numbers {
			v, left := r.rows.value(i, j)
			r.several = r.several || left
			row.Values = append(row.Values, v)
		}
		if !r.yield(*row, nil) {
			return errStop
		}
	}
	r.rows.reset()
	return nil
}

// close completes the meta.
func (r *run) close() {
	if r.several {
		r.meta.Left = append(r.meta.Left, "People reached by creatives that several ads show: they cannot be added up over ads")
	}
	if r.objects.unknown > 0 {
		r.meta.Left = append(r.meta.Left, fmt.Sprintf("The creatives of %d ads cannot be read: their numbers stand in rows without one", r.objects.unknown))
	}
}

// noted keeps a page's request id.
func (r *run) noted(info pageInfo) { r.note(info.RequestID) }

func (r *run) note(id string) {
	if id != "" && len(r.meta.RequestIDs) < maxRequestIDs {
		r.meta.RequestIDs = append(r.meta.RequestIDs, id)
	}
}

// maxRequestIDs keeps the meta of a long report small.
const maxRequestIDs = 1000

// dayText writes days: each of the last two months' once.
type dayText [64]struct {
	day  normalize.Day
	text string
}

func (t *dayText) of(d normalize.Day) string {
	x := &t[d.Dom%32+32*(int(d.Month)%2)]
	if x.text == "" || x.day != d {
		x.day, x.text = d, d.String()
	}
	return x.text
}
