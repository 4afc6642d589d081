package gaql

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

// world is two campaigns with facts and one without, joined with their budget
// and account.
func world(t *testing.T) *testSource {
	t.Helper()
	campaign := func(id int64, name, status string, budget bool, facts ...Fact) *testObject {
		o := &testObject{facts: facts, values: map[string]Value{
			"campaign.resource_name": Text("customers/1/campaigns/" + name), "campaign.id": Int(id), "campaign.name": Text(name),
			"campaign.status": Text(status), "customer.resource_name": Text("customers/1"), "customer.id": Int(1),
			"campaign.labels": List([]string{"customers/1/labels/1", "customers/1/labels/2"}), "campaign.optimization_score": Float(0.734),
			"campaign.advertising_channel_type": Text("SEARCH"), "campaign_group.id": Int(9), // a group without a name
			"campaign.network_settings.target_content_network": Bool(false), "campaign.start_date_time": Text("2026-11-20 00:00:00"),
		}}
		if id == 11 {
			o.values["campaign.advertising_channel_type"] = Text("DISPLAY")
		}
		if budget {
			o.values["campaign_budget.resource_name"] = Text("customers/1/campaignBudgets/5")
			o.values["campaign_budget.amount_micros"] = Int(25_000_000)
		}
		return o
	}
	fact := func(date, device, network string, impressions, clicks, cost, conversions int64) Fact {
		f := Fact{Day: day(t, date), Splits: []Value{Text(device), Text(network)}}
		f.Sums[Impressions], f.Sums[Clicks], f.Sums[Cost], f.Sums[Conversions] = impressions, clicks, cost, conversions
		return f
	}
	return &testSource{objects: []Object{
		campaign(11, "Wínter \"sale\"", "ENABLED", true,
			fact("2026-10-31", "MOBILE", "SEARCH", 1000, 30, 9_000_000, 1_500_000),
			fact("2026-11-01", "MOBILE", "SEARCH", 100, 3, 1_000_001, 500_000),
			fact("2026-11-01", "DESKTOP", "SEARCH", 50, 0, 0, 0),
			fact("2026-11-01", "MOBILE", "CONTENT", 10, 1, 1, 0),
			fact("2026-11-02", "MOBILE", "SEARCH", 7, 0, 0, 0)),
		campaign(12, "Brand", "PAUSED", true, fact("2026-11-02", "DESKTOP", "SEARCH", 5, 5, 2_500_000, 2_000_000)),
		campaign(13, "Old", "REMOVED", false),
	}}
}

func TestRows(t *testing.T) {
	t.Parallel()
	const days = " WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02'"
	names := func(n ...string) []string {
		for i, name := range n {
			n[i] = `{"campaign":{"resourceName":"customers/1/campaigns/` + name + `"}}`
		}
		return n
	}
	winter, brand, old := `Wínter \"sale\"`, "Brand", "Old"
	tests := []struct {
		name, query string
		want        []string
	}{
		{"fields, joins and names", "SELECT campaign.id, campaign.name, campaign.status, campaign_budget.amount_micros FROM campaign WHERE campaign.id != 12", []string{
			`{"campaign":{"resourceName":"customers/1/campaigns/Wínter \"sale\"","id":"11","name":"Wínter \"sale\"","status":"ENABLED"},"campaignBudget":{"resourceName":"customers/1/campaignBudgets/5","amountMicros":"25000000"}}`,
			`{"campaign":{"resourceName":"customers/1/campaigns/Old","id":"13","name":"Old","status":"REMOVED"}}`}},
		{"nested, repeated, double and false", "SELECT campaign.labels, campaign.optimization_score, campaign.network_settings.target_content_network, campaign.network_settings.target_youtube FROM campaign WHERE campaign.id = 12", []string{
			`{"campaign":{"resourceName":"customers/1/campaigns/Brand","labels":["customers/1/labels/1","customers/1/labels/2"],"optimizationScore":0.734,"networkSettings":{"targetContentNetwork":false}}}`}},
		{"names left out", "SELECT campaign.id, customer.id FROM campaign WHERE campaign.id = 12 PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"campaign":{"id":"12"},"customer":{"id":"1"}}`}},
		{"names selected", "SELECT campaign.resource_name FROM campaign WHERE campaign.id = 12 PARAMETERS omit_unselected_resource_names = true", names(brand)},

		{"like knows no case", "SELECT campaign.resource_name FROM campaign WHERE campaign.name LIKE 'wÍn%SALE_'", names(winter)},
		{"equals knows case", "SELECT campaign.resource_name FROM campaign WHERE campaign.name = 'brand'", nil},
		{"not like", "SELECT campaign.resource_name FROM campaign WHERE campaign.name NOT LIKE '%r%'", names(old)},
		{"regexp is whole and knows case", "SELECT campaign.resource_name FROM campaign WHERE campaign.name REGEXP_MATCH 'Br|Old|brand'", names(old)},
		{"not regexp", "SELECT campaign.resource_name FROM campaign WHERE campaign.name NOT REGEXP_MATCH '(?i)b.*|W.*'", names(old)},
		{"in words", "SELECT campaign.resource_name FROM campaign WHERE campaign.status IN (ENABLED, PAUSED)", names(winter, brand)},
		{"not in strings", "SELECT campaign.resource_name FROM campaign WHERE campaign.status NOT IN ('ENABLED','PAUSED')", names(old)},
		{"quoted id", "SELECT campaign.resource_name FROM campaign WHERE campaign.id >= '12' AND campaign.id < 13", names(brand)},
		{"between", "SELECT campaign.resource_name FROM campaign WHERE campaign.id BETWEEN 12 AND 13", names(brand, old)},
		{"long list", "SELECT campaign.resource_name FROM campaign WHERE campaign.id IN (1,2,3,4,5,6,7,8,9,11,13)", names(winter, old)},
		{"null join", "SELECT campaign.resource_name FROM campaign WHERE campaign_budget.amount_micros IS NULL", names(old)},
		{"not null join", "SELECT campaign.resource_name FROM campaign WHERE campaign_budget.amount_micros IS NOT NULL", names(winter, brand)},
		{"absent is not equal", "SELECT campaign.resource_name FROM campaign WHERE campaign_budget.amount_micros != 1 AND campaign.id = 13", names(old)},
		{"contains any", "SELECT campaign.resource_name FROM campaign WHERE campaign.labels CONTAINS ANY ('x', 'customers/1/labels/2') AND campaign.id = 12", names(brand)},
		{"contains all", "SELECT campaign.resource_name FROM campaign WHERE campaign.labels CONTAINS ALL ('x', 'customers/1/labels/2')", nil},
		{"contains none", "SELECT campaign.resource_name FROM campaign WHERE campaign.labels CONTAINS NONE ('x') AND campaign.id = 12", names(brand)},
		{"boolean", "SELECT campaign.resource_name FROM campaign WHERE campaign.network_settings.target_content_network = FALSE AND campaign.id = 12", names(brand)},
		{"day of a date time", "SELECT campaign.resource_name FROM campaign WHERE campaign.start_date_time <= '2026-11-20' AND campaign.id = 12", names(brand)},
		{"double", "SELECT campaign.resource_name FROM campaign WHERE campaign.optimization_score > 0.7339 AND campaign.id = 12", names(brand)},

		{"not segmented keeps zeros", "SELECT campaign.id, metrics.clicks, metrics.cost_micros, metrics.conversions, metrics.ctr, metrics.average_cpc, metrics.cost_per_conversion FROM campaign" + days, []string{
			`{"campaign":{"resourceName":"customers/1/campaigns/Wínter \"sale\"","id":"11"},"metrics":{"clicks":"4","costMicros":"1000002","conversions":0.5,"ctr":0.023952095808383235,"averageCpc":250000.5,"costPerConversion":2000004}}`,
			`{"campaign":{"resourceName":"customers/1/campaigns/Brand","id":"12"},"metrics":{"clicks":"5","costMicros":"2500000","conversions":2,"ctr":1,"averageCpc":500000,"costPerConversion":1250000}}`,
			`{"campaign":{"resourceName":"customers/1/campaigns/Old","id":"13"},"metrics":{"clicks":"0","costMicros":"0","conversions":0}}`}},
		{"no dates means all history", "SELECT metrics.impressions FROM campaign WHERE campaign.id = 11 PARAMETERS omit_unselected_resource_names = true", []string{`{"metrics":{"impressions":"1167"}}`}},
		{"by day", "SELECT segments.date, metrics.impressions FROM campaign" + days + " PARAMETERS omit_unselected_resource_names = true", []string{
			`{"metrics":{"impressions":"160"},"segments":{"date":"2026-11-01"}}`, `{"metrics":{"impressions":"7"},"segments":{"date":"2026-11-02"}}`,
			`{"metrics":{"impressions":"5"},"segments":{"date":"2026-11-02"}}`}},
		{"rows need a selected metric", "SELECT segments.date, metrics.clicks FROM campaign" + days + " AND campaign.id = 11 PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"metrics":{"clicks":"4"},"segments":{"date":"2026-11-01"}}`}},
		{"device and network", "SELECT segments.device, segments.ad_network_type, metrics.impressions FROM campaign" + days + " AND campaign.id = 11 AND segments.device = MOBILE PARAMETERS omit_unselected_resource_names = true", []string{
			`{"metrics":{"impressions":"107"},"segments":{"device":"MOBILE","adNetworkType":"SEARCH"}}`,
			`{"metrics":{"impressions":"10"},"segments":{"device":"MOBILE","adNetworkType":"CONTENT"}}`}},
		{"periods", "SELECT segments.month, segments.week, segments.quarter, segments.year, segments.day_of_week, segments.month_of_year, metrics.clicks FROM campaign WHERE segments.date BETWEEN '2026-10-31' AND '2026-11-01' AND campaign.id = 11 PARAMETERS omit_unselected_resource_names = true", []string{
			`{"metrics":{"clicks":"30"},"segments":{"month":"2026-10-01","week":"2026-10-26","quarter":"2026-10-01","year":2026,"dayOfWeek":"SATURDAY","monthOfYear":"OCTOBER"}}`,
			`{"metrics":{"clicks":"4"},"segments":{"month":"2026-11-01","week":"2026-10-26","quarter":"2026-10-01","year":2026,"dayOfWeek":"SUNDAY","monthOfYear":"NOVEMBER"}}`}},
		{"a week adds up", "SELECT segments.week, metrics.clicks FROM campaign WHERE segments.week = '2026-10-26' AND campaign.id = 11 PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"metrics":{"clicks":"34"},"segments":{"week":"2026-10-26"}}`}},
		{"days left out", "SELECT metrics.impressions FROM campaign WHERE segments.month = '2026-11-01' AND segments.date NOT IN ('2026-11-01') AND campaign.id = 11 PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"metrics":{"impressions":"7"}}`}},
		{"metric filters", "SELECT campaign.resource_name FROM campaign WHERE metrics.conversions > 0.4 AND metrics.average_cpc < 300000 AND segments.date DURING THIS_MONTH", names(winter)},
		{"absent metrics match no bound", "SELECT campaign.resource_name FROM campaign WHERE metrics.ctr < 2", names(winter, brand)},
		{"metric is null", "SELECT campaign.resource_name FROM campaign WHERE metrics.ctr IS NULL", names(old)},

		{"order by metric", "SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.month = '2026-11-01' ORDER BY metrics.clicks DESC LIMIT 2 PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"campaign":{"id":"12"},"metrics":{"clicks":"5"}}`, `{"campaign":{"id":"11"},"metrics":{"clicks":"4"}}`}},
		{"order keeps splits", "SELECT segments.device, metrics.impressions FROM campaign" + days + " ORDER BY metrics.impressions DESC PARAMETERS omit_unselected_resource_names = true", []string{
			`{"metrics":{"impressions":"117"},"segments":{"device":"MOBILE"}}`, `{"metrics":{"impressions":"50"},"segments":{"device":"DESKTOP"}}`,
			`{"metrics":{"impressions":"5"},"segments":{"device":"DESKTOP"}}`}},
		{"order by enum number", "SELECT campaign.advertising_channel_type FROM campaign ORDER BY campaign.advertising_channel_type PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"campaign":{"advertisingChannelType":"SEARCH"}}`, `{"campaign":{"advertisingChannelType":"SEARCH"}}`, `{"campaign":{"advertisingChannelType":"DISPLAY"}}`}},
		{"an empty join is left out", "SELECT customer.id, campaign_group.id FROM campaign WHERE campaign.id = 12 PARAMETERS include_drafts = false",
			[]string{`{"campaign":{"resourceName":"customers/1/campaigns/Brand"},"customer":{"resourceName":"customers/1","id":"1"}}`}},
		{"twice selected is once written", "SELECT campaign.id, campaign.id FROM campaign WHERE campaign.id = 12 PARAMETERS omit_unselected_resource_names = true", []string{`{"campaign":{"id":"12"}}`}},
		{"order by status", "SELECT campaign.status, campaign.id FROM campaign ORDER BY campaign.status DESC PARAMETERS omit_unselected_resource_names = true",
			[]string{`{"campaign":{"status":"REMOVED","id":"13"}}`, `{"campaign":{"status":"PAUSED","id":"12"}}`, `{"campaign":{"status":"ENABLED","id":"11"}}`}},
		{"order by attribute then day", "SELECT campaign.id, segments.date, metrics.impressions FROM campaign" + days + " ORDER BY campaign.id DESC, segments.date PARAMETERS omit_unselected_resource_names = true", []string{
			`{"campaign":{"id":"12"},"metrics":{"impressions":"5"},"segments":{"date":"2026-11-02"}}`,
			`{"campaign":{"id":"11"},"metrics":{"impressions":"160"},"segments":{"date":"2026-11-01"}}`,
			`{"campaign":{"id":"11"},"metrics":{"impressions":"7"},"segments":{"date":"2026-11-02"}}`}},
		{"order across objects", "SELECT campaign.id, customer.id, segments.date, metrics.impressions FROM campaign" + days + " ORDER BY customer.id, segments.date DESC, campaign.id DESC LIMIT 2 PARAMETERS omit_unselected_resource_names = true", []string{
			`{"campaign":{"id":"12"},"customer":{"id":"1"},"metrics":{"impressions":"5"},"segments":{"date":"2026-11-02"}}`,
			`{"campaign":{"id":"11"},"customer":{"id":"1"},"metrics":{"impressions":"7"},"segments":{"date":"2026-11-02"}}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := rows(t, tt.query, world(t))
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s\n got %q\nwant %q", tt.query, got, tt.want)
			}
			for _, row := range got {
				if !json.Valid([]byte(row)) {
					t.Errorf("not JSON: %s", row)
				}
			}
		})
	}
}

// TestEqualAttributesMergeByDay: objects that tie on the attributes of ORDER BY
// are not whole runs of rows.
func TestEqualAttributesMergeByDay(t *testing.T) {
	t.Parallel()
	src := world(t)
	slices.Reverse(src.objects)
	got := rows(t, "SELECT customer.id, segments.date, metrics.impressions FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02' ORDER BY customer.id, segments.date PARAMETERS omit_unselected_resource_names = true", src)
	want := []string{
		`{"customer":{"id":"1"},"metrics":{"impressions":"160"},"segments":{"date":"2026-11-01"}}`,
		`{"customer":{"id":"1"},"metrics":{"impressions":"5"},"segments":{"date":"2026-11-02"}}`,
		`{"customer":{"id":"1"},"metrics":{"impressions":"7"},"segments":{"date":"2026-11-02"}}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestWantIsNarrow(t *testing.T) {
	t.Parallel()
	src := world(t)
	rows(t, "SELECT ad_group.id, campaign.name, campaign.id, segments.device, segments.hour, segments.date, metrics.clicks FROM ad_group WHERE segments.date >= '2026-11-01' AND segments.week <= '2026-11-02' AND metrics.conversions >= 0 AND customer.id = 1", src)
	w := *src.want
	if w.First != day(t, "2026-11-01") || w.Last != day(t, "2026-11-08") || !w.Hours || !slices.Equal(w.Splits, []string{"segments.device"}) ||
		!slices.Equal(w.Resources, []string{"campaign", "customer"}) || !slices.Equal(w.Metrics, []string{"metrics.clicks", "metrics.conversions"}) || w.Conversions {
		t.Errorf("%+v", w)
	}
	rows(t, "SELECT campaign.id FROM campaign", src)
	if w := src.want; w.First != NoDay || w.Last != day(t, "2026-11-24") {
		t.Errorf("without dates: %+v", w)
	}
}

func TestPagesCountAndSummary(t *testing.T) {
	t.Parallel()
	p, err := Compile("SELECT campaign.id, metrics.clicks, metrics.ctr FROM campaign WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02' LIMIT 2 PARAMETERS omit_unselected_resource_names = true", testEnv)
	if err != nil {
		t.Fatal(err)
	}
	src := world(t)
	first, second := collect(t, p.Page(src, 0, 1)), collect(t, p.Page(src, 1, 1))
	if len(first) != 1 || len(second) != 1 || !slices.Equal(append(first, second...), collect(t, p.Rows(src))) {
		t.Errorf("pages %q %q", first, second)
	}
	if past := collect(t, p.Page(src, 2, 10)); past != nil {
		t.Errorf("past LIMIT: %q", past)
	}
	if all, err := Compile("SELECT campaign.id FROM campaign", testEnv); err != nil || len(collect(t, all.Page(src, 1, 1))) != 1 || len(collect(t, all.Page(src, 2, 5))) != 1 {
		t.Error("a page without LIMIT is not of its size")
	}
	if n, err := p.Count(src); n != 3 || err != nil {
		t.Errorf("count %d %v, LIMIT aside there are 3", n, err)
	}
	if sum, err := p.Summary(src); string(sum) != `{"metrics":{"clicks":"9","ctr":0.05232558139534884}}` || err != nil {
		t.Errorf("summary %s %v", sum, err)
	}
	if got := p.FieldMask(); got != "campaign.id,metrics.clicks,metrics.ctr" {
		t.Error(got)
	}
}

func TestSourceErrorsEndTheRows(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, query := range []string{"SELECT campaign.id FROM campaign", "SELECT campaign.id FROM campaign ORDER BY campaign.id", "SELECT campaign.id, metrics.clicks FROM campaign ORDER BY metrics.clicks"} {
		p, err := Compile(query, testEnv)
		if err != nil {
			t.Fatal(err)
		}
		src := world(t)
		src.err = broken
		var last error
		for _, err := range p.Rows(src) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("%s: %v", query, last)
		}
	}
}
