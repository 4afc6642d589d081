package meta

import (
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

func TestNormalizationKPIs(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	byKPI := map[normalize.Metric]providers.Metric{}
	for _, m := range declared() {
		byKPI[m.KPI] = m
	}
	asked := 0
	for _, row := range n.KPIs() {
		if row.Query == "none" { // computed from others by the dictionary
			continue
		}
		if strings.HasPrefix(row.Expr, "fx(") { // of another KPI and the day's rate: no number of Meta's
			if _, ok := byKPI[row.Metric]; ok {
				t.Errorf("%s is declared, and is %s", row.Metric, row.Expr)
			}
			continue
		}
		asked++
		m, ok := byKPI[row.Metric]
		if !ok || m.Source != row.Expr {
			t.Errorf("%s: %q, the table says %q", row.Metric, m.Source, row.Expr)
		}
		dims := m.Dimensions
		if dims == nil {
			dims = reportDimensions
		}
		if !slices.Equal(inOrder(dims), inOrder(row.Dimensions)) {
			t.Errorf("%s with %v, the table says %v", row.Metric, dims, row.Dimensions)
		}
		for _, l := range row.Levels {
			if _, ok := levelOf(l); !ok {
				t.Errorf("%s: no level %s", row.Metric, l)
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

func TestNormalizationDimensions(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "meta")
	for _, row := range n.Dimensions() {
		if row.Supported != slices.Contains(reportDimensions, row.Dimension) {
			t.Errorf("%s: supported %v", row.Dimension, row.Supported)
		}
		if b, ok := breakdownOf(row.Dimension); ok && row.Dimension != normalize.DimensionHour {
			if want := "breakdowns=" + strings.Join(b.needs, ","); row.Param != want && !strings.HasPrefix(row.Param, want+";") {
				t.Errorf("%s: %s, the table says %q", row.Dimension, want, row.Param)
			}
		}
		for _, p := range row.Values {
			switch {
			case p.Wire == "*" && row.Dimension == normalize.DimensionPlatformPosition:
				if got := dimensionValue(row.Dimension, "facebook", "instream_video"); got != "FACEBOOK_INSTREAM_VIDEO" {
					t.Errorf("%s: %s", row.Dimension, got)
				}
			case p.Wire == "*" && row.Dimension == normalize.DimensionCountry:
				if de, none := dimensionValue(row.Dimension, "DE"), dimensionValue(row.Dimension, "unknown"); de != "DE" || none != unknownValue {
					t.Errorf("%s: %s, %s", row.Dimension, de, none)
				}
			case p.Special && row.Dimension != normalize.DimensionAge: // an age is a range, not words
				t.Fatalf("%s: row %q is not known here", row.Dimension, p.Wire)
			default:
				if got := dimensionValue(row.Dimension, p.Wire); got != p.Ours {
					t.Errorf("%s %s: %s, want %s", row.Dimension, p.Wire, got, p.Ours)
				}
			}
		}
	}
	for level, text := range n.LevelPivots() {
		s, ok := levelOf(level)
		if ok != (text != "") || ok && !strings.HasPrefix(text, "level="+s.wire) {
			t.Errorf("level %s: %q, the table says %q", level, s.wire, text)
		}
	}
}

// The combinations of the table, and what the platform's own list lacks.
func TestNormalizationCombinations(t *testing.T) {
	t.Parallel()
	taken := [][]normalize.Dimension{
		nil, {"AGE"}, {"GENDER"}, {"AGE", "GENDER"}, {"COUNTRY"}, {"PLATFORM"}, {"DEVICE"}, {"PLATFORM_POSITION"}, {"PLATFORM", "DEVICE"},
		{"PLATFORM", "PLATFORM_POSITION"}, {"PLATFORM", "PLATFORM_POSITION", "DEVICE"}, {"HOUR"},
	}
	refused := [][]normalize.Dimension{
		{"AGE", "COUNTRY"}, {"AGE", "PLATFORM"}, {"GENDER", "DEVICE"}, {"COUNTRY", "PLATFORM"}, {"HOUR", "AGE"}, {"HOUR", "PLATFORM"},
		{"DATE", "WEEK"}, {"DATE", "MONTH"}, {"AGE", "AGE"}, {"REGION"},
	}
	for _, time := range [][]normalize.Dimension{nil, {"DATE"}, {"WEEK"}, {"MONTH"}} {
		for _, dims := range taken {
			q := providers.ReportQuery{Level: normalize.LevelAd, Dimensions: slices.Concat(time, dims), Metrics: []normalize.Metric{normalize.MetricClicks}}
			if _, err := shapeOf(q); err != nil {
				t.Errorf("%v: %v", q.Dimensions, err)
			}
		}
	}
	for _, dims := range refused {
		q := providers.ReportQuery{Level: normalize.LevelAd, Dimensions: dims, Metrics: []normalize.Metric{normalize.MetricClicks}}
		if _, err := shapeOf(q); providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), combinations) {
			t.Errorf("%v: %v", dims, err)
		}
	}
}

func inOrder[T ~string](in []T) []T {
	out := slices.Clone(in)
	slices.Sort(out)
	return out
}
