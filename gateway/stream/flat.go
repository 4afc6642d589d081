package stream

// flat is what rows look like in every shape but the contract's: one value a column, an absent one left out.
type flat struct {
	cols []Column
	keys []string // `"name":`, of cols
	page Page
	n    int      // rows so far, on the page or not
	raw  []string // names of the dimensions whose own values are answered; nil: none
}

func newFlat(s Schema, page Page, fields []string) flat {
	f := flat{cols: wanted(s.Columns(), fields), page: page}
	if s.Raw {
		f.raw = s.rawNames()
	}
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
	if f.raw != nil {
		b = appendRaw(b, start, f.raw, r)
	}
	return append(b, '}')
}

// rawNames are those of the dimensions that a platform has words of its own for; empty: a calendar one.
func (s Schema) rawNames() []string {
	out := make([]string, len(s.Dimensions))
	for i, d := range s.Dimensions {
		if !IsCalendar(d) {
			out[i] = DimensionColumn(d)
		}
	}
	return out
}

// appendRaw writes "raw":{"device":["iphone"]}; start is where the row's object began.
func appendRaw(b []byte, start int, names []string, r *Row) []byte {
	if len(b) > start {
		b = append(b, ',')
	}
	b = append(b, `"raw":{`...)
	first := len(b)
	for i, name := range names {
		if name == "" || i >= len(r.Raw) || len(r.Raw[i]) == 0 {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		b = appendTexts(append(appendQuote(b, name), ':'), r.Raw[i])
	}
	return append(b, '}')
}

func appendTexts(b []byte, texts []string) []byte {
	b = append(b, '[')
	for i, s := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuote(b, s)
	}
	return append(b, ']')
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}
