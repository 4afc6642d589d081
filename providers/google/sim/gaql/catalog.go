package gaql

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed fields.txt
var fieldsText string

//go:embed enums.txt
var enumsText string

//go:embed compat.txt
var compatText string

// Category is what GoogleAdsFieldService calls a name.
type Category string

// The categories.
const (
	ResourceCategory  Category = "RESOURCE"
	AttributeCategory Category = "ATTRIBUTE"
	MetricCategory    Category = "METRIC"
	SegmentCategory   Category = "SEGMENT"
)

// Type is a field's data type in the platform's words.
type Type string

// The data types. Date stands for dates and for date times.
const (
	TypeInt64        Type = "INT64"
	TypeInt32        Type = "INT32"
	TypeDouble       Type = "DOUBLE"
	TypeFloat        Type = "FLOAT"
	TypeBoolean      Type = "BOOLEAN"
	TypeString       Type = "STRING"
	TypeResourceName Type = "RESOURCE_NAME"
	TypeDate         Type = "DATE"
	TypeEnum         Type = "ENUM"
	TypeMessage      Type = "MESSAGE"
)

// Field is one name that queries may use. It is shared: read only.
type Field struct {
	Name string
	// Resource is the first part of Name: "campaign", "metrics", "segments".
	Resource string
	Category Category
	Type     Type
	Repeated bool
	// Optional says that proto tracks its presence: 0 and false are written.
	Optional                         bool
	Selectable, Filterable, Sortable bool
	// Enum lists the constants of an enum.
	Enum []string

	additive bool
	metric   *metric
	segment  segmentKind
}

// resource is one that stands in FROM.
type resource struct {
	name     string
	joins    []string
	fields   []string
	metrics  map[string]bool
	segments map[string]bool
}

type catalogue struct {
	fields    map[string]*Field
	resources map[string]*resource
}

// load reads the embedded tables once; the result never changes.
var load = sync.OnceValue(func() *catalogue {
	c := &catalogue{fields: map[string]*Field{}, resources: map[string]*resource{}}
	c.readFields(readEnums())
	c.readCompatibility()
	return c
})

// Lookup finds a field by its GAQL name.
func Lookup(name string) (*Field, bool) {
	f, ok := load().fields[name]
	return f, ok
}

// Resources lists the resources that FROM knows, sorted.
func Resources() []string {
	var names []string
	for name := range load().resources {
		if name != fieldResource {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Joins lists the resources whose fields a query FROM the resource may use too.
func Joins(resource string) []string {
	if r := load().resources[resource]; r != nil {
		return slices.Clone(r.joins)
	}
	return nil
}

func readEnums() map[string][]string {
	enums := map[string][]string{}
	for line := range strings.Lines(enumsText) {
		words := strings.Fields(line)
		enums[words[0]] = words[1:]
	}
	return enums
}

// readFields reads fields.txt; its head explains the form.
func (c *catalogue) readFields(enums map[string][]string) {
	var path []string
	var top *resource
	for line := range strings.Lines(fieldsText) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " "))
		path = append(path[:depth], words[0])
		if depth == 0 {
			top = &resource{name: words[0], joins: words[1:]}
			if top.name != "metrics" && top.name != "segments" {
				c.resources[top.name] = top
			}
			continue
		}
		f := newField(strings.Join(path, "."), words[1], enums)
		c.fields[f.Name] = f
		top.fields = append(top.fields, f.Name)
		if parent := c.fields[strings.Join(path[:depth], ".")]; parent != nil {
			parent.Selectable = false // a message with catalogued parts is read by its parts
		}
	}
}

func newField(name, code string, enums map[string][]string) *Field {
	kind := strings.TrimRight(code, "*-!+")
	marks := code[len(kind):]
	top, _, _ := strings.Cut(name, ".")
	f := &Field{Name: name, Resource: top, Category: AttributeCategory,
		Repeated: strings.Contains(marks, "*"), additive: strings.Contains(marks, "+")}
	types := map[string]Type{"i": TypeInt64, "n": TypeInt32, "f": TypeDouble, "g": TypeFloat, "b": TypeBoolean,
		"s": TypeString, "r": TypeResourceName, "d": TypeDate, "x": TypeString, "m": TypeMessage}
	var plain bool
	if f.Type, plain = types[kind]; !plain {
		f.Type, f.Enum = TypeEnum, enums[kind]
	}
	f.Optional = !strings.Contains(marks, "-") && f.Type != TypeEnum && f.Type != TypeMessage && !f.Repeated
	f.Selectable = !strings.Contains(marks, "!") && kind != "x"
	f.Filterable = f.Type != TypeMessage && kind != "x"
	f.Sortable = f.Filterable && !f.Repeated
	switch top {
	case "metrics":
		f.Category, f.metric = MetricCategory, newMetric(f)
	case "segments":
		f.Category, f.segment = SegmentCategory, segmentKinds[name]
	}
	return f
}

// readCompatibility reads compat.txt; its head explains the form.
func (c *catalogue) readCompatibility() {
	sets := map[string][]string{}
	for name, r := range c.resources {
		sets[name] = []string{name}
		r.metrics, r.segments = map[string]bool{}, map[string]bool{}
	}
	kind, listed := "", map[string]bool{}
	for line := range strings.Lines(compatText) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#":
		case words[0] == "=":
			sets[words[1]] = words[2:]
		case len(words) == 1:
			kind = words[0]
		default:
			at := slices.Index(words, ":")
			c.allow(kind, sets, words[:at], words[at+1:], listed)
		}
	}
}

func (c *catalogue) allow(kind string, sets map[string][]string, names, fields []string, listed map[string]bool) {
	if fields[0] == "*" { // every metric that no other line names
		fields = nil
		for name, f := range c.fields {
			if f.Category == MetricCategory && !listed[name] {
				fields = append(fields, strings.TrimPrefix(name, "metrics."))
			}
		}
	}
	for _, field := range fields {
		listed[kind+"."+field] = true
		for _, set := range names {
			for _, name := range sets[set] {
				r := c.resources[name]
				if kind == "metrics" {
					r.metrics["metrics."+field] = true
				} else {
					r.segments["segments."+field] = true
				}
			}
		}
	}
}

// Camel is a name as JSON spells it: each underscore goes and the next letter
// grows; dots stay.
func Camel(name string) string {
	b := make([]byte, 0, len(name))
	up := false
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_':
			up = true
			continue
		case up && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		b = append(b, c)
	}
	return string(b)
}
