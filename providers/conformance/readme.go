package conformance

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// README compares the generated part of the README.md in a platform's folder with what the adapter declares, or writes
// it.
func README(t *testing.T, p providers.Provider, update bool) {
	t.Helper()
	Generated(t, "README.md", Declared(t, p), update)
}

const (
	generatedFrom = "<!-- generated: make docs -->\n"
	generatedTo   = "<!-- end of generated -->\n"
)

// Generated compares the generated part of a file with what it should be, or writes it.
func Generated(t *testing.T, file, want string, update bool) {
	t.Helper()
	b, err := os.ReadFile(file) //nolint:gosec // of the tree
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), generatedFrom)
	_, after, ok2 := strings.Cut(rest, generatedTo)
	if !ok || !ok2 {
		t.Fatalf("%s has lost its marks", file)
	}
	whole := before + generatedFrom + want + generatedTo + after
	switch {
	case string(b) == whole:
	case !update:
		t.Errorf("%s is stale: make docs", file)
	default:
		if err := os.WriteFile(file, []byte(whole), 0o644); err != nil { //nolint:gosec // for everybody to read
			t.Fatal(err)
		}
	}
}

// Declared is what a provider declares of itself, as Markdown.
func Declared(t testing.TB, p providers.Provider) string {
	t.Helper()
	s, err := p.Open(providers.Conn{}, providers.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	var w strings.Builder
	declareObjects(&w, p.Spec(), s)
	declareReports(&w, s.Reports)
	declareSpec(&w, p.Spec())
	declareBuckets(&w, s)
	return w.String()
}

func declareObjects(w *strings.Builder, spec providers.Spec, s *providers.Session) {
	fmt.Fprintf(w, "\n## What works\n\n| object | list | get | create | update | delete | %s itself filters by | a page |\n|---|---|---|---|---|---|---|---|\n", spec.Name)
	pages := pageSizes(s)
	for _, o := range providers.Support(s) {
		switch {
		case o.Object == providers.ObjectReport:
		case !o.Any():
			fmt.Fprintf(w, "| %s | use %s | | | | | | |\n", o.Object, o.Use)
		default:
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %d |\n", o.Object, yes(o.List), yes(o.Get), yes(o.Create), yes(o.Update), yes(o.Delete),
				Names(o.Upstream), pages[o.Object])
		}
	}
}

func pageSizes(s *providers.Session) map[providers.Object]int {
	return map[providers.Object]int{
		providers.ObjectOrganization: s.Organizations.MaxPage, providers.ObjectCampaign: s.Campaigns.MaxPage, providers.ObjectGroup: s.Groups.MaxPage,
		providers.ObjectAd: s.Ads.MaxPage, providers.ObjectCreative: s.Creatives.MaxPage, providers.ObjectAsset: s.Assets.MaxPage,
		providers.ObjectTarget: s.Targets.MaxPage, providers.ObjectPromoted: s.Promoted.MaxPage, providers.ObjectInsertionOrder: s.InsertionOrders.MaxPage,
	}
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "–"
}

func declareReports(w *strings.Builder, r providers.Reports) {
	fmt.Fprintf(w, "\nReports by %s; dimensions: %s.\n", Names(r.Levels), strings.TrimSuffix(r.Combinations, "."))
	if len(r.Attributions) > 0 {
		fmt.Fprintf(w, "\nWindows that `attribution` may ask for: %s.\n", Names(r.Attributions))
	}
	fmt.Fprint(w, "\n## KPIs\n\n| KPI | the platform's metric | levels | dimensions |\n|---|---|---|---|\n")
	for _, m := range r.Metrics {
		fmt.Fprintf(w, "| %s | `%s` | %s | %s |\n", m.KPI, strings.ReplaceAll(m.Source, "|", "\\|"), some(m.Levels), some(m.Dimensions))
	}
	fmt.Fprintf(w, "\nComputed by the gateway from these: %s.\n", Names(Ratios(r)))
}

func some[T ~string](of []T) string {
	switch {
	case of == nil:
		return "all"
	case len(of) == 0:
		return "none"
	}
	return Names(of)
}

func declareSpec(w *strings.Builder, spec providers.Spec) {
	if len(spec.Settings) > 0 {
		fmt.Fprint(w, "\n## Settings\n\n| setting | default | |\n|---|---|---|\n")
	}
	for _, x := range spec.Settings {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", x.Name, code(x.Default), x.Help)
	}
	if !spec.Sunset.IsZero() {
		fmt.Fprintf(w, "\nThe default version ends on %s.\n", spec.Sunset.Format("2 January 2006"))
	}
	fmt.Fprintf(w, "\n## Scopes\n\nAsked for by default: %s. Besides: %s.\n", Names(spec.Auth.Scopes), Names(spec.Auth.Optional))
	fmt.Fprintf(w, "\nHosts: %s.\n", Names(spec.Hosts))
}

func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

// declareBuckets shows the rate limits that quota tells, of one account.
func declareBuckets(w *strings.Builder, s *providers.Session) {
	if s.Buckets == nil {
		return
	}
	fmt.Fprint(w, "\n## Rate limits that are told\n\n| limit | counted for | unit |\n|---|---|---|\n")
	for _, b := range s.Buckets([]string{"1"}) {
		fmt.Fprintf(w, "| %s | %s | %s |\n", b.Title, b.Scope, b.Unit)
	}
}

// Ratios lists the KPIs that the gateway computes out of what a platform gives.
func Ratios(r providers.Reports) []normalize.Metric {
	d := normalize.Derive(normalize.Metrics(), r.KPIs(), false)
	var out []normalize.Metric
	for _, m := range d.Asked {
		k, _ := normalize.Lookup(m)
		if k.Formula != "" && !slices.Contains(d.Unsupported, m) {
			out = append(out, m)
		}
	}
	return out
}

// Names sets words as code, one after the other.
func Names[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = "`" + string(v) + "`"
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, " ")
}
