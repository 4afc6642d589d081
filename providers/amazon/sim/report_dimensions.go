package sim

import "github.com/admux/admux/providers/internal/simkit"

// campaignBudget is a campaign's budget and its kind.
func campaignBudget(c *entity) (any, string) {
	if m, ok := c.fields["budget"].(obj); ok {
		return m["budget"], "DAILY_BUDGET"
	}
	if c.text("budgetType") == "LIFETIME" {
		return c.fields["budget"], "LIFETIME_BUDGET"
	}
	return c.fields["budget"], "DAILY_BUDGET"
}

// biddingWords are the report's words for the strategies (from memory).
var biddingWords = map[string]string{"LEGACY_FOR_SALES": "legacy", "AUTO_FOR_SALES": "optimizeForSales", "MANUAL": "manual", "RULE_BASED": "ruleBased"}

// dimensionColumns are what a row says of its entities: ids are numbers, whatever
// the product's own API spells them as.
var dimensionColumns = map[string]func(*row) any{
	"date":      func(r *row) any { return r.day.String() },
	"startDate": func(r *row) any { return r.rc.from.String() },
	"endDate":   func(r *row) any { return r.rc.to.String() },

	"campaignId":                       func(r *row) any { return r.campaign.id },
	"campaignName":                     func(r *row) any { return r.campaign.text("name") },
	"campaignStatus":                   func(r *row) any { return r.campaign.state },
	"campaignBudgetCurrencyCode":       func(r *row) any { return r.prof.currency },
	"campaignBudgetAmount":             func(r *row) any { v, _ := campaignBudget(r.campaign); return v },
	"campaignBudgetType":               func(r *row) any { _, v := campaignBudget(r.campaign); return v },
	"campaignRuleBasedBudgetAmount":    func(*row) any { return nil },
	"campaignApplicableBudgetRuleId":   func(*row) any { return nil },
	"campaignApplicableBudgetRuleName": func(*row) any { return nil },
	"campaignBiddingStrategy": func(r *row) any {
		m, _ := r.campaign.fields["dynamicBidding"].(obj)
		word, _ := m["strategy"].(string)
		return biddingWords[word]
	},
	"costType": func(r *row) any { return r.campaign.text("costType") },
	"portfolioId": func(r *row) any {
		if id, ok := r.campaign.fields["portfolioId"].(int64); ok {
			return id
		}
		if id, ok := idOf(r.campaign.fields["portfolioId"]); ok {
			return id
		}
		return nil
	},
	"placementClassification": func(r *row) any { return r.placement },
	// A percent, of what could have been had at the top.
	"topOfSearchImpressionShare":  func(r *row) any { return amount(int64(1+r.key%600) * simkit.Micro / 10) },
	"cumulativeReach":             func(r *row) any { return r.cell[mImpressions]*2/5 + 1 },
	"impressionsFrequencyAverage": func(*row) any { return amount(25 * simkit.Micro / 10) },
	"longTermSales":               func(*row) any { return nil },
	"longTermROAS":                func(*row) any { return nil },

	"adGroupId":       func(r *row) any { return r.group.id },
	"adGroupName":     func(r *row) any { return r.group.text("name") },
	"adStatus":        func(r *row) any { return r.group.state },
	"bidOptimization": func(r *row) any { return r.group.text("bidOptimization") },

	"adId":           func(r *row) any { return r.ad.id },
	"advertisedAsin": func(r *row) any { return r.ad.fields["asin"] },
	"advertisedSku":  func(r *row) any { return r.ad.fields["sku"] },
	"promotedAsin":   func(r *row) any { return r.ad.fields["asin"] },
	"promotedSku":    func(r *row) any { return r.ad.fields["sku"] },

	"keywordId": func(r *row) any {
		if r.rc.product == sb && r.target.text("keywordText") == "" {
			return nil
		}
		return r.target.id
	},
	"targetingId": func(r *row) any {
		if r.rc.product == sb && r.target.text("keywordText") != "" {
			return nil
		}
		return r.target.id
	},
	"keyword":             func(r *row) any { return r.targetingText() },
	"keywordText":         func(r *row) any { return r.targetingText() },
	"targeting":           func(r *row) any { return r.targetingText() },
	"targetingText":       func(r *row) any { return r.targetingText() },
	"targetingExpression": func(r *row) any { return r.targetingText() },
	"keywordType":         func(r *row) any { return r.keywordType() },
	"targetingType":       func(r *row) any { return r.keywordType() },
	"matchType":           func(r *row) any { return r.keywordType() },
	"adKeywordStatus":     func(r *row) any { return r.target.state },
	"keywordBid": func(r *row) any {
		if bid := r.target.fields["bid"]; bid != nil {
			return bid
		}
		return r.group.fields["defaultBid"]
	},
	"searchTerm":        func(r *row) any { return r.term },
	"matchedTargetAsin": func(*row) any { return nil },
	"marketplaceId":     func(*row) any { return nil },

	"invalidImpressions": func(*row) any { return int64(0) }, "invalidClickThroughs": func(*row) any { return int64(0) },
}
