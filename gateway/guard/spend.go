package guard

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

const (
	keepUnseen = 30 * 24 * time.Hour // what a write may let be spent that ended unseen
	keepTried  = 30 * time.Minute    // what is only tried: more than a batch takes
	campaign   = "campaign"
)

// Hold is what a write may let be spent, from before it is sent until it is known what came of it. The zero Hold holds
// nothing.
type Hold struct {
	s      *Service
	change Change
	spend  store.Spend
	held   bool // it is noted in the store
}

// mostADay is the most that budgets let be spent in a day: an amount, and the days it is for. A budget whose time is not
// known may be one of a day; one of a lifetime authorises no day.
func mostADay(list []Budget) (amount normalize.Decimal, days int64) {
	days = 1
	for _, b := range list {
		n := int64(1)
		switch period(b) {
		case normalize.BudgetPeriodTotal:
			continue
		case normalize.BudgetPeriodMonthly:
			n = shortMonth
		}
		if b.Amount.Mul(normalize.Int(days)).Cmp(amount.Mul(normalize.Int(n))) > 0 {
			amount, days = b.Amount, n
		}
	}
	return amount, days
}

// spends is what the object may spend before or after the write.
func (c Change) spends(on bool, list []Budget) store.Spend {
	p := store.Spend{WorkspaceID: c.Workspace, ConnectionID: c.Connection, Object: c.Object, ObjectID: c.ID, CampaignID: c.Campaign, Days: 1}
	if on {
		p.Amount, p.Days = mostADay(list)
	}
	return p
}

// hold notes what the write lets be spent, then looks at all that the workspace may spend: so of two writes at once, one
// sees the other.
func (s *Service) hold(ctx context.Context, c Change, limits [2]Limits) (Hold, error) {
	was, is := c.spends(c.WasOn, c.Before), c.spends(c.IsOn, c.After)
	h := Hold{s: s, change: c, spend: is}
	if was.Amount.Mul(normalize.Int(is.Days)).Cmp(is.Amount.Mul(normalize.Int(was.Days))) == 0 {
		return h, nil // nothing that matters here
	}
	h.spend.Token = cmp.Or(c.Token, rand.Text())
	limited := limits[0].MaxDailyBudget != nil || limits[1].MaxDailyBudget != nil
	if c.Currency != nil && is.Amount.Sign() > 0 {
		var err error
		if h.spend.Currency, err = c.Currency(ctx); err != nil && limited {
			return Hold{}, err
		}
	}
	h.spend.ExpiresAt = s.cfg.Now().Add(keepUnseen)
	if c.Dry {
		h.spend.ExpiresAt = s.cfg.Now().Add(keepTried)
	}
	defer s.turn(c.Workspace)()
	all, err := s.noted(ctx, &h)
	if err != nil {
		return Hold{}, problem.Unavailable("What may be spent cannot be noted now, and without that the guardrails cannot be held.", time.Second, err)
	}
	raises := is.Amount.Mul(normalize.Int(was.Days)).Cmp(was.Amount.Mul(normalize.Int(is.Days))) > 0
	uncovers := c.Object == campaign && c.IsOn && is.Amount.IsZero() // its groups count from now on
	if limited && (raises || uncovers) {
		if err := s.fits(ctx, h.spend, all, limits); err != nil {
			h.Free(ctx)
			return Hold{}, err
		}
	}
	return h, nil
}

// turn waits for the other writes of a workspace in this process to be judged. Those of other processes are seen in the
// store: of two that do not fit together, both may be refused, and never both let through.
func (s *Service) turn(workspace string) (end func()) {
	v, _ := s.turns.LoadOrStore(workspace, &sync.Mutex{})
	mu, ok := v.(*sync.Mutex)
	if !ok {
		return func() {}
	}
	mu.Lock()
	return mu.Unlock
}

// noted puts the hold into the store, but for a dry run that stands alone.
func (s *Service) noted(ctx context.Context, h *Hold) (all []store.Spend, err error) {
	if !h.change.Dry || h.change.Together {
		h.spend, all, err = s.cfg.Store.HoldSpend(ctx, h.spend)
		h.held = err == nil
		return all, err
	}
	all, err = s.cfg.Store.Spends(ctx, h.spend.WorkspaceID)
	return append(all, h.spend), err
}

// fits refuses a write with which more could be spent in a day than a limit says.
func (s *Service) fits(ctx context.Context, mine store.Spend, all []store.Spend, limits [2]Limits) error {
	for i, l := range limits {
		if l.MaxDailyBudget == nil {
			continue
		}
		counted := slices.DeleteFunc(slices.Clone(all), func(p store.Spend) bool {
			own := p.ConnectionID == mine.ConnectionID && p.Object == mine.Object && p.ObjectID == mine.ObjectID && mine.ObjectID != ""
			return own && p.Token == "" || i == 1 && p.ConnectionID != mine.ConnectionID
		})
		sum, err := s.sum(ctx, counted, l.Currency)
		if err != nil {
			return err
		}
		limit, ok := new(big.Rat).SetString(l.MaxDailyBudget.String())
		if !ok || sum.Cmp(limit) > 0 {
			field, of := "budget_amount", "workspace"
			if i == 1 {
				of = "connection"
			}
			return refused(field, fmt.Sprintf("is %s a day, with which all that is switched on by writes of this %s could spend %s %s a day: max_daily_budget is %s %s",
				perDay(mine), of, sum.FloatString(2), l.Currency, l.MaxDailyBudget, l.Currency))
		}
	}
	return nil
}

func perDay(p store.Spend) string {
	s := p.Amount.String() + " " + p.Currency
	if p.Days > 1 {
		s += fmt.Sprintf(" in %d days, which may be", p.Days)
	}
	return s
}

// sum is what may be spent in a day, in a currency. Of an object the largest row counts; groups count where their campaign
// has no daily budget of its own, which is the most that they can spend together.
func (s *Service) sum(ctx context.Context, rows []store.Spend, currency string) (*big.Rat, error) {
	type name struct{ connection, object, id string }
	most, covered := map[name]*big.Rat{}, map[name]bool{}
	group := map[name]name{}
	factors := map[string]rates.Factor{}
	for _, p := range rows {
		n := name{p.ConnectionID, p.Object, p.ObjectID}
		if p.ObjectID == "" {
			n.id = "?" + p.Token
		}
		if p.Object == campaign {
			before, there := covered[n]
			covered[n] = p.Amount.Sign() > 0 && (before || !there)
		}
		if p.CampaignID != "" {
			group[n] = name{p.ConnectionID, campaign, p.CampaignID}
		}
		amount, err := s.inCurrency(ctx, p, currency, factors)
		if err != nil {
			return nil, err
		}
		if most[n] == nil || most[n].Cmp(amount) < 0 {
			most[n] = amount
		}
	}
	total := new(big.Rat)
	for n, amount := range most {
		if !covered[group[n]] {
			total.Add(total, amount)
		}
	}
	return total, nil
}

// inCurrency is what a row lets be spent in a day.
func (s *Service) inCurrency(ctx context.Context, p store.Spend, to string, factors map[string]rates.Factor) (*big.Rat, error) {
	amount, ok := new(big.Rat).SetString(p.Amount.String())
	if !ok {
		return nil, problem.Unavailable("What may be spent cannot be read.", 0, nil)
	}
	if amount.Sign() == 0 {
		return amount, nil
	}
	f, known := factors[p.Currency]
	if !known {
		var err error
		if f, err = s.factorOf(ctx, p.Currency, to); err != nil {
			return nil, err
		}
		factors[p.Currency] = f
	}
	if f.From != f.To {
		for _, part := range []struct {
			rate    normalize.Decimal
			divides bool
		}{{f.ToRate.PerEuro, false}, {f.FromRate.PerEuro, true}} {
			rate, ok := new(big.Rat).SetString(part.rate.String())
			if !ok || rate.Sign() <= 0 {
				return nil, problem.Unavailable("The reference rates cannot be used.", time.Minute, nil)
			}
			if part.divides {
				rate.Inv(rate)
			}
			amount.Mul(amount, rate)
		}
	}
	return amount.Quo(amount, new(big.Rat).SetInt64(max(p.Days, 1))), nil
}

// Now is an object as a write has left it.
type Now struct {
	ID, Campaign, Currency string
	On                     bool
	Budgets                []Budget
}

// Settle notes what the object may spend, now that the write is done.
func (h Hold) Settle(ctx context.Context, now Now) {
	if h.s == nil || h.change.Dry {
		h.Free(ctx)
		return
	}
	p := h.change
	p.ID, p.Campaign = cmp.Or(now.ID, p.ID), cmp.Or(now.Campaign, p.Campaign)
	is := p.spends(now.On, now.Budgets)
	is.Currency = cmp.Or(now.Currency, h.spend.Currency)
	if !h.held && h.change.WasOn == now.On && same(h.change.Before, now.Budgets) {
		return
	}
	if !h.held && is.Amount.IsZero() && !h.change.WasOn {
		return // it was off, and is
	}
	h.log(ctx, h.s.cfg.Store.SettleSpend(ctx, h.spend, is))
}

func same(a, b []Budget) bool {
	x, n := mostADay(a)
	y, m := mostADay(b)
	return x.Mul(normalize.Int(m)).Cmp(y.Mul(normalize.Int(n))) == 0
}

// Remove notes that the object is gone.
func (h Hold) Remove(ctx context.Context) {
	if h.s == nil || h.change.Dry {
		h.Free(ctx)
		return
	}
	c := h.change
	h.log(ctx, h.s.cfg.Store.RemoveSpend(ctx, c.Workspace, c.Connection, c.Object, c.ID))
}

// Held is the hold of a create that was let through before, and may have been made.
func (s *Service) Held(c Change) Hold {
	h := Hold{s: s, change: c, spend: c.spends(c.IsOn, c.After), held: true}
	h.spend.Token = c.Token
	return h
}

// Free takes the hold back: the write changed nothing.
func (h Hold) Free(ctx context.Context) {
	if h.held {
		h.log(ctx, h.s.cfg.Store.DropSpend(context.WithoutCancel(ctx), h.spend))
	}
}

// log tells of a hold that stays: more is held than may be spent, never less.
func (h Hold) log(ctx context.Context, err error) {
	if err != nil && h.s.cfg.Log != nil {
		h.s.cfg.Log.ErrorContext(ctx, "what may be spent could not be noted: it counts as it did before", slog.String("error", err.Error()))
	}
}
