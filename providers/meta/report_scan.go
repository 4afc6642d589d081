package meta

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// rawRow is one row of insights as it came, in a buffer that is used again for the next: a report of a million rows must
// not make a million of anything.
type rawRow struct{ b []byte }

// Reset implements rest.Resetter.
func (r *rawRow) Reset() { r.b = r.b[:0] }

// UnmarshalJSONFrom keeps the element, once it is known to be sound JSON.
func (r *rawRow) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	r.b = append(r.b, v...)
	return err
}

var errNotRow = errors.New("a row of insights is not what it should be")

// scanner walks over JSON that is known to be sound.
type scanner struct {
	b   []byte
	at  int
	buf []byte // of unquoted texts
}

// space passes over white space and returns the byte that follows, 0 at the end.
func (s *scanner) space() byte {
	for ; s.at < len(s.b); s.at++ {
		switch c := s.b[s.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// next enters an object or a list, or goes on to its next member: false at its end. open is set at the first call.
func (s *scanner) next(open *bool, begin, end byte) (bool, error) {
	c := s.space()
	switch {
	case !*open && c == begin:
		s.at++
		*open = true
		if s.space() != end {
			return true, nil
		}
	case *open && c == ',':
		s.at++
		return true, nil
	case *open && c == end:
	default:
		return false, errNotRow
	}
	s.at++
	return false, nil
}

// name reads a member's name and passes its colon. It is valid until the next name or text with an escape.
func (s *scanner) name() ([]byte, error) {
	v, err := s.value()
	if err != nil {
		return nil, err
	}
	if s.space() != ':' {
		return nil, errNotRow
	}
	s.at++
	return s.text(v)
}

// text is a scalar's text: a string unquoted, a number as it is, "" for null; errNotRow for others.
func (s *scanner) text(v []byte) ([]byte, error) {
	switch {
	case len(v) >= 2 && v[0] == '"':
		if bytes.IndexByte(v, '\\') < 0 {
			return v[1 : len(v)-1], nil
		}
		at := len(s.buf)
		b, err := jsontext.AppendUnquote(s.buf, v)
		if err != nil {
			return nil, err
		}
		s.buf = b
		return b[at:], nil
	case string(v) == "null":
		return nil, nil
	case len(v) > 0 && (v[0] == '-' || v[0] >= '0' && v[0] <= '9'):
		return v, nil
	}
	return nil, errNotRow
}

// value passes over one value and returns it as it stands.
func (s *scanner) value() ([]byte, error) {
	s.space()
	for from, depth := s.at, 0; s.at < len(s.b); {
		switch s.b[s.at] {
		case '"':
			if !s.quoted() {
				return nil, errNotRow
			}
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth--; depth < 0 {
				return nil, errNotRow
			}
			s.at++
		case ',', ':', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return nil, errNotRow
			}
			s.at++
			continue
		default:
			s.bare()
		}
		if depth == 0 {
			return s.b[from:s.at], nil
		}
	}
	return nil, errNotRow
}

// quoted passes over a string.
func (s *scanner) quoted() bool {
	for i := s.at + 1; i < len(s.b); i++ {
		switch s.b[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			return true
		}
	}
	return false
}

// bare passes over a number or a word.
func (s *scanner) bare() {
	for s.at < len(s.b) {
		switch s.b[s.at] {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\n', '\r', '\t':
			return
		}
		s.at++
	}
}
