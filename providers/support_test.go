package providers

import (
	"context"
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
)

func TestSupportFollowsTheNilFunctions(t *testing.T) {
	t.Parallel()
	s := &Session{
		Campaigns: Collection[normalize.Campaign]{
			Filters: []Filter{FilterStatus}, Requires: []Filter{FilterOrg},
			List: func(context.Context, ListQuery) (Page[normalize.Campaign], error) {
				return Page[normalize.Campaign]{}, nil
			},
			Get: func(context.Context, Ref) (normalize.Campaign, error) { return normalize.Campaign{}, nil },
		},
		InsertionOrders: Collection[normalize.InsertionOrder]{Use: "campaign"},
		Reports: Reports{
			Levels: []normalize.Level{normalize.LevelAd}, Metrics: []Metric{{KPI: "CLICKS"}},
			Submit: func(context.Context, Part) (Ticket, error) { return nil, nil },
		},
	}
	m := Support(s)
	var names []Object
	for _, o := range m {
		names = append(names, o.Object)
		switch o.Object {
		case ObjectCampaign:
			if !o.List || !o.Get || o.Create || o.Update || o.Delete || !slices.Equal(o.Upstream, []Filter{FilterStatus}) || !slices.Equal(o.Requires, []Filter{FilterOrg}) {
				t.Errorf("campaign: %+v", o)
			}
			o.Upstream[0] = "changed"
		case ObjectInsertionOrder:
			if o.Any() || o.Use != "campaign" {
				t.Errorf("insertion order: %+v", o)
			}
		case ObjectReport:
			if !o.List || len(o.Levels) != 1 || len(o.Metrics) != 1 {
				t.Errorf("report: %+v", o)
			}
		default:
			if o.Any() {
				t.Errorf("%s: %+v", o.Object, o)
			}
		}
	}
	want := []Object{ObjectOrganization, ObjectCampaign, ObjectGroup, ObjectAd, ObjectCreative, ObjectAsset, ObjectTarget, ObjectPromoted, ObjectInsertionOrder, ObjectReport}
	if !slices.Equal(names, want) {
		t.Errorf("objects %v", names)
	}
	if s.Campaigns.Filters[0] != FilterStatus {
		t.Error("the matrix shares the session's slices")
	}
}
