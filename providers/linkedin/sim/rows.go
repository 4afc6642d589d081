package sim

import (
	"bufio"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// bucket is one time step of a report, days inclusive.
type bucket struct{ from, to simkit.Day }

func (r *report) buckets() []bucket {
	if r.granularity == "ALL" {
		return []bucket{{r.from, r.to}}
	}
	var out []bucket
	for d := r.from; d <= r.to; {
		y, m, _ := d.Date()
		next := d + 1
		switch r.granularity {
		case "MONTHLY":
			next = simkit.Date(y, m+1, 1)
		case "YEARLY":
			next = simkit.Date(y+1, 1, 1)
		}
		out = append(out, bucket{d, min(next-1, r.to)})
		d = next
	}
	return out
}

// row is one answered element.
type row struct {
	b   bucket
	key int
	cell
}

// runner accumulates a report. Keys are the pivot value tuples met so far.
type runner struct {
	*report
	sim    *Sim
	keys   [][]string
	index  map[string]int
	cells  []cell
	slots  map[*simkit.Ad][]int
	until  time.Time
	splits bool // some pivot splits what an ad did
}

// run writes `{"elements":[` and the rows, and tells how many.
func (s *Sim) run(r *report, out *bufio.Writer) (rows int) {
	x := &runner{report: r, sim: s, index: map[string]int{}, slots: map[*simkit.Ad][]int{}, until: s.asOf(r)}
	for _, p := range r.pivots {
		x.splits = x.splits || p.split != nil
	}
	out.WriteString(`{"elements":[`)
	var line []byte
	for row := range x.rows {
		line = line[:0]
		if rows > 0 {
			line = append(line, ',')
		}
		line = x.append(line, row)
		if _, err := out.Write(line); err != nil {
			return rows
		}
		if rows++; rows == r.count {
			return rows
		}
	}
	return rows
}

// rows yields all rows, in order of time or as sortBy says. The row is reused.
func (x *runner) rows(yield func(*row) bool) {
	if x.sortBy != "" {
		list := x.sorted()
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
		return
	}
	for _, b := range x.buckets() {
		for r := range x.bucket(b) {
			if !yield(r) {
				return
			}
		}
	}
}

// sorted keeps the first rows by the sort field.
func (x *runner) sorted() []row {
	m := x.sim.metricTable[x.sortBy]
	order := func(a, b row) int {
		c := cmp.Compare(m.of(&a.cell), m.of(&b.cell))
		if x.descending {
			return -c
		}
		return c
	}
	var list []row
	for _, b := range x.buckets() {
		for r := range x.bucket(b) {
			list = append(list, *r)
			if len(list) > 4*x.count {
				slices.SortStableFunc(list, order)
				list = list[:x.count]
			}
		}
	}
	slices.SortStableFunc(list, order)
	return list[:min(len(list), x.count)]
}

// bucket yields the rows of one time step. The row is reused.
func (x *runner) bucket(b bucket) func(func(*row) bool) {
	return func(yield func(*row) bool) {
		clear(x.cells)
		from := max(b.from, x.retention(simkit.DayOf(x.sim.kit.Clock.Now())))
		to := min(b.to, simkit.DayOf(x.until))
		for _, ad := range x.ads {
			if !ad.Delivered(from, to+1) {
				continue
			}
			for d := from; d <= to; d++ {
				x.add(ad, d)
			}
		}
		var r row
		for i := range x.cells {
			if x.omitted(b, i) {
				continue
			}
			r = row{b, i, x.cells[i]}
			if !yield(&r) {
				return
			}
		}
	}
}

// omitted: a row without activity is absent. A row whose requested metrics are
// all zero is mostly absent too, and sometimes there: both have been recorded.
func (x *runner) omitted(b bucket, i int) bool {
	c := &x.cells[i]
	if c.IsZero() {
		return true
	}
	for _, m := range x.metrics {
		if m.ratio != nil || m.of(c) != 0 {
			return false
		}
	}
	return len(x.metrics) > 0 && simkit.Hash(x.sim.opts.Seed, uint64(b.from), uint64(i))%8 != 0
}

func (x *runner) add(ad *simkit.Ad, d simkit.Day) {
	f := x.sim.kit.World.Day(ad, d, x.until)
	if f.IsZero() {
		return
	}
	if x.until.Sub((d + 1).Start(time.UTC)) < 48*time.Hour {
		f[simkit.VideoSeconds] = 0 // watch times come two days late
	}
	slots := x.slotsOf(ad)
	if len(slots) == 0 {
		return
	}
	rate, audience := usdRate(ad.AccountOf().Currency), audienceOf(ad.Group)
	if !x.splits {
		x.cells[slots[0]].add(&f, rate, audience)
		return
	}
	parts := []simkit.Fact{f}
	for _, p := range x.pivots {
		if p.split == nil {
			continue
		}
		n := len(p.values(ad))
		var next []simkit.Fact
		for i := range parts {
			cut := p.split(x.sim.kit.World, ad, d, &parts[i], n)
			if p.member {
				memberRules(cut)
			}
			next = append(next, cut...)
		}
		parts = next
	}
	for i := range parts {
		x.cells[slots[i]].add(&parts[i], rate, audience)
	}
}

func (c *cell) add(f *simkit.Fact, rate, audience int64) {
	c.Fact.Add(f)
	c.usd += f[simkit.Cost] * rate
	c.audience = audience
}

// slotsOf are the indices of the cells that an ad's parts go to, in the order
// that splitting by the pivots one after the other gives them.
func (x *runner) slotsOf(ad *simkit.Ad) []int {
	if s, ok := x.slots[ad]; ok {
		return s
	}
	tuples := [][]string{nil}
	for _, p := range x.pivots {
		values := []string{}
		if p.of != nil {
			if v := p.of(ad); v != "" {
				values = append(values, v)
			}
		} else {
			values = p.values(ad)
		}
		var next [][]string
		for _, t := range tuples {
			for _, v := range values {
				next = append(next, append(slices.Clone(t), v))
			}
		}
		tuples = next
	}
	slots := make([]int, len(tuples))
	for i, t := range tuples {
		k := strings.Join(t, "\x00")
		n, ok := x.index[k]
		if !ok {
			n = len(x.keys)
			x.index[k] = n
			x.keys = append(x.keys, t)
			x.cells = append(x.cells, cell{})
		}
		slots[i] = n
	}
	x.slots[ad] = slots
	return slots
}

// audienceOf is a campaign's target audience.
func audienceOf(g *simkit.Group) int64 {
	return 300 + int64(simkit.Hash(uint64(g.ID))%900_000)
}

func appendDay(b []byte, d simkit.Day) []byte {
	y, m, dd := d.Date()
	b = append(b, `{"year":`...)
	b = strconv.AppendInt(b, int64(y), 10)
	b = append(b, `,"month":`...)
	b = strconv.AppendInt(b, int64(m), 10)
	b = append(b, `,"day":`...)
	b = strconv.AppendInt(b, int64(dd), 10)
	return append(b, '}')
}

func (x *runner) append(b []byte, r *row) []byte {
	b = append(b, '{')
	if x.withDates {
		b = append(b, `"dateRange":{"start":`...)
		b = appendDay(b, r.b.from)
		b = append(b, `,"end":`...)
		b = appendDay(b, r.b.to)
		b = append(b, `},`...)
	}
	if x.withPivots {
		b = append(b, `"pivotValues":[`...)
		for i, v := range x.keys[r.key] {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendQuote(b, v) // pivot values are plain ASCII
		}
		b = append(b, `],`...)
	}
	for i, m := range x.metrics {
		b = x.value(b, x.fields[i], m, r)
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, '}')
}

// value appends one metric, or nothing where it is null.
func (x *runner) value(b []byte, name string, m metric, r *row) []byte {
	if m.reach && x.rangeDays > reachDays {
		return b
	}
	var num, den int64
	if m.ratio != nil {
		if num, den = m.ratio(&r.cell); den == 0 {
			return b
		}
	}
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":`...)
	switch m.kind {
	case double:
		b = strconv.AppendFloat(b, float64(num)/float64(den), 'g', -1, 64)
	case long:
		b = strconv.AppendInt(b, m.of(&r.cell), 10)
	case tally:
		b = append(strconv.AppendInt(append(b, '"'), m.of(&r.cell), 10), '"')
	default:
		places := 6
		if m.kind == usd {
			places = 10
		}
		b = append(b, '"')
		b = appendBigDecimal(b, m.of(&r.cell), places, simkit.Hash(x.sim.opts.Seed, uint64(r.b.from), uint64(r.key), simkit.HashString(name)))
		b = append(b, '"')
	}
	return append(b, ',')
}

// appendBigDecimal writes an exact decimal; a zero comes as "0.0", as "0" or as
// the dust of somebody's subtraction.
func appendBigDecimal(b []byte, v int64, places int, h uint64) []byte {
	if v == 0 {
		return append(b, [...]string{"0.0", "0.0", "0", "-2E-18", "0.0", "1E-18"}[h%6]...)
	}
	return simkit.AppendDecimal(b, v, places)
}
