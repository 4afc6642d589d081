package sim

import (
	"encoding/json"
	"fmt"

	"github.com/admux/admux/providers/internal/simkit"
)

func (s *Sim) seedCampaign(a *account, c *simkit.Campaign) {
	e := &entity{kind: "Campaign", id: itoa(c.ID), acc: a, camp: c, flavor: flavorOf(s.opts.Dense, c), deleted: gone(c.Status), modified: c.Modified}
	e.build = func() obj { return s.campaignFields(e) }
	s.attach(e)
	if !s.opts.Dense && !a.src.Loaded {
		s.seedCriterions(e)
	}
	for _, g := range c.Groups {
		s.seedGroup(e, g)
	}
}

func campaignStatus(c *simkit.Campaign) string {
	switch {
	case c.Account.Status == simkit.Canceled:
		return "Suspended"
	case c.Status == simkit.Active && !c.Account.Loaded && numberOf(c)%11 == 5:
		return "BudgetPaused"
	}
	return statusOf(c.Status)
}

// campaignName fits a name into what the platform takes: no line breaks, and it
// is unique among its account's.
func campaignName(s string) string {
	out := []rune{}
	for _, r := range s {
		if r < 0x20 {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out[:min(len(out), 128)])
}

func (s *Sim) campaignFields(e *entity) obj {
	c, f := e.camp, e.flavor
	o := obj{
		"Id": e.id, "Name": campaignName(c.Name), "Status": campaignStatus(c), "CampaignType": f.campaignType, "BudgetType": "DailyBudgetStandard",
		"DailyBudget": json.Number("25.5"), "TimeZone": s.tab.zoneOf(c.Account.Zone), "Languages": []any{languageOf(c.Account)},
		"AudienceAdsBidAdjustment": int64(0), "BiddingScheme": scheme(f.scheme), "ForwardCompatibilityMap": []any{},
		"MultimediaAdsBidAdjustment": int64(40), "AdScheduleUseSearcherTimeZone": false, "BidStrategyId": "0",
		"Settings": []any{obj{"Type": "TargetSetting", "Details": []any{obj{"CriterionTypeGroup": "Audience", "TargetAndBid": false}}}},
	}
	if c.Account.Currency == "JPY" || c.Account.Currency == "HUF" {
		o["DailyBudget"] = json.Number("3000")
	}
	if c.DailyBudget > 0 {
		o["DailyBudget"] = micros(c.DailyBudget)
	}
	if f.subType != "" {
		o["SubType"] = f.subType
	}
	if f.campaignType == "Audience" {
		o["Languages"] = []any{"All"}
		s.audienceDates(o, c, f)
	}
	s.typeSettings(o, e)
	if f.shared {
		b := e.acc.kids["Budget"][0]
		o["BudgetId"], o["DailyBudget"] = b.id, b.get()["Amount"]
	}
	if f.portfolio {
		o["BidStrategyId"], o["BidStrategyScope"] = e.acc.kids["BidStrategy"][0].id, "Account"
	}
	if numberOf(c)%3 == 0 && !c.Account.Loaded {
		o["TrackingUrlTemplate"] = "{lpurl}?utm_source=bing&utm_campaign={CampaignId}"
		o["UrlCustomParameters"] = obj{"Parameters": []any{obj{"Key": "promo", "Value": "w,inter"}}}
	}
	return o
}

func (s *Sim) audienceDates(o obj, c *simkit.Campaign, f flavor) {
	if !c.Start.IsZero() {
		o["StartDate"] = c.Start.In(c.Account.Loc).Format("2006-01-02T15:04:05")
	}
	if !c.End.IsZero() {
		o["EndDate"] = c.End.In(c.Account.Loc).Format("2006-01-02T15:04:05")
	}
	o["UseCampaignLevelDates"] = !c.Start.IsZero()
	if f.budget != "" {
		o["BudgetType"], o["DailyBudget"], o["UseCampaignLevelDates"] = f.budget, json.Number("4500"), true
		o["StartDate"] = c.Start.Format("2006-01-02T15:04:05")
		o["EndDate"] = c.Start.AddDate(0, 11, 0).Format("2006-01-02T15:04:05")
	}
}

func (s *Sim) typeSettings(o obj, e *entity) {
	own := map[string]obj{
		"Shopping":       {"Type": "ShoppingSetting", "Priority": int64(0), "SalesCountryCode": "DE", "StoreId": "1400001", "LocalInventoryAdsEnabled": false},
		"PerformanceMax": {"Type": "PerformanceMaxSetting", "FinalUrlExpansionOptOut": false},
		"Hotel":          {"Type": "HotelSetting", "HotelAdGroupType": "HotelAd"},
		"App":            {"Type": "AppSetting", "AppStore": "MicrosoftAppStore", "AppId": "9NBLGGH4NNS1"},
	}[e.flavor.campaignType]
	if own != nil {
		o["Settings"] = append([]any{own}, o["Settings"].([]any)...)
	}
}

// scheme is a bidding scheme with its parameters.
func scheme(kind string) obj {
	o := obj{"Type": kind}
	switch kind {
	case "MaxClicks":
		o["MaxCpc"] = amount(2 * simkit.Micro)
	case "MaxConversions":
		o["MaxCpc"], o["TargetCpa"] = obj{"Amount": nil}, json.Number("12")
	case "MaxConversionValueBiddingScheme":
		o["TargetRoas"] = json.Number("2.5")
	case "TargetImpressionShareBiddingScheme":
		o["TargetImpressionShare"], o["TargetAdPosition"], o["MaxCpc"] = json.Number("60"), "MainLine", nil
	case "PercentCpcBiddingScheme":
		o["MaxPercentCpc"] = json.Number("4")
	case "ManualCpaBiddingScheme":
		o["ManualCpi"] = json.Number("1.5")
	}
	return o
}

func (s *Sim) seedGroup(parent *entity, g *simkit.Group) {
	e := &entity{kind: "AdGroup", id: itoa(g.ID), acc: parent.acc, parent: parent, group: g, flavor: parent.flavor, modified: g.Modified,
		deleted: parent.deleted || gone(g.Status)}
	if isPMax(g.Campaign) {
		e.kind = "AssetGroup"
		e.build = func() obj { return s.assetGroupFields(e) }
		s.attach(e)
		return
	}
	e.build = func() obj { return s.groupFields(e) }
	s.attach(e)
	if e.flavor.campaignType == "Search" && !s.opts.Dense {
		s.seedKeywords(e)
	}
	for _, ad := range g.Ads {
		s.seedAd(e, ad)
	}
}

func groupStatus(g *simkit.Group) string {
	if g.Status == simkit.Completed {
		return "Expired"
	}
	return statusOf(g.Status)
}

func (s *Sim) groupFields(e *entity) obj {
	g := e.group
	o := obj{
		"Id": e.id, "Name": campaignName(g.Name), "Status": groupStatus(g), "Network": "OwnedAndOperatedAndSyndicatedSearch",
		"CpcBid": amount(350_000), "BiddingScheme": obj{"Type": "InheritFromParent", "InheritedBidStrategyType": e.flavor.scheme},
		"ForwardCompatibilityMap": []any{}, "AdScheduleUseSearcherTimeZone": false, "CpvBid": obj{"Amount": nil}, "CpmBid": obj{"Amount": nil},
		"MultimediaAdsBidAdjustment": int64(0),
	}
	if e.flavor.campaignType == "Search" {
		o["AdGroupType"] = "SearchStandard"
	}
	if g.Bid > 0 {
		o["CpcBid"] = amount(g.Bid)
	}
	switch e.flavor.scheme {
	case "ManualCpv":
		o["CpvBid"], o["CpcBid"] = amount(20_000), nil
	case "ManualCpm":
		o["CpmBid"], o["CpcBid"] = amount(3_500_000), nil
	}
	if e.flavor.campaignType == "Audience" {
		o["UsePredictiveTargeting"] = true
		o["FrequencyCapSettings"] = []any{obj{"TimeGranularity": "DAY", "CapValue": int64(3)}}
	}
	if !g.Start.IsZero() {
		o["StartDate"] = dateObj(simkit.DayOf(g.Start.In(g.Campaign.Account.Loc)))
	}
	if !g.End.IsZero() {
		o["EndDate"] = dateObj(simkit.DayOf(g.End.In(g.Campaign.Account.Loc)))
	}
	return o
}

func (s *Sim) seedKeywords(e *entity) {
	words := []string{"winter shoes", "buy boots online", "\"cheap\" boots, sale", "schuhe köln"}
	match := []string{"Exact", "Phrase", "Broad"}
	for i := range 3 {
		id := itoa(e.group.ID%1_000_000_000_000*10 + 84100000000000 + int64(i))
		text := words[(int(e.group.ID)+i)%len(words)]
		k := s.attach(&entity{kind: "Keyword", id: id, acc: e.acc, parent: e, modified: e.modified, deleted: e.deleted, fields: obj{
			"Id": id, "Text": text, "MatchType": match[i], "Status": "Active", "EditorialStatus": "Active", "Bid": amount(500_000),
			"BiddingScheme": obj{"Type": "InheritFromParent", "InheritedBidStrategyType": e.flavor.scheme}, "ForwardCompatibilityMap": []any{},
		}})
		if i == 2 && e.group.ID%5 == 1 {
			k.fields["Status"] = "Paused"
		}
	}
}

// seedCriterions gives a campaign where and when it is shown.
func (s *Sim) seedCriterions(e *entity) {
	n := numberOf(e.camp)
	list := []obj{
		{"Criterion": obj{"Type": "LocationCriterion", "LocationId": "72", "LocationType": "Country", "DisplayName": "Germany"}},
		{"Criterion": obj{"Type": "LocationIntentCriterion", "IntentOption": "PeopleInOrSearchingForOrViewingPages"}},
	}
	if n%2 == 0 {
		list = append(list,
			obj{"Type": "NegativeCampaignCriterion", "Criterion": obj{"Type": "LocationCriterion", "LocationId": "4498", "LocationType": "State", "DisplayName": "Bavaria, Germany"}},
			obj{"Criterion": obj{"Type": "AgeCriterion", "AgeRange": "ThirtyFiveToFourtyNine"}, "Bid": "15"},
			obj{"Criterion": obj{"Type": "GenderCriterion", "GenderType": "Female"}, "Bid": "0"},
			obj{"Criterion": obj{"Type": "DayTimeCriterion", "Day": "Monday", "FromHour": int64(9), "FromMinute": "Zero", "ToHour": int64(18), "ToMinute": "Thirty"}, "Bid": "20"},
		)
	}
	for _, device := range []string{"Computers", "Smartphones", "Tablets"} {
		list = append(list, obj{"Criterion": obj{"Type": "DeviceCriterion", "DeviceName": device, "OSName": nil}, "Bid": "0"})
	}
	if e.flavor.campaignType == "PerformanceMax" {
		list = list[:2]
	}
	for i, c := range list {
		s.seedCriterion(e, c, fmt.Sprint(n*100+int64(i)))
	}
}

func (s *Sim) seedCriterion(e *entity, c obj, id string) {
	o := obj{"Id": id, "CampaignId": e.id, "Status": "Active", "Type": "BiddableCampaignCriterion", "Criterion": c["Criterion"], "ForwardCompatibilityMap": []any{}}
	if t, ok := c["Type"].(string); ok {
		o["Type"] = t
	} else if bid, ok := c["Bid"].(string); ok {
		o["CriterionBid"] = obj{"Type": "BidMultiplier", "Multiplier": json.Number(bid)}
	} else {
		o["CriterionBid"] = obj{"Type": "BidMultiplier", "Multiplier": json.Number("0")}
	}
	s.attach(&entity{kind: "CampaignCriterion", id: id, acc: e.acc, parent: e, modified: e.modified, deleted: e.deleted, fields: o})
}
