package reports

import (
	"encoding/binary"
	"errors"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// codec writes rows to bytes and back, for sorting. It reads into one row that it reuses; texts that repeat from row to
// row are not allocated anew.
type codec struct {
	levels   []normalize.Level // without the account
	accounts []*stream.Account
	buf      []byte
	num      []byte
	row      stream.Row
}

func newCodec(req *Request, accounts []*stream.Account) *codec {
	c := &codec{levels: req.Level.Above()[1:], accounts: accounts}
	c.row.Dims = make([]string, len(req.Dimensions))
	c.row.Values = make([]normalize.Value, len(req.Metrics))
	return c
}

// encode returns the bytes of a row of the account with this number; they are valid until the next call.
func (c *codec) encode(r *stream.Row, account int) []byte {
	b := binary.AppendUvarint(c.buf[:0], uint64(account)) //nolint:gosec // an index of a list
	b = append(b, boolByte(r.Final))
	b = binary.AppendVarint(b, int64(r.Date.Year))
	b = append(b, byte(r.Date.Month), byte(r.Date.Dom))
	b = appendString(b, r.Currency)
	b = appendString(b, r.Organization.Name)
	for _, l := range c.levels {
		e := r.Entity(l)
		b = appendString(appendString(b, e.ID), e.Name)
	}
	for _, d := range r.Dims {
		b = appendString(b, d)
	}
	for _, v := range r.Values {
		c.num = c.num[:0]
		if v.OK {
			c.num = v.D.Append(c.num)
		}
		b = binary.AppendUvarint(b, uint64(len(c.num)))
		b = append(b, c.num...)
	}
	b = appendRaw(b, r.Raw)
	c.buf = b
	return b
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errCodec = errors.New("reports: a sorted row cannot be read back")

// decode reads a row, and the number of its account; the row is valid until the next call.
func (c *codec) decode(b []byte) (*stream.Row, int, error) {
	r := reader{b: b}
	n := r.uvarint()
	if n >= uint64(len(c.accounts)) {
		return nil, 0, errCodec
	}
	row := &c.row
	row.Account = c.accounts[n]
	row.Organization.ID = row.Account.ID
	row.Final = r.byte() == 1
	row.Date = normalize.Day{Year: r.varint(), Month: month(r.byte()), Dom: int(r.byte())}
	r.string(&row.Currency)
	r.string(&row.Organization.Name)
	for _, l := range c.levels {
		e := entity(row, l)
		r.string(&e.ID)
		r.string(&e.Name)
	}
	for i := range row.Dims {
		r.string(&row.Dims[i])
	}
	for i := range row.Values {
		r.value(&row.Values[i])
	}
	row.Raw = r.raw(len(row.Dims))
	if r.bad || len(r.b) > 0 {
		return nil, 0, errCodec
	}
	return row, int(n), nil
}
