package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`0`: "0", `12`: "12", `"12"`: "12", `"12.50"`: "12.5", `-3.25`: "-3.25", `"1.5E+3"`: "1500", `2e-3`: "0.002",
		`9007199254740993`: "9007199254740993", `"123456789012345678901234567890"`: "123456789012345678901234567890",
		`"-2E-18"`: "0", `0.0000000001`: "0", `0.000000001`: "0.000000001", `"0.0"`: "0", `-0`: "0", `"\u0031"`: "1",
		`0.1234567890123456789`: "0.1234567890123456789", ` 7 `: "7",
		`null`: "", `""`: "", `"--"`: "", `"-"`: "", `" "`: "",
	} {
		var n Number
		if err := json.Unmarshal([]byte(in), &n); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if n.OK != (want != "") || n.OK && n.D.String() != want {
			t.Errorf("%s: %v %s, want %q", in, n.OK, n.D, want)
		}
		if (n.Decimal() != nil) != n.OK {
			t.Errorf("%s: Decimal() %v", in, n.Decimal())
		}
	}
	for _, in := range []string{`true`, `[]`, `{}`, `"12a"`, `"1,5"`, `"NaN"`, `"Inf"`, `"0x10"`, `"1_0"`, `"1."`, `".5"`, `"1/2"`, `"+1"`, `"canary"`} {
		n := Number{normalize.Some(normalize.Int(5))}
		err := json.Unmarshal([]byte(in), &n)
		if err == nil && in != `"1."` && in != `".5"` { // spellings that mean one thing only
			t.Errorf("%s is taken as %v", in, n.D)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error repeats the value: %v", in, err)
		}
	}
}

func TestAmountTakesNoDustForZero(t *testing.T) {
	t.Parallel()
	var a Amount
	if err := json.Unmarshal([]byte(`"0.0000000001"`), &a); err != nil || a.D.String() != "0.0000000001" {
		t.Errorf("%v %v", a.D, err)
	}
	if err := json.Unmarshal([]byte(`"-2E-30"`), &a); err == nil {
		t.Errorf("an inexact amount is taken as %v", a.D)
	}
	if err := json.Unmarshal([]byte(`null`), &a); err != nil || a.OK || a.Decimal() != nil {
		t.Errorf("null: %+v %v", a, err)
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`123`: "123", `"123"`: "123", `9007199254740993`: "9007199254740993", `18446744073709551616`: "18446744073709551616",
		`"urn:li:sponsoredCreative:1"`: "urn:li:sponsoredCreative:1", `null`: "", `""`: "", `"1.5"`: "1.5", `-1`: "-1",
	} {
		var id ID
		if err := json.Unmarshal([]byte(in), &id); err != nil || id.String() != want {
			t.Errorf("%s: %q %v, want %q", in, id, err, want)
		}
	}
	for _, in := range []string{`1.5`, `1e3`, `true`, `{}`, `["1"]`} {
		var id ID
		if json.Unmarshal([]byte(in), &id) == nil {
			t.Errorf("%s is taken as %q", in, id)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 8, 0, 0, 250_000_000, time.UTC)
	for _, in := range []string{`1795507200250`, `"1795507200250"`} {
		var m Millis
		if err := json.Unmarshal([]byte(in), &m); err != nil || m.Time() == nil || !m.Time().Equal(at) || m.Time().Location() != time.UTC {
			t.Errorf("%s: %v %v", in, m.Time(), err)
		}
		if b, err := json.Marshal(m); err != nil || string(b) != `1795507200250` {
			t.Errorf("back: %s %v", b, err)
		}
	}
	for _, in := range []string{`0`, `null`, `""`} {
		var m Millis
		var s Seconds
		if err := json.Unmarshal([]byte(in), &m); err != nil || m.Time() != nil || !m.IsZero() {
			t.Errorf("%s: %v %v", in, m.Time(), err)
		}
		if err := json.Unmarshal([]byte(in), &s); err != nil || s.Time() != nil {
			t.Errorf("%s: %v %v", in, s.Time(), err)
		}
	}
	var s Seconds
	if err := json.Unmarshal([]byte(`1795507200`), &s); err != nil || !s.Time().Equal(at.Truncate(time.Second)) {
		t.Errorf("seconds: %v %v", s.Time(), err)
	}
	for _, in := range []string{`1.5`, `"soon"`, `true`, `9223372036854775807`, `99999999999999999999`} {
		var m Millis
		if json.Unmarshal([]byte(in), &m) == nil {
			t.Errorf("%s is taken as %v", in, m.Time())
		}
	}
	if b, err := json.Marshal(MillisOf(time.Time{})); err != nil || string(b) != "null" {
		t.Errorf("none: %s %v", b, err)
	}
}

// The quick way and the general way agree on whatever the quick one takes.
func FuzzScalars(f *testing.F) {
	for _, s := range []string{`1`, `"1.50"`, `-0.25`, `"1."`, `"-"`, `"--"`, `00.5`, `"\u0031"`, `1e9`, `"`, `""`, `9007199254740993`, `"-2E-18"`, `true`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, ok := small(b); ok {
			text := strings.Trim(string(b), `"`)
			slow, err := normalize.ParseMeasure(text)
			if err != nil || slow.Cmp(d) != 0 || slow.String() != d.String() {
				t.Fatalf("%q: quick %v, general %v (%v)", b, d, slow, err)
			}
		}
		var (
			n  Number
			a  Amount
			id ID
			m  Millis
			s  Seconds
		)
		_, _, _, _, _ = n.UnmarshalJSON(b), a.UnmarshalJSON(b), id.UnmarshalJSON(b), m.UnmarshalJSON(b), s.UnmarshalJSON(b)
		if n.OK && a.OK && n.D.Cmp(a.D) != 0 && a.D.Abs().Cmp(normalize.Scaled(1, 9)) >= 0 {
			t.Fatalf("%q: number %v, amount %v", b, n.D, a.D)
		}
	})
}

func BenchmarkNumber(b *testing.B) {
	in := []byte(`"12345.678901"`)
	b.ReportAllocs()
	for b.Loop() {
		var n Number
		if n.UnmarshalJSON(in) != nil || !n.OK {
			b.Fatal()
		}
	}
}
