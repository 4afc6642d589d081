package gaql

import "strings"

type metricKind uint8

const (
	// noMetric is one the world has no fact of: 0 when it adds up, absent else.
	noMetric metricKind = iota
	// sumMetric is one counter as it is.
	sumMetric
	// ratioMetric is num × factor ÷ the sum of den, or ÷ factor when inverse.
	ratioMetric
	// shareMetric is a ratio in the platform's impression-share form.
	shareMetric
	// lostMetric is the share's counterpart.
	lostMetric
	// eventsMetric is interaction_event_types.
	eventsMetric
)

// metric says how a metric follows from counters.
type metric struct {
	kind   metricKind
	num    Counter
	den    []Counter
	factor float64
	// inverse divides by the factor: a millionth has no exact double.
	inverse bool
	// int says that the metric is an int64 on the wire, micro that the counter
	// is in millionths of what the metric shows.
	int, micro bool
	// conversion says that it may stand beside conversion segments.
	conversion bool
	// perImpression says that it depends on impressions, which click types repeat.
	perImpression bool
}

func sum(c Counter) metric { return metric{kind: sumMetric, num: c} }

func ratio(num Counter, factor float64, den ...Counter) metric {
	return metric{kind: ratioMetric, num: num, den: den, factor: factor}
}

// rate is of a counter in millionths to one in units.
func rate(num, den Counter) metric {
	return metric{kind: ratioMetric, num: num, den: []Counter{den}, factor: million, inverse: true}
}

func share(num, den Counter) metric {
	return metric{kind: shareMetric, num: num, den: []Counter{den}, factor: 1}
}

func lost(num, den Counter) metric {
	return metric{kind: lostMetric, num: num, den: []Counter{den}, factor: 1}
}

// million turns millionths into units in a ratio.
const million = 1e6

// metrics that follow from counters; every other one has no facts here. Money
// averages stay in micros on the wire, values are in major units.
var metricTable = map[string]metric{
	"impressions": sum(Impressions), "clicks": sum(Clicks), "interactions": sum(Interactions),
	"engagements": sum(Engagements), "view_through_conversions": sum(ViewThrough), "invalid_clicks": sum(InvalidClicks),
	"video_trueview_views": sum(VideoViews), "video_watch_time_duration_millis": sum(WatchMillis),
	"active_view_impressions": sum(ActiveViewImpressions), "active_view_measurable_impressions": sum(ActiveViewMeasurable),
	"gmail_forwards": sum(GmailForwards), "gmail_saves": sum(GmailSaves), "gmail_secondary_clicks": sum(GmailSecondaryClicks),
	"phone_calls": sum(PhoneCalls), "phone_impressions": sum(PhoneImpressions),
	"youtube_likes": sum(YouTubeLikes), "youtube_shares": sum(YouTubeShares), "youtube_comments": sum(YouTubeComments),
	"unique_users": sum(UniqueUsers),

	"cost_micros": sum(Cost), "active_view_measurable_cost_micros": sum(ActiveViewCost),
	"revenue_micros": sum(Revenue), "gross_profit_micros": sum(GrossProfit), "cost_of_goods_sold_micros": sum(CostOfGoods),
	"cross_device_conversions_value_micros": sum(CrossDeviceValue),

	"conversions": sum(Conversions), "conversions_value": sum(ConversionsValue),
	"all_conversions": sum(AllConversions), "all_conversions_value": sum(AllConversionsValue),
	"cross_device_conversions": sum(CrossDeviceConversions), "cross_device_conversions_value": sum(CrossDeviceValue),
	"conversions_by_conversion_date": sum(ConversionsByDate), "conversions_value_by_conversion_date": sum(ConversionsValueByDate),
	"all_conversions_by_conversion_date": sum(AllConversionsByDate), "all_conversions_value_by_conversion_date": sum(AllConversionsValueByDate),
	"current_model_attributed_conversions": sum(Conversions), "current_model_attributed_conversions_value": sum(ConversionsValue),
	"platform_comparable_conversions": sum(Conversions), "platform_comparable_conversions_value": sum(ConversionsValue),
	"orders": sum(Orders), "units_sold": sum(UnitsSold),

	"ctr": ratio(Clicks, 1, Impressions), "interaction_rate": ratio(Interactions, 1, Impressions),
	"engagement_rate": ratio(Engagements, 1, Impressions), "invalid_click_rate": ratio(InvalidClicks, 1, Clicks, InvalidClicks),
	"average_cpc": ratio(Cost, 1, Clicks), "average_cpm": ratio(Cost, 1000, Impressions),
	"average_cost": ratio(Cost, 1, Interactions), "average_cpe": ratio(Cost, 1, Engagements),
	"trueview_average_cpv": ratio(Cost, 1, VideoViews), "video_trueview_view_rate": ratio(VideoViews, 1, VideoImpressions),
	"cost_per_conversion": ratio(Cost, million, Conversions), "cost_per_all_conversions": ratio(Cost, million, AllConversions),
	"cost_per_current_model_attributed_conversion": ratio(Cost, million, Conversions),
	"value_per_conversion":                         ratio(ConversionsValue, 1, Conversions),
	"value_per_all_conversions":                    ratio(AllConversionsValue, 1, AllConversions),
	"value_per_current_model_attributed_conversion": ratio(
		ConversionsValue, 1, Conversions),
	"value_per_conversions_by_conversion_date":     ratio(ConversionsValueByDate, 1, ConversionsByDate),
	"value_per_all_conversions_by_conversion_date": ratio(AllConversionsValueByDate, 1, AllConversionsByDate),
	"conversions_value_per_cost":                   ratio(ConversionsValue, 1, Cost),
	"all_conversions_value_per_cost":               ratio(AllConversionsValue, 1, Cost),
	"conversions_from_interactions_rate":           rate(Conversions, Interactions),
	"all_conversions_from_interactions_rate":       rate(AllConversions, Interactions),
	"active_view_cpm":                              ratio(ActiveViewCost, 1000, ActiveViewImpressions),
	"active_view_ctr":                              ratio(Clicks, 1, ActiveViewImpressions),
	"active_view_measurability":                    ratio(ActiveViewMeasurable, 1, Impressions),
	"active_view_viewability":                      ratio(ActiveViewImpressions, 1, ActiveViewMeasurable),
	"video_quartile_p25_rate":                      ratio(Quartile25, 1, Impressions),
	"video_quartile_p50_rate":                      ratio(Quartile50, 1, Impressions),
	"video_quartile_p75_rate":                      ratio(Quartile75, 1, Impressions),
	"video_quartile_p100_rate":                     ratio(Quartile100, 1, Impressions),
	"average_video_watch_time_duration_millis":     ratio(WatchMillis, 1, VideoImpressions),
	"average_impression_frequency_per_user":        ratio(Impressions, 1, UniqueUsers),
	"phone_through_rate":                           ratio(PhoneCalls, 1, PhoneImpressions),
	"average_order_value_micros":                   ratio(Revenue, million, Orders),
	"gross_profit_margin":                          ratio(GrossProfit, 1, Revenue),
	"top_impression_percentage":                    ratio(SearchTop, 1, SearchImpressions),
	"absolute_top_impression_percentage":           ratio(SearchAbsTop, 1, SearchImpressions),

	"search_impression_share":                          share(SearchImpressions, SearchEligible),
	"search_click_share":                               share(SearchImpressions, SearchEligible),
	"search_exact_match_impression_share":              share(SearchImpressions, SearchExactEligible),
	"search_top_impression_share":                      share(SearchTop, SearchTopEligible),
	"search_absolute_top_impression_share":             share(SearchAbsTop, SearchAbsTopEligible),
	"content_impression_share":                         share(ContentImpressions, ContentEligible),
	"search_budget_lost_impression_share":              lost(SearchBudgetLost, SearchEligible),
	"search_rank_lost_impression_share":                lost(SearchRankLost, SearchEligible),
	"search_budget_lost_top_impression_share":          lost(SearchBudgetLost, SearchTopEligible),
	"search_rank_lost_top_impression_share":            lost(SearchRankLost, SearchTopEligible),
	"search_budget_lost_absolute_top_impression_share": lost(SearchBudgetLost, SearchAbsTopEligible),
	"search_rank_lost_absolute_top_impression_share":   lost(SearchRankLost, SearchAbsTopEligible),
	"content_budget_lost_impression_share":             lost(ContentBudgetLost, ContentEligible),
	"content_rank_lost_impression_share":               lost(ContentRankLost, ContentEligible),

	"interaction_event_types": {kind: eventsMetric},
}

func newMetric(f *Field) *metric {
	name := strings.TrimPrefix(f.Name, "metrics.")
	m := metricTable[name]
	m.int = f.Type == TypeInt64
	m.micro = m.kind == sumMetric && m.num >= Cost && !m.int
	m.conversion = conversionMetric(name)
	m.perImpression = m.kind == shareMetric || m.kind == lostMetric || m.kind == sumMetric && m.num == Impressions
	for _, d := range m.den {
		m.perImpression = m.perImpression || d == Impressions || d == SearchImpressions || d == VideoImpressions ||
			d == ActiveViewImpressions || d == ActiveViewMeasurable
	}
	return &m
}

// conversionMetric says that conversion segments split the metric: counts and
// values of conversions do, anything per cost or interaction does not.
func conversionMetric(name string) bool {
	for _, part := range []string{"cost", "interactions", "control", "p_value", "margin", "lift", "incremental", "clusters"} {
		if strings.Contains(name, part) {
			return false
		}
	}
	return strings.Contains(name, "conversion")
}

// value computes the metric once from exact sums.
func (m *metric) value(s *Sums, additive bool) Value {
	switch m.kind {
	case sumMetric:
		return Int(s[m.num])
	case ratioMetric, shareMetric, lostMetric:
		var den int64
		for _, c := range m.den {
			den += s[c]
		}
		if den == 0 {
			return Value{}
		}
		r := float64(s[m.num]) * m.factor / float64(den)
		if m.inverse {
			r = float64(s[m.num]) / (float64(den) * m.factor)
		}
		switch {
		case m.int:
			return Int(int64(r + 0.5))
		case m.kind == shareMetric && r < 0.1:
			return Float(0.0999) // "below 10 %"
		case m.kind == lostMetric && r > 0.9:
			return Float(0.9001) // "above 90 %"
		case m.kind != ratioMetric:
			return Float(min(r, 1))
		}
		return Float(r)
	case eventsMetric:
		return events(s)
	case noMetric:
		if additive {
			return Int(0)
		}
	}
	return Value{}
}

func events(s *Sums) Value {
	var types []string
	if s[Clicks] > 0 {
		types = append(types, "CLICK")
	}
	if s[VideoViews] > 0 {
		types = append(types, "VIDEO_VIEW")
	}
	if s[Engagements] > 0 {
		types = append(types, "ENGAGEMENT")
	}
	return List(types)
}
