package reports_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// entry is what the dictionary says of a KPI, read here anew.
type entry struct{ Unit, Additivity, Formula, Weight string }

func dictionary(t *testing.T) map[string]entry {
	t.Helper()
	b, err := os.ReadFile("../../normalize/kpis.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ KPIs map[string]entry }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.KPIs
}

// exact is a number as it was drawn; nil: absent.
type exact map[string]*big.Rat

// formula computes "A / B", "A / B * n" or "A - B"; nil where a part is absent or the denominator 0.
func (e exact) formula(f string) *big.Rat {
	w := strings.Fields(f)
	a, b := e[w[0]], e[w[2]]
	switch {
	case a == nil || b == nil || w[1] == "/" && b.Sign() == 0:
		return nil
	case w[1] == "-":
		return new(big.Rat).Sub(a, b)
	}
	q := new(big.Rat).Quo(a, b)
	if len(w) == 5 {
		n, _ := new(big.Rat).SetString(w[4])
		q.Mul(q, n)
	}
	return q
}

// Every number that leaves is exact: rows and totals over random platforms, accounts, currencies and absences equal an
// addition in fractions by the dictionary: sums, ratios of sums, averages by their weights, nothing of what cannot be added.
func TestTotalsEqualFractions(t *testing.T) {
	t.Parallel()
	kpis := dictionary(t)
	base := []string{"IMPRESSIONS", "CLICKS", "COST", "CONVERSIONS", "CONVERSION_VALUE", "VIDEO_PLAYS", "VIDEO_AVG_TIME_WATCHED", "VIEWABLE_IMPRESSIONS",
		"MEASURABLE_IMPRESSIONS", "UNIQUE_IMPRESSIONS", "TOP_IMPRESSION_RATE_PERCENT", "VIDEO_VIEWS", "REVENUE"}
	ratios := []string{"CTR", "CPC", "CPA", "ROAS", "CPM", "VIEWABILITY_RATE", "AVERAGE_CPV"}
	type line struct {
		account, currency, id string
		values                exact
	}
	var lines []line
	f := newFake()
	for _, k := range base {
		f.reports.Metrics = append(f.reports.Metrics, providers.Metric{KPI: normalize.Metric(k), Source: "x"})
	}
	f.rows = func(p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
		return func(yield func(normalize.Row, error) bool) {
			for _, l := range lines {
				if l.account != p.Org.ID {
					continue
				}
				r := campaign(l.id, nil)
				for _, k := range p.Query.Metrics {
					v := absent
					if x := l.values[string(k)]; x != nil {
						n, _ := x.FloatPrec()
						v = num(x.FloatString(n))
					}
					r.Values = append(r.Values, v)
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	every := append(slices.Clone(base), ratios...)
	url := f.serve(t)
	text := func(r *big.Rat, k string) string {
		switch {
		case r == nil:
			return "<nil>"
		case kpis[k].Additivity == "sum", kpis[k].Additivity == "none":
			n, _ := r.FloatPrec()
			return r.FloatString(n)
		}
		return told(r)
	}
	rapid.Check(t, func(rt *rapid.T) {
		lines, f.orgs = nil, nil
		f.version++ // its accounts are read anew
		currencies := map[string]string{}
		for i := range rapid.IntRange(1, 4).Draw(rt, "accounts") {
			id := fmt.Sprint(i + 1)
			currencies[id] = rapid.SampledFrom([]string{"USD", "EUR", "JPY"}).Draw(rt, "currency")
			f.orgs = append(f.orgs, org(id, currencies[id], "UTC"))
		}
		digits := rapid.StringMatching(`[0-9]{1,9}(\.[0-9]{0,5}[1-9])?`)
		for i := range rapid.IntRange(0, 25).Draw(rt, "rows") {
			l := line{account: rapid.SampledFrom(slices.Sorted(maps.Keys(currencies))).Draw(rt, "account"), id: fmt.Sprint(100 + i), values: exact{}}
			l.currency = currencies[l.account]
			for _, k := range base {
				if rapid.IntRange(0, 9).Draw(rt, "present") > 1 {
					l.values[k], _ = new(big.Rat).SetString(digits.Draw(rt, k))
				}
			}
			lines = append(lines, l)
		}
		asked := rapid.SliceOfNDistinct(rapid.SampledFrom(every), 1, len(every), rapid.ID).Draw(rt, "asked")
		tab := must[table](t, get(t, url, "format=table&type="+strings.Join(asked, ",")))
		byID := map[string]map[string]any{}
		for _, r := range tab.Rows {
			byID[fmt.Sprint(r["campaign_id"])] = r
		}
		if len(byID) != len(lines) {
			rt.Fatalf("%d rows of %d", len(byID), len(lines))
		}
		of := map[string][]exact{}
		for _, l := range lines {
			of[l.currency] = append(of[l.currency], l.values)
			of[""] = append(of[""], l.values)
			for _, k := range asked {
				want := l.values[k]
				if kpis[k].Additivity == "ratio" {
					want = l.values.formula(kpis[k].Formula)
				}
				wanted := text(want, k)
				if want != nil && kpis[k].Additivity == "weighted" { // as it came
					n, _ := want.FloatPrec()
					wanted = want.FloatString(n)
				}
				if got := fmt.Sprint(byID[l.id][strings.ToLower(k)]); got != wanted {
					rt.Fatalf("%s of row %s is %s, want %s", k, l.id, got, wanted)
				}
			}
		}
		check := func(what string, got map[string]any, rows []exact, mixed bool) {
			for _, k := range asked {
				want := total(kpis, rows, k)
				money := kpis[k].Unit == "money" || k == "ROAS"
				if mixed && money {
					want = nil
				}
				if got := fmt.Sprint(got[strings.ToLower(k)]); got != text(want, k) {
					rt.Fatalf("%s: total %s is %s, want %s over %d rows", what, k, got, text(want, k), len(rows))
				}
			}
		}
		mixed := len(of) > 2
		check("all", tab.Totals, of[""], mixed)
		if mixed != (len(tab.By) > 0) {
			rt.Fatalf("totals by currency: %v", tab.By)
		}
		for _, b := range tab.By {
			check(fmt.Sprint(b["currency"]), b, of[fmt.Sprint(b["currency"])], false)
		}
	})
}

// total adds a KPI up in fractions; nil: it has no total.
func total(kpis map[string]entry, rows []exact, k string) *big.Rat {
	sum := func(k string) *big.Rat {
		var out *big.Rat
		lacks := false
		for _, r := range rows {
			if lacks = lacks || r[k] == nil; r[k] == nil {
				continue
			}
			if out == nil {
				out = new(big.Rat)
			}
			out.Add(out, r[k])
		}
		if lacks && out != nil && out.Sign() == 0 {
			return nil // nothing says that it is zero
		}
		return out
	}
	switch e := kpis[k]; e.Additivity {
	case "sum":
		return sum(k)
	case "ratio":
		w := strings.Fields(e.Formula)
		return exact{w[0]: sum(w[0]), w[2]: sum(w[2])}.formula(e.Formula)
	case "weighted":
		part, weight := new(big.Rat), new(big.Rat)
		for _, r := range rows {
			if r[k] != nil && r[e.Weight] != nil {
				part.Add(part, new(big.Rat).Mul(r[k], r[e.Weight]))
				weight.Add(weight, r[e.Weight])
			}
		}
		if weight.Sign() == 0 {
			return nil
		}
		return part.Quo(part, weight)
	}
	return nil
}
