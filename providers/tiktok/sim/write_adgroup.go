package sim

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
)

// createGroup is POST /adgroup/create/.
func (s *Sim) createGroup(c *call) (any, *apiError) {
	if err := s.accept(kindAdGroup, c.params, false); err != nil {
		return nil, err
	}
	campaign, err := s.target(&c.account.campaigns, c.str("campaign_id"), "campaign", false)
	if err != nil {
		return nil, err
	}
	for _, check := range []func() *apiError{
		c.spendKey,
		func() *apiError { return s.manualStillOpen(c, campaign.wireObjective()) },
		func() *apiError { return checkName("adgroup_name", c.str("adgroup_name"), 512) },
		func() *apiError { return s.groupRules(c.params, campaign) },
		func() *apiError { return s.groupGoal(c.params, campaign) },
		func() *apiError { return s.groupBudgetRules(c, campaign) },
		func() *apiError { return groupTimes(c.params) },
		func() *apiError { return targetingRules(c.params) },
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	e := s.makeGroup(c, campaign, manual)
	return s.full(c, e, kindAdGroup), nil
}

func (s *Sim) makeGroup(c *call, campaign *entity, auto string) *entity {
	num := s.newID()
	e := &entity{kind: kindAdGroup, num: num, id: itoa(num), account: c.account, parent: campaign, auto: auto, op: opParam(c.params), created: c.now, modified: c.now}
	e.fields = obj{
		"advertiser_id": c.account.id, "campaign_id": campaign.id, "campaign_name": campaign.title(), "adgroup_id": e.id,
		"campaign_automation_type": auto, "is_smart_performance_campaign": false, "is_new_structure": true,
		"placement_type": "PLACEMENT_TYPE_NORMAL", "placements": []any{"PLACEMENT_TIKTOK"}, "gender": "GENDER_UNLIMITED",
		"bid_type": "BID_TYPE_NO_BID", "bid_price": 0, "conversion_bid_price": 0, "deep_cpa_bid": 0, "roas_bid": 0, "scheduled_budget": 0,
		"dayparting": strings.Repeat("1", 336), "pacing": "PACING_MODE_SMOOTH", "creative_material_mode": "CUSTOM", "spending_power": "ALL",
		"budget_mode": "BUDGET_MODE_INFINITE", "budget": 0, "comment_disabled": false, "share_disabled": false, "video_download_disabled": false,
	}
	e.set(c.params)
	if c.str("schedule_type") == "SCHEDULE_FROM_NOW" {
		start, _ := time.Parse(timeLayout, c.str("schedule_start_time"))
		e.fields["schedule_end_time"] = wireTime(start.AddDate(10, 0, 0))
	}
	if spec, ok := c.params["targeting_spec"].(obj); ok {
		maps.Copy(e.fields, spec) // flat in the manual list
	}
	if cbo, ok := campaign.show()["budget_optimize_on"].(bool); ok && cbo {
		e.fields["budget_mode"], e.fields["budget"] = "BUDGET_MODE_INFINITE", 0
	}
	campaign.kids = append(campaign.kids, e)
	c.account.groups.add(e)
	c.account.requests[c.str("request_id")] = true
	return e
}

func (s *Sim) groupBudgetRules(c *call, campaign *entity) *apiError {
	if cbo, _ := campaign.show()["budget_optimize_on"].(bool); cbo {
		return nil // the ad group's budget is ignored
	}
	mode, above := c.str("budget_mode"), str(campaign.show(), "budget_mode")
	budget, err := s.amount(c.account, c.params, "budget")
	switch {
	case err != nil:
		return err
	case mode == "":
		return missing("budget_mode")
	case !c.has("budget"):
		return missing("budget")
	case c.str("pacing") == "":
		return missing("pacing")
	case mode == "BUDGET_MODE_INFINITE":
		return badParam("budget_mode: BUDGET_MODE_INFINITE is not supported in ad groups.")
	case mode == "BUDGET_MODE_TOTAL" && above == "BUDGET_MODE_DAY":
		return badParam("budget_mode: BUDGET_MODE_TOTAL is not supported under a campaign with a daily budget.")
	case mode == "BUDGET_MODE_TOTAL" && c.str("schedule_type") == "SCHEDULE_FROM_NOW":
		return badParam("budget_mode: BUDGET_MODE_TOTAL is not supported with SCHEDULE_FROM_NOW.")
	}
	for _, price := range []string{"bid_price", "conversion_bid_price"} {
		if bid, err := s.amount(c.account, c.params, price); err != nil {
			return err
		} else if bid > 0 && bid >= budget {
			return badParam("%s: The bid must be lower than the budget.", price)
		}
	}
	return s.checkBudget(c.account, budget, groupBase(campaign), scheduledDays(c.params, mode), 0)
}

func groupBase(campaign *entity) int64 {
	if campaignBase(campaign.show()) == 10 {
		return 10
	}
	return 20
}

// updateGroup is POST /adgroup/update/; what it leaves out stays.
func (s *Sim) updateGroup(c *call) (any, *apiError) {
	if err := s.accept(kindAdGroup, c.params, true); err != nil {
		return nil, err
	}
	return s.changeGroup(c, false, kindAdGroup)
}

func (s *Sim) changeGroup(c *call, smart bool, object string) (any, *apiError) {
	e, err := s.target(&c.account.groups, c.str("adgroup_id"), "adgroup", smart)
	if err != nil {
		return nil, err
	}
	if c.has("adgroup_name") {
		err = checkName("adgroup_name", c.str("adgroup_name"), 512)
	}
	if err == nil {
		err = groupTimes(c.params)
	}
	if err == nil {
		err = targetingRules(c.params)
	}
	if err == nil && c.has("budget") {
		err = s.newGroupBudget(c, e, c.params)
	}
	if err != nil {
		return nil, err
	}
	e.set(c.params)
	if spec, ok := c.params["targeting_spec"].(obj); ok {
		maps.Copy(e.fields, spec)
	}
	e.modified = c.now
	return s.full(c, e, object), nil
}

func (s *Sim) newGroupBudget(c *call, e *entity, p obj) *apiError {
	f := e.show()
	budget, err := s.amount(c.account, p, "budget")
	if err != nil {
		return err
	}
	return s.checkBudget(c.account, budget, groupBase(e.parent), scheduledDays(f, str(f, "budget_mode")), s.spentBy(c, e, str(f, "budget_mode")))
}

// setBudgets is POST /adgroup/budget/update/ and its Smart+ twin: now, or from
// the next day on.
func (s *Sim) setBudgets(smart bool) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		var done []func()
		for _, name := range []string{"budget", "scheduled_budget"} {
			list, _ := c.params[name].([]any)
			if len(list) > 20 {
				return nil, badParam("%s: Longer than maximum length 20.", name)
			}
			for _, x := range list {
				o, ok := x.(obj)
				if !ok || str(o, "adgroup_id") == "" || !isKind(o[name], "number") {
					return nil, badParam("%s: Not a valid object", name)
				}
				e, err := s.target(&c.account.groups, str(o, "adgroup_id"), "adgroup", smart)
				if err != nil {
					return nil, err
				}
				n, _ := o[name].(json.Number)
				if err := s.newGroupBudget(c, e, obj{"budget": n}); err != nil {
					return nil, err
				}
				done = append(done, func() { e.set(obj{name: n}); e.modified = c.now })
			}
		}
		if done == nil {
			return nil, missing("budget")
		}
		for _, f := range done {
			f()
		}
		return obj{}, nil
	}
}

// quota is GET /adgroup/quota/.
func (s *Sim) quota(c *call) (any, *apiError) {
	used := 0
	for _, e := range c.account.groups.all {
		if !e.deleted() {
			used++
		}
	}
	return obj{"total_adgroup_quota": 5000, "used_adgroup_quota": used, "advertiser_id": c.account.id}, nil
}
