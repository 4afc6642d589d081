package google

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// depth is how far down the rows are that Google is asked for.
type depth uint8

const (
	depthAccount depth = iota + 1
	depthCampaign
	depthGroup
	depthAd
	depthKeyword
)

func depthOf(l normalize.Level) depth {
	switch l {
	case normalize.LevelOrganization:
		return depthAccount
	case normalize.LevelCampaign:
		return depthCampaign
	case normalize.LevelGroup:
		return depthGroup
	case normalize.LevelAd, normalize.LevelCreative: // a creative is an ad's content
		return depthAd
	case normalize.LevelKeyword:
		return depthKeyword
	}
	return 0
}

// Resources that reports are read from. https://developers.google.com/google-ads/api/fields/v25/overview
const (
	resourceCustomer    = "customer"
	resourceCampaigns   = "campaign"
	resourceGroups      = "ad_group"
	resourceAds         = "ad_group_ad"
	resourceKeywords    = "keyword_view"
	resourceAssetGroups = "asset_group" // what Performance Max has in place of ad groups and ads
	resourceGeographic  = "geographic_view"
	resourceAges        = "age_range_view"
	resourceGenders     = "gender_view"
)

var (
	resources = map[depth]string{
		depthAccount: resourceCustomer, depthCampaign: resourceCampaigns, depthGroup: resourceGroups, depthAd: resourceAds, depthKeyword: resourceKeywords,
	}
	views = map[view]string{viewGeographic: resourceGeographic, viewAge: resourceAges, viewGender: resourceGenders}
)

// place is what a field of a row is, besides its numbers.
type place uint8

const (
	placeCampaignID place = iota
	placeCampaignName
	placeGroupID
	placeGroupName
	placeAdID
	placeAdName
	placeText // of a keyword
	placeMatch
	placeDate // the first day of the period
	placeHour
	placeNetwork
	placeSlot
	placeDevice
	placeCountry
	placeAge
	placeGender
	placeCategory
	numPlaces
)

// reportField is a field of a query, and where its value goes: to a place, or to a column.
type reportField struct {
	name   string
	place  place
	column figure
	number bool
}

// pass is one of the queries that a report takes.
type pass struct {
	from     string
	where    []string
	fields   []reportField
	tree     *node
	numbers  []figure         // the columns among the fields
	kept     [numColumns]bool // the columns that it is asked for; others it only needs
	asset    bool             // the rows are of asset groups
	category bool             // conversions by category of their action
	pruned   bool             // what the resource lacks has been taken out
	left     bool             // there is nothing to ask for
}

// ready prepares a query whose fields are complete.
func (p *pass) ready() *pass {
	p.tree = treeOf(p.fields)
	p.numbers = nil
	for _, f := range p.fields {
		if f.number {
			p.numbers = append(p.numbers, f.column)
		}
	}
	return p
}

// figures adds the columns to the fields.
func (p *pass) figures(list []figure, kept bool) {
	for _, c := range list {
		p.fields = append(p.fields, reportField{name: "metrics." + columnSources[c].field, column: c, number: true})
		p.kept[c] = kept
	}
}

// text is the query for the days of a range. Resource names that nobody asked for would be a third of the answer.
func (p *pass) text(days normalize.DayRange) string {
	q := gaql{from: p.from, where: slices.Clone(p.where)}
	for _, f := range p.fields {
		q.fields = append(q.fields, f.name)
	}
	q.where = append(q.where, "segments.date BETWEEN "+gaqlString(days.From.String())+" AND "+gaqlString(days.To.Add(-1).String()))
	return q.String() + " PARAMETERS omit_unselected_resource_names = true"
}

// passes lists the queries of a report on an account.
func (s *shape) passes(org normalize.Organization) []*pass {
	var out []*pass
	if s.ads() {
		p := s.pass(s.resource(), s.filter.ofAds(s.depth, org))
		if s.view == viewGeographic { // one of the two rows that each place has
			p.where = append(p.where, "geographic_view.location_type = LOCATION_OF_PRESENCE")
		}
		out = append(out, p)
		if s.leads || s.revenue {
			out = append(out, s.byCategory(p))
		}
		if len(s.below) > 0 {
			p := &pass{from: resourceCampaigns, where: p.where, fields: s.fields(false)}
			p.figures(s.below, true)
			p.figures([]figure{colImpressions}, false)
			out = append(out, p.ready())
		}
	}
	if s.assets() && !s.slotted() {
		p := s.pass(resourceAssetGroups, s.filter.ofAssets())
		out = append(out, p)
		if s.leads || s.revenue {
			out = append(out, s.byCategory(p))
		}
	}
	return out
}

// pass is the query for the columns that a resource has.
func (s *shape) pass(from string, where []string) *pass {
	p := &pass{from: from, where: where, asset: from == resourceAssetGroups}
	p.fields = s.fields(p.asset)
	p.figures(slices.DeleteFunc(slices.Clone(s.columns), func(c figure) bool { return lacks(from, c) }), true)
	return p.ready()
}

// resource is what all but asset groups is read from.
func (s *shape) resource() string {
	if s.view != viewNone {
		return views[s.view]
	}
	return resources[s.depth]
}

// ads tells whether anything but asset groups is asked for.
func (s *shape) ads() bool {
	f := &s.filter
	return (!f.byGroup || len(f.groups) > 0) && (!f.byAd || len(f.ads) > 0)
}

// assets tells whether asset groups have rows in the report.
func (s *shape) assets() bool {
	f := &s.filter
	return s.view == viewNone && (s.depth == depthGroup || s.depth == depthAd) && (!f.byGroup || len(f.groupAssets) > 0) && (!f.byAd || len(f.adAssets) > 0)
}

// slotted tells whether the report is by the slot of an ad, which asset groups do not have.
func (s *shape) slotted() bool {
	return slices.ContainsFunc(s.splits, func(sp split) bool { return sp.place == placeSlot })
}

// fields lists what a query selects besides columns: the object of the level, the period and the splits.
func (s *shape) fields(asset bool) []reportField {
	out := s.identity(asset)
	switch s.grain {
	case normalize.DimensionDate:
		out = append(out, reportField{name: "segments.date", place: placeDate})
	case normalize.DimensionHour:
		out = append(out, reportField{name: "segments.date", place: placeDate}, reportField{name: "segments.hour", place: placeHour})
	case normalize.DimensionWeek:
		out = append(out, reportField{name: "segments.week", place: placeDate})
	case normalize.DimensionMonth:
		out = append(out, reportField{name: "segments.month", place: placeDate})
	}
	for _, sp := range s.splits {
		out = append(out, reportField{name: sp.field, place: sp.place})
	}
	return out
}

// identity selects the object of the report's level, though Google's rows may be of objects below it.
func (s *shape) identity(asset bool) []reportField {
	if s.level == normalize.LevelOrganization {
		return []reportField{{name: "customer.id", place: numPlaces}}
	}
	out := []reportField{{name: "campaign.id", place: placeCampaignID}, {name: "campaign.name", place: placeCampaignName}}
	switch {
	case s.level == normalize.LevelCampaign:
		return out
	case asset:
		return append(out, reportField{name: "asset_group.id", place: placeGroupID}, reportField{name: "asset_group.name", place: placeGroupName})
	}
	out = append(out, reportField{name: "ad_group.id", place: placeGroupID}, reportField{name: "ad_group.name", place: placeGroupName})
	switch depthOf(s.level) {
	case depthAd:
		out = append(out, reportField{name: "ad_group_ad.ad.id", place: placeAdID}, reportField{name: "ad_group_ad.ad.name", place: placeAdName})
	case depthKeyword:
		out = append(out, reportField{name: "ad_group_criterion.criterion_id", place: placeAdID},
			reportField{name: "ad_group_criterion.keyword.text", place: placeText}, reportField{name: "ad_group_criterion.keyword.match_type", place: placeMatch})
	}
	return out
}

// byCategory is the query for what conversions of certain kinds brought: Google does not tell cost and clicks beside a
// segment of conversions, so these numbers come by themselves and are put to the rows of p.
func (s *shape) byCategory(p *pass) *pass {
	out := &pass{from: p.from, where: slices.Clone(p.where), asset: p.asset, category: true, fields: s.fields(p.asset)}
	out.fields = append(out.fields, reportField{name: "segments.conversion_action_category", place: placeCategory})
	var categories []string
	if s.leads {
		categories = append(categories, leadCategories...)
		out.figures([]figure{colLeads}, true)
	}
	if s.revenue {
		categories = append(categories, revenueCategories...)
		out.figures([]figure{colRevenue}, true)
	}
	out.where = append(out.where, "segments.conversion_action_category IN ("+strings.Join(categories, ", ")+")")
	return out.ready()
}
