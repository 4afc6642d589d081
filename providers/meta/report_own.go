package meta

import "bytes"

// called is the place of what Meta calls a value that is made of joined ones: the last of them, as a position goes with
// its platform.
func (w *words) called(joined []byte) int {
	if !w.keep {
		return 0
	}
	last := joined[bytes.LastIndexByte(joined, 0)+1:]
	i, known := w.byIt[string(last)]
	if !known {
		i = len(w.own)
		w.own = append(w.own, string(last))
		w.byIt[string(last)] = i
	}
	return i
}

// noteOwn keeps what Meta calls the values of a row, where the report asks.
func (r *run) noteOwn(k key, rec *record) {
	if r.own == nil {
		return
	}
	for i, w := range r.words {
		if w != nil {
			r.own.Note(k, i, len(r.words), w.own[rec.own[i]])
		}
	}
}
