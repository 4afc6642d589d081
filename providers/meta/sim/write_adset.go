package sim

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// maxAdSets and maxAds are how many a parent may hold.
const (
	maxAdSets = 200
	maxAds    = 50
)

func (s *Sim) createAdSet(c *call, e *entity) (any, *graphError) {
	a := e.account
	in, err := s.readInput(c, "AdSet", a)
	if err != nil {
		return nil, err
	}
	if err := required(in, "name", "campaign_id"); err != nil {
		return nil, err
	}
	campaign := s.node(in.str("campaign_id"))
	if campaign == nil || campaign.kind != "Campaign" || campaign.account != a {
		return nil, invalidParam("Param campaign_id must be a campaign of this account")
	}
	if st := campaign.status(); st == "DELETED" || st == "ARCHIVED" {
		return nil, frozenError(campaign)
	}
	if len(s.snapshot(campaign.kids)) >= maxAdSets {
		return nil, invalidParam("A campaign can have at most 200 ad sets")
	}
	if err := required(in, "targeting", "billing_event", "optimization_goal"); err != nil {
		return nil, err
	}
	if err := createStatus(in); err != nil {
		return nil, err
	}
	if err := s.checkAdSet(c, a, campaign, in); err != nil {
		return nil, err
	}
	delete(in.set, "campaign_id")
	setDefault(in.set, "start_time", a.clock(c.now))
	setDefault(in.set, "daily_budget", "0")
	setDefault(in.set, "lifetime_budget", "0")
	setDefault(in.set, "pacing_type", []any{"standard"})
	setDefault(in.set, "attribution_spec", attributionOf(in.str("optimization_goal"), 0))
	setDefault(in.set, "source_adset_id", "0")
	n := &entity{kind: "AdSet", account: a, parent: campaign, kids: &list{}}
	return s.create(c, n, in, &a.adsets, campaign.kids)
}

// checkAdSet holds a whole ad set against the rules; for an update the input is
// the ad set as it would become.
func (s *Sim) checkAdSet(c *call, a *account, campaign *entity, in input) *graphError {
	if utf8.RuneCountInString(in.str("name")) > 400 {
		return invalidParam("Param name must be at most 400 characters")
	}
	if v := in.str("destination_type"); v != "" && !s.tab.member("AdSet.destination_type", v) {
		return userError(2446509, "Invalid Destination Type", "The destination type is not valid.", "destination_type")
	}
	if err := s.checkAdSetBudget(c, a, campaign, in); err != nil {
		return err
	}
	if err := checkBid(campaign, in); err != nil {
		return err
	}
	if err := s.checkGoal(campaign, in); err != nil {
		return err
	}
	t, _ := in.set["targeting"].(obj)
	categories, _ := campaign.stored("special_ad_categories").([]any)
	if err := s.checkTargeting(t, targetingRules{create: true, restricted: len(categories) > 0}); err != nil {
		return err
	}
	_, b := in.set["dsa_beneficiary"]
	_, p := in.set["dsa_payor"]
	if facesEU(t) && (!b || !p) && a.stored("default_dsa_beneficiary") == nil {
		return userError(3858152, "Beneficiary And Payer Required", "Ads shown in the EU must name their beneficiary and payer.", "dsa_beneficiary")
	}
	return nil
}

func (s *Sim) checkAdSetBudget(c *call, a *account, campaign *entity, in input) *graphError {
	daily, life := in.number("daily_budget"), in.number("lifetime_budget")
	above := campaign.number("daily_budget")+campaign.number("lifetime_budget") > 0
	switch {
	case above && daily+life > 0:
		return userError(1885621, "Only One Budget Level", "The campaign already has a budget: its ad sets cannot have one.", "daily_budget")
	case !above && daily+life == 0:
		return userError(1885272, "Budget Is Missing", "The ad set needs a daily or lifetime budget.", "daily_budget")
	}
	if err := checkBudgets(a, in); err != nil {
		return err
	}
	start, end := c.now, time.Time{}
	if t, err := time.Parse(timeLayout, in.str("start_time")); err == nil {
		start = t
	}
	if t, err := time.Parse(timeLayout, in.str("end_time")); err == nil {
		end = t
	}
	switch {
	case life > 0 && end.IsZero():
		return userError(1885272, "End Time Required", "A lifetime budget needs an end time.", "end_time")
	case !end.IsZero() && !end.After(c.now):
		return userError(1487033, "End Date In The Past", "The end date must be in the future.", "end_time")
	case !end.IsZero() && !end.After(start):
		return userError(1487033, "End Before Start", "The end must be after the start.", "end_time")
	case daily > 0 && !end.IsZero() && end.Sub(start) <= 24*time.Hour:
		return userError(1487033, "Schedule Too Short", "An ad set with a daily budget must run longer than 24 hours.", "end_time")
	}
	if in.set["adset_schedule"] != nil && life == 0 && !above {
		return invalidParam("adset_schedule needs a lifetime budget")
	}
	return nil
}

// checkBid: caps need an amount, an amount alone means a bid cap.
func checkBid(campaign *entity, in input) *graphError {
	above := campaign.str("bid_strategy")
	st := in.str("bid_strategy")
	_, bid := in.set["bid_amount"]
	if above != "" {
		if st != "" && st != above {
			return userError(1885621, "Bid Strategy Is The Campaign's", "With a campaign budget the bid strategy is set on the campaign.", "bid_strategy")
		}
		delete(in.set, "bid_strategy")
		st = above
	} else if st == "" {
		st = "LOWEST_COST_WITHOUT_CAP"
		if bid {
			st = "LOWEST_COST_WITH_BID_CAP"
		}
		in.set["bid_strategy"] = st
	}
	switch {
	case (st == "COST_CAP" || st == "LOWEST_COST_WITH_BID_CAP") && in.number("bid_amount") <= 0:
		return userError(1815857, "Bid Amount Required", "Bid amount is required for the bid strategy provided.", "bid_amount")
	case st == "LOWEST_COST_WITHOUT_CAP" && bid:
		return userError(1815857, "Bid Amount Not Allowed", "This bid strategy takes no bid amount.", "bid_amount")
	case st == "LOWEST_COST_WITH_MIN_ROAS":
		o, _ := in.set["bid_constraints"].(obj)
		if n, ok := integerOf(o["roas_average_floor"]); !ok || n <= 0 {
			return userError(1815857, "ROAS Floor Required", "The bid strategy needs bid_constraints.roas_average_floor.", "bid_constraints")
		}
	}
	return nil
}

// allowedGoals by objective, and what they promote; "" may promote nothing.
func allowedGoals(objective string) map[string][]string {
	web := []string{"pixel_id", "application_id", "product_set_id", "custom_conversion_id"}
	switch objective {
	case "OUTCOME_AWARENESS":
		return map[string][]string{"REACH": {"page_id"}, "IMPRESSIONS": {"page_id"}, "AD_RECALL_LIFT": {"page_id"}, "THRUPLAY": {"page_id"}}
	case "OUTCOME_TRAFFIC":
		return map[string][]string{"LINK_CLICKS": nil, "LANDING_PAGE_VIEWS": nil, "REACH": nil, "IMPRESSIONS": nil, "CONVERSATIONS": {"page_id"},
			"PROFILE_VISIT": nil, "VISIT_INSTAGRAM_PROFILE": nil}
	case "OUTCOME_ENGAGEMENT":
		return map[string][]string{"POST_ENGAGEMENT": nil, "REACH": nil, "PAGE_LIKES": {"page_id"}, "EVENT_RESPONSES": nil, "THRUPLAY": nil,
			"CONVERSATIONS": {"page_id"}, "LINK_CLICKS": nil, "OFFSITE_CONVERSIONS": web, "LANDING_PAGE_VIEWS": nil, "REMINDERS_SET": nil}
	case "OUTCOME_LEADS":
		return map[string][]string{"LEAD_GENERATION": {"page_id"}, "QUALITY_LEAD": {"page_id"}, "OFFSITE_CONVERSIONS": web, "LINK_CLICKS": nil,
			"LANDING_PAGE_VIEWS": nil, "REACH": nil, "CONVERSATIONS": {"page_id"}, "QUALITY_CALL": {"page_id"}}
	case "OUTCOME_APP_PROMOTION":
		app := []string{"application_id"}
		return map[string][]string{"APP_INSTALLS": app, "LINK_CLICKS": app, "OFFSITE_CONVERSIONS": app, "APP_INSTALLS_AND_OFFSITE_CONVERSIONS": app, "VALUE": app, "IN_APP_VALUE": app}
	case "OUTCOME_SALES":
		return map[string][]string{"OFFSITE_CONVERSIONS": web, "VALUE": web, "LINK_CLICKS": nil, "LANDING_PAGE_VIEWS": nil, "REACH": nil, "IMPRESSIONS": nil,
			"CONVERSATIONS": {"page_id"}}
	}
	return nil // campaigns of old objectives keep their rules to themselves
}

func (s *Sim) checkGoal(campaign *entity, in input) *graphError {
	rules := allowedGoals(campaign.str("objective"))
	goalName := in.str("optimization_goal")
	if rules == nil {
		return nil
	}
	promotes, ok := rules[goalName]
	if !ok {
		return userError(2490408, "Performance Goal Not Available", "The performance goal "+goalName+" is not available for this objective.", "optimization_goal")
	}
	if in.set["frequency_control_specs"] != nil && goalName != "REACH" && goalName != "THRUPLAY" {
		return invalidParam("frequency_control_specs needs the goal REACH or THRUPLAY")
	}
	po, _ := in.set["promoted_object"].(obj)
	if len(promotes) > 0 && !slices.ContainsFunc(promotes, func(k string) bool { return po[k] != nil }) {
		return userError(1885154, "Promoted Object Required", "Please specify a promoted object for your ad set.", "promoted_object")
	}
	if e, ok := po["custom_event_type"].(string); ok && !s.tab.member("PromotedObject.custom_event_type", e) {
		return invalidParam("Param promoted_object[custom_event_type] is not valid")
	}
	if id, _ := asText(po["pixel_id"]); id != "" && (s.node(id) == nil || s.node(id).account != campaign.account) {
		return invalidParam("Param promoted_object[pixel_id] must be a pixel of this account")
	}
	return nil
}

// checkAdSetUpdate checks the ad set as it would become.
func (s *Sim) checkAdSetUpdate(c *call, e *entity, in input) *graphError {
	for _, fixed := range []string{"campaign_id", "promoted_object", "destination_type", "is_dynamic_creative", "source_adset_id"} {
		if v, ok := in.set[fixed]; ok && string(encode(v)) != string(encode(s.field(e, fixed, c.now))) {
			return invalidParam("The parameter %s cannot be changed", fixed)
		}
	}
	if v, ok := in.set["optimization_goal"]; ok && !e.fresh && v != e.stored("optimization_goal") {
		return invalidParam("The optimization goal cannot be changed after delivery")
	}
	delete(in.set, "campaign_id")
	budget := false
	for _, n := range []string{"daily_budget", "lifetime_budget"} {
		if v, ok := in.set[n]; ok && v != e.str(n) {
			budget = true
		}
	}
	if onlyOf(in.set, "name", "status") { // nothing else is looked at
		return nil
	}
	whole := input{obj{}, in.extra}
	for n := range s.tab.fields["AdSet"] {
		if v := e.stored(n); v != nil {
			whole.set[n] = v
		}
	}
	maps.Copy(whole.set, in.set)
	if _, said := in.set["end_time"]; !said && e.stored("end_time") != nil {
		delete(whole.set, "end_time") // an old end does not stand in the way
		if whole.number("lifetime_budget") > 0 {
			whole.set["end_time"] = e.account.clock(c.now.AddDate(1, 0, 0))
		}
	}
	if _, said := in.set["targeting"]; !said {
		return s.checkMoneyOnly(c, e, whole, in, budget)
	}
	if err := s.checkAdSet(c, e.account, e.parent, whole); err != nil {
		return err
	}
	return s.spendChange(c, e, budget)
}

func (s *Sim) checkMoneyOnly(c *call, e *entity, whole, in input, budget bool) *graphError {
	if err := s.checkAdSetBudget(c, e.account, e.parent, whole); err != nil {
		return err
	}
	if in.set["bid_amount"] != nil || in.set["bid_strategy"] != nil || in.set["bid_constraints"] != nil {
		if in.set["bid_amount"] == nil && whole.str("bid_strategy") == "LOWEST_COST_WITHOUT_CAP" {
			delete(whole.set, "bid_amount") // the old cap goes with its strategy
			in.set["bid_amount"] = nil
		}
		if err := checkBid(e.parent, whole); err != nil {
			return err
		}
	}
	return s.spendChange(c, e, budget)
}

func (s *Sim) spendChange(c *call, e *entity, budget bool) *graphError {
	if !budget {
		return nil
	}
	return s.usage.budgetChange(c, e)
}

func onlyOf(o obj, names ...string) bool {
	for k := range o {
		if !slices.Contains(names, k) {
			return false
		}
	}
	return true
}
