package linkedin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// Our group is LinkedIn's campaign: goal, bid, budget, run, targeting and the declaration on politics sit here.
var groupFields = append([]providers.Field{
	{Name: "organization_id", Create: true},
	{Name: "campaign_id", Create: true, Required: true},
	{Name: "name", Create: true, Update: true, Required: true},
	{Name: "status", Create: true, Update: true},
	{Name: "type", Create: true},
	{Name: "optimization_goal", Create: true, Update: true},
	{Name: "billing_event", Create: true, Update: true},
	{Name: "bid_strategy.fixed_bid_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_amount", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy.performance_goal_type", Create: true, Update: true, Clear: true},
	{Name: "bid_strategy", Create: true, Update: true},
	{Name: "bid_amount", Create: true, Update: true, Clear: true},
	{Name: "budget_amount", Create: true, Update: true, Required: true},
	{Name: "budget_period", Create: true, Update: true, Required: true},
	{Name: "budget_unit", Create: true, Update: true},
	{Name: "budget_max_amount", Create: true, Update: true, Clear: true},
	{Name: "currency", Create: true, Update: true},
	{Name: "creative_selection", Create: true, Update: true},
	{Name: "frequency_cap", Create: true, Update: true, Clear: true},
	{Name: "has_eu_political_ads", Create: true, Update: true, Required: true},
	{Name: "language_locale", Create: true},
	{Name: "pacing.period", Create: true},
	{Name: "promoted", Create: true},
	{Name: "start_at", Create: true, Update: true},
	{Name: "end_at", Create: true, Update: true, Clear: true},
}, targetingFields()...)

func (c *client) createGroup(ctx context.Context, w providers.Write[normalize.Group]) (providers.Written[normalize.Group], error) {
	p, err := c.newGroup(ctx, w)
	if err != nil {
		return providers.Written[normalize.Group]{}, err
	}
	return create(ctx, c, campaignKind, p, w.DryRun, groups(c).Get)
}

// parentFound is a campaign group, and the account that has it.
type parentFound struct {
	group   campaignGroup
	account string
}

// parentOf reads the campaign group that a campaign is to be in.
func (c *client) parentOf(ctx context.Context, w providers.Write[normalize.Group]) (campaignGroup, accountRules, error) {
	org := w.Org
	if org == "" {
		org = w.Object.OrganizationID
	}
	id, ok := numeric(urnCampaignGroup, w.Object.CampaignID)
	if !ok {
		return campaignGroup{}, accountRules{}, fault(providers.Rejected, "campaign_id", "LinkedIn has no campaign group %q", w.Object.CampaignID)
	}
	found, err := remembered(ctx, "campaign group "+org+" "+id, func() (parentFound, error) {
		g, _, account, err := getInAccount[campaignGroup](ctx, c, providers.Ref{Org: org, ID: id}, func(account string) string { return groupKind.one(account, id) })
		return parentFound{g, account}, err
	})
	g, account := found.group, found.account
	switch {
	case providers.KindOf(err) == providers.NotFound:
		return g, accountRules{}, fault(providers.Rejected, "campaign_id", "LinkedIn has no campaign group %q", w.Object.CampaignID)
	case err != nil:
		return g, accountRules{}, err
	case !stands(g.Status) || g.Status == "ARCHIVED":
		return g, accountRules{}, fault(providers.Conflict, "campaign_id", "the campaign group %s is archived or deleted", id)
	}
	if account, err = c.accountToWrite(w.Org, w.Object.OrganizationID, account); err != nil {
		return g, accountRules{}, err
	}
	rules, err := c.accountRules(ctx, account)
	return g, rules, err
}

// newGroup plans a create.
func (c *client) newGroup(ctx context.Context, w providers.Write[normalize.Group]) (order[normalize.Group], error) {
	p := order[normalize.Group]{wish: w.Object}
	o := &w.Object
	if err := nameToWrite(o.Name, 0); err != nil {
		return p, err
	}
	parent, rules, err := c.parentOf(ctx, w)
	if err != nil {
		return p, err
	}
	status, err := birthStatusIn(parent, o.Status)
	if err != nil {
		return p, err
	}
	body := fields{
		"account": urn(urnAccount, rules.id), "campaignGroup": urn(urnCampaignGroup, parent.ID.String()), "name": o.Name, "status": status,
	}
	for _, part := range []func(fields) error{
		func(b fields) error { return newGroupShape(w, &parent, &rules, b) },
		func(b fields) error { return newGroupMoney(w, &rules, b) },
		func(b fields) error { return c.newGroupRun(o, &parent, b) },
		func(b fields) error { return newGroupSettings(o, b) },
		func(b fields) error { return c.newGroupTargeting(ctx, o, b) },
	} {
		if err := part(body); err != nil {
			return p, err
		}
	}
	p.account, p.body = rules.id, body
	if err := c.linkConversions(o, &p, status); err != nil {
		return p, err
	}
	p.draft = body["status"] == "DRAFT"
	p.make = c.maker(campaignKind, rules.id, body)
	return p, wishOf(&p, o, status)
}

// birthStatusIn: a draft holds drafts only.
func birthStatusIn(parent campaignGroup, asked normalize.Status) (string, error) {
	status, err := birthStatus(asked)
	switch {
	case err != nil || parent.Status != "DRAFT" || status == "DRAFT":
		return status, err
	case asked == "":
		return "DRAFT", nil
	}
	return "", fault(providers.Rejected, "status", "the campaign that it is in is a draft, and holds drafts only")
}

// wishOf is the group that an order would make, told from the body: as it would be read back, but for the names of what is
// targeted.
func wishOf(p *order[normalize.Group], asked *normalize.Group, status string) error {
	raw, err := json.Marshal(p.body)
	if err != nil {
		return fault(providers.Invalid, "body", "the group cannot be said in JSON: %v", err)
	}
	var w campaign
	if err := rest.Unmarshal(raw, &w); err != nil {
		return fault(providers.Invalid, "body", "the group cannot be read back: %v", err)
	}
	w.Status = status
	p.wish = groupOf(&w, p.account, nil, nil)
	p.wish.EffectiveStatus, p.wish.Promoted = "", asked.Promoted
	if asked.Targeting != nil {
		p.wish.Targeting = asked.Targeting
	}
	return nil
}

// newGroupShape is what a campaign is for, how it looks, and how it bids.
func newGroupShape(w providers.Write[normalize.Group], parent *campaignGroup, rules *accountRules, body fields) error {
	o := &w.Object
	shape := campaignShape{kind: "SPONSORED_UPDATES"} // the first creative fixes the format
	if o.Type != "" {
		var err error
		if shape, err = writeChannel(o.Type); err != nil {
			return err
		}
	}
	objective := parent.ObjectiveType
	if objective == "" {
		if o.OptimizationGoal == "" {
			return fault(providers.Rejected, "optimization_goal", "the campaign has no goal of its own: say what the group is for")
		}
		var err error
		if _, objective, err = writeOptimizationGoal(o.OptimizationGoal); err != nil {
			return err
		}
	}
	b, err := bidWish{o: o, given: w.Changed, objective: objective}.bidding()
	if err != nil {
		return err
	}
	unit, err := rules.priced(b)
	if err != nil {
		return err
	}
	page, err := pageFor(o, objective, shape, rules.reference)
	if err != nil {
		return err
	}
	body["type"], body["objectiveType"], body["costType"] = shape.kind, objective, b.cost
	body["optimizationTargetType"], body["unitCost"] = b.target, unit
	if shape.format != "" {
		body["format"] = shape.format
	}
	if shape.television {
		body["connectedTelevisionOnly"] = true
	}
	if page != "" {
		body["associatedEntity"] = page
	}
	return nil
}

// pageFor is the page that a campaign advertises for. Under three objectives the caller has to name it; else it is the one
// that the account advertises for. It never changes.
func pageFor(o *normalize.Group, objective string, shape campaignShape, reference string) (string, error) {
	page := ""
	for _, p := range o.Promoted {
		switch p.Type {
		case normalize.PromotedTypePageID:
			id, ok := numeric(urnOrganization, p.ID)
			if !ok || page != "" {
				return "", fault(providers.Rejected, "promoted", "a campaign is for one page: give the number of the organization")
			}
			page = urn(urnOrganization, id)
		case normalize.PromotedTypeCustomConversionID:
		default:
			return "", refused("promoted", string(p.Type))
		}
	}
	switch {
	case page != "":
		return page, nil
	case slices.Contains([]string{"ENGAGEMENT", "WEBSITE_CONVERSION", "LEAD_GENERATION"}, objective):
		return "", fault(providers.Rejected, "promoted", "under this campaign's goal LinkedIn wants a page: give promoted of type PAGE_ID")
	case shape.kind == "TEXT_AD":
		return "", nil
	case kindOf(reference) != urnOrganization:
		return "", fault(providers.Rejected, "promoted", "the account advertises for no page: give promoted of type PAGE_ID")
	}
	return reference, nil
}

func newGroupMoney(w providers.Write[normalize.Group], rules *accountRules, body fields) error {
	b, err := rules.budgets(&w.Object, w.Changed)
	if err != nil {
		return err
	}
	b.into(body)
	if p := w.Object.Pacing; p != nil {
		if p.Period != normalize.PacingPeriodFlight {
			return refused("pacing.period", string(p.Period))
		}
		body["pacingStrategy"] = "LIFETIME"
	}
	return nil
}

func (c *client) newGroupRun(o *normalize.Group, parent *campaignGroup, body fields) error {
	start := o.StartAt
	if start == nil {
		start = firstMoment(parent.RunSchedule, c.now())
	}
	if err := newRun(start, o.EndAt, body["totalBudget"] != nil, c.now()); err != nil {
		return err
	}
	if err := inside(start, o.EndAt, parent.RunSchedule); err != nil {
		return err
	}
	var err error
	body["runSchedule"], err = scheduleOf(start, o.EndAt)
	return err
}

func (c *client) deleteGroup(ctx context.Context, ref providers.Ref, dry bool) (providers.Removal, error) {
	o, err := groups(c).Get(ctx, ref)
	if err != nil {
		return providers.Removal{}, err
	}
	if o.EffectiveStatus == normalize.EffectiveStatusRemoved {
		return providers.Removal{}, notFound(campaignKind.word, ref.ID)
	}
	return c.remove(ctx, campaignKind, o.OrganizationID, o.ID, o.Status == normalize.StatusDraft, dry)
}
