package meta_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// Currencies whose amounts Meta counts in whole units, and the others of its table. They are written out here once more so
// that a change of the adapter's own table does not pass unseen.
var (
	counted    = strings.Fields("CLP COP CRC HUF IDR ISK JPY KRW PYG TWD VND")
	hundredths = strings.Fields(`AED ARS AUD BDT BGN BHD BOB BRL CAD CHF CNY CZK DKK DZD EGP EUR FBZ GBP GTQ HKD HNL HRK ILS INR JOD KES LTL LVL
		MOP MXN MYR NGN NIO NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD SKK THB TRY UAH USD UYU VEF VES ZAR`)
)

// remembering is a server of one account in a currency that keeps the fields of the one campaign that is made.
func remembering(t *testing.T, currency string) (*providers.Session, *url.Values) {
	t.Helper()
	kept := &url.Values{}
	s, _ := scripted(t, map[string]func(asked) (int, string){
		"act_1": answer(200, `{"id":"act_1","account_id":"1","currency":"`+currency+`","timezone_name":"UTC","min_daily_budget":1}`),
		"act_1/campaigns": func(a asked) (int, string) {
			*kept = a.form
			return 200, `{"id":"7"}`
		},
		"7": func(a asked) (int, string) {
			if a.method == "POST" {
				for k := range a.form {
					kept.Set(k, a.form.Get(k))
				}
				return 200, `{"success":true}`
			}
			out := map[string]any{"id": "7", "account_id": "1", "name": "money", "status": "PAUSED"}
			for _, f := range []string{"daily_budget", "lifetime_budget"} {
				if v := kept.Get(f); v != "" {
					out[f] = v
				}
			}
			b, _ := json.Marshal(out)
			return 200, string(b)
		},
	})
	return s, kept
}

// TestTrap01_AmountsInEveryCurrency writes random amounts in every currency of Meta's table, reads the same back, and
// checks the integer that was sent. A digit more than Meta counts is refused.
func TestTrap01_AmountsInEveryCurrency(t *testing.T) {
	t.Parallel()
	for _, currency := range append(counted, hundredths...) {
		t.Run(currency, func(t *testing.T) {
			t.Parallel()
			s, kept := remembering(t, currency)
			r := rand.New(rand.NewPCG(1, uint64(len(currency)+int(currency[0])*int(currency[2])))) //nolint:gosec // reproducible on purpose
			whole := strings.Contains(strings.Join(counted, " "), currency)
			var before normalize.Campaign
			for i := range 20 {
				minor := 1 + r.Int64N(1_000_000_000_00)
				text := strconv.FormatInt(minor, 10)
				if !whole {
					text = fmt.Sprintf("%d.%02d", minor/100, minor%100)
				}
				o := normalize.Campaign{
					OrganizationID: "1", Name: "money", Goal: normalize.GoalSales, BudgetAmount: dec(text), BudgetPeriod: normalize.BudgetPeriodDaily, Currency: currency,
				}
				var w providers.Written[normalize.Campaign]
				var err error
				if i%2 == 0 {
					w, err = s.Campaigns.Create(t.Context(), wanted(o))
				} else {
					w, err = s.Campaigns.Update(t.Context(), providers.Ref{ID: "7"}, patched(before, func(c *normalize.Campaign) { c.BudgetAmount = dec(text) }, "budget_amount"))
				}
				if err != nil || w.Object.BudgetAmount.Cmp(*dec(text)) != 0 || kept.Get("daily_budget") != strconv.FormatInt(minor, 10) {
					t.Fatalf("%s: sent %s, read %v, %v", text, kept.Get("daily_budget"), w.Object.BudgetAmount, err)
				}
				before = w.Object
			}
			finer := "10.001"
			if whole {
				finer = "10.5"
			}
			_, err := s.Campaigns.Create(t.Context(), wanted(normalize.Campaign{
				OrganizationID: "1", Name: "finer", Goal: normalize.GoalSales, BudgetAmount: dec(finer), BudgetPeriod: normalize.BudgetPeriodDaily,
			}))
			refusedAt(t, err, "budget_amount")
		})
	}
}

// The same in the simulator's accounts: ¥5000 is 5000, not 500000.
func TestTrap01_YenAreNotHundredths(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	for account, want := range map[string]string{yen: "5000", euros: "500000", dollars: "500000"} {
		c := budgeted("5000", "5000")
		c.OrganizationID = account
		got := made(t, d.Campaigns, c)
		if s := d.stored(t, got.ID, "daily_budget"); s["daily_budget"] != want || got.BudgetAmount.String() != "5000" {
			t.Errorf("%s: stored %v, read %s", got.Currency, s, got.BudgetAmount)
		}
	}
	c := budgeted("half a yen", "5000.5")
	c.OrganizationID = yen
	_, err := d.Campaigns.Create(t.Context(), wanted(c))
	refusedAt(t, err, "budget_amount")
}
