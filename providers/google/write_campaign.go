package google

import (
	"context"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// campaignFields are what can be written of a campaign and its budget.
var campaignFields = append([]providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "advertising_channel_type", Create: true, Required: true},
	{Name: "has_eu_political_ads", Create: true, Update: true, Required: true},
	{Name: "budget_amount", Create: true, Update: true, Required: true},
	{Name: "budget_period", Create: true}, {Name: "budget_unit", Create: true}, {Name: "currency", Create: true},
	{Name: "status", Create: true, Update: true},
	{Name: "goal", Create: true},
	{Name: "bid_strategy.performance_goal_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_type", Create: true, Update: true},
	{Name: "bid_strategy.target_roas", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "kpi", Create: true, Update: true, Clear: true},
	{Name: "start_at", Create: true, Update: true},
	{Name: "end_at", Create: true, Update: true, Clear: true},
	{Name: "frequency_cap", Create: true, Update: true, Clear: true},
}, targetFields(slices.Concat(placeParts, campaignParts, []string{"geographic.presence_type", "placement.platforms", "optimization.mode"}))...)

// writesCampaigns adds what can be written of campaigns.
func writesCampaigns(c *client, col providers.Collection[normalize.Campaign]) providers.Collection[normalize.Campaign] {
	w := campaignWrites{c}
	col.Fields, col.Find = campaignFields, w.find
	return writer[normalize.Campaign]{
		client: c, what: "campaign", get: col.Get, create: w.create, update: w.update, remove: w.remove,
		many: func(ctx context.Context, a account, ids []string) ([]normalize.Campaign, error) {
			return c.campaignsWhere(ctx, a, providers.ListQuery{}, gaql{where: []string{"campaign.id IN " + gaqlIDs(ids)}})
		},
	}.into(col)
}

type campaignWrites struct{ *client }

// maxCampaignName is the longest name of a campaign.
const maxCampaignName = 255

func (w campaignWrites) create(ctx context.Context, in providers.Write[normalize.Campaign]) (intent[normalize.Campaign], error) {
	none := intent[normalize.Campaign]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	o, err := withKPI(in.Object, nil)
	if err == nil {
		err = inCurrency(a, o.Currency)
	}
	if err != nil {
		return none, err
	}
	budget, err := w.newBudget(ctx, a, &o)
	if err != nil {
		return none, err
	}
	made, err := w.newCampaign(ctx, a, &o)
	if err != nil {
		return none, err
	}
	s := newSite(campaignSite(a, "-2", o.AdvertisingChannelType))
	criteria, err := w.criteria(ctx, a, s, o.Targeting, everything)
	if err != nil {
		return none, err
	}
	budget["resourceName"], made["resourceName"] = resource(a, "campaignBudgets", "-1"), s.name
	made["campaignBudget"] = budget["resourceName"]
	ops := append([]operation{{kind: "campaignBudget", create: budget}, {kind: "campaign", create: made}}, criteria...)
	return intent[normalize.Campaign]{a: a, ops: ops, makes: 1, object: w.planned(a, in)}, nil
}

// everything is what is given of an object that is made: all that it has.
func everything(string) bool { return true }

// planned is the campaign that a dry run would make.
func (w campaignWrites) planned(a account, in providers.Write[normalize.Campaign]) normalize.Campaign {
	o := in.Object
	o.OrganizationID, o.Currency, o.BudgetUnit = a.ID, a.Currency, normalize.BudgetUnitCurrency
	if o.Status == "" {
		o.Status = normalize.StatusPaused
	}
	if o.BudgetPeriod == "" {
		o.BudgetPeriod = normalize.BudgetPeriodDaily
	}
	return o
}

// newBudget is the budget of a campaign, for it alone: Google's default is one that other campaigns may spend of as well.
// It has no name of its own and takes its campaign's.
func (w campaignWrites) newBudget(ctx context.Context, a account, o *normalize.Campaign) (fields, error) {
	if o.BudgetAmount == nil {
		return nil, fault(providers.Rejected, "budget_amount", "a campaign of Google Ads needs a budget_amount")
	}
	if o.BudgetUnit != "" && o.BudgetUnit != normalize.BudgetUnitCurrency {
		return nil, refused("budget_unit", string(o.BudgetUnit))
	}
	period := o.BudgetPeriod
	if period == "" {
		period = normalize.BudgetPeriodDaily
	}
	member, word, err := writeBudget(period)
	if err != nil {
		return nil, err
	}
	if word == "CUSTOM_PERIOD" && o.EndAt == nil {
		return nil, fault(providers.Rejected, "end_at", "a budget for the whole flight needs an end_at")
	}
	money, err := w.moneyOf(ctx, a)
	if err != nil {
		return nil, err
	}
	amount, err := money.micros("budget_amount", *o.BudgetAmount)
	if err != nil {
		return nil, err
	}
	return fields{camel(member): amount, "period": word, "deliveryMethod": "STANDARD", "explicitlyShared": false}, nil
}

// newCampaign is the campaign's own message.
func (w campaignWrites) newCampaign(ctx context.Context, a account, o *normalize.Campaign) (fields, error) {
	if err := textWithin("name", o.Name, maxCampaignName); err != nil {
		return nil, err
	}
	channel, subType, err := writeChannel(o.AdvertisingChannelType)
	if err != nil {
		return nil, err
	}
	if why := unmade[o.AdvertisingChannelType]; why != "" {
		return nil, fault(providers.Rejected, "advertising_channel_type", "a %s campaign is not made here: %s", o.AdvertisingChannelType, why)
	}
	status, err := newStatus(o.Status)
	if err != nil {
		return nil, err
	}
	political, err := writePolitical(o.HasEUPoliticalAds)
	if err != nil {
		return nil, err
	}
	v := changes{values: fields{
		"name": o.Name, "status": status, "advertisingChannelType": channel, "containsEuPoliticalAdvertising": political,
	}}
	if subType != "" {
		v.values["advertisingChannelSubType"] = subType
	}
	if err := w.dates(a, o, nil, &v); err != nil {
		return nil, err
	}
	if o.AdvertisingChannelType == normalize.ChannelPerformanceMax {
		v.values["brandGuidelinesEnabled"] = false // its asset groups have the business's name and logo then
		if err := onlyMax(o.Targeting); err != nil {
			return nil, err
		}
	}
	bid, err := newBid(o)
	if err != nil {
		return nil, err
	}
	if err := w.bid(ctx, a, o, bid, &v); err != nil {
		return nil, err
	}
	return v.values, w.settings(o, nil, everything, &v)
}

// onlyMax refuses what a Performance Max campaign cannot be told.
func onlyMax(t *normalize.Targeting) error {
	switch {
	case t == nil:
		return nil
	case t.Device != nil:
		return misfit("device")
	case t.BrandSafety != nil:
		return misfit("brand_safety")
	}
	return nil
}

func misfit(part string) error {
	return fault(providers.Rejected, "targeting."+part, "a Performance Max campaign takes places, languages, a schedule and excluded keywords only")
}

// unmade are the channels whose campaigns need more than a campaign of ours holds.
var unmade = map[normalize.Channel]string{
	normalize.ChannelShopping: "it needs a Merchant Center account",
	normalize.ChannelApp:      "it needs an app",
	normalize.ChannelVideo:    "Google lets only some accounts make it through the API",
}
