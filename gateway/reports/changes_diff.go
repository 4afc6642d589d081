package reports

import (
	"bytes"
	"iter"
	"time"

	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// collector keeps the rows of a report in order, to be compared with those of another one.
type collector struct {
	sorter *spool.Sorter
	keys   keyer
	codec  *codec
	index  map[*stream.Account]int
	key    []byte
	meta   *stream.Meta
}

func newCollector(req *Request, accounts []*stream.Account, o spool.Options) *collector {
	return &collector{sorter: spool.New(o), keys: newKeyer(req), codec: newCodec(req, accounts), index: indexOf(accounts)}
}

func indexOf(accounts []*stream.Account) map[*stream.Account]int {
	out := map[*stream.Account]int{}
	for i, a := range accounts {
		out[a] = i
	}
	return out
}

func (c *collector) close() { c.sorter.Close() }

// Begin implements stream.Writer.
func (c *collector) Begin() error { return nil }

// Row implements stream.Writer.
func (c *collector) Row(r *stream.Row) error {
	n := c.index[r.Account]
	c.key = c.keys.append(c.key[:0], r, n)
	return c.sorter.Add(c.key, c.codec.encode(r, n))
}

// End implements stream.Writer.
func (c *collector) End(_ *stream.Totals, m *stream.Meta) error {
	c.meta = m
	return nil
}

// Sent implements stream.Writer: nothing of it reaches a caller.
func (c *collector) Sent() bool { return false }

// Fail implements stream.Writer.
func (c *collector) Fail(error) {}

// differ goes over the rows that were, which it is given as a stream.Writer is, beside those that are, and tells those
// that differ.
type differ struct {
	stream.ChangesWriter
	keys  keyer
	since time.Time

	fresh *collector
	srcs  []*source // of fresh
	index map[*stream.Account]int
	next  func() (spool.Record, error, bool)
	stop  func()
	key   []byte
	told  int64

	head spool.Record // the first row that is and has not been told
	more bool
	err  error
}

// take begins to compare with what has been read.
func (d *differ) take(fresh *collector, accounts []*stream.Account, srcs []*source) {
	d.fresh, d.index, d.srcs = fresh, indexOf(accounts), srcs
	d.next, d.stop = iter.Pull2(fresh.sorter.Sorted())
	d.advance()
}

func (d *differ) close() { d.stop() }

func (d *differ) advance() {
	d.head, d.err, d.more = d.next()
}

// now is the first row that is.
func (d *differ) now() (*stream.Row, error) {
	row, _, err := d.fresh.codec.decode(d.head.Val)
	return row, err
}

// Row takes a row that was.
func (d *differ) Row(old *stream.Row) error {
	d.key = d.keys.append(d.key[:0], old, d.index[old.Account])
	for d.more && d.err == nil && bytes.Compare(d.head.Key, d.key) < 0 {
		if err := d.added(); err != nil {
			return err
		}
	}
	if d.err != nil {
		return d.err
	}
	if !d.more || !bytes.Equal(d.head.Key, d.key) {
		d.told++
		return d.Change(stream.Removed, old, nil)
	}
	now, err := d.now()
	if err != nil {
		return err
	}
	if !sameNumbers(old.Values, now.Values) || old.Currency != now.Currency {
		d.told++
		if err := d.Change(stream.Changed, old, now); err != nil {
			return err
		}
	}
	d.advance()
	return nil
}

func (d *differ) added() error {
	now, err := d.now()
	if err != nil {
		return err
	}
	d.told++
	if err := d.Change(stream.Added, nil, now); err != nil {
		return err
	}
	d.advance()
	return nil
}

func sameNumbers(a, b []normalize.Value) bool {
	for i := range a {
		if a[i].OK != b[i].OK || a[i].OK && a[i].D.Cmp(b[i].D) != 0 {
			return false
		}
	}
	return true
}

// End tells the rows that are new, and what the numbers are: those of now.
func (d *differ) End(*stream.Totals, *stream.Meta) error {
	for d.more && d.err == nil {
		if err := d.added(); err != nil {
			return err
		}
	}
	if d.err != nil {
		return d.err
	}
	m := d.fresh.meta
	m.Rows, m.Since, m.Additivity = d.told, d.since.UTC(), map[normalize.Metric]string{}
	for i := range m.Connections {
		for _, s := range d.srcs {
			if s.conn.ID == m.Connections[i].ConnectionID {
				m.Connections[i].Changes = s.changes
			}
		}
	}
	return d.ChangesWriter.End(m)
}
