package google

// noteOwn keeps what Google calls the values of a row's splits, where the report asks.
func (r *run) noteOwn(k key) {
	if r.own == nil {
		return
	}
	at := 0
	for i, d := range r.part.Query.Dimensions {
		if d == r.s.grain {
			continue
		}
		r.own.Note(k, i, len(r.part.Query.Dimensions), string(r.wire.text(r.dictionaries[at].split.place)))
		at++
	}
}
