package reports

import (
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

type factorKey struct {
	from, to string
	day      normalize.Day
}

// factors are what converts the amounts of one row.
type factors struct{ shown, dollars, euros rates.Factor }

// takeConverted turns a platform's row into the answer's as take does, and its amounts into the currency asked for.
func (r *runner) takeConverted(s *source, src *normalize.Row, p part, final normalize.Day) error {
	c, k, row := s.plan.conversion, p.ask, &r.row
	if len(src.Values) != len(k.at) || len(src.Dims) != len(k.dims) {
		return malformed(s, "a row of the report does not fit the question")
	}
	clear(c.own)
	for i, at := range k.at {
		c.own[at] = src.Values[i]
	}
	day, dims := src.Date, src.Dims
	if k.day >= 0 && day.IsZero() {
		return malformed(s, "a row of the report has no day")
	}
	values := row.Values
	named := r.about(s, src, p.account)
	row.Values = values
	if !named {
		return nil
	}
	if k.day >= 0 {
		row.Dims, row.Date = r.fold.period(k, r.req.Dimensions, dims, day)
		row.Raw = row.Raw[:min(len(row.Raw), len(row.Dims))]
	}
	if err := r.finality(s, final); err != nil {
		return err
	}
	if k.fold {
		if k.day < 0 {
			day = normalize.Day{}
		}
		return r.fold.add(row, c.own, s.first+p.account, day)
	}
	if !r.req.dated() {
		day = normalize.Day{}
	}
	from := row.Currency
	f, err := c.factors(s, row.Account, from, day)
	if err != nil {
		return err
	}
	row.Final = row.Final && c.settled(f)
	c.convert(f)
	if r.req.totals() {
		t := c.sumsOf(c.shown(from))
		t.count(c, from, c.own, f)
		t.plain(c, c.base)
	}
	return r.leave(s, p.account, c.base, c.own)
}

// period is what the caller's dimensions say of a row that is of a day, and the first day of its week or month. The
// row's own texts are the adapter's, and stay.
func (f *fold) period(k *ask, asked []normalize.Dimension, dims []string, day normalize.Day) ([]string, normalize.Day) {
	if k.last {
		return dims[:k.day], normalize.Day{}
	}
	f.dims = append(f.dims[:0], dims...)
	if asked[k.day] == normalize.DimensionMonth {
		f.dims[k.day] = day.MonthKey()
		return f.dims, normalize.Day{Year: day.Year, Month: day.Month, Dom: 1}
	}
	monday := day.Monday()
	f.dims[k.day] = monday.String()
	return f.dims, monday
}

// shown is the currency that amounts leave in.
func (c *conversion) shown(from string) string {
	if c.req.Currency != "" {
		return c.req.Currency
	}
	return from
}

// settled tells whether the rates of a row are those that its day will have for ever.
func (c *conversion) settled(f factors) bool {
	return (len(c.amounts) == 0 || f.shown.Settled) && (c.usd < 0 || f.dollars.Settled)
}

// convert fills base with the row's numbers in the currency asked for.
func (c *conversion) convert(f factors) {
	copy(c.base, c.own)
	for _, i := range c.amounts {
		if v := &c.base[i]; v.OK {
			v.D = f.shown.Convert(v.D)
		}
	}
	if c.usd >= 0 {
		c.base[c.usd] = normalize.Value{}
		if v := c.own[c.cost]; v.OK {
			c.base[c.usd] = normalize.Some(f.dollars.Convert(v.D))
		}
	}
}

// leave lets a row go: base are its numbers in the currency asked for, own those in the account's; nil: those are of
// several currencies.
func (r *runner) leave(s *source, account int, base, own []normalize.Value) error {
	c, row := s.plan.conversion, &r.row
	row.Values = s.plan.derivation.Values(base, row.Values)
	if len(c.pure) > 0 && own != nil {
		c.unmoved = s.plan.derivation.Values(own, c.unmoved)
		for _, i := range c.pure {
			row.Values[i] = c.unmoved[i]
		}
	}
	row.Currency = c.shown(row.Currency)
	return r.out(s, account)
}

// factors finds what converts amounts of a currency on a day.
func (c *conversion) factors(s *source, a *stream.Account, from string, day normalize.Day) (f factors, err error) {
	if len(c.amounts) > 0 {
		if f.shown, err = c.factor(s, a, from, c.shown(from), day); err != nil {
			return f, err
		}
	}
	if c.usd >= 0 {
		if f.dollars, err = c.factor(s, a, from, dollar, day); err != nil {
			return f, err
		}
	}
	if c.inEuros() && c.table != nil {
		f.euros, err = c.table.Factor(from, rates.Euro, day)
	}
	return f, err
}

func (c *conversion) factor(s *source, a *stream.Account, from, to string, day normalize.Day) (rates.Factor, error) {
	if from == to {
		return rates.Unchanged(from), nil
	}
	key := factorKey{from, to, day}
	if f, ok := c.known[key]; ok {
		return f, nil
	}
	refuse := func(why string) (rates.Factor, error) {
		return rates.Factor{}, &providers.Error{Kind: providers.Rejected, Platform: s.conn.Platform, Field: c.field(),
			Message: "amounts of account " + a.ID + " come in " + from + " and cannot be converted: " + why}
	}
	if c.table == nil {
		return refuse("this gateway has no rates")
	}
	if day.IsZero() { // the account says that it is of the currency asked for, and its rows are not
		return refuse("the account says that it is of " + a.Currency + "; ask by DATE")
	}
	f, err := c.table.Factor(from, to, day)
	if err != nil {
		return refuse(err.Error())
	}
	c.known[key] = f
	return f, nil
}
