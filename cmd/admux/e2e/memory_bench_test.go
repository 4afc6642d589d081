package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// upstream is a simulated platform with one account of 2,000 ads and three years of days.
type upstream struct {
	id      string // the integration type
	handler http.Handler
	client  [2]string // id and secret of the app
	tokens  [2]string // access and refresh
	epoch   time.Time
	first   int // days until the first day that is read
}

const benchYears, benchAds = 3, 2000

func upstreams() []upstream {
	l := linkedin.New(linkedin.Options{Seed: 1, Accounts: 1, Campaigns: 10, Groups: 10, Ads: benchAds / 100, HistoryDays: benchYears * 365, Dense: true})
	g := google.New(google.Options{Seed: 1, Accounts: 1, Campaigns: 10, Groups: 10, Ads: benchAds / 100, HistoryDays: benchYears * 365, Dense: true})
	m := meta.New(meta.Options{Seed: 1, Accounts: 1, Campaigns: 10, Groups: 10, Ads: benchAds / 100, HistoryDays: benchYears * 365, Dense: true})
	lt, gt, mt := l.Grant(), g.Grant(), m.Grant()
	return []upstream{
		{"linkedinads", l, [2]string{l.App().ClientID, l.App().ClientSecret}, [2]string{lt.Access, lt.Refresh}, l.Epoch(), 1},
		{"googleads", g, [2]string{g.App().ClientID, g.App().ClientSecret}, [2]string{gt.Access, gt.Refresh}, g.Epoch(), 1},
		{"metaads", m, [2]string{m.App().ClientID, m.App().ClientSecret}, [2]string{mt.Access, ""}, m.Epoch(), 1},
	}
}

// BenchmarkReportMemory measures what a report costs the gateway in memory, small and large, on each platform: one
// account with three years of 2,000 ads, read by day and ad. The gateway is its own process, so that its peak is its own.
// The large report may take at most 64 MiB more than the small one.
func BenchmarkReportMemory(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "admux")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/admux/admux/cmd/admux").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, platform := range upstreams() {
		b.Run(platform.id, func(b *testing.B) { reportMemory(b, binary, platform) })
	}
}

func reportMemory(b *testing.B, binary string, platform upstream) {
	srv := httptest.NewServer(platform.handler)
	defer srv.Close()
	peaks := map[int]float64{}
	for _, days := range []int{5, 500} {
		rows := days * benchAds
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				g := serveFor(b, binary, srv.URL, platform)
				took := g.report(b, platform.epoch.AddDate(0, 0, -days-platform.first), days, rows)
				peaks[rows] = g.peakMiB(b)
				b.ReportMetric(peaks[rows], "peak-MiB")
				b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
				b.ReportMetric(0, "ns/op")
				g.stop(b)
			}
		})
	}
	if small, large := peaks[5*benchAds], peaks[500*benchAds]; large-small >= 64 {
		b.Errorf("a report of %d rows took %.1f MiB, one of %d took %.1f MiB: more than 64 MiB apart", 500*benchAds, large, 5*benchAds, small)
	}
}

// served is a gateway process with one connection.
type served struct {
	cmd                  *exec.Cmd
	url, key, connection string
}

func serveFor(b *testing.B, binary, base string, platform upstream) *served {
	b.Helper()
	dir := b.TempDir()
	prefix := "ADMUX_" + strings.ToUpper(platform.id)
	env := append(cleanEnv(), "ADMUX_DATABASE_URL=sqlite:"+filepath.Join(dir, "admux.db"), "ADMUX_LISTEN=127.0.0.1:0", "ADMUX_RATE_LIMIT=0",
		prefix+"_BASE_URL="+base, prefix+"_CLIENT_ID="+platform.client[0], prefix+"_CLIENT_SECRET="+platform.client[1])
	create := exec.Command(binary, "key", "create", "--scope", "admin")
	create.Env = env
	out, err := create.Output()
	if err != nil {
		b.Fatalf("key create: %v", err)
	}
	s := &served{cmd: exec.Command(binary, "serve"), key: strings.TrimSpace(string(out))}
	s.cmd.Env = env
	logs, err := s.cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s.url = listening(b, logs)
	body, _ := json.Marshal(map[string]any{
		"integration_type": platform.id, "categories": []string{"ads"}, "environment": "Production", "permissions": []string{"ads_report_read"},
		"auth": map[string]any{"access_token": platform.tokens[0], "refresh_token": platform.tokens[1], "expires_in": 5184000},
	})
	var made struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(s.call(b, http.MethodPost, "/unified/connection", bytes.NewReader(body)), &made); err != nil || made.ID == "" {
		b.Fatalf("no connection was made: %v", err)
	}
	s.connection = made.ID
	return s
}

// listening reads the address from the log line that tells it.
func listening(b *testing.B, logs io.Reader) string {
	b.Helper()
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		var line map[string]any
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue
		}
		if url, ok := line["public_url"].(string); ok {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return url
		}
	}
	b.Fatal("the gateway ended before it listened")
	return ""
}

func (s *served) call(b *testing.B, method, path string, body io.Reader) []byte {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, s.url+path, body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %d %v %.300s", method, path, resp.StatusCode, err, out)
	}
	return out
}

// report reads the report as a caller would, counting rows without keeping them.
func (s *served) report(b *testing.B, from time.Time, days, rows int) time.Duration {
	b.Helper()
	path := fmt.Sprintf("/ads/%s/report?type=IMPRESSIONS,CLICKS,COST,CTR,CPC&level=ad&dimension=DATE&format=table&start_gte=%s&end_lt=%s",
		s.connection, from.Format(time.DateOnly), from.AddDate(0, 0, days).Format(time.DateOnly))
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	start := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := countRows(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || got != rows {
		b.Fatalf("%d: %d rows for %d: %v", resp.StatusCode, got, rows, err)
	}
	return time.Since(start)
}

func countRows(r io.Reader) (int, error) {
	dec := json.NewDecoder(r)
	for {
		t, err := dec.Token()
		if err != nil {
			return 0, err
		}
		if t == "rows" {
			break
		}
	}
	if _, err := dec.Token(); err != nil {
		return 0, err
	}
	n := 0
	for dec.More() {
		var row json.RawMessage
		if err := dec.Decode(&row); err != nil {
			return n, err
		}
		n++
	}
	_, err := io.Copy(io.Discard, io.MultiReader(dec.Buffered(), r))
	return n, err
}

// peakMiB is the most memory that the process ever had resident.
func (s *served) peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		b.Fatalf("peak memory is read from /proc: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kib, _ := strconv.ParseFloat(f[1], 64)
			return kib / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}

func (s *served) stop(b *testing.B) {
	b.Helper()
	_ = s.cmd.Process.Signal(os.Interrupt)
	if err := s.cmd.Wait(); err != nil {
		b.Errorf("the gateway did not end well: %v", err)
	}
}
