package openapi

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Response checks a whole response: that its status, its media type and its required headers are documented, and that a
// JSON body matches its schema and has no field that the schema does not know. It is for tests: it needs the body in
// memory, and must never wrap a handler that streams.
func (v *Validator) Response(method, template string, status int, header http.Header, body []byte) error {
	r, err := v.Route(method, template)
	if err != nil {
		return err
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s %s answered %d: %w", r.Method, r.Path, status, fmt.Errorf(format, args...))
	}
	documented := r.Operation.Responses.Status(status)
	if documented == nil {
		documented = r.Operation.Responses.Default()
	}
	if documented == nil {
		return fail("the status is not documented")
	}
	for _, name := range slices.Sorted(maps.Keys(documented.Value.Headers)) {
		if documented.Value.Headers[name].Value.Required && header.Get(name) == "" {
			return fail("without the header %s", name)
		}
	}
	content := documented.Value.Content
	if len(content) == 0 {
		if len(body) > 0 && status/100 != 3 { // a redirect may carry a line for browsers
			return fail("with a body; none is documented")
		}
		return nil
	}
	media := content.Get(header.Get("Content-Type"))
	if media == nil {
		return fail("with the undocumented media type %q", header.Get("Content-Type"))
	}
	if !isJSON(header.Get("Content-Type")) || media.Schema == nil || content["*/*"] != nil && media == content["*/*"] {
		return nil
	}
	if err := matches(media.Schema.Value, body); err != nil {
		return fail("%w", err)
	}
	return statusAgrees(status, header, body, fail)
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// matches checks a JSON body against a schema and joins everything that is wrong.
func matches(s *openapi3.Schema, body []byte) error {
	value, err := decode(body)
	if err != nil {
		return fmt.Errorf("with a body that is not JSON: %w", err)
	}
	if _, isList := value.([]any); len(s.OneOf) > 0 && (isList || value != nil) {
		s = chosen(s, value) // its faults say more than "none of the forms"
	}
	var faults []error
	if err := s.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse()); err != nil {
		var found []schemaFault
		collect(err, &found)
		for _, f := range found {
			faults = append(faults, fmt.Errorf("%s %s (%v)", bodyPath(f.path), f.message(), f.err.Value))
		}
		if len(found) == 0 {
			faults = append(faults, err)
		}
	}
	strangers(s, value, nil, func(path, _ []string) {
		faults = append(faults, fmt.Errorf("%s is not in the document", bodyPath(path)))
	})
	return errors.Join(faults...)
}

// statusAgrees checks that a problem speaks of the status that it came with.
func statusAgrees(status int, header http.Header, body []byte, fail func(string, ...any) error) error {
	if media, _, _ := mime.ParseMediaType(header.Get("Content-Type")); media != "application/problem+json" {
		return nil
	}
	value, err := decode(body)
	if err != nil {
		return fail("%w", err)
	}
	problem, _ := value.(map[string]any)
	if got := fmt.Sprint(problem["status"]); got != fmt.Sprint(status) {
		return fail("with a problem of status %s", got)
	}
	if id := header.Get("X-Request-Id"); id != fmt.Sprint(problem["request_id"]) && problem["request_id"] != nil {
		return fail("with a request_id that is not the X-Request-Id")
	}
	return nil
}
