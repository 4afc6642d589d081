package sim

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed tables.txt
var tablesText string

// shape is a type of the published definitions: a scalar, an enumeration, an
// object or a list of one.
type shape struct {
	kind string // long, int, double, boolean, string, dateTime, base64, enum, flags, object, array
	name string // of the enumeration or object
	elem *shape
}

// property is one property of an object.
type property struct {
	name     string
	of       *shape
	readonly bool
	optional bool // only sent when asked for
	fixed    bool // not to be changed after it was added
}

// class is one object: its properties in order and, for a member of a family,
// the base and the discriminator.
type class struct {
	name, base, disc string
	props            []property
	byName           map[string]*property
}

type operation struct {
	name, service string
	in            *class // nil: known, and not served here
}

type zone struct{ iana, report string }

// tables are the published definitions.
type tables struct {
	classes map[string]*class
	family  map[string]map[string]*class // base, then discriminator
	enums   map[string][]string
	columns map[string][]string
	zones   map[string]zone
	symbols map[int]string
	ops     map[string]map[string]*operation // path, then method
	byName  map[string]*operation
	asks    map[string]bool // everything that ReturnAdditionalFields can name
}

func loadTables() *tables {
	t := &tables{
		classes: map[string]*class{}, family: map[string]map[string]*class{}, enums: map[string][]string{},
		columns: map[string][]string{}, zones: map[string]zone{}, symbols: map[int]string{},
		ops: map[string]map[string]*operation{}, byName: map[string]*operation{}, asks: map[string]bool{},
	}
	for line := range strings.Lines(tablesText) {
		if w := strings.Fields(line); len(w) > 1 && w[0] != ";" {
			t.line(w[0], w[1:])
		}
	}
	return t
}

func (t *tables) line(kind string, w []string) {
	switch kind {
	case "T":
		t.class(w)
	case "E", "F":
		t.enums[w[0]] = w[1:]
		for _, v := range w[1:] {
			t.asks[v] = t.asks[v] || strings.HasSuffix(w[0], "AdditionalField")
		}
	case "C":
		t.columns[w[0]] = w[1:]
	case "Z":
		t.zones[w[0]] = zone{w[1], w[2]}
	case "X":
		if n, err := strconv.Atoi(w[0]); err == nil && len(w) > 1 {
			t.symbols[n] = w[1]
		}
	case "O":
		op := &operation{name: w[0], service: strings.Split(w[2], "/")[1]}
		if t.ops[w[2]] == nil {
			t.ops[w[2]] = map[string]*operation{}
		}
		t.ops[w[2]][w[1]], t.byName[w[0]] = op, op
	case "Q":
		t.byName[w[0]].in = newClass(w[0], w[1:])
	}
}

func (t *tables) class(w []string) {
	head := strings.Split(w[0], ":")
	c := newClass(head[0], w[1:])
	t.classes[c.name] = c
	if len(head) == 3 {
		c.base, c.disc = head[1], head[2]
		if t.family[c.base] == nil {
			t.family[c.base] = map[string]*class{}
		}
		t.family[c.base][c.disc] = c
	}
}

func newClass(name string, props []string) *class {
	c := &class{name: name, byName: map[string]*property{}}
	for _, p := range props {
		n, rest, _ := strings.Cut(p, "=")
		kind, flags, _ := strings.Cut(rest, ",")
		c.props = append(c.props, property{name: n, of: parseShape(kind), readonly: strings.Contains(flags, "r"),
			optional: strings.Contains(flags, "o"), fixed: strings.Contains(flags, "x")})
	}
	for i := range c.props {
		c.byName[c.props[i].name] = &c.props[i]
	}
	return c
}

// parseShape reads "array<object<Campaign>>" and the like.
func parseShape(s string) *shape {
	head, rest, nested := strings.Cut(s, "<")
	rest = strings.TrimSuffix(rest, ">")
	switch {
	case !nested && s == "decimal":
		return &shape{kind: "double"}
	case !nested && s == "byte":
		return &shape{kind: "int"}
	case !nested:
		return &shape{kind: s}
	case head == "array":
		return &shape{kind: "array", elem: parseShape(rest)}
	}
	return &shape{kind: head, name: rest}
}

// find is the class of an object of a family: by its discriminator, or the
// class itself where the family has no members.
func (t *tables) find(name, disc string) *class {
	if members := t.family[name]; members != nil && disc != "" && disc != name {
		return members[disc]
	}
	return t.classes[name]
}

func (t *tables) member(enum, v string) bool { return slices.Contains(t.enums[enum], v) }

func (t *tables) symbol(code int) string {
	if s := t.symbols[code]; s != "" {
		return s
	}
	return "InternalError"
}

// zoneOf is the platform's name of an IANA zone: its own, or UTC's.
func (t *tables) zoneOf(iana string) string {
	if iana == "UTC" {
		return "GreenwichMeanTimeDublinEdinburghLisbonLondon" // assumed: the platform has no plain UTC
	}
	found := ""
	for name, z := range t.zones {
		if z.iana == iana && (found == "" || name < found) {
			found = name
		}
	}
	return found
}
