package reports_test

import (
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// devices is a platform whose rows say what it calls devices, when it is asked.
func devices() *fake {
	f := newFake(order...)
	f.rows = asked(func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		var rows []normalize.Row
		for i, of := range [][]string{{"android", "iphone"}, {"ipad"}} {
			r := campaign("9", nil, num("100"), num(fmt.Sprint(10*(i+1))), num("1.50"))
			for _, d := range p.Query.Dimensions {
				v := []string{"MOBILE", "TABLET"}[i]
				if d == normalize.DimensionDate {
					v = "2026-11-20"
					r.Date, of = day(v), []string{of[0]} // on that day the first of them
				}
				r.Dims = append(r.Dims, v)
			}
			if p.Query.Raw {
				for _, d := range p.Query.Dimensions {
					own := of
					if d == normalize.DimensionDate {
						own = nil
					}
					r.Raw = append(r.Raw, own)
				}
			}
			rows = append(rows, r)
		}
		return these(rows...)(p, nil)
	})
	return f
}

func TestRawIsWhatThePlatformCallsIt(t *testing.T) {
	t.Parallel()
	base := devices().serve(t)
	for query, want := range map[string]string{
		"dimension=DEVICE&format=table&fields=device,clicks,raw":                       `"rows":[{"device":"MOBILE","clicks":10,"raw":{"device":["android","iphone"]}},` + "\n" + `{"device":"TABLET","clicks":20,"raw":{"device":["ipad"]}}]`,
		"dimension=DEVICE&format=table&fields=raw":                                     `{"columns":["raw"],"rows":[{"raw":{"device":["android","iphone"]}},`,
		"dimension=DEVICE&format=ndjson&fields=clicks,raw&sort=clicks&order=desc":      `{"clicks":20,"raw":{"device":["ipad"]}}` + "\n" + `{"clicks":10,"raw":{"device":["android","iphone"]}}`,
		"dimension=DEVICE,DATE&format=ndjson&fields=date,raw&sort=clicks":              `{"date":"2026-11-20","raw":{"device":["android"]}}`,
		"dimension=DEVICE&fields=id,raw":                                               `[{"id":"campaign:1:9:2026-11-17:2026-11-24","raw":{"device":{"MOBILE":["android","iphone"],"TABLET":["ipad"]}}}]`,
		"dimension=DEVICE&fields=raw":                                                  `[{"raw":{"device":{"MOBILE":["android","iphone"],"TABLET":["ipad"]}}}]`,
		"dimension=DEVICE&fields=metrics,raw&campaign_id=9":                            `"campaign":{"id":"9","name":"Campaign 9"}}],"raw":{"device":{"MOBILE":`,
		"dimension=DEVICE&format=table&fields=device,raw&reconcile=true&partial=allow": `{"device":"TABLET","raw":{"device":["ipad"]}}`,
	} {
		if a := get(t, base, "type=CLICKS&"+query); a.status != http.StatusOK || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := get(t, base, "type=CLICKS&dimension=DEVICE&format=table"); strings.Contains(string(a.body), "iphone") {
		t.Errorf("nobody asked: %s", a.body)
	}
	for _, shape := range []string{"csv", "parquet"} {
		if p := refused(t, get(t, base, "dimension=DEVICE&fields=device,raw&format="+shape), http.StatusBadRequest); !slices.Equal(p.fields(), []string{"fields"}) {
			t.Errorf("%s: %+v", shape, p)
		}
	}
}

// Rows of days that are put together have what each of the days has.
func TestRawOfConvertedRows(t *testing.T) {
	t.Parallel()
	f := newFake(order...)
	f.rows = asked(func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		var rows []normalize.Row
		for i, own := range []string{"iphone", "android", "iphone"} {
			r := campaign("9", []string{"MOBILE", day("2026-11-18").Add(i).String()}, num("1"), num("1"), num("1"))
			r.Date, r.Raw = day("2026-11-18").Add(i), [][]string{{own}, nil}
			rows = append(rows, r)
		}
		return these(rows...)(p, nil)
	})
	a := get(t, serveRates(t, steady(), f)+"/ads/c1/report", "type=COST&dimension=DEVICE&currency=EUR&format=ndjson&fields=device,raw")
	if want := `{"device":"MOBILE","raw":{"device":["android","iphone"]}}` + "\n"; string(a.body) != want {
		t.Errorf("%d %s", a.status, a.body)
	}
	s := newShelf(t, devices())
	s.ask(t, "c1", "type=CLICKS&dimension=DEVICE&format=table&fields=raw")
	s.keep(t)
	if got := get(t, s.url+"/result", ""); !strings.Contains(string(got.body), `{"raw":{"device":["android","iphone"]}}`) {
		t.Errorf("kept: %s", got.body)
	}
}
