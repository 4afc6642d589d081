package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Adding a platform takes its folder, its simulator, and one line in each of the two lists: admux is built so, and the
// platform connects, lists and reports like any other.
func TestAddingAPlatform(t *testing.T) {
	t.Parallel()
	demo, err := startDemoOf(t.Context(), buildWithToy(t), "--dir", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.stop(); err != nil {
			t.Error(err)
		}
	})
	toy := demo.announced.connection("toyads")
	a := newAPI(t, demo.announced)

	var campaigns []struct{ ID, Name string }
	a.get(ads(toy, "campaign"), nil, &campaigns)
	if len(campaigns) != 1 || campaigns[0].Name != "Building blocks" {
		t.Errorf("campaigns %+v", campaigns)
	}
	var table struct {
		Rows   []map[string]any
		Totals map[string]any
	}
	query := url.Values{"type": {"CLICKS,COST,CPC"}, "dimension": {"DATE"}, "format": {"table"}, "start_gte": {"2026-01-01"}, "end_lt": {"2026-01-05"}}
	a.get(ads(toy, "report"), query, &table)
	if tt := table.Totals; len(table.Rows) != 4 || fmt.Sprint(tt["cost"], " ", tt["clicks"], " ", tt["cpc"], " ", tt["currency"]) != "5 12 0.416667 EUR" {
		t.Errorf("%d rows, totals %v", len(table.Rows), table.Totals)
	}
	query.Set("level", "campaign")
	a.get(ads("all", "report"), query, &table)
	platforms := map[any]bool{}
	for _, r := range table.Rows {
		platforms[r["platform"]] = true
	}
	if !platforms["toyads"] || len(platforms) < 2 {
		t.Errorf("platforms of a report over all connections: %v", platforms)
	}
	var integrations []struct{ Type string }
	a.get("/unified/integration", nil, &integrations)
	if len(integrations) != len(demo.announced.Connections) {
		t.Errorf("integrations %+v", integrations)
	}
}

// buildWithToy builds the binary with the toy platform, without a change to the tree: the compiler is told what the
// files would hold.
func buildWithToy(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace := map[string]string{
		filepath.Join(root, "providers/toy/toy.go"):     filepath.Join(root, "cmd/admux/e2e/testdata/toy/toy.go"),
		filepath.Join(root, "providers/toy/sim/sim.go"): filepath.Join(root, "cmd/admux/e2e/testdata/toy/sim/sim.go"),
	}
	for name, line := range map[string][2]string{
		"all.go":  {"providers/toy", "\t\ttoy.New(),\n"},
		"sims.go": {"providers/toy/sim", "\t\t{ID: \"toyads\", New: func(SimOptions) http.Handler { return toy.New() }},\n"},
	} {
		path := filepath.Join(root, "providers/all", name)
		replace[path] = filepath.Join(dir, name)
		if err := os.WriteFile(replace[path], []byte(withLine(t, path, line[0], line[1])), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "admux")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, "github.com/admux/admux/cmd/admux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// withLine is a list of platforms with one more at its end, and its import.
func withLine(t *testing.T, path, pkg, line string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, added := string(b), false
	text = strings.Replace(text, "import (\n", fmt.Sprintf("import (\n\ttoy \"github.com/admux/admux/%s\"\n", pkg), 1)
	if end := strings.LastIndex(text, "\t}\n}\n"); end > 0 {
		text, added = text[:end]+line+text[end:], true
	}
	if !added {
		t.Fatalf("%s has no list to add to", path)
	}
	return text
}
