package providers

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// Object is a kind of object by its name in paths.
type Object string

// The objects of the public API, in the document's order.
const (
	ObjectOrganization   Object = "organization"
	ObjectCampaign       Object = "campaign"
	ObjectGroup          Object = "group"
	ObjectAd             Object = "ad"
	ObjectCreative       Object = "creative"
	ObjectAsset          Object = "asset"
	ObjectTarget         Object = "target"
	ObjectPromoted       Object = "promoted"
	ObjectInsertionOrder Object = "insertionorder"
	ObjectReport         Object = "report"
)

// ObjectSupport is one line of the support matrix: what works through the gateway, and what the platform itself does.
type ObjectSupport struct {
	Object                            Object
	List, Get, Create, Update, Delete bool
	Upstream                          []Filter // filters that the platform applies; the gateway applies the rest
	Requires                          []Filter
	Use                               string
	Levels                            []normalize.Level
	Dimensions                        []normalize.Dimension
	Metrics                           []Metric
}

// Any tells whether anything of the object works.
func (o ObjectSupport) Any() bool { return o.List || o.Get || o.Create || o.Update || o.Delete }

// Support is the matrix of a session, derived from its nil functions and its declarations: nothing is declared twice.
func Support(s *Session) []ObjectSupport {
	return []ObjectSupport{
		collectionSupport(ObjectOrganization, s.Organizations),
		collectionSupport(ObjectCampaign, s.Campaigns),
		collectionSupport(ObjectGroup, s.Groups),
		collectionSupport(ObjectAd, s.Ads),
		collectionSupport(ObjectCreative, s.Creatives),
		collectionSupport(ObjectAsset, s.Assets),
		collectionSupport(ObjectTarget, s.Targets),
		collectionSupport(ObjectPromoted, s.Promoted),
		collectionSupport(ObjectInsertionOrder, s.InsertionOrders),
		{
			Object: ObjectReport, List: s.Reports.Stream != nil || s.Reports.Submit != nil,
			Levels: s.Reports.Levels, Dimensions: s.Reports.Dimensions, Metrics: s.Reports.Metrics,
		},
	}
}

func collectionSupport[T any](o Object, c Collection[T]) ObjectSupport {
	return ObjectSupport{
		Object: o, List: c.List != nil, Get: c.Get != nil, Create: c.Create != nil, Update: c.Update != nil, Delete: c.Delete != nil,
		Upstream: slices.Clone(c.Filters), Requires: slices.Clone(c.Requires), Use: c.Use,
	}
}
