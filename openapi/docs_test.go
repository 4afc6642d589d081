package openapi

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"testing"
)

// TestDocsPageLoadsNothingFromElsewhere holds the page to its Content-Security-Policy: default-src 'self'.
func TestDocsPageLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	forbidden := map[string]*regexp.Regexp{
		"a reference to another host": regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z]`),
		"an inline script":            regexp.MustCompile(`(?i)<script[^>]*>[^<]`),
		"an inline style":             regexp.MustCompile(`(?i)<style|\sstyle=`),
		"an inline handler":           regexp.MustCompile(`(?i)<[a-z]+[^>]*\son[a-z]+=`),
		"markup from data":            regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(`),
	}
	for _, name := range []string{"index.html", "docs.js", "docs.css"} {
		data, err := fs.ReadFile(Docs(), name)
		if err != nil {
			t.Fatal(err)
		}
		for what, pattern := range forbidden {
			if found := pattern.Find(data); found != nil {
				t.Errorf("%s holds %s: %s", name, what, found)
			}
		}
	}
}

func TestJSONFillsInTheIntegrationTypes(t *testing.T) {
	t.Parallel()
	doc := load(t)
	data, err := JSON(doc, []string{"linkedinads", "metaads"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		OpenAPI    string
		Paths      map[string]any
		Components struct {
			Schemas map[string]struct{ Enum []string }
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if enum := got.Components.Schemas["IntegrationType"].Enum; !slices.Equal(enum, []string{"linkedinads", "metaads"}) {
		t.Errorf("integration types %v", enum)
	}
	if len(got.Paths) != doc.Paths.Len() || got.OpenAPI != doc.OpenAPI {
		t.Errorf("%d paths of %d, version %s", len(got.Paths), doc.Paths.Len(), got.OpenAPI)
	}
	if len(doc.Components.Schemas["IntegrationType"].Value.Enum) != 0 {
		t.Error("the document itself was changed")
	}
}
