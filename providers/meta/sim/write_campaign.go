package sim

import (
	"slices"
	"strings"
)

// noCap is the spend_cap that takes a campaign's cap away.
const noCap = 922337203685478

func (s *Sim) createCampaign(c *call, e *entity) (any, *graphError) {
	a := e.account
	in, err := s.readInput(c, "Campaign", a)
	if err != nil {
		return nil, err
	}
	if err := required(in, "name", "objective"); err != nil {
		return nil, err
	}
	if !s.tab.member("Campaign.objective.odax", in.str("objective")) {
		return nil, invalidParam("Param objective must be one of {%s}", strings.Join(s.tab.enums["Campaign.objective.odax"], ", "))
	}
	if !c.params.has("special_ad_categories") {
		return nil, invalidParam("The parameter special_ad_categories is required.")
	}
	if err := s.checkCampaign(a, in); err != nil {
		return nil, err
	}
	if err := createStatus(in); err != nil {
		return nil, err
	}
	budget := in.number("daily_budget") + in.number("lifetime_budget")
	if _, said := in.set["is_adset_budget_sharing_enabled"]; budget == 0 && !said {
		return nil, userError(4834011, "Ad Set Budget Sharing Must Be Specified",
			"You must specify is_adset_budget_sharing_enabled as true or false when the campaign has no budget.", "is_adset_budget_sharing_enabled")
	}
	if budget == 0 && in.set["bid_strategy"] != nil {
		return nil, invalidParam("bid_strategy needs a campaign budget")
	}
	campaignDefaults(in, budget > 0)
	n := &entity{kind: "Campaign", account: a, kids: &list{}}
	return s.create(c, n, in, &a.campaigns)
}

// campaignDefaults are what a campaign has without being told.
func campaignDefaults(in input, budget bool) {
	setDefault(in.set, "buying_type", "AUCTION")
	setDefault(in.set, "source_campaign_id", "0")
	setDefault(in.set, "pacing_type", []any{"standard"})
	if !budget {
		return
	}
	setDefault(in.set, "bid_strategy", "LOWEST_COST_WITHOUT_CAP")
	setDefault(in.set, "daily_budget", "0")
	setDefault(in.set, "lifetime_budget", "0")
}

func setDefault(o obj, name string, v any) {
	if _, ok := o[name]; !ok {
		o[name] = v
	}
}

// createStatus: only ACTIVE and PAUSED can be created.
func createStatus(in input) *graphError {
	if st, ok := in.set["status"]; ok && st != "ACTIVE" && st != "PAUSED" {
		return invalidParam("Param status must be one of {ACTIVE, PAUSED}")
	}
	return nil
}

// checkCampaign holds what create and update share.
func (s *Sim) checkCampaign(a *account, in input) *graphError {
	if v, ok := in.set["special_ad_categories"]; ok {
		list, _ := v.([]any)
		for _, x := range list {
			t, _ := x.(string)
			if !s.tab.member("Campaign.special_ad_categories", t) || t == "CREDIT" {
				return invalidParam("Param special_ad_categories[0] must be one of {NONE, EMPLOYMENT, HOUSING, FINANCIAL_PRODUCTS_SERVICES, ISSUES_ELECTIONS_POLITICS, ONLINE_GAMBLING_AND_GAMING}")
			}
		}
		if slices.Contains(list, any("NONE")) {
			in.set["special_ad_categories"] = []any{}
		}
	}
	if v, ok := in.set["buying_type"]; ok && !s.tab.member("Campaign.buying_type", v.(string)) {
		return invalidParam("Param buying_type must be one of {AUCTION, RESERVED}")
	}
	if err := checkBudgets(a, in); err != nil {
		return err
	}
	switch n := in.number("spend_cap"); {
	case n == noCap:
		in.set["spend_cap"] = nil
	case in.set["spend_cap"] != nil && n < 100*a.offset:
		return userError(2446307, "Campaign Spending Limit Too Low", "The campaign spending limit is below the minimum.", "spend_cap")
	}
	return nil
}

// checkBudgets: one budget, not below the minimum.
func checkBudgets(a *account, in input) *graphError {
	daily, life := in.number("daily_budget"), in.number("lifetime_budget")
	if daily > 0 && life > 0 {
		return userError(1885621, "Only One Budget", "Set either a daily or a lifetime budget.", "daily_budget")
	}
	for _, name := range []string{"daily_budget", "lifetime_budget"} {
		v, ok := in.set[name]
		if !ok {
			continue
		}
		n := in.number(name)
		if v == "" || n < 0 {
			return invalidParam("Param %s must be a positive integer", name)
		}
		if n > 0 && n < a.offset { // one unit of money
			return userError(1885272, "Budget Is Too Low", "The budget must be at least 1.00 "+a.currency+".", name)
		}
	}
	return nil
}

func (s *Sim) checkCampaignUpdate(e *entity, in input) *graphError {
	for _, fixed := range []string{"objective", "buying_type", "source_campaign_id", "topline_id"} {
		if v, ok := in.set[fixed]; ok && v != e.stored(fixed) {
			return invalidParam("The parameter %s cannot be changed", fixed)
		}
	}
	if err := s.checkCampaign(e.account, in); err != nil {
		return err
	}
	own := e.number("daily_budget")+e.number("lifetime_budget") > 0
	wants := in.number("daily_budget")+in.number("lifetime_budget") > 0
	if wants && !own && slices.ContainsFunc(s.snapshot(e.kids), func(g *entity) bool {
		return g.status() != "DELETED" && g.number("daily_budget")+g.number("lifetime_budget") > 0
	}) {
		return userError(1885621, "Only One Budget Level", "The campaign's ad sets have budgets of their own.", "daily_budget")
	}
	if in.set["bid_strategy"] != nil && !own && !wants {
		return invalidParam("bid_strategy needs a campaign budget")
	}
	if in.set["bid_strategy"] != nil && len(s.snapshot(e.kids)) > 70 {
		return invalidParam("The bid strategy of a campaign with more than 70 ad sets cannot be changed")
	}
	return nil
}
