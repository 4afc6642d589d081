package reports

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// fold puts rows of days together to rows of weeks, months or a whole range. It sorts them, so that memory does not grow
// with them.
type fold struct {
	sorter *spool.Sorter
	codec  *codec
	owners []*source // by the number of an account
	levels []normalize.Level
	width  int // of the longest Base
	key    []byte
	dims   []string
	values []normalize.Value
}

// dayBytes is how many bytes of a key tell the day; what is before them tells the row that it is a part of.
const dayBytes = 4

// newFold returns nil when no row has to be put together.
func newFold(req *Request, live []*source, o spool.Options) *fold {
	f := &fold{levels: req.Level.Above()[1:]}
	some := false
	for _, s := range live {
		f.width = max(f.width, len(s.plan.derivation.Base))
		f.owners = append(f.owners, slices.Repeat([]*source{s}, len(s.plan.accounts))...)
		some = some || slices.ContainsFunc(s.plan.parts, func(p part) bool { return p.ask.fold })
	}
	if !some {
		return nil
	}
	f.sorter, f.codec = spool.New(o), newCodec(req, accountsOf(live))
	f.codec.row.Values = make([]normalize.Value, f.width)
	return f
}

func (f *fold) close() {
	if f != nil {
		f.sorter.Close()
	}
}

// add takes a row of a day; no day: it has the numbers that are not told by day.
func (f *fold) add(row *stream.Row, own []normalize.Value, account int, day normalize.Day) error {
	k := binary.BigEndian.AppendUint32(f.key[:0], uint32(account)) //nolint:gosec // an index of a list
	for _, l := range f.levels {
		k = appendID(k, row.Entity(l).ID)
	}
	for _, d := range row.Dims {
		k = appendText(k, d)
	}
	f.key = binary.BigEndian.AppendUint32(k, uint32(day.Year*10000+int(day.Month)*100+day.Dom)) //nolint:gosec // a calendar's day
	f.values = append(f.values[:0], own...)
	for len(f.values) < f.width {
		f.values = append(f.values, normalize.Value{})
	}
	values := row.Values
	row.Values = f.values
	b := f.codec.encode(row, account)
	row.Values = values
	return f.sorter.Add(f.key, b)
}

// group is one row that is being put together.
type group struct {
	s       *source
	account int
	row     stream.Row
	from    string // the currency of its amounts; empty before the first of them; mixed: of the first of several
	mixed   bool
	own     []normalize.Value
	sums    []rates.Sum // of what is converted, in the order of Base
	open    bool
}

// unfold lets the rows go that were put together.
func (r *runner) unfold(ctx context.Context) error {
	var g group
	var last []byte
	n := 0
	for rec, err := range r.fold.sorter.Sorted() {
		if err != nil {
			return err
		}
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, account, err := r.fold.codec.decode(rec.Val)
		if err != nil {
			return err
		}
		s := r.fold.owners[account]
		if s.err != nil {
			continue // it failed after this row
		}
		switch part := len(rec.Key) - dayBytes; {
		case bytes.Equal(last, rec.Key) && row.Entity(r.req.Level).ID != "":
			err = malformed(s, "the report has two rows of "+string(r.req.Level)+" "+row.Entity(r.req.Level).ID+" of one day where there can be one")
		case len(last) != len(rec.Key) || !bytes.Equal(last[:part], rec.Key[:part]):
			err = r.closeGroup(&g)
			g.start(s, account, row)
		}
		last = append(last[:0], rec.Key...)
		if err == nil {
			err = g.add(row, dayOf(rec.Key))
		}
		if err != nil {
			if err = r.blame(s, err); err != nil {
				return err
			}
			g.open = false // the connection is left out
		}
	}
	return r.closeGroup(&g)
}

func dayOf(key []byte) normalize.Day {
	n := int(binary.BigEndian.Uint32(key[len(key)-dayBytes:]))
	return normalize.Day{Year: n / 10000, Month: month(byte(n / 100 % 100)), Dom: n % 100} //nolint:gosec // a month
}

func (g *group) start(s *source, account int, row *stream.Row) {
	dims, n := append(g.row.Dims[:0], row.Dims...), len(s.plan.derivation.Base)
	g.s, g.account, g.row, g.from, g.mixed, g.open = s, account, *row, "", false, true
	g.row.Dims, g.row.Values = dims, nil
	g.own = slices.Grow(g.own[:0], n)[:n]
	g.sums = slices.Grow(g.sums[:0], n)[:n]
	clear(g.own)
	clear(g.sums)
}

// add counts the numbers of a day.
func (g *group) add(row *stream.Row, day normalize.Day) error {
	c := g.s.plan.conversion
	own := row.Values[:len(g.own)]
	g.row.Final = g.row.Final && row.Final
	g.row.Raw = addRaw(g.row.Raw, row.Raw)
	for i, v := range own {
		if g.s.plan.derivation.Sums(i) && !day.IsZero() {
			g.own[i] = g.own[i].Count(v)
		} else {
			g.own[i] = g.own[i].Add(v) // what does not add up comes once
		}
	}
	if day.IsZero() {
		return nil
	}
	if g.from == "" {
		g.from, g.row.Currency = row.Currency, row.Currency
	}
	if g.mixed = g.mixed || row.Currency != g.from; g.mixed && c.req.Currency == "" {
		return malformed(g.s, "amounts of "+string(c.req.Level)+" "+row.Entity(c.req.Level).ID+" come in several currencies, and cannot be added up; ask for a currency")
	}
	f, err := c.factors(g.s, row.Account, row.Currency, day)
	if err != nil {
		return err
	}
	g.row.Final = g.row.Final && c.settled(f)
	for _, i := range c.amounts {
		g.sums[i].Add(own[i], f.shown)
	}
	if c.usd >= 0 {
		g.sums[c.usd].Add(own[c.cost], f.dollars)
	}
	if c.req.totals() {
		c.sumsOf(c.shown(row.Currency)).count(c, row.Currency, own, f)
	}
	return nil
}

// closeGroup lets a row go.
func (r *runner) closeGroup(g *group) error {
	if !g.open {
		return nil
	}
	g.open = false
	c := g.s.plan.conversion
	copy(c.base, g.own)
	for _, i := range c.amounts {
		c.base[i] = g.sums[i].Value(rates.Scale)
	}
	if c.usd >= 0 {
		c.base[c.usd] = g.sums[c.usd].Value(rates.Scale)
	}
	if c.req.totals() {
		c.sumsOf(c.shown(g.row.Currency)).plain(c, c.base)
	}
	values := r.row.Values
	r.row = g.row
	r.row.Values = values
	own := g.own
	if g.mixed { // no one currency to take the amounts in: those that leave
		own = nil
	}
	return r.leave(g.s, g.account-g.s.first, c.base, own)
}
