package normalize

// FrequencyCap limits how often one person sees an ad.
type FrequencyCap struct {
	IsUnlimited    *bool    `json:"is_unlimited,omitempty"`
	MaxImpressions *int64   `json:"max_impressions,omitempty"`
	MaxViews       *int64   `json:"max_views,omitempty"`
	TimeUnit       TimeUnit `json:"time_unit,omitempty"`
	TimeUnitCount  *int64   `json:"time_unit_count,omitempty"`
}

// GoalKPI is the figure a campaign is judged by.
type GoalKPI struct {
	AlgorithmID string      `json:"algorithm_id,omitempty"`
	Amount      *Decimal    `json:"amount,omitempty"`
	Percentage  *Decimal    `json:"percentage,omitempty"`
	StringValue string      `json:"string_value,omitempty"`
	Type        GoalKPIType `json:"type,omitempty"`
}

// BidStrategy says how the platform bids. Amounts are in major units of the object's currency.
type BidStrategy struct {
	CustomBiddingAlgorithmID string                 `json:"custom_bidding_algorithm_id,omitempty"`
	FixedBidAmount           *Decimal               `json:"fixed_bid_amount,omitempty"`
	MaxAverageCPMBidAmount   *Decimal               `json:"max_average_cpm_bid_amount,omitempty"`
	PerformanceGoalAmount    *Decimal               `json:"performance_goal_amount,omitempty"`
	PerformanceGoalType      PerformanceGoalType    `json:"performance_goal_type,omitempty"`
	RaiseBidForDeals         *bool                  `json:"raise_bid_for_deals,omitempty"`
	TargetROAS               *Decimal               `json:"target_roas,omitempty"` // a factor: 2.5 is 250 %
	Type                     BidStrategyType        `json:"type,omitempty"`
	YoutubeAndPartnersType   YoutubeAndPartnersType `json:"youtube_and_partners_type,omitempty"`
	YoutubeAndPartnersValue  string                 `json:"youtube_and_partners_value,omitempty"`
}

// Pacing says how a budget is spread over time.
type Pacing struct {
	DailyMaxAmount      *Decimal     `json:"daily_max_amount,omitempty"`
	DailyMaxImpressions *int64       `json:"daily_max_impressions,omitempty"`
	Period              PacingPeriod `json:"period,omitempty"`
	Type                string       `json:"type,omitempty"`
}
