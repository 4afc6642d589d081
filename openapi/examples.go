package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Example is a request of the document with the answer that it must have (x-examples of an operation). Values may hold
// the placeholders {{connection_id}} and {{workspace_id}}.
type Example struct {
	Name       string
	Method     string
	Path       string // the template
	Key        string // scope of the key to send; "none" for no key; "admin" unless stated
	PathParams map[string]string
	Query      url.Values
	Headers    map[string]string
	Body       json.RawMessage // nil: no body
	Expect     Expect
}

// Expect is what an example's answer must have.
type Expect struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Subset json.RawMessage   `json:"subset"` // nil: any body
}

// Examples lists every example of the document, in the order of paths, then methods.
func Examples(doc *openapi3.T) ([]Example, error) {
	var all []Example
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		operations := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			of, err := examplesOf(operations[method], method, path)
			if err != nil {
				return nil, fmt.Errorf("x-examples of %s %s: %w", method, path, err)
			}
			all = append(all, of...)
		}
	}
	return all, nil
}

func examplesOf(op *openapi3.Operation, method, path string) ([]Example, error) {
	extension, ok := op.Extensions["x-examples"]
	if !ok {
		return nil, nil
	}
	data, err := json.Marshal(extension)
	if err != nil {
		return nil, err
	}
	var written []struct {
		Name    string `json:"name"`
		Request struct {
			Key     string            `json:"key"`
			Path    map[string]string `json:"path"`
			Query   map[string]string `json:"query"`
			Headers map[string]string `json:"headers"`
			Body    json.RawMessage   `json:"body"`
		} `json:"request"`
		Expect Expect `json:"expect"`
	}
	if err := json.Unmarshal(data, &written); err != nil {
		return nil, err
	}
	examples := make([]Example, 0, len(written))
	for _, w := range written {
		e := Example{
			Name: w.Name, Method: method, Path: path, Key: w.Request.Key, PathParams: w.Request.Path,
			Headers: w.Request.Headers, Body: w.Request.Body, Expect: w.Expect, Query: url.Values{},
		}
		if e.Key == "" {
			e.Key = string(ScopeAdmin)
		}
		for name, value := range w.Request.Query {
			e.Query.Set(name, value)
		}
		examples = append(examples, e)
	}
	return examples, nil
}

// With fills in the placeholders, which are named without their braces, and returns the example for that server.
func (e Example) With(values map[string]string) Example {
	pairs := make([]string, 0, 2*len(values))
	for name, value := range values {
		pairs = append(pairs, "{{"+name+"}}", value)
	}
	fill := strings.NewReplacer(pairs...)
	params, query := map[string]string{}, url.Values{}
	for name, value := range e.PathParams {
		params[name] = fill.Replace(value)
	}
	for name, list := range e.Query {
		for _, value := range list {
			query.Add(name, fill.Replace(value))
		}
	}
	e.PathParams, e.Query = params, query
	if e.Body != nil {
		e.Body = json.RawMessage(fill.Replace(string(e.Body)))
	}
	if e.Expect.Subset != nil {
		e.Expect.Subset = json.RawMessage(fill.Replace(string(e.Expect.Subset)))
	}
	return e
}

// URL is the path and query to send, path parameters percent-encoded.
func (e Example) URL() string {
	path := e.Path
	for name, value := range e.PathParams {
		escaped := url.PathEscape(value)
		if name == "path" { // a path's slashes are its own
			escaped = strings.ReplaceAll(escaped, "%2F", "/")
		}
		path = strings.ReplaceAll(path, "{"+name+"}", escaped)
	}
	if len(e.Query) > 0 {
		path += "?" + e.Query.Encode()
	}
	return path
}

// Check says how an answer differs from what the example promises; nil when it is as written.
func (e Example) Check(status int, header http.Header, body []byte) error {
	if status != e.Expect.Status {
		return fmt.Errorf("status %d, not %d: %s", status, e.Expect.Status, excerpt(body))
	}
	for name, want := range e.Expect.Header {
		if got := header.Get(name); got != want {
			return fmt.Errorf("header %s is %q, not %q", name, got, want)
		}
	}
	if e.Expect.Subset == nil {
		return nil
	}
	want, err := decode(e.Expect.Subset)
	if err != nil {
		return fmt.Errorf("the example's subset: %w", err)
	}
	got, err := decode(body)
	if err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	if err := contains(got, want); err != nil {
		return fmt.Errorf("%w: %s", err, excerpt(body))
	}
	return nil
}

func excerpt(body []byte) string {
	const most = 400
	if len(body) > most {
		return string(body[:most]) + "…"
	}
	return string(body)
}

// contains tells whether got has everything that want has: the keys of an object, an item for each item of a list (the
// empty list is only itself), the same scalar.
func contains(got, want any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return errors.New("not an object")
		}
		for _, name := range slices.Sorted(maps.Keys(w)) {
			value, ok := g[name]
			if !ok {
				return fmt.Errorf("%s is not there", name)
			}
			if err := contains(value, w[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	case []any:
		return listContains(got, w)
	default:
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("%v, not %v", got, want)
		}
	}
	return nil
}

func listContains(got any, want []any) error {
	g, ok := got.([]any)
	switch {
	case !ok:
		return errors.New("not a list")
	case len(want) == 0 && len(g) > 0:
		return fmt.Errorf("a list of %d, not the empty one", len(g))
	}
	for i, item := range want {
		if !slices.ContainsFunc(g, func(x any) bool { return contains(x, item) == nil }) {
			return fmt.Errorf("no item is like item %d of the example", i+1)
		}
	}
	return nil
}
