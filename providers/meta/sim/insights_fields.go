package sim

import (
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// up is the entity of a kind above e, or e itself; nil when e is higher.
func (e *entity) up(kind string) *entity {
	for x := e; x != nil; x = x.parent {
		if x.kind == kind {
			return x
		}
	}
	return nil
}

// identityFields are the ids, names and settings of a row's object and of what
// it belongs to; what is below the row's level is left out.
func identityFields() []insightField {
	var out []insightField
	of := func(name, kind, field string) {
		out = append(out, insightField{name: name, text: func(r *reportRow) string {
			if e := r.entity.up(kind); e != nil {
				return e.text(r.sim, field)
			}
			return ""
		}})
	}
	for _, l := range []struct{ prefix, kind string }{{"campaign", "Campaign"}, {"adset", "AdSet"}, {"ad", "Ad"}} {
		of(l.prefix+"_name", l.kind, "name")
		out = append(out, insightField{name: l.prefix + "_id", text: func(r *reportRow) string {
			if e := r.entity.up(l.kind); e != nil {
				return e.id
			}
			return ""
		}})
	}
	of("objective", "Campaign", "objective")
	of("buying_type", "Campaign", "buying_type")
	of("optimization_goal", "AdSet", "optimization_goal")
	own := func(name string) insightField {
		return insightField{name: name, text: func(r *reportRow) string {
			if r.entity.kind == "AdAccount" {
				return ""
			}
			day, _, _ := strings.Cut(r.entity.text(r.sim, name), "T") // a day here, not an instant
			return day
		}}
	}
	return append(out, own("created_time"), own("updated_time"),
		insightField{name: "account_id", text: func(r *reportRow) string { return r.entity.account.digits }},
		insightField{name: "account_currency", text: func(r *reportRow) string { return r.entity.account.currency }},
		insightField{name: "account_name", text: func(r *reportRow) string { return r.entity.account.text(r.sim, "name") }},
		insightField{name: "attribution_setting", text: rowAttribution},
		insightField{name: "date_start"}, insightField{name: "date_stop"},
	)
}

// rowAttribution is the ad set's; above ad sets that differ it is "mixed".
func rowAttribution(r *reportRow) string {
	if set := r.entity.up("AdSet"); set != nil {
		return set.text(r.sim, "attribution_setting")
	}
	one := ""
	for _, ad := range r.sim.adsUnder(r.entity) {
		switch v := ad.parent.text(r.sim, "attribution_setting"); {
		case one == "":
			one = v
		case v != one:
			return "mixed"
		}
	}
	return one
}

// actionFields are the arrays by action type.
func actionFields() []insightField {
	by := func(name string, values, unique bool, text func([]byte, *reportRow, int64) []byte) insightField {
		return insightField{name: name, width: wide, actions: true, unique: unique, list: func(r *reportRow, b []byte) []byte {
			return r.entries(b, values, text)
		}}
	}
	people := func(r *reportRow, n int64) int64 { return r.people(n, r.audience()/30) }
	roas := func(name string, kinds ...string) insightField {
		return insightField{name: name, width: wide, actions: true, list: func(r *reportRow, b []byte) []byte {
			return r.roas(b, kinds)
		}}
	}
	return []insightField{
		by("actions", false, false, countText),
		by("action_values", true, false, valueText),
		by("cost_per_action_type", false, false, costText),
		by("unique_actions", false, true, func(b []byte, r *reportRow, n int64) []byte { return countText(b, r, people(r, n)) }),
		by("cost_per_unique_action_type", false, true, func(b []byte, r *reportRow, n int64) []byte { return costText(b, r, people(r, n)) }),
		roas("purchase_roas"),
		roas("website_purchase_roas", "offsite_conversion.fb_pixel_purchase"),
		roas("mobile_app_purchase_roas", "app_custom_event.fb_mobile_purchase"),
		// The newer grouping, which leaves purchases out.
		{name: "conversions", width: middle, num: count(at(mRegistrations)), entry: "submit_application_total"},
		{name: "cost_per_conversion", width: middle, num: cost(inRow(at(mRegistrations))), scale: 1, entry: "submit_application_total"},
	}
}

// roas is the value of purchases over spend, by the views named or the leading
// one. Nothing sold or nothing spent: no element.
func (r *reportRow) roas(b []byte, kinds []string) []byte {
	if r.q.noOffMeta || r.total[mSpend] == 0 {
		return b
	}
	for _, v := range r.sim.insights.views[r.views][evPurchase] {
		if len(kinds) == 0 && v.kind != r.firstView(evPurchase).kind || len(kinds) > 0 && v.kind != kinds[0] {
			continue
		}
		if e := r.total.entryOf(evPurchase, v, true); e.value != 0 {
			b = r.entry(b, e, nil, 0, returnText)
		}
	}
	return b
}

// resultFields hang on the ad set's goal. They are left out where goals mix and
// with breakdowns.
func resultFields() []insightField {
	list := func(name string, text func([]byte, *reportRow, int64) []byte) insightField {
		return insightField{name: name, width: wide, list: func(r *reportRow, b []byte) []byte {
			indicator, n := r.result()
			if indicator == "" || n == 0 {
				return b
			}
			b = append(b, '{')
			b = appendText(b, "indicator", indicator)
			b = append(b, `"values":[{"value":"`...)
			return append(text(b, r, n), `","attribution_windows":["default"]}]},`...)
		}}
	}
	out := []insightField{
		list("results", countText), list("cost_per_result", costText),
		list("objective_results", countText), list("cost_per_objective_result", costText),
	}
	for i, name := range []string{"quality_ranking", "engagement_rate_ranking", "conversion_rate_ranking"} {
		out = append(out, insightField{name: name, text: func(r *reportRow) string { return r.ranking(uint64(i)) }})
	}
	return out
}

// minRanked is how many impressions an ad needs to be ranked.
const minRanked = 500

func (r *reportRow) ranking(which uint64) string {
	if r.entity.kind != "Ad" || len(r.q.breakdowns) > 0 {
		return ""
	}
	if r.total[mImpressions] < minRanked {
		return "UNKNOWN"
	}
	ranks := [...]string{"ABOVE_AVERAGE", "AVERAGE", "AVERAGE", "BELOW_AVERAGE_35", "BELOW_AVERAGE_20", "BELOW_AVERAGE_10"}
	return ranks[simkit.Hash(simkit.HashString(r.entity.id), which)%uint64(len(ranks))]
}

// result is what the ad sets under the row wanted, and how much of it came.
func (r *reportRow) result() (indicator string, n int64) {
	if len(r.q.breakdowns) > 0 {
		return "", 0
	}
	goal := ""
	for _, ad := range r.sim.adsUnder(r.entity) {
		g := ad.parent.text(r.sim, "optimization_goal") + "/" + itoa(int64(eventOf(ad.parent.parent.text(r.sim, "objective"))))
		if goal != "" && g != goal {
			return "", 0
		}
		goal = g
	}
	goal, ev, _ := strings.Cut(goal, "/")
	event := int(ev[0] - '0')
	c := r.total
	switch goal {
	case "REACH":
		return "reach", r.reach()
	case "IMPRESSIONS":
		return "impressions", c[mImpressions]
	case "LINK_CLICKS":
		return "actions:link_click", c[mLinkClicks]
	case "LANDING_PAGE_VIEWS":
		return "actions:landing_page_view", c[mLandingViews]
	case "POST_ENGAGEMENT":
		return "actions:post_engagement", c.postEngagement()
	case "THRUPLAY":
		return "video_thruplay_watched_actions", c[mThruPlays]
	case "PAGE_LIKES":
		return "actions:like", c[mPageLikes]
	case "OFFSITE_CONVERSIONS", "VALUE", "LEAD_GENERATION", "QUALITY_LEAD", "APP_INSTALLS":
		v := r.firstView(event)
		return "actions:" + v.kind, c.entryOf(event, v, false).value
	}
	return "", 0
}
