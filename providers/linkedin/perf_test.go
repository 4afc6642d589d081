package linkedin_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// BenchmarkMillionRows reads three years of 2,000 creatives by day.
func BenchmarkMillionRows(b *testing.B) {
	w := connect(b, sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true})
	org := all(b, w.Organizations, providers.ListQuery{})[0]
	parts, err := w.Reports.Plan(providers.ReportQuery{
		Orgs: []normalize.Organization{org}, Level: normalize.LevelAd, Dimensions: []normalize.Dimension{normalize.DimensionDate},
		Metrics: []normalize.Metric{normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost},
		Range:   lastDays(w.sim, 1094), Now: w.sim.Now(),
	})
	if err != nil {
		b.Fatal(err)
	}
	var meta providers.Meta
	for b.Loop() {
		rows, peak, began := 0, uint64(0), time.Now()
		for _, err := range w.Reports.Stream(b.Context(), parts[0], &meta) {
			if err != nil {
				b.Fatal(err)
			}
			if rows++; rows%100_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
		b.ReportMetric(float64(rows), "rows/op")
		b.ReportMetric(float64(rows)/time.Since(began).Seconds(), "rows/s")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	}
}
