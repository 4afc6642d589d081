package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/admux/admux/providers/internal/scan"
)

// rowsOf reads a list as Rows and as Elements do: raw elements, and the other members.
func rowsOf(b []byte) (list []string, others map[string]json.RawMessage, err error) {
	var s scan.Scanner
	err = Rows(&s, iotest.HalfReader(bytes.NewReader(b)), "elements", func() error { list = append(list, string(s.Raw())); return nil }, &others)
	return list, others, err
}

func elementsOf(b []byte) (list []string, others map[string]json.RawMessage, err error) {
	err = Elements(bytes.NewReader(b), "elements", func(raw *json.RawMessage) error { list = append(list, string(*raw)); return nil }, &others)
	return list, others, err
}

// Rows takes what Elements takes, and gives the same. Only names twice inside an element or another member are not its
// business.
func FuzzRows(f *testing.F) {
	for _, s := range []string{goodList, `{"elements":[]}`, `{"a":{"b":[1]},"elements":[{"id":1}]} `, `{"elements":null}`, `{}`, `[]`, `{"elements":[{"id":1}`,
		`{"elements":[1],"elements":[2]}`, `{"a":1,"a":2,"elements":[]}`, `{"elements":{}}`, `{"elements":[1]}x`, `{"é\n":1,"elements":["\ud800"]}`, ``, `{"elements":[1,]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		wantList, wantOthers, want := elementsOf(b)
		gotList, gotOthers, got := rowsOf(b)
		if want != nil && strings.Contains(want.Error(), "duplicate") && got == nil {
			return
		}
		if (got == nil) != (want == nil) || errors.Is(got, ErrNoElements) != errors.Is(want, ErrNoElements) {
			t.Fatalf("%q: Rows: %v, Elements: %v", b, got, want)
		}
		if got != nil {
			return
		}
		if strings.Join(gotList, "\n") != strings.Join(wantList, "\n") || len(gotOthers) != len(wantOthers) {
			t.Fatalf("%q: Rows: %q %q, Elements: %q %q", b, gotList, gotOthers, wantList, wantOthers)
		}
		for k, v := range wantOthers {
			if string(gotOthers[k]) != string(v) {
				t.Fatalf("%q: member %q is %q, want %q", b, k, gotOthers[k], v)
			}
		}
	})
}

// N2: whichever byte a body ends at, it is never taken for a whole one.
func TestN2_RowsCutAnywhere(t *testing.T) {
	t.Parallel()
	body := `{"paging":{"total":3,"l":["a\u0041",-1.5e3]},"elements":[{"id":1},{"id":2},{"id":3}],"metadata":{"t":true}}`
	for n := range len(body) {
		if _, _, err := rowsOf([]byte(body[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut after %q: %v", body[:n], err)
		}
	}
	if list, _, err := rowsOf([]byte(body)); err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
}
