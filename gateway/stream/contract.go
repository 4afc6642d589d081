package stream

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/normalize"
)

// ReportFields are the fields of an AdsReport that can be answered.
func ReportFields() []string {
	return []string{"id", "connection_id", "platform", "organization_id", "currency", "start_at", "end_at", "metrics"}
}

// Contract writes an array of AdsReport: one object an entity, or one an entity and period when a calendar dimension
// comes with another one. Rows of one object must come one after the other.
type Contract struct {
	out
	schema Schema
	page   Page
	show   map[string]bool

	period int // the dimension that cuts objects; -1 when none does
	dim    int // the dimension of the metrics; -1 when there is none
	heads  []string

	open    bool // an object has begun
	shown   bool // and is on the page
	n       int  // objects so far
	written int
	first   bool // no metric of the object yet
	bare    bool // nor another field
	last    struct {
		account    *Account
		id, period string
	}
	entity []byte              // `,"campaign":{…}` of the object
	tail   []byte              // what follows the number, of the row
	raw    map[string][]string // of the object: for each value of the dimension, the platform's own
}

// NewContract writes to w, an http.ResponseWriter or any other writer. Fields limits the fields of the objects; none
// is all. The schema has at most one dimension besides a calendar one.
func NewContract(w io.Writer, s Schema, page Page, fields []string) *Contract {
	c := &Contract{out: newOut(w, "application/json"), schema: s, page: page, show: map[string]bool{}}
	c.period, c.dim = s.split()
	for _, f := range ReportFields() {
		c.show[f] = len(fields) == 0 || slices.Contains(fields, f)
	}
	if s.Raw {
		c.raw = map[string][]string{}
	}
	for _, m := range s.Metrics {
		c.heads = append(c.heads, `{"type":`+string(appendQuote(nil, string(m)))+`,"value":`)
	}
	return c
}

// split tells which dimension cuts objects and which one the metrics carry.
func (s Schema) split() (period, dim int) {
	cal := s.calendar()
	if len(s.Dimensions) == 1 || cal < 0 {
		return -1, len(s.Dimensions) - 1
	}
	return cal, slices.IndexFunc(s.Dimensions, func(d normalize.Dimension) bool { return d != s.Dimensions[cal] })
}

// Begin opens the array.
func (c *Contract) Begin() error {
	c.text("[")
	return nil
}

// Row adds the row's metrics to its object.
func (c *Contract) Row(r *Row) error {
	id, period := r.Entity(c.schema.Level).ID, ""
	if c.period >= 0 {
		period = r.Dims[c.period]
	}
	if !c.open || c.last.account != r.Account || c.last.id != id || c.last.period != period {
		c.close()
		c.last.account, c.last.id, c.last.period = r.Account, id, period
		c.start(r)
	}
	if c.shown && c.show["metrics"] {
		c.metrics(r)
	}
	if c.raw != nil && c.dim >= 0 && c.dim < len(r.Raw) && len(r.Raw[c.dim]) > 0 {
		c.raw[strings.Clone(r.Dims[c.dim])] = r.Raw[c.dim]
	}
	return c.spill()
}

func (c *Contract) start(r *Row) {
	c.open, c.first = true, true
	clear(c.raw)
	c.shown = c.page.has(c.n)
	c.n++
	if !c.shown {
		return
	}
	if c.written > 0 {
		c.text(",\n")
	}
	c.written++
	days := r.Account.Range
	if c.period >= 0 {
		days = r.Period(c.schema.Dimensions[c.period])
	}
	c.text("{")
	start := len(c.buf)
	c.field(start, "id", c.objectID(r, days))
	if c.schema.Connections {
		c.field(start, "connection_id", r.Account.Connection)
		c.field(start, "platform", r.Account.Platform)
	}
	c.field(start, "organization_id", r.Account.ID)
	c.field(start, "currency", r.Currency)
	c.field(start, "start_at", days.From.Start(r.Account.Zone).UTC().Format(time.RFC3339))
	c.field(start, "end_at", days.To.Start(r.Account.Zone).UTC().Format(time.RFC3339))
	if c.show["metrics"] {
		if len(c.buf) > start {
			c.text(",")
		}
		c.text(`"metrics":[`)
	}
	c.bare = len(c.buf) == start
	c.entity = c.entity[:0]
	for _, l := range c.schema.Level.Above()[1:] {
		c.appendEntity(l, r.Entity(l))
	}
}

// objectID is the same at every call with the same days: the level, the account, the entity, the first day and the
// day after the last.
func (c *Contract) objectID(r *Row, days normalize.DayRange) string {
	id := string(c.schema.Level) + ":" + r.Account.ID
	if c.schema.Level != normalize.LevelOrganization {
		id += ":" + r.Entity(c.schema.Level).ID
	}
	return id + ":" + days.From.String() + ":" + days.To.String()
}

func (c *Contract) field(start int, name, value string) {
	if !c.show[name] || value == "" {
		return
	}
	if len(c.buf) > start {
		c.text(",")
	}
	c.quote(name)
	c.text(":")
	c.quote(value)
}

func (c *Contract) appendEntity(l normalize.Level, e normalize.Entity) {
	if e.ID == "" {
		return
	}
	b := append(c.entity, ',', '"')
	b = append(b, l...)
	b = append(b, `":{"id":`...)
	b = appendQuote(b, e.ID)
	if e.Name != "" {
		b = append(b, `,"name":`...)
		b = appendQuote(b, e.Name)
	}
	c.entity = append(b, '}')
}

func (c *Contract) metrics(r *Row) {
	c.tail = c.tail[:0]
	if c.dim >= 0 {
		c.tail = append(c.tail, `,"dimension":"`...)
		c.tail = append(c.tail, c.schema.Dimensions[c.dim]...)
		c.tail = append(c.tail, `","dimension_value":`...)
		c.tail = appendQuote(c.tail, r.Dims[c.dim])
	}
	c.tail = append(c.tail, c.entity...)
	c.tail = append(c.tail, '}')
	for i, v := range r.Values {
		if !v.OK {
			continue
		}
		if !c.first {
			c.buf = append(c.buf, ',')
		}
		c.first = false
		c.text(c.heads[i])
		c.buf = v.D.Append(c.buf)
		c.buf = append(c.buf, c.tail...)
	}
}

func (c *Contract) close() {
	if c.open && c.shown {
		if c.show["metrics"] {
			c.text("]")
		}
		if len(c.raw) > 0 {
			c.own()
		}
		c.text("}")
	}
	c.open = false
}

// own writes what the platform calls the values of the object's dimension: "raw":{"device":{"MOBILE":["iphone"]}}.
func (c *Contract) own() {
	if !c.bare {
		c.text(",")
	}
	c.text(`"raw":{`)
	c.quote(DimensionColumn(c.schema.Dimensions[c.dim]))
	c.text(":{")
	for i, value := range slices.Sorted(maps.Keys(c.raw)) {
		if i > 0 {
			c.text(",")
		}
		c.quote(value)
		c.text(":")
		c.buf = appendTexts(c.buf, c.raw[value])
	}
	c.text("}}")
}

// End closes the array: the contract has no place for totals and meta.
func (c *Contract) End(*Totals, *Meta) error {
	c.close()
	c.text("]\n")
	return c.write()
}
