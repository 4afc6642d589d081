package sim

import (
	"slices"
)

func (t *tx) budgetChecks(e *entity, o obj) []adsError {
	b, errs := t.parent(o, "campaign_budget", "campaign_budget")
	if len(errs) > 0 {
		return errs
	}
	bo := t.s.tree(b)
	shared, _ := bo["explicitly_shared"].(bool)
	users := t.s.budgetUsers(b)
	users = slices.DeleteFunc(users, func(x *entity) bool { return x == e })
	switch {
	case !shared && len(users) > 0:
		return []adsError{issue("campaignBudgetError", "CANNOT_USE_IMPLICITLY_SHARED_CAMPAIGN_BUDGET_WITH_MULTIPLE_CAMPAIGNS",
			"Cannot use an implicitly shared budget with multiple campaigns.").at("campaign_budget").because(b.name())}
	case shared && text(o, "advertising_channel_type") == "PERFORMANCE_MAX":
		return []adsError{issue("campaignError", "CAMPAIGN_CANNOT_USE_SHARED_BUDGET", "The campaign cannot use a shared budget.").at("campaign_budget").because(b.name())}
	case text(bo, "period") == "CUSTOM_PERIOD" && text(o, "end_date_time") == "":
		return []adsError{issue("campaignError", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET", "An end date is required with a campaign total budget.").at("end_date_time")}
	}
	return nil
}

func (t *tx) createBudget(o obj, _ operation) (*entity, []adsError) {
	setDefault(o, "explicitly_shared", true)
	setDefault(o, "period", "DAILY")
	setDefault(o, "delivery_method", "STANDARD")
	o["type"], o["status"] = "STANDARD", "ENABLED"
	if errs := t.amounts(nil, o); len(errs) > 0 {
		return nil, errs
	}
	o["has_recommended_budget"] = false
	return t.put("campaign_budget", key{a: t.fresh()}, nil, o), nil
}

// amounts checks a budget.
func (t *tx) amounts(e *entity, o obj) []adsError {
	var errs []adsError
	shared, _ := o["explicitly_shared"].(bool)
	name := text(o, "name")
	switch {
	case shared && name == "":
		errs = append(errs, required("name"))
	case shared && t.taken("campaign_budget", nil, e, name):
		errs = append(errs, issue("campaignBudgetError", "DUPLICATE_NAME", "An active budget with this name already exists.").at("name").because(name))
	}
	field, other, code := "amount_micros", "total_amount_micros", "TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY"
	if text(o, "period") == "CUSTOM_PERIOD" {
		field, other, code = other, field, "BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD"
	}
	v := number(o, field)
	switch step := unit(t.cust.currency); {
	case o[field] == nil:
		errs = append(errs, required(field))
	case v < 0:
		errs = append(errs, issue("campaignBudgetError", "NEGATIVE_MONEY_AMOUNT", "The amount is negative.").at(field).because(itoa(v)))
	case v%step != 0:
		errs = append(errs, issue("campaignBudgetError", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT", "The amount is not a multiple of the currency's smallest unit.").at(field).because(itoa(v)))
	case v < step:
		low := issue("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", "The budget is below the minimum.").at(field).because(itoa(v))
		low.details = obj{"budget_per_day_minimum_error_details": obj{"currency_code": t.cust.currency, "budget_per_day_minimum_micros": step, "minimum_budget_amount_micros": step, "failed_budget_amount_micros": v}}
		errs = append(errs, low)
	}
	if o[other] != nil {
		errs = append(errs, issue("campaignBudgetError", code, "Only one of the amounts goes with the period.").at(other))
	}
	return errs
}

func (t *tx) updateBudget(e *entity, old, next obj, _ []string) (obj, []adsError) {
	if was, _ := old["explicitly_shared"].(bool); was != (next["explicitly_shared"] == true) && was {
		return nil, []adsError{issue("campaignBudgetError", "CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED", "A shared budget stays shared.").at("explicitly_shared")}
	}
	if errs := t.amounts(e, next); len(errs) > 0 {
		return nil, errs
	}
	return next, nil
}

func (t *tx) removeBudget(e *entity, _ operation) []adsError {
	if len(t.s.budgetUsers(e)) > 0 {
		return []adsError{issue("campaignBudgetError", "CAMPAIGN_BUDGET_IN_USE", "The budget cannot be removed as it is in use.").because(e.name())}
	}
	return nil
}
