package google

import (
	"context"
	"slices"
	"time"

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
	{Name: "bid_strategy.performance_goal_type", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.target_roas", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "start_at", Create: true, Update: true},
	{Name: "end_at", Create: true, Update: true, Clear: true},
	{Name: "frequency_cap", Create: true, Update: true, Clear: true},
}, targetFields(append(slices.Clone(placeParts), campaignParts...), []string{"geographic.presence_type", "placement.platforms", "optimization.mode"})...)

// writesCampaigns adds what can be written of campaigns.
func writesCampaigns(c *client, col providers.Collection[normalize.Campaign]) providers.Collection[normalize.Campaign] {
	w := campaignWriter{client: c, get: col.Get}
	col.Fields, col.Create, col.Update, col.Delete, col.Find = campaignFields, w.create, w.update, w.remove, w.find
	return col
}

type campaignWriter struct {
	*client
	get func(context.Context, providers.Ref) (normalize.Campaign, error)
}

// Bounds of names.
const (
	maxCampaignName = 255
	maxGroupName    = 254
)

func (w campaignWriter) create(ctx context.Context, in providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
	none := providers.Written[normalize.Campaign]{}
	a, err := w.writeOrg(ctx, in.Org, in.Object.OrganizationID)
	if err != nil {
		return none, err
	}
	o := &in.Object
	if o.Currency != "" && o.Currency != a.Currency {
		return none, fault(providers.Rejected, "currency", "the account is in %s", a.Currency)
	}
	budget, err := w.newBudget(ctx, a, o)
	if err != nil {
		return none, err
	}
	made, err := w.newCampaign(ctx, a, o)
	if err != nil {
		return none, err
	}
	s := campaignSite(a, "-2", o.AdvertisingChannelType)
	s.id = ""
	criteria, err := w.criteria(ctx, a, s, o.Targeting, everything)
	if err != nil {
		return none, err
	}
	budget["resourceName"], made["resourceName"] = resource(a, "campaignBudgets", "-1"), s.name
	made["campaignBudget"] = budget["resourceName"]
	ops := append([]operation{{kind: "campaignBudget", create: budget}, {kind: "campaign", create: made}}, criteria...)
	m, err := w.mutate(ctx, a, in.DryRun, ops)
	if err != nil {
		return none, err
	}
	if in.DryRun {
		return dry(m, w.planned(a, in)), nil
	}
	id := tail(m.names[1])
	return readBack(m, "campaign "+id, func() (normalize.Campaign, error) { return w.get(ctx, providers.Ref{Org: a.ID, ID: id}) })
}

// everything is what is given of an object that is made: all that it has.
func everything(string) bool { return true }

// dry is the answer of a dry run.
func dry[T any](m mutated, v T) providers.Written[T] {
	return providers.Written[T]{Object: v, Checked: providers.CheckedByPlatform, RequestIDs: m.ids}
}

// planned is the campaign that a dry run would make.
func (w campaignWriter) planned(a account, in providers.Write[normalize.Campaign]) normalize.Campaign {
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
func (w campaignWriter) newBudget(ctx context.Context, a account, o *normalize.Campaign) (fields, error) {
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

// camel is the JSON name of a budget's amount.
func camel(member string) string {
	return map[string]string{"amount_micros": "amountMicros", "total_amount_micros": "totalAmountMicros"}[member]
}

// newCampaign is the campaign's own message.
func (w campaignWriter) newCampaign(ctx context.Context, a account, o *normalize.Campaign) (fields, error) {
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
	bid, err := newBid(o)
	if err != nil {
		return nil, err
	}
	if err := w.bid(ctx, a, o, bid, &v); err != nil {
		return nil, err
	}
	return v.values, w.settings(o, nil, everything, &v)
}

// unmade are the channels whose campaigns need more than a campaign of ours holds.
var unmade = map[normalize.Channel]string{
	normalize.ChannelPerformanceMax: "its asset group has to come with it, in the same request",
	normalize.ChannelShopping:       "it needs a Merchant Center account",
	normalize.ChannelApp:            "it needs an app",
	normalize.ChannelVideo:          "Google lets only some accounts make it through the API",
}

// dates are days of the account: a campaign of Google's begins with a day and ends with one.
func (w campaignWriter) dates(a account, o *normalize.Campaign, changed func(string) bool, v *changes) error {
	loc, err := zoneOf(a)
	if err != nil {
		return err
	}
	if o.StartAt != nil && o.EndAt != nil && !o.EndAt.After(*o.StartAt) {
		return fault(providers.Rejected, "end_at", "end_at must be after start_at")
	}
	day := func(field string, t time.Time) (normalize.Day, error) {
		d := normalize.DayOf(t.In(loc))
		if !d.Start(loc).Equal(t) {
			return d, fault(providers.Rejected, field, "%s must be the beginning of a day in the account's zone, %s", field, a.Zone)
		}
		return d, nil
	}
	if o.StartAt != nil && (changed == nil || changed("start_at")) {
		d, err := day("start_at", *o.StartAt)
		if err != nil {
			return err
		}
		v.set("startDateTime", d.String()+" 00:00:00")
	}
	if changed != nil && !changed("end_at") || changed == nil && o.EndAt == nil {
		return nil
	}
	if o.EndAt == nil {
		v.set("endDateTime", nil)
		return nil
	}
	d, err := day("end_at", *o.EndAt)
	if err == nil {
		v.set("endDateTime", d.Add(-1).String()+" 23:59:59")
	}
	return err
}

// newBid is the strategy of a new campaign: the one asked for, else what its goal, or its channel, stands for.
func newBid(o *normalize.Campaign) (string, error) {
	message, err := writeGoal(o.Goal, o.AdvertisingChannelType)
	if err != nil || o.BidStrategy == nil {
		return message, err
	}
	return writeBid(*o.BidStrategy, o.AdvertisingChannelType)
}

// bid writes a strategy. It is chosen by the message that is there; its amounts are the message's.
func (w campaignWriter) bid(ctx context.Context, a account, o *normalize.Campaign, message string, v *changes) error {
	b := o.BidStrategy
	if b != nil {
		for field, given := range map[string]bool{
			"fixed_bid_amount": b.FixedBidAmount != nil, "youtube_and_partners_value": b.YoutubeAndPartnersValue != "",
			"performance_goal_amount": b.PerformanceGoalAmount != nil && message != "maximizeConversions.targetCpaMicros" && message != "targetCpa",
			"target_roas":             b.TargetROAS != nil && message != "maximizeConversionValue.targetRoas",
		} {
			if given {
				return fault(providers.Rejected, "bid_strategy."+field, "a campaign of Google Ads with %s has no %s: single bids are its groups'", message, field)
			}
		}
	}
	if o.BidAmount != nil && message != "targetSpend" {
		return fault(providers.Rejected, "bid_amount", "a campaign of Google Ads has a bid_amount with MAXIMIZE_SPEND for clicks only, as the ceiling of a bid")
	}
	switch message {
	case "manualCpc":
		v.set("manualCpc.enhancedCpcEnabled", false)
		return nil
	case "manualCpm", "targetCpm", "targetCpv":
		v.set(message, fields{})
		return nil
	case "maximizeConversions":
		v.set("maximizeConversions.targetCpaMicros", nil)
		return nil
	case "maximizeConversionValue":
		v.set("maximizeConversionValue.targetRoas", nil)
		return nil
	case "maximizeConversionValue.targetRoas":
		if b.TargetROAS.Cmp(normalize.Scaled(1, 2)) < 0 || b.TargetROAS.Cmp(normalize.Int(1000)) > 0 {
			return fault(providers.Rejected, "bid_strategy.target_roas", "target_roas must be from 0.01 to 1000")
		}
		v.set(message, *b.TargetROAS)
		return nil
	}
	field, path, amount := "bid_amount", "targetSpend.cpcBidCeilingMicros", o.BidAmount
	if message != "targetSpend" {
		field, path = "bid_strategy.performance_goal_amount", message
		if message == "targetCpa" {
			path = "targetCpa.targetCpaMicros"
		}
		if b == nil || b.PerformanceGoalAmount == nil {
			return fault(providers.Rejected, field, "a target needs a performance_goal_amount")
		}
		amount = b.PerformanceGoalAmount
	}
	if amount == nil {
		v.set(path, nil)
		return nil
	}
	money, err := w.moneyOf(ctx, a)
	if err != nil {
		return err
	}
	micros, err := money.micros(field, *amount)
	if err == nil {
		v.set(path, micros)
	}
	return err
}
