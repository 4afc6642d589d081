package stream

import (
	"time"

	"github.com/admux/admux/normalize"
)

// Meta says what the numbers of a report are. What all connections agree on stands at the top as well.
type Meta struct {
	Level       normalize.Level             `json:"level"`
	Type        []normalize.Metric          `json:"type"`
	Dimension   []normalize.Dimension       `json:"dimension,omitempty"`
	Rows        int64                       `json:"rows"` // of the whole report, also when a page of it was asked for
	Limit       int                         `json:"limit,omitempty"`
	Offset      int                         `json:"offset,omitempty"`
	Sort        string                      `json:"sort,omitempty"`
	Order       string                      `json:"order,omitempty"`
	Additivity  map[normalize.Metric]string `json:"additivity"` // why a KPI has no total
	DataAsOf    time.Time                   `json:"data_as_of,omitzero"`
	Since       time.Time                   `json:"since,omitzero"` // of changes: the moment that they are counted from
	Unsupported []normalize.Metric          `json:"unsupported"`    // asked, and no platform of the report has a number
	Quality     Quality                     `json:"quality"`
	Shared
	Connections []ConnectionMeta `json:"connections"`
	Errors      []Failure        `json:"errors,omitempty"` // connections whose numbers are not in the report
}

// Failure is a connection that a report had to leave out, and why.
type Failure struct {
	ConnectionID string `json:"connection_id"`
	Platform     string `json:"platform,omitempty"`
	Problem      any    `json:"problem"` // as the call would have been answered
}

// Shared is what a connection says of its numbers. A field is left out where it is unknown or where the parts differ.
type Shared struct {
	Attribution     *Attribution  `json:"attribution,omitempty"`
	Currency        string        `json:"currency,omitempty"`
	TimeZone        string        `json:"time_zone,omitempty"`
	StartGTE        normalize.Day `json:"start_gte,omitzero"`
	EndLT           normalize.Day `json:"end_lt,omitzero"`
	FinalUntil      normalize.Day `json:"final_until,omitzero"` // the last day whose numbers no longer change
	RestatesForDays int           `json:"restates_for_days,omitempty"`
	DataLag         string        `json:"data_lag,omitempty"`
}

// ConnectionMeta says what the numbers of one connection are.
type ConnectionMeta struct {
	ConnectionID string             `json:"connection_id"`
	Platform     string             `json:"platform"`
	DataAsOf     time.Time          `json:"data_as_of"`
	Unsupported  []normalize.Metric `json:"unsupported"`
	Quality      Quality            `json:"quality"`
	Shared
	Conversion *Conversion   `json:"conversion,omitempty"` // of amounts into the currency asked for
	Cache      *Cache        `json:"cache,omitempty"`      // what was not asked for again; absent: there is no cache
	Changes    *ChangesMeta  `json:"changes,omitempty"`
	Accounts   []AccountMeta `json:"accounts"`
	Requests   int           `json:"requests"`    // how many of the platform's request ids there were
	RequestIDs []string      `json:"request_ids"` // the first of them
}

// AccountMeta says in which currency and zone an account's numbers are.
type AccountMeta struct {
	OrganizationID   string        `json:"organization_id"`
	OrganizationName string        `json:"organization_name,omitempty"`
	Currency         string        `json:"currency,omitempty"`
	TimeZone         string        `json:"time_zone"`
	StartGTE         normalize.Day `json:"start_gte"`
	EndLT            normalize.Day `json:"end_lt"`
	FinalUntil       normalize.Day `json:"final_until,omitzero"`
}

// Attribution is the window that was asked for and the one behind the numbers, in the platform's words.
type Attribution struct {
	Asked    string `json:"asked"`
	Used     string `json:"used,omitempty"`
	Honoured bool   `json:"honoured"`
}

// Cache says what of a connection's numbers was read earlier. A period is what one row is of, a day, a week, a month or
// the whole range, of one account.
type Cache struct {
	UsedPeriods  int       `json:"used_periods"` // of final days, answered from what was read before
	ReadPeriods  int       `json:"read_periods"` // read from the platform for this report
	OldestReadAt time.Time `json:"oldest_read_at,omitzero"`
	Kept         bool      `json:"kept"` // what was read is kept
}

// Quality tells whether the numbers are whole.
type Quality struct {
	Complete bool     `json:"complete"`
	LeftOut  []string `json:"left_out"` // what the platform leaves out, and why
	// Of reconcile=true: what was compared, and what is not the same. Over several connections, each says what it compared.
	Reconciled  *Reconciled  `json:"reconciled,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Reconciled says what the sums of a report were compared with.
type Reconciled struct {
	Level       normalize.Level    `json:"level"` // whose own numbers they were compared with
	Type        []normalize.Metric `json:"type"`
	Entities    int                `json:"entities"`
	Differences int                `json:"differences"` // all of them; at most some are listed, the largest first
}

// Difference is a sum of a report that is not the number of the object above. A number is absent where there is no row.
type Difference struct {
	ConnectionID   string             `json:"connection_id"`
	OrganizationID string             `json:"organization_id"`
	Level          normalize.Level    `json:"level"` // of the object above
	ID             string             `json:"id"`
	Name           string             `json:"name,omitempty"`
	Type           normalize.Metric   `json:"type"`
	ThisLevel      *normalize.Decimal `json:"this_level,omitempty"`
	LevelAbove     *normalize.Decimal `json:"level_above,omitempty"`
	Difference     normalize.Decimal  `json:"difference"` // this level's less the level above's
	Currency       string             `json:"currency,omitempty"`
	Reason         string             `json:"reason,omitempty"` // as far as the platform is known for it
}
