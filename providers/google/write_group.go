package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
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
	{Name: "bid_strategy.performance_goal_type", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.target_roas", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "creative_selection", Create: true, Update: true},
}, targetFields(append(slices.Clone(placeParts), groupParts...), []string{"optimization.advantage_audience", "optimization.mode"})...)

// writesGroups adds what can be written of groups.
func writesGroups(c *client, col providers.Collection[normalize.Group]) providers.Collection[normalize.Group] {
	w := groupWriter{client: c, get: col.Get}
	col.Fields, col.Create, col.Update, col.Delete, col.Find = groupFields, w.create, w.update, w.remove, w.find
	return col
}

type groupWriter struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Group, error)
}

// above reads the campaign that a group is in, with how it bids, and what the ad group holds that ours does not.
func (c *client) above(ctx context.Context, a account, where string, from string) (groupRow, error) {
	query := gaql{fields: []string{"campaign.id", "campaign.status", "campaign.advertising_channel_type", "campaign.advertising_channel_sub_type"}, from: from, where: []string{where}, limit: 1}
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

func (w groupWriter) create(ctx context.Context, in providers.Write[normalize.Group]) (providers.Written[normalize.Group], error) {
	none := providers.Written[normalize.Group]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	o := &in.Object
	if o.Currency != "" && o.Currency != a.Currency {
		return none, fault(providers.Rejected, "currency", "the account is in %s", a.Currency)
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
	s := groupSite(a, "-1", campaignChannel(parent.Campaign.ChannelType, parent.Campaign.ChannelSubType))
	s.id = ""
	criteria, err := w.criteria(ctx, a, s, o.Targeting, everything)
	if err != nil {
		return none, err
	}
	made["resourceName"] = s.name
	m, err := w.mutate(ctx, a, in.DryRun, append([]operation{{kind: "adGroup", create: made}}, criteria...))
	if err != nil {
		return none, err
	}
	if in.DryRun {
		return dry(m, w.planned(a, in)), nil
	}
	id := tail(m.names[0])
	return readBack(m, "ad group "+id, func() (normalize.Group, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: id}) })
}

// planned is the group that a dry run would make.
func (w groupWriter) planned(a account, in providers.Write[normalize.Group]) normalize.Group {
	o := in.Object
	o.OrganizationID, o.Currency = a.ID, a.Currency
	if o.Status == "" {
		o.Status = normalize.StatusPaused
	}
	return o
}

func (w groupWriter) newGroup(ctx context.Context, a account, o *normalize.Group, parent *campaign) (fields, error) {
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
	default:
		return nil, fault(providers.Rejected, "campaign_id", "groups of a %s campaign are not made here", parent.ChannelType)
	}
	if err := w.bid(ctx, a, o, parent, func(string) bool { return true }, &v); err != nil {
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
func (w groupWriter) settings(o *normalize.Group, was targetingSetting, create bool, given func(string) bool, v *changes) error {
	var opt *normalize.TargetingOptimization
	if o.Targeting != nil {
		opt = o.Targeting.Optimization
	}
	if given("targeting.optimization.advantage_audience") && opt != nil && opt.AdvantageAudience != nil {
		v.set("optimizedTargetingEnabled", *opt.AdvantageAudience)
	}
	return writeMode("targetingSetting.targetRestrictions", opt, create, was, given, v)
}

// ownBids are the members of an ad group's own amounts, by the strategy that each is for.
var ownBids = map[string]string{
	"MANUAL_CPC": "cpcBidMicros", "ENHANCED_CPC": "cpcBidMicros", "MANUAL_CPM": "cpmBidMicros",
	"MAXIMIZE_CONVERSIONS": "targetCpaMicros", "TARGET_CPA": "targetCpaMicros",
	"MAXIMIZE_CONVERSION_VALUE": "targetRoas", "TARGET_ROAS": "targetRoas",
}

// bid writes the amounts that are an ad group's own. How it bids is its campaign's, for all of its groups: what would not
// be read back as it was asked for is refused.
func (w groupWriter) bid(ctx context.Context, a account, o *normalize.Group, parent *campaign, changed func(string) bool, v *changes) error {
	if o.BidStrategy == nil && o.BidAmount == nil && v.values != nil && v.values["campaign"] != nil {
		return nil // a new one takes its campaign's
	}
	member := ownBids[parent.BiddingStrategyType]
	field, amount := asked(o, member, changed)
	var g adGroup
	var value any
	switch {
	case amount == nil:
	case member == "":
		return fault(providers.Rejected, field, "groups of a campaign with %s have no bids of their own", parent.BiddingStrategyType)
	case member == "targetRoas":
		if amount.Cmp(normalize.Scaled(1, 2)) < 0 || amount.Cmp(normalize.Int(1000)) > 0 {
			return fault(providers.Rejected, field, "target_roas must be from 0.01 to 1000")
		}
		g.TargetROAS, value = wire.Number{Value: normalize.Some(*amount)}, *amount
	default:
		money, err := w.moneyOf(ctx, a)
		if err != nil {
			return err
		}
		if value, err = money.micros(field, *amount); err != nil {
			return err
		}
		n := wire.Amount{Value: normalize.Some(amount.Mul(normalize.Int(1_000_000)))}
		map[string]func(){
			"cpcBidMicros": func() { g.CPCBid = n }, "cpmBidMicros": func() { g.CPMBid = n }, "targetCpaMicros": func() { g.TargetCPA = n },
		}[member]()
	}
	strategy, ceiling := groupBid(parent, &g)
	if b := o.BidStrategy; b != nil && !asRead(b, strategy) {
		return fault(providers.Rejected, "bid_strategy", "how a group bids is its campaign's strategy (%s): another would change the campaign's other groups", parent.BiddingStrategyType)
	}
	if fixed := member == "cpcBidMicros" || member == "cpmBidMicros"; !fixed && o.BidAmount != nil && (ceiling == nil || ceiling.Cmp(*o.BidAmount) != 0) {
		return fault(providers.Rejected, "bid_amount", "the ceiling of a bid is the campaign's")
	}
	if member != "" {
		v.set(member, value)
	}
	return nil
}

// asked is the amount that a group asks for. bid_amount repeats a fixed bid: the one that was given counts.
func asked(o *normalize.Group, member string, changed func(string) bool) (string, *normalize.Decimal) {
	b := o.BidStrategy
	if b == nil {
		b = &normalize.BidStrategy{}
	}
	switch member {
	case "targetCpaMicros":
		return "bid_strategy.performance_goal_amount", b.PerformanceGoalAmount
	case "targetRoas":
		return "bid_strategy.target_roas", b.TargetROAS
	case "":
		if b.FixedBidAmount != nil {
			return "bid_strategy.fixed_bid_amount", b.FixedBidAmount
		}
		return "", nil
	}
	if o.BidAmount != nil && (b.FixedBidAmount == nil || !changed("bid_strategy.fixed_bid_amount")) || o.BidAmount == nil && changed("bid_amount") && !changed("bid_strategy.fixed_bid_amount") {
		return "bid_amount", o.BidAmount
	}
	return "bid_strategy.fixed_bid_amount", b.FixedBidAmount
}

// asRead tells whether a strategy is read as it was asked for. The amount of a fixed bid is checked by its own.
func asRead(b, is *normalize.BidStrategy) bool {
	if is == nil || b.Type != is.Type {
		return false
	}
	none := func(g normalize.PerformanceGoalType) normalize.PerformanceGoalType {
		if g == normalize.PerformanceGoalTypeUnspecified {
			return ""
		}
		return g
	}
	return none(b.PerformanceGoalType) == none(is.PerformanceGoalType) && equal(b.PerformanceGoalAmount, is.PerformanceGoalAmount) && equal(b.TargetROAS, is.TargetROAS) &&
		b.CustomBiddingAlgorithmID == "" && b.MaxAverageCPMBidAmount == nil && b.RaiseBidForDeals == nil
}

func (w groupWriter) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Group]) (providers.Written[normalize.Group], error) {
	none := providers.Written[normalize.Group]{}
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
	if len(ops) == 0 {
		return unchanged(in.DryRun, *was), nil
	}
	if err := removed(was.Status, was.EffectiveStatus); err != nil {
		return none, err
	}
	m, err := w.mutate(ctx, a, in.DryRun, ops)
	switch {
	case err != nil:
		return none, err
	case in.DryRun:
		return dry(m, in.Object), nil
	}
	return readBack(m, "group "+ref.ID, func() (normalize.Group, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID}) })
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
		"campaign_id": o.CampaignID != was.CampaignID, "type": o.Type != was.Type, "currency": o.Currency != was.Currency,
		"organization_id": o.OrganizationID != was.OrganizationID,
	} {
		if in.Changed(field) && differ {
			return fault(providers.Rejected, field, "%s of a group cannot be changed at Google Ads", field)
		}
	}
	return nil
}

func (w groupWriter) updates(ctx context.Context, a account, id string, in providers.Write[normalize.Group], v *changes) ([]operation, error) {
	o, was := &in.Object, in.Before
	row, err := w.above(ctx, a, "ad_group.id = "+id, "ad_group")
	if err != nil {
		return nil, err
	}
	if differs(in, "bid_strategy", o.BidStrategy, was.BidStrategy) || differs(in, "bid_amount", o.BidAmount, was.BidAmount) {
		if err := w.bid(ctx, a, o, &row.Campaign, in.Changed, v); err != nil {
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

func (w groupWriter) remove(ctx context.Context, ref providers.Ref, dryRun bool) (providers.Removal, error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	before, err := w.get(ctx, providers.Ref{Org: a.ID, ID: ref.ID})
	if err != nil {
		return providers.Removal{}, err
	}
	number, asset, _ := parseGroup(ref.ID)
	op := operation{kind: "adGroup", remove: resource(a, "adGroups", number)}
	if asset {
		op = operation{kind: "assetGroup", remove: resource(a, "assetGroups", number)}
	}
	return w.removal(ctx, a, dryRun, before.Status, "group", ref.ID, []operation{op})
}

// find looks for what a lost create has made: no two ad groups of a campaign that are not removed have one name. See the
// campaigns' for what is certain.
func (w groupWriter) find(ctx context.Context, in providers.Write[normalize.Group], _ providers.Try) ([]normalize.Group, error) {
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil || !nameable(in.Object.Name) || !digits(in.Object.CampaignID) {
		return nil, err
	}
	items, err := w.adGroupsWhere(ctx, a, providers.ListQuery{Org: a.ID, Size: maxGroups}, gaql{where: []string{
		"ad_group.name = " + gaqlString(in.Object.Name), "ad_group.status != 'REMOVED'", "campaign.id = " + in.Object.CampaignID,
	}})
	is := w.planned(a, in)
	return slices.DeleteFunc(items, func(x normalize.Group) bool { return x.Name != is.Name || x.Status != is.Status }), err
}
