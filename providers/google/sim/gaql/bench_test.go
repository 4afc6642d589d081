package gaql

import (
	"fmt"
	"iter"
	"testing"

	"github.com/admux/admux/providers/internal/simkit"
)

// benchSource is ads that deliver every day on three devices; facts cost the
// source next to nothing.
type benchSource struct{ ads int }

type benchAd int

func (s benchSource) Objects(*Want) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for i := range s.ads {
			if !yield(benchAd(i), nil) {
				return
			}
		}
	}
}

func (a benchAd) Value(field string) Value {
	switch field {
	case "ad_group_ad.resource_name", "ad_group.resource_name", "campaign.resource_name", "ad_group_ad.ad.resource_name":
		return Text(fmt.Sprintf("customers/1234567890/%s/%d", field[:8], int(a)))
	case "campaign.name":
		return Text("Winter Sale DE")
	}
	return Int(int64(a) + 700_000_000_000)
}

func (a benchAd) Facts(w *Want) iter.Seq[*Fact] {
	devices := []Value{Text("MOBILE"), Text("DESKTOP"), Text("TABLET")}
	return func(yield func(*Fact) bool) {
		f := Fact{Splits: make([]Value, len(w.Splits))}
		for d := w.First; d <= w.Last; d++ {
			for i, device := range devices {
				if len(w.Splits) > 0 {
					f.Splits[0] = device
				}
				f.Day, f.Sums[Impressions], f.Sums[Clicks] = d, int64(1000+i), int64(10+d%7)
				f.Sums[Cost], f.Sums[Conversions], f.Sums[ConversionsValue] = 12_345_678, 1_500_000, 99_990_000
				if !yield(&f) {
					return
				}
			}
		}
	}
}

// Rows per second is what counts: a year of days of 274 ads is 100,010 rows.
func BenchmarkRows(b *testing.B) {
	const fields = "SELECT campaign.id, campaign.name, ad_group.id, ad_group_ad.ad.id, segments.date, "
	const metrics = "metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.conversions_value FROM ad_group_ad WHERE segments.date BETWEEN '2025-11-24' AND '2026-11-23'"
	for name, query := range map[string]string{
		"day":           fields + metrics,
		"day,device":    fields + "segments.device, " + metrics,
		"day,averages":  fields + "metrics.ctr, metrics.average_cpc, metrics.cost_per_conversion, " + metrics,
		"month,device":  "SELECT ad_group_ad.ad.id, segments.month, segments.device, " + metrics,
		"order":         fields + metrics + " ORDER BY ad_group_ad.ad.id, segments.date",
		"order by cost": fields + metrics + " ORDER BY metrics.cost_micros DESC LIMIT 100",
	} {
		p, err := Compile(query, testEnv)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n, size := 0, 0
			for b.Loop() {
				for row, err := range p.Rows(benchSource{274}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
					size += len(row)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(size)/float64(n), "bytes/row")
		})
	}
}

// TestRowsDoNotPile: a million rows pass without being held.
func TestRowsDoNotPile(t *testing.T) { // counts allocations, hence not parallel
	p, err := Compile("SELECT ad_group_ad.ad.id, segments.date, metrics.clicks FROM ad_group_ad WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-20'", testEnv)
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1, func() {
		for range p.Rows(benchSource{5}) {
		}
	})
	more := testing.AllocsPerRun(1, func() {
		q := *p
		q.want.First -= simkit.Day(2000)
		for range q.Rows(benchSource{5}) {
		}
	})
	if perRow := (more - allocs) / (5 * 2000); perRow > 0.6 {
		t.Errorf("%.2f allocations a row", perRow)
	}
}
