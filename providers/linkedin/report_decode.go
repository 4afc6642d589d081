package linkedin

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/rest"
)

// analyticsRow is one element of adAnalytics, kept as it came in buffers that are used again for the next: a report of
// a million rows must not make a million of anything.
type analyticsRow struct {
	from    normalize.Day
	last    normalize.Day // the range's last day; zero when the answer leaves it out
	pivots  []span
	members []member
	buf     []byte
}

// span is a piece of buf.
type span struct{ lo, hi int }

// member is a metric of the row; null ones are left out.
type member struct {
	name, value span
}

// Reset implements rest.Resetter.
func (r *analyticsRow) Reset() {
	r.from, r.last, r.pivots, r.members, r.buf = normalize.Day{}, normalize.Day{}, r.pivots[:0], r.members[:0], r.buf[:0]
}

func (r *analyticsRow) bytes(s span) []byte { return r.buf[s.lo:s.hi] }

// UnmarshalJSONFrom reads one element token by token.
func (r *analyticsRow) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return object(dec, func(name []byte) error {
		switch string(name) {
		case "dateRange":
			return r.dateRange(dec)
		case "pivotValues":
			return r.pivotValues(dec)
		}
		lo := len(r.buf)
		r.buf = append(r.buf, name...)
		n := span{lo, len(r.buf)}
		v, ok, err := r.scalar(dec)
		if ok {
			r.members = append(r.members, member{n, v})
		}
		return err
	})
}

// scalar keeps a number or a text; null, objects and arrays are passed over.
func (r *analyticsRow) scalar(dec *jsontext.Decoder) (s span, ok bool, err error) {
	switch dec.PeekKind() {
	case '0', '"':
	default:
		return span{}, false, dec.SkipValue()
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return span{}, false, err
	}
	lo := len(r.buf)
	if raw[0] == '"' {
		if r.buf, err = jsontext.AppendUnquote(r.buf, raw); err != nil {
			return span{}, false, err
		}
	} else {
		r.buf = append(r.buf, raw...)
	}
	return span{lo, len(r.buf)}, true, nil
}

func (r *analyticsRow) pivotValues(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		s, ok, err := r.scalar(dec)
		if err != nil {
			return err
		}
		if !ok {
			s = span{}
		}
		r.pivots = append(r.pivots, s)
	}
	_, err := dec.ReadToken()
	return err
}

func (r *analyticsRow) dateRange(dec *jsontext.Decoder) error {
	return object(dec, func(name []byte) error {
		switch string(name) {
		case "start":
			return readDay(dec, &r.from)
		case "end":
			return readDay(dec, &r.last)
		}
		return dec.SkipValue()
	})
}

func readDay(dec *jsontext.Decoder, d *normalize.Day) error {
	return object(dec, func(part []byte) error {
		into := new(int)
		switch string(part) {
		case "year":
			into = &d.Year
		case "month":
			into = (*int)(&d.Month)
		case "day":
			into = &d.Dom
		}
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(raw))
		*into = n
		return err
	})
}

// object reads an object and calls each at every member's value with its name, which is valid until the value is read.
func object(dec *jsontext.Decoder, each func(name []byte) error) error {
	t, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != '{' {
		return errors.New("an object is missing")
	}
	var quoted [64]byte
	for dec.PeekKind() != '}' {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		name, err := jsontext.AppendUnquote(quoted[:0], raw)
		if err != nil {
			return err
		}
		if err := each(name); err != nil {
			return err
		}
	}
	_, err = dec.ReadToken()
	return err
}

var errNoDay = errors.New("a row has no day")

// day is the row's, checked to be one.
func (r *analyticsRow) day() (normalize.Day, error) {
	d := r.from
	if d.Year < 2000 || d.Year > 9999 || d.Month < time.January || d.Month > time.December || d.Dom < 1 || d.Dom > 31 {
		return normalize.Day{}, errNoDay
	}
	return d, nil
}

// decodeAnalytics reads an answer and hands each row to each, which must not keep it. It returns how many there were.
func decodeAnalytics(body io.Reader, each func(*analyticsRow) error) (rows int, tr trailer, err error) {
	err = rest.Elements(body, "elements", func(r *analyticsRow) error { rows++; return each(r) }, &tr)
	return rows, tr, err
}

// measure reads a number of a report: whole numbers of everyday size without allocating, the rest as normalize does,
// which takes dust such as "-2E-18" for the zero that it stands for.
func measure(b []byte) (normalize.Decimal, error) {
	var n int64
	point := -1
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9' && i < 18:
			n = n*10 + int64(c-'0')
		case c == '.' && point < 0 && i > 0 && i < len(b)-1:
			point = i
		default:
			return normalize.ParseMeasure(string(b))
		}
	}
	if len(b) == 0 {
		return normalize.Decimal{}, errors.New("a number is missing")
	}
	if point < 0 {
		return normalize.Int(n), nil
	}
	if len(b)-1-point > 9 { // could be dust
		return normalize.ParseMeasure(string(b))
	}
	return normalize.Scaled(n, uint8(len(b)-1-point)), nil
}
