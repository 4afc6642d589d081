package google

import (
	"context"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// removed refuses to write to what is gone: it cannot come back.
func removed(status normalize.Status, effective normalize.EffectiveStatus) error {
	if status == normalize.StatusArchived || effective == normalize.EffectiveStatusRemoved {
		return fault(providers.Conflict, "", "the object, or what it is in, is removed at Google Ads: it cannot be changed any more")
	}
	return nil
}

// newStatus is the status of what is made: paused unless it was asked for otherwise, where Google's own default is to run.
func newStatus(s normalize.Status) (string, error) {
	if s == "" {
		return "PAUSED", nil
	}
	return writeStatus(s)
}

// money turns amounts of an account's currency into micros.
type money struct {
	currency string
	unit     normalize.Decimal // the least step, in major units
}

type currencyRow struct {
	CurrencyConstant struct {
		BillableUnit whole `json:"billableUnitMicros"`
	} `json:"currencyConstant"`
}

// moneyOf asks for the step that amounts of the account's currency are in, once: it belongs to the currency.
func (c *client) moneyOf(ctx context.Context, a account) (money, error) {
	out := money{currency: a.Currency}
	c.known.mu.Lock()
	step, ok := c.known.steps[a.Currency]
	c.known.mu.Unlock()
	if ok {
		out.unit = step
		return out, nil
	}
	query := gaql{
		fields: []string{"currency_constant.code", "currency_constant.billable_unit_micros"}, from: "currency_constant",
		where: []string{"currency_constant.code = " + gaqlString(a.Currency)}, limit: 1,
	}
	found, err := read[currencyRow](ctx, c, a, query, false)
	switch {
	case err != nil:
		return out, err
	case len(found) == 0 || found[0].row.CurrencyConstant.BillableUnit.n <= 0:
		return out, fault(providers.Malformed, "", "Google Ads does not tell the step of amounts in %s", a.Currency)
	}
	out.unit = normalize.FromMicros(found[0].row.CurrencyConstant.BillableUnit.n)
	c.known.mu.Lock()
	defer c.known.mu.Unlock()
	if c.known.steps == nil {
		c.known.steps = map[string]normalize.Decimal{}
	}
	c.known.steps[a.Currency] = out.unit
	return out, nil
}

// mostMicros is the largest int64, in major units.
var mostMicros = normalize.FromMicros(1<<63 - 1)

// micros is an amount as Google writes it. It is refused where it is no multiple of the step: nothing is rounded.
func (m money) micros(field string, d normalize.Decimal) (string, error) {
	if d.Sign() <= 0 || d.Cmp(mostMicros) > 0 {
		return "", fault(providers.Rejected, field, "%s must be an amount above zero", field)
	}
	steps, ok := d.Ratio(m.unit, 8)
	if !ok || steps.Scale() > 0 || steps.Mul(m.unit).Cmp(d) != 0 {
		return "", fault(providers.Rejected, field, "%s must be a multiple of %s %s", field, m.unit, m.currency)
	}
	return d.Mul(normalize.Int(1_000_000)).String(), nil
}

// textWithin refuses a text that is empty, too long, or of several lines: a query could not look for that.
func textWithin(field, s string, most int) error {
	if n := len([]rune(s)); strings.TrimSpace(s) == "" || n > most {
		return fault(providers.Rejected, field, "%s must have 1 to %d characters; it has %d", field, most, n)
	}
	if strings.ContainsAny(s, "\n\r\x00") {
		return fault(providers.Rejected, field, "%s must be of one line", field)
	}
	return nil
}

// nameable tells whether a text can be looked for in a query. No name holds a line break.
func nameable(s string) bool { return s != "" && !strings.ContainsAny(s, "\n\r\x00") }

// inCurrency refuses amounts in another currency than the account's.
func inCurrency(a account, given string) error {
	if given != "" && given != a.Currency {
		return fault(providers.Rejected, "currency", "the account is in %s", a.Currency)
	}
	return nil
}
