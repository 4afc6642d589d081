package linkedin_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin"
)

var update = flag.Bool("update", false, "write the generated part of README.md")

const (
	generatedFrom = "<!-- generated: go generate ./providers/linkedin -->\n"
	generatedTo   = "<!-- end of generated -->\n"
)

// TestREADME compares the generated part of README.md with what the adapter declares.
func TestREADME(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), generatedFrom)
	_, after, ok2 := strings.Cut(rest, generatedTo)
	if !ok || !ok2 {
		t.Fatal("README.md has lost its marks")
	}
	want := before + generatedFrom + declared(t, linkedin.New()) + generatedTo + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Error("README.md is stale: go generate ./providers/linkedin")
	}
}

// declared writes what a provider declares of itself.
func declared(t *testing.T, p providers.Provider) string {
	t.Helper()
	s, err := p.Open(providers.Conn{}, providers.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	spec := p.Spec()
	var w strings.Builder
	fmt.Fprintf(&w, "\n## What works\n\n| object | list | get | create | update | delete | LinkedIn itself filters by | a page |\n|---|---|---|---|---|---|---|---|\n")
	yes := map[bool]string{true: "yes", false: "–"}
	pages := map[providers.Object]int{
		providers.ObjectOrganization: s.Organizations.MaxPage, providers.ObjectCampaign: s.Campaigns.MaxPage, providers.ObjectGroup: s.Groups.MaxPage,
		providers.ObjectAd: s.Ads.MaxPage, providers.ObjectCreative: s.Creatives.MaxPage, providers.ObjectAsset: s.Assets.MaxPage,
		providers.ObjectTarget: s.Targets.MaxPage, providers.ObjectPromoted: s.Promoted.MaxPage,
	}
	for _, o := range providers.Support(s) {
		if o.Object == providers.ObjectReport {
			continue
		}
		if !o.Any() {
			fmt.Fprintf(&w, "| %s | use %s | | | | | | |\n", o.Object, o.Use)
			continue
		}
		fmt.Fprintf(&w, "| %s | %s | %s | %s | %s | %s | %s | %d |\n", o.Object, yes[o.List], yes[o.Get], yes[o.Create], yes[o.Update], yes[o.Delete],
			names(o.Upstream), pages[o.Object])
	}
	r := s.Reports
	fmt.Fprintf(&w, "\nReports by %s; dimensions: %s.\n", names(r.Levels), r.Combinations)
	fmt.Fprintf(&w, "\n## KPIs\n\n| KPI | LinkedIn's metric | with dimensions |\n|---|---|---|\n")
	for _, m := range r.Metrics {
		dims := "all"
		if m.Dimensions != nil {
			dims = names(m.Dimensions)
		}
		fmt.Fprintf(&w, "| %s | `%s` | %s |\n", m.KPI, m.Source, dims)
	}
	fmt.Fprintf(&w, "\nComputed by the gateway from these: %s.\n", names(ratios(r)))
	fmt.Fprintf(&w, "\n## Settings\n\n| setting | default | |\n|---|---|---|\n")
	for _, x := range spec.Settings {
		fmt.Fprintf(&w, "| `%s` | `%s` | %s |\n", x.Name, x.Default, x.Help)
	}
	fmt.Fprintf(&w, "\nThe default version ends on %s.\n", spec.Sunset.Format("2 January 2006"))
	fmt.Fprintf(&w, "\n## Scopes\n\nAsked for by default: %s. Besides: %s.\n", names(spec.Auth.Scopes), names(spec.Auth.Optional))
	fmt.Fprintf(&w, "\nHosts: %s.\n", names(spec.Hosts))
	return w.String()
}

// ratios lists the KPIs that the gateway computes out of what the platform gives.
func ratios(r providers.Reports) []normalize.Metric {
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

func names[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = "`" + string(v) + "`"
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, " ")
}
