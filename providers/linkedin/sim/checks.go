package sim

import (
	"fmt"
	"slices"
	"strings"
)

func final(status string) bool {
	return status == "CANCELED" || status == "REMOVED" || status == "PENDING_DELETION"
}

// checks are the rules that need more than one field. before is nil on a
// creation. The caller holds the lock.
func (s *Sim) checks(c collection, account int64, before *entity, o obj) []inputError {
	var errs []inputError
	if u, _ := o["account"].(string); u != "" && u != makeURN("sponsoredAccount", account) {
		errs = append(errs, inputError{"MISMATCH_FIELDS", "The account differs from the path", "account"})
	}
	errs = append(errs, s.transition(c, before, o)...)
	currency, _ := s.accounts.byID[account].data["currency"].(string)
	for _, f := range []string{"dailyBudget", "totalBudget", "unitCost"} {
		if m, ok := o[f].(obj); ok && m["currencyCode"] != currency {
			errs = append(errs, inputError{"CURRENCY_MISMATCH", "Currency must be " + currency, f + "/currencyCode"})
		}
	}
	errs = append(errs, s.dates(before, o)...)
	switch c.name {
	case "adCampaignGroups":
		return append(errs, groupChecks(before, o)...)
	case "adCampaigns":
		return append(errs, s.campaignChecks(account, before, o)...)
	}
	return append(errs, s.creativeChecks(account, before, o)...)
}

// transition refuses moves between statuses that LinkedIn refuses.
func (s *Sim) transition(c collection, before *entity, o obj) []inputError {
	next, _ := o[c.status].(string)
	if before == nil {
		if c.name == "adCampaignGroups" && next != "ACTIVE" && next != "DRAFT" && next != "" {
			return []inputError{{"STATUS_CHANGE_NOT_ALLOWED", "A campaign group is created ACTIVE or DRAFT", "status"}}
		}
		return nil
	}
	now := before.status(c.status)
	if now == next {
		return nil
	}
	refuse := func(code string) []inputError {
		return []inputError{{code, fmt.Sprintf("Status cannot change from %s to %s", now, next), c.status}}
	}
	switch {
	case now == "CANCELED":
		return refuse("ACTION_NOT_ALLOWED_FOR_CANCELLED_STATUS")
	case final(now), next == "DRAFT", next == "REMOVED", next == "COMPLETED":
		return refuse("STATUS_CHANGE_NOT_ALLOWED")
	case next == "ARCHIVED" && c.byURN:
		if r := s.review(before); r == nil || r["status"] != "APPROVED" {
			return refuse("STATUS_CHANGE_NOT_ALLOWED") // reviewStatus must be APPROVED
		}
	case next == "ARCHIVED" && now != "PAUSED":
		return refuse("STATUS_CHANGE_NOT_ALLOWED")
	}
	return nil
}

func (s *Sim) dates(before *entity, o obj) []inputError {
	rs, ok := o["runSchedule"].(obj)
	if !ok {
		return nil
	}
	start, hasStart := number(rs["start"])
	end, hasEnd := number(rs["end"])
	if !hasStart {
		return []inputError{{"MISSING_FIELD", "runSchedule.start is required", "runSchedule/start"}}
	}
	if hasEnd && start >= end {
		return []inputError{{"START_DATE_AFTER_END_DATE", "Start must be before end", "runSchedule/start"}}
	}
	if before != nil && same(before.data["runSchedule"], rs) {
		return nil
	}
	if now := ms(s.kit.Clock.Now()); hasEnd && end < now {
		return []inputError{{"DATE_TOO_EARLY", "End lies in the past", "runSchedule/end"}}
	}
	return nil
}

func groupChecks(before *entity, o obj) []inputError {
	var errs []inputError
	if before != nil && before.data["backfilled"] == true {
		return []inputError{{"CANNOT_UPDATE_BACKFILLED_CAMPAIGN_GROUPS", "The default campaign group cannot be updated", "backfilled"}}
	}
	rs, _ := o["runSchedule"].(obj)
	if o["totalBudget"] != nil && rs["end"] == nil {
		errs = append(errs, inputError{"CONDITIONAL_MISSING_FIELD", "runSchedule.end is required with totalBudget", "runSchedule/end"})
	}
	opt, _ := o["budgetOptimization"].(obj)
	if o["dailyBudget"] != nil && opt["budgetOptimizationStrategy"] != "DYNAMIC" {
		errs = append(errs, inputError{"CONDITIONAL_FIELD_NOT_ALLOWED", "dailyBudget needs budgetOptimizationStrategy DYNAMIC", "dailyBudget"})
	}
	return errs
}

// targetsOf are the optimization targets that go with an objective (NONE goes
// with each).
var targetsOf = map[string][]string{
	"BRAND_AWARENESS":    {"MAX_IMPRESSION", "MAX_REACH", "TARGET_COST_PER_IMPRESSION", "CAP_COST_AND_MAXIMIZE_IMPRESSIONS", "CAP_COST_AND_MAXIMIZE_REACH"},
	"ENGAGEMENT":         {"MAX_CLICK", "TARGET_COST_PER_CLICK", "CAP_COST_AND_MAXIMIZE_CLICKS"},
	"WEBSITE_VISIT":      {"MAX_CLICK", "MAX_IMPRESSION", "TARGET_COST_PER_CLICK", "CAP_COST_AND_MAXIMIZE_CLICKS"},
	"JOB_APPLICANT":      {"MAX_CLICK", "TARGET_COST_PER_CLICK", "CAP_COST_AND_MAXIMIZE_CLICKS"},
	"TALENT_LEAD":        {"MAX_CLICK", "TARGET_COST_PER_CLICK", "CAP_COST_AND_MAXIMIZE_CLICKS"},
	"WEBSITE_CONVERSION": {"MAX_CONVERSION", "ENHANCED_CONVERSION", "CAP_COST_AND_MAXIMIZE_CONVERSIONS"},
	"VIDEO_VIEW":         {"MAX_VIDEO_VIEW", "TARGET_COST_PER_VIDEO_VIEW", "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS"},
	"LEAD_GENERATION":    {"MAX_LEAD", "MAX_QUALIFIED_LEAD", "CAP_COST_AND_MAXIMIZE_LEADS", "CAP_COST_AND_MAXIMIZE_QUALIFIED_LEADS"},
}

// costFits tells which cost type goes with a target.
func costFits(objective, target, cost string) bool {
	switch {
	case target == "NONE" || target == "ENHANCED_CONVERSION":
		switch objective {
		case "VIDEO_VIEW":
			return cost == "CPV"
		case "BRAND_AWARENESS":
			return cost == "CPM"
		}
		return cost == "CPC" || cost == "CPM"
	case strings.HasPrefix(target, "TARGET_COST_PER_"):
		return cost == map[string]string{"CLICK": "CPC", "IMPRESSION": "CPM", "VIDEO_VIEW": "CPV"}[strings.TrimPrefix(target, "TARGET_COST_PER_")]
	case strings.Contains(target, "VIDEO_VIEW"):
		return cost == "CPM" || cost == "CPV"
	}
	return cost == "CPM"
}

func (s *Sim) campaignChecks(account int64, before *entity, o obj) []inputError {
	var errs []inputError
	add := func(code, text, path string) { errs = append(errs, inputError{code, text, path}) }
	str := func(k string) string { v, _ := o[k].(string); return v }
	if before == nil && o["targeting"] != nil || before != nil && !same(before.data["targeting"], o["targeting"]) {
		add("TARGETING_FIELD_DEPRECATED", "Use targetingCriteria", "targeting")
	}
	if o["dailyBudget"] == nil && o["totalBudget"] == nil {
		add("MISSING_FIELD", "dailyBudget or totalBudget is required", "dailyBudget")
	}
	if o["connectedTelevisionOnly"] == true && o["offsiteDeliveryEnabled"] != true {
		add("CONDITIONAL_INVALID_VALUE", "connectedTelevisionOnly needs offsiteDeliveryEnabled", "connectedTelevisionOnly")
	}
	if t := str("type"); t != "TEXT_AD" && t != "" && str("associatedEntity") == "" && t != "SPONSORED_INMAILS" {
		add("CONDITIONAL_MISSING_FIELD", "associatedEntity is required for "+t, "associatedEntity")
	}
	id, _ := numberURN(str("campaignGroup"), "sponsoredCampaignGroup")
	g := s.groups[account].byID[id]
	switch {
	case str("campaignGroup") == "":
	case g == nil:
		add("FIELD_VALUE_DOES_NOT_EXIST", "The campaign group does not exist", "campaignGroup")
	case final(g.status("status")) || g.status("status") == "ARCHIVED":
		if before == nil {
			add("FIELD_VALUE_NOT_ACTIVE", "The campaign group is "+g.status("status"), "campaignGroup")
		}
	case g.status("status") == "DRAFT" && str("status") != "DRAFT":
		add("ONLY_DRAFT_CAMPAIGNS_ALLOWED_IN_DRAFT_CAMPAIGN_GROUPS", "Only DRAFT campaigns are allowed in a DRAFT campaign group", "status")
	default:
		if want := g.status("objectiveType"); want != "" && str("objectiveType") != "" && want != str("objectiveType") {
			add("INVALID_VALUE_FOR_FIELD", "objectiveType must be the campaign group's, "+want, "objectiveType")
		}
	}
	if before == nil || !same(before.data["optimizationTargetType"], o["optimizationTargetType"]) || !same(before.data["costType"], o["costType"]) {
		errs = append(errs, configuration(o)...)
	}
	errs = append(errs, s.conversionChecks(before, o)...)
	return errs
}

// configuration refuses combinations; the text echoes the seven fields.
func configuration(o obj) []inputError {
	str := func(k string) string { v, _ := o[k].(string); return v }
	objective, target := str("objectiveType"), str("optimizationTargetType")
	if target == "" {
		target = "NONE"
	}
	if objective == "" || str("costType") == "" {
		return nil
	}
	if target == "NONE" || slices.Contains(targetsOf[objective], target) {
		if costFits(objective, target, str("costType")) {
			return nil
		}
	}
	return []inputError{{"INVALID_CAMPAIGN_CONFIGURATION", fmt.Sprintf(
		"Invalid campaign configuration: objectiveType=%s, format=%s, type=%s, optimizationTargetType=%s, costType=%s, offsiteDeliveryEnabled=%v, audienceExpansionEnabled=%v",
		objective, str("format"), str("type"), target, str("costType"), o["offsiteDeliveryEnabled"], o["audienceExpansionEnabled"]), "optimizationTargetType"}}
}

func (s *Sim) creativeChecks(account int64, before *entity, o obj) []inputError {
	if before != nil {
		return nil
	}
	u, _ := o["campaign"].(string)
	if u == "" {
		return nil // reported as missing
	}
	id, _ := numberURN(u, "sponsoredCampaign")
	p := s.campaigns[account].byID[id]
	if p == nil {
		return []inputError{{"FIELD_VALUE_DOES_NOT_EXIST", "The campaign does not exist", "campaign"}}
	}
	var errs []inputError
	content, _ := o["content"].(obj)
	if len(content) != 1 {
		errs = append(errs, inputError{"MISSING_FIELD", "content must hold exactly one member", "content"})
	}
	if p.data["objectiveType"] == "LEAD_GENERATION" && o["leadgenCallToAction"] == nil {
		errs = append(errs, inputError{"CONDITIONAL_MISSING_FIELD", "leadgenCallToAction is required for LEAD_GENERATION", "leadgenCallToAction"})
	}
	if o["intendedStatus"] == "PAUSED" { // its review has not passed
		errs = append(errs, inputError{"STATUS_CHANGE_NOT_ALLOWED", "A creative cannot be created PAUSED before it is reviewed", "intendedStatus"})
	}
	if ref, ok := content["reference"].(string); ok {
		if strings.HasPrefix(ref, "urn:li:digitalmediaAsset:") {
			errs = append(errs, inputError{"INVALID_URN_TYPE", "content.reference must be a share, ugcPost or adInMailContent", "content/reference"})
		}
	}
	return errs
}
