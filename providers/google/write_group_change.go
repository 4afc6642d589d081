package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func (w groupWrites) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Group]) (intent[normalize.Group], error) {
	none := intent[normalize.Group]{}
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return none, err
	}
	number, asset, ok := parseGroup(ref.ID)
	if !ok {
		return none, notFound("ad group or asset group", ref.ID)
	}
	o, was := &in.Object, in.Before
	if err := fixedGroup(in); err != nil {
		return none, err
	}
	v, err := basic(in, o.Name, was.Name, maxGroupName, o.Status, was.Status)
	if err != nil {
		return none, err
	}
	var ops []operation
	if asset {
		if err := onlyBasics(in.Set, "name", "status"); err != nil {
			return none, err
		}
		ops = v.update("assetGroup", resource(a, "assetGroups", number))
	} else if ops, err = w.updates(ctx, a, number, in, &v); err != nil {
		return none, err
	}
	return changed(a, ref.ID, in, ops)
}

// onlyBasics refuses whatever else was given.
func onlyBasics(set []string, allowed ...string) error {
	for _, name := range set {
		if !slices.Contains(allowed, name) {
			return fault(providers.Rejected, name, "%s of an asset group is not written", name)
		}
	}
	return nil
}

func fixedGroup(in providers.Write[normalize.Group]) error {
	o, was := &in.Object, in.Before
	for field, differ := range map[string]bool{
		"optimization_goal": o.OptimizationGoal != was.OptimizationGoal, "billing_event": o.BillingEvent != was.BillingEvent,
		"campaign_id": o.CampaignID != was.CampaignID, "type": o.Type != was.Type, "currency": o.Currency != was.Currency,
		"organization_id": o.OrganizationID != was.OrganizationID,
	} {
		if in.Changed(field) && differ {
			return fault(providers.Rejected, field, "%s of a group cannot be changed at Google Ads", field)
		}
	}
	return nil
}

func (w groupWrites) updates(ctx context.Context, a account, id string, in providers.Write[normalize.Group], v *changes) ([]operation, error) {
	o, was := &in.Object, in.Before
	row, err := w.above(ctx, a, "ad_group.id = "+id, "ad_group")
	if err != nil {
		return nil, err
	}
	if differs(in, "bid_strategy", o.BidStrategy, was.BidStrategy) || differs(in, "bid_amount", o.BidAmount, was.BidAmount) {
		if err := w.bid(ctx, a, o, &row.Campaign, in.Changed, false, v); err != nil {
			return nil, err
		}
	}
	if differs(in, "creative_selection", o.CreativeSelection, was.CreativeSelection) {
		if err := rotation(o.CreativeSelection, v); err != nil {
			return nil, err
		}
	}
	part := func(g *normalize.Group, name string) any {
		if g.Targeting == nil || g.Targeting.Optimization == nil {
			return nil
		}
		if name == "targeting.optimization.mode" {
			return g.Targeting.Optimization.Mode
		}
		return g.Targeting.Optimization.AdvantageAudience
	}
	given := func(name string) bool { return differs(in, name, part(o, name), part(was, name)) }
	if err := w.settings(o, row.AdGroup.TargetingSetting, false, given, v); err != nil {
		return nil, err
	}
	s := groupSite(a, id, campaignChannel(row.Campaign.ChannelType, row.Campaign.ChannelSubType))
	criteria, err := w.criteria(ctx, a, s, o.Targeting, in.Changed)
	if err != nil {
		return nil, err
	}
	return append(v.update("adGroup", s.name), criteria...), nil
}

func (w groupWrites) remove(ctx context.Context, ref providers.Ref, _ normalize.Group) (removing, error) {
	a, err := w.needOrg(ctx, ref)
	number, asset, _ := parseGroup(ref.ID)
	if asset {
		return removing{ops: []operation{{kind: "assetGroup", remove: resource(a, "assetGroups", number)}}}, err
	}
	return removing{ops: []operation{{kind: "adGroup", remove: resource(a, "adGroups", number)}}}, err
}
