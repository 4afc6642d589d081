package rates

import "github.com/admux/admux/normalize"

// Scale is how many digits after the point a converted amount is rounded to, once, half to even: a division by a rate
// has no end.
const Scale = 12

// shift is 10^Scale: what is left of an amount beyond Scale digits is kept in units of 10^-Scale, with as many digits again.
const shift = 1_000_000_000_000

// Convert returns an amount in the other currency, rounded to Scale digits after the point; unchanged where the
// currencies are equal.
func (f Factor) Convert(amount normalize.Decimal) normalize.Decimal {
	if f.unchanging {
		return amount
	}
	q, _ := amount.Mul(f.ToRate.PerEuro).Ratio(f.FromRate.PerEuro, Scale) // a rate is never zero
	return q
}

// Sum adds converted amounts up to 24 digits after the point, so that it is rounded once, at its end, however many there
// are. The zero value is a sum of nothing.
type Sum struct {
	some    bool
	lacks   bool              // an amount was absent
	rounded bool              // an amount was divided
	sum     normalize.Decimal // of what is exact, and of Scale digits of the rest
	beyond  normalize.Decimal // of what is beyond them, in units of 10^-Scale
}

// Add counts an amount. One that is absent is not known, as normalize.Value.Count has it.
func (s *Sum) Add(v normalize.Value, f Factor) {
	if !v.OK {
		s.lacks = true
		return
	}
	s.some = true
	if f.unchanging {
		s.sum = s.sum.Add(v.D)
		return
	}
	amount, rate := v.D.Mul(f.ToRate.PerEuro), f.FromRate.PerEuro
	q, _ := amount.Ratio(rate, Scale)
	rest := amount.Sub(q.Mul(rate))
	s.sum = s.sum.Add(q)
	s.rounded = true
	if !rest.IsZero() {
		beyond, _ := rest.Mul(normalize.Int(shift)).Ratio(rate, Scale)
		s.beyond = s.beyond.Add(beyond)
	}
}

// Value is the sum rounded half to even to scale digits after the point; absent when nothing was counted. What was never
// converted is not rounded.
func (s *Sum) Value(scale uint8) normalize.Value {
	var v normalize.Value
	if s.lacks {
		v = v.Count(normalize.Value{})
	}
	switch {
	case !s.some:
		return v
	case !s.rounded:
		return v.Count(normalize.Some(s.sum))
	}
	q, _ := s.sum.Mul(normalize.Int(shift)).Add(s.beyond).Ratio(normalize.Int(shift), scale)
	return v.Count(normalize.Some(q))
}
