package sim

import (
	"strconv"
	"unicode/utf8"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportRow is one answered row while it is made.
type reportRow struct {
	sim    *Sim
	q      *insightQuery
	at     span
	entity *entity
	values []string // of the columns that show
	views  viewSet
	offset int64
	key    uint64 // the account's audience
	total  cell
	parts  []cell     // by the action breakdown's values; nil: none
	names  [][]string // those values, of each of its columns
}

// people is how many different people n events reach. It grows ever slower, so
// that days, ads and splits never add up to the whole, as with real reach.
func (r *reportRow) people(n, audience int64) int64 {
	if n == 0 || r.q.hourly {
		return 0 // hourly numbers know no people
	}
	return max(1, mulDiv(audience, n, audience+n, 0))
}

func (r *reportRow) audience() int64 { return 150_000 + int64(r.key%900_000) }

func (r *reportRow) reach() int64 { return r.people(r.total[mImpressions], r.audience()) }

// append writes the row as JSON.
func (r *reportRow) append(b []byte) []byte {
	b = append(b, '{')
	for i := range r.q.fields {
		b = r.field(b, &r.q.fields[i])
	}
	b = appendText(b, "date_start", r.at.from.String())
	b = appendText(b, "date_stop", r.at.to.String())
	n := 0
	for _, s := range r.q.steps {
		if s.hidden || r.values == nil {
			continue
		}
		if v := r.values[n]; s.fixed {
			b = append(appendKey(b, s.name), v...)
			b = append(b, ',')
		} else {
			b = appendText(b, s.name, v)
		}
		n++
	}
	b[len(b)-1] = '}'
	return b
}

// field appends one field with a comma, or nothing where it has no number.
func (r *reportRow) field(b []byte, f *insightField) []byte {
	switch {
	case f.name == "date_start", f.name == "date_stop", f.reach && r.q.noReach:
		return b
	case f.text != nil:
		if v := f.text(r); v != "" {
			b = appendText(b, f.name, v)
		}
		return b
	case f.list != nil:
		from := len(b)
		b = append(appendKey(b, f.name), '[')
		before := len(b)
		if b = f.list(r, b); len(b) == before {
			return b[:from]
		}
		b[len(b)-1] = ']' // over the last comma
		return append(b, ',')
	case f.num == nil:
		return b
	}
	num, den := f.num(r)
	if den == 0 || num == 0 && !f.zero {
		return b
	}
	b = appendKey(b, f.name)
	if f.entry != "" {
		b = append(b, `[{"action_type":"`...)
		b = append(append(b, f.entry...), `","value":"`...)
		b = append(f.number(b, r, num, den), `"}],`...)
		return b
	}
	b = append(f.number(append(b, '"'), r, num, den), `",`...)
	return b
}

func (f *insightField) number(b []byte, r *reportRow, num, den int64) []byte {
	switch {
	case f.spend:
		return spendText(b, num, r.offset)
	case f.scale == 0:
		return strconv.AppendInt(b, num, 10)
	}
	return ratio(b, num, f.scale, den)
}

// entries writes an array of actions: one element per action type and value of
// the action breakdown, each with the windows asked for.
func (r *reportRow) entries(b []byte, values bool, of func(b []byte, r *reportRow, n int64) []byte) []byte {
	if r.parts == nil {
		r.actionEntries(r.total, values, func(e actionEntry) { b = r.entry(b, e, nil, 0, of) })
		return b
	}
	columns := r.q.actionColumns()
	only := map[string]string{"action_reaction": "post_reaction", "action_carousel_card_id": "link_click"}[partsKey(columns)]
	r.actionEntries(r.total, values, func(e actionEntry) {
		if only != "" && e.kind != only { // the column is of one action only
			b = r.entry(b, e, nil, 0, of)
		}
	})
	for i := range r.parts {
		r.actionEntries(r.parts[i], values, func(e actionEntry) {
			if only == "" || e.kind == only {
				b = r.entry(b, e, columns, i, of)
			}
		})
	}
	return b
}

// entry writes one action of part i; no columns: of no part.
func (r *reportRow) entry(b []byte, e actionEntry, columns []string, i int, of func([]byte, *reportRow, int64) []byte) []byte {
	b = append(b, '{')
	b = appendText(b, "action_type", e.kind)
	for k, column := range columns {
		b = appendText(b, column, r.names[k][i])
	}
	b = append(appendKey(b, "value"), '"')
	b = append(of(b, r, e.value), `",`...)
	for _, w := range r.q.windows {
		n := windowIndex(w)
		if n < 0 || e.windows[n] == 0 {
			continue
		}
		b = append(appendKey(b, w), '"')
		b = append(of(b, r, e.windows[n]), `",`...)
	}
	b[len(b)-1] = '}'
	return append(b, ',')
}

func countText(b []byte, _ *reportRow, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func valueText(b []byte, _ *reportRow, n int64) []byte { return simkit.AppendMicros(b, n) }

// costText is what one of n cost; with none, nothing was paid for it.
func costText(b []byte, r *reportRow, n int64) []byte {
	if n == 0 {
		return append(b, '0')
	}
	return ratio(b, r.total[mSpend], 1, n*simkit.Micro)
}

// returnText is value over spend.
func returnText(b []byte, r *reportRow, n int64) []byte {
	if r.total[mSpend] == 0 {
		return append(b, '0')
	}
	return ratio(b, n, 1, r.total[mSpend])
}

func appendKey(b []byte, name string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	return append(b, `":`...)
}

// appendText appends "name":"v", with the comma.
func appendText(b []byte, name, v string) []byte {
	b = appendKey(b, name)
	for i := range len(v) {
		if c := v[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return append(append(b, encode(v)...), ',')
		}
	}
	b = append(append(b, '"'), v...)
	return append(b, `",`...)
}
