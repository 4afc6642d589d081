package meta

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// layout says which numbers of a row are kept, each in a column of its own, and how KPIs are read from the columns.
type layout struct {
	fields   []string // numbers to ask for
	plain    map[string]int
	lists    map[string][]wanted // by field
	width    int                 // columns
	numbers  []number            // in the order of the metrics
	windows  []string            // of attribution, to ask for
	byEvent  bool                // the row's objective is needed
	averages bool
}

// wanted is an entry of a list that is kept.
type wanted struct {
	kind string // action type
	seen int    // column that is present when the entry is
	keys []wantedKey
}

type wantedKey struct {
	name   string
	column int
}

// number is how a KPI is read.
type number struct {
	absent bool
	column int      // of a plain number; -1
	views  [][]view // the entries to take, the best first: for each event, or one list for all rows
	counts [][]view // of an amount: the entries that count what it is the amount of
	people bool
	plays  int // column of the weight of an average; -1
}

// view is an entry's columns.
type view struct {
	seen int
	sum  []int // added up: disjoint windows
}

// newLayout lays out the metrics under an attribution. Those that keep refuses are absent.
func newLayout(ms []normalize.Metric, attribution string, keep func(metric) bool) *layout {
	l := &layout{plain: map[string]int{}, lists: map[string][]wanted{}}
	for _, k := range ms {
		l.numbers = append(l.numbers, l.number(k, attribution, keep))
	}
	if slices.Contains(l.windows, string(windowAll)) { // in place of the key, the window that gives it
		l.windows = append([]string{defaultWindow}, slices.DeleteFunc(l.windows, func(w string) bool { return w == string(windowAll) })...)
	}
	return l
}

func (l *layout) number(k normalize.Metric, attribution string, keep func(metric) bool) number {
	n := number{absent: true, column: -1, plays: -1}
	m, ok := metricOf(k)
	if !ok || !keep(m) {
		return n
	}
	n.people = m.people
	if m.types == nil && !m.byEvent {
		n.absent, n.column = false, l.column(m.field)
		return n
	}
	keys := m.window.keys(attribution)
	if keys == nil {
		return n
	}
	n.absent = false
	kinds := [][]string{m.types}
	if m.byEvent {
		l.byEvent = true
		kinds = eventTypes[:]
	}
	for _, types := range kinds {
		n.views = append(n.views, l.views(m.field, types, keys))
		if m.amount {
			n.counts = append(n.counts, l.views(fieldActions, types, keys))
		}
	}
	if m.average {
		l.averages = true
		n.plays = l.views(fieldPlays, m.types, keys)[0].sum[0]
	}
	return n
}

// column is that of a plain number.
func (l *layout) column(field string) int {
	c, known := l.plain[field]
	if !known {
		c = l.add()
		l.plain[field] = c
		l.fields = append(l.fields, field)
	}
	return c
}

func (l *layout) add() int {
	l.width++
	return l.width - 1
}

func (l *layout) views(field string, types, keys []string) []view {
	if !slices.Contains(l.fields, field) {
		l.fields = append(l.fields, field)
	}
	out := make([]view, len(types))
	for i, kind := range types {
		w := l.entry(field, kind)
		out[i].seen = w.seen
		for _, key := range keys {
			out[i].sum = append(out[i].sum, l.key(w, key))
			if !slices.Contains(l.windows, key) {
				l.windows = append(l.windows, key)
			}
		}
	}
	return out
}

func (l *layout) entry(field, kind string) *wanted {
	list := l.lists[field]
	i := slices.IndexFunc(list, func(w wanted) bool { return w.kind == kind })
	if i < 0 {
		i = len(list)
		list = append(list, wanted{kind: kind, seen: l.add()})
		l.lists[field] = list
	}
	return &l.lists[field][i]
}

func (l *layout) key(w *wanted, name string) int {
	i := slices.IndexFunc(w.keys, func(k wantedKey) bool { return k.name == name })
	if i < 0 {
		i = len(w.keys)
		w.keys = append(w.keys, wantedKey{name, l.add()})
	}
	return w.keys[i].column
}

// read is a KPI's value in a row whose campaign is counted by an event. Counts and amounts that Meta leaves out are 0;
// an amount of events that were counted and have none is not known, and so are people and averages that it leaves out.
func (n *number) read(columns []normalize.Value, event int) normalize.Value {
	switch {
	case n.absent:
		return normalize.Value{}
	case n.column >= 0 && n.people:
		return columns[n.column]
	case n.column >= 0:
		return orZero(columns[n.column])
	}
	if len(n.views) == 1 {
		event = 0
	}
	views := n.views[event]
	switch {
	case n.plays >= 0:
		return views[0].total(columns)
	case n.counts == nil:
		if v := picked(views, columns); v >= 0 {
			return orZero(views[v].total(columns))
		}
		return orZero(normalize.Value{})
	}
	counts := n.counts[event]
	v := picked(counts, columns)
	if v < 0 { // an amount of nothing: Meta gives none
		if v = picked(views, columns); v < 0 {
			return orZero(normalize.Value{})
		}
		return orZero(views[v].total(columns))
	}
	if amount := views[v].total(columns); amount.OK {
		return amount
	}
	if count := counts[v].total(columns); count.OK && !count.D.IsZero() {
		return normalize.Value{}
	}
	return orZero(normalize.Value{})
}

// picked is the place of the first view that the row has; -1 when it has none.
func picked(views []view, columns []normalize.Value) int {
	return slices.IndexFunc(views, func(v view) bool { return columns[v.seen].OK })
}

func (v view) total(columns []normalize.Value) normalize.Value {
	var sum normalize.Value
	for _, c := range v.sum {
		sum = sum.Add(columns[c])
	}
	return sum
}

func orZero(v normalize.Value) normalize.Value {
	if v.OK {
		return v
	}
	return normalize.Some(normalize.Decimal{})
}
