package stream

import (
	"encoding/json"
	"io"

	"github.com/admux/admux/normalize"
)

// Table writes {columns, rows, totals, meta}: one flat object a row, an absent value an absent key. meta is the last,
// because only then it is true.
type Table struct {
	out
	flat
	any bool
}

// NewTable writes to w, an http.ResponseWriter or any other writer. Fields limits the columns; none is all.
func NewTable(w io.Writer, s Schema, page Page, fields []string) *Table {
	return &Table{out: newOut(w, "application/json"), flat: newFlat(s, page, fields)}
}

// Begin opens the answer.
func (t *Table) Begin() error {
	t.text(`{"columns":[`)
	for i, c := range t.cols {
		if i > 0 {
			t.text(",")
		}
		t.quote(c.Name)
	}
	if t.raw != nil {
		if len(t.cols) > 0 {
			t.text(",")
		}
		t.quote(ColumnRaw)
	}
	t.text(`],"rows":[`)
	return nil
}

// Row writes one row when it is on the page.
func (t *Table) Row(r *Row) error {
	if !t.next() {
		return nil
	}
	if t.any {
		t.text(",\n")
	}
	t.any = true
	t.buf = t.object(t.buf, r)
	return t.spill()
}

// End writes totals and meta.
func (t *Table) End(totals *Totals, meta *Meta) error {
	t.text(`],"totals":`)
	t.totals(totals.Currency, totals.Values)
	if len(totals.ByCurrency) > 0 {
		t.text(`,"totals_by_currency":[`)
		for i, c := range totals.ByCurrency {
			if i > 0 {
				t.text(",")
			}
			t.totals(c.Currency, c.Values)
		}
		t.text("]")
	}
	t.text(`,"meta":`)
	b, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	t.buf = append(t.buf, b...)
	t.text("}\n")
	return t.write()
}

func (t *Table) totals(currency string, values []normalize.Value) {
	t.text("{")
	start := len(t.buf)
	for i, c := range t.cols {
		if c.Metric >= 0 && c.Metric < len(values) && values[c.Metric].OK {
			if len(t.buf) > start {
				t.text(",")
			}
			t.text(t.keys[i])
			t.buf = values[c.Metric].D.Append(t.buf)
		}
	}
	if currency != "" {
		if len(t.buf) > start {
			t.text(",")
		}
		t.text(`"currency":`)
		t.quote(currency)
	}
	t.text("}")
}
