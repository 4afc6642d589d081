package stream

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/admux/admux/normalize"
)

// Change is what has become of a row.
type Change string

// The changes that there are.
const (
	Changed Change = "changed" // there are other numbers
	Added   Change = "added"   // there was no such row
	Removed Change = "removed" // there is none any more
)

// ChangesMeta says which readings of a connection were compared. A period is as in Cache.
type ChangesMeta struct {
	ComparedPeriods int          `json:"compared_periods"` // with what the platform says now
	FinalPeriods    int          `json:"final_periods"`    // that were final already: nothing of them can have changed
	UnreadPeriods   int          `json:"unread_periods"`   // that had never been read: nothing of them is told
	BaselineReadAt  *ReadingSpan `json:"baseline_read_at,omitempty"`
}

// ReadingSpan is when the oldest and the newest of several readings were.
type ReadingSpan struct {
	Min time.Time `json:"min"`
	Max time.Time `json:"max"`
}

// Add takes a reading into the span.
func (s *ReadingSpan) Add(at time.Time) *ReadingSpan {
	if s == nil {
		return &ReadingSpan{at, at}
	}
	if at.Before(s.Min) {
		s.Min = at
	}
	if at.After(s.Max) {
		s.Max = at
	}
	return s
}

// ChangesWriter writes rows that have changed, as Writer writes rows. Of a row that was added there is no old one, of one
// that was removed no new one.
type ChangesWriter interface {
	Begin() error
	Change(c Change, old, now *Row) error
	End(*Meta) error
	Sent() bool
	Fail(error)
}

// The columns that rows of changes have besides those of what they are of.
const (
	columnChange = "change"
	columnOld    = "old"
	columnNew    = "new"
)

// changed is what is common to the shapes of changes: columns of what a row is of, and its KPIs apart.
type changed struct {
	flat
	kpis []Column
	keys []string // `"name":`, of kpis
}

func newChanged(s Schema) changed {
	c := changed{flat: newFlat(s, Page{}, nil)}
	var keys []string
	for i, col := range slices.Clone(c.cols) {
		if col.Metric >= 0 {
			c.kpis, c.keys = append(c.kpis, col), append(c.keys, c.flat.keys[i])
		} else {
			keys = append(keys, c.flat.keys[i])
		}
	}
	c.cols = slices.DeleteFunc(slices.Clone(c.cols), func(col Column) bool { return col.Metric >= 0 })
	c.flat.keys = keys
	return c
}

// object appends a change as a JSON object.
func (c *changed) object(b []byte, change Change, old, now *Row) []byte {
	of := now
	if of == nil {
		of = old
	}
	b = c.flat.object(b, of)
	b = append(b[:len(b)-1], `,"`+columnChange+`":"`+string(change)+`"`...)
	if old != nil {
		b = c.numbers(append(b, `,"`+columnOld+`":`...), old)
	}
	if now != nil {
		b = c.numbers(append(b, `,"`+columnNew+`":`...), now)
	}
	return append(b, '}')
}

// numbers appends the KPIs of a row as a JSON object; an absent one is left out.
func (c *changed) numbers(b []byte, r *Row) []byte {
	b = append(b, '{')
	start := len(b)
	for i, col := range c.kpis {
		if v := r.Values[col.Metric]; v.OK {
			if len(b) > start {
				b = append(b, ',')
			}
			b = v.D.Append(append(b, c.keys[i]...))
		}
	}
	return append(b, '}')
}

// ChangesTable writes {columns, rows, meta}.
type ChangesTable struct {
	out
	changed
	any bool
}

// NewChangesTable writes to w, an http.ResponseWriter or any other writer.
func NewChangesTable(w io.Writer, s Schema) *ChangesTable {
	return &ChangesTable{out: newOut(w, "application/json"), changed: newChanged(s)}
}

// Begin opens the answer.
func (t *ChangesTable) Begin() error {
	t.text(`{"columns":[`)
	for _, c := range t.cols {
		t.quote(c.Name)
		t.text(",")
	}
	t.text(`"` + columnChange + `","` + columnOld + `","` + columnNew + `"],"rows":[`)
	return nil
}

// Change writes a row.
func (t *ChangesTable) Change(c Change, old, now *Row) error {
	if t.any {
		t.text(",\n")
	}
	t.any = true
	t.buf = t.object(t.buf, c, old, now)
	return t.spill()
}

// End writes meta.
func (t *ChangesTable) End(meta *Meta) error {
	b, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	t.text(`],"meta":`)
	t.buf = append(t.buf, b...)
	t.text("}\n")
	return t.write()
}

// ChangesNDJSON writes one object a line.
type ChangesNDJSON struct {
	NDJSON
	changed
}

// NewChangesNDJSON writes to w; problem is how a failure is told.
func NewChangesNDJSON(w io.Writer, s Schema, problem func(error) any) *ChangesNDJSON {
	return &ChangesNDJSON{NDJSON: *NewNDJSON(w, s, Page{}, nil, problem), changed: newChanged(s)}
}

// Change writes a row.
func (n *ChangesNDJSON) Change(c Change, old, now *Row) error {
	n.buf = append(n.changed.object(n.buf, c, old, now), '\n')
	return n.spill()
}

// End writes what is left.
func (n *ChangesNDJSON) End(*Meta) error { return n.write() }

// ChangesCSV writes a line of names, then one line a row: for each KPI its old value and its new one.
type ChangesCSV struct {
	CSV
	changed
}

// NewChangesCSV writes to w.
func NewChangesCSV(w io.Writer, s Schema) *ChangesCSV {
	return &ChangesCSV{CSV: *NewCSV(w, s, Page{}, nil), changed: newChanged(s)}
}

// Begin writes the names.
func (c *ChangesCSV) Begin() error {
	for _, col := range c.changed.cols {
		c.buf = appendCell(c.buf, col.Name)
		c.text(",")
	}
	c.text(columnChange)
	for _, col := range c.kpis {
		c.text(",")
		c.buf = appendCell(c.buf, col.Name+"_"+columnOld)
		c.text(",")
		c.buf = appendCell(c.buf, col.Name+"_"+columnNew)
	}
	c.text("\r\n")
	return nil
}

// Change writes a row.
func (c *ChangesCSV) Change(change Change, old, now *Row) error {
	of := now
	if of == nil {
		of = old
	}
	for _, col := range c.changed.cols {
		if col.text != nil {
			c.buf = appendCell(c.buf, col.text(of))
		} else {
			c.buf = appendBool(c.buf, of.Final)
		}
		c.text(",")
	}
	c.text(string(change))
	for _, col := range c.kpis {
		for _, r := range []*Row{old, now} {
			c.text(",")
			if r != nil {
				c.number(r.Values[col.Metric])
			}
		}
	}
	c.text("\r\n")
	return c.spill()
}

func (c *ChangesCSV) number(v normalize.Value) {
	if v.OK {
		c.buf = v.D.Append(c.buf)
	}
}

// End writes what is left.
func (c *ChangesCSV) End(*Meta) error { return c.write() }
