package gaql

import (
	"iter"
	"maps"
	"slices"
)

// fieldResource is the resource that GoogleAdsFieldService queries without
// naming it.
const fieldResource = "google_ads_field"

// CompileFields parses and checks a query of GoogleAdsFieldService, which has
// no FROM. Its rows come from [FieldSource].
func CompileFields(text string) (*Plan, error) {
	q, err := parse(text, false)
	if err != nil {
		return nil, err
	}
	p := &Plan{query: q, from: load().resources[fieldResource], fieldsOnly: true}
	return p, p.compile()
}

// FieldInfo is the GoogleAdsField of a resource, attribute, metric or segment,
// as JSON.
func FieldInfo(name string) ([]byte, bool) {
	c := load()
	if c.fields[name] == nil && c.resources[name] == nil || name == fieldResource {
		return nil, false
	}
	p, err := CompileFields(`SELECT name, category, selectable, filterable, sortable, selectable_with, ` +
		`attribute_resources, metrics, segments, enum_values, data_type, is_repeated WHERE name = ` +
		Literal{String, name}.String())
	if err != nil {
		return nil, false
	}
	for row := range p.Rows(FieldSource()) {
		return slices.Clone(row), true
	}
	return nil, false
}

// FieldSource is the catalogue as a source for plans of [CompileFields].
func FieldSource() Source { return fieldSource{} }

type fieldSource struct{}

// Objects yields every resource and field by name.
func (fieldSource) Objects(*Want) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		c := load()
		names := append(slices.Collect(maps.Keys(c.fields)), Resources()...)
		slices.Sort(names)
		for _, name := range names {
			f := c.fields[name]
			if f == nil {
				f = &Field{Name: name, Resource: name, Category: ResourceCategory, Type: TypeMessage}
			}
			if f.Resource != fieldResource && !yield(fieldObject{f}, nil) {
				return
			}
		}
	}
}

type fieldObject struct{ *Field }

// Facts yields nothing: the catalogue has no metrics.
func (fieldObject) Facts(*Want) iter.Seq[*Fact] { return func(func(*Fact) bool) {} }

// Value answers for the fields of GoogleAdsField.
func (o fieldObject) Value(field string) Value {
	switch field[len(fieldResource)+1:] {
	case "resource_name":
		return Text("googleAdsFields/" + o.Name)
	case "name":
		return Text(o.Name)
	case "category":
		return Text(string(o.Category))
	case "selectable":
		return Bool(o.Selectable)
	case "filterable":
		return Bool(o.Filterable)
	case "sortable":
		return Bool(o.Sortable)
	case "data_type":
		return Text(string(o.Type))
	case "is_repeated":
		return Bool(o.Repeated)
	case "enum_values":
		return List(o.Enum)
	case "selectable_with":
		return List(o.selectableWith())
	}
	r := load().resources[o.Name]
	if r == nil {
		return Value{}
	}
	switch field[len(fieldResource)+1:] {
	case "attribute_resources":
		return List(r.joins)
	case "metrics":
		return List(slices.Sorted(maps.Keys(r.metrics)))
	case "segments":
		return List(slices.Sorted(maps.Keys(r.segments)))
	}
	return Value{}
}

// selectableWith lists what may stand beside the field: for a metric or a
// segment the resources that carry it and its counterparts there, for others
// what goes with their resource.
func (o fieldObject) selectableWith() []string {
	c := load()
	names := map[string]bool{}
	for name, r := range c.resources {
		carried, others := r.metrics[o.Name], r.segments
		if o.Category == SegmentCategory {
			carried, others = r.segments[o.Name], r.metrics
		}
		switch {
		case carried:
			names[name] = true
			for other := range others {
				if o.beside(c.fields[other]) {
					names[other] = true
				}
			}
		case name == o.Resource:
			maps.Copy(names, r.metrics)
			maps.Copy(names, r.segments)
			for _, join := range r.joins {
				names[join] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (o fieldObject) beside(other *Field) bool {
	if o.Category == SegmentCategory {
		return splits(o.Field, other)
	}
	return splits(other, o.Field)
}
