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

// totals returns the totals and, for each KPI without one, why.
func (s *sums) totals() (*stream.Totals, map[normalize.Metric]string) {
	why := s.d.Additivity()
	all := normalize.NewTotals(s.d)
	currencies := slices.Sorted(maps.Keys(s.by))
	out := &stream.Totals{}
	for _, c := range currencies {
		all.Merge(s.by[c])
	}
	out.Values = all.Values()
	if len(currencies) == 1 {
		out.Currency = currencies[0]
	}
	if len(currencies) < 2 {
		return out, why
	}
	for _, c := range currencies {
		out.ByCurrency = append(out.ByCurrency, stream.CurrencyTotals{Currency: c, Values: s.by[c].Values()})
	}
	for i, m := range s.d.Asked {
		if normalize.Monetary(m) && out.Values[i].OK {
			out.Values[i] = normalize.Value{}
			why[m] = "the accounts have several currencies (" + strings.Join(currencies, ", ") + "): see totals_by_currency"
		}
	}
	return out, why
}
