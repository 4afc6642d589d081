package sim

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// tables.json holds the published names: fields of objects ("type|flags": r
// readable, c and u on create and update, C and U required there), nested types,
// enumerations, the gateway's own rules of some endpoints, and the metrics
// ("kind type unit additive").
//
//go:embed tables.json
var tablesJSON []byte

type tables struct {
	Objects     map[string]map[string]string `json:"objects"`
	Types       map[string]map[string]string `json:"types"`
	Enums       map[string][]string          `json:"enums"`
	Endpoints   map[string]map[string]rule   `json:"endpoints"`
	Metrics     map[string]string            `json:"metrics"`
	Scopes      []int64                      `json:"scopes"`
	IntegerOnly []string                     `json:"integer_only"`
	Ratio       map[string]int64             `json:"ratio"`
	metrics     map[string]metricInfo
	fields      map[string]map[string]field
}

// rule is what the gateway demands of one field of an endpoint.
type rule struct {
	Type     string   `json:"type"`
	Enum     []string `json:"enum"`
	Min      *float64 `json:"min"`
	Max      *float64 `json:"max"`
	MinItems *int     `json:"minItems"`
	MaxItems *int     `json:"maxItems"`
	Required bool     `json:"required"`
}

// field is one field of an object.
type field struct {
	kind                   string // string, integer, number, boolean, array<…>, object<…>, enum<…>, datetime_utc
	readable               bool
	onCreate, onUpdate     bool
	needCreate, needUpdate bool
}

type metricInfo struct {
	attribute bool
	integer   bool
	unit      string
	additive  bool
}

func loadTables() *tables {
	t := &tables{metrics: map[string]metricInfo{}, fields: map[string]map[string]field{}}
	if err := json.Unmarshal(tablesJSON, t); err != nil {
		panic("sim: tables.json: " + err.Error()) // it is part of the program
	}
	for object, fs := range t.Objects {
		m := make(map[string]field, len(fs))
		for name, text := range fs {
			kind, flags, _ := strings.Cut(text, "|")
			has := func(f string) bool { return strings.Contains(flags, f) }
			m[name] = field{kind, has("r"), has("c"), has("u"), has("C"), has("U")}
		}
		t.fields[object] = m
	}
	for name, text := range t.Metrics {
		w := strings.Fields(text)
		t.metrics[name] = metricInfo{attribute: w[0] == "a", integer: w[1] == "integer", unit: w[2], additive: w[3] == "1"}
	}
	for _, m := range []string{"currency", "timezone", "rf_campaign_type"} { // the last one a connector in wide use asks for
		t.metrics[m] = metricInfo{attribute: true}
	}
	return t
}

// wholeMoney tells whether a currency takes no decimals here.
func (t *tables) wholeMoney(currency string) bool { return slices.Contains(t.IntegerOnly, currency) }

// blank is an object with every readable field unset: lists empty, the rest null.
func (t *tables) blank(object string) obj {
	o := make(obj, len(t.fields[object]))
	for name, f := range t.fields[object] {
		switch {
		case !f.readable:
		case strings.HasPrefix(f.kind, "array"):
			o[name] = []any{}
		default:
			o[name] = nil
		}
	}
	return o
}
