package sim

// The levels that a kind of object stands on.
const (
	levelTop = iota
	levelCampaign
	levelGroup
	levelBelow // needs an ad group
)

// kind is one kind of object and its endpoint.
type kind struct {
	name, product string
	level         int
	noCampaign    bool // does not show its campaign
	path, media   string
	wrapper, item string
	idField       string
	successID     string // what a success item calls the id
	ownFilter     string
	filters       []string // beside own id, maxResults, nextToken, includeExtendedDataFields
	counter       string
	numbers       bool // ids are JSON numbers, states lower case
	most          int  // items of a write
	page          int  // elements of a list
	filterMost    int  // own ids of a filter
	base          int64

	create, update, required []string
}

// The first numbers of what the neutral world does not number itself. Products
// share them on purpose: a keyword of Sponsored Products and a target of
// Sponsored Display may have one number.
const (
	firstTarget    = 110411112222333
	firstPortfolio = 69611112222333
	firstCreative  = 873100000000000591
)

func kindTable() map[string]*kind {
	out := map[string]*kind{}
	for _, k := range append(append(spKinds(), sbKinds()...), sdKinds()...) {
		out[k.name] = k
	}
	return out
}

func spKinds() []*kind {
	parents := []string{"campaignIdFilter", "adGroupIdFilter", "stateFilter"}
	list := []*kind{
		{name: "sp.campaign", level: levelCampaign, path: "campaigns", media: "spCampaign", item: "campaign", idField: "campaignId", ownFilter: "campaignIdFilter",
			filters:  []string{"nameFilter", "portfolioIdFilter", "stateFilter", "marketplaceBudgetAllocationFilter"},
			create:   []string{"name", "state", "targetingType", "budget", "dynamicBidding", "startDate", "endDate", "portfolioId", "tags", "siteRestrictions", "offAmazonSettings", "autoManageCampaign"},
			update:   []string{"name", "state", "targetingType", "budget", "dynamicBidding", "startDate", "endDate", "portfolioId", "tags", "siteRestrictions", "offAmazonSettings"},
			required: []string{"name", "state", "targetingType", "budget"}},
		{name: "sp.adGroup", level: levelGroup, path: "adGroups", media: "spAdGroup", item: "adGroup", idField: "adGroupId", ownFilter: "adGroupIdFilter",
			filters: []string{"campaignIdFilter", "campaignTargetingTypeFilter", "nameFilter", "stateFilter"},
			create:  []string{"name", "state", "defaultBid"}, update: []string{"name", "state", "defaultBid"}, required: []string{"name", "state", "defaultBid"}},
		{name: "sp.productAd", level: levelBelow, path: "productAds", media: "spProductAd", item: "productAd", idField: "adId", ownFilter: "adIdFilter", filters: parents,
			create: []string{"state", "asin", "sku", "customText", "globalStoreSetting"}, update: []string{"state"}, required: []string{"state"}},
		{name: "sp.keyword", level: levelBelow, path: "keywords", media: "spKeyword", item: "keyword", idField: "keywordId", ownFilter: "keywordIdFilter", base: firstTarget,
			filters: append([]string{"keywordTextFilter", "matchTypeFilter", "locale"}, parents...),
			create:  []string{"state", "keywordText", "matchType", "bid", "nativeLanguageKeyword", "nativeLanguageLocale"}, update: []string{"state", "bid"}, required: []string{"state", "keywordText", "matchType"}},
		{name: "sp.negativeKeyword", level: levelBelow, path: "negativeKeywords", media: "spNegativeKeyword", item: "negativeKeyword", idField: "keywordId", successID: "negativeKeywordId", ownFilter: "negativeKeywordIdFilter", base: firstTarget,
			filters: append([]string{"negativeKeywordTextFilter", "matchTypeFilter", "locale"}, parents...),
			create:  []string{"state", "keywordText", "matchType", "nativeLanguageKeyword", "nativeLanguageLocale"}, update: []string{"state"}, required: []string{"state", "keywordText", "matchType"}},
		{name: "sp.campaignNegativeKeyword", level: levelGroup, path: "campaignNegativeKeywords", media: "spCampaignNegativeKeyword", item: "campaignNegativeKeyword", idField: "keywordId", successID: "campaignNegativeKeywordId", ownFilter: "campaignNegativeKeywordIdFilter", base: firstTarget,
			filters: []string{"campaignIdFilter", "stateFilter", "matchTypeFilter", "campaignNegativeKeywordTextFilter", "locale"},
			create:  []string{"state", "keywordText", "matchType"}, update: []string{"state"}, required: []string{"state", "keywordText", "matchType"}},
		{name: "sp.target", level: levelBelow, path: "targets", media: "spTargetingClause", wrapper: "targetingClauses", item: "targetingClause", idField: "targetId", ownFilter: "targetIdFilter", base: firstTarget,
			filters: append([]string{"asinFilter", "expressionTypeFilter"}, parents...),
			create:  []string{"state", "expression", "expressionType", "bid"}, update: []string{"state", "expression", "expressionType", "bid"}, required: []string{"state", "expression", "expressionType"}},
		{name: "sp.negativeTarget", level: levelBelow, path: "negativeTargets", media: "spNegativeTargetingClause", wrapper: "negativeTargetingClauses", item: "negativeTargetingClause", idField: "targetId", ownFilter: "negativeTargetIdFilter", base: firstTarget,
			filters: append([]string{"asinFilter"}, parents...), create: []string{"state", "expression"}, update: []string{"state", "expression"}, required: []string{"state", "expression"}},
		{name: "sp.campaignNegativeTarget", level: levelGroup, path: "campaignNegativeTargets", media: "spCampaignNegativeTargetingClause", wrapper: "campaignNegativeTargetingClauses", item: "campaignNegativeTargetingClause", idField: "targetId", successID: "campaignNegativeTargetingClauseId", ownFilter: "campaignNegativeTargetIdFilter", base: firstTarget,
			filters: []string{"asinFilter", "campaignIdFilter", "stateFilter"}, create: []string{"state", "expression"}, update: []string{"state", "expression"}, required: []string{"state", "expression"}},
	}
	for _, k := range list {
		if k.wrapper == "" {
			k.wrapper = k.path
		}
		k.product, k.path, k.media, k.counter = sp, "/sp/"+k.path, "application/vnd."+k.media+".v3+json", "totalResults"
		k.most, k.page, k.filterMost = 1000, 500, 1000
	}
	return append(list, &kind{name: "portfolio", level: levelTop, path: "/portfolios", media: "application/vnd.spPortfolio.v3+json", wrapper: "portfolios", item: "portfolio",
		idField: "portfolioId", ownFilter: "portfolioIdFilter", filters: []string{"nameFilter", "stateFilter"}, counter: "totalResults", most: 100, page: 100, filterMost: 100, base: firstPortfolio,
		create: []string{"name", "state", "budget", "budgetControls"}, update: []string{"name", "state", "budget", "budgetControls"}, required: []string{"name", "state"}})
}

func sbKinds() []*kind {
	list := []*kind{
		{name: "sb.campaign", level: levelCampaign, path: "campaigns", media: "sbcampaignresource", item: "campaign", idField: "campaignId", ownFilter: "campaignIdFilter", counter: "totalCount",
			filters:  []string{"nameFilter", "portfolioIdFilter", "stateFilter"},
			create:   []string{"name", "state", "budgetType", "budget", "startDate", "endDate", "brandEntityId", "costType", "goal", "smartDefault", "bidding", "portfolioId", "productLocation", "tags", "siteRestrictions", "targetedPGDealId"},
			update:   []string{"name", "state", "budget", "startDate", "endDate", "bidding", "portfolioId", "tags"},
			required: []string{"name", "state", "budget", "budgetType"}},
		{name: "sb.adGroup", level: levelGroup, path: "adGroups", media: "sbadgroupresource", item: "adGroup", idField: "adGroupId", ownFilter: "adGroupIdFilter", counter: "totalResults",
			filters: []string{"campaignIdFilter", "nameFilter", "stateFilter"}, create: []string{"name", "state"}, update: []string{"name", "state"}, required: []string{"name", "state"}},
		{name: "sb.ad", level: levelBelow, path: "ads", media: "sbadresource", item: "ad", idField: "adId", ownFilter: "adIdFilter", counter: "totalResults",
			filters: []string{"adGroupIdFilter", "campaignIdFilter", "nameFilter", "stateFilter"}, create: []string{"name", "state", "creative", "landingPage"}, update: []string{"name", "state"}, required: []string{"name", "state", "creative"}},
	}
	for _, k := range list {
		k.wrapper, k.product, k.path, k.media = k.path, sb, "/sb/v4/"+k.path, "application/vnd."+k.media+".v4+json"
		k.most, k.page, k.filterMost = 10, 100, 10
	}
	third := []*kind{
		{name: "sb.keyword", path: "/sb/keywords", idField: "keywordId", media: "application/vnd.sbkeyword.v3.2+json", create: []string{"keywordText", "matchType", "bid", "nativeLanguageKeyword"}, update: []string{"bid", "state"}, required: []string{"keywordText", "matchType"}},
		{name: "sb.negativeKeyword", path: "/sb/negativeKeywords", idField: "keywordId", media: "application/vnd.sbnegativekeyword.v3+json", create: []string{"keywordText", "matchType"}, update: []string{"state"}, required: []string{"keywordText", "matchType"}},
		{name: "sb.target", path: "/sb/targets", idField: "targetId", wrapper: "targets", create: []string{"expressions", "bid"}, update: []string{"bid", "state"}, required: []string{"expressions"}},
		{name: "sb.negativeTarget", path: "/sb/negativeTargets", idField: "targetId", wrapper: "negativeTargets", create: []string{"expressions"}, update: []string{"state"}, required: []string{"expressions"}},
		{name: "sb.theme", path: "/sb/themes", idField: "themeId", wrapper: "themes", create: []string{"themeType", "bid"}, update: []string{"bid", "state"}, required: []string{"themeType"}},
	}
	for _, k := range third {
		k.level, k.product, k.numbers, k.most, k.page, k.base = levelBelow, sb, true, 100, 100, firstTarget
	}
	return append(list, third...)
}

func sdKinds() []*kind {
	list := []*kind{
		{name: "sd.campaign", level: levelCampaign, path: "campaigns", idField: "campaignId",
			create: []string{"name", "tactic", "budgetType", "budget", "startDate", "endDate", "costType", "state", "portfolioId"},
			update: []string{"name", "budgetType", "budget", "startDate", "endDate", "costType", "state", "portfolioId"}, required: []string{"name", "tactic"}},
		{name: "sd.adGroup", level: levelGroup, path: "adGroups", idField: "adGroupId", create: []string{"name", "defaultBid", "bidOptimization", "state", "creativeType"},
			update: []string{"name", "defaultBid", "bidOptimization", "state"}, required: []string{"name", "state"}},
		{name: "sd.productAd", level: levelBelow, path: "productAds", idField: "adId", create: []string{"state", "asin", "sku", "landingPageURL", "landingPageType", "adName"}, update: []string{"state"}, required: []string{"state"}},
		{name: "sd.target", level: levelBelow, path: "targets", idField: "targetId", base: firstTarget, create: []string{"state", "expression", "expressionType", "bid"}, update: []string{"state", "bid"}, required: []string{"expression", "expressionType"}},
		{name: "sd.negativeTarget", level: levelBelow, path: "negativeTargets", idField: "targetId", base: firstTarget, noCampaign: true, create: []string{"state", "expression", "expressionType"}, update: []string{"state"}, required: []string{"expression", "expressionType", "state"}},
		{name: "sd.location", level: levelBelow, path: "locations", idField: "locationExpressionId", base: firstTarget, noCampaign: true, create: []string{"state", "expression"}, required: []string{"expression", "state"}},
		{name: "sd.creative", level: levelBelow, path: "creatives", idField: "creativeId", base: firstCreative, noCampaign: true, create: []string{"creativeType", "properties", "consentToTranslate"}, update: []string{"creativeType", "properties"}, required: []string{"properties"}},
	}
	for _, k := range list {
		k.product, k.path, k.numbers, k.most, k.page = sd, "/sd/"+k.path, true, 100, 100
	}
	return list
}
