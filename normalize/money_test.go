package normalize

import "testing"

func TestCurrencyDigits(t *testing.T) {
	t.Parallel()
	for c, want := range map[string]uint8{"USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "HUF": 2, "CLF": 4, "": 2, "XXX": 2} {
		if got := CurrencyDigits(c); got != want {
			t.Errorf("CurrencyDigits(%s) = %d, want %d", c, got, want)
		}
	}
}

func TestMinorUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got  Decimal
		want string
	}{
		{FromMinor(12345, "USD"), "123.45"}, {FromMinor(12345, "JPY"), "12345"}, {FromMinor(12345, "KWD"), "12.345"}, {FromMinor(-1, "USD"), "-0.01"},
		{FromMicros(1), "0.000001"}, {FromMicros(1_234_560_000), "1234.56"}, {FromMicros(-5), "-0.000005"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestMoneyFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount, currency string
		fits             bool
	}{
		{"10", "JPY", true}, {"10.5", "JPY", false}, {"10.00", "JPY", true}, {"10.55", "USD", true}, {"10.555", "USD", false},
		{"10.555", "KWD", true}, {"10.5555", "KWD", false}, {"-0.01", "EUR", true},
	} {
		if err := (Money{dec(t, c.amount), c.currency}).Fits(); (err == nil) != c.fits {
			t.Errorf("%s %s: %v", c.amount, c.currency, err)
		}
	}
}
