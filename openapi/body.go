package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// maxBody is the most of a JSON body that is read for checking, where the document does not say more. No object of the
// document comes near it, but for files and for many objects at once.
const maxBody = 1 << 20

// checkBody validates a JSON body and puts it back for the handler.
func (r *Route) checkBody(req *http.Request) []FieldError {
	if r.body == nil {
		return nil
	}
	data, unread, fault := readBody(req, r.MaxBody)
	switch {
	case unread:
		return nil
	case fault != "":
		return bodyFault(fault)
	case len(data) == 0 && r.bodyNeeded:
		return bodyFault("is missing")
	case len(data) == 0:
		return nil
	}
	if media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return bodyFault("must be sent as Content-Type: application/json")
	}
	if !jsontext.Value(data).IsValid() {
		return bodyFault("is not well-formed JSON, or names a field twice")
	}
	value, err := decode(data)
	if err != nil {
		return bodyFault("is not well-formed JSON")
	}
	if r.mergePatch {
		value = withoutNulls(value)
	}
	return r.checkValue(value)
}

func bodyFault(message string) []FieldError {
	return []FieldError{{Field: "body", In: "body", Message: message}}
}

// readBody reads a body of at most most bytes and puts it back. A larger one is put back too, half read, so that a handler
// that was not to see it still can.
func readBody(req *http.Request, most int64) (data []byte, unread bool, fault string) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, false, ""
	}
	rest := req.Body
	data, err := io.ReadAll(io.LimitReader(rest, most+1))
	tail := io.Reader(rest)
	if err != nil {
		tail = broken{err}
	}
	req.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(data), tail), rest}
	switch {
	case err != nil:
		return nil, true, "" // the handler meets the same error and knows its status: 413, or a caller who left
	case int64(len(data)) > most:
		return nil, false, fmt.Sprintf("is larger than %d MiB", most>>20)
	}
	return data, false, ""
}

// broken is a body that ends in an error.
type broken struct{ err error }

// Read implements io.Reader.
func (b broken) Read([]byte) (int, error) {
	return 0, b.err
}

func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

// checkValue reports what does not match the schema and what the schema does not know: a mistyped field must not be
// ignored without a word. Fields that are read only may be sent back with an object that was read.
func (r *Route) checkValue(value any) []FieldError {
	err := r.body.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(), openapi3.DisableReadOnlyValidation())
	var found []schemaFault
	collect(err, &found)
	var faults []FieldError
	for _, f := range found {
		if f.err.SchemaField == "required" && r.mergePatch {
			continue
		}
		faults = append(faults, FieldError{Field: bodyPath(f.path), In: "body", Message: f.message()})
	}
	strangers(r.body, value, nil, func(path, known []string) {
		name := path[len(path)-1]
		faults = append(faults, FieldError{Field: bodyPath(path), In: "body", Message: "is not a field of this object" + nearby(name, known)})
	})
	return faults
}

func bodyPath(path []string) string {
	if len(path) == 0 {
		return "body"
	}
	return strings.Join(path, ".")
}

// withoutNulls drops the fields that a merge patch clears: null is allowed for any of them.
func withoutNulls(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	kept := make(map[string]any, len(object))
	for name, v := range object {
		if v != nil {
			kept[name] = withoutNulls(v)
		}
	}
	return kept
}

// strangers calls report for every field, at any depth, that the schema does not know, in the order of names, with the
// names that it does know.
func strangers(s *openapi3.Schema, value any, path []string, report func(path, known []string)) {
	switch v := value.(type) {
	case []any:
		items := itemsOf(s)
		if items == nil {
			return
		}
		for i, item := range v {
			strangers(items, item, append(slices.Clip(path), strconv.Itoa(i)), report)
		}
	case map[string]any:
		s = chosen(s, value)
		known, rest, open := propertiesOf(s)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at := append(slices.Clip(path), name)
			switch {
			case known[name] != nil:
				strangers(known[name], v[name], at, report)
			case rest != nil:
				strangers(rest, v[name], at, report)
			case !open:
				report(at, slices.Sorted(maps.Keys(known)))
			}
		}
	}
}

// chosen follows oneOf to the form that a value has: the forms of this document differ in their JSON type.
func chosen(s *openapi3.Schema, value any) *openapi3.Schema {
	for _, form := range s.OneOf {
		_, isList := value.([]any)
		if form.Value.Type.Is(openapi3.TypeArray) == isList {
			return form.Value
		}
	}
	return s
}

func itemsOf(s *openapi3.Schema) *openapi3.Schema {
	s = chosen(s, []any{})
	if s.Items != nil {
		return s.Items.Value
	}
	for _, part := range s.AllOf {
		if items := itemsOf(part.Value); items != nil {
			return items
		}
	}
	return nil
}

// propertiesOf gathers what a schema says of an object's fields: those it names, the schema of all others, and whether
// others are allowed. A schema that names none is open.
func propertiesOf(s *openapi3.Schema) (known map[string]*openapi3.Schema, rest *openapi3.Schema, open bool) {
	known = map[string]*openapi3.Schema{}
	for name, p := range s.Properties {
		known[name] = p.Value
	}
	if extra := s.AdditionalProperties.Schema; extra != nil {
		rest = extra.Value
	}
	open = s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has
	for _, part := range s.AllOf {
		k, r, o := propertiesOf(part.Value)
		maps.Copy(known, k)
		if r != nil {
			rest = r
		}
		open = open || o && len(k) == 0 && r == nil && len(known) == 0
	}
	return known, rest, open || len(known) == 0 && rest == nil
}
