package sim

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed tables.txt
var tablesText string

// fieldInfo is what the published specification says of a field.
type fieldInfo struct {
	kind      byte // n numeric text, s text, i integer, f number, b boolean, d time, e enum, o object, a array, u unknown
	readonly  bool
	writeOnly bool
}

// tables are the published fields by node type and the enumerations.
type tables struct {
	fields map[string]map[string]fieldInfo
	enums  map[string][]string
	offset map[string]int64 // minor units of a currency
}

func loadTables() *tables {
	t := &tables{fields: map[string]map[string]fieldInfo{}, enums: map[string][]string{}, offset: map[string]int64{}}
	for line := range strings.Lines(tablesText) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == ";":
		case strings.HasPrefix(words[0], "="):
			t.enums[words[0][1:]] = words[1:]
		default:
			t.fields[words[0]] = fieldsOf(words[1:])
		}
	}
	for _, c := range t.enums["offset.1"] {
		t.offset[c] = 1
	}
	for _, c := range t.enums["offset.100"] {
		t.offset[c] = 100
	}
	return t
}

func fieldsOf(words []string) map[string]fieldInfo {
	out := make(map[string]fieldInfo, len(words))
	for _, w := range words {
		name, code, _ := strings.Cut(w, ":")
		out[name] = fieldInfo{code[0], strings.Contains(code[1:], "r"), strings.Contains(code[1:], "w")}
	}
	return out
}

// readable tells whether a node type has a field to read.
func (t *tables) readable(kind, name string) bool {
	f, ok := t.fields[kind][name]
	return ok && !f.writeOnly
}

// member tells whether v is a value of an enumeration.
func (t *tables) member(enum, v string) bool { return slices.Contains(t.enums[enum], v) }
