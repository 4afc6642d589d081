package reports

import (
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// ask is one question to the platform. Without a conversion there is one, which is the caller's own. Amounts that need the
// rates of their days are asked for by day, and the rows of a week, a month or a whole range put together here; what
// cannot be added up, such as people reached, is then asked for a second time, as the caller has it.
type ask struct {
	dims    []normalize.Dimension
	metrics []normalize.Metric
	at      []int              // for each metric its position in Base
	lacks   []normalize.Metric // base KPIs that the platform does not have by day

	fold bool // rows are put together
	day  int  // the position in dims of the DATE that was put in; -1: rows are as the caller asked
	last bool // and it was put at the end, where the caller has no calendar dimension

	above bool // it is of the level above, to compare with: none of its rows leaves
}

// convertible ties the conversion to the plan, and refuses currencies that have no rate.
func (p *plan) convertible(orgs []normalize.Organization) error {
	if p.conversion == nil {
		return nil
	}
	p.conversion.d = &p.derivation
	return p.conversion.check(orgs)
}

// asks are the questions for the numbers of an account.
func (p *plan) asks(req *Request, conn Connection, r providers.Reports, a *stream.Account, now time.Time) ([]*ask, error) {
	c, currency := p.conversion, a.Currency
	if c == nil {
		return []*ask{{dims: req.Dimensions, metrics: p.derivation.Base, day: -1}}, nil
	}
	if err := c.cover(currency, a.Zone, a.Range, now); err != nil {
		return nil, err
	}
	plain := &ask{dims: req.Dimensions, day: -1}
	if req.dated() || len(c.needs(currency)) == 0 {
		for i, m := range p.derivation.Base {
			if i != c.usd {
				plain.add(i, m)
			}
		}
		return []*ask{plain}, nil
	}
	if !slices.Contains(r.Dimensions, normalize.DimensionDate) {
		return nil, problem.Rejected(c.field(), "amounts are converted by the rates of their days, and "+conn.Platform+" does not tell days apart")
	}
	days := byDay(req.Dimensions)
	plain.fold = true
	split(plain, days, c, p.derivation.Base, supported(r, req.Level, days.dims))
	if len(days.at) == 0 {
		return nil, problem.Rejected(c.field(), "amounts are converted by the rates of their days, and "+conn.Platform+" does not tell them by day with these dimensions")
	}
	if len(plain.at) == 0 {
		return []*ask{days}, nil
	}
	return []*ask{plain, days}, nil
}

// split asks by day for what adds up, and as the caller does for what does not.
func split(plain, days *ask, c *conversion, base, daily []normalize.Metric) {
	for i, m := range base {
		k, _ := normalize.Lookup(m)
		amount := slices.Contains(c.amounts, i) || i == c.cost && c.usd >= 0
		switch {
		case i == c.usd:
		case k.Additivity == normalize.AdditiveSum && slices.Contains(daily, m):
			days.add(i, m)
		case amount:
			days.lacks = append(days.lacks, m)
		default:
			plain.add(i, m)
		}
	}
}

func (k *ask) add(i int, m normalize.Metric) {
	k.at, k.metrics = append(k.at, i), append(k.metrics, m)
}

// byDay puts DATE in the place of the week or the month, or at the end.
func byDay(dims []normalize.Dimension) *ask {
	k := &ask{dims: slices.Clone(dims), fold: true}
	k.day = slices.IndexFunc(dims, func(d normalize.Dimension) bool {
		return d == normalize.DimensionWeek || d == normalize.DimensionMonth
	})
	if k.day < 0 {
		k.day, k.last = len(dims), true
		k.dims = append(k.dims, normalize.DimensionDate)
		return k
	}
	k.dims[k.day] = normalize.DimensionDate
	return k
}

func (p *plan) query(req *Request, k *ask, o normalize.Organization, a *stream.Account, now time.Time) providers.ReportQuery {
	return providers.ReportQuery{
		Orgs: []normalize.Organization{o}, Level: req.Level, Dimensions: k.dims, Metrics: k.metrics,
		Range: a.Range, Filter: req.Filter, Window: req.Attribution, Now: now, Raw: req.Raw,
	}
}

// refused says of a refusal that it is of days that the caller did not ask for.
func (k *ask) refused(c *conversion, err error) error {
	if k.day < 0 || providers.KindOf(err) != providers.Rejected {
		return err
	}
	e := problem.Rejected(c.field(), "amounts are converted by the rates of their days, and the platform does not tell days apart here: "+problem.From(err).Detail)
	e.Err = err
	return e
}

// asked lists the base KPIs that a part was asked for, those among them that are made here.
func (p *plan) asked(pt part) []normalize.Metric { return p.withDollars(pt.ask.metrics) }

// lacking lists the base KPIs that a part has no number for.
func (p *plan) lacking(pt part, m *providers.Meta) []normalize.Metric {
	if len(pt.ask.lacks) == 0 {
		return p.withDollars(m.Unsupported)
	}
	return p.withDollars(slices.Concat(m.Unsupported, pt.ask.lacks))
}

func (p *plan) withDollars(base []normalize.Metric) []normalize.Metric {
	if c := p.conversion; c == nil || c.usd < 0 || !slices.Contains(base, normalize.MetricCost) {
		return base
	}
	return append(slices.Clip(base), normalize.MetricCostUSD)
}
