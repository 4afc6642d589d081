package scan

import (
	"errors"
	"strconv"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// Measure reads a number of a report, or a text that holds one, as wire.Number does; absent for null and for what
// platforms write in place of a number.
func (s *Scanner) Measure(into *normalize.Value) {
	if s.Small(into) {
		return
	}
	*into = normalize.Value{}
	raw := s.Raw()
	if s.err != nil {
		return
	}
	var n wire.Number
	if err := n.UnmarshalJSON(raw); err != nil {
		_ = s.Fail(err)
		return
	}
	*into = n.Value
}

// Int reads a whole number, as of a date.
func (s *Scanner) Int() int {
	n, digits := 0, 0
	s.Peek()
	for _, c := range s.buf[s.at:] {
		if c-'0' > 9 || digits == 9 {
			if digits == 0 || c != ',' && c != '}' || digits > 1 && s.buf[s.at] == '0' {
				break
			}
			s.at += digits
			return n
		}
		n, digits = n*10+int(c-'0'), digits+1
	}
	raw := s.Raw()
	if s.err != nil {
		return 0
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		_ = s.Fail(errors.New("a whole number is missing"))
	}
	return n
}

// Small reads a number of at most 18 digits, 9 of them after the point, that is in the buffer whole: nearly every one of a
// report. What it does not take is still to be read.
func (s *Scanner) Small(into *normalize.Value) bool {
	quoted := s.Peek() == '"'
	b := s.buf[s.at:]
	if quoted {
		b = b[1:]
	}
	const most = 18
	n, at := int64(0), 0
	for ; at < len(b) && at <= most && b[at]-'0' <= 9; at++ {
		n = n*10 + int64(b[at]-'0')
	}
	whole, scale := at, 0
	if at < len(b) && b[at] == '.' {
		for at++; at < len(b) && at <= most+1 && b[at]-'0' <= 9; at++ {
			n = n*10 + int64(b[at]-'0')
		}
		if scale = at - whole - 1; scale == 0 || scale > 9 {
			return false
		}
	}
	switch {
	case whole == 0 || whole+scale > most || at == len(b), whole > 1 && b[0] == '0':
		return false
	case quoted && b[at] == '"':
		s.at += at + 2
	case !quoted && (b[at] == ',' || b[at] == '}' || b[at] == ']'):
		s.at += at
	default:
		return false
	}
	if scale == 0 {
		into.D = normalize.Int(n)
	} else {
		into.D = normalize.Scaled(n, uint8(scale)) //nolint:gosec // at most 9
	}
	into.OK = true
	return true
}
