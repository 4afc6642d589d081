package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
)

// shape looks at a report that is passed on as it comes, and knows whether it is whole.
type shape interface {
	io.Writer
	// rows is how many there were so far; -1 where the shape does not tell.
	rows() int64
	// whole is what is wrong with what came, now that no more does.
	whole() error
}

func newShape(format string) shape {
	switch format {
	case "csv":
		return &csvShape{}
	case "ndjson":
		return &ndjsonShape{}
	case "parquet":
		return &parquetShape{}
	}
	return &jsonShape{}
}

// isShape wants the answer to be what was asked for: a page of a proxy is no report.
func isShape(resp *http.Response, format string) error {
	want := map[string]string{"csv": "text/csv", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}[format]
	if want == "" {
		want = "application/json"
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != want {
		return fmt.Errorf("the answer is %q, not %s: there is no report in it", kind, want)
	}
	return nil
}

// passOn copies a report. One that broke off, or that is not whole, is an error.
func passOn(body io.Reader, w io.Writer, s shape, p *progress) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			_, _ = s.Write(buf[:n]) // never an error
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			p.add(n, s.rows())
		}
		switch {
		case errors.Is(err, io.EOF):
			return s.whole()
		case err != nil:
			return brokeOff(s, err)
		}
	}
}

func brokeOff(s shape, err error) error {
	if n := s.rows(); n >= 0 {
		return fmt.Errorf("the report broke off after %d rows: %w", n, err)
	}
	return fmt.Errorf("the report broke off: %w", err)
}

// csvShape counts lines that are no part of a quoted text.
type csvShape struct {
	lines  int64
	quoted bool
	last   byte
}

// Write implements io.Writer.
func (s *csvShape) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c == '"':
			s.quoted = !s.quoted
		case c == '\n' && !s.quoted:
			s.lines++
		}
	}
	s.last = b[len(b)-1]
	return len(b), nil
}

func (s *csvShape) rows() int64 { return max(0, s.lines-1) } // without the names

func (s *csvShape) whole() error {
	if s.quoted || s.last != '\n' {
		return brokeOff(s, io.ErrUnexpectedEOF)
	}
	return nil
}

// ndjsonShape counts lines and keeps the one that says why there are no more.
type ndjsonShape struct {
	lines int64
	line  []byte // the begin of the line under way
	cut   bool   // the line is longer
	fault []byte
}

// The line that ends a report that failed, and how much of it is kept.
const (
	errorLine  = `{"error":`
	lineMargin = 64 << 10
)

// Write implements io.Writer.
func (s *ndjsonShape) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		part, rest, ends := bytes.Cut(b, []byte("\n"))
		if len(s.line) < len(errorLine) || bytes.HasPrefix(s.line, []byte(errorLine)) {
			s.line = append(s.line, part[:min(len(part), lineMargin-len(s.line))]...)
		}
		s.cut = s.cut || len(part) > 0
		if ends {
			s.end()
		}
		b = rest
	}
	return n, nil
}

func (s *ndjsonShape) end() {
	if bytes.HasPrefix(s.line, []byte(errorLine)) {
		s.fault = slices.Clone(s.line)
	} else {
		s.lines++
	}
	s.line, s.cut = s.line[:0], false
}

func (s *ndjsonShape) rows() int64 { return s.lines }

func (s *ndjsonShape) whole() error {
	switch {
	case s.fault != nil:
		var told struct{ Error problem }
		if err := json.Unmarshal(s.fault, &told); err != nil {
			return brokeOff(s, errors.New("the line that tells why cannot be read"))
		}
		return brokeOff(s, told.Error.err(told.Error.Status))
	case s.cut:
		return brokeOff(s, io.ErrUnexpectedEOF)
	}
	return nil
}

// parquetShape looks for the marks at both ends of a file.
type parquetShape struct {
	n          int64
	head, tail []byte
}

const parquetMark = "PAR1"

// Write implements io.Writer.
func (s *parquetShape) Write(b []byte) (int, error) {
	s.n += int64(len(b))
	if missing := len(parquetMark) - len(s.head); missing > 0 {
		s.head = append(s.head, b[:min(missing, len(b))]...)
	}
	s.tail = append(s.tail, b[max(0, len(b)-len(parquetMark)):]...)
	s.tail = s.tail[max(0, len(s.tail)-len(parquetMark)):]
	return len(b), nil
}

func (s *parquetShape) rows() int64 { return -1 }

func (s *parquetShape) whole() error {
	if s.n < 3*int64(len(parquetMark)) || string(s.head) != parquetMark || string(s.tail) != parquetMark {
		return brokeOff(s, io.ErrUnexpectedEOF)
	}
	return nil
}

// jsonShape follows the brackets of one JSON value.
type jsonShape struct {
	depth                    int
	began, text, escaped, ok bool // ok: the value has ended
	more                     bool // something follows it
	entries                  int64
}

// Write implements io.Writer.
func (s *jsonShape) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case s.text:
			s.text = c != '"' || s.escaped
			s.escaped = c == '\\' && !s.escaped
		case c == ' ' || c == '\n' || c == '\r' || c == '\t':
		case s.ok:
			s.more = true
		case c == '"':
			s.text = true
		case c == '[' || c == '{':
			if s.depth == 1 && c == '{' {
				s.entries++
			}
			s.depth++
			s.began = true
		case c == ']' || c == '}':
			s.depth--
			s.ok = s.depth == 0
		}
	}
	return len(b), nil
}

func (s *jsonShape) rows() int64 { return -1 } // an entry is an object with all of its numbers

func (s *jsonShape) whole() error {
	switch {
	case s.more:
		return errors.New("more follows after the report")
	case !s.began || !s.ok:
		return fmt.Errorf("the report broke off after %d entries: %w", s.entries, io.ErrUnexpectedEOF)
	}
	return nil
}
