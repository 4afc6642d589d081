package google_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// streamAds answers with n ads and every day of the query, as large answers come: in parts of 10,000 rows.
func streamAds(n int) func(asked, http.ResponseWriter) bool {
	var row bytes.Buffer
	var holes []int // where the dates go
	for ad := 1; ad <= n; ad++ {
		if ad > 1 {
			row.WriteByte(',')
		}
		fmt.Fprintf(&row, `{"campaign":{"id":"%d","name":"Campaign %d"},"adGroup":{"id":"%d","name":"Ad group %d"},"adGroupAd":{"resourceName":"customers/1/adGroupAds/%d~%d","ad":{"id":"%d","name":""}},`+
			`"metrics":{"clicks":"%d","conversions":%d.25,"conversionsValue":%d.5,"costMicros":"%d0000","impressions":"%d","allConversions":0,"viewThroughConversions":"0"},"segments":{"date":"`,
			1000+ad%10, ad%10, 2000+ad%100, ad%100, 2000+ad%100, 300000+ad, 300000+ad, ad, ad%4, ad%9, ad, ad*31)
		holes = append(holes, row.Len())
		row.WriteString(`          "}}`)
	}
	template := row.Bytes()
	return func(q asked, w http.ResponseWriter) bool {
		if q.from != "ad_group_ad" || strings.Contains(q.text, "category") {
			return false
		}
		out := bufio.NewWriterSize(w, 64<<10)
		rows := 0
		day := bytes.Clone(template)
		for d := q.first; !q.last.Before(d); d = d.Add(1) {
			text := d.String()
			for _, at := range holes {
				copy(day[at:], text)
			}
			switch {
			case rows == 0:
				_, _ = out.WriteString(`[{"results":[`)
			case rows >= 10_000:
				rows = 0
				_, _ = out.WriteString("],\"fieldMask\":\"x\",\"requestId\":\"r\"}\r\n,\r\n{\"results\":[")
			default:
				_ = out.WriteByte(',')
			}
			_, _ = out.Write(day)
			rows += len(holes)
		}
		_, _ = out.WriteString(`],"fieldMask":"x","requestId":"r"}]`)
		_ = out.Flush()
		return true
	}
}

// readAds reads days of ads and returns how many rows there were, and the most memory in use on the way.
func readAds(t testing.TB, s *providers.Session, days int) (rows int, peak uint64) {
	t.Helper()
	q := lastWeek(normalize.LevelAd, byDate, normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions)
	q.Range.From = q.Range.To.Add(-days)
	parts, err := s.Reports.Plan(q)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	every := max(1, 913*days/20)
	for _, err := range s.Reports.Stream(t.Context(), parts[0], new(providers.Meta)) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows%every == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}
	return rows, peak
}

// A large report takes about the memory of a small one; BenchmarkMillionRows holds a million rows to the same.
func TestReportMemoryIsConstant(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200,000 rows")
	}
	s, script := reportScript(t, nil)
	script.stream = streamAds(913)
	few, small := readAds(t, s, 11)
	many, large := readAds(t, s, 220)
	t.Logf("%d rows: %d KiB, %d rows: %d KiB, %d queries", few, small>>10, many, large>>10, len(script.of("ad_group_ad")))
	if few != 913*11 || many != 913*220 {
		t.Errorf("%d and %d rows", few, many)
	}
	if large > small+64<<20 {
		t.Errorf("%d MiB more for %d rows than for %d", (large-small)>>20, many, few)
	}
}

func BenchmarkMillionRows(b *testing.B) {
	s, script := reportScript(b, nil)
	script.stream = streamAds(913)
	b.ReportAllocs()
	_, small := readAds(b, s, 11)
	for b.Loop() {
		began := time.Now()
		rows, peak := readAds(b, s, 1095)
		b.ReportMetric(float64(rows)/time.Since(began).Seconds(), "rows/s")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		if peak > small+64<<20 {
			b.Errorf("%d MiB more for %d rows than for 10,000", (peak-small)>>20, rows)
		}
	}
}
