package stream

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
)

// Schema says what the rows of a report hold, and in which order.
type Schema struct {
	Level      normalize.Level
	Dimensions []normalize.Dimension
	Metrics    []normalize.Metric
	// Connections says that a report is over several connections: then each object of the contract names its own, as each
	// row of a table always does.
	Connections bool
	Raw         bool // rows say what the platform calls the values of their dimensions
}

// Column is one column of a table: a text, a number (Metric >= 0) or is_final.
type Column struct {
	Name   string
	Metric int // position in Schema.Metrics; -1 for what is no KPI

	text func(*Row) string // nil for a number and for is_final
}

// Text returns the column's text of a row; empty when there is none, and for numbers.
func (c Column) Text(r *Row) string {
	if c.text == nil {
		return ""
	}
	return c.text(r)
}

// ColumnRaw is what a platform calls the values of a row's dimensions. It is there only where it is named.
const ColumnRaw = "raw"

// ColumnFinal is the column that tells whether a row can still change.
const ColumnFinal = "is_final"

// Columns lists the columns of a table in order: connection, entities from the account down to the level, dimensions,
// KPIs, currency, and is_final where days are told apart.
func (s Schema) Columns() []Column {
	cols := []Column{
		text("connection_id", func(r *Row) string { return r.Account.Connection }),
		text("platform", func(r *Row) string { return r.Account.Platform }),
	}
	for _, l := range s.Level.Above() {
		of := entity(l)
		cols = append(cols, text(string(l)+"_id", func(r *Row) string { return of(r).ID }))
		if l != normalize.LevelOrganization || s.Level == l {
			cols = append(cols, text(string(l)+"_name", func(r *Row) string { return of(r).Name }))
		}
	}
	for i, d := range s.Dimensions {
		cols = append(cols, text(DimensionColumn(d), func(r *Row) string { return r.Dims[i] }))
	}
	for i, m := range s.Metrics {
		cols = append(cols, Column{Name: strings.ToLower(string(m)), Metric: i})
	}
	cols = append(cols, text("currency", func(r *Row) string { return r.Currency }))
	if s.Calendar() != "" {
		cols = append(cols, Column{Name: ColumnFinal, Metric: -1})
	}
	return cols
}

// entity finds a level's entity in a row, without looking for the level in each.
func entity(l normalize.Level) func(*Row) *normalize.Entity {
	switch l {
	case normalize.LevelOrganization:
		return func(r *Row) *normalize.Entity { return &r.Organization }
	case normalize.LevelCampaign:
		return func(r *Row) *normalize.Entity { return &r.Campaign }
	case normalize.LevelGroup:
		return func(r *Row) *normalize.Entity { return &r.Group }
	case normalize.LevelAd:
		return func(r *Row) *normalize.Entity { return &r.Ad }
	case normalize.LevelCreative:
		return func(r *Row) *normalize.Entity { return &r.Creative }
	}
	return func(r *Row) *normalize.Entity { return &r.Keyword }
}

func text(name string, f func(*Row) string) Column { return Column{Name: name, Metric: -1, text: f} }

// DimensionColumn is a dimension's name in tables and files. PLATFORM would collide with the column that names the
// connection's own platform.
func DimensionColumn(d normalize.Dimension) string {
	if d == normalize.DimensionPlatform {
		return "publisher_platform"
	}
	return strings.ToLower(string(d))
}

// Calendar returns the dimension that tells days, weeks or months apart; empty when none does.
func (s Schema) Calendar() normalize.Dimension {
	if i := s.calendar(); i >= 0 {
		return s.Dimensions[i]
	}
	return ""
}

// calendar is the position of Calendar: of DATE and HOUR together, DATE.
func (s Schema) calendar() int {
	if i := slices.Index(s.Dimensions, normalize.DimensionDate); i >= 0 {
		return i
	}
	return slices.IndexFunc(s.Dimensions, IsCalendar)
}

// IsCalendar tells whether a dimension cuts time.
func IsCalendar(d normalize.Dimension) bool {
	switch d {
	case normalize.DimensionDate, normalize.DimensionHour, normalize.DimensionWeek, normalize.DimensionMonth:
		return true
	}
	return false
}

// wanted keeps the columns named in fields; no fields is all.
func wanted(cols []Column, fields []string) []Column {
	if len(fields) == 0 {
		return cols
	}
	return slices.DeleteFunc(slices.Clone(cols), func(c Column) bool { return !slices.Contains(fields, c.Name) })
}
