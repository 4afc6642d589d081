package simkit

// Metric is a column of the ledger. Every one is additive over ads, days,
// hours and splits. Cost, ConversionValue and the conversions are in micros,
// the rest are counts (seconds for the watch times).
type Metric int

// The ledger's columns. Organic* count what happened on unpaid re-shares.
const (
	Impressions Metric = iota
	Clicks
	Cost
	ClickConversions
	ViewConversions
	ConversionValue
	Likes
	OtherReactions
	Comments
	CommentLikes
	Shares
	Follows
	OtherEngagements
	LandingClicks
	PageClicks
	VideoStarts
	VideoViews
	VideoQ25
	VideoQ50
	VideoQ75
	VideoCompletes
	VideoFullscreens
	VideoSeconds
	Leads
	LeadFormOpens
	QualifiedLeads
	Sends
	Opens
	ActionClicks
	UnitClicks
	TextLinkClicks
	CardImpressions
	CardClicks
	DocQ25
	DocQ50
	DocQ75
	DocCompletes
	Downloads
	EventViews
	EventSeconds
	JobApplyClicks
	JobApplications
	Registrations
	OrganicImpressions
	OrganicClicks
	OrganicLikes
	OrganicOtherReactions
	OrganicComments
	OrganicCommentLikes
	OrganicShares
	OrganicFollows
	OrganicOtherEngagements
	OrganicLandingClicks
	OrganicPageClicks
	OrganicVideoStarts
	OrganicVideoViews
	OrganicVideoQ25
	OrganicVideoQ50
	OrganicVideoQ75
	OrganicVideoCompletes
	OrganicVideoFullscreens
	OrganicClickConversions
	OrganicViewConversions
	OrganicLeads
	OrganicLeadFormOpens
	OrganicCardImpressions
	OrganicCardClicks
	OrganicDocQ25
	OrganicDocQ50
	OrganicDocQ75
	OrganicDocCompletes
	OrganicDownloads
	NumMetrics
)

// Fact is one cell of the ledger: a value per metric.
type Fact [NumMetrics]int64

// Add adds o to f.
func (f *Fact) Add(o *Fact) {
	for i := range f {
		f[i] += o[i]
	}
}

// Conversions is post-click plus post-view, in micros.
func (f *Fact) Conversions() int64 { return f[ClickConversions] + f[ViewConversions] }

// Engagements is every interaction with the ad: clicks and social actions.
func (f *Fact) Engagements() int64 {
	return f[Clicks] + f[Likes] + f[OtherReactions] + f[Comments] + f[Shares] + f[Follows] +
		f[CommentLikes] + f[OtherEngagements]
}

// OrganicEngagements is Engagements of unpaid re-shares.
func (f *Fact) OrganicEngagements() int64 {
	return f[OrganicClicks] + f[OrganicLikes] + f[OrganicOtherReactions] + f[OrganicComments] +
		f[OrganicShares] + f[OrganicFollows] + f[OrganicCommentLikes] + f[OrganicOtherEngagements]
}

// IsZero tells that nothing happened.
func (f *Fact) IsZero() bool { return *f == Fact{} }

// quantum is the step a metric moves in: money never splits below the minor
// unit, nor a conversion below what the world was asked for.
func quantum(m Metric, a *Account) int64 {
	switch m {
	case Cost, ConversionValue:
		return a.minor
	case ClickConversions, ViewConversions, OrganicClickConversions, OrganicViewConversions:
		return a.convQuantum
	default:
		return 1
	}
}
