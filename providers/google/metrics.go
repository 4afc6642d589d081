package google

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// figure is a number that a row of a report is made of: a column.
type figure uint8

// The columns of Google's, and two of ours that come from a query of their own.
const (
	colImpressions figure = iota
	colClicks
	colCost
	colAllConversions
	colViewThrough
	colConversions
	colConversionsValue
	colAllConversionsValue
	colCrossDevice
	colInteractions
	colEngagements
	colVideoViews
	colQuartile25
	colQuartile50
	colQuartile75
	colQuartile100
	colAvgWatchTime
	colViewable
	colMeasurable
	colUniqueUsers
	colGmailSecondary
	colLikes
	colShares
	colComments
	colAbsoluteTopShare
	colTopShare
	colAbsoluteTopPercent
	colTopPercent
	colLeads
	colRevenue
	numColumns
)

// unit is how Google writes a number. There are three encodings of money in one row: whole micros as text, averages as
// doubles of micros, values as doubles of the currency itself. The averages are not read: they are recomputed from sums.
type unit uint8

const (
	unitPlain   unit = iota
	unitMicros       // millionths of the account's currency
	unitMillis       // milliseconds, ours are seconds
	unitPercent      // a fraction, ours is a percentage
	unitRate         // a fraction of the row's impressions, ours is their number
)

// joining is what becomes of a number where several of Google's rows make one of ours.
type joining uint8

const (
	joinSum      joining = iota
	joinWeighted         // averaged over impressions
	joinNever            // people, shares and averages cannot be added: absent
)

type columnSource struct {
	field string // of metrics
	unit  unit
	join  joining
}

// https://developers.google.com/google-ads/api/fields/v25/metrics
var columnSources = [numColumns]columnSource{
	colImpressions:         {field: "impressions"},
	colClicks:              {field: "clicks"},
	colCost:                {field: "cost_micros", unit: unitMicros},
	colAllConversions:      {field: "all_conversions"},
	colViewThrough:         {field: "view_through_conversions"},
	colConversions:         {field: "conversions"},
	colConversionsValue:    {field: "conversions_value"},
	colAllConversionsValue: {field: "all_conversions_value"},
	colCrossDevice:         {field: "cross_device_conversions"},
	colInteractions:        {field: "interactions"},
	colEngagements:         {field: "engagements"},
	colVideoViews:          {field: "video_trueview_views"},
	colQuartile25:          {field: "video_quartile_p25_rate", unit: unitRate},
	colQuartile50:          {field: "video_quartile_p50_rate", unit: unitRate},
	colQuartile75:          {field: "video_quartile_p75_rate", unit: unitRate},
	colQuartile100:         {field: "video_quartile_p100_rate", unit: unitRate},
	colAvgWatchTime:        {field: "average_video_watch_time_duration_millis", unit: unitMillis, join: joinNever},
	colViewable:            {field: "active_view_impressions"},
	colMeasurable:          {field: "active_view_measurable_impressions"},
	colUniqueUsers:         {field: "unique_users", join: joinNever},
	colGmailSecondary:      {field: "gmail_secondary_clicks"},
	colLikes:               {field: "youtube_likes"},
	colShares:              {field: "youtube_shares"},
	colComments:            {field: "youtube_comments"},
	colAbsoluteTopShare:    {field: "search_absolute_top_impression_share", join: joinNever},
	colTopShare:            {field: "search_top_impression_share", join: joinNever},
	colAbsoluteTopPercent:  {field: "absolute_top_impression_percentage", unit: unitPercent, join: joinWeighted},
	colTopPercent:          {field: "top_impression_percentage", unit: unitPercent, join: joinWeighted},
	colLeads:               {field: "conversions"},
	colRevenue:             {field: "conversions_value"},
}

// everyQuery are the columns that each query asks for, whatever the caller wants: Google leaves out the rows of a
// segmented query whose asked metrics are all zero, and so which rows there are would depend on the KPIs.
var everyQuery = []figure{colImpressions, colClicks, colCost, colAllConversions, colViewThrough}

// made is how a KPI comes of columns.
type made uint8

const (
	madeOf       made = iota // the first column
	madeLess                 // the first less the second
	madeShare                // the first as a share of impressions
	madeLessOver             // the first less the second, as a share of impressions
	madeCategory             // the first, from the query by category of conversion
)

// metric is the source of one KPI.
type metric struct {
	kpi     normalize.Metric
	source  string
	made    made
	of      [2]figure
	unlike  []normalize.Dimension // it has no number by these
	grains  []normalize.Dimension // it has a number by these only; nil: no such limit
	levels  []normalize.Level     // nil: as far as Google's resources have its columns
	restate bool                  // with the conversion windows
}

// The stages of LEADS and REVENUE: the first stage of a lead only, and purchases only. Imported, qualified and converted
// leads would count the same lead again.
var (
	leadCategories    = []string{"SUBMIT_LEAD_FORM", "PHONE_CALL_LEAD", "BOOK_APPOINTMENT", "REQUEST_QUOTE", "CONTACT"}
	revenueCategories = []string{"PURCHASE", "STORE_SALE"}
)

var (
	shareLevels = []normalize.Level{normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelKeyword}
	shareGrains = []normalize.Dimension{
		normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionPlatform, normalize.DimensionDevice,
	}
	reachLevels = []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign}
)

// CONVERSIONS are those of the account's primary actions, fractions included, on the day of the ad interaction.
// ALL_CONVERSIONS contain them; VIEW_THROUGH_CONVERSIONS are outside both. Quartiles are Google's rate × impressions.
// COST_USD is not here: Google has amounts in the account's currency only.
var metrics = []metric{
	{kpi: normalize.MetricClicks, source: "metrics.clicks", of: [2]figure{colClicks}},
	{kpi: normalize.MetricImpressions, source: "metrics.impressions", of: [2]figure{colImpressions}},
	{kpi: normalize.MetricConversions, source: "metrics.conversions", of: [2]figure{colConversions}, restate: true},
	{kpi: normalize.MetricCost, source: "metrics.cost_micros/1e6", of: [2]figure{colCost}},
	{kpi: normalize.MetricConversionValue, source: "metrics.conversions_value", of: [2]figure{colConversionsValue}, restate: true},
	{kpi: normalize.MetricEngagement, source: "metrics.engagements", of: [2]figure{colEngagements}},
	{kpi: normalize.MetricVideoCompletions, source: "metrics.video_quartile_p100_rate*impressions", of: [2]figure{colQuartile100}},
	{kpi: normalize.MetricVideoViews, source: "metrics.video_trueview_views", of: [2]figure{colVideoViews}},
	{
		kpi: normalize.MetricLeads, made: madeCategory, of: [2]figure{colLeads}, restate: true, unlike: []normalize.Dimension{normalize.DimensionPlatformPosition},
		source: "metrics.conversions where segments.conversion_action_category in (SUBMIT_LEAD_FORM,PHONE_CALL_LEAD,BOOK_APPOINTMENT,REQUEST_QUOTE,CONTACT)",
	},
	{kpi: normalize.MetricEngagements, source: "metrics.engagements", of: [2]figure{colEngagements}},
	{kpi: normalize.MetricLikes, source: "metrics.youtube_likes", of: [2]figure{colLikes}},
	{kpi: normalize.MetricShares, source: "metrics.youtube_shares", of: [2]figure{colShares}},
	{kpi: normalize.MetricComments, source: "metrics.youtube_comments", of: [2]figure{colComments}},
	{kpi: normalize.MetricPostClickConversions, source: "metrics.conversions", of: [2]figure{colConversions}, restate: true},
	{kpi: normalize.MetricViewThroughConversions, source: "metrics.view_through_conversions", of: [2]figure{colViewThrough}, restate: true},
	{kpi: normalize.MetricAllConversions, source: "metrics.all_conversions", of: [2]figure{colAllConversions}, restate: true},
	{kpi: normalize.MetricAllConversionValue, source: "metrics.all_conversions_value", of: [2]figure{colAllConversionsValue}, restate: true},
	{kpi: normalize.MetricInteractions, source: "metrics.interactions", of: [2]figure{colInteractions}},
	{
		kpi: normalize.MetricRevenue, made: madeCategory, of: [2]figure{colRevenue}, restate: true,
		source: "metrics.conversions_value where segments.conversion_action_category in (PURCHASE,STORE_SALE)",
	},
	{kpi: normalize.MetricMediaCost, source: "metrics.cost_micros/1e6", of: [2]figure{colCost}},
	{kpi: normalize.MetricTotalMediaCost, source: "metrics.cost_micros/1e6", of: [2]figure{colCost}},
	{kpi: normalize.MetricVideoQuartile25, source: "metrics.video_quartile_p25_rate*impressions", of: [2]figure{colQuartile25}},
	{kpi: normalize.MetricVideoQuartile50, source: "metrics.video_quartile_p50_rate*impressions", of: [2]figure{colQuartile50}},
	{kpi: normalize.MetricVideoQuartile75, source: "metrics.video_quartile_p75_rate*impressions", of: [2]figure{colQuartile75}},
	{kpi: normalize.MetricVideoQuartile100, source: "metrics.video_quartile_p100_rate*impressions", of: [2]figure{colQuartile100}},
	{kpi: normalize.MetricVideoAvgTimeWatched, source: "metrics.average_video_watch_time_duration_millis/1000", of: [2]figure{colAvgWatchTime}},
	{kpi: normalize.MetricViewableImpressions, source: "metrics.active_view_impressions", of: [2]figure{colViewable}},
	{kpi: normalize.MetricMeasurableImpressions, source: "metrics.active_view_measurable_impressions", of: [2]figure{colMeasurable}},
	{kpi: normalize.MetricUniqueImpressions, source: "metrics.unique_users", of: [2]figure{colUniqueUsers}, levels: reachLevels, grains: []normalize.Dimension{}},
	{kpi: normalize.MetricGmailSecondaryClicks, source: "metrics.gmail_secondary_clicks", of: [2]figure{colGmailSecondary}},
	{kpi: normalize.MetricCrossDeviceConversions, source: "metrics.cross_device_conversions", of: [2]figure{colCrossDevice}, restate: true},
	{
		kpi: normalize.MetricAbsoluteTopImpressionShare, source: "metrics.search_absolute_top_impression_share", of: [2]figure{colAbsoluteTopShare},
		levels: shareLevels, grains: shareGrains,
	},
	{kpi: normalize.MetricTopImpressionShare, source: "metrics.search_top_impression_share", of: [2]figure{colTopShare}, levels: shareLevels, grains: shareGrains},
	{kpi: normalize.MetricAbsoluteTopImpressionRatePercent, source: "metrics.absolute_top_impression_percentage*100", of: [2]figure{colAbsoluteTopPercent}},
	{kpi: normalize.MetricTopImpressionRatePercent, source: "metrics.top_impression_percentage*100", of: [2]figure{colTopPercent}},
	{
		kpi: normalize.MetricActiveViewDistUnmeasurable, source: "(impressions-active_view_measurable_impressions)/impressions",
		made: madeLessOver, of: [2]figure{colImpressions, colMeasurable},
	},
	{
		kpi: normalize.MetricActiveViewDistUnviewable, source: "(active_view_measurable_impressions-active_view_impressions)/impressions",
		made: madeLessOver, of: [2]figure{colMeasurable, colViewable},
	},
	{kpi: normalize.MetricActiveViewDistViewable, source: "active_view_impressions/impressions", made: madeShare, of: [2]figure{colViewable}},
	{
		kpi: normalize.MetricNotMeasurableImpressions, source: "metrics.impressions-metrics.active_view_measurable_impressions",
		made: madeLess, of: [2]figure{colImpressions, colMeasurable},
	},
	{
		kpi: normalize.MetricNotViewableImpressions, source: "metrics.active_view_measurable_impressions-metrics.active_view_impressions",
		made: madeLess, of: [2]figure{colMeasurable, colViewable},
	},
}

// metricOf finds the source of a KPI.
func metricOf(k normalize.Metric) (metric, bool) {
	i := slices.IndexFunc(metrics, func(m metric) bool { return m.kpi == k })
	if i < 0 {
		return metric{}, false
	}
	return metrics[i], true
}

// lacking are the columns that Google does not have for a resource. What it has, googleAdsFields tells for each.
// https://developers.google.com/google-ads/api/fields/v25/overview
var lacking = func() map[string][]figure {
	quartiles := []figure{colQuartile25, colQuartile50, colQuartile75, colQuartile100}
	youTube := []figure{colLikes, colShares, colComments}
	shares := []figure{colAbsoluteTopShare, colTopShare}
	percents := []figure{colAbsoluteTopPercent, colTopPercent}
	viewable := []figure{colViewable, colMeasurable}
	rare := []figure{colAvgWatchTime, colUniqueUsers}
	people := slices.Concat(rare, youTube, shares, percents)
	return map[string][]figure{
		resourceCustomer:    slices.Concat(quartiles, youTube, shares, percents, []figure{colVideoViews, colGmailSecondary}),
		resourceAds:         shares,
		resourceKeywords:    slices.Concat(rare, youTube),
		resourceAges:        people,
		resourceGenders:     people,
		resourceGeographic:  slices.Concat(people, quartiles, viewable, []figure{colEngagements, colVideoViews, colGmailSecondary}),
		resourceAssetGroups: slices.Concat(people, quartiles, viewable, []figure{colGmailSecondary}),
	}
}()

func lacks(resource string, c figure) bool { return slices.Contains(lacking[resource], c) }

// within tells whether a resource has all that the KPI is made of. What the account itself lacks, its campaigns have.
func (m *metric) within(resource string) bool {
	return resource == resourceCustomer || !slices.ContainsFunc(m.columns(), func(c figure) bool { return lacks(resource, c) })
}

// has tells whether Google has the KPI at a level with dimensions.
func (m *metric) has(l normalize.Level, dims []normalize.Dimension) bool {
	if m.levels != nil && !slices.Contains(m.levels, l) {
		return false
	}
	resource := resources[depthOf(l)]
	for _, d := range dims {
		if m.grains != nil && !slices.Contains(m.grains, d) || slices.Contains(m.unlike, d) {
			return false
		}
		if sp, ok := splitOf(d); ok && sp.view != viewNone {
			resource = views[sp.view]
		}
	}
	return m.within(resource)
}

// columns lists what the KPI is made of.
func (m *metric) columns() []figure {
	switch m.made {
	case madeLess:
		return m.of[:]
	case madeLessOver:
		return []figure{m.of[0], m.of[1], colImpressions}
	case madeShare:
		return []figure{m.of[0], colImpressions}
	}
	return m.of[:1]
}

// declared is what the seam is told of the metrics.
func declared() []providers.Metric {
	out := make([]providers.Metric, len(metrics))
	for i, m := range metrics {
		out[i] = providers.Metric{KPI: m.kpi, Source: m.source, Conversion: m.restate}
		out[i].Levels = thatHold(reportLevels, func(l normalize.Level) bool { return m.has(l, nil) })
		upper := normalize.LevelCampaign // where every dimension goes
		out[i].Dimensions = thatHold(reportDimensions, func(d normalize.Dimension) bool { return m.has(upper, []normalize.Dimension{d}) })
	}
	return out
}

// thatHold are those of a list that hold, nil when all do.
func thatHold[T any](list []T, holds func(T) bool) []T {
	out := slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !holds(v) })
	if len(out) == len(list) {
		return nil
	}
	return out
}
