package linkedin

import "slices"

// noteOwn keeps what LinkedIn calls the value of a row's breakdown, where the report asks.
func (r *run) noteOwn(k key, value string) {
	dims := r.part.Query.Dimensions
	if i := slices.Index(dims, r.s.by.dimension); r.own != nil {
		r.own.Note(k, i, len(dims), value)
	}
}
