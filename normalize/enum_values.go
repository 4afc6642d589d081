package normalize

// Enums lists every enumeration of the contract by the name the contract gives it, with its values in the
// contract's order and ours after them. One Go type may serve several names.
func Enums() map[string][]string {
	return map[string][]string{
		"AdType":                      values(ChannelText, ChannelImage, ChannelVideo, ChannelResponsive, ChannelShopping, ChannelApp, ChannelCall, ChannelCarousel, ChannelSocial, ChannelDisplay, ChannelSearch, ChannelAudio, ChannelYoutube, ChannelNative, ChannelCtv, ChannelDooh, ChannelPerformanceMax),
		"AdsAdStatus":                 values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsAssetType":                values(AssetTypeImage, AssetTypeVideo, AssetTypeYoutubeVideo, AssetTypeMediaBundle, AssetTypeText),
		"AdsCampaignStatus":           values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsCreativeStatus":           values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsGroupBudgetPeriod":        values(BudgetPeriodDaily, BudgetPeriodMonthly, BudgetPeriodTotal, BudgetPeriodLifetime),
		"AdsGroupBudgetUnit":          values(BudgetUnitUnspecified, BudgetUnitCurrency, BudgetUnitImpressions),
		"AdsGroupEffectiveStatus":     values(EffectiveStatusUnspecified, EffectiveStatusServing, EffectiveStatusLimited, EffectiveStatusLearning, EffectiveStatusPaused, EffectiveStatusPending, EffectiveStatusEnded, EffectiveStatusMisconfigured, EffectiveStatusNotEligible, EffectiveStatusArchived, EffectiveStatusRemoved),
		"AdsGroupStatus":              values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsGroupType":                values(ChannelText, ChannelImage, ChannelVideo, ChannelResponsive, ChannelShopping, ChannelApp, ChannelCall, ChannelCarousel, ChannelSocial, ChannelDisplay, ChannelSearch, ChannelAudio, ChannelYoutube, ChannelNative, ChannelCtv, ChannelDooh, ChannelPerformanceMax),
		"AdsInsertionorderBudgetUnit": values(BudgetUnitUnspecified, BudgetUnitCurrency, BudgetUnitImpressions),
		"AdsInsertionorderStatus":     values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsOrganizationStatus":       values(StatusUnspecified, StatusActive, StatusPaused, StatusArchived, StatusDraft, StatusScheduledForDeletion, StatusProcessing, StatusProcessingFailed),
		"AdsPromotedType":             values(PromotedTypePageID, PromotedTypeAppID, PromotedTypeStoreURL, PromotedTypePixelID, PromotedTypeCustomConversionID, PromotedTypeCatalogID, PromotedTypeProductSetID, PromotedTypePrioritizedSetID, PromotedTypeEventID, PromotedTypeOfferID, PromotedTypeLeadFormID, PromotedTypeMessagingChannelID, PromotedTypeProductID, PromotedTypeTweetID, PromotedTypeAdGroupType),
		"AdsReportMetricsType":        metricNames(),
		"AdsTargetType":               values(TargetTypeInterest, TargetTypeBehavior, TargetTypeLocale, TargetTypeCountry, TargetTypeRegion, TargetTypeCity, TargetTypeZip, TargetTypeUSDma, TargetTypeTopic, TargetTypeUserList, TargetTypeCarrier, TargetTypeDeviceModel, TargetTypeOSVersion),
		"AdvertisingChannelType":      values(ChannelText, ChannelImage, ChannelVideo, ChannelResponsive, ChannelShopping, ChannelApp, ChannelCall, ChannelCarousel, ChannelSocial, ChannelDisplay, ChannelSearch, ChannelAudio, ChannelYoutube, ChannelNative, ChannelCtv, ChannelDooh, ChannelPerformanceMax),
		"BillingEvent":                values(BillingEventImpressions, BillingEventLinkClicks, BillingEventVideoViews, BillingEventAppInstalls, BillingEventEngagement, BillingEventPageLikes, BillingEventMessages, BillingEventPostEngagement, BillingEventPurchase, BillingEventNone),
		"BudgetAllocationType":        values(BudgetAllocationTypeUnspecified, BudgetAllocationTypeAutomatic, BudgetAllocationTypeFixed, BudgetAllocationTypeUnlimited),
		"BudgetPeriod":                values(BudgetPeriodDaily, BudgetPeriodMonthly, BudgetPeriodTotal, BudgetPeriodLifetime),
		"BudgetUnit":                  values(BudgetUnitUnspecified, BudgetUnitCurrency, BudgetUnitImpressions),
		"CreativeSelection":           values(CreativeSelectionOptimized, CreativeSelectionRoundRobin),
		"CreativeType":                values(CreativeTypeUnspecified, CreativeTypeStandard, CreativeTypeExpandable, CreativeTypeVideo, CreativeTypeNative, CreativeTypeAudio, CreativeTypePublisherHosted, CreativeTypeAssetBased, CreativeTypeImage, CreativeTypeDocument, CreativeTypeShare),
		"DayOfWeek":                   values(DayOfWeekMonday, DayOfWeekTuesday, DayOfWeekWednesday, DayOfWeekThursday, DayOfWeekFriday, DayOfWeekSaturday, DayOfWeekSunday),
		"Dimension":                   values(DimensionDate, DimensionPlatform, DimensionPlatformPosition, DimensionDevice, DimensionHour, DimensionWeek, DimensionMonth, DimensionCountry, DimensionAge, DimensionGender),
		"EffectiveStatus":             values(EffectiveStatusUnspecified, EffectiveStatusServing, EffectiveStatusLimited, EffectiveStatusLearning, EffectiveStatusPaused, EffectiveStatusPending, EffectiveStatusEnded, EffectiveStatusMisconfigured, EffectiveStatusNotEligible, EffectiveStatusArchived, EffectiveStatusRemoved),
		"Goal":                        values(GoalUnspecified, GoalBrandAwareness, GoalEngagement, GoalReach, GoalWebsiteTraffic, GoalLeads, GoalSales, GoalAppPromotion),
		"HostingSource":               values(HostingSourceUnspecified, HostingSourceCm, HostingSourceThirdParty, HostingSourceHosted, HostingSourceRichMedia, HostingSourcePublisherHosted),
		"MatchType":                   values(MatchTypeBroad, MatchTypePhrase, MatchTypeExact),
		"Mode":                        values(OptimizationModeTargeting, OptimizationModeObservation),
		"OptimizationGoal":            values(OptimizationGoalReach, OptimizationGoalImpressions, OptimizationGoalLinkClicks, OptimizationGoalLandingPageViews, OptimizationGoalConversions, OptimizationGoalLeadGeneration, OptimizationGoalAppInstalls, OptimizationGoalAppEngagement, OptimizationGoalVideoViews, OptimizationGoalEngagement, OptimizationGoalPageLikes, OptimizationGoalMessages),
		"PerformanceGoalType":         values(PerformanceGoalTypeUnspecified, PerformanceGoalTypeCpa, PerformanceGoalTypeCpc, PerformanceGoalTypeViewableCPM, PerformanceGoalTypeCustomAlgo, PerformanceGoalTypeCiva, PerformanceGoalTypeIvoTen, PerformanceGoalTypeAvViewed, PerformanceGoalTypeReach),
		"PresenceType":                values(PresenceTypePresence, PresenceTypePresenceOrInterest),
		"PropertyAdsCampaignKpiType":  values(GoalKPITypeUnspecified, GoalKPITypeCPM, GoalKPITypeCpc, GoalKPITypeCpa, GoalKPITypeCtr, GoalKPITypeViewability, GoalKPITypeCpiavc, GoalKPITypeCpe, GoalKPITypeCpv, GoalKPITypeClickCvr, GoalKPITypeImpressionCvr, GoalKPITypeVcpm, GoalKPITypeVtr, GoalKPITypeAudioCompletionRate, GoalKPITypeVideoCompletionRate, GoalKPITypeCpcl, GoalKPITypeCpcv, GoalKPITypeTos10, GoalKPITypeMaximizePacing, GoalKPITypeCustomImpressionValueOverCost, GoalKPITypeOther),
		"PropertyAdsCampaignTargetingBrandSafetyPublisherVisibilityCategories": values(PublisherVisibilitylimited, PublisherVisibilitystandard, PublisherVisibilityexpanded),
		"PropertyAdsCampaignTargetingContentVideoDurations":                    values(VideoDurationShort, VideoDurationMedium, VideoDurationLong),
		"PropertyAdsCampaignTargetingContentVideoPlayerSizes":                  values(PlayerSizeSmall, PlayerSizeLarge, PlayerSizeHd),
		"PropertyAdsCampaignTargetingContentVideoPositions":                    values(VideoPositionPreroll, VideoPositionMidroll, VideoPositionPostroll, VideoPositionInstream, VideoPositionOutstream),
		"PropertyAdsCampaignTargetingGeographicLocationTypes":                  values(LocationTypeHome, LocationTypeRecent, LocationTypeTravel),
		"PropertyAdsGroupBidStrategyType":                                      values(BidStrategyTypeFixedBid, BidStrategyTypeMaximizeSpend, BidStrategyTypePerformanceGoal, BidStrategyTypeYoutubeAndPartners),
		"PropertyAdsGroupFrequencyCapTimeUnit":                                 values(TimeUnitUnspecified, TimeUnitLifetime, TimeUnitMonths, TimeUnitWeeks, TimeUnitDays, TimeUnitHours, TimeUnitMinutes),
		"PropertyAdsGroupPacingPeriod":                                         values(PacingPeriodUnspecified, PacingPeriodDaily, PacingPeriodFlight),
		"PropertyAdsGroupTargetingBrandSafetyPublisherVisibilityCategories":    values(PublisherVisibilitylimited, PublisherVisibilitystandard, PublisherVisibilityexpanded),
		"PropertyAdsGroupTargetingContentVideoDurations":                       values(VideoDurationShort, VideoDurationMedium, VideoDurationLong),
		"PropertyAdsGroupTargetingContentVideoPlayerSizes":                     values(PlayerSizeSmall, PlayerSizeLarge, PlayerSizeHd),
		"PropertyAdsGroupTargetingContentVideoPositions":                       values(VideoPositionPreroll, VideoPositionMidroll, VideoPositionPostroll, VideoPositionInstream, VideoPositionOutstream),
		"PropertyAdsGroupTargetingGeographicLocationTypes":                     values(LocationTypeHome, LocationTypeRecent, LocationTypeTravel),
		"PropertyAdsGroupTargetingGeographicPresenceType":                      values(PresenceTypePresence, PresenceTypePresenceOrInterest),
		"PropertyAdsGroupTargetingOptimizationMode":                            values(OptimizationModeTargeting, OptimizationModeObservation),
		"PropertyAdsInsertionorderBidStrategyPerformanceGoalType":              values(PerformanceGoalTypeUnspecified, PerformanceGoalTypeCpa, PerformanceGoalTypeCpc, PerformanceGoalTypeViewableCPM, PerformanceGoalTypeCustomAlgo, PerformanceGoalTypeCiva, PerformanceGoalTypeIvoTen, PerformanceGoalTypeAvViewed, PerformanceGoalTypeReach),
		"PropertyAdsInsertionorderBidStrategyType":                             values(BidStrategyTypeFixedBid, BidStrategyTypeMaximizeSpend, BidStrategyTypePerformanceGoal, BidStrategyTypeYoutubeAndPartners),
		"PropertyAdsInsertionorderBidStrategyYoutubeAndPartnersType":           values(YoutubeAndPartnersTypeUnspecified, YoutubeAndPartnersTypeManualCpv, YoutubeAndPartnersTypeManualCPM, YoutubeAndPartnersTypeTargetCpa, YoutubeAndPartnersTypeTargetCPM, YoutubeAndPartnersTypeReserveCPM, YoutubeAndPartnersTypeMaximizeLift, YoutubeAndPartnersTypeMaximizeConversions, YoutubeAndPartnersTypeTargetCpv, YoutubeAndPartnersTypeTargetROAS, YoutubeAndPartnersTypeMaximizeConversionValue),
		"PropertyAdsInsertionorderFrequencyCapTimeUnit":                        values(TimeUnitUnspecified, TimeUnitLifetime, TimeUnitMonths, TimeUnitWeeks, TimeUnitDays, TimeUnitHours, TimeUnitMinutes),
		"PropertyAdsInsertionorderKpiType":                                     values(GoalKPITypeUnspecified, GoalKPITypeCPM, GoalKPITypeCpc, GoalKPITypeCpa, GoalKPITypeCtr, GoalKPITypeViewability, GoalKPITypeCpiavc, GoalKPITypeCpe, GoalKPITypeCpv, GoalKPITypeClickCvr, GoalKPITypeImpressionCvr, GoalKPITypeVcpm, GoalKPITypeVtr, GoalKPITypeAudioCompletionRate, GoalKPITypeVideoCompletionRate, GoalKPITypeCpcl, GoalKPITypeCpcv, GoalKPITypeTos10, GoalKPITypeMaximizePacing, GoalKPITypeCustomImpressionValueOverCost, GoalKPITypeOther),
		"PropertyAdsInsertionorderPacingPeriod":                                values(PacingPeriodUnspecified, PacingPeriodDaily, PacingPeriodFlight),
		"RadiusUnit":                                                           values(RadiusUnitMiles, RadiusUnitKilometers),
		"TimeUnit":                                                             values(TimeUnitUnspecified, TimeUnitLifetime, TimeUnitMonths, TimeUnitWeeks, TimeUnitDays, TimeUnitHours, TimeUnitMinutes),
		"YoutubeAndPartnersType":                                               values(YoutubeAndPartnersTypeUnspecified, YoutubeAndPartnersTypeManualCpv, YoutubeAndPartnersTypeManualCPM, YoutubeAndPartnersTypeTargetCpa, YoutubeAndPartnersTypeTargetCPM, YoutubeAndPartnersTypeReserveCPM, YoutubeAndPartnersTypeMaximizeLift, YoutubeAndPartnersTypeMaximizeConversions, YoutubeAndPartnersTypeTargetCpv, YoutubeAndPartnersTypeTargetROAS, YoutubeAndPartnersTypeMaximizeConversionValue),
	}
}

func values[T ~string](vs ...T) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = string(v)
	}
	return out
}
