package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// object is a JSON object in the file's order.
type object []member

type member struct {
	key   string
	value json.RawMessage
}

// UnmarshalJSON keeps the order of the members.
func (o *object) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("expected an object, found %v", t)
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		*o = append(*o, member{key, raw})
	}
	return nil
}

// object is the member's value, empty when it is no object.
func (m member) object() object {
	var o object
	if json.Unmarshal(m.value, &o) != nil {
		return nil
	}
	return o
}

// text is the member's text, empty when it is none.
func (m member) text() string {
	var s string
	if json.Unmarshal(m.value, &s) != nil {
		return ""
	}
	return s
}

func (o object) raw(key string) json.RawMessage {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

func (o object) has(key string) bool    { return o.raw(key) != nil }
func (o object) at(key string) object   { return member{value: o.raw(key)}.object() }
func (o object) text(key string) string { return member{value: o.raw(key)}.text() }
func (o object) without(key string) object {
	var out object
	for _, m := range o {
		if m.key != key {
			out = append(out, m)
		}
	}
	return out
}

func (n *Normalization) into(raw json.RawMessage, v any) {
	n.t.Helper()
	if err := json.Unmarshal(raw, v); err != nil {
		n.t.Fatalf("normalization.json: %v", err)
	}
}

// plain is a value as a platform writes it.
var plain = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// readRows makes pairs of a table platform value → ours. A null is "left out": Ours is empty. Nested tables (by level)
// are flattened, their rows named "level.value".
func (n *Normalization) readRows(table object) []Pair {
	var out []Pair
	for _, m := range table {
		if m.key == "field" || m.key == "source" || m.key == "rule" {
			continue
		}
		if sub := m.object(); len(sub) > 0 {
			for _, p := range n.readRows(sub) {
				p.Wire = m.key + "." + p.Wire
				p.Special = true
				out = append(out, p)
			}
			continue
		}
		text := m.text()
		out = append(out, Pair{Wire: m.key, Ours: text, Text: text, Special: !plain.MatchString(m.key) || strings.HasPrefix(text, "(")})
	}
	return out
}

// writeRows makes pairs of a table ours → platform → rule. A rule for every platform is a text in place of the table.
func (n *Normalization) writeRows(table object) []Pair {
	var out []Pair
	for _, m := range table {
		rule := m.text()
		if sub := m.object(); sub != nil {
			if !sub.has(n.platform) {
				out = append(out, Pair{Ours: m.key, Text: "", Refused: true}) // a table that names others only
				continue
			}
			rule = sub.text(n.platform)
		}
		out = append(out, writePair(m.key, rule))
	}
	return out
}

func writePair(ours, rule string) Pair {
	p := Pair{Ours: ours, Text: rule, Refused: strings.HasPrefix(rule, "refused")}
	if p.Refused {
		return p
	}
	words := strings.Fields(rule)
	if len(words) > 1 && words[0] == "alias" {
		p.Alias, words = true, words[1:]
		if len(words) > 1 && words[0] == "of" {
			words = words[1:]
		}
	}
	if len(words) > 0 {
		p.Wire = strings.TrimRight(words[0], ";,.:")
	}
	prose := len(words) > 1 && p.Wire == strings.ToLower(p.Wire) // "as if absent", "type TEXT_AD"
	p.Special = prose || strings.HasPrefix(ours, "(") || !plain.MatchString(p.Wire)
	return p
}

func split(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

var (
	statusWord = regexp.MustCompile(`^[1-5]\d\d$`)
	codeWord   = regexp.MustCompile(`^(\d+|[A-Z][A-Z0-9_]*[A-Z0-9_*]|[A-Z][A-Za-z]+)$`)
)

// errorCases reads "400 A, B; 409; 401 65600, 65602": a status opens a case, what follows are its codes. Words that
// are neither (prose) are left to the Text of the row.
func errorCases(text string) []ErrorCase {
	var out []ErrorCase
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == ',' || r == '(' || r == ')' }) {
		for i, w := range strings.Fields(part) {
			switch {
			case i == 0 && statusWord.MatchString(w):
				n, _ := strconv.Atoi(w) // three digits
				out = append(out, ErrorCase{Status: n})
			case codeWord.MatchString(w):
				if len(out) == 0 {
					out = append(out, ErrorCase{})
				}
				last := &out[len(out)-1]
				last.Codes = append(last.Codes, w)
			}
		}
	}
	return out
}

// words is a text, or the texts of an object as "key: text; key: text".
func words(raw json.RawMessage) string {
	m := member{value: raw}
	if t := m.text(); t != "" {
		return t
	}
	var parts []string
	for _, sub := range m.object() {
		parts = append(parts, sub.key+": "+sub.text())
	}
	return strings.Join(parts, "; ")
}
