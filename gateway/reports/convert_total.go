package reports

import (
	"maps"
	"slices"

	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// convertedSums adds a connection's rows up whose amounts leave in one currency.
type convertedSums struct {
	rest    *normalize.Totals // of what is no converted amount
	amounts []rates.Sum       // in the order of Base
	// For what is an amount over an amount: the amounts as they were, by currency, and in euros.
	own   map[string]*normalize.Totals
	euros []rates.Sum

	pseudo []normalize.Value
}

func (c *conversion) sumsOf(currency string) *convertedSums {
	t := c.sums[currency]
	if t == nil {
		n := len(c.d.Base)
		t = &convertedSums{rest: normalize.NewTotals(c.d), amounts: make([]rates.Sum, n), euros: make([]rates.Sum, n),
			own: map[string]*normalize.Totals{}, pseudo: make([]normalize.Value, n)}
		c.sums[currency] = t
	}
	return t
}

// count adds the amounts of a row of one day.
func (t *convertedSums) count(c *conversion, from string, own []normalize.Value, f factors) {
	for _, i := range c.amounts {
		t.amounts[i].Add(own[i], f.shown)
	}
	if c.usd >= 0 {
		t.amounts[c.usd].Add(own[c.cost], f.dollars)
	}
	if len(c.pure) == 0 {
		return
	}
	of := t.own[from]
	if of == nil {
		of = normalize.NewTotals(c.d)
		t.own[from] = of
	}
	of.Add(own)
	if c.inEuros() {
		for _, i := range c.amounts {
			t.euros[i].Add(own[i], f.euros)
		}
	}
}

// plain adds the numbers of a row that are no converted amounts.
func (t *convertedSums) plain(c *conversion, base []normalize.Value) {
	copy(t.pseudo, base)
	for _, i := range c.amounts {
		t.pseudo[i] = normalize.Value{}
	}
	if c.usd >= 0 {
		t.pseudo[c.usd] = normalize.Value{}
	}
	t.rest.Add(t.pseudo)
}

// sumScale is that of sums from which ratios are made, before they are rounded for the answer.
const sumScale = 19

// settle puts the sums of a connection where its totals are made of.
func (s *source) settle() {
	c := s.plan.conversion
	if c == nil {
		return
	}
	for currency, t := range c.sums {
		c.put(t.rest, t.amounts)
		s.sums.by[currency] = t.rest
	}
}

// put gives totals the sums of what was converted.
func (c *conversion) put(t *normalize.Totals, sums []rates.Sum) {
	for _, i := range c.amounts {
		t.Put(i, sums[i].Value(sumScale))
	}
	if c.usd >= 0 {
		t.Put(c.usd, sums[c.usd].Value(sumScale))
	}
}

// purify replaces the totals of amounts over amounts: no currency that is asked for changes them. Where all amounts were
// of one currency, that one counts; else the euro, by the rate of each day.
func (r *runner) purify(live []*source, out []normalize.Value) {
	var own, euros []*normalize.Totals
	currencies := map[string]bool{}
	exact := true
	for _, s := range live {
		c := s.plan.conversion
		if c == nil {
			return
		}
		exact = exact && c.inEuros()
		for _, t := range c.sums {
			own = slices.AppendSeq(own, maps.Values(t.own))
			for currency := range t.own {
				currencies[currency] = true
			}
			e := normalize.NewTotals(c.d)
			c.put(e, t.euros)
			euros = append(euros, e)
		}
	}
	switch {
	case len(own) == 0:
		return
	case len(currencies) > 1 && !exact: // an account is billed in another currency than it says
		return
	case len(currencies) > 1:
		own = euros
	}
	sums := normalize.SumTotals(own...)
	for i, m := range live[0].plan.derivation.Asked {
		if pure(m) {
			out[i] = sums[i]
		}
	}
}

// totals are those of the whole report, in the digits that leave.
func (r *runner) totals(live []*source) (*stream.Totals, map[normalize.Metric]string) {
	for _, s := range live {
		s.settle()
	}
	t, why := totalsOf(live)
	if r.req.Currency != "" {
		r.purify(live, t.Values)
	}
	r.digits(t.Values, t.Currency, r.converted(live))
	for i := range t.ByCurrency {
		r.digits(t.ByCurrency[i].Values, t.ByCurrency[i].Currency, r.converted(live))
	}
	return t, why
}

// converted tells whether an amount was converted.
func (r *runner) converted(live []*source) bool {
	return slices.ContainsFunc(live, func(s *source) bool { return s.plan.conversion != nil && len(s.plan.conversion.known) > 0 })
}

// digits rounds amounts: to their currency's digits where that was asked for, else, where there was a conversion, as the
// amounts of rows are.
func (r *runner) digits(values []normalize.Value, currency string, converted bool) {
	for i, m := range r.req.Metrics {
		if i >= len(values) || !values[i].OK || !amount(m) {
			continue
		}
		switch {
		case r.req.Round && m == normalize.MetricCostUSD:
			values[i].D = values[i].D.Round(normalize.CurrencyDigits(dollar))
		case r.req.Round && currency != "":
			values[i].D = values[i].D.Round(normalize.CurrencyDigits(currency))
		case converted && (r.req.Currency != "" || m == normalize.MetricCostUSD):
			values[i].D = values[i].D.Round(rates.Scale)
		}
	}
}

// amount tells whether a KPI is an amount of money that adds up; averages such as CPC keep their digits.
func amount(m normalize.Metric) bool {
	k, _ := normalize.Lookup(m)
	return k.Unit == normalize.UnitMoney && k.Additivity == normalize.AdditiveSum
}

// meta is what the answer says of a connection's rates.
func (c *conversion) meta() *stream.Conversion {
	if c == nil {
		return nil
	}
	out := &stream.Conversion{Currency: c.req.Currency, Rates: []stream.ConversionRate{}, Sources: []string{}}
	for k, f := range c.known {
		used := stream.ConversionRate{Day: k.day, From: k.from, To: k.to, FromPerEuro: f.FromRate.PerEuro, ToPerEuro: f.ToRate.PerEuro}
		for _, p := range []rates.Point{f.FromRate, f.ToRate} {
			if p.Day.IsZero() { // the euro
				continue
			}
			if used.RateDay.IsZero() || p.Day.Before(used.RateDay) {
				used.RateDay = p.Day
			}
			out.Sources = once(out.Sources, c.table.Source(p))
			out.Approximate = out.Approximate || p.Bundled
		}
		out.Add(used)
	}
	slices.Sort(out.Sources)
	out.Cut()
	return out
}
