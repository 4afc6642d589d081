package linkedin_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/linkedin/sim"
)

// Digits after the point, written out here once more so that a change of the table does not pass unseen.
var currencyDigits = map[string]int{
	"EUR": 2, "USD": 2, "GBP": 2, "BRL": 2, "HUF": 2, "TWD": 2, "CHF": 2, "INR": 2, "AUD": 2, "CAD": 2, "SEK": 2, "MXN": 2,
	"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "KWD": 3, "BHD": 3, "JOD": 3, "TND": 3,
}

// amountOf writes whole minor units as LinkedIn wants them: a decimal text in major units.
func amountOf(minor int64, digits int) string {
	if digits == 0 {
		return strconv.FormatInt(minor, 10)
	}
	scale := int64(1)
	for range digits {
		scale *= 10
	}
	return fmt.Sprintf("%d.%0*d", minor/scale, digits, minor%scale)
}

// keeper is a server of one account in a currency that keeps the one campaign group that is made, and patches it.
type keeper struct {
	mu       sync.Mutex
	currency string
	kept     map[string]any
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Method == http.MethodPost && r.Header.Get("X-RestLi-Method") == "CREATE":
		k.kept = map[string]any{}
		_ = json.Unmarshal(body, &k.kept)
		k.kept["id"] = 7
		w.Header().Set("X-RestLi-Id", "7")
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPost:
		var p struct {
			Patch map[string]any `json:"patch"`
		}
		_ = json.Unmarshal(body, &p)
		maps.Copy(k.kept, p.Patch["$set"].(map[string]any))
		w.WriteHeader(http.StatusNoContent)
	case path == "adAccounts/1":
		_ = json.NewEncoder(w).Encode(map[string]any{"id": 1, "currency": k.currency})
	default:
		_ = json.NewEncoder(w).Encode(k.kept)
	}
}

// TestTrap21_AmountsInEveryCurrency writes random amounts in every currency, reads the same back, and checks the text that
// was sent. A digit more than the currency has is refused, and never rounded.
func TestTrap21_AmountsInEveryCurrency(t *testing.T) {
	t.Parallel()
	for currency, digits := range currencyDigits {
		t.Run(currency, func(t *testing.T) {
			t.Parallel()
			k := &keeper{currency: currency}
			srv := httptest.NewServer(k)
			t.Cleanup(srv.Close)
			s := open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow })
			r := rand.New(rand.NewPCG(1, uint64(len(currency)+int(currency[0])*int(currency[2])))) //nolint:gosec // reproducible on purpose
			var before normalize.Campaign
			for i := range 20 {
				text := amountOf(1+r.Int64N(1_000_000_000_00), digits)
				o := normalize.Campaign{
					OrganizationID: "1", Name: "money", Goal: normalize.GoalSales, BudgetAmount: dec(text), BudgetPeriod: normalize.BudgetPeriodDaily,
					Currency: currency, Status: normalize.StatusActive,
				}
				var w providers.Written[normalize.Campaign]
				var err error
				if i%2 == 0 {
					w, err = s.Campaigns.Create(t.Context(), wanted(o))
				} else {
					w, err = s.Campaigns.Update(t.Context(), providers.Ref{ID: "7", Org: "1"}, patched(before, func(c *normalize.Campaign) { c.BudgetAmount = dec(text) }, "budget_amount"))
				}
				if sent := put(k.kept, "dailyBudget.amount"); err != nil || w.Object.BudgetAmount.Cmp(*dec(text)) != 0 || dec(sent).Cmp(*dec(text)) != 0 ||
					put(k.kept, "dailyBudget.currencyCode") != currency || strings.ContainsAny(sent, "eE") {
					t.Fatalf("%s: sent %s, read %v, %v", text, sent, w.Object.BudgetAmount, err)
				}
				before = w.Object
			}
			finer := "10." + strings.Repeat("0", digits) + "1"
			_, err := s.Campaigns.Create(t.Context(), wanted(normalize.Campaign{
				OrganizationID: "1", Name: "finer", BudgetAmount: dec(finer), BudgetPeriod: normalize.BudgetPeriodDaily,
			}))
			refusedAt(t, err, "budget_amount")
		})
	}
}

// loadedIn adds an account in a currency to the simulator.
func loadedIn(t *testing.T, base, currency string) (org string) {
	t.Helper()
	body := fmt.Sprintf(`{"account":{"name":"Money %s","currency":%q,"time_zone":"UTC"},"campaigns":[]}`, currency, currency)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/_sim/load", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test's read
	var out struct{ Org string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out.Org == "" {
		t.Fatalf("%s: %s %v", currency, resp.Status, err)
	}
	return out.Org
}

// The same through the simulator, in an account of each currency and on both levels, with what it has stored: ¥5000 is 5000.
func TestTrap21_WhatTheSimulatorStores(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	r := rand.New(rand.NewPCG(2, 3)) //nolint:gosec // reproducible on purpose
	for currency, digits := range currencyDigits {
		account := loadedIn(t, d.base, currency)
		c := budgeted("money", "5000")
		c.OrganizationID = account
		campaign := made(t, d.Campaigns, c)
		if s := d.storedCampaign(t, account, campaign.ID); put(s, "dailyBudget.amount") != "5000" || put(s, "dailyBudget.currencyCode") != currency {
			t.Errorf("stored %v", s)
		}
		var group normalize.Group
		for i := range 6 {
			daily, bid := amountOf(1000+r.Int64N(1_000_000_00), digits), amountOf(1+r.Int64N(10_000), digits)
			var w providers.Written[normalize.Group]
			var err error
			if i == 0 {
				g := theGroup(campaign.ID, "money")
				g.OrganizationID, g.BudgetAmount = account, dec(daily)
				g.BidStrategy = &normalize.BidStrategy{Type: normalize.BidStrategyTypeFixedBid, FixedBidAmount: dec(bid)}
				w, err = d.Groups.Create(t.Context(), wanted(g))
			} else {
				w, err = d.Groups.Update(t.Context(), providers.Ref{Org: account, ID: group.ID}, patched(group, func(g *normalize.Group) {
					g.BudgetAmount, g.BidStrategy.FixedBidAmount = dec(daily), dec(bid)
				}, "budget_amount", "bid_strategy.fixed_bid_amount"))
			}
			if err != nil {
				t.Fatal(err)
			}
			group = w.Object
			s := d.storedGroup(t, account, group.ID)
			if group.BudgetAmount.Cmp(*dec(daily)) != 0 || group.BidStrategy.FixedBidAmount.Cmp(*dec(bid)) != 0 || group.BidAmount.Cmp(*dec(bid)) != 0 ||
				dec(put(s, "dailyBudget.amount")).Cmp(*dec(daily)) != 0 || dec(put(s, "unitCost.amount")).Cmp(*dec(bid)) != 0 ||
				put(s, "dailyBudget.currencyCode") != currency {
				t.Errorf("%s and %s: stored %v, read %+v", daily, bid, s, group)
			}
		}
		finer := amountOf(5001, digits) + map[bool]string{true: ".5", false: "1"}[digits == 0]
		_, err := d.Groups.Update(t.Context(), providers.Ref{Org: account, ID: group.ID}, patched(group, func(g *normalize.Group) { g.BudgetAmount = dec(finer) }, "budget_amount"))
		refusedAt(t, err, "budget_amount")
		_, err = d.Groups.Update(t.Context(), providers.Ref{Org: account, ID: group.ID}, patched(group, func(g *normalize.Group) { g.BidAmount = dec(finer) }, "bid_amount"))
		refusedAt(t, err, "bid_strategy.fixed_bid_amount")
	}
}
