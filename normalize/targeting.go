package normalize

// Targeting says who may see an ad. Values of a list are ORed, different lists ANDed.
type Targeting struct {
	Audience     *AudienceTargeting     `json:"audience,omitempty"`
	BrandSafety  *BrandSafety           `json:"brand_safety,omitempty"`
	Content      *ContentTargeting      `json:"content,omitempty"` // base64, on upload only
	Demographic  *DemographicTargeting  `json:"demographic,omitempty"`
	Device       *DeviceTargeting       `json:"device,omitempty"`
	Geographic   *GeographicTargeting   `json:"geographic,omitempty"`
	Language     []TargetRef            `json:"language,omitempty"`
	Optimization *TargetingOptimization `json:"optimization,omitempty"`
	Placement    *PlacementTargeting    `json:"placement,omitempty"`
	Schedule     []Schedule             `json:"schedule,omitempty"`
	Professional *ProfessionalTargeting `json:"professional,omitempty"` // who people are at work (ours)
	Products     []TargetRef            `json:"products,omitempty"`     // catalogue products and categories (ours)
}

// GeographicTargeting says where people are.
type GeographicTargeting struct {
	Cities              []CityTarget   `json:"cities,omitempty"`
	Countries           []TargetRef    `json:"countries,omitempty"`
	ExcludedCities      []CityTarget   `json:"excluded_cities,omitempty"`
	ExcludedCountries   []TargetRef    `json:"excluded_countries,omitempty"`
	ExcludedPostalCodes []TargetRef    `json:"excluded_postal_codes,omitempty"`
	ExcludedRegions     []TargetRef    `json:"excluded_regions,omitempty"`
	ExcludedUSDMAs      []TargetRef    `json:"excluded_us_dmas,omitempty"`
	LocationTypes       []LocationType `json:"location_types,omitempty"`
	PostalCodes         []TargetRef    `json:"postal_codes,omitempty"`
	PresenceType        PresenceType   `json:"presence_type,omitempty"`
	Regions             []TargetRef    `json:"regions,omitempty"`
	USDMAs              []TargetRef    `json:"us_dmas,omitempty"`
}

// CityTarget is a city and, where the platform takes it, a radius around it.
type CityTarget struct {
	ID         string     `json:"id,omitempty"`
	Name       string     `json:"name,omitempty"`
	Radius     *Decimal   `json:"radius,omitempty"`
	RadiusUnit RadiusUnit `json:"radius_unit,omitempty"`
}

// DemographicTargeting says who people are. AgeMin and AgeMax are inclusive.
type DemographicTargeting struct {
	AgeMax           *int64   `json:"age_max,omitempty"`
	AgeMin           *int64   `json:"age_min,omitempty"`
	Female           *bool    `json:"female,omitempty"`
	Male             *bool    `json:"male,omitempty"`
	ParentalStatuses []string `json:"parental_statuses,omitempty"` // ours
	Incomes          []string `json:"incomes,omitempty"`           // ours
}

// ProfessionalTargeting says who people are at work (ours).
type ProfessionalTargeting struct {
	JobTitles            []TargetRef `json:"job_titles,omitempty"`
	JobFunctions         []TargetRef `json:"job_functions,omitempty"`
	Seniorities          []TargetRef `json:"seniorities,omitempty"`
	Skills               []TargetRef `json:"skills,omitempty"`
	Industries           []TargetRef `json:"industries,omitempty"`
	Companies            []TargetRef `json:"companies,omitempty"`
	CompanySizes         []TargetRef `json:"company_sizes,omitempty"`
	ExcludedJobTitles    []TargetRef `json:"excluded_job_titles,omitempty"`
	ExcludedJobFunctions []TargetRef `json:"excluded_job_functions,omitempty"`
	ExcludedSeniorities  []TargetRef `json:"excluded_seniorities,omitempty"`
	ExcludedSkills       []TargetRef `json:"excluded_skills,omitempty"`
	ExcludedIndustries   []TargetRef `json:"excluded_industries,omitempty"`
	ExcludedCompanies    []TargetRef `json:"excluded_companies,omitempty"`
	ExcludedCompanySizes []TargetRef `json:"excluded_company_sizes,omitempty"`
}

// AudienceTargeting says what people like, do, or are listed in.
type AudienceTargeting struct {
	Behaviors               []TargetRef           `json:"behaviors,omitempty"`
	CombinationSpec         []AudienceCombination `json:"combination_spec,omitempty"`
	CustomAudiences         []TargetRef           `json:"custom_audiences,omitempty"`
	ExcludedBehaviors       []TargetRef           `json:"excluded_behaviors,omitempty"`
	ExcludedCustomAudiences []TargetRef           `json:"excluded_custom_audiences,omitempty"`
	ExcludedInterests       []TargetRef           `json:"excluded_interests,omitempty"`
	Interests               []TargetRef           `json:"interests,omitempty"`
	LookalikeAudiences      []LookalikeAudience   `json:"lookalike_audiences,omitempty"`
}

// LookalikeAudience is an audience made alike another.
type LookalikeAudience struct {
	ID               string   `json:"id,omitempty"`
	Name             string   `json:"name,omitempty"`
	Similarity       *Decimal `json:"similarity,omitempty"`
	SourceAudienceID string   `json:"source_audience_id,omitempty"`
}

// AudienceCombination is an AND of ORs that the plain lists cannot say.
type AudienceCombination struct {
	Behaviors  []TargetRef `json:"behaviors,omitempty"`
	Interests  []TargetRef `json:"interests,omitempty"`
	LifeEvents []TargetRef `json:"life_events,omitempty"`
	References []TargetRef `json:"references,omitempty"`
}

// DeviceTargeting says on which device an ad may show.
type DeviceTargeting struct {
	Carriers   []TargetRef `json:"carriers,omitempty"`
	Types      []TargetRef `json:"types,omitempty"`
	UserDevice []TargetRef `json:"user_device,omitempty"`
	UserOS     []TargetRef `json:"user_os,omitempty"`
}

// PlacementTargeting says where on the platform an ad may show.
type PlacementTargeting struct {
	AudienceNetworkPositions []string `json:"audience_network_positions,omitempty"`
	FacebookPositions        []string `json:"facebook_positions,omitempty"`
	InstagramPositions       []string `json:"instagram_positions,omitempty"`
	MessengerPositions       []string `json:"messenger_positions,omitempty"`
	Platforms                []string `json:"platforms,omitempty"`
}

// ContentTargeting says beside which content an ad may show.
type ContentTargeting struct {
	ExcludedKeywords []Keyword       `json:"excluded_keywords,omitempty"`
	ExcludedTopics   []TargetRef     `json:"excluded_topics,omitempty"`
	ExcludedURLs     []string        `json:"excluded_urls,omitempty"`
	Keywords         []Keyword       `json:"keywords,omitempty"`
	Topics           []TargetRef     `json:"topics,omitempty"`
	URLs             []string        `json:"urls,omitempty"`
	Video            *VideoTargeting `json:"video,omitempty"`
}

// VideoTargeting says in which videos an ad may show.
type VideoTargeting struct {
	Durations               []VideoDuration `json:"durations,omitempty"`
	ExcludedYoutubeChannels []string        `json:"excluded_youtube_channels,omitempty"`
	ExcludedYoutubeVideos   []string        `json:"excluded_youtube_videos,omitempty"`
	PlayerSizes             []PlayerSize    `json:"player_sizes,omitempty"`
	Positions               []VideoPosition `json:"positions,omitempty"`
	YoutubeChannels         []string        `json:"youtube_channels,omitempty"`
	YoutubeVideos           []string        `json:"youtube_videos,omitempty"`
}

// Keyword is a keyword and how it is matched.
type Keyword struct {
	MatchType MatchType `json:"match_type,omitempty"`
	Text      string    `json:"text,omitempty"`
}

// BrandSafety says where an ad must not show.
type BrandSafety struct {
	BlockListIDs                   []string              `json:"block_list_ids,omitempty"`
	BrandSafetyContentFilterLevels []string              `json:"brand_safety_content_filter_levels,omitempty"`
	ExcludedContentLabels          []string              `json:"excluded_content_labels,omitempty"`
	ExcludedPublisherCategories    []string              `json:"excluded_publisher_categories,omitempty"`
	PublisherVisibilityCategories  []PublisherVisibility `json:"publisher_visibility_categories,omitempty"`
}

// TargetingOptimization says how far the platform may widen the targeting.
type TargetingOptimization struct {
	AdvantageAudience                 *bool            `json:"advantage_audience,omitempty"`
	AdvantagePlacements               *bool            `json:"advantage_placements,omitempty"`
	Mode                              OptimizationMode `json:"mode,omitempty"`
	TargetingOptimizationExpansionAll *bool            `json:"targeting_optimization_expansion_all,omitempty"`
}

// Schedule is a part of the week, in the account's zone; EndHour is exclusive.
type Schedule struct {
	BidModifier *Decimal  `json:"bid_modifier,omitempty"`
	DayOfWeek   DayOfWeek `json:"day_of_week,omitempty"`
	EndHour     int64     `json:"end_hour"`
	EndMinute   *int64    `json:"end_minute,omitempty"`
	StartHour   int64     `json:"start_hour"`
	StartMinute *int64    `json:"start_minute,omitempty"`
}

// TargetRef points at a Target.
type TargetRef struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}
