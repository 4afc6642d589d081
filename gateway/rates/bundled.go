package rates

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

//go:embed bundled.csv
var bundledCSV string

// snapshot is the rates that come with the program.
type snapshot struct {
	points map[string][]Point // by day
	last   normalize.Day
}

// source says in an answer what the snapshot's rates are.
func (s *snapshot) source() string {
	return "snapshot of " + s.last.String() + " bundled with admux: approximate, until the rates of these days are fetched"
}

// readSnapshot reads a line of currencies, then a line for each day, in their order; a currency that had no rate is empty.
func readSnapshot(text string) (*snapshot, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil || len(lines) < 2 {
		return nil, fmt.Errorf("rates: bundled snapshot: %w", cmpErr(err, errEmpty))
	}
	s := &snapshot{points: map[string][]Point{}}
	for _, line := range lines[1:] {
		day, err := normalize.ParseDay(line[0])
		if err != nil || !s.last.Before(day) {
			return nil, fmt.Errorf("rates: bundled snapshot: %s is no day after %s", line[0], s.last)
		}
		s.last = day
		for i, text := range line[1:] {
			if text == "" {
				continue
			}
			rate, err := parseRate(text)
			if err != nil {
				return nil, fmt.Errorf("rates: bundled snapshot: %s of %s: %w", lines[0][i+1], day, err)
			}
			c := lines[0][i+1]
			s.points[c] = append(s.points[c], Point{day, rate, true})
		}
	}
	return s, nil
}

// into adds to a table, which has what was fetched, what that does not have of a currency over some days. On a day within
// a few fetched ones the bank was closed: the last published rate holds, and none of the snapshot's.
func (s *snapshot) into(t *Table, currency string, days normalize.DayRange) {
	var within []Point
	fetched, next := t.points[currency], 0
	for _, p := range s.points[currency] {
		for next < len(fetched) && fetched[next].Day.Before(p.Day) {
			next++
		}
		closed := next > 0 && next < len(fetched) && fetched[next].Day.Sub(fetched[next-1].Day) <= MaxAge
		if !p.Day.Before(days.From) && p.Day.Before(days.To) && !closed {
			within = append(within, p)
		}
	}
	t.add(currency, within...)
}

// spans adds to a table what the snapshot spans.
func (s *snapshot) spans(t *Table) {
	for c, list := range s.points {
		t.span(c, store.RateSpan{First: list[0].Day, Last: list[len(list)-1].Day})
	}
}
