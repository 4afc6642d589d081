package normalize

import "fmt"

// Money is an amount in major units of a currency (ISO 4217).
type Money struct {
	Amount   Decimal `json:"amount"`
	Currency string  `json:"currency"`
}

// digits lists the currencies whose minor unit is not a hundredth (ISO 4217, amendment 177).
//
//nolint:gochecknoglobals // a table of the standard
var digits = map[string]uint8{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// CurrencyDigits returns the digits after the point of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD.
func CurrencyDigits(currency string) uint8 {
	if n, ok := digits[currency]; ok {
		return n
	}
	return 2
}

// FromMicros reads millionths of a major unit.
func FromMicros(n int64) Decimal { return Scaled(n, 6) }

// FromMinor reads minor units (cents, yen) of a currency.
func FromMinor(n int64, currency string) Decimal { return Scaled(n, CurrencyDigits(currency)) }

// Fits reports whether the amount has no more digits than the currency's minor unit: an amount that does not is
// refused, never rounded.
func (m Money) Fits() error {
	if n := CurrencyDigits(m.Currency); m.Amount.Scale() > int(n) {
		return fmt.Errorf("%s has %d digits after the point", m.Currency, n)
	}
	return nil
}
