package google

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

func TestNormalizationKPIs(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	byKPI := map[normalize.Metric]providers.Metric{}
	for _, m := range declared() {
		if _, twice := byKPI[m.KPI]; twice {
			t.Errorf("%s is declared twice", m.KPI)
		}
		byKPI[m.KPI] = m
	}
	asked := 0
	for _, row := range n.KPIs() {
		if row.Query == "none" || strings.HasPrefix(row.Expr, "fx(") { // computed from others by the dictionary, or to be converted
			continue
		}
		asked++
		m, ok := byKPI[row.Metric]
		if !ok || m.Source != row.Expr {
			t.Errorf("%s: %q, the table says %q", row.Metric, m.Source, row.Expr)
		}
		dims, levels := m.Dimensions, m.Levels
		if dims == nil {
			dims = reportDimensions
		}
		if levels == nil {
			levels = reportLevels
		}
		own, _ := metricOf(row.Metric)
		// The table says nothing of what Google lacks for one resource or another.
		wantDims := slices.DeleteFunc(slices.Clone(row.Dimensions), func(d normalize.Dimension) bool {
			sp, ok := splitOf(d)
			return ok && sp.view != viewNone && !own.within(views[sp.view])
		})
		wantLevels := slices.DeleteFunc(slices.Clone(row.Levels), func(l normalize.Level) bool { return !own.within(resources[depthOf(l)]) })
		if !sameSet(dims, wantDims) {
			t.Errorf("%s with %v, the table says %v", row.Metric, dims, wantDims)
		}
		if !sameSet(levels, wantLevels) {
			t.Errorf("%s at %v, the table says %v", row.Metric, levels, wantLevels)
		}
		if (row.Query == "second") != (own.made == madeCategory) {
			t.Errorf("%s: the table says query %s", row.Metric, row.Query)
		}
		if own.made == madeCategory {
			list := leadCategories
			if own.of[0] == colRevenue {
				list = revenueCategories
			}
			if !strings.HasSuffix(row.Expr, "("+strings.Join(list, ",")+")") {
				t.Errorf("%s: categories %v, the table says %q", row.Metric, list, row.Expr)
			}
		}
	}
	if asked != len(byKPI) {
		t.Errorf("%d KPIs declared, the table has %d", len(byKPI), asked)
	}
	for _, m := range n.Unsupported() {
		if _, ok := metricOf(m); ok {
			t.Errorf("%s is declared, the table has nothing for it", m)
		}
	}
}

// Each KPI's expression names the metrics that it is made of.
func TestMetricsAreMadeOfTheirSources(t *testing.T) {
	t.Parallel()
	for _, m := range metrics {
		for _, c := range m.columns() {
			if field := columnSources[c].field; !strings.Contains(m.source, field) {
				t.Errorf("%s is %q, and is made of %s", m.kpi, m.source, field)
			}
		}
		c := columnSources[m.of[0]]
		for u, sign := range map[unit]string{unitMicros: "/1e6", unitMillis: "/1000", unitPercent: "*100", unitRate: "*impressions"} {
			if (c.unit == u) != strings.HasSuffix(m.source, sign) {
				t.Errorf("%s is %q, and its unit is another", m.kpi, m.source)
			}
		}
	}
}

func TestNormalizationDimensions(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	for _, row := range n.Dimensions() {
		if row.Supported != slices.Contains(reportDimensions, row.Dimension) {
			t.Errorf("%s: supported %v", row.Dimension, row.Supported)
		}
		sp, ok := splitOf(row.Dimension)
		if ok && !strings.Contains(row.Param, strings.TrimPrefix(sp.field, "geographic_view.")) {
			t.Errorf("%s: %s, the table says %q", row.Dimension, sp.field, row.Param)
		}
		if !ok && len(row.Values) > 0 {
			t.Errorf("%s has values in the table, and is no split", row.Dimension)
		}
		for _, p := range row.Values {
			if p.Special {
				t.Fatalf("%s: row %q is not known here", row.Dimension, p.Wire)
			}
			if got := word(row.Dimension, p.Wire); got != p.Ours {
				t.Errorf("%s %s: %s, want %s", row.Dimension, p.Wire, got, p.Ours)
			}
		}
		if ok && row.Dimension != normalize.DimensionCountry {
			if got := word(row.Dimension, ""); got != unknown {
				t.Errorf("%s unset: %s", row.Dimension, got)
			}
			want := "NEVER_SEEN"
			if row.Dimension == normalize.DimensionDevice {
				want = "OTHER"
			}
			if got := word(row.Dimension, "NEVER_SEEN"); got != want {
				t.Errorf("%s never seen: %s", row.Dimension, got)
			}
		}
	}
	for level, text := range n.LevelPivots() {
		d := depthOf(level)
		s := &shape{level: level, depth: d}
		want := "FROM " + resources[d]
		if s.assets() {
			want += " + FROM " + resourceAssetGroups
		}
		if level == normalize.LevelCreative {
			want = "as ad"
		}
		if text != want {
			t.Errorf("level %s: %s, the table says %q", level, want, text)
		}
	}
}

func TestNormalizationAttributionAndTime(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, platformID)
	var a struct {
		Platforms map[string]struct {
			Choice  any    `json:"choice"`
			Default string `json:"default"`
		} `json:"platforms"`
	}
	var times struct {
		Platforms map[string]struct {
			Restates struct {
				Delivery   int `json:"delivery"`
				Conversion int `json:"conversion"`
				Most       int `json:"conversion_max"`
			} `json:"restates_default"`
		} `json:"platforms"`
		Day map[string]string `json:"conversion_day"`
	}
	if err := json.Unmarshal(n.Section("attribution"), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(n.Section("time"), &times); err != nil {
		t.Fatal(err)
	}
	said := (&shape{}).meta(providers.ReportQuery{}, normalize.Organization{}).Attribution
	if p := a.Platforms[platformID]; p.Choice != false || !strings.HasPrefix(p.Default, "per conversion action") || !strings.HasPrefix(said, "per conversion action") {
		t.Errorf("attribution %q, the table says %+v", said, p)
	}
	r := times.Platforms[platformID].Restates
	if r.Delivery != deliveryRestates || r.Conversion != conversionRestates || r.Most != mostRestates {
		t.Errorf("restates %d, %d, %d; the table says %+v", deliveryRestates, conversionRestates, mostRestates, r)
	}
	if times.Day[platformID] != "interaction" || !strings.Contains(said, "dated by the ad interaction") {
		t.Errorf("conversions are dated by %q in the table", times.Day[platformID])
	}
}

// The table's words for combinations are ours.
func TestNormalizationCombinations(t *testing.T) {
	t.Parallel()
	var d struct {
		Combinations map[string]string `json:"combinations"`
	}
	if err := json.Unmarshal(conformance.NormalizationOf(t, platformID).Section("dimensions"), &d); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"PLATFORM, DEVICE, PLATFORM_POSITION combine with each other", "HOUR at organization, campaign, group only", "COUNTRY at organization, campaign, group", "never both together"} {
		if !strings.Contains(d.Combinations[platformID], part) {
			t.Errorf("the table does not say %q any more: %q", part, d.Combinations[platformID])
		}
	}
}

func sameSet[T ~string](a, b []T) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}
