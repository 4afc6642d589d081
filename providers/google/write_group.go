package google

import (
	"cmp"
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// groupFields are what can be written of an ad group. Of an asset group, it is the name and the status.
var groupFields = append([]providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "campaign_id", Create: true, Required: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "status", Create: true, Update: true},
	{Name: "type", Create: true}, {Name: "currency", Create: true},
	{Name: "bid_strategy.fixed_bid_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_type", Create: true, Update: true},
	{Name: "bid_strategy.target_roas", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "creative_selection", Create: true, Update: true},
	{Name: "optimization_goal", Create: true}, {Name: "billing_event", Create: true},
}, targetFields(slices.Concat(placeParts, groupParts, []string{"optimization.advantage_audience", "optimization.mode"}))...)

// writesGroups adds what can be written of groups.
func writesGroups(c *client, col providers.Collection[normalize.Group]) providers.Collection[normalize.Group] {
	w := groupWrites{c}
	col.Fields, col.Find = groupFields, w.find
	return writer[normalize.Group]{client: c, what: "group", get: col.Get, create: w.create, update: w.update, remove: w.remove, many: w.many}.into(col)
}

type groupWrites struct{ *client }

// maxGroupName is the longest name of a group: it has fewer than 255 characters.
const maxGroupName = 254

// many reads groups of both kinds.
func (w groupWrites) many(ctx context.Context, a account, ids []string) ([]normalize.Group, error) {
	var numbers, assets []string
	for _, id := range ids {
		if number, asset, _ := parseGroup(id); asset {
			assets = append(assets, number)
		} else {
			numbers = append(numbers, number)
		}
	}
	var out []normalize.Group
	var err error
	if len(numbers) > 0 {
		out, err = w.adGroupsWhere(ctx, a, providers.ListQuery{}, gaql{where: []string{"ad_group.id IN " + gaqlIDs(numbers)}})
	}
	if err == nil && len(assets) > 0 {
		var more []normalize.Group
		more, err = w.assetGroupsWhere(ctx, a, providers.ListQuery{}, gaql{where: []string{"asset_group.id IN " + gaqlIDs(assets)}})
		out = append(out, more...)
	}
	return out, err
}

// above reads the campaign that a group is in, with how it bids, and what the ad group holds that ours does not.
func (c *client) above(ctx context.Context, a account, where string, from string) (groupRow, error) {
	query := gaql{fields: []string{"campaign.id", "campaign.status", "campaign.advertising_channel_type", "campaign.advertising_channel_sub_type", "campaign.payment_mode"}, from: from, where: []string{where}, limit: 1}
	for _, f := range biddingColumns("x") {
		query.fields = append(query.fields, f.field)
	}
	if from == "ad_group" {
		query.fields = append(query.fields, "ad_group.id", "ad_group.targeting_setting.target_restrictions")
	}
	found, err := read[groupRow](ctx, c, a, query, false)
	if err != nil {
		return groupRow{}, err
	}
	if len(found) == 0 && from == "ad_group" {
		return groupRow{}, fault(providers.NotFound, "", "Google Ads has no such ad group in account %s", a.ID)
	}
	if len(found) == 0 {
		return groupRow{}, fault(providers.Rejected, "campaign_id", "Google Ads has no such campaign in account %s", a.ID)
	}
	return found[0].row, c.fillPortfolios(ctx, a, []*campaign{&found[0].row.Campaign})
}

func (w groupWrites) create(ctx context.Context, in providers.Write[normalize.Group]) (intent[normalize.Group], error) {
	none := intent[normalize.Group]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	o := &in.Object
	if err := inCurrency(a, o.Currency); err != nil {
		return none, err
	}
	if !digits(o.CampaignID) {
		return none, fault(providers.Rejected, "campaign_id", "Google Ads has no campaign %q", o.CampaignID)
	}
	parent, err := w.above(ctx, a, "campaign.id = "+o.CampaignID, "campaign")
	if err != nil {
		return none, err
	}
	made, err := w.newGroup(ctx, a, o, &parent.Campaign)
	if err != nil {
		return none, err
	}
	s := newSite(groupSite(a, "-1", campaignChannel(parent.Campaign.ChannelType, parent.Campaign.ChannelSubType)))
	criteria, err := w.criteria(ctx, a, s, o.Targeting, everything)
	if err != nil {
		return none, err
	}
	made["resourceName"] = s.name
	return intent[normalize.Group]{a: a, ops: append([]operation{{kind: "adGroup", create: made}}, criteria...), object: w.planned(a, in)}, nil
}

// planned is the group that a dry run would make.
func (w groupWrites) planned(a account, in providers.Write[normalize.Group]) normalize.Group {
	o := in.Object
	o.OrganizationID, o.Currency = a.ID, a.Currency
	if o.Status == "" {
		o.Status = normalize.StatusPaused
	}
	return o
}

func (w groupWrites) newGroup(ctx context.Context, a account, o *normalize.Group, parent *campaign) (fields, error) {
	if parent.Status == "REMOVED" {
		return nil, removed(normalize.StatusArchived, "")
	}
	if err := textWithin("name", o.Name, maxGroupName); err != nil {
		return nil, err
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return nil, err
	}
	v := changes{values: fields{"name": o.Name, "status": status, "campaign": resource(a, "campaigns", o.CampaignID)}}
	channel := campaignChannel(parent.ChannelType, parent.ChannelSubType)
	if o.Type != "" && o.Type != channel {
		return nil, fault(providers.Rejected, "type", "the campaign's groups are of type %s", channel)
	}
	switch channel {
	case normalize.ChannelSearch, normalize.ChannelDisplay, normalize.ChannelShopping:
		if v.values["type"], _, err = writeGroupType(channel); err != nil {
			return nil, err
		}
	case normalize.ChannelNative: // Google gives it none
	case normalize.ChannelPerformanceMax:
		return nil, fault(providers.Rejected, "campaign_id", "an asset group comes with all that it shows: make the creative, with this campaign_id and no group_id")
	default:
		return nil, fault(providers.Rejected, "campaign_id", "groups of a %s campaign are not made here", parent.ChannelType)
	}
	if err := w.bid(ctx, a, o, parent, everything, true, &v); err != nil {
		return nil, err
	}
	if err := derived(o, parent); err != nil {
		return nil, err
	}
	if o.CreativeSelection != "" {
		if err := rotation(o.CreativeSelection, &v); err != nil {
			return nil, err
		}
	}
	return v.values, w.settings(o, targetingSetting{}, true, func(name string) bool {
		return name != "targeting.optimization.advantage_audience" || o.Targeting != nil && o.Targeting.Optimization != nil && o.Targeting.Optimization.AdvantageAudience != nil
	}, &v)
}

// derived refuses what a group takes of its campaign's strategy, where it was asked for otherwise.
func derived(o *normalize.Group, parent *campaign) error {
	goal := optimizationGoal(parent.BiddingStrategyType, parent.AppCampaignSetting.GoalType)
	if o.OptimizationGoal != "" && o.OptimizationGoal != goal {
		return fault(providers.Rejected, "optimization_goal", "the campaign's strategy (%s) makes it %s", parent.BiddingStrategyType, cmp.Or(string(goal), "none of ours"))
	}
	event := billingEvent(parent.BiddingStrategyType, parent.ChannelType, parent.PaymentMode)
	if o.BillingEvent != "" && o.BillingEvent != event {
		return fault(providers.Rejected, "billing_event", "the campaign's strategy (%s) makes it %s", parent.BiddingStrategyType, cmp.Or(string(event), "none of ours"))
	}
	return nil
}

func rotation(s normalize.CreativeSelection, v *changes) error {
	switch s {
	case normalize.CreativeSelectionOptimized:
		v.set("adRotationMode", "OPTIMIZE")
	case normalize.CreativeSelectionRoundRobin:
		v.set("adRotationMode", "ROTATE_FOREVER")
	default:
		return refused("creative_selection", string(s))
	}
	return nil
}

// settings are what an ad group keeps of the targeting in members of its own.
func (w groupWrites) settings(o *normalize.Group, was targetingSetting, create bool, given func(string) bool, v *changes) error {
	var opt *normalize.TargetingOptimization
	if o.Targeting != nil {
		opt = o.Targeting.Optimization
	}
	if given("targeting.optimization.advantage_audience") { // cleared, it is off, as it is where Google is told nothing
		v.set("optimizedTargetingEnabled", opt != nil && opt.AdvantageAudience != nil && *opt.AdvantageAudience)
	}
	return writeMode("targetingSetting.targetRestrictions", opt, create, was, given, v)
}
