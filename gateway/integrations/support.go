package integrations

import (
	"slices"

	"github.com/admux/admux/gateway/ads"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Support is a value of the contract's enumeration.
type Support string

// The values of Support.
const (
	Required     Support = "supported-required"
	Supported    Support = "supported"
	NotSupported Support = "not-supported"
)

func support(ok bool) Support {
	if ok {
		return Supported
	}
	return NotSupported
}

// ObjectSupport is the contract's IntegrationSupport.
type ObjectSupport struct {
	Methods         map[string]bool `json:"methods"`
	ListLimit       Support         `json:"list_limit"`
	ListOffset      Support         `json:"list_offset"`
	ListOrder       Support         `json:"list_order"`
	ListQuery       Support         `json:"list_query"`
	ListUpdatedGTE  Support         `json:"list_updated_gte"`
	ListOrgID       Support         `json:"list_org_id"`
	ListCampaignID  Support         `json:"list_campaign_id"`
	ListGroupID     Support         `json:"list_group_id"`
	ListAdID        Support         `json:"list_ad_id"`
	ListIOID        Support         `json:"list_io_id"`
	ListParentID    Support         `json:"list_parent_id"`
	ListStatus      Support         `json:"list_status"`
	ListEffective   Support         `json:"list_effective_status"`
	ListGoal        Support         `json:"list_goal"`
	ListType        Support         `json:"list_type"`
	ListDimension   Support         `json:"list_dimension"`
	ListStartGTE    Support         `json:"list_start_gte"`
	ListEndLT       Support         `json:"list_end_lt"`
	ListRawFields   Support         `json:"list_raw_fields"`
	SortByName      Support         `json:"list_sort_by_name"`
	SortByCreatedAt Support         `json:"list_sort_by_created_at"`
	SortByUpdatedAt Support         `json:"list_sort_by_updated_at"`

	Levels     []normalize.Level     `json:"levels,omitempty"`
	Dimensions []normalize.Dimension `json:"dimensions,omitempty"`
	Metrics    []normalize.Metric    `json:"metrics,omitempty"`
}

// Served tells what the document says of the gateway: whether a method of an object is served in this version, and
// whether its list takes a parameter.
type Served interface {
	Method(o providers.Object, method string) bool // list, get, create, update, remove
	Takes(o providers.Object, parameter string) bool
}

// matrix is the support of every object on a platform, by the contract's names.
func matrix(session *providers.Session, served Served) map[string]ObjectSupport {
	out := map[string]ObjectSupport{}
	for _, o := range providers.Support(session) {
		if o.Object == providers.ObjectReport {
			out["ads_"+string(o.Object)] = reportSupport(o, served)
			continue
		}
		out["ads_"+string(o.Object)] = objectSupport(o, session, served)
	}
	return out
}

func methods(o providers.ObjectSupport, served Served) map[string]bool {
	return map[string]bool{
		"list":   o.List && served.Method(o.Object, "list"),
		"get":    o.Get && served.Method(o.Object, "get"),
		"create": o.Create && served.Method(o.Object, "create"),
		"update": o.Update && served.Method(o.Object, "update"),
		"remove": o.Delete && served.Method(o.Object, "remove"),
	}
}

// objectSupport joins what the platform filters with what the gateway filters in its place.
func objectSupport(o providers.ObjectSupport, session *providers.Session, served Served) ObjectSupport {
	m := methods(o, served)
	lists := m["list"]
	filters := append(ads.Filters(o.Object), o.Upstream...)
	if session.InsertionOrders.List == nil {
		filters = slices.DeleteFunc(filters, func(f providers.Filter) bool { return f == "io_id" })
	}
	takes := func(f providers.Filter) Support {
		switch {
		case !lists || !served.Takes(o.Object, string(f)):
			return NotSupported
		case slices.Contains(o.Requires, f):
			return Required
		}
		return support(slices.Contains(filters, f))
	}
	sorts := func(k normalize.SortKey) Support {
		return support(lists && served.Takes(o.Object, "sort") && slices.Contains(ads.Sorts(o.Object), k))
	}
	return ObjectSupport{
		Methods: m, ListLimit: support(lists), ListOffset: support(lists), ListOrder: support(lists), ListRawFields: support(lists),
		ListQuery: takes(providers.FilterQuery), ListUpdatedGTE: takes(providers.FilterUpdatedSince), ListOrgID: takes(providers.FilterOrg),
		ListCampaignID: takes(providers.FilterCampaign), ListGroupID: takes(providers.FilterGroup), ListAdID: NotSupported,
		ListIOID: takes("io_id"), ListParentID: takes(providers.FilterParent), ListStatus: takes(providers.FilterStatus),
		ListEffective: takes(providers.FilterEffectiveStatus), ListGoal: takes(providers.FilterGoal), ListType: takes(providers.FilterType),
		ListDimension: NotSupported, ListStartGTE: takes(providers.FilterStart), ListEndLT: takes(providers.FilterEnd),
		SortByName: sorts(normalize.SortName), SortByCreatedAt: sorts(normalize.SortCreatedAt), SortByUpdatedAt: sorts(normalize.SortUpdatedAt),
	}
}

func reportSupport(o providers.ObjectSupport, served Served) ObjectSupport {
	m := methods(o, served)
	yes := support(m["list"])
	level := func(l normalize.Level) Support { return support(m["list"] && slices.Contains(o.Levels, l)) }
	s := ObjectSupport{
		Methods: m, ListLimit: yes, ListOffset: yes, ListOrder: yes, ListQuery: yes, ListUpdatedGTE: NotSupported, ListRawFields: NotSupported,
		ListOrgID: yes, ListCampaignID: level(normalize.LevelCampaign), ListGroupID: level(normalize.LevelGroup), ListAdID: level(normalize.LevelAd),
		ListIOID: NotSupported, ListParentID: NotSupported, ListStatus: NotSupported, ListEffective: NotSupported, ListGoal: NotSupported,
		ListType: yes, ListDimension: support(m["list"] && len(o.Dimensions) > 0), ListStartGTE: yes, ListEndLT: yes,
		SortByName: yes, SortByCreatedAt: NotSupported, SortByUpdatedAt: NotSupported,
	}
	if m["list"] {
		s.Levels, s.Dimensions = o.Levels, o.Dimensions
		for _, metric := range o.Metrics {
			s.Metrics = append(s.Metrics, metric.KPI)
		}
	}
	return s
}
