package normalize

import "slices"

// Totals adds rows up as the dictionary allows: sums where additive, ratios recomputed from their sums, weighted
// averages weighted, the rest left out and named. One Totals is for rows of one currency.
type Totals struct {
	d      *Derivation
	sums   []Value // of Base
	weight []Value // Σ value × weight, for weighted KPIs of Base
}

// NewTotals starts empty. d must have been made with totals.
func NewTotals(d *Derivation) *Totals {
	return &Totals{d: d, sums: make([]Value, len(d.Base)), weight: make([]Value, len(d.Base))}
}

// Add counts one row's base values.
func (t *Totals) Add(base []Value) {
	for i, m := range t.d.Base {
		k, _ := Lookup(m)
		switch k.Additivity {
		case AdditiveSum:
			t.sums[i] = t.sums[i].Add(base[i])
		case AdditiveWeighted:
			if w := slices.Index(t.d.Base, k.Weight); w >= 0 && base[i].OK && base[w].OK {
				t.weight[i] = t.weight[i].Add(Some(base[i].D.Mul(base[w].D)))
			}
		}
	}
}

// Values returns the totals in the order of Asked; what cannot be added is absent.
func (t *Totals) Values() []Value {
	base := slices.Clone(t.sums)
	for i, m := range t.d.Base {
		k, _ := Lookup(m)
		if k.Additivity != AdditiveWeighted || !t.weight[i].OK {
			continue
		}
		if w := slices.Index(t.d.Base, k.Weight); w >= 0 && t.sums[w].OK {
			q, ok := t.weight[i].D.Ratio(t.sums[w].D, RatioScale)
			base[i] = Value{D: q, OK: ok}
		}
	}
	return t.d.Values(base, nil)
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
