package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everyShape are KPIs that all platforms have, that one or two have, that need a denominator, and that do not add up.
const everyShape = "IMPRESSIONS,CLICKS,COST,CONVERSIONS,CONVERSION_VALUE,CTR,ROAS,LEADS,FOLLOWS,ALL_CONVERSION_VALUE,VIDEO_VIEWS,UNIQUE_CLICKS"

func daysAgo(days int) time.Time { return time.Now().UTC().AddDate(0, 0, -days) }

// TestShapes: one report over all platforms has the same numbers in each shape, asked for by format or by Accept, packed
// or not; and DuckDB reads the same ones.
func TestShapes(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	// Days that no platform restates any more: all calls see the same.
	query := url.Values{"type": {everyShape}, "dimension": {"DATE"}, "start_gte": {ago(130)}, "end_lt": {ago(122)}}
	kpis := strings.Split(strings.ToLower(everyShape), ",")
	plain := take(t, demo, "/ads/all/report", with(query, "format", "table"), "", "identity")
	want := rowsOf(t, "table", plain.body)
	if len(want) < 500 {
		t.Fatalf("%d rows: nothing is proved", len(want))
	}
	wantLines, wantNumbers := linesOf(want), linesOf(want, append(kpis, "connection_id", "organization_id", "campaign_id", "date")...)
	wantSums, wantCounts := sumsOf(t, want, kpis)
	for _, column := range []string{"follows", "all_conversion_value", "unique_clicks"} { // absent on a platform, and never 0 for that
		if wantCounts[column] == 0 || wantCounts[column] == len(want) {
			t.Errorf("%s has a number in %d rows of %d: absence is not proved", column, wantCounts[column], len(want))
		}
	}
	checkTotals(t, plain.body, wantSums)

	var files [][]byte
	for shape, media := range mediaTypes() {
		for _, by := range []string{"format", "accept"} {
			if by == "accept" && shape == "table" {
				continue // application/json is the contract's array
			}
			for _, coding := range []string{"identity", "gzip", "zstd"} {
				name := shape + " by " + by + ", " + coding
				q, accept := with(query, "format", shape), ""
				if by == "accept" {
					q, accept = query, media
				}
				got := take(t, demo, "/ads/all/report", q, accept, coding)
				checkHeaders(t, name, got, media, map[bool]string{true: "", false: coding}[coding == "identity" || shape == "parquet"])
				switch shape {
				case "parquet":
					files = append(files, got.body)
				case "json":
					same(t, name, linesOf(contractRows(t, got.body)), wantNumbers)
				default:
					same(t, name, linesOf(rowsOf(t, shape, got.body)), wantLines)
				}
			}
		}
	}
	for i, d := range readParquet(t, true, files...) {
		if d.Error != "" || d.Rows != len(want) {
			t.Fatalf("Parquet %d: %d rows, %s", i, d.Rows, d.Error)
		}
		same(t, fmt.Sprint("Parquet ", i), linesOf(d.Texts), wantLines)
		d.check(t, wantSums, wantCounts)
	}
}

func with(query url.Values, name, value string) url.Values {
	q := maps.Clone(query)
	q.Set(name, value)
	return q
}

func checkHeaders(t *testing.T, name string, got taken, media, coding string) {
	t.Helper()
	if kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";"); got.status != http.StatusOK || got.cut != nil || got.short != nil ||
		kind != media || got.header.Get("Content-Encoding") != coding {
		t.Fatalf("%s: %d %v %v, %s %q: %.300s", name, got.status, got.cut, got.short, kind, got.header.Get("Content-Encoding"), got.body)
	}
}

// checkTotals holds a table's totals to sums of its own rows.
func checkTotals(t *testing.T, body []byte, sums map[string]string) {
	t.Helper()
	var table struct{ Totals map[string]any }
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&table); err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"impressions", "clicks", "conversions", "leads", "follows", "video_views"} {
		if got := cellText(table.Totals[column]); got != sums[column] {
			t.Errorf("the total of %s is %s, its rows sum up to %s", column, got, sums[column])
		}
	}
	if _, has := table.Totals["cost"]; has {
		t.Errorf("a total of several currencies: %v", table.Totals)
	}
}

func same(t *testing.T, name string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("%s: %d rows, want %d; row %d is\n%v\nwant\n%v", name, len(got), len(want), i, got[i:min(i+1, len(got))], want[i])
			return
		}
	}
	t.Errorf("%s: %d rows, want %d", name, len(got), len(want))
}

// check holds a file's columns to their types, and its numbers to sums made of another shape.
func (d *duck) check(t *testing.T, sums map[string]string, counts map[string]int) {
	t.Helper()
	for column, kind := range d.Types {
		want := "VARCHAR"
		switch {
		case column == "date":
			want = "DATE"
		case column == "is_final":
			want = "BOOLEAN"
		case d.Sums[column] != nil || counts[column] > 0:
			want = "DECIMAL(38,18)"
		}
		if kind != want {
			t.Errorf("%s is %s, want %s", column, kind, want)
		}
		if want == "VARCHAR" && !slices.ContainsFunc(d.Encodings[column], func(e string) bool { return strings.Contains(e, "DICTIONARY") }) {
			t.Errorf("%s has no dictionary: %v", column, d.Encodings[column])
		}
	}
	got, absent := map[string]string{}, map[string]int{}
	for column, sum := range d.Sums {
		if sum != nil {
			got[column] = digits(rat(t, *sum))
			absent[column] = d.Counts[column]
		}
	}
	if diff := cmp.Diff(sums, got); diff != "" {
		t.Errorf("sums differ (-CSV +DuckDB)\n%s", diff)
	}
	if diff := cmp.Diff(counts, absent); diff != "" {
		t.Errorf("rows with a number differ (-CSV +DuckDB)\n%s", diff)
	}
}

// manyKPIs make a file of several row groups of a report that is not that long.
const manyKPIs = "IMPRESSIONS,CLICKS,COST,CONVERSIONS,CTR,CPC,CONVERSION_VALUE,CPA,ROAS,CPM,ENGAGEMENT,VIDEO_COMPLETIONS,VIDEO_VIEWS,LEADS,LIKES,SHARES," +
	"COMMENTS,FOLLOWS,POST_CLICK_CONVERSIONS,VIEW_THROUGH_CONVERSIONS,ALL_CONVERSIONS,INTERACTIONS,MEDIA_COST,VIDEO_PLAYS,VIDEO_QUARTILE_25," +
	"VIDEO_QUARTILE_50,VIDEO_QUARTILE_75,VIDEO_QUARTILE_100,LANDING_PAGE_CLICKS,CARD_CLICKS,TOTAL_ENGAGEMENTS"

// TestParquet_large: a file of several row groups has the sums of the CSV and the NDJSON, digit for digit; one that was cut
// does not open.
func TestParquet_large(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	first := 420
	if race {
		first = 240
		t.Log("under the race detector, 140 days in place of 320")
	}
	query := url.Values{"type": {manyKPIs}, "dimension": {"DATE"}, "start_gte": {ago(first)}, "end_lt": {ago(100)}}
	kpis := strings.Split(strings.ToLower(manyKPIs), ",")
	file := take(t, demo, "/ads/all/report", with(query, "format", "parquet"), "", "zstd")
	checkHeaders(t, "parquet", file, mediaTypes()["parquet"], "")
	packed := take(t, demo, "/ads/all/report", with(query, "format", "csv"), "", "gzip")
	checkHeaders(t, "csv", packed, mediaTypes()["csv"], "gzip")
	lines := take(t, demo, "/ads/all/report", with(query, "format", "ndjson"), "", "zstd")
	checkHeaders(t, "ndjson", lines, mediaTypes()["ndjson"], "zstd")
	if len(packed.wire) > len(packed.body)/3 || len(lines.wire) > len(lines.body)/3 {
		t.Errorf("packed: CSV %d bytes into %d, NDJSON %d into %d", len(packed.body), len(packed.wire), len(lines.body), len(lines.wire))
	}
	rows := csvRows(t, packed.body)
	sums, counts := sumsOf(t, rows, kpis)
	again, countsAgain := sumsOf(t, rowsOf(t, "ndjson", lines.body), kpis)
	if !maps.Equal(sums, again) || !maps.Equal(counts, countsAgain) {
		t.Errorf("CSV %v %v\nNDJSON %v %v", sums, counts, again, countsAgain)
	}
	cut := [][]byte{file.body, file.body[:len(file.body)-1], file.body[:len(file.body)/2], file.body[:4]}
	told := readParquet(t, false, cut...)
	if told[0].Rows != len(rows) || told[0].RowGroups < 2 && !race {
		t.Errorf("Parquet: %d rows of %d in %d groups: %s", told[0].Rows, len(rows), told[0].RowGroups, told[0].Error)
	}
	told[0].check(t, sums, counts)
	for i, d := range told[1:] {
		if d.Error == "" {
			t.Errorf("%d bytes of %d open as %d rows", len(cut[i+1]), len(file.body), d.Rows)
		}
	}
}
