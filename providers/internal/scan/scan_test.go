package scan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// readAll reads a document with the scanner into what encoding/json would make of it, numbers kept as they stand.
func readAll(s *Scanner) any {
	switch c := s.Peek(); c {
	case '{':
		m := map[string]any{}
		for s.Enter('{'); ; {
			name, ok := s.Member()
			if !ok {
				return m
			}
			key := string(name)
			m[key] = readAll(s)
		}
	case '[':
		list := []any{}
		for s.Enter('['); s.Element(); {
			list = append(list, readAll(s))
		}
		return list
	case '"':
		b, _ := s.Text()
		return string(b)
	}
	raw := s.Raw()
	switch string(raw) {
	case "null":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	return json.Number(raw)
}

func read(r io.Reader, walk bool) (any, error) {
	var s Scanner
	s.Reset(r)
	if !walk {
		s.Mark()
		raw := bytes.Clone(s.Raw())
		return raw, s.End()
	}
	v := readAll(&s)
	return v, s.End()
}

// The scanner takes what encoding/json takes, and reads the same in it, however the bytes arrive; but for an object that
// has a name twice, of which both read the last.
func agree(t *testing.T, b []byte) {
	t.Helper()
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '{' && b[0] != '[' { // no answer is a number: where one ends is not looked for
		return
	}
	var want any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	std := dec.Decode(&want)
	if std == nil && !json.Valid(b) {
		std = errors.New("text follows")
	}
	for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b), "by the byte": iotest.OneByteReader(bytes.NewReader(b))} {
		raw, err := read(bytes.NewReader(b), false)
		if (err == nil) != (std == nil) {
			t.Fatalf("%s passed over: %v, encoding/json: %v\n%q", name, err, std, b)
		}
		if err == nil && !bytes.Equal(raw.([]byte), b) {
			t.Fatalf("raw %q of %q", raw, b)
		}
		got, err := read(r, true)
		if (err == nil) != (std == nil) {
			t.Fatalf("%s: %v, encoding/json: %v\n%q", name, err, std, b)
		}
		if err == nil && fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Fatalf("%s: %#v, encoding/json: %#v", name, got, want)
		}
	}
}

var documents = []string{
	`{}`, `[]`, `[1,-0,0.5,1e9,1E+9,1.25e-7,-12.0]`, `[01]`, `[1.]`, `[.5]`, `[-]`, `[+1]`, `[1e]`, `[1e+]`, `[0x1]`,
	`{"a":null,"b":true,"c":false,"d":"x"}`, `{"a":nul}`, `{"a":nulL}`, `{"a" : [ 1 , {"b":[[]]} ] , "c":{}}`,
	`{"a":1,}`, `{,}`, `[,]`, `[1,]`, `[1 2]`, `{"a" 1}`, `{"a":}`, `{a:1}`, `{"a":1 "b":2}`, `[1}`, `{"a":1]`, `[]x`, `{}{}`, "[]\x00", "[\x00]",
	`["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800"]`, `["\x"]`, `["\u12"]`, `["\u12g4"]`, "[\"a\nb\"]", "[\"a\x1fb\"]", "[\"\x7f\"]", "[\"a\xffb\"]", "[\"\xed\xa0\x80\"]",
	`["1234567","12345678","123456789é"]`, `{"1234567\u0038":"é"}`, "[\"é\\n\xff\"]", "\t[\r\n1\t]\n ",
	strings.Repeat("[", 500) + strings.Repeat("]", 500), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	`["` + strings.Repeat("long ", 40_000) + `"]`, `[{"a":1,"a":2}]`,
}

func TestScannerReadsJSON(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		agree(t, []byte(d))
		if len(d) < 1000 {
			for n := range len(d) {
				agree(t, []byte(d[:n]))
			}
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, d := range documents {
		if len(d) < 1000 {
			f.Add([]byte(d))
		}
	}
	f.Fuzz(agree)
}

// N2: whichever byte a document ends at, that is what is wrong with it; and a reader's own error is told.
func TestN2_ScannerCutAnywhere(t *testing.T) {
	t.Parallel()
	const body = `{"a":[1,-2.5e3,true,null],"b":{"c":"d\u00e9\\"}}`
	for n := range len(body) {
		for _, walk := range []bool{true, false} {
			if _, err := read(strings.NewReader(body[:n]), walk); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut after %q: %v", body[:n], err)
			}
			broken := errors.New("reset")
			if _, err := read(io.MultiReader(strings.NewReader(body[:n]), iotest.ErrReader(broken)), walk); !errors.Is(err, broken) {
				t.Fatalf("broken after %q: %v", body[:n], err)
			}
		}
	}
	if _, err := read(io.MultiReader(strings.NewReader(body), iotest.ErrReader(errors.New("reset"))), true); err == nil {
		t.Error("an error after the document is lost")
	}
}

// What the methods return stays as it is until Mark, however far the scanner reads on, and Mark keeps what is to come.
func TestScannerKeepsValuesUntilMark(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var doc bytes.Buffer
	var want [][]string
	doc.WriteByte('[')
	for i := range 300 {
		if i > 0 {
			doc.WriteByte(',')
		}
		var row []string
		for range r.IntN(12) + 1 {
			row = append(row, strings.Repeat(string(rune('a'+r.IntN(26)))+`"é`, r.IntN(1+i*i%4000)))
		}
		want = append(want, row)
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		doc.Write(b)
	}
	doc.WriteByte(']')
	var s Scanner
	s.Reset(iotest.HalfReader(&doc))
	n := 0
	for s.Enter('['); s.Element(); n++ {
		s.Mark()
		var got [][]byte
		for s.Enter('['); s.Element(); {
			b, _ := s.Text()
			got = append(got, b)
		}
		for i, g := range got {
			if string(g) != want[n][i] {
				t.Fatalf("row %d: text %d has changed", n, i)
			}
		}
	}
	if err := s.End(); err != nil || n != len(want) {
		t.Fatal(n, err)
	}
}

// Measure reads what wire.Number reads.
func FuzzMeasure(f *testing.F) {
	for _, in := range []string{
		`0`, `7`, `-7`, `1200`, `"1200"`, `"0012"`, `0012`, `1.5`, `"1.50"`, `0.000000001`, `0.0000000001`, `-2E-18`, `"1e3"`, `""`, `"--"`, `"-"`, `null`,
		`123456789012345678`, `1234567890123456789`, `123456789.123456789`, `1234567890.123456789`, `12345678901234567890.5`, `1.`, `.5`, `"1."`, `".5"`,
		`"12a"`, `"a"`, `{}`, `[1]`, `true`, `"\u0031"`, `"1 "`, `1 `, `9.99`, `0.1`, `00.1`, `"00.1"`, `99.99999999999996`, `123456789012345678901234567890`, `1e400`, `-0.0`, `"+1"`,
	} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var want wire.Number
		werr := want.UnmarshalJSON([]byte(strings.TrimSpace(in)))
		if !json.Valid([]byte(in)) {
			werr = errors.New("not JSON")
		}
		whole, werr2 := strconv.Atoi(strings.TrimSpace(in))
		if !json.Valid([]byte(in)) {
			werr2 = errors.New("not JSON")
		}
		for _, r := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			var s Scanner
			s.Reset(r(strings.NewReader("[" + in + "]")))
			s.Enter('[')
			if !s.Element() {
				continue
			}
			var got normalize.Value
			s.Measure(&got)
			if s.Element() {
				continue
			}
			if err := s.End(); (err == nil) != (werr == nil) || err == nil && (got.OK != want.OK || got.D.Cmp(want.D) != 0) {
				t.Errorf("%s: %v %v, want %v %v", in, got, err, want, werr)
			}
			s.Reset(r(strings.NewReader(`{"a":` + in + `}`)))
			s.Enter('{')
			s.Member()
			n := s.Int()
			if _, more := s.Member(); more {
				continue
			}
			if err := s.End(); (err == nil) != (werr2 == nil) || err == nil && n != whole {
				t.Errorf("%s: %v %v, want %v %v", in, n, err, whole, werr2)
			}
		}
	})
}

// Want finds the wanted members in any order, passes over others, and refuses a name twice, wanted or not.
func TestWant(t *testing.T) {
	t.Parallel()
	names := NewNames("a", "b", "c")
	var s Scanner
	for _, tt := range []struct{ in, want string }{
		{`{"a":1,"b":2,"c":3}`, "a1 b2 c3 "}, {`{"a":1,"b":2,"c":3}`, "a1 b2 c3 "}, {`{"c":3,"x":{"a":9},"a":1}`, "c3 a1 "},
		{`{ "a" : 1 , "b" : 2 }`, "a1 b2 "}, {`{"\u0061":1,"bb":2,"":7}`, "a1 "}, {`{"A":1,"ab":2,"b":3}`, "b3 "}, {`{}`, ""}, {`{"x":1,"y":2,"b":3}`, "b3 "},
		{`{"a":1,"a":2}`, "twice"}, {`{"a":1,"b":1,"\u0061":2}`, "twice"}, {`{"x":1,"x":2}`, "twice"}, {`{"a":1 "b":2}`, "invalid"}, {`{"a":1,`, "EOF"}, {`{"a" 1}`, "invalid"},
	} {
		for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
			got := ""
			s.Reset(r)
			for s.Enter('{'); ; {
				i, ok := s.Want(names)
				if !ok {
					break
				}
				if i < 0 {
					s.Skip()
					continue
				}
				b, _ := s.Text()
				got += string(rune('a'+i)) + string(b) + " "
			}
			if err := s.End(); err != nil {
				got = err.Error()
			}
			if got != tt.want && (s.Err() == nil || !strings.Contains(got, tt.want)) {
				t.Errorf("%s: %q, want %q", tt.in, got, tt.want)
			}
		}
	}
	var many strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, `"n%d":%d,`, i, i)
	}
	s.Reset(strings.NewReader("{" + many.String() + `"b":2}`))
	found := 0
	for s.Enter('{'); ; s.Skip() {
		i, ok := s.Want(names)
		if !ok {
			break
		}
		if i == 1 {
			found++
		}
	}
	if err := s.End(); err != nil || found != 1 || len(names.list) > 200 {
		t.Errorf("%v, found %d times, %d names remembered", err, found, len(names.list))
	}
}

// BenchmarkScanner reads a page of rows beside one pass of the tokenizer over the same bytes.
func BenchmarkScanner(b *testing.B) {
	row := `{"dateRange":{"start":{"month":11,"day":7,"year":2026},"end":{"month":11,"day":7,"year":2026}},"clicks":312,"impressions":48211,` +
		`"costInLocalCurrency":"1312.450000","externalWebsiteConversions":12,"conversionValueInLocalCurrency":"811.5","pivotValues":["urn:li:sponsoredCreative:600123456"]}`
	body := []byte("[" + strings.Repeat(row+",", 9_999) + row + "]")
	b.Run("scanner", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var s Scanner
		var names [4]*Names
		for i := range names {
			names[i] = NewNames()
		}
		for b.Loop() {
			s.Reset(bytes.NewReader(body))
			for s.Enter('['); s.Element(); {
				s.Mark()
				walk(&s, names[:])
			}
			if err := s.End(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			for dec := jsontext.NewDecoder(bytes.NewReader(body)); ; {
				if _, err := dec.ReadToken(); err != nil {
					break
				}
			}
		}
	})
}

// walk looks at every value, with the names of each depth.
func walk(s *Scanner, names []*Names) {
	switch s.Peek() {
	case '{':
		for s.Enter('{'); ; walk(s, names[1:]) {
			if _, ok := s.Want(names[0]); !ok {
				return
			}
		}
	case '[':
		for s.Enter('['); s.Element(); walk(s, names) {
		}
	case '"':
		s.Text()
	default:
		var v normalize.Value
		s.Measure(&v)
	}
}
