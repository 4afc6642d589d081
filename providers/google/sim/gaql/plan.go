package gaql

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// NoDay is Want.First of a query without a date filter.
const NoDay simkit.Day = -1 << 31

// Env is what a query depends on besides its text.
type Env struct {
	// Now moves the date functions and the limits of change reports.
	Now time.Time
	// Zone is the account's; nil means UTC.
	Zone *time.Location
}

func (e Env) today() simkit.Day {
	if e.Zone == nil {
		return simkit.DayOf(e.Now.UTC())
	}
	return simkit.DayOf(e.Now.In(e.Zone))
}

// Plan is a query that the catalogue has accepted. It is read only and may run
// many times, also at once.
type Plan struct {
	query *Query
	from  *resource
	env   Env
	want  Want

	// The selected fields by part, each once.
	selected           []*Field
	metrics, segments  []*Field
	attributes         []*Field // with the resource names that rows carry
	usedMetrics        []*Field
	onAttributes       []filter
	onSegments         []filter
	onMetrics          []filter
	onDays             []func(simkit.Day) bool
	firstDay, lastDay  bound
	orders             []order
	tree, segmentTree  []*node
	metricKeys         []string
	splits             map[string]int
	facts, omitNames   bool
	drafts, fieldsOnly bool
}

// filter is a condition on one field.
type filter struct {
	field *Field
	match func(Value) bool
}

// order is one key of ORDER BY.
type order struct {
	field *Field
	desc  bool
}

// bound is one end of the date range.
type bound struct {
	day simkit.Day
	set bool
}

// Compile parses a query of GoogleAdsService and checks it against the
// catalogue. A refusal is an *Error.
func Compile(text string, env Env) (*Plan, error) {
	q, err := Parse(text)
	if err != nil {
		return nil, err
	}
	r := load().resources[q.From]
	if r == nil || q.From == fieldResource {
		return nil, refuse("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", q.From, "'%s' is not a valid resource name.", q.From)
	}
	p := &Plan{query: q, from: r, env: env}
	return p, p.compile()
}

func (p *Plan) compile() error {
	for _, step := range []func() error{p.compileSelect, p.compileWhere, p.compileOrder, p.checkSegments,
		p.checkDates, p.checkChanges, p.checkClicks} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, parameter := range p.query.Parameters {
		on := parameter.Value == "true"
		if parameter.Name == "include_drafts" {
			p.drafts = on
		} else {
			p.omitNames = on
		}
	}
	p.compileWant()
	p.compileRows()
	return nil
}

// From is the FROM resource.
func (p *Plan) From() string { return p.from.name }

// UsesMetrics says that the query names a metric anywhere: managers refuse it.
func (p *Plan) UsesMetrics() bool { return len(p.usedMetrics) > 0 }

// Limit is the LIMIT, 0 when there is none.
func (p *Plan) Limit() int { return p.query.Limit }

// IncludeDrafts is the parameter include_drafts.
func (p *Plan) IncludeDrafts() bool { return p.drafts }

// FieldMask lists the selected fields in SELECT order, in camelCase.
func (p *Plan) FieldMask() string {
	names := make([]string, len(p.selected))
	for i, f := range p.selected {
		names[i] = Camel(strings.TrimPrefix(f.Name, p.unnamed()))
	}
	return strings.Join(names, ",")
}

// unnamed is the prefix that GoogleAdsFieldService leaves off its names.
func (p *Plan) unnamed() string {
	if p.fieldsOnly {
		return fieldResource + "."
	}
	return ""
}

// clause says where a field stands, in the words of the refusals.
type clause string

const (
	inSelect clause = "SELECT"
	inWhere  clause = "WHERE"
	inOrder  clause = "ORDER_BY"
)

// field finds a field that the clause may use.
func (p *Plan) field(name string, where clause) (*Field, error) {
	f := load().fields[p.unnamed()+name]
	if f == nil {
		return nil, unrecognized(name)
	}
	if where == inSelect && !f.Selectable || where == inWhere && !f.Filterable || where == inOrder && !f.Sortable {
		return nil, refuse("PROHIBITED_FIELD_IN_"+string(where)+"_CLAUSE", name, "field '%s' is not allowed in %s.", name, where)
	}
	switch {
	case f.Category == MetricCategory && !p.from.metrics[name]:
		return nil, refuse("PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE", name, "metric '%s' cannot be used with resource '%s'.", name, p.from.name)
	case f.Category == SegmentCategory && !p.from.segments[name]:
		return nil, refuse("PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE", name, "segment '%s' cannot be used with resource '%s'.", name, p.from.name)
	case f.Category != AttributeCategory, f.Resource == p.from.name, slices.Contains(p.from.joins, f.Resource):
		return f, nil
	case where == inOrder:
		return nil, refuse("PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", name, "field '%s' is not part of resource '%s'.", name, p.from.name)
	}
	return nil, refuse("PROHIBITED_RESOURCE_TYPE_IN_"+string(where)+"_CLAUSE", name, "resource '%s' cannot be used with resource '%s'.", f.Resource, p.from.name)
}

func (p *Plan) compileSelect() error {
	for _, name := range p.query.Select {
		f, err := p.field(name, inSelect)
		if err != nil {
			return err
		}
		if slices.Contains(p.selected, f) {
			continue // the platform tolerates duplicates
		}
		p.selected = append(p.selected, f)
		switch f.Category {
		case MetricCategory:
			p.metrics = append(p.metrics, f)
			p.useMetric(f)
		case SegmentCategory:
			p.segments = append(p.segments, f)
		}
	}
	return nil
}

func (p *Plan) useMetric(f *Field) {
	if !slices.Contains(p.usedMetrics, f) {
		p.usedMetrics = append(p.usedMetrics, f)
	}
}

func (p *Plan) compileOrder() error {
	for _, o := range p.query.Order {
		f, err := p.field(o.Field, inOrder)
		if err != nil {
			return err
		}
		if f.Resource != p.from.name && !slices.Contains(p.selected, f) {
			return refuse("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", o.Field, "field '%s' of ORDER BY must be present in SELECT.", o.Field)
		}
		p.orders = append(p.orders, order{f, o.Desc})
	}
	return nil
}

func (p *Plan) compileWhere() error {
	for _, c := range p.query.Where {
		f, err := p.field(c.Field, inWhere)
		if err != nil {
			return err
		}
		if err := checkOperator(f, c); err != nil {
			return err
		}
		if f.segment.core() {
			if err := p.compileDates(f, c); err != nil {
				return err
			}
			continue
		}
		match, err := p.matcher(f, c)
		if err != nil {
			return err
		}
		switch f.Category {
		case MetricCategory:
			p.useMetric(f)
			p.onMetrics = append(p.onMetrics, filter{f, match})
		case SegmentCategory:
			if !slices.Contains(p.selected, f) {
				return refuse("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", c.Field, "field '%s' of WHERE must be present in SELECT.", c.Field)
			}
			p.onSegments = append(p.onSegments, filter{f, match})
		default:
			p.onAttributes = append(p.onAttributes, filter{f, match})
		}
	}
	return nil
}
