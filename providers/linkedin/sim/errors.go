package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// fault is an answer that is not a success. LinkedIn has two JSON envelopes (an
// old flat one, and one with errorDetails) and HTML from its edge; which one a
// fault wears follows from what it holds.
type fault struct {
	status     int
	code       string
	service    int // serviceErrorCode of the old envelope; 0 = absent
	message    string
	inputs     []inputError
	framework  bool // adds X-RestLi-Error-Response
	html       string
	retryAfter int // seconds; 0 = no header
	bare       bool
}

// inputError is one entry of errorDetails.inputErrors.
type inputError struct {
	code, description, path string
}

func (f *fault) Error() string { return fmt.Sprintf("%d %s: %s", f.status, f.code, f.message) }

func (f *fault) body() map[string]any {
	m := map[string]any{"message": f.message}
	if !f.bare {
		m["status"] = f.status
	}
	if f.code != "" {
		m["code"] = f.code
	}
	if f.service != 0 {
		m["serviceErrorCode"] = f.service
	}
	if f.inputs != nil {
		list := make([]any, len(f.inputs))
		for i, in := range f.inputs {
			list[i] = map[string]any{
				"code": in.code, "description": in.description,
				"input": map[string]any{"inputPath": map[string]any{"fieldPath": in.path}},
			}
		}
		m["errorDetailType"] = "com.linkedin.common.error.BadRequest"
		m["errorDetails"] = map[string]any{"inputErrors": list, "conditionalInputErrors": []any{}}
	}
	return m
}

func (f *fault) write(w http.ResponseWriter) {
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	if f.html != "" {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.status)
		fmt.Fprint(w, f.html)
		return
	}
	if f.framework {
		w.Header().Set("X-RestLi-Error-Response", "true")
	}
	writeJSON(w, f.status, f.body())
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b) // a client that left is no error of ours
}

const (
	severalErrors = "Multiple errors occurred during the input validation. Please see errorDetails for more information."
	badParam      = "Invalid param. Please see errorDetails for more information."
	badValue      = "Invalid value for param; wrong type or other syntax error"
)

// paramInvalid is a parameter that cannot be read.
func paramInvalid(name, why string) *fault {
	if why == "" {
		why = badValue
	}
	return &fault{status: 400, code: "PARAM_INVALID", message: badParam, framework: true,
		inputs: []inputError{{"PARAM_INVALID", why, name}}}
}

// paramNotAllowed is a parameter the resource does not know; a protocol-1 key
// sent under protocol 2 is the usual one.
func paramNotAllowed(name string) *fault {
	return &fault{status: 400, code: "QUERY_PARAM_NOT_ALLOWED", message: badParam, framework: true,
		inputs: []inputError{{"QUERY_PARAM_NOT_ALLOWED", fmt.Sprintf("Query parameter %q is not allowed", name), name}}}
}

func paramMissing(name string) *fault {
	return &fault{status: 400, code: "PARAM_MISSING", message: badParam, framework: true,
		inputs: []inputError{{"PARAM_MISSING", fmt.Sprintf("Parameter %q is required", name), name}}}
}

// fieldInvalid is a readable parameter or field with a value that does not fit.
func fieldInvalid(name, why string) *fault {
	return &fault{status: 400, code: "FIELD_INVALID", message: why,
		inputs: []inputError{{"FIELD_INVALID", why, name}}}
}

// validations answers one or several failed checks of a body.
func validations(in []inputError) *fault {
	if len(in) == 1 {
		return &fault{status: 400, code: in[0].code, message: in[0].description, inputs: in}
	}
	return &fault{status: 400, code: "MULTIPLE_VALIDATIONS_FAILED", message: severalErrors, inputs: in}
}

func badRequest(message string) *fault {
	return &fault{status: 400, message: message, framework: true}
}

func unprocessable(lines string) *fault {
	return &fault{status: 422, message: lines}
}

func notFound(what string) *fault {
	return &fault{status: 404, code: "NOT_FOUND", message: what + " not found"}
}

func noResource(path string) *fault {
	return &fault{status: 404, code: "RESOURCE_NOT_FOUND", message: "No virtual resource found for " + path}
}

func noPermission(what string) *fault {
	return &fault{status: 403, code: "NO_PERMISSION_ON_ENTITY", message: "You do not have permission to access " + what}
}

// denied is a missing scope or product. The text names LinkedIn's internal
// resource, the method and the version.
func denied(resource, method, version string) *fault {
	return &fault{status: 403, code: "ACCESS_DENIED", service: 100,
		message: fmt.Sprintf("Not enough permissions to access: %s.%s.%s", resource, method, version)}
}

const html414 = `<html><head><title>414 Request-URI Too Large</title></head>
<body><center><h1>414 Request-URI Too Large</h1></center></body></html>
`
