package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// recorder keeps what is read of a part, until it is too much.
type recorder struct {
	space      *space
	codec      *codec
	keys       keyer
	dims       int
	metrics    int
	periods    []normalize.DayRange
	calendar   normalize.Dimension   // empty: days are not told apart
	at         map[normalize.Day]int // the period that a day, a week or a month begins
	arena      [][]byte              // pieces that never grow: what grows by doubling needs three times the room
	recs       [][]record            // by period
	row        stream.Row
	key        []byte
	used, held int64
}

// record is a row in a piece of the arena: its key, then its bytes.
type record struct{ piece, off, key, val int32 }

// recordSize is what one record takes besides its bytes.
const recordSize = 16

func newRecorder(s *space, q providers.ReportQuery) *recorder {
	r := &recorder{space: s, codec: rowCodec(q.Level, len(q.Dimensions), len(q.Metrics)), dims: len(q.Dimensions), metrics: len(q.Metrics),
		keys:    newKeyer(&Request{Level: q.Level, Dimensions: q.Dimensions}),
		periods: periodsOf(q.Dimensions, q.Range), at: map[normalize.Day]int{}}
	r.calendar = calendarOf(q.Dimensions)
	for i, p := range r.periods {
		r.at[beginOf(r.calendar, p.From)] = i
	}
	r.recs = make([][]record, len(r.periods))
	return r
}

// beginOf is the first day of the day, week or month that d is in.
func beginOf(calendar normalize.Dimension, d normalize.Day) normalize.Day {
	switch calendar {
	case normalize.DimensionWeek:
		return d.Monday()
	case normalize.DimensionMonth:
		return normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
	}
	return d
}

// add takes a row; false: it cannot be kept, and what was taken is forgotten.
func (r *recorder) add(src *normalize.Row) bool {
	i, ok := 0, r.calendar == ""
	if !ok {
		i, ok = r.at[beginOf(r.calendar, src.Date)]
	}
	if !ok || len(src.Dims) != r.dims || len(src.Values) != r.metrics {
		r.release()
		return false
	}
	r.row.Row = *src
	r.key = r.keys.append(r.key[:0], &r.row, 0)
	val := r.codec.encode(&r.row, 0)
	if !r.room(len(r.key) + len(val) + recordSize) {
		r.release()
		return false
	}
	r.recs[i] = append(r.recs[i], r.put(r.key, val))
	return true
}

// arenaPiece is how large a piece of the arena is; a row that is larger has one of its own.
const arenaPiece = 128 << 10

func (r *recorder) put(key, val []byte) record {
	last := len(r.arena) - 1
	if n := len(key) + len(val); last < 0 || len(r.arena[last])+n > cap(r.arena[last]) {
		r.arena = append(r.arena, make([]byte, 0, max(arenaPiece, n)))
		last++
	}
	off := len(r.arena[last])
	r.arena[last] = append(append(r.arena[last], key...), val...)
	return record{int32(last), int32(off), int32(len(key)), int32(len(val))} //nolint:gosec // less than mostOfPart
}

// room makes place for n more bytes.
func (r *recorder) room(n int) bool {
	for r.used += int64(n); r.used > r.held; r.held += spaceStep {
		if r.held+spaceStep > mostOfPart || !r.space.take(spaceStep) {
			return false
		}
	}
	return true
}

// release gives the memory back.
func (r *recorder) release() {
	if r == nil {
		return
	}
	r.space.give(r.held)
	r.held, r.arena, r.recs = 0, nil, nil
}

var errTwice = errors.New("reports: two rows of one object in one period")

// blocks are what was read, as it is kept. final is the last day whose numbers no longer change.
func (r *recorder) blocks(z *zstd.Encoder, connection, key string, m blockMeta, final normalize.Day, at time.Time) ([]store.Block, error) {
	meta, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out []store.Block
	var plain []byte
	for i, p := range r.periods {
		if plain, err = r.body(plain[:0], r.recs[i]); err != nil {
			return nil, err
		}
		h := sha256.New()
		h.Write(meta)
		h.Write(plain)
		b := store.Block{ConnectionID: connection, Key: key, Days: p, Digest: hex.EncodeToString(h.Sum(nil)[:16]),
			Rows: int64(len(r.recs[i])), Meta: string(meta), Body: z.EncodeAll(plain, nil)}
		if !final.IsZero() && !final.Before(p.To.Add(-1)) {
			b.FinalAt = at
		}
		out = append(out, b)
	}
	return out, nil
}

// body writes the rows of a period in the order of their keys, so that the same rows are the same bytes in whatever order
// the platform tells them.
func (r *recorder) body(b []byte, recs []record) ([]byte, error) {
	key := func(x record) []byte { return r.arena[x.piece][x.off : x.off+x.key] }
	val := func(x record) []byte { return r.arena[x.piece][x.off+x.key : x.off+x.key+x.val] }
	slices.SortFunc(recs, func(x, y record) int {
		if c := bytes.Compare(key(x), key(y)); c != 0 {
			return c
		}
		return bytes.Compare(val(x), val(y))
	})
	for i, x := range recs {
		if i > 0 && bytes.Equal(key(recs[i-1]), key(x)) && !r.nameless(val(x)) {
			return nil, errTwice
		}
		b = append(binary.AppendUvarint(b, uint64(x.val)), val(x)...) //nolint:gosec // a length
	}
	return b, nil
}

// nameless tells a row of no known object: there may be several.
func (r *recorder) nameless(val []byte) bool {
	row, _, err := r.codec.decode(val)
	return err == nil && row.Entity(r.keys.level).ID == "" && r.keys.level != normalize.LevelOrganization
}
