package linkedin

import (
	"errors"
	"io"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/scan"
)

// analyticsRow is one element of adAnalytics, in buffers that are used again for the next: a report of a million rows
// must not make a million of anything. What it points to is valid until the next row.
type analyticsRow struct {
	from, last normalize.Day // of the range; last is zero when the answer leaves it out
	pivots     [][]byte
	values     []normalize.Value // of the columns that were asked for; null is absent

	scan              scan.Scanner
	names, days, date *scan.Names
}

// The members of a row before those of its columns.
const (
	memberRange = iota
	memberPivots
	members
)

// newAnalytics reads rows of these columns.
func newAnalytics(columns []string) *analyticsRow {
	return &analyticsRow{
		values: make([]normalize.Value, len(columns)),
		names:  scan.NewNames(append([]string{memberRange: "dateRange", memberPivots: "pivotValues"}, columns...)...),
		days:   scan.NewNames("start", "end"), date: scan.NewNames("year", "month", "day"),
	}
}

// read reads an answer and hands each row to each. It returns how many there were.
func (r *analyticsRow) read(body io.Reader, each func() error) (rows int, tr trailer, err error) {
	err = rest.Rows(&r.scan, body, "elements", func() error {
		rows++
		if r.row(); r.scan.Err() != nil {
			return r.scan.Err()
		}
		return each()
	}, &tr)
	return rows, tr, err
}

// row reads one element.
func (r *analyticsRow) row() {
	r.from, r.last, r.pivots = normalize.Day{}, normalize.Day{}, r.pivots[:0]
	clear(r.values)
	s := &r.scan
	for s.Enter('{'); ; {
		switch i, ok := s.Want(r.names); {
		case !ok:
			return
		case i == memberRange:
			r.dateRange()
		case i == memberPivots:
			r.pivotValues()
		case i >= members:
			s.Measure(&r.values[i-members])
		default:
			s.Skip()
		}
	}
}

func (r *analyticsRow) pivotValues() {
	s := &r.scan
	if s.Peek() != '[' {
		s.Skip()
		return
	}
	for s.Enter('['); s.Element(); {
		text, _ := s.Text() // null names nothing
		r.pivots = append(r.pivots, text)
	}
}

func (r *analyticsRow) dateRange() {
	s := &r.scan
	for s.Enter('{'); ; {
		switch i, ok := s.Want(r.days); {
		case !ok:
			return
		case i == 0:
			r.day(&r.from)
		case i == 1:
			r.day(&r.last)
		default:
			s.Skip()
		}
	}
}

func (r *analyticsRow) day(d *normalize.Day) {
	s := &r.scan
	for s.Enter('{'); ; {
		switch i, ok := s.Want(r.date); {
		case !ok:
			return
		case i == 0:
			d.Year = s.Int()
		case i == 1:
			d.Month = time.Month(s.Int())
		case i == 2:
			d.Dom = s.Int()
		default:
			s.Skip()
		}
	}
}

var errNoDay = errors.New("a row has no day")

// begins is the row's day, checked to be one.
func (r *analyticsRow) begins() (normalize.Day, error) {
	d := r.from
	if d.Year < 2000 || d.Year > 9999 || d.Month < time.January || d.Month > time.December || d.Dom < 1 || d.Dom > 31 {
		return normalize.Day{}, errNoDay
	}
	return d, nil
}
