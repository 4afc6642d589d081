package ads

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// shape is what is known of an object's struct: its JSON names in order.
type shape struct {
	names  []string
	raw    int      // the index of Raw
	always []string // answered whatever is asked for: the document's schema requires them
}

func shapeOf[T any](o providers.Object) shape {
	t := reflect.TypeFor[T]()
	s := shape{raw: -1, always: []string{"id"}}
	if o == providers.ObjectPromoted {
		s.always = append(s.always, "type")
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		s.names = append(s.names, name)
		if name == paramRaw {
			s.raw = i
		}
	}
	return s
}

// view is the part of an object that is answered.
type view struct {
	shape  shape
	fields []string // as asked; empty: all but raw
	index  []int    // of the fields asked, in the struct's order
	raw    bool
}

// view reads the parameter fields.
func (s shape) view(r *reader) view {
	w := view{shape: s, fields: r.list(paramFields)}
	w.raw = slices.Contains(w.fields, paramRaw)
	if len(w.fields) == 0 {
		return w
	}
	for _, f := range s.always {
		if !slices.Contains(w.fields, f) {
			w.fields = append(w.fields, f)
		}
	}
	for _, f := range w.fields {
		i := slices.Index(s.names, f)
		if i < 0 {
			r.fault(paramFields, "must be of "+strings.Join(s.names, ", "))
			break
		}
		w.index = append(w.index, i)
	}
	slices.Sort(w.index)
	return w
}

// upstream lists the fields that the platform is asked for: those of the answer and those that filters and order look at.
func (w view) upstream(more ...string) []string {
	if len(w.fields) == 0 {
		return nil
	}
	out := slices.DeleteFunc(slices.Clone(w.fields), func(f string) bool { return f == paramRaw })
	for _, f := range more {
		if !slices.Contains(out, f) && slices.Contains(w.shape.names, f) {
			out = append(out, f)
		}
	}
	return out
}

// encodeList writes a list into an empty buffer.
func encodeList[T any](w view, out *bytes.Buffer, items []T) error {
	enc := encoder(out)
	out.WriteByte('[')
	for i := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encodeOne(w, out, enc, &items[i]); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

// encoder writes JSON with & and < as they are: links stay readable, and the answer is no HTML.
func encoder(out *bytes.Buffer) *json.Encoder {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc
}

// encodeOne writes an object: the fields asked for, in the struct's order, absent ones left out. A raw that nobody asked
// for is taken out of it.
func encodeOne[T any](w view, out *bytes.Buffer, enc *json.Encoder, v *T) error {
	rv := reflect.ValueOf(v).Elem()
	if !w.raw && w.shape.raw >= 0 {
		rv.Field(w.shape.raw).SetZero()
	}
	if len(w.index) == 0 {
		return encode(out, enc, v)
	}
	sep := byte('{')
	for _, i := range w.index {
		f := rv.Field(i)
		if f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 {
			continue
		}
		out.WriteByte(sep)
		sep = ','
		out.WriteString(`"` + w.shape.names[i] + `":`)
		if err := encode(out, enc, f.Interface()); err != nil {
			return err
		}
	}
	if sep == '{' { // not even an id
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return nil
}

// encode writes a value without the line break that an Encoder ends it with.
func encode(out *bytes.Buffer, enc *json.Encoder, v any) error {
	if err := enc.Encode(v); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1)
	return nil
}
