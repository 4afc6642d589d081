package providers

import (
	"context"
	"iter"
	"time"

	"github.com/admux/admux/normalize"
)

// Reports is what a platform can report. Either Stream, or Submit, Poll and Fetch, or all of them are set.
type Reports struct {
	Levels       []normalize.Level
	Dimensions   []normalize.Dimension
	Combinations string // which dimensions go together, in words, for a 422
	Metrics      []Metric
	Attributions []string // windows that a caller may choose; empty: the platform has no choice
	Gaps         []Gap    // where sums are not those of the level above, and why; nil: they are, to the last digit

	// Plan is pure and does no I/O: it refuses what the platform refuses (Kind Rejected, naming the combinations it
	// takes), cuts the range into windows, and picks sync or async.
	Plan func(ReportQuery) ([]Part, error)
	// Stream yields the rows of a part. It ends by its last row or by one error; a yielded row is valid until the next
	// one. Break frees the connection. Meta is complete when the sequence has ended.
	Stream func(context.Context, Part, *Meta) iter.Seq2[normalize.Row, error]
	Submit func(context.Context, Part) (Ticket, error)
	Poll   func(context.Context, Ticket) (Progress, error)
	Fetch  func(context.Context, Ticket, *Meta) iter.Seq2[normalize.Row, error]
	Cancel func(context.Context, Ticket) error
}

// Metric declares the source of one KPI: what docs, suite and meta say of it.
type Metric struct {
	KPI    normalize.Metric
	Source string // the platform's own column or expression
	// Levels and Dimensions that the KPI can be asked with; nil: all of Reports.
	Levels     []normalize.Level
	Dimensions []normalize.Dimension
	// Conversion tells KPIs that restate with the conversion horizon from those of delivery.
	Conversion bool
}

// KPIs lists the KPIs of the declared metrics.
func (r Reports) KPIs() []normalize.Metric {
	out := make([]normalize.Metric, len(r.Metrics))
	for i, m := range r.Metrics {
		out[i] = m.KPI
	}
	return out
}

// ReportQuery asks for rows. Metrics are base KPIs, all of them declared in Reports.Metrics: ratios are the gateway's.
// A metric that cannot be answered at this level or with these dimensions is left absent in the rows and named in
// Meta.Unsupported, unless nothing could be answered: then Plan refuses.
type ReportQuery struct {
	Orgs       []normalize.Organization
	Level      normalize.Level
	Dimensions []normalize.Dimension
	Metrics    []normalize.Metric
	Range      normalize.DayRange           // days of the account's zone
	Filter     map[normalize.Level][]string // ids; values ORed, levels ANDed
	Window     string                       // attribution asked; empty: the platform's default
	Now        time.Time
	Raw        bool // rows say what the platform calls the values of their dimensions
}

// Part is one piece of a planned report: one account, one window.
type Part struct {
	Query ReportQuery
	Org   normalize.Organization
	Async bool
	// Large says that the platform makes the part in a run of its own whichever way it is asked for: what outlives a process,
	// a job, submits it, so that the run is found again and no second one made. Of use where there are both ways.
	Large bool
	Meta  Meta // what is known before the first row
}

// Meta is what is known about the rows of a part.
type Meta struct {
	Attribution string // the window the platform used, in words
	Honoured    bool   // the asked window is the used one
	FinalUntil  normalize.Day
	Restates    int // days
	Lag         string
	Unsupported []normalize.Metric
	Left        []string // what the platform leaves out and why (thresholds, sampling): empty is complete
	RequestIDs  []string
}

// Ticket is the platform's own report id and what Fetch needs; stored, opaque to the gateway.
type Ticket []byte

// Progress of an asynchronous report.
type Progress struct {
	Done     bool
	Fraction float64
	Wait     time.Duration // until the next poll makes sense
}
