package normalize

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// contract is the surface that we stay compatible with, as the openapi package keeps it.
type contract struct {
	Objects map[string]map[string]struct {
		Type any `json:"type"`
	} `json:"objects"`
	Enums  map[string][]string `json:"enums"`
	SameAs map[string]string   `json:"same_as"`
}

func readContract(t *testing.T) contract {
	t.Helper()
	b, err := os.ReadFile("../openapi/testdata/unified-ads.json")
	if err != nil {
		t.Fatal(err)
	}
	var c contract
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// oursBeyond lists the values that we have beyond the contract's.
func oursBeyond() map[string][]string {
	return map[string][]string{
		"Dimension":            {"HOUR", "WEEK", "MONTH", "COUNTRY", "AGE", "GENDER"},
		"AdsReportMetricsType": {"FREQUENCY", "ORDERS", "NEW_TO_BRAND_ORDERS", "ADD_TO_CARTS", "QUALIFIED_LEADS"},
	}
}

// elsewhere tells the enumerations of connections, integrations and other things that are no ads.
func elsewhere(name string) bool {
	for _, prefix := range []string{"PropertyConnection", "PropertyIntegration", "ApiCall", "Issue", "SecretsManager", "Db", "Webhook", "Event", "Support"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func TestEnumsEqualTheContract(t *testing.T) {
	t.Parallel()
	theirs, mine := readContract(t).Enums, Enums()
	for name, values := range theirs {
		if elsewhere(name) {
			continue
		}
		have, ok := mine[name]
		if !ok {
			t.Errorf("%s is not there", name)
			continue
		}
		if want := slices.Concat(values, oursBeyond()[name]); !slices.Equal(have, want) {
			t.Errorf("%s:\n have %v\n want %v", name, have, want)
		}
		seen := map[string]bool{}
		for _, v := range have {
			if seen[v] {
				t.Errorf("%s has %s twice", name, v)
			}
			seen[v] = true
		}
	}
	for name := range mine {
		if _, ok := theirs[name]; !ok {
			t.Errorf("%s is none of the contract's", name)
		}
	}
	k := Enums()["AdsReportMetricsType"]
	if !slices.Equal(k, words(Metrics())) {
		t.Error("the dictionary and the enumeration of KPIs differ")
	}
	for _, m := range Metrics() {
		if entry, _ := Lookup(m); entry.Ours == slices.Contains(theirs["AdsReportMetricsType"], string(m)) {
			t.Errorf("%s: ours is %v", m, entry.Ours)
		}
	}
}

func words[T ~string](vs []T) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = string(v)
	}
	return out
}

// TestObjectsHoldTheContract: every field of the contract's objects is in ours, of a type that writes the same JSON.
func TestObjectsHoldTheContract(t *testing.T) {
	t.Parallel()
	c := readContract(t)
	checked := map[string]bool{}
	for name, typ := range map[string]reflect.Type{
		"AdsOrganization": reflect.TypeFor[Organization](), "AdsCampaign": reflect.TypeFor[Campaign](), "AdsGroup": reflect.TypeFor[Group](),
		"AdsAd": reflect.TypeFor[Ad](), "AdsCreative": reflect.TypeFor[Creative](), "AdsAsset": reflect.TypeFor[Asset](),
		"AdsTarget": reflect.TypeFor[Target](), "AdsPromoted": reflect.TypeFor[Promoted](), "AdsInsertionorder": reflect.TypeFor[InsertionOrder](),
	} {
		compare(t, c, checked, name, typ)
	}
	if len(checked) < 20 {
		t.Errorf("only %d objects were compared", len(checked))
	}
}

func compare(t *testing.T, c contract, checked map[string]bool, name string, typ reflect.Type) {
	t.Helper()
	if same, ok := c.SameAs[name]; ok {
		name = same
	}
	fields, ok := c.Objects[name]
	if !ok {
		t.Errorf("the contract has no %s", name)
		return
	}
	key := name + " " + typ.String()
	if checked[key] {
		return
	}
	checked[key] = true
	mine := jsonFields(typ)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		f, ok := mine[field]
		if !ok {
			t.Errorf("%s.%s is not in %s", name, field, typ)
			continue
		}
		compareType(t, c, checked, name+"."+field, fields[field].Type, f)
	}
}

func jsonFields(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = f.Type
	}
	return out
}

func compareType(t *testing.T, c contract, checked map[string]bool, where string, want any, typ reflect.Type) {
	t.Helper()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if m, ok := want.(map[string]any); ok {
		switch {
		case m["array"] != nil:
			if typ.Kind() != reflect.Slice {
				t.Errorf("%s is a list, ours is %s", where, typ)
				return
			}
			compareType(t, c, checked, where, m["array"], typ.Elem())
		case m["enum"] != nil:
			if typ.Kind() != reflect.String || typ == reflect.TypeFor[string]() {
				t.Errorf("%s is an enumeration, ours is %s", where, typ)
			}
		case m["ref"] != nil:
			ref, _ := m["ref"].(string)
			if _, enum := c.Enums[ref]; enum {
				compareType(t, c, checked, where, map[string]any{"enum": ref}, typ)
				return
			}
			if typ.Kind() != reflect.Struct {
				t.Errorf("%s is an object, ours is %s", where, typ)
				return
			}
			compare(t, c, checked, ref, typ)
		}
		return
	}
	number := typ == reflect.TypeFor[Decimal]() || typ.Kind() == reflect.Int64 || typ.Kind() == reflect.Int
	ok := true
	switch want {
	case "string":
		ok = typ.Kind() == reflect.String
	case "number":
		ok = number
	case "boolean":
		ok = typ.Kind() == reflect.Bool
	case "date-time":
		ok = typ == reflect.TypeFor[time.Time]()
	case "map<any>":
		ok = typ == reflect.TypeFor[json.RawMessage]()
	default:
		t.Logf("%s: type %v is not compared", where, want)
	}
	if !ok {
		t.Errorf("%s is a %v, ours is %s", where, want, typ)
	}
}
