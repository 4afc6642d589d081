package stream

// flat is what rows look like in every shape but the contract's: one value a column, an absent one left out.
type flat struct {
	cols []Column
	keys []string // `"name":`, of cols
	page Page
	n    int // rows so far, on the page or not
}

func newFlat(s Schema, page Page, fields []string) flat {
	f := flat{cols: wanted(s.Columns(), fields), page: page}
	for _, c := range f.cols {
		f.keys = append(f.keys, string(appendQuote(nil, c.Name))+":")
	}
	return f
}

// next counts a row and tells whether it is on the page.
func (f *flat) next() bool {
	f.n++
	return f.page.has(f.n - 1)
}

// object appends a row as a JSON object.
func (f *flat) object(b []byte, r *Row) []byte {
	b = append(b, '{')
	start := len(b)
	key := func(i int) {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, f.keys[i]...)
	}
	for i := range f.cols {
		switch c := &f.cols[i]; {
		case c.Metric >= 0:
			if v := r.Values[c.Metric]; v.OK {
				key(i)
				b = v.D.Append(b)
			}
		case c.text != nil:
			if s := c.text(r); s != "" {
				key(i)
				b = appendQuote(b, s)
			}
		default:
			key(i)
			b = appendBool(b, r.Final)
		}
	}
	return append(b, '}')
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
