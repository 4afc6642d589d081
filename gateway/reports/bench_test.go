package reports_test

import (
	"io"
	"iter"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// many yields n rows of 2,000 campaigns, day after day as a platform's windows come, in one row that is reused.
func many(n int) func(providers.Part, *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		ids, names := make([]string, 2000), make([]string, 2000)
		for i := range ids {
			ids[i], names[i] = strconv.Itoa(600000+i), "Campaign number "+strconv.Itoa(i)
		}
		return func(yield func(normalize.Row, error) bool) {
			row := normalize.Row{Dims: make([]string, 1), Values: make([]normalize.Value, len(p.Query.Metrics))}
			d := p.Query.Range.From
			for i := range n {
				if c := i % len(ids); c == 0 {
					row.Date = d
					row.Dims[0] = d.String()
					d = d.Add(1)
				}
				row.Campaign = normalize.Entity{ID: ids[i%len(ids)], Name: names[i%len(ids)]}
				for j := range row.Values {
					row.Values[j] = normalize.Some(normalize.Scaled(int64(i*(j+3)%1_000_003), uint8(2*(j%2))))
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// download reads an answer to its end without keeping it, and returns the most heap that was in use meanwhile.
func download(t testing.TB, url string) (bytes int64, peak uint64) {
	t.Helper()
	runtime.GC()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %v", res.StatusCode, err)
	}
	close(stop)
	return n, <-done
}

func bulk(t testing.TB, rows int) string {
	t.Helper()
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions)
	f.rows = many(rows)
	return f.serve(t) + "?dimension=DATE&start_gte=2022-01-01&end_lt=2026-01-01&type=IMPRESSIONS,CLICKS,COST,CONVERSIONS,CTR,CPC"
}

func BenchmarkReport(b *testing.B) {
	for _, shape := range []string{"table", "json"} {
		for _, rows := range []int{10_000, 1_000_000} {
			b.Run(shape+"/"+strconv.Itoa(rows), func(b *testing.B) {
				url := bulk(b, rows) + "&format=" + shape
				var most uint64
				var size int64
				for b.Loop() {
					n, peak := download(b, url)
					size, most = n, max(most, peak)
				}
				b.SetBytes(size)
				b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
			})
		}
	}
}
