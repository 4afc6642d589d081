package sim

import (
	"encoding/json"
	"slices"
	"strings"
)

// fields checks an item's values; e is what it changes, nil for a new one.
func (x *check) fields(e *entity) {
	x.name()
	switch x.c.kind.name {
	case "sp.campaign":
		x.dates(e)
		x.spCampaign(e)
	case "sb.campaign":
		x.dates(e)
		x.sbCampaign(e)
	case "sd.campaign":
		x.dates(e)
		x.sdCampaign()
	case "sp.adGroup", "sd.adGroup":
		x.bid("defaultBid")
	case "sp.productAd", "sd.productAd":
		x.product(e)
	case "sp.keyword", "sp.negativeKeyword", "sp.campaignNegativeKeyword", "sb.keyword", "sb.negativeKeyword":
		x.bid("bid")
		x.keyword(e)
	case "sp.target", "sp.negativeTarget", "sp.campaignNegativeTarget":
		x.bid("bid")
		x.expression(e)
	case "sb.target", "sb.theme", "sd.target":
		x.bid("bid")
	case "portfolio":
		x.portfolioBudget()
	}
	if v, ok := x.in["portfolioId"]; ok && v != nil {
		if id, ok := idOf(v); !ok || x.c.prof.find("portfolio", id) == nil {
			x.add("entityNotFoundError", "ENTITY_NOT_FOUND", "portfolioId", v, "Portfolio not found", "entityId", v)
		}
	}
}

func (x *check) spCampaign(e *entity) {
	if t := x.text("targetingType"); t != "" {
		switch {
		case t != "AUTO" && t != "MANUAL":
			x.add("rangeError", "INVALID_ENUM_VALUE", "targetingType", t, "Not a targeting type", "allowed", []any{"AUTO", "MANUAL"})
		case e != nil && e.text("targetingType") != t:
			x.add("unsupportedOperationError", "UNSUPPORTED_OPERATION", "targetingType", t, "The targeting type cannot be changed")
		}
	}
	if b, ok := x.in["budget"].(obj); ok {
		if b["budgetType"] != "DAILY" {
			x.add("rangeError", "INVALID_ENUM_VALUE", "budget.budgetType", b["budgetType"], "Not a budget type", "allowed", []any{"DAILY"})
		}
		l := x.limits().Budgets["SP"]
		x.between("budget.budget", b["budget"], l[0], l[1], [2]string{"budgetError", "BUDGET_TOO_HIGH"})
	}
	d, ok := x.in["dynamicBidding"].(obj)
	if !ok {
		return
	}
	if s, _ := d["strategy"].(string); !slices.Contains([]string{"AUTO_FOR_SALES", "LEGACY_FOR_SALES", "MANUAL", "RULE_BASED"}, s) {
		x.add("missingValueError", "MISSING_VALUE", "dynamicBidding.strategy", nil, "strategy is required once dynamicBidding is given")
	}
	list, _ := d["placementBidding"].([]any)
	for _, v := range list {
		m, _ := v.(obj)
		if p, _ := m["placement"].(string); !slices.Contains([]string{"PLACEMENT_TOP", "PLACEMENT_PRODUCT_PAGE", "PLACEMENT_REST_OF_SEARCH", "SITE_AMAZON_BUSINESS"}, p) {
			x.add("biddingError", "BID_INVALID_PLACEMENT", "dynamicBidding.placementBidding", p, "Not a placement")
		}
		x.between("dynamicBidding.placementBidding.percentage", m["percentage"], 0, 900, [2]string{"rangeError", "TOO_HIGH"})
	}
}

func (x *check) sbCampaign(e *entity) {
	kind := x.text("budgetType")
	if e != nil {
		kind = e.text("budgetType")
	}
	if v, ok := x.in["budget"]; ok {
		l := x.limits().Budgets["SB"]
		lo, hi := l[0], l[1]
		if kind == "LIFETIME" {
			lo, hi = l[2], l[3]
		}
		x.between("budget", v, lo, hi, [2]string{"budgetError", "BUDGET_TOO_HIGH"})
	}
	if b, ok := x.in["bidding"].(obj); ok && b["bidOptimization"] == true && b["bidAdjustmentsByPlacement"] != nil {
		x.add("biddingError", "BID_INVALID_PLACEMENT", "bidding.bidAdjustmentsByPlacement", nil, "Adjustments need bidOptimization false")
	}
	if e != nil {
		return
	}
	switch {
	case kind != "DAILY" && kind != "LIFETIME":
		x.add("rangeError", "INVALID_ENUM_VALUE", "budgetType", kind, "Not a budget type", "allowed", []any{"DAILY", "LIFETIME"})
	case kind == "LIFETIME" && x.text("endDate") == "":
		x.add("missingValueError", "MISSING_VALUE", "endDate", nil, "A lifetime budget needs an end date") // from memory
	}
	if x.c.prof.kind == "seller" && x.text("brandEntityId") != x.c.prof.brand {
		x.add("missingValueError", "MISSING_VALUE", "brandEntityId", nil, "brandEntityId of one of the seller's brands is required")
	}
	if t := x.text("costType"); t != "" && !slices.Contains([]string{"CPC", "VCPM", "FIXED_PRICE"}, t) {
		x.add("rangeError", "INVALID_ENUM_VALUE", "costType", t, "Not a cost type", "allowed", []any{"CPC", "VCPM", "FIXED_PRICE"})
	}
	if t := x.text("goal"); t != "" && t != "PAGE_VISIT" && t != "BRAND_IMPRESSION_SHARE" {
		x.add("rangeError", "INVALID_ENUM_VALUE", "goal", t, "Not a goal", "allowed", []any{"PAGE_VISIT", "BRAND_IMPRESSION_SHARE"})
	}
}

func (x *check) sdCampaign() {
	if t := x.text("tactic"); t != "" && t != "T00020" && t != "T00030" {
		x.add("rangeError", "INVALID_ENUM_VALUE", "tactic", t, "tactic must be T00020 or T00030")
	}
	if t := x.text("costType"); t != "" && t != "cpc" && t != "vcpm" {
		x.add("rangeError", "INVALID_ENUM_VALUE", "costType", t, "costType must be cpc or vcpm")
	}
	v, ok := x.in["budget"]
	if !ok {
		return
	}
	if t, isText := v.(string); isText { // numeric texts are taken on write
		v = json.Number(t)
		x.in["budget"] = v
	}
	l := x.limits().Budgets["SD"]
	x.between("budget", v, l[0], l[1], [2]string{"rangeError", "TOO_HIGH"})
}

// product: sellers name a SKU, vendors an ASIN.
func (x *check) product(e *entity) {
	if e != nil {
		return
	}
	p, sku, asin := x.c.prof, x.text("sku"), x.text("asin")
	switch {
	case x.c.kind.product == sd && x.text("landingPageURL") != "":
		if x.text("landingPageType") == "" || x.text("adName") == "" {
			x.add("missingValueError", "MISSING_VALUE", "landingPageType", nil, "landingPageType and adName go with landingPageURL")
		}
	case p.kind == "seller" && (sku == "" || asin != "" || p.asins[sku] == ""):
		x.add("productIdentifierError", "INVALID_SKU", "sku", sku, "A seller's ad needs one of the seller's SKUs")
	case p.kind != "seller" && (asin == "" || sku != "" || len(asin) != 10 || asin[0] != 'B'):
		x.add("productIdentifierError", "INVALID_ASIN", "asin", asin, "A vendor's ad needs an ASIN")
	}
}

func (x *check) keyword(e *entity) {
	if e != nil {
		return
	}
	k := x.c.kind
	text, match := x.text("keywordText"), x.text("matchType")
	allowed := []string{"BROAD", "PHRASE", "EXACT"}
	switch {
	case k.name == "sb.keyword":
		allowed = []string{"broad", "phrase", "exact"}
	case k.name == "sb.negativeKeyword":
		allowed = []string{"negativeExact", "negativePhrase"}
	case k.name != "sp.keyword":
		allowed = []string{"NEGATIVE_EXACT", "NEGATIVE_PHRASE", "NEGATIVE_BROAD"}
	}
	words := len(strings.Fields(text))
	switch {
	case !slices.Contains(allowed, match):
		x.add("rangeError", "INVALID_ENUM_VALUE", "matchType", match, "Not a match type", "allowed", allowed)
	case len([]rune(text)) > 80 || words > 10, strings.Contains(strings.ToUpper(match), "NEGATIVE") && strings.HasSuffix(strings.ToUpper(match), "PHRASE") && words > 4:
		x.add("malformedValueError", "TOO_LONG", "keywordText", text, "The keyword is too long")
	case strings.HasPrefix(text, ".") || strings.Count(text, "\"")%2 == 1:
		x.add("malformedValueError", "FORBIDDEN_CHARS", "keywordText", text, "The keyword has characters that are not allowed")
	case k.name == "sp.keyword" && x.campaign.text("targetingType") == "AUTO":
		x.add("targetingClauseSetupError", "TARGETING_TYPE_NOT_ALLOWED_FOR_AUTO_TARGETING_CAMPAIGN", "keywordText", text, "An automatic campaign has no keywords")
	case k.name == "sp.keyword" && x.groupHas("sp.target"):
		x.add("targetingClauseSetupError", "TYPE_CONFLICT_IN_AD_GROUP", "keywordText", text, "The ad group targets products")
	case k.name == "sb.keyword" && x.in["bid"] == nil:
		x.add("missingValueError", "MISSING_VALUE", "bid", nil, "bid is required: an ad group has no default") // from memory
	}
}

// groupHas tells that the ad group holds living things of a kind.
func (x *check) groupHas(kind string) bool {
	return slices.ContainsFunc(x.c.prof.lists[kind], func(e *entity) bool { return e.group == x.group && e.state != "ARCHIVED" })
}

var createTypes = []string{
	"ASIN_AGE_RANGE_SAME_AS", "ASIN_BRAND_SAME_AS", "ASIN_CATEGORY_SAME_AS", "ASIN_EXPANDED_FROM", "ASIN_GENRE_SAME_AS", "ASIN_IS_PRIME_SHIPPING_ELIGIBLE", "ASIN_PRICE_BETWEEN",
	"ASIN_PRICE_GREATER_THAN", "ASIN_PRICE_LESS_THAN", "ASIN_REVIEW_RATING_BETWEEN", "ASIN_REVIEW_RATING_GREATER_THAN", "ASIN_REVIEW_RATING_LESS_THAN", "ASIN_SAME_AS", "KEYWORD_GROUP_SAME_AS",
}

func (x *check) expression(e *entity) {
	list, given := x.in["expression"].([]any)
	if e != nil && (given || x.in["expressionType"] != nil) {
		x.add("unsupportedOperationError", "UNSUPPORTED_OPERATION", "expression", nil, "An expression cannot be changed")
		return
	}
	if e != nil {
		return
	}
	negative := x.c.kind.name != "sp.target"
	if len(list) == 0 {
		x.add("missingValueError", "MISSING_VALUE", "expression", nil, "expression is required")
	}
	if x.text("expressionType") == "AUTO" {
		x.add("targetingClauseSetupError", "AUTO_TARGETING_CLAUSE_CANNOT_BE_CREATED_MANUALLY", "expressionType", "AUTO", "Auto targeting clauses are made by Amazon")
	}
	for i, v := range list {
		m, _ := v.(obj)
		kind, _ := m["type"].(string)
		at := "expression[" + itoa(int64(i)) + "]"
		switch {
		case negative && kind != "ASIN_SAME_AS" && kind != "ASIN_BRAND_SAME_AS", !slices.Contains(createTypes, kind):
			x.add("expressionTypeError", "UNSUPPORTED_EXPRESSION_TYPE", at+".type", kind, "The expression's type is not supported")
		case m["value"] == nil || m["value"] == "":
			x.add("targetingClauseSetupError", "TARGETING_EXPRESSION_INVALID_VALUE", at+".value", m["value"], "The expression needs a value")
		case len(list) > 1 && (kind == "ASIN_SAME_AS" || kind == "ASIN_EXPANDED_FROM"):
			x.add("targetingClauseSetupError", "TARGETING_EXPRESSION_INVALID_VALUE", at+".type", kind, "This type stands alone")
		}
	}
	switch {
	case !negative && x.campaign.text("targetingType") == "AUTO":
		x.add("targetingClauseSetupError", "TARGETING_TYPE_NOT_ALLOWED_FOR_AUTO_TARGETING_CAMPAIGN", "expression", nil, "An automatic campaign has its own clauses")
	case !negative && x.groupHas("sp.keyword"):
		x.add("targetingClauseSetupError", "TYPE_CONFLICT_IN_AD_GROUP", "expression", nil, "The ad group has keywords")
	}
}

func (x *check) portfolioBudget() {
	b, ok := x.in["budget"].(obj)
	if !ok {
		return
	}
	policy, _ := b["policy"].(string)
	if !slices.Contains([]string{"DATE_RANGE", "MONTHLY_RECURRING", "NO_CAP"}, policy) {
		x.add("rangeError", "INVALID_ENUM_VALUE", "budget.policy", policy, "Not a policy", "allowed", []any{"DATE_RANGE", "MONTHLY_RECURRING", "NO_CAP"})
	}
	if c := b["currencyCode"]; c != nil && c != x.c.prof.currency {
		x.add("currencyError", "CURRENCY_NOT_MATCHING_PREFERRED_CURRENCY", "budget.currencyCode", c, "Another currency than the profile's")
	}
}

// duplicates are refused by natural key, the only guard against creating twice:
// names of campaigns among a seller's (archived ones too), of ad groups in their
// campaign, keywords, products.
func (x *check) duplicates() {
	k, p := x.c.kind, x.c.prof
	fields := map[string][]string{
		"campaign": {"name"}, "adGroup": {"name"}, "ad": {"name"}, "keyword": {"keywordText", "matchType"}, "negativeKeyword": {"keywordText", "matchType"},
		"campaignNegativeKeyword": {"keywordText", "matchType"}, "productAd": {"sku", "asin"}, "portfolio": {"name"},
	}[k.name[strings.LastIndex(k.name, ".")+1:]]
	if fields == nil || k.level == levelCampaign && p.kind != "seller" || k.name == "sb.ad" {
		return
	}
	for _, e := range p.lists[k.name] {
		if k.level > levelCampaign && e.campaign != x.campaign || k.level == levelBelow && e.group != x.group || k.level > levelCampaign && e.state == "ARCHIVED" {
			continue
		}
		same := !slices.ContainsFunc(fields, func(f string) bool { return x.text(f) != "" && e.text(f) != x.text(f) }) && x.text(fields[0])+x.text(fields[len(fields)-1]) != ""
		if same {
			word := map[int]string{levelTop: "Portfolio", levelCampaign: "Campaign", levelGroup: "Ad group"}[k.level]
			if word == "" {
				word = "Entity"
			}
			v := x.text(fields[0])
			x.add("duplicateValueError", "DUPLICATE_VALUE", fields[0], v, word+" with "+fields[0]+"="+v+" already exists!")
			return
		}
	}
}
