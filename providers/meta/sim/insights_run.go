package sim

import (
	"slices"

	"github.com/admux/admux/providers/internal/simkit"
)

// runner computes a report, a unit at a time: one step of time and one object.
// Nothing is kept between units, so that a page may begin anywhere.
type runner struct {
	sim  *Sim
	q    *insightQuery
	objs []reportObject

	seen []byte // per object: 0 not looked at, 1 listed, 2 not
	row  reportRow
	day  cell

	// A slot is one combination of column values.
	slots  [][]string // its values in the columns that show
	cells  []cell
	parts  [][]cell // by value of the action breakdown
	byKey  map[string]int
	static bool       // every ad has the same slots, in the order of
	fixed  []int      // this
	shares [][]string // its values: of each column
	// partial leaves filters by parts of a text aside.
	partial bool
	keyless bool
	rows    int // answered
}

// reportObject is an object of the report's level with its ads.
type reportObject struct {
	entity *entity
	ads    []*entity
}

func (s *Sim) newRunner(q *insightQuery) *runner {
	x := &runner{sim: s, q: q, objs: s.reportObjects(q), byKey: map[string]int{}, static: true, day: make(cell, q.width),
		keyless: s.insights.options().KeylessHours}
	x.seen = make([]byte, len(x.objs))
	for _, b := range q.steps {
		x.static = x.static && !b.fixed
	}
	for _, column := range q.actionColumns() {
		x.shares = append(x.shares, actionShares(column))
	}
	if len(q.steps) == 0 {
		x.slot(nil)
	}
	a := q.node.account
	x.row = reportRow{sim: s, q: q, offset: a.offset, key: simkit.Hash(uint64(a.src.ID), 50), views: viewsOf(a.src)}
	return x
}

// actionShares are the values of an action breakdown.
func actionShares(column string) []string {
	switch column {
	case "action_device":
		return []string{"iphone", "android_smartphone", "desktop", "ipad", "other"}
	case "action_reaction":
		return []string{"like", "love", "haha", "wow", "sorry", "anger"}
	case "action_carousel_card_id":
		return []string{"23850000000000101", "23850000000000102", "23850000000000103"}
	case "action_carousel_card_name":
		return []string{"Card, one", "Card \"two\"", "Card three"}
	case "action_video_type":
		return []string{"auto_played", "click_to_play"}
	case "action_video_sound":
		return []string{"on", "off"}
	case "action_destination":
		return []string{"shop.example", "Instagram profile"}
	case "action_target_id":
		return []string{"23850000000000201", "23850000000000202"}
	}
	return []string{"unknown"}
}

// reportObjects groups the node's ads by the report's level.
func (s *Sim) reportObjects(q *insightQuery) []reportObject {
	ads := s.adsUnder(q.node)
	if q.level == q.node.kind {
		return []reportObject{{q.node, ads}}
	}
	var out []reportObject
	if q.level == "Ad" {
		for i, ad := range ads {
			out = append(out, reportObject{ad, ads[i : i+1]})
		}
		return out
	}
	index := map[*entity]int{}
	for _, ad := range ads {
		e := ad.up(q.level)
		i, ok := index[e]
		if !ok {
			i = len(out)
			index[e] = i
			out = append(out, reportObject{entity: e})
		}
		out[i].ads = append(out[i].ads, ad)
	}
	return out
}

func (x *runner) units() int { return len(x.q.spans) * len(x.objs) }

// weight is how many rows the report may have: every step of every object that
// the filters leave. Below the bound a rougher count does.
func (x *runner) weight(bound int) int {
	values := 1
	for _, b := range x.q.steps {
		if !b.fixed && len(x.objs) > 0 && len(x.objs[0].ads) > 0 {
			if f := x.sim.factsOf(x.objs[0].ads[0]); f != nil {
				values *= max(1, len(b.values(f, "facebook")))
			}
		}
	}
	if n := x.units() * values; !beyond(n, bound) {
		return n
	}
	objects := 0
	for i := range x.objs {
		if x.listed(i) && slices.ContainsFunc(x.objs[i].ads, func(ad *entity) bool { return x.q.filters.admits(x.sim, ad, true) }) {
			objects++
		}
	}
	return objects * len(x.q.spans) * values
}

// listed tells whether an object has rows of its own: what is archived or
// deleted has not, unless the report asks for its effective status (or its
// ads') or is about that very object. In the totals of its parents it counts.
func (x *runner) listed(i int) bool {
	if x.seen[i] == 0 {
		x.seen[i] = 1
		for e := x.objs[i].entity; e != nil && e != x.q.node; e = e.parent {
			if x.sim.hidden(e) && !x.q.filters.listed[x.q.level] && !x.q.filters.listed["Ad"] {
				x.seen[i] = 2
			}
		}
	}
	return x.seen[i] == 1
}

// unit yields the rows of unit u with the numbers of their slots. The row is
// reused. It tells whether to go on.
func (x *runner) unit(u int, yield func(slot int, r *reportRow) bool) bool {
	at, i := x.q.spans[u/len(x.objs)], u%len(x.objs)
	if x.q.barren || !x.listed(i) || x.expired(at) {
		return true
	}
	o := &x.objs[i]
	r := &x.row
	r.at, r.entity = at, o.entity
	if !x.sum(o, at) {
		if !x.keyless || !x.q.hourly || !idle(o, at) {
			return true
		}
		r.total, r.values, r.parts = make(cell, x.q.width), nil, nil
		return !x.q.filters.passes(r) || yield(0, r)
	}
	for n := range x.cells {
		r.total, r.values, r.parts = x.cells[n], x.slots[n], x.parts[n]
		r.names = x.shares
		if r.total.isZero() || !x.q.filters.passes(r) {
			continue
		}
		if !yield(n, r) {
			return false
		}
	}
	return true
}

// idle tells that an object could have delivered.
func idle(o *reportObject, at span) bool {
	return slices.ContainsFunc(o.ads, func(e *entity) bool { return e.ad != nil && e.ad.Delivered(at.from, at.to+1) })
}

// expired: what numbers are not kept for is empty, not refused.
func (x *runner) expired(at span) bool {
	months := 0
	switch {
	case x.q.hourly:
		months = monthsOfUniques
	case slices.Contains(x.q.breakdowns, "frequency_value"):
		months = monthsOfBuckets
	}
	return months > 0 && at.from < monthsBefore(x.q.today, months)
}

// sum fills the cells with what an object's ads did; false when nothing did.
func (x *runner) sum(o *reportObject, at span) bool {
	x.reset()
	did := false
	last := min(at.to, simkit.DayOf(x.q.asOf.In(x.q.node.account.loc)))
	for _, ad := range o.ads {
		if ad.ad == nil || !ad.ad.Delivered(at.from, last+1) || !x.q.filters.admits(x.sim, ad, !x.partial) {
			continue
		}
		a := x.sim.factsOf(ad)
		for d := at.from; d <= last; d++ {
			x.sim.dayCell(x.day, a, d, x.q.asOf)
			if !x.day.isZero() {
				did = true
				x.place(a, d, x.day)
			}
		}
	}
	return did
}

// reset empties the slots. Slots that hang on the ad are numbered anew in each
// unit, so that a page that begins here numbers them alike.
func (x *runner) reset() {
	if !x.static {
		clear(x.byKey)
		x.slots, x.cells, x.parts = x.slots[:0], x.cells[:0], x.parts[:0]
		return
	}
	for n := range x.cells {
		clear(x.cells[n])
		for _, p := range x.parts[n] {
			clear(p)
		}
	}
}
