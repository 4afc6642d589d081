package gaql

import "iter"

// item is an object on its way through a run.
type item struct {
	object  Object
	serial  int
	encoded []byte // the attributes' JSON without braces
	done    bool
	values  []Value
}

// encode gives the JSON of the attributes, made once per object.
func (it *item) encode(p *Plan) []byte {
	if !it.done {
		it.values = it.values[:0]
		for _, f := range p.attributes {
			it.values = append(it.values, it.object.Value(f.Name))
		}
		it.encoded = appendNodes(it.encoded[:0], p.tree, it.values)
		it.done = true
	}
	return it.encoded
}

// row is one result before it is written. It is valid until the next one.
type row struct {
	object *item
	group  *group
	days   *calendar
	values []Value
}

// segments are the values of the selected segments.
func (r *row) segments(p *Plan) []Value {
	r.values = r.values[:0]
	for _, f := range p.segments {
		r.values = append(r.values, r.days.value(f, r.group))
	}
	return r.values
}

// value is what the row holds in the field.
func (r *row) value(f *Field) Value {
	switch f.Category {
	case MetricCategory:
		return f.metric.value(&r.group.sums, f.additive)
	case SegmentCategory:
		return r.days.value(f, r.group)
	}
	return r.object.object.Value(f.Name)
}

// run is one execution of a plan.
type run struct {
	plan  *Plan
	row   row
	group grouper
	yield func(*row) bool
}

func newRun(p *Plan, yield func(*row) bool) *run {
	days := newCalendar(p)
	return &run{plan: p, row: row{days: days}, group: grouper{plan: p, days: days}, yield: yield}
}

// each yields every row that WHERE lets through, in the source's order, and
// ends early when yield says so.
func (p *Plan) each(objects iter.Seq2[Object, error], yield func(*row) bool) error {
	r := newRun(p, yield)
	it := &item{}
	for object, err := range objects {
		if err != nil {
			return err
		}
		it.object, it.done = object, false
		it.serial++
		if p.matches(object) && !r.object(it) {
			return nil
		}
	}
	return nil
}

func (p *Plan) matches(object Object) bool {
	for _, c := range p.onAttributes {
		if !c.match(object.Value(c.field.Name)) {
			return false
		}
	}
	return true
}

// object yields the rows of one object.
func (r *run) object(it *item) bool {
	p := r.plan
	r.row.object = it
	if !p.facts {
		r.row.group = &group{}
		return r.yield(&r.row)
	}
	for f := range it.object.Facts(&p.want) {
		if !r.group.add(f, r.emit) {
			return false
		}
	}
	if len(p.segments) == 0 && r.group.used == 0 {
		r.group.open(NoDay, innerKey{-1, -1, -1}, nil) // an object without facts is a row of zeros
	}
	return r.group.flush(r.emit)
}

// emit yields the row of a whole group when it is one.
func (r *run) emit(g *group) bool {
	p := r.plan
	r.row.group = g
	for _, c := range p.onSegments {
		if !c.match(r.row.days.value(c.field, g)) {
			return true
		}
	}
	if !p.shows(g) {
		return true
	}
	for _, c := range p.onMetrics {
		if !c.match(c.field.metric.value(&g.sums, c.field.additive)) {
			return true
		}
	}
	return r.yield(&r.row)
}

// shows applies the zero rule: a row that is segmented needs a selected metric
// that is not zero, one that exists by traffic needs traffic.
func (p *Plan) shows(g *group) bool {
	if len(p.segments) == 0 {
		return !trafficOnly[p.from.name] || g.sums.any()
	}
	for _, f := range p.metrics {
		if v := f.metric.value(&g.sums, f.additive); v.kind == listValue && len(v.list) > 0 || v.num != 0 {
			return true
		}
	}
	return len(p.metrics) == 0 && g.sums.any()
}
