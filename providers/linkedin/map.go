package linkedin

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/admux/admux/normalize"
)

// unknownValue is what a dimension's value becomes that LinkedIn does not know or we do not.
const unknownValue = "UNKNOWN"

func ptr[T any](v T) *T { return &v }

// notZero is a pointer to v, nil when nothing is set in it.
func notZero[T any](v T) *T {
	if reflect.ValueOf(v).IsZero() {
		return nil
	}
	return &v
}

// organizationOf: LinkedIn knows no time zone, everything is UTC.
func organizationOf(a *adAccount, raw json.RawMessage) normalize.Organization {
	return normalize.Organization{
		ID: a.ID.String(), Name: a.Name, Currency: a.Currency, Status: readStatus(a.Status), Timezone: "UTC",
		CreatedAt: a.ChangeAuditStamps.Created.Time.Time(), UpdatedAt: a.ChangeAuditStamps.LastModified.Time.Time(), Raw: raw,
	}
}

// billingCurrency is the currency that an account is billed and reported in: accounts in BRL are billed in USD.
func billingCurrency(currency string) string {
	if currency == "BRL" {
		return "USD"
	}
	return currency
}

// campaignOf makes our campaign of a campaign group. The goal is the group's own objective; without one it is UNSPECIFIED
// here, and the caller looks at the children.
func campaignOf(g *campaignGroup, account string, raw json.RawMessage) normalize.Campaign {
	b := readBudget(g.DailyBudget, g.TotalBudget)
	out := normalize.Campaign{
		ID: g.ID.String(), OrganizationID: account, Name: g.Name,
		AdvertisingChannelType: normalize.ChannelSocial,
		Status:                 readStatus(g.Status),
		EffectiveStatus:        effectiveStatus(g.Status, g.ServingStatuses, false),
		BudgetAmount:           b.amount, BudgetPeriod: b.period, BudgetUnit: b.unit, Currency: b.currency,
		StartAt: g.RunSchedule.Start.Time(), EndAt: g.RunSchedule.End.Time(),
		CreatedAt: g.ChangeAuditStamps.Created.Time.Time(), UpdatedAt: g.ChangeAuditStamps.LastModified.Time.Time(), Raw: raw,
	}
	setGoal(&out, g.ObjectiveType)
	return out
}

func setGoal(c *normalize.Campaign, objective string) {
	goal, video := readGoal(objective)
	c.Goal = goal
	if video {
		c.KPI = &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}
	}
}

// groupOf makes our group of a campaign. The names of what is targeted and the campaign group's budget are the caller's
// to add.
func groupOf(c *campaign, account string, labels map[string]string, raw json.RawMessage) normalize.Group {
	b := readBudget(c.DailyBudget, c.TotalBudget)
	out := normalize.Group{
		ID: c.ID.String(), OrganizationID: account, CampaignID: tail(c.CampaignGroup), Name: c.Name,
		Status: readStatus(c.Status), EffectiveStatus: effectiveStatus(c.Status, c.ServingStatuses, false),
		Type:             readChannel(c.Type, c.Format, c.ConnectedTelevisionOnly),
		OptimizationGoal: readOptimizationGoal(c.OptimizationTargetType, c.CostType, c.ObjectiveType),
		BillingEvent:     billing[c.CostType],
		BudgetAmount:     b.amount, BudgetPeriod: b.period, BudgetUnit: b.unit, BudgetMaxAmount: b.limit, Currency: b.currency,
		FrequencyCap: readFrequency(c.OptimizationPreference.Frequency), HasEUPoliticalAds: readPolitical(c.PoliticalIntent),
		LanguageLocale: bcp47(c.Locale), Targeting: readTargeting(c, labels),
		StartAt: c.RunSchedule.Start.Time(), EndAt: c.RunSchedule.End.Time(),
		CreatedAt: c.ChangeAuditStamps.Created.Time.Time(), UpdatedAt: c.ChangeAuditStamps.LastModified.Time.Time(), Raw: raw,
	}
	switch s := normalize.CreativeSelection(c.CreativeSelection); s {
	case normalize.CreativeSelectionOptimized, normalize.CreativeSelectionRoundRobin:
		out.CreativeSelection = s
	}
	if c.UnitCost != nil {
		out.BidStrategy = readBid(c.OptimizationTargetType, c.UnitCost.Amount.Decimal())
		if out.Currency == "" {
			out.Currency = c.UnitCost.CurrencyCode
		}
	} else {
		out.BidStrategy = readBid(c.OptimizationTargetType, nil)
	}
	if out.BidStrategy != nil {
		out.BidAmount = out.BidStrategy.FixedBidAmount
	}
	if c.PacingStrategy == "LIFETIME" {
		out.Pacing = &normalize.Pacing{Period: normalize.PacingPeriodFlight}
	}
	if kindOf(c.AssociatedEntity) == urnOrganization {
		out.Promoted = []normalize.Promoted{{ID: tail(c.AssociatedEntity), Type: normalize.PromotedTypePageID}}
	}
	return out
}

// allocation tells whether the platform spreads the parent's budget over its groups.
func allocation(g *campaignGroup) normalize.BudgetAllocationType {
	if g != nil && g.BudgetOptimization.Strategy == "DYNAMIC" {
		return normalize.BudgetAllocationTypeAutomatic
	}
	return normalize.BudgetAllocationTypeFixed
}

func bcp47(l locale) string {
	if l.Language == "" || l.Country == "" {
		return l.Language
	}
	return l.Language + "-" + l.Country
}

// sharedCTAs are calls to action that go by another word elsewhere.
var sharedCTAs = map[string]string{"APPLY": "APPLY_NOW", "VIEW_QUOTE": "GET_QUOTE"}

func readCTA(label string) string {
	if s, ok := sharedCTAs[label]; ok {
		return s
	}
	return label
}

// writeCTA is LinkedIn's label for a call to action; three that other platforms have it has not.
func writeCTA(cta string) (string, error) {
	for own, shared := range sharedCTAs {
		if cta == shared {
			return own, nil
		}
	}
	switch cta {
	case "SHOP_NOW", "BOOK_NOW", "CONTACT_US":
		return "", refused("cta", cta)
	}
	return cta, nil
}

// plainText takes the escapes of LinkedIn's "little text" out of a post's commentary.
func plainText(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`|{}@[]()<>#\*_~`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
