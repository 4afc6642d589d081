package e2e

import (
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// money is what is asked in other currencies: amounts, an average of them, an amount over an amount, and plain counts.
const money = "IMPRESSIONS,CLICKS,CONVERSIONS,COST,CONVERSION_VALUE,CPC,CPA,ROAS"

// spent is a ledger's facts of one campaign's day, or of many, in one display currency.
type spent struct {
	impressions, clicks, conversions big.Rat
	cost, value                      big.Rat // in the display currency, exact
	ownCost, ownValue                big.Rat // in the account's
	unknown                          bool    // the platform gives no value for the conversions of some days
	places                           int     // of amounts: those that needed no rate keep their own digits
}

// world is a demo with a bank, and what the simulated platforms' ledgers say.
type world struct {
	demo      announced
	published rates
	from, to  string
	facts     map[string][]fact // by "connection account"
}

// newWorld reads all ledgers over days that have weekends and the holidays in them, and that no platform restates any more:
// midnight in an account's zone changes nothing between two calls.
func newWorld(t *testing.T) *world {
	t.Helper()
	address, published := startBank(t)
	w := &world{demo: ownDemo(t, "--rates-url", address).announced, published: published, from: ago(84), to: ago(56), facts: map[string][]fact{}}
	a := newAPI(t, w.demo)
	currencies := map[string]bool{}
	for _, c := range w.demo.Connections {
		for _, org := range a.list(ads(c.ID, "organization"), nil) {
			if closed(c, org) {
				continue
			}
			id := fmt.Sprint(org["id"])
			ledger(t, w.demo.Simulators[c.IntegrationType], id, w.from, w.to, func(f fact) string {
				w.facts[c.ID+" "+id] = append(w.facts[c.ID+" "+id], f)
				currencies[f.Currency] = true
				return ""
			})
		}
	}
	if len(currencies) < 4 {
		t.Fatalf("the accounts have %v: nothing is proved", currencies)
	}
	// The bank's file arrives when it arrives; until then a report is refused, or made by the bundled rates and says so.
	eventually(t, "the bank's rates are there", func() error {
		got := a.do(http.MethodGet, "/ads/all/report", url.Values{"currency": {"EUR"}, "format": {"table"}, "start_gte": {w.from}, "end_lt": {w.to}}, nil)
		if got.status != http.StatusOK || strings.Contains(string(got.body), `"approximate":true`) {
			return stillError(got.status)
		}
		return nil
	})
	return w
}

// recompute makes of the ledgers what a report in a currency has to say, by a key that the caller makes of each fact; the
// key "" is that of the totals.
func (w *world) recompute(t *testing.T, currency string, dated bool) map[string]*spent {
	t.Helper()
	out := map[string]*spent{"": {}}
	unvalued := w.unvalued(t)
	for of, facts := range w.facts {
		for _, f := range facts {
			key := of + " " + f.Campaign
			unknown := unvalued[key+" "+f.Date]
			if dated {
				key += " " + f.Date
			}
			if out[key] == nil {
				out[key] = &spent{}
			}
			cost, value := number(t, f.Cost), number(t, f.ConversionValue)
			for _, s := range []*spent{out[key], out[""]} {
				s.unknown = s.unknown || unknown
				s.impressions.Add(&s.impressions, number(t, f.Impressions.String()))
				s.clicks.Add(&s.clicks, number(t, f.Clicks.String()))
				s.conversions.Add(&s.conversions, number(t, f.Conversions.String()))
				s.ownCost.Add(&s.ownCost, cost)
				s.ownValue.Add(&s.ownValue, value)
				s.cost.Add(&s.cost, w.published.convert(t, cost, f.Currency, currency, f.Date))
				s.value.Add(&s.value, w.published.convert(t, value, f.Currency, currency, f.Date))
			}
		}
	}
	return out
}

// unvalued are the days of campaigns that had conversions and no value: Meta leaves the value out then, and nobody knows
// whether it is zero.
func (w *world) unvalued(t *testing.T) map[string]bool {
	t.Helper()
	conversions, values := map[string]*big.Rat{}, map[string]*big.Rat{}
	for of, facts := range w.facts {
		if !strings.HasPrefix(of, w.demo.connection("metaads")+" ") {
			continue
		}
		for _, f := range facts {
			key := of + " " + f.Campaign + " " + f.Date
			if conversions[key] == nil {
				conversions[key], values[key] = new(big.Rat), new(big.Rat)
			}
			conversions[key].Add(conversions[key], number(t, f.Conversions.String()))
			values[key].Add(values[key], number(t, f.ConversionValue))
		}
	}
	out := map[string]bool{}
	for key, n := range conversions {
		if n.Sign() > 0 && values[key].Sign() == 0 {
			out[key] = true
		}
	}
	if len(out) == 0 {
		t.Fatal("every conversion has a value: nothing is proved of those that have none")
	}
	return out
}

// texts are the digits that have to leave; roas the amounts that ROAS is of.
func (s *spent) texts(places int, roasValue, roasCost *big.Rat) map[string]string {
	out := map[string]string{
		"impressions": digits(&s.impressions), "clicks": digits(&s.clicks), "conversions": digits(&s.conversions),
		"cost": digits(roundEven(&s.cost, places)), "conversion_value": digits(roundEven(&s.value, places)),
	}
	for name, of := range map[string][2]*big.Rat{"cpc": {&s.cost, &s.clicks}, "cpa": {&s.cost, &s.conversions}, "roas": {roasValue, roasCost}} {
		if text, ok := ratio(of[0], of[1]); ok {
			out[name] = text
		}
	}
	if s.unknown && s.value.Sign() == 0 { // missing is not zero
		delete(out, "conversion_value")
		delete(out, "roas")
	}
	return out
}

// amountPlaces is how many digits after the point a converted amount leaves with.
const amountPlaces = 12

// places of a currency's own minor unit.
func minor(currency string) int {
	return map[string]int{"EUR": 2, "USD": 2, "HUF": 2, "JPY": 0}[currency]
}

// TestCurrency: a report over all platforms in one currency is what a recomputation from the simulated platforms' ledgers and
// the bank's published rates gives, digit for digit: by day and over all days, per campaign and in total, rounded to the
// currency's digits and not. On weekends and holidays the last published rate holds.
func TestCurrency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		currency     string
		dated, round bool
	}{{"EUR", true, false}, {"EUR", false, false}, {"EUR", false, true}, {"EUR", true, true}, {"JPY", false, true}, {"HUF", true, false}} {
		t.Run(fmt.Sprint(tt.currency, " by day ", tt.dated, " rounded ", tt.round), func(t *testing.T) {
			rows, totals := w.report(t, tt.currency, tt.dated, tt.round)
			places := amountPlaces
			if tt.round {
				places = minor(tt.currency)
			}
			want, euros := map[string]map[string]string{}, w.recompute(t, "EUR", false)[""]
			for key, s := range w.recompute(t, tt.currency, tt.dated) {
				if key == "" { // accounts of several currencies: ROAS is that of the amounts in euros
					if got, want := totals, s.texts(places, &euros.value, &euros.cost); !maps.Equal(got, want) {
						t.Errorf("totals %v\nwant   %v", got, want)
					}
					continue
				}
				want[key] = s.texts(places, &s.ownValue, &s.ownCost)
			}
			compareMoney(t, rows, want)
		})
	}
	t.Run("N4", func(t *testing.T) { w.invariant(t) })
}

// report reads a report in a currency: its rows by key, and its totals.
func (w *world) report(t *testing.T, currency string, dated, round bool) (rows map[string]map[string]string, totals map[string]string) {
	t.Helper()
	query := url.Values{"type": {money}, "currency": {currency}, "format": {"table"}, "start_gte": {w.from}, "end_lt": {w.to}}
	if dated {
		query.Set("dimension", "DATE")
	}
	if round {
		query.Set("round", "currency")
	}
	var table struct {
		Rows   []map[string]any
		Totals map[string]any
	}
	newAPI(t, w.demo).get("/ads/all/report", query, &table)
	rows = map[string]map[string]string{}
	for _, r := range table.Rows {
		if r["currency"] != currency {
			t.Fatalf("a row in %v", r["currency"])
		}
		key := fmt.Sprint(r["connection_id"], " ", r["organization_id"], " ", r["campaign_id"])
		if dated {
			key += fmt.Sprint(" ", r["date"])
		}
		rows[key] = numbersOf(r)
	}
	if len(rows) != len(table.Rows) || table.Totals["currency"] != currency {
		t.Errorf("%d rows, %d of them different; totals in %v", len(table.Rows), len(rows), table.Totals["currency"])
	}
	return rows, numbersOf(table.Totals)
}

func numbersOf(r map[string]any) map[string]string {
	out := map[string]string{}
	for kpi := range strings.SplitSeq(strings.ToLower(money), ",") {
		if v, has := r[kpi]; has {
			out[kpi] = cellText(v)
		}
	}
	return out
}

// compareMoney wants the same rows, to the digit, and nothing where nothing is known.
func compareMoney(t *testing.T, got, want map[string]map[string]string) {
	t.Helper()
	if len(want) < 50 {
		t.Fatalf("%d rows: nothing is proved", len(want))
	}
	faults := 0
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !maps.Equal(got[key], want[key]) {
			if faults++; faults < 10 {
				t.Errorf("%s\n got %v\nwant %v", key, got[key], want[key])
			}
		}
	}
	if faults > 0 || len(got) != len(want) {
		t.Errorf("%d of %d differ; %d rows came", faults, len(want), len(got))
	}
}

// invariant is N4: ROAS is the same in every display currency, to the digit; CPC and CPA are the cost in that currency over
// what it bought; and between two currencies they stand as the costs do.
func (w *world) invariant(t *testing.T) {
	t.Helper()
	for _, dated := range []bool{false, true} {
		rows, totals := map[string]map[string]map[string]string{}, map[string]map[string]string{}
		for _, currency := range []string{"EUR", "USD", "JPY", "HUF"} {
			rows[currency], totals[currency] = w.report(t, currency, dated, false)
			rows[currency]["totals"] = totals[currency]
		}
		compared := 0
		for key, euro := range rows["EUR"] {
			for _, currency := range []string{"USD", "JPY", "HUF"} {
				other := rows[currency][key]
				if other["roas"] != euro["roas"] {
					t.Errorf("N4: %s: ROAS is %s in %s and %s in EUR", key, other["roas"], currency, euro["roas"])
				}
				averages(t, key+" in "+currency, other)
				if euro["roas"] != "" && euro["roas"] != "0" {
					compared++
				}
			}
			averages(t, key+" in EUR", euro)
		}
		if compared < 60 {
			t.Errorf("N4: only %d ROAS were compared", compared)
		}
	}
}

// averages holds CPC and CPA to cost over clicks and over conversions: closer than 1e-9 of them, but for the half of their
// sixth digit that they are rounded to.
func averages(t *testing.T, where string, r map[string]string) {
	t.Helper()
	for average, count := range map[string]string{"cpc": "clicks", "cpa": "conversions"} {
		if r[average] == "" {
			continue
		}
		want := new(big.Rat).Quo(rat(t, r["cost"]), rat(t, r[count]))
		off := new(big.Rat).Sub(rat(t, r[average]), want)
		margin := new(big.Rat).Add(new(big.Rat).Mul(want, big.NewRat(1, 1_000_000_000)), big.NewRat(1, 2_000_000))
		if off.Abs(off).Cmp(margin) > 0 {
			t.Errorf("N4: %s: %s is %s, and %s over %s is %s", where, average, r[average], r["cost"], r[count], want.FloatString(9))
		}
	}
}
