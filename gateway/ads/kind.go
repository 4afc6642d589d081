package ads

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// filterOrder is a filter that no platform claims.
const filterOrder providers.Filter = "io_id"

// kind is what is particular to one kind of object.
type kind[T normalize.Object] struct {
	object providers.Object
	of     func(*providers.Session) providers.Collection[T]
	// facts are the filters that the gateway can apply itself: the object carries what they compare.
	facts []providers.Filter
	sorts []normalize.SortKey
	enums map[string][]string // the values that a filter takes, by parameter; absent: any
	hides bool                // archived objects, unless they are asked for
	// anywhere tells objects that belong to no account, unless a platform says otherwise by claiming the filter.
	anywhere bool
	shape    shape
}

// enums names the enumerations (of normalize.Enums) of the filters that have one; "" where the object has no such.
type enums struct{ status, effective, goal, typ string }

func endpointOf(o providers.Object) endpoint {
	const (
		org, campaign, group, parent = providers.FilterOrg, providers.FilterCampaign, providers.FilterGroup, providers.FilterParent
		status, effective, goal, typ = providers.FilterStatus, providers.FilterEffectiveStatus, providers.FilterGoal, providers.FilterType
		name, updated, start, end    = providers.FilterQuery, providers.FilterUpdatedSince, providers.FilterStart, providers.FilterEnd
	)
	facts := func(f ...providers.Filter) []providers.Filter { return f }
	dated := []normalize.SortKey{normalize.SortName, normalize.SortCreatedAt, normalize.SortUpdatedAt}
	named := []normalize.SortKey{normalize.SortName}
	switch o {
	case providers.ObjectOrganization:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Organization] { return s.Organizations },
			facts(org, parent, status, name, updated), dated, enums{status: "AdsOrganizationStatus"})
	case providers.ObjectCampaign:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Campaign] { return s.Campaigns },
			facts(org, status, effective, goal, name, updated, start, end), dated,
			enums{status: "AdsCampaignStatus", effective: "EffectiveStatus", goal: "Goal"})
	case providers.ObjectGroup:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Group] { return s.Groups },
			facts(org, campaign, parent, filterOrder, status, effective, typ, name, updated, start, end), dated,
			enums{status: "AdsGroupStatus", effective: "AdsGroupEffectiveStatus", typ: "AdsGroupType"})
	case providers.ObjectAd:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Ad] { return s.Ads },
			facts(org, campaign, group, status, effective, typ, name, updated), dated,
			enums{status: "AdsAdStatus", effective: "EffectiveStatus", typ: "AdType"})
	case providers.ObjectCreative:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Creative] { return s.Creatives },
			facts(org, campaign, group, status, typ, name, updated), dated, enums{status: "AdsCreativeStatus", typ: "CreativeType"})
	case providers.ObjectAsset:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Asset] { return s.Assets },
			facts(org, typ, name, updated), dated, enums{typ: "AdsAssetType"})
	case providers.ObjectTarget:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Target] { return s.Targets },
			facts(org, parent, typ, name), named, enums{typ: "AdsTargetType"})
	case providers.ObjectPromoted:
		return newKind(o, func(s *providers.Session) providers.Collection[normalize.Promoted] { return s.Promoted },
			facts(org, typ, name), named, enums{typ: "AdsPromotedType"})
	default:
		return newKind(providers.ObjectInsertionOrder,
			func(s *providers.Session) providers.Collection[normalize.InsertionOrder] { return s.InsertionOrders },
			facts(org, campaign, status, name, updated), dated, enums{status: "AdsInsertionorderStatus"})
	}
}

func newKind[T normalize.Object](o providers.Object, of func(*providers.Session) providers.Collection[T],
	facts []providers.Filter, sorts []normalize.SortKey, e enums) kind[T] {
	// An archived account is not hidden: its list has no parameter to ask for it.
	hides := o != providers.ObjectOrganization && e.status != ""
	known, all := map[string][]string{}, normalize.Enums()
	for parameter, enum := range map[string]string{"status": e.status, "effective_status": e.effective, "goal": e.goal, "type": e.typ} {
		if values, ok := all[enum]; ok {
			known[parameter] = values
		}
	}
	k := kind[T]{object: o, of: of, facts: facts, sorts: sorts, enums: known, hides: hides, shape: shapeOf[T](o)}
	k.anywhere = o != providers.ObjectOrganization && !slices.Contains(k.shape.names, "organization_id")
	return k
}

// missing is the answer for a kind that the platform does not have.
func (k kind[T]) missing(conn Connection, use string) error {
	detail := fmt.Sprintf("%s has nothing that answers to %s.", conn.Platform, k.object)
	if use != "" {
		detail += " Use " + strings.TrimSuffix(use, ".") + " in its place."
	}
	return problem.Unsupported(detail)
}

// asksOrg tells whether an adapter could not do without the account.
func asksOrg(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && e.Kind == providers.Invalid && e.Field == string(providers.FilterOrg)
}

// whichOrg asks between which accounts the caller means to choose.
func whichOrg(conn Connection) error {
	const most = 20
	names := strings.Join(conn.Orgs[:min(len(conn.Orgs), most)], ", ")
	switch {
	case len(conn.Orgs) == 0:
		return problem.Invalid("org_id", "is needed here: it names the ad account that the object is in")
	case len(conn.Orgs) > most:
		names += fmt.Sprintf(" and %d more", len(conn.Orgs)-most)
	}
	return problem.Invalid("org_id", "is needed here: the connection has several ad accounts: "+names)
}
