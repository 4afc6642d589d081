package sim

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// schemaText lists the messages that requests carry; writableText what of the
// resources a mutate may not set.
var (
	//go:embed schema.txt
	schemaText string
	//go:embed writable.txt
	writableText string
)

// field is one field of a message.
type field struct {
	name     string
	kind     byte   // s I i d b y (scalars), e (enum), m (message), M (field mask), x (known, not served)
	of       string // the enum or message
	repeated bool
	oneof    string
}

type message struct {
	name   string
	fields map[string]*field // by snake_case and by camelCase
	order  []*field
}

// hasFields tells whether a mask may stop here: an empty message has no leaf.
func (m *message) hasFields() bool { return len(m.order) > 0 }

// collection is one :mutate collection.
type collection struct {
	name    string // campaignBudgets
	noun    string // CampaignBudget
	request string
}

type schema struct {
	messages    map[string]*message
	enums       map[string][]string // names by number order
	numbers     map[string]map[int64]string
	collections map[string]collection
	output      map[string]bool // "Campaign.id": only the server sets it
	immutable   map[string]bool // "Campaign.advertising_channel_type": only a create sets it
}

var loadSchema = sync.OnceValue(parseSchema)

func parseSchema() *schema {
	s := &schema{
		messages: map[string]*message{}, enums: map[string][]string{}, numbers: map[string]map[int64]string{},
		collections: map[string]collection{}, output: map[string]bool{}, immutable: map[string]bool{},
	}
	var m *message
	for line := range strings.Lines(schemaText) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "#":
		case f[0] == "collection":
			s.collections[f[1]] = collection{f[1], f[2], f[3]}
		case f[0] == "message":
			m = &message{name: f[1], fields: map[string]*field{}}
			s.messages[f[1]] = m
		case f[0] == "enum":
			s.addEnum(f[1], f[2:])
		default:
			kind, of, _ := strings.Cut(f[1], ":")
			x := &field{name: f[0], kind: kind[0], of: of, repeated: strings.Contains(f[2], "*")}
			if f[3] != "-" {
				x.oneof = f[3]
			}
			m.order = append(m.order, x)
			m.fields[x.name], m.fields[camel(x.name)] = x, x
		}
	}
	for line := range strings.Lines(writableText) {
		if f := strings.Fields(line); len(f) == 3 && f[1] == "o" {
			s.output[f[0]+"."+f[2]] = true
		} else if len(f) == 3 && f[1] == "i" {
			s.immutable[f[0]+"."+f[2]] = true
		}
	}
	return s
}

func (s *schema) addEnum(name string, values []string) {
	s.numbers[name] = map[int64]string{}
	for _, v := range values {
		text, num, _ := strings.Cut(v, "=")
		n, _ := strconv.ParseInt(num, 10, 64) // the file is ours
		s.enums[name] = append(s.enums[name], text)
		s.numbers[name][n] = text
	}
}

// marked tells whether path of noun, or something above it, is in set.
func marked(set map[string]bool, noun, path string) bool {
	for p := path; ; {
		if set[noun+"."+p] {
			return true
		}
		i := strings.LastIndexByte(p, '.')
		if i < 0 {
			return false
		}
		p = p[:i]
	}
}

// unreadableError is a payload that the front end cannot read: it never reaches the
// service, so there is no GoogleAdsFailure.
type unreadableError struct{ field, description string }

func (e *unreadableError) Error() string { return e.description }

// decode reads a request body as the message called name. Names may be in
// camelCase or snake_case; an unknown one is refused, null is unset.
func (s *schema) decode(name string, body []byte) (obj, error) {
	if len(strings.TrimSpace(string(body))) == 0 {
		return obj{}, nil
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, &unreadableError{"", "Invalid JSON payload received. " + syntaxText(err)}
	}
	if d.More() {
		return nil, &unreadableError{"", "Invalid JSON payload received. Unexpected token."}
	}
	raw, ok := v.(map[string]any)
	if !ok {
		return nil, &unreadableError{"", "Invalid JSON payload received. Root element must be a message."}
	}
	return s.message(s.messages[name], raw, "")
}

func syntaxText(err error) string {
	if strings.Contains(err.Error(), "EOF") {
		return "Unexpected end of string. Expected a value."
	}
	return "Unexpected token."
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (s *schema) message(m *message, raw map[string]any, path string) (obj, error) {
	out := obj{}
	seen := map[string]string{}
	names := make([]string, 0, len(raw))
	for k := range raw {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		f := m.fields[k]
		if f == nil {
			at := ""
			if path != "" {
				at = " at '" + path + "'"
			}
			return nil, &unreadableError{path, fmt.Sprintf("Invalid JSON payload received. Unknown name \"%s\"%s: Cannot find field.", k, at)}
		}
		if raw[k] == nil {
			continue
		}
		if _, dup := out[f.name]; dup {
			return nil, &unreadableError{join(path, k), fmt.Sprintf("Invalid JSON payload received. Field %q is given twice.", f.name)}
		}
		if other := seen[f.oneof]; f.oneof != "" && other != "" {
			return nil, &unreadableError{join(path, k), fmt.Sprintf("Invalid value at '%s' (oneof), oneof field '%s' is already set. Cannot set '%s'", path, f.oneof, k)}
		}
		seen[f.oneof] = k
		v, err := s.field(f, raw[k], join(path, f.name))
		if err != nil {
			return nil, err
		}
		out[f.name] = v
	}
	return out, nil
}

func (s *schema) field(f *field, raw any, path string) (any, error) {
	if !f.repeated {
		return s.single(f, raw, path)
	}
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw} // the front end takes a lone value for a list of one
	}
	if f.kind != 'm' && f.kind != 'I' && f.kind != 'i' {
		texts := make([]string, len(list))
		for i, x := range list {
			v, err := s.single(f, x, fmt.Sprintf("%s[%d]", path, i))
			if err != nil {
				return nil, err
			}
			texts[i], _ = v.(string)
		}
		return texts, nil
	}
	out := make([]any, len(list))
	for i, x := range list {
		v, err := s.single(f, x, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// wireType is how the front end names a scalar in its refusals.
var wireType = map[byte]string{
	's': "TYPE_STRING", 'I': "TYPE_INT64", 'i': "TYPE_INT32", 'd': "TYPE_DOUBLE", 'b': "TYPE_BOOL", 'y': "TYPE_BYTES", 'M': "google.protobuf.FieldMask",
}

func (s *schema) single(f *field, raw any, path string) (any, error) {
	bad := func() error {
		shown, _ := json.Marshal(raw) // it came from JSON
		kind := wireType[f.kind]
		if f.kind == 'e' || f.kind == 'm' {
			kind = f.of
		}
		return &unreadableError{path, fmt.Sprintf("Invalid value at '%s' (%s), %s", path, kind, shown)}
	}
	switch f.kind {
	case 'm':
		m, ok := raw.(map[string]any)
		if !ok {
			return nil, bad()
		}
		return s.message(s.messages[f.of], m, path)
	case 'x':
		m, ok := raw.(map[string]any)
		if !ok {
			return nil, bad()
		}
		return m, nil
	case 's', 'M':
		if v, ok := raw.(string); ok {
			return v, nil
		}
	case 'y':
		v, ok := raw.(string)
		if _, err := base64.StdEncoding.DecodeString(v); ok && err == nil {
			return v, nil
		}
	case 'b':
		if v, ok := raw.(bool); ok {
			return v, nil
		}
	case 'I', 'i':
		if n, ok := wholeNumber(raw); ok && (f.kind == 'I' || n >= math.MinInt32 && n <= math.MaxInt32) {
			if f.kind == 'i' {
				return int(n), nil
			}
			return n, nil
		}
	case 'd':
		if v, err := strconv.ParseFloat(fmt.Sprint(raw), 64); err == nil {
			return v, nil
		}
	case 'e':
		if v, ok := s.enum(f.of, raw); ok {
			return v, nil
		}
	}
	return nil, bad()
}

// wholeNumber takes numbers and strings, as proto3 JSON does for integers.
func wholeNumber(raw any) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSuffix(fmt.Sprint(raw), ".0"), 10, 64)
	_, isBool := raw.(bool)
	return n, err == nil && !isBool
}

func (s *schema) enum(name string, raw any) (string, bool) {
	switch v := raw.(type) {
	case string:
		return v, slices.Contains(s.enums[name], v)
	case json.Number:
		n, err := v.Int64()
		text, ok := s.numbers[name][n]
		return text, err == nil && ok
	}
	return "", false
}
