package meta

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// bidForm is the bid of an ad set as it is written.
type bidForm struct {
	strategy string // empty where it is the campaign's
	amount   int64  // minor units; 0: none
	floor    int64  // ten-thousandths; 0: none
}

func (b bidForm) params() map[string]string {
	out := map[string]string{}
	if b.strategy != "" {
		out["bid_strategy"] = b.strategy
	}
	if b.amount > 0 {
		out["bid_amount"] = strconv.FormatInt(b.amount, 10)
	}
	if b.floor > 0 {
		out["bid_constraints"] = js(map[string]int64{"roas_average_floor": b.floor})
	}
	return out
}

// wishedBid is the bid strategy without what is left of another one: of an update, the parts that were not given and do
// not go with the type are those of before.
func wishedBid(w providers.Write[normalize.Group]) *normalize.BidStrategy {
	if w.Object.BidStrategy == nil {
		return nil
	}
	b := *w.Object.BidStrategy
	if w.Before == nil {
		return &b
	}
	amount, roas := w.Changed("bid_strategy.performance_goal_amount"), w.Changed("bid_strategy.target_roas")
	if b.Type == normalize.BidStrategyTypeMaximizeSpend || roas && !amount && b.TargetROAS != nil {
		if !amount || sameAs(w.Before, b.PerformanceGoalAmount, nil) {
			b.PerformanceGoalAmount = nil
		}
	}
	if b.Type == normalize.BidStrategyTypeMaximizeSpend || amount && !roas && b.PerformanceGoalAmount != nil {
		if !roas || sameAs(w.Before, nil, b.TargetROAS) {
			b.TargetROAS = nil
		}
	}
	return &b
}

// sameAs tells whether an amount or a return is what the group had before.
func sameAs(before *normalize.Group, amount, roas *normalize.Decimal) bool {
	was := before.BidStrategy
	if was == nil {
		return amount == nil && roas == nil
	}
	same := func(a, b *normalize.Decimal) bool { return a == nil || b != nil && a.Cmp(*b) == 0 }
	return same(amount, was.PerformanceGoalAmount) && same(roas, was.TargetROAS)
}

// groupBid is the bid of an ad set. Where the campaign has the budget it has the strategy too, and the ad set but the amount.
func groupBid(w providers.Write[normalize.Group], parent *groupParent, rules *accountRules, goal string) (bidForm, error) {
	b, ceiling := wishedBid(w), w.Object.BidAmount
	order := bidOrder{strategy: bidLowest}
	if parent.hasBudget() && parent.BidStrategy != "" && b == nil {
		order.strategy = parent.BidStrategy
		order.amount = ceiling
	} else {
		if b == nil {
			b = &normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
		}
		var err error
		if order, err = checkedBid(*b, ceiling, goal); err != nil {
			return bidForm{}, err
		}
	}
	out := bidForm{strategy: order.strategy, floor: order.roasFloor}
	if order.amount != nil {
		field := "bid_amount"
		if order.strategy == bidCost {
			field = "bid_strategy.performance_goal_amount"
		}
		n, err := toMinor(rules.currency, field, *order.amount)
		if err != nil {
			return out, err
		}
		if n == 0 {
			return out, fault(providers.Rejected, field, "0 is no bid to Meta")
		}
		out.amount = n
	}
	if parent.hasBudget() && parent.BidStrategy != "" {
		if order.strategy != parent.BidStrategy {
			return out, fault(providers.Rejected, "bid_strategy", "the campaign has the budget and bids by %s: another strategy would change its other groups", parent.BidStrategy)
		}
		if out.amount > 0 && parent.BidStrategy != bidCap && parent.BidStrategy != bidCost {
			return out, fault(providers.Rejected, "bid_amount", "the campaign bids by %s, which takes no amount", parent.BidStrategy)
		}
		out.strategy = ""
	}
	if out.amount == 0 && (order.strategy == bidCap || order.strategy == bidCost) {
		return out, fault(providers.Rejected, "bid_amount", "the bid strategy %s needs an amount", order.strategy)
	}
	return out, nil
}

// checkedBid is writeBid with the parts refused that do not go together.
func checkedBid(b normalize.BidStrategy, ceiling *normalize.Decimal, goal string) (bidOrder, error) {
	order, err := writeBid(b, ceiling)
	if err != nil {
		return order, err
	}
	if b.FixedBidAmount != nil {
		return order, refused("bid_strategy.fixed_bid_amount", b.FixedBidAmount.String())
	}
	if b.YoutubeAndPartnersType != "" || b.YoutubeAndPartnersValue != "" {
		return order, refused("bid_strategy.youtube_and_partners_type", string(b.YoutubeAndPartnersType))
	}
	if b.Type == normalize.BidStrategyTypeMaximizeSpend {
		if b.PerformanceGoalAmount != nil {
			return order, fault(providers.Rejected, "bid_strategy.performance_goal_amount", "it goes with the type PERFORMANCE_GOAL")
		}
		if b.TargetROAS != nil {
			return order, fault(providers.Rejected, "bid_strategy.target_roas", "it goes with the type PERFORMANCE_GOAL")
		}
	} else {
		if ceiling != nil && order.strategy != bidCost {
			return order, fault(providers.Rejected, "bid_amount", "Meta takes no ceiling beside a return")
		}
		if ceiling != nil && ceiling.Cmp(*b.PerformanceGoalAmount) != 0 {
			return order, fault(providers.Rejected, "bid_amount", "Meta takes no ceiling beside a cost that is held")
		}
		if b.PerformanceGoalAmount != nil && b.TargetROAS != nil {
			return order, fault(providers.Rejected, "bid_strategy.target_roas", "Meta holds a cost or a return, not both")
		}
	}
	if order.strategy == bidROAS && goal != goalValue {
		return order, fault(providers.Rejected, "bid_strategy.target_roas", "a return goes with the optimization_goal CONVERSIONS by value, which the group has not")
	}
	if t := b.PerformanceGoalType; t != "" && t != normalize.PerformanceGoalTypeUnspecified && order.strategy != bidROAS && t != goalType(goal) {
		return order, fault(providers.Rejected, "bid_strategy.performance_goal_type", "%s does not go with what the group is optimized for, which is %s", t, goalType(goal))
	}
	return order, nil
}

// frequencySpec is a cap as it is written.
type frequencySpec struct {
	Event    string `json:"event"`
	Interval int64  `json:"interval_days"`
	Most     int64  `json:"max_frequency"`
}

// writeFrequency is the list for a cap; empty takes it away.
func writeFrequency(f *normalize.FrequencyCap, goal string) ([]frequencySpec, error) {
	if f == nil {
		return []frequencySpec{}, nil
	}
	if goal != "REACH" && goal != "THRUPLAY" {
		return nil, fault(providers.Rejected, "frequency_cap", "Meta caps groups that are optimized for REACH or VIDEO_VIEWS only")
	}
	if f.MaxViews != nil {
		return nil, refused("frequency_cap.max_views", strconv.FormatInt(*f.MaxViews, 10))
	}
	if f.IsUnlimited != nil && *f.IsUnlimited {
		return nil, refused("frequency_cap.is_unlimited", "true: leave the cap out")
	}
	if f.MaxImpressions == nil || *f.MaxImpressions < 1 {
		return nil, fault(providers.Rejected, "frequency_cap.max_impressions", "a cap needs a number of impressions")
	}
	count := int64(1)
	if f.TimeUnitCount != nil {
		count = *f.TimeUnitCount
	}
	if count < 1 || count > 365 {
		return nil, refused("frequency_cap.time_unit_count", strconv.FormatInt(count, 10))
	}
	switch f.TimeUnit {
	case normalize.TimeUnitDays:
	case normalize.TimeUnitWeeks:
		count *= 7
	default:
		return nil, refused("frequency_cap.time_unit", string(f.TimeUnit))
	}
	return []frequencySpec{{"IMPRESSIONS", count, *f.MaxImpressions}}, nil
}

// promotedParts are Meta's names of what can be promoted.
var promotedParts = map[normalize.PromotedType]string{
	normalize.PromotedTypePageID: "page_id", normalize.PromotedTypePixelID: "pixel_id", normalize.PromotedTypeAppID: "application_id",
	normalize.PromotedTypeStoreURL: "object_store_url", normalize.PromotedTypeCatalogID: "product_catalog_id",
	normalize.PromotedTypeProductSetID: "product_set_id", normalize.PromotedTypeCustomConversionID: "custom_conversion_id",
	normalize.PromotedTypeEventID: "event_id", normalize.PromotedTypeOfferID: "offer_id",
}

// needs are the companions of a goal.
var needs = map[string][]normalize.PromotedType{
	"LEAD_GENERATION": {normalize.PromotedTypePageID}, "PAGE_LIKES": {normalize.PromotedTypePageID}, "CONVERSATIONS": {normalize.PromotedTypePageID},
	"APP_INSTALLS": {normalize.PromotedTypeAppID, normalize.PromotedTypeStoreURL},
}

// needsUnder are the companions that an objective wants besides.
func needsUnder(objective, goal string) []normalize.PromotedType {
	switch {
	case objective == "OUTCOME_AWARENESS": // of a page, whatever its groups are for
		return []normalize.PromotedType{normalize.PromotedTypePageID}
	case objective == "OUTCOME_APP_PROMOTION": // of an app
		return []normalize.PromotedType{normalize.PromotedTypeAppID, normalize.PromotedTypeStoreURL}
	case objective == "OUTCOME_SALES" && goal == "CONVERSATIONS": // what is sold in a chat is counted by a pixel
		return []normalize.PromotedType{normalize.PromotedTypePixelID}
	}
	return nil
}

// promotes writes what a new ad set promotes, and asks for what its goal needs.
func promotes(o *normalize.Group, objective, goal string, params url.Values) error {
	out := map[string]string{}
	for _, p := range o.Promoted {
		name, ok := promotedParts[p.Type]
		switch {
		case !ok:
			return refused("promoted", string(p.Type))
		case p.ID == "":
			return fault(providers.Rejected, "promoted", "the %s has no id", p.Type)
		case out[name] != "":
			return fault(providers.Rejected, "promoted", "Meta promotes one %s", p.Type)
		}
		out[name] = p.ID
	}
	for _, t := range slices.Concat(needs[goal], needsUnder(objective, goal)) {
		if out[promotedParts[t]] == "" {
			return lacking(string(t), optimizationGoals[goal])
		}
	}
	app, pixel, conversion := out["application_id"] != "", out["pixel_id"] != "", out["custom_conversion_id"] != ""
	converts := goal == "OFFSITE_CONVERSIONS" || goal == goalValue
	if converts && !app && !pixel && !conversion && out["product_set_id"] == "" {
		return lacking("PIXEL_ID", normalize.OptimizationGoalConversions)
	}
	if app && out["object_store_url"] == "" {
		return lacking("STORE_URL", optimizationGoals[goal])
	}
	if pixel && !conversion {
		event := map[string]string{"OUTCOME_SALES": "PURCHASE", "OUTCOME_LEADS": "LEAD"}[objective]
		if event == "" {
			return fault(providers.Rejected, "promoted", "which event of the pixel counts is not told by the goal of the campaign: give a CUSTOM_CONVERSION_ID")
		}
		out["custom_event_type"] = event
	}
	if len(out) > 0 {
		params.Set("promoted_object", js(out))
	}
	return nil
}
