package google

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

var micro = normalize.Scaled(1, 6)

// fromMicros is an amount in major units; nil when absent.
func fromMicros(a wire.Amount) *normalize.Decimal {
	if !a.OK {
		return nil
	}
	d := a.D.Mul(micro)
	return &d
}

// set is an amount that counts: no target is written as an absent one, or as zero.
func set(a wire.Amount) *normalize.Decimal {
	if !a.OK || a.D.IsZero() {
		return nil
	}
	return fromMicros(a)
}

func setFactor(n wire.Number) *normalize.Decimal {
	if !n.OK || n.D.IsZero() {
		return nil
	}
	return n.Decimal()
}

// targets of a strategy, whichever message holds them.
type bidTargets struct{ cpa, cpc, roas, ceiling *normalize.Decimal }

func (b *bidding) targets() bidTargets {
	return bidTargets{
		cpa:  first(set(b.MaximizeConversions.TargetCPA), set(b.TargetCPA.TargetCPA)),
		cpc:  set(b.TargetCPC.TargetCPC),
		roas: first(setFactor(b.MaximizeConversionValue.TargetROAS), setFactor(b.TargetROAS.TargetROAS)),
		ceiling: first(set(b.TargetSpend.CPCCeiling), set(b.MaximizeConversions.CPCCeiling), set(b.MaximizeConversionValue.CPCCeiling),
			set(b.TargetCPA.CPCCeiling), set(b.TargetROAS.CPCCeiling)),
	}
}

func first[T any](list ...*T) *T {
	for _, p := range list {
		if p != nil {
			return p
		}
	}
	return nil
}

// campaignBid is how a campaign bids; nil where there is no word of ours for it. Amounts of a manual bid are the ad groups'.
// amount is a ceiling of single bids.
func campaignBid(c *campaign) (strategy *normalize.BidStrategy, amount *normalize.Decimal) {
	return bidOf(c, bidTargets{}, groupBids{})
}

// groupBids are an ad group's own amounts: each counts only under the strategy that it is for.
type groupBids struct{ cpc, cpm, cpv, targetCPM, targetCPV *normalize.Decimal }

// groupBid is how an ad group bids: as its campaign does, by its own amounts where it has them.
func groupBid(c *campaign, g *adGroup) (*normalize.BidStrategy, *normalize.Decimal) {
	return bidOf(c, bidTargets{cpa: set(g.TargetCPA), cpc: set(g.TargetCPC), roas: setFactor(g.TargetROAS)}, groupBids{
		cpc: fromMicros(g.CPCBid), cpm: fromMicros(g.CPMBid), cpv: fromMicros(g.CPVBid),
		targetCPM: set(g.TargetCPM), targetCPV: set(g.TargetCPV),
	})
}

func bidOf(c *campaign, own bidTargets, bids groupBids) (*normalize.BidStrategy, *normalize.Decimal) {
	t := c.targets()
	cpa, cpc, roas := first(own.cpa, t.cpa), first(own.cpc, t.cpc), first(own.roas, t.roas)
	if c.ChannelType == "VIDEO" {
		return videoBid(c.BiddingStrategyType, cpa, roas, bids), t.ceiling
	}
	fixed := func(amount *normalize.Decimal) (*normalize.BidStrategy, *normalize.Decimal) {
		return &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: amount}, amount
	}
	maximize := func(goal normalize.PerformanceGoalType) (*normalize.BidStrategy, *normalize.Decimal) {
		return &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend, PerformanceGoalType: goal}, t.ceiling
	}
	hold := func(goal normalize.PerformanceGoalType, amount, factor *normalize.Decimal) (*normalize.BidStrategy, *normalize.Decimal) {
		return &normalize.BidStrategy{
			Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: goal, PerformanceGoalAmount: amount, TargetROAS: factor,
		}, t.ceiling
	}
	switch c.BiddingStrategyType {
	case "MANUAL_CPC", "ENHANCED_CPC":
		return fixed(bids.cpc)
	case "MANUAL_CPM":
		return fixed(bids.cpm)
	case "TARGET_SPEND":
		return maximize(normalize.PerformanceGoalTypeCpc)
	case "MAXIMIZE_CONVERSIONS":
		if cpa == nil {
			return maximize(normalize.PerformanceGoalTypeCpa)
		}
		return hold(normalize.PerformanceGoalTypeCpa, cpa, nil)
	case "TARGET_CPA":
		return hold(normalize.PerformanceGoalTypeCpa, cpa, nil)
	case "MAXIMIZE_CONVERSION_VALUE":
		if roas == nil {
			return maximize(normalize.PerformanceGoalTypeUnspecified)
		}
		return hold(normalize.PerformanceGoalTypeUnspecified, nil, roas)
	case "TARGET_ROAS":
		return hold(normalize.PerformanceGoalTypeUnspecified, nil, roas)
	case "TARGET_CPC":
		return hold(normalize.PerformanceGoalTypeCpc, cpc, nil)
	}
	return nil, nil
}

// videoTypes are the strategies of video campaigns, which keep their names.
var videoTypes = map[string]normalize.YoutubeAndPartnersType{
	"TARGET_CPV": normalize.YoutubeAndPartnersTypeTargetCpv, "MANUAL_CPV": normalize.YoutubeAndPartnersTypeManualCpv,
	"TARGET_CPM": normalize.YoutubeAndPartnersTypeTargetCPM, "MANUAL_CPM": normalize.YoutubeAndPartnersTypeManualCPM,
	"TARGET_CPA": normalize.YoutubeAndPartnersTypeTargetCpa, "TARGET_ROAS": normalize.YoutubeAndPartnersTypeTargetROAS,
	"MAXIMIZE_CONVERSIONS":      normalize.YoutubeAndPartnersTypeMaximizeConversions,
	"MAXIMIZE_CONVERSION_VALUE": normalize.YoutubeAndPartnersTypeMaximizeConversionValue,
}

func videoBid(strategy string, cpa, roas *normalize.Decimal, bids groupBids) *normalize.BidStrategy {
	kind, ok := videoTypes[strategy]
	if !ok {
		return nil
	}
	out := &normalize.BidStrategy{Type: normalize.BidStrategyTypeYoutubeAndPartners, YoutubeAndPartnersType: kind}
	var amount *normalize.Decimal
	switch strategy {
	case "TARGET_CPV":
		amount = first(bids.targetCPV, bids.cpv)
	case "MANUAL_CPV":
		amount = bids.cpv
	case "TARGET_CPM":
		amount = bids.targetCPM
	case "MANUAL_CPM":
		amount = bids.cpm
	case "TARGET_CPA", "MAXIMIZE_CONVERSIONS":
		amount = cpa
	case "TARGET_ROAS", "MAXIMIZE_CONVERSION_VALUE":
		amount = roas
	}
	if amount != nil {
		out.YoutubeAndPartnersValue = amount.String()
	}
	return out
}

// targetKPI is the figure that a campaign is held to; nil when it is held to none.
func targetKPI(c *campaign) *normalize.GoalKPI {
	t := c.targets()
	switch {
	case t.cpa != nil:
		return &normalize.GoalKPI{Type: normalize.GoalKPITypeCpa, Amount: t.cpa}
	case t.cpc != nil:
		return &normalize.GoalKPI{Type: normalize.GoalKPITypeCpc, Amount: t.cpc}
	case t.roas != nil: // no type of ours
		return &normalize.GoalKPI{Type: normalize.GoalKPITypeOther, StringValue: "ROAS", Amount: t.roas}
	}
	return nil
}

// frequencyUnits are the time units of a frequency cap.
var frequencyUnits = map[string]normalize.TimeUnit{
	"DAY": normalize.TimeUnitDays, "WEEK": normalize.TimeUnitWeeks, "MONTH": normalize.TimeUnitMonths,
}

// readFrequency is the first cap, with the other kind's of the same time where there is one. More are in raw only.
func readFrequency(caps []frequencyCapEntry) *normalize.FrequencyCap {
	if len(caps) == 0 {
		return nil
	}
	key := caps[0].Key
	unit, ok := frequencyUnits[key.TimeUnit]
	if !ok {
		unit = normalize.TimeUnitUnspecified
	}
	out := &normalize.FrequencyCap{TimeUnit: unit, TimeUnitCount: key.TimeLength.ptr()}
	for i := range caps {
		k := &caps[i].Key
		if k.TimeUnit != key.TimeUnit || k.TimeLength != key.TimeLength || k.Level != key.Level {
			continue
		}
		switch {
		case k.EventType == "IMPRESSION" && out.MaxImpressions == nil:
			out.MaxImpressions = caps[i].Cap.ptr()
		case k.EventType == "VIDEO_VIEW" && out.MaxViews == nil:
			out.MaxViews = caps[i].Cap.ptr()
		}
	}
	return out
}

// readPolitical answers has_eu_political_ads; nil is not declared.
func readPolitical(s string) *bool {
	switch s {
	case "CONTAINS_EU_POLITICAL_ADVERTISING":
		return ptr(true)
	case "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING":
		return ptr(false)
	}
	return nil
}

// budget of a campaign: by day, or for the whole flight.
func readBudget(b *campaignBudget) (amount *normalize.Decimal, period normalize.BudgetPeriod, unit normalize.BudgetUnit) {
	switch {
	case b.Period == "CUSTOM_PERIOD" && b.TotalMicros.OK:
		return fromMicros(b.TotalMicros), normalize.BudgetPeriodLifetime, normalize.BudgetUnitCurrency
	case (b.Period == "DAILY" || b.Period == "") && b.AmountMicros.OK:
		return fromMicros(b.AmountMicros), normalize.BudgetPeriodDaily, normalize.BudgetUnitCurrency
	}
	return nil, "", ""
}

func ptr[T any](v T) *T { return &v }
