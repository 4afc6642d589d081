package google

import "github.com/admux/admux/providers/internal/wire"

// criterion is a row of campaign_criterion or ad_group_criterion: one of the members about its kind is set.
type criterion struct {
	ID          wire.ID     `json:"criterionId"`
	Type        string      `json:"type"`
	Status      string      `json:"status"`
	Negative    bool        `json:"negative"`
	DisplayName string      `json:"displayName"`
	BidModifier wire.Number `json:"bidModifier"`

	Keyword struct {
		Text      string `json:"text"`
		MatchType string `json:"matchType"`
	} `json:"keyword"`
	Placement struct {
		URL string `json:"url"`
	} `json:"placement"`
	Location struct {
		GeoTargetConstant string `json:"geoTargetConstant"`
	} `json:"location"`
	Proximity struct {
		Radius      wire.Number `json:"radius"`
		RadiusUnits string      `json:"radiusUnits"`
	} `json:"proximity"`
	Device     typed `json:"device"`
	AdSchedule struct {
		DayOfWeek   string `json:"dayOfWeek"`
		StartHour   whole  `json:"startHour"`
		EndHour     whole  `json:"endHour"`
		StartMinute string `json:"startMinute"`
		EndMinute   string `json:"endMinute"`
	} `json:"adSchedule"`
	AgeRange       typed `json:"ageRange"`
	Gender         typed `json:"gender"`
	IncomeRange    typed `json:"incomeRange"`
	ParentalStatus typed `json:"parentalStatus"`
	ContentLabel   typed `json:"contentLabel"`
	UserList       struct {
		UserList string `json:"userList"`
	} `json:"userList"`
	CustomAudience struct {
		CustomAudience string `json:"customAudience"`
	} `json:"customAudience"`
	CombinedAudience struct {
		CombinedAudience string `json:"combinedAudience"`
	} `json:"combinedAudience"`
	Audience struct {
		Audience string `json:"audience"`
	} `json:"audience"`
	UserInterest struct {
		Category string `json:"userInterestCategory"`
	} `json:"userInterest"`
	Topic struct {
		TopicConstant string   `json:"topicConstant"`
		Path          []string `json:"path"`
	} `json:"topic"`
	Language struct {
		LanguageConstant string `json:"languageConstant"`
	} `json:"language"`
	Carrier struct {
		CarrierConstant string `json:"carrierConstant"`
	} `json:"carrier"`
	MobileDevice struct {
		MobileDeviceConstant string `json:"mobileDeviceConstant"`
	} `json:"mobileDevice"`
	OperatingSystemVersion struct {
		Constant string `json:"operatingSystemVersionConstant"`
	} `json:"operatingSystemVersion"`
	YoutubeChannel struct {
		ChannelID string `json:"channelId"`
	} `json:"youtubeChannel"`
	YoutubeVideo struct {
		VideoID string `json:"videoId"`
	} `json:"youtubeVideo"`
}

type typed struct {
	Type string `json:"type"`
}

// criterionRow is a criterion with what it belongs to.
type criterionRow struct {
	Campaign          campaign  `json:"campaign"`
	AdGroup           adGroup   `json:"adGroup"`
	CampaignCriterion criterion `json:"campaignCriterion"`
	AdGroupCriterion  criterion `json:"adGroupCriterion"`
}

type geoTargetRow struct {
	GeoTargetConstant geoTarget `json:"geoTargetConstant"`
}

type geoTarget struct {
	ResourceName    string  `json:"resourceName"`
	ID              wire.ID `json:"id"`
	Name            string  `json:"name"`
	CanonicalName   string  `json:"canonicalName"`
	CountryCode     string  `json:"countryCode"`
	TargetType      string  `json:"targetType"`
	Status          string  `json:"status"`
	ParentGeoTarget string  `json:"parentGeoTarget"`
}

type userListRow struct {
	UserList struct {
		ResourceName     string  `json:"resourceName"`
		ID               wire.ID `json:"id"`
		Name             string  `json:"name"`
		Type             string  `json:"type"`
		MembershipStatus string  `json:"membershipStatus"`
		SizeForDisplay   whole   `json:"sizeForDisplay"`
	} `json:"userList"`
}
