package scan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Text reads a string, without its quotes and escapes, or a number as it stands. Of null and of other values, which are
// passed over, ok is false.
func (s *Scanner) Text() (text []byte, ok bool) {
	switch c := s.Peek(); {
	case c == '"':
		text = s.text()
		return text, s.err == nil
	case c == '-' || c >= '0' && c <= '9':
		from := s.at - s.kept
		s.number()
		return s.buf[s.kept+from : s.at], s.err == nil
	}
	s.Skip()
	return nil, false
}

// Raw reads a value as it stands.
func (s *Scanner) Raw() []byte {
	s.Peek()
	from := s.at - s.kept // what is kept moves to the front of a larger buffer
	s.Skip()
	if s.err != nil {
		return nil
	}
	return s.buf[s.kept+from : s.at]
}

// Skip passes over one value, whatever it is. It must be sound all the same.
func (s *Scanner) Skip() {
	switch c := s.Peek(); c {
	case '"':
		s.quoted()
	case '{':
		for s.Enter('{'); s.err == nil; s.Skip() {
			if _, more := s.Member(); !more {
				return
			}
		}
	case '[':
		for s.Enter('['); s.err == nil; s.Skip() {
			if !s.Element() {
				return
			}
		}
	case 'n':
		s.word("null")
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	default:
		s.number()
	}
}

// word passes over a literal.
func (s *Scanner) word(w string) {
	for i := range len(w) {
		if s.next() != w[i] {
			s.at--
			s.wrong("in the literal " + w)
			return
		}
	}
}

// next is the next byte, whatever it is; 0 after an error.
func (s *Scanner) next() byte {
	if s.at == len(s.buf) && !s.more() {
		s.at++ // as if it had been read: callers step back
		return 0
	}
	s.at++
	return s.buf[s.at-1]
}

// number passes over a number, which ends where something else begins: the end of the stream ends it too early, as no
// answer is a number.
func (s *Scanner) number() {
	c := s.next()
	if c == '-' {
		c = s.next()
	}
	switch {
	case c == '0':
		c = s.next()
	case c >= '1' && c <= '9':
		c = s.digits()
	default:
		s.at--
		s.wrong("where a value should be")
		return
	}
	if c == '.' {
		c = s.fraction()
	}
	if c == 'e' || c == 'E' {
		if c = s.next(); c != '+' && c != '-' {
			s.at--
		}
		c = s.fraction()
	}
	s.at--
	_ = c
}

// digits passes over digits and returns what follows them, passed over too.
func (s *Scanner) digits() byte {
	for {
		if c := s.next(); c < '0' || c > '9' {
			return c
		}
	}
}

// fraction is digits, one at least.
func (s *Scanner) fraction() byte {
	if c := s.next(); c < '0' || c > '9' {
		s.at--
		s.wrong("in a number")
		s.at++
		return 0
	}
	return s.digits()
}

// text reads a string.
func (s *Scanner) text() []byte {
	raw, plain := s.quoted()
	switch {
	case s.err != nil:
		return nil
	case plain:
		return raw[1 : len(raw)-1]
	}
	from := len(s.plain)
	// Its only error is broken UTF-8, which it has replaced: what else could be wrong, quoted has refused.
	s.plain, _ = jsontext.AppendUnquote(s.plain, raw)
	return s.plain[from:]
}

// Bytes eight at a time: a bit in the highest place of each byte tells what is found.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks the bytes of w that are a quote, a backslash, a control character or no ASCII. Bytes above the first
// marked one may be marked without reason.
func special(w uint64) uint64 {
	quote, slash := w^(ones*'"'), w^(ones*'\\')
	return ((quote - ones) | (slash - ones) | (w - ones*' ') | w) & highs
}

// quoted passes over a string and returns it, quotes and all; plain, when its text is what is between them.
func (s *Scanner) quoted() (raw []byte, plain bool) {
	from := s.at - s.kept // s.kept is 0 once the buffer has grown
	s.at++
	escaped, ascii := false, true
	for {
		at := s.at
		for ; at+8 <= len(s.buf); at += 8 {
			if m := special(binary.LittleEndian.Uint64(s.buf[at:])); m != 0 {
				at += bits.TrailingZeros64(m) / 8
				break
			}
		}
		if at >= len(s.buf) {
			s.at = at
			if !s.more() {
				return nil, false
			}
			continue
		}
		c := s.buf[at]
		s.at = at + 1
		switch {
		case c == '"':
			raw = s.buf[s.kept+from : s.at]
			return raw, !escaped && (ascii || utf8.Valid(raw))
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false
			}
		case c < ' ':
			s.at--
			s.wrong("in a text")
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
}

// escape passes over what follows a backslash.
func (s *Scanner) escape() bool {
	switch s.next() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if c := s.next(); (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				s.at--
				s.wrong("in an escape")
				return false
			}
		}
		return true
	}
	s.at--
	s.wrong("in an escape")
	return false
}
