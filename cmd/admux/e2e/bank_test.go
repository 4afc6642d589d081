package e2e

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// bankFile is what a central bank of the test's own publishes, in the form of the European one's: on working days but two,
// a Wednesday and the Thursday after it, which are holidays.
func bankFile(now time.Time) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>The test's bank</gesmes:name></gesmes:Sender><Cube>`)
	holiday := now.AddDate(0, 0, -65)
	for holiday.Weekday() != time.Wednesday {
		holiday = holiday.AddDate(0, 0, -1)
	}
	for back := range 88 {
		day := now.AddDate(0, 0, -back-1)
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday || day.Equal(holiday) || day.Equal(holiday.AddDate(0, 0, 1)) {
			continue
		}
		waver := (day.YearDay()*37)%181 - 90
		fmt.Fprintf(&b, "<Cube time=%q><Cube currency=\"USD\" rate=\"1.%04d\"/><Cube currency=\"JPY\" rate=\"%d.%02d\"/><Cube currency=\"HUF\" rate=\"%d.%d\"/></Cube>",
			day.Format(time.DateOnly), 1493+waver, 179+waver/30, 50+waver/2, 380-waver/10, 5+waver/20)
	}
	b.WriteString("</Cube></gesmes:Envelope>")
	return b.String()
}

// rates are a bank's, by currency and day, as the test reads its file.
type rates map[string]map[string]*big.Rat

// startBank publishes, and reads what was published as anybody could.
func startBank(t *testing.T) (address string, published rates) {
	t.Helper()
	body := bankFile(time.Now().UTC().Truncate(24 * time.Hour))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	var file struct {
		Days []struct {
			Time  string `xml:"time,attr"`
			Rates []struct {
				Currency string `xml:"currency,attr"`
				Rate     string `xml:"rate,attr"`
			} `xml:"Cube"`
		} `xml:"Cube>Cube"`
	}
	if err := xml.Unmarshal([]byte(body), &file); err != nil {
		t.Fatal(err)
	}
	published = rates{}
	for _, day := range file.Days {
		for _, r := range day.Rates {
			if published[r.Currency] == nil {
				published[r.Currency] = map[string]*big.Rat{}
			}
			published[r.Currency][day.Time] = rat(t, r.Rate)
		}
	}
	return server.URL, published
}

// perEuro is a currency's rate of a day: the last one that was published until then.
func (r rates) perEuro(t testing.TB, currency, day string) *big.Rat {
	t.Helper()
	if currency == "EUR" {
		return big.NewRat(1, 1)
	}
	best := ""
	for published := range r[currency] {
		if published <= day && published > best {
			best = published
		}
	}
	if best == "" {
		t.Fatalf("the bank has no rate of %s until %s", currency, day)
	}
	return r[currency][best]
}

// convert takes an amount of a day into another currency, exactly.
func (r rates) convert(t testing.TB, amount *big.Rat, from, to, day string) *big.Rat {
	t.Helper()
	if from == to {
		return amount
	}
	out := new(big.Rat).Mul(amount, r.perEuro(t, to, day))
	return out.Quo(out, r.perEuro(t, from, day))
}

// roundEven rounds half to even to so many digits after the point.
func roundEven(v *big.Rat, places int) *big.Rat {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	scaled := new(big.Rat).Mul(v, new(big.Rat).SetInt(unit))
	whole, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int)) // downwards
	switch half := new(big.Int).Lsh(rest, 1).Cmp(scaled.Denom()); {
	case half > 0, half == 0 && whole.Bit(0) == 1:
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, unit)
}

// The bank has rates that move, weekends, and two holidays in one week, or nothing would be proved with it.
func TestBankFile(t *testing.T) {
	t.Parallel()
	_, published := startBank(t)
	gaps := map[string]int{}
	days := slices.Sorted(maps.Keys(published["JPY"]))
	for i := 1; i < len(days); i++ {
		from, _ := time.Parse(time.DateOnly, days[i-1])
		to, _ := time.Parse(time.DateOnly, days[i])
		gaps[fmt.Sprint(from.Weekday(), " ", to.Weekday())]++
	}
	if gaps["Friday Monday"] < 10 || gaps["Tuesday Friday"] != 1 {
		t.Errorf("after what comes what: %v", gaps)
	}
	if got := digits(roundEven(big.NewRat(-25, 1000), 2)) + " " + digits(roundEven(big.NewRat(35, 1000), 2)); got != "-0.02 0.04" {
		t.Errorf("half to even: %s", got)
	}
}
