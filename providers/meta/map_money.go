package meta

import (
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// wholeUnits are the currencies whose amounts Meta counts in whole units, hundredths are those that it counts in
// hundredths. It is Meta's own table, not ISO 4217's: the forint, the Taiwan dollar or the Colombian peso have cents and
// are counted without, the dinars of Bahrain and Jordan have thousandths and are counted in hundredths.
// https://developers.facebook.com/docs/marketing-api/currencies
var (
	wholeUnits = set("CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND")
	hundredths = set("AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BOB", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "DZD", "EGP", "EUR", "FBZ",
		"GBP", "GTQ", "HKD", "HNL", "HRK", "ILS", "INR", "JOD", "KES", "LTL", "LVL", "MOP", "MXN", "MYR", "NGN", "NIO", "NOK", "NZD", "PEN",
		"PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "SKK", "THB", "TRY", "UAH", "USD", "UYU", "VEF", "VES", "ZAR")
)

func set(list ...string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}

// minorDigits is how many digits of an amount in minor units stand after the point. A currency that is not in Meta's
// table is refused: a wrong guess is wrong by a hundred.
func minorDigits(currency string) (uint8, error) {
	switch {
	case wholeUnits[currency]:
		return 0, nil
	case hundredths[currency]:
		return 2, nil
	}
	return 0, fault(providers.Unsupported, "currency", "it is not known in which unit Meta counts amounts of %q", currency)
}

// fromMinor is an amount in major units. Absent, and the "0" of a budget or bid that is not in use, are nil.
func fromMinor(currency string, a wire.Amount) (*normalize.Decimal, error) {
	if !a.OK || a.D.IsZero() {
		return nil, nil
	}
	digits, err := minorDigits(currency)
	if err != nil {
		return nil, err
	}
	return ptr(a.D.Mul(normalize.Scaled(1, digits))), nil
}

// toMinor is an amount in minor units, whole. One with more digits than Meta counts is refused, never rounded.
func toMinor(currency, field string, d normalize.Decimal) (int64, error) {
	digits, err := minorDigits(currency)
	if err != nil {
		return 0, err
	}
	if d.Scale() > int(digits) || d.Sign() < 0 {
		return 0, fault(providers.Rejected, field, "%s %s has more digits than Meta counts, or is below zero", d, currency)
	}
	factor := int64(1)
	for range digits {
		factor *= 10
	}
	n, err := wholeNumber(d.Mul(normalize.Int(factor)))
	if err != nil {
		return 0, fault(providers.Rejected, field, "%s %s is more than Meta counts", d, currency)
	}
	return n, nil
}

// budget is what an object may spend, as ours says it.
type budget struct {
	amount *normalize.Decimal
	period normalize.BudgetPeriod
	unit   normalize.BudgetUnit
}

// readBudget: of the two fields one is in use. Neither is no budget, which is not a budget of 0.
func readBudget(currency string, daily, lifetime wire.Amount) (budget, error) {
	for _, b := range []struct {
		amount wire.Amount
		period normalize.BudgetPeriod
	}{{daily, normalize.BudgetPeriodDaily}, {lifetime, normalize.BudgetPeriodLifetime}} {
		amount, err := fromMinor(currency, b.amount)
		if err != nil {
			return budget{}, err
		}
		if amount != nil {
			return budget{amount, b.period, normalize.BudgetUnitCurrency}, nil
		}
	}
	return budget{}, nil
}

// budgetField is the wire's field for a period. A lifetime budget needs an end, which is the writer's business.
func budgetField(p normalize.BudgetPeriod) (string, error) {
	switch p {
	case normalize.BudgetPeriodDaily:
		return "daily_budget", nil
	case normalize.BudgetPeriodLifetime, normalize.BudgetPeriodTotal:
		return "lifetime_budget", nil
	}
	return "", refused("budget_period", string(p))
}
