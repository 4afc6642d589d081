package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// tableSink aligns columns for a person. It holds the rows until all are there: widths are known only then.
type tableSink struct {
	w       io.Writer
	columns []string
	rows    [][]string
	numeric []bool
	width   []int
}

func newTableSink(w io.Writer) *tableSink { return &tableSink{w: w} }

func (s *tableSink) Begin(columns []string) error {
	s.columns = columns
	s.numeric = make([]bool, len(columns))
	s.width = make([]int, len(columns))
	for i, c := range columns {
		s.width[i] = columnsOf(c)
	}
	return nil
}

func (s *tableSink) Row(cells []cell) error {
	row, err := s.texts(cells)
	if err != nil {
		return err
	}
	s.rows = append(s.rows, row)
	return nil
}

// texts renders a row and makes room for it.
func (s *tableSink) texts(cells []cell) ([]string, error) {
	row := make([]string, len(cells))
	for i, c := range cells {
		text, err := plain(c)
		if err != nil {
			return nil, err
		}
		row[i] = oneLine(text)
		s.numeric[i] = s.numeric[i] || isNumber(c)
		s.width[i] = max(s.width[i], columnsOf(row[i]))
	}
	return row, nil
}

func (s *tableSink) End(totals [][]cell) error {
	var last [][]string
	for _, cells := range totals {
		row, err := s.texts(cells)
		if err != nil {
			return err
		}
		if strings.Join(row, "") == "" {
			continue
		}
		if row[0] == "" {
			row[0] = "total"
			s.width[0] = max(s.width[0], len("total"))
		}
		last = append(last, row)
	}
	lines := slices.Concat([][]string{s.columns}, s.rows)
	if len(last) > 0 {
		rule := make([]string, len(s.columns))
		for i := range rule {
			rule[i] = strings.Repeat("-", s.width[i])
		}
		lines = slices.Concat(lines, [][]string{rule}, last)
	}
	for _, line := range lines {
		if err := s.print(line); err != nil {
			return err
		}
	}
	return nil
}

func (s *tableSink) print(row []string) error {
	var line strings.Builder
	for i, text := range row {
		if i > 0 {
			line.WriteString("  ")
		}
		pad := strings.Repeat(" ", s.width[i]-columnsOf(text))
		if s.numeric[i] {
			line.WriteString(pad + text)
		} else {
			line.WriteString(text + pad)
		}
	}
	_, err := fmt.Fprintln(s.w, strings.TrimRight(line.String(), " "))
	return err
}

// plain is a cell's text: a string without its quotes, a number digit for digit, nothing for what is absent.
func plain(c cell) (string, error) {
	if len(c) == 0 || string(c) == "null" {
		return "", nil
	}
	if c[0] != '"' {
		return string(c), nil
	}
	var text string
	err := json.Unmarshal(c, &text)
	return text, err
}

// columnsOf is how many columns of a terminal a text takes: Chinese, Japanese, Korean and most emoji take two each.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func isNumber(c cell) bool {
	return len(c) > 0 && (c[0] == '-' || (c[0] >= '0' && c[0] <= '9'))
}

// oneLine keeps a name with line breaks or control characters from breaking the table, or the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
