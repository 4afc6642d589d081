package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestDocumentValidatesWithItsExamples(t *testing.T) {
	t.Parallel()
	doc, err := Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaDefaultsValidation()); err != nil {
		t.Fatal(err)
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	doc := load(t)
	tags := map[string]bool{}
	for _, tag := range doc.Tags {
		tags[tag.Name] = tag.Description != ""
	}
	ids := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			key := method + " " + path
			if op.Summary == "" || op.Description == "" || op.OperationID == "" || len(op.Tags) != 1 {
				t.Errorf("%s: summary, description, operationId and one tag are needed", key)
			}
			if other := ids[op.OperationID]; other != "" {
				t.Errorf("%s: operationId of %s", key, other)
			}
			ids[op.OperationID] = key
			for _, tag := range op.Tags {
				if !tags[tag] {
					t.Errorf("%s: tag %s is not described", key, tag)
				}
			}
			scope, _ := op.Extensions["x-scope"].(string)
			if !slices.Contains([]string{"none", "read", "write", "admin"}, scope) {
				t.Errorf("%s: x-scope %q", key, scope)
			}
			checkScope(t, key, method, scope, op)
			checkProblems(t, key, scope, op)
			if op.Extensions["x-admux"] == true && !strings.HasPrefix(op.Description, "Ours") {
				t.Errorf("%s: the description of an addition begins with Ours", key)
			}
		}
	}
}

// checkScope: a call that changes something is never open to a read key, and a key is asked for unless the document says
// that none is.
func checkScope(t *testing.T, key, method, scope string, op *openapi3.Operation) {
	t.Helper()
	jobs := strings.Contains(key, "/report") // a report job changes nothing at the platform
	if method != "GET" && !jobs && (scope == "read" || scope == "none") {
		t.Errorf("%s: a write with x-scope %s", key, scope)
	}
	if open := op.Security != nil; open != (scope == "none") {
		t.Errorf("%s: x-scope %s, but security overridden %v", key, scope, open)
	}
}

func checkProblems(t *testing.T, key, scope string, op *openapi3.Operation) {
	t.Helper()
	if _, service := map[string]bool{"Service": true}[op.Tags[0]]; !service {
		client := 0
		for status := range op.Responses.Map() {
			if strings.HasPrefix(status, "4") {
				client++
			}
		}
		if client == 0 {
			t.Errorf("%s: no 4xx answer", key)
		}
	}
	if scope != "none" && (op.Responses.Value("401") == nil) {
		t.Errorf("%s: needs a key and documents no 401", key)
	}
	if op.Extensions["x-status"] == "planned" && op.Responses.Value("501") == nil {
		t.Errorf("%s: planned without a 501", key)
	}
	for status, ref := range op.Responses.Map() {
		if ref.Value.Description == nil || *ref.Value.Description == "" {
			t.Errorf("%s: %s is not described", key, status)
		}
		if status == "431" { // net/http's own, before anything of ours
			continue
		}
		if _, ok := ref.Value.Headers["X-Request-Id"]; !ok {
			t.Errorf("%s: %s without X-Request-Id", key, status)
		}
		if status[0] == '4' || status[0] == '5' {
			if ref.Value.Content["application/problem+json"] == nil {
				t.Errorf("%s: %s is not a problem", key, status)
			}
		}
	}
}

func TestEveryParameterIsDescribed(t *testing.T) {
	t.Parallel()
	doc := load(t)
	for name, ref := range doc.Components.Parameters {
		p := ref.Value
		if p.Description == "" || p.Example == nil {
			t.Errorf("parameter %s: description and example are needed", name)
		}
		if ours := strings.HasPrefix(p.Description, "Ours"); ours != (p.Extensions["x-admux"] == true) {
			t.Errorf("parameter %s: Ours in the description %v, x-admux %v", name, ours, !ours)
		}
	}
	for name, ref := range doc.Components.Headers {
		if ref.Value.Description == "" || ref.Value.Example == nil {
			t.Errorf("header %s: description and example are needed", name)
		}
	}
}

func TestEveryFieldAndValueIsDescribed(t *testing.T) {
	t.Parallel()
	doc := load(t)
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		s := doc.Components.Schemas[name].Value
		if s.Description == "" {
			t.Errorf("schema %s is not described", name)
		}
		for field, property := range s.Properties {
			p := property.Value
			if p.Description == "" || p.Example == nil {
				t.Errorf("%s.%s: description and example are needed", name, field)
			}
			if ours := strings.HasPrefix(p.Description, "Ours"); ours != (p.Extensions["x-admux"] == true) {
				t.Errorf("%s.%s: Ours in the description %v, x-admux %v", name, field, ours, !ours)
			}
			if money := strings.HasSuffix(field, "_amount"); money && !strings.Contains(p.Description+s.Description, "major units") && name != "BidStrategy" {
				t.Errorf("%s.%s: an amount without its unit", name, field)
			}
		}
		if len(s.Enum) > 0 {
			words, _ := s.Extensions["x-enum-descriptions"].(map[string]any)
			for _, v := range enumValues(s) {
				if text, _ := words[v].(string); text == "" {
					t.Errorf("%s: value %s is not described", name, v)
				}
			}
			if len(words) != len(s.Enum) {
				t.Errorf("%s: %d values, %d descriptions", name, len(s.Enum), len(words))
			}
		}
	}
}

func TestEveryExampleFitsItsOperation(t *testing.T) {
	t.Parallel()
	doc := load(t)
	examples, err := Examples(doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 12 {
		t.Fatalf("%d examples", len(examples))
	}
	v, err := NewValidator(doc)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, e := range examples {
		name := e.Method + " " + e.Path + ": " + e.Name
		seen[e.Expect.Status] = true
		filled := e.With(map[string]string{"connection_id": "c1", "workspace_id": "w1"})
		r, _, ok := v.Match(e.Method, strings.SplitN(filled.URL(), "?", 2)[0])
		if !ok || r.Path != e.Path {
			t.Errorf("%s: %s leads elsewhere", name, filled.URL())
			continue
		}
		if !slices.Contains([]string{"none", "read", "write", "admin"}, e.Key) {
			t.Errorf("%s: key %q", name, e.Key)
		}
		status := r.Operation.Responses.Status(e.Expect.Status)
		if status == nil && r.Operation.Responses.Default() == nil {
			t.Errorf("%s: status %d is not documented", name, e.Expect.Status)
		}
		checkExampleFaults(t, name, v, filled)
	}
	for _, status := range []int{200, 400, 401, 403, 404, 422, 501} {
		if !seen[status] {
			t.Errorf("no example of a %d", status)
		}
	}
}

// checkExampleFaults: where an example promises a 400 that names a field and where it is, the validator finds exactly that;
// where it promises anything else, the validator lets the request pass.
func checkExampleFaults(t *testing.T, name string, v *Validator, e Example) {
	t.Helper()
	req := httptest.NewRequest(e.Method, e.URL(), bytes.NewReader(e.Body))
	if e.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	faults := v.Request(req)
	var promised struct{ Errors []FieldError }
	if e.Expect.Subset != nil && e.Expect.Status == http.StatusBadRequest {
		if err := json.Unmarshal(e.Expect.Subset, &promised); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range promised.Errors {
		found := slices.ContainsFunc(faults, func(f FieldError) bool { return f.Field == want.Field && f.In == want.In })
		if want.In != "" && (!found || len(faults) != len(promised.Errors)) {
			t.Errorf("%s: the validator finds %v, not %s in %s", name, faults, want.Field, want.In)
		}
	}
	if promised.Errors == nil && faults != nil {
		t.Errorf("%s: the validator refuses it: %v", name, faults)
	}
}

// Client generators name an object that is written in place after its parent and its property, and drop what has the
// name of another schema; and they know no body of any media type.
func TestGeneratedClientsLackNothing(t *testing.T) {
	t.Parallel()
	doc := load(t)
	title := func(s string) string {
		var b strings.Builder
		for word := range strings.SplitSeq(s, "_") {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		return b.String()
	}
	for name, ref := range doc.Components.Schemas {
		for field, property := range ref.Value.Properties {
			s := property.Value
			inPlace := property.Ref == "" && (s.Type.Is("object") || len(s.Enum) > 0)
			if clash := name + title(field); inPlace && doc.Components.Schemas[clash] != nil {
				t.Errorf("%s.%s is generated under the name of the schema %s", name, field, clash)
			}
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody != nil && op.RequestBody.Value.Content["*/*"] != nil {
				t.Errorf("%s %s takes a body of */*", method, path)
			}
		}
	}
}

// What is wrong with a value of a closed list is told with the field's name and what was meant, on every list.
func TestEveryMisspeltFilterIsTold(t *testing.T) {
	t.Parallel()
	v, err := NewValidator(load(t))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, r := range v.Routes() {
		for name, p := range r.query {
			s := p.Schema.Value
			if s.Type.Is("array") {
				s = s.Items.Value
			}
			if len(s.Enum) == 0 || r.Planned {
				continue
			}
			tried++
			meant := enumValues(s)[len(s.Enum)-1]
			target := "/x?" + name + "=" + meant[:len(meant)-1] + "X"
			faults := r.Request(httptest.NewRequest(r.Method, target, nil), func(string) string { return "1" })
			if !slices.ContainsFunc(faults, func(f FieldError) bool {
				return f.Field == name && f.In == "query" && strings.Contains(f.Message, meant)
			}) {
				t.Errorf("%s %s: %s: %v does not say %s", r.Method, r.Path, target, faults, meant)
			}
		}
	}
	if tried < 30 {
		t.Errorf("%d tried", tried)
	}
}

func TestAnEmptyRedirectIsRefused(t *testing.T) {
	t.Parallel()
	v, err := NewValidator(load(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"success_redirect", "failure_redirect"} {
		faults := v.Request(httptest.NewRequest(http.MethodGet, "/unified/integration/auth/w1/linkedinads?"+name+"=", nil))
		if len(faults) != 1 || faults[0].Field != name || !strings.Contains(faults[0].Message, "empty") {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
