package reports

import (
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// sums adds a report up, per currency: amounts of different currencies are never added.
type sums struct {
	d    *normalize.Derivation
	by   map[string]*normalize.Totals
	last *normalize.Totals // of lastCurrency: rows of one currency come together
	of   string
}

func newSums(d *normalize.Derivation) *sums {
	return &sums{d: d, by: map[string]*normalize.Totals{}}
}

func (s *sums) add(currency string, base []normalize.Value) {
	if s.last == nil || s.of != currency {
		t := s.by[currency]
		if t == nil {
			t = normalize.NewTotals(s.d)
			s.by[strings.Clone(currency)] = t
		}
		s.last, s.of = t, strings.Clone(currency)
	}
	s.last.Add(base)
}

// totalsOf adds the connections of a report up, and tells, for each KPI without a total, why.
func totalsOf(srcs []*source) (*stream.Totals, map[normalize.Metric]string) {
	why := map[normalize.Metric]string{}
	by := map[string][]*normalize.Totals{}
	var every []*normalize.Totals
	var asked []normalize.Metric
	for _, s := range srcs {
		asked = s.plan.derivation.Asked
		maps.Copy(why, s.plan.derivation.Additivity())
		for _, c := range slices.Sorted(maps.Keys(s.sums.by)) {
			by[c] = append(by[c], s.sums.by[c])
			every = append(every, s.sums.by[c])
		}
		every = append(every, normalize.NewTotals(&s.plan.derivation)) // a report without rows has totals too: none
	}
	defer without(srcs, asked, why)
	currencies := slices.Sorted(maps.Keys(by))
	out := &stream.Totals{Values: summed(asked, why, every)}
	if len(currencies) == 1 {
		out.Currency = currencies[0]
	}
	if len(currencies) < 2 {
		return out, why
	}
	for _, c := range currencies {
		out.ByCurrency = append(out.ByCurrency, stream.CurrencyTotals{Currency: c, Values: summed(asked, why, by[c])})
	}
	for i, m := range asked {
		if normalize.Monetary(m) && out.Values[i].OK {
			out.Values[i] = normalize.Value{}
			why[m] = "the accounts have several currencies (" + strings.Join(currencies, ", ") + "): see totals_by_currency"
		}
	}
	return out, why
}

// without says of which connections a total is not, because their platform has no number: a ratio is then of other rows
// than the sums beside it.
func without(srcs []*source, asked []normalize.Metric, why map[normalize.Metric]string) {
	for _, m := range asked {
		var lack []string
		for _, s := range srcs {
			if slices.Contains(s.plan.derivation.Unsupported, m) {
				lack = append(lack, s.conn.Platform+" ("+s.conn.ID+")")
			}
		}
		if len(lack) > 0 && len(lack) < len(srcs) && why[m] == "" {
			why[m] = "the total is without " + strings.Join(lack, ", ") + ", where the platform has no number for it"
		}
	}
}

// summed leaves out what one of the connections cannot add up: a total of the others would look like the whole.
func summed(asked []normalize.Metric, why map[normalize.Metric]string, of []*normalize.Totals) []normalize.Value {
	values := normalize.SumTotals(of...)
	for i, m := range asked {
		if why[m] != "" {
			values[i] = normalize.Value{}
		}
	}
	return values
}
