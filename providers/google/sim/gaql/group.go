package gaql

import (
	"slices"

	"github.com/admux/admux/providers/internal/simkit"
)

// group is the facts of one object that make one row.
type group struct {
	day    simkit.Day // the first day that all selected periods share
	inner  innerKey
	splits []Value
	sums   Sums
}

// innerKey is what else of a fact's time a row shows; -1 where not selected.
type innerKey struct {
	hour, weekday, month int8
}

// grouper adds an object's facts up to rows. Days ascend, so the rows of one
// period are whole when the next one begins: only they are held.
type grouper struct {
	plan   *Plan
	days   *calendar
	groups []group
	used   int
	index  map[string]int // by key once the groups are too many to look through
	key    []byte
}

// scanned is how many groups are looked through before an index pays.
const scanned = 24

// add counts the fact in; emit is called with whole groups. It says whether to
// go on.
func (g *grouper) add(f *Fact, emit func(*group) bool) bool {
	day := g.days.at(f.Day)
	if !day.allowed {
		return true
	}
	if g.used > 0 && g.groups[0].day != day.period && !g.flush(emit) {
		return false
	}
	in := innerKey{-1, -1, -1}
	if g.plan.want.Hours {
		in.hour = int8(f.Hour)
	}
	if g.days.weekdays {
		in.weekday = int8(f.Day.Weekday())
	}
	if g.days.months {
		in.month = day.month
	}
	g.find(day.period, in, f.Splits).sums.add(&f.Sums)
	return true
}

// flush hands the held groups out.
func (g *grouper) flush(emit func(*group) bool) bool {
	for i := range g.used {
		if !emit(&g.groups[i]) {
			return false
		}
	}
	g.used = 0
	clear(g.index)
	return true
}

func (g *grouper) find(day simkit.Day, in innerKey, splits []Value) *group {
	if g.used < scanned {
		for i := range g.used {
			if c := &g.groups[i]; c.inner == in && sameSplits(c.splits, splits) {
				return c
			}
		}
		return g.open(day, in, splits)
	}
	if len(g.index) == 0 {
		g.index = make(map[string]int, 4*scanned)
		for i := range g.used {
			c := &g.groups[i]
			g.index[string(g.encode(c.inner, c.splits))] = i
		}
	}
	if i, ok := g.index[string(g.encode(in, splits))]; ok {
		return &g.groups[i]
	}
	g.index[string(g.key)] = g.used
	return g.open(day, in, splits)
}

func (g *grouper) encode(in innerKey, splits []Value) []byte {
	g.key = append(g.key[:0], byte(in.hour), byte(in.weekday), byte(in.month))
	for _, v := range splits {
		g.key = append(g.key, byte(v.kind))
		for shift := 0; shift < 64; shift += 8 {
			g.key = append(g.key, byte(v.num>>shift))
		}
		g.key = append(append(g.key, v.text...), 0)
	}
	return g.key
}

func (g *grouper) open(day simkit.Day, in innerKey, splits []Value) *group {
	if g.used == len(g.groups) {
		g.groups = append(g.groups, group{})
	}
	c := &g.groups[g.used]
	c.day, c.inner, c.sums = day, in, Sums{}
	c.splits = append(c.splits[:0], splits...)
	g.used++
	return c
}

func sameSplits(a, b []Value) bool {
	return slices.EqualFunc(a, b, func(x, y Value) bool {
		return x.kind == y.kind && x.num == y.num && x.text == y.text
	})
}

// dayInfo is what a run knows of one day.
type dayInfo struct {
	known, allowed bool
	period         simkit.Day
	month          int8
}

// calendar answers for days, each computed once.
type calendar struct {
	plan             *Plan
	first            simkit.Day
	days             []dayInfo
	weekdays, months bool
	// texts are the encoded values of the day's segments, by kind and first day.
	texts map[periodKey]Value
}

type periodKey struct {
	kind segmentKind
	day  simkit.Day
}

// calendarDays bounds what is remembered; a query spans fewer.
const calendarDays = 366 * 20

func newCalendar(p *Plan) *calendar {
	c := &calendar{plan: p, first: p.want.First, texts: map[periodKey]Value{}}
	if c.first == NoDay {
		c.first = p.want.Last - calendarDays/2
	}
	for _, f := range p.segments {
		c.weekdays = c.weekdays || f.segment == weekdaySegment
		c.months = c.months || f.segment == monthOfYearSegment
	}
	return c
}

func (c *calendar) at(d simkit.Day) dayInfo {
	i := int(d) - int(c.first)
	if i < 0 || i >= calendarDays {
		return c.compute(d)
	}
	for i >= len(c.days) {
		c.days = append(c.days, make([]dayInfo, max(64, i+1-len(c.days)))...)
	}
	if !c.days[i].known {
		c.days[i] = c.compute(d)
	}
	return c.days[i]
}

func (c *calendar) compute(d simkit.Day) dayInfo {
	info := dayInfo{known: true, allowed: d >= c.plan.want.First && d <= c.plan.want.Last, period: NoDay}
	for _, ok := range c.plan.onDays {
		info.allowed = info.allowed && ok(d)
	}
	for _, f := range c.plan.segments {
		if f.segment.core() {
			info.period = max(info.period, f.segment.start(d))
		}
	}
	_, m, _ := d.Date()
	info.month = int8(m)
	return info
}

// value is the segment's value in the group.
func (c *calendar) value(f *Field, g *group) Value {
	switch k := f.segment; k {
	case splitSegment:
		return g.splits[c.plan.splits[f.Name]]
	case hourSegment:
		return Int(int64(g.inner.hour))
	case weekdaySegment:
		// 1970-01-04, day 3, was a Sunday.
		return c.cached(k, simkit.Day(g.inner.weekday)+3)
	case monthOfYearSegment:
		return c.cached(k, simkit.Date(1970, int(g.inner.month), 1))
	default:
		return c.cached(k, g.day)
	}
}

func (c *calendar) cached(k segmentKind, d simkit.Day) Value {
	v, ok := c.texts[periodKey{k, d}]
	if !ok {
		v = k.value(d)
		c.texts[periodKey{k, d}] = v
	}
	return v
}
