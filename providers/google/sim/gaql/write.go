package gaql

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// node is a place in a row's JSON: a leaf takes the value at index.
type node struct {
	key      string // `"name":`
	field    *Field // nil for a message built of children
	index    int
	children []*node
	// resource is the index of the resource_name of a joined resource: without
	// a value the whole object is left out. -1 elsewhere.
	resource int
}

// child finds or makes the message below n.
func (n *node) child(name string) *node {
	key := `"` + Camel(name) + `":`
	for _, c := range n.children {
		if c.key == key && c.field == nil {
			return c
		}
	}
	c := &node{key: key, resource: -1}
	n.children = append(n.children, c)
	return c
}

// appendNodes writes the members that have a value, separated by commas; it
// writes nothing when none has.
func appendNodes(dst []byte, nodes []*node, values []Value) []byte {
	start := len(dst)
	for _, n := range nodes {
		if n.resource >= 0 && values[n.resource].IsZero() {
			continue
		}
		mark := len(dst)
		if mark > start {
			dst = append(dst, ',')
		}
		dst = append(dst, n.key...)
		if n.field != nil {
			v := values[n.index]
			if v.empty(n.field) {
				dst = dst[:mark]
				continue
			}
			dst = appendValue(dst, n.field, v)
			continue
		}
		dst = append(dst, '{')
		body := len(dst)
		if dst = appendNodes(dst, n.children, values); len(dst) == body {
			dst = dst[:mark]
			continue
		}
		dst = append(dst, '}')
	}
	return dst
}

// appendValue writes a value as proto3 JSON of the field's type.
func appendValue(dst []byte, f *Field, v Value) []byte {
	switch v.kind {
	case intValue:
		if f.Type == TypeInt64 { // JSON has no integers of 64 bits
			dst = append(dst, '"')
			dst = strconv.AppendInt(dst, v.num, 10)
			return append(dst, '"')
		}
		return strconv.AppendInt(dst, v.num, 10)
	case floatValue:
		return appendFloat(dst, v.float())
	case boolValue:
		return strconv.AppendBool(dst, v.num != 0)
	case textValue:
		return appendString(dst, v.text)
	case listValue:
		return appendList(dst, v.list)
	}
	return append(dst, v.text...)
}

func appendList(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

// appendFloat writes the shortest decimal that reads back as x.
func appendFloat(dst []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, `"NaN"`...)
	case math.IsInf(x, 0):
		if x < 0 {
			dst = append(dst, `"-Infinity"`...)
			return dst
		}
		return append(dst, `"Infinity"`...)
	}
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, x, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}

// appendMillionths writes n millionths as an exact decimal: 7500000 is 7.5.
func appendMillionths(dst []byte, n int64) []byte {
	u := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		u = -u
	}
	dst = strconv.AppendUint(dst, u/million, 10)
	rest := u % million
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for div := uint64(100_000); rest > 0; div /= 10 {
		dst = append(dst, '0'+byte(rest/div))
		rest %= div
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, "\uFFFD"...)
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
