package sim

import (
	"maps"
	"strings"
)

// make adds what was asked for, with what Amazon adds to it.
func (s *Sim) make(x *check) *entity {
	k, in := x.c.kind, maps.Clone(x.in)
	e := &entity{kind: k, prof: x.c.prof, campaign: x.campaign, group: x.group, created: x.c.now, updated: x.c.now, state: "PAUSED"}
	if st, ok := in["state"].(string); ok {
		e.state = strings.ToUpper(st)
	}
	if e.state == "PROPOSED" {
		e.state = "PAUSED"
	}
	base := k.base
	switch {
	case base != 0 && k.name == "portfolio":
		e.id = s.next("portfolio", base)
	case base != 0:
		e.id = s.next(k.product+"."+itoa(base), base)
	default:
		e.id = s.next("made."+itoa(int64(k.level)), 277_000_000_000_001) // past everything of the world
	}
	for _, n := range append(parentIDs(k), "state") {
		delete(in, n)
	}
	e.fields = in
	if k.level == levelCampaign {
		e.campaign = e
	}
	if k.level == levelGroup && strings.HasSuffix(k.name, ".adGroup") {
		e.group = e
	}
	s.complete(e)
	x.c.prof.add(e)
	if k.name == "sp.adGroup" && e.campaign.text("targetingType") == "AUTO" {
		s.autoClauses(e)
	}
	return e
}

// complete fills in what the platform decides.
func (s *Sim) complete(e *entity) {
	f, p := e.fields, e.prof
	fill := func(name string, v any) {
		if f[name] == nil {
			f[name] = v
		}
	}
	switch e.kind.name {
	case "sp.campaign":
		fill("startDate", p.day(sp, e.created))
		fill("dynamicBidding", obj{"strategy": "LEGACY_FOR_SALES", "placementBidding": []any{}})
	case "sb.campaign":
		fill("startDate", p.day(sb, e.created))
		f["isMultiAdGroupsEnabled"] = true
		fill("costType", "CPC")
		fill("goal", "PAGE_VISIT")
		fill("bidding", obj{"bidOptimization": true})
		fill("productLocation", "SOLD_ON_AMAZON")
	case "sd.campaign":
		fill("startDate", p.day(sd, e.created))
		fill("budget", amount(100_000_000*scaleOf(p.currency)))
		fill("budgetType", "daily")
		fill("costType", "cpc")
		f["deliveryProfile"] = "as_soon_as_possible"
	case "sd.adGroup":
		fill("bidOptimization", "clicks")
		f["tactic"] = e.campaign.text("tactic")
	case "sp.productAd", "sd.productAd":
		if sku := e.text("sku"); sku != "" && p.asins[sku] != "" {
			fill("asin", p.asins[sku])
		}
	case "sp.target", "sp.negativeTarget", "sp.campaignNegativeTarget", "sd.target", "sd.negativeTarget":
		f["resolvedExpression"] = f["expression"]
	case "sb.target", "sb.negativeTarget":
		f["resolvedExpressions"] = f["expressions"]
	case "sd.creative":
		f["moderationStatus"] = "PENDING_REVIEW"
	case "portfolio":
		f["inBudget"] = true
		fill("budget", obj{"policy": "NO_CAP", "currencyCode": p.currency})
	}
	for name, v := range f {
		if v == nil {
			delete(f, name)
		}
	}
}
