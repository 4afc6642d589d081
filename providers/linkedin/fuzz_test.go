package linkedin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// Every decoder of what LinkedIn sends must take any bytes: an error, never a panic and never a made-up number.

func FuzzAnalytics(f *testing.F) {
	f.Add([]byte(`{"elements":[{"dateRange":{"start":{"year":2026,"month":11,"day":1},"end":{"year":2026,"month":11,"day":1}},"pivotValues":["urn:li:sponsoredCreative:1"],"impressions":4211,"costInLocalCurrency":"98.4193"}],"paging":{"start":0,"count":10,"links":[]}}`))
	f.Add([]byte(`{"elements":[{"costInUsd":"-2E-18","pivotValues":[null,"a\u00e9"],"dateRange":null}]}`))
	f.Add([]byte(`{"elements":[]`))
	f.Add([]byte(`{"elements":[{"clicks":"","impressions":null,"x":[{}],"pivotValues":{},"dateRange":{"end":{"day":31},"start":{"day":1,"month":2,"year":2026}}}]}`))
	columns := []string{"impressions", "costInLocalCurrency", "costInUsd", "clicks"}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got []string
		w := newAnalytics(columns)
		_, _, err := w.read(bytes.NewReader(b), func() error {
			if d, err := w.begins(); err == nil && d.Year < 2000 {
				t.Errorf("day %v", d)
			}
			got = append(got, fmt.Sprintf("%v %v %q %v", w.from, w.last, w.pivots, w.values))
			return nil
		})
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Errorf("%q is not JSON and was taken", b)
		}
		if want := plainly(t, b, columns); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q is read as\n%s\nand by encoding/json as\n%s", b, got, want)
		}
	})
}

// plainly reads rows with encoding/json.
func plainly(t *testing.T, b []byte, columns []string) (rows []string) {
	t.Helper()
	var body map[string]json.RawMessage
	var elements []map[string]json.RawMessage
	if json.Unmarshal(b, &body) != nil || json.Unmarshal(body["elements"], &elements) != nil {
		t.Fatalf("%q was taken", b)
	}
	for _, e := range elements {
		var days map[string]map[string]json.RawMessage
		_ = json.Unmarshal(e["dateRange"], &days)
		date := func(m map[string]json.RawMessage) normalize.Day {
			n := func(name string) int { i, _ := strconv.Atoi(string(m[name])); return i }
			return normalize.Day{Year: n("year"), Month: time.Month(n("month")), Dom: n("day")}
		}
		var list []json.RawMessage
		_ = json.Unmarshal(e["pivotValues"], &list)
		pivots := []string{}
		for _, p := range list {
			var text string
			if p[0] != 'n' && json.Unmarshal(p, &text) != nil && (p[0] == '-' || p[0] >= '0' && p[0] <= '9') {
				text = string(p)
			}
			pivots = append(pivots, text)
		}
		values := make([]normalize.Value, len(columns))
		for i, c := range columns {
			var n wire.Number
			if raw, ok := e[c]; ok {
				if err := n.UnmarshalJSON(raw); err != nil {
					t.Fatalf("%q was taken for a number", raw)
				}
			}
			values[i] = n.Value
		}
		rows = append(rows, fmt.Sprintf("%v %v %q %v", date(days["start"]), date(days["end"]), pivots, values))
	}
	return rows
}

func FuzzObjects(f *testing.F) {
	f.Add([]byte(`{"elements":[{"id":503000001,"name":"Acme","changeAuditStamps":{"created":{"time":1760000000000}}}],"metadata":{"nextPageToken":"x"}}`))
	f.Add([]byte(`{"elements":[{"id":1,"unitCost":{"amount":"15","currencyCode":"USD"},"targetingCriteria":{"include":{"and":[{"or":{"urn:li:adTargetingFacet:ageRanges":["urn:li:ageRange:(18,24)"]}}]}}}]}`))
	f.Add([]byte(`{"elements":[{"id":"urn:li:sponsoredCreative:1","content":{"textAd":{"headline":"x"}},"review":{"status":"PENDING"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var tr trailer
		_ = elements(bytes.NewReader(b), true, func(w *adAccount, raw json.RawMessage) error { organizationOf(w, raw); return nil }, &tr)
		_ = elements(bytes.NewReader(b), false, func(w *campaignGroup, _ json.RawMessage) error { campaignOf(w, "1", nil); return nil }, &tr)
		_ = elements(bytes.NewReader(b), false, func(w *campaign, _ json.RawMessage) error {
			labels := map[string]string{}
			for _, u := range targetURNs(w) {
				labels[u] = "Germany"
			}
			groupOf(w, "1", labels, nil)
			groupOf(w, "1", nil, nil)
			return nil
		}, &tr)
		_ = elements(bytes.NewReader(b), false, func(w *creative, _ json.RawMessage) error {
			adOf(w, "1", nil, contentOf(w, nil), nil)
			creativeOf(w, "1", &campaign{}, nil, nil)
			return nil
		}, &tr)
		_ = elements(bytes.NewReader(b), false, func(w *post, _ json.RawMessage) error { contentOfPost(w); postType(w); return nil }, &tr)
		_ = elements(bytes.NewReader(b), false, func(w *targetingEntity, _ json.RawMessage) error { targetOf(w, nil); return nil }, &tr)
	})
}

func FuzzErrors(f *testing.F) {
	f.Add(429, []byte(`{"message":"Rate limit exceeded"}`))
	f.Add(400, []byte(`{"code":"MULTIPLE_VALIDATIONS_FAILED","errorDetails":{"inputErrors":[{"code":"X"}]}}`))
	f.Add(503, []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, b []byte) {
		e := classify(status, http.Header{}, b, false, time.Now())
		if e == nil || e.Kind < providers.Invalid || e.Kind > providers.Malformed || strings.TrimSpace(e.Message) == "" {
			t.Errorf("%d %q: %+v", status, b, e)
		}
	})
}

func FuzzEscape(f *testing.F) {
	f.Add("urn:li:staffCountRange:(51,200)")
	f.Fuzz(func(t *testing.T, s string) {
		if enc := esc(s); strings.ContainsAny(enc, "&#?=+ (),:/\"<>") || s != "" && strings.Contains(enc, "'") {
			t.Errorf("%q is escaped to %q", s, enc)
		}
		q := new(query).own(s, s).String()
		if strings.ContainsAny(q, "&# +?\x00\n") {
			t.Errorf("a caller's %q splits the query: %q", s, q)
		}
	})
}
