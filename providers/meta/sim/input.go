package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reserved parameters steer a call and are no fields of a node. The JavaScript
// client sends the node's own id along with an update; it says nothing.
var reserved = []string{
	"access_token", "appsecret_proof", "appsecret_time", "method", "fields", "execution_options", "locale", "pretty", "debug",
	"suppress_http_code", "format", "include_headers", "batch", "redirect", "id",
}

// input is what a write sets, by field, in the node's own shapes. Fields that
// are never read back stay beside.
type input struct {
	set   obj
	extra obj
}

// readInput turns the call's parameters into a node's fields. A name that the type
// does not have is refused (assumed: Graph ignores some).
func (s *Sim) readInput(c *call, kind string, a *account) (input, *graphError) {
	in := input{obj{}, obj{}}
	for name, text := range c.params {
		if slices.Contains(reserved, name) {
			continue
		}
		info, ok := s.tab.fields[kind][name]
		if !ok || info.readonly {
			return in, invalidParam("The parameter %s is not supported", name)
		}
		v, err := s.readValue(kind, name, text, info, a)
		if err != nil {
			return in, err
		}
		if info.writeOnly {
			in.extra[name] = v
		} else {
			in.set[name] = v
		}
	}
	return in, nil
}

func (s *Sim) readValue(kind, name, text string, info fieldInfo, a *account) (any, *graphError) {
	p := params{name: text}
	switch info.kind {
	case 'i':
		n, _, err := p.integer(name)
		return n, err
	case 'n':
		t := unquote(strings.TrimSpace(text))
		if t != "" && strings.Trim(strings.TrimPrefix(t, "-"), "0123456789_") != "" {
			return nil, invalidParam("Param %s must be an integer", name)
		}
		return t, nil
	case 'f':
		f, err := strconv.ParseFloat(unquote(text), 64)
		if err != nil {
			return nil, invalidParam("Param %s must be a number", name)
		}
		return f, nil
	case 'b':
		return boolValue(p, name)
	case 'd':
		return readTime(name, text, a)
	case 'o':
		o, _, err := p.object(name)
		return o, err
	case 'a':
		l, _, err := p.array(name)
		return l, err
	case 'e':
		if enum := s.tab.enums[kind+"."+name]; len(enum) > 0 && !slices.Contains(enum, text) {
			return nil, invalidParam("Param %s must be one of {%s}", name, strings.Join(enum, ", "))
		}
	}
	return text, nil
}

func boolValue(p params, name string) (any, *graphError) {
	b, err := p.boolean(name, false)
	return b, err
}

// readTime takes ISO 8601, UNIX seconds, and 0 for no end. Without an offset
// the account's zone counts.
func readTime(name, text string, a *account) (any, *graphError) {
	text = unquote(strings.TrimSpace(text))
	if text == "0" || text == "" {
		return nil, nil
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", text, a.loc); err == nil {
		return a.clock(t), nil
	}
	t, ok := moment(text)
	if !ok {
		return nil, invalidParam("Param %s must be a datetime", name)
	}
	return a.clock(t), nil
}

// required names the first missing parameter.
func required(in input, names ...string) *graphError {
	for _, n := range names {
		if v, ok := in.set[n]; !ok || v == "" || v == nil {
			return invalidParam("The parameter %s is required.", n)
		}
	}
	return nil
}

// number reads a numeric text or integer of the input; 0 when absent.
func (in input) number(name string) int64 {
	e := entity{data: in.set}
	return e.number(name)
}

func (in input) str(name string) string {
	t, _ := asText(in.set[name])
	return t
}

// integerOf reads a number inside a JSON value of a client or of ours.
func integerOf(v any) (int64, bool) {
	n, ok := jsonNumber(v).(json.Number)
	if !ok {
		if t, isText := v.(string); isText {
			n = json.Number(t)
		} else {
			return 0, false
		}
	}
	i, err := n.Int64()
	return i, err == nil
}
