package rates

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// Euro is the currency that all rates are of.
const Euro = "EUR"

// MaxAge is how many days a rate holds when there is no newer one. The bank publishes on every day on which its payment
// system is open; the longest that it is closed are the five days of an Easter or of a Christmas.
const MaxAge = 10

// SourceECB says where fetched rates are from; the bundled ones name their own snapshot.
const SourceECB = "European Central Bank, euro foreign exchange reference rates"

// Point is one rate: how much of a currency one euro was.
type Point struct {
	Day     normalize.Day // that it was published on; no day for the euro itself, which is 1 on all of them
	PerEuro normalize.Decimal
	Bundled bool // of the snapshot that comes with the program: approximate
}

// Table holds the rates of some currencies over some days. It does not change.
type Table struct {
	points map[string][]Point // by day
	spans  map[string]store.RateSpan
	newest normalize.Day // of all currencies
	// fetched is what the store spans; spans has the snapshot in it too.
	fetched map[string]store.RateSpan

	bundled string // what the snapshot's rates are
}

// Source says where a rate is from, for an answer.
func (t *Table) Source(p Point) string {
	if p.Bundled {
		return t.bundled
	}
	return SourceECB
}

// add puts rates in; those that are there already stay.
func (t *Table) add(currency string, more ...Point) {
	list := t.points[currency]
	there := make(map[normalize.Day]bool, len(list))
	for _, p := range list {
		there[p.Day] = true
	}
	for _, p := range more {
		if !there[p.Day] {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b Point) int { return compareDays(a.Day, b.Day) })
	t.points[currency] = list
}

// span widens what is known of a currency.
func (t *Table) span(currency string, s store.RateSpan) {
	have, ok := t.spans[currency]
	if !ok || s.First.Before(have.First) {
		have.First = s.First
	}
	if !ok || have.Last.Before(s.Last) {
		have.Last = s.Last
	}
	t.spans[currency] = have
	if t.newest.Before(have.Last) {
		t.newest = have.Last
	}
}

// Knows tells whether there is any rate of a currency.
func (t *Table) Knows(currency string) bool {
	_, ok := t.spans[currency]
	return ok || currency == Euro
}

// Currencies lists the currencies that there are rates of, the euro among them.
func (t *Table) Currencies() []string {
	return append([]string{Euro}, slices.Sorted(maps.Keys(t.spans))...)
}

// At is the rate that a day takes: the last one published until then. Its error is an *UnknownError, an *OutsideError or
// a *StaleError.
func (t *Table) At(currency string, day normalize.Day) (Point, error) {
	if currency == Euro {
		return Point{PerEuro: normalize.Int(1)}, nil
	}
	span, known := t.spans[currency]
	list := t.points[currency]
	i, found := slices.BinarySearchFunc(list, day, func(p Point, d normalize.Day) int { return compareDays(p.Day, d) })
	if !found {
		i--
	}
	switch {
	case !known:
		return Point{}, &UnknownError{[]string{currency}}
	case day.Before(span.First):
		return Point{}, &OutsideError{Currency: currency, First: span.First}
	case i >= 0 && day.Sub(list[i].Day) <= MaxAge:
		return list[i], nil
	case t.newest.Sub(span.Last) > MaxAge && span.Last.Before(day): // others went on
		return Point{}, &OutsideError{Currency: currency, Last: span.Last}
	case span.Last.Before(day):
		return Point{}, &StaleError{currency, day, span.Last}
	}
	return Point{}, &StaleError{Currency: currency, Day: day}
}

// Cover tells whether every day of a range has a rate of a currency, by the first error that there is.
func (t *Table) Cover(currency string, days normalize.DayRange) error {
	for d := days.From; d.Before(days.To); d = d.Add(1) {
		if _, err := t.At(currency, d); err != nil {
			return err
		}
	}
	return nil
}

// Factor is what converts the amounts of a day.
type Factor struct {
	From, To string
	FromRate Point
	ToRate   Point
	// Settled says that no rate that is still to come will be another one: the day's are published.
	Settled    bool
	unchanging bool
}

// Unchanged is the factor of amounts that stay in their currency. No rate is needed for it.
func Unchanged(currency string) Factor {
	return Factor{From: currency, To: currency, Settled: true, unchanging: true}
}

// Factor returns what converts amounts of one currency into another on a day.
func (t *Table) Factor(from, to string, day normalize.Day) (Factor, error) {
	if from == to {
		return Unchanged(from), nil
	}
	f := Factor{From: from, To: to}
	var err error
	if f.FromRate, err = t.At(from, day); err == nil {
		f.ToRate, err = t.At(to, day)
	}
	f.Settled = err == nil && t.settled(from, f.FromRate, day) && t.settled(to, f.ToRate, day)
	return f, err
}

// settled tells whether the rate that a day takes is the one that it will have for ever.
func (t *Table) settled(currency string, p Point, day normalize.Day) bool {
	if currency == Euro {
		return true
	}
	// On a weekend nothing is published that could be waited for.
	open := day
	for weekday := open.Start(time.UTC).Weekday(); weekday == time.Saturday || weekday == time.Sunday; weekday = open.Start(time.UTC).Weekday() {
		open = open.Add(-1)
	}
	return !p.Bundled && !t.fetched[currency].Last.Before(open)
}

func compareDays(a, b normalize.Day) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Dom, b.Dom))
}

func sortByDay(list []store.Rate) {
	slices.SortFunc(list, func(a, b store.Rate) int { return compareDays(a.Day, b.Day) })
}
