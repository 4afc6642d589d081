package sim

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// noneYear is the year from which an end date means none.
const noneYear = 2050

// named refuses a name that is missing, too long or taken by a living sibling.
func named(next obj, limit, invalid, taken int, e []*entity) *itemError {
	name, _ := next["Name"].(string)
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > limit || strings.ContainsAny(name, "\n\r\t") {
		return bad(invalid, "Name")
	}
	for _, x := range living(e) {
		if x.id != next["Id"] && fold(x.str("Name")) == fold(name) {
			return bad(taken, "Name")
		}
	}
	return nil
}

// defaulted sets what a client left out.
func defaulted(next obj, name string, v any) {
	if next[name] == nil {
		next[name] = v
	}
}

func (s *Sim) checkCampaign(c *call, _ *entity, next, before obj) *itemError {
	defaulted(next, "CampaignType", "Search")
	kind, _ := next["CampaignType"].(string)
	if !slices.Contains([]string{"Search", "Shopping", "Audience", "Hotel", "PerformanceMax", "App"}, kind) {
		return bad(1155, "CampaignType")
	}
	if e := named(next, 128, 1101, 1115, c.acc.kids["Campaign"]); e != nil {
		return e
	}
	switch tz, _ := next["TimeZone"].(string); {
	case tz == "":
		return bad(1109, "TimeZone")
	case !s.tab.member("TimeZoneType", tz):
		return bad(1014, "TimeZone")
	case before != nil && tz != before["TimeZone"]:
		return bad(1131, "TimeZone")
	case next["IsPolitical"] == true:
		return &itemError{code: 201, field: "IsPolitical", details: "PoliticalCampaignsAreNotSupported"}
	}
	if before != nil && strings.HasPrefix(before["Status"].(string), "Budget") && next["Status"] != before["Status"] {
		// Out of budget it stays: paused too, or only that.
		next["Status"] = map[any]string{"Active": "BudgetPaused", "Paused": "BudgetAndManualPaused"}[next["Status"]]
	} else if e := settable(next, before, 1120); e != nil {
		return e
	}
	for _, check := range []checker{s.checkMoney, s.checkLanguages, s.checkSettings, s.checkScheme, s.checkDates} {
		if e := check(c, nil, next, before); e != nil {
			return e
		}
	}
	defaulted(next, "BidStrategyId", "0")
	defaulted(next, "AudienceAdsBidAdjustment", int64(0))
	defaulted(next, "MultimediaAdsBidAdjustment", int64(0))
	defaulted(next, "AdScheduleUseSearcherTimeZone", false)
	if p, ok := next["UrlCustomParameters"].(obj); ok {
		if list, _ := p["Parameters"].([]any); len(list) == 0 {
			delete(next, "UrlCustomParameters")
		}
	}
	return nil
}

// checkMoney: an amount of its own, or a shared budget whose amount is not
// changed here.
func (s *Sim) checkMoney(c *call, _ *entity, next, before obj) *itemError {
	id, _ := next["BudgetId"].(string)
	if id == "0" {
		delete(next, "BudgetId")
		id = ""
	}
	if id != "" {
		b := s.live(c.acc, "Budget", id)
		switch {
		case b == nil:
			return bad(4916, "BudgetId")
		case next["CampaignType"] == "PerformanceMax":
			return bad(4918, "BudgetId")
		case before == nil && next["DailyBudget"] != nil, before != nil && before["BudgetId"] == id && next["DailyBudget"] != before["DailyBudget"]:
			return bad(1159, "DailyBudget")
		}
		next["DailyBudget"], next["BudgetType"] = b.get()["Amount"], "DailyBudgetStandard"
		return nil
	}
	kind, _ := next["BudgetType"].(string)
	if kind == "" || kind != "DailyBudgetStandard" && next["CampaignType"] != "Audience" {
		return bad(1121, "BudgetType")
	}
	if v, ok := float(next["DailyBudget"]); !ok || v < 0.05 || v > 1e7 {
		return bad(1106, "DailyBudget")
	}
	return nil
}

func (s *Sim) checkLanguages(_ *call, _ *entity, next, _ obj) *itemError {
	list, _ := next["Languages"].([]any)
	if next["CampaignType"] == "Audience" && !slices.Contains(list, any("All")) {
		return bad(5701, "Languages")
	}
	for _, l := range list {
		text, _ := l.(string)
		if !s.tab.member("LanguageName", text) {
			return bad(3412, "Languages")
		}
	}
	return nil
}

func (s *Sim) checkSettings(_ *call, _ *entity, next, before obj) *itemError {
	need := map[any]string{"Shopping": "ShoppingSetting", "Hotel": "HotelSetting", "PerformanceMax": "PerformanceMaxSetting"}[next["CampaignType"]]
	list, _ := next["Settings"].([]any)
	found := before != nil
	for _, x := range list {
		o, _ := x.(obj)
		kind, _ := o["Type"].(string)
		found = found || kind == need
		for campaign, setting := range map[string]string{"Shopping": "ShoppingSetting", "Hotel": "HotelSetting"} {
			if kind == setting && next["CampaignType"] != campaign && next["CampaignType"] != "PerformanceMax" {
				return bad(1151, "Settings")
			}
		}
	}
	if need != "" && !found {
		return bad(1150, "Settings")
	}
	return nil
}

// checkScheme: two old schemes are silently rewritten.
func (s *Sim) checkScheme(_ *call, _ *entity, next, _ obj) *itemError {
	bs, ok := next["BiddingScheme"].(obj)
	if !ok {
		next["BiddingScheme"] = obj{"Type": map[any]string{"Audience": "MaxConversions", "PerformanceMax": "MaxConversions",
			"Hotel": "ManualCpc", "App": "ManualCpaBiddingScheme", "Search": "EnhancedCpc", "Shopping": "EnhancedCpc"}[next["CampaignType"]]}
		return nil
	}
	switch bs["Type"] {
	case "TargetCpa":
		bs["Type"] = "MaxConversions"
	case "TargetRoasBiddingScheme":
		bs["Type"] = "MaxConversionValueBiddingScheme"
	case "InheritFromParent":
		return bad(201, "BiddingScheme")
	}
	if v, ok := float(bs["TargetRoas"]); ok && (v < 0.01 || v > 1000) {
		return bad(201, "BiddingScheme.TargetRoas")
	}
	return nil
}

// checkDates: a campaign's own dates are for the audience network.
func (s *Sim) checkDates(_ *call, _ *entity, next, _ obj) *itemError {
	start, _ := next["StartDate"].(string)
	end, _ := next["EndDate"].(string)
	from, _ := readTime(start)
	to, hasEnd := readTime(end)
	if hasEnd && to.Year() >= noneYear {
		delete(next, "EndDate")
		hasEnd = false
	}
	if next["CampaignType"] != "Audience" { // taken, and ignored
		delete(next, "StartDate")
		delete(next, "EndDate")
		delete(next, "UseCampaignLevelDates")
		return nil
	}
	if next["BudgetType"] == "LifetimeBudgetStandard" && (start == "" || !hasEnd || to.After(from.AddDate(1, 0, 0))) {
		return bad(1233, "EndDate")
	}
	if hasEnd && to.Before(from) {
		return bad(1204, "EndDate")
	}
	return nil
}

func (s *Sim) checkBudget(c *call, _ *entity, next, _ obj) *itemError {
	name, _ := next["Name"].(string)
	if name == "" {
		return bad(4904, "Name")
	}
	if e := named(next, 128, 4905, 4907, c.acc.kids["Budget"]); e != nil {
		return e
	}
	v, ok := float(next["Amount"])
	switch {
	case next["BudgetType"] == nil:
		return bad(4908, "BudgetType")
	case next["BudgetType"] != "DailyBudgetStandard":
		return bad(1121, "BudgetType")
	case !ok:
		return bad(4910, "Amount")
	case v < 0.05:
		return bad(4912, "Amount")
	case v > 1e7:
		return bad(4911, "Amount")
	}
	return nil
}
