package sim

import (
	"net/http"

	"github.com/admux/admux/providers/internal/simkit"
)

// adBudgetPricing tells the bids and budgets that a target may have. The sheet
// knows the shape from two readers and no amounts: the minimum of about 10 USD a
// day is turned by rough rates, the bids are of an invented size.
func (s *Sim) adBudgetPricing(w http.ResponseWriter, q *request, rest []string) *fault {
	if len(rest) > 0 || q.method != "FINDER" {
		return methodNotAllowed(q)
	}
	if q.finder() != "criteriaV2" {
		return badRequest("Finder '" + q.finder() + "' is not supported")
	}
	if f := q.params.only("q", "account", "bidType", "campaignType", "matchType", "objectiveType", "optimizationTargetType", "dailyBudget", "targetingCriteria"); f != nil {
		return f
	}
	for _, name := range []string{"account", "bidType", "campaignType", "targetingCriteria"} { // which are mandatory is assumed
		if !q.params.has(name) {
			return paramMissing(name)
		}
	}
	a, f := s.accountParam(q, "account", q.params.values["account"])
	if f != nil {
		return f
	}
	for name, symbols := range map[string][]string{
		"bidType": {"CPM", "CPC", "CPV"}, "campaignType": campaignTypes, "matchType": {"EXACT", "AUDIENCE_EXPANDED"},
		"objectiveType": objectiveTypes, "optimizationTargetType": targetTypes,
	} {
		if _, _, f := q.params.enum(name, symbols); f != nil {
			return f
		}
	}
	if _, f := s.countAudience(q.params.values["targetingCriteria"]); f != nil {
		return f
	}
	if f := budgetParam(q, a.Currency); f != nil {
		return f
	}
	bid, _, _ := q.params.enum("bidType", []string{"CPM", "CPC", "CPV"})
	element := pricing(a.Currency, bid)
	writeJSON(w, http.StatusOK, obj{"elements": q.mask.apply([]any{element}), "paging": emptyPaging()})
	return nil
}

// budgetParam reads dailyBudget=(amount:50,currencyCode:EUR).
func budgetParam(q *request, currency string) *fault {
	v, ok := q.params.values["dailyBudget"]
	if !ok {
		return nil
	}
	if v.kind != record || len(v.rec) != 2 {
		return paramInvalid("dailyBudget", "")
	}
	if n, err := parseMicros(v.rec["amount"].text); err != nil || n < 0 {
		return paramInvalid("dailyBudget", "")
	}
	if v.rec["currencyCode"].text != currency {
		return validations([]inputError{{"CURRENCY_MISMATCH", "Currency must be " + currency, "dailyBudget/currencyCode"}})
	}
	return nil
}

// perDollar are rough units of a currency for a dollar; others have one.
var perDollar = map[string]int64{"JPY": 150, "HUF": 360, "INR": 85, "SEK": 10, "BRL": 5}

func pricing(currency, bid string) obj {
	rate := max(1, perDollar[currency])
	m := func(cents int64) obj { return money(cents*rate*simkit.Micro/100, currency) }
	low := map[string]int64{"CPM": 200, "CPC": 200, "CPV": 6}[bid]
	return obj{
		"bidLimits":         obj{"min": m(low), "max": m(low * 100)},
		"dailyBudgetLimits": obj{"min": m(1000), "default": m(5000), "max": m(100_000_000)},
		"suggestedBid":      obj{"min": m(low * 2), "default": m(low * 3), "max": m(low * 5)},
	}
}
