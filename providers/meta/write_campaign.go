package meta

import (
	"context"
	"net/url"
	"strconv"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var campaignFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "goal", Create: true, Required: true},
	{Name: "status", Create: true, Update: true},
	{Name: "advertising_channel_type", Create: true},
	{Name: "budget_amount", Create: true, Update: true},
	{Name: "budget_period", Create: true},
	{Name: "budget_unit", Create: true, Update: true},
	{Name: "currency", Create: true, Update: true},
	{Name: "bid_strategy.type", Create: true, Update: true},
	{Name: "category", Create: true, Update: true, Clear: true},
	{Name: "has_eu_political_ads", Create: true, Update: true, Clear: true},
}

// campaignBid is the strategy of a campaign that has the budget. What is held or capped is each ad set's to say.
func campaignBid(b *normalize.BidStrategy) (string, error) {
	if b == nil {
		return "", nil
	}
	for _, part := range []struct {
		field string
		given bool
	}{
		{"performance_goal_amount", b.PerformanceGoalAmount != nil}, {"target_roas", b.TargetROAS != nil}, {"fixed_bid_amount", b.FixedBidAmount != nil},
		{"performance_goal_type", b.PerformanceGoalType != "" && b.PerformanceGoalType != normalize.PerformanceGoalTypeUnspecified},
		{"youtube_and_partners_type", b.YoutubeAndPartnersType != "" || b.YoutubeAndPartnersValue != ""},
	} {
		if part.given {
			return "", fault(providers.Rejected, "bid_strategy."+part.field, "a campaign says how its groups bid; what for and how much is each group's to say")
		}
	}
	if _, err := writeBid(normalize.BidStrategy{
		Type: normalize.BidStrategyTypeMaximizeSpend, CustomBiddingAlgorithmID: b.CustomBiddingAlgorithmID,
		MaxAverageCPMBidAmount: b.MaxAverageCPMBidAmount, RaiseBidForDeals: b.RaiseBidForDeals,
	}, nil); err != nil {
		return "", err
	}
	switch b.Type {
	case normalize.BidStrategyTypeMaximizeSpend:
		return bidLowest, nil
	case normalize.BidStrategyTypePerformanceGoal:
		return bidCost, nil
	}
	return "", refused("bid_strategy.type", string(b.Type))
}

func (d *desk) createCampaign(ctx context.Context, w providers.Write[normalize.Campaign]) (order[normalize.Campaign], error) {
	none := order[normalize.Campaign]{}
	account, err := d.accountToWrite(w.Org, w.Object.OrganizationID, "")
	if err != nil {
		return none, err
	}
	rules, err := d.accountRules(ctx, account)
	if err != nil {
		return none, err
	}
	params, err := newCampaign(&w.Object, &rules)
	if err != nil {
		return none, err
	}
	wish := w.Object
	wish.OrganizationID, wish.Currency, wish.AdvertisingChannelType = account, rules.currency, normalize.ChannelSocial
	wish.Status = normalize.Status(params.Get("status"))
	return making(account, "campaigns", params, w, wish), nil
}

// newCampaign is the form that makes a campaign.
func newCampaign(o *normalize.Campaign, rules *accountRules) (url.Values, error) {
	if err := nameToWrite(o.Name); err != nil {
		return nil, err
	}
	objective, _, err := writeGoal(o.Goal, o.KPI)
	if err != nil {
		return nil, err
	}
	if objective == "" {
		return nil, fault(providers.Rejected, "goal", "Meta makes no campaign without a goal")
	}
	status, err := birthStatus(o.Status)
	if err != nil {
		return nil, err
	}
	categories, err := writeCategory(o.Category)
	if err != nil {
		return nil, err
	}
	budget, err := rules.budgetOf(o.BudgetAmount, o.BudgetPeriod, o.BudgetUnit)
	if err == nil {
		err = rules.enough(budget, o.BudgetAmount)
	}
	if err != nil {
		return nil, err
	}
	bid, err := campaignBid(o.BidStrategy)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{writeChannel("advertising_channel_type", o.AdvertisingChannelType), rules.inCurrency(o.Currency), noPolitics(o.HasEUPoliticalAds)} {
		if err != nil {
			return nil, err
		}
	}
	params := url.Values{
		"name": {o.Name}, "objective": {objective}, "status": {status}, "buying_type": {"AUCTION"},
		"special_ad_categories": {js(categories)}, // a list, and asked for even when it is empty
	}
	if budget.field == "" {
		if bid != "" {
			return nil, fault(providers.Rejected, "bid_strategy", "a campaign bids only where it has the budget: its groups bid")
		}
		params.Set("is_adset_budget_sharing_enabled", "false")
		return params, nil
	}
	params.Set(budget.field, strconv.FormatInt(budget.minor, 10))
	if bid == "" {
		bid = bidLowest
	}
	params.Set("bid_strategy", bid)
	return params, nil
}

func (d *desk) updateCampaign(ctx context.Context, id string, w providers.Write[normalize.Campaign]) (order[normalize.Campaign], error) {
	none := order[normalize.Campaign]{}
	if err := fixed(campaignFields, aliased(w)); err != nil {
		return none, err
	}
	o, was := &w.Object, w.Before
	changed, err := basics(w.Changed, o.Name, was.Name, o.Status, was.Status)
	if err != nil {
		return none, err
	}
	if w.Changed("has_eu_political_ads") {
		if err := noPolitics(o.HasEUPoliticalAds); err != nil {
			return none, err
		}
	}
	if w.Changed("category") && o.Category != was.Category {
		list, err := writeCategory(o.Category)
		if err != nil {
			return none, err
		}
		changed.set("special_ad_categories", js(list))
	}
	if err := d.campaignMoney(ctx, w, &changed); err != nil {
		return none, err
	}
	if err := changed.thawed(); err != nil {
		return none, err
	}
	return changing(was.OrganizationID, id, changed.params, w), nil
}

// aliased gives a campaign's goal and period the word that Meta's answer has, so that a repetition is no change.
func aliased(w providers.Write[normalize.Campaign]) providers.Write[normalize.Campaign] {
	if w.Object.Goal == normalize.GoalReach && w.Before.Goal == normalize.GoalBrandAwareness {
		w.Object.Goal = w.Before.Goal
	}
	if w.Object.BudgetPeriod == normalize.BudgetPeriodTotal && w.Before.BudgetPeriod == normalize.BudgetPeriodLifetime {
		w.Object.BudgetPeriod = w.Before.BudgetPeriod
	}
	return w
}

// campaignMoney are the changes of budget and bid.
func (d *desk) campaignMoney(ctx context.Context, w providers.Write[normalize.Campaign], changed *changes) error {
	o, was := &w.Object, w.Before
	if w.Changed("bid_strategy") {
		bid, err := campaignBid(o.BidStrategy)
		before, _ := campaignBid(was.BidStrategy)
		switch {
		case o.BidStrategy == nil && was.BidStrategy == nil: // as it is
		case err != nil:
			return err
		case bid == "":
			return fault(providers.Rejected, "bid_strategy", "a campaign with a budget always has a bid strategy")
		case was.BudgetAmount == nil:
			return fault(providers.Rejected, "bid_strategy", "a campaign bids only where it has the budget: its groups bid")
		case bid != before:
			changed.set("bid_strategy", bid)
		}
	}
	if !w.Changed("budget_amount") && !w.Changed("budget_period") && !w.Changed("budget_unit") && !w.Changed("currency") {
		return nil
	}
	rules, err := d.accountRules(ctx, was.OrganizationID)
	if err != nil {
		return err
	}
	if err := rules.inCurrency(o.Currency); err != nil {
		return err
	}
	if w.Changed("budget_amount") && was.BudgetAmount == nil && o.BudgetAmount != nil {
		return fault(providers.Rejected, "budget_amount", "the campaign was made without a budget: its groups have theirs")
	}
	if w.Changed("budget_amount") && was.BudgetAmount != nil && o.BudgetAmount == nil {
		return fault(providers.Rejected, "budget_amount", "the budget of a campaign cannot be taken away")
	}
	b, err := rules.budgetOf(o.BudgetAmount, o.BudgetPeriod, o.BudgetUnit)
	if err != nil {
		return err
	}
	if rules.sameBudget(b, was.BudgetAmount, was.BudgetPeriod) {
		return nil
	}
	changed.setInt(b.field, b.minor)
	return rules.enough(b, o.BudgetAmount)
}
