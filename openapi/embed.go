// Package openapi holds the document of the HTTP API and what keeps code and document one: the loader, the validator of
// requests (in production) and of responses (in tests), the examples to replay, and the page under /docs.
//
// The document is written by hand. Nothing generates it and nothing is generated from it: tests hold both sides to it.
package openapi

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.yaml
var source []byte

// Load parses and validates the embedded document. Call it once at start: it takes some ten milliseconds. The document is
// read only afterwards and safe for concurrent use.
func Load(ctx context.Context) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.Context = ctx
	doc, err := loader.LoadFromData(source)
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	// Examples cannot change after the build; the tests of this package validate them.
	if err := doc.Validate(ctx, openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	return doc, nil
}

// Operation finds an operation by its method and its path as the document writes it ("/ads/{connection_id}/campaign").
func Operation(doc *openapi3.T, method, path string) (*openapi3.Operation, bool) {
	item := doc.Paths.Value(path)
	if item == nil {
		return nil, false
	}
	op, ok := item.Operations()[strings.ToUpper(method)]
	return op, ok
}

// PathTemplate turns a route of the web framework ("/ads/:connection_id/campaign", "/passthrough/:connection_id/*path")
// into the path that the document uses for it.
func PathTemplate(pattern string) string {
	segments := strings.Split(pattern, "/")
	for i, s := range segments {
		if name, ok := cutParam(s); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

func cutParam(segment string) (string, bool) {
	if name, ok := strings.CutPrefix(segment, ":"); ok {
		return name, true
	}
	return strings.CutPrefix(segment, "*")
}

// JSON renders the document for GET /openapi.json, with the integration types of this server as the values of the schema
// IntegrationType. The document itself is left as it is.
func JSON(doc *openapi3.T, integrationTypes []string) ([]byte, error) {
	const name = "IntegrationType"
	if doc.Components == nil || doc.Components.Schemas[name] == nil {
		return nil, errors.New("openapi document: no schema " + name)
	}
	schema := *doc.Components.Schemas[name].Value
	schema.Enum = make([]any, 0, len(integrationTypes))
	for _, t := range integrationTypes {
		schema.Enum = append(schema.Enum, t)
	}
	components := *doc.Components
	components.Schemas = maps.Clone(components.Schemas)
	components.Schemas[name] = &openapi3.SchemaRef{Value: &schema}
	served := *doc
	served.Components = &components
	bytes, err := served.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	return bytes, nil
}
