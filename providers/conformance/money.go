package conformance

import (
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// money: in every account's currency, whatever its decimals, cost and value are the ledger's to the last digit.
func (s *suite) money(t *testing.T) {
	r := s.session.Reports
	if r.Plan == nil {
		t.Log("not declared, not run: reports")
		return
	}
	e := newEnv(t, s.h, small)
	var currencies []string
	for _, o := range e.orgs() {
		currencies = append(currencies, o.Currency)
		q := e.question(r.Levels[0], nil, 30)
		q.Orgs, q.Range = []normalize.Organization{o}, e.history(o, 30)
		q.Metrics = []normalize.Metric{normalize.MetricCost}
		if slices.Contains(r.KPIs(), normalize.MetricConversionValue) {
			q.Metrics = append(q.Metrics, normalize.MetricConversionValue)
		}
		got, metas, err := e.table(q)
		e.fatal("report of "+o.ID, err)
		e.compare(q, got, metas)
		_, err = e.run(t.Context(), q, func(_ providers.Part, row *normalize.Row) {
			if row.Currency != "" && row.Currency != o.Currency {
				t.Errorf("account %s is in %s, a row of it in %s", o.ID, o.Currency, row.Currency)
			}
		})
		e.fatal("report of "+o.ID, err)
	}
	slices.Sort(currencies)
	t.Logf("currencies compared: %v", slices.Compact(currencies))
}
