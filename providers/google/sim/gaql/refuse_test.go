package gaql

import (
	"errors"
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	const range2 = " WHERE segments.date BETWEEN '2026-11-01' AND '2026-11-02'"
	tests := []struct{ query, code, trigger string }{
		{"", "EXPECTED_SELECT", ""},
		{"UPDATE campaign", "EXPECTED_SELECT", "UPDATE"},
		{"SELECT", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT * FROM campaign", "UNEXPECTED_INPUT", "*"},
		{"SELECT campaign.id", "EXPECTED_FROM", ""},
		{"SELECT campaign.id WHERE campaign.id = 1", "EXPECTED_FROM", "WHERE"},
		{"SELECT campaign.id campaign.name FROM campaign", "UNEXPECTED_INPUT", "campaign.name"},
		{"SELECT campaign.id, FROM campaign", "BAD_FIELD_NAME", "FROM"},
		{"SELECT Campaign.id FROM campaign", "BAD_FIELD_NAME", "Campaign.id"},
		{"SELECT campaign..id FROM campaign", "BAD_FIELD_NAME", "campaign..id"},
		{"SELECT 'campaign.id' FROM campaign", "BAD_FIELD_NAME", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE (campaign.id = 1)", "BAD_FIELD_NAME", "("},
		{"SELECT campaign.foo FROM campaign", "UNRECOGNIZED_FIELD", "campaign.foo"},
		{"SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD", "campaign.start_date"},
		{"SELECT metrics.video_views FROM campaign", "UNRECOGNIZED_FIELD", "metrics.video_views"},
		{"SELECT campaign FROM campaign", "UNRECOGNIZED_FIELD", "campaign"},
		{"SELECT ad_group_ad_asset_view.policy_summary.approval_status FROM ad_group_ad_asset_view", "UNRECOGNIZED_FIELD",
			"ad_group_ad_asset_view.policy_summary.approval_status"},
		{"SELECT campaign.id FROM", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaigns", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", "campaigns"},
		{"SELECT campaign.id FROM 'campaign'", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", "campaign"},
		{"SELECT campaign.id FROM campaign, ad_group", "UNEXPECTED_INPUT", ","},
		{"SELECT campaign.id FROM campaign WHERE", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaign WHERE campaign.id", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaign WHERE campaign.id =", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaign WHERE campaign.id <> 1", "UNEXPECTED_INPUT", ">"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id ! 1", "BAD_OPERATOR", "!"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IS 1", "BAD_OPERATOR", "IS"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 1 OR campaign.id = 2", "UNEXPECTED_INPUT", "OR"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 1;", "BAD_SYMBOL", ";"},
		{"SELECT campaign.id FROM campaign -- all", "BAD_NUMBER", "-"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 1.2.3", "BAD_NUMBER", "1.2.3"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 1.5", "BAD_VALUE", "1.5"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 'x'", "BAD_VALUE", "x"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = 99999999999999999999", "BAD_VALUE", "99999999999999999999"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id = (1)", "EXPECTED_SINGLE_VALUE", "="},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IN 1", "EXPECTED_LIST", "1"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IN (1, '2')", "PROHIBITED_VALUE_COMBINATION_IN_LIST", "2"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IN (1 2)", "UNEXPECTED_INPUT", "2"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id IN (1", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN 1", "EXPECTED_AND", ""},
		{"SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN 1 AND", "EXPECTED_VALUE_WITH_BETWEEN_OPERATOR", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN (1) AND 2", "INVALID_VALUE_WITH_BETWEEN_OPERATOR", "("},
		{"SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN 1 AND '2'", "PROHIBITED_VALUE_COMBINATION_WITH_BETWEEN_OPERATOR", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name = 'a", "STRING_NOT_TERMINATED", "'a"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name = 'a\nb'", "PROHIBITED_NEWLINE_IN_STRING", "'a"},
		{`SELECT campaign.id FROM campaign WHERE campaign.name = 'a\n'`, "BAD_ESCAPE_SEQUENCE", `\n`},
		{"SELECT campaign.id FROM campaign WHERE campaign.name = a", "INVALID_STRING_VALUE", "a"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name = 5", "INVALID_STRING_VALUE", "5"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name LIKE 5", "INVALID_VALUE_WITH_LIKE_OPERATOR", "5"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name LIKE '[x]%'", "INVALID_VALUE_WITH_LIKE_OPERATOR", "[x]%"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name REGEXP_MATCH '('", "BAD_VALUE", "("},
		{"SELECT campaign.id FROM campaign WHERE campaign.name > 'a'", "OPERATOR_FIELD_MISMATCH", "campaign.name"},
		{"SELECT campaign.id FROM campaign WHERE campaign.name CONTAINS ANY ('a')", "OPERATOR_FIELD_MISMATCH", "campaign.name"},
		{"SELECT campaign.id FROM campaign WHERE campaign.labels = 'a'", "OPERATOR_FIELD_MISMATCH", "campaign.labels"},
		{"SELECT campaign.id FROM campaign WHERE campaign.labels LIKE 'a'", "OPERATOR_FIELD_MISMATCH", "campaign.labels"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id LIKE '1%'", "OPERATOR_FIELD_MISMATCH", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE campaign.id DURING TODAY", "OPERATOR_FIELD_MISMATCH", "campaign.id"},
		{"SELECT campaign.id FROM campaign WHERE campaign.status = ACTIVE", "BAD_ENUM_CONSTANT", "ACTIVE"},
		{"SELECT campaign.id FROM campaign WHERE campaign.status IN ('ENABLED', 'ACTIVE')", "BAD_ENUM_CONSTANT", "ACTIVE"},
		{"SELECT campaign.id FROM campaign WHERE campaign.status = 2", "BAD_ENUM_CONSTANT", "2"},
		{"SELECT campaign.id FROM campaign WHERE campaign.status < 'ENABLED'", "OPERATOR_FIELD_MISMATCH", "campaign.status"},
		{"SELECT campaign.id FROM campaign WHERE campaign.brand_guidelines_enabled = 1", "BAD_VALUE", "1"},
		{"SELECT campaign.id FROM campaign WHERE campaign.network_settings IS NULL", "PROHIBITED_FIELD_IN_WHERE_CLAUSE", "campaign.network_settings"},
		{"SELECT campaign.network_settings FROM campaign", "PROHIBITED_FIELD_IN_SELECT_CLAUSE", "campaign.network_settings"},
		{"SELECT segments.keyword FROM ad_group_ad", "PROHIBITED_FIELD_IN_SELECT_CLAUSE", "segments.keyword"},
		{"SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", "ad_group.id"},
		{"SELECT campaign.id FROM campaign WHERE ad_group.id = 1", "PROHIBITED_RESOURCE_TYPE_IN_WHERE_CLAUSE", "ad_group.id"},
		{"SELECT campaign.id FROM campaign ORDER BY ad_group.id", "PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", "ad_group.id"},
		{"SELECT campaign.labels FROM campaign ORDER BY campaign.labels", "PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", "campaign.labels"},
		{"SELECT campaign.id FROM campaign ORDER BY metrics.clicks", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", "metrics.clicks"},
		{"SELECT campaign.id FROM campaign ORDER BY segments.date", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", "segments.date"},
		{"SELECT campaign.id FROM campaign ORDER BY customer.id", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", "customer.id"},
		{"SELECT campaign.id FROM campaign ORDER campaign.id", "EXPECTED_BY", "campaign.id"},
		{"SELECT campaign.id FROM campaign ORDER BY campaign.foo", "UNRECOGNIZED_FIELD", "campaign.foo"},
		{"SELECT campaign.id FROM campaign LIMIT", "UNEXPECTED_END_OF_QUERY", ""},
		{"SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW", "0"},
		{"SELECT campaign.id FROM campaign LIMIT -1", "LIMIT_VALUE_TOO_LOW", "-1"},
		{"SELECT campaign.id FROM campaign LIMIT ten", "BAD_LIMIT_VALUE", "ten"},
		{"SELECT campaign.id FROM campaign LIMIT 1.5", "BAD_LIMIT_VALUE", "1.5"},
		{"SELECT campaign.id FROM campaign LIMIT 1 OFFSET 2", "UNEXPECTED_INPUT", "OFFSET"},
		{"SELECT campaign.id FROM campaign LIMIT 1 ORDER BY campaign.id", "UNEXPECTED_INPUT", "ORDER"},
		{"SELECT campaign.id FROM campaign PARAMETERS foo = true", "BAD_PARAMETER_NAME", "foo"},
		{"SELECT campaign.id FROM campaign PARAMETERS include_drafts = maybe", "BAD_PARAMETER_VALUE", "maybe"},
		{"SELECT label.id, metrics.clicks FROM label", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", "metrics.clicks"},
		{"SELECT campaign.id FROM campaign_criterion WHERE metrics.clicks > 1", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", "metrics.clicks"},
		{"SELECT ad_group_ad.ad.id, metrics.search_impression_share FROM ad_group_ad", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", "metrics.search_impression_share"},
		{"SELECT ad_group_ad.ad.id, segments.hour FROM ad_group_ad" + range2, "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE", "segments.hour"},
		{"SELECT campaign.id, segments.geo_target_city FROM campaign", "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE", "segments.geo_target_city"},
		{"SELECT campaign.id, segments.click_type, metrics.impressions FROM campaign", "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE", "segments.click_type"},
		{"SELECT campaign.id, segments.hour, metrics.search_impression_share FROM campaign", "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE", "segments.hour"},
		{"SELECT campaign.id, segments.ad_sub_network_type, metrics.clicks FROM campaign", "REQUIRED_SEGMENT_FIELD_MISSING", "segments.ad_network_type"},
		{"SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.device = 'MOBILE'", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", "segments.device"},
		{"SELECT campaign.id, segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE", "segments.date"},
		{"SELECT campaign.id, segments.month FROM campaign WHERE segments.date <= '2026-11-01'", "EXPECTED_FILTERS_ON_DATE_RANGE", "segments.month"},
		{"SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date >= '2026-11-01'", "EXPECTED_FILTERS_ON_DATE_RANGE", "segments.date"},
		{"SELECT campaign.id FROM campaign WHERE segments.date BETWEEN '2026-11-02' AND '2026-11-01'", "DATE_RANGE_TOO_NARROW", "segments.date"},
		{"SELECT campaign.id FROM campaign WHERE segments.date > '2026-11-01' AND segments.date < '2026-11-02'", "DATE_RANGE_TOO_NARROW", "segments.date"},
		{"SELECT campaign.id FROM campaign WHERE segments.week = '2026-11-24'", "MISALIGNED_DATE_FOR_FILTER", "2026-11-24"},
		{"SELECT campaign.id FROM campaign WHERE segments.month >= '2026-11-02' AND segments.month <= '2026-12-01'", "MISALIGNED_DATE_FOR_FILTER", "2026-11-02"},
		{"SELECT campaign.id FROM campaign WHERE segments.quarter = '2026-11-01'", "MISALIGNED_DATE_FOR_FILTER", "2026-11-01"},
		{"SELECT campaign.id FROM campaign WHERE segments.date = '2026-13-01'", "INVALID_DATE_FORMAT", "2026-13-01"},
		{"SELECT campaign.id FROM campaign WHERE segments.date = '01.11.2026'", "INVALID_DATE_FORMAT", "01.11.2026"},
		{"SELECT campaign.id FROM campaign WHERE segments.date = 20261101", "INVALID_DATE_FORMAT", "20261101"},
		{"SELECT campaign.id FROM campaign WHERE campaign.start_date_time >= 'soon'", "INVALID_DATE_FORMAT", "soon"},
		{"SELECT campaign.id FROM campaign WHERE segments.date DURING LAST_90_DAYS", "INVALID_VALUE_WITH_DURING_OPERATOR", "LAST_90_DAYS"},
		{"SELECT campaign.id FROM campaign WHERE segments.date DURING 'TODAY'", "INVALID_VALUE_WITH_DURING_OPERATOR", "TODAY"},
		{"SELECT campaign.id, metrics.unique_users FROM campaign WHERE segments.date BETWEEN '2026-01-01' AND '2026-11-01'", "DATE_RANGE_TOO_WIDE", "metrics.unique_users"},
	}
	for _, tt := range tests {
		_, err := Compile(tt.query, testEnv)
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Family != "queryError" || e.Code != tt.code || e.Trigger != tt.trigger {
			t.Errorf("%s\n got %+v\nwant %s %q", tt.query, err, tt.code, tt.trigger)
		}
	}
}

func TestTrap07_ConversionSegmentsTakeConversionMetricsOnly(t *testing.T) {
	t.Parallel()
	for metric, want := range map[string]string{
		"conversions": "", "all_conversions_value": "", "conversions_by_conversion_date": "", "value_per_conversion": "",
		"clicks": "x", "cost_micros": "x", "impressions": "x", "cost_per_conversion": "x",
		"conversions_from_interactions_rate": "x", "conversions_value_per_cost": "x",
	} {
		if want != "" {
			want = "queryError.PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
		}
		_, err := Compile("SELECT campaign.id, segments.conversion_action, metrics."+metric+" FROM campaign", testEnv)
		if got := code(err); got != want {
			t.Errorf("%s: %q, want %q", metric, got, want)
		}
	}
	_, err := Compile("SELECT segments.conversion_action_name, metrics.conversions FROM campaign WHERE metrics.clicks > 0", testEnv)
	if code(err) == "" {
		t.Error("a click filter passes beside a conversion segment")
	}
}

func TestChangeReportRefusals(t *testing.T) {
	t.Parallel()
	const status, event = "SELECT change_status.campaign FROM change_status", "SELECT change_event.campaign FROM change_event"
	tests := []struct{ query, code string }{
		{status + " LIMIT 10", "changeStatusError.CHANGE_DATE_RANGE_INFINITE"},
		{status + " WHERE change_status.last_change_date_time >= '2026-11-20' LIMIT 10", "changeStatusError.CHANGE_DATE_RANGE_INFINITE"},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-11-20' AND '2026-11-19' LIMIT 10", "changeStatusError.CHANGE_DATE_RANGE_NEGATIVE"},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-08-01' AND '2026-11-19' LIMIT 10", "changeStatusError.START_DATE_TOO_OLD"},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-11-20' AND '2026-11-24'", "changeStatusError.LIMIT_NOT_SPECIFIED"},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-11-20' AND '2026-11-24' LIMIT 10001", "changeStatusError.INVALID_LIMIT_CLAUSE"},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-11-20' AND '2026-11-24' LIMIT 10000", ""},
		{status + " WHERE change_status.last_change_date_time DURING LAST_14_DAYS LIMIT 5", ""},
		{status + " WHERE change_status.last_change_date_time > '2026-11-20 14:03:11.123456' AND change_status.last_change_date_time <= '2026-11-24 23:59:59' LIMIT 5", ""},
		{status + " WHERE change_status.last_change_date_time BETWEEN '2026-11-24 10:00:00' AND '2026-11-24' LIMIT 5", ""},
		{event + " WHERE change_event.change_date_time BETWEEN '2026-10-01' AND '2026-11-19' LIMIT 10", "changeEventError.START_DATE_TOO_OLD"},
		{event + " WHERE change_event.change_date_time DURING LAST_30_DAYS LIMIT 10", ""},
		{"SELECT click_view.gclid FROM click_view WHERE segments.date DURING LAST_7_DAYS", "clickViewError.EXPECTED_FILTER_ON_A_SINGLE_DAY"},
		{"SELECT click_view.gclid FROM click_view", "clickViewError.EXPECTED_FILTER_ON_A_SINGLE_DAY"},
		{"SELECT click_view.gclid FROM click_view WHERE segments.date = '2026-01-01'", "clickViewError.DATE_TOO_OLD"},
		{"SELECT click_view.gclid FROM click_view WHERE segments.date = '2026-11-20'", ""},
	}
	for _, tt := range tests {
		if _, err := Compile(tt.query, testEnv); code(err) != tt.code {
			t.Errorf("%s\n got %v\nwant %q", tt.query, err, tt.code)
		}
	}
}

func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	list := strings.Repeat("1,", maxListValues-1) + "1"
	if _, err := Compile("SELECT campaign.id FROM campaign WHERE campaign.id IN ("+list+")", testEnv); err != nil {
		t.Error(err)
	}
	if _, err := Compile("SELECT campaign.id FROM campaign WHERE campaign.id IN (1,"+list+")", testEnv); code(err) != "queryError.FILTER_HAS_TOO_MANY_VALUES" {
		t.Error(err)
	}
}

// What public report packs select together must not be refused.
func TestWhatReportPacksSelectTogether(t *testing.T) {
	t.Parallel()
	const days = " WHERE segments.date DURING LAST_7_DAYS"
	for _, q := range []string{
		"SELECT campaign.id, language_constant.code, campaign_criterion.type FROM campaign_criterion WHERE campaign_criterion.type = 'LANGUAGE'",
		"SELECT segments.geo_target_country, metrics.video_trueview_views FROM user_location_view" + days,
		"SELECT geographic_view.country_criterion_id, metrics.video_trueview_view_rate FROM geographic_view" + days,
		"SELECT landing_page_view.unexpanded_final_url, metrics.trueview_average_cpv FROM landing_page_view" + days,
		"SELECT ad_group_ad_asset_view.field_type, metrics.biddable_app_install_conversions FROM ad_group_ad_asset_view" + days,
		"SELECT ad_group_ad.ad.legacy_app_install_ad FROM ad_group_ad",
		"SELECT audience.id, audience.exclusion_dimension FROM audience",
		"SELECT ad_group_criterion.listing_group.case_value.product_category.level, ad_group_criterion.webpage.sample.sample_urls FROM ad_group_criterion",
		"SELECT ad_group.id, label.id, ad_group_criterion.criterion_id FROM ad_group_criterion_label",
		"SELECT customer.id, customer_label.label FROM customer_label",
		"SELECT campaign_budget.id, metrics.video_trueview_views FROM campaign_budget",
		"SELECT segments.product_brand, segments.click_type, metrics.ctr FROM shopping_performance_view" + days,
		"SELECT campaign.id, segments.date, segments.sk_ad_network_source_app.sk_ad_network_source_app_id, metrics.sk_ad_network_total_conversions FROM campaign" + days,
	} {
		if _, err := Compile(q, testEnv); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}
