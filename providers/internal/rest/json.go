package rest

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrNoElements says that a whole, sound body had no member of the wanted name, or null in it. Most platforms send an
// empty array; an adapter of one that leaves it out takes this error for it.
var ErrNoElements = errors.New("the answer has no list where one should be")

// options decode as the wire means it: names match by case, a name twice is an error (which of the two would be
// true?), numbers stay exact. Broken UTF-8 in a text is replaced, as one bad name must not hide a list.
//
// They are made once: what the decoder finds out about a type it keeps with them.
var options = json.JoinOptions(
	jsontext.AllowInvalidUTF8(true),
	json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(exactAny),
		json.UnmarshalFromFunc(exactNumber),
	)),
)

// exactAny keeps a number in an any as json.Number: a float64 loses digits of ids and money.
func exactAny(dec *jsontext.Decoder, v *any) error {
	if dec.PeekKind() != '0' {
		return errors.ErrUnsupported // decoded as usual
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*v = stdjson.Number(raw)
	return nil
}

func exactNumber(dec *jsontext.Decoder, v *stdjson.Number) error {
	switch dec.PeekKind() {
	case '0':
		raw, err := dec.ReadValue()
		*v = stdjson.Number(raw)
		return err
	case '"':
		t, err := dec.ReadToken()
		if err == nil {
			*v = stdjson.Number(t.String())
		}
		return err
	}
	return errors.ErrUnsupported
}

// decodeInto reads one JSON value, and nothing but white space after it, into a value reset first.
func decodeInto(r io.Reader, into any) error {
	if into == nil {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	if v := reflect.ValueOf(into); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().SetZero()
	}
	return whole(json.UnmarshalRead(r, into, options))
}

// Unmarshal reads one JSON value as JSON does; for bodies that are already in memory.
func Unmarshal(b []byte, into any) error { return decodeInto(bytes.NewReader(b), into) }

// whole makes io.EOF, which an empty body ends in, the sign of a cut one.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// decoders keep their buffers for the next answer.
var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// nothing is an empty answer.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// Resetter is an element that keeps its buffers from one use to the next. Others are set to zero.
type Resetter interface{ Reset() }

// Elements decodes {"key":[…], …} one element at a time into a reused struct: each is called per element and must not
// keep it. The other top-level members are decoded into rest, unless it is nil. A body that ends early is
// io.ErrUnexpectedEOF; one without the list is ErrNoElements. An error of each ends the decoding and is returned.
func Elements[T any](r io.Reader, key string, each func(*T) error, rest any) error {
	dec, _ := decoders.Get().(*jsontext.Decoder)
	dec.Reset(r, options)
	err := elements(dec, key, each, rest)
	dec.Reset(nothing{}) // keeps nothing of this answer alive
	decoders.Put(dec)    // not after a panic
	return err
}

func elements[T any](dec *jsontext.Decoder, key string, each func(*T) error, rest any) error {
	if err := expect(dec, '{'); err != nil {
		return err
	}
	found := false
	var others bytes.Buffer
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return whole(err)
		}
		if n := name.String(); n != key {
			if err := other(dec, n, rest != nil, &others); err != nil {
				return err
			}
			continue
		}
		if dec.PeekKind() == 'n' {
			if err := dec.SkipValue(); err != nil {
				return whole(err)
			}
			continue
		}
		found = true
		if err := list(dec, each); err != nil {
			return err
		}
	}
	if err := end(dec); err != nil {
		return err
	}
	if rest != nil {
		others.WriteByte('}')
		if others.Len() == 1 {
			others.Reset()
			others.WriteString("{}")
		}
		if err := decodeInto(&others, rest); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%w: %q", ErrNoElements, key)
	}
	return nil
}

func list[T any](dec *jsontext.Decoder, each func(*T) error) error {
	if err := expect(dec, '['); err != nil {
		return err
	}
	elem := new(T)
	reset := func() { *elem = *new(T) }
	if r, ok := any(elem).(Resetter); ok {
		reset = r.Reset
	}
	for dec.PeekKind() != ']' {
		reset()
		if err := json.UnmarshalDecode(dec, elem); err != nil {
			return whole(err)
		}
		if err := each(elem); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return whole(err)
}

// other keeps a top-level member for later, or passes over it.
func other(dec *jsontext.Decoder, name string, keep bool, into *bytes.Buffer) error {
	if !keep {
		return whole(dec.SkipValue())
	}
	v, err := dec.ReadValue()
	if err != nil {
		return whole(err)
	}
	sep := byte(',')
	if into.Len() == 0 {
		sep = '{'
	}
	into.WriteByte(sep)
	quoted, err := jsontext.AppendQuote(nil, name)
	if err != nil {
		return err
	}
	into.Write(quoted)
	into.WriteByte(':')
	into.Write(v)
	return nil
}

func expect(dec *jsontext.Decoder, kind jsontext.Kind) error {
	t, err := dec.ReadToken()
	if err != nil {
		return whole(err)
	}
	if t.Kind() != kind {
		return fmt.Errorf("expected %s, found %s", kind, t.Kind())
	}
	return nil
}

// end reads the closing brace and makes sure that nothing follows.
func end(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return whole(err)
	}
	_, err := dec.ReadToken()
	switch {
	case err == nil:
		return errors.New("text follows the end of the answer")
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}
