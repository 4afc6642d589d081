package reports_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/admux/admux/normalize"
)

// amounts of a row or a total, as exact fractions.
type amounts struct{ cost, value, clicks *big.Rat }

func (a *amounts) add(cost, value, clicks *big.Rat) {
	for _, p := range []struct {
		to  **big.Rat
		add *big.Rat
	}{{&a.cost, cost}, {&a.value, value}, {&a.clicks, clicks}} {
		if *p.to == nil {
			*p.to = new(big.Rat)
		}
		(*p.to).Add(*p.to, p.add)
	}
}

// rounded is half to even, by the book.
func rounded(r *big.Rat, scale int64) string {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil))
	x := new(big.Rat).Mul(r, unit)
	floor := new(big.Int).Div(x.Num(), x.Denom())
	if c := new(big.Rat).Sub(x, new(big.Rat).SetInt(floor)).Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	s := new(big.Rat).Quo(new(big.Rat).SetInt(floor), unit).FloatString(int(scale))
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func ratio(a, b *big.Rat) string {
	if b == nil || b.Sign() == 0 {
		return "<nil>"
	}
	return told(new(big.Rat).Quo(a, b))
}

// told is a ratio as it leaves: six digits after the point, or after the zeros there.
func told(r *big.Rat) string {
	digits := int64(6)
	for x := new(big.Rat).Abs(r); x.Sign() > 0 && x.Cmp(big.NewRat(1, 10)) < 0 && digits < 18; digits++ {
		x.Mul(x, big.NewRat(10, 1))
	}
	return rounded(r, digits)
}

// case of the property: accounts, what they did, and what a euro was worth.
type ledger struct {
	rates    published
	accounts map[string]string // currency by id
	facts    []fact
}

func drawLedger(t *rapid.T) ledger {
	l := ledger{rates: published{}, accounts: map[string]string{}}
	codes := []string{"AAA", "BBB", "CCC"} // none that the snapshot has
	for _, c := range codes {
		l.rates[c] = map[string]string{}
		for i := range 60 {
			if i%6 == 0 || rapid.Bool().Draw(t, "published") {
				l.rates[c][day("2026-09-26").Add(i).String()] = rapid.StringMatching(`[1-9][0-9]{0,3}\.[0-9]{1,5}`).Draw(t, "rate")
			}
		}
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "accounts") {
		l.accounts[fmt.Sprint(i+1)] = rapid.SampledFrom(append(codes, "EUR")).Draw(t, "currency")
	}
	seen := map[string]bool{}
	for range rapid.IntRange(0, 40).Draw(t, "facts") {
		f := fact{account: rapid.SampledFrom(slices.Sorted(maps.Keys(l.accounts))).Draw(t, "account"),
			campaign: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "campaign"), day: day("2026-10-10").Add(rapid.IntRange(0, 44).Draw(t, "day")).String()}
		if key := f.account + f.campaign + f.day; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		amount := rapid.StringMatching(`[0-9]{1,6}(\.[0-9]{1,6})?`)
		f.numbers = numbers("COST", amount.Draw(t, "cost"), "CONVERSION_VALUE", amount.Draw(t, "value"), "CLICKS", rapid.StringMatching(`[0-9]{1,4}`).Draw(t, "clicks"))
		l.facts = append(l.facts, f)
	}
	return l
}

// want is what a report has to say: cost, conversion value, CPC and ROAS of each row, and of all of them.
func (l ledger) want(dim, currency string) (rows []string, total string) {
	shown, own, byRow := map[string]*amounts{}, map[string]*amounts{}, map[string]string{}
	var all, allOwn, euros amounts
	currencies := map[string]bool{}
	for _, f := range l.facts {
		from := l.accounts[f.account]
		currencies[from] = true
		label := map[string]string{"": "<nil>", "DATE": f.day, "WEEK": day(f.day).Monday().String(), "MONTH": f.day[:7]}[dim]
		key := f.account + " " + f.campaign + " " + label
		if shown[key] == nil {
			shown[key], own[key] = &amounts{}, &amounts{}
		}
		byRow[key] = from
		n := func(k normalize.Metric) *big.Rat { r, _ := new(big.Rat).SetString(f.numbers[k]); return r }
		cost, value, clicks := n("COST"), n("CONVERSION_VALUE"), n("CLICKS")
		in := func(to string) (*big.Rat, *big.Rat) {
			return l.rates.convert(cost, from, to, f.day), l.rates.convert(value, from, to, f.day)
		}
		c, v := in(currency)
		shown[key].add(c, v, clicks)
		all.add(c, v, clicks)
		own[key].add(cost, value, clicks)
		allOwn.add(cost, value, clicks)
		c, v = in("EUR")
		euros.add(c, v, clicks)
	}
	for key, a := range shown {
		rows = append(rows, fmt.Sprint(key, " ", rounded(a.cost, 12), " ", rounded(a.value, 12), " ", ratio(a.cost, a.clicks), " ", ratio(own[key].value, own[key].cost)))
	}
	slices.Sort(rows)
	if len(rows) == 0 {
		return nil, ""
	}
	roas := &allOwn
	if len(currencies) > 1 {
		roas = &euros
	}
	return rows, fmt.Sprint(rounded(all.cost, 12), " ", rounded(all.value, 12), " ", ratio(all.cost, all.clicks), " ", ratio(roas.value, roas.cost))
}

// N4: whatever rows, currencies, days and rates: every converted number is the exact one, rounded once, and ROAS is the
// same in every currency.
func TestN4_ROASDoesNotChangeWithTheDisplayCurrency(t *testing.T) {
	t.Parallel()
	p := published{}
	fakes := []*fake{market("alphaads", nil), market("betaads", nil)}
	base := serveRates(t, p, fakes...) + "/ads/c1,c2/report"
	rapid.Check(t, func(rt *rapid.T) {
		l := drawLedger(rt)
		clear(p)
		maps.Copy(p, l.rates)
		for i, f := range fakes {
			fresh := market(f.platform, nil, l.facts...)
			f.version, f.rows, f.orgs = f.version+1, fresh.rows, nil
			for _, id := range slices.Sorted(maps.Keys(l.accounts)) {
				if int(id[0])%2 == i {
					f.orgs = append(f.orgs, org(id, l.accounts[id], "UTC"))
				}
			}
		}
		dim := rapid.SampledFrom([]string{"", "DATE", "WEEK", "MONTH"}).Draw(rt, "dimension")
		roas := map[string]bool{}
		for _, currency := range []string{"EUR", "AAA", "BBB"} {
			got := must[table](t, get(t, base, q("format", "table", "type", "COST,CONVERSION_VALUE,CPC,ROAS", "dimension", dim, "currency", currency,
				"start_gte", "2026-10-10", "end_lt", "2026-11-24")))
			var rows []string
			var factors strings.Builder
			for _, r := range got.Rows {
				var label any
				if dim != "" {
					label = r[strings.ToLower(dim)]
				}
				rows = append(rows, fmt.Sprint(r["organization_id"], " ", r["campaign_id"], " ", label, " ", r["cost"], " ", r["conversion_value"], " ", r["cpc"], " ", r["roas"]))
			}
			slices.Sort(rows)
			want, total := l.want(dim, currency)
			if !slices.Equal(rows, want) {
				rt.Fatalf("by %q in %s:\n%s\nwant\n%s", dim, currency, strings.Join(rows, "\n"), strings.Join(want, "\n"))
			}
			tt := got.Totals
			if have := fmt.Sprint(tt["cost"], " ", tt["conversion_value"], " ", tt["cpc"], " ", tt["roas"]); total != "" && have != total {
				rt.Fatalf("by %q in %s: total %s, want %s", dim, currency, have, total)
			}
			for _, r := range rows {
				fields := strings.Fields(r)
				factors.WriteString(fields[len(fields)-1] + " ")
			}
			roas[factors.String()+fmt.Sprint(tt["roas"])] = true
		}
		if len(roas) > 1 {
			rt.Fatalf("by %q ROAS changes with the currency: %v", dim, slices.Collect(maps.Keys(roas)))
		}
	})
}
