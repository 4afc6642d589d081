package normalize

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func dec(t testing.TB, s string) Decimal {
	t.Helper()
	d, err := ParseDecimal(s)
	if err != nil {
		t.Fatalf("ParseDecimal(%q): %v", s, err)
	}
	return d
}

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.00": "0", "007": "7", "1.50": "1.5", "-98.4193": "-98.4193", "-2E-3": "-0.002", "1.5E+3": "1500", "1e3": "1000",
		"9007199254740993": "9007199254740993", "0.0000000000000000001": "0.0000000000000000001", "1E-19": "0.0000000000000000001",
		"123456789012345678901234567890123456789012345.1234567890123456789": "123456789012345678901234567890123456789012345.1234567890123456789",
		"-0.10": "-0.1", "0e0": "0",
	} {
		if d, err := ParseDecimal(in); err != nil || d.String() != want {
			t.Errorf("ParseDecimal(%q) = %s, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", " ", "x", "NaN", "Inf", "-Infinity", "+5", "1_000", "1,5", "0x10", "0b1", "1p3", "1/3", "--1", "-", ".", "1e", "1e5000000", "1E-401",
		"1 ", "\t1", "1.2.3", "-+" + strings.Repeat("1", 45), strings.Repeat("9", 201), "--" + strings.Repeat("1", 45), "1e2.5", "٣", "1e+-2"} {
		if d, err := ParseDecimal(in); err == nil {
			t.Errorf("ParseDecimal(%q) = %s, want an error", in, d)
		} else if len(in) > 3 && strings.Contains(err.Error(), in) {
			t.Errorf("the error repeats the text: %v", err)
		}
	}
	for _, in := range []string{"1E-20", "0.00000000000000000001", "1.23456789012345678901", "-2E-18E"} {
		if _, err := ParseDecimal(in); err == nil || errors.Is(err, ErrInexact) == strings.HasSuffix(in, "E") {
			t.Errorf("ParseDecimal(%q): %v", in, err)
		}
	}
}

func TestParseMeasure(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"-2E-18": "0", "2.7755575615628914E-17": "0", "-0.0000000009999": "0", "0.000000001": "0.000000001", "-1E-300": "0",
		"98.41930000000001": "98.41930000000001", "0.00033333333333333335": "0.0003333333333333334", "12.34": "12.34",
		"5.00000000000000000005": "5", "5.00000000000000000015": "5.0000000000000000002",
	} {
		if d, err := ParseMeasure(in); err != nil || d.String() != want {
			t.Errorf("ParseMeasure(%q) = %s, %v; want %s", in, d, err, want)
		}
	}
	for _, in := range []string{"", "x", "NaN", "1e9999", "1/3"} {
		if d, err := ParseMeasure(in); err == nil {
			t.Errorf("ParseMeasure(%q) = %s, want an error", in, d)
		}
	}
}

func TestDecimalJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`12.50`: `12.5`, `"12.50"`: `12.5`, `-0`: `0`, `1e2`: `100`, `"9223372036854775808"`: `9223372036854775808`, `null`: `7`} {
		d := Int(7)
		if err := json.Unmarshal([]byte(in), &d); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if out, err := json.Marshal(d); err != nil || string(out) != want {
			t.Errorf("%s → %s, %v; want %s", in, out, err, want)
		}
	}
	for _, in := range []string{`true`, `""`, `"x"`, `{}`, `[1]`, `"\"1\""`, `"1e"`, `1e500`} {
		d := Int(7)
		if err := json.Unmarshal([]byte(in), &d); err == nil {
			t.Errorf("%s read as %s", in, d)
		}
	}
}

func TestScaledAtTheEdges(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]Decimal{
		"-9223372036854775808": Int(math.MinInt64), "9223372036854775807": Int(math.MaxInt64), "-9223372036854.775808": FromMicros(math.MinInt64),
		"0.9223372036854775807": Scaled(math.MaxInt64, 19), "0.9223372036854775806": Scaled(math.MaxInt64-1, 200), "0": Scaled(0, 5), "12.34": Scaled(1234, 2),
	} {
		if d.String() != want {
			t.Errorf("got %s, want %s", d, want)
		}
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"1", "3", "0.333333"}, {"2", "3", "0.666667"}, {"1", "8", "0.125"}, {"-2", "3", "-0.666667"}, {"0", "5", "0"}, {"-1", "-4", "0.25"},
		// Exactly one half goes to the even neighbour; a hair more or less does not.
		{"0.0000005", "1", "0"}, {"0.0000015", "1", "0.000002"}, {"0.0000025", "1", "0.000002"}, {"-0.0000025", "1", "-0.000002"},
		{"5000001", "10000000000000", "0.000001"}, {"0.00000050000000000000000001", "1", ""},
		{"123456789012345678901234567890", "7", "17636684144620811271604938270"},
		{"1", "123456789012345678901234567890123456789", "0"},
	} {
		a, err := ParseDecimal(c.a)
		if err != nil {
			continue
		}
		if q, ok := a.Ratio(dec(t, c.b), 6); !ok || q.String() != c.want {
			t.Errorf("%s / %s = %s, %v; want %s", c.a, c.b, q, ok, c.want)
		}
	}
	// The remainder that decides is past the 19th digit: 0.0000005 and a quotient tail of 1e-25.
	if q, _ := dec(t, "5000000000000000001").Ratio(dec(t, "10000000000000000000000000"), 6); q.String() != "0.000001" {
		t.Errorf("a hair above one half rounds to %s", q)
	}
	if _, ok := Int(1).Ratio(Decimal{}, 6); ok {
		t.Error("a ratio over zero is absent, not a number")
	}
}

// A ratio that is not zero does not leave as zero: the zeros after its point do not count as its digits.
func TestQuotient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"1", "3", "0.333333"}, {"0", "5", "0"}, {"3", "1000", "0.003"}, {"1", "30", "0.0333333"}, {"-1", "3000000", "-0.000000333333"},
		{"1", "30000000000", "0.0000000000333333"}, {"2000000", "3", "666666.666667"}, {"0.1", "1", "0.1"}, {"99999995", "1000000000", "0.1"},
		{"0.00123456785", "1", "0.00123457"}, {"0.0012345650", "1", "0.00123456"}, {"0.00123456500000001", "1", "0.00123457"},
		{"1", "3000000000000000000", "0"}, {"1", "1000000000000000000", "0.000000000000000001"}, {"1", "123456789012345678901234567890123456789", "0"},
		{"123456789012345678901234567890", "7", "17636684144620811271604938270"},
	} {
		if q, ok := dec(t, c.a).Quotient(dec(t, c.b)); !ok || q.String() != c.want {
			t.Errorf("%s / %s = %s, %v; want %s", c.a, c.b, q, ok, c.want)
		}
	}
	if _, ok := Int(1).Quotient(Decimal{}); ok {
		t.Error("a ratio over zero is absent, not a number")
	}
}

// number draws decimals of everyday and of odd sizes.
func number(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringMatching(`-?[0-9]{1,9}(\.[0-9]{1,6})?`),
		rapid.StringMatching(`-?[0-9]{1,18}(\.[0-9]{1,19})?`),
		rapid.StringMatching(`-?[0-9]{20,40}(\.[0-9]{1,19})?`),
		rapid.SampledFrom([]string{"0", "-0", "0.5", "0.0000005", "1", "-1", "10", "0.0000000000000000001", "99999999999999999999.9999999999999999999"}),
	).Draw(t, name)
}

// reference computes with far more digits than any sum or product here has.
func reference() *apd.Context {
	c := apd.BaseContext.WithPrecision(400)
	c.Rounding = apd.RoundHalfEven
	return c
}

func apdOf(t *rapid.T, s string) *apd.Decimal {
	d, _, err := apd.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plain is the shortest exact text of a reference number.
func plain(d *apd.Decimal) string {
	var r apd.Decimal
	r.Reduce(d)
	if r.IsZero() {
		return "0"
	}
	return r.Text('f')
}

func TestDecimalEqualsReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		as, bs := number(t, "a"), number(t, "b")
		a, err := ParseDecimal(as)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseDecimal(bs)
		if err != nil {
			t.Fatal(err)
		}
		x, y, c := apdOf(t, as), apdOf(t, bs), reference()
		same := func(what string, got Decimal, want *apd.Decimal) {
			if got.String() != plain(want) {
				t.Fatalf("%s of %s and %s: %s, want %s", what, as, bs, got, plain(want))
			}
		}
		var r apd.Decimal
		same("text", a, x)
		_, _ = c.Add(&r, x, y)
		same("sum", a.Add(b), &r)
		_, _ = c.Sub(&r, x, y)
		same("difference", a.Sub(b), &r)
		_, _ = c.Mul(&r, x, y)
		_, _ = c.Quantize(&r, &r, -maxScale)
		same("product", a.Mul(b), &r)
		scale := rapid.Uint8Range(0, maxScale).Draw(t, "scale")
		_, _ = c.Quantize(&r, x, -int32(scale))
		same("rounding", a.Round(scale), &r)
		if q, ok := a.Ratio(b, scale); ok {
			_, _ = c.Quo(&r, x, y)
			_, _ = c.Quantize(&r, &r, -int32(scale))
			same("ratio", q, &r)
			_, _ = c.Quo(&r, x, y)
			digits := int32(RatioDigits)
			for z := new(apd.Decimal).Abs(&r); z.Sign() > 0 && z.Cmp(apd.New(1, -1)) < 0 && digits < 18; z.Exponent++ {
				digits++
			}
			_, _ = c.Quantize(&r, &r, -digits)
			q, _ = a.Quotient(b)
			same("quotient", q, &r)
		} else if !y.IsZero() {
			t.Fatal("no ratio over a number that is not zero")
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() && !x.IsZero() || a.Neg().Add(a).Sign() != 0 || a.Abs().Sign() < 0 {
			t.Fatalf("comparison or sign of %s and %s", as, bs)
		}
		var back Decimal
		if err := back.UnmarshalText(a.Append(nil)); err != nil || back.Cmp(a) != 0 {
			t.Fatalf("%s does not come back: %s, %v", as, back, err)
		}
		for _, d := range []Decimal{a, b, a.Add(b), a.Sub(a), a.Neg(), a.Mul(b)} {
			if got := string(d.Append(nil)); got != d.String() {
				t.Fatalf("appended %s is %s", d, got)
			}
		}
		if _, frac, _ := strings.Cut(a.String(), "."); a.Scale() != len(frac) {
			t.Fatalf("Scale(%s) = %d", a, a.Scale())
		}
	})
}

func TestDecimalDoesNotAllocate(t *testing.T) {
	a, b := dec(t, "1234567.891234"), dec(t, "98765.4321")
	buf := make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		c := a.Add(b).Sub(a).Mul(b)
		q, _ := a.Quotient(b)
		buf = q.Append(c.Append(buf[:0]))
		var d Decimal
		_ = d.UnmarshalText(buf[:5])
	})
	if n > 0 {
		t.Errorf("%v allocations a row", n)
	}
}

var grammar = regexp.MustCompile(`^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "1e3", "-2E-18", "1.5E+3", "+1", ".5", "5.", "-+1", "1_0", "0x1", "99999999999999999999999999999999999999999", "1e400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		m, merr := ParseMeasure(s)
		if err != nil {
			return
		}
		if merr != nil || m.Cmp(d) != 0 && !m.IsZero() {
			t.Fatalf("%q: measure %s, %v; number %s", s, m, merr, d)
		}
		if !grammar.MatchString(s) {
			t.Fatalf("%q is read as %s", s, d)
		}
		x, _, rerr := apd.NewFromString(s)
		if rerr != nil || plain(x) != d.String() {
			t.Fatalf("%q is read as %s, want %s", s, d, plain(x))
		}
		if back, err := ParseDecimal(d.String()); err != nil || back.Cmp(d) != 0 {
			t.Fatalf("%q does not come back", s)
		}
	})
}
