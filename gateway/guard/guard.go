package guard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/normalize"
)

// builtIn is how many times the old one a budget may be without being confirmed.
const builtIn = 10

// shortMonth is how many days a monthly budget may be spent in.
const shortMonth = 28

// Config is what a Service is made of.
type Config struct {
	Store Store
	// Rates are the reference rates over days; *rates.Service's Table is it.
	Rates func(ctx context.Context, currencies []string, days normalize.DayRange) (*rates.Table, error)
	Now   func() time.Time
	Log   *slog.Logger // nil: nobody is told
}

// Service judges writes. It is safe for concurrent use.
type Service struct {
	cfg   Config
	turns sync.Map // a mutex for each workspace: of its writes at once, as many are let through as fit
}

// New makes a Service.
func New(cfg Config) *Service { return &Service{cfg: cfg} }

// Budget is an amount of an object that money is spent up to.
type Budget struct {
	Field  string // where it stands
	Amount normalize.Decimal
	Period normalize.BudgetPeriod // empty: the object does not say
}

// Change is a write as it matters here.
type Change struct {
	Workspace, Connection string
	Object, ID, Campaign  string // the kind; the id, of one that is there; of a group, the campaign that it is in
	Token                 string // names the write: a create that is tried again has the same; empty: it is tried once
	Dry                   bool   // nothing is changed
	Together              bool   // a dry run of one operation of several, which are to fit together: Hold until all are tried
	WasOn, IsOn           bool   // before and after; what nobody knows is on
	Removes               bool   // deletes or archives
	Activates             bool   // switches something on that was off
	Before, After         []Budget
	Confirm               *normalize.Decimal // the amount that the caller has confirmed
	// Currency tells what the budgets are in. It may ask the platform.
	Currency func(context.Context) (string, error)
}

// Check refuses a write that is outside of the limits, or of which that cannot be known. What it lets through is to be
// settled or freed by its Hold, once it is known what came of it.
func (s *Service) Check(ctx context.Context, c Change) (Hold, error) {
	if err := c.confirmed(); err != nil {
		return Hold{}, err
	}
	var all [2]Limits // of the workspace, and of the connection
	for i, connection := range []string{"", c.Connection} {
		var err error
		if all[i], err = s.load(ctx, c.Workspace, connection); err == nil {
			err = s.within(ctx, c, all[i])
		}
		if err != nil {
			return Hold{}, err
		}
	}
	return s.hold(ctx, c, all)
}

// confirmed holds the rule that always holds.
func (c Change) confirmed() error {
	for _, b := range c.changed() {
		old, there := find(c.Before, b.Field)
		switch {
		case !there, c.Confirm != nil && c.Confirm.Cmp(b.Amount) == 0:
		case period(old) != period(b):
			return refused(b.Field, fmt.Sprintf("is now for another time (%s, was %s), which cannot be compared: say confirm=%s if it is meant",
				name(b.Period), name(old.Period), b.Amount))
		case b.Amount.Cmp(old.Amount.Mul(normalize.Int(builtIn))) > 0:
			return refused(b.Field, fmt.Sprintf("is %s, over %d times the %s of before: say confirm=%s if it is meant", b.Amount, builtIn, old.Amount, b.Amount))
		}
	}
	return nil
}

// within holds the limits that were set.
func (s *Service) within(ctx context.Context, c Change, l Limits) error {
	if c.Removes && l.AllowDelete != nil && !*l.AllowDelete {
		return refused("", "The guardrails do not let writes delete or archive: allow_delete is false.")
	}
	if c.Activates && l.AllowActivate != nil && !*l.AllowActivate {
		return refused("status", "must not become ACTIVE: allow_activate is false")
	}
	if ratio := l.MaxBudgetChangeRatio; ratio != nil {
		for _, b := range c.changed() {
			old, there := find(c.Before, b.Field)
			if there && (period(old) != period(b) || b.Amount.Cmp(old.Amount.Mul(*ratio)) > 0) {
				return refused(b.Field, fmt.Sprintf("is %s a %s and was %s a %s: max_budget_change_ratio is %s", b.Amount, name(b.Period), old.Amount, name(old.Period), ratio))
			}
		}
	}
	if l.MaxDailyBudget == nil && l.MaxTotalBudget == nil {
		return nil
	}
	checked := c.changed()
	if c.Activates {
		checked = c.After // what was off authorised nothing
	}
	if len(checked) == 0 {
		return nil
	}
	factor, err := s.factor(ctx, c, l)
	if err != nil {
		return err
	}
	for _, b := range checked {
		if err := b.under(l, factor); err != nil {
			return err
		}
	}
	return nil
}

// factor is what converts the change's amounts into the limits' currency.
func (s *Service) factor(ctx context.Context, c Change, l Limits) (rates.Factor, error) {
	currency, err := c.Currency(ctx)
	if err != nil {
		return rates.Factor{}, err
	}
	return s.factorOf(ctx, currency, l.Currency)
}

// factorOf is what converts one currency into another today.
func (s *Service) factorOf(ctx context.Context, currency, to string) (rates.Factor, error) {
	switch currency {
	case "":
		return rates.Factor{}, refused("", "The currency of the account is not known, so that the amounts cannot be compared with the limits: say which account, by organization_id.")
	case to:
		return rates.Unchanged(currency), nil
	}
	today := normalize.DayOf(s.cfg.Now().UTC())
	t, err := s.cfg.Rates(ctx, []string{currency, to}, normalize.DayRange{From: today, To: today.Add(1)})
	if err != nil {
		return rates.Factor{}, problem.Unavailable("The reference rates cannot be read now, and without them the guardrails cannot be held.", time.Second, err)
	}
	f, err := t.Factor(currency, to, today)
	if _, unknown := errors.AsType[*rates.UnknownError](err); unknown {
		return f, refused("", fmt.Sprintf("Amounts in %s cannot be compared with limits in %s: %s.", currency, to, err))
	}
	if err != nil {
		return f, problem.Unavailable("The guardrails cannot be held: "+err.Error()+".", time.Minute, err)
	}
	return f, nil
}

// under holds one amount against the limits of its time. One whose time is not known is held against all.
func (b Budget) under(l Limits, f rates.Factor) error {
	over := func(limit *normalize.Decimal, days int64, name string) error {
		if limit == nil {
			return nil
		}
		// amount × to / from > limit × days, without a division.
		asked, most := b.Amount.Mul(f.ToRate.PerEuro), limit.Mul(normalize.Int(days)).Mul(f.FromRate.PerEuro)
		if f.From == f.To {
			asked, most = b.Amount, limit.Mul(normalize.Int(days))
		}
		if asked.Cmp(most) <= 0 {
			return nil
		}
		return refused(b.Field, fmt.Sprintf("is %s %s (%s): %s is %s %s", b.Amount, f.From, nameOf(b.Period), name, limit, f.To))
	}
	const maxDaily, maxTotal = "max_daily_budget", "max_total_budget"
	switch period(b) {
	case normalize.BudgetPeriodDaily:
		return over(l.MaxDailyBudget, 1, maxDaily)
	case normalize.BudgetPeriodMonthly:
		return over(l.MaxDailyBudget, shortMonth, maxDaily)
	case normalize.BudgetPeriodTotal:
		return over(l.MaxTotalBudget, 1, maxTotal)
	}
	if err := over(l.MaxDailyBudget, 1, maxDaily); err != nil {
		return err
	}
	return over(l.MaxTotalBudget, 1, maxTotal)
}

// changed lists the budgets that the write makes or changes.
func (c Change) changed() []Budget {
	var out []Budget
	for _, b := range c.After {
		if old, there := find(c.Before, b.Field); !there || period(old) != period(b) || old.Amount.Cmp(b.Amount) != 0 {
			out = append(out, b)
		}
	}
	return out
}

func find(list []Budget, field string) (Budget, bool) {
	for _, b := range list {
		if b.Field == field {
			return b, true
		}
	}
	return Budget{}, false
}

// period is the time of a budget; TOTAL and LIFETIME are two words for one.
func period(b Budget) normalize.BudgetPeriod {
	if b.Period == normalize.BudgetPeriodLifetime {
		return normalize.BudgetPeriodTotal
	}
	return b.Period
}

func name(p normalize.BudgetPeriod) string {
	switch p {
	case normalize.BudgetPeriodDaily:
		return "day"
	case normalize.BudgetPeriodMonthly:
		return "month"
	case normalize.BudgetPeriodTotal, normalize.BudgetPeriodLifetime:
		return "lifetime"
	}
	return "time that is not told"
}

func nameOf(p normalize.BudgetPeriod) string { return "a " + name(p) }

func refused(field, message string) error {
	e := problem.Rejected(field, message)
	e.Code = problem.CodeGuardrail
	return e
}
