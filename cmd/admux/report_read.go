package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// cell is one value of a report as the gateway sent it: no digit is touched. Nil is a value that the platform does not
// have.
type cell = json.RawMessage

// rowSink takes a report row by row. End gets the lines of totals, in the order of the columns: that over everything, and
// where the accounts have several currencies, one of each.
type rowSink interface {
	Begin(columns []string) error
	Row(cells []cell) error
	End(totals [][]cell) error
}

// tableMeta is what the CLI reads of a report's meta.
type tableMeta struct {
	Rows        *int     `json:"rows"` // of the whole report, of which a page may have been asked for
	Limit       int      `json:"limit"`
	Offset      int      `json:"offset"`
	Unsupported []string `json:"unsupported"`
	Quality     struct {
		LeftOut []string `json:"left_out"`
	} `json:"quality"`
	Errors []struct {
		Connection string  `json:"connection_id"`
		Platform   string  `json:"platform"`
		Problem    problem `json:"problem"`
	} `json:"errors"`
}

// here is how many rows of the report the answer holds.
func (m *tableMeta) here() int {
	n := max(0, *m.Rows-m.Offset)
	if m.Limit > 0 {
		n = min(n, m.Limit)
	}
	return n
}

// notes are what a reader of the numbers has to know.
func (m *tableMeta) notes() []string {
	var out []string
	for _, left := range m.Quality.LeftOut {
		out = append(out, "left out: "+left)
	}
	for _, e := range m.Errors {
		out = append(out, fmt.Sprintf("failed: %s (%s): %v", e.Connection, e.Platform, e.Problem.err(e.Problem.Status)))
	}
	if len(m.Unsupported) > 0 {
		out = append(out, "the platform has no number for: "+strings.Join(m.Unsupported, ", "))
	}
	return out
}

// tableReader walks {"columns":[…],"rows":[…],"totals":{…},"meta":{…}} without holding the rows.
type tableReader struct {
	dec     *json.Decoder
	sink    rowSink
	columns []string
	rows    int
	totals  []map[string]cell
	meta    tableMeta
	seen    map[string]bool
	told    func(rows int) // after each row
}

// readTable passes a report in its table form on to a sink. An answer that ends early, that is not what it should be, or
// whose rows are not as many as its meta says, is an error.
func readTable(body io.Reader, sink rowSink, told func(rows int)) (tableMeta, error) {
	t := &tableReader{dec: json.NewDecoder(body), sink: sink, seen: map[string]bool{}, told: told}
	t.dec.UseNumber()
	if err := t.read(); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return tableMeta{}, fmt.Errorf("the report broke off after %d rows: %w", t.rows, err)
	}
	for _, name := range []string{"columns", "rows", "meta"} {
		if !t.seen[name] {
			return tableMeta{}, fmt.Errorf("the report has no %s", name)
		}
	}
	if t.meta.Rows != nil && t.meta.here() != t.rows {
		return tableMeta{}, fmt.Errorf("the report has %d rows, by its meta it should have %d", t.rows, t.meta.here())
	}
	totals := make([][]cell, len(t.totals))
	for i, row := range t.totals {
		totals[i] = t.cells(row)
	}
	return t.meta, sink.End(totals)
}

func (t *tableReader) read() error {
	if err := t.expect(json.Delim('{')); err != nil {
		return err
	}
	for t.dec.More() {
		token, err := t.dec.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return errors.New("not the JSON of a table")
		}
		if err := t.member(name); err != nil {
			return err
		}
		t.seen[name] = true
	}
	if err := t.expect(json.Delim('}')); err != nil {
		return err
	}
	if _, err := t.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the report")
	}
	return nil
}

func (t *tableReader) member(name string) error {
	switch name {
	case "columns":
		if err := t.dec.Decode(&t.columns); err != nil {
			return err
		}
		return t.sink.Begin(t.columns)
	case "rows":
		return t.readRows()
	case "totals":
		var all map[string]cell
		err := t.dec.Decode(&all)
		t.totals = append(t.totals, all)
		return err
	case "totals_by_currency":
		var each []map[string]cell
		err := t.dec.Decode(&each)
		t.totals = append(t.totals, each...)
		return err
	case "meta":
		return t.dec.Decode(&t.meta)
	}
	var skipped json.RawMessage
	return t.dec.Decode(&skipped)
}

func (t *tableReader) readRows() error {
	if t.columns == nil {
		return errors.New("rows before columns")
	}
	if err := t.expect(json.Delim('[')); err != nil {
		return err
	}
	for t.dec.More() {
		row := make(map[string]cell, len(t.columns))
		if err := t.dec.Decode(&row); err != nil {
			return err
		}
		if err := t.sink.Row(t.cells(row)); err != nil {
			return err
		}
		t.rows++
		t.told(t.rows)
	}
	return t.expect(json.Delim(']'))
}

func (t *tableReader) cells(row map[string]cell) []cell {
	cells := make([]cell, len(t.columns))
	for i, column := range t.columns {
		cells[i] = row[column]
	}
	return cells
}

func (t *tableReader) expect(want json.Delim) error {
	token, err := t.dec.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("found %v where %v should be", token, want)
	}
	return nil
}
