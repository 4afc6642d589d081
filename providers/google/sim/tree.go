package sim

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// obj is a proto message as the simulator keeps it: snake_case names, with Go
// types that tell the wire form. A string is a string, an enum name, a date or
// base64; int64 is a JSON string; int is a JSON number; []any and []string are
// repeated fields. A published obj is never changed: writers put a copy in its
// place.
type obj = map[string]any

// at follows a dotted path; nil when something on the way is absent.
func at(o obj, path string) any {
	for {
		name, rest, more := strings.Cut(path, ".")
		v, ok := o[name]
		if !ok || !more {
			return v
		}
		if o, ok = v.(obj); !ok {
			return nil
		}
		path = rest
	}
}

// text is the string at path; empty when absent.
func text(o obj, path string) string {
	s, _ := at(o, path).(string)
	return s
}

// number is the int64 or int at path; 0 when absent.
func number(o obj, path string) int64 {
	switch v := at(o, path).(type) {
	case int64:
		return v
	case int:
		return int64(v)
	}
	return 0
}

// with is a copy of o with v at path; a nil v takes the field away.
func with(o obj, path string, v any) obj {
	o = maps.Clone(o)
	if o == nil {
		o = obj{}
	}
	name, rest, more := strings.Cut(path, ".")
	switch {
	case more:
		sub, _ := o[name].(obj)
		o[name] = with(sub, rest, v)
	case v == nil:
		delete(o, name)
	default:
		o[name] = v
	}
	return o
}

// camel is the JSON name of a proto field.
func camel(name string) string {
	if !strings.Contains(name, "_") {
		return name
	}
	b := make([]byte, 0, len(name))
	up := false
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_':
			up = true
			continue
		case up && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		b = append(b, c)
	}
	return string(b)
}

// appendJSON writes a value in proto3 JSON, names in order of the alphabet.
// Empty repeated fields are left out.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		b = append(b, '"')
		b = strconv.AppendInt(b, v, 10)
		return append(b, '"')
	case float64:
		return appendFloat(b, v)
	case json.RawMessage:
		return append(b, v...)
	case obj:
		return appendObject(b, v)
	case []any:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []obj:
		return appendList(b, v)
	}
	return append(b, "null"...)
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, any(v))
	}
	return append(b, ']')
}

func appendObject(b []byte, o obj) []byte {
	b = append(b, '{')
	first := true
	for _, k := range slices.Sorted(maps.Keys(o)) {
		v := o[k]
		if empty(v) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, camel(k))
		b = append(b, ':')
		b = appendJSON(b, v)
	}
	return append(b, '}')
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case []string:
		return len(v) == 0
	case []obj:
		return len(v) == 0
	}
	return false
}

func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, `"NaN"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < 0x20 || r == '<' || r == '>' || r == '&':
			b = append(b, `\u00`...)
			b = append(b, hexDigits[r>>4], hexDigits[r&15])
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				b = append(b, `\ufffd`...)
				continue
			}
			b = utf8.AppendRune(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// appendPretty writes compact JSON the way Google's front end prints it: two
// blanks a level, nothing inside empty brackets. depth is where it stands.
func appendPretty(b, compact []byte, depth int) []byte {
	quoted := false
	for i := 0; i < len(compact); i++ {
		c := compact[i]
		if quoted {
			b = append(b, c)
			switch c {
			case '\\':
				i++
				b = append(b, compact[i])
			case '"':
				quoted = false
			}
			continue
		}
		switch c {
		case '"':
			quoted = true
			b = append(b, c)
		case '{', '[':
			b = append(b, c)
			if compact[i+1] == c+2 { // } and ] lie two above their openers
				i++
				b = append(b, c+2)
				continue
			}
			depth++
			b = newline(b, depth)
		case '}', ']':
			depth--
			b = append(newline(b, depth), c)
		case ',':
			b = newline(append(b, c), depth)
		case ':':
			b = append(b, ':', ' ')
		default:
			b = append(b, c)
		}
	}
	return b
}

func newline(b []byte, depth int) []byte {
	b = append(b, '\n')
	for range depth {
		b = append(b, ' ', ' ')
	}
	return b
}
