package reports_test

import (
	"encoding/json"
	"testing"

	"github.com/cockroachdb/apd/v3"

	"github.com/admux/admux/normalize"
)

// Totals equal what a caller gets who adds the rows up, with arithmetic that is not ours.
func TestTotalsEqualTheRows(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost)
	f.rows = many(5000)
	got := must[table](t, get(t, f.serve(t), q("format", "table", "type", "IMPRESSIONS,CLICKS,COST,CTR,CPC,CPM", "dimension", "DATE", "start_gte", "2026-01-01", "end_lt", "2026-02-01")))
	c := apd.BaseContext.WithPrecision(100)
	c.Rounding = apd.RoundHalfEven
	sum := map[string]*apd.Decimal{"impressions": {}, "clicks": {}, "cost": {}}
	for _, r := range got.Rows {
		for k, s := range sum {
			n, _ := r[k].(json.Number)
			d, _, err := apd.NewFromString(n.String())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = c.Add(s, s, d)
		}
	}
	ratio := func(a, b string, factor int64) *apd.Decimal {
		var r apd.Decimal
		_, _ = c.Mul(&r, sum[a], apd.New(factor, 0))
		_, _ = c.Quo(&r, &r, sum[b])
		digits := int32(6)
		for x := new(apd.Decimal).Set(&r); x.Cmp(apd.New(1, -1)) < 0; x.Exponent++ {
			digits++
		}
		_, _ = c.Quantize(&r, &r, -digits)
		return &r
	}
	sum["ctr"], sum["cpc"], sum["cpm"] = ratio("clicks", "impressions", 1), ratio("cost", "clicks", 1), ratio("cost", "impressions", 1000)
	for k, want := range sum {
		n, _ := got.Totals[k].(json.Number)
		have, _, err := apd.NewFromString(n.String())
		if err != nil || have.Cmp(want) != 0 {
			t.Errorf("%s: %s, want %s", k, n, want.Text('f'))
		}
	}
	if len(got.Rows) != 5000 || got.Meta.Rows != 5000 {
		t.Errorf("%d rows, meta says %d", len(got.Rows), got.Meta.Rows)
	}
}
