package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// criterionType is the type that a criterion's field makes it.
func criterionType(field string) string { return strings.ToUpper(field) }

// content is the field that makes a criterion its kind; "" when there is none.
func (t *tx) content(noun string, o obj) string {
	for _, f := range t.s.schema.messages[noun].order {
		if f.oneof == "criterion" && o[f.name] != nil {
			return f.name
		}
	}
	return ""
}

// criterionID is a criterion's number: constants bring their own, all else
// follows from the content, so that equal criteria meet.
func criterionID(field string, content obj) int64 {
	for _, f := range []string{"geo_target_constant", "language_constant", "topic_constant", "user_interest_category", "user_list", "carrier_constant"} {
		if v := text(content, f); v != "" {
			var n int64
			if _, err := fmt.Sscan(lastPart(v), &n); err == nil {
				return n
			}
		}
	}
	for _, list := range [][]bucket{ageRanges, genders, incomes, parents} {
		for _, b := range list {
			if text(content, "type") == b.name && strings.Contains("age_range gender income_range parental_status", field) {
				return b.id
			}
		}
	}
	for _, d := range devices {
		if field == "device" && text(content, "type") == d.kind {
			return d.id
		}
	}
	h := simkit.HashString(field + string(appendJSON(nil, content)))
	return 350_000_000_000 + int64(h%1_000_000_000_000)
}

// pmaxCriteria are the kinds that Performance Max takes at campaign level.
var pmaxCriteria = []string{"location", "language", "ad_schedule", "keyword", "brand_list", "proximity", "device", "age_range", "webpage"}

// onlyNegative are the kinds that exclude and never target.
var onlyNegative = []string{"content_label", "ip_block"}

func (t *tx) createCampaignCriterion(o obj, _ operation) (*entity, []adsError) {
	campaign, errs := t.parent(o, "campaign", "campaign")
	if len(errs) > 0 {
		return nil, errs
	}
	field := t.content("CampaignCriterion", o)
	ct := t.s.tree(campaign)
	switch channel := text(ct, "advertising_channel_type"); {
	case field == "":
		return nil, []adsError{issue("campaignCriterionError", "CONCRETE_TYPE_REQUIRED", "Concrete type of criterion is required for CREATE operations.")}
	case slices.Contains([]string{"location", "proximity", "location_group"}, field) && text(ct, "contains_eu_political_advertising") == "":
		return nil, []adsError{issue("criterionError", "MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION", "The campaign lacks the EU political advertising declaration.").at(field)}
	case channel == "PERFORMANCE_MAX" && !slices.Contains(pmaxCriteria, field),
		channel == "DEMAND_GEN" && (field == "location" || field == "language"):
		return nil, []adsError{issue("criterionError", "CANNOT_ADD_CRITERIA_TYPE", "Criteria of this type cannot be added.").at(field)}
	case channel == "SEARCH" && field == "keyword" && o["negative"] != true:
		return nil, []adsError{issue("criterionError", "CANNOT_ADD_CRITERIA_TYPE", "Campaign-level keywords are negative.").at(field)}
	}
	return t.addCriterion("campaign_criterion", campaign, field, o)
}

func (t *tx) createGroupCriterion(o obj, _ operation) (*entity, []adsError) {
	group, errs := t.parent(o, "ad_group", "ad_group")
	if len(errs) > 0 {
		return nil, errs
	}
	field := t.content("AdGroupCriterion", o)
	channel := text(t.s.tree(group.up), "advertising_channel_type")
	switch {
	case field == "":
		return nil, []adsError{issue("adGroupCriterionError", "CONCRETE_TYPE_REQUIRED", "Concrete type of criterion is required for CREATE operations.")}
	case channel == "SEARCH" && field == "user_interest":
		return nil, []adsError{issue("criterionError", "CANNOT_ADD_USER_INTERESTS_TO_SEARCH_CAMPAIGNS", "User interests cannot be added to search campaigns.").at(field)}
	case channel != "DEMAND_GEN" && (field == "location" || field == "language"):
		return nil, []adsError{issue("criterionError", "CANNOT_ADD_CRITERIA_TYPE", "Criteria of this type cannot be added.").at(field)}
	}
	return t.addCriterion("ad_group_criterion", group, field, o)
}

// addCriterion checks the content and puts the criterion under its parent.
func (t *tx) addCriterion(kind string, up *entity, field string, o obj) (*entity, []adsError) {
	content, _ := o[field].(obj)
	negative := o["negative"] == true
	var errs []adsError
	switch keyword := text(content, "text"); {
	case field == "keyword" && (keyword == "" || text(content, "match_type") == ""):
		errs = append(errs, required("keyword.text"))
	case field == "keyword" && len([]rune(keyword)) > 80:
		errs = append(errs, issue("criterionError", "KEYWORD_TEXT_TOO_LONG", "Keyword text should be less than 80 chars.").at("keyword.text").because(keyword))
	case field == "keyword" && len(strings.Fields(keyword)) > 10:
		errs = append(errs, issue("criterionError", "KEYWORD_HAS_TOO_MANY_WORDS", "Keyword text has too many words.").at("keyword.text").because(keyword))
	case field == "keyword" && strings.ContainsAny(keyword, "!@%,*"):
		errs = append(errs, issue("criterionError", "KEYWORD_HAS_INVALID_CHARS", "Keyword text has invalid characters or symbols.").at("keyword.text").because(keyword))
	case field == "keyword" && contains(content, t.s.opts.PolicyWord):
		e := issue("policyViolationError", "POLICY_ERROR", "A policy was violated.").at("keyword.text").because(keyword)
		e.details = obj{"policy_violation_details": obj{"key": obj{"policy_name": policyTopic, "violating_text": t.s.opts.PolicyWord}, "is_exemptible": true,
			"external_policy_name": "Misleading claims", "external_policy_description": "The text promises what nobody can."}}
		errs = append(errs, e)
	case slices.Contains(onlyNegative, field) && !negative:
		errs = append(errs, issue("criterionError", "CANNOT_TARGET_CRITERION", "The criterion can only be excluded.").at(field))
	}
	errs = append(errs, bidModifier(o, negative)...)
	k := key{a: up.key.a, b: criterionID(field, content)}
	if old := t.s.find(t.cust, kind, k); old != nil && old.status() != "REMOVED" {
		errs = append(errs, issue("mutateError", "RESOURCE_ALREADY_EXISTS", "Resource already exists.").because(old.name()))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	setDefault(o, "status", "ENABLED")
	o["negative"], o["criterion_id"], o["type"] = negative, k.b, criterionType(field)
	return t.put(kind, k, up, o), nil
}

func bidModifier(o obj, negative bool) []adsError {
	v, set := o["bid_modifier"].(float64)
	switch {
	case set && negative:
		return []adsError{issue("criterionError", "CANNOT_BID_MODIFY_NEGATIVE_CRITERION", "Negative criteria take no bid modifier.").at("bid_modifier")}
	case set && v != 0 && v < 0.1:
		return []adsError{issue("rangeError", "TOO_LOW", "Too low.").at("bid_modifier")}
	case set && v > 10:
		return []adsError{issue("rangeError", "TOO_HIGH", "Too high.").at("bid_modifier")}
	}
	return nil
}

func (t *tx) updateCriterion(e *entity, old, next obj, _ []string) (obj, []adsError) {
	negative := old["negative"] == true
	if negative {
		family, code := "campaignCriterionError", "CANNOT_UPDATE_NEGATIVE_CRITERION"
		if e.kind == "ad_group_criterion" {
			family, code = "adGroupCriterionError", "CANT_UPDATE_NEGATIVE"
		}
		return nil, []adsError{issue(family, code, "Negative criteria cannot be updated.")}
	}
	if errs := bidModifier(next, false); len(errs) > 0 {
		return nil, errs
	}
	return next, nil
}
