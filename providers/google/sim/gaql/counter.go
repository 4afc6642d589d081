package gaql

// Counter names one exact sum of a fact.
type Counter int

// The counters. Those up to ContentRankLost count things; from Cost on they are
// in millionths of their unit (money: of the account currency).
const (
	Impressions Counter = iota
	Clicks
	Interactions
	Engagements
	ViewThrough
	InvalidClicks
	VideoViews
	VideoImpressions
	Quartile25
	Quartile50
	Quartile75
	Quartile100
	WatchMillis
	ActiveViewMeasurable
	ActiveViewImpressions
	GmailForwards
	GmailSaves
	GmailSecondaryClicks
	PhoneCalls
	PhoneImpressions
	YouTubeLikes
	YouTubeShares
	YouTubeComments
	UniqueUsers // of one fact; days do not add up
	SearchImpressions
	SearchEligible
	SearchTop
	SearchAbsTop
	SearchTopEligible
	SearchAbsTopEligible
	SearchBudgetLost
	SearchRankLost
	SearchExactEligible
	ContentImpressions
	ContentEligible
	ContentBudgetLost
	ContentRankLost

	Cost
	Conversions
	ConversionsValue
	AllConversions
	AllConversionsValue
	CrossDeviceConversions
	CrossDeviceValue
	ConversionsByDate
	ConversionsValueByDate
	AllConversionsByDate
	AllConversionsValueByDate
	Revenue
	GrossProfit
	CostOfGoods
	Orders
	UnitsSold
	ActiveViewCost

	NumCounters
)

// Sums holds one exact sum per counter.
type Sums [NumCounters]int64

// add adds o. Unique users of several facts overlap: the sum keeps the largest
// whole and a third of every other one.
func (s *Sums) add(o *Sums) {
	users := s[UniqueUsers]
	for i, n := range o {
		s[i] += n
	}
	big, small := max(users, o[UniqueUsers]), min(users, o[UniqueUsers])
	s[UniqueUsers] = big + small/3
}

func (s *Sums) any() bool {
	var all int64
	for _, n := range s {
		all |= n
	}
	return all != 0
}
