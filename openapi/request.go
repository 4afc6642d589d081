package openapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Request checks a request and returns one entry for each field that is wrong, in the document's order; nil is fine. param
// gives a path parameter's decoded value (gin's Context.Param). The body is read only where the operation takes JSON, up
// to MaxBody, and put back for the handler.
//
// A planned operation is not looked at: its caller is to be told 501 that it is not served, not 400 how to ask for it.
func (r *Route) Request(req *http.Request, param func(name string) string) []FieldError {
	if r.Planned {
		return nil
	}
	input := &openapi3filter.RequestValidationInput{Request: req, Route: r.route, Options: r.options}
	faults := r.checkPath(req.Context(), input, param)
	faults = append(faults, r.checkQuery(req.Context(), input)...)
	for _, p := range r.header {
		faults = append(faults, check(req.Context(), input, p)...)
	}
	return append(faults, r.checkBody(req)...)
}

func (r *Route) checkPath(ctx context.Context, input *openapi3filter.RequestValidationInput, param func(string) string) []FieldError {
	if len(r.path) == 0 {
		return nil
	}
	input.PathParams = make(map[string]string, len(r.path))
	for _, p := range r.path {
		input.PathParams[p.Name] = param(p.Name)
	}
	var faults []FieldError
	for _, p := range r.path {
		faults = append(faults, check(ctx, input, p)...)
	}
	return faults
}

// checkQuery looks only at what was sent and at what is required, so that a call without parameters costs nothing.
func (r *Route) checkQuery(ctx context.Context, input *openapi3filter.RequestValidationInput) []FieldError {
	var faults []FieldError
	sent := url.Values{}
	if raw := input.Request.URL.RawQuery; raw != "" {
		parsed, err := url.ParseQuery(raw)
		if err != nil && !r.extraQuery {
			// URL.Query would drop the broken pair without a word.
			return []FieldError{{Field: "query", In: "query", Message: "is not a well-formed query string"}}
		}
		sent = parsed
	}
	input.QueryParams = sent
	for _, name := range r.unknown(sent) {
		faults = append(faults, FieldError{Field: name, In: "query", Message: "is not a parameter of this call" + nearby(name, r.queryNames)})
	}
	for _, name := range r.queryNames {
		p := r.query[name]
		values, ok := sent[name]
		if !ok && !p.Required {
			continue
		}
		switch isList := p.Schema.Value.Type.Is(openapi3.TypeArray); {
		case isList:
			sent[name] = []string{list(values)}
		case len(values) > 1:
			faults = append(faults, FieldError{Field: name, In: "query", Message: "is given more than once"})
			continue
		}
		faults = append(faults, check(ctx, input, p)...)
		if name == "fields" && r.fields != nil {
			faults = append(faults, r.checkFields(sent.Get(name))...)
		}
	}
	return faults
}

// list makes one comma-separated list of a parameter that is repeated, comma-separated or both, as handlers read it:
// spaces around an item and empty items do not count.
func list(values []string) string {
	if len(values) == 1 && !strings.ContainsAny(values[0], ", ") {
		return values[0]
	}
	var items []string
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	}
	return strings.Join(items, ",")
}

// unknown lists the query parameters that the operation does not have, sorted.
func (r *Route) unknown(sent url.Values) []string {
	if r.extraQuery {
		return nil
	}
	var names []string
	for name := range sent {
		if _, ok := r.query[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (r *Route) checkFields(list string) []FieldError {
	var faults []FieldError
	for i, name := range strings.Split(list, ",") {
		if name != "" && !slices.Contains(r.fields, name) {
			message := "item " + strconv.Itoa(i+1) + " is not a field of the answer" + nearby(name, r.fields)
			faults = append(faults, FieldError{Field: "fields", In: "query", Message: message})
		}
	}
	return faults
}

// check validates one parameter.
func check(ctx context.Context, input *openapi3filter.RequestValidationInput, p *openapi3.Parameter) []FieldError {
	err := openapi3filter.ValidateParameter(ctx, input, p)
	if err == nil {
		return nil
	}
	var faults []FieldError
	for _, message := range parameterMessages(err, p) {
		faults = append(faults, FieldError{Field: p.Name, In: p.In, Message: message})
	}
	return faults
}

// parameterMessages says what is wrong without repeating what was sent: the library's own messages carry values.
func parameterMessages(err error, p *openapi3.Parameter) []string {
	var schemaErrs []schemaFault
	collect(err, &schemaErrs)
	var messages []string
	for _, f := range schemaErrs {
		where := ""
		if len(f.path) > 0 {
			if i, err := strconv.Atoi(f.path[len(f.path)-1]); err == nil {
				where = "item " + strconv.Itoa(i+1) + " "
			}
		}
		messages = append(messages, where+f.message())
	}
	if len(messages) > 0 {
		return messages
	}
	switch {
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return []string{"is missing"}
	case errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		return []string{"must not be empty"}
	}
	if custom, ok := xMessage(p.Schema.Value); ok {
		return []string{custom}
	}
	return []string{"must be " + typeName(p.Schema.Value)} // the text does not parse as the type
}
