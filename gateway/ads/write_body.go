package ads

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// object is a normalized object as JSON: what is absent, what is null and what has a value can be told apart.
type object = map[string]any

// leaf is a part of a body that has a value of its own: a scalar, a list or a null.
type leaf struct {
	path  string
	value any
}

// readObject reads a body. Numbers stay as they were written.
func readObject(body []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var o object
	if err := dec.Decode(&o); err != nil || o == nil || dec.More() {
		return nil, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "must be a JSON object"})
	}
	return o, nil
}

// objectOf turns an object into JSON, without the platform's own.
func objectOf[T any](v T) (object, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	o, err := readObject(raw)
	delete(o, paramRaw)
	return o, err
}

// leaves lists the parts of a body, in the order of their paths.
func leaves(o object) []leaf {
	var out []leaf
	var walk func(prefix string, o object)
	walk = func(prefix string, o object) {
		for name, v := range o {
			if below, ok := v.(object); ok {
				walk(prefix+name+".", below)
				continue
			}
			out = append(out, leaf{prefix + name, v})
		}
	}
	walk("", o)
	slices.SortFunc(out, func(a, b leaf) int { return strings.Compare(a.path, b.path) })
	return out
}

// at is what stands at a path; nil where there is nothing.
func at(o object, path string) any {
	var v any = o
	for name := range strings.SplitSeq(path, ".") {
		below, ok := v.(object)
		if !ok {
			return nil
		}
		v = below[name]
	}
	return v
}

// put sets what stands at a path. A nil takes it away.
func put(o object, path string, v any) {
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case !deeper && v == nil:
		delete(o, name)
	case !deeper:
		o[name] = v
	default:
		below, ok := o[name].(object)
		if !ok {
			if v == nil {
				return
			}
			below = object{}
		} else {
			below = maps.Clone(below) // the one of before stays as it is
		}
		put(below, rest, v)
		if o[name] = below; len(below) == 0 {
			delete(o, name)
		}
	}
}

// part is the object's values at some paths.
func part(o object, paths []string) object {
	out := object{}
	for _, p := range paths {
		if v := at(o, p); v != nil {
			put(out, p, v)
		}
	}
	return out
}

// same tells whether two values say the same: 50 and 50.00, and a moment in two zones.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		n, ok := b.(json.Number)
		x, xerr := normalize.ParseDecimal(a.String())
		y, yerr := normalize.ParseDecimal(n.String())
		return ok && xerr == nil && yerr == nil && x.Cmp(y) == 0
	case string:
		s, ok := b.(string)
		if !ok || a == s {
			return ok
		}
		x, xerr := time.Parse(time.RFC3339Nano, a)
		y, yerr := time.Parse(time.RFC3339Nano, s)
		return xerr == nil && yerr == nil && x.Equal(y)
	case object:
		o, ok := b.(object)
		return ok && len(a) == len(o) && !slices.ContainsFunc(slices.Collect(maps.Keys(a)), func(name string) bool { return !same(a[name], o[name]) })
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, same)
	}
	return reflect.DeepEqual(a, b)
}

// intended is a body that fits: the fields that it gives, and the object as it is to be.
type intended[T any] struct {
	set    []string
	merged object
	object T
}

// intend checks a body against what can be written, and lays it over the object as it was read (nil: it is made). Every
// part that cannot be taken is named at once.
func (w writing[T]) intend(body, before object) (intended[T], error) {
	out := intended[T]{merged: maps.Clone(before)}
	if out.merged == nil {
		out.merged = object{}
	}
	var unknown, refused []problem.Field
	for _, l := range leaves(body) {
		top, _, _ := strings.Cut(l.path, ".")
		if !slices.Contains(w.kind.shape.names, top) {
			unknown = append(unknown, problem.Field{Field: l.path, In: "body", Message: "is not a field of this object"})
			continue
		}
		set, fault := w.allowed(l, before)
		if fault != "" {
			refused = append(refused, problem.Field{Field: l.path, In: "body", Message: fault})
			continue
		}
		if len(set) > 0 {
			out.set = append(out.set, set...)
			put(out.merged, l.path, l.value)
		}
	}
	var err error
	if out.object, err = w.decode(out.merged, body); err != nil || len(unknown) > 0 {
		if e, ok := errors.AsType[*problem.Error](err); ok {
			unknown = append(unknown, e.Fields...)
		}
		return out, problem.InvalidFields(unknown...)
	}
	if before == nil {
		refused = append(refused, w.lacking(out.set)...)
	}
	out.set = sortedCopy(out.set)
	return out, rejected(refused)
}

// rejected refuses several fields at once: 422. nil: none.
func rejected(fields []problem.Field) error {
	if len(fields) == 0 {
		return nil
	}
	e := problem.InvalidFields(fields...)
	e.Code = problem.CodeRejected
	return e
}

// allowed tells what a part of a body sets, or why it cannot be taken. Neither: it says what is there already.
func (w writing[T]) allowed(l leaf, before object) (set []string, fault string) {
	f, ok := w.col.Writable(l.path)
	platform, kind := w.r.conn.Platform, w.kind.object
	if before == nil {
		switch {
		case l.path == "organization_id" && !ok && kind != providers.ObjectOrganization:
			return []string{l.path}, "" // it says where
		case l.value == nil:
			return nil, "" // nothing is asked for
		case ok && f.Create:
			return []string{l.path}, ""
		case ok:
			return nil, fmt.Sprintf("cannot be given when a %s is made at %s", kind, platform)
		}
		return nil, fmt.Sprintf("cannot be written at %s", platform)
	}
	now := at(before, l.path)
	switch {
	case same(now, l.value):
		if ok && f.Update {
			return []string{l.path}, ""
		}
		return nil, ""
	case !ok && l.value == nil:
		return w.clears(l.path, now)
	case !ok:
		return nil, fmt.Sprintf("cannot be written at %s", platform)
	case l.value == nil && !f.Clear:
		return nil, fmt.Sprintf("cannot be cleared at %s", platform)
	case l.value != nil && !f.Update:
		return nil, fmt.Sprintf("cannot be changed at %s once the %s is made", platform, kind)
	}
	return []string{l.path}, ""
}

// clears tells what a null sets that stands above several fields: each of those that have a value.
func (w writing[T]) clears(path string, now any) (set []string, fault string) {
	below, _ := now.(object)
	if below == nil {
		return nil, fmt.Sprintf("cannot be written at %s", w.r.conn.Platform)
	}
	for _, l := range leaves(below) {
		full := path + "." + l.path
		f, ok := w.col.Writable(full)
		if !ok || !f.Clear {
			return nil, fmt.Sprintf("cannot be cleared at %s: %s stays", w.r.conn.Platform, full)
		}
		set = append(set, f.Name)
	}
	return set, ""
}

// lacking names the fields without which the platform makes nothing.
func (w writing[T]) lacking(set []string) []problem.Field {
	var out []problem.Field
	given := providers.Write[T]{Set: set}
	for _, f := range w.col.Fields {
		if f.Required && !given.Changed(f.Name) {
			out = append(out, problem.Field{Field: f.Name, In: "body", Message: fmt.Sprintf("has to be given when a %s is made at %s", w.kind.object, w.r.conn.Platform)})
		}
	}
	return out
}

// decode reads the merged object. When it does not fit, each part of the body that does not is named.
func (w writing[T]) decode(merged, body object) (T, error) {
	v, err := decode[T](merged)
	if err == nil {
		return v, nil
	}
	var faults []problem.Field
	for _, l := range leaves(body) {
		if l.value == nil {
			continue
		}
		alone := object{}
		put(alone, l.path, l.value)
		if _, err := decode[T](alone); err != nil {
			faults = append(faults, problem.Field{Field: l.path, In: "body", Message: "is not of the type that this field has, or not a field of this object"})
		}
	}
	if len(faults) == 0 {
		faults = []problem.Field{{Field: "body", In: "body", Message: "does not fit this object"}}
	}
	return v, problem.InvalidFields(faults...)
}

func decode[T any](o object) (T, error) {
	var v T
	raw, err := json.Marshal(o)
	if err != nil {
		return v, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return v, dec.Decode(&v)
}
