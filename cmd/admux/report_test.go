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
	"time"
)

const goodReport = `{"columns":["campaign_id","campaign_name","date","impressions","cost","ctr","currency"],
"rows":[
 {"campaign_id":"9007199254740993","campaign_name":"Spring, \"big\"\nsale 🌷","date":"2026-11-17","impressions":12345678901234567890,"cost":10.10,"ctr":0.012346,"currency":"USD"},
 {"campaign_id":"2","campaign_name":"Ünï","date":"2026-11-17","cost":0.1}
],
"totals":{"impressions":12345678901234567890,"cost":10.2},
"totals_by_currency":[{"currency":"USD","cost":10.1},{"currency":"EUR","cost":0.1}],
"meta":{"rows":2,"unsupported":["REACH"],"quality":{"complete":false,"left_out":["thresholds"]}}}`

const goodCSV = "campaign_id,campaign_name,cost\r\n9007199254740993,\"Spring, \"\"big\"\"\nsale 🌷\",10.10\r\n2,Ünï,\r\n"

// whole is a good answer of each format, and its media type.
func whole() map[string][2]string {
	return map[string][2]string{
		"table":   {"application/json", goodReport},
		"json":    {"application/json", "[{\"id\":\"a\",\"metrics\":[{\"value\":1.10}]},{\"id\":\"b]}\"}]\n"},
		"csv":     {"text/csv; charset=utf-8; header=present", goodCSV},
		"ndjson":  {"application/x-ndjson", "{\"a\":1.10}\n{\"a\":2}\n"},
		"parquet": {"application/vnd.apache.parquet", "PAR1 some pages PAR1"},
	}
}

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

func TestReport_table(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	want := "" +
		"campaign_id       campaign_name          date                 impressions   cost       ctr  currency\n" +
		"9007199254740993  Spring, \"big\" sale 🌷  2026-11-17  12345678901234567890  10.10  0.012346  USD\n" +
		"2                 Ünï                    2026-11-17                          0.1\n" +
		"----------------  ---------------------  ----------  --------------------  -----  --------  --------\n" +
		"total                                                12345678901234567890   10.2\n" +
		"total                                                                       10.1            USD\n" +
		"total                                                                        0.1            EUR\n"
	stdout, stderr, code := command(t, "report", "conn_1", "--url", fakeGateway(t, http.StatusOK, "application/json", goodReport, nil))
	if code != exitOK || stdout != want {
		t.Errorf("exit %d\ngot\n%s\nwant\n%s\nstderr %s", code, stdout, want, stderr)
	}
	for _, note := range []string{"thresholds", "REACH"} {
		if !strings.Contains(stderr, note) {
			t.Errorf("stderr does not tell %q: %s", note, stderr)
		}
	}
	page := strings.Replace(goodReport, `"rows":2`, `"rows":200,"limit":2,"offset":50`, 1)
	if _, stderr, code := command(t, "report", "conn_1", "--limit", "2", "--url", fakeGateway(t, http.StatusOK, "application/json", page, nil)); code != exitOK {
		t.Errorf("a page: exit %d: %s", code, stderr)
	}
}

// TestReport_asItCame: what needs no drawing is passed on byte for byte, and what is left out is told beside it.
func TestReport_asItCame(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	for format, answer := range whole() {
		if format == "table" {
			continue
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", answer[0])
			w.Header().Set("X-Admux-Left-Out", "thresholds")
			_, _ = io.WriteString(w, answer[1][:7])
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, answer[1][7:])
			w.Header()[http.TrailerPrefix+"X-Admux-Left-Out"] = []string{"thresholds", "a closed account"}
		}))
		stdout, stderr, code := command(t, "report", "conn_1", "--url", server.URL, "--format", format)
		if code != exitOK || stdout != answer[1] {
			t.Errorf("%s: exit %d\ngot\n%q\nwant\n%q\nstderr %s", format, code, stdout, answer[1], stderr)
		}
		if stderr != "left out: thresholds\nleft out: a closed account\n" {
			t.Errorf("%s: stderr %q", format, stderr)
		}
		server.Close()
	}
}

func TestReport_request(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "secret-key")
	var seen http.Request
	url := fakeGateway(t, http.StatusOK, "text/csv", goodCSV, &seen)
	_, stderr, code := command(t, "report", "a:b/c", "--url", url+"/", "--type", "COST,CTR", "--level", "ad", "--dimension", "DATE,DEVICE",
		"--start", "2026-01-01", "--end", "2026-02-01", "--org-id", "o", "--campaign-id", "1,2", "--group-id", "3", "--ad-id", "4", "--query", "spring",
		"--currency", "EUR", "--round", "--attribution", "7d_click", "--partial", "--reconcile", "--cache", "bypass", "--wait", "0",
		"--fields", "date,cost", "--sort", "cost", "--order", "desc", "--limit", "5", "--offset", "10", "--format", "csv")
	if code != exitOK {
		t.Fatal(stderr)
	}
	if got, want := seen.URL.EscapedPath(), "/ads/a:b%2Fc/report"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	want := "ad_id=4&attribution=7d_click&cache=bypass&campaign_id=1%2C2&currency=EUR&dimension=DATE%2CDEVICE&end_lt=2026-02-01&fields=date%2Ccost" +
		"&format=csv&group_id=3&level=ad&limit=5&offset=10&order=desc&org_id=o&partial=allow&query=spring&reconcile=true&round=currency&sort=cost" +
		"&start_gte=2026-01-01&type=COST%2CCTR&wait=0"
	if got := seen.URL.RawQuery; got != want {
		t.Errorf("query %s\n want %s", got, want)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer secret-key" {
		t.Errorf("Authorization %q", got)
	}
}

func TestReport_last(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 23, 59, 0, 0, time.UTC)
	for last, start := range map[string]string{"1d": "2026-03-09", "30d": "2026-02-08", "2w": "2026-02-24"} {
		q, err := (&reportCmd{Last: last}).query(now)
		if err != nil || q.Get("start_gte") != start || q.Get("end_lt") != "2026-03-10" {
			t.Errorf("%s: %v %v", last, q, err)
		}
	}
	for _, bad := range []reportCmd{{Last: "30"}, {Last: "d"}, {Last: "0d"}, {Last: "-1d"}, {Last: "1y"}, {Last: "7d", Start: "2026-01-01"}, {Last: "7d", End: "2026-01-01"}} {
		if q, err := bad.query(now); err == nil || !strings.Contains(err.Error(), "--last") {
			t.Errorf("%+v: %v %v", bad, q, err)
		}
	}
}

// TestReport_partIsNoReport: whatever ends early or does not add up is an error, and leaves no file.
func TestReport_partIsNoReport(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	cut := func(after string) string { return goodReport[:strings.Index(goodReport, after)] }
	good := whole()
	for format, bodies := range map[string]map[string]string{
		"table": {
			"cut in a row": cut(`"date":"2026-11-17","cost":0.1`), "cut after the rows": cut(`"totals"`), "no meta": cut(`"meta"`) + `"other":1}`,
			"fewer rows": strings.Replace(goodReport, `"rows":2`, `"rows":3`, 1), "two answers": goodReport + goodReport,
			"no columns": `{"rows":[],"meta":{}}`, "an array": `[]`, "nothing": "",
		},
		"json":    {"cut": `[{"id":"a"}`, "cut in a text": `[{"id":"]`, "two answers": good["json"][1] + "[]", "nothing": "", "a text": `"a"`},
		"csv":     {"cut in a line": goodCSV[:len(goodCSV)-4], "cut in quotes": goodCSV[:strings.Index(goodCSV, "sale")], "nothing": ""},
		"ndjson":  {"cut in a line": `{"a":1`, "an error": "{\"a\":1}\n{\"error\":{\"code\":\"upstream_unavailable\",\"status\":503,\"detail\":\"the platform is away\"}}\n"},
		"parquet": {"no foot": "PAR1 some pages", "no head": "some pages PAR1", "nothing": "", "too short": "PAR1"},
	} {
		for name, body := range bodies {
			url := fakeGateway(t, http.StatusOK, good[format][0], body, nil)
			dir := t.TempDir()
			stdout, stderr, code := command(t, "report", "conn_1", "--url", url, "--format", format, "-o", filepath.Join(dir, "report"))
			if code != exitFailed || stderr == "" || stdout != "" {
				t.Errorf("%s %s: exit %d, stdout %q, stderr %q", format, name, code, stdout, stderr)
			}
			if name == "an error" && (!strings.Contains(stderr, "after 1 rows") || !strings.Contains(stderr, "the platform is away (503 upstream_unavailable)")) {
				t.Errorf("%s: stderr %q", format, stderr)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%s %s: left behind: %v %v", format, name, left, err)
			}
			if _, stderr, code := command(t, "report", "conn_1", "--url", url, "--format", format); code != exitFailed {
				t.Errorf("%s %s: on standard output: exit %d, stderr %q", format, name, code, stderr)
			}
		}
	}
}

// TestReport_anotherAnswer: a page of a proxy is no report, whatever its status.
func TestReport_anotherAnswer(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	for format := range whole() {
		url := fakeGateway(t, http.StatusOK, "text/html", "<html>Please log in\n</html>\n", nil)
		if stdout, stderr, code := command(t, "report", "c", "--url", url, "--format", format); code != exitFailed || stdout != "" || !strings.Contains(stderr, "text/html") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", format, code, stdout, stderr)
		}
	}
}

func TestReport_connectionCut(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	for format, answer := range whole() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", answer[0])
			_, _ = io.WriteString(w, answer[1]) // all that there is, and no good end
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}))
		file := filepath.Join(t.TempDir(), "report")
		if _, stderr, code := command(t, "report", "c", "--url", server.URL, "--format", format, "-o", file); code != exitFailed || !strings.Contains(stderr, "broke off") {
			t.Errorf("%s: exit %d, %s", format, code, stderr)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: a part was left as the report", format)
		}
		server.Close()
	}
}

func TestReport_replacesFileOnlyWhenWhole(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	file := filepath.Join(t.TempDir(), "report.csv")
	if err := os.WriteFile(file, []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := fakeGateway(t, http.StatusOK, "text/csv", goodCSV[:40], nil)
	if _, _, code := command(t, "report", "c", "--url", bad, "--format", "csv", "-o", file); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if got, _ := os.ReadFile(file); string(got) != "yesterday" {
		t.Errorf("the old file became %q", got)
	}
	good := fakeGateway(t, http.StatusOK, "text/csv", goodCSV, nil)
	if _, stderr, code := command(t, "report", "c", "--url", good, "--format", "csv", "-o", file); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if got, _ := os.ReadFile(file); string(got) != goodCSV {
		t.Errorf("the new file is %q", got)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestReport_destinations: what cannot be written is told before anything is asked, and what is no file is not replaced.
func TestReport_destinations(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "taken.part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var seen http.Request
	url := fakeGateway(t, http.StatusOK, "text/csv", goodCSV, &seen)
	for name, tell := range map[string]string{dir: "is a folder", filepath.Join(dir, "none", "f"): "no such file", filepath.Join(dir, "taken"): "another admux"} {
		if _, stderr, code := command(t, "report", "c", "--url", url, "--format", "csv", "-o", name); code != exitFailed || !strings.Contains(stderr, tell) || seen.URL != nil {
			t.Errorf("%s: exit %d, asked %v, stderr %q", name, code, seen.URL, stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "taken.part")); err != nil {
		t.Errorf("another's part is gone: %v", err)
	}
	if _, stderr, code := command(t, "report", "c", "--url", url, "--format", "csv", "-o", os.DevNull); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if at, err := os.Stat(os.DevNull); err != nil || at.Mode().IsRegular() {
		t.Errorf("%s became a file: %v", os.DevNull, err)
	}
}

func TestReport_refused(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "secret-key")
	problem := `{"title":"Bad request","status":400,"code":"invalid_request","detail":"IMPRESSION is no KPI","request_id":"req-7","retry_after":30,
		"errors":[{"field":"type","message":"did you mean IMPRESSIONS?"},{"field":"level","message":"no"}],
		"provider":{"name":"linkedinads","status":429,"code":"TOO_MANY","message":"says no","request_id":"li-9"}}`
	url := fakeGateway(t, http.StatusBadRequest, "application/problem+json", problem, nil)
	stdout, stderr, code := command(t, "report", "c", "--url", url)
	want := `admux: IMPRESSION is no KPI (400 invalid_request)
  type: did you mean IMPRESSIONS?
  level: no
  linkedinads says: says no: status 429, code TOO_MANY, request li-9
  try again after 30 s
  request req-7
`
	if code != exitFailed || stdout != "" || stderr != want {
		t.Errorf("exit %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
}

func TestReport_parquetIsNoText(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "k")
	url := fakeGateway(t, http.StatusOK, whole()["parquet"][0], whole()["parquet"][1], nil)
	var out, errs bytes.Buffer
	args := []string{"report", "c", "--url", url, "--format", "parquet"}
	if code := run(t.Context(), args, &streams{out: &out, err: &errs, outTerminal: true}); code != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), "-o") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	args = append(args, "-o", filepath.Join(t.TempDir(), "f"))
	if code := run(t.Context(), args, &streams{out: &out, err: &errs, outTerminal: true}); code != exitOK {
		t.Errorf("into a file: exit %d, stderr %q", code, errs.String())
	}
}

func TestGatewayFlags_everyFaultAtOnce(t *testing.T) {
	t.Setenv("ADMUX_API_KEY", "")
	_, stderr, code := command(t, "report", "c", "--url", "localhost:8080", "--last", "soon")
	if code != exitUsage || !strings.Contains(stderr, "--url") || !strings.Contains(stderr, "ADMUX_API_KEY") || !strings.Contains(stderr, "--last") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
