package google_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// steps are the least amounts of the sheet's currencies, in micros.
var steps = map[string]int64{"EUR": 10_000, "USD": 10_000, "JPY": 1_000_000}

// sum is an amount of an object that is written: where Google keeps it, and how it is asked for and read.
type sum struct {
	field, kept string
	ask         func(*normalize.Campaign, *normalize.Decimal)
	read        func(*normalize.Campaign) *normalize.Decimal
}

var sums = []sum{
	{"budget_amount", "campaign_budget.amount_micros", func(c *normalize.Campaign, d *normalize.Decimal) { c.BudgetAmount = d }, func(c *normalize.Campaign) *normalize.Decimal { return c.BudgetAmount }},
	{"bid_amount", "campaign.target_spend.cpc_bid_ceiling_micros", func(c *normalize.Campaign, d *normalize.Decimal) { c.BidAmount = d }, func(c *normalize.Campaign) *normalize.Decimal { return c.BidAmount }},
	{"bid_strategy.performance_goal_amount", "campaign.maximize_conversions.target_cpa_micros", func(c *normalize.Campaign, d *normalize.Decimal) {
		c.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalType: normalize.PerformanceGoalTypeCpa, PerformanceGoalAmount: d}
	}, func(c *normalize.Campaign) *normalize.Decimal { return c.BidStrategy.PerformanceGoalAmount }},
}

// Trap 2: amounts are written in micros, in every currency of the sheet: what is written is what Google has and what is read.
func TestTrap02_AmountsAreMicrosInEveryCurrency(t *testing.T) {
	w := writing(t, 0, smallWorld)
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for _, a := range w.sim.Accounts() {
		if !a.Reachable || a.Currency == "" || seen[a.Currency] || a.Status != "ENABLED" {
			continue
		}
		seen[a.Currency] = true
		w.org = a.ID
		step := steps[a.Currency]
		if step == 0 {
			t.Fatalf("nothing is said of %s", a.Currency)
		}
		for _, s := range sums {
			c := w.campaign(t, searchCampaign("Money "+s.field))
			for range 25 {
				micros := (1 + random.Int64N(1+random.Int64N(10_000_000))) * step
				amount := normalize.FromMicros(micros)
				got, err := w.patch(t, c, []string{strings.SplitN(s.field, ".", 2)[0]}, func(o *normalize.Campaign) { s.ask(o, &amount) }, false)
				if err != nil {
					t.Fatalf("%s %s: %v", a.Currency, amount, err)
				}
				c = got.Object
				if is := s.read(&c); is == nil || is.Cmp(amount) != 0 {
					t.Errorf("%s of %s %s is read as %v", s.field, a.Currency, amount, is)
				}
				if kept := w.stored(t, "SELECT "+s.kept+" FROM campaign WHERE campaign.id = "+c.ID); !strings.Contains(kept, fmt.Sprintf(`:"%d"`, micros)) {
					t.Errorf("%s of %s %s: Google has %s", s.field, a.Currency, amount, kept)
				}
			}
			w.sent.take()
			for _, off := range []int64{step / 10, 1, step / 2} {
				amount := s.read(&c).Add(normalize.FromMicros(off))
				_, err := w.patch(t, c, []string{strings.SplitN(s.field, ".", 2)[0]}, func(o *normalize.Campaign) { s.ask(o, &amount) }, false)
				if blamedOf(err) != s.field || len(w.sent.take()) > 0 {
					t.Errorf("%s of %s %s is no multiple of the step: %v", s.field, a.Currency, amount, err)
				}
			}
		}
	}
	for currency := range steps {
		if !seen[currency] {
			t.Errorf("no account in %s", currency)
		}
	}
}

// A budget under the least of a day is Google's to refuse: it is named with the least.
func TestABudgetBelowTheLeastNamesIt(t *testing.T) {
	for _, in := range []string{"0", "-1"} {
		w := writing(t, 0, smallWorld)
		o := searchCampaign("None")
		o.BudgetAmount = dec(in)
		if _, err := w.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: w.org, Object: o}); blamedOf(err) != "budget_amount" || len(w.sent.take()) > 0 {
			t.Errorf("%s: %v", in, err)
		}
	}
	s, _ := scripted(t, func(h heard) (int, string) {
		switch {
		case strings.Contains(h.query, "FROM currency_constant"):
			return 200, `{"results":[{"currencyConstant":{"code":"EUR","billableUnitMicros":"10000"}}],"fieldMask":"x"}`
		case strings.HasSuffix(h.path, ":mutate"):
			return 400, adsFailure(400, "campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", `"budgetPerDayMinimumErrorDetails":{"currencyCode":"EUR","minimumBudgetAmountMicros":"1250000"}`)
		}
		return 0, ""
	})
	o := searchCampaign("Little")
	o.BudgetAmount = dec("0.01")
	_, err := s.Campaigns.Create(t.Context(), providers.Write[normalize.Campaign]{Org: "1000000001", Object: o})
	if blamedOf(err) != "budget_amount" || providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), "1.25") {
		t.Errorf("%v of %s", err, blamedOf(err))
	}
}
