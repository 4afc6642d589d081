package sim

import (
	"fmt"

	"github.com/admux/admux/providers/internal/simkit"
)

var keywordTexts = []string{"running shoes", "winter jacket men", "soap bar", "usb c cable 2m", "kinder rucksack", "trail shoes waterproof", "acme shoes", "shoes & socks"}

// autoTypes are the four clauses that an automatic ad group gets by itself.
var autoTypes = [...]string{"QUERY_HIGH_REL_MATCHES", "QUERY_BROAD_REL_MATCHES", "ASIN_SUBSTITUTE_RELATED", "ASIN_ACCESSORY_RELATED"}

// below makes something under an ad group (or, with no group, a campaign).
func (s *Sim) below(name string, c, g *entity, state string, f obj) *entity {
	k := s.kinds[name]
	base := k.base
	key := k.product + "." + itoa(base)
	e := &entity{kind: k, prof: c.prof, id: s.next(key, base), campaign: c, group: g, state: state, fields: f, created: c.created, updated: c.updated}
	if g != nil {
		e.created, e.updated = g.created, g.updated
	}
	c.prof.add(e)
	if g != nil && g.neutral != nil {
		at := seededKey{g, name}
		c.prof.seeded[at] = append(c.prof.seeded[at], e)
	}
	return e
}

func (s *Sim) autoClauses(g *entity) {
	for _, t := range autoTypes {
		x := []any{obj{"type": t}}
		s.below("sp.target", g.campaign, g, "ENABLED", obj{"expressionType": "AUTO", "expression": x, "resolvedExpression": x})
	}
}

func (s *Sim) seedSP(g *entity) {
	if g.campaign.text("targetingType") == "AUTO" {
		s.autoClauses(g)
		return
	}
	n := int(g.id % 1000)
	if n%2 == 0 {
		for i, match := range []string{"BROAD", "PHRASE", "EXACT"} {
			f := obj{"keywordText": keywordTexts[(n+i)%len(keywordTexts)], "matchType": match}
			if i == 1 { // the others inherit the group's bid
				f["bid"] = g.fields["defaultBid"]
			}
			s.below("sp.keyword", g.campaign, g, []string{"ENABLED", "ENABLED", "PAUSED"}[i], f)
		}
	} else {
		asin := asinOf(50_000 + n)
		s.below("sp.target", g.campaign, g, "ENABLED", obj{"expressionType": "MANUAL", "bid": g.fields["defaultBid"],
			"expression":         []any{obj{"type": "ASIN_CATEGORY_SAME_AS", "value": "2500000011"}, obj{"type": "ASIN_BRAND_SAME_AS", "value": "7000000011"}, obj{"type": "ASIN_REVIEW_RATING_BETWEEN", "value": "3-4.5"}},
			"resolvedExpression": []any{obj{"type": "ASIN_CATEGORY_SAME_AS", "value": "Running Shoes"}, obj{"type": "ASIN_BRAND_SAME_AS", "value": "ACME"}, obj{"type": "ASIN_REVIEW_RATING_BETWEEN", "value": "3-4.5"}}})
		one := []any{obj{"type": "ASIN_SAME_AS", "value": asin}}
		s.below("sp.target", g.campaign, g, "ENABLED", obj{"expressionType": "MANUAL", "expression": one, "resolvedExpression": one})
		s.below("sp.negativeTarget", g.campaign, g, "ENABLED", obj{"expression": one, "resolvedExpression": one})
	}
	s.below("sp.negativeKeyword", g.campaign, g, "ENABLED", obj{"keywordText": "free", "matchType": "NEGATIVE_EXACT"})
}

func (s *Sim) seedCampaignNegatives(c *entity, k int) {
	s.below("sp.campaignNegativeKeyword", c, nil, "ENABLED", obj{"keywordText": fmt.Sprintf("cheap %d", k), "matchType": "NEGATIVE_PHRASE"})
	x := []any{obj{"type": "ASIN_SAME_AS", "value": asinOf(90_000 + k)}}
	s.below("sp.campaignNegativeTarget", c, nil, "ENABLED", obj{"expression": x, "resolvedExpression": x})
}

func (s *Sim) seedSB(g *entity) {
	n := int(g.id % 1000)
	bid := amount(g.neutral.Bid)
	if g.neutral.Bid == 0 {
		bid = amount(9 * simkit.Micro * scaleOf(g.prof.currency))
	}
	switch n % 3 {
	case 1:
		x := []any{obj{"type": "asinCategorySameAs", "value": "2500000011"}, obj{"type": "asinBrandSameAs", "value": "7000000011"}}
		s.below("sb.target", g.campaign, g, "ENABLED", obj{"expressions": x, "resolvedExpressions": x, "bid": bid})
		y := []any{obj{"type": "asinSameAs", "value": asinOf(51_000 + n)}}
		s.below("sb.target", g.campaign, g, "ENABLED", obj{"expressions": y, "resolvedExpressions": y, "bid": bid})
		s.below("sb.negativeTarget", g.campaign, g, "ENABLED", obj{"expressions": y, "resolvedExpressions": y})
	default:
		for i, match := range []string{"broad", "phrase"} {
			s.below("sb.keyword", g.campaign, g, "ENABLED", obj{"keywordText": keywordTexts[(n+i)%len(keywordTexts)], "matchType": match, "bid": bid})
		}
		s.below("sb.negativeKeyword", g.campaign, g, "ENABLED", obj{"keywordText": "free", "matchType": "negativeExact"})
		if n%3 == 2 {
			s.below("sb.theme", g.campaign, g, "ENABLED", obj{"themeType": "KEYWORDS_RELATED_TO_YOUR_BRAND", "bid": bid})
		}
	}
}

func (s *Sim) seedSD(g *entity) {
	n := int(g.id % 1000)
	bid := g.fields["defaultBid"]
	if g.campaign.text("tactic") == "T00020" {
		x := []any{obj{"type": "asinCategorySameAs", "value": "2500000011"}}
		s.below("sd.target", g.campaign, g, "ENABLED", obj{"expressionType": "manual", "expression": x, "resolvedExpression": []any{obj{"type": "asinCategorySameAs", "value": "Running Shoes"}}, "bid": bid})
		y := []any{obj{"type": "similarProduct"}}
		s.below("sd.target", g.campaign, g, "ENABLED", obj{"expressionType": "auto", "expression": y, "resolvedExpression": y})
		z := []any{obj{"type": "asinSameAs", "value": asinOf(52_000 + n)}}
		s.below("sd.negativeTarget", g.campaign, g, "ENABLED", obj{"expressionType": "manual", "expression": z, "resolvedExpression": z})
	} else {
		x := []any{obj{"type": "views", "value": []any{obj{"type": "similarProduct"}, obj{"type": "lookback", "value": "30"}}}}
		s.below("sd.target", g.campaign, g, "ENABLED", obj{"expressionType": "manual", "expression": x, "resolvedExpression": x, "bid": bid})
		y := []any{obj{"type": "audience", "value": []any{obj{"type": "audienceSameAs", "value": "4112340000"}}}}
		s.below("sd.target", g.campaign, g, "PAUSED", obj{"expressionType": "manual", "expression": y, "resolvedExpression": y, "bid": bid})
	}
	if g.text("creativeType") == "IMAGE" {
		headline := "Made to run"
		if len(g.neutral.Ads) > 0 {
			headline = clip(g.neutral.Ads[0].Creative.Title, 50)
		}
		s.below("sd.creative", g.campaign, g, "ENABLED", obj{"creativeType": "IMAGE", "moderationStatus": "APPROVED", "properties": obj{"headline": headline,
			"brandLogo": obj{"assetId": assetID(g.prof, 0), "assetVersion": "version_v1", "croppingCoordinates": obj{"top": 0, "left": 0, "width": 600, "height": 100}}}})
	}
}
