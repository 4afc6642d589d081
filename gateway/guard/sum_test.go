package guard

import (
	"strings"
	"testing"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
)

// Groups count within their campaign's daily budget, and by themselves from the moment at which it has none.
func TestW5_groupsOfACampaign(t *testing.T) {
	t.Parallel()
	m := &memory{limits: map[string]string{"ws/c": `{"max_daily_budget":100,"currency":"EUR"}`}}
	s := service(t, m)
	do := func(c Change, fits bool) {
		t.Helper()
		c.Workspace, c.Connection, c.Currency = "ws", "c", in("EUR")
		h, err := s.Check(t.Context(), c)
		if fits != (err == nil) || err != nil && problem.CodeOf(err) != problem.CodeGuardrail {
			t.Fatalf("%s %s: %v", c.Object, c.ID, err)
		}
		if err == nil {
			h.Settle(t.Context(), Now{ID: c.ID, Campaign: c.Campaign, Currency: "EUR", On: c.IsOn, Budgets: c.After})
		}
	}
	do(Change{Object: "campaign", ID: "1", IsOn: true, After: budget("50", daily)}, true)
	do(Change{Object: "group", ID: "2", Campaign: "1", IsOn: true, After: budget("40", daily)}, true)
	do(Change{Object: "group", ID: "3", Campaign: "1", IsOn: true, After: budget("80", daily)}, true)
	do(Change{Object: "group", ID: "4", Campaign: "9", IsOn: true, After: budget("51", daily)}, false)
	do(Change{Object: "campaign", ID: "1", WasOn: true, IsOn: true, Before: budget("50", daily)}, false)
	do(Change{Object: "campaign", ID: "1", WasOn: true, Before: budget("50", daily), After: budget("50", daily)}, true) // paused
	do(Change{Object: "group", ID: "4", Campaign: "9", IsOn: true, After: budget("1", daily)}, false)                   // 120 of groups of a campaign that anyone may switch on
	do(Change{Object: "campaign", ID: "1", IsOn: true, After: budget("50", daily)}, true)
}

// The sum counts, and says so.
func TestW5_sumOfSeveral(t *testing.T) {
	t.Parallel()
	m := &memory{limits: map[string]string{"ws/": `{"max_daily_budget":100,"currency":"EUR"}`}, rates: map[string]string{"JPY": "160"}}
	s := service(t, m)
	create := func(amount, currency string, p normalize.BudgetPeriod) (Hold, error) {
		return s.Check(t.Context(), Change{Workspace: "ws", Connection: "c", Object: "campaign", IsOn: true, Activates: true, After: budget(amount, p), Currency: in(currency)})
	}
	first, err := create("60", "EUR", daily)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create("41", "EUR", daily); problem.CodeOf(err) != problem.CodeGuardrail || !strings.Contains(err.Error(), "101.00 EUR") {
		t.Errorf("beside one that is under way: %v", err)
	}
	first.Settle(t.Context(), Now{ID: "1", Currency: "EUR", On: true, Budgets: budget("60", daily)})
	if _, err := create("6401", "JPY", daily); problem.CodeOf(err) != problem.CodeGuardrail {
		t.Errorf("in yen: %v", err)
	}
	if _, err := create("1121", "EUR", monthly); problem.CodeOf(err) != problem.CodeGuardrail {
		t.Errorf("for a month: %v", err)
	}
	fits, err := create("6400", "JPY", daily)
	if err != nil {
		t.Error(err)
	}
	fits.Free(t.Context())
	for _, c := range []Change{{ID: "1", Before: budget("60", daily), After: budget("30", daily), WasOn: true, IsOn: true}, {ID: "1", Before: budget("60", daily), After: budget("60", daily), WasOn: true}} {
		c.Workspace, c.Connection, c.Object, c.Currency = "ws", "c", "campaign", in("EUR")
		h, err := s.Check(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		h.Settle(t.Context(), Now{ID: "1", Currency: "EUR", On: c.IsOn, Budgets: c.After})
	}
	if len(m.spends) != 0 {
		t.Errorf("it is off, and counts: %+v", m.spends)
	}
}
