package normalize

// Dimension is what a report is split by.
type Dimension string

// The values of Dimension.
const (
	DimensionDate             Dimension = "DATE"
	DimensionPlatform         Dimension = "PLATFORM"
	DimensionPlatformPosition Dimension = "PLATFORM_POSITION"
	DimensionDevice           Dimension = "DEVICE"
	DimensionHour             Dimension = "HOUR"
	DimensionWeek             Dimension = "WEEK"
	DimensionMonth            Dimension = "MONTH"
	DimensionCountry          Dimension = "COUNTRY"
	DimensionAge              Dimension = "AGE"
	DimensionGender           Dimension = "GENDER"
)

// DayOfWeek is an enumeration of the contract.
type DayOfWeek string

// The values of DayOfWeek.
const (
	DayOfWeekMonday    DayOfWeek = "MONDAY"
	DayOfWeekTuesday   DayOfWeek = "TUESDAY"
	DayOfWeekWednesday DayOfWeek = "WEDNESDAY"
	DayOfWeekThursday  DayOfWeek = "THURSDAY"
	DayOfWeekFriday    DayOfWeek = "FRIDAY"
	DayOfWeekSaturday  DayOfWeek = "SATURDAY"
	DayOfWeekSunday    DayOfWeek = "SUNDAY"
)

// PromotedType is the kind of a Promoted.
type PromotedType string

// The values of PromotedType.
const (
	PromotedTypePageID             PromotedType = "PAGE_ID"
	PromotedTypeAppID              PromotedType = "APP_ID"
	PromotedTypeStoreURL           PromotedType = "STORE_URL"
	PromotedTypePixelID            PromotedType = "PIXEL_ID"
	PromotedTypeCustomConversionID PromotedType = "CUSTOM_CONVERSION_ID"
	PromotedTypeCatalogID          PromotedType = "CATALOG_ID"
	PromotedTypeProductSetID       PromotedType = "PRODUCT_SET_ID"
	PromotedTypePrioritizedSetID   PromotedType = "PRIORITIZED_SET_ID"
	PromotedTypeEventID            PromotedType = "EVENT_ID"
	PromotedTypeOfferID            PromotedType = "OFFER_ID"
	PromotedTypeLeadFormID         PromotedType = "LEAD_FORM_ID"
	PromotedTypeMessagingChannelID PromotedType = "MESSAGING_CHANNEL_ID"
	PromotedTypeProductID          PromotedType = "PRODUCT_ID"
	PromotedTypeTweetID            PromotedType = "TWEET_ID"
	PromotedTypeAdGroupType        PromotedType = "AD_GROUP_TYPE"
)

// BudgetUnit says what a budget counts.
type BudgetUnit string

// The values of BudgetUnit.
const (
	BudgetUnitUnspecified BudgetUnit = "UNSPECIFIED"
	BudgetUnitCurrency    BudgetUnit = "CURRENCY"
	BudgetUnitImpressions BudgetUnit = "IMPRESSIONS"
)

// Status is the switch that the advertiser set.
type Status string

// The values of Status.
const (
	StatusUnspecified          Status = "UNSPECIFIED"
	StatusActive               Status = "ACTIVE"
	StatusPaused               Status = "PAUSED"
	StatusArchived             Status = "ARCHIVED"
	StatusDraft                Status = "DRAFT"
	StatusScheduledForDeletion Status = "SCHEDULED_FOR_DELETION"
	StatusProcessing           Status = "PROCESSING"
	StatusProcessingFailed     Status = "PROCESSING_FAILED"
)

// PacingPeriod is an enumeration of the contract.
type PacingPeriod string

// The values of PacingPeriod.
const (
	PacingPeriodUnspecified PacingPeriod = "UNSPECIFIED"
	PacingPeriodDaily       PacingPeriod = "DAILY"
	PacingPeriodFlight      PacingPeriod = "FLIGHT"
)

// GoalKPIType is an enumeration of the contract.
type GoalKPIType string

// The values of GoalKPIType.
const (
	GoalKPITypeUnspecified                   GoalKPIType = "UNSPECIFIED"
	GoalKPITypeCPM                           GoalKPIType = "CPM"
	GoalKPITypeCpc                           GoalKPIType = "CPC"
	GoalKPITypeCpa                           GoalKPIType = "CPA"
	GoalKPITypeCtr                           GoalKPIType = "CTR"
	GoalKPITypeViewability                   GoalKPIType = "VIEWABILITY"
	GoalKPITypeCpiavc                        GoalKPIType = "CPIAVC"
	GoalKPITypeCpe                           GoalKPIType = "CPE"
	GoalKPITypeCpv                           GoalKPIType = "CPV"
	GoalKPITypeClickCvr                      GoalKPIType = "CLICK_CVR"
	GoalKPITypeImpressionCvr                 GoalKPIType = "IMPRESSION_CVR"
	GoalKPITypeVcpm                          GoalKPIType = "VCPM"
	GoalKPITypeVtr                           GoalKPIType = "VTR"
	GoalKPITypeAudioCompletionRate           GoalKPIType = "AUDIO_COMPLETION_RATE"
	GoalKPITypeVideoCompletionRate           GoalKPIType = "VIDEO_COMPLETION_RATE"
	GoalKPITypeCpcl                          GoalKPIType = "CPCL"
	GoalKPITypeCpcv                          GoalKPIType = "CPCV"
	GoalKPITypeTos10                         GoalKPIType = "TOS10"
	GoalKPITypeMaximizePacing                GoalKPIType = "MAXIMIZE_PACING"
	GoalKPITypeCustomImpressionValueOverCost GoalKPIType = "CUSTOM_IMPRESSION_VALUE_OVER_COST"
	GoalKPITypeOther                         GoalKPIType = "OTHER"
)

// TimeUnit is an enumeration of the contract.
type TimeUnit string

// The values of TimeUnit.
const (
	TimeUnitUnspecified TimeUnit = "UNSPECIFIED"
	TimeUnitLifetime    TimeUnit = "LIFETIME"
	TimeUnitMonths      TimeUnit = "MONTHS"
	TimeUnitWeeks       TimeUnit = "WEEKS"
	TimeUnitDays        TimeUnit = "DAYS"
	TimeUnitHours       TimeUnit = "HOURS"
	TimeUnitMinutes     TimeUnit = "MINUTES"
)

// PerformanceGoalType is what a performance goal is measured in.
type PerformanceGoalType string

// The values of PerformanceGoalType.
const (
	PerformanceGoalTypeUnspecified PerformanceGoalType = "UNSPECIFIED"
	PerformanceGoalTypeCpa         PerformanceGoalType = "CPA"
	PerformanceGoalTypeCpc         PerformanceGoalType = "CPC"
	PerformanceGoalTypeViewableCPM PerformanceGoalType = "VIEWABLE_CPM"
	PerformanceGoalTypeCustomAlgo  PerformanceGoalType = "CUSTOM_ALGO"
	PerformanceGoalTypeCiva        PerformanceGoalType = "CIVA"
	PerformanceGoalTypeIvoTen      PerformanceGoalType = "IVO_TEN"
	PerformanceGoalTypeAvViewed    PerformanceGoalType = "AV_VIEWED"
	PerformanceGoalTypeReach       PerformanceGoalType = "REACH"
)

// BidStrategyType is the family of a bid strategy.
type BidStrategyType string

// The values of BidStrategyType.
const (
	BidStrategyTypeFixedBid           BidStrategyType = "FIXED_BID"
	BidStrategyTypeMaximizeSpend      BidStrategyType = "MAXIMIZE_SPEND"
	BidStrategyTypePerformanceGoal    BidStrategyType = "PERFORMANCE_GOAL"
	BidStrategyTypeYoutubeAndPartners BidStrategyType = "YOUTUBE_AND_PARTNERS"
)

// YoutubeAndPartnersType is an enumeration of the contract.
type YoutubeAndPartnersType string

// The values of YoutubeAndPartnersType.
const (
	YoutubeAndPartnersTypeUnspecified             YoutubeAndPartnersType = "UNSPECIFIED"
	YoutubeAndPartnersTypeManualCpv               YoutubeAndPartnersType = "MANUAL_CPV"
	YoutubeAndPartnersTypeManualCPM               YoutubeAndPartnersType = "MANUAL_CPM"
	YoutubeAndPartnersTypeTargetCpa               YoutubeAndPartnersType = "TARGET_CPA"
	YoutubeAndPartnersTypeTargetCPM               YoutubeAndPartnersType = "TARGET_CPM"
	YoutubeAndPartnersTypeReserveCPM              YoutubeAndPartnersType = "RESERVE_CPM"
	YoutubeAndPartnersTypeMaximizeLift            YoutubeAndPartnersType = "MAXIMIZE_LIFT"
	YoutubeAndPartnersTypeMaximizeConversions     YoutubeAndPartnersType = "MAXIMIZE_CONVERSIONS"
	YoutubeAndPartnersTypeTargetCpv               YoutubeAndPartnersType = "TARGET_CPV"
	YoutubeAndPartnersTypeTargetROAS              YoutubeAndPartnersType = "TARGET_ROAS"
	YoutubeAndPartnersTypeMaximizeConversionValue YoutubeAndPartnersType = "MAXIMIZE_CONVERSION_VALUE"
)

// TargetType is the kind of a Target.
type TargetType string

// The values of TargetType.
const (
	TargetTypeInterest    TargetType = "INTEREST"
	TargetTypeBehavior    TargetType = "BEHAVIOR"
	TargetTypeLocale      TargetType = "LOCALE"
	TargetTypeCountry     TargetType = "COUNTRY"
	TargetTypeRegion      TargetType = "REGION"
	TargetTypeCity        TargetType = "CITY"
	TargetTypeZip         TargetType = "ZIP"
	TargetTypeUSDma       TargetType = "US_DMA"
	TargetTypeTopic       TargetType = "TOPIC"
	TargetTypeUserList    TargetType = "USER_LIST"
	TargetTypeCarrier     TargetType = "CARRIER"
	TargetTypeDeviceModel TargetType = "DEVICE_MODEL"
	TargetTypeOSVersion   TargetType = "OS_VERSION"
)

// AssetType is the kind of an Asset.
type AssetType string

// The values of AssetType.
const (
	AssetTypeImage        AssetType = "IMAGE"
	AssetTypeVideo        AssetType = "VIDEO"
	AssetTypeYoutubeVideo AssetType = "YOUTUBE_VIDEO"
	AssetTypeMediaBundle  AssetType = "MEDIA_BUNDLE"
	AssetTypeText         AssetType = "TEXT"
)

// CreativeType is the form of a Creative.
type CreativeType string

// The values of CreativeType.
const (
	CreativeTypeUnspecified     CreativeType = "UNSPECIFIED"
	CreativeTypeStandard        CreativeType = "STANDARD"
	CreativeTypeExpandable      CreativeType = "EXPANDABLE"
	CreativeTypeVideo           CreativeType = "VIDEO"
	CreativeTypeNative          CreativeType = "NATIVE"
	CreativeTypeAudio           CreativeType = "AUDIO"
	CreativeTypePublisherHosted CreativeType = "PUBLISHER_HOSTED"
	CreativeTypeAssetBased      CreativeType = "ASSET_BASED"
	CreativeTypeImage           CreativeType = "IMAGE"
	CreativeTypeDocument        CreativeType = "DOCUMENT"
	CreativeTypeShare           CreativeType = "SHARE"
)

// HostingSource is an enumeration of the contract.
type HostingSource string

// The values of HostingSource.
const (
	HostingSourceUnspecified     HostingSource = "UNSPECIFIED"
	HostingSourceCm              HostingSource = "CM"
	HostingSourceThirdParty      HostingSource = "THIRD_PARTY"
	HostingSourceHosted          HostingSource = "HOSTED"
	HostingSourceRichMedia       HostingSource = "RICH_MEDIA"
	HostingSourcePublisherHosted HostingSource = "PUBLISHER_HOSTED"
)
