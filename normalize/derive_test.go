package normalize

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func val(t testing.TB, s string) Value {
	if s == "" {
		return Value{}
	}
	return Some(dec(t, s))
}

func vals(t testing.TB, ss ...string) []Value {
	out := make([]Value, len(ss))
	for i, s := range ss {
		out[i] = val(t, s)
	}
	return out
}

func show(vs []Value) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		if v.OK {
			out[i] = v.D.String()
		}
	}
	return out
}

func TestDerive(t *testing.T) {
	t.Parallel()
	supported := []Metric{MetricImpressions, MetricClicks, MetricCost, MetricRevenue, MetricVideoPlays, MetricVideoAvgTimeWatched, MetricUniqueImpressions}
	d := Derive([]Metric{MetricCTR, MetricCPC, MetricClicks, MetricCTR, MetricROAS, MetricPlatformFees, MetricCPM, MetricProfit, MetricVideoAvgTimeWatched}, supported, true)
	if want := []Metric{MetricCTR, MetricCPC, MetricClicks, MetricROAS, MetricPlatformFees, MetricCPM, MetricProfit, MetricVideoAvgTimeWatched}; !slices.Equal(d.Asked, want) {
		t.Errorf("asked %v", d.Asked)
	}
	if want := []Metric{MetricClicks, MetricImpressions, MetricCost, MetricRevenue, MetricVideoAvgTimeWatched, MetricVideoPlays}; !slices.Equal(d.Base, want) {
		t.Errorf("base %v", d.Base)
	}
	if want := []Metric{MetricROAS, MetricPlatformFees}; !slices.Equal(d.Unsupported, want) {
		t.Errorf("unsupported %v", d.Unsupported)
	}
	if want := []Metric{MetricCPC, MetricROAS, MetricPlatformFees, MetricCPM, MetricProfit}; !slices.Equal(d.Missing([]Metric{MetricCost}), want) {
		t.Errorf("without cost there is no %v", d.Missing([]Metric{MetricCost}))
	}
	for _, c := range []struct{ base, want []string }{
		{[]string{"3", "1000", "1.5", "4", "2.5", "10"}, []string{"0.003", "0.5", "3", "", "", "1.5", "2.5", "2.5"}},
		{[]string{"0", "1000", "1.5", "", "", ""}, []string{"0", "", "0", "", "", "1.5", "", ""}}, // over zero clicks: absent, not zero
		{[]string{"", "1000", "0", "", "", ""}, []string{"", "", "", "", "", "0", "", ""}},
		{[]string{"1", "3", "2", "1", "", ""}, []string{"0.333333", "2", "1", "", "", "666.666667", "-1", ""}},
	} {
		if got := show(d.Values(vals(t, c.base...), nil)); !slices.Equal(got, c.want) {
			t.Errorf("%v → %q, want %q", c.base, got, c.want)
		}
	}
}

// A ratio that a platform offers by itself is computed all the same, so that it means the same everywhere.
func TestRatiosAreOurs(t *testing.T) {
	t.Parallel()
	if d := Derive([]Metric{MetricCTR}, []Metric{MetricCTR}, false); !slices.Equal(d.Unsupported, []Metric{MetricCTR}) || len(d.Base) > 0 {
		t.Errorf("%+v", d)
	}
	d := Derive([]Metric{MetricVideoAvgTimeWatched}, []Metric{MetricVideoAvgTimeWatched, MetricVideoPlays}, false)
	if len(d.Base) != 1 {
		t.Errorf("the weight is asked for without totals: %v", d.Base)
	}
}

func TestMonetary(t *testing.T) {
	t.Parallel()
	for m, want := range map[Metric]bool{MetricCost: true, MetricCPC: true, MetricROAS: true, MetricProfit: true, MetricAverageCPV: true,
		MetricCostUSD: false, MetricCTR: false, MetricClicks: false, MetricViewabilityRate: false, "NONE": false} {
		if Monetary(m) != want {
			t.Errorf("Monetary(%s) = %v", m, !want)
		}
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	asked := []Metric{MetricClicks, MetricCTR, MetricVideoAvgTimeWatched, MetricUniqueImpressions, MetricFrequency, MetricCPA, MetricTopImpressionRatePercent}
	d := Derive(asked, []Metric{MetricClicks, MetricImpressions, MetricVideoAvgTimeWatched, MetricVideoPlays, MetricUniqueImpressions, MetricCost, MetricConversions, MetricTopImpressionRatePercent}, true)
	row := func(clicks, impressions, avg, plays, unique, cost, conversions, top string) []Value {
		by := map[Metric]string{MetricClicks: clicks, MetricImpressions: impressions, MetricVideoAvgTimeWatched: avg, MetricVideoPlays: plays,
			MetricUniqueImpressions: unique, MetricCost: cost, MetricConversions: conversions, MetricTopImpressionRatePercent: top}
		var out []Value
		for _, m := range d.Base {
			out = append(out, val(t, by[m]))
		}
		return out
	}
	total := NewTotals(&d)
	if got := show(total.Values()); !slices.Equal(got, []string{"", "", "", "", "", "", ""}) {
		t.Errorf("no rows have the totals %q", got)
	}
	total.Add(row("1", "10", "2", "10", "9", "3", "0", ""))
	total.Add(row("", "20", "", "1000", "9", "1.5", "", "12.5"))
	total.Add(row("2", "", "5", "20", "", "", "0", "50"))
	// 3 of 30; (2×10 + 5×20) / 30: the row without an average does not weigh; no cost of zero conversions.
	if got := show(total.Values()); !slices.Equal(got, []string{"3", "0.1", "4", "", "", "", "12.5"}) {
		t.Errorf("totals %q", got)
	}
	a, b := NewTotals(&d), NewTotals(&d)
	a.Add(row("1", "10", "2", "10", "9", "3", "0", ""))
	b.Add(row("", "20", "", "1000", "9", "1.5", "", "12.5"))
	b.Add(row("2", "", "5", "20", "", "", "0", "50"))
	if got := show(SumTotals(a, b)); !slices.Equal(got, show(total.Values())) {
		t.Errorf("summed %q, added %q", got, show(total.Values()))
	}
	why := d.Additivity()
	if len(why) != 2 || why[MetricUniqueImpressions] == "" || why[MetricFrequency] == "" {
		t.Errorf("without a total: %v", why)
	}
	lone := Derive([]Metric{MetricVideoAvgTimeWatched, MetricRevenue}, []Metric{MetricVideoAvgTimeWatched}, true)
	if why := lone.Additivity(); len(why) != 1 || why[MetricVideoAvgTimeWatched] == "" {
		t.Errorf("an average without its weight: %v", why)
	}
}

// Totals equal arithmetic that shares no code with ours, over rows with absent and odd numbers.
func TestTotalsEqualReference(t *testing.T) {
	t.Parallel()
	asked := []Metric{MetricClicks, MetricCost, MetricCTR, MetricCPC, MetricCPM, MetricVideoAvgTimeWatched}
	d := Derive(asked, []Metric{MetricClicks, MetricImpressions, MetricCost, MetricVideoAvgTimeWatched, MetricVideoPlays}, true)
	rapid.Check(t, func(t *rapid.T) {
		c := reference()
		sum, lacks := map[Metric]*apd.Decimal{}, map[Metric]bool{}
		weighted, weight := new(apd.Decimal), new(apd.Decimal)
		total := NewTotals(&d)
		for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
			base := make([]Value, len(d.Base))
			drawn := map[Metric]*apd.Decimal{}
			for j, m := range d.Base {
				s := rapid.StringMatching(`(-?[0-9]{1,12}(\.[0-9]{1,9})?)?`).Draw(t, fmt.Sprintf("%s %d", m, i))
				if s == "" {
					lacks[m] = true
					continue
				}
				v, err := ParseDecimal(s)
				if err != nil {
					t.Fatal(err)
				}
				base[j], drawn[m] = Some(v), apdOf(t, s)
				if sum[m] == nil {
					sum[m] = new(apd.Decimal)
				}
				_, _ = c.Add(sum[m], sum[m], drawn[m])
			}
			if a, p := drawn[MetricVideoAvgTimeWatched], drawn[MetricVideoPlays]; a != nil && p != nil {
				var x apd.Decimal
				_, _ = c.Mul(&x, a, p)
				_, _ = c.Add(weighted, weighted, &x)
				_, _ = c.Add(weight, weight, p)
			}
			total.Add(base)
		}
		for m, v := range sum {
			if lacks[m] && v.IsZero() { // nothing says that it is zero
				delete(sum, m)
			}
		}
		ratio := func(a, b *apd.Decimal, factor int64) string {
			if a == nil || b == nil || b.IsZero() {
				return ""
			}
			var r apd.Decimal
			_, _ = c.Mul(&r, a, apd.New(factor, 0))
			_, _ = c.Quo(&r, &r, b)
			digits := int32(6)
			for x := new(apd.Decimal).Abs(&r); x.Sign() > 0 && x.Cmp(apd.New(1, -1)) < 0 && digits < 18; x.Exponent++ {
				digits++
			}
			_, _ = c.Quantize(&r, &r, -digits)
			return plain(&r)
		}
		text := func(d *apd.Decimal) string {
			if d == nil {
				return ""
			}
			return plain(d)
		}
		want := []string{text(sum[MetricClicks]), text(sum[MetricCost]), ratio(sum[MetricClicks], sum[MetricImpressions], 1),
			ratio(sum[MetricCost], sum[MetricClicks], 1), ratio(sum[MetricCost], sum[MetricImpressions], 1000), ratio(weighted, weight, 1)}
		if got := show(total.Values()); !slices.Equal(got, want) {
			t.Fatalf("totals %q, want %q", got, want)
		}
	})
}

func TestValueAdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{{"", "", ""}, {"1", "", "1"}, {"", "0", "0"}, {"1.5", "2", "3.5"}} {
		if got := show([]Value{val(t, c.a).Add(val(t, c.b))})[0]; got != c.want {
			t.Errorf("%q + %q = %q", c.a, c.b, got)
		}
	}
}

func TestValueCount(t *testing.T) {
	t.Parallel()
	for parts, want := range map[string]string{"": "", "-": "", "0": "0", "0 0": "0", "0 -": "", "- 0": "", "0 - 2": "2", "2 - 0": "2", "2 - -2": "", "1.5 2": "3.5"} {
		var whole, left, right Value
		for i, p := range strings.Fields(parts) {
			v := val(t, strings.Trim(p, "- "))
			if p == "-2" {
				v = val(t, p)
			}
			if whole = whole.Count(v); i%2 == 0 {
				left = left.Count(v)
			} else {
				right = right.Count(v)
			}
		}
		if got := show([]Value{whole, left.Join(right)}); got[0] != want || got[1] != want {
			t.Errorf("the sum of %q is %q, and of its halves %q, want %q", parts, got[0], got[1], want)
		}
	}
}

func TestRowPathDoesNotAllocate(t *testing.T) {
	d := Derive([]Metric{MetricClicks, MetricCTR, MetricCPC}, []Metric{MetricClicks, MetricImpressions, MetricCost}, true)
	base, out, total := vals(t, "3", "1000", "1.5"), make([]Value, 3), NewTotals(&d)
	if n := testing.AllocsPerRun(100, func() { total.Add(base); out = d.Values(base, out) }); n > 0 {
		t.Errorf("%v allocations a row", n)
	}
}
