package reports

import (
	"encoding/binary"
	"slices"
)

// appendRaw writes what a platform calls the values of a row's dimensions.
func appendRaw(b []byte, raw [][]string) []byte {
	b = binary.AppendUvarint(b, uint64(len(raw)))
	for _, of := range raw {
		b = binary.AppendUvarint(b, uint64(len(of)))
		for _, s := range of {
			b = appendString(b, s)
		}
	}
	return b
}

// raw reads what appendRaw wrote, of a row with so many dimensions. Rows are kept: what is read is made anew.
func (r *reader) raw(dims int) [][]string {
	n := r.uvarint()
	if n == 0 || n > uint64(dims) { //nolint:gosec // not negative
		r.bad = r.bad || n > 0
		return nil
	}
	out := make([][]string, n)
	for i := range out {
		m := r.uvarint()
		for ; m > 0 && !r.bad; m-- {
			var s string
			r.string(&s)
			out[i] = append(out[i], s)
		}
	}
	return out
}

// addRaw is what two rows that are put together are called.
func addRaw(a, b [][]string) [][]string {
	if len(a) < len(b) {
		a = slices.Grow(a, len(b)-len(a))[:len(b)]
	}
	for i, of := range b {
		for _, s := range of {
			if at, has := slices.BinarySearch(a[i], s); !has {
				a[i] = slices.Insert(slices.Clip(a[i]), at, s)
			}
		}
	}
	return a
}
