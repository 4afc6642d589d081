package sim

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// field is one entry of a fields list:
//
//	name[.param(value)…][.as(alias)][{sub,fields}]
type field struct {
	name, alias string
	params      params // sub-parameters, as an edge's query would have them
	sub         []field
	hasSub      bool
}

// as is the name under which the answer carries the field.
func (f field) as() string {
	if f.alias != "" {
		return f.alias
	}
	return f.name
}

var errFields = errors.New("malformed fields")

// maxFieldDepth is how deep an expansion may nest (assumed).
const maxFieldDepth = 10

type fieldParser struct {
	in    string
	at    int
	depth int
}

// parseFields reads a fields list. An empty text is no list.
func parseFields(in string) ([]field, error) {
	p := &fieldParser{in: in}
	p.space()
	if p.at == len(p.in) {
		return nil, nil
	}
	out, err := p.list()
	if err != nil || p.at != len(p.in) {
		return nil, errFields
	}
	return out, nil
}

func (p *fieldParser) space() {
	for p.at < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.at]) >= 0 {
		p.at++
	}
}

func (p *fieldParser) next() byte {
	p.space()
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *fieldParser) list() ([]field, error) {
	if p.depth++; p.depth > maxFieldDepth {
		return nil, errFields
	}
	defer func() { p.depth-- }()
	out := []field{}
	for {
		if c := p.next(); c == '}' || c == 0 { // a trailing comma passes
			return out, nil
		}
		f, err := p.one()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		if p.next() != ',' {
			return out, nil
		}
		p.at++
	}
}

func (p *fieldParser) one() (field, error) {
	f := field{name: p.name(), params: params{}}
	if f.name == "" {
		return f, errFields
	}
	for p.next() == '.' {
		p.at++
		k := p.name()
		v, err := p.argument()
		if k == "" || err != nil {
			return f, errFields
		}
		if k == "as" {
			f.alias = v
		} else {
			f.params[k] = v
		}
	}
	if p.next() != '{' {
		return f, nil
	}
	p.at++
	var err error
	f.hasSub = true
	if f.sub, err = p.list(); err != nil || p.next() != '}' {
		return f, errFields
	}
	p.at++
	p.space()
	return f, nil
}

func (p *fieldParser) name() string {
	p.space()
	from := p.at
	for p.at < len(p.in) {
		c := p.in[p.at]
		if c != '_' && c != ':' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		p.at++
	}
	return p.in[from:p.at]
}

// argument is what stands in the parentheses: text, quotes balanced, brackets
// of any kind balanced.
func (p *fieldParser) argument() (string, error) {
	if p.next() != '(' {
		return "", errFields
	}
	p.at++
	from, open := p.at, 0
	var quote byte
	for ; p.at < len(p.in); p.at++ {
		c := p.in[p.at]
		switch {
		case quote != 0:
			switch c {
			case '\\':
				p.at++
			case quote:
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			open++
		case c == ']' || c == '}' || c == ')' && open > 0:
			open--
		case c == ')':
			v := strings.TrimSpace(p.in[from:p.at])
			p.at++
			return unquote(v), nil
		}
	}
	return "", errFields
}

// renderFields writes a fields list as text again.
func renderFields(fs []field) string {
	var b strings.Builder
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f.name)
		for _, k := range slices.Sorted(maps.Keys(f.params)) {
			b.WriteString("." + k + "(" + argumentText(f.params[k]) + ")")
		}
		if f.alias != "" {
			b.WriteString(".as(" + argumentText(f.alias) + ")")
		}
		if f.hasSub {
			b.WriteString("{" + renderFields(f.sub) + "}")
		}
	}
	return b.String()
}

// argumentText is a value as it can stand in parentheses: quoted where it would
// read as something else.
func argumentText(v string) string {
	p := &fieldParser{in: "(" + v + ")"}
	if got, err := p.argument(); err == nil && got == v && p.at == len(p.in) {
		return v
	}
	return string(encode(v))
}

// unquote takes one pair of quotes away from a plain text.
func unquote(v string) string {
	if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
		if t, err := parseLenient(v); err == nil {
			if s, ok := t.(string); ok {
				return s
			}
		}
	}
	return v
}
