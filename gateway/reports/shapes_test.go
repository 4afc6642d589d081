package reports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"math/big"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// shaped is a report with everything that a shape can get wrong: names to be quoted, absent numbers, long decimals.
func shaped() *fake {
	f := newFake(order...)
	f.rows = asked(these(
		campaign("11", []string{"2026-11-17"}, num("100"), num("10"), num("5.123456789012345678")),
		campaign("12", []string{"2026-11-18"}, num("12345678901234"), absent, num("-0.5")),
	))
	rows := f.rows
	f.rows = func(p providers.Part, m *providers.Meta) seqOf {
		m.FinalUntil = day("2026-11-17")
		return func(yield func(normalize.Row, error) bool) {
			for r, err := range rows(p, m) {
				r.Campaign.Name = map[string]string{"11": "Autumn, \"last\" call", "12": "line\nbreak"}[r.Campaign.ID]
				if !yield(r, err) {
					return
				}
			}
		}
	}
	return f
}

const shapedQuery = "type=IMPRESSIONS,CLICKS,COST,CPC&dimension=DATE&start_gte=2026-11-17&end_lt=2026-11-19&format="

func TestCSV(t *testing.T) {
	t.Parallel()
	a := get(t, shaped().serve(t), shapedQuery+"csv")
	want := "connection_id,platform,organization_id,campaign_id,campaign_name,date,impressions,clicks,cost,cpc,currency,is_final\r\n" +
		"c1,testads,1,11,\"Autumn, \"\"last\"\" call\",2026-11-17,100,10,5.123456789012345678,0.512346,USD,true\r\n" +
		"c1,testads,1,12,\"line\nbreak\",2026-11-18,12345678901234,,-0.5,,USD,false\r\n"
	if a.status != 200 || string(a.body) != want {
		t.Errorf("%d\n%s", a.status, a.body)
	}
	if rows, err := csv.NewReader(bytes.NewReader(a.body)).ReadAll(); err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestNDJSON(t *testing.T) {
	t.Parallel()
	a := get(t, shaped().serve(t), shapedQuery+"ndjson&fields=campaign_id,clicks,cost,is_final")
	want := `{"campaign_id":"11","clicks":10,"cost":5.123456789012345678,"is_final":true}` + "\n" +
		`{"campaign_id":"12","cost":-0.5,"is_final":false}` + "\n"
	if a.status != 200 || string(a.body) != want {
		t.Errorf("%d\n%s", a.status, a.body)
	}
}

// A ratio so small that six digits after the point are zeros is told in each shape, in rows and totals, and is not zero.
func TestTinyRatios(t *testing.T) {
	t.Parallel()
	f := newFake(order...)
	f.rows = asked(these(campaign("11", nil, num("30000000"), num("1"), num("0.01"))))
	base := f.serve(t)
	const ctr, cpm, query = "0.0000000333333", "0.000000333333", "type=IMPRESSIONS,CLICKS,COST,CTR,CPM&fields=ctr,cpm&format="
	line := `{"ctr":` + ctr + `,"cpm":` + cpm + `}`
	for shape, want := range map[string]string{"csv": "ctr,cpm\r\n" + ctr + "," + cpm, "ndjson": line, "table": `"rows":[` + line + `],"totals":{"ctr":` + ctr + `,"cpm":` + cpm} {
		if a := get(t, base, query+shape); a.status != 200 || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s", shape, a.status, a.body)
		}
	}
	if a := get(t, base, "type=CTR"); !strings.Contains(string(a.body), `"value":`+ctr) {
		t.Errorf("contract: %s", a.body)
	}
	a := get(t, base, query+"parquet")
	file, err := parquet.OpenFile(bytes.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]parquet.Row, 1)
	if n, err := file.RowGroups()[0].Rows().ReadRows(rows); n != 1 {
		t.Fatal(n, err)
	}
	if got := integer(rows[0][0].ByteArray()) + " " + integer(rows[0][1].ByteArray()); got != "33333300000 333333000000" { // of 10^18
		t.Errorf("parquet: %s", got)
	}
}

// A failure after the first byte is the last line of NDJSON, and breaks the others off.
func TestStreamsFailVisibly(t *testing.T) {
	t.Parallel()
	down := &providers.Error{Kind: providers.Unavailable, Platform: "testads", Code: "9", Message: "down for maintenance", RequestID: "r-9", Status: 503}
	f := newFake(order...)
	f.rows = asked(failing(20_000, down))
	base := f.serve(t)
	a := get(t, base, "type=CLICKS&format=ndjson")
	lines := strings.Split(strings.TrimSpace(string(a.body)), "\n")
	var last struct {
		Error struct {
			Code     string
			Provider struct {
				Message   string
				RequestID string `json:"request_id"`
			}
		}
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || a.err != nil {
		t.Fatalf("%v, %v", err, a.err)
	}
	if p := last.Error.Provider; len(lines) != 20_001 || p.Message != down.Message || p.RequestID != "r-9" || last.Error.Code == "" {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
	for _, format := range []string{"csv", "table"} {
		if a := get(t, base, "type=CLICKS&format="+format); a.err == nil {
			t.Errorf("%s looks whole: %d bytes", format, len(a.body))
		}
	}
	f.rows = asked(failing(400_000, down))
	if a := get(t, base, "type=CLICKS&format=parquet"); a.err == nil {
		t.Errorf("parquet looks whole: %d bytes", len(a.body))
	}
	// Before the first byte all of them are a problem.
	f.rows = asked(failing(1, down))
	for _, format := range []string{"csv", "table", "ndjson", "json", "parquet"} {
		refused(t, get(t, base, "type=CLICKS&format="+format), 503)
	}
}

func TestParquet(t *testing.T) {
	t.Parallel()
	a := get(t, shaped().serve(t), shapedQuery+"parquet")
	file, err := parquet.OpenFile(bytes.NewReader(a.body), int64(len(a.body)))
	if a.status != 200 || err != nil {
		t.Fatalf("%d %v", a.status, err)
	}
	var names []string
	for _, c := range file.Schema().Columns() {
		names = append(names, strings.Join(c, "."))
	}
	if got := strings.Join(names, " "); got != "connection_id platform organization_id campaign_id campaign_name date impressions clicks cost cpc currency is_final" {
		t.Errorf("columns %s", got)
	}
	for name, want := range map[string]string{"cost": "DECIMAL(38,18)", "date": "DATE", "campaign_name": "STRING", "is_final": "BOOLEAN"} {
		leaf, ok := file.Schema().Lookup(name)
		if got := leaf.Node.Type().String(); !ok || got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	rows := make([]parquet.Row, 3)
	n, _ := parquet.NewReader(file).ReadRows(rows)
	if n != 2 {
		t.Fatalf("%d rows", n)
	}
	if v := rows[0][4]; v.String() != "Autumn, \"last\" call" {
		t.Errorf("name %q", v)
	}
	if v := rows[0][5]; v.Int32() != 20774 { // 2026-11-17
		t.Errorf("date %v", v)
	}
	for i, want := range map[int]string{6: "100000000000000000000", 8: "5123456789012345678", 9: "512346000000000000"} {
		if got := integer(rows[0][i].ByteArray()); got != want {
			t.Errorf("column %d: %s", i, got)
		}
	}
	if got := integer(rows[1][8].ByteArray()); got != "-500000000000000000" {
		t.Errorf("a negative amount is %s", got)
	}
	if !rows[1][7].IsNull() || !rows[1][9].IsNull() || rows[1][6].IsNull() {
		t.Errorf("absent numbers: %v", rows[1])
	}
	meta, _ := file.Lookup("admux")
	var whole struct {
		Meta   struct{ Rows int }
		Totals map[string]any
	}
	if err := json.Unmarshal([]byte(meta), &whole); err != nil || whole.Meta.Rows != 2 || fmt.Sprint(whole.Totals["clicks"]) != "10" {
		t.Errorf("%v: %s", err, meta)
	}
}

// integer reads two's complement.
func integer(b []byte) string {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n.String()
}

type seqOf = iter.Seq2[normalize.Row, error]

// Every calendar dimension has a column in every shape.
func TestCalendarInEveryShape(t *testing.T) {
	t.Parallel()
	for dim, value := range map[string]string{"DATE": "2026-11-17", "WEEK": "2026-11-16", "MONTH": "2026-11"} {
		f := newFake(order...)
		row := campaign("1", []string{value}, num("1"), num("2"), num("3"))
		row.Date = day("2026-11-17")
		f.rows = asked(these(row))
		base := f.serve(t)
		for _, format := range []string{"json", "table", "ndjson", "csv", "parquet"} {
			if a := get(t, base, "type=CLICKS&dimension="+dim+"&start_gte=2026-11-16&end_lt=2026-11-23&format="+format); a.status != 200 || a.err != nil {
				t.Errorf("%s in %s: %d %v %.200s", dim, format, a.status, a.err, a.body)
			}
		}
	}
}
