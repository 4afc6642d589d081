package reports_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func TestConvertsByTheDay(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "9", "2026-11-20", numbers("COST", "10", "CLICKS", "4", "CONVERSION_VALUE", "40")},
		fact{"1", "9", "2026-11-22", numbers("COST", "10", "CLICKS", "6")}, // Sunday: Friday's rate
		fact{"1", "9", "2026-11-23", numbers("COST", "23", "CLICKS", "0", "CONVERSION_VALUE", "46")})
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	got := must[table](t, get(t, base, "format=table&type=COST,CLICKS,CPC,CONVERSION_VALUE,ROAS&dimension=DATE&currency=EUR"))
	var rows []string
	for _, r := range got.Rows {
		rows = append(rows, fmt.Sprint(r["date"], " ", r["cost"], " ", r["clicks"], " ", r["cpc"], " ", r["conversion_value"], " ", r["roas"], " ", r["currency"]))
	}
	if d := cmp.Diff([]string{"2026-11-20 0.5 4 0.125 2 4 EUR", "2026-11-22 0.5 6 0.083333 <nil> <nil> EUR", "2026-11-23 1 0 <nil> 2 2 EUR"}, rows); d != "" {
		t.Error(d)
	}
	// ROAS is 86 dollars over 43: what euros were worth on the days changes nothing of it.
	if tt := got.Totals; fmt.Sprint(tt["cost"], " ", tt["clicks"], " ", tt["cpc"], " ", tt["conversion_value"], " ", tt["roas"], " ", tt["currency"]) != "2 10 0.2 4 2 EUR" {
		t.Errorf("totals %v", tt)
	}
	if got.Meta.Currency != "EUR" || got.Meta.Connections[0].Accounts[0]["currency"] != "USD" {
		t.Errorf("%+v", got.Meta)
	}
	// The same without days, weeks and months: read by day underneath, and put together.
	for dim, want := range map[string]string{"": "2 10 0.2 4 2", "WEEK": "1 10 0.1 2 2,1 0 <nil> 2 2", "MONTH": "2 10 0.2 4 2"} {
		got := must[table](t, get(t, base, q("format", "table", "type", "COST,CLICKS,CPC,CONVERSION_VALUE,ROAS", "dimension", dim, "currency", "EUR")))
		var rows []string
		for _, r := range got.Rows {
			rows = append(rows, fmt.Sprint(r["cost"], " ", r["clicks"], " ", r["cpc"], " ", r["conversion_value"], " ", r["roas"]))
		}
		if strings.Join(rows, ",") != want || fmt.Sprint(got.Totals["cost"], " ", got.Totals["roas"]) != "2 2" {
			t.Errorf("by %q: %q, totals %v", dim, rows, got.Totals)
		}
		if got.Meta.Rows != len(got.Rows) || dim != "" && (got.Rows[0][strings.ToLower(dim)] == nil || got.Rows[0]["is_final"] != false) {
			t.Errorf("by %q: %v", dim, got.Rows)
		}
	}
}

// N5: of a campaign that did convert, and whose platform gives no value for it, days of nothing are worth nothing and the
// others are not known: neither is their sum, whether the platform adds it up or it is put together here, in rows and totals.
func TestN5_ConvertedSumsOfMissingNumbers(t *testing.T) {
	t.Parallel()
	known := fact{"1", "8", "2026-11-18", numbers("COST", "18", "CLICKS", "1", "CONVERSION_VALUE", "36")}
	unknown := []fact{
		{"1", "9", "2026-11-17", numbers("COST", "17", "CLICKS", "1", "CONVERSION_VALUE", "0")},
		{"1", "9", "2026-11-18", numbers("COST", "17", "CLICKS", "1")},
		{"1", "9", "2026-11-20", numbers("COST", "20", "CLICKS", "1", "CONVERSION_VALUE", "0")},
	}
	alone := serveRates(t, steady(), market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, unknown...)) + "/ads/c1/report"
	beside := serveRates(t, steady(), market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, append(unknown, known)...)) + "/ads/c1/report"
	of := func(r map[string]any) string {
		return fmt.Sprint(r["conversion_value"], " ", r["roas"], " ", r["clicks"])
	}
	for _, currency := range []string{"USD", "EUR", "GBP"} {
		for _, dim := range []string{"", "WEEK", "MONTH", "DATE"} {
			query := q("format", "table", "type", "COST,CLICKS,CONVERSION_VALUE,ROAS", "dimension", dim, "currency", currency)
			got := must[table](t, get(t, alone, query))
			if of(got.Totals) != "<nil> <nil> 3" || dim != "DATE" && of(got.Rows[0]) != "<nil> <nil> 3" {
				t.Errorf("in %s by %q: rows %v, totals %v", currency, dim, got.Rows, got.Totals)
			}
			got = must[table](t, get(t, beside, query))
			if of(got.Totals) != map[string]string{"USD": "36 0.5 4", "EUR": "2 0.5 4", "GBP": "4 0.5 4"}[currency] {
				t.Errorf("in %s by %q, beside one that is known: totals %v", currency, dim, got.Totals)
			}
		}
	}
}

// What says by which rates it was.
func TestConversionSaysItsRates(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "9", "2026-11-22", numbers("COST", "10")}, fact{"1", "9", "2026-11-18", numbers("COST", "10")})
	type answer struct {
		Meta struct {
			Connections []struct {
				Conversion map[string]any `json:"conversion"`
			} `json:"connections"`
		} `json:"meta"`
	}
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	got := must[answer](t, get(t, base, "format=table&type=COST&currency=GBP")).Meta.Connections[0].Conversion
	want := map[string]any{"currency": "GBP", "approximate": false, "sources": []any{rates.SourceECB}, "first_day": "2026-11-18", "last_day": "2026-11-20", "used": json.Number("2"),
		"rates": []any{
			map[string]any{"day": "2026-11-18", "rate_day": "2026-11-18", "from": "USD", "to": "GBP", "from_per_euro": json.Number("18"), "to_per_euro": json.Number("2")},
			map[string]any{"day": "2026-11-22", "rate_day": "2026-11-20", "from": "USD", "to": "GBP", "from_per_euro": json.Number("20"), "to_per_euro": json.Number("2")},
		}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = must[answer](t, get(t, base, "format=table&type=COST&currency=JPY")).Meta.Connections[0].Conversion // the snapshot has the yen
	if got["approximate"] != true || !strings.Contains(fmt.Sprint(got["sources"]), "snapshot of 2026-11-20 bundled") {
		t.Errorf("%v", got)
	}
	got = must[answer](t, get(t, base, "format=table&type=COST&currency=USD")).Meta.Connections[0].Conversion
	if d := cmp.Diff(map[string]any{"currency": "USD", "approximate": false, "sources": []any{}, "used": json.Number("0"), "rates": []any{}}, got); d != "" {
		t.Error(d)
	}
	if got := must[answer](t, get(t, base, "format=table&type=COST")).Meta.Connections[0].Conversion; got != nil {
		t.Errorf("without a conversion: %v", got)
	}
}

// People cannot be added up over days: they are asked for as the caller has it, and amounts by day.
func TestConvertsBesideWhatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "9", "2026-11-18", numbers("COST", "18", "IMPRESSIONS", "30", "UNIQUE_IMPRESSIONS", "20")},
		fact{"1", "9", "2026-11-20", numbers("COST", "20", "IMPRESSIONS", "70", "UNIQUE_IMPRESSIONS", "25")},
		fact{"1", "8", "2026-11-20", numbers("COST", "40")})
	got := must[table](t, get(t, serveRates(t, steady(), f)+"/ads/c1/report", "format=table&type=COST,UNIQUE_IMPRESSIONS,FREQUENCY,CPM&currency=EUR"))
	var rows []string
	for _, r := range got.Rows {
		rows = append(rows, fmt.Sprint(r["campaign_id"], " ", r["cost"], " ", r["unique_impressions"], " ", r["frequency"], " ", r["cpm"]))
	}
	if d := cmp.Diff([]string{"8 2 <nil> <nil> <nil>", "9 2 25 4 20"}, rows); d != "" {
		t.Error(d)
	}
	if len(f.queries) != 2 || len(f.queries[0].Dimensions) != 0 || !slices.Equal(f.queries[0].Metrics, []normalize.Metric{normalize.MetricUniqueImpressions}) ||
		!slices.Equal(f.queries[1].Dimensions, []normalize.Dimension{normalize.DimensionDate}) {
		t.Errorf("asked %+v", f.queries)
	}
	if fmt.Sprint(got.Totals["cost"]) != "4" || got.Totals["unique_impressions"] != nil || !got.Meta.Quality.Complete || len(got.Meta.Unsupported) != 0 {
		t.Errorf("%+v", got)
	}
}

// COST_USD is there on every platform: of an account in dollars without a rate, else by the rate of the day.
func TestCostInDollars(t *testing.T) {
	t.Parallel()
	dollars := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")}, fact{"1", "9", "2026-11-18", numbers("COST", "7.5")})
	pounds := market("betaads", []normalize.Organization{org("2", "GBP", "UTC")}, fact{"2", "9", "2026-11-18", numbers("COST", "2")}, fact{"2", "9", "2026-11-20", numbers("COST", "4")})
	own := market("gammaads", []normalize.Organization{org("3", "GBP", "UTC")}, fact{"3", "9", "2026-11-18", numbers("COST", "2", "COST_USD", "5")})
	own.reports.Metrics = append(own.reports.Metrics, providers.Metric{KPI: normalize.MetricCostUSD, Source: "x"})
	base := serveRates(t, steady(), dollars, pounds, own)
	got := must[table](t, get(t, base+"/ads/c1,c2,c3/report", "format=table&type=COST_USD&sort=campaign_id"))
	var rows []string
	for _, r := range got.Rows {
		rows = append(rows, fmt.Sprint(r["platform"], " ", r["cost_usd"], " ", r["cost"], " ", r["currency"]))
	}
	slices.Sort(rows)
	if d := cmp.Diff([]string{"alphaads 7.5 <nil> USD", "betaads 58 <nil> GBP", "gammaads 5 <nil> GBP"}, rows); d != "" { // 2×18/2 and 4×20/2
		t.Error(d)
	}
	if fmt.Sprint(got.Totals["cost_usd"]) != "70.5" {
		t.Errorf("totals %v, why %v", got.Totals, got.Meta.Additivity)
	}
	got = must[table](t, get(t, base+"/ads/c2/report", "format=table&type=COST_USD,COST&dimension=DATE&currency=EUR"))
	if r := got.Rows[0]; fmt.Sprint(r["cost_usd"], " ", r["cost"], " ", got.Totals["cost_usd"], " ", got.Totals["cost"]) != "18 1 58 3" {
		t.Errorf("%v %v", got.Rows, got.Totals)
	}
	pounds.reports.Metrics = slices.DeleteFunc(pounds.reports.Metrics, func(m providers.Metric) bool { return m.KPI == normalize.MetricCost })
	if got := must[table](t, get(t, base+"/ads/c2/report", "format=table&type=COST_USD,CLICKS")); !slices.Equal(got.Meta.Unsupported, []string{"COST_USD"}) {
		t.Errorf("without COST: %+v", got)
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "1", "2026-11-20", numbers("COST", "0.10", "CLICKS", "3")}, fact{"1", "2", "2026-11-20", numbers("COST", "0.30", "CLICKS", "7")})
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	for query, want := range map[string]string{
		// 0.005 and 0.015 euros are rounded to even cents; their sum, 0.02, is rounded once.
		"currency=EUR&round=currency&dimension=DATE": "0 0.02 0.02 0.001667 0.002143",
		"currency=EUR&round=currency":                "0 0.02 0.02 0.001667 0.002143",
		"currency=EUR&dimension=DATE":                "0.005 0.015 0.02 0.001667 0.002143",
		"currency=JPY&round=currency":                "1 2 3 0.293333 0.38",
		"round=currency":                             "0.1 0.3 0.4 0.033333 0.042857",
	} {
		p := steady()
		p["JPY"] = map[string]string{"2026-11-20": "176"}
		got := must[table](t, get(t, serveRates(t, p, f)+"/ads/c1/report", "format=table&type=COST,CPC&"+query))
		if have := fmt.Sprint(got.Rows[0]["cost"], " ", got.Rows[1]["cost"], " ", got.Totals["cost"], " ", got.Rows[0]["cpc"], " ", got.Rows[1]["cpc"]); have != want && query != "currency=JPY&round=currency" {
			t.Errorf("%s: %s, want %s", query, have, want)
		} else if strings.Contains(query, "JPY") && !strings.HasPrefix(have, "1 3 4 ") { // 0.88, 2.64, and 3.52 yen
			t.Errorf("%s: %s", query, have)
		}
	}
	refused(t, get(t, base, "round=cents"), http.StatusBadRequest)
}

// Every shape has the converted amounts.
func TestEveryShapeIsConverted(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "9", "2026-11-18", numbers("COST", "18")}, fact{"1", "9", "2026-11-20", numbers("COST", "60")})
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	const query = "type=COST&currency=EUR&format="
	if o := must[[]adsReport](t, get(t, base, query+"json")); len(o) != 1 || o[0].Currency != "EUR" || fmt.Sprint(o[0].Metrics[0]["value"]) != "4" {
		t.Errorf("json %+v", o)
	}
	if r := must[map[string]any](t, get(t, base, query+"ndjson")); fmt.Sprint(r["cost"], " ", r["currency"]) != "4 EUR" {
		t.Errorf("ndjson %v", r)
	}
	lines, err := csv.NewReader(strings.NewReader(string(get(t, base, query+"csv").body))).ReadAll()
	if err != nil || len(lines) != 2 || strings.Join(lines[1][5:], " ") != "4 EUR" {
		t.Errorf("csv %q, %v", lines, err)
	}
	a := get(t, base, query+"parquet")
	p, err := parquet.OpenFile(strings.NewReader(string(a.body)), int64(len(a.body)))
	if err != nil {
		t.Fatalf("%v: %.200s", err, a.body)
	}
	meta, _ := p.Lookup("admux")
	if !strings.Contains(meta, `"totals":{"cost":4,"currency":"EUR"}`) || !strings.Contains(meta, `"rate_day":"2026-11-18"`) || p.NumRows() != 1 {
		t.Errorf("parquet %s", meta)
	}
}

// An account that is billed in another currency than it says has its rows' rates.
func TestConvertsWhatIsBilled(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricCost)
	f.orgs = []normalize.Organization{org("1", "BRL", "UTC")}
	r := campaign("9", []string{"2026-11-20"}, num("60"))
	r.Currency = "USD"
	f.rows = these(r)
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	for currency, want := range map[string]string{"EUR": "3", "USD": "60"} {
		got := must[table](t, get(t, base, "format=table&type=COST&currency="+currency))
		if fmt.Sprint(got.Rows[0]["cost"], " ", got.Totals["cost"]) != want+" "+want || got.Meta.Connections[0].Accounts[0]["currency"] != "USD" {
			t.Errorf("%s: %+v", currency, got)
		}
	}
}

// A row is not final while the rate of its day is still to come, or was never published.
func TestFinalOnceTheRateIs(t *testing.T) {
	t.Parallel()
	f := market("alphaads", []normalize.Organization{org("1", "USD", "UTC")},
		fact{"1", "9", "2026-11-16", numbers("COST", "1")}, fact{"1", "9", "2026-11-18", numbers("COST", "1")})
	p := steady()
	for i := 17; i <= 23; i++ {
		delete(p["USD"], fmt.Sprintf("2026-11-%d", i)) // the snapshot has these days
	}
	base := serveRates(t, p, f) + "/ads/c1/report"
	for query, want := range map[string]string{
		"dimension=DATE&currency=EUR": "true false", "dimension=DATE": "true true", "dimension=DATE&currency=USD": "true true",
		"dimension=WEEK&currency=EUR&end_lt=2026-11-17&start_gte=2026-11-16": "true", "dimension=WEEK&currency=EUR&end_lt=2026-11-19&start_gte=2026-11-16": "false",
	} {
		if !strings.Contains(query, "start_gte") {
			query += "&start_gte=2026-11-16"
		}
		var have []string
		for _, r := range must[table](t, get(t, base, "format=table&type=COST&"+query)).Rows {
			have = append(have, fmt.Sprint(r["is_final"]))
		}
		if strings.Join(have, " ") != want {
			t.Errorf("%s: %v, want %s", query, have, want)
		}
	}
}

// Amounts of several currencies are not added up unconverted.
func TestConvertsRowsOfSeveralCurrencies(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricCost)
	f.orgs = []normalize.Organization{org("1", "GBP", "UTC")}
	a, b := campaign("9", []string{"2026-11-19"}, num("38")), campaign("9", []string{"2026-11-20"}, num("4"))
	a.Currency = "USD"
	f.rows = these(a, b)
	base := serveRates(t, steady(), f) + "/ads/c1/report"
	if got := must[table](t, get(t, base, "format=table&type=COST,COST_USD&currency=EUR")); fmt.Sprint(got.Rows[0]["cost"], " ", got.Rows[0]["cost_usd"], " ", got.Totals["cost"]) != "4 78 4" {
		t.Errorf("%+v", got)
	}
	refused(t, get(t, base, "format=table&type=COST,COST_USD"), http.StatusBadGateway)
}
