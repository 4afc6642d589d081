package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/admux/admux/providers/internal/wire"
)

func TestElements(t *testing.T) {
	t.Parallel()
	type meta struct {
		Metadata struct {
			Next string `json:"nextPageToken"`
		} `json:"metadata"`
		Paging json.RawMessage `json:"paging"`
	}
	for name, body := range map[string]string{
		"list first": `{"elements":[{"id":1},{"id":2}],"metadata":{"nextPageToken":"t"},"paging":{"x":[1,2]}}`,
		"list last":  ` { "paging":{"x":[1,2]}, "metadata":{"nextPageToken":"t"}, "elements":[{"id":1,"other":{"deep":[[]]}},{"id":2}] } `,
	} {
		var ids []int64
		var m meta
		err := Elements(strings.NewReader(body), "elements", func(e *item) error { ids = append(ids, e.ID); return nil }, &m)
		if err != nil || len(ids) != 2 || ids[0] != 1 || ids[1] != 2 || m.Metadata.Next != "t" || string(m.Paging) != `{"x":[1,2]}` {
			t.Errorf("%s: %v %v %+v %s", name, err, ids, m, m.Paging)
		}
	}
}

// The names match by case, a member twice is refused, a member of an element before does not stay.
func TestElementsTraps(t *testing.T) {
	t.Parallel()
	type el struct {
		ID    int64   `json:"id"`
		Value *string `json:"value"`
		Tags  []int   `json:"tags"`
	}
	read := func(body string) (out []el, err error) {
		err = Elements(strings.NewReader(body), "elements", func(e *el) error { out = append(out, *e); return nil }, nil)
		return out, err
	}
	got, err := read(`{"elements":[{"ID":7,"Id":8,"id":1,"value":"x","tags":[1,2]},{"id":2}]}`)
	if err != nil || len(got) != 2 || got[0].ID != 1 || got[1].Value != nil || got[1].Tags != nil {
		t.Errorf("case, stale members: %+v %v", got, err)
	}
	if _, err := read(`{"Elements":[{"id":1}]}`); !errors.Is(err, ErrNoElements) {
		t.Errorf("list of another case: %v", err)
	}
	for name, body := range map[string]string{
		"a member twice":   `{"elements":[{"id":1,"id":2}]}`,
		"the list twice":   `{"elements":[],"elements":[{"id":1}]}`,
		"another twice":    `{"elements":[],"a":1,"a":2}`,
		"a second value":   `{"elements":[]}{"elements":[]}`,
		"an array":         `[{"id":1}]`,
		"a list of texts":  `{"elements":["1"]}`,
		"an object":        `{"elements":{"id":1}}`,
		"a fraction as id": `{"elements":[{"id":1.5}]}`,
	} {
		if _, err := read(body); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if got, err := read("{\"elements\":[{\"id\":1,\"value\":\"a\xffb\"}]}"); err != nil || *got[0].Value != "a\ufffdb" {
		t.Errorf("broken UTF-8: %v %v", got, err)
	}
	for _, body := range []string{`{"elements":null}`, `{}`, `{"error":1}`} {
		if _, err := read(body); !errors.Is(err, ErrNoElements) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// N2: whichever byte a body ends at, it is never taken for a whole one.
func TestN2_ElementsCutAnywhere(t *testing.T) {
	t.Parallel()
	body := `{"paging":{"total":3,"l":["a\u0041",-1.5e3]},"elements":[{"id":1},{"id":2},{"id":3}],"metadata":{"t":true}}`
	for n := range len(body) {
		for _, r := range []io.Reader{strings.NewReader(body[:n]), iotest.OneByteReader(strings.NewReader(body[:n]))} {
			var rest map[string]any
			err := Elements(r, "elements", func(*item) error { return nil }, &rest)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut after %q: %v", body[:n], err)
			}
		}
	}
	broken := errors.New("connection reset")
	err := Elements(io.MultiReader(strings.NewReader(body[:60]), iotest.ErrReader(broken)), "elements", func(*item) error { return nil }, nil)
	if !errors.Is(err, broken) {
		t.Errorf("the reader's error is lost: %v", err)
	}
}

func FuzzElements(f *testing.F) {
	for _, s := range []string{goodList, `{"elements":[]}`, `{"a":{"b":[1]},"elements":[{"id":1}]} `, `{"elements":null}`, `[]`, `{"elements":[{"id":1}`, `{"elements":[1],"elements":[2]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		var rest map[string]json.RawMessage
		err := Elements(bytes.NewReader(b), "elements", func(*json.RawMessage) error { n++; return nil }, &rest)
		if err != nil {
			return
		}
		// What is taken, the standard decoder takes too, with as many elements.
		var std map[string]json.RawMessage
		if serr := json.Unmarshal(b, &std); serr != nil {
			t.Fatalf("taken, but not JSON: %v", serr)
		}
		var list []json.RawMessage
		if serr := json.Unmarshal(std["elements"], &list); serr != nil || len(list) != n {
			t.Fatalf("%d elements, the standard decoder has %d (%v)", n, len(list), serr)
		}
		if len(rest) != len(std)-1 {
			t.Fatalf("%d other members, want %d", len(rest), len(std)-1)
		}
	})
}

type analyticsRow struct {
	DateRange struct {
		Start struct{ Year, Month, Day int }
	} `json:"dateRange"`
	PivotValues []string    `json:"pivotValues"`
	Impressions wire.Number `json:"impressions"`
	Clicks      wire.Number `json:"clicks"`
	Cost        wire.Number `json:"costInLocalCurrency"`
	Conversions wire.Number `json:"externalWebsiteConversions"`
	Value       wire.Number `json:"conversionValueInLocalCurrency"`
}

func analyticsBody(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"paging":{"start":0,"count":10,"links":[]},"elements":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"dateRange":{"start":{"month":%d,"day":%d,"year":2026},"end":{"month":%d,"day":%d,"year":2026}},"clicks":%d,"impressions":%d,`+
			`"costInLocalCurrency":"%d.%06d","externalWebsiteConversions":%d,"conversionValueInLocalCurrency":"%d.5","pivotValues":["urn:li:sponsoredCreative:%d"],`+
			`"landingPageClicks":%d,"likes":3,"shares":1,"comments":0,"follows":2,"oneClickLeads":0,"videoViews":12,"totalEngagements":44}`,
			i%12+1, i%28+1, i%12+1, i%28+1, i%900, i%90000, i%700, i%999999, i%40, i%5000, 100000000+i, i%77)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// 15,000 elements are LinkedIn's cap of one analytics answer. Floor: one pass of the tokenizer.
func BenchmarkElements(b *testing.B) {
	body := analyticsBody(15_000)
	b.Run("stream", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			if err := Elements(bytes.NewReader(body), "elements", func(*analyticsRow) error { n++; return nil }, nil); err != nil || n != 15_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var all struct {
				Elements []analyticsRow `json:"elements"`
			}
			if err := json.NewDecoder(bytes.NewReader(body)).Decode(&all); err != nil || len(all.Elements) != 15_000 {
				b.Fatal(len(all.Elements), err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := tokens(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
