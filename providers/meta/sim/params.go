package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// params are a call's parameters by name, as text: query, form, multipart and
// JSON bodies look alike (a JSON value that is no text is its JSON text).
type params map[string]string

func (p params) has(name string) bool   { _, ok := p[name]; return ok }
func (p params) get(name string) string { return p[name] }

// without copies p less some names.
func (p params) without(names ...string) params {
	out := params{}
	for k, v := range p {
		if !slices.Contains(names, k) {
			out[k] = v
		}
	}
	return out
}

// json reads a parameter as lenient JSON; ok is false when it is absent.
func (p params) json(name string) (v any, ok bool, err *graphError) {
	text, ok := p[name]
	if !ok || strings.TrimSpace(text) == "" {
		return nil, false, nil
	}
	v, e := parseLenient(text)
	if e != nil {
		return nil, true, invalidParam("Param %s must be a valid JSON value", name)
	}
	return v, true, nil
}

// object is json that must be an object.
func (p params) object(name string) (obj, bool, *graphError) {
	v, ok, err := p.json(name)
	if err != nil || !ok {
		return nil, ok, err
	}
	o, isObj := v.(obj)
	if !isObj {
		return nil, true, invalidParam("Param %s must be a JSON object", name)
	}
	return o, true, nil
}

// array is json that must be an array.
func (p params) array(name string) ([]any, bool, *graphError) {
	v, ok, err := p.json(name)
	if err != nil || !ok {
		return nil, ok, err
	}
	a, isArray := v.([]any)
	if !isArray {
		return nil, true, invalidParam("Param %s must be an array.", name)
	}
	return a, true, nil
}

// list is an array of texts, or texts between commas.
func (p params) list(name string) ([]string, bool, *graphError) {
	text, ok := p[name]
	if !ok {
		return nil, false, nil
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }), true, nil
	}
	a, _, err := p.array(name)
	if err != nil {
		return nil, true, err
	}
	out := make([]string, 0, len(a))
	for _, x := range a {
		t, isText := asText(x)
		if !isText {
			return nil, true, invalidParam("Param %s must be an array of strings", name)
		}
		out = append(out, t)
	}
	return out, true, nil
}

// boolean takes true/false, 1/0, with or without quotes.
func (p params) boolean(name string, def bool) (bool, *graphError) {
	text, ok := p[name]
	if !ok {
		return def, nil
	}
	switch strings.ToLower(unquote(strings.TrimSpace(text))) {
	case "true", "1", "yes":
		return true, nil
	case "false", "0", "no", "":
		return false, nil
	}
	return def, invalidParam("Param %s must be a boolean", name)
}

// integer reads a whole number, quoted or not.
func (p params) integer(name string) (n int64, ok bool, err *graphError) {
	text, ok := p[name]
	if !ok {
		return 0, false, nil
	}
	n, e := strconv.ParseInt(unquote(strings.TrimSpace(text)), 10, 64)
	if e != nil {
		return 0, true, invalidParam("Param %s must be an integer", name)
	}
	return n, true, nil
}

// asText is a text or a number as text.
func asText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	}
	return "", false
}

// paramText is how a JSON body's value looks as a parameter.
func paramText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return string(encode(v))
}

// jsonParam, list and boolean read the call's own parameters.
func (c *call) jsonParam(name string, into any) *graphError {
	v, ok, err := c.params.json(name)
	if err != nil || !ok {
		return err
	}
	if json.Unmarshal(encode(v), into) != nil {
		return invalidParam("Param %s has the wrong shape", name)
	}
	return nil
}

func (c *call) list(name string) ([]string, bool, *graphError) { return c.params.list(name) }

func (c *call) boolean(name string, def bool) (bool, *graphError) { return c.params.boolean(name, def) }

// fields is the parsed fields parameter.
func (c *call) fields() ([]field, *graphError) { return fieldList(c.params.get("fields")) }

func fieldList(text string) ([]field, *graphError) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") { // an array of names passes too
		names, _, err := params{"fields": text}.list("fields")
		if err != nil {
			return nil, err
		}
		text = strings.Join(names, ",")
	}
	fs, err := parseFields(text)
	if err != nil {
		return nil, &graphError{Code: 2500, Message: "Syntax error \"Expected end of string instead of \"?\".\" at fields parameter"}
	}
	return fs, nil
}
