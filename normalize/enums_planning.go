package normalize

// BillingEvent is what is paid for.
type BillingEvent string

// The values of BillingEvent.
const (
	BillingEventImpressions    BillingEvent = "IMPRESSIONS"
	BillingEventLinkClicks     BillingEvent = "LINK_CLICKS"
	BillingEventVideoViews     BillingEvent = "VIDEO_VIEWS"
	BillingEventAppInstalls    BillingEvent = "APP_INSTALLS"
	BillingEventEngagement     BillingEvent = "ENGAGEMENT"
	BillingEventPageLikes      BillingEvent = "PAGE_LIKES"
	BillingEventMessages       BillingEvent = "MESSAGES"
	BillingEventPostEngagement BillingEvent = "POST_ENGAGEMENT"
	BillingEventPurchase       BillingEvent = "PURCHASE"
	BillingEventNone           BillingEvent = "NONE"
)

// BudgetAllocationType is an enumeration of the contract.
type BudgetAllocationType string

// The values of BudgetAllocationType.
const (
	BudgetAllocationTypeUnspecified BudgetAllocationType = "UNSPECIFIED"
	BudgetAllocationTypeAutomatic   BudgetAllocationType = "AUTOMATIC"
	BudgetAllocationTypeFixed       BudgetAllocationType = "FIXED"
	BudgetAllocationTypeUnlimited   BudgetAllocationType = "UNLIMITED"
)

// BudgetPeriod is the time that a budget is for.
type BudgetPeriod string

// The values of BudgetPeriod.
const (
	BudgetPeriodDaily    BudgetPeriod = "DAILY"
	BudgetPeriodMonthly  BudgetPeriod = "MONTHLY"
	BudgetPeriodTotal    BudgetPeriod = "TOTAL"
	BudgetPeriodLifetime BudgetPeriod = "LIFETIME"
)

// CreativeSelection says how creatives of a group are rotated.
type CreativeSelection string

// The values of CreativeSelection.
const (
	CreativeSelectionOptimized  CreativeSelection = "OPTIMIZED"
	CreativeSelectionRoundRobin CreativeSelection = "ROUND_ROBIN"
)

// EffectiveStatus is what happens to an object, its parents and the platform's review considered.
type EffectiveStatus string

// The values of EffectiveStatus.
const (
	EffectiveStatusUnspecified   EffectiveStatus = "UNSPECIFIED"
	EffectiveStatusServing       EffectiveStatus = "SERVING"
	EffectiveStatusLimited       EffectiveStatus = "LIMITED"
	EffectiveStatusLearning      EffectiveStatus = "LEARNING"
	EffectiveStatusPaused        EffectiveStatus = "PAUSED"
	EffectiveStatusPending       EffectiveStatus = "PENDING"
	EffectiveStatusEnded         EffectiveStatus = "ENDED"
	EffectiveStatusMisconfigured EffectiveStatus = "MISCONFIGURED"
	EffectiveStatusNotEligible   EffectiveStatus = "NOT_ELIGIBLE"
	EffectiveStatusArchived      EffectiveStatus = "ARCHIVED"
	EffectiveStatusRemoved       EffectiveStatus = "REMOVED"
)

// OptimizationGoal is the event that delivery is tuned to.
type OptimizationGoal string

// The values of OptimizationGoal.
const (
	OptimizationGoalReach            OptimizationGoal = "REACH"
	OptimizationGoalImpressions      OptimizationGoal = "IMPRESSIONS"
	OptimizationGoalLinkClicks       OptimizationGoal = "LINK_CLICKS"
	OptimizationGoalLandingPageViews OptimizationGoal = "LANDING_PAGE_VIEWS"
	OptimizationGoalConversions      OptimizationGoal = "CONVERSIONS"
	OptimizationGoalLeadGeneration   OptimizationGoal = "LEAD_GENERATION"
	OptimizationGoalAppInstalls      OptimizationGoal = "APP_INSTALLS"
	OptimizationGoalAppEngagement    OptimizationGoal = "APP_ENGAGEMENT"
	OptimizationGoalVideoViews       OptimizationGoal = "VIDEO_VIEWS"
	OptimizationGoalEngagement       OptimizationGoal = "ENGAGEMENT"
	OptimizationGoalPageLikes        OptimizationGoal = "PAGE_LIKES"
	OptimizationGoalMessages         OptimizationGoal = "MESSAGES"
)

// Channel is the kind of inventory or format of a campaign, group or ad.
type Channel string

// The values of Channel.
const (
	ChannelText           Channel = "TEXT"
	ChannelImage          Channel = "IMAGE"
	ChannelVideo          Channel = "VIDEO"
	ChannelResponsive     Channel = "RESPONSIVE"
	ChannelShopping       Channel = "SHOPPING"
	ChannelApp            Channel = "APP"
	ChannelCall           Channel = "CALL"
	ChannelCarousel       Channel = "CAROUSEL"
	ChannelSocial         Channel = "SOCIAL"
	ChannelDisplay        Channel = "DISPLAY"
	ChannelSearch         Channel = "SEARCH"
	ChannelAudio          Channel = "AUDIO"
	ChannelYoutube        Channel = "YOUTUBE"
	ChannelNative         Channel = "NATIVE"
	ChannelCtv            Channel = "CTV"
	ChannelDooh           Channel = "DOOH"
	ChannelPerformanceMax Channel = "PERFORMANCE_MAX"
)

// OptimizationMode is an enumeration of the contract.
type OptimizationMode string

// The values of OptimizationMode.
const (
	OptimizationModeTargeting   OptimizationMode = "TARGETING"
	OptimizationModeObservation OptimizationMode = "OBSERVATION"
)

// LocationType is an enumeration of the contract.
type LocationType string

// The values of LocationType.
const (
	LocationTypeHome   LocationType = "HOME"
	LocationTypeRecent LocationType = "RECENT"
	LocationTypeTravel LocationType = "TRAVEL"
)

// PresenceType is an enumeration of the contract.
type PresenceType string

// The values of PresenceType.
const (
	PresenceTypePresence           PresenceType = "PRESENCE"
	PresenceTypePresenceOrInterest PresenceType = "PRESENCE_OR_INTEREST"
)

// RadiusUnit is an enumeration of the contract.
type RadiusUnit string

// The values of RadiusUnit.
const (
	RadiusUnitMiles      RadiusUnit = "MILES"
	RadiusUnitKilometers RadiusUnit = "KILOMETERS"
)

// VideoDuration is an enumeration of the contract.
type VideoDuration string

// The values of VideoDuration.
const (
	VideoDurationShort  VideoDuration = "SHORT"
	VideoDurationMedium VideoDuration = "MEDIUM"
	VideoDurationLong   VideoDuration = "LONG"
)

// PlayerSize is an enumeration of the contract.
type PlayerSize string

// The values of PlayerSize.
const (
	PlayerSizeSmall PlayerSize = "SMALL"
	PlayerSizeLarge PlayerSize = "LARGE"
	PlayerSizeHd    PlayerSize = "HD"
)

// VideoPosition is an enumeration of the contract.
type VideoPosition string

// The values of VideoPosition.
const (
	VideoPositionPreroll   VideoPosition = "PREROLL"
	VideoPositionMidroll   VideoPosition = "MIDROLL"
	VideoPositionPostroll  VideoPosition = "POSTROLL"
	VideoPositionInstream  VideoPosition = "INSTREAM"
	VideoPositionOutstream VideoPosition = "OUTSTREAM"
)

// MatchType is an enumeration of the contract.
type MatchType string

// The values of MatchType.
const (
	MatchTypeBroad  MatchType = "BROAD"
	MatchTypePhrase MatchType = "PHRASE"
	MatchTypeExact  MatchType = "EXACT"
)

// Goal is what a campaign is bought for.
type Goal string

// The values of Goal.
const (
	GoalUnspecified    Goal = "UNSPECIFIED"
	GoalBrandAwareness Goal = "BRAND_AWARENESS"
	GoalEngagement     Goal = "ENGAGEMENT"
	GoalReach          Goal = "REACH"
	GoalWebsiteTraffic Goal = "WEBSITE_TRAFFIC"
	GoalLeads          Goal = "LEADS"
	GoalSales          Goal = "SALES"
	GoalAppPromotion   Goal = "APP_PROMOTION"
)

// PublisherVisibility is an enumeration of the contract.
type PublisherVisibility string

// The values of PublisherVisibility.
const (
	PublisherVisibilitylimited  PublisherVisibility = "limited"
	PublisherVisibilitystandard PublisherVisibility = "standard"
	PublisherVisibilityexpanded PublisherVisibility = "expanded"
)
