package sim

import (
	"net/url"
	"strings"
)

// value is a Rest.li query value: a primitive, a list, a record, or null.
type value struct {
	kind kind
	text string
	list []value
	rec  map[string]value
}

type kind uint8

const (
	primitive kind = iota
	list
	record
	null
)

// params are a request's query parameters, parsed by the protocol the client
// declared.
type params struct {
	values map[string]value
	fields string // the raw `fields` mask, which both protocols spell alike
	dotted map[string]string
}

func (p *params) has(name string) bool { _, ok := p.values[name]; return ok }

// maxDepth bounds nesting, so that a foreign query cannot exhaust the stack.
const maxDepth = 24

// parseQuery reads a raw query string. proto is 1 or 2.
func parseQuery(raw string, proto int) (*params, *fault) {
	p := &params{values: map[string]value{}, dotted: map[string]string{}}
	if raw == "" {
		return p, nil
	}
	one := map[string]value{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		k, v, ok := strings.Cut(part, "=")
		name, err := url.PathUnescape(k)
		if err != nil || name == "" {
			return nil, paramInvalid(k, "")
		}
		if !ok {
			return nil, paramInvalid(name, "")
		}
		if name == "fields" {
			mask, err := url.PathUnescape(v)
			if err != nil || p.fields != "" {
				return nil, paramInvalid(name, "")
			}
			p.fields = mask
			continue
		}
		if proto == 1 {
			text, err := url.QueryUnescape(v)
			if err != nil {
				return nil, paramInvalid(name, "")
			}
			if f := setDotted(one, name, text); f != nil {
				return nil, f
			}
			continue
		}
		if strings.HasPrefix(name, "locale.") {
			p.dotted[name] = v // clients in the field mix this one into protocol 2
			continue
		}
		if strings.ContainsAny(name, ".[]") {
			return nil, paramNotAllowed(name)
		}
		if p.has(name) {
			return nil, paramInvalid(name, "Parameter is given twice")
		}
		parsed, f := parseValue(name, v)
		if f != nil {
			return nil, f
		}
		p.values[name] = parsed
	}
	if proto == 1 {
		return p, finishDotted(p, one)
	}
	return p, nil
}

// parseValue reads a protocol 2.0.0 value: List(…), (key:value,…) or a percent
// encoded primitive whose structural characters are escaped.
func parseValue(name, s string) (value, *fault) {
	r := &reader{s: s}
	v, ok := r.value(0)
	if !ok || r.i != len(s) {
		return value{}, paramInvalid(name, "")
	}
	return v, nil
}

type reader struct {
	s string
	i int
}

func (r *reader) eat(prefix string) bool {
	if strings.HasPrefix(r.s[r.i:], prefix) {
		r.i += len(prefix)
		return true
	}
	return false
}

func (r *reader) value(depth int) (value, bool) {
	if depth > maxDepth {
		return value{}, false
	}
	switch {
	case r.eat("List("):
		v := value{kind: list, list: []value{}}
		if r.eat(")") {
			return v, true
		}
		for {
			e, ok := r.value(depth + 1)
			if !ok {
				return v, false
			}
			v.list = append(v.list, e)
			if r.eat(")") {
				return v, true
			}
			if !r.eat(",") {
				return v, false
			}
		}
	case r.eat("("):
		return r.record(depth)
	}
	return r.primitive()
}

func (r *reader) record(depth int) (value, bool) {
	v := value{kind: record, rec: map[string]value{}}
	if r.eat(")") {
		return v, true
	}
	for {
		k, ok := r.primitive()
		if !ok || k.kind != primitive || !r.eat(":") {
			return v, false
		}
		e, ok := r.value(depth + 1)
		if !ok {
			return v, false
		}
		if _, twice := v.rec[k.text]; twice {
			return v, false
		}
		v.rec[k.text] = e
		if r.eat(")") {
			return v, true
		}
		if !r.eat(",") {
			return v, false
		}
	}
}

func (r *reader) primitive() (value, bool) {
	if r.eat("''") {
		return value{kind: primitive}, true
	}
	n := strings.IndexAny(r.s[r.i:], "(),:'")
	if n < 0 {
		n = len(r.s) - r.i
	}
	raw := r.s[r.i : r.i+n]
	if raw == "" {
		return value{}, false // the empty string is written ''
	}
	r.i += n
	text, err := url.PathUnescape(raw)
	if err != nil {
		return value{}, false
	}
	if raw == "null" {
		return value{kind: null}, true
	}
	return value{kind: primitive, text: text}, true
}
