package openapi

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
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

// loaded is the document, which is read only, once for all tests: loading it takes its time under -race.
var loaded = sync.OnceValues(func() (*openapi3.T, error) { return Load(context.Background()) })

func load(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return doc
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
	case "IntegrationSupport": // client generators give this name to Integration.support
		return "ObjectSupport"
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
	var ok bool
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
