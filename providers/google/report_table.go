package google

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/scan"
)

// table holds the rows of a window. Its buffers are used again and again: it grows with a window, not with a report.
type table struct {
	width  int           // values of a row
	index  map[key]int32 // nil: no two rows are of the same
	keys   []key
	values []normalize.Value // width of each row, in the order of keys
	order  []ordered
}

// ordered is a row on its way to its place.
type ordered struct {
	rank uint64 // of its period, then its object
	row  int32
}

// key is what a row is of.
type key struct {
	period int32 // packed, so that earlier is less; 0: the whole range
	entity int32
	values int32 // of the splits, packed
}

const (
	rowBytes   = int(unsafe.Sizeof(key{})) + int(unsafe.Sizeof(ordered{}))
	valueBytes = int(unsafe.Sizeof(normalize.Value{}))
)

func newTable(width int, joins bool) *table {
	t := &table{width: width}
	if joins {
		t.index = map[key]int32{}
	}
	return t
}

// bytes is about what the rows take.
func (t *table) bytes() int { return len(t.keys) * (rowBytes + t.width*valueBytes) }

// row returns the values of a row, absent when it is new.
func (t *table) row(k key) []normalize.Value {
	if t.index != nil {
		if i, known := t.index[k]; known {
			return t.at(int(i))
		}
		t.index[k] = int32(len(t.keys)) //nolint:gosec // a window is small
	}
	t.keys = append(t.keys, k)
	n := len(t.values)
	t.values = slices.Grow(t.values, t.width)[:n+t.width]
	clear(t.values[n:])
	return t.values[n:]
}

func (t *table) at(i int) []normalize.Value { return t.values[i*t.width : (i+1)*t.width] }

// cut drops the rows from n on, of a table that joins nothing.
func (t *table) cut(n int) {
	t.keys, t.values = t.keys[:n], t.values[:n*t.width]
}

func (t *table) reset() {
	clear(t.index)
	t.cut(0)
}

// join makes the table one that adds up rows of the same.
func (t *table) join() {
	if t.index != nil {
		return
	}
	t.index = make(map[key]int32, len(t.keys))
	for i, k := range t.keys {
		t.index[k] = int32(i) //nolint:gosec // a window is small
	}
}

// sorted lists the rows by period, object and values of the splits.
func (t *table) sorted(e *entities, d []*dictionary) []ordered {
	ranks := e.ids.Ranks()
	t.order = slices.Grow(t.order[:0], len(t.keys))[:len(t.keys)]
	for i, k := range t.keys {
		t.order[i] = ordered{uint64(k.period)<<32 | uint64(ranks[k.entity]), int32(i)} //nolint:gosec // a window is small, and no period is below 0
	}
	slices.SortFunc(t.order, func(a, b ordered) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return compareValues(d, t.keys[a.row].values, t.keys[b.row].values)
	})
	return t.order
}

// period packs a day and an hour of it; hour -1 is none. 0 is no period.
func packPeriod(d normalize.Day, hour int) int32 {
	return int32(((d.Year*16+int(d.Month))*32+d.Dom)*32 + hour + 1) //nolint:gosec // years have four digits
}

func unpackPeriod(p int32) (d normalize.Day, hour int) {
	hour = int(p%32) - 1
	n := int(p / 32)
	return normalize.Day{Year: n / 512, Month: time.Month(n / 32 % 16), Dom: n % 32}, hour
}

// valueBits is how much of a key's values one split takes.
const (
	valueBits = 10
	mostWords = 1 << valueBits
)

func compareValues(d []*dictionary, a, b int32) int {
	for i := range d {
		shift := valueBits * i
		x, y := a>>shift&(mostWords-1), b>>shift&(mostWords-1)
		if x != y {
			return strings.Compare(d[i].words[x], d[i].words[y])
		}
	}
	return 0
}

// entities are the objects that rows are of, as long as rows name them.
type entities struct {
	ids  *scan.Index // their places in list; in order of their ids asset groups come last
	list []entity
	id   []byte // being looked for
}

// entity is an object of the report's level and those above it.
type entity struct{ own, group, campaign normalize.Entity }

func newEntities() *entities { return &entities{ids: scan.NewIndex()} }

// mostEntities is how many are kept from one window to the next.
const mostEntities = 20_000

// forget drops the entities when they are many: their rows have been handed on.
func (e *entities) forget() {
	if len(e.list) > mostEntities {
		e.ids.Reset()
		clear(e.list)
		e.list = e.list[:0]
	}
}

// find is the place of the object that a row is of.
func (e *entities) find(l normalize.Level, asset bool, w *reportRow) (int32, error) {
	e.id = e.id[:0]
	switch {
	case l == normalize.LevelOrganization:
	case l == normalize.LevelCampaign:
		e.id = append(e.id, w.text(placeCampaignID)...)
	case asset:
		e.id = append(append(e.id, assetGroupPrefix...), w.text(placeGroupID)...)
	default:
		e.id = append(e.id, w.text(placeGroupID)...)
		if l != normalize.LevelGroup {
			e.id = append(append(e.id, '~'), w.text(placeAdID)...)
		}
	}
	if i, known := e.ids.Find(e.id); known {
		return i, nil
	}
	x, err := entityOf(l, asset, w, string(e.id))
	if err != nil {
		return 0, err
	}
	e.list = append(e.list, x)
	return e.ids.Add(string(e.id)), nil
}

// entityOf names a row's object and those above it.
func entityOf(l normalize.Level, asset bool, w *reportRow, id string) (entity, error) {
	var x entity
	x.own.ID = id
	if l == normalize.LevelOrganization {
		return x, nil
	}
	own := func(p, name place) (normalize.Entity, error) {
		if !digits(string(w.text(p))) {
			return normalize.Entity{}, errAnonymous
		}
		return normalize.Entity{ID: string(w.text(p)), Name: string(w.text(name))}, nil
	}
	var err error
	if x.campaign, err = own(placeCampaignID, placeCampaignName); err != nil || l == normalize.LevelCampaign {
		x.own = x.campaign
		return x, err
	}
	if x.group, err = own(placeGroupID, placeGroupName); err != nil {
		return x, err
	}
	if asset {
		x.group.ID = assetGroupID(x.group.ID)
	}
	if asset || l == normalize.LevelGroup {
		x.own = x.group
		return x, nil
	}
	if !digits(string(w.text(placeAdID))) {
		return x, errAnonymous
	}
	x.own.Name = string(w.text(placeAdName))
	if l == normalize.LevelKeyword {
		x.own.Name = keywordName(string(w.text(placeText)), string(w.text(placeMatch)))
	}
	return x, nil
}

// keywordName writes a keyword as advertisers do, so that two of one text are told apart: [exact], "phrase", broad.
func keywordName(text, match string) string {
	switch match {
	case "EXACT":
		return "[" + text + "]"
	case "PHRASE":
		return `"` + text + `"`
	}
	return text
}
