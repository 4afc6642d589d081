package linkedin

import (
	"context"
	"maps"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Our campaign is LinkedIn's campaign group. What is bought, for whom and at which bid is each group's to say; the campaign
// has a run, a name, and may have a budget: one for its whole run, or a daily one that LinkedIn spreads over the groups.
var campaignFields = []providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "goal", Create: true},
	{Name: "kpi.type", Create: true},
	{Name: "status", Create: true, Update: true},
	{Name: "advertising_channel_type", Create: true},
	{Name: "budget_amount", Create: true, Update: true, Clear: true},
	{Name: "budget_period", Create: true, Update: true, Clear: true},
	{Name: "budget_unit", Create: true, Update: true, Clear: true},
	{Name: "currency", Create: true, Update: true, Clear: true},
	{Name: "start_at", Create: true, Update: true},
	{Name: "end_at", Create: true, Update: true, Clear: true},
}

func (c *client) createCampaign(ctx context.Context, w providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
	p, err := c.newCampaign(ctx, w)
	if err != nil {
		return providers.Written[normalize.Campaign]{}, err
	}
	return create(ctx, c, groupKind, p, w.DryRun, campaigns(c).Get)
}

// newCampaign plans a create. LinkedIn makes campaign groups active or as drafts only; one that is to be paused is made
// active, when there is nothing in it yet that could run, and paused at once.
func (c *client) newCampaign(ctx context.Context, w providers.Write[normalize.Campaign]) (order[normalize.Campaign], error) {
	p := order[normalize.Campaign]{wish: w.Object}
	o := &p.wish
	account, err := c.accountToWrite(w.Org, o.OrganizationID, "")
	if err != nil {
		return p, err
	}
	status, err := birthStatus(o.Status)
	if err != nil {
		return p, err
	}
	body, err := newGroupBody(o)
	if err != nil {
		return p, err
	}
	rules, err := c.accountRules(ctx, account)
	if err != nil {
		return p, err
	}
	if o.StartAt == nil {
		o.StartAt = firstMoment(schedule{}, c.now())
	}
	money, err := rules.groupBudget(o)
	if err != nil {
		return p, err
	}
	if err := newRun(o.StartAt, o.EndAt, money.total != nil, c.now()); err != nil {
		return p, err
	}
	if body["runSchedule"], err = scheduleOf(o.StartAt, o.EndAt); err != nil {
		return p, err
	}
	money.into(body)
	body["account"], body["status"] = urn(urnAccount, account), status
	if status == "PAUSED" {
		body["status"] = "ACTIVE"
		p.steps = []step{{change: &patch{set: fields{"status": status}}}}
	}
	p.account, p.body, p.draft, p.make = account, body, status == "DRAFT", c.maker(groupKind, account, body)
	o.OrganizationID, o.Status, o.AdvertisingChannelType = account, normalize.Status(status), normalize.ChannelSocial
	if o.BudgetAmount != nil {
		o.Currency, o.BudgetUnit = rules.currency, normalize.BudgetUnitCurrency
	}
	return p, nil
}

// newGroupBody is what needs no look at the account.
func newGroupBody(o *normalize.Campaign) (fields, error) {
	if err := nameToWrite(o.Name, maxName); err != nil {
		return nil, err
	}
	if err := writeCampaignChannel(o.AdvertisingChannelType); err != nil {
		return nil, err
	}
	objective, err := writeGoal(o.Goal, o.KPI)
	if err != nil {
		return nil, err
	}
	if o.KPI != nil && o.KPI.Type != "" && o.KPI.Type != normalize.GoalKPITypeUnspecified && objective != "VIDEO_VIEW" {
		return nil, fault(providers.Rejected, "kpi.type", "LinkedIn has a KPI for video views only: goal ENGAGEMENT with CPV")
	}
	body := fields{"name": o.Name}
	if objective != "" {
		body["objectiveType"] = objective
	}
	if g, _ := readGoal(objective); objective != "" {
		o.Goal = g
	}
	return body, nil
}

func (c *client) updateCampaign(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
	p, w, err := c.campaignChange(ctx, ref, w)
	if err != nil {
		return providers.Written[normalize.Campaign]{}, err
	}
	return update(ctx, c, groupKind, w.Before.ID, p, *w.Before, w.DryRun, campaigns(c).Get)
}

// groupNow reads a campaign group as LinkedIn has it.
func (c *client) groupNow(ctx context.Context, account, id string) (campaignGroup, error) {
	g, _, err := getOne[campaignGroup](ctx, c, groupKind.one(account, id), nil)
	return g, err
}

// campaignChange plans an update.
func (c *client) campaignChange(ctx context.Context, ref providers.Ref, w providers.Write[normalize.Campaign]) (order[normalize.Campaign], providers.Write[normalize.Campaign], error) {
	p := order[normalize.Campaign]{wish: w.Object}
	if w.Before == nil {
		before, err := campaigns(c).Get(ctx, ref)
		if err != nil {
			return p, w, err
		}
		w.Before = &before
	}
	was := w.Before
	p.account = was.OrganizationID
	w = sameWords(w)
	if err := fixed(campaignFields, w); err != nil {
		return p, w, err
	}
	status, err := c.statusChange(w.Changed, "status", was.Status, w.Object.Status)
	if err != nil {
		return p, w, err
	}
	changed := &patch{}
	if differs(w, "name") {
		if err := nameToWrite(w.Object.Name, maxName); err != nil {
			return p, w, err
		}
		changed.put("name", w.Object.Name)
	}
	before, err := c.groupMoneyChange(ctx, w, changed)
	if err != nil {
		return p, w, err
	}
	if before != nil {
		p.steps = append(p.steps, *before)
	}
	p.steps = append(p.steps, joined(changed, status)...)
	return p, w, c.editable(ctx, p.steps, was)
}

// editable refuses changes of campaign groups that take none: deleted ones, and the one that LinkedIn made itself.
func (c *client) editable(ctx context.Context, steps []step, was *normalize.Campaign) error {
	if len(steps) == 0 {
		return nil
	}
	if err := gone(was.EffectiveStatus, groupKind.word, was.ID); err != nil {
		return err
	}
	now, err := c.groupNow(ctx, was.OrganizationID, was.ID)
	if err == nil && now.Backfilled {
		err = fault(providers.Rejected, "", "%s is the default campaign group that LinkedIn made: it cannot be changed", was.ID)
	}
	return err
}

// sameWords gives a campaign's goal and period the word that LinkedIn's answer has, so that a repetition is no change.
func sameWords(w providers.Write[normalize.Campaign]) providers.Write[normalize.Campaign] {
	if w.Object.Goal == normalize.GoalReach && w.Before.Goal == normalize.GoalBrandAwareness {
		w.Object.Goal = w.Before.Goal
	}
	if w.Object.BudgetPeriod == normalize.BudgetPeriodTotal && w.Before.BudgetPeriod == normalize.BudgetPeriodLifetime {
		w.Object.BudgetPeriod = w.Before.BudgetPeriod
	}
	return w
}

func (c *client) statusChange(given func(string) bool, field string, was, is normalize.Status) ([]step, error) {
	if !given("status") {
		return nil, nil
	}
	return statusSteps(field, was, is)
}

// joined puts what is changed into the last step of a change of status: one call where one does, and where it takes two, the
// first is one that can be taken back.
func joined(changed *patch, status []step) []step {
	if changed.empty() {
		return status
	}
	if len(status) == 0 {
		return []step{{change: changed}}
	}
	last := &status[len(status)-1]
	maps.Copy(changed.settings(), last.change.set)
	last.change = changed
	return status
}

func (c *client) deleteCampaign(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	o, err := campaigns(c).Get(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	if o.EffectiveStatus == normalize.EffectiveStatusRemoved {
		return providers.Removal{}, notFound(groupKind.word, ref.ID)
	}
	if err := c.editable(ctx, []step{{}}, &o); err != nil {
		return providers.Removal{}, err
	}
	return c.remove(ctx, groupKind, o.OrganizationID, o.ID, o.Status == normalize.StatusDraft, dry)
}
