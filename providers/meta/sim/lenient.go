package sim

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Graph's parameters are JSON text read with tolerance: single quotes and bare
// keys pass, as the documentation's own samples use them. Numbers stay text
// (json.Number); an object is an obj, an array []any.

var errLenient = errors.New("malformed JSON value")

type lenient struct {
	in    string
	at    int
	depth int
}

// maxNesting bounds recursion on foreign text.
const maxNesting = 64

// parseLenient reads one value and nothing after it.
func parseLenient(in string) (any, error) {
	p := &lenient{in: in}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(p.in) {
		return nil, errLenient
	}
	return v, nil
}

func (p *lenient) space() {
	for p.at < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.at]) >= 0 {
		p.at++
	}
}

func (p *lenient) peek() byte {
	p.space()
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *lenient) value() (any, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, errLenient
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); c {
	case 0:
		return nil, errLenient
	case '{':
		return p.object()
	case '[':
		return p.array()
	case '"', '\'':
		return p.quoted(c)
	}
	return p.bare()
}

func (p *lenient) object() (any, error) {
	out := obj{}
	p.at++
	for {
		switch c := p.peek(); c {
		case '}':
			p.at++
			return out, nil
		case 0:
			return nil, errLenient
		case '"', '\'':
			k, err := p.quoted(c)
			if err != nil {
				return nil, err
			}
			if err := p.member(out, k); err != nil {
				return nil, err
			}
		default:
			if err := p.member(out, p.word(":,{}[]\"' \t\r\n")); err != nil {
				return nil, err
			}
		}
		if p.peek() == ',' {
			p.at++
		} else if p.peek() != '}' {
			return nil, errLenient
		}
	}
}

func (p *lenient) member(out obj, key string) error {
	if key == "" || p.peek() != ':' {
		return errLenient
	}
	p.at++
	v, err := p.value()
	if err != nil {
		return err
	}
	out[key] = v
	return nil
}

func (p *lenient) array() (any, error) {
	out := []any{}
	p.at++
	for {
		switch p.peek() {
		case ']':
			p.at++
			return out, nil
		case 0:
			return nil, errLenient
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.peek() == ',' {
			p.at++
		} else if p.peek() != ']' {
			return nil, errLenient
		}
	}
}

func (p *lenient) word(stop string) string {
	from := p.at
	for p.at < len(p.in) && strings.IndexByte(stop, p.in[p.at]) < 0 {
		p.at++
	}
	return p.in[from:p.at]
}

// bare is a number, true, false, null, or an unquoted word, which is a text.
func (p *lenient) bare() (any, error) {
	switch w := p.word(",:{}[]\"' \t\r\n"); w {
	case "":
		return nil, errLenient
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		var n json.Number
		if json.Unmarshal([]byte(w), &n) == nil && (w[0] == '-' || w[0] >= '0' && w[0] <= '9') {
			return n, nil
		}
		return w, nil
	}
}

func (p *lenient) quoted(q byte) (string, error) {
	p.at++
	var b strings.Builder
	for p.at < len(p.in) {
		switch c := p.in[p.at]; c {
		case q:
			p.at++
			return b.String(), nil
		case '\\':
			if err := p.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return "", errLenient
}

func (p *lenient) escape(b *strings.Builder) error {
	if p.at+1 >= len(p.in) {
		return errLenient
	}
	c := p.in[p.at+1]
	p.at += 2
	const from, to = `bfnrt"'\/`, "\b\f\n\r\t\"'\\/"
	if i := strings.IndexByte(from, c); i >= 0 {
		b.WriteByte(to[i])
		return nil
	}
	if c != 'u' {
		return errLenient
	}
	r, err := p.hex()
	if err != nil {
		return err
	}
	if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(p.in[p.at:], `\u`) {
		p.at += 2
		low, err := p.hex()
		if err != nil {
			return err
		}
		if low >= 0xdc00 && low < 0xe000 {
			r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
		}
	}
	if !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	b.WriteRune(r)
	return nil
}

func (p *lenient) hex() (rune, error) {
	if p.at+4 > len(p.in) {
		return 0, errLenient
	}
	n, err := strconv.ParseUint(p.in[p.at:p.at+4], 16, 32)
	if err != nil {
		return 0, errLenient
	}
	p.at += 4
	return rune(n), nil
}
