package sim

import (
	"slices"

	"github.com/admux/admux/providers/internal/simkit"
)

// metricKind is how a metric is written: long as a JSON number, decimal as a
// string, double as a JSON number.
type metricKind uint8

const (
	long metricKind = iota
	decimal
	usd   // decimal, from the account's currency at a fixed rate
	tally // a count as a string: connectors read it as a whole number, so that it never has a point
	double
)

// metric is one column of adAnalytics.
type metric struct {
	kind metricKind
	// of reads the row; for decimals in micros. Nil for doubles.
	of func(*cell) int64
	// ratio gives a double's numerator and denominator; absent at 0.
	ratio    func(*cell) (int64, int64)
	since    string   // first version that knows it
	pivots   []string // combines with these only; nil = all
	noMember bool     // refused with MEMBER_* pivots
	// additive is false for reach: it needs the whole range of the query, and is
	// absent beyond 92 days.
	reach bool
	// late metrics are empty for two days.
	late bool
}

// cell is one row's numbers.
type cell struct {
	simkit.Fact
	usd      int64 // 10^-10 USD
	audience int64
}

func col(m simkit.Metric) metric {
	return metric{of: func(c *cell) int64 { return c.Fact[m] }}
}

func whole(m simkit.Metric) metric {
	return metric{of: func(c *cell) int64 { return c.Fact[m] / simkit.Micro }}
}

// text is a count that LinkedIn sends as a decimal string.
func text(m simkit.Metric) metric {
	return metric{kind: tally, of: func(c *cell) int64 { return c.Fact[m] }}
}

func none(k metricKind) metric { return metric{kind: k, of: func(*cell) int64 { return 0 }} }

func (m metric) from(version string) metric   { m.since = version; return m }
func (m metric) only(pivots ...string) metric { m.pivots = pivots; return m }
func (m metric) notWithMembers() metric       { m.noMember = true; return m }
func (m metric) twoDaysLate() metric          { m.late = true; return m }
func share(a, b simkit.Metric) metric {
	return metric{kind: double, ratio: func(c *cell) (int64, int64) { return c.Fact[a], c.Fact[b] }}
}

// reachOf estimates members from impressions: it grows ever slower, so that
// days and entities do not add up.
func reachOf(impressions int64) int64 {
	n := impressions * 8 / 10
	return n * 50_000 / (50_000 + n)
}

// metrics are all of adAnalytics' columns (official "Metrics Available" table,
// 2026-06) but revenue attribution, which has a finder of its own.
func metrics() map[string]metric {
	m := map[string]metric{
		"impressions": col(simkit.Impressions), "clicks": col(simkit.Clicks),
		"costInLocalCurrency": {kind: decimal, of: func(c *cell) int64 { return c.Fact[simkit.Cost] }},
		"costInUsd":           {kind: usd, of: func(c *cell) int64 { return c.usd }},

		"externalWebsiteConversions":          {of: func(c *cell) int64 { return c.Conversions() / simkit.Micro }},
		"externalWebsitePostClickConversions": whole(simkit.ClickConversions),
		"externalWebsitePostViewConversions":  whole(simkit.ViewConversions),
		"conversionValueInLocalCurrency":      metric{kind: decimal, of: func(c *cell) int64 { return c.Fact[simkit.ConversionValue] }}.notWithMembers(),

		"totalEngagements": {of: func(c *cell) int64 { return c.Engagements() }},
		"otherEngagements": col(simkit.OtherEngagements), "likes": col(simkit.Likes),
		"reactions": {of: func(c *cell) int64 { return c.Fact[simkit.Likes] + c.Fact[simkit.OtherReactions] }},
		"comments":  col(simkit.Comments), "commentLikes": col(simkit.CommentLikes), "shares": col(simkit.Shares),
		"follows": col(simkit.Follows), "landingPageClicks": col(simkit.LandingClicks), "companyPageClicks": col(simkit.PageClicks),

		"videoStarts": col(simkit.VideoStarts), "videoViews": col(simkit.VideoViews), "videoCompletions": col(simkit.VideoCompletes),
		"videoFirstQuartileCompletions": col(simkit.VideoQ25), "videoMidpointCompletions": col(simkit.VideoQ50),
		"videoThirdQuartileCompletions": col(simkit.VideoQ75), "fullScreenPlays": col(simkit.VideoFullscreens),
		"videoWatchTime":        col(simkit.VideoSeconds).from("202601").only("CREATIVE").twoDaysLate(),
		"averageVideoWatchTime": share(simkit.VideoSeconds, simkit.VideoViews).from("202601").only("CREATIVE").twoDaysLate(),

		"oneClickLeads": col(simkit.Leads), "oneClickLeadFormOpens": col(simkit.LeadFormOpens), "qualifiedLeads": col(simkit.QualifiedLeads),
		"validWorkEmailLeads": {of: func(c *cell) int64 { return c.Fact[simkit.Leads] * 3 / 4 }},
		"costPerQualifiedLead": {kind: decimal, of: func(c *cell) int64 {
			if c.Fact[simkit.QualifiedLeads] == 0 {
				return 0
			}
			return c.Fact[simkit.Cost] / c.Fact[simkit.QualifiedLeads]
		}},
		"postClickQualifiedLeads": col(simkit.QualifiedLeads), "postViewQualifiedLeads": none(long),
		"leadGenerationMailContactInfoShares": {of: func(c *cell) int64 { return c.Fact[simkit.ActionClicks] / 5 }},
		"leadGenerationMailInterestedClicks":  {of: func(c *cell) int64 { return c.Fact[simkit.ActionClicks] / 3 }},
		"talentLeads":                         none(long), "appointmentsScheduled": none(long).from("202605"),

		"sends": col(simkit.Sends), "opens": col(simkit.Opens), "actionClicks": col(simkit.ActionClicks),
		"adUnitClicks": col(simkit.UnitClicks), "textUrlClicks": col(simkit.TextLinkClicks),
		"headlineClicks": none(long), "headlineImpressions": none(long), "subscriptionClicks": none(long),
		"cardClicks": col(simkit.CardClicks).notWithMembers(), "cardImpressions": col(simkit.CardImpressions).notWithMembers(),

		"documentFirstQuartileCompletions": col(simkit.DocQ25), "documentMidpointCompletions": col(simkit.DocQ50),
		"documentThirdQuartileCompletions": col(simkit.DocQ75), "documentCompletions": col(simkit.DocCompletes),
		"downloadClicks": col(simkit.Downloads),

		"jobApplyClicks": text(simkit.JobApplyClicks), "postClickJobApplyClicks": text(simkit.JobApplyClicks), "postViewJobApplyClicks": none(tally),
		"jobApplications": text(simkit.JobApplications), "postClickJobApplications": text(simkit.JobApplications), "postViewJobApplications": none(tally),
		"registrations": text(simkit.Registrations), "postClickRegistrations": text(simkit.Registrations), "postViewRegistrations": none(tally),

		"approximateMemberReach":       metric{of: func(c *cell) int64 { return reachOf(c.Fact[simkit.Impressions]) }, reach: true}.notWithMembers(),
		"approximateUniqueImpressions": {of: func(c *cell) int64 { return reachOf(c.Fact[simkit.Impressions]) }, reach: true},
		"audiencePenetration": metric{kind: double, reach: true, ratio: func(c *cell) (int64, int64) {
			return reachOf(c.Fact[simkit.Impressions]), c.audience
		}}.only("CAMPAIGN"),
		"averageDwellTime": {of: func(c *cell) int64 {
			if c.Fact[simkit.Impressions] == 0 {
				return 0
			}
			return 2 + c.Fact[simkit.Impressions]%7
		}},
	}
	eventMetrics(m)
	viralMetrics(m)
	return m
}

func eventMetrics(m map[string]metric) {
	part := func(percent int64) metric {
		return metric{of: func(c *cell) int64 { return c.Fact[simkit.EventViews] * percent / 100 }}.from("202601").only("CREATIVE", "EVENT_STAGE")
	}
	cost := metric{kind: double, ratio: func(c *cell) (int64, int64) {
		return c.Fact[simkit.Cost] / simkit.Micro, c.Fact[simkit.EventViews]
	}}.from("202601")
	watch := share(simkit.EventSeconds, simkit.EventViews).from("202601")
	m["eventViews"] = part(100)
	m["eventWatchTime"] = col(simkit.EventSeconds).from("202601")
	m["averageEventWatchTime"], m["costPerEventView"] = watch, cost
	for name, percent := range map[string]int64{"15Seconds": 60, "30Seconds": 40, "2Minutes": 12} {
		m["eventViewsOver"+name] = part(percent)
		m["averageEventWatchTimeOver"+name], m["costPerEventViewOver"+name] = watch, cost
	}
}

// viralMetrics count unpaid re-shares.
func viralMetrics(m map[string]metric) {
	for name, c := range map[string]simkit.Metric{
		"viralImpressions": simkit.OrganicImpressions, "viralClicks": simkit.OrganicClicks, "viralLikes": simkit.OrganicLikes,
		"viralComments": simkit.OrganicComments, "viralCommentLikes": simkit.OrganicCommentLikes, "viralShares": simkit.OrganicShares,
		"viralFollows": simkit.OrganicFollows, "viralOtherEngagements": simkit.OrganicOtherEngagements,
		"viralLandingPageClicks": simkit.OrganicLandingClicks, "viralCompanyPageClicks": simkit.OrganicPageClicks,
		"viralVideoStarts": simkit.OrganicVideoStarts, "viralVideoViews": simkit.OrganicVideoViews,
		"viralVideoFirstQuartileCompletions": simkit.OrganicVideoQ25, "viralVideoMidpointCompletions": simkit.OrganicVideoQ50,
		"viralVideoThirdQuartileCompletions": simkit.OrganicVideoQ75, "viralVideoCompletions": simkit.OrganicVideoCompletes,
		"viralFullScreenPlays": simkit.OrganicVideoFullscreens, "viralOneClickLeads": simkit.OrganicLeads,
		"viralOneClickLeadFormOpens": simkit.OrganicLeadFormOpens, "viralDocumentFirstQuartileCompletions": simkit.OrganicDocQ25,
		"viralDocumentMidpointCompletions": simkit.OrganicDocQ50, "viralDocumentThirdQuartileCompletions": simkit.OrganicDocQ75,
		"viralDocumentCompletions": simkit.OrganicDocCompletes, "viralDownloadClicks": simkit.OrganicDownloads,
	} {
		m[name] = col(c)
	}
	m["viralCardClicks"] = col(simkit.OrganicCardClicks).notWithMembers()
	m["viralCardImpressions"] = col(simkit.OrganicCardImpressions).notWithMembers()
	m["viralReactions"] = metric{of: func(c *cell) int64 { return c.Fact[simkit.OrganicLikes] + c.Fact[simkit.OrganicOtherReactions] }}
	m["viralTotalEngagements"] = metric{of: func(c *cell) int64 { return c.OrganicEngagements() }}
	m["viralExternalWebsiteConversions"] = metric{of: func(c *cell) int64 {
		return (c.Fact[simkit.OrganicClickConversions] + c.Fact[simkit.OrganicViewConversions]) / simkit.Micro
	}}
	m["viralExternalWebsitePostClickConversions"] = whole(simkit.OrganicClickConversions)
	m["viralExternalWebsitePostViewConversions"] = whole(simkit.OrganicViewConversions)
	m["viralSubscriptionClicks"] = none(long)
	for _, n := range []string{"JobApplications", "JobApplyClicks", "Registrations"} {
		m["viral"+n], m["viralPostClick"+n], m["viralPostView"+n] = none(tally), none(tally), none(tally)
	}
}

// usdRate is USD for one unit, in 1/10,000.
func usdRate(currency string) int64 {
	switch currency {
	case "EUR":
		return 11_043
	case "JPY":
		return 65
	case "HUF":
		return 28
	}
	return 10_000
}

func (m metric) allows(pivots []string) bool {
	if m.pivots == nil {
		return true
	}
	for _, p := range pivots {
		if slices.Contains(m.pivots, p) {
			return true
		}
	}
	return false
}
