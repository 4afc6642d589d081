package linkedin

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The platforms a person can meet an ad on.
const (
	onLinkedIn        = "LINKEDIN"
	onAudienceNetwork = "LINKEDIN_AUDIENCE_NETWORK"
)

// columnReach counts people: it has a query of its own.
const columnReach = "approximateMemberReach"

// metric is the source of one KPI. Counts are whole numbers, money is decimal text in the account's currency
// (costInUsd in US dollars); a metric missing from a row that exists is 0.
//
// CONVERSIONS is externalWebsiteConversions: post-click and post-view conversions of the conversion rules linked to the
// campaign, as LinkedIn's own "Conversions" column counts. Leads of lead forms are LEADS, and not in it.
// LIKES are reactions of every kind. viral* metrics count what unpaid re-shares brought and are never added to the paid
// ones. averageVideoWatchTime is left out: its unit is not documented.
type metric struct {
	kpi    normalize.Metric
	column string
	// noMember: not with MEMBER_* pivots, which LinkedIn refuses for these.
	noMember bool
	// conversion: restates for as long as conversion windows are.
	conversion bool
}

// https://learn.microsoft.com/linkedin/marketing/integrations/ads-reporting/ads-reporting#metrics-available
var metrics = []metric{
	{kpi: normalize.MetricClicks, column: "clicks"},
	{kpi: normalize.MetricImpressions, column: "impressions"},
	{kpi: normalize.MetricConversions, column: "externalWebsiteConversions", conversion: true},
	{kpi: normalize.MetricCost, column: "costInLocalCurrency"},
	{kpi: normalize.MetricConversionValue, column: "conversionValueInLocalCurrency", noMember: true, conversion: true},
	{kpi: normalize.MetricEngagement, column: "totalEngagements"},
	{kpi: normalize.MetricVideoCompletions, column: "videoCompletions"},
	{kpi: normalize.MetricVideoViews, column: "videoViews"},
	{kpi: normalize.MetricLeads, column: "oneClickLeads", conversion: true},
	{kpi: normalize.MetricEngagements, column: "totalEngagements"},
	{kpi: normalize.MetricLikes, column: "reactions"},
	{kpi: normalize.MetricShares, column: "shares"},
	{kpi: normalize.MetricComments, column: "comments"},
	{kpi: normalize.MetricFollows, column: "follows"},
	{kpi: normalize.MetricPostClickConversions, column: "externalWebsitePostClickConversions", conversion: true},
	{kpi: normalize.MetricViewThroughConversions, column: "externalWebsitePostViewConversions", conversion: true},
	{kpi: normalize.MetricMediaCost, column: "costInLocalCurrency"},
	{kpi: normalize.MetricTotalMediaCost, column: "costInLocalCurrency"},
	{kpi: normalize.MetricVideoPlays, column: "videoStarts"},
	{kpi: normalize.MetricVideoQuartile25, column: "videoFirstQuartileCompletions"},
	{kpi: normalize.MetricVideoQuartile50, column: "videoMidpointCompletions"},
	{kpi: normalize.MetricVideoQuartile75, column: "videoThirdQuartileCompletions"},
	{kpi: normalize.MetricVideoQuartile100, column: "videoCompletions"},
	{kpi: normalize.MetricLandingPageClicks, column: "landingPageClicks"},
	{kpi: normalize.MetricLeadFormOpens, column: "oneClickLeadFormOpens"},
	{kpi: normalize.MetricAdUnitClicks, column: "adUnitClicks"},
	{kpi: normalize.MetricCardClicks, column: "cardClicks", noMember: true},
	{kpi: normalize.MetricCardImpressions, column: "cardImpressions", noMember: true},
	{kpi: normalize.MetricCommentLikes, column: "commentLikes"},
	{kpi: normalize.MetricCompanyPageClicks, column: "companyPageClicks"},
	{kpi: normalize.MetricActionClicks, column: "actionClicks"},
	{kpi: normalize.MetricTextUrlClicks, column: "textUrlClicks"},
	{kpi: normalize.MetricOtherEngagements, column: "otherEngagements"},
	{kpi: normalize.MetricOpens, column: "opens"},
	{kpi: normalize.MetricTotalEngagements, column: "totalEngagements"},
	{kpi: normalize.MetricUniqueImpressions, column: columnReach, noMember: true},
	{kpi: normalize.MetricViralImpressions, column: "viralImpressions"},
	{kpi: normalize.MetricViralClicks, column: "viralClicks"},
	{kpi: normalize.MetricViralLikes, column: "viralReactions"},
	{kpi: normalize.MetricViralComments, column: "viralComments"},
	{kpi: normalize.MetricViralShares, column: "viralShares"},
	{kpi: normalize.MetricViralFollows, column: "viralFollows"},
	{kpi: normalize.MetricViralVideoPlays, column: "viralVideoStarts"},
	{kpi: normalize.MetricViralVideoViews, column: "viralVideoViews"},
	{kpi: normalize.MetricViralVideoCompletions, column: "viralVideoCompletions"},
	{kpi: normalize.MetricViralVideoQuartile25, column: "viralVideoFirstQuartileCompletions"},
	{kpi: normalize.MetricViralVideoQuartile50, column: "viralVideoMidpointCompletions"},
	{kpi: normalize.MetricViralVideoQuartile75, column: "viralVideoThirdQuartileCompletions"},
	{kpi: normalize.MetricViralLeads, column: "viralOneClickLeads", conversion: true},
	{kpi: normalize.MetricViralLeadFormOpens, column: "viralOneClickLeadFormOpens"},
	{kpi: normalize.MetricViralLandingPageClicks, column: "viralLandingPageClicks"},
	{kpi: normalize.MetricViralConversions, column: "viralExternalWebsiteConversions", conversion: true},
	{kpi: normalize.MetricViralPostClickConversions, column: "viralExternalWebsitePostClickConversions", conversion: true},
	{kpi: normalize.MetricViralViewThroughConversions, column: "viralExternalWebsitePostViewConversions", conversion: true},
	{kpi: normalize.MetricViralEngagements, column: "viralTotalEngagements"},
	{kpi: normalize.MetricVideoFullscreens, column: "fullScreenPlays"},
	{kpi: normalize.MetricCostUSD, column: "costInUsd"},
	{kpi: normalize.MetricViralCardClicks, column: "viralCardClicks", noMember: true},
	{kpi: normalize.MetricViralCardImpressions, column: "viralCardImpressions", noMember: true},
	{kpi: normalize.MetricViralCompanyPageClicks, column: "viralCompanyPageClicks"},
	{kpi: normalize.MetricViralVideoFullscreens, column: "viralFullScreenPlays"},
	{kpi: normalize.MetricViralOtherEngagements, column: "viralOtherEngagements"},
	{kpi: normalize.MetricLeadGenContactShares, column: "leadGenerationMailContactInfoShares"},
	{kpi: normalize.MetricLeadGenInterestedClicks, column: "leadGenerationMailInterestedClicks"},
}

// metricOf finds the source of a KPI.
func metricOf(m normalize.Metric) (metric, bool) {
	i := slices.IndexFunc(metrics, func(x metric) bool { return x.kpi == m })
	if i < 0 {
		return metric{}, false
	}
	return metrics[i], true
}

// The levels and their pivots, facets and URNs. An ad and a creative are one object.
type levelSource struct {
	level normalize.Level
	pivot string
	facet string
	urn   string
}

var levelSources = []levelSource{
	{normalize.LevelOrganization, "ACCOUNT", "accounts", urnAccount},
	{normalize.LevelCampaign, "CAMPAIGN_GROUP", "campaignGroups", urnCampaignGroup},
	{normalize.LevelGroup, "CAMPAIGN", "campaigns", urnCampaign},
	{normalize.LevelAd, "CREATIVE", "creatives", urnCreative},
	{normalize.LevelCreative, "CREATIVE", "creatives", urnCreative},
}

func levelOf(l normalize.Level) (levelSource, bool) {
	i := slices.IndexFunc(levelSources, func(s levelSource) bool { return s.level == l })
	if i < 0 {
		return levelSource{}, false
	}
	return levelSources[i], true
}

// breakdown is a dimension that is a pivot beside the entity's.
type breakdown struct {
	dimension normalize.Dimension
	pivot     string
	spread    int  // values that an entity and day may have, for planning
	member    bool // a demographic pivot: thresholded, two years back only, alone in its call
}

var breakdowns = []breakdown{
	{normalize.DimensionPlatform, "SERVING_LOCATION", 3, false},
	{normalize.DimensionPlatformPosition, "PLACEMENT_NAME", 12, false},
	{normalize.DimensionDevice, "IMPRESSION_DEVICE_TYPE", 8, false},
	{normalize.DimensionCountry, "MEMBER_COUNTRY_V2", 100, true}, // LinkedIn keeps the top 100
}

// dimensionValue is our word for a value of a breakdown. Values never seen before are kept, so that sums hold.
func dimensionValue(d normalize.Dimension, value string) string {
	switch d {
	case normalize.DimensionPlatform:
		switch value {
		case "ON_SITE":
			return onLinkedIn
		case "OFF_SITE":
			return onAudienceNetwork
		}
	case normalize.DimensionDevice:
		switch value {
		case "DESKTOP_WEB":
			return "DESKTOP"
		case "MOBILE_WEB", "MOBILE_APP":
			return "MOBILE"
		case "UNDETECTED", "":
			return unknownValue
		}
		return "OTHER"
	}
	return upperSnake(value)
}

// upperSnake writes a text in capitals, with one underscore for whatever is neither letter nor digit.
func upperSnake(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			b = append(b, c-'a'+'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80:
			b = append(b, c)
		case len(b) > 0 && b[len(b)-1] != '_':
			b = append(b, '_')
		}
	}
	for len(b) > 0 && b[len(b)-1] == '_' {
		b = b[:len(b)-1]
	}
	if len(b) == 0 {
		return unknownValue
	}
	return string(b)
}

// declared is what the seam is told of the metrics.
func declared() []providers.Metric {
	out := make([]providers.Metric, len(metrics))
	for i, m := range metrics {
		out[i] = providers.Metric{KPI: m.kpi, Source: m.column, Conversion: m.conversion}
		for _, d := range reportDimensions {
			if d == normalize.DimensionCountry && m.noMember || m.column == columnReach && d != normalize.DimensionMonth {
				continue
			}
			out[i].Dimensions = append(out[i].Dimensions, d)
		}
		if len(out[i].Dimensions) == len(reportDimensions) {
			out[i].Dimensions = nil
		}
	}
	return out
}
