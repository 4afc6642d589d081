package wire

import "slices"

// Own keeps what a platform itself calls the values of rows' dimensions, by what a row is of, until the row is yielded:
// several of its values may be one of ours. Nil keeps nothing, for reports that do not ask.
type Own[K comparable] map[K][][]string

// Note adds a value of the dimension at a place, of so many. The platform's way of saying nothing is none.
func (o Own[K]) Note(k K, place, dimensions int, value string) {
	if o == nil || value == "" {
		return
	}
	of := o[k]
	if of == nil {
		of = make([][]string, dimensions)
		o[k] = of
	}
	if at, has := slices.BinarySearch(of[place], value); !has {
		of[place] = slices.Insert(of[place], at, value)
	}
}

// Take hands the values of a row out, and forgets them.
func (o Own[K]) Take(k K) [][]string {
	if o == nil {
		return nil
	}
	of := o[k]
	delete(o, k)
	return of
}
