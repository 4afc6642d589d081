package normalize

import "slices"

// Totals adds rows up as the dictionary allows: sums where additive, ratios recomputed from their sums, weighted
// averages weighted, the rest left out and named. One Totals is for rows of one currency, as far as money goes.
type Totals struct {
	d      *Derivation
	how    []adding // of Base
	sums   []Value  // of Base
	parts  []Value  // Σ value × weight, for weighted KPIs of Base
	weight []Value  // Σ weight of the rows that have the value
}

// adding is how one KPI of Base is added up.
type adding struct {
	additivity Additivity
	weight     int // its weight's position in Base; -1 when it has none
}

// NewTotals starts empty. d must have been made with totals.
func NewTotals(d *Derivation) *Totals {
	n := len(d.Base)
	t := &Totals{d: d, how: make([]adding, n), sums: make([]Value, n), parts: make([]Value, n), weight: make([]Value, n)}
	for i, m := range d.Base {
		k, _ := Lookup(m)
		t.how[i] = adding{k.Additivity, slices.Index(d.Base, k.Weight)}
	}
	return t
}

// Add counts one row's base values.
func (t *Totals) Add(base []Value) {
	for i, how := range t.how {
		switch how.additivity {
		case AdditiveSum:
			t.sums[i] = t.sums[i].Count(base[i])
		case AdditiveWeighted:
			if w := how.weight; w >= 0 && base[i].OK && base[w].OK {
				t.parts[i] = t.parts[i].Add(Some(base[i].D.Mul(base[w].D)))
				t.weight[i] = t.weight[i].Add(base[w])
			}
		}
	}
}

// Put replaces the sum of the KPI with this number in Base by one that was counted elsewhere.
func (t *Totals) Put(i int, sum Value) { t.sums[i] = sum }

// Sums tells whether the KPI with this number in Base is added up by adding its values.
func (d *Derivation) Sums(i int) bool {
	k, _ := Lookup(d.Base[i])
	return k.Additivity == AdditiveSum
}

// Values returns the totals in the order of Asked; what cannot be added is absent.
func (t *Totals) Values() []Value { return SumTotals(t) }

// SumTotals adds totals up that were asked for the same KPIs of platforms that do not have the same ones. A ratio is
// recomputed over the platforms that have both its parts: what was spent where no conversion is counted is no part of
// a CPA.
func SumTotals(all ...*Totals) []Value {
	if len(all) == 0 {
		return nil
	}
	out := make([]Value, len(all[0].d.Asked))
	for i := range out {
		out[i] = sumTotal(i, all)
	}
	return out
}

// sumTotal is the total of the KPI with this number in Asked.
func sumTotal(i int, all []*Totals) Value {
	var a, b, part, weight Value
	var f formula
	for _, t := range all {
		s := t.d.steps[i]
		if s.a < 0 {
			continue
		}
		a, part, weight = a.Join(t.sums[s.a]), part.Add(t.parts[s.a]), weight.Add(t.weight[s.a])
		if s.f.op != 0 {
			f, b = s.f, b.Join(t.sums[s.b])
		}
	}
	switch {
	case f.op != 0:
		return f.eval(a, b)
	case part.OK:
		q, ok := part.D.Quotient(weight.D)
		return Value{D: q, OK: ok}
	}
	return a
}

// Additivity says, for each asked KPI that has no total, why.
func (d *Derivation) Additivity() map[Metric]string {
	out := map[Metric]string{}
	for _, m := range d.Asked {
		k, _ := Lookup(m)
		switch {
		case slices.Contains(d.Unsupported, m):
		case k.Additivity == AdditiveNone:
			out[m] = "cannot be added up: people and shares of several rows overlap"
		case k.Additivity == AdditiveWeighted && !slices.Contains(d.Base, k.Weight):
			out[m] = "its weight, " + string(k.Weight) + ", is not known here"
		}
	}
	return out
}
