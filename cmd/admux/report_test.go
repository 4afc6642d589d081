package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodReport = `{"columns":["campaign_id","campaign_name","date","impressions","cost","ctr","currency"],
"rows":[
 {"campaign_id":"9007199254740993","campaign_name":"Spring, \"big\"\nsale 🌷","date":"2026-11-17","impressions":12345678901234567890,"cost":10.10,"ctr":0.012346,"currency":"USD"},
 {"campaign_id":"2","campaign_name":"Ünï","date":"2026-11-17","cost":0.1}
],
"totals":{"impressions":12345678901234567890,"cost":10.2},
"totals_by_currency":[{"currency":"USD","cost":10.1},{"currency":"EUR","cost":0.1}],
"meta":{"rows":2,"unsupported":["REACH"],"quality":{"complete":false,"left_out":["thresholds"]}}}`

// fakeGateway answers every report with body.
func fakeGateway(t *testing.T, status int, contentType, body string, seen *http.Request) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen != nil {
			*seen = *r.Clone(r.Context())
		}
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// command runs one command line in this process.
func command(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &streams{in: strings.NewReader(""), out: &out, err: &errs})
	return out.String(), errs.String(), code
}

func TestReport_formats(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	for _, tt := range []struct{ format, want string }{
		{"csv", "campaign_id,campaign_name,date,impressions,cost,ctr,currency\n" +
			"9007199254740993,\"Spring, \"\"big\"\"\nsale 🌷\",2026-11-17,12345678901234567890,10.10,0.012346,USD\n" +
			"2,Ünï,2026-11-17,,0.1,,\n"},
		{"ndjson", `{"campaign_id":"9007199254740993","campaign_name":"Spring, \"big\"\nsale 🌷","date":"2026-11-17","impressions":12345678901234567890,"cost":10.10,"ctr":0.012346,"currency":"USD"}` + "\n" +
			`{"campaign_id":"2","campaign_name":"Ünï","date":"2026-11-17","cost":0.1}` + "\n"},
		{"table", "" +
			"campaign_id       campaign_name          date                 impressions   cost       ctr  currency\n" +
			"9007199254740993  Spring, \"big\" sale 🌷  2026-11-17  12345678901234567890  10.10  0.012346  USD\n" +
			"2                 Ünï                    2026-11-17                          0.1\n" +
			"----------------  ---------------------  ----------  --------------------  -----  --------  --------\n" +
			"total                                                12345678901234567890   10.2\n" +
			"total                                                                       10.1            USD\n" +
			"total                                                                        0.1            EUR\n"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			url := fakeGateway(t, http.StatusOK, "application/json", goodReport, nil)
			stdout, stderr, code := command(t, "report", "conn_1", "--url", url, "--format", tt.format)
			if code != exitOK || stdout != tt.want {
				t.Errorf("exit %d\ngot\n%s\nwant\n%s\nstderr %s", code, stdout, tt.want, stderr)
			}
			for _, note := range []string{"thresholds", "REACH"} {
				if !strings.Contains(stderr, note) {
					t.Errorf("stderr does not tell %q: %s", note, stderr)
				}
			}
		})
	}
}

func TestReport_request(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "secret-key")
	var seen http.Request
	url := fakeGateway(t, http.StatusOK, "application/json", goodReport, &seen)
	_, stderr, code := command(t, "report", "a:b/c", "--url", url+"/", "--type", "COST,CTR", "--level", "ad", "--dimension", "DATE,DEVICE",
		"--start", "2026-01-01", "--end", "2026-02-01", "--campaign-id", "1,2", "--limit", "5", "--format", "csv")
	if code != exitOK {
		t.Fatal(stderr)
	}
	if got, want := seen.URL.EscapedPath(), "/ads/a:b%2Fc/report"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	want := "campaign_id=1%2C2&dimension=DATE%2CDEVICE&end_lt=2026-02-01&format=table&level=ad&limit=5&start_gte=2026-01-01&type=COST%2CCTR"
	if got := seen.URL.RawQuery; got != want {
		t.Errorf("query %s, want %s", got, want)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer secret-key" {
		t.Errorf("Authorization %q", got)
	}
}

// TestReport_partIsNoReport: whatever ends early or does not add up is an error, and leaves no file.
func TestReport_partIsNoReport(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	cut := func(after string) string { return goodReport[:strings.Index(goodReport, after)] }
	for name, body := range map[string]string{
		"cut in a row":       cut(`"date":"2026-11-17","cost":0.1`),
		"cut after the rows": cut(`"totals"`),
		"no meta":            cut(`"meta"`) + `"other":1}`,
		"fewer rows":         strings.Replace(goodReport, `"rows":2`, `"rows":3`, 1),
		"two answers":        goodReport + goodReport,
		"no columns":         `{"rows":[],"meta":{}}`,
		"an array":           `[]`,
		"nothing":            "",
	} {
		for _, format := range []string{"csv", "ndjson", "table"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				url := fakeGateway(t, http.StatusOK, "application/json", body, nil)
				dir := t.TempDir()
				file := filepath.Join(dir, "report")
				stdout, stderr, code := command(t, "report", "conn_1", "--url", url, "--format", format, "-o", file)
				if code != exitFailed || stderr == "" || stdout != "" {
					t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
				}
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("left behind: %v %v", left, err)
				}
			})
		}
	}
}

func TestReport_connectionCut(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, goodReport[:200])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	for _, format := range []string{"csv", "ndjson", "table", "json"} {
		file := filepath.Join(t.TempDir(), "report")
		if _, stderr, code := command(t, "report", "c", "--url", server.URL, "--format", format, "-o", file); code != exitFailed {
			t.Errorf("%s: exit %d, %s", format, code, stderr)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: a part was left as the report", format)
		}
	}
}

func TestReport_replacesFileOnlyWhenWhole(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	file := filepath.Join(t.TempDir(), "report.csv")
	if err := os.WriteFile(file, []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := fakeGateway(t, http.StatusOK, "application/json", goodReport[:300], nil)
	if _, _, code := command(t, "report", "c", "--url", bad, "--format", "csv", "-o", file); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if got, _ := os.ReadFile(file); string(got) != "yesterday" {
		t.Errorf("the old file became %q", got)
	}
	good := fakeGateway(t, http.StatusOK, "application/json", goodReport, nil)
	if _, stderr, code := command(t, "report", "c", "--url", good, "--format", "csv", "-o", file); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if got, _ := os.ReadFile(file); !strings.HasPrefix(string(got), "campaign_id,") {
		t.Errorf("the new file is %q", got)
	}
}

func TestReport_refused(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "secret-key")
	problem := `{"title":"Bad request","status":400,"code":"invalid_request","detail":"IMPRESSION is no KPI","request_id":"req-7",
		"errors":[{"field":"type","message":"did you mean IMPRESSIONS?"}],"provider":{"name":"linkedinads","message":"says no"}}`
	url := fakeGateway(t, http.StatusBadRequest, "application/problem+json", problem, nil)
	stdout, stderr, code := command(t, "report", "c", "--url", url)
	if code != exitFailed || stdout != "" {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
	for _, want := range []string{"IMPRESSION is no KPI", "400", "did you mean IMPRESSIONS?", "says no", "req-7"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	if strings.Contains(stderr, "secret-key") {
		t.Errorf("the key is shown: %s", stderr)
	}
}

func TestReport_jobIsNoReport(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	url := fakeGateway(t, http.StatusAccepted, "application/json", `{"id":"job_1"}`, nil)
	if stdout, _, code := command(t, "report", "c", "--url", url, "--format", "json"); code != exitFailed || stdout != "" {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
}

func TestGatewayFlags_everyFaultAtOnce(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "")
	_, stderr, code := command(t, "report", "c", "--url", "localhost:8080")
	if code != exitUsage || !strings.Contains(stderr, "--url") || !strings.Contains(stderr, "ADMUX_API_KEY") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
