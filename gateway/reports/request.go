package reports

import (
	"time"
	_ "time/tzdata" // days are of the accounts' zones also in a container that has no zone files

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// Format is the shape of an answer.
type Format string

// The shapes that there are.
const (
	FormatJSON  Format = "json"  // the contract's array of AdsReport
	FormatTable Format = "table" // flat rows, totals and meta
	// The streams below have one flat row after the other. Parquet has totals and meta in the file's own metadata.
	FormatNDJSON  Format = "ndjson"
	FormatCSV     Format = "csv"
	FormatParquet Format = "parquet"
)

// totals tells whether the shape has a place for totals.
func (f Format) totals() bool { return f == FormatTable || f == FormatParquet }

// Request is what a caller asks for, checked as far as it can be without knowing the platform.
type Request struct {
	Metrics     []normalize.Metric
	Level       normalize.Level
	Dimensions  []normalize.Dimension
	Start, End  Bound // End is exclusive
	Orgs        []string
	Filter      map[normalize.Level][]string // ids; values ORed, levels ANDed
	Attribution string                       // empty: the platform's default
	Currency    string                       // empty: the accounts' own
	Round       bool                         // amounts are rounded to their currency's digits
	Query       string                       // in the names of the level's entities; lower case
	Fields      []string                     // of the objects or columns; empty: all
	Format      Format
	Sort        string // a column, or sortName; empty: by account and id where an order is needed
	Desc        bool
	Page        stream.Page
	Bypass      bool // nothing that is kept is answered with
	Partial     bool // a connection that fails is left out and named, in place of failing the report
	Several     bool // the path names several connections, or all
	Raw         bool // the platform's own values of dimensions are answered too
	Reconcile   bool // sums are compared with those of the level above

	// Wait is how long a caller waits for a report that is made in the background; negative: he did not say.
	Wait time.Duration

	// wide is set where answers are kept: what totals need is asked for in every shape, so that each can be made of them.
	wide bool

	// compared is set for a report that is compared with an earlier one, row by row.
	compared bool

	// whole is set for a report that is kept, to be written in any shape later.
	whole bool
}

// totals tells whether the report is added up.
func (r *Request) totals() bool { return r.whole || r.Format.totals() }

// sortName orders by the name of the level's entity.
const sortName = "name"

// Schema says what the answer's rows hold.
func (r *Request) Schema() stream.Schema {
	return stream.Schema{Level: r.Level, Dimensions: r.Dimensions, Metrics: r.Metrics, Connections: r.Several, Raw: r.Raw}
}

// ordered tells whether rows have to be sorted before the first can leave: to be put together, ordered or paged (a
// page of rows in no order would not be the same page twice), because rows of a connection that fails later must not have
// left, or because the report is kept.
func (r *Request) ordered() bool {
	return r.whole || r.compared || r.Partial || r.Format == FormatJSON || r.Sort != "" || r.Desc || r.Page != stream.Page{}
}

// Bound is where a range starts or ends: a calendar day of whatever zone, or an instant. The zero value is not given.
type Bound struct {
	Day normalize.Day
	At  time.Time
}

// IsZero tells whether the bound was not given.
func (b Bound) IsZero() bool { return b.Day.IsZero() && b.At.IsZero() }

// In returns the bound as a day of a zone. ok is false for an instant that is not the beginning of a day there.
func (b Bound) In(zone *time.Location) (d normalize.Day, ok bool) {
	if b.At.IsZero() {
		return b.Day, true
	}
	d = normalize.DayOf(b.At.In(zone))
	return d, d.Start(zone).Equal(b.At)
}

// defaultDays is how many whole days are answered when a caller names none.
const defaultDays = 7

// maxDays bounds a range: longer than any platform keeps numbers (Google's monthly ones: 11 years).
const maxDays = 366 * 12

// Days returns the range in the days of an account's zone. What is left out is the last seven whole days: an end is
// today, a start seven days before the end.
func (r *Request) Days(zone *time.Location, account string, now time.Time) (normalize.DayRange, error) {
	var days normalize.DayRange
	var wrong []problem.Field
	bound := func(name string, b Bound, fallback normalize.Day) normalize.Day {
		if b.IsZero() {
			return fallback
		}
		d, ok := b.In(zone)
		if !ok {
			wrong = append(wrong, problem.Field{Field: name, In: "query",
				Message: "is not the beginning of a day in " + zone.String() + ", the time zone of account " + account + "; a date (YYYY-MM-DD) always is"})
		}
		return d
	}
	days.To = bound("end_lt", r.End, normalize.DayOf(now.In(zone)))
	days.From = bound("start_gte", r.Start, days.To.Add(-defaultDays))
	if len(wrong) > 0 {
		return days, problem.InvalidFields(wrong...)
	}
	switch {
	case !days.From.Before(days.To) && r.End.IsZero():
		return days, invalid("start_gte", "is not before "+days.To.String()+", today in "+zone.String()+", which is the end when end_lt is left out")
	case !days.From.Before(days.To):
		return days, invalid("start_gte", "is not before end_lt, which is exclusive")
	case days.Len() > maxDays:
		return days, invalid("start_gte", "is more than twelve years before end_lt; no platform keeps numbers that long")
	}
	return days, nil
}

// invalid refuses one parameter of the query.
func invalid(name, message string) *problem.Error {
	return problem.InvalidFields(problem.Field{Field: name, In: "query", Message: message})
}
