package sim

import (
	"fmt"
	"math"
)

// summary is one row over everything that the report lists, at the level of
// its node; texts that are only partly compared do not narrow it.
func (x *runner) summary() []byte {
	q := *x.q
	q.fields, q.steps, q.breakdowns = q.summary, nil, nil
	q.spans = []span{{q.first(), math.MinInt32}}
	for _, r := range q.ranges {
		q.spans[0].to = max(q.spans[0].to, r.to)
	}
	rows := 0
	if q.count {
		for u := range x.units() {
			x.unit(u, func(int, *reportRow) bool { rows++; return true })
		}
	}
	total := x.sim.newRunner(&q)
	total.partial = true
	sum := make(cell, q.width)
	for i := range total.objs {
		if q.barren || !total.listed(i) {
			continue
		}
		for _, r := range x.q.ranges {
			if total.sum(&total.objs[i], r) {
				sum.add(total.cells[0])
			}
		}
	}
	row := total.row
	row.at, row.entity, row.total = q.spans[0], q.node, sum
	b := row.append(nil)
	if q.count {
		b = append(b[:len(b)-1], fmt.Sprintf(`,"total_count":%d}`, rows)...)
	}
	return b
}
