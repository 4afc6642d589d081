package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/admux/admux"

// arrow says what the packages of one place may import of ours, and of others where that is bounded too.
// In a pattern `*` is one folder and a closing `/...` is the folder and all below it.
type arrow struct {
	from   string
	ours   []string // packages of this module
	others []string // packages of other modules; nil means any
	never  []string // packages of the standard library
}

// arrows is the architecture, from the leaf upwards. The first that matches a package is its rule.
func arrows() []arrow {
	std := []string{}
	noIO := []string{"context", "database/sql", "net", "net/http", "os"}
	kit := []string{"normalize", "providers", "providers/internal/*"}
	return []arrow{
		{from: "normalize", ours: nil, never: noIO},
		{from: "openapi", ours: nil},
		{from: "migrations", ours: nil},

		{from: "providers", ours: []string{"normalize"}, others: []string{"golang.org/x/oauth2/..."}},
		{from: "providers/internal/simkit/...", ours: []string{"providers/internal/simkit/..."}, others: std},
		{from: "providers/internal/*", ours: kit},
		{from: "providers/conformance/...", ours: []string{"normalize", "providers", "providers/conformance/..."}},
		{from: "providers/all", ours: []string{"providers", "providers/*", "providers/*/sim/...", "providers/internal/simkit"}},
		{from: "providers/*/sim/...", ours: []string{"providers/internal/simkit/...", "providers/*/sim/..."}},
		{from: "providers/*", ours: kit},

		{from: "gateway/problem", ours: []string{"providers", "normalize", "openapi"}},
		{from: "gateway/store/...", ours: []string{"normalize", "migrations", "gateway/store/..."}},
		{from: "gateway", ours: []string{"providers", "normalize", "openapi", "migrations", "gateway/..."}},
		{from: "gateway/...", ours: []string{"providers", "normalize", "openapi", "migrations", "gateway/*/..."}},

		{from: "cmd/admux/...", ours: []string{"..."}},
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	for name, p := range packages {
		place, _ := strings.CutPrefix(strings.TrimPrefix(name, module), "/")
		rule, ok := ruleOf(place)
		if !ok {
			t.Errorf("%s: no arrow says what it may import; add one with the folder", place)
			continue
		}
		for _, imported := range p.Imports {
			if fault := rule.check(place, imported); fault != "" {
				t.Error(fault)
			}
		}
	}
}

// TestImports_ruleSees proves that the rules refuse what they are there to refuse.
func TestImports_ruleSees(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, to string
		ok       bool
	}{
		{"normalize", module + "/providers", false},
		{"normalize", "net/http", false},
		{"providers", module + "/normalize", true},
		{"providers", "golang.org/x/oauth2", true},
		{"providers", "github.com/gin-gonic/gin", false},
		{"providers", module + "/gateway", false},
		{"providers/linkedin", module + "/providers/internal/rest", true},
		{"providers/linkedin", module + "/providers/internal/simkit", false},
		{"providers/linkedin", module + "/providers/linkedin/sim", false},
		{"providers/linkedin", module + "/providers/meta", false},
		{"providers/linkedin/sim", module + "/providers/internal/simkit", true},
		{"providers/linkedin/sim", module + "/providers", false},
		{"providers/linkedin/sim", module + "/normalize", false},
		{"providers/linkedin/sim", module + "/providers/meta/sim", false},
		{"providers/internal/simkit", "golang.org/x/oauth2", false},
		{"providers/internal/rest", module + "/providers/internal/simkit", false},
		{"providers/conformance", module + "/providers/linkedin", false},
		{"gateway/ads", module + "/gateway/store", true},
		{"gateway/ads", module + "/gateway", false},
		{"gateway/ads", module + "/providers/linkedin", false},
		{"gateway", module + "/providers/all", false},
		{"gateway/store", module + "/providers", false},
		{"gateway/store", module + "/normalize", true},
		{"cmd/admux", module + "/providers/all", true},
	} {
		rule, ok := ruleOf(tt.from)
		if !ok {
			t.Errorf("%s: no rule", tt.from)
			continue
		}
		if fault := rule.check(tt.from, tt.to); (fault == "") != tt.ok {
			t.Errorf("%s imports %s: allowed %t, want %t", tt.from, tt.to, fault == "", tt.ok)
		}
	}
}

func ruleOf(place string) (arrow, bool) {
	for _, a := range arrows() {
		if matches(a.from, place) {
			return a, true
		}
	}
	return arrow{}, false
}

// check tells what is wrong with one import, or nothing.
func (a arrow) check(place, imported string) string {
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	switch {
	case isOurs && forbiddenKin(place, ours), isOurs && !matchesAny(a.ours, ours):
		return fmt.Sprintf("%s imports %s: its arrows are %q", place, ours, a.ours)
	case isOurs:
		return ""
	case !strings.Contains(strings.Split(imported, "/")[0], "."): // the standard library has no dot in its first element
		if slices.Contains(a.never, imported) {
			return fmt.Sprintf("%s imports %s: it must stay free of I/O", place, imported)
		}
	case a.others != nil && !matchesAny(a.others, imported):
		return fmt.Sprintf("%s imports %s: of other modules it may use %q", place, imported, a.others)
	}
	return ""
}

// forbiddenKin holds what a pattern of folders cannot say: the adapters' kit and the simulators' kit never meet, a
// simulator sees no other platform's, and an adapter no other platform.
func forbiddenKin(place, ours string) bool {
	if matches("cmd/admux/...", place) || place == "providers/all" {
		return false
	}
	const simkit = "providers/internal/simkit"
	fromSim := matches("providers/*/sim/...", place)
	if matches(simkit+"/...", ours) {
		return !fromSim && !matches(simkit+"/...", place)
	}
	if fromSim && matches("providers/*/sim/...", ours) {
		return strings.Split(place, "/")[1] != strings.Split(ours, "/")[1]
	}
	return false
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	tree, below := strings.CutSuffix(pattern, "/...")
	if !below {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	}
	parts := strings.Split(name, "/")
	depth := strings.Count(tree, "/") + 1
	if len(parts) < depth {
		return false
	}
	ok, err := path.Match(tree, strings.Join(parts[:depth], "/"))
	return err == nil && ok
}

type listed struct {
	ImportPath string
	Imports    []string
}

// listPackages asks the go command for every package of the module and what each imports outside its tests.
func listPackages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages[p.ImportPath] = p
	}
	if len(packages) < 3 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	return packages
}
