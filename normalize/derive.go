package normalize

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// formula is "A / B", "A / B * n" or "A - B" of the dictionary; the zero value is none.
type formula struct {
	op     byte
	a, b   Metric
	factor int64
}

func parseFormula(s string) (formula, error) {
	w := strings.Fields(s)
	switch {
	case len(w) == 0:
		return formula{}, nil
	case len(w) == 3 && (w[1] == "/" || w[1] == "-"):
		return formula{op: w[1][0], a: Metric(w[0]), b: Metric(w[2]), factor: 1}, nil
	case len(w) == 5 && w[1] == "/" && w[3] == "*":
		n, err := strconv.ParseInt(w[4], 10, 64)
		return formula{op: '/', a: Metric(w[0]), b: Metric(w[2]), factor: n}, err
	}
	return formula{}, fmt.Errorf("formula %q is none of A / B, A / B * n, A - B", s)
}

// eval is absent when a part is absent or a denominator is zero.
func (f formula) eval(a, b Value) Value {
	if !a.OK || !b.OK {
		return Value{}
	}
	if f.op == '-' {
		return Some(a.D.Sub(b.D))
	}
	q, ok := a.D.Mul(Int(f.factor)).Quotient(b.D)
	return Value{D: q, OK: ok}
}

// computed tells whether a KPI is always ours to compute: ratios are never read from a platform, so that they mean
// the same everywhere.
func (k KPI) computed() bool { return k.formula.op != 0 }

// Derivation turns the KPIs asked for into those a platform must give, and its rows back into the asked ones.
type Derivation struct {
	Asked       []Metric // as asked, repeats left out
	Base        []Metric // what to ask of the platform, in the order of the rows it must yield
	Unsupported []Metric // asked, and the platform has no number for them

	steps []step
}

type step struct {
	f    formula
	a, b int // positions in Base; b is used by formulas only; -1 is none
}

// Derive plans the KPIs asked for over a platform that has the supported ones. With totals, what recomputing totals
// needs (parts of ratios, weights) is asked as well.
func Derive(asked, supported []Metric, totals bool) Derivation {
	d := Derivation{}
	has := func(m Metric) bool { return slices.Contains(supported, m) }
	for _, m := range asked {
		if slices.Contains(d.Asked, m) {
			continue
		}
		d.Asked = append(d.Asked, m)
		k, _ := Lookup(m)
		switch {
		case k.computed() && has(k.formula.a) && has(k.formula.b):
			d.steps = append(d.steps, step{f: k.formula, a: d.need(k.formula.a), b: d.need(k.formula.b)})
		case !k.computed() && has(m):
			d.steps = append(d.steps, step{a: d.need(m), b: -1})
			if totals && k.Additivity == AdditiveWeighted && has(k.Weight) {
				d.need(k.Weight)
			}
		default:
			d.Unsupported = append(d.Unsupported, m)
			d.steps = append(d.steps, step{a: -1, b: -1})
		}
	}
	return d
}

func (d *Derivation) need(m Metric) int {
	if i := slices.Index(d.Base, m); i >= 0 {
		return i
	}
	d.Base = append(d.Base, m)
	return len(d.Base) - 1
}

// Values computes the asked KPIs from base values (in the order of Base) into out, which is grown as needed.
func (d *Derivation) Values(base []Value, out []Value) []Value {
	out = out[:0]
	for _, s := range d.steps {
		switch {
		case s.a < 0:
			out = append(out, Value{})
		case s.f.op == 0:
			out = append(out, base[s.a])
		default:
			out = append(out, s.f.eval(base[s.a], base[s.b]))
		}
	}
	return out
}

// Missing lists the asked KPIs that have no number when the platform has none for these base KPIs: the ones made of
// them, and the unsupported ones.
func (d *Derivation) Missing(base []Metric) []Metric {
	lacks := func(i int) bool { return i >= 0 && slices.Contains(base, d.Base[i]) }
	var out []Metric
	for i, s := range d.steps {
		if s.a < 0 || lacks(s.a) || lacks(s.b) {
			out = append(out, d.Asked[i])
		}
	}
	return out
}

// Monetary tells whether a KPI is an amount of the account's currency, or made of one: rows of several currencies have
// no total of it.
func Monetary(m Metric) bool {
	k, _ := Lookup(m)
	return k.monetary() || k.computed() && (monetary(k.formula.a) || monetary(k.formula.b))
}

func monetary(m Metric) bool {
	k, _ := Lookup(m)
	return k.monetary()
}

// monetary leaves out the one amount that is in the same currency for every account.
func (k KPI) monetary() bool { return k.Unit == UnitMoney && k.Metric != MetricCostUSD }
