package linkedin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Every decoder of what LinkedIn sends must take any bytes: an error, never a panic and never a made-up number.

func FuzzAnalytics(f *testing.F) {
	f.Add([]byte(`{"elements":[{"dateRange":{"start":{"year":2026,"month":11,"day":1},"end":{"year":2026,"month":11,"day":1}},"pivotValues":["urn:li:sponsoredCreative:1"],"impressions":4211,"costInLocalCurrency":"98.4193"}],"paging":{"start":0,"count":10,"links":[]}}`))
	f.Add([]byte(`{"elements":[{"costInUsd":"-2E-18","pivotValues":[null,"a\u00e9"],"dateRange":null}]}`))
	f.Add([]byte(`{"elements":[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := decodeAnalytics(bytes.NewReader(b), func(r *analyticsRow) error {
			if d, err := r.day(); err == nil && d.Year < 2000 {
				t.Errorf("day %v", d)
			}
			for _, p := range r.pivots {
				_ = r.bytes(p)
			}
			for _, m := range r.members {
				checkMeasure(t, r.bytes(m.value))
			}
			return nil
		})
		if err == nil && !json.Valid(b) && validUTF8(b) {
			t.Errorf("%q is not JSON and was taken", b)
		}
	})
}

func validUTF8(b []byte) bool { return bytes.Equal(bytes.ToValidUTF8(b, nil), b) }

func FuzzMeasure(f *testing.F) {
	for _, s := range []string{"0", "98.4193", "-2E-18", "99.99999999999996", "123456789012345678901234567890", "1.", ".5", "", "+1", "1e400", "-0.0", "00.5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkMeasure(t, b) })
}

// checkMeasure: the quick way reads what the slow one reads, no more and no less.
func checkMeasure(t *testing.T, b []byte) {
	t.Helper()
	got, err := measure(b)
	want, wantErr := normalize.ParseMeasure(string(b))
	if wantErr == nil && (err != nil || got.Cmp(want) != 0) {
		t.Errorf("%q: %v %v, want %v", b, got, err, want)
	}
	if err == nil && wantErr != nil {
		t.Errorf("%q is taken for %v: %v", b, got, wantErr)
	}
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
