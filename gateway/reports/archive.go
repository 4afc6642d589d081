package reports

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// A kept report is a line that names its version, then one zstd stream of frames: a head (JSON: what the rows hold, and
// the accounts), a frame a row in the order asked for, an end (JSON: how many rows there were, totals and meta). A frame
// is its kind, its length and its bytes. A report without its end is not whole, and is never answered as if it was.
const archiveMagic = "admux report 2\n"

const (
	frameHead = 'H'
	frameRow  = 'R'
	frameEnd  = 'E'

	// maxFrame bounds what is read into memory at once: a head with a hundred thousand accounts fits.
	maxFrame = 64 << 20
)

var errArchive = errors.New("reports: a kept report cannot be read back")

type archiveHead struct {
	Level      normalize.Level       `json:"level"`
	Dimensions []normalize.Dimension `json:"dimensions"`
	Metrics    []normalize.Metric    `json:"metrics"`
	Accounts   []archiveAccount      `json:"accounts"`
}

type archiveAccount struct {
	Connection string        `json:"connection"`
	Platform   string        `json:"platform"`
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Currency   string        `json:"currency"`
	Zone       string        `json:"zone"`
	From       normalize.Day `json:"from"`
	To         normalize.Day `json:"to"`
}

type archiveEnd struct {
	Rows   int64         `json:"rows"`
	Totals archiveTotals `json:"totals"`
	Meta   *stream.Meta  `json:"meta"`
}

type archiveTotals struct {
	Currency   string               `json:"currency,omitempty"`
	Values     []*normalize.Decimal `json:"values"` // null: no total
	ByCurrency []archiveTotals      `json:"by_currency,omitempty"`
}

func keepTotals(currency string, values []normalize.Value) archiveTotals {
	t := archiveTotals{Currency: currency, Values: make([]*normalize.Decimal, len(values))}
	for i, v := range values {
		if v.OK {
			t.Values[i] = &v.D
		}
	}
	return t
}

func (t *archiveTotals) values() []normalize.Value {
	out := make([]normalize.Value, len(t.Values))
	for i, d := range t.Values {
		if d != nil {
			out[i] = normalize.Some(*d)
		}
	}
	return out
}

// archive writes a report to be kept. It is a stream.Writer whose only client is Result.
type archive struct {
	z     *zstd.Encoder
	codec *codec
	index map[*stream.Account]int
	head  archiveHead
	buf   []byte
	rows  int64
}

func newArchive(w io.Writer, req *Request, accounts []*stream.Account) (*archive, error) {
	if _, err := io.WriteString(w, archiveMagic); err != nil {
		return nil, err
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, err
	}
	a := &archive{z: z, codec: newCodec(req, accounts), index: map[*stream.Account]int{}}
	a.head = archiveHead{Level: req.Level, Dimensions: req.Dimensions, Metrics: req.Metrics}
	for i, acc := range accounts {
		a.index[acc] = i
		a.head.Accounts = append(a.head.Accounts, archiveAccount{acc.Connection, acc.Platform, acc.ID, acc.Name, acc.Currency, acc.Zone.String(), acc.Range.From, acc.Range.To})
	}
	return a, nil
}

// close frees the encoder of a report that failed; one that has ended is closed already.
func (a *archive) close() { a.z.Reset(nil) }

func (a *archive) frame(kind byte, b []byte) error {
	a.buf = binary.AppendUvarint(append(a.buf[:0], kind), uint64(len(b)))
	if _, err := a.z.Write(a.buf); err != nil {
		return err
	}
	_, err := a.z.Write(b)
	return err
}

func (a *archive) json(kind byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.frame(kind, b)
}

// Begin implements stream.Writer.
func (a *archive) Begin() error { return a.json(frameHead, a.head) }

// Row implements stream.Writer.
func (a *archive) Row(r *stream.Row) error {
	a.rows++
	return a.frame(frameRow, a.codec.encode(r, a.index[r.Account]))
}

// End implements stream.Writer.
func (a *archive) End(t *stream.Totals, m *stream.Meta) error {
	end := archiveEnd{Rows: a.rows, Totals: keepTotals(t.Currency, t.Values), Meta: m}
	for _, c := range t.ByCurrency {
		end.Totals.ByCurrency = append(end.Totals.ByCurrency, keepTotals(c.Currency, c.Values))
	}
	if err := a.json(frameEnd, end); err != nil {
		return err
	}
	return a.z.Close()
}

// Sent implements stream.Writer: nothing of it has reached a caller.
func (a *archive) Sent() bool { return false }

// Fail implements stream.Writer: what was written is thrown away by who keeps it.
func (a *archive) Fail(error) {}

// archived reads a kept report.
type archived struct {
	z     *zstd.Decoder
	r     *bufio.Reader
	codec *codec
	buf   []byte
}

func openArchive(in io.Reader, req *Request) (*archived, error) {
	magic := make([]byte, len(archiveMagic))
	if _, err := io.ReadFull(in, magic); err != nil || string(magic) != archiveMagic {
		return nil, fmt.Errorf("%w: it does not begin as one: %w", errArchive, orNone(err))
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errArchive, err)
	}
	a := &archived{z: z, r: bufio.NewReaderSize(z, 64<<10)}
	if err := a.open(req); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func orNone(err error) error {
	if err == nil {
		return errors.New("other bytes stand there")
	}
	return err
}

func (a *archived) open(req *Request) error {
	kind, b, err := a.next()
	if err != nil {
		return err
	}
	var head archiveHead
	if kind != frameHead || json.Unmarshal(b, &head) != nil {
		return fmt.Errorf("%w: no head", errArchive)
	}
	if head.Level != req.Level || !slices.Equal(head.Dimensions, req.Dimensions) || !slices.Equal(head.Metrics, req.Metrics) {
		return fmt.Errorf("%w: it answers another question", errArchive)
	}
	var accounts []*stream.Account
	for _, h := range head.Accounts {
		zone, err := time.LoadLocation(h.Zone)
		if err != nil {
			return fmt.Errorf("%w: %w", errArchive, err)
		}
		accounts = append(accounts, &stream.Account{Connection: h.Connection, Platform: h.Platform, ID: h.ID, Name: h.Name, Currency: h.Currency,
			Zone: zone, Range: normalize.DayRange{From: h.From, To: h.To}})
	}
	a.codec = newCodec(req, accounts)
	return nil
}

func (a *archived) close() { a.z.Close() }

// next reads a frame; its bytes are valid until the next one.
func (a *archived) next() (kind byte, b []byte, err error) {
	bad := func(err error) (byte, []byte, error) {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, fmt.Errorf("%w: %w", errArchive, err)
	}
	if kind, err = a.r.ReadByte(); err != nil {
		return bad(err)
	}
	n, err := binary.ReadUvarint(a.r)
	if err != nil {
		return bad(err)
	}
	if n > maxFrame {
		return bad(errors.New("a frame is too large"))
	}
	if uint64(cap(a.buf)) < n {
		if a.buf, err = grow(a.r, a.buf, n); err != nil {
			return bad(err)
		}
		return kind, a.buf, nil
	}
	a.buf = a.buf[:n]
	if _, err := io.ReadFull(a.r, a.buf); err != nil {
		return bad(err)
	}
	return kind, a.buf, nil
}

// grow reads n bytes without taking the memory for them before they have come: a length may be a lie.
func grow(r io.Reader, b []byte, n uint64) ([]byte, error) {
	const step = 64 << 10
	b = b[:0]
	for uint64(len(b)) < n {
		m := int(min(step, n-uint64(len(b))))
		b = slices.Grow(b, m)
		if _, err := io.ReadFull(r, b[len(b):len(b)+m]); err != nil {
			return nil, err
		}
		b = b[:len(b)+m]
	}
	return b, nil
}

// copy writes the whole report.
func (a *archived) copy(w stream.Writer) error {
	if err := w.Begin(); err != nil {
		return err
	}
	for rows := int64(0); ; rows++ {
		kind, b, err := a.next()
		switch {
		case err != nil:
			return err
		case kind == frameEnd:
			return a.end(w, b, rows)
		case kind != frameRow:
			return fmt.Errorf("%w: a frame of an unknown kind", errArchive)
		}
		row, _, err := a.codec.decode(b)
		if err != nil {
			return err
		}
		if err := w.Row(row); err != nil {
			return err
		}
	}
}

func (a *archived) end(w stream.Writer, b []byte, rows int64) error {
	var end archiveEnd
	if err := json.Unmarshal(b, &end); err != nil || end.Meta == nil {
		return fmt.Errorf("%w: no end", errArchive)
	}
	if _, err := a.r.ReadByte(); !errors.Is(err, io.EOF) || end.Rows != rows {
		return fmt.Errorf("%w: it has %d rows of %d, or something after its end", errArchive, rows, end.Rows)
	}
	t := &stream.Totals{Currency: end.Totals.Currency, Values: end.Totals.values()}
	for _, c := range end.Totals.ByCurrency {
		t.ByCurrency = append(t.ByCurrency, stream.CurrencyTotals{Currency: c.Currency, Values: c.values()})
	}
	return w.End(t, end.Meta)
}
