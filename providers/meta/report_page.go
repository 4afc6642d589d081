package meta

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/scan"
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
	name         string
	text, column int // -1: not there
	list         []wanted
}

var errNotRow = errors.New("a row of insights is not what it should be")

// rowPage holds rows until their source is certain. Its buffers are used again and again.
type rowPage struct {
	lay     *layout
	s       *shape
	objects *objects
	words   []*words // of the query's dimensions; nil for those of time
	targets []target

	rows   []record
	values []normalize.Value // lay.width of each row
	summed bool              // rows are told apart by their sums

	scan   scan.Scanner
	fields *scan.Names // of targets
	keys   []string    // of the entries of lists, the type first
	names  *scan.Names // of keys
	raw    [][]byte    // the values of keys in an entry
	texts  [texts][]byte
	joined []byte
	hash   maphash.Hash
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

func newRowPage(s *shape, lay *layout, o *objects, w []*words) *rowPage {
	p := &rowPage{lay: lay, s: s, objects: o, words: w, keys: []string{"action_type"}}
	for i, name := range textFields {
		p.targets = append(p.targets, target{name: name, text: i, column: -1})
	}
	for i, name := range s.breakdowns {
		p.targets = append(p.targets, target{name: name, text: textBreakdown + i, column: -1})
	}
	for name, column := range lay.plain {
		p.targets = append(p.targets, target{name: name, text: -1, column: column})
	}
	for name, list := range lay.lists {
		p.targets = append(p.targets, target{name: name, text: -1, column: -1, list: list})
		for _, kind := range list {
			for _, k := range kind.keys {
				if !slices.Contains(p.keys, k.name) {
					p.keys = append(p.keys, k.name)
				}
			}
		}
	}
	fields := make([]string, len(p.targets))
	for i := range p.targets {
		fields[i] = p.targets[i].name
	}
	p.fields, p.names, p.raw = scan.NewNames(fields...), scan.NewNames(p.keys...), make([][]byte, len(p.keys))
	return p
}

// read reads a page's answer, after the rows that are there.
func (p *rowPage) read(body io.Reader, days normalize.DayRange, tr *trailer) error {
	return rest.Rows(&p.scan, body, "data", func() error { return p.add(days) }, tr)
}

// cut forgets the rows after the first n.
func (p *rowPage) cut(n int) { p.rows, p.values = p.rows[:n], p.values[:n*p.lay.width] }

func (p *rowPage) columns(i int) []normalize.Value {
	return p.values[i*p.lay.width : (i+1)*p.lay.width]
}

// add reads one row of a piece of the report.
func (p *rowPage) add(days normalize.DayRange) error {
	at := len(p.values)
	p.values = slices.Grow(p.values, p.lay.width)[:at+p.lay.width]
	clear(p.values[at:])
	p.scanRow(p.values[at:])
	rec, skip, err := p.record(p.values[at:], days)
	if p.scan.Err() != nil { // it says more than what was made of nothing
		err = p.scan.Err()
	}
	if err != nil || skip {
		p.values = p.values[:at]
		return err
	}
	p.rows = append(p.rows, rec)
	return nil
}

// record tells what the row is that was scanned.
func (p *rowPage) record(columns []normalize.Value, days normalize.DayRange) (rec record, skip bool, err error) {
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
	if p.summed {
		rec.sum = p.sum()
	}
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

// scanRow reads the row's texts and numbers.
func (p *rowPage) scanRow(columns []normalize.Value) {
	s := &p.scan
	clear(p.texts[:])
	for s.Enter('{'); ; {
		i, ok := s.Want(p.fields)
		if !ok {
			return
		}
		if i < 0 {
			s.Skip()
			continue
		}
		switch t := &p.targets[i]; {
		case t.text >= 0:
			p.texts[t.text] = p.text()
		case t.list == nil:
			s.Measure(&columns[t.column])
		case s.Peek() == '[':
			p.entries(t.list, columns)
		default: // null
			s.Skip()
		}
	}
}

// text is a text or a number; nil for null.
func (p *rowPage) text() []byte {
	s := &p.scan
	if s.Peek() == 'n' {
		s.Skip()
		return nil
	}
	b, ok := s.Text()
	if !ok {
		_ = s.Fail(errNotRow)
	}
	return b
}

// period is the first day that the row is of, checked to be one that was asked for, as its last day is.
func (p *rowPage) period(days normalize.DayRange) (normalize.Day, error) {
	if p.s.whole() && len(p.texts[textStart]) == 0 {
		return normalize.Day{}, nil
	}
	start, ok := normalize.DayFrom(p.texts[textStart])
	stop := start
	if text := p.texts[textStop]; ok && len(text) > 0 && !bytes.Equal(text, p.texts[textStart]) {
		stop, ok = normalize.DayFrom(text)
	}
	if !ok {
		return start, fmt.Errorf("%w: it has no day", errNotRow)
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
