package stream

import (
	"io"
	"strings"
	"unicode/utf8"
)

// CSV writes RFC 4180: a line of names, then one line a row; an absent value is empty. There is no place for totals and
// meta.
type CSV struct {
	out
	flat
	told []cell // of each column, the last one: texts are often those of the row before
}

// cell is a text and what it is in CSV, after the comma of the cell before.
type cell struct {
	text string
	csv  []byte
}

// NewCSV writes to w, an http.ResponseWriter or any other writer. Fields limits the columns; none is all.
func NewCSV(w io.Writer, s Schema, page Page, fields []string) *CSV {
	c := &CSV{out: newOut(w, "text/csv; charset=utf-8; header=present"), flat: newFlat(s, page, fields)}
	c.told = make([]cell, len(c.cols))
	return c
}

// Begin writes the names.
func (c *CSV) Begin() error {
	for i, col := range c.cols {
		if i > 0 {
			c.text(",")
		}
		c.buf = appendCell(c.buf, col.Name)
	}
	c.text("\r\n")
	return nil
}

// Row writes one row when it is on the page.
func (c *CSV) Row(r *Row) error {
	if !c.next() {
		return nil
	}
	b := c.buf
	for i := range c.cols {
		col := &c.cols[i]
		if col.text != nil {
			told := &c.told[i]
			if text := col.text(r); text != told.text || told.csv == nil {
				told.text = text
				if told.csv = told.csv[:0]; i > 0 {
					told.csv = append(told.csv, ',')
				}
				told.csv = appendCell(told.csv, text)
			}
			b = append(b, told.csv...)
			continue
		}
		if i > 0 {
			b = append(b, ',')
		}
		if col.Metric < 0 {
			b = appendBool(b, r.Final)
		} else if v := &r.Values[col.Metric]; v.OK {
			b = v.D.Append(b)
		}
	}
	c.buf = append(b, '\r', '\n')
	return c.spill()
}

// appendCell quotes a text where it must be. Quotes in it are doubled; nothing else of it is touched.
func appendCell(b []byte, s string) []byte {
	if bare(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		b = append(append(b, s[:i+1]...), '"')
		s = s[i+1:]
	}
	return append(append(b, s...), '"')
}

// bare tells a text that needs no quotes.
func bare(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\r', '\n':
			return false
		}
	}
	return s == "" || s[0] > ' ' && s[0] < utf8.RuneSelf && s[len(s)-1] > ' ' && s[len(s)-1] < utf8.RuneSelf || strings.TrimSpace(s) == s
}

// End writes what is left.
func (c *CSV) End(*Totals, *Meta) error { return c.write() }
