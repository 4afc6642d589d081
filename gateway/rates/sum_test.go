package rates

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/normalize"
)

func rat(d normalize.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic(d)
	}
	return r
}

// roundEven is half to even, by the book.
func roundEven(r *big.Rat, scale int64) *big.Rat {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil))
	x := new(big.Rat).Mul(r, unit)
	floor := new(big.Int).Div(x.Num(), x.Denom()) // towards minus infinity, as the denominator is positive
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(floor))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(floor), unit)
}

// Whatever is added up, the sum is the exact one, rounded once.
func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	amount := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,9})?`)
	rate := rapid.StringMatching(`[1-9][0-9]{0,4}(\.[0-9]{1,5})?`)
	rapid.Check(t, func(t *rapid.T) {
		var s Sum
		exact := new(big.Rat)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		for range n {
			f := Factor{From: "USD", To: "JPY", FromRate: Point{PerEuro: dec(t, rate.Draw(t, "from"))}, ToRate: Point{PerEuro: dec(t, rate.Draw(t, "to"))}}
			a := dec(t, amount.Draw(t, "amount"))
			s.Add(normalize.Some(a), f)
			one := new(big.Rat).Quo(new(big.Rat).Mul(rat(a), rat(f.ToRate.PerEuro)), rat(f.FromRate.PerEuro))
			exact.Add(exact, one)
			if got := rat(f.Convert(a)); got.Cmp(roundEven(one, Scale)) != 0 {
				t.Fatalf("%s is %s, not %s", a, got.FloatString(20), one.FloatString(20))
			}
		}
		s.Add(normalize.Value{}, Factor{})
		for _, scale := range []uint8{0, 2, 3, 4, Scale} {
			if got := rat(s.Value(scale).D); got.Cmp(roundEven(exact, int64(scale))) != 0 {
				t.Fatalf("to %d digits %s, not %s", scale, got.FloatString(20), exact.FloatString(20))
			}
		}
	})
}

// What needs no rate is not touched, however many digits it has.
func TestEqualCurrenciesNeedNoRate(t *testing.T) {
	t.Parallel()
	f, err := (&Table{}).Factor("ARS", "ARS", day(t, "1970-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	const digits = "12345678901234567890.1234567890123456789"
	var s Sum
	if v := s.Value(2); v.OK {
		t.Error("a sum of nothing is a number")
	}
	s.Add(normalize.Some(dec(t, digits)), f)
	if f.Convert(dec(t, digits)).String() != digits || s.Value(2).D.String() != digits {
		t.Errorf("%s, %s", f.Convert(dec(t, digits)), s.Value(2).D)
	}
}
