package meta

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// fixed refuses a change of what is decided when an object is made. Given again as it is, it is no change.
func fixed[T any](fields []providers.Field, w providers.Write[T]) error {
	was, is := generic(w.Before), generic(&w.Object)
	for _, path := range w.Set {
		c := providers.Collection[T]{Fields: fields}
		f, ok := c.Writable(path)
		if !ok {
			return fault(providers.Rejected, path, "Meta takes no %s here", path)
		}
		if !f.Update && !reflect.DeepEqual(at(was, path), at(is, path)) {
			return fault(providers.Rejected, path, "Meta does not let %s be changed once the object is made", path)
		}
	}
	return nil
}

// generic is an object by its JSON names.
func generic(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if rest.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// at is what stands at a path of names; nil for nothing.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// lay puts a value at a path of names; nil takes it away.
func lay(m map[string]any, path string, v any) {
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case !deeper && v == nil:
		delete(m, name)
	case !deeper:
		m[name] = v
	default:
		below, ok := m[name].(map[string]any)
		if !ok {
			below = map[string]any{}
		}
		lay(below, rest, v)
		m[name] = below
	}
}
