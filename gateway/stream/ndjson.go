package stream

import (
	"encoding/json"
	"io"
)

// NDJSON writes one flat JSON object a line. There is no place for totals and meta.
type NDJSON struct {
	out
	flat
	problem func(error) any
}

// NewNDJSON writes to w, an http.ResponseWriter or any other writer. Fields limits the columns; none is all. problem is how
// a failure is told.
func NewNDJSON(w io.Writer, s Schema, page Page, fields []string, problem func(error) any) *NDJSON {
	return &NDJSON{out: newOut(w, "application/x-ndjson"), flat: newFlat(s, page, fields), problem: problem}
}

// Begin does nothing: lines need no frame.
func (n *NDJSON) Begin() error { return nil }

// Row writes one row when it is on the page.
func (n *NDJSON) Row(r *Row) error {
	if !n.next() {
		return nil
	}
	n.buf = append(n.object(n.buf, r), '\n')
	return n.spill()
}

// End writes what is left.
func (n *NDJSON) End(*Totals, *Meta) error { return n.write() }

// Fail ends the lines with one that says why there are no more.
func (n *NDJSON) Fail(err error) {
	line, merr := json.Marshal(map[string]any{"error": n.problem(err)})
	if merr != nil {
		n.out.Fail(err)
	}
	n.buf = append(append(n.buf, line...), '\n')
	_ = n.write() // a caller who has left is nobody's error
}
