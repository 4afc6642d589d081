package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// armed lets the so-manyeth call for numbers and those after it fail: their answers are cut, which is tried again for some
// seconds, or refused, which is not.
func (p *process) armed(t *testing.T, after int, cut bool) {
	t.Helper()
	p.disarm(t)
	f := map[string]any{"path": "/rest/adAnalytics", "after": after, "times": -1}
	if cut {
		f["cut_after_bytes"] = 2000
	} else {
		f["status"], f["body"] = http.StatusForbidden, map[string]any{"status": 403, "serviceErrorCode": 100, "message": "Not enough permissions"}
	}
	fault(t, p.announced, f)
}

func (p *process) disarm(t *testing.T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, p.announced.Simulators["linkedinads"]+"/_sim/fault", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("disarm: %s", res.Status)
	}
}

// numbersAsked counts the calls for numbers that the simulated LinkedIn has seen.
func (p *process) numbersAsked(t *testing.T) int {
	t.Helper()
	return bytes.Count(fromSimulator(t, p.announced.Simulators["linkedinads"]+"/_sim/calls"), []byte(`"/rest/adAnalytics"`))
}

// TestShapes_brokenOff: when the platform breaks off in the middle of a report, each shape shows it, packed or not: NDJSON
// by its last line, CSV, Parquet and the table by an end that no reader takes for a good one. The contract's array has not
// begun by then, and is a problem. The command line leaves no file, and tells why.
func TestShapes_brokenOff(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	connection := demo.announced.connection("linkedinads")
	// Parquet leaves a group of rows at a time: it takes more of them until something has left.
	short, shortRows, shortAfter := demo.toBreak(t, url.Values{"dimension": {"DATE"}, "level": {"ad"}, "start_gte": {ago(70)}, "end_lt": {ago(10)}})
	long, _, longAfter := demo.toBreak(t, url.Values{"type": {manyKPIs}, "dimension": {"DATE"}, "level": {"ad"}, "start_gte": {ago(160)}, "end_lt": {ago(10)}})
	for shape := range mediaTypes() {
		query, rows, after := short, shortRows, shortAfter
		if shape == "parquet" {
			query, after = long, longAfter
		}
		for _, coding := range []string{"identity", "gzip", "zstd"} {
			if coding != "identity" && (shape == "parquet" || shape == "json") {
				continue // never packed; never begun
			}
			var got taken
			for range 4 { // on a busy machine the failure may come before anything has left: that is a problem, as it should be
				demo.armed(t, after, coding == "identity")
				got = take(t, demo.announced, ads(connection, "report"), with(query, "format", shape), "", coding)
				if got.status == http.StatusOK || shape == "json" {
					break
				}
			}
			name := shape + ", " + coding
			switch shape {
			case "json":
				if code, _ := (answer{got.status, got.header, got.body}).problem(t); got.status != http.StatusBadGateway || code != "bad_upstream" {
					t.Errorf("%s: %d %.300s", name, got.status, got.body)
				}
			case "ndjson":
				checkErrorLine(t, name, got, rows)
			default:
				checkCut(t, name, shape, got)
			}
		}
		checkCommand(t, demo, after, shape, connection, query)
	}
}

// toBreak reads a report once as it should be, and tells after how many calls for numbers it is in the middle.
func (p *process) toBreak(t *testing.T, query url.Values) (same url.Values, rows, after int) {
	t.Helper()
	before := p.numbersAsked(t)
	whole := take(t, p.announced, ads(p.announced.connection("linkedinads"), "report"), with(query, "format", "csv"), "", "identity")
	checkHeaders(t, "csv", whole, "text/csv", "")
	return query, len(csvRows(t, whole.body)), (p.numbersAsked(t) - before) * 3 / 4
}

func checkErrorLine(t *testing.T, name string, got taken, rows int) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(got.body)), "\n")
	var last struct {
		Error struct {
			Code      string
			RequestID string `json:"request_id"`
		}
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Error.Code == "" || last.Error.RequestID == "" {
		t.Errorf("%s: the last line is %.300q, %v", name, lines[len(lines)-1], err)
	}
	if got.status != http.StatusOK || got.cut != nil || got.short != nil || len(lines) < 100 || len(lines) > rows {
		t.Errorf("%s: %d %v %v, %d lines of a report of %d rows", name, got.status, got.cut, got.short, len(lines), rows)
	}
}

// checkCut wants an answer that has begun well, and that neither HTTP nor the decoder takes for whole.
func checkCut(t *testing.T, name, shape string, got taken) {
	t.Helper()
	if got.status != http.StatusOK || len(got.wire) == 0 {
		t.Errorf("%s: %d, %d bytes: it had not begun: %.300s", name, got.status, len(got.wire), got.body)
		return
	}
	if got.cut == nil {
		t.Errorf("%s: the connection ended well after %d bytes", name, len(got.wire))
	}
	if coded := got.header.Get("Content-Encoding"); coded != "" && got.short == nil {
		t.Errorf("%s: the decoder sees a good end after %d bytes", name, len(got.body))
	}
	if shape == "table" && json.Valid(got.body) {
		t.Errorf("%s: what came is whole JSON", name)
	}
	if shape == "parquet" {
		if d := readParquet(t, false, got.body)[0]; d.Error == "" {
			t.Errorf("%s: what came opens as %d rows", name, d.Rows)
		}
	}
}

func checkCommand(t *testing.T, demo *process, after int, shape, connection string, query url.Values) {
	t.Helper()
	demo.armed(t, after, false)
	file := filepath.Join(t.TempDir(), "report")
	args := []string{"report", connection, "--format", shape, "--level", query.Get("level"), "--dimension", query.Get("dimension"),
		"--start", query.Get("start_gte"), "--end", query.Get("end_lt")}
	if types := query.Get("type"); types != "" {
		args = append(args, "--type", types)
	}
	got := admux(t, demo.announced.env(), append(args, "-o", file)...)
	if got.code != 1 || got.stdout != "" || got.stderr == "" {
		t.Errorf("%s: exit %d, stdout %.100q, stderr %q", shape, got.code, got.stdout, got.stderr)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) > 0 {
		t.Errorf("%s: left behind %v %v", shape, left, err)
	}
}
