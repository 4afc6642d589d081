package meta_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// Without an account named, a list is what the lists of the accounts are, one after the other.
func TestListsWalkTheAccounts(t *testing.T) {
	t.Parallel()
	w := connect(t, sim.Options{})
	var want []string
	for _, o := range all(t, w.Organizations, providers.ListQuery{}) {
		for _, g := range all(t, w.Groups, providers.ListQuery{Org: o.ID, Fields: []string{"id"}}) {
			want = append(want, g.ID)
		}
	}
	for _, size := range []int{1, 7, 500} {
		var got []string
		for _, g := range all(t, w.Groups, providers.ListQuery{Size: size, Fields: []string{"id"}}) {
			got = append(got, g.ID)
		}
		if !slices.Equal(got, want) || len(want) < 20 {
			t.Errorf("pages of %d: %d groups, the accounts have %d", size, len(got), len(want))
		}
	}
}

// A list of accounts is read anew; what a list inside of them goes over is known for a minute.
func TestAccountsAreReadAnew(t *testing.T) {
	t.Parallel()
	n := 0
	s, _ := scripted(t, map[string]func(asked) (int, string){
		"me/businesses": answer(200, `{"data":[]}`),
		"me/adaccounts": func(asked) (int, string) {
			n++
			return 200, `{"data":[{"id":"act_1","account_id":"1","currency":"EUR","name":"n` + strings.Repeat("x", n) + `"}]}`
		},
	})
	for i := 1; i < 3; i++ {
		if got := all(t, s.Organizations, providers.ListQuery{}); len(got) != 1 || got[0].Name != "n"+strings.Repeat("x", i) {
			t.Errorf("%+v", got)
		}
	}
}

// An account whose business may not be seen is read without it, alone and for its currency.
func TestAnAccountWithoutItsBusiness(t *testing.T) {
	t.Parallel()
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": func(a asked) (int, string) {
		if f := a.query.Get("fields"); strings.Contains(f, "business") || strings.Contains(f, "owner") {
			return refusal(200, 0, "(#200) Requires business_management permission to manage the object.")
		}
		return euro(a)
	}})
	got, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1", Raw: true})
	if err != nil || got.Currency != "EUR" || got.ParentID != "" || len(script.calls("act_1")) != 2 || !json.Valid(got.Raw) {
		t.Errorf("%+v, %v", got, err)
	}
	// Another refusal is one.
	s, _ = scripted(t, map[string]func(asked) (int, string){"act_1": func(asked) (int, string) { return refusal(10, 0, "(#10) Not yours") }})
	if _, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"}); providers.KindOf(err) != providers.Forbidden {
		t.Errorf("%v", err)
	}
}

// A creative that several ads show, on several pages, is listed once.
func TestACreativeOfSeveralAds(t *testing.T) {
	t.Parallel()
	ads := edgeOf(7, 2, 500, func(i int) string {
		creative := []string{"71", "72", "71"}[i%3]
		return `{"id":"` + string(rune('0'+i)) + `","campaign_id":"61","adset_id":"62","creative":{"id":"` + creative + `","account_id":"1","title":"t"}}`
	})
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/ads": ads})
	var ids []string
	for _, c := range all(t, s.Creatives, providers.ListQuery{Org: "1", Group: "62", Size: 1}) {
		ids = append(ids, c.ID)
		if c.CampaignID != "61" || c.GroupID != "62" || c.OrganizationID != "1" || c.Title != "t" {
			t.Errorf("%+v", c)
		}
	}
	if !slices.Equal(ids, []string{"72", "71"}) {
		t.Errorf("%v", ids)
	}
}

// Where the campaign has the budget it has the strategy, too; the ad set keeps the amount.
func TestACampaignsBudget(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_1/adsets": answer(200, `{"data":[
		{"id":"1","account_id":"1","daily_budget":"0","lifetime_budget":"0","bid_strategy":"LOWEST_COST_WITHOUT_CAP","bid_amount":1200,"optimization_goal":"OFFSITE_CONVERSIONS",
		 "campaign":{"id":"9","daily_budget":"5000","bid_strategy":"COST_CAP"}},
		{"id":"2","account_id":"1","daily_budget":"700","bid_strategy":"LOWEST_COST_WITHOUT_CAP","campaign":{"id":"9","bid_strategy":"COST_CAP","daily_budget":"0"}}]}`)})
	got := all(t, s.Groups, providers.ListQuery{Org: "1"})
	shared, fixed := got[0], got[1]
	if shared.BudgetAllocationType != normalize.BudgetAllocationTypeAutomatic || shared.BudgetAmount != nil || shared.BudgetPeriod != "" ||
		shared.BidStrategy.Type != normalize.BidStrategyTypePerformanceGoal || shared.BidStrategy.PerformanceGoalAmount.String() != "12" || shared.BidAmount != nil {
		t.Errorf("%+v %+v", shared, shared.BidStrategy)
	}
	if fixed.BudgetAllocationType != normalize.BudgetAllocationTypeFixed || fixed.BudgetAmount.String() != "7" || fixed.BidStrategy.Type != normalize.BidStrategyTypeMaximizeSpend {
		t.Errorf("%+v %+v", fixed, fixed.BidStrategy)
	}
}

// costs is a limiter that notes what calls cost.
type costs struct {
	mu   sync.Mutex
	seen map[string]int
}

func (c *costs) Wait(_ context.Context, bucket string, cost int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[bucket] = max(c.seen[bucket], cost)
	return nil
}

func (*costs) Observe(string, providers.LimitState) {}

// A read is a point of the account's score, a write three.
func TestCallsCost(t *testing.T) {
	t.Parallel()
	c := &costs{seen: map[string]int{}}
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "act_2": answer(200, `{"success":true}`)}, func(conn *providers.Conn, d *providers.Deps) {
		conn.App, d.Limits = providers.App{ClientID: "77"}, c
	})
	if _, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	post(t, s, "https://graph.facebook.com/v26.0/act_2")
	if c.seen["metaads:account:ads_management:77/1"] != 1 || c.seen["metaads:account:ads_management:77/2"] != 3 || c.seen["metaads:app:app:77"] != 1 {
		t.Errorf("%v", c.seen)
	}
}
