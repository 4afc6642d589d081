package openapi

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/admux/admux/normalize"
)

// gatewayEnums are the contract's enumerations of things that the gateway keeps, not of ads: normalize has no types for
// them.
var gatewayEnums = []string{
	"ApiCallType", "DbType", "Event", "IssueStatus", "PropertyConnectionCategories", "PropertyConnectionPermissions",
	"PropertyIntegrationCategories", "PropertyIntegrationSupportWebhookEventsCreated",
	"PropertyIntegrationSupportWebhookEventsDeleted", "PropertyIntegrationSupportWebhookEventsUpdated", "SecretsManagerType",
	"Support", "WebhookEvent", "WebhookObjectType", "WebhookType",
}

func TestEnumsOfCodeAndDocumentAreEqual(t *testing.T) {
	t.Parallel()
	schemas, code := enumSchemas(load(t)), normalize.Enums()
	for name, values := range code {
		s := schemas[name]
		if s == nil {
			t.Errorf("normalize has the enumeration %s, the document has not", name)
			continue
		}
		if got := enumValues(s); !slices.Equal(got, values) {
			t.Errorf("%s:\ndocument %v\ncode     %v", name, got, values)
		}
	}
	for name := range schemas {
		if _, ok := code[name]; !ok && !slices.Contains(gatewayEnums, name) {
			t.Errorf("the document has the enumeration %s, normalize has not", name)
		}
	}
}

func TestLevelsOfCodeAndDocumentAreEqual(t *testing.T) {
	t.Parallel()
	levels := make([]string, 0, 6)
	for _, l := range normalize.Levels() {
		levels = append(levels, string(l))
	}
	if got := enumValues(load(t).Components.Schemas["ReportLevel"].Value); !slices.Equal(got, levels) {
		t.Errorf("document %v, code %v", got, levels)
	}
}

// TestFieldsOfCodeAndDocumentAreEqual walks the objects of normalize and their parts beside the schemas: each JSON name on
// one side is on the other, with a type that carries it.
func TestFieldsOfCodeAndDocumentAreEqual(t *testing.T) {
	t.Parallel()
	doc := load(t)
	walked := map[reflect.Type]bool{}
	for name, object := range map[string]any{
		"AdsOrganization": normalize.Organization{}, "AdsCampaign": normalize.Campaign{}, "AdsGroup": normalize.Group{},
		"AdsAd": normalize.Ad{}, "AdsCreative": normalize.Creative{}, "AdsAsset": normalize.Asset{},
		"AdsTarget": normalize.Target{}, "AdsPromoted": normalize.Promoted{}, "AdsInsertionorder": normalize.InsertionOrder{},
	} {
		sameFields(t, name, reflect.TypeOf(object), doc.Components.Schemas[name].Value, walked)
	}
}

func sameFields(t *testing.T, at string, code reflect.Type, s *openapi3.Schema, walked map[reflect.Type]bool) {
	t.Helper()
	if walked[code] {
		return
	}
	walked[code] = true
	fields := map[string]reflect.Type{}
	for field := range code.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = field.Type
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		property := s.Properties[name]
		if property == nil {
			t.Errorf("%s.%s is in the code (%s), not in the document", at, name, code)
			continue
		}
		sameType(t, at+"."+name, fields[name], property, walked)
	}
	for name := range s.Properties {
		if _, ok := fields[name]; !ok {
			t.Errorf("%s.%s is in the document, not in the code (%s)", at, name, code)
		}
	}
}

func sameType(t *testing.T, at string, code reflect.Type, ref *openapi3.SchemaRef, walked map[reflect.Type]bool) {
	t.Helper()
	s := resolved(ref)
	for code.Kind() == reflect.Pointer {
		code = code.Elem()
	}
	want := ""
	switch name := code.Name(); {
	case name == "Decimal":
		want = "number"
	case name == "Time", code.Kind() == reflect.String:
		want = "string"
	case name == "RawMessage":
		want = "object"
	case code.Kind() == reflect.Bool:
		want = "boolean"
	case code.Kind() == reflect.Int64, code.Kind() == reflect.Int:
		want = "integer"
	case code.Kind() == reflect.Slice:
		if s.Type.Is("array") {
			sameType(t, at+"[]", code.Elem(), s.Items, walked)
			return
		}
		want = "array"
	case code.Kind() == reflect.Struct:
		sameFields(t, at, code, s, walked)
		return
	}
	if !s.Type.Is(want) {
		t.Errorf("%s is %v in the document, %s in the code", at, fmt.Sprint(s.Type), code)
	}
}

// TestKPIsAreDescribedByTheDictionary: what a partner reads about a KPI is what the code computes it by.
func TestKPIsAreDescribedByTheDictionary(t *testing.T) {
	t.Parallel()
	s := load(t).Components.Schemas["AdsReportMetricsType"].Value
	words, _ := s.Extensions["x-enum-descriptions"].(map[string]any)
	for _, name := range enumValues(s) {
		kpi, ok := normalize.Lookup(normalize.Metric(name))
		if !ok {
			t.Errorf("%s is not in the dictionary", name)
			continue
		}
		text, _ := words[name].(string)
		want := strings.TrimSuffix(kpi.Definition, ".") + ". (" + string(kpi.Unit) + ";"
		if kpi.Ours {
			want = "Ours. " + want
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("%s:\ndocument   %s\ndictionary %s", name, text, want)
		}
	}
}
