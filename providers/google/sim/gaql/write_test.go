package gaql

import (
	"encoding/json"
	"math"
	"testing"
)

func TestAppendValue(t *testing.T) {
	t.Parallel()
	i64, i32 := &Field{Type: TypeInt64, Optional: true}, &Field{Type: TypeInt32, Optional: true}
	f64, text := &Field{Type: TypeDouble, Optional: true}, &Field{Type: TypeString, Optional: true}
	tests := []struct {
		f    *Field
		v    Value
		want string
	}{
		{i64, Int(math.MaxInt64), `"9223372036854775807"`}, {i64, Int(0), `"0"`}, {i32, Int(7), `7`},
		{f64, Float(0), `0`}, {f64, Float(0.030389), `0.030389`}, {f64, Float(3), `3`}, {f64, Float(270643.0868), `270643.0868`},
		{f64, Float(1e-9), `1e-09`}, {f64, Float(math.NaN()), `"NaN"`}, {f64, Float(math.Inf(-1)), `"-Infinity"`},
		{text, Text("a\"\\\n\t\x01é\xff𝄞"), `"a\"\\\n\t\u0001é` + "\uFFFD" + `𝄞"`},
		{text, List([]string{"a", "b"}), `["a","b"]`}, {text, Bool(true), `true`}, {text, JSON([]byte(`{"a":1}`)), `{"a":1}`},
	}
	for _, tt := range tests {
		if got := string(appendValue(nil, tt.f, tt.v)); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.v, got, tt.want)
		}
	}
}

func TestAppendMillionths(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 7_500_000: "7.5", 3_000_000: "3", 1: "0.000001", -1_250_000: "-1.25", 180_707_566: "180.707566", math.MinInt64: "-9223372036854.775808",
	} {
		if got := string(appendMillionths(nil, n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestTrap11_ZeroIsPresentUnsetIsAbsent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field string
		v     Value
		empty bool
	}{
		{"campaign.id", Int(0), false}, {"campaign.id", Value{}, true}, {"customer.manager", Bool(false), false},
		{"campaign.name", Text(""), false}, {"campaign.status", Text("UNSPECIFIED"), true}, {"campaign.status", Text("UNKNOWN"), false},
		{"campaign.missing_eu_political_advertising_declaration", Bool(false), true}, {"ad_group.exclude_demographic_expansion", Bool(true), false},
		{"ad_group_ad.start_date_time", Text(""), true}, {"campaign.labels", List(nil), true}, {"campaign.labels", List([]string{"x"}), false},
		{"ad_group_ad.ad.responsive_search_ad.headlines", JSON([]byte(" [] ")), true}, {"campaign.manual_cpm", JSON([]byte("{}")), false},
		{"customer.optimization_score_weight", Float(0), true},
	}
	for _, tt := range tests {
		f, ok := Lookup(tt.field)
		if !ok {
			t.Errorf("%s is unknown", tt.field)
			continue
		}
		if got := tt.v.empty(f); got != tt.empty {
			t.Errorf("%s %+v: left out %v, want %v", tt.field, tt.v, got, tt.empty)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"b\\c\x00\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		got := appendString(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		want, _ := json.Marshal(s)
		var same string
		if json.Unmarshal(want, &same) != nil || back != same {
			t.Fatalf("%q reads back as %q", s, back)
		}
	})
}
