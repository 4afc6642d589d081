package sim

import (
	"github.com/admux/admux/providers/google/sim/gaql"
	"github.com/admux/admux/providers/internal/simkit"
)

// count turns a neutral fact into Google's counters. What the ledger calls
// conversions are Google's conversions, whole: post-click and engaged views.
// Until complete, the counters of all conversions hold the secondary ones only.
func count(x *adInfo, f *simkit.Fact, s *gaql.Sums) {
	*s = gaql.Sums{}
	if f.IsZero() {
		return
	}
	imp, clicks := f[simkit.Impressions], f[simkit.Clicks]
	s[gaql.Impressions], s[gaql.Clicks], s[gaql.Cost] = imp, clicks, f[simkit.Cost]
	s[gaql.Conversions], s[gaql.ConversionsValue] = f.Conversions(), f[simkit.ConversionValue]
	s[gaql.Interactions] = clicks
	if !x.loaded {
		s[gaql.AllConversions] = (f[simkit.PageClicks] + f[simkit.Registrations]) * simkit.Micro
		s[gaql.ViewThrough] = f[simkit.Registrations] + f[simkit.Follows]
		s[gaql.InvalidClicks] = clicks / 40
		s[gaql.CrossDeviceConversions] = s[gaql.Conversions] / (20 * x.quanta[gaql.Conversions]) * x.quanta[gaql.Conversions]
	}
	switch x.spec.channel {
	case "DISPLAY", "DEMAND_GEN", "VIDEO":
		s[gaql.ActiveViewMeasurable] = imp * 95 / 100
		s[gaql.ActiveViewImpressions] = imp * 63 / 100
		s[gaql.UniqueUsers] = imp * 6 / 10
	}
	if x.spec.channel == "VIDEO" || x.spec.channel == "DEMAND_GEN" {
		watched(x, f, s)
	}
}

// complete makes a cell whole once it is cut: all conversions take in the
// primary ones, and the chances behind shares follow from its impressions, so
// that no part has more impressions than chances.
func complete(x *adInfo, s *gaql.Sums) {
	s[gaql.AllConversions] += s[gaql.Conversions]
	s[gaql.AllConversionsValue] += s[gaql.ConversionsValue]
	s[gaql.AllConversionsByDate] += s[gaql.ConversionsByDate]
	s[gaql.AllConversionsValueByDate] += s[gaql.ConversionsValueByDate]
	switch imp := s[gaql.Impressions]; x.spec.channel {
	case "SEARCH", "SHOPPING":
		eligible := max(imp, imp*100/(25+int64(x.ad.Key()%60)))
		s[gaql.SearchImpressions], s[gaql.SearchEligible] = imp, eligible
		s[gaql.SearchTop], s[gaql.SearchAbsTop] = imp*7/10, imp*3/10
		s[gaql.SearchTopEligible], s[gaql.SearchAbsTopEligible] = eligible, eligible
		s[gaql.SearchBudgetLost] = (eligible - imp) / 3
		s[gaql.SearchRankLost] = eligible - imp - s[gaql.SearchBudgetLost]
		s[gaql.SearchExactEligible] = max(imp, eligible*6/10)
	case "DISPLAY", "DEMAND_GEN", "VIDEO":
		s[gaql.ContentImpressions], s[gaql.ContentEligible] = imp, imp*3
		s[gaql.ContentBudgetLost], s[gaql.ContentRankLost] = imp/2, imp*2-imp/2
	}
}

func watched(x *adInfo, f *simkit.Fact, s *gaql.Sums) {
	s[gaql.Engagements] = f[simkit.OtherEngagements] + f[simkit.Clicks]
	if f[simkit.VideoStarts] == 0 {
		return
	}
	s[gaql.VideoImpressions] = f[simkit.Impressions]
	s[gaql.VideoViews] = f[simkit.VideoViews]
	s[gaql.Quartile25], s[gaql.Quartile50] = f[simkit.VideoQ25], f[simkit.VideoQ50]
	s[gaql.Quartile75], s[gaql.Quartile100] = f[simkit.VideoQ75], f[simkit.VideoCompletes]
	s[gaql.WatchMillis] = f[simkit.VideoSeconds] * 1000
	s[gaql.YouTubeLikes], s[gaql.YouTubeShares], s[gaql.YouTubeComments] = f[simkit.Likes], f[simkit.Shares], f[simkit.Comments]
	s[gaql.Interactions] = f[simkit.VideoViews] + f[simkit.Clicks]
	if x.spec.channel == "DEMAND_GEN" {
		s[gaql.GmailForwards], s[gaql.GmailSaves], s[gaql.GmailSecondaryClicks] = f[simkit.Shares], f[simkit.Follows], f[simkit.LandingClicks]/4
	}
}

// slotCut: where on the page of results an ad stood.
func slotCut(at int) *cut {
	search, other := []string{"SEARCH_TOP", "SEARCH_OTHER"}, []string{"CONTENT"}
	slots := func(x *adInfo) []string {
		if x.spec.channel == "SEARCH" || x.spec.channel == "SHOPPING" {
			return search
		}
		return other
	}
	return &cut{
		key:     34,
		weights: func(x *adInfo) []int64 { return []int64{70, 30}[:len(slots(x))] },
		put:     func(x *adInfo, part int, into []gaql.Value) { into[at] = gaql.Text(slots(x)[part]) },
	}
}

// clickTypeCut splits clicks by what was clicked.
func clickTypeCut(at int) *cut {
	kinds := []string{"URL_CLICKS", "SITELINKS"}
	return &cut{
		key:     35,
		weights: func(x *adInfo) []int64 { return []int64{85, 15} },
		put:     func(_ *adInfo, part int, into []gaql.Value) { into[at] = gaql.Text(kinds[part]) },
	}
}

// actionCut splits conversions by conversion action. The primary actions share
// conversions; the secondary ones hold what all_conversions has beyond them.
func actionCut(c *customer, w *gaql.Want) *cut {
	name, id, category, source := -1, -1, -1, -1
	for i, n := range w.Splits {
		switch n {
		case "segments.conversion_action":
			id = i
		case "segments.conversion_action_name":
			name = i
		case "segments.conversion_action_category":
			category = i
		case "segments.external_conversion_source":
			source = i
		}
	}
	fill := func(into []gaql.Value, at int, v string) {
		if at >= 0 {
			into[at] = gaql.Text(v)
		}
	}
	return &cut{
		key:     36,
		weights: actionWeights,
		split:   splitActions,
		put: func(_ *adInfo, part int, into []gaql.Value) {
			a := actionSpecs[part]
			fill(into, id, actionName(c, part))
			fill(into, name, a.name)
			fill(into, category, a.category)
			fill(into, source, map[string]string{"WEBPAGE": "WEBPAGE", "AD_CALL": "AD_CALL_METRICS"}[a.kind])
		},
	}
}

// actionWeights are the actions' shares of the primary conversions. A loaded
// ad's conversions are all of one action, that of its campaign's objective.
func actionWeights(x *adInfo) []int64 {
	switch {
	case x.loaded && x.ad.Group.Campaign.Objective == simkit.LeadGen:
		return []int64{0, 1, 0, 0, 0}
	case x.loaded:
		return []int64{1, 0, 0, 0, 0}
	}
	return []int64{62, 25, 13, 0, 0}
}

// splitActions cuts the primary conversions by weight; the secondary ones
// belong to the last two actions.
func splitActions(parts []gaql.Sums, whole *gaql.Sums, x *adInfo, key uint64) {
	primary, secondary := *whole, gaql.Sums{}
	for _, m := range [...]gaql.Counter{gaql.AllConversions, gaql.AllConversionsByDate} {
		primary[m], secondary[m] = 0, whole[m]
	}
	splitSums(parts, &primary, x.quanta, key, actionWeights(x))
	splitSums(parts[len(parts)-2:], &secondary, x.quanta, key+1, []int64{70, 30})
}

// keywordCut splits a search ad's facts by keyword where a query asks for the
// keyword segments.
func keywordCut(src *source, w *gaql.Want) *cut {
	textAt, matchAt, idAt := -1, -1, -1
	for i, n := range w.Splits {
		switch n {
		case "segments.keyword.info.text":
			textAt = i
		case "segments.keyword.info.match_type":
			matchAt = i
		case "segments.keyword.ad_group_criterion":
			idAt = i
		}
	}
	if textAt < 0 && matchAt < 0 && idAt < 0 {
		return nil
	}
	k := byKeyword()
	k.put = func(x *adInfo, part int, into []gaql.Value) {
		for _, at := range []int{textAt, matchAt, idAt} {
			if at >= 0 {
				into[at] = gaql.Value{}
			}
		}
		if x.spec.channel != "SEARCH" {
			return
		}
		if textAt >= 0 {
			into[textAt] = gaql.Text(keywordTexts[part].text)
		}
		if matchAt >= 0 {
			into[matchAt] = gaql.Text(keywordTexts[part].match)
		}
		if idAt >= 0 {
			into[idAt] = gaql.Text(resourceName(src.c.id, "ad_group_criterion", key{a: x.ad.Group.ID, b: keywordID(x.ad.Group, part)}))
		}
	}
	return k
}

// byKeyword cuts a search ad's cells over its ad group's keywords; ads of other
// channels stay whole.
func byKeyword() *cut {
	return &cut{key: 37, weights: func(x *adInfo) []int64 {
		if x.spec.channel != "SEARCH" {
			return []int64{1}
		}
		return []int64{44, 28, 17, 11}
	}}
}
