package stream

import (
	"time"

	"github.com/admux/admux/normalize"
)

// Writer writes one report. Calls come in the order Begin, Row as often as needed, End; Fail in place of any of them
// once bytes were sent. A Writer is used once, by one goroutine.
type Writer interface {
	// Begin is called when the first row is there, or when it is certain that there is none.
	Begin() error
	// Row writes one row; it does not keep it.
	Row(*Row) error
	// End writes what is known only now.
	End(*Totals, *Meta) error
	// Sent tells whether bytes have left: before that a failure leaves the response untouched.
	Sent() bool
	// Fail tells the client, in the shape's own way, that what it has is not the whole. It may panic with
	// http.ErrAbortHandler, which is how an HTTP server breaks an answer off visibly.
	Fail(error)
}

// Flusher is a Writer that can let go of the rows that it has gathered to leave together. Those that send nothing before
// the end are none.
type Flusher interface{ Flush() error }

// Page limits an answer to Limit entries (objects or rows) after the first Offset. Limit 0 is no limit.
type Page struct{ Offset, Limit int }

// has tells whether the entry with this number (from 0) is on the page.
func (p Page) has(n int) bool { return n >= p.Offset && (p.Limit == 0 || n < p.Offset+p.Limit) }

// Account is the ad account that a row belongs to, as one connection sees it.
type Account struct {
	Connection, Platform string // the connection's id and integration_type

	ID, Name string
	Currency string // ISO 4217
	Zone     *time.Location
	Range    normalize.DayRange // the days asked for, of Zone
}

// Row is one line of a report on its way out. Values stand in the order of the schema's metrics.
type Row struct {
	normalize.Row
	Account *Account
	Final   bool // the platform no longer restates the days of the row
}

// Period returns the days that the row is of: all days asked for, unless a calendar dimension cuts them. A week or a
// month at the edge holds only the days asked for.
func (r *Row) Period(d normalize.Dimension) normalize.DayRange {
	within := r.Account.Range
	var p normalize.DayRange
	switch d {
	case normalize.DimensionDate, normalize.DimensionHour:
		return normalize.DayRange{From: r.Date, To: r.Date.Add(1)}
	case normalize.DimensionWeek:
		p.From = r.Date.Monday()
		p.To = p.From.Add(7)
	case normalize.DimensionMonth:
		p.From = normalize.Day{Year: r.Date.Year, Month: r.Date.Month, Dom: 1}
		next := p.From.Add(31)
		p.To = normalize.Day{Year: next.Year, Month: next.Month, Dom: 1}
	default:
		return within
	}
	if p.From.Before(within.From) {
		p.From = within.From
	}
	if within.To.Before(p.To) {
		p.To = within.To
	}
	return p
}

// Totals are the sums of all rows of a report, whatever page of them was asked for. Values stand in the order of the
// schema's metrics; what has no total is absent.
type Totals struct {
	Currency   string // of Values; empty when the rows have several, and then amounts of money are absent
	Values     []normalize.Value
	ByCurrency []CurrencyTotals // only when the rows have several currencies
}

// CurrencyTotals are the sums of the rows of one currency.
type CurrencyTotals struct {
	Currency string
	Values   []normalize.Value
}
