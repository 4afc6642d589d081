package storetest

import (
	"strconv"
	"sync"
	"testing"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// Rates are kept exactly, written again without harm, and replaced where they were other ones.
func testRates(t *testing.T, b bench) {
	s := b.store(t)
	if spans := must[map[string]store.RateSpan](t)(s.RateSpans(t.Context())); len(spans) != 0 {
		t.Errorf("of no rates there are spans %v", spans)
	}
	first := must[normalize.Day](t)(normalize.ParseDay("2024-02-27"))
	var rates []store.Rate
	for i := range 700 { // more than one statement
		for _, c := range []string{"JPY", "USD"} {
			rates = append(rates, store.Rate{Day: first.Add(i), Currency: c, PerEuro: must[normalize.Decimal](t)(normalize.ParseDecimal("1.0" + strconv.Itoa(i+1)))})
		}
	}
	if n := must[int64](t)(s.PutRates(t.Context(), rates)); n != int64(len(rates)) {
		t.Errorf("%d written of %d", n, len(rates))
	}
	if n := must[int64](t)(s.PutRates(t.Context(), rates)); n != 0 {
		t.Errorf("%d of the same rates changed", n)
	}
	other := rates[:1:1]
	other[0].PerEuro = must[normalize.Decimal](t)(normalize.ParseDecimal("123456.123456789012"))
	if n := must[int64](t)(s.PutRates(t.Context(), other)); n != 1 {
		t.Errorf("%d changed of one", n)
	}
	got := must[[]store.Rate](t)(s.Rates(t.Context(), []string{"JPY", "CHF"}, first, first.Add(4)))
	if len(got) != 4 || got[0].PerEuro.String() != "123456.123456789012" || got[0].Currency != "JPY" || got[3].Day.String() != "2024-03-01" {
		t.Errorf("rates %v", got)
	}
	if got = must[[]store.Rate](t)(s.Rates(t.Context(), nil, first, first.Add(4))); len(got) != 0 {
		t.Errorf("of no currency: %v", got)
	}
	spans := must[map[string]store.RateSpan](t)(s.RateSpans(t.Context()))
	if want := (store.RateSpan{First: first, Last: first.Add(699)}); len(spans) != 2 || spans["USD"] != want {
		t.Errorf("spans %v", spans)
	}
	var all sync.WaitGroup
	for range 4 { // replicas that fetch at once
		all.Go(func() {
			if _, err := s.PutRates(t.Context(), rates); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
