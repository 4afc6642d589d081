package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// node is a level of the objects in a row: Google nests "ad_group_ad.ad.id" as adGroupAd, ad, id.
type node struct {
	name  []byte // as it is on the wire, quoted
	kids  []*node
	field int // of the pass; -1: an object
}

// treeOf is where a query's fields are found in a row.
func treeOf(fields []reportField) *node {
	root := &node{field: -1}
	for i, f := range fields {
		at := root
		for name := range bytes.SplitSeq([]byte(f.name), []byte{'.'}) {
			at = at.kid(quotedCamel(name))
		}
		at.field = i
	}
	return root
}

func (n *node) kid(name []byte) *node {
	for _, k := range n.kids {
		if bytes.Equal(k.name, name) {
			return k
		}
	}
	k := &node{name: name, field: -1}
	n.kids = append(n.kids, k)
	return k
}

// find is the kid of a name, nil for what was not asked for. Names come in about the order of the last row.
func (n *node) find(name []byte) *node {
	for _, k := range n.kids {
		if bytes.Equal(k.name, name) {
			return k
		}
	}
	return nil
}

// quotedCamel is a field's name on the wire: cost_micros is "costMicros".
func quotedCamel(name []byte) []byte {
	out := append(make([]byte, 0, len(name)+2), '"')
	up := false
	for _, c := range name {
		switch {
		case c == '_':
			up = true
			continue
		case up && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		out = append(out, c)
	}
	return append(out, '"')
}

// reportRow is a row of an answer, used again for the next: a report of a million rows must not make a million of
// anything.
type reportRow struct {
	places  [numPlaces + 1]span // the last is of fields that are not kept
	columns [numColumns]normalize.Value
	buf     []byte
}

// span is a piece of buf; from 1, so that the zero span is absent.
type span struct{ lo, hi int }

func (r *reportRow) reset() {
	clear(r.places[:])
	clear(r.columns[:])
	r.buf = append(r.buf[:0], 0)
}

// text is the value at a place; empty when it is absent.
func (r *reportRow) text(p place) []byte { return r.buf[r.places[p].lo:r.places[p].hi] }

// chunk is what an answer holds besides rows. An error may follow good rows, under a 200.
type chunk struct {
	known     bool // it has a member that such an object has
	err       *status
	requestID string
}

// decodeReport reads the answer of a stream: an array of objects that hold rows, or such an object alone. each is called
// for every row as it comes, and must not keep it. A cut answer is io.ErrUnexpectedEOF; an error that the answer holds
// is left to refuse, and ends the reading.
func decodeReport(body io.Reader, p *pass, row *reportRow, each func() error, refuse func(chunk) error) error {
	// A name twice in an object is refused below, where it is a field of ours: the decoder's own check costs a fifth.
	dec := jsontext.NewDecoder(body, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	read := func() error {
		var c chunk
		err := decodeChunk(dec, p, row, each, &c)
		if err == nil && !c.known {
			err = errors.New("an object that is no part of an answer")
		}
		if err == nil && (c.err != nil || c.requestID != "") {
			err = refuse(c)
		}
		return err
	}
	switch dec.PeekKind() {
	case '{':
		if err := read(); err != nil {
			return cutShort(err)
		}
	case '[':
		if err := array(dec, read); err != nil {
			return cutShort(err)
		}
	default:
		if _, err := dec.ReadToken(); err != nil {
			return cutShort(err)
		}
		return errors.New("neither an array nor an object")
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return errors.New("text follows the end of the answer")
	}
	return nil
}

// cutShort makes an end before the end the error that says so.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func decodeChunk(dec *jsontext.Decoder, p *pass, row *reportRow, each func() error, c *chunk) error {
	return members(dec, func(name []byte) error {
		switch string(name) {
		case `"results"`, `"fieldMask"`, `"field_mask"`, `"requestId"`, `"summaryRow"`, `"error"`, `"queryResourceConsumption"`:
			c.known = true // also of no rows: an object without any of these is something else
		}
		switch string(name) {
		case `"results"`:
			if dec.PeekKind() != '[' {
				break
			}
			return array(dec, func() error {
				row.reset()
				if err := row.read(dec, p, p.tree); err != nil {
					return err
				}
				return each()
			})
		case `"error"`:
			raw, err := dec.ReadValue()
			if err != nil {
				return err
			}
			c.err = &status{Message: "an error without words"}
			_ = json.Unmarshal(raw, c.err) // what there is of it says enough
			return nil
		case `"requestId"`:
			raw, err := dec.ReadValue()
			if err == nil && raw.Kind() == '"' {
				var b []byte
				b, err = jsontext.AppendUnquote(nil, raw)
				c.requestID = string(b)
			}
			return err
		}
		return dec.SkipValue()
	})
}

// read reads an object of a row.
func (r *reportRow) read(dec *jsontext.Decoder, p *pass, at *node) error {
	return members(dec, func(name []byte) error {
		kid := at.find(name)
		switch {
		case kid == nil:
			return dec.SkipValue()
		case kid.field < 0:
			if dec.PeekKind() != '{' {
				return dec.SkipValue() // null
			}
			return r.read(dec, p, kid)
		}
		return r.leaf(dec, &p.fields[kid.field])
	})
}

var errTwice = errors.New("a row has a field twice")

// leaf keeps a value: a number by its column, as the digits say, a text by its place. null is absent.
func (r *reportRow) leaf(dec *jsontext.Decoder, f *reportField) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if f.number {
		if r.columns[f.column].OK {
			return errTwice
		}
		r.columns[f.column], err = measure(raw)
		return err
	}
	if r.places[f.place].lo > 0 && f.place < numPlaces {
		return errTwice
	}
	lo := len(r.buf)
	switch raw.Kind() {
	case '"':
		if r.buf, err = jsontext.AppendUnquote(r.buf, raw); err != nil {
			return err
		}
	case '0':
		r.buf = append(r.buf, raw...)
	default:
		return nil
	}
	r.places[f.place] = span{lo, len(r.buf)}
	return nil
}

// measure reads a number, which is a text for whole ones. A ratio over nothing is absent.
func measure(raw jsontext.Value) (normalize.Value, error) {
	switch string(raw) {
	case `"NaN"`, `"Infinity"`, `"-Infinity"`:
		return normalize.Value{}, nil
	}
	var n wire.Number
	err := n.UnmarshalJSON(raw)
	return n.Value, err
}

// members reads an object and calls each at every member's value with its name, quoted, which is valid until the value is
// read.
func members(dec *jsontext.Decoder, each func(name []byte) error) error {
	t, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != '{' {
		return errors.New("an object is missing")
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if bytes.IndexByte(name, '\\') >= 0 { // nobody writes these names so, but they would be the same
			var plain string
			if err := json.Unmarshal(name, &plain); err != nil {
				return err
			}
			if name, err = jsontext.AppendQuote(nil, plain); err != nil {
				return err
			}
		}
		if err := each(name); err != nil {
			return err
		}
	}
	_, err = dec.ReadToken()
	return err
}

// array reads an array and calls each at every element.
func array(dec *jsontext.Decoder, each func() error) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		if err := each(); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}
