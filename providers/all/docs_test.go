package all_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
	"github.com/admux/admux/providers/conformance"
)

//go:generate go test -count=1 -run ^TestDocs$ . -update

var update = flag.Bool("update", false, "write the generated part of ../README.md")

// The tables of all platforms side by side are what the adapters declare, today.
func TestDocs(t *testing.T) {
	platforms := opened(t)
	var w strings.Builder
	kpiTable(&w, platforms)
	supportTable(&w, platforms)
	reportTable(&w, platforms)
	conformance.Generated(t, "../README.md", w.String(), *update)
}

type platform struct {
	spec    providers.Spec
	session *providers.Session
}

func opened(t *testing.T) []platform {
	t.Helper()
	var out []platform
	for _, p := range all.All() {
		s, err := p.Open(providers.Conn{}, providers.Deps{})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, platform{p.Spec(), s})
	}
	return out
}

// heads begins a table with a column for each platform.
func heads(w *strings.Builder, first string, platforms []platform) {
	fmt.Fprintf(w, "| %s |", first)
	for _, p := range platforms {
		fmt.Fprintf(w, " %s |", p.spec.Name)
	}
	fmt.Fprintf(w, "\n|%s\n", strings.Repeat("---|", strings.Count(first, "|")+1+len(platforms)))
}

// kpiTable says where each KPI comes from on each platform.
func kpiTable(w *strings.Builder, platforms []platform) {
	fmt.Fprint(w, "\n## KPIs\n\n")
	heads(w, "KPI | unit", platforms)
	for _, m := range normalize.Metrics() {
		k, _ := normalize.Lookup(m)
		fmt.Fprintf(w, "| %s | %s |", m, k.Unit)
		for _, p := range platforms {
			fmt.Fprintf(w, " %s |", source(k, p.session.Reports))
		}
		fmt.Fprintln(w)
	}
}

func source(k normalize.KPI, r providers.Reports) string {
	i := slices.IndexFunc(r.Metrics, func(m providers.Metric) bool { return m.KPI == k.Metric })
	switch {
	case i >= 0:
		return "`" + strings.ReplaceAll(r.Metrics[i].Source, "|", "\\|") + "`"
	case slices.Contains(conformance.Ratios(r), k.Metric):
		return k.Formula
	}
	return "–"
}

// supportTable says which objects there are, and what works on them.
func supportTable(w *strings.Builder, platforms []platform) {
	fmt.Fprint(w, "\n## Objects\n\n`L` list, `G` get, `C` create, `U` update, `D` delete.\n\n")
	heads(w, "object", platforms)
	for i, o := range providers.Support(platforms[0].session) {
		if o.Object == providers.ObjectReport {
			continue
		}
		fmt.Fprintf(w, "| %s |", o.Object)
		for _, p := range platforms {
			fmt.Fprintf(w, " %s |", letters(providers.Support(p.session)[i]))
		}
		fmt.Fprintln(w)
	}
}

func letters(o providers.ObjectSupport) string {
	if !o.Any() {
		if o.Use != "" {
			return "use " + o.Use
		}
		return "–"
	}
	s := ""
	for _, x := range []struct {
		has    bool
		letter string
	}{{o.List, "L"}, {o.Get, "G"}, {o.Create, "C"}, {o.Update, "U"}, {o.Delete, "D"}} {
		if x.has {
			s += x.letter
		}
	}
	return "`" + s + "`"
}

// reportTable says by what reports can be split.
func reportTable(w *strings.Builder, platforms []platform) {
	fmt.Fprint(w, "\n## Reports\n\n")
	heads(w, "", platforms)
	for _, l := range normalize.Levels() {
		fmt.Fprintf(w, "| level `%s` |", l)
		for _, p := range platforms {
			fmt.Fprintf(w, " %s |", mark(slices.Contains(p.session.Reports.Levels, l)))
		}
		fmt.Fprintln(w)
	}
	for _, name := range normalize.Enums()["Dimension"] {
		d := normalize.Dimension(name)
		fmt.Fprintf(w, "| dimension `%s` |", d)
		for _, p := range platforms {
			fmt.Fprintf(w, " %s |", mark(slices.Contains(p.session.Reports.Dimensions, d)))
		}
		fmt.Fprintln(w)
	}
	row := func(name string, of func(platform) string) {
		fmt.Fprintf(w, "| %s |", name)
		for _, p := range platforms {
			fmt.Fprintf(w, " %s |", of(p))
		}
		fmt.Fprintln(w)
	}
	row("together", func(p platform) string { return p.session.Reports.Combinations })
	row("`attribution`", func(p platform) string { return conformance.Names(p.session.Reports.Attributions) })
}

func mark(v bool) string {
	if v {
		return "yes"
	}
	return "–"
}
