package rest

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/admux/admux/providers/internal/scan"
)

// Rows is Elements for lists too long for structs: each reads one element from s, whose buffers it may use until it is
// called again. Names that come twice in an element are for each to refuse.
func Rows(s *scan.Scanner, r io.Reader, key string, each func() error, others any) error {
	s.Reset(r)
	found := false
	met := map[string]bool{}
	var rest bytes.Buffer
	for s.Enter('{'); ; {
		name, ok := s.Member()
		if !ok {
			break
		}
		if met[string(name)] {
			return s.Fail(scan.ErrTwice)
		}
		met[string(name)] = true
		switch {
		case string(name) != key:
			keepRaw(s, name, others != nil, &rest)
		case s.Peek() == 'n':
			s.Skip()
		default:
			found = true
			if err := rows(s, each); err != nil {
				return err
			}
		}
	}
	if err := s.End(); err != nil {
		return err
	}
	if others != nil {
		rest.WriteByte('}')
		if rest.Len() == 1 {
			rest.Reset()
			rest.WriteString("{}")
		}
		if err := decodeInto(&rest, others); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%w: %q", ErrNoElements, key)
	}
	return nil
}

func rows(s *scan.Scanner, each func() error) error {
	for s.Enter('['); s.Element(); {
		s.Mark()
		err := each()
		if s.Err() != nil { // it says more than what each has made of nothing
			break
		}
		if err != nil {
			return err
		}
	}
	return s.Err()
}

// keepRaw keeps a top-level member for later, or passes over it.
func keepRaw(s *scan.Scanner, name []byte, keep bool, into *bytes.Buffer) {
	if !keep {
		s.Skip()
		return
	}
	sep := byte(',')
	if into.Len() == 0 {
		sep = '{'
	}
	into.WriteByte(sep)
	quoted, _ := jsontext.AppendQuote(nil, name) // the scanner has replaced what is no UTF-8
	into.Write(quoted)
	into.WriteByte(':')
	into.Write(s.Raw())
}
