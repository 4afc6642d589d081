package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// mediaTypes are those of the shapes of a report.
func mediaTypes() map[string]string {
	return map[string]string{"json": "application/json", "table": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv",
		"parquet": "application/vnd.apache.parquet"}
}

// taken is an answer as it came over the wire, whole or not.
type taken struct {
	status int
	header http.Header
	wire   []byte // as it was sent
	cut    error  // what broke it off
	body   []byte // unpacked
	short  error  // what the decoder says of its end
}

// take asks for a report in one shape and coding, without any help of the client's: what is packed stays packed.
func take(t testing.TB, demo announced, path string, query url.Values, accept, coding string) taken {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, demo.URL+path+"?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+demo.APIKey)
	req.Header.Set("Accept-Encoding", coding)
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := taken{status: res.StatusCode, header: res.Header}
	got.wire, got.cut = io.ReadAll(res.Body)
	got.body, got.short = unpack(t, res.Header.Get("Content-Encoding"), got.wire)
	return got
}

func unpack(t testing.TB, coding string, wire []byte) ([]byte, error) {
	t.Helper()
	switch coding {
	case "":
		return wire, nil
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(wire))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "zstd":
		r, err := zstd.NewReader(bytes.NewReader(wire))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	t.Fatalf("Content-Encoding: %s", coding)
	return nil, nil
}

// row is one row of a report as texts; what it has no value of is not there.
type row map[string]string

// rowsOf reads the rows of a flat shape, each by a reader that is not admux's.
func rowsOf(t testing.TB, shape string, body []byte) []row {
	t.Helper()
	switch shape {
	case "csv":
		return csvRows(t, body)
	case "ndjson":
		return jsonRows(t, json.NewDecoder(bytes.NewReader(body)))
	case "table":
		var table struct{ Rows json.RawMessage }
		if err := json.Unmarshal(body, &table); err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(table.Rows))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		return jsonRows(t, dec)
	}
	t.Fatalf("%s has no rows", shape)
	return nil
}

func csvRows(t testing.TB, body []byte) []row {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []row
	for _, record := range records[1:] {
		r := row{}
		for i, v := range record {
			if v != "" {
				r[records[0][i]] = v
			}
		}
		out = append(out, r)
	}
	return out
}

func jsonRows(t testing.TB, dec *json.Decoder) []row {
	t.Helper()
	dec.UseNumber()
	var out []row
	for dec.More() {
		var values map[string]any
		if err := dec.Decode(&values); err != nil {
			t.Fatalf("row %d: %v", len(out), err)
		}
		r := row{}
		for column, v := range values {
			r[column] = cellText(v)
		}
		out = append(out, r)
	}
	return out
}

// contractRows turns the contract's array around: a row for each campaign and day, with its numbers alone.
func contractRows(t testing.TB, body []byte) []row {
	t.Helper()
	var entries []adsReport
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&entries); err != nil {
		t.Fatal(err)
	}
	found := map[string]row{}
	for _, e := range entries {
		for _, m := range e.Metrics {
			key := strings.Join([]string{e.ConnectionID, e.OrganizationID, m.Campaign.ID, m.DimensionValue}, " ")
			if found[key] == nil {
				found[key] = row{"connection_id": e.ConnectionID, "organization_id": e.OrganizationID, "campaign_id": m.Campaign.ID, "date": m.DimensionValue}
			}
			if _, twice := found[key][strings.ToLower(m.Type)]; twice {
				t.Errorf("%s: %s comes twice", key, m.Type)
			}
			found[key][strings.ToLower(m.Type)] = m.Value.String()
		}
	}
	return slices.Collect(maps.Values(found))
}

// lines are rows in an order of their own, for those come as the platforms answer; of the columns given, or of all.
func linesOf(rows []row, columns ...string) []string {
	var out []string
	for _, r := range rows {
		var parts []string
		for _, column := range slices.Sorted(maps.Keys(r)) {
			if len(columns) == 0 || slices.Contains(columns, column) {
				parts = append(parts, fmt.Sprintf("%s=%q", column, r[column]))
			}
		}
		out = append(out, strings.Join(parts, " "))
	}
	slices.Sort(out)
	return out
}

// sumsOf adds up columns of numbers, and counts in how many rows each has one.
func sumsOf(t testing.TB, rows []row, columns []string) (sums map[string]string, counts map[string]int) {
	t.Helper()
	sums, counts = map[string]string{}, map[string]int{}
	for _, column := range columns {
		var sum big.Rat
		for _, r := range rows {
			if text, has := r[column]; has {
				v, ok := new(big.Rat).SetString(text)
				if !ok {
					t.Fatalf("%s: %q is no number", column, text)
				}
				sum.Add(&sum, v)
				counts[column]++
			}
		}
		if counts[column] > 0 {
			sums[column] = digits(&sum)
		}
	}
	return sums, counts
}

// duck is what DuckDB tells of a Parquet file.
type duck struct {
	Error     string
	Types     map[string]string
	Encodings map[string][]string
	RowGroups int `json:"row_groups"`
	Rows      int
	Counts    map[string]int
	Sums      map[string]*string
	Texts     []row
}

// readParquet reads files with DuckDB; all rows too where they are asked for.
func readParquet(t testing.TB, rows bool, files ...[]byte) []duck {
	t.Helper()
	if _, err := os.Stat("duckdb/.venv/.installed"); err != nil {
		if testing.Short() {
			t.Skip("needs DuckDB: run `make deps`, then without -short")
		}
		t.Fatal("DuckDB is not installed: run `make deps`")
	}
	args, dir := []string{"duckdb/check.py", map[bool]string{true: "rows", false: "sums"}[rows]}, t.TempDir()
	for i, b := range files {
		args = append(args, filepath.Join(dir, fmt.Sprint(i, ".parquet")))
		if err := os.WriteFile(args[len(args)-1], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "duckdb/.venv/bin/python", args...)
	stderr := newLines()
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.tail())
	}
	var told []duck
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var d duck
		if err := dec.Decode(&d); err != nil {
			t.Fatal(err)
		}
		for _, r := range d.Texts {
			for column, text := range r {
				if strings.HasPrefix(d.Types[column], "DECIMAL") {
					r[column] = digits(rat(t, text))
				}
			}
		}
		told = append(told, d)
	}
	if len(told) != len(files) {
		t.Fatalf("DuckDB told of %d files of %d", len(told), len(files))
	}
	return told
}

func rat(t testing.TB, text string) *big.Rat {
	t.Helper()
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return v
}

// ago is a day so many days before today, in UTC.
func ago(days int) string { return daysAgo(days).Format("2006-01-02") }

// fromSimulator reads what a simulator tells of itself.
func fromSimulator(t testing.TB, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return body
}
