package sim

import (
	"slices"
	"strings"
	"sync"

	"github.com/admux/admux/providers/internal/simkit"
)

// sorting is a parsed `sort`: one entry, ascending unless it says otherwise.
type sorting struct {
	field  insightField
	action string // of an array by action type
	down   bool
}

// parseSort reads spend_descending or actions:link_click_ascending, alone or in
// an array of one.
func (q *insightQuery) parseSort(s *Sim, p params) *graphError {
	list, ok, err := p.list("sort")
	if err != nil || !ok {
		return err
	}
	if len(list) != 1 {
		return invalidParam("Param sort must have one entry")
	}
	name, x := list[0], &sorting{}
	if rest, cut := strings.CutSuffix(name, "_descending"); cut {
		name, x.down = rest, true
	} else {
		name = strings.TrimSuffix(name, "_ascending")
	}
	name, x.action, _ = strings.Cut(name, ":")
	f, known := s.insights.fields[name]
	listed := name == "actions" || name == "action_values"
	if !known || f.num == nil && !listed || listed != (x.action != "") {
		return invalidParam("Sort field %s is not supported", list[0])
	}
	x.field = f
	q.width = max(q.width, f.width)
	q.sort = x
	return nil
}

// of is the number that a row is sorted by; none is 0.
func (x *sorting) of(r *reportRow) fraction {
	if x.action == "" {
		return x.field.fraction(r)
	}
	v := fraction{0, 1}
	r.actionEntries(r.total, x.field.name == "action_values", func(e actionEntry) {
		if e.kind == x.action {
			v.num = uint64(e.value)
		}
	})
	return v
}

// sortedRow is a finished row with what it is sorted by.
type sortedRow struct {
	json []byte
	by   fraction
}

// sortedCache keeps the last sorted reports, so that paging through one does
// not compute it again for every page.
type sortedCache struct {
	mu   sync.Mutex
	list []sortedReport
}

type sortedReport struct {
	key  uint64
	rows []sortedRow
}

const sortedKept = 4

// sorted is the whole report in order. Equal rows keep their natural order.
func (x *runner) sorted() []sortedRow {
	key := x.q.id
	for _, f := range x.q.fields {
		key = simkit.Hash(key, simkit.HashString(f.name))
	}
	for _, w := range append(slices.Clone(x.q.windows), x.q.actionBreakdowns...) {
		key = simkit.Hash(key, simkit.HashString(w))
	}
	// Numbers of today move with the hour.
	key = simkit.Hash(key, uint64(x.q.asOf.Unix()/3600), simkit.HashString(x.q.version))
	c := &x.sim.insights.sorted
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.list {
		if r.key == key {
			return r.rows
		}
	}
	var rows []sortedRow
	for u := range x.units() {
		x.unit(u, func(_ int, r *reportRow) bool {
			rows = append(rows, sortedRow{r.append(nil), x.q.sort.of(r)})
			return true
		})
	}
	slices.SortStableFunc(rows, func(a, b sortedRow) int {
		if x.q.sort.down {
			a, b = b, a
		}
		return a.by.compare(b.by)
	})
	if len(c.list) >= sortedKept {
		c.list = c.list[1:]
	}
	c.list = append(c.list, sortedReport{key, rows})
	return rows
}
