package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/conformance"
)

// reportBody writes an answer of n rows in parts of size rows, as the platform frames it.
func reportBody(n, size int, pretty bool) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for at := 0; at < n || at == 0; at += size {
		if at > 0 {
			b.WriteString("\r\n,\r\n")
		}
		b.WriteString(`{"results":[`)
		for i := at; i < min(n, at+size); i++ {
			if i > at {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"campaign":{"resourceName":"customers/1/campaigns/%d","name":"Campaign %d","id":"%d"},"adGroup":{"resourceName":"customers/1/adGroups/%d","id":"%d","name":"Group %d"},`+
				`"adGroupAd":{"resourceName":"customers/1/adGroupAds/%d~%d","ad":{"resourceName":"customers/1/ads/%d","id":"%d","name":""}},`+
				`"metrics":{"clicks":"%d","conversions":%d.5,"costMicros":"%d","allConversions":%d.25,"viewThroughConversions":"0","impressions":"%d"},"segments":{"date":"2026-%02d-%02d"}}`,
				i%10, i%10, i%10+1, i%100, i%100+1, i%100, i%100+1, i%1000+1, i%1000+1, i%1000+1, i%7, i%3, i*1000, i%5, i, i/1000%12+1, i/1000/12%28+1)
		}
		b.WriteString(`],"fieldMask":"campaign.id","requestId":"kLm0","queryResourceConsumption":"12"}`)
	}
	b.WriteByte(']')
	if pretty {
		var out bytes.Buffer
		if json.Indent(&out, b.Bytes(), "", "  ") == nil {
			return out.Bytes()
		}
	}
	return b.Bytes()
}

func adPass(t testing.TB) *pass {
	t.Helper()
	s := &shape{level: normalize.LevelAd, depth: depthAd, grain: normalize.DimensionDate, columns: slices.Concat(everyQuery, []figure{colConversions})}
	return s.pass(resourceAds, nil)
}

func accept(chunk) error { return nil }

func TestDecodeReport(t *testing.T) {
	t.Parallel()
	p := adPass(t)
	for _, pretty := range []bool{false, true} {
		var row reportRow
		n := 0
		var ids []string
		err := decodeReport(bytes.NewReader(reportBody(25, 10, pretty)), p, &row, func() error {
			if got := string(row.text(placeCampaignName)); got != fmt.Sprintf("Campaign %d", n%10) {
				t.Errorf("row %d is of campaign %q", n, got)
			}
			if got := string(row.text(placeAdID)); got != fmt.Sprint(n%1000+1) {
				t.Errorf("row %d is of ad %q", n, got)
			}
			if got := row.columns[colImpressions]; !got.OK || got.D.Cmp(normalize.Int(int64(n))) != 0 {
				t.Errorf("row %d: impressions %v", n, got)
			}
			if got := row.columns[colConversions].D.String(); got != []string{"0.5", "1.5", "2.5"}[n%3] {
				t.Errorf("row %d: conversions %v", n, got)
			}
			if row.columns[colLikes].OK {
				t.Error("likes were not asked for")
			}
			n++
			return nil
		}, func(c chunk) error { ids = append(ids, c.requestID); return nil })
		if err != nil || n != 25 || len(ids) != 3 {
			t.Errorf("%d rows, ids %v, %v", n, ids, err)
		}
	}
}

// An answer is whole or an error: every cut of it, everywhere.
func TestDecodeReport_CutAnywhere(t *testing.T) {
	t.Parallel()
	p := adPass(t)
	whole := reportBody(3, 2, false)
	for i := range whole {
		var row reportRow
		err := decodeReport(bytes.NewReader(whole[:i]), p, &row, func() error { return nil }, accept)
		if err == nil {
			t.Fatalf("cut at %d: no error", i)
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

func TestDecodeReport_Shapes(t *testing.T) {
	t.Parallel()
	p := adPass(t)
	for name, c := range map[string]struct {
		body string
		rows int
		want string // of the error
	}{
		"no rows":            {`[{"fieldMask":"campaign.id","requestId":"x"}]`, 0, ""},
		"no parts":           {`[]`, 0, ""},
		"no part of one":     {`{}`, 0, "no part"},
		"nonsense in a list": {`[{"status":"ok"}]`, 0, "no part"},
		"null for rows":      {`[{"results":null}]`, 0, ""},
		"as search answers":  {`{"results":[{}],"fieldMask":"x"}`, 1, ""},
		"new members":        {`[{"results":[{"later":{"a":[1,{"b":2}]},"metrics":{"later":{"x":1},"clicks":"3"}}],"later":[]}]`, 1, ""},
		"null for an object": {`[{"results":[{"campaign":null,"metrics":{"clicks":null}}]}]`, 1, ""},
		"not a number":       {`[{"results":[{"metrics":{"conversions":"NaN"}}]}]`, 1, ""},
		"error in the array": {`[{"error":{"code":400,"message":"no"}}]`, 0, "refused: no"},
		"error alone":        {`{"error":{"code":400,"message":"no"}}`, 0, "refused: no"},
		"error after rows":   {`[{"results":[{},{}]},{"error":{"code":500,"message":"late"}}]`, 2, "refused: late"},
		"a field twice":      {`[{"results":[{"metrics":{"clicks":"1","clicks":"2"}}]}]`, 0, "twice"},
		"text for a number":  {`[{"results":[{"metrics":{"clicks":"many"}}]}]`, 0, "number"},
		"a name escaped":     {`[{"results":[{"campa\u0069gn":{"id":"1"}}]}]`, 1, ""},
		"HTML":               {`<html>`, 0, "invalid"},
		"nothing":            {``, 0, "unexpected EOF"},
		"a text":             {`"x"`, 0, "neither"},
		"more after the end": {`[] []`, 0, "follows"},
		"a row is no object": {`[{"results":[1]}]`, 0, "object"},
	} {
		var row reportRow
		n := 0
		err := decodeReport(strings.NewReader(c.body), p, &row, func() error { n++; return nil }, func(c chunk) error {
			if c.err != nil {
				return errors.New("refused: " + c.err.Message)
			}
			return nil
		})
		if n != c.rows || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}

// Payloads that the authors did not write.
func TestDecodeReport_Payloads(t *testing.T) {
	t.Parallel()
	files := conformance.Payloads(t, "google")
	if files == nil {
		t.Skip(conformance.SkipPayloads("google"))
	}
	body, err := fs.ReadFile(files, "report_search_terms_stream.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &shape{level: normalize.LevelGroup, depth: depthGroup, grain: normalize.DimensionDate, columns: slices.Concat(everyQuery, []figure{colAllConversionsValue})}
	p := s.pass(resourceGroups, nil)
	var row reportRow
	n := 0
	err = decodeReport(bytes.NewReader(body), p, &row, func() error {
		n++
		row.convert(p)
		for c, want := range map[figure]string{colClicks: "486", colCost: "312.69", colAllConversions: "4.143961", colAllConversionsValue: "180.70756678", colImpressions: "1149"} {
			if got := row.columns[c]; !got.OK || got.D.String() != want {
				t.Errorf("%s is %v, want %s", columnSources[c].field, got, want)
			}
		}
		if string(row.text(placeDate)) != "2023-01-27" || string(row.text(placeGroupName)) != "Tin-U-Lock" || row.columns[colViewThrough].OK {
			t.Errorf("row of %s, %s", row.text(placeDate), row.text(placeGroupName))
		}
		return nil
	}, accept)
	if err != nil || n != 1 {
		t.Error(n, err)
	}
}

// FuzzDecodeReport: whatever comes, the rows are those that encoding/json finds, or there is an error.
func FuzzDecodeReport(f *testing.F) {
	f.Add(reportBody(3, 2, false))
	f.Add(reportBody(1, 1, true))
	f.Add([]byte(`[{"error":{"code":500}}]`))
	f.Add([]byte(`{"results":[{"metrics":{"clicks":"1"}},{}]}`))
	p := adPass(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var row reportRow
		var clicks []string
		err := decodeReport(bytes.NewReader(body), p, &row, func() error {
			s := ""
			if v := row.columns[colClicks]; v.OK {
				s = v.D.String()
			}
			clicks = append(clicks, s)
			return nil
		}, accept)
		if err != nil {
			return
		}
		var one struct {
			Results []map[string]json.RawMessage `json:"results"`
		}
		var list []json.RawMessage
		if !json.Valid(body) {
			t.Fatalf("taken, and no JSON: %q", body)
		}
		if json.Unmarshal(body, &list) != nil {
			list = []json.RawMessage{body}
		}
		rows := 0
		for _, c := range list {
			one.Results = nil
			if json.Unmarshal(c, &one) != nil {
				return // a shape that only one of the two readers minds
			}
			rows += len(one.Results)
		}
		if bytes.Count(body, []byte(`esults"`)) == len(list) && !bytes.Contains(body, []byte(`\`)) && rows != len(clicks) {
			t.Fatalf("%d rows, %d in %q", len(clicks), rows, body)
		}
	})
}

func BenchmarkDecodeReport(b *testing.B) {
	for _, pretty := range []bool{false, true} {
		b.Run(fmt.Sprintf("pretty=%v", pretty), func(b *testing.B) {
			body := reportBody(20_000, 10_000, pretty)
			p := adPass(b)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			var row reportRow
			n := 0
			for b.Loop() {
				if err := decodeReport(bytes.NewReader(body), p, &row, func() error { n++; row.convert(p); return nil }, accept); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
