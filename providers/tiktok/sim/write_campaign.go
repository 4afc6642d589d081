package sim

import (
	"slices"
	"time"
)

// manualEnds is when manual creation for four objectives ends (the exact instant
// is assumed).
func manualEnds() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

func endsWith2026(objective string) bool {
	return slices.Contains([]string{"PRODUCT_SALES", "WEB_CONVERSIONS", "APP_PROMOTION", "LEAD_GENERATION"}, objective)
}

func (s *Sim) manualStillOpen(c *call, objective string) *apiError {
	if endsWith2026(objective) && !c.now.Before(manualEnds()) {
		return badParam("objective_type: Manual creation is no longer supported for %s. Please use Upgraded Smart+.", objective)
	}
	return nil
}

// createCampaign is POST /campaign/create/.
func (s *Sim) createCampaign(c *call) (any, *apiError) {
	p := c.params
	for _, check := range []func() *apiError{
		func() *apiError { return s.accept(kindCampaign, p, false) },
		c.spendKey,
		func() *apiError { return checkName("campaign_name", c.str("campaign_name"), 512) },
		func() *apiError { return s.campaignRules(c) },
		func() *apiError { return s.campaignBudget(c) },
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	e := s.makeCampaign(c, manual)
	return s.full(c, e, kindCampaign), nil
}

func (s *Sim) makeCampaign(c *call, auto string) *entity {
	num := s.newID()
	e := &entity{kind: kindCampaign, num: num, id: itoa(num), account: c.account, auto: auto, op: opParam(c.params), created: c.now, modified: c.now}
	objective := "LANDING_PAGE"
	if c.str("objective_type") == "APP_PROMOTION" {
		objective = "APP"
	}
	e.fields = obj{
		"advertiser_id": c.account.id, "campaign_id": e.id, "campaign_type": "REGULAR_CAMPAIGN", "campaign_automation_type": auto,
		"is_smart_performance_campaign": false, "is_search_campaign": false, "is_new_structure": true, "objective": objective,
		"roas_bid": 0, "rta_bid_enabled": false, "rta_product_selection_enabled": false, "is_advanced_dedicated_campaign": false,
		"special_industries": []any{}, "budget_mode": "BUDGET_MODE_INFINITE", "budget": 0,
	}
	e.set(c.params)
	c.account.campaigns.add(e)
	c.account.requests[c.str("request_id")] = true
	return e
}

// opParam is the switch a new object starts with: on, unless said otherwise.
func opParam(p obj) string {
	if op := str(p, "operation_status"); op != "" {
		return op
	}
	return "ENABLE"
}

func (s *Sim) campaignRules(c *call) *apiError {
	objective := c.str("objective_type")
	if err := s.manualStillOpen(c, objective); err != nil {
		return err
	}
	switch {
	case objective == "RF_REACH" || objective == "TOPVIEW_REACH" || objective == "APP_INSTALL" || objective == "CONVERSIONS" || objective == "CATALOG_SALES":
		return badParam("objective_type: %s is not supported.", objective)
	case objective == "APP_PROMOTION" && !c.has("app_promotion_type"):
		return missing("app_promotion_type")
	case objective == "PRODUCT_SALES" && !c.has("campaign_product_source"):
		return missing("campaign_product_source")
	case c.has("sales_destination") && c.str("virtual_objective_type") != "SALES":
		return missing("virtual_objective_type")
	case c.str("operation_status") == "DELETE" || c.str("operation_status") == "FROZEN":
		return badParam("operation_status: Must be one of: ENABLE, DISABLE.")
	}
	if c.has("request_id") {
		return nil // an idempotency key permits the same name twice
	}
	for _, e := range c.account.campaigns.all {
		if !e.deleted() && e.title() == c.str("campaign_name") {
			return badParam("campaign_name: Campaign name already exists. Please try another one.")
		}
	}
	return nil
}

func (s *Sim) campaignBudget(c *call) *apiError {
	mode, cbo := c.str("budget_mode"), c.flag("budget_optimize_on")
	budget, err := s.amount(c.account, c.params, "budget")
	switch {
	case err != nil:
		return err
	case mode == "":
		return missing("budget_mode")
	case mode == "BUDGET_MODE_INFINITE" && cbo:
		return badParam("budget_mode: BUDGET_MODE_INFINITE is not supported when budget_optimize_on is true.")
	case mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" && !cbo:
		return badParam("budget_mode: BUDGET_MODE_DYNAMIC_DAILY_BUDGET requires budget_optimize_on.")
	case mode == "BUDGET_MODE_INFINITE" && budget != 0:
		return badParam("budget: Must be 0 with BUDGET_MODE_INFINITE.")
	case mode == "BUDGET_MODE_INFINITE":
		return nil
	case !c.has("budget"):
		return missing("budget")
	}
	return s.checkBudget(c.account, budget, campaignBase(c.params), 1, 0)
}

func campaignBase(p obj) int64 {
	if str(p, "objective_type") == "PRODUCT_SALES" && slices.Contains([]string{"STORE", "SHOWCASE"}, str(p, "campaign_product_source")) {
		return 10
	}
	return 50
}

// target finds the object of an update; a write through the wrong door fails.
func (s *Sim) target(l *list, id, name string, smart bool) (*entity, *apiError) {
	e := l.find(id)
	switch {
	case e == nil:
		return nil, refuse(codeNotFound, "The %s %s does not exist.", name, id)
	case e.deleted():
		return nil, badParam("The %s %s has been deleted.", name, id)
	case smart != (e.auto == smartPlus):
		if smart {
			return nil, badParam("%s_id: %s is not an Upgraded Smart+ %s.", name, id, name)
		}
		return nil, badParam("%s_id: The %s %s is a Smart+ %s and cannot be edited with this endpoint.", name, name, id, name)
	}
	return e, nil
}

// updateCampaign is POST /campaign/update/; what it leaves out stays.
func (s *Sim) updateCampaign(c *call) (any, *apiError) {
	if err := s.accept(kindCampaign, c.params, true); err != nil {
		return nil, err
	}
	return s.changeCampaign(c, false, kindCampaign)
}

func (s *Sim) changeCampaign(c *call, smart bool, object string) (any, *apiError) {
	e, err := s.target(&c.account.campaigns, c.str("campaign_id"), "campaign", smart)
	if err != nil {
		return nil, err
	}
	if c.has("campaign_name") {
		if err := checkName("campaign_name", c.str("campaign_name"), 512); err != nil {
			return nil, err
		}
	}
	if list, ok := c.params["special_industries"].([]any); ok && len(list) > 0 {
		return nil, badParam("special_industries: Can only be cleared.")
	}
	if c.has("budget") {
		mode := str(e.show(), "budget_mode")
		budget, err := s.amount(c.account, c.params, "budget")
		if err == nil && mode == "BUDGET_MODE_INFINITE" {
			err = badParam("budget: The campaign has no budget.")
		}
		if err == nil {
			err = s.checkBudget(c.account, budget, campaignBase(e.show()), 1, s.spentBy(c, e, mode))
		}
		if err != nil {
			return nil, err
		}
	}
	e.set(c.params)
	e.modified = c.now
	return s.full(c, e, object), nil
}

// statusCall is one of the status endpoints.
type statusCall struct {
	list  func(*account) *list
	ids   string // the parameter with the ids
	name  string
	smart bool
	extra string // what the answer has besides
}

// setStatus switches or deletes objects. One bad id fails the whole call, unless
// the caller takes a partial success.
func (s *Sim) setStatus(k statusCall) func(*call) (any, *apiError) {
	return func(c *call) (any, *apiError) {
		ids, err := stringsOf(c.params, k.ids)
		op := c.str("operation_status")
		allowed := []string{"ENABLE", "DISABLE", "DELETE"}
		if k.smart && k.name == "smart_plus_ad" {
			allowed = append(allowed, "FROZEN")
		}
		switch {
		case err != nil:
			return nil, err
		case len(ids) == 0:
			return nil, missing(k.ids)
		case len(ids) > 20:
			return nil, badParam("%s: Longer than maximum length 20.", k.ids)
		case !slices.Contains(allowed, op):
			return nil, badParam("operation_status: Must be one of: ENABLE, DISABLE, DELETE.")
		}
		var good []*entity
		failed := []any{}
		for _, id := range ids {
			e, err := s.target(k.list(c.account), id, k.name, k.smart)
			if k.ids == "ad_ids" && c.account.parts[id] != nil {
				err = badParam("ad_ids: %s is a creative of an Upgraded Smart+ ad and cannot be edited with this endpoint.", id)
			}
			switch {
			case err == nil:
				good = append(good, e)
			case c.flag("allow_partial_success"):
				failed = append(failed, obj{k.name + "_id": id, "error_message": err.Message})
			default:
				return nil, err
			}
		}
		return s.switchAll(c, k, good, failed, op)
	}
}

func (s *Sim) switchAll(c *call, k statusCall, good []*entity, failed []any, op string) (any, *apiError) {
	done, list := []any{}, []any{}
	for _, e := range good {
		if k.smart && k.name == "smart_plus_ad" {
			if err := pause(c, e); err != nil {
				return nil, err
			}
		}
		e.op, e.modified = op, c.now
		done = append(done, e.id)
		if op != "DELETE" { // the deleted are not listed
			list = append(list, obj{"campaign_id": e.id, "status": op, "postback_window_mode": nil})
		}
	}
	out := obj{k.ids: done, "status": op}
	switch k.extra {
	case "campaign_list":
		out[k.extra] = list
	case "error_list":
		out[k.extra] = failed
		if len(failed) > 0 {
			return nil, &apiError{Code: 20001, Message: "Partial success", Data: out}
		}
	}
	return out, nil
}

// pause wants five seconds between two writes of the same Smart+ ad.
func pause(c *call, e *entity) *apiError {
	if !e.written.IsZero() && c.now.Sub(e.written) < 5*time.Second {
		return refuse(codeConflict, "The ad %s is being edited by another request. Please try again later.", e.id)
	}
	e.written = c.now
	return nil
}
