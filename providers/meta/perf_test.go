package meta_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// mill serves report runs of any size out of one template, so that what is measured is the adapter.
type mill struct {
	rows  int
	pages map[string]string // limit → the rows of a page
}

func newMill(rows int) *mill {
	m := &mill{rows: rows}
	const limit = 1000
	var b strings.Builder
	for i := range limit {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"campaign_id":"1203000000%05d","campaign_name":"Winter Sale %d","adset_id":"1203001000%05d","adset_name":"Everyone, 18 and over","ad_id":"1203002000%05d",`+
			`"ad_name":"Banner \u00e9t\u00e9 %d","objective":"OUTCOME_SALES","impressions":"%d","clicks":"%d","spend":"%d.%02d","actions":[{"action_type":"link_click","value":"%d"},`+
			`{"action_type":"post_engagement","value":"31"},{"action_type":"omni_purchase","value":"%d"},{"action_type":"purchase","value":"%d"}],"date_start":"2026-11-%02d","date_stop":"2026-11-%02d"}`,
			i/100, i/100, i/20, i, i, 1000+i, i%70, i%50, i%100, i%60, i%7, i%7, 1+i%23, 1+i%23)
	}
	m.pages = map[string]string{"1000": b.String()}
	return m
}

func (m *mill) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		fmt.Fprint(w, `{"report_run_id":"7000"}`)
		return
	case r.Method == http.MethodDelete:
		fmt.Fprint(w, `{"success":true}`)
		return
	case !strings.HasSuffix(r.URL.Path, "/7000/insights"):
		fmt.Fprint(w, `{"id":"7000","async_status":"Job Completed","async_percent_completion":100}`)
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("after"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	b := bufio.NewWriterSize(w, 1<<16)
	defer func() { _ = b.Flush() }()
	_, _ = b.WriteString(`{"data":[`)
	_, _ = b.WriteString(m.pages[strconv.Itoa(limit)])
	_, _ = b.WriteString(`]`)
	if to := from + limit; to < m.rows {
		fmt.Fprintf(b, `,"paging":{"cursors":{"after":"%d"},"next":"https://graph.facebook.com/x?after=%d"}`, to, to)
	}
	_, _ = b.WriteString(`}`)
}

// read reads a mill's report and returns how many rows it has, and the most heap that was alive.
func (m *mill) read(tb testing.TB) (rows int, peak uint64, took time.Duration) {
	tb.Helper()
	srv := httptest.NewServer(m)
	defer srv.Close()
	s := sessionAt(tb, srv.URL, deskToken, func() time.Time { return deskNow })
	q := question(normalize.LevelAd, normalize.DayRange{From: normalize.Day{Year: 2026, Month: 9, Dom: 1}, To: normalize.Day{Year: 2026, Month: 11, Dom: 24}}, "DATE")
	q.Range.From = q.Range.To.Add(-89)
	q.Metrics = []normalize.Metric{normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions}
	q.Filter = map[normalize.Level][]string{normalize.LevelAd: longFilter(1000)} // too long for a URL: a report run
	parts, err := s.Reports.Plan(q)
	if err != nil {
		tb.Fatal(err)
	}
	var meta providers.Meta
	began := time.Now()
	for _, err := range s.Reports.Stream(tb.Context(), parts[0], &meta) {
		if err != nil {
			tb.Fatal(err)
		}
		if rows++; rows == 5_000 || rows%100_000 == 0 { // what lives, not what other tests have left to collect
			var ms runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&ms)
			peak = max(peak, ms.HeapAlloc)
		}
	}
	return rows, peak, time.Since(began)
}

func longFilter(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("1203002000%05d", i)
	}
	return out
}

// Memory does not grow with rows. Not parallel: the heap is the whole process's.
func TestMemoryIsConstantInRows(t *testing.T) {
	rows, small, _ := newMill(10_000).read(t)
	if rows != 10_000 {
		t.Fatalf("%d rows", rows)
	}
	most := mostRows
	if testing.Short() {
		most = min(most, 100_000)
	}
	rows, large, took := newMill(most).read(t)
	if rows != most {
		t.Fatalf("%d rows", rows)
	}
	t.Logf("10,000 rows: %d MiB; %d rows: %d MiB, %.0f rows a second with the server in the process", small>>20, rows, large>>20, float64(rows)/took.Seconds())
	if large > small+64<<20 {
		t.Errorf("heap of %d MiB, with 10,000 rows %d MiB", large>>20, small>>20)
	}
}

// BenchmarkMillionRows reads the result of a large report run.
func BenchmarkMillionRows(b *testing.B) {
	m := newMill(1_000_000)
	for b.Loop() {
		rows, peak, took := m.read(b)
		b.ReportMetric(float64(rows), "rows/op")
		b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	}
}
