package google

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/scan"
	"github.com/admux/admux/providers/internal/wire"
)

// node is a level of the objects in a row: Google nests "ad_group_ad.ad.id" as adGroupAd, ad, id.
type node struct {
	names []string // of kids, as they are on the wire
	kids  []*node
	field int // of the pass; -1: an object
	wants *scan.Names
}

// treeOf is where a query's fields are found in a row.
func treeOf(fields []reportField) *node {
	root := &node{field: -1}
	for i, f := range fields {
		at := root
		for name := range strings.SplitSeq(f.name, ".") {
			at = at.kid(camel(name))
		}
		at.field = i
	}
	root.ready()
	return root
}

func (n *node) kid(name string) *node {
	if i := slices.Index(n.names, name); i >= 0 {
		return n.kids[i]
	}
	k := &node{field: -1}
	n.names, n.kids = append(n.names, name), append(n.kids, k)
	return k
}

func (n *node) ready() {
	n.wants = scan.NewNames(n.names...)
	for _, k := range n.kids {
		k.ready()
	}
}

// camel is a field's name on the wire: cost_micros is costMicros.
func camel(name string) string {
	out := make([]byte, 0, len(name))
	up := false
	for i := range len(name) {
		c := name[i]
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
	return string(out)
}

// reportRow is a row of an answer, used again for the next: a report of a million rows must not make a million of
// anything.
type reportRow struct {
	texts   [numPlaces][]byte // valid until the next row
	columns [numColumns]normalize.Value
	scan    scan.Scanner
}

func (r *reportRow) reset(p *pass) {
	clear(r.texts[:])
	for _, c := range p.numbers {
		r.columns[c] = normalize.Value{}
	}
}

// text is the value at a place; empty when it is absent.
func (r *reportRow) text(p place) []byte { return r.texts[p] }

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
	s := &row.scan
	s.Reset(body)
	clear(row.columns[:]) // of another pass
	read := func() error {
		var c chunk
		err := row.chunk(p, each, &c)
		switch {
		case s.Err() != nil:
			return s.Err()
		case err != nil:
			return err
		case !c.known:
			return errors.New("an object that is no part of an answer")
		case c.err != nil || c.requestID != "":
			return refuse(c)
		}
		return nil
	}
	switch s.Peek() {
	case '{':
		if err := read(); err != nil {
			return err
		}
	case '[':
		for s.Enter('['); s.Element(); {
			if err := read(); err != nil {
				return err
			}
		}
	default:
		if s.Skip(); s.Err() == nil {
			return errors.New("neither an array nor an object")
		}
	}
	return s.End()
}

func (r *reportRow) chunk(p *pass, each func() error, c *chunk) error {
	s := &r.scan
	for s.Enter('{'); ; {
		name, ok := s.Member()
		if !ok {
			return s.Err()
		}
		switch string(name) {
		case "results", "fieldMask", "field_mask", "requestId", "summaryRow", "error", "queryResourceConsumption":
			c.known = true // also of no rows: an object without any of these is something else
		}
		switch string(name) {
		case "results":
			if s.Peek() != '[' {
				s.Skip()
			} else if err := r.results(p, each); err != nil {
				return err
			}
		case "error":
			c.err = &status{Message: "an error without words"}
			_ = json.Unmarshal(s.Raw(), c.err) // what there is of it says enough
		case "requestId":
			if s.Peek() != '"' {
				s.Skip()
				continue
			}
			id, _ := s.Text()
			c.requestID = string(id)
		default:
			s.Skip()
		}
	}
}

func (r *reportRow) results(p *pass, each func() error) error {
	s := &r.scan
	for s.Enter('['); s.Element(); {
		s.Mark()
		r.reset(p)
		if r.read(p, p.tree); s.Err() != nil {
			break
		}
		if err := each(); err != nil {
			return err
		}
	}
	return s.Err()
}

// read reads an object of a row.
func (r *reportRow) read(p *pass, at *node) {
	s := &r.scan
	for s.Enter('{'); ; {
		i, ok := s.Want(at.wants)
		switch {
		case !ok:
			return
		case i < 0:
			s.Skip()
		case at.kids[i].field >= 0:
			r.leaf(&p.fields[at.kids[i].field])
		case s.Peek() == '{':
			r.read(p, at.kids[i])
		default:
			s.Skip() // null
		}
	}
}

// leaf keeps a value: a number by its column, as the digits say, a text by its place. null is absent.
func (r *reportRow) leaf(f *reportField) {
	s := &r.scan
	switch {
	case !f.number && f.place < numPlaces:
		r.texts[f.place], _ = s.Text()
		return
	case !f.number:
		s.Skip()
		return
	}
	into := &r.columns[f.column]
	if s.Small(into) {
		return
	}
	raw := s.Raw()
	if s.Err() != nil {
		return
	}
	var err error
	if *into, err = measure(raw); err != nil {
		_ = s.Fail(err)
	}
}

// measure reads a number, which is a text for whole ones. A ratio over nothing is absent.
func measure(raw []byte) (normalize.Value, error) {
	switch string(raw) {
	case `"NaN"`, `"Infinity"`, `"-Infinity"`:
		return normalize.Value{}, nil
	}
	var n wire.Number
	err := n.UnmarshalJSON(raw)
	return n.Value, err
}
