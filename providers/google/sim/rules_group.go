package sim

import (
	"slices"
	"strings"
)

// channelGroups are the ad group types that a channel takes; the first is the default.
var channelGroups = map[string][]string{
	"SEARCH": {"SEARCH_STANDARD", "SEARCH_DYNAMIC_ADS"}, "DISPLAY": {"DISPLAY_STANDARD"}, "SHOPPING": {"SHOPPING_PRODUCT_ADS", "SHOPPING_SMART_ADS"},
	"VIDEO": {"VIDEO_TRUE_VIEW_IN_STREAM", "VIDEO_RESPONSIVE", "VIDEO_BUMPER", "VIDEO_NON_SKIPPABLE_IN_STREAM", "VIDEO_EFFICIENT_REACH"},
}

func (t *tx) createAdGroup(o obj, _ operation) (*entity, []adsError) {
	campaign, errs := t.parent(o, "campaign", "campaign")
	if text(o, "name") == "" {
		errs = append(errs, required("name"))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	channel := text(t.s.tree(campaign), "advertising_channel_type")
	types := channelGroups[channel]
	switch kind := text(o, "type"); {
	case channel == "PERFORMANCE_MAX":
		return nil, []adsError{issue("adGroupError", "CANNOT_ADD_AD_GROUP_FOR_CAMPAIGN_TYPE", "Ad groups cannot be added to campaigns of this type.").at("campaign").because(campaign.name())}
	case kind != "" && !slices.Contains(types, kind):
		return nil, []adsError{issue("adGroupError", "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE", "The ad group type is not valid for the campaign's channel.").at("type").because(kind)}
	case kind == "" && len(types) > 0:
		o["type"] = types[0]
	}
	setDefault(o, "status", "ENABLED")
	setDefault(o, "ad_rotation_mode", "OPTIMIZE")
	setDefault(o, "cpc_bid_micros", unit(t.cust.currency))
	setDefault(o, "optimized_targeting_enabled", false)
	if errs := t.groupName(campaign, nil, o); len(errs) > 0 {
		return nil, errs
	}
	return t.put("ad_group", key{a: t.fresh()}, campaign, o), nil
}

func (t *tx) groupName(campaign, e *entity, o obj) []adsError {
	name := text(o, "name")
	switch {
	case name == "" || len([]rune(name)) > 255 || strings.ContainsAny(name, "\n\r\x00"):
		return []adsError{issue("adGroupError", "INVALID_ADGROUP_NAME", "The ad group name is not valid.").at("name").because(name)}
	case t.taken("ad_group", campaign, e, name):
		return []adsError{issue("adGroupError", "DUPLICATE_ADGROUP_NAME", "An ad group with this name already exists in the campaign.").at("name").because(name)}
	}
	return nil
}

func (t *tx) updateAdGroup(e *entity, _, next obj, _ []string) (obj, []adsError) {
	if errs := t.groupName(e.up, e, next); len(errs) > 0 {
		return nil, errs
	}
	return next, nil
}

func (t *tx) createLabel(o obj, _ operation) (*entity, []adsError) {
	if text(o, "name") == "" {
		return nil, []adsError{required("name")}
	}
	if t.taken("label", nil, nil, text(o, "name")) {
		return nil, []adsError{issue("labelError", "DUPLICATE_NAME", "Label name already exists.").at("name").because(text(o, "name"))}
	}
	o["status"] = "ENABLED"
	return t.put("label", key{a: t.fresh()}, nil, o), nil
}

func (t *tx) updateLabel(e *entity, _, next obj, _ []string) (obj, []adsError) {
	if t.taken("label", nil, e, text(next, "name")) {
		return nil, []adsError{issue("labelError", "DUPLICATE_NAME", "Label name already exists.").at("name").because(text(next, "name"))}
	}
	return next, nil
}

func (t *tx) createConversionAction(o obj, _ operation) (*entity, []adsError) {
	for _, f := range []string{"name", "type"} {
		if text(o, f) == "" {
			return nil, []adsError{required(f)}
		}
	}
	if t.taken("conversion_action", nil, nil, text(o, "name")) {
		return nil, []adsError{issue("conversionActionError", "DUPLICATE_NAME", "The name of the conversion action already exists.").at("name").because(text(o, "name"))}
	}
	setDefault(o, "status", "ENABLED")
	setDefault(o, "category", "DEFAULT")
	setDefault(o, "click_through_lookback_window_days", int64(30))
	setDefault(o, "view_through_lookback_window_days", int64(1))
	setDefault(o, "counting_type", "MANY_PER_CLICK")
	setDefault(o, "primary_for_goal", true)
	o["include_in_conversions_metric"], o["owner_customer"] = o["primary_for_goal"], customerName(t.cust.id)
	return t.put("conversion_action", key{a: t.fresh()}, nil, o), nil
}

func (t *tx) updateNamed(e *entity, _, next obj, _ []string) (obj, []adsError) {
	if t.taken(e.kind, nil, e, text(next, "name")) {
		return nil, []adsError{issue("conversionActionError", "DUPLICATE_NAME", "The name of the conversion action already exists.").at("name")}
	}
	return next, nil
}
