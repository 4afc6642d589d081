package linkedin

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// What a campaign of LinkedIn's is for, how it bids and what it pays for are one configuration of objectiveType,
// optimizationTargetType, costType and unitCost, of which few combinations are taken; others are refused as
// INVALID_CAMPAIGN_CONFIGURATION. unitCost goes with every change of the target, and is 0 for an automatic bid.

// bidding is how a campaign bids.
type bidding struct {
	target, cost string
	unit         normalize.Decimal
}

// targetsOf are the automatic targets that an objective is taken with, the one that stands for it first.
var targetsOf = map[string][]string{
	"BRAND_AWARENESS":    {"MAX_REACH", "MAX_IMPRESSION"},
	"ENGAGEMENT":         {"MAX_CLICK"},
	"WEBSITE_VISIT":      {"MAX_CLICK"},
	"JOB_APPLICANT":      {"MAX_CLICK"},
	"TALENT_LEAD":        {"MAX_CLICK"},
	"WEBSITE_CONVERSION": {"MAX_CONVERSION"},
	"VIDEO_VIEW":         {"MAX_VIDEO_VIEW"},
	"LEAD_GENERATION":    {"MAX_LEAD", "MAX_QUALIFIED_LEAD"},
}

// capOf is the automatic target that a cost cap is a cap of.
var capOf = map[string]string{
	"CAP_COST_AND_MAXIMIZE_CLICKS": "MAX_CLICK", "CAP_COST_AND_MAXIMIZE_IMPRESSIONS": "MAX_IMPRESSION",
	"CAP_COST_AND_MAXIMIZE_LEADS": "MAX_LEAD", "CAP_COST_AND_MAXIMIZE_VIDEO_VIEWS": "MAX_VIDEO_VIEW",
}

// manualCost is what a manual bid is a price of.
func manualCost(objective string) string {
	switch objective {
	case "BRAND_AWARENESS":
		return "CPM"
	case "VIDEO_VIEW":
		return "CPV"
	}
	return "CPC"
}

// defaultGoal is what a group is tuned to that does not say.
func defaultGoal(objective string) normalize.OptimizationGoal {
	if list := targetsOf[objective]; len(list) > 0 {
		return readOptimizationGoal(list[0], "CPM", objective)
	}
	return ""
}

// goalOf is the goal that a kind of result means under an objective; empty when it says nothing.
func goalOf(t normalize.PerformanceGoalType, objective string) normalize.OptimizationGoal {
	switch t {
	case normalize.PerformanceGoalTypeCpc:
		if objective == "ENGAGEMENT" {
			return normalize.OptimizationGoalEngagement
		}
		return normalize.OptimizationGoalLinkClicks
	case normalize.PerformanceGoalTypeCpa:
		if objective == "WEBSITE_CONVERSION" {
			return normalize.OptimizationGoalConversions
		}
		return normalize.OptimizationGoalLeadGeneration
	case normalize.PerformanceGoalTypeAvViewed:
		return normalize.OptimizationGoalVideoViews
	case normalize.PerformanceGoalTypeReach:
		return normalize.OptimizationGoalReach
	}
	return ""
}

// bidWish is what a group is asked to bid like.
type bidWish struct {
	o         *normalize.Group
	given     func(path string) bool // by the caller, in this write
	objective string
	now       bidding // of an update
}

// bidding decides on the target, what is paid for, and the price.
func (w bidWish) bidding() (bidding, error) {
	s := normalize.BidStrategy{Type: normalize.BidStrategyTypeMaximizeSpend}
	if w.o.BidStrategy != nil {
		s = *w.o.BidStrategy
	}
	if err := w.unfit(s); err != nil {
		return bidding{}, err
	}
	if s.Type == normalize.BidStrategyTypeFixedBid {
		return w.fixed(s)
	}
	return w.automatic(s)
}

// unfit refuses what goes with no bid of LinkedIn's, or not with the one that is asked for.
func (w bidWish) unfit(s normalize.BidStrategy) error {
	fixed := s.Type == normalize.BidStrategyTypeFixedBid
	amount := s.Type == normalize.BidStrategyTypePerformanceGoal
	for _, f := range []struct {
		path string
		set  bool
	}{
		{"bid_strategy.custom_bidding_algorithm_id", s.CustomBiddingAlgorithmID != ""},
		{"bid_strategy.max_average_cpm_bid_amount", s.MaxAverageCPMBidAmount != nil},
		{"bid_strategy.raise_bid_for_deals", s.RaiseBidForDeals != nil},
		{"bid_strategy.target_roas", s.TargetROAS != nil},
		{"bid_strategy.youtube_and_partners_type", s.YoutubeAndPartnersType != "" || s.YoutubeAndPartnersValue != ""},
		{"bid_strategy.fixed_bid_amount", s.FixedBidAmount != nil && !fixed && w.given("bid_strategy.fixed_bid_amount")},
		{"bid_strategy.performance_goal_amount", s.PerformanceGoalAmount != nil && !amount && w.given("bid_strategy.performance_goal_amount")},
		{"bid_strategy.performance_goal_type", s.PerformanceGoalType != "" && fixed && w.given("bid_strategy.performance_goal_type")},
		{"bid_amount", w.o.BidAmount != nil && !fixed && w.given("bid_amount")},
	} {
		if f.set {
			return fault(providers.Rejected, f.path, "LinkedIn has no %s for a bid of the type %s", f.path, s.Type)
		}
	}
	return nil
}

// fixed is a manual bid: the price of what is paid for.
func (w bidWish) fixed(s normalize.BidStrategy) (bidding, error) {
	price := s.FixedBidAmount
	switch {
	case w.given("bid_amount") && !w.given("bid_strategy.fixed_bid_amount"):
		price = w.o.BidAmount
	case w.given("bid_amount") && w.o.BidAmount != nil && price != nil && price.Cmp(*w.o.BidAmount) != 0:
		return bidding{}, fault(providers.Rejected, "bid_amount", "it repeats bid_strategy.fixed_bid_amount, and says something else")
	case price == nil:
		price = w.o.BidAmount
	}
	if price == nil || price.Sign() <= 0 {
		return bidding{}, fault(providers.Rejected, "bid_strategy.fixed_bid_amount", "a fixed bid needs its amount")
	}
	b := bidding{"NONE", manualCost(w.objective), *price}
	if w.now.target == "ENHANCED_CONVERSION" { // a manual bid, too
		b.target, b.cost = w.now.target, w.now.cost
	}
	if err := w.billed(b.cost); err != nil {
		return b, err
	}
	return b, w.tuned(b)
}

// automatic is a bid that LinkedIn makes: for as many results as the budget buys, or at a cost that is held or capped.
func (w bidWish) automatic(s normalize.BidStrategy) (bidding, error) {
	goal, err := w.goal(s)
	if err != nil {
		return bidding{}, err
	}
	if s.PerformanceGoalType == "" || s.PerformanceGoalType == normalize.PerformanceGoalTypeUnspecified || !w.given("bid_strategy.performance_goal_type") {
		s.PerformanceGoalType = kindOfResult(goal)
	}
	s.FixedBidAmount = nil
	b := bidding{}
	if b.target, b.unit, err = writeBid(s, goal, w.now.target); err != nil {
		return b, err
	}
	if w.sameMeaning(b.target, goal) {
		b.target = w.now.target
	}
	if s.Type == normalize.BidStrategyTypePerformanceGoal && b.unit.Sign() <= 0 {
		return b, fault(providers.Rejected, "bid_strategy.performance_goal_amount", "a cost that is held needs its amount")
	}
	of := b.target
	if capped, ok := capOf[of]; ok {
		of = capped
	}
	if taken := targetsOf[w.objective]; b.target != w.now.target && !slices.Contains(taken, of) {
		return b, fault(providers.Rejected, "optimization_goal", "LinkedIn tunes to %s under other goals than this campaign's (%s)", goal, w.objective)
	}
	if b.cost, err = w.automaticCost(b.target); err != nil {
		return b, err
	}
	return b, w.tuned(b)
}

// goal is what is tuned to: what was asked for by its name, else what the kind of result means, else what there is, else
// what stands for the objective.
func (w bidWish) goal(s normalize.BidStrategy) (normalize.OptimizationGoal, error) {
	var byKind normalize.OptimizationGoal
	if w.given("bid_strategy.performance_goal_type") {
		byKind = goalOf(s.PerformanceGoalType, w.objective)
	}
	asked := normalize.OptimizationGoal("")
	if w.given("optimization_goal") {
		asked = w.o.OptimizationGoal
	}
	switch {
	case asked != "" && byKind != "" && kindOfResult(asked) != s.PerformanceGoalType:
		return "", fault(providers.Rejected, "bid_strategy.performance_goal_type", "%s is not what %s is paid for by", s.PerformanceGoalType, asked)
	case asked != "":
		return asked, nil
	case byKind != "":
		return byKind, nil
	}
	if had := readOptimizationGoal(w.now.target, w.now.cost, w.objective); had != "" && w.now.target != "NONE" {
		return had, nil
	}
	return defaultGoal(w.objective), nil
}

// kindOfResult is what a goal's results are counted as.
func kindOfResult(g normalize.OptimizationGoal) normalize.PerformanceGoalType {
	switch g {
	case normalize.OptimizationGoalLinkClicks, normalize.OptimizationGoalEngagement:
		return normalize.PerformanceGoalTypeCpc
	case normalize.OptimizationGoalConversions, normalize.OptimizationGoalLeadGeneration:
		return normalize.PerformanceGoalTypeCpa
	case normalize.OptimizationGoalVideoViews:
		return normalize.PerformanceGoalTypeAvViewed
	case normalize.OptimizationGoalReach:
		return normalize.PerformanceGoalTypeReach
	}
	return normalize.PerformanceGoalTypeUnspecified
}

// sameMeaning tells whether the target that there is says the same: it is kept, as LinkedIn has finer words than we.
func (w bidWish) sameMeaning(target string, goal normalize.OptimizationGoal) bool {
	is, was := bidKinds[target], bidKinds[w.now.target]
	return w.now.target != "" && is.Type == was.Type && is.PerformanceGoalType == was.PerformanceGoalType &&
		readOptimizationGoal(w.now.target, w.now.cost, w.objective) == goal
}

// automaticCost is what is paid for with an automatic bid: impressions, or with video views those.
func (w bidWish) automaticCost(target string) (string, error) {
	if target == w.now.target && !w.given("billing_event") {
		return w.now.cost, nil
	}
	cost := map[string]string{"TARGET_COST_PER_CLICK": "CPC", "TARGET_COST_PER_VIDEO_VIEW": "CPV"}[target]
	if cost == "" {
		cost = "CPM"
	}
	if w.objective == "VIDEO_VIEW" && w.given("billing_event") && w.o.BillingEvent == normalize.BillingEventVideoViews {
		cost = "CPV"
	}
	return cost, w.billed(cost)
}

// billed refuses another thing to pay for than goes with the bid.
func (w bidWish) billed(cost string) error {
	if !w.given("billing_event") || w.o.BillingEvent == "" {
		return nil
	}
	asked, err := writeBilling(w.o.BillingEvent)
	if err == nil && asked != cost {
		err = fault(providers.Rejected, "billing_event", "with this goal and this bid LinkedIn is paid for %s", billing[cost])
	}
	return err
}

// tuned refuses a goal that would read back as another one.
func (w bidWish) tuned(b bidding) error {
	if !w.given("optimization_goal") || w.o.OptimizationGoal == "" {
		return nil
	}
	if got := readOptimizationGoal(b.target, b.cost, w.objective); got != w.o.OptimizationGoal {
		return fault(providers.Rejected, "optimization_goal", "with this bid, under this campaign's goal, LinkedIn tunes to %s", got)
	}
	return nil
}
