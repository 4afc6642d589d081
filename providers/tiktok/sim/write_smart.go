package sim

import (
	"slices"
)

// createSmartCampaign is POST /smart_plus/campaign/create/.
func (s *Sim) createSmartCampaign(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusCampaign"); err != nil {
		return nil, err
	}
	if err := c.spendKey(); err != nil {
		return nil, err
	}
	if err := checkName("campaign_name", c.str("campaign_name"), 512); err != nil {
		return nil, err
	}
	cbo := true // budget optimization is on by default
	if v, ok := c.params["budget_optimize_on"].(bool); ok {
		cbo = v
	}
	mode := c.str("budget_mode")
	budget, err := s.amount(c.account, c.params, "budget")
	switch {
	case err != nil:
		return nil, err
	case mode == "":
		return nil, missing("budget_mode")
	case c.str("objective_type") == "APP_PROMOTION" && !c.has("app_promotion_type"):
		return nil, missing("app_promotion_type")
	case cbo && mode != "BUDGET_MODE_TOTAL" && mode != "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", !cbo && mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET":
		return nil, badParam("budget_mode: %s is not supported with this budget_optimize_on.", mode)
	case mode != "BUDGET_MODE_INFINITE":
		if err := s.checkBudget(c.account, budget, 50, 1, 0); err != nil {
			return nil, err
		}
	}
	e := s.makeCampaign(c, smartPlus)
	e.fields["budget_optimize_on"], e.fields["current_budget"], e.fields["smart_plus_adgroup_mode"] = cbo, e.fields["budget"], "MULTIPLE"
	return s.full(c, e, "SmartPlusCampaign"), nil
}

// createSmartGroup is POST /smart_plus/adgroup/create/.
func (s *Sim) createSmartGroup(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusAdGroup"); err != nil {
		return nil, err
	}
	campaign, err := s.target(&c.account.campaigns, c.str("campaign_id"), "campaign", true)
	if err != nil {
		return nil, err
	}
	spec, ok := c.params["targeting_spec"].(obj)
	if !ok {
		return nil, missing("targeting_spec")
	}
	live := 0
	for _, k := range campaign.kids {
		if !k.deleted() {
			live++
		}
	}
	if live >= 30 {
		return nil, badParam("campaign_id: A campaign cannot have more than 30 ad groups.")
	}
	if empty(spec, "location_ids") && empty(spec, "zipcode_ids") {
		return nil, missing("targeting_spec.location_ids")
	}
	for _, check := range []func() *apiError{
		c.spendKey, func() *apiError { return checkName("adgroup_name", c.str("adgroup_name"), 512) },
		func() *apiError { return s.groupGoal(c.params, &entity{fields: obj{}}) },
		func() *apiError { return groupTimes(c.params) }, func() *apiError { return targetingRules(spec) },
		func() *apiError { return s.smartGroupBudget(c, campaign) },
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	e := s.makeGroup(c, campaign, smartPlus)
	e.fields["current_budget"] = e.fields["budget"]
	return s.full(c, e, "SmartPlusAdGroup"), nil
}

func (s *Sim) smartGroupBudget(c *call, campaign *entity) *apiError {
	if cbo, _ := campaign.show()["budget_optimize_on"].(bool); cbo {
		return nil
	}
	budget, err := s.amount(c.account, c.params, "budget")
	if err != nil {
		return err
	}
	if c.str("budget_mode") == "" {
		return missing("budget_mode")
	}
	return s.checkBudget(c.account, budget, 20, scheduledDays(c.params, c.str("budget_mode")), 0)
}

// createSmartAd is POST /smart_plus/ad/create/.
func (s *Sim) createSmartAd(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusAd"); err != nil {
		return nil, err
	}
	group, err := s.target(&c.account.groups, c.str("adgroup_id"), "adgroup", true)
	if err != nil {
		return nil, err
	}
	if err := s.smartAdRules(c); err != nil {
		return nil, err
	}
	num := s.newID()
	e := &entity{kind: kindAd, num: num, id: itoa(num), account: c.account, parent: group, auto: smartPlus, op: opParam(c.params),
		created: c.now, modified: c.now, reviewed: c.now.Add(s.opts.ReviewAfter), written: c.now, fields: obj{}}
	e.set(c.params, "adgroup_id")
	s.setCreatives(c, e)
	group.kids = append(group.kids, e)
	c.account.ads.add(e)
	return s.full(c, e, "SmartPlusAd"), nil
}

func (s *Sim) smartAdRules(c *call) *apiError {
	if err := checkName("ad_name", c.str("ad_name"), 512); err != nil {
		return err
	}
	list, _ := c.params["creative_list"].([]any)
	for _, x := range list {
		info, _ := x.(obj)["creative_info"].(obj)
		if info == nil {
			return missing("creative_list.creative_info")
		}
		video, _ := info["video_info"].(obj)
		images, _ := info["image_info"].([]any)
		flat := obj{"video_id": str(video, "video_id")}
		for _, im := range images {
			id := str(im.(obj), "web_uri")
			if as := c.account.byAsset[id]; as == nil || as.video {
				return badParam("creative_list.creative_info.image_info: The image %s does not exist.", id)
			}
		}
		if str(info, "ad_format") == "SINGLE_VIDEO" && str(info, "tiktok_item_id") == "" {
			if err := s.checkVideo(c, str(flat, "video_id")); err != nil {
				return err
			}
		}
		if id := str(info, "identity_id"); id != "" {
			if err := c.account.usableIdentity(str(info, "identity_type"), id); err != nil {
				return err
			}
		}
	}
	return nil
}

// setCreatives makes the creatives of a body anew.
func (s *Sim) setCreatives(c *call, e *entity) {
	list, ok := c.params["creative_list"].([]any)
	if !ok {
		return
	}
	for _, old := range e.creatives {
		delete(c.account.parts, old.id)
	}
	e.creatives = nil
	for _, x := range list {
		num := s.newID()
		info, _ := x.(obj)["creative_info"].(obj)
		cr := &creative{num: num, id: itoa(num), material: itoa(num + 5_000_000_000_000_000_000), op: "ENABLE", info: info}
		e.creatives = append(e.creatives, cr)
		c.account.parts[cr.id] = e
	}
}

// updateSmart are the updates of campaigns and ad groups.
func (s *Sim) updateSmartCampaign(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusCampaign"); err != nil {
		return nil, err
	}
	return s.changeCampaign(c, true, "SmartPlusCampaign")
}

func (s *Sim) updateSmartGroup(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusAdGroup"); err != nil {
		return nil, err
	}
	return s.changeGroup(c, true, "SmartPlusAdGroup")
}

// updateSmartAd is POST /smart_plus/ad/update/.
func (s *Sim) updateSmartAd(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusAd"); err != nil {
		return nil, err
	}
	e, err := s.target(&c.account.ads, c.str("smart_plus_ad_id"), "smart_plus_ad", true)
	if err != nil {
		return nil, err
	}
	if err := pause(c, e); err != nil {
		return nil, err
	}
	if c.has("ad_name") || c.has("creative_list") {
		p := *c
		p.params = obj{"ad_name": e.title(), "creative_list": c.params["creative_list"]}
		if c.has("ad_name") {
			p.params["ad_name"] = c.params["ad_name"]
		}
		if err := s.smartAdRules(&p); err != nil {
			return nil, err
		}
	}
	if e.fields == nil { // what a seeded one showed stays
		o := row{e: e}.render(s, listing{object: "SmartPlusAd"}, c.now)
		delete(o, "creative_list")
		e.fields = o
	}
	e.set(c.params, "smart_plus_ad_id")
	s.setCreatives(c, e)
	e.modified, e.reviewed = c.now, c.now.Add(s.opts.ReviewAfter)
	return s.full(c, e, "SmartPlusAd"), nil
}

// setMaterials is POST /smart_plus/ad/material_status/update/.
func (s *Sim) setMaterials(c *call) (any, *apiError) {
	if err := s.gateway(c, "SmartPlusAd"); err != nil {
		return nil, err
	}
	e, err := s.target(&c.account.ads, c.str("smart_plus_ad_id"), "smart_plus_ad", true)
	if err != nil {
		return nil, err
	}
	op := c.str("material_status")
	if op == "" {
		op = c.str("operation_status")
	}
	ids, err := stringsOf(c.params, "ad_material_ids")
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(e.creatives, func(cr *creative) bool { return cr.material == id }) {
			return nil, refuse(codeNotFound, "The ad material %s does not exist.", id)
		}
	}
	if err := pause(c, e); err != nil {
		return nil, err
	}
	for _, cr := range e.creatives {
		if slices.Contains(ids, cr.material) {
			cr.op = op
		}
	}
	e.modified = c.now
	return obj{"ad_material_ids": ids, "status": op}, nil
}
