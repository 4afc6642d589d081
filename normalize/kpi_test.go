package normalize

import (
	"slices"
	"strings"
	"testing"
)

func TestDictionaryIsWhole(t *testing.T) {
	t.Parallel()
	if _, err := readDictionary(kpisJSON); err != nil {
		t.Fatal(err)
	}
	all := Metrics()
	if len(all) < 130 {
		t.Fatalf("%d KPIs", len(all))
	}
	columns := map[string]Metric{}
	for _, m := range all {
		k, ok := Lookup(m)
		if !ok || k.Metric != m || k.Definition == "" {
			t.Errorf("%s: no entry or no definition", m)
		}
		if !slices.Contains([]Unit{UnitCount, UnitMoney, UnitRatio, UnitPercent, UnitSeconds}, k.Unit) {
			t.Errorf("%s: unit %q", m, k.Unit)
		}
		switch k.Additivity {
		case AdditiveSum, AdditiveNone:
		case AdditiveRatio:
			if k.formula.op != '/' {
				t.Errorf("%s is a ratio of nothing", m)
			}
		case AdditiveWeighted:
			if w, ok := Lookup(k.Weight); !ok || w.Additivity != AdditiveSum {
				t.Errorf("%s has the weight %q, which does not add up", m, k.Weight)
			}
		default:
			t.Errorf("%s: additivity %q", m, k.Additivity)
		}
		if k.Additivity != AdditiveWeighted && k.Weight != "" {
			t.Errorf("%s has a weight and is not weighted", m)
		}
		for _, part := range []Metric{k.formula.a, k.formula.b} {
			if part == "" {
				continue
			}
			if p, ok := Lookup(part); !ok || p.computed() {
				t.Errorf("%s is made of %q, which a platform cannot give", m, part)
			}
		}
		if other, dup := columns[k.Column()]; dup {
			t.Errorf("%s and %s share a column", m, other)
		}
		columns[k.Column()] = m
	}
	if got := DefaultMetrics(); !slices.Equal(got, []Metric{MetricImpressions, MetricClicks, MetricCost, MetricConversions}) {
		t.Errorf("default KPIs: %v", got)
	}
	if _, ok := Lookup("clicks"); ok {
		t.Error("names are upper case")
	}
}

func TestDictionaryRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{``, `{`, `{"kpis":[]}`, `{"kpis":{"A":1}}`, `{"kpis":{"A":{"formula":"A plus B"}}}`, `{"kpis":{"A":{"formula":"A / B * x"}}}`, `{"kpis":{"A":{}`} {
		if d, err := readDictionary([]byte(bad)); err == nil {
			t.Errorf("%s read as %v", bad, d)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"IMPRESION": "IMPRESSIONS", "clicks_": "CLICKS", "CONVERSION": "CONVERSIONS", "Spend": "", "cst": "COST", "VIDEO_QUARTILE": "VIDEO_QUARTILE_25"} {
		got := Near(in)
		if want == "" && len(got) > 3 || want != "" && !slices.Contains(got, want) {
			t.Errorf("Near(%s) = %v, want %s in it", in, got, want)
		}
	}
	if got := Near(strings.Repeat("CLICKS", 1000)); got != nil {
		t.Errorf("a long text is near %v", got)
	}
	if got := Closest("dimensions", []string{"type", "dimension", "level"}); !slices.Equal(got, []string{"dimension"}) {
		t.Errorf("Closest = %v", got)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for l, want := range map[Level]string{
		LevelOrganization: "organization", LevelCampaign: "organization campaign", LevelGroup: "organization campaign group",
		LevelAd: "organization campaign group ad", LevelCreative: "organization campaign group creative",
		LevelKeyword: "organization campaign group keyword", "none": "",
	} {
		var got []string
		for _, a := range l.Above() {
			got = append(got, string(a))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s.Above() = %v", l, got)
		}
	}
	r := Row{Organization: Entity{ID: "o"}, Campaign: Entity{ID: "c"}, Group: Entity{ID: "g"}, Ad: Entity{ID: "a"}, Creative: Entity{ID: "x"}, Keyword: Entity{ID: "k"}}
	var ids string
	for _, l := range Levels() {
		ids += r.Entity(l).ID
	}
	if ids != "ocgaxk" || r.Entity("none").ID != "" {
		t.Errorf("entities %s", ids)
	}
	r.Dims, r.Values = []string{"a"}, []Value{Some(Int(1))}
	c := r.Clone()
	r.Dims[0], r.Values[0] = "b", Value{}
	if c.Dims[0] != "a" || !c.Values[0].OK {
		t.Error("a clone shares the row's buffers")
	}
}
