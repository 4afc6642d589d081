package reports_test

import (
	"iter"

	"testing"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// What is kept of either level is compared as what is read.
func TestReconcileOfWhatIsKept(t *testing.T) {
	t.Parallel()
	f := booked(books, func(l normalize.Level, b spend) bool { return l == normalize.LevelAd && b.ad == "1001" })
	n := 0
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		return []providers.Part{{Query: q, Org: q.Orgs[0], Meta: providers.Meta{FinalUntil: day("2026-11-30")}}}, nil
	}
	rows := f.rows
	f.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		n++
		*m = p.Meta
		return rows(p, m)
	}
	k := serveKept(t, func(*reports.Config) {}, &tide{fake: f})
	for i := range 3 {
		tab := must[reconciled](t, get(t, k.with+"c1"+"/report", "level=ad&reconcile=true&format=table&type=CLICKS"))
		if q := tab.Meta.Quality; len(q.Differences) != 1 || q.Reconciled.Entities != 2 {
			t.Errorf("%d: %+v", i, q)
		}
		if rows := must[table](t, get(t, k.with+"c1"+"/report", "level=ad&reconcile=true&format=table&type=CLICKS")); len(rows.Rows) != 3 {
			t.Errorf("%d: %+v", i, rows)
		}
	}
	if n != 2 {
		t.Errorf("%d questions", n)
	}
}
