package reports

import (
	"encoding/binary"
	"strings"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// keyer makes sort keys: bytes that compare as the rows are to be ordered. A key is the column asked for, then the
// account, the entity and the dimensions, the calendar one first, so that an order is total and the rows of one object
// of the contract stand together.
type keyer struct {
	level normalize.Level
	dims  []int // positions, the calendar dimension first
	by    func(b []byte, r *stream.Row) []byte
	desc  bool
}

func newKeyer(req *Request) keyer {
	s := req.Schema()
	k := keyer{level: req.Level, desc: req.Desc}
	cal := -1
	for i, d := range s.Dimensions {
		if cal < 0 && d == s.Calendar() {
			cal = i
			k.dims = append([]int{i}, k.dims...)
			continue
		}
		k.dims = append(k.dims, i)
	}
	k.by = primary(req, s)
	return k
}

// primary is the first part of a key; nil when no order was asked for.
func primary(req *Request, s stream.Schema) func([]byte, *stream.Row) []byte {
	switch {
	case req.Sort == sortName:
		return func(b []byte, r *stream.Row) []byte { return appendText(b, strings.ToLower(r.Entity(req.Level).Name)) }
	case req.Sort == "" && req.Desc:
		return func(b []byte, r *stream.Row) []byte { return appendID(b, r.Entity(req.Level).ID) }
	case req.Sort == "":
		return nil
	}
	for _, c := range s.Columns() {
		switch {
		case c.Name != req.Sort:
		case c.Metric >= 0:
			return func(b []byte, r *stream.Row) []byte { return appendNumber(b, r.Values[c.Metric]) }
		case strings.HasSuffix(c.Name, "_id"):
			return func(b []byte, r *stream.Row) []byte { return appendID(b, c.Text(r)) }
		default:
			return func(b []byte, r *stream.Row) []byte { return appendText(b, strings.ToLower(c.Text(r))) }
		}
	}
	return nil
}

// append makes the key of a row of the account with this number.
func (k keyer) append(b []byte, r *stream.Row, account int) []byte {
	if k.by != nil {
		b = k.by(b, r)
		if k.desc {
			for i := range b {
				b[i] = ^b[i]
			}
		}
	}
	b = binary.BigEndian.AppendUint32(b, uint32(account)) //nolint:gosec // an index of a list
	b = appendID(b, r.Entity(k.level).ID)
	for _, i := range k.dims {
		b = appendText(b, r.Dims[i])
	}
	return b
}

// appendText ends a text so that none is a prefix of another. A NUL in it is cut: no name or value of a platform has
// one, and the id that follows keeps the order total.
func appendText(b []byte, s string) []byte {
	s, _, _ = strings.Cut(s, "\x00")
	return append(append(b, s...), 0)
}

// appendID orders shorter ids first, so that numbers stand in their order.
func appendID(b []byte, id string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(id))) //nolint:gosec // the length of an id
	return append(b, id...)
}

// appendNumber orders absent values first, then numbers by size: a class, how many digits stand before the point, and
// the digits; of negative numbers all of it inverted.
func appendNumber(b []byte, v normalize.Value) []byte {
	switch {
	case !v.OK:
		return append(b, 0)
	case v.D.Sign() >= 0:
		return appendMagnitude(append(b, 2), v.D)
	}
	b = append(b, 1)
	start := len(b)
	b = appendMagnitude(b, v.D.Abs())
	for i := start; i < len(b); i++ {
		b[i] = ^b[i]
	}
	return b
}

func appendMagnitude(b []byte, d normalize.Decimal) []byte {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	whole = strings.TrimLeft(whole, "0")
	b = binary.BigEndian.AppendUint16(b, uint16(len(whole))) //nolint:gosec // digits of a number that was parsed
	b = append(b, whole...)
	return append(append(b, fraction...), 0)
}
