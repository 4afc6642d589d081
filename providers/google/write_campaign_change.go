package google

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// sharedRow is what a change of a campaign has to know besides our object.
type sharedRow struct {
	Campaign       campaign `json:"campaign"`
	CampaignBudget struct {
		campaignBudget
		Shared     bool  `json:"explicitlyShared"`
		References whole `json:"referenceCount"`
	} `json:"campaignBudget"`
}

func (w campaignWrites) shared(ctx context.Context, a account, id string) (sharedRow, error) {
	found, err := read[sharedRow](ctx, w.client, a, gaql{
		fields: []string{
			"campaign.id", "campaign.frequency_caps", "campaign.targeting_setting.target_restrictions", "campaign_budget.id", "campaign_budget.period",
			"campaign_budget.explicitly_shared", "campaign_budget.reference_count",
		},
		from: "campaign", where: []string{"campaign.id = " + id}, limit: 1,
	}, false)
	if err != nil || len(found) == 0 {
		if err == nil {
			err = notFound("campaign", id)
		}
		return sharedRow{}, err
	}
	return found[0].row, nil
}

func (w campaignWrites) update(ctx context.Context, ref providers.Ref, in providers.Write[normalize.Campaign]) (intent[normalize.Campaign], error) {
	none := intent[normalize.Campaign]{}
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return none, err
	}
	ops, err := w.updates(ctx, a, ref.ID, in)
	if err != nil {
		return none, err
	}
	return changed(a, ref.ID, in, ops)
}

// changed is the intent of an update, of what is not removed.
func changed[T normalize.Object](a account, id string, in providers.Write[T], ops []operation) (intent[T], error) {
	if len(ops) == 0 {
		return intent[T]{a: a, id: id, object: *in.Before}, nil
	}
	was := (*in.Before).Facts()
	return intent[T]{a: a, id: id, ops: ops, object: in.Object}, removed(was.Status, was.EffectiveStatus)
}

// updates are the operations of what differs.
func (w campaignWrites) updates(ctx context.Context, a account, id string, in providers.Write[normalize.Campaign]) ([]operation, error) {
	o, was := &in.Object, in.Before
	if err := fixedCampaign(in); err != nil {
		return nil, err
	}
	known, err := w.shared(ctx, a, id)
	if err != nil {
		return nil, err
	}
	v, err := basic(in, o.Name, was.Name, maxCampaignName, o.Status, was.Status)
	if err != nil {
		return nil, err
	}
	if differs(in, "has_eu_political_ads", o.HasEUPoliticalAds, was.HasEUPoliticalAds) {
		political, err := writePolitical(o.HasEUPoliticalAds)
		if err != nil {
			return nil, err
		}
		v.set("containsEuPoliticalAdvertising", political)
	}
	if err := w.changedDates(a, in, known, &v); err != nil {
		return nil, err
	}
	if err := w.changedBid(ctx, a, in, &v); err != nil {
		return nil, err
	}
	if err := w.settings(o, &known.Campaign, w.given(in), &v); err != nil {
		return nil, err
	}
	budget, err := w.changedBudget(ctx, a, in, known)
	if err != nil {
		return nil, err
	}
	s := campaignSite(a, id, o.AdvertisingChannelType)
	if err := fitsMax(in); err != nil {
		return nil, err
	}
	criteria, err := w.criteria(ctx, a, s, o.Targeting, in.Changed)
	if err != nil {
		return nil, err
	}
	return append(append(budget, v.update("campaign", s.name)...), criteria...), nil
}

// fitsMax refuses to change what a Performance Max campaign cannot be told.
func fitsMax(in providers.Write[normalize.Campaign]) error {
	if in.Object.AdvertisingChannelType != normalize.ChannelPerformanceMax {
		return nil
	}
	for _, p := range campaignParts {
		if in.Changed("targeting."+p) && !slices.Contains(maxParts, p) {
			return misfit(p)
		}
	}
	return nil
}

// given tells what of the settings was given and differs.
func (w campaignWrites) given(in providers.Write[normalize.Campaign]) func(string) bool {
	part := func(c *normalize.Campaign, name string) any {
		t := c.Targeting
		switch {
		case name == "frequency_cap":
			return c.FrequencyCap
		case t == nil:
			return nil
		case name == "targeting.placement.platforms" && t.Placement != nil:
			return t.Placement.Platforms
		case name == "targeting.geographic.presence_type" && t.Geographic != nil && t.Geographic.PresenceType != "":
			return t.Geographic.PresenceType
		case name == "targeting.optimization.mode" && t.Optimization != nil && t.Optimization.Mode != "":
			return t.Optimization.Mode
		}
		return nil
	}
	return func(name string) bool { return differs(in, name, part(&in.Object, name), part(in.Before, name)) }
}

// fixedCampaign refuses to change what Google fixes at birth.
func fixedCampaign(in providers.Write[normalize.Campaign]) error {
	o, was := &in.Object, in.Before
	lifetime := func(p normalize.BudgetPeriod) normalize.BudgetPeriod {
		if p == normalize.BudgetPeriodTotal {
			return normalize.BudgetPeriodLifetime
		}
		return p
	}
	for field, differ := range map[string]bool{
		"advertising_channel_type": o.AdvertisingChannelType != was.AdvertisingChannelType, "goal": o.Goal != was.Goal,
		"budget_period": lifetime(o.BudgetPeriod) != lifetime(was.BudgetPeriod), "budget_unit": o.BudgetUnit != was.BudgetUnit,
		"currency": o.Currency != was.Currency, "organization_id": o.OrganizationID != was.OrganizationID,
	} {
		if in.Changed(field) && differ {
			return fault(providers.Rejected, field, "%s of a campaign cannot be changed at Google Ads", field)
		}
	}
	return nil
}

// basic are the changes that campaigns and groups have in common.
func basic[T any](in providers.Write[T], name, oldName string, most int, status, oldStatus normalize.Status) (changes, error) {
	var v changes
	if differs(in, "name", name, oldName) {
		if err := textWithin("name", name, most); err != nil {
			return v, err
		}
		v.set("name", name)
	}
	if differs(in, "status", status, oldStatus) {
		word, err := writeStatus(status)
		if err != nil {
			return v, err
		}
		v.set("status", word)
	}
	return v, nil
}

// changedBudget changes the amount. A budget that other campaigns spend of as well is not changed through one of them.
func (w campaignWrites) changedBudget(ctx context.Context, a account, in providers.Write[normalize.Campaign], known sharedRow) ([]operation, error) {
	is, was := in.Object.BudgetAmount, in.Before.BudgetAmount
	if !in.Changed("budget_amount") || is != nil && was != nil && is.Cmp(*was) == 0 || is == nil && was == nil {
		return nil, nil
	}
	b := &known.CampaignBudget
	switch {
	case is == nil:
		return nil, fault(providers.Rejected, "budget_amount", "a campaign of Google Ads has a budget_amount always")
	case b.References.n > 1:
		return nil, w.sharedBudget(ctx, a, known)
	}
	money, err := w.moneyOf(ctx, a)
	if err != nil {
		return nil, err
	}
	amount, err := money.micros("budget_amount", *is)
	if err != nil {
		return nil, err
	}
	var v changes
	if b.Period == "CUSTOM_PERIOD" {
		v.set("totalAmountMicros", amount)
	} else {
		v.set("amountMicros", amount)
	}
	return v.update("campaignBudget", resource(a, "campaignBudgets", b.ID.String())), nil
}

// maxNamed is how many campaigns a message names.
const maxNamed = 10

// sharedBudget refuses to change a budget, and names the other campaigns that spend of it.
func (w campaignWrites) sharedBudget(ctx context.Context, a account, known sharedRow) error {
	b := &known.CampaignBudget
	found, err := read[campaignRow](ctx, w.client, a, gaql{fields: []string{"campaign.id", "campaign.name"}, from: "campaign", order: "campaign.id", where: []string{
		"campaign_budget.id = " + b.ID.String(), "campaign.id != " + known.Campaign.ID.String(), "campaign.status != 'REMOVED'",
	}}, false)
	if err != nil {
		return err
	}
	var others []string
	for i := range found {
		if i == maxNamed {
			others = append(others, fmt.Sprintf("%d more", len(found)-i))
			break
		}
		c := &found[i].row.Campaign
		others = append(others, fmt.Sprintf("%s (%s)", c.ID, c.Name))
	}
	return fault(providers.Conflict, "budget_amount", "budget %s is shared: changing it would change that of %s as well", b.ID, strings.Join(others, ", "))
}

// remove removes a campaign for good, and then its budget, which nothing else spends of: it is in use until then.
func (w campaignWrites) remove(ctx context.Context, ref providers.Ref, before normalize.Campaign) (removing, error) {
	a, err := w.needOrg(ctx, ref)
	if err != nil {
		return removing{}, err
	}
	known, err := w.shared(ctx, a, ref.ID)
	if err != nil {
		return removing{}, err
	}
	out := removing{ops: []operation{{kind: "campaign", remove: resource(a, "campaigns", ref.ID)}}}
	if b := &known.CampaignBudget; !b.Shared && b.References.n <= 1 {
		out.after = []operation{{kind: "campaignBudget", remove: resource(a, "campaignBudgets", b.ID.String())}}
		out.left = "its budget " + b.ID.String() + ", which nothing spends of,"
	}
	return out, nil
}
