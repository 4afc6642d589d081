package google

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/admux/admux/normalize"
)

// Google tells the step of each currency: whatever it is, amounts are either written to the micro, or refused.
func TestAmountsAreExactWhateverTheStep(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, step := range []int64{1, 100, 10_000, 50_000, 1_000_000, 5_000_000, 1_000_000_000} {
		m := money{currency: "XTS", unit: normalize.FromMicros(step)}
		for range 5_000 {
			micros := random.Int64N(1 + random.Int64N(math.MaxInt64))
			if random.IntN(2) == 0 {
				micros -= micros % step
			}
			got, err := m.micros("budget_amount", normalize.FromMicros(micros))
			switch {
			case micros > 0 && micros%step == 0 && (err != nil || got != itoa(micros)):
				t.Fatalf("step %d: %d micros become %q: %v", step, micros, got, err)
			case (micros == 0 || micros%step != 0) && err == nil:
				t.Fatalf("step %d: %d micros are taken as %s", step, micros, got)
			}
		}
		if got, err := m.micros("budget_amount", normalize.FromMicros(math.MaxInt64).Add(normalize.FromMicros(1))); err == nil {
			t.Errorf("more than an int64 holds becomes %s", got)
		}
		if got, err := m.micros("budget_amount", normalize.FromMicros(step).Mul(normalize.Scaled(1, 9))); err == nil {
			t.Errorf("a part of a micro becomes %s", got)
		}
	}
}
