package sim

import (
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// insightField is a field of a row. A field with neither text, num nor list is
// known and has no numbers in this world: it is left out, as Meta leaves out a
// metric without events.
type insightField struct {
	name  string
	width int // how much of a cell it reads

	text func(*reportRow) string
	// num is the number as a fraction; a den of 0 means there is none.
	num func(*reportRow) (num, den int64)
	// scale 0 prints num as a whole number, else num × scale / den.
	scale int64
	spend bool   // micros, with all decimals of the currency
	zero  bool   // shown when it is 0
	entry string // the one action_type of an array with one element
	list  func(*reportRow, []byte) []byte

	actions bool // an array by action_type
	unique  bool // a unique count: 13 months with breakdowns
	reach   bool // reach and what is made of it
}

func (f *insightField) video() bool { return strings.HasPrefix(f.name, "video_") }

// watched tells the video metrics that have no regions.
func (f insightField) watched() bool {
	return f.name == "video_avg_time_watched_actions" || strings.HasPrefix(f.name, "video_p") && strings.HasSuffix(f.name, "_watched_actions")
}

func count(of func(cell) int64) func(*reportRow) (int64, int64) {
	return func(r *reportRow) (int64, int64) { return of(r.total), 1 }
}

// per divides; micros over a count give major units.
func per(num, den func(*reportRow) int64) func(*reportRow) (int64, int64) {
	return func(r *reportRow) (int64, int64) { return num(r), den(r) }
}

func cost(of func(*reportRow) int64) func(*reportRow) (int64, int64) {
	return func(r *reportRow) (int64, int64) { return r.total[mSpend], of(r) * simkit.Micro }
}

func inRow(of func(cell) int64) func(*reportRow) int64 {
	return func(r *reportRow) int64 { return of(r.total) }
}

func uniques(m int) func(*reportRow) int64 {
	return func(r *reportRow) int64 { return r.people(r.total[m], r.audience()/12) }
}

func whole(of func(*reportRow) int64) func(*reportRow) (int64, int64) {
	return func(r *reportRow) (int64, int64) { return of(r), 1 }
}

// insightFields are the fields that have numbers.
func insightFields() map[string]insightField {
	t := map[string]insightField{}
	add := func(fs ...insightField) {
		for _, f := range fs {
			f.width = max(f.width, narrow)
			t[f.name] = f
		}
	}
	add(identityFields()...)
	add(deliveryFields()...)
	add(clickFields()...)
	add(uniqueFields()...)
	add(videoFields()...)
	add(actionFields()...)
	add(resultFields()...)
	return t
}

func deliveryFields() []insightField {
	spend, imp, clicks := inRow(at(mSpend)), inRow(at(mImpressions)), inRow(at(mClicks))
	reach := (*reportRow).reach
	return []insightField{
		{name: "impressions", num: count(at(mImpressions)), zero: true},
		{name: "clicks", num: count(at(mClicks)), zero: true},
		{name: "spend", num: count(at(mSpend)), zero: true, spend: true},
		{name: "reach", num: whole(reach), zero: true, reach: true},
		{name: "frequency", num: func(r *reportRow) (int64, int64) {
			return r.total[mImpressions] * min(1, reach(r)), max(1, reach(r))
		}, scale: 1, zero: true, reach: true},
		{name: "cpp", num: per(spend, func(r *reportRow) int64 { return reach(r) * simkit.Micro }), scale: 1000, reach: true},
		{name: "ctr", num: per(clicks, imp), scale: 100, zero: true},
		{name: "cpc", num: cost(clicks), scale: 1},
		{name: "cpm", num: cost(imp), scale: 1000},
	}
}

func clickFields() []insightField {
	link, out, engaged := inRow(at(mLinkClicks)), inRow(at(mOutbound)), inRow(cell.postEngagement)
	imp, landed := inRow(at(mImpressions)), inRow(at(mLandingViews))
	return []insightField{
		{name: "inline_link_clicks", num: whole(link)},
		{name: "inline_link_click_ctr", num: per(link, imp), scale: 100},
		{name: "cost_per_inline_link_click", num: cost(link), scale: 1},
		{name: "inline_post_engagement", num: whole(engaged), width: middle},
		{name: "cost_per_inline_post_engagement", num: cost(engaged), scale: 1, width: middle},
		{name: "outbound_clicks", num: whole(out), entry: "outbound_click", width: middle},
		{name: "outbound_clicks_ctr", num: per(out, imp), scale: 100, entry: "outbound_click", width: middle},
		{name: "cost_per_outbound_click", num: cost(out), scale: 1, entry: "outbound_click", width: middle},
		{name: "website_ctr", num: per(link, imp), scale: 100, entry: "link_click"},
		{name: "landing_page_view_per_link_click", num: per(landed, link), scale: 1, width: middle},
		{name: "landing_page_view_actions_per_link_click", num: per(landed, link), scale: 1, width: middle},
	}
}

func uniqueFields() []insightField {
	clicks, link, out := uniques(mClicks), uniques(mLinkClicks), uniques(mOutbound)
	reach := (*reportRow).reach
	return []insightField{
		{name: "unique_clicks", num: whole(clicks), zero: true, unique: true},
		{name: "unique_ctr", num: per(clicks, reach), scale: 100, unique: true},
		{name: "cost_per_unique_click", num: cost(clicks), scale: 1, unique: true},
		{name: "unique_inline_link_clicks", num: whole(link), unique: true},
		{name: "unique_inline_link_click_ctr", num: per(link, reach), scale: 100, unique: true},
		{name: "unique_link_clicks_ctr", num: per(link, reach), scale: 100, unique: true},
		{name: "cost_per_unique_inline_link_click", num: cost(link), scale: 1, unique: true},
		{name: "unique_outbound_clicks", num: whole(out), entry: "outbound_click", unique: true, width: middle},
		{name: "unique_outbound_clicks_ctr", num: per(out, reach), scale: 100, entry: "outbound_click", unique: true, width: middle},
		{name: "cost_per_unique_outbound_click", num: cost(out), scale: 1, entry: "outbound_click", unique: true, width: middle},
	}
}

// videoFields: the element's action_type is always video_view.
func videoFields() []insightField {
	var out []insightField
	for name, m := range map[string]int{
		"video_play_actions": mPlays, "video_thruplay_watched_actions": mThruPlays,
		"video_p25_watched_actions": mP25, "video_p50_watched_actions": mP50, "video_p75_watched_actions": mP75,
		"video_p95_watched_actions": mP95, "video_p100_watched_actions": mP100,
		"video_30_sec_watched_actions": mViews30s, "video_15_sec_watched_actions": mViews15s,
		"video_continuous_2_sec_watched_actions": mViews2s, "video_time_watched_actions": mWatched,
	} {
		out = append(out, insightField{name: name, num: count(at(m)), entry: "video_view", width: middle})
	}
	for name, m := range map[string]int{
		"cost_per_thruplay": mThruPlays, "cost_per_15_sec_video_view": mViews15s, "cost_per_2_sec_continuous_video_view": mViews2s,
	} {
		out = append(out, insightField{name: name, num: cost(inRow(at(m))), scale: 1, entry: "video_view", width: middle})
	}
	return append(out,
		insightField{name: "video_avg_time_watched_actions", entry: "video_view", width: middle, num: func(r *reportRow) (int64, int64) {
			if r.total[mPlays] == 0 {
				return 0, 0
			}
			return r.total[mWatched] / r.total[mPlays], 1 // whole seconds
		}},
		insightField{name: "video_view_per_impression", entry: "video_view", width: middle, scale: 1,
			num: per(inRow(at(mViews3s)), inRow(at(mImpressions)))})
}
