package gaql

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
)

// metricsOf runs one row of the metrics over one day's sums.
func metricsOf(t *testing.T, metrics, from string, sums map[Counter]int64) string {
	t.Helper()
	f := Fact{Day: day(t, "2026-11-20")}
	for c, n := range sums {
		f.Sums[c] = n
	}
	src := &testSource{objects: []Object{&testObject{facts: []Fact{f}}}}
	got := rows(t, "SELECT metrics."+strings.ReplaceAll(metrics, " ", ", metrics.")+" FROM "+from+
		" WHERE segments.date = '2026-11-20' PARAMETERS omit_unselected_resource_names = true", src)
	if len(got) != 1 {
		t.Fatalf("%q", got)
	}
	return strings.TrimSuffix(strings.TrimPrefix(got[0], `{"metrics":`), "}")
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	traffic := map[Counter]int64{
		Impressions: 1000, Clicks: 20, Interactions: 25, Engagements: 5, InvalidClicks: 5, Cost: 10_000_000, Conversions: 2_500_000,
		ConversionsValue: 99_990_000, AllConversions: 3_000_000, AllConversionsValue: 120_000_000, ViewThrough: 4,
		VideoViews: 200, VideoImpressions: 400, Quartile25: 500, Quartile100: 125, WatchMillis: 1_000_000,
		ActiveViewMeasurable: 800, ActiveViewImpressions: 600, ActiveViewCost: 6_000_000, UniqueUsers: 400, Revenue: 50_000_000,
		Orders: 2_000_000, GrossProfit: 20_000_000,
		SearchImpressions: 900, SearchEligible: 1200, SearchTop: 600, SearchAbsTop: 90, SearchTopEligible: 1000, SearchAbsTopEligible: 1000,
		SearchBudgetLost: 1140, SearchRankLost: 300, SearchExactEligible: 100,
	}
	tests := []struct{ metrics, want string }{
		{"impressions clicks interactions view_through_conversions", `{"impressions":"1000","clicks":"20","interactions":"25","viewThroughConversions":"4"}`},
		{"cost_micros average_cpc average_cpm average_cost", `{"costMicros":"10000000","averageCpc":500000,"averageCpm":10000000,"averageCost":400000}`},
		{"conversions conversions_value all_conversions cost_per_conversion value_per_conversion conversions_value_per_cost",
			`{"conversions":2.5,"conversionsValue":99.99,"allConversions":3,"costPerConversion":4000000,"valuePerConversion":39.996,"conversionsValuePerCost":9.999}`},
		{"ctr interaction_rate engagement_rate invalid_click_rate conversions_from_interactions_rate",
			`{"ctr":0.02,"interactionRate":0.025,"engagementRate":0.005,"invalidClickRate":0.2,"conversionsFromInteractionsRate":0.1}`},
		{"video_trueview_views video_trueview_view_rate trueview_average_cpv video_quartile_p25_rate video_quartile_p100_rate average_video_watch_time_duration_millis",
			`{"videoTrueviewViews":"200","videoTrueviewViewRate":0.5,"trueviewAverageCpv":50000,"videoQuartileP25Rate":0.5,"videoQuartileP100Rate":0.125,"averageVideoWatchTimeDurationMillis":"2500"}`},
		{"active_view_viewability active_view_measurability active_view_cpm", `{"activeViewViewability":0.75,"activeViewMeasurability":0.8,"activeViewCpm":10000000}`},
		{"search_impression_share search_absolute_top_impression_share search_budget_lost_impression_share search_rank_lost_impression_share search_exact_match_impression_share",
			`{"searchImpressionShare":0.75,"searchAbsoluteTopImpressionShare":0.0999,"searchBudgetLostImpressionShare":0.9001,"searchRankLostImpressionShare":0.25,"searchExactMatchImpressionShare":1}`},
		{"top_impression_percentage absolute_top_impression_percentage", `{"topImpressionPercentage":0.6666666666666666,"absoluteTopImpressionPercentage":0.1}`},
		{"interaction_event_types unique_users average_impression_frequency_per_user", `{"interactionEventTypes":["CLICK","VIDEO_VIEW","ENGAGEMENT"],"uniqueUsers":"400","averageImpressionFrequencyPerUser":2.5}`},
		{"average_order_value_micros gross_profit_margin revenue_micros orders", `{"averageOrderValueMicros":"25000000","grossProfitMargin":0.4,"revenueMicros":"50000000","orders":2}`},
		{"message_chats sk_ad_network_installs biddable_app_install_conversions relative_ctr optimization_score_url", `{"messageChats":"0","skAdNetworkInstalls":"0","biddableAppInstallConversions":0}`},
	}
	for _, tt := range tests {
		if got := metricsOf(t, tt.metrics, "campaign", traffic); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.metrics, got, tt.want)
		}
	}
	if got, want := metricsOf(t, "clicks ctr conversions average_cpc search_impression_share interaction_event_types", "campaign", nil), `{"clicks":"0","conversions":0}`; got != want {
		t.Errorf("without traffic %s, want %s", got, want)
	}
}

func TestTrap02_ThreeMoneyEncodings(t *testing.T) {
	t.Parallel()
	got := metricsOf(t, "cost_micros average_cpc conversions_value", "ad_group", map[Counter]int64{Cost: 1_230_000, Clicks: 4, ConversionsValue: 5_670_000})
	if got != `{"costMicros":"1230000","averageCpc":307500,"conversionsValue":5.67}` {
		t.Error(got)
	}
}

func TestUniqueUsersDoNotAddUp(t *testing.T) {
	t.Parallel()
	var s Sums
	one := Sums{}
	one[UniqueUsers], one[Clicks] = 300, 1
	for range 3 {
		s.add(&one)
	}
	if s[UniqueUsers] != 500 || s[Clicks] != 3 {
		t.Errorf("%d users, %d clicks", s[UniqueUsers], s[Clicks])
	}
}

// TestManyGroups: more rows a day than are looked through, facts in disorder
// within the day.
func TestManyGroups(t *testing.T) {
	t.Parallel()
	o := &testObject{}
	for _, date := range []string{"2026-11-20", "2026-11-21"} {
		for i := range 2 * 24 * 3 {
			f := Fact{Day: day(t, date), Hour: 23 - i/3%24, Splits: []Value{Text([]string{"MOBILE", "DESKTOP", "TABLET"}[i%3]), {}}}
			f.Sums[Clicks] = int64(1 + f.Hour)
			o.facts = append(o.facts, f)
		}
	}
	got := rows(t, "SELECT segments.date, segments.hour, segments.device, metrics.clicks FROM campaign WHERE segments.date DURING LAST_7_DAYS PARAMETERS omit_unselected_resource_names = true",
		&testSource{objects: []Object{o}})
	total := map[string]int{}
	for _, row := range got {
		total[row]++
	}
	clicks := map[string]int{}
	for _, f := range o.facts {
		clicks[fmt.Sprintf(`"segments":{"date":"%s","hour":%d,"device":"%s"}}`, f.Day, f.Hour, f.Splits[0].text)] += 1 + f.Hour
	}
	for segments, n := range clicks {
		if row := fmt.Sprintf(`{"metrics":{"clicks":"%d"},%s`, n, segments); total[row] != 1 {
			t.Errorf("%d times %s", total[row], row)
		}
	}
	if len(got) != len(clicks) || len(got) <= 2*scanned {
		t.Errorf("%d rows, want %d", len(got), len(clicks))
	}
}

func TestNestedPartsOfRows(t *testing.T) {
	t.Parallel()
	o := &testObject{values: map[string]Value{
		"ad_group_ad.resource_name": Text("customers/1/adGroupAds/2~3"), "ad_group_ad.ad.resource_name": Text("customers/1/ads/3"), "ad_group_ad.ad.id": Int(3),
		"ad_group_ad.ad.responsive_search_ad.headlines": JSON([]byte(`[{"text":"Warm coats"}]`)), "ad_group_ad.ad.final_urls": List([]string{"https://shop.example/"}),
	}}
	src := &testSource{objects: []Object{o}}
	got := rows(t, "SELECT ad_group_ad.ad.responsive_search_ad.headlines, ad_group_ad.ad.id, ad_group_ad.ad.final_urls, ad_group_ad.ad.name FROM ad_group_ad", src)
	want := []string{`{"adGroupAd":{"resourceName":"customers/1/adGroupAds/2~3","ad":{"resourceName":"customers/1/ads/3","responsiveSearchAd":{"headlines":[{"text":"Warm coats"}]},"id":"3","finalUrls":["https://shop.example/"]}}}`}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}

	k := &keywordObject{}
	got = rows(t, "SELECT segments.keyword.info.text, segments.keyword.info.match_type, segments.keyword.ad_group_criterion, metrics.clicks FROM ad_group_ad PARAMETERS omit_unselected_resource_names = true", &testSource{objects: []Object{k}})
	want = []string{`{"metrics":{"clicks":"3"},"segments":{"keyword":{"info":{"text":"winter coat","matchType":"PHRASE"},"adGroupCriterion":"customers/1/adGroupCriteria/2~9"}}}`}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// keywordObject splits one fact by its keyword.
type keywordObject struct{ testObject }

func (keywordObject) Facts(*Want) iter.Seq[*Fact] {
	return func(yield func(*Fact) bool) {
		f := Fact{Splits: []Value{Text("winter coat"), Text("PHRASE"), Text("customers/1/adGroupCriteria/2~9")}}
		f.Sums[Clicks] = 3
		yield(&f)
	}
}

func TestViewsExistByTraffic(t *testing.T) {
	t.Parallel()
	src := &testSource{objects: []Object{&testObject{values: map[string]Value{"geographic_view.country_criterion_id": Int(2276)}}}}
	if got := rows(t, "SELECT geographic_view.country_criterion_id, metrics.clicks FROM geographic_view", src); got != nil {
		t.Errorf("a country without traffic shows: %q", got)
	}
	if got := rows(t, "SELECT geographic_view.country_criterion_id FROM geographic_view", src); got != nil {
		t.Errorf("a country without traffic shows without metrics: %q", got)
	}
}
