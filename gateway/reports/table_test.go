package reports_test

import (
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func TestTableSaysEverything(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricUniqueImpressions)
	f.orgs = []normalize.Organization{org("1", "USD", "America/New_York")}
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		return []providers.Part{{Query: q, Org: q.Orgs[0], Meta: providers.Meta{FinalUntil: day("2026-11-18"), Restates: 7}}}, nil
	}
	f.rows = func(_ providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			if !yield(campaign("7", []string{"2026-11-18"}, num("1000"), num("3"), num("12.340"), num("900")), nil) {
				return
			}
			yield(campaign("7", []string{"2026-11-19"}, num("0"), num("0"), num("0"), absent), nil)
			m.Attribution, m.Lag, m.RequestIDs = "by rule", "near real time", []string{"r1", "r2"}
			m.Left = []string{"thresholds"}
		}
	}
	a := get(t, f.serve(t), q("format", "table", "dimension", "DATE", "start_gte", "2026-11-18", "end_lt", "2026-11-20", "attribution", "7d_click",
		"type", "IMPRESSIONS,CLICKS,COST,UNIQUE_IMPRESSIONS,CTR,CPC,REVENUE,CPA"))
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("media type %q", got)
	}
	want := `{"columns":["connection_id","platform","organization_id","campaign_id","campaign_name","date","impressions","clicks","cost","unique_impressions","ctr","cpc","revenue","cpa","currency","is_final"],"rows":[` +
		`{"connection_id":"c1","platform":"testads","organization_id":"1","campaign_id":"7","campaign_name":"Campaign 7","date":"2026-11-18","impressions":1000,"clicks":3,"cost":12.34,"unique_impressions":900,"ctr":0.003,"cpc":4.113333,"currency":"USD","is_final":true},` + "\n" +
		`{"connection_id":"c1","platform":"testads","organization_id":"1","campaign_id":"7","campaign_name":"Campaign 7","date":"2026-11-19","impressions":0,"clicks":0,"cost":0,"currency":"USD","is_final":false}],` +
		`"totals":{"impressions":1000,"clicks":3,"cost":12.34,"ctr":0.003,"cpc":4.113333,"currency":"USD"},` +
		`"meta":{"level":"campaign","type":["IMPRESSIONS","CLICKS","COST","UNIQUE_IMPRESSIONS","CTR","CPC","REVENUE","CPA"],"dimension":["DATE"],"rows":2,` +
		`"additivity":{"UNIQUE_IMPRESSIONS":"cannot be added up: people and shares of several rows overlap"},"data_as_of":"2026-11-24T12:00:00Z","unsupported":["REVENUE","CPA"],` +
		`"quality":{"complete":false,"left_out":["thresholds"]},"attribution":{"asked":"7d_click","used":"by rule","honoured":false},"currency":"USD","time_zone":"America/New_York",` +
		`"start_gte":"2026-11-18","end_lt":"2026-11-20","final_until":"2026-11-18","restates_for_days":7,"data_lag":"near real time",` +
		`"connections":[{"connection_id":"c1","platform":"testads","data_as_of":"2026-11-24T12:00:00Z","unsupported":["REVENUE","CPA"],"quality":{"complete":false,"left_out":["thresholds"]},` +
		`"attribution":{"asked":"7d_click","used":"by rule","honoured":false},"currency":"USD","time_zone":"America/New_York","start_gte":"2026-11-18","end_lt":"2026-11-20","final_until":"2026-11-18","restates_for_days":7,"data_lag":"near real time",` +
		`"accounts":[{"organization_id":"1","organization_name":"Account 1","currency":"USD","time_zone":"America/New_York","start_gte":"2026-11-18","end_lt":"2026-11-20","final_until":"2026-11-18"}],"requests":2,"request_ids":["r1","r2"]}]}}` + "\n"
	if d := cmp.Diff(want, string(a.body)); d != "" {
		t.Error(d)
	}
	must[table](t, a)
}

// A KPI is absent where there is no number, and zero only where the platform said zero. N5.
func TestN5_AbsentIsNotZero(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost)
	f.rows = these(campaign("1", nil, num("0"), absent, num("0.00")), campaign("2", nil, absent, absent, absent))
	base := f.serve(t)
	got := must[table](t, get(t, base, q("format", "table", "type", "IMPRESSIONS,CLICKS,COST,CTR,CPM")))
	for i, keys := range []string{"impressions cost", ""} {
		for _, k := range []string{"impressions", "clicks", "cost", "ctr", "cpm"} {
			if _, has := got.Rows[i][k]; has != slices.Contains(strings.Fields(keys), k) {
				t.Errorf("row %d: %s is there: %v", i, k, has)
			}
		}
	}
	if len(got.Totals) != 1 { // the currency: of one row nothing is known
		t.Errorf("totals %v", got.Totals)
	}
	objects := must[[]adsReport](t, get(t, base, q("type", "IMPRESSIONS,CLICKS,COST,CTR,CPM")))
	if len(objects) != 2 || len(objects[0].Metrics) != 2 || objects[1].Metrics == nil || len(objects[1].Metrics) != 0 {
		t.Errorf("objects %+v", objects)
	}
	f.rows = these(campaign("1", nil, num("0"), num("0"), num("0.00")), campaign("2", nil, num("0"), absent, num("1.50")))
	got = must[table](t, get(t, base, q("format", "table", "type", "IMPRESSIONS,CLICKS,COST,CTR,CPM")))
	if _, has := got.Totals["clicks"]; has || fmt.Sprint(got.Totals["impressions"]) != "0" || fmt.Sprint(got.Totals["cost"]) != "1.5" {
		t.Errorf("totals %v", got.Totals)
	}
}

func TestRatiosRoundHalfToEven(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost)
	f.rows = these(
		campaign("1", nil, num("1234565"), num("10000000000000"), num("1")), // 0.0000001234565
		campaign("2", nil, num("1234575"), num("10000000000000"), num("1")), // 0.0000001234575
		campaign("3", nil, num("2"), num("3"), num("1")),
		campaign("4", nil, num("2"), num("0"), num("1")),
	)
	got := must[table](t, get(t, f.serve(t), q("format", "table", "type", "CTR,CPC")))
	for i, want := range []string{"0.000000123456 0.000000810002", "0.000000123458 0.000000809995", "0.666667 0.5", "<nil> 0.5"} {
		if have := fmt.Sprint(got.Rows[i]["ctr"], " ", got.Rows[i]["cpc"]); have != want {
			t.Errorf("row %d: %s, want %s", i+1, have, want)
		}
	}
	if fmt.Sprint(got.Totals["ctr"], " ", got.Totals["cpc"]) != "0.000000123457 0.00000161999" {
		t.Errorf("totals %v", got.Totals)
	}
	if _, has := got.Rows[0]["clicks"]; has {
		t.Error("a part of a ratio that was not asked for is answered")
	}
}

// Numbers leave exactly as they came, also those that no float holds.
func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricImpressions, normalize.MetricCost)
	f.rows = these(campaign("18446744073709551617", nil, num("9007199254740993"), num("0.1")), campaign("2", nil, num("9007199254740993"), num("0.2")),
		campaign("3", nil, num("1"), num("12345678901234567890.123456789")))
	a := get(t, f.serve(t), q("format", "table", "type", "IMPRESSIONS,COST"))
	got := must[table](t, a)
	if !strings.Contains(string(a.body), `"campaign_id":"18446744073709551617"`) || !strings.Contains(string(a.body), `"impressions":9007199254740993,"cost":0.1,`) {
		t.Errorf("%s", a.body)
	}
	if fmt.Sprint(got.Totals["impressions"], " ", got.Totals["cost"]) != "18014398509481987 12345678901234567890.423456789" {
		t.Errorf("totals %v", got.Totals)
	}
}

func TestNamesSurvive(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	name := "Ünïcode 🚀 \"quoted\", comma\nnew line \\ </script> \u2028"
	f.rows = these(normalize.Row{Campaign: normalize.Entity{ID: "urn:li:sponsoredCampaign:1", Name: name}, Values: []normalize.Value{num("1")}})
	base := f.serve(t)
	if got := must[table](t, get(t, base, q("format", "table", "type", "CLICKS"))); got.Rows[0]["campaign_name"] != name {
		t.Errorf("%q", got.Rows[0]["campaign_name"])
	}
	got := must[[]adsReport](t, get(t, base, q("type", "CLICKS")))
	if c, _ := got[0].Metrics[0]["campaign"].(map[string]any); c["name"] != name {
		t.Errorf("%q", c["name"])
	}
}

func TestSeveralCurrencies(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversionValue, normalize.MetricImpressions)
	f.orgs = []normalize.Organization{org("1", "USD", "UTC"), org("2", "EUR", "Europe/Berlin"), org("3", "USD", "UTC")}
	f.rows = func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		return these(campaign("c"+p.Org.ID, nil, num("10"), num("5.5"), num("11"), num("100")))(p, nil)
	}
	base := f.serve(t)
	got := must[table](t, get(t, base, q("format", "table", "type", "CLICKS,COST,CONVERSION_VALUE,CTR,CPC,ROAS")))
	if d := cmp.Diff("map[clicks:30 ctr:0.1]", fmt.Sprint(got.Totals)); d != "" {
		t.Errorf("totals: %s", d)
	}
	if d := cmp.Diff("[map[clicks:10 conversion_value:11 cost:5.5 cpc:0.55 ctr:0.1 currency:EUR roas:2] map[clicks:20 conversion_value:22 cost:11 cpc:0.55 ctr:0.1 currency:USD roas:2]]", fmt.Sprint(got.By)); d != "" {
		t.Errorf("by currency: %s", d)
	}
	for _, k := range []string{"COST", "CONVERSION_VALUE", "CPC", "ROAS"} {
		if !strings.Contains(got.Meta.Additivity[k], "EUR, USD") {
			t.Errorf("why %s has no total: %q", k, got.Meta.Additivity[k])
		}
	}
	if got.Meta.Currency != "" || got.Meta.TimeZone != "" || len(got.Meta.Connections[0].Accounts) != 3 {
		t.Errorf("meta %+v", got.Meta)
	}
	refused(t, get(t, base, q("format", "table", "currency", "EUR")), http.StatusNotImplemented)
	if got := must[table](t, get(t, base, q("format", "table", "currency", "EUR", "org_id", "2", "type", "CLICKS,COST,CONVERSION_VALUE,CTR"))); len(got.Rows) != 1 || got.Totals["currency"] != "EUR" {
		t.Errorf("%+v", got)
	}
	refused(t, get(t, base, q("currency", "euro")), http.StatusBadRequest)
}

func TestNoRows(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	base := f.serve(t)
	if a := get(t, base, "type=CLICKS"); string(a.body) != "[]\n" || a.status != http.StatusOK {
		t.Errorf("%d %q", a.status, a.body)
	}
	if got := must[table](t, get(t, base, "type=CLICKS&format=table")); got.Rows == nil || len(got.Rows) != 0 || len(got.Totals) != 0 || got.Meta.Rows != 0 || !got.Meta.Quality.Complete {
		t.Errorf("%+v", got)
	}
	f.orgs = nil // a grant that sees no account
	base = f.serve(t)
	if a := get(t, base, "type=CLICKS"); string(a.body) != "[]\n" {
		t.Errorf("%d %q", a.status, a.body)
	}
	must[table](t, get(t, base, "type=CLICKS&format=table"))
}

func TestFieldsOfATable(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks, normalize.MetricCost)
	f.rows = these(campaign("1", nil, num("1"), num("2")))
	base := f.serve(t)
	a := get(t, base, "format=table&type=CLICKS,COST&fields=cost,campaign_id")
	if !strings.HasPrefix(string(a.body), `{"columns":["campaign_id","cost"],"rows":[{"campaign_id":"1","cost":2}],"totals":{"cost":2,"currency":"USD"},`) {
		t.Errorf("%s", a.body)
	}
	p := refused(t, get(t, base, "format=table&type=CLICKS&fields=spend"), http.StatusBadRequest)
	if !slices.Equal(p.fields(), []string{"fields"}) || !strings.Contains(p.Detail, "campaign_name") {
		t.Errorf("%+v", p)
	}
}

func TestColumnsOfLevels(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricClicks)
	f.rows = these(normalize.Row{Campaign: normalize.Entity{ID: "c", Name: "C"}, Group: normalize.Entity{ID: "g", Name: "G"}, Ad: normalize.Entity{ID: "a"},
		Values: []normalize.Value{num("1")}})
	base := f.serve(t)
	for level, want := range map[string]string{
		"organization": "organization_id organization_name clicks",
		"campaign":     "organization_id campaign_id campaign_name clicks",
		"ad":           "organization_id campaign_id campaign_name group_id group_name ad_id ad_name clicks",
	} {
		got := must[table](t, get(t, base, "format=table&type=CLICKS&level="+level))
		if have := strings.Join(got.Columns[2:len(got.Columns)-1], " "); have != want {
			t.Errorf("%s: %s", level, have)
		}
		if level == "organization" && got.Rows[0]["organization_name"] != "Account 1" {
			t.Errorf("%v", got.Rows[0])
		}
		if _, named := got.Rows[0]["ad_name"]; named {
			t.Error("an ad without a name has one")
		}
	}
	f.rows = these(campaign("1", []string{"LINKEDIN"}, num("1")))
	got := must[table](t, get(t, f.serve(t), "format=table&type=CLICKS&dimension=PLATFORM"))
	if got.Rows[0]["platform"] != "testads" || got.Rows[0]["publisher_platform"] != "LINKEDIN" || slices.Contains(got.Columns, "is_final") {
		t.Errorf("%v", got)
	}
}

// An account of one currency may be billed in another: the rows and what is said of them agree.
func TestRowsInAnotherCurrencyThanTheAccounts(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricCost)
	f.orgs = []normalize.Organization{org("1", "BRL", "UTC")}
	r := campaign("9", nil, num("5"))
	r.Currency = "USD"
	f.rows = these(r)
	base := f.serve(t)
	got := must[table](t, get(t, base, "format=table&type=COST"))
	if got.Rows[0]["currency"] != "USD" || got.Totals["currency"] != "USD" || got.Meta.Currency != "USD" || got.Meta.Connections[0].Accounts[0]["currency"] != "USD" {
		t.Errorf("%+v", got)
	}
	if objects := must[[]adsReport](t, get(t, base, "type=COST")); objects[0].Currency != "USD" {
		t.Errorf("%+v", objects)
	}
	refused(t, get(t, base, "format=table&type=COST&currency=BRL"), http.StatusUnprocessableEntity)
}

// A weighted average is totalled by its weight, which is asked for and not answered.
func TestTotalOfAnAverage(t *testing.T) {
	t.Parallel()
	f := newFake(normalize.MetricVideoAvgTimeWatched, normalize.MetricVideoPlays)
	f.rows = these(campaign("1", nil, num("2"), num("10")), campaign("2", nil, num("5"), num("20")), campaign("3", nil, absent, num("1000")))
	got := must[table](t, get(t, f.serve(t), "format=table&type=VIDEO_AVG_TIME_WATCHED"))
	if fmt.Sprint(got.Totals["video_avg_time_watched"]) != "4" || slices.Contains(got.Columns, "video_plays") || got.Meta.Rows != 3 {
		t.Errorf("%+v", got)
	}
}
