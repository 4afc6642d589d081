package meta

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// maxName is the longest name of an ad set, in characters.
const maxName = 400

// accountRules is what an account decides for amounts.
type accountRules struct {
	currency string
	minDaily *normalize.Decimal // least daily budget in major units; nil: not known
}

// accountRules reads them. The minimum moves with exchange rates, so it is read for each write.
func (c *client) accountRules(ctx context.Context, account string) (accountRules, error) {
	var w struct {
		Currency string      `json:"currency"`
		Min      wire.Amount `json:"min_daily_budget"`
	}
	k := call{path: node(account), params: url.Values{"fields": {"id,account_id,currency,min_daily_budget"}}, lane: lane{account: account}}
	if _, err := get(ctx, c, k, &w); err != nil {
		return accountRules{}, hiddenNode(err, "ad account", account)
	}
	min, err := fromMinor(w.Currency, w.Min)
	return accountRules{w.Currency, min}, err
}

// inCurrency refuses amounts in another currency than the account's.
func (r *accountRules) inCurrency(given string) error {
	if given != "" && given != r.currency {
		return fault(providers.Rejected, "currency", "the account counts in %s, not in %s", r.currency, given)
	}
	return nil
}

// budgetOrder is a budget as it is written: the field, and whole minor units.
type budgetOrder struct {
	field string
	minor int64
}

// budgetOf checks a budget; the zero order where there is none.
func (r *accountRules) budgetOf(amount *normalize.Decimal, period normalize.BudgetPeriod, unit normalize.BudgetUnit) (budgetOrder, error) {
	var none budgetOrder
	if unit != "" && unit != normalize.BudgetUnitCurrency {
		return none, refused("budget_unit", string(unit))
	}
	switch {
	case amount == nil && period == "":
		return none, nil
	case amount == nil:
		return none, fault(providers.Rejected, "budget_amount", "a budget_period needs a budget_amount")
	case period == "":
		return none, fault(providers.Rejected, "budget_period", "a budget_amount needs a budget_period, DAILY or LIFETIME")
	}
	field, err := budgetField(period)
	if err != nil {
		return none, err
	}
	n, err := toMinor(r.currency, "budget_amount", *amount)
	if err != nil {
		return none, err
	}
	if n == 0 {
		return none, fault(providers.Rejected, "budget_amount", "0 is no budget to Meta")
	}
	return budgetOrder{field, n}, nil
}

// enough refuses a daily budget below the account's least. What an object has already is no matter of this: the least moves
// with the rates of exchange, and a repetition changes nothing.
func (r *accountRules) enough(o budgetOrder, amount *normalize.Decimal) error {
	if o.field == "daily_budget" && r.minDaily != nil && amount.Cmp(*r.minDaily) < 0 {
		return fault(providers.Rejected, "budget_amount", "%s %s is below the least daily budget of the account, %s", amount, r.currency, r.minDaily)
	}
	return nil
}

// sameBudget tells whether an order is what there was.
func (r *accountRules) sameBudget(o budgetOrder, amount *normalize.Decimal, period normalize.BudgetPeriod) bool {
	if amount == nil {
		return o.field == ""
	}
	field, err := budgetField(period)
	was, err2 := toMinor(r.currency, "budget_amount", *amount)
	return err == nil && err2 == nil && field == o.field && was == o.minor
}

// noPolitics: Meta does not run political ads in the European Union. Saying that there are none needs no field of it.
func noPolitics(declared *bool) error {
	if declared != nil && *declared {
		return refused("has_eu_political_ads", "true: it runs no political ads in the European Union")
	}
	return nil
}

// nameToWrite refuses what is no name.
func nameToWrite(name string) error {
	if strings.TrimSpace(name) == "" {
		return fault(providers.Rejected, "name", "a name is needed")
	}
	if n := utf8.RuneCountInString(name); n > maxName {
		return fault(providers.Rejected, "name", "the name has %d characters, Meta takes %d", n, maxName)
	}
	return nil
}

// birthStatus is the status that an object is made with: paused unless active was asked for.
func birthStatus(s normalize.Status) (string, error) {
	switch s {
	case "", normalize.StatusPaused:
		return "PAUSED", nil
	case normalize.StatusActive:
		return "ACTIVE", nil
	}
	return "", refused("status", string(s)+" for a new object")
}

// changes collects what an update sends.
type changes struct {
	params url.Values
	put    bool // the object is put away: only its name is left to change
}

// set sets a parameter.
func (c *changes) set(name, value string) {
	if c.params == nil {
		c.params = url.Values{}
	}
	c.params.Set(name, value)
}

func (c *changes) setInt(name string, n int64) { c.set(name, strconv.FormatInt(n, 10)) }

// basics are the changes of name and status, which every object below the account has.
func basics(given func(string) bool, name, wasName string, status, was normalize.Status) (changes, error) {
	var out changes
	if given("name") && name != wasName {
		if err := nameToWrite(name); err != nil {
			return out, err
		}
		out.set("name", name)
	}
	if given("status") && status != was {
		s, err := writeStatus(status)
		if err != nil {
			return out, err
		}
		if was == normalize.StatusArchived {
			return out, frozen("status")
		}
		out.set("status", s)
	}
	out.put = was == normalize.StatusArchived
	return out, nil
}

// thawed refuses changes of what is archived or deleted, but for its name.
func (c *changes) thawed() error {
	for name := range c.params {
		if c.put && name != "name" {
			return frozen(name)
		}
	}
	return nil
}

func frozen(field string) error {
	return fault(providers.Conflict, ourName(field), "the object is archived or deleted: Meta lets nothing but its name be changed")
}

// ourName is the field of ours behind one of Meta's.
func ourName(field string) string {
	if ours, ok := blamed[field]; ok {
		return ours
	}
	return field
}

// instant is a time as it is written. Meta counts whole seconds.
func instant(field string, t time.Time) (string, error) {
	if t.Nanosecond() != 0 {
		return "", fault(providers.Rejected, field, "Meta counts whole seconds")
	}
	return t.UTC().Format(stampLayout), nil
}
