package sim

import (
	"net/url"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// encode writes a value in protocol 2.0.0.
func encode(v value) string {
	switch v.kind {
	case null:
		return "null"
	case list:
		parts := make([]string, len(v.list))
		for i, e := range v.list {
			parts[i] = encode(e)
		}
		return "List(" + strings.Join(parts, ",") + ")"
	case record:
		var parts []string
		for k, e := range v.rec {
			parts = append(parts, encode(value{text: k})+":"+encode(e))
		}
		sort.Strings(parts)
		return "(" + strings.Join(parts, ",") + ")"
	}
	if v.text == "" {
		return "''"
	}
	if v.text == "null" {
		return "%6Eull"
	}
	return strings.NewReplacer("+", "%20", "%2A", "*").Replace(url.QueryEscape(v.text))
}

func TestValueGrammar(t *testing.T) {
	t.Parallel()
	text := func(s string) value { return value{text: s} }
	for raw, want := range map[string]value{
		"CAMPAIGN":         text("CAMPAIGN"),
		"(value:CAMPAIGN)": {kind: record, rec: map[string]value{"value": text("CAMPAIGN")}},
		"List()":           {kind: list, list: []value{}},
		"List(a,List(b))":  {kind: list, list: []value{text("a"), {kind: list, list: []value{text("b")}}}},
		"''":               text(""),
		"null":             {kind: null},
		"a+b":              text("a+b"), // a blank is %20, never +
		"List('')":         {kind: list, list: []value{text("")}},
		"(start:(year:2026))": {kind: record, rec: map[string]value{
			"start": {kind: record, rec: map[string]value{"year": text("2026")}}}},
		"urn%3Ali%3AstaffCountRange%3A%2851%2C200%29": text("urn:li:staffCountRange:(51,200)"),
		"(urn%3Ali%3Ax:List(1))":                      {kind: record, rec: map[string]value{"urn:li:x": {kind: list, list: []value{text("1")}}}},
	} {
		got, f := parseValue("p", raw)
		if f != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %v", raw, got, f)
		}
	}
	for _, raw := range []string{
		"", "(", ")", "List(", "List(a", "List(a,)", "List(,a)", "(a)", "(a:)", "(:a)", "(a:b,)", "(a:b,a:c)", "a:b", "a,b", "a)b", "it's", "%", "%2", "(a:b)c",
		"List(a)b", "((a:b):c)", strings.Repeat("List(", 40) + strings.Repeat(")", 40),
	} {
		if v, f := parseValue("p", raw); f == nil {
			t.Errorf("%q was read as %+v", raw, v)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		"q=search&search=(status:(values:List(ACTIVE,PAUSED)),test:false)&fields=id,name:(a,b)",
		"search.status.values[0]=A&search.status.values[1]=B&accounts=a&accounts=b&a[0][1]=x",
		"dateRange=(start:(year:2026,month:1,day:5))&locale.language=fr", "a=''&b=null&c=List()", "a[0]=1&a=2", "#0=1&#rep=yes",
	} {
		f.Add(s, 1)
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, raw string, proto int) {
		p, flt := parseQuery(raw, 1+proto&1)
		if flt != nil {
			if flt.status != 400 {
				t.Fatalf("%q: status %d", raw, flt.status)
			}
			return
		}
		parseMask(p.fields)
		for name, v := range p.values {
			again, flt := parseValue(name, encode(v))
			if flt != nil || !reflect.DeepEqual(v, again) {
				t.Fatalf("%q: %s read as %+v, written %q, read again as %+v (%v)", raw, name, v, encode(v), again, flt)
			}
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add(`{"$set":{"a":1},"$delete":["b"],"c":{"$set":{"d":2},"$delete":["e"]}}`)
	f.Add(`{"c":{"d":{"$set":{"x":[]}}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := decodeForTest(raw)
		if err != nil {
			return
		}
		before := obj{"a": int64(0), "b": "x", "c": obj{"d": int64(1), "e": int64(2)}}
		keep := obj{"a": int64(0), "b": "x", "c": obj{"d": int64(1), "e": int64(2)}}
		applyPatch(before, m)
		if !reflect.DeepEqual(before, keep) {
			t.Fatalf("%s changed the stored object to %v", raw, before)
		}
		touched(m)
	})
}
