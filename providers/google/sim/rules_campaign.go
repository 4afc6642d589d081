package sim

import (
	"slices"
	"strings"
	"time"
)

// rule is what the platform checks and fills in for one resource. update gets
// the tree as the mask leaves it and returns it finished.
type rule struct {
	create func(t *tx, o obj, op operation) (*entity, []adsError)
	update func(t *tx, e *entity, old, next obj, paths []string) (obj, []adsError)
	remove func(t *tx, e *entity, op operation) []adsError
}

// rules are the resources that mutates carry out.
var rules = map[string]rule{
	"Campaign":          {(*tx).createCampaign, (*tx).updateCampaign, nil},
	"CampaignBudget":    {(*tx).createBudget, (*tx).updateBudget, (*tx).removeBudget},
	"CampaignCriterion": {(*tx).createCampaignCriterion, (*tx).updateCriterion, nil},
	"CampaignAsset":     {(*tx).createCampaignAsset, anyUpdate, nil},
	"AdGroup":           {(*tx).createAdGroup, (*tx).updateAdGroup, nil},
	"AdGroupAd":         {(*tx).createAd, anyUpdate, nil},
	"Ad":                {nil, (*tx).updateAd, nil},
	"AdGroupCriterion":  {(*tx).createGroupCriterion, (*tx).updateCriterion, nil},
	"Asset":             {(*tx).createAsset, (*tx).updateAsset, nil},
	"AssetGroup":        {(*tx).createAssetGroup, (*tx).updateAssetGroup, nil},
	"AssetGroupAsset":   {(*tx).createAssetGroupAsset, anyUpdate, (*tx).removeAssetGroupAsset},
	"AssetGroupSignal":  {(*tx).createSignal, nil, nil},
	"Label":             {(*tx).createLabel, (*tx).updateLabel, nil},
	"ConversionAction":  {(*tx).createConversionAction, (*tx).updateNamed, nil},
}

func anyUpdate(_ *tx, _ *entity, _, next obj, _ []string) (obj, []adsError) { return next, nil }

// biddings are the members of a campaign's bidding oneof.
func (s *schema) biddings() []string {
	var out []string
	for _, f := range s.messages["Campaign"].order {
		if f.oneof == "campaign_bidding_strategy" {
			out = append(out, f.name)
		}
	}
	return out
}

// strategy is the bidding message a campaign has; "" when none.
func (t *tx) strategy(o obj) string {
	for _, name := range t.s.schema.biddings() {
		if o[name] != nil {
			return name
		}
	}
	return ""
}

func (t *tx) createCampaign(o obj, op operation) (*entity, []adsError) {
	var errs []adsError
	for _, f := range []string{"name", "advertising_channel_type", "campaign_budget", "contains_eu_political_advertising"} {
		if text(o, f) == "" || text(o, f) == "UNSPECIFIED" {
			errs = append(errs, required(f))
		}
	}
	bidding := t.strategy(o)
	if bidding == "" {
		errs = append(errs, required("campaign_bidding_strategy"))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	channel := text(o, "advertising_channel_type")
	if channel == "VIDEO" {
		return nil, []adsError{issue("mutateError", "MUTATE_NOT_ALLOWED", "Mutates are not allowed for the requested resource.").at("advertising_channel_type").because(channel)}
	}
	setDefault(o, "status", "ENABLED")
	setDefault(o, "start_date_time", wall(t.now, t.cust.loc)[:10]+" 00:00:00")
	errs = append(errs, t.campaignChecks(nil, o)...)
	if len(errs) > 0 {
		return nil, errs
	}
	sp := &spec{channel: channel, strategy: bidding}
	setDefault(o, "network_settings", networks(sp))
	setDefault(o, "geo_target_type_setting", obj{"positive_geo_target_type": "PRESENCE_OR_INTEREST", "negative_geo_target_type": "PRESENCE"})
	setDefault(o, "payment_mode", "CLICKS")
	o["experiment_type"], o["ad_serving_optimization_status"] = "BASE", "OPTIMIZE"
	o["missing_eu_political_advertising_declaration"] = false
	t.settle(o)
	e := t.put("campaign", key{a: t.fresh()}, nil, o)
	if channel == "PERFORMANCE_MAX" && o["brand_guidelines_enabled"] == true {
		t.camps = append(t.camps, checkpoint{e, append(slices.Clone(op.path), step("create"))})
	}
	return e, nil
}

// settle fills in what follows from the bidding message.
func (t *tx) settle(o obj) {
	name := t.strategy(o)
	if name == "bidding_strategy" {
		if b := t.s.findName(t.cust, text(o, name)); b != nil {
			o["bidding_strategy_type"] = text(t.s.tree(b), "type")
		}
		return
	}
	if k := strategyType[name]; k != "" {
		o["bidding_strategy_type"] = k
	}
	o["bidding_strategy_system_status"] = "ENABLED"
}

// campaignChecks are what create and update share. e is nil on create. It
// brings dates into their stored form.
func (t *tx) campaignChecks(e *entity, o obj) []adsError {
	var errs []adsError
	name := text(o, "name")
	switch {
	case name == "" || strings.ContainsAny(name, "\n\r\x00"):
		errs = append(errs, issue("campaignError", "INVALID_CAMPAIGN_NAME", "Invalid campaign name.").at("name").because(name))
	case t.taken("campaign", nil, e, name):
		errs = append(errs, issue("campaignError", "DUPLICATE_CAMPAIGN_NAME", "A campaign with this name already exists. Please use a unique name.").at("name").because(name))
	}
	errs = append(errs, t.budgetChecks(e, o)...)
	errs = append(errs, t.dates(e, o)...)
	bidding := t.strategy(o)
	if pmax := text(o, "advertising_channel_type") == "PERFORMANCE_MAX"; pmax && !strings.HasPrefix(bidding, "maximize_") {
		errs = append(errs, issue("biddingError", "INVALID_BIDDING_STRATEGY_TYPE", "The bidding strategy type is not valid for the campaign.").at(bidding))
	}
	return errs
}

// dates checks and stores start and end: days of the account's zone, from their
// first to their last second.
func (t *tx) dates(e *entity, o obj) []adsError {
	var errs []adsError
	read := func(field, clock, code string) string {
		v := text(o, field)
		if v == "" {
			return ""
		}
		d, err := time.Parse(time.DateTime, v)
		if err != nil {
			if d, err = time.Parse("20060102 15:04:05", v); err != nil {
				errs = append(errs, issue("dateError", "INVALID_STRING_DATE_TIME_SECONDS", "The string date time's format should be yyyy-mm-dd hh:mm:ss.").at(field).because(v))
				return ""
			}
		}
		if d.Format(time.TimeOnly) != clock {
			errs = append(errs, issue("dateError", code, "Start and end are the first and the last second of a day.").at(field).because(v))
		}
		o[field] = d.Format(time.DateTime)
		return d.Format(time.DateTime)
	}
	start := read("start_date_time", "00:00:00", "DATE_RANGE_ERROR_START_TIME_MUST_BE_THE_START_OF_A_DAY")
	end := read("end_date_time", "23:59:59", "DATE_RANGE_ERROR_END_TIME_MUST_BE_THE_END_OF_A_DAY")
	if len(errs) > 0 {
		return errs
	}
	now := wall(t.now, t.cust.loc)
	old := obj{}
	if e != nil {
		old = t.s.tree(e)
	}
	switch was := text(old, "start_date_time"); {
	case start != was && was != "" && was <= now:
		errs = append(errs, issue("campaignError", "CANNOT_MODIFY_START_DATE_IF_ALREADY_STARTED", "The start date cannot be changed once the campaign has started.").at("start_date_time"))
	case start != was && start != "" && start < now[:10]:
		errs = append(errs, issue("campaignError", "CANNOT_SET_DATE_TO_PAST", "Cannot set date to past.").at("start_date_time").because(start))
	}
	if end != "" && end != text(old, "end_date_time") && end < now {
		errs = append(errs, issue("campaignError", "CANNOT_SET_DATE_TO_PAST", "Cannot set date to past.").at("end_date_time").because(end))
	}
	if start != "" && end != "" && start > end {
		errs = append(errs, issue("dateRangeError", "START_DATE_AFTER_END_DATE", "The start date is after the end date.").at("end_date_time"))
	}
	return errs
}

func (t *tx) updateCampaign(e *entity, old, next obj, paths []string) (obj, []adsError) {
	next = with(next, "name", next["name"])
	if t.strategy(next) == "" {
		return nil, []adsError{issue("fieldError", "FIELD_CANNOT_BE_CLEARED", "The field cannot be cleared.").at("campaign_bidding_strategy")}
	}
	if text(next, "contains_eu_political_advertising") == "" && slices.Contains(paths, "contains_eu_political_advertising") {
		return nil, []adsError{issue("fieldError", "FIELD_CANNOT_BE_CLEARED", "The field cannot be cleared.").at("contains_eu_political_advertising")}
	}
	if text(next, "contains_eu_political_advertising") != "" {
		next["missing_eu_political_advertising_declaration"] = false
	}
	if errs := t.changed(e, old, next, paths); len(errs) > 0 {
		return nil, errs
	}
	t.settle(next)
	return next, nil
}

// changed checks a campaign where the mask has touched it.
func (t *tx) changed(e *entity, old, next obj, paths []string) []adsError {
	touched := func(fields ...string) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			head, _, _ := strings.Cut(p, ".")
			return slices.Contains(fields, head)
		})
	}
	if text(next, "status") == "" {
		next["status"] = text(old, "status")
	}
	if touched("name", "campaign_budget", "start_date_time", "end_date_time") || touched(t.s.schema.biddings()...) {
		return t.campaignChecks(e, next)
	}
	return nil
}
