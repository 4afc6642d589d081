package reports

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const dollar = "USD"

// exchange is what is known of rates before the platforms are planned.
type exchange struct {
	table *rates.Table // nil: no account needs a rate, or there are none
	// several: the accounts of the whole report have several currencies. What is an amount over an amount then needs one
	// currency that does not depend on the one asked for.
	several bool
}

// conversion turns the amounts of one connection's rows into the currency asked for, each by the rate of its day, and
// makes COST_USD of COST where the platform has no such number. Amounts of an account in the very currency need no rate.
type conversion struct {
	req *Request
	exchange
	d *normalize.Derivation

	amounts   []int // positions in Base of amounts in the account's currency
	usd, cost int   // positions in Base of COST_USD, where it is made here, and of COST; -1
	pure      []int // positions in Asked of what is an amount over an amount, such as ROAS: no currency changes it

	own, base []normalize.Value // of the row under way, in the order of Base: as the platform gave them, and converted
	unmoved   []normalize.Value // in the order of Asked: what the KPIs are without a conversion
	known     map[factorKey]rates.Factor
	sums      map[string]*convertedSums // by the currency that amounts leave in
}

// converts tells whether amounts may have to be converted.
func (r *Request) converts() bool {
	return r.Currency != "" || slices.Contains(r.Metrics, normalize.MetricCostUSD)
}

// dated tells whether each row is of one day.
func (r *Request) dated() bool {
	c := r.Schema().Calendar()
	return c == normalize.DimensionDate || c == normalize.DimensionHour
}

// loadRates reads the rates that a report may need, once for all of its connections.
func (h *Handler) loadRates(ctx context.Context, req *Request, srcs []*source) error {
	if !req.converts() {
		return nil
	}
	of, need := map[string]bool{}, map[string]bool{}
	var days normalize.DayRange
	for _, s := range srcs {
		for _, o := range s.orgs {
			of[o.Currency] = true
			zone, err := time.LoadLocation(o.Timezone)
			if err != nil {
				continue // the plan tells
			}
			if d, err := req.Days(zone, o.ID, h.cfg.Now()); err == nil {
				days = union(days, d)
			}
		}
	}
	maps.Copy(need, of)
	need[dollar] = true
	if req.Currency != "" {
		need[req.Currency] = true
	}
	ex := exchange{several: len(of) > 1}
	if h.cfg.Rates != nil && len(need) > 1 && !days.From.IsZero() {
		var err error
		if ex.table, err = h.cfg.Rates(ctx, slices.Sorted(maps.Keys(need)), days); err != nil {
			return problem.Unavailable("The rates of currencies cannot be read.", 0, err)
		}
	}
	for _, s := range srcs {
		s.exchange = ex
	}
	return nil
}

func union(a, b normalize.DayRange) normalize.DayRange {
	if a.From.IsZero() || b.From.Before(a.From) {
		a.From = b.From
	}
	if a.To.IsZero() || a.To.Before(b.To) {
		a.To = b.To
	}
	return a
}

// derive plans the KPIs of a connection, and the conversion of their amounts; nil when there is nothing to convert.
func derive(req *Request, r providers.Reports, ex exchange) (normalize.Derivation, *conversion) {
	has := supported(r, req.Level, req.Dimensions)
	made := slices.Contains(req.Metrics, normalize.MetricCostUSD) && !slices.Contains(has, normalize.MetricCostUSD) &&
		slices.Contains(has, normalize.MetricCost)
	if made {
		has = append(has, normalize.MetricCostUSD)
	}
	d := normalize.Derive(req.Metrics, has, req.totals() || req.wide)
	if req.Currency == "" && !made {
		return d, nil
	}
	if made && !slices.Contains(d.Base, normalize.MetricCost) {
		d.Base = append(d.Base, normalize.MetricCost)
	}
	c := &conversion{req: req, exchange: ex, usd: -1, cost: slices.Index(d.Base, normalize.MetricCost),
		own: make([]normalize.Value, len(d.Base)), base: make([]normalize.Value, len(d.Base)),
		known: map[factorKey]rates.Factor{}, sums: map[string]*convertedSums{}}
	if made {
		c.usd = slices.Index(d.Base, normalize.MetricCostUSD)
	}
	if req.Currency == "" {
		return d, c
	}
	for i, m := range d.Base {
		if normalize.Monetary(m) {
			c.amounts = append(c.amounts, i)
		}
	}
	for i, m := range d.Asked {
		if pure(m) && !slices.Contains(d.Unsupported, m) {
			c.pure = append(c.pure, i)
		}
	}
	return d, c
}

// pure tells whether a KPI is an amount over an amount.
func pure(m normalize.Metric) bool {
	k, _ := normalize.Lookup(m)
	w := strings.Fields(k.Formula)
	return len(w) >= 3 && w[1] == "/" && normalize.Monetary(normalize.Metric(w[0])) && normalize.Monetary(normalize.Metric(w[2]))
}

// inEuros tells whether amounts are counted in euros too, for totals of what is an amount over an amount.
func (c *conversion) inEuros() bool { return c.several && len(c.pure) > 0 && c.req.totals() }

// needs lists the currencies whose rates the amounts of an account take; empty: it needs none.
func (c *conversion) needs(currency string) []string {
	var out []string
	add := func(to string) {
		for _, x := range []string{currency, to} {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	if to := c.req.Currency; to != currency && len(c.amounts) > 0 {
		add(to)
	}
	if c.usd >= 0 && currency != dollar {
		add(dollar)
	}
	if c.inEuros() && currency != rates.Euro {
		add(rates.Euro)
	}
	return out
}

// field is the parameter that made a conversion necessary.
func (c *conversion) field() string {
	if c.req.Currency == "" {
		return "type"
	}
	return "currency"
}

// check refuses currencies that have no rate, all of them at once.
func (c *conversion) check(orgs []normalize.Organization) error {
	var unknown []string
	note := func(currency string) {
		if (c.table == nil || !c.table.Knows(currency)) && !slices.Contains(unknown, currency) {
			unknown = append(unknown, currency)
		}
	}
	same := false
	for _, o := range orgs {
		same = same || o.Currency == c.req.Currency
		for _, currency := range c.needs(o.Currency) {
			note(currency)
		}
	}
	if c.req.Currency != "" && !same && len(orgs) > 0 {
		note(c.req.Currency)
	}
	switch {
	case len(unknown) == 0:
		return nil
	case c.table == nil:
		return problem.Unsupported("This gateway has no rates to convert currencies by; leave currency and COST_USD out.")
	}
	slices.Sort(unknown)
	return problem.Rejected(c.field(), (&rates.UnknownError{Currencies: unknown}).Error()+"; it has them of "+strings.Join(c.table.Currencies(), ", "))
}

// cover refuses days of an account that have no rate. Days to come have no numbers either.
func (c *conversion) cover(currency string, zone *time.Location, days normalize.DayRange, now time.Time) error {
	if end := normalize.DayOf(now.In(zone)).Add(1); end.Before(days.To) {
		days.To = end
	}
	for _, x := range c.needs(currency) {
		err := c.table.Cover(x, days)
		if err == nil {
			continue
		}
		switch e, ok := errors.AsType[*rates.OutsideError](err); {
		case ok && !e.First.IsZero():
			return problem.Rejected("start_gte", "is before there are rates: "+err.Error())
		case ok:
			return problem.Rejected("end_lt", "is after there were rates: "+err.Error())
		}
		return problem.Unavailable("Amounts cannot be converted: "+err.Error()+".", 0, err)
	}
	return nil
}
