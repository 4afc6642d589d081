package normalize

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed kpis.json
var kpisJSON []byte

// Unit is what a KPI is answered in.
type Unit string

// The units of the dictionary. Money is in major units, a ratio is a fraction (0.0123 is 1.23 %), a percent is not.
const (
	UnitCount   Unit = "count"
	UnitMoney   Unit = "money"
	UnitRatio   Unit = "ratio"
	UnitPercent Unit = "percent"
	UnitSeconds Unit = "seconds"
)

// Additivity says how rows of a KPI may be added up.
type Additivity string

// The ways of adding. Sum: over any rows of one currency. Ratio: recomputed from the sums of the formula's parts.
// Weighted: the average weighted by KPI.Weight. None: never.
const (
	AdditiveSum      Additivity = "sum"
	AdditiveRatio    Additivity = "ratio"
	AdditiveWeighted Additivity = "weighted"
	AdditiveNone     Additivity = "none"
)

// KPI is one entry of the dictionary.
type KPI struct {
	Metric     Metric     `json:"-"`
	Unit       Unit       `json:"unit"`
	Additivity Additivity `json:"additivity"`
	Definition string     `json:"definition"`
	Formula    string     `json:"formula"`
	Weight     Metric     `json:"weight"`
	Ours       bool       `json:"ours"` // not of the contract

	formula formula
}

// Column is the KPI's name in tables and files: lower snake case.
func (k KPI) Column() string { return strings.ToLower(string(k.Metric)) }

type dictionary struct {
	order    []Metric
	kpis     map[Metric]KPI
	defaults []Metric
}

// dict is read once; the embedded file is checked by a test, so that a fault in it cannot reach a user.
//
//nolint:gochecknoglobals // embedded data
var dict = sync.OnceValue(func() dictionary {
	d, err := readDictionary(kpisJSON)
	if err != nil {
		return dictionary{}
	}
	return d
})

func readDictionary(b []byte) (dictionary, error) {
	var file struct {
		Default []Metric    `json:"default"`
		Order   orderedKeys `json:"kpis"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return dictionary{}, fmt.Errorf("kpis.json: %w", err)
	}
	d := dictionary{kpis: map[Metric]KPI{}, defaults: file.Default}
	for _, e := range file.Order {
		var k KPI
		if err := json.Unmarshal(e.value, &k); err != nil {
			return dictionary{}, fmt.Errorf("kpis.json: %s: %w", e.key, err)
		}
		k.Metric = Metric(e.key)
		f, err := parseFormula(k.Formula)
		if err != nil {
			return dictionary{}, fmt.Errorf("kpis.json: %s: %w", e.key, err)
		}
		k.formula = f
		d.order = append(d.order, k.Metric)
		d.kpis[k.Metric] = k
	}
	return d, nil
}

// orderedKeys keeps an object's keys in the file's order.
type orderedKeys []struct {
	key   string
	value json.RawMessage
}

func (o *orderedKeys) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(b)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not an object")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		key, _ := t.(string)
		*o = append(*o, struct {
			key   string
			value json.RawMessage
		}{key, raw})
	}
	return nil
}

// Metrics lists every KPI in the dictionary's order.
func Metrics() []Metric { return slices.Clone(dict().order) }

// DefaultMetrics are answered when a caller names none.
func DefaultMetrics() []Metric { return slices.Clone(dict().defaults) }

// Lookup returns the KPI's entry.
func Lookup(m Metric) (KPI, bool) {
	k, ok := dict().kpis[m]
	return k, ok
}

func metricNames() []string { return values(dict().order...) }

// Near returns the names of the dictionary that a mistyped one may stand for, best first, at most three.
func Near(name string) []string {
	return near(strings.ToUpper(name), slices.Collect(maps.Keys(dict().kpis)))
}

// Closest returns those of all that a mistyped name may stand for, best first, at most three.
func Closest(name string, all []string) []string { return near(name, all) }

func near[T ~string](name string, all []T) []string {
	if len(name) > 64 { // a mistyped name is short; a long text would cost time
		return nil
	}
	type scored struct {
		name string
		d    int
	}
	var list []scored
	for _, v := range all {
		d := distance(name, string(v))
		if d <= 1+len(name)/3 || len(name) >= 3 && strings.Contains(string(v), name) {
			list = append(list, scored{string(v), d})
		}
	}
	slices.SortFunc(list, func(a, b scored) int {
		if a.d != b.d {
			return a.d - b.d
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	for _, s := range list[:min(3, len(list))] {
		out = append(out, s.name)
	}
	return out
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(cur[j]+1, prev[j+1]+1, prev[j]+cost)
		}
		prev = cur
	}
	return prev[len(b)]
}
