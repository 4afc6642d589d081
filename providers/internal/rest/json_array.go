package rest

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Chunks decodes a streamed answer: a JSON array [{"key":[…], …}, …] whose parts hold a piece of the list each. each is
// called per element, as in Elements; the other members of a part are decoded into a rest of its own, which is handed to
// after at the end of the part. A part without the list is sound, and so is an answer of one part without an array
// around it. A body that ends before its bracket is io.ErrUnexpectedEOF.
func Chunks[T, R any](r io.Reader, key string, each func(*T) error, after func(*R) error) error {
	dec := jsontext.NewDecoder(r, options())
	if dec.PeekKind() == '{' {
		if err := chunk(dec, key, each, after); err != nil {
			return err
		}
		return nothingMore(dec)
	}
	if err := expect(dec, '['); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		if err := chunk(dec, key, each, after); err != nil {
			return err
		}
	}
	return end(dec)
}

func chunk[T, R any](dec *jsontext.Decoder, key string, each func(*T) error, after func(*R) error) error {
	others, _, err := members(dec, key, each, true)
	if err != nil {
		return err
	}
	if _, err := dec.ReadToken(); err != nil { // the closing brace
		return whole(err)
	}
	var rest R
	if err := decodeInto(others, &rest); err != nil {
		return err
	}
	return after(&rest)
}

// nothingMore makes sure that an answer has ended.
func nothingMore(dec *jsontext.Decoder) error {
	_, err := dec.ReadToken()
	switch {
	case err == nil:
		return errors.New("text follows the end of the answer")
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}
