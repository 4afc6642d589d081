package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// contract is the surface that clients of the published SDKs rely on.
type contract struct {
	Operations []struct {
		Method, Path string
		Query        []string
	}
	Objects map[string]map[string]struct {
		Type     json.RawMessage
		Required bool
	}
	Enums  map[string][]string
	SameAs map[string]string `json:"same_as"`
}

func loadContract(t testing.TB) contract {
	t.Helper()
	data, err := os.ReadFile("testdata/unified-ads.json")
	if err != nil {
		t.Fatal(err)
	}
	var c contract
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestDocumentValidatesWithItsExamples(t *testing.T) {
	t.Parallel()
	if err := load(t).Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaDefaultsValidation()); err != nil {
		t.Fatal(err)
	}
}

func TestContractOperationsAreContained(t *testing.T) {
	t.Parallel()
	doc, c := load(t), loadContract(t)
	ours := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			ours[method+" "+path] = op.Extensions["x-admux"] == true
		}
	}
	for _, o := range c.Operations {
		key := o.Method + " " + o.Path
		marked, ok := ours[key]
		delete(ours, key)
		if !ok {
			t.Errorf("%s is not in the document", key)
			continue
		}
		if marked {
			t.Errorf("%s is the contract's and marked as ours", key)
		}
		op, _ := Operation(doc, o.Method, o.Path)
		checkParameters(t, key, op, o.Query)
	}
	for key, marked := range ours {
		if !marked {
			t.Errorf("%s is not the contract's and not marked x-admux", key)
		}
	}
	if len(c.Operations) != 78 {
		t.Errorf("the contract has %d operations: the file in testdata is not whole", len(c.Operations))
	}
}

func checkParameters(t *testing.T, key string, op *openapi3.Operation, query []string) {
	t.Helper()
	for _, name := range query {
		if op.Parameters.GetByInAndName("query", name) == nil {
			t.Errorf("%s: no query parameter %s", key, name)
		}
	}
	for _, p := range op.Parameters {
		isOurs := p.Value.In == "header" || p.Value.In == "query" && !slices.Contains(query, p.Value.Name)
		if marked := p.Value.Extensions["x-admux"] == true; marked != isOurs {
			t.Errorf("%s: parameter %s: x-admux is %v", key, p.Value.Name, marked)
		}
	}
}

// schemaNames says under which name the document has an object of the contract: twins that the contract repeats for
// campaign, group and insertion order are one schema here.
func schemaName(object string, sameAs map[string]string) string {
	if same, ok := sameAs[object]; ok {
		return same
	}
	for _, prefix := range []string{"PropertyAdsCampaignTargeting", "PropertyAdsGroupTargeting"} {
		if part, ok := strings.CutPrefix(object, prefix); ok {
			if part == "" {
				return "AdsTargeting"
			}
			return "Targeting" + part
		}
	}
	for _, prefix := range []string{"PropertyAdsCampaign", "PropertyAdsGroup", "PropertyAdsInsertionorder"} {
		if part, ok := strings.CutPrefix(object, prefix); ok {
			if part == "Kpi" {
				return "CampaignKpi"
			}
			return part
		}
	}
	switch object {
	case "PropertyConnectionAuth":
		return "ConnectionAuth"
	case "PropertyIntegrationSupportWebhookEvents":
		return "IntegrationWebhookEvents"
	case "PropertyAdsReportMetricsKeyword":
		return "ReportKeyword"
	case "PropertyAdsReportMetricsPlacement":
		return "ReportPlacement"
	}
	return object
}

func TestContractObjectsAreContained(t *testing.T) {
	t.Parallel()
	doc, c := load(t), loadContract(t)
	enums := enumSchemas(doc)
	known := map[string]map[string]bool{} // schema → fields of the contract
	for object, fields := range c.Objects {
		name := schemaName(object, c.SameAs)
		ref := doc.Components.Schemas[name]
		if ref == nil {
			t.Errorf("object %s: no schema %s", object, name)
			continue
		}
		if known[name] == nil {
			known[name] = map[string]bool{}
		}
		for field, want := range fields {
			known[name][field] = true
			property := ref.Value.Properties[field]
			if property == nil {
				t.Errorf("%s.%s: schema %s has no such property", object, field, name)
				continue
			}
			var raw any
			if err := json.Unmarshal(want.Type, &raw); err != nil {
				t.Fatal(err)
			}
			if err := hasType(property, raw, c.SameAs, enums); err != nil {
				t.Errorf("%s.%s: %v", object, field, err)
			}
			if want.Required && !slices.Contains(ref.Value.Required, field) {
				t.Errorf("%s.%s is required by the contract", object, field)
			}
		}
	}
	for name, fields := range known {
		for field, property := range doc.Components.Schemas[name].Value.Properties {
			if marked := property.Value.Extensions["x-admux"] == true; marked == fields[field] {
				t.Errorf("%s.%s: in the contract %v, marked x-admux %v", name, field, fields[field], marked)
			}
		}
	}
}

// hasType compares a property with a type of the contract: "string", "number", "map<any>", {"array": …}, {"ref": …},
// {"enum": …}.
func hasType(ref *openapi3.SchemaRef, want any, sameAs map[string]string, enums map[string]*openapi3.Schema) error {
	s := ref.Value
	switch w := want.(type) {
	case map[string]any:
		if inner, ok := w["array"]; ok {
			if !s.Type.Is("array") {
				return fmt.Errorf("is not an array")
			}
			return hasType(s.Items, inner, sameAs, enums)
		}
		target := refName(ref)
		if object, ok := w["ref"].(string); ok {
			if enums[object] != nil { // the contract refers to two enumerations as if they were objects
				return hasType(ref, map[string]any{"enum": object}, sameAs, enums)
			}
			if target != schemaName(object, sameAs) {
				return fmt.Errorf("refers to %s, not to %s", target, schemaName(object, sameAs))
			}
			return nil
		}
		enum, _ := w["enum"].(string)
		if enums[enum] == nil || enums[enum] != resolved(ref) {
			return fmt.Errorf("is not the enumeration %s", enum)
		}
	case string:
		return hasScalar(ref, w, sameAs, enums)
	}
	return nil
}

func hasScalar(ref *openapi3.SchemaRef, want string, sameAs map[string]string, enums map[string]*openapi3.Schema) error {
	s := ref.Value
	if inner, ok := strings.CutPrefix(want, "map<"); ok {
		inner = strings.TrimSuffix(inner, ">")
		if !s.Type.Is("object") {
			return fmt.Errorf("is not a map")
		}
		if inner == "any" {
			return nil
		}
		var parsed any = inner
		if strings.HasPrefix(inner, "{") {
			if err := json.Unmarshal([]byte(inner), &parsed); err != nil {
				return err
			}
		}
		return hasType(s.AdditionalProperties.Schema, parsed, sameAs, enums)
	}
	ok := false
	switch want {
	case "any":
		ok = s.Type == nil
	case "number":
		ok = s.Type.Is("number") || s.Type.Is("integer") // a whole number is a number
	case "date-time":
		ok = s.Type.Is("string") && s.Format == "date-time"
	default:
		ok = s.Type.Is(want)
	}
	if !ok {
		return fmt.Errorf("is %v %s, not %s", s.Type, s.Format, want)
	}
	return nil
}

func resolved(ref *openapi3.SchemaRef) *openapi3.Schema {
	if len(ref.Value.AllOf) == 1 {
		return ref.Value.AllOf[0].Value
	}
	return ref.Value
}

func refName(ref *openapi3.SchemaRef) string {
	if len(ref.Value.AllOf) == 1 {
		ref = ref.Value.AllOf[0]
	}
	return strings.TrimPrefix(ref.Ref, "#/components/schemas/")
}

// enumSchemas finds the schema of each enumeration by the names that the contract has for it (x-enum).
func enumSchemas(doc *openapi3.T) map[string]*openapi3.Schema {
	found := map[string]*openapi3.Schema{}
	for _, ref := range doc.Components.Schemas {
		names, _ := ref.Value.Extensions["x-enum"].([]any)
		for _, name := range names {
			found[fmt.Sprint(name)] = ref.Value
		}
	}
	return found
}

func enumValues(s *openapi3.Schema) []string {
	values := make([]string, 0, len(s.Enum))
	for _, v := range s.Enum {
		values = append(values, fmt.Sprint(v))
	}
	return values
}

func TestContractEnumsAreContained(t *testing.T) {
	t.Parallel()
	doc, c := load(t), loadContract(t)
	schemas := enumSchemas(doc)
	for name, want := range c.Enums {
		s := schemas[name]
		if s == nil {
			t.Errorf("enumeration %s: no schema has it in x-enum", name)
			continue
		}
		ours := map[string]bool{}
		marked, _ := s.Extensions["x-admux-values"].([]any)
		for _, v := range marked {
			ours[fmt.Sprint(v)] = true
		}
		for _, v := range enumValues(s) {
			if slices.Contains(want, v) == ours[v] {
				t.Errorf("%s: %s: in the contract %v, marked as ours %v", name, v, slices.Contains(want, v), ours[v])
			}
		}
		for _, v := range want {
			if !slices.Contains(enumValues(s), v) {
				t.Errorf("%s: no value %s", name, v)
			}
		}
	}
	for name := range schemas {
		if _, ok := c.Enums[name]; !ok {
			t.Errorf("x-enum names %s, which the contract has not", name)
		}
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
	}
	for _, status := range []int{200, 400, 401, 403, 404, 422, 501} {
		if !seen[status] {
			t.Errorf("no example of a %d", status)
		}
	}
}
