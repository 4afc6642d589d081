package meta

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

func ptr[T any](v T) *T { return &v }

// notZero is a pointer to v, nil when nothing is set in it.
func notZero[T any](v T) *T {
	if reflect.ValueOf(v).IsZero() {
		return nil
	}
	return &v
}

// organizationOf: the account number is the id without Meta's prefix, which is ours as well.
func organizationOf(a *adAccount, raw json.RawMessage) normalize.Organization {
	id := a.AccountID.String()
	if id == "" {
		id, _ = accountID(a.ID)
	}
	out := normalize.Organization{
		ID: id, AccountNumber: id, Name: a.Name, Currency: a.Currency, Timezone: a.Timezone, Status: readAccountStatus(a.Status),
		CreatedAt: a.CreatedAt.time(), Raw: raw,
	}
	if b := a.Business; b != nil && b.ID != "" {
		out.ParentID = b.ID.String()
		out.Managers = []normalize.Manager{{ID: b.ID.String(), Name: b.Name}}
	}
	return out
}

// campaignOf makes our campaign. currency is the account's; empty when amounts are not wanted.
func campaignOf(w *campaign, currency string, now time.Time, raw json.RawMessage) (normalize.Campaign, error) {
	out := normalize.Campaign{
		ID: w.ID.String(), OrganizationID: w.AccountID.String(), Name: w.Name, Currency: currency,
		AdvertisingChannelType: normalize.ChannelSocial,
		Status:                 readStatus(w.Status),
		EffectiveStatus:        effectiveStatus(w.EffectiveStatus, "", w.StartTime.time(), w.StopTime.time(), now),
		Category:               readCategory(w.SpecialAdCategories), Labels: labelNames(w.AdLabels),
		StartAt: w.StartTime.time(), EndAt: w.StopTime.time(), CreatedAt: w.CreatedTime.time(), UpdatedAt: w.UpdatedTime.time(), Raw: raw,
	}
	goal, video := readGoal(w.Objective)
	out.Goal = goal
	if video {
		out.KPI = &normalize.GoalKPI{Type: normalize.GoalKPITypeCpv}
	}
	if currency == "" {
		return out, nil
	}
	b, err := readBudget(currency, w.DailyBudget, w.LifetimeBudget)
	if err != nil {
		return out, err
	}
	out.BudgetAmount, out.BudgetPeriod, out.BudgetUnit = b.amount, b.period, b.unit
	if b.amount != nil { // only then the campaign bids; what for is each ad set's
		out.BidStrategy, _ = readBid(w.BidStrategy, "", nil, wire.Amount{})
		if out.BidStrategy != nil {
			out.BidStrategy.PerformanceGoalType = ""
		}
	}
	return out, nil
}

// groupOf makes our group of an ad set. currency is the account's; empty when amounts are not wanted.
func groupOf(w *adSet, currency string, now time.Time, raw json.RawMessage) (normalize.Group, error) {
	out := normalize.Group{
		ID: w.ID.String(), OrganizationID: w.AccountID.String(), CampaignID: w.CampaignID.String(), Name: w.Name, Currency: currency,
		Status: readStatus(w.Status), Type: normalize.ChannelSocial,
		EffectiveStatus:      effectiveStatus(w.EffectiveStatus, w.Learning.Status, w.StartTime.time(), w.EndTime.time(), now),
		OptimizationGoal:     optimizationGoals[w.OptimizationGoal],
		BillingEvent:         billing[w.BillingEvent],
		BudgetAllocationType: allocation(w.Campaign),
		FrequencyCap:         readFrequency(w.FrequencyControl), Targeting: readTargeting(w), Promoted: promotedOf(&w.PromotedObject),
		StartAt: w.StartTime.time(), EndAt: w.EndTime.time(), CreatedAt: w.CreatedTime.time(), UpdatedAt: w.UpdatedTime.time(), Raw: raw,
	}
	if currency == "" {
		return out, nil
	}
	b, err := readBudget(currency, w.DailyBudget, w.LifetimeBudget)
	if err != nil {
		return out, err
	}
	out.BudgetAmount, out.BudgetPeriod, out.BudgetUnit = b.amount, b.period, b.unit
	amount, err := fromMinor(currency, w.BidAmount)
	if err != nil {
		return out, err
	}
	strategy := w.BidStrategy
	if w.Campaign.hasBudget() && w.Campaign.BidStrategy != "" {
		strategy = w.Campaign.BidStrategy
	}
	out.BidStrategy, out.BidAmount = readBid(strategy, w.OptimizationGoal, amount, w.BidConstraints.ROASAverageFloor)
	return out, nil
}

func labelNames(list []idName) []string {
	var out []string
	for _, l := range list {
		if l.Name != "" {
			out = append(out, l.Name)
		}
	}
	return out
}

// promotedOf lists the parts of what an ad set promotes that have a word of ours.
func promotedOf(p *promotedObject) []normalize.Promoted {
	var out []normalize.Promoted
	for _, part := range []struct {
		id   string
		kind normalize.PromotedType
	}{
		{p.PageID.String(), normalize.PromotedTypePageID}, {p.PixelID.String(), normalize.PromotedTypePixelID},
		{p.ApplicationID.String(), normalize.PromotedTypeAppID}, {p.ObjectStoreURL, normalize.PromotedTypeStoreURL},
		{p.ProductCatalogID.String(), normalize.PromotedTypeCatalogID}, {p.ProductSetID.String(), normalize.PromotedTypeProductSetID},
		{p.CustomConversionID.String(), normalize.PromotedTypeCustomConversionID}, {p.EventID.String(), normalize.PromotedTypeEventID},
		{p.OfferID.String(), normalize.PromotedTypeOfferID},
	} {
		if part.id != "" {
			out = append(out, normalize.Promoted{ID: part.id, Type: part.kind})
		}
	}
	return out
}

// adOf makes our ad: where it runs, whether, and what it shows.
func adOf(w *ad, now time.Time, raw json.RawMessage) normalize.Ad {
	out := normalize.Ad{
		ID: w.ID.String(), OrganizationID: w.AccountID.String(), CampaignID: w.CampaignID.String(), GroupID: w.AdSetID.String(), Name: w.Name,
		AdType: normalize.ChannelSocial, Status: readStatus(w.Status),
		CreatedAt: w.CreatedTime.time(), UpdatedAt: w.UpdatedTime.time(), Raw: raw,
	}
	var start, end *time.Time
	if w.AdSet != nil {
		start, end = w.AdSet.StartTime.time(), w.AdSet.EndTime.time()
	}
	out.EffectiveStatus = effectiveStatus(w.EffectiveStatus, "", start, end, now)
	if c := w.Creative; c != nil && c.ID != "" {
		text := contentOf(c)
		out.CreativeIDs = []string{c.ID.String()}
		out.Headline, out.AdCopy, out.Description, out.FinalURL, out.CTA = text.title, text.body, text.description, text.link, text.cta
		out.Promoted = text.promoted(c)
		if len(text.urls) > 0 {
			out.CreativeAssetURL = text.urls[0]
		}
	}
	return out
}
