package meta

import (
	"fmt"
	"hash/maphash"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// The texts of a row that are kept.
const (
	textCampaignID = iota
	textCampaignName
	textGroupID
	textGroupName
	textAdID
	textAdName
	textObjective
	textStart
	textStop
	textBreakdown // the first of at most three
	texts         = textBreakdown + 3
)

//nolint:gochecknoglobals // a table
var textFields = [textBreakdown]string{
	"campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name", "objective", "date_start", "date_stop",
}

// target is where a field of a row goes: a text, a column, or the entries of a list.
type target struct {
	text, column int
	list         []wanted
}

// rowPage holds rows until their source is certain. Its buffers are used again and again.
type rowPage struct {
	lay     *layout
	s       *shape
	objects *objects
	words   []*words // of the query's dimensions; nil for those of time
	targets map[string]target

	rows   []record
	values []normalize.Value // lay.width of each row

	scan    scanner
	texts   [texts][]byte
	members []member
	joined  []byte
	start   dayMemo
	stop    dayMemo
	hash    maphash.Hash
}

// record is a row without its numbers.
type record struct {
	day    normalize.Day
	object int
	event  int
	hour   int
	words  [maxDims]int
	own    [maxDims]int // in the own of words
	sum    uint64       // of what the row is of, in Meta's words
}

const maxDims = 4

// member is a scalar of a list's entry.
type member struct{ name, value []byte }

func newRowPage(s *shape, lay *layout, o *objects, w []*words) *rowPage {
	p := &rowPage{lay: lay, s: s, objects: o, words: w, targets: map[string]target{}}
	for i, name := range textFields {
		p.targets[name] = target{text: i, column: -1}
	}
	for i, name := range s.breakdowns {
		p.targets[name] = target{text: textBreakdown + i, column: -1}
	}
	for name, column := range lay.plain {
		p.targets[name] = target{text: -1, column: column}
	}
	for name, list := range lay.lists {
		p.targets[name] = target{text: -1, column: -1, list: list}
	}
	return p
}

// cut forgets the rows after the first n.
func (p *rowPage) cut(n int) { p.rows, p.values = p.rows[:n], p.values[:n*p.lay.width] }

func (p *rowPage) columns(i int) []normalize.Value {
	return p.values[i*p.lay.width : (i+1)*p.lay.width]
}

// add reads one row of a piece of the report.
func (p *rowPage) add(b []byte, days normalize.DayRange) error {
	at := len(p.values)
	for range p.lay.width {
		p.values = append(p.values, normalize.Value{})
	}
	rec, skip, err := p.read(b, p.values[at:], days)
	if err != nil || skip {
		p.values = p.values[:at]
		return err
	}
	p.rows = append(p.rows, rec)
	return nil
}

func (p *rowPage) read(b []byte, columns []normalize.Value, days normalize.DayRange) (rec record, skip bool, err error) {
	p.scan.b, p.scan.at, p.scan.buf = b, 0, p.scan.buf[:0]
	clear(p.texts[:])
	for open := false; ; {
		more, err := p.scan.next(&open, '{', '}')
		if err != nil {
			return rec, false, err
		}
		if !more {
			break
		}
		if err := p.field(columns); err != nil {
			return rec, false, err
		}
	}
	if rec.day, err = p.period(days); err != nil {
		return rec, false, err
	}
	if skip, err = p.dimensions(&rec, columns); err != nil || skip {
		return rec, skip, err
	}
	if p.lay.byEvent {
		if len(p.texts[textObjective]) == 0 {
			return rec, false, fmt.Errorf("%w: it does not say its campaign's objective, by which conversions are counted", errNotRow)
		}
		rec.event = eventOf(p.texts[textObjective])
	}
	rec.sum = p.sum()
	rec.object, err = p.objects.find(&p.texts)
	return rec, false, err
}

func (p *rowPage) sum() uint64 {
	p.hash.Reset()
	for i, t := range p.texts {
		if i == textCampaignName || i == textGroupName || i == textAdName || i == textObjective {
			continue
		}
		_, _ = p.hash.Write(t)
		_ = p.hash.WriteByte(0)
	}
	return p.hash.Sum64()
}

// field reads one member of the row.
func (p *rowPage) field(columns []normalize.Value) error {
	name, err := p.scan.name()
	if err != nil {
		return err
	}
	t, kept := p.targets[string(name)]
	if kept && t.list != nil {
		return p.entries(t.list, columns)
	}
	v, err := p.scan.value()
	switch {
	case err != nil || !kept:
		return err
	case t.text >= 0:
		p.texts[t.text], err = p.scan.text(v)
		return err
	}
	columns[t.column], err = measure(v)
	return err
}

func measure(v []byte) (normalize.Value, error) {
	var n wire.Number
	err := n.UnmarshalJSON(v)
	return n.Value, err
}

// entries reads a list of {"action_type":…,"value":…,"7d_click":…}. The type may come after the numbers.
func (p *rowPage) entries(list []wanted, columns []normalize.Value) error {
	if p.scan.space() != '[' { // null
		_, err := p.scan.value()
		return err
	}
	for open := false; ; {
		more, err := p.scan.next(&open, '[', ']')
		if err != nil || !more {
			return err
		}
		kind, err := p.entry()
		if err != nil {
			return err
		}
		for i := range list {
			if string(kind) == list[i].kind {
				if err := list[i].keep(p.members, columns); err != nil {
					return err
				}
				break
			}
		}
	}
}

// entry reads an entry's scalars into members, and returns its type.
func (p *rowPage) entry() (kind []byte, err error) {
	p.members = p.members[:0]
	for open := false; ; {
		more, err := p.scan.next(&open, '{', '}')
		if err != nil || !more {
			return kind, err
		}
		name, err := p.scan.name()
		if err != nil {
			return nil, err
		}
		v, err := p.scan.value()
		if err != nil {
			return nil, err
		}
		if string(name) == "action_type" {
			if kind, err = p.scan.text(v); err != nil {
				return nil, err
			}
			continue
		}
		p.members = append(p.members, member{name, v})
	}
}

// keep puts an entry's numbers into their columns. Without a breakdown of actions there is one entry of a type: a second
// would be a part of something that was not asked for.
func (w *wanted) keep(members []member, columns []normalize.Value) error {
	if columns[w.seen].OK {
		return fmt.Errorf("%w: it has two entries of %s", errNotRow, w.kind)
	}
	columns[w.seen] = normalize.Some(normalize.Decimal{})
	for _, m := range members {
		for _, k := range w.keys {
			if string(m.name) != k.name {
				continue
			}
			v, err := measure(m.value)
			if err != nil {
				return err
			}
			columns[k.column] = v
		}
	}
	return nil
}

// period is the first day that the row is of, checked to be one that was asked for, as its last day is.
func (p *rowPage) period(days normalize.DayRange) (normalize.Day, error) {
	if p.s.whole() && len(p.texts[textStart]) == 0 {
		return normalize.Day{}, nil
	}
	start, err := p.start.parse(p.texts[textStart])
	if err != nil {
		return start, err
	}
	stop := start
	if len(p.texts[textStop]) > 0 {
		if stop, err = p.stop.parse(p.texts[textStop]); err != nil {
			return stop, err
		}
	}
	switch {
	case start.Before(days.From), stop.Before(start), !stop.Before(days.To):
		return start, fmt.Errorf("%w: it is of %s to %s, which was not asked for", errNotRow, start, stop)
	case p.s.daily() && start != stop:
		return start, fmt.Errorf("%w: it is of more than the day %s", errNotRow, start)
	}
	return p.s.begin(start), nil
}

// dimensions tells the row's values. An hour without its name is of an object that nothing happened to all day.
func (p *rowPage) dimensions(rec *record, columns []normalize.Value) (skip bool, err error) {
	if p.s.hourly {
		hour, ok := hourOf(p.texts[textBreakdown])
		if !ok {
			for _, v := range columns {
				if v.OK && !v.D.IsZero() {
					return false, fmt.Errorf("%w: it does not say its hour", errNotRow)
				}
			}
			return true, nil
		}
		rec.hour = hour
	}
	for i, w := range p.words {
		if w == nil {
			continue
		}
		p.joined = p.joined[:0]
		for j, from := range w.from {
			if j > 0 {
				p.joined = append(p.joined, 0)
			}
			p.joined = append(p.joined, p.texts[textBreakdown+from]...)
		}
		rec.words[i] = w.met(p.joined)
		rec.own[i] = w.called(p.joined)
	}
	return false, nil
}
