// Package scan reads the JSON of long answers in one pass, a value at a time, and makes nothing per value: a report of a
// million rows costs little more than its bytes. It is as strict as any decoder about what JSON is, but for names that
// come twice in an object: who reads the object refuses those that he wants. Broken UTF-8 in a text is replaced.
package scan

import (
	"errors"
	"fmt"
	"io"
)

const (
	firstBuffer = 64 << 10
	// maxDepth is how deep values may be nested, as in other decoders.
	maxDepth = 10_000
	// fruitless is how many reads may give nothing, and no error, one after the other.
	fruitless = 100
)

// Scanner reads one stream of JSON. Its methods are called in the order in which the values come, one for each. After an
// error they all give nothing, and Err tells it: callers need to look only where something has ended.
//
// What they return is valid until Mark or Reset.
type Scanner struct {
	r   io.Reader
	buf []byte // read, and not given up yet
	at  int    // the next byte

	kept  int    // where Mark was called: what is before is given up
	plain []byte // texts that had escapes, since Mark
	first bool   // the object or array that was entered has given nothing yet
	depth int
	ended error // of the reader
	err   error
}

// Reset begins another stream, in the buffers of the last one.
func (s *Scanner) Reset(r io.Reader) {
	if s.buf == nil {
		s.buf = make([]byte, 0, firstBuffer)
	}
	*s = Scanner{r: r, buf: s.buf[:0], plain: s.plain[:0]}
}

// Err is what went wrong; io.ErrUnexpectedEOF where the stream ended too early.
func (s *Scanner) Err() error { return s.err }

// Fail makes err the scanner's own, if it is the first, and returns the first.
func (s *Scanner) Fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	s.at = len(s.buf) // so that nothing is left to read, and no other check is needed
	return s.err
}

// Mark gives up all that was read so far: what the methods have returned is no longer valid.
func (s *Scanner) Mark() {
	s.plain = s.plain[:0]
	s.kept = s.at
	// What is left moves to the front before there is so little room that it would have to while its parts are in use.
	if room := cap(s.buf); room-s.at < room/4 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.at:])]
		s.at, s.kept = 0, 0
	}
}

// more reads on. Bytes since Mark stay where they are, or are copied to a larger buffer: parts of the old one remain.
func (s *Scanner) more() bool {
	if s.err != nil || s.ended != nil {
		return s.end()
	}
	if len(s.buf) == cap(s.buf) {
		size := cap(s.buf)
		if inUse := len(s.buf) - s.kept; inUse > size/4 { // else values of that size would end up here again and again
			size *= 2
		}
		larger := make([]byte, len(s.buf)-s.kept, size)
		copy(larger, s.buf[s.kept:])
		s.buf, s.at, s.kept = larger, s.at-s.kept, 0
	}
	for range fruitless {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if err != nil {
			s.ended = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return s.end()
		}
	}
	s.ended = io.ErrNoProgress
	return s.end()
}

// end makes the reader's end an error: where more is asked for, the stream has ended too early.
func (s *Scanner) end() bool {
	if errors.Is(s.ended, io.EOF) {
		_ = s.Fail(io.ErrUnexpectedEOF)
	} else {
		_ = s.Fail(s.ended)
	}
	return false
}

// Peek passes over white space and returns the byte that comes next; 0 after an error.
func (s *Scanner) Peek() byte {
	if s.at < len(s.buf) && s.buf[s.at] > ' ' {
		return s.buf[s.at]
	}
	return s.pass()
}

// pass is Peek where there is white space, or nothing yet.
func (s *Scanner) pass() byte {
	for {
		for _, c := range s.buf[s.at:] {
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c
			}
			s.at++
		}
		if !s.more() {
			return 0
		}
	}
}

// wrong is the error of a byte that cannot stand where it does.
func (s *Scanner) wrong(where string) {
	if c := s.Peek(); s.err == nil {
		_ = s.Fail(fmt.Errorf("invalid character %q %s", c, where))
	}
}

// Enter begins the object or array that opens with '{' or '['; false, with an error, when something else comes.
func (s *Scanner) Enter(open byte) bool {
	if s.Peek() != open {
		s.wrong("where an object or a list should be")
		return false
	}
	if s.depth++; s.depth > maxDepth {
		_ = s.Fail(errors.New("values are nested too deep"))
		return false
	}
	s.at++
	s.first = true
	return true
}

// Element tells whether the array that was entered has one more element; if not, it is left behind.
func (s *Scanner) Element() bool { return s.another(']') }

// Member returns the name of the next member of the object that was entered, whose value is next; if there is none, the
// object is left behind.
func (s *Scanner) Member() (name []byte, ok bool) {
	if !s.another('}') {
		return nil, false
	}
	return s.name()
}

// name reads a member's name and passes its colon.
func (s *Scanner) name() (name []byte, ok bool) {
	if s.Peek() != '"' {
		s.wrong("where a name should be")
		return nil, false
	}
	name = s.text()
	if s.Peek() != ':' {
		s.wrong("after a name")
		return nil, false
	}
	s.at++
	return name, true
}

// another passes the comma before the next element or member, or the end of what was entered.
func (s *Scanner) another(last byte) bool {
	first := s.first
	s.first = false
	switch c := s.Peek(); {
	case c == last:
		s.at++
		s.depth--
		return false
	case first && c != 0:
		return true
	case c == ',':
		s.at++
		return true
	}
	s.wrong("where a comma or an end should be")
	return false
}

// End makes sure that nothing follows, and returns the scanner's error.
func (s *Scanner) End() error {
	if s.err != nil {
		return s.err
	}
	if c := s.Peek(); s.err == nil {
		return s.Fail(fmt.Errorf("text follows the end of the answer: %q", c))
	}
	if errors.Is(s.ended, io.EOF) && errors.Is(s.err, io.ErrUnexpectedEOF) {
		s.err = nil // it ended where it should
	}
	return s.err
}
