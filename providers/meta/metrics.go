package meta

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The events that a conversion can be of. Which one counts follows the campaign's objective.
const (
	eventPurchase = iota
	eventLead
	eventInstall
	events // how many
)

// eventTypes are the views that Meta gives of each event, the widest first. They hold one another: a report takes the
// first that a row has and never adds two, which would count one purchase twice.
// https://developers.facebook.com/docs/marketing-api/insights/breakdowns#action-types
//
//nolint:gochecknoglobals // a table
var eventTypes = [events][]string{
	eventPurchase: {"omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "onsite_conversion.purchase", "app_custom_event.fb_mobile_purchase"},
	eventLead:     {"lead", "onsite_conversion.lead_grouped", "offsite_conversion.fb_pixel_lead"},
	eventInstall:  {"omni_app_install", "mobile_app_install", "app_install"},
}

// eventOf is the event that campaigns of an objective are counted by.
func eventOf(objective []byte) int {
	switch string(objective) {
	case "OUTCOME_LEADS", "LEAD_GENERATION":
		return eventLead
	case "OUTCOME_APP_PROMOTION", "APP_INSTALLS":
		return eventInstall
	}
	return eventPurchase
}

// window says which of an entry's numbers a KPI reads: a literal key of Meta's, or one of these.
type window string

const (
	windowAll   window = "value"   // as the ad set attributes
	windowAsked window = "asked"   // the report's attribution
	windowClick window = "clicked" // its click part
)

const (
	defaultWindow      = "default"
	defaultClickWindow = "7d_click" // the click part of most ad sets' setting
	windowInWords      = "each ad set's own attribution setting, usually 7d_click_1d_view"
)

// attributions are the windows that can be asked for. 7d_view and 28d_view give no data since January 2026.
//
//nolint:gochecknoglobals // a table
var attributions = []string{
	defaultWindow, "1d_click", "7d_click", "28d_click", "1d_view", "1d_click_1d_view", "7d_click_1d_view", "28d_click_1d_view",
}

// keys are the members of an entry that are added up under an attribution; nil when there is none. A click and a view
// window are disjoint.
func (w window) keys(attribution string) []string {
	click, pair := strings.CutSuffix(attribution, "_1d_view")
	if attribution == "1d_view" {
		click = ""
	}
	own := attribution == "" || attribution == defaultWindow
	switch {
	case w == windowAsked && own:
		return []string{string(windowAll)}
	case w == windowAsked && pair:
		return []string{click, "1d_view"}
	case w == windowAsked:
		return []string{attribution}
	case w == windowClick && own:
		return []string{defaultClickWindow}
	case w == windowClick && click == "":
		return nil
	case w == windowClick:
		return []string{click}
	}
	return []string{string(w)}
}

// scope is what a number goes with.
type scope uint8

const (
	anywhere   scope = iota
	notByHour        // nothing that happens off Meta's apps has an hour; video neither
	notByParts       // people: not by hour, and one meets an ad on several devices
)

// metric is the source of one KPI. A count or an amount missing from a row that exists is 0; people and averages
// missing from it are not known.
type metric struct {
	kpi    normalize.Metric
	source string // in the words of the normalization table
	field  string
	types  []string // action types of a list, the first that a row has is taken; nil: a plain number, or byEvent
	// byEvent: the types are those of the event that the row's campaign is counted by.
	byEvent bool
	window  window
	scope   scope
	people  bool // deduplicated: cannot be added
	average bool // added weighted by video plays
	amount  bool // money of the events in field actions
	// conversion: part of the KPIs that follow the report's attribution.
	conversion bool
}

func plain(kpi normalize.Metric, field string) metric {
	return metric{kpi: kpi, source: field, field: field}
}

func person(kpi normalize.Metric, field string) metric {
	return metric{kpi: kpi, source: field, field: field, people: true, scope: notByParts}
}

func entry(kpi normalize.Metric, s scope, field, kind string) metric {
	return metric{kpi: kpi, source: field + "[" + kind + "].value", field: field, types: []string{kind}, window: windowAll, scope: s}
}

func video(kpi normalize.Metric, field string) metric {
	return entry(kpi, notByHour, field, "video_view")
}

func byEvent(kpi normalize.Metric, w window, key string) metric {
	return metric{kpi: kpi, source: fieldActions + "[event(objective)]." + key, field: fieldActions, byEvent: true, window: w, scope: notByHour, conversion: true}
}

const (
	fieldActions = "actions"
	fieldAmounts = "action_values"
	fieldPlays   = "video_play_actions"
	fieldAverage = "video_avg_time_watched_actions"
)

// https://developers.facebook.com/docs/marketing-api/reference/ads-insights
//
//nolint:gochecknoglobals // a table
var metrics = []metric{
	plain(normalize.MetricClicks, "clicks"),
	plain(normalize.MetricImpressions, "impressions"),
	byEvent(normalize.MetricConversions, windowAsked, "value"),
	plain(normalize.MetricCost, "spend"),
	{kpi: normalize.MetricConversionValue, source: "action_values[event(objective)].value", field: fieldAmounts, byEvent: true, window: windowAsked, scope: notByHour, amount: true, conversion: true},
	entry(normalize.MetricEngagement, anywhere, fieldActions, "post_engagement"), // link clicks, comments and reactions are in it
	video(normalize.MetricVideoCompletions, "video_p100_watched_actions"),
	entry(normalize.MetricVideoViews, notByHour, fieldActions, "video_view"), // of three seconds
	{kpi: normalize.MetricLeads, source: "actions[" + strings.Join(eventTypes[eventLead], " > ") + "].value", field: fieldActions, types: eventTypes[eventLead], window: windowAsked, scope: notByHour, conversion: true},
	entry(normalize.MetricEngagements, anywhere, fieldActions, "post_engagement"),
	entry(normalize.MetricSaves, anywhere, fieldActions, "onsite_conversion.post_save"),
	entry(normalize.MetricLikes, anywhere, fieldActions, "post_reaction"),
	entry(normalize.MetricShares, anywhere, fieldActions, "post"),
	entry(normalize.MetricComments, anywhere, fieldActions, "comment"),
	entry(normalize.MetricFollows, anywhere, fieldActions, "like"),
	byEvent(normalize.MetricPostClickConversions, windowClick, "<click window in force>"),
	byEvent(normalize.MetricViewThroughConversions, "1d_view", "1d_view"),
	{kpi: normalize.MetricRevenue, source: "action_values[" + strings.Join(eventTypes[eventPurchase], " > ") + "].value", field: fieldAmounts, types: eventTypes[eventPurchase], window: windowAsked, scope: notByHour, amount: true, conversion: true},
	plain(normalize.MetricMediaCost, "spend"),
	plain(normalize.MetricTotalMediaCost, "spend"),
	video(normalize.MetricVideoPlays, fieldPlays),
	video(normalize.MetricVideoQuartile25, "video_p25_watched_actions"),
	video(normalize.MetricVideoQuartile50, "video_p50_watched_actions"),
	video(normalize.MetricVideoQuartile75, "video_p75_watched_actions"),
	video(normalize.MetricVideoQuartile100, "video_p100_watched_actions"),
	{kpi: normalize.MetricVideoAvgTimeWatched, source: fieldAverage + "[video_view].value", field: fieldAverage, types: []string{"video_view"}, window: windowAll, scope: notByHour, average: true},
	video(normalize.MetricVideoThruplay, "video_thruplay_watched_actions"),
	entry(normalize.MetricLandingPageClicks, anywhere, "outbound_clicks", "outbound_click"),
	entry(normalize.MetricTotalEngagements, anywhere, fieldActions, "post_engagement"),
	person(normalize.MetricUniqueImpressions, "reach"),
	person(normalize.MetricUniqueClicks, "unique_clicks"),
	byEvent(normalize.Metric1DView, "1d_view", "1d_view"),
	byEvent(normalize.Metric1DClick, "1d_click", "1d_click"),
	byEvent(normalize.Metric7DClick, "7d_click", "7d_click"),
	byEvent(normalize.Metric28DClick, "28d_click", "28d_click"),
	entry(normalize.MetricVisits, notByHour, fieldActions, "landing_page_view"),
}

// metricOf finds the source of a KPI.
func metricOf(m normalize.Metric) (metric, bool) {
	i := slices.IndexFunc(metrics, func(x metric) bool { return x.kpi == m })
	if i < 0 {
		return metric{}, false
	}
	return metrics[i], true
}

// goes tells whether the number can be split by a dimension.
func (m metric) goes(d normalize.Dimension) bool {
	switch d {
	case normalize.DimensionHour:
		return m.scope == anywhere
	case normalize.DimensionDevice:
		return m.scope != notByParts
	}
	return true
}

// declared is what the seam is told of the metrics.
func declared() []providers.Metric {
	out := make([]providers.Metric, len(metrics))
	for i, m := range metrics {
		out[i] = providers.Metric{KPI: m.kpi, Source: m.source, Conversion: m.conversion}
		if m.scope != anywhere {
			out[i].Dimensions = slices.DeleteFunc(slices.Clone(reportDimensions), func(d normalize.Dimension) bool { return !m.goes(d) })
		}
	}
	return out
}

// levelSource is a level of a report: what Meta is asked for, and the field that names a row's object.
type levelSource struct {
	level normalize.Level
	wire  string
	id    string // field; also the prefix of its name and of filters
}

//nolint:gochecknoglobals // a table
var levelSources = []levelSource{
	{normalize.LevelOrganization, wireAccount, ""},
	{normalize.LevelCampaign, "campaign", "campaign"},
	{normalize.LevelGroup, "adset", "adset"},
	{normalize.LevelAd, "ad", "ad"},
	{normalize.LevelCreative, "ad", "ad"}, // added per creative
}

const wireAccount = "account"

func levelOf(l normalize.Level) (levelSource, bool) {
	i := slices.IndexFunc(levelSources, func(s levelSource) bool { return s.level == l })
	if i < 0 {
		return levelSource{}, false
	}
	return levelSources[i], true
}
