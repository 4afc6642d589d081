package google_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// cell is a field's trip: it is given at birth, changed and cleared, and read back each time. Values are JSON.
type cell struct {
	path    string
	base    map[string]string // laid over the object besides
	create  string
	update  string // "": it cannot be
	reads   string // in place of both, where Google has another word for the same
	cleared string // what is read once it is null; "": it is absent
	stored  string // the field of Google's that holds it
	was, is string // what Google has there after the two
}

// form is JSON by its names, which is how the gateway lays a body over an object.
type form map[string]any

func (f form) put(path string, v any) {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		if v == nil {
			delete(f, name)
		} else {
			f[name] = v
		}
		return
	}
	below, ok := f[name].(map[string]any)
	if !ok {
		below = map[string]any{}
	}
	form(below).put(rest, v)
	f[name] = below
	if len(below) == 0 {
		delete(f, name)
	}
}

func (f form) at(path string) any {
	var v any = map[string]any(f)
	for name := range strings.SplitSeq(path, ".") {
		below, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = below[name]
	}
	return nameless(v)
}

// nameless drops the names that a read adds to ids.
func nameless(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = nameless(v[i])
		}
	case map[string]any:
		if _, ok := v["id"]; ok {
			delete(v, "name")
		}
		for name := range v {
			v[name] = nameless(v[name])
		}
	}
	return v
}

func formOf(t testing.TB, v any) form {
	t.Helper()
	out := form{}
	if err := json.Unmarshal([]byte(jsonOf(t, v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func valueOf(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func objectOf[T any](t testing.TB, f form) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(jsonOf(t, f)), &v); err != nil {
		t.Fatalf("%s: %v", jsonOf(t, f), err)
	}
	return v
}

// trips takes every cell on its trip. Every field that the collection declares has one, but for those named.
func trips[T normalize.Object](t *testing.T, w writer, col providers.Collection[T], base func(t *testing.T, c cell) form, from string, key func(T) string, cells []cell, besides ...string) {
	t.Helper()
	for _, f := range col.Fields {
		if !slices.ContainsFunc(cells, func(c cell) bool { return c.path == f.Name }) && !slices.Contains(besides, f.Name) {
			t.Errorf("nothing is said of %s", f.Name)
		}
	}
	for _, c := range cells {
		t.Run(c.path, func(t *testing.T) {
			f, ok := col.Writable(c.path)
			if !ok || !f.Create || f.Update != (c.update != "") {
				t.Fatalf("declared as %+v", f)
			}
			o := base(t, c)
			for path, v := range c.base {
				o.put(path, valueOf(t, v))
			}
			o.put(c.path, valueOf(t, c.create))
			made, err := col.Create(t.Context(), providers.Write[T]{Org: w.org, Object: objectOf[T](t, o), Set: []string{c.path}})
			if err != nil {
				t.Fatal(err)
			}
			look := func(v T, want, stored string) {
				t.Helper()
				if got := formOf(t, v).at(c.path); !slices.Equal(sorted(t, got), sorted(t, valueOf(t, want))) {
					t.Errorf("read back %s, want %s", jsonOf(t, got), want)
				}
				if c.stored == "" || stored == "" {
					return
				}
				if got := w.stored(t, "SELECT "+c.stored+" FROM "+from+" WHERE "+key(v)); !strings.Contains(got, stored) {
					t.Errorf("Google has %s, want %s", got, stored)
				}
			}
			look(made.Object, cmp.Or(c.reads, c.create), c.was)
			if c.update == "" {
				return
			}
			v := change(t, w, col, made.Object, c.path, valueOf(t, c.update))
			look(v, cmp.Or(c.reads, c.update), c.is)
			if n := len(w.sent.take()); n != 2 && (n != 1 || c.update != c.create) {
				t.Errorf("%d mutates, want one for each write", n)
			}
			if v = change(t, w, col, v, c.path, valueOf(t, c.update)); len(w.sent.take()) > 0 {
				t.Error("what is there already is sent again")
			}
			if !f.Clear {
				return
			}
			look(change(t, w, col, v, c.path, nil), cmp.Or(c.cleared, "null"), "")
			w.sent.take()
		})
		w.sent.take()
	}
}

// sorted are the parts of a list: lists of a targeting have no order. Of texts the order counts.
func sorted(t testing.TB, v any) []string {
	t.Helper()
	list, ok := v.([]any)
	if !ok {
		return []string{jsonOf(t, v)}
	}
	out := make([]string, len(list))
	for i := range list {
		out[i] = jsonOf(t, list[i])
	}
	slices.Sort(out)
	return out
}

// change writes one field of an object as the gateway would.
func change[T normalize.Object](t *testing.T, w writer, col providers.Collection[T], before T, path string, v any) T {
	t.Helper()
	f := formOf(t, before)
	f.put(path, v)
	got, err := col.Update(t.Context(), providers.Ref{Org: w.org, ID: before.Facts().ID}, providers.Write[T]{
		Org: w.org, Object: objectOf[T](t, f), Before: &before, Set: []string{path},
	})
	if err != nil {
		t.Fatalf("%s to %s: %+v", path, jsonOf(t, v), err)
	}
	return got.Object
}

// refs lists things that can be targeted, as JSON.
func refs(t *testing.T, w writer, kind normalize.TargetType, n int) (one, two string) {
	t.Helper()
	p, err := w.Targets.List(t.Context(), providers.ListQuery{Org: w.org, Type: []string{string(kind)}, Size: n})
	if err != nil || len(p.Items) == 0 {
		t.Fatalf("%s: %d %v", kind, len(p.Items), err)
	}
	x := `{"id":"` + p.Items[0].ID + `"}`
	if len(p.Items) == 1 { // the simulator has no other
		return "[" + x + "]", "[" + x + "]"
	}
	return "[" + x + "]", "[" + x + `,{"id":"` + p.Items[1].ID + `"}]`
}
