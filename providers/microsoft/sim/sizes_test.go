package sim_test

import (
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

func TestWorldsOfEverySize(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sim.Options{
		"one account": {Accounts: 1}, "medium": {Size: "medium"}, "large": {Size: "large"}, "dense": {Dense: true, Size: "medium"}, "two ads": {Accounts: 2, Campaigns: 1, Groups: 1, Ads: 1},
	} {
		start := time.Now()
		w := newWorld(t, o)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: made in %s", name, took)
		}
		rows := w.rows(w.request("Account", "Daily", "2026-11-01", "2026-11-20", append([]string{"TimePeriod", "AccountId"}, kpis...)...))
		sameSums(t, name, w.sumRows(rows, func(r map[string]string) string { return r["TimePeriod"] }),
			w.ledger("2026-11-01", "2026-11-21", func(l map[string]any) string { return text(l, "date") }))
		if len(rows) == 0 {
			t.Errorf("%s: no rows", name)
		}
	}
}
