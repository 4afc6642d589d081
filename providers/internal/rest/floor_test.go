package rest

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// tokens runs the tokenizer once over a body.
func tokens(r io.Reader) error {
	dec := jsontext.NewDecoder(r)
	for {
		if _, err := dec.ReadToken(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
