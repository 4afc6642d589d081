package e2e

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func (a announced) env() []string {
	return []string{"ADMUX_URL=" + a.URL, "ADMUX_API_KEY=" + a.APIKey}
}

// TestCLI_reportShapes: the three shapes hold the same cells, those of the API's table.
func TestCLI_reportShapes(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	connection := demo.connection("linkedinads")
	var table struct {
		Columns []string
		Rows    []map[string]any
	}
	newAPI(t, demo).get(ads(connection, "report"), url.Values{"type": {showsReport}, "dimension": {"DATE"}, "format": {"table"}, "sort": {"date"}}, &table)
	report := func(format string, more ...string) result {
		t.Helper()
		got := admux(t, demo.env(), append([]string{"report", connection, "--type", showsReport, "--dimension", "DATE", "--format", format}, more...)...)
		if got.code != 0 {
			t.Fatalf("%s: exit %d: %s", format, got.code, got.stderr)
		}
		return got
	}

	records, err := csv.NewReader(strings.NewReader(report("csv", "--sort", "date").stdout)).ReadAll()
	if err != nil || len(records) != len(table.Rows)+1 || !slices.Equal(records[0], table.Columns) {
		t.Fatalf("CSV: %d records of %d rows, columns %q, %v", len(records), len(table.Rows), records[0], err)
	}
	for i, row := range table.Rows {
		for j, column := range table.Columns {
			if want := cellText(row[column]); records[i+1][j] != want {
				t.Errorf("CSV row %d %s is %q, want %q", i, column, records[i+1][j], want)
			}
		}
	}
	lines := strings.Split(strings.TrimSpace(report("ndjson", "--sort", "date").stdout), "\n")
	if len(lines) != len(table.Rows) {
		t.Errorf("NDJSON: %d lines of %d rows", len(lines), len(table.Rows))
	}
	printed := report("table", "--sort", "date").stdout
	if head, _, ruled := strings.Cut(printed, "\n---"); !ruled || strings.Count(head, "\n") != len(table.Rows) || !strings.Contains(printed, "\ntotal") {
		t.Errorf("table: %d lines of %d rows:\n%s", strings.Count(printed, "\n"), len(table.Rows), printed)
	}
	var array []map[string]any
	if err := json.Unmarshal([]byte(report("json").stdout), &array); err != nil || len(array) == 0 {
		t.Errorf("JSON: %d reports, %v", len(array), err)
	}
}

func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func TestCLI_reportFaults(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	connection := demo.connection("linkedinads")
	file := filepath.Join(t.TempDir(), "report.csv")
	for name, tt := range map[string]struct {
		env  []string
		args []string
		code int
		tell string
	}{
		"unknown KPI":        {demo.env(), []string{connection, "--type", "IMPRESSION"}, 1, "IMPRESSIONS"},
		"unknown connection": {demo.env(), []string{"conn_none"}, 1, "not_found"},
		"malformed day":      {demo.env(), []string{connection, "--start", "yesterday"}, 1, "start_gte"},
		"wrong key":          {[]string{"ADMUX_URL=" + demo.URL, "ADMUX_API_KEY=admux_wrong"}, []string{connection}, 1, "unauthorized"},
		"no key":             {[]string{"ADMUX_URL=" + demo.URL}, []string{connection}, 2, "ADMUX_API_KEY"},
		"nobody there":       {[]string{"ADMUX_URL=http://127.0.0.1:1", "ADMUX_API_KEY=k"}, []string{connection}, 1, "refused"},
	} {
		got := admux(t, tt.env, append([]string{"report", "-o", file}, tt.args...)...)
		if got.code != tt.code || got.stdout != "" || !strings.Contains(got.stderr, tt.tell) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", name, got.code, got.stdout, got.stderr)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: left a file", name)
		}
	}
}

func TestCLI_connections(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	connection := demo.announced.connection("linkedinads")
	env := demo.announced.env()
	if got := admux(t, env, "connection", "list"); got.code != 0 || !strings.Contains(got.stdout, connection) || !strings.Contains(got.stdout, "healthy") {
		t.Errorf("list: exit %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := admux(t, env, "connection", "show", connection); got.code != 0 || !json.Valid([]byte(got.stdout)) {
		t.Errorf("show: exit %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := admux(t, env, "connection", "delete", connection); got.code != 2 {
		t.Errorf("delete without --yes: exit %d", got.code)
	}
	if got := admux(t, env, "connection", "delete", connection, "--yes"); got.code != 0 {
		t.Errorf("delete: exit %d %s", got.code, got.stderr)
	}
	if got := admux(t, env, "connection", "show", connection); got.code != 1 || !strings.Contains(got.stderr, "404") {
		t.Errorf("show what was deleted: exit %d %s", got.code, got.stderr)
	}
}

func TestCLI_keys(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	key := demo.newKey(t, "read")
	a := newAPI(t, demo.announced).withKey(key)
	a.get("/unified/connection", nil, nil)
	if got := a.do("DELETE", "/unified/connection/"+demo.announced.connection("linkedinads"), nil, nil); got.status != 403 {
		t.Errorf("a read key deletes: %d %s", got.status, got.body)
	}
	listed := admux(t, nil, append([]string{"key", "list"}, demo.storeArgs()...)...)
	if strings.Contains(listed.stdout, key) {
		t.Error("the list shows a whole key")
	}
	id := ""
	for line := range strings.Lines(listed.stdout) {
		if fields := strings.Fields(line); strings.Contains(line, key[:10]) && strings.Contains(line, " read ") {
			id = fields[0]
		}
	}
	if id == "" {
		t.Fatalf("the key is not in the list:\n%s", listed.stdout)
	}
	if got := admux(t, nil, append([]string{"key", "revoke", id}, demo.storeArgs()...)...); got.code != 0 {
		t.Fatalf("revoke: %s", got.stderr)
	}
	eventually(t, "the revoked key is refused", func() error {
		if got := a.do("GET", "/unified/connection", nil, nil); got.status != 401 {
			return stillError(got.status)
		}
		return nil
	})
}

// TestCLI_rotateKeys seals everything anew under a running gateway, and finds nothing left to do the second time.
func TestCLI_rotateKeys(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	args := demo.storeArgs()
	fresh := strings.TrimSpace(admux(t, nil, "key", "generate").stdout)
	old, err := os.ReadFile(args[3])
	if err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(t.TempDir(), "both.key")
	if err := os.WriteFile(both, append([]byte(fresh+"\n"), old...), 0o600); err != nil {
		t.Fatal(err)
	}
	rotated := admux(t, nil, "key", "rotate", "--database-url", args[1], "--key-file", both)
	if rotated.code != 0 || strings.HasPrefix(rotated.stderr, "0 ") {
		t.Fatalf("exit %d: %s", rotated.code, rotated.stderr)
	}
	again := admux(t, nil, "key", "rotate", "--database-url", args[1], "--key-file", both)
	if again.code != 0 || !strings.HasPrefix(again.stderr, "0 ") {
		t.Errorf("nothing should be left to seal: exit %d: %s", again.code, again.stderr)
	}
}
