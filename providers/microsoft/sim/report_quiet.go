package sim

import (
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// Columns of things that do not happen in the simulated world: no phone calls,
// app installs, sales or new customers, no assists.
const (
	quietTexts = `AdDescription2 AdStrength AdStrengthActionItems BidStrategyType BudgetAssociationStatus BudgetStatus CustomParameters
FinalAppUrl FinalMobileUrl KeywordLabels Neighborhood ProximityTargetLocation Radius QueryIntentCity QueryIntentCountry QueryIntentCounty
QueryIntentDMA QueryIntentLocationId QueryIntentNeighborhood QueryIntentPostalCode QueryIntentState`
	quietRatios = `AverageWatchTimePerImpression CPI CPP CPS ConversionDelay CostPerAssist CostPerDownload CostPerInstall CostPerSale FirstPageBid
Mainline1Bid MainlineBid NewCustomerCPA NewCustomerConversionRate NewCustomerReturnOnAdSpend PostClickDownloadRate PostClickInstallRate
PostInstallPurchaseRate PostInstallSubscriptionRate QualityImpact RelativeCtr RevenuePerAssist RevenuePerInstall RevenuePerSale ViewThroughRate`
	quietCounts = `Installs LowQualityGeneralClicks LowQualitySophisticatedClicks NewCustomerCount Sales Subscriptions`
	quietMoney  = `LowQualityConversionsQualified NewCustomerConversions NewCustomerRevenue NewCustomerSpend UnknownCustomerConversions UnknownCustomerRevenue`
	quietRates  = `LowQualityClicksPercent LowQualityImpressionsPercent LowQualityConversionRate`
	quietScores = `HistoricalAdRelevance HistoricalExpectedCtr HistoricalLandingPageExperience HistoricalQualityScore`
)

// quiet is such a column, or one that follows its report's own level.
func (sp *reportSpec) quiet(name string) (*column, bool) {
	in := func(list string) bool { return slices.Contains(strings.Fields(list), name) }
	switch {
	case name == "TrackingTemplate" || name == "FinalUrlSuffix":
		return sp.ownText(name), true
	case in(quietTexts):
		return &column{name: name, attr: func(*unit) string { return "" }}, true
	case in(quietRatios):
		return &column{name: name, measure: constant("")}, true
	case in(quietCounts):
		return &column{name: name, measure: zero}, true
	case in(quietMoney):
		return &column{name: name, measure: constant("0.00")}, true
	case in(quietRates):
		return &column{name: name, measure: constant("0.00%")}, true
	case in(quietScores):
		return &column{name: name, measure: constant("--")}, true
	case name == "AllCostPerConversion":
		return &column{name: name, measure: per(func(f *simkit.Fact) int64 { return cost(f) / 10_000 }, allRounded, 1, false)}, true
	case name == "AllRevenuePerConversion":
		return &column{name: name, measure: per(func(f *simkit.Fact) int64 { return revenue(f) / 10_000 }, allRounded, 1, false)}, true
	}
	return nil, false
}

func allRounded(f *simkit.Fact) int64 { return half(all(f), simkit.Micro) }

// ownText is a text of what the report is about.
func (sp *reportSpec) ownText(name string) *column {
	prop := name
	if name == "TrackingTemplate" {
		prop = "TrackingUrlTemplate"
	}
	c := &column{name: name}
	switch sp.kind {
	case "CampaignPerformanceReport":
		c.level, c.attr = byCampaign, func(u *unit) string { return u.camp.str(prop) }
	case "AdPerformanceReport":
		c.level, c.attr = byAd, func(u *unit) string { return u.ad.str(prop) }
	default:
		c.level, c.attr = byGroup, func(u *unit) string { return u.group.str(prop) }
	}
	return c
}
