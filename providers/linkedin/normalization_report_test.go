package linkedin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

func TestNormalizationKPIs(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	declaredByKPI := map[normalize.Metric]providers.Metric{}
	for _, m := range declared() {
		declaredByKPI[m.KPI] = m
	}
	main := 0
	for _, row := range n.KPIs() {
		if row.Query == "none" { // computed from others by the dictionary
			continue
		}
		main++
		m, ok := declaredByKPI[row.Metric]
		if !ok || m.Source != row.Expr {
			t.Errorf("%s: %q, the table says %q", row.Metric, m.Source, row.Expr)
		}
		dims := m.Dimensions
		if dims == nil {
			dims = reportDimensions
		}
		if !slices.Equal(sorted(dims), sorted(row.Dimensions)) {
			t.Errorf("%s with %v, the table says %v", row.Metric, dims, row.Dimensions)
		}
		for _, l := range row.Levels {
			if _, ok := levelOf(l); !ok {
				t.Errorf("%s: no level %s", row.Metric, l)
			}
		}
	}
	if main != len(declaredByKPI) {
		t.Errorf("%d KPIs declared, the table has %d", len(declaredByKPI), main)
	}
	for _, m := range n.Unsupported() {
		if _, ok := metricOf(m); ok {
			t.Errorf("%s is declared, the table has nothing for it", m)
		}
	}
}

func TestNormalizationDimensions(t *testing.T) {
	t.Parallel()
	n := conformance.NormalizationOf(t, "linkedin")
	for _, row := range n.Dimensions() {
		if row.Supported != slices.Contains(reportDimensions, row.Dimension) {
			t.Errorf("%s: supported %v", row.Dimension, row.Supported)
		}
		if i := slices.IndexFunc(breakdowns, func(b breakdown) bool { return b.dimension == row.Dimension }); i >= 0 && !strings.Contains(row.Param, "pivot "+breakdowns[i].pivot) {
			t.Errorf("%s: pivot %s, the table says %q", row.Dimension, breakdowns[i].pivot, row.Param)
		}
		for _, p := range row.Values {
			switch {
			case p.Wire == "*":
				if got := dimensionValue(row.Dimension, "LinkedIn Feed, top"); got != "LINKEDIN_FEED_TOP" {
					t.Errorf("%s *: %s", row.Dimension, got)
				}
			case p.Special:
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
		switch {
		case text == "":
			if ok {
				t.Errorf("level %s is not in the table", level)
			}
		case level == normalize.LevelCreative: // as ad
			if ad, _ := levelOf(normalize.LevelAd); ad.pivot != s.pivot {
				t.Errorf("level creative: %s", s.pivot)
			}
		case text != "pivot "+s.pivot:
			t.Errorf("level %s: %s, the table says %q", level, s.pivot, text)
		}
	}
}

func TestNormalizationErrors(t *testing.T) {
	t.Parallel()
	for _, row := range conformance.NormalizationOf(t, "linkedin").Errors() {
		if len(row.Cases) == 0 {
			t.Errorf("%q: no cases", row.Text)
		}
		for _, c := range row.Cases {
			codes := c.Codes
			if len(codes) == 0 {
				codes = []string{""}
			}
			for _, code := range codes {
				kind := row.Kind
				if c.Status == http.StatusMethodNotAllowed { // the row's note
					kind = providers.Unsupported
				}
				if e := classify(c.Status, nil, errorBody(t, c.Status, code), false, time.Now()); e.Kind != kind {
					t.Errorf("%d %s: %v, the table says %v (%q)", c.Status, code, e.Kind, kind, row.Text)
				}
			}
		}
	}
}

// errorBody is an envelope with a code of the table: a name, a number of the old envelope, or a prefix with a star.
func errorBody(t *testing.T, status int, code string) []byte {
	t.Helper()
	body := map[string]any{"status": status, "message": "as the table says"}
	switch {
	case digitsOnly(code):
		body["serviceErrorCode"] = json.Number(code)
	case strings.HasSuffix(code, "*"):
		body["code"] = strings.ReplaceAll(strings.ReplaceAll(code, "FIELD_IMMUTABLE_*", "FIELD_IMMUTABLE_FOR_NON_DRAFT_CAMPAIGNS"), "NO_PERMISSION_*", "NO_PERMISSION_ON_ENTITY")
	case code != "":
		body["code"] = code
	case status == http.StatusBadRequest:
		body["code"] = "FIELD_VALUE_TOO_LOW"
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sorted[T ~string](in []T) []T {
	out := slices.Clone(in)
	slices.Sort(out)
	return out
}
