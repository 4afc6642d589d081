package stream

import (
	"io"
	"strings"
)

// CSV writes RFC 4180: a line of names, then one line a row; an absent value is empty. There is no place for totals and
// meta.
type CSV struct {
	out
	flat
}

// NewCSV writes to w, an http.ResponseWriter or any other writer. Fields limits the columns; none is all.
func NewCSV(w io.Writer, s Schema, page Page, fields []string) *CSV {
	return &CSV{out: newOut(w, "text/csv; charset=utf-8; header=present"), flat: newFlat(s, page, fields)}
}

// Begin writes the names.
func (c *CSV) Begin() error {
	for i, col := range c.cols {
		c.comma(i)
		c.cell(col.Name)
	}
	c.text("\r\n")
	return nil
}

// Row writes one row when it is on the page.
func (c *CSV) Row(r *Row) error {
	if !c.next() {
		return nil
	}
	for i, col := range c.cols {
		c.comma(i)
		switch {
		case col.Metric >= 0:
			if v := r.Values[col.Metric]; v.OK {
				c.buf = v.D.Append(c.buf)
			}
		case col.text != nil:
			c.cell(col.text(r))
		default:
			c.buf = appendBool(c.buf, r.Final)
		}
	}
	c.text("\r\n")
	return c.spill()
}

func (c *CSV) comma(i int) {
	if i > 0 {
		c.buf = append(c.buf, ',')
	}
}

// cell quotes a text where it must be. Quotes in it are doubled; nothing else of it is touched.
func (c *CSV) cell(s string) {
	if !strings.ContainsAny(s, ",\"\r\n") && strings.TrimSpace(s) == s {
		c.text(s)
		return
	}
	c.buf = append(c.buf, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		c.text(s[:i+1])
		c.buf = append(c.buf, '"')
		s = s[i+1:]
	}
	c.text(s)
	c.buf = append(c.buf, '"')
}

// End writes what is left.
func (c *CSV) End(*Totals, *Meta) error { return c.write() }
