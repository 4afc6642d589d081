package normalize

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Facts is what lists are filtered and sorted by; a field that an object does not have is empty.
type Facts struct {
	ID, Name                                     string
	Organization, Campaign, Group, Parent, Order string
	Status                                       Status
	EffectiveStatus                              EffectiveStatus
	Goal                                         Goal
	Type                                         string
	CreatedAt, UpdatedAt, StartAt, EndAt         *time.Time
}

// Object is any of the normalized objects.
type Object interface{ Facts() Facts }

// Facts of an ad account.
func (o Organization) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.ID, Parent: o.ParentID, Status: o.Status, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// Facts of a campaign.
func (o Campaign) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Campaign: o.ID, Status: o.Status, EffectiveStatus: o.EffectiveStatus,
		Goal: o.Goal, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, StartAt: o.StartAt, EndAt: o.EndAt}
}

// Facts of a group.
func (o Group) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Campaign: o.CampaignID, Group: o.ID, Parent: o.ParentID,
		Order: o.InsertionorderID, Status: o.Status, EffectiveStatus: o.EffectiveStatus, Type: string(o.Type),
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, StartAt: o.StartAt, EndAt: o.EndAt}
}

// Facts of an ad.
func (o Ad) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Campaign: o.CampaignID, Group: o.GroupID, Status: o.Status,
		EffectiveStatus: o.EffectiveStatus, Type: string(o.AdType), CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// Facts of a creative.
func (o Creative) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Campaign: o.CampaignID, Group: o.GroupID, Status: o.Status,
		Type: string(o.CreativeType), CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// Facts of an asset.
func (o Asset) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Type: string(o.Type), CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// Facts of a target.
func (o Target) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Parent: o.ParentID, Type: string(o.Type)}
}

// Facts of a promoted thing.
func (o Promoted) Facts() Facts { return Facts{ID: o.ID, Name: o.Name, Type: string(o.Type)} }

// Facts of an insertion order.
func (o InsertionOrder) Facts() Facts {
	return Facts{ID: o.ID, Name: o.Name, Organization: o.OrganizationID, Campaign: o.CampaignID, Status: o.Status, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// Filter keeps the objects that meet every condition that is set. Lists are ORed.
type Filter struct {
	Organization, Campaign, Group, Parent, Order string
	Query                                        string // in the name, case ignored
	Status                                       []string
	EffectiveStatus                              []string
	Goal, Type                                   []string
	UpdatedSince                                 time.Time // inclusive
	StartGTE, EndLT                              time.Time // flights that start at or after, end before
}

// Match tells whether an object passes. An object that lacks the fact a condition asks for does not pass it.
func (f Filter) Match(x Facts) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	in := func(want []string, have string) bool { return len(want) == 0 || slices.Contains(want, have) }
	return is(f.Organization, x.Organization) && is(f.Campaign, x.Campaign) && is(f.Group, x.Group) &&
		is(f.Parent, x.Parent) && is(f.Order, x.Order) &&
		(f.Query == "" || strings.Contains(strings.ToLower(x.Name), strings.ToLower(f.Query))) &&
		in(f.Status, string(x.Status)) && in(f.EffectiveStatus, string(x.EffectiveStatus)) &&
		in(f.Goal, string(x.Goal)) && in(f.Type, x.Type) &&
		(f.UpdatedSince.IsZero() || x.UpdatedAt != nil && !x.UpdatedAt.Before(f.UpdatedSince)) &&
		(f.StartGTE.IsZero() || x.StartAt != nil && !x.StartAt.Before(f.StartGTE)) &&
		(f.EndLT.IsZero() || x.EndAt != nil && x.EndAt.Before(f.EndLT))
}

// SortKey is what lists can be sorted by.
type SortKey string

// The sort keys of the contract.
const (
	SortName      SortKey = "name"
	SortCreatedAt SortKey = "created_at"
	SortUpdatedAt SortKey = "updated_at"
)

// Compare orders two objects by key, then by id, then by account (ids are unique inside an account only, on some
// platforms), so that an order is total and stable over calls. An object without the fact comes first in ascending order.
func (k SortKey) Compare(a, b Facts) int {
	c := 0
	switch k {
	case SortName:
		c = strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	case SortCreatedAt:
		c = compareTime(a.CreatedAt, b.CreatedAt)
	case SortUpdatedAt:
		c = compareTime(a.UpdatedAt, b.UpdatedAt)
	}
	return cmp.Or(c, cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID), strings.Compare(a.Organization, b.Organization))
}

func compareTime(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}
