package openapi

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Scope is what an API key must have for an operation. Admin includes write, write includes read.
type Scope string

// The scopes. ScopeNone needs no key.
const (
	ScopeNone  Scope = "none"
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
	ScopeAdmin Scope = "admin"
)

// FieldError is one field of a request that was refused. It never holds the value that was sent.
type FieldError struct {
	Field   string `json:"field"`        // a parameter's name, or the path into the body with "." between names and indexes
	In      string `json:"in,omitempty"` // path, query, header or body
	Message string `json:"message"`
}

// Validator checks requests and responses against the document. It is read only and safe for concurrent use.
type Validator struct {
	routes []*Route
	byKey  map[string]*Route
}

// Route is one operation of the document with what checking it needs, worked out once. It is read only.
type Route struct {
	Method  string // upper case
	Path    string // as the document writes it
	ID      string // operationId
	Scope   Scope
	MaxBody int64 // x-max-body: bytes of a JSON body; 1 MiB where the document does not say
	Planned bool  // x-status: planned: documented, and answered with 501 not_supported

	Operation *openapi3.Operation

	route      *routers.Route
	options    *openapi3filter.Options
	query      map[string]*openapi3.Parameter
	queryNames []string
	path       []*openapi3.Parameter
	header     []*openapi3.Parameter
	fields     []string // what the parameter "fields" may name; nil when the operation has no such object
	extraQuery bool     // unknown query parameters are taken
	body       *openapi3.Schema
	bodyNeeded bool
	mergePatch bool // the body is a JSON merge patch: null clears, nothing is required
}

// NewValidator prepares every operation of a document that Load has returned.
func NewValidator(doc *openapi3.T) (*Validator, error) {
	v := &Validator{byKey: map[string]*Route{}}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			r, err := newRoute(doc, path, item, method, op)
			if err != nil {
				return nil, fmt.Errorf("openapi document: %s %s: %w", method, path, err)
			}
			v.routes = append(v.routes, r)
			v.byKey[method+" "+path] = r
		}
	}
	slices.SortFunc(v.routes, func(a, b *Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return v, nil
}

func newRoute(doc *openapi3.T, path string, item *openapi3.PathItem, method string, op *openapi3.Operation) (*Route, error) {
	r := &Route{
		Method: method, Path: path, ID: op.OperationID, Operation: op,
		route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op},
		// Each fault of a parameter is reported, and nothing is written into the request.
		options:    &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
		query:      map[string]*openapi3.Parameter{},
		MaxBody:    maxBody,
		Planned:    op.Extensions["x-status"] == "planned",
		extraQuery: op.Extensions["x-extra-query"] == true,
		mergePatch: op.Extensions["x-merge-patch"] == true,
	}
	scope, _ := op.Extensions["x-scope"].(string)
	r.Scope = Scope(scope)
	if !slices.Contains([]Scope{ScopeNone, ScopeRead, ScopeWrite, ScopeAdmin}, r.Scope) {
		return nil, fmt.Errorf("x-scope %q", scope)
	}
	if n, ok := op.Extensions["x-max-body"].(float64); ok {
		r.MaxBody = int64(n)
	}
	for _, ref := range op.Parameters {
		r.add(ref.Value)
	}
	slices.Sort(r.queryNames)
	if name, ok := op.Extensions["x-object"].(string); ok {
		object := doc.Components.Schemas[name]
		if object == nil {
			return nil, fmt.Errorf("x-object names no schema: %s", name)
		}
		for field := range object.Value.Properties {
			r.fields = append(r.fields, field)
		}
		slices.Sort(r.fields)
	}
	if op.RequestBody != nil && op.Extensions["x-unchecked-body"] != true {
		if media := op.RequestBody.Value.Content["application/json"]; media != nil {
			r.body, r.bodyNeeded = media.Schema.Value, op.RequestBody.Value.Required
		}
	}
	return r, nil
}

func (r *Route) add(p *openapi3.Parameter) {
	switch p.In {
	case openapi3.ParameterInQuery:
		r.query[p.Name] = p
		r.queryNames = append(r.queryNames, p.Name)
	case openapi3.ParameterInPath:
		r.path = append(r.path, p)
	case openapi3.ParameterInHeader:
		r.header = append(r.header, p)
	}
}

// Routes lists every operation, in the order of paths, then methods. It is shared: do not change it.
func (v *Validator) Routes() []*Route { return v.routes }

// Route finds an operation by method and path template. The gateway asks once a route, at start; an error there means that
// code and document have parted.
func (v *Validator) Route(method, template string) (*Route, error) {
	r, ok := v.byKey[strings.ToUpper(method)+" "+template]
	if !ok {
		return nil, fmt.Errorf("the openapi document has no %s %s", method, template)
	}
	return r, nil
}

// Match finds the operation of a URL path as it was sent (escaped), and the values of its path parameters. It tries every
// route and is meant for tests, which see URLs; the gateway knows its routes.
func (v *Validator) Match(method, escapedPath string) (*Route, map[string]string, bool) {
	var found *Route
	var params map[string]string
	most := -1
	for _, r := range v.routes {
		if r.Method != strings.ToUpper(method) {
			continue
		}
		if p, literals, ok := match(r.Path, escapedPath); ok && literals > most {
			found, params, most = r, p, literals
		}
	}
	return found, params, found != nil
}

// match compares a path with a template and counts the literal segments: more of them is the better match. The parameter
// {path}, always last, takes the rest.
func match(template, escaped string) (map[string]string, int, bool) {
	want, got := strings.Split(template, "/"), strings.Split(escaped, "/")
	params, literals := map[string]string{}, 0
	for i, segment := range want {
		if i >= len(got) {
			return nil, 0, false
		}
		name, isParam := strings.CutPrefix(segment, "{")
		if !isParam {
			if segment != got[i] {
				return nil, 0, false
			}
			literals++
			continue
		}
		name = strings.TrimSuffix(name, "}")
		raw := got[i]
		rest := name == "path"
		if rest {
			raw = strings.Join(got[i:], "/")
		}
		value, err := url.PathUnescape(raw)
		if err != nil || value == "" {
			return nil, 0, false
		}
		params[name] = value
		if rest {
			return params, literals, true
		}
	}
	return params, literals, len(want) == len(got)
}

// Request finds the operation of a request by itself and checks it. It is meant for tests; a path without an operation is
// an error of the field "path".
func (v *Validator) Request(req *http.Request) []FieldError {
	r, params, ok := v.Match(req.Method, req.URL.EscapedPath())
	if !ok {
		return []FieldError{{Field: "path", In: "path", Message: "no operation of the document"}}
	}
	return r.Request(req, func(name string) string { return params[name] })
}
