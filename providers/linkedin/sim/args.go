package sim

import (
	"slices"
	"strconv"
	"strings"
)

// only refuses every parameter that is not named.
func (p *params) only(names ...string) *fault {
	for name := range p.values {
		if !slices.Contains(names, name) {
			return paramNotAllowed(name)
		}
	}
	if len(p.dotted) > 0 && !slices.Contains(names, "locale") {
		for name := range p.dotted {
			return paramNotAllowed(name)
		}
	}
	return nil
}

// text is a primitive parameter; ok tells whether it was given.
func (p *params) text(name string) (s string, ok bool, f *fault) {
	v, ok := p.values[name]
	if !ok {
		return "", false, nil
	}
	if v.kind != primitive {
		return "", true, paramInvalid(name, "")
	}
	return v.text, true, nil
}

// number is an integer parameter within bounds.
func (p *params) number(name string, def, lo, hi int) (int, *fault) {
	s, ok, f := p.text(name)
	if !ok || f != nil {
		return def, f
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < lo || n > hi {
		return 0, paramInvalid(name, "Value must be an integer between "+strconv.Itoa(lo)+" and "+strconv.Itoa(hi))
	}
	return n, nil
}

// boolean is a true/false parameter.
func (p *params) boolean(name string) (b, ok bool, f *fault) {
	s, ok, f := p.text(name)
	if !ok || f != nil {
		return false, ok, f
	}
	return boolean(name, value{text: s})
}

func boolean(name string, v value) (b, ok bool, f *fault) {
	if v.kind != primitive || v.text != "true" && v.text != "false" {
		return false, true, paramInvalid(name, "")
	}
	return v.text == "true", true, nil
}

// texts is a parameter that is a list of primitives; protocol 1 also sends a
// lone value where a list is meant.
func (p *params) texts(name string, loneToo bool) (ss []string, ok bool, f *fault) {
	v, ok := p.values[name]
	if !ok {
		return nil, false, nil
	}
	if v.kind == primitive && loneToo {
		return []string{v.text}, true, nil
	}
	ss, f = texts(name, v)
	return ss, true, f
}

func texts(name string, v value) ([]string, *fault) {
	if v.kind != list {
		return nil, paramInvalid(name, "")
	}
	out := make([]string, len(v.list))
	for i, e := range v.list {
		if e.kind != primitive {
			return nil, paramInvalid(name, "")
		}
		out[i] = e.text
	}
	return out, nil
}

// enum is a symbol, also accepted boxed as (value:SYMBOL).
func (p *params) enum(name string, symbols []string) (s string, ok bool, f *fault) {
	v, ok := p.values[name]
	if !ok {
		return "", false, nil
	}
	if v.kind == record && len(v.rec) == 1 {
		v = v.rec["value"]
	}
	if v.kind != primitive || !slices.Contains(symbols, v.text) {
		return "", true, paramInvalid(name, "")
	}
	return v.text, true, nil
}

// urn takes an URN of a type apart: urn:li:sponsoredCampaign:5 → "5".
func urn(s, typ string) (id string, ok bool) {
	id, ok = strings.CutPrefix(s, "urn:li:"+typ+":")
	return id, ok && id != ""
}

// numberURN is urn for numeric ids.
func numberURN(s, typ string) (int64, bool) {
	id, ok := urn(s, typ)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n > 0
}

func makeURN(typ string, id int64) string { return "urn:li:" + typ + ":" + strconv.FormatInt(id, 10) }
