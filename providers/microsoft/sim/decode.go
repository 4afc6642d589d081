package sim

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// parse reads a request as its operation defines it. What the definition does
// not name, enumeration values it does not list and values of another type are
// refused, as a deserializer does. Longs come as text or number and leave as
// text; nulls are dropped: null means "not set".
func (t *tables) parse(op *operation, body []byte) (obj, *fault) {
	raw, err := simkit.DecodeObject(body)
	if err != nil {
		return nil, unparsable("$")
	}
	return t.object(op.in, raw, "$")
}

func (t *tables) object(c *class, raw obj, path string) (obj, *fault) {
	out := make(obj, len(raw))
	for name, v := range raw {
		p := c.byName[name]
		if p == nil {
			return nil, unparsable(path + "." + name)
		}
		if v == nil {
			continue
		}
		got, f := t.value(p.of, v, path+"."+name)
		if f != nil {
			return nil, f
		}
		out[name] = got
	}
	return out, nil
}

func (t *tables) value(s *shape, v any, path string) (any, *fault) {
	switch s.kind {
	case "array":
		return t.array(s, v, path)
	case "object":
		return t.instance(s, v, path)
	case "boolean":
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case "long", "int", "double":
		if n, ok := number(s.kind, v); ok {
			return n, nil
		}
	default:
		if text, ok := v.(string); ok && t.text(s, text) {
			return text, nil
		}
	}
	return nil, unparsable(path)
}

// text tells whether a text is of its kind. Flags are one text with commas;
// blanks alone, SOAP's way, separate nothing here (assumed).
func (t *tables) text(s *shape, v string) bool {
	switch s.kind {
	case "enum":
		return t.enums[s.name] == nil || t.member(s.name, v)
	case "flags":
		for one := range strings.SplitSeq(v, ",") {
			if !t.member(s.name, strings.TrimSpace(one)) {
				return false
			}
		}
	case "dateTime":
		_, ok := readTime(v)
		return ok
	}
	return true
}

func number(kind string, v any) (any, bool) {
	text, quoted := v.(string)
	if n, ok := v.(json.Number); ok {
		text = n.String()
	} else if !quoted {
		return nil, false
	}
	switch kind {
	case "long":
		n, err := strconv.ParseInt(text, 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	case "int":
		n, err := strconv.ParseInt(text, 10, 32)
		return n, err == nil && !quoted
	}
	_, err := strconv.ParseFloat(text, 64)
	return json.Number(text), err == nil && !quoted
}

func (t *tables) array(s *shape, v any, path string) (any, *fault) {
	list, ok := v.([]any)
	if !ok {
		return nil, unparsable(path)
	}
	out := make([]any, 0, len(list))
	for i, x := range list {
		if x == nil {
			out = append(out, nil)
			continue
		}
		got, f := t.value(s.elem, x, fmt.Sprintf("%s[%d]", path, i))
		if f != nil {
			return nil, f
		}
		out = append(out, got)
	}
	return out, nil
}

// instance reads an object; one of a family says by Type which it is.
func (t *tables) instance(s *shape, v any, path string) (any, *fault) {
	raw, ok := v.(obj)
	if !ok {
		return nil, unparsable(path)
	}
	c := t.classes[s.name]
	if t.family[s.name] != nil && s.name != "BatchError" {
		disc, _ := raw["Type"].(string)
		if c = t.family[s.name][disc]; c == nil {
			return nil, unparsable(path + ".Type")
		}
	}
	if c == nil {
		return raw, nil // a part that the sheet does not spell out
	}
	return t.object(c, raw, path)
}
