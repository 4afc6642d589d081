package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// piece is a part of a day and the value of the last column it was cut by.
type piece struct {
	cell   cell
	before string
}

// place cuts a day's cell by the breakdowns and adds the parts to their slots.
func (x *runner) place(a *adFacts, d simkit.Day, c cell) {
	if len(x.q.steps) == 0 {
		x.addTo(0, a, d, c)
		return
	}
	pieces := []piece{{c, ""}}
	for _, b := range x.q.steps {
		next := make([]piece, 0, 8*len(pieces))
		for i, p := range pieces {
			values := b.values(a, p.before)
			if len(values) == 1 {
				next = append(next, piece{p.cell, values[0]})
				continue
			}
			weights := a.weightsOf(b.name, p.before, len(values))
			if b.name == hourlyAdvertiser || b.name == hourlyAudience {
				weights = x.hourWeights(a, d)
			}
			key := simkit.Hash(a.key, simkit.HashString(b.name), simkit.HashString(p.before), uint64(d), uint64(i))
			for k, part := range p.cell.split(key, weights, a.minor) {
				next = append(next, piece{part, values[k]})
			}
		}
		pieces = next
	}
	slots := x.slotsOf(a)
	for i, p := range pieces {
		x.addTo(slots[i], a, d, p.cell)
	}
}

func (x *runner) addTo(n int, a *adFacts, d simkit.Day, c cell) {
	x.cells[n].add(c)
	if x.shares == nil {
		return
	}
	if x.parts[n] == nil {
		x.parts[n] = make([]cell, len(x.shares[0]))
		for i := range x.parts[n] {
			x.parts[n][i] = make(cell, x.q.width)
		}
	}
	weights := a.weightsOf(partsKey(x.q.actionColumns()), "", len(x.shares[0]))
	key := simkit.Hash(a.key, 60, uint64(d), uint64(n))
	for i, part := range c.split(key, weights, a.minor) {
		x.parts[n][i].add(part)
	}
}

// partsKey names what an action breakdown splits by, alike for both its columns.
func partsKey(columns []string) string {
	switch columns[0] {
	case "action_destination":
		return "action_target_id"
	case "action_carousel_card_name":
		return "action_carousel_card_id"
	}
	return columns[0]
}

// hourWeights are the day's impressions by the hour on the clock: an hour that
// comes twice counts twice, one that is left out not at all.
func (x *runner) hourWeights(a *adFacts, d simkit.Day) []int64 {
	w := make([]int64, 24)
	loc := a.entity.account.loc
	start := d.Start(loc)
	for i, f := range x.sim.hours(a.ad, d, x.q.asOf) {
		w[start.Add(time.Duration(i)*time.Hour).In(loc).Hour()] += f[simkit.Impressions]
	}
	return w
}

// slotsOf are the slots of an ad's pieces, in the order that place makes them.
func (x *runner) slotsOf(a *adFacts) []int {
	if x.static && x.fixed != nil {
		return x.fixed
	}
	tuples := [][]string{nil}
	for _, b := range x.q.steps {
		var next [][]string
		for _, t := range tuples {
			before := ""
			if len(t) > 0 {
				before = t[len(t)-1]
			}
			for _, v := range b.values(a, before) {
				next = append(next, append(slices.Clone(t), v))
			}
		}
		tuples = next
	}
	x.fixed = make([]int, len(tuples))
	for i, t := range tuples {
		var shown []string
		for k, b := range x.q.steps {
			if !b.hidden {
				shown = append(shown, t[k])
			}
		}
		x.fixed[i] = x.slot(shown)
	}
	return x.fixed
}

// slot is the number of a combination of values.
func (x *runner) slot(values []string) int {
	key := strings.Join(values, "\x00")
	n, ok := x.byKey[key]
	if !ok {
		n = len(x.slots)
		x.byKey[key] = n
		x.slots = append(x.slots, values)
		x.cells = append(x.cells, make(cell, x.q.width))
		x.parts = append(x.parts, nil)
	}
	return n
}
