package meta_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// countingIn makes the simulator's account in euros one in another currency: what it stores stays as it is.
type countingIn struct {
	next     http.RoundTripper
	currency string
}

func (c countingIn) RoundTrip(req *http.Request) (*http.Response, error) {
	req.Header.Del("Accept-Encoding")
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	b = bytes.ReplaceAll(b, []byte(`"currency":"EUR"`), []byte(`"currency":"`+c.currency+`"`))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	resp.Header.Del("Content-Length")
	return resp, err
}

// penIn is a bench whose account counts in a currency.
func penIn(t *testing.T, s *sim.Sim, base, currency string) pen {
	t.Helper()
	rec := &recorder{}
	session := open(t, base, &staticTokens{token: s.Grant().Access}, s.Now, func(_ *providers.Conn, d *providers.Deps) {
		rec.next = countingIn{d.HTTP.Transport, currency}
		d.HTTP = &http.Client{Transport: rec}
	})
	return pen{bench{session, s, base}, rec, euros, s.Grant().Access}
}

// TestTrap01_WhatTheSimulatorStores writes random budgets, bids and costs of campaigns and groups in every currency of Meta's
// table, daily and for a lifetime, new and changed: what comes back is what was asked for, and the integer that is stored
// is the amount in the units that Meta counts.
func TestTrap01_WhatTheSimulatorStores(t *testing.T) {
	t.Parallel()
	s := sim.New(sim.Options{Limits: sim.Limits{Mutations: -1, Score: -1, Management: -1, BudgetChanges: -1}})
	base := serve(t, s)
	for _, currency := range slices.Concat(counted, hundredths) {
		d := penIn(t, s, base, currency)
		r := rand.New(rand.NewPCG(7, uint64(currency[0])<<16|uint64(currency[1])<<8|uint64(currency[2]))) //nolint:gosec // reproducible on purpose
		amount := func() (*normalize.Decimal, string) {
			minor := 200 + r.Int64N(9_000_000)
			if slices.Contains(counted, currency) {
				return dec(strconv.FormatInt(minor, 10)), strconv.FormatInt(minor, 10)
			}
			return dec(fmt.Sprintf("%d.%02d", minor/100, minor%100)), strconv.FormatInt(minor, 10)
		}
		stored := func(id, field, want string) {
			if got := fmt.Sprint(d.stored(t, id, field)[field]); got != want && got != number(want) {
				t.Errorf("%s: %s is stored as %s, want %s", currency, field, got, want)
			}
		}
		same := func(what string, got, asked *normalize.Decimal) {
			if got == nil || got.Cmp(*asked) != 0 {
				t.Errorf("%s: %s: asked for %v, is %v", currency, what, asked, got)
			}
		}
		for period, field := range map[normalize.BudgetPeriod]string{normalize.BudgetPeriodDaily: "daily_budget", normalize.BudgetPeriodLifetime: "lifetime_budget"} {
			asked, minor := amount()
			c := theCampaign("money " + currency)
			c.BudgetAmount, c.BudgetPeriod, c.Currency = asked, period, currency
			made := made(t, d.Campaigns, c)
			same(field, made.BudgetAmount, asked)
			stored(made.ID, field, minor)
			asked, minor = amount()
			up, err := d.Campaigns.Update(t.Context(), providers.Ref{ID: made.ID}, patched(made, func(c *normalize.Campaign) { c.BudgetAmount = asked }, "budget_amount"))
			if err != nil {
				t.Fatal(currency, err)
			}
			same(field, up.Object.BudgetAmount, asked)
			stored(made.ID, field, minor)
		}
		budget, minor := amount()
		bid, bidMinor := amount()
		g := theGroup(made(t, d.Campaigns, theCampaign("groups "+currency)).ID, "money")
		g.BudgetAmount, g.BidAmount, g.Currency = budget, bid, currency
		group := made(t, d.Groups, g)
		same("daily_budget", group.BudgetAmount, budget)
		same("bid_amount", group.BidAmount, bid)
		stored(group.ID, "daily_budget", minor)
		stored(group.ID, "bid_amount", bidMinor)
		cost, costMinor := amount()
		done := batched(t, d.Groups, []providers.Op[normalize.Group]{change(group, func(g *normalize.Group) {
			g.BidAmount, g.BidStrategy = nil, &normalize.BidStrategy{Type: normalize.BidStrategyTypePerformanceGoal, PerformanceGoalAmount: cost}
		}, "bid_amount", "bid_strategy.type", "bid_strategy.performance_goal_amount")})
		if done[0].Err != nil {
			t.Fatal(currency, done[0].Err)
		}
		same("performance_goal_amount", done[0].Written.Object.BidStrategy.PerformanceGoalAmount, cost)
		stored(group.ID, "bid_amount", costMinor)
		finer := g
		finer.BidAmount = dec("10.001")
		if slices.Contains(counted, currency) {
			finer.BidAmount = dec("10.5")
		}
		d.rec.forget()
		_, err := d.Groups.Create(t.Context(), wanted(finer))
		refusedAt(t, err, "bid_amount")
		if len(d.rec.writes()) != 0 {
			t.Errorf("%s: sent", currency)
		}
	}
}

// number is how a test prints a JSON number of that many digits.
func number(digits string) string {
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprint(f)
}

// A currency that is not in Meta's table is refused before anything is sent: a wrong guess is wrong by a hundred.
func TestTrap01_AnUnknownCurrencyIsRefused(t *testing.T) {
	t.Parallel()
	s := sim.New(sim.Options{})
	d := penIn(t, s, serve(t, s), "KWD")
	_, err := d.Campaigns.Create(t.Context(), wanted(budgeted("unknown", "50")))
	if providers.KindOf(err) != providers.Unsupported || !strings.Contains(err.Error(), "KWD") || len(d.rec.writes()) != 0 {
		t.Errorf("%v, sent %+v", err, d.rec.writes())
	}
}
