package sim

import (
	"slices"
	"strings"
)

// The levels that a column can make a report as fine as.
const (
	byAccount = iota
	byCampaign
	byGroup
	byAd
)

// unit is what one row is about, before it is split.
type unit struct {
	acc             *account
	camp, group, ad *entity
	key             uint64
}

// column is one column of a report: of the unit, of a split, the period, or a
// measure.
type column struct {
	name    string
	level   int
	attr    func(*unit) string
	split   *split
	index   int // which of the split's texts
	measure measure
	share   bool
}

// attrs are the columns that say what the unit is. The caller holds the lock.
var attrs = map[string]column{
	"AccountName":      {attr: func(u *unit) string { return u.acc.str("Name") }},
	"AccountNumber":    {attr: func(u *unit) string { return u.acc.str("Number") }},
	"AccountId":        {attr: func(u *unit) string { return u.acc.id }},
	"AccountStatus":    {attr: func(u *unit) string { return u.acc.str("AccountLifeCycleStatus") }},
	"CurrencyCode":     {attr: func(u *unit) string { return u.acc.src.Currency }},
	"CustomerId":       {attr: func(u *unit) string { return u.acc.customer }},
	"CustomerName":     {attr: func(u *unit) string { return customerNames[u.acc.customer] }},
	"CampaignId":       {level: byCampaign, attr: func(u *unit) string { return u.camp.id }},
	"BaseCampaignId":   {level: byCampaign, attr: func(u *unit) string { return u.camp.id }},
	"CampaignName":     {level: byCampaign, attr: func(u *unit) string { return u.camp.str("Name") }},
	"CampaignStatus":   {level: byCampaign, attr: func(u *unit) string { return statusText(u.camp) }},
	"CampaignType":     {level: byCampaign, attr: func(u *unit) string { return campaignTypeText[u.camp.str("CampaignType")] }},
	"CampaignLabels":   {level: byCampaign, attr: func(*unit) string { return "" }},
	"BudgetName":       {level: byCampaign, attr: budgetName},
	"AdGroupId":        {level: byGroup, attr: of("AdGroup", func(g *entity) string { return g.id })},
	"AdGroupName":      {level: byGroup, attr: of("AdGroup", func(g *entity) string { return g.str("Name") })},
	"AdGroupStatus":    {level: byGroup, attr: of("AdGroup", statusText)},
	"Status":           {level: byGroup, attr: func(u *unit) string { return statusText(u.group) }},
	"AdGroupType":      {level: byGroup, attr: of("AdGroup", func(g *entity) string { return g.str("AdGroupType") })},
	"AdGroupLabels":    {level: byGroup, attr: func(*unit) string { return "" }},
	"Language":         {level: byGroup, attr: func(u *unit) string { return languageOf(u.acc.src) }},
	"AssetGroupId":     {level: byGroup, attr: of("AssetGroup", func(g *entity) string { return g.id })},
	"AssetGroupName":   {level: byGroup, attr: of("AssetGroup", func(g *entity) string { return g.str("Name") })},
	"AssetGroupStatus": {level: byGroup, attr: of("AssetGroup", statusText)},
	"AdId":             {level: byAd, attr: func(u *unit) string { return u.ad.id }},
	"AdType":           {level: byAd, attr: func(u *unit) string { return adTypeText[u.ad.str("Type")] }},
	"AdStatus":         {level: byAd, attr: func(u *unit) string { return adStatusText(u.ad) }},
	"AdTitle":          {level: byAd, attr: func(u *unit) string { return u.ad.str("Title") }},
	"AdDescription":    {level: byAd, attr: func(u *unit) string { return u.ad.str("Text") }},
	"TitlePart1":       {level: byAd, attr: func(u *unit) string { return u.ad.str("TitlePart1") }},
	"TitlePart2":       {level: byAd, attr: func(u *unit) string { return u.ad.str("TitlePart2") }},
	"TitlePart3":       {level: byAd, attr: func(u *unit) string { return u.ad.str("TitlePart3") }},
	"Headline":         {level: byAd, attr: func(u *unit) string { return u.ad.str("Headline") }},
	"LongHeadline":     {level: byAd, attr: func(u *unit) string { return u.ad.str("LongHeadlineString") }},
	"BusinessName":     {level: byAd, attr: func(u *unit) string { return u.ad.str("BusinessName") }},
	"Path1":            {level: byAd, attr: func(u *unit) string { return u.ad.str("Path1") }},
	"Path2":            {level: byAd, attr: func(u *unit) string { return u.ad.str("Path2") }},
	"FinalUrl":         {level: byAd, attr: finalURL},
	"DestinationUrl":   {level: byAd, attr: func(*unit) string { return "" }},
	"DisplayUrl":       {level: byAd, attr: func(u *unit) string { return u.ad.str("Domain") }},
	"AdLabels":         {level: byAd, attr: func(*unit) string { return "" }},
}

// of is a text of a group of one kind; a group of the other has none.
func of(kind string, text func(*entity) string) func(*unit) string {
	return func(u *unit) string {
		if u.group.kind != kind {
			return ""
		}
		return text(u.group)
	}
}

// campaignTypeText is how reports spell a campaign's type; the sheet knows five.
var campaignTypeText = map[string]string{"Search": "Search & content", "PerformanceMax": "Performance max", "Shopping": "Shopping",
	"Audience": "Audience", "Hotel": "Hotel", "App": "App"}

var adTypeText = map[string]string{"ResponsiveSearch": "Responsive search ad", "ExpandedText": "Expanded text ad", "ResponsiveAd": "Responsive ad",
	"Product": "Product ad", "AppInstall": "App install ad", "Hotel": "Hotel ad"}

func statusText(e *entity) string {
	if e.deleted {
		return "Deleted"
	}
	return e.str("Status")
}

func adStatusText(e *entity) string {
	if o := e.get(); !e.deleted && o["EditorialStatus"] == "Disapproved" {
		return "Rejected"
	}
	return statusText(e)
}

func budgetName(u *unit) string {
	if id := u.camp.str("BudgetId"); id != "" {
		for _, b := range u.acc.kids["Budget"] {
			if b.id == id {
				return b.str("Name")
			}
		}
	}
	return ""
}

func finalURL(u *unit) string {
	if list, ok := u.ad.get()["FinalUrls"].([]any); ok && len(list) > 0 {
		text, _ := list[0].(string)
		return text
	}
	return ""
}

// selectColumns takes the columns in their order, and refuses what does not go
// together.
func (sp *reportSpec) selectColumns(known []string, in obj) *fault {
	list, _ := in["Columns"].([]any)
	if len(list) == 0 {
		return refuse(2014, "")
	}
	measures, plain := 0, 0
	for _, x := range list {
		name, _ := x.(string)
		if !slices.Contains(known, name) {
			return unparsable("$.ReportRequest.Columns")
		}
		if slices.Contains(sp.names, name) {
			return refuse(2016, name)
		}
		sp.names = append(sp.names, name)
		c, ok := sp.column(name)
		if !ok {
			return &fault{status: 400, code: 204, message: "The simulator has no column " + name + "."}
		}
		if c.measure != nil {
			measures++
			if !c.share {
				plain++
			}
		}
		sp.level = max(sp.level, c.level)
		sp.columns = append(sp.columns, c)
	}
	switch {
	case measures == 0 || plain == 0:
		return refuse(2017, "")
	case sp.kind == "AgeGenderAudienceReport" && (!slices.Contains(sp.names, "AgeGroup") || !slices.Contains(sp.names, "Gender")):
		return refuse(2015, "")
	case plain < measures && (in["Aggregation"] == "Hourly" || in["Aggregation"] == "HourOfDay"):
		return refuse(2053, "")
	}
	return sp.exclusions()
}

// exclusions are the attributes that do not go with shares (2064).
func (sp *reportSpec) exclusions() *fault {
	attributes := map[string]string{
		"AccountPerformanceReport":  "BidMatchType DeviceOS Goal GoalType TopVsOther CustomerId CustomerName DeliveredMatchType",
		"AdGroupPerformanceReport":  "BidMatchType DeviceOS Goal GoalType TopVsOther CustomerId CustomerName DeliveredMatchType",
		"CampaignPerformanceReport": "BidMatchType BudgetAssociationStatus BudgetName BudgetStatus DeviceOS Goal GoalType TopVsOther CustomerId CustomerName DeliveredMatchType",
	}[sp.kind]
	wide := "CustomerId CustomerName DeliveredMatchType"
	for _, c := range sp.columns {
		for name := range strings.FieldsSeq(attributes) {
			if !slices.Contains(sp.names, name) {
				continue
			}
			if slices.Contains(strings.Fields(wide), name) {
				if strings.HasPrefix(c.name, "AudienceImpression") || c.name == "RelativeCtr" {
					return refuse(2064, name+", "+c.name)
				}
			} else if c.share && (sp.kind == "CampaignPerformanceReport" || !strings.HasPrefix(c.name, "Top")) {
				return refuse(2064, name+", "+c.name)
			}
		}
	}
	return nil
}

// column finds what a name stands for in this report.
func (sp *reportSpec) column(name string) (*column, bool) {
	if name == "TimePeriod" {
		return &column{name: name}, true
	}
	if c, ok := attrs[name]; ok {
		c.name = name
		return &c, true
	}
	if sl, i := splitOf(name); sl != nil {
		if !slices.Contains(sp.splits, sl) {
			sp.splits = append(sp.splits, sl)
		}
		c := &column{name: name, split: sl, index: i}
		if sl.key == keywordKey {
			c.level = byGroup
		}
		return c, true
	}
	if m, ok := measures[name]; ok {
		return &column{name: name, measure: m}, true
	}
	if c, ok := sp.quiet(name); ok {
		return c, true
	}
	if m := shareOf(name); m != nil {
		return &column{name: name, measure: m, share: strings.HasSuffix(name, "Percent")}, true
	}
	return nil, false
}
