package stream

import (
	"cmp"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// maxRates is how many rates of a conversion are told one by one.
const maxRates = 400

// Conversion says by which rates the amounts of a connection were converted.
type Conversion struct {
	Currency    string           `json:"currency,omitempty"` // that amounts are in; empty: only COST_USD was made
	Sources     []string         `json:"sources"`            // where the rates are from
	Approximate bool             `json:"approximate"`        // rates are among them that nobody published
	FirstDay    normalize.Day    `json:"first_day,omitzero"` // of the rates: the day of the earliest
	LastDay     normalize.Day    `json:"last_day,omitzero"`  // and of the latest
	Used        int              `json:"used"`               // how many rates, of a currency and a day of the report
	Rates       []ConversionRate `json:"rates"`              // the first of them
}

// ConversionRate is what an amount of a day was converted by: times ToPerEuro, over FromPerEuro.
type ConversionRate struct {
	Day         normalize.Day     `json:"day"`      // of the report
	RateDay     normalize.Day     `json:"rate_day"` // on which the rate was published: the same day, or the last one before
	From        string            `json:"from"`
	To          string            `json:"to"`
	FromPerEuro normalize.Decimal `json:"from_per_euro"`
	ToPerEuro   normalize.Decimal `json:"to_per_euro"`
}

// Add counts a rate.
func (c *Conversion) Add(r ConversionRate) {
	if c.FirstDay.IsZero() || r.RateDay.Before(c.FirstDay) {
		c.FirstDay = r.RateDay
	}
	if c.LastDay.Before(r.RateDay) {
		c.LastDay = r.RateDay
	}
	c.Used++
	c.Rates = append(c.Rates, r)
}

// Cut puts the rates in order and keeps the first of them.
func (c *Conversion) Cut() {
	slices.SortFunc(c.Rates, func(a, b ConversionRate) int {
		return cmp.Or(strings.Compare(a.Day.String(), b.Day.String()), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	c.Rates = c.Rates[:min(len(c.Rates), maxRates)]
}
