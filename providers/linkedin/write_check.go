package linkedin

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// maxName is the longest name of a campaign group, in characters. Of campaigns and creatives none is documented.
const maxName = 100

// accountRules is what an account decides for what is written in it.
type accountRules struct {
	id, currency string
	reference    string // the URN of the page, or the person, that it advertises for
}

func (c *client) accountRules(ctx context.Context, account string) (accountRules, error) {
	return remembered(ctx, "account "+account, func() (accountRules, error) {
		a, _, err := getOne[adAccount](ctx, c, "adAccounts/"+account, nil)
		return accountRules{account, a.Currency, a.Reference}, err
	})
}

// accountToWrite is the account that an object is made in. parent is the account of what it is made below; empty for none.
func (c *client) accountToWrite(org, given, parent string) (string, error) {
	for _, o := range []string{org, given} {
		if o == "" {
			continue
		}
		id, err := c.account(o)
		if err != nil {
			return "", err
		}
		if parent != "" && id != parent {
			return "", fault(providers.Invalid, "organization_id", "what the object is to be in belongs to the account %s", parent)
		}
		parent = id
	}
	if parent == "" && len(c.conn.Orgs) == 1 {
		parent = c.conn.Orgs[0]
	}
	if parent == "" {
		return "", fault(providers.Invalid, "organization_id", "the connection has several ad accounts: say in which")
	}
	return parent, nil
}

// inCurrency refuses amounts in another currency than the account's, which LinkedIn calls CURRENCY_MISMATCH.
func (r *accountRules) inCurrency(given string) error {
	if given != "" && given != r.currency {
		return fault(providers.Rejected, "currency", "the account counts in %s, not in %s", r.currency, given)
	}
	return nil
}

// amount is an amount as it is written: a decimal text in major units. What the currency cannot be cut into is refused.
func (r *accountRules) amount(field string, d normalize.Decimal) (fields, error) {
	if d.Sign() < 0 {
		return nil, fault(providers.Rejected, field, "%s is less than nothing", d)
	}
	if err := (normalize.Money{Amount: d, Currency: r.currency}).Fits(); err != nil {
		return nil, fault(providers.Rejected, field, "%s cannot be paid: %v", d, err)
	}
	return fields{"amount": d.String(), "currencyCode": r.currency}, nil
}

// spend is an amount that is to be spent, of which 0 is none.
func (r *accountRules) spend(field string, d normalize.Decimal) (fields, error) {
	if d.IsZero() {
		return nil, fault(providers.Rejected, field, "0 is no budget to LinkedIn")
	}
	return r.amount(field, d)
}

// inBudgetUnit takes the one unit that budgets have.
func inBudgetUnit(u normalize.BudgetUnit) error {
	if u != "" && u != normalize.BudgetUnitCurrency {
		return refused("budget_unit", string(u))
	}
	return nil
}

// wholeBudget refuses half a budget: an amount without a period, or a period without an amount.
func wholeBudget(amount *normalize.Decimal, period normalize.BudgetPeriod) error {
	switch {
	case amount == nil && period != "":
		return fault(providers.Rejected, "budget_amount", "a budget_period needs a budget_amount")
	case amount != nil && period == "":
		return fault(providers.Rejected, "budget_period", "a budget_amount needs a budget_period, DAILY or LIFETIME")
	}
	return nil
}

// nameToWrite refuses what is no name. most is the longest; 0 where none is known.
func nameToWrite(name string, most int) error {
	if strings.TrimSpace(name) == "" {
		return fault(providers.Rejected, "name", "a name is needed")
	}
	if n := utf8.RuneCountInString(name); most > 0 && n > most {
		return fault(providers.Rejected, "name", "the name has %d characters, LinkedIn takes %d", n, most)
	}
	return nil
}

// birthStatus is the status that is asked for a new object: paused unless active or a draft is.
func birthStatus(s normalize.Status) (string, error) {
	switch s {
	case "", normalize.StatusPaused:
		return "PAUSED", nil
	case normalize.StatusActive, normalize.StatusDraft:
		return string(s), nil
	}
	return "", fault(providers.Rejected, "status", "LinkedIn makes no object that is %s", s)
}

// statusSteps are the changes that lead from a status to another one: what is active passes through PAUSED on its way to
// ARCHIVED, and nothing becomes a draft again.
func statusSteps(field string, was, is normalize.Status) ([]step, error) {
	if was == is {
		return nil, nil
	}
	text, err := writeStatus(is)
	switch {
	case err != nil:
		return nil, err
	case is == normalize.StatusDraft:
		return nil, fault(providers.Rejected, "status", "LinkedIn makes no draft of what was once more than that")
	case was == normalize.StatusDraft && is == normalize.StatusArchived:
		return nil, fault(providers.Conflict, "status", "a draft cannot be put away: delete it")
	}
	out := []step{{change: &patch{set: fields{field: text}}}}
	if was == normalize.StatusActive && is == normalize.StatusArchived {
		paused := step{change: &patch{set: fields{field: "PAUSED"}}, undo: &patch{set: fields{field: "ACTIVE"}}}
		out = append([]step{paused}, out...)
	}
	return out, nil
}

// gone refuses changes of what is deleted, or is to be: it cannot come back.
func gone(e normalize.EffectiveStatus, word, id string) error {
	if e == normalize.EffectiveStatusRemoved {
		return fault(providers.Conflict, "", "the %s %s is deleted, or will be soon: LinkedIn changes nothing of it any more", word, id)
	}
	return nil
}

// millis is a time as it is written.
func millis(field string, t time.Time) (int64, error) {
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		return 0, fault(providers.Rejected, field, "LinkedIn counts whole milliseconds")
	}
	return t.UnixMilli(), nil
}

// inside holds a run against the one of the campaign group that it is in. nil: not known, or without end.
func inside(start, end *time.Time, around schedule) error {
	from, to := around.Start.Time(), around.End.Time()
	switch {
	case start != nil && from != nil && start.Before(*from):
		return fault(providers.Rejected, "start_at", "the campaign that it is in starts later, at %s", from.Format(time.RFC3339))
	case end != nil && to != nil && end.After(*to):
		return fault(providers.Rejected, "end_at", "the campaign that it is in ends earlier, at %s", to.Format(time.RFC3339))
	case start != nil && to != nil && !start.Before(*to):
		return fault(providers.Rejected, "start_at", "the campaign that it is in has ended by then, at %s", to.Format(time.RFC3339))
	}
	return nil
}

// runs checks a run. lifetime says that it has a budget for the whole of it, which needs an end.
func runs(start, end *time.Time, lifetime bool) error {
	switch {
	case end == nil && lifetime:
		return fault(providers.Rejected, "end_at", "a lifetime budget needs an end_at")
	case end != nil && start != nil && !end.After(*start):
		return fault(providers.Rejected, "end_at", "the end is not after the start")
	}
	return nil
}

// newRun checks the run of what is new, whose end has to be ahead.
func newRun(start, end *time.Time, lifetime bool, now time.Time) error {
	if end != nil && !end.After(now) {
		return fault(providers.Rejected, "end_at", "the end has passed")
	}
	return runs(start, end, lifetime)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Equal(*b)
}

// scheduleOf is a run as it is written.
func scheduleOf(start, end *time.Time) (fields, error) {
	out := fields{}
	for _, t := range []struct {
		field, name string
		at          *time.Time
	}{{"start_at", "start", start}, {"end_at", "end", end}} {
		if t.at == nil {
			continue
		}
		ms, err := millis(t.field, *t.at)
		if err != nil {
			return nil, err
		}
		out[t.name] = ms
	}
	return out, nil
}

// startChange and endChange change a run by its ends, each alone: $set of the whole would drop the one that it does not name.
func startChange(p *patch, was, is *time.Time, now time.Time) error {
	switch {
	case sameTime(was, is):
		return nil
	case is == nil:
		return fault(providers.Rejected, "start_at", "what has a start keeps one")
	case was != nil && !was.After(now):
		return fault(providers.Conflict, "start_at", "the start has passed: it cannot be moved any more")
	}
	ms, err := millis("start_at", *is)
	p.in("runSchedule").put("start", ms)
	return err
}

func endChange(p *patch, was, is *time.Time, now time.Time) error {
	if sameTime(was, is) {
		return nil
	}
	if is == nil {
		p.in("runSchedule").take("end")
		return nil
	}
	if !is.After(now) {
		return fault(providers.Rejected, "end_at", "the end has passed")
	}
	ms, err := millis("end_at", *is)
	p.in("runSchedule").put("end", ms)
	return err
}

// sameMoney tells whether an amount that is written is the one that is there.
func sameMoney(written fields, is *money) bool {
	if is == nil || !is.Amount.OK {
		return written == nil
	}
	d, err := normalize.ParseDecimal(textOf(written))
	return err == nil && written != nil && d.Cmp(is.Amount.D) == 0
}

func textOf(written fields) string {
	s, _ := written["amount"].(string)
	return s
}

// fixMoney makes a change of an amount.
func fixMoney(p *patch, name string, written fields, is *money) {
	switch {
	case sameMoney(written, is):
	case written == nil:
		p.take(name)
	default:
		p.put(name, written)
	}
}

// firstMoment is when a run without a start begins: now, or with what it is in.
func firstMoment(around schedule, now time.Time) *time.Time {
	at := now.UTC().Truncate(time.Millisecond)
	if from := around.Start.Time(); from != nil && from.After(at) {
		at = *from
	}
	return &at
}
