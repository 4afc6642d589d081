package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// apiError is a refusal. With errs it carries a GoogleAdsFailure, with details
// what Google's front end says before the service is reached.
type apiError struct {
	http    int
	message string // of the envelope; empty follows from http
	errs    []adsError
	details []any
}

func (e *apiError) Error() string {
	if len(e.errs) > 0 {
		return e.errs[0].family + "." + e.errs[0].code + ": " + e.errs[0].message
	}
	return fmt.Sprintf("%d %s", e.http, e.text())
}

// adsError is one GoogleAdsError. family is in camelCase.
type adsError struct {
	family, code, message string
	trigger               string // empty: none
	location              []element
	details               obj
}

// element is one step of a location; index below zero: not repeated.
type element struct {
	name  string
	index int
}

func step(name string) element { return element{name, -1} }

func stepAt(name string, i int) element { return element{name, i} }

// statuses are the envelope's status and message by HTTP status.
var statuses = map[int][2]string{
	400: {"INVALID_ARGUMENT", "Request contains an invalid argument."},
	401: {"UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."},
	403: {"PERMISSION_DENIED", "The caller does not have permission"},
	404: {"NOT_FOUND", "Requested entity was not found."},
	409: {"ABORTED", "The operation was aborted."},
	429: {"RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."},
	500: {"INTERNAL", "Internal error encountered."},
	501: {"UNIMPLEMENTED", "Operation is not implemented, or supported, or enabled."},
	503: {"UNAVAILABLE", "The service is currently unavailable."},
}

// rpcCode is the google.rpc.Code of an HTTP status.
var rpcCode = map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 10, 429: 8, 500: 13, 501: 12, 503: 14}

func (e *apiError) text() string {
	if e.message != "" {
		return e.message
	}
	return statuses[e.http][1]
}

// refuse is an error of one GoogleAdsError; the HTTP status follows from the family.
func refuse(family, code, format string, args ...any) *apiError {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	status := http.StatusBadRequest
	switch family {
	case "authenticationError":
		status = http.StatusUnauthorized
	case "authorizationError":
		status = http.StatusForbidden
	case "quotaError":
		status = http.StatusTooManyRequests
	case "internalError":
		status = http.StatusInternalServerError
	}
	return &apiError{http: status, errs: []adsError{{family: family, code: code, message: message}}}
}

// failure is the GoogleAdsFailure of the version that the path named.
func failure(version string, errs []adsError, requestID string) obj {
	list := make([]any, len(errs))
	for i, e := range errs {
		one := obj{"error_code": obj{e.family: e.code}, "message": e.message}
		if e.trigger != "" {
			one["trigger"] = obj{"string_value": e.trigger}
		}
		if len(e.location) > 0 {
			var path []any
			for _, s := range e.location {
				el := obj{"field_name": s.name}
				if s.index >= 0 {
					el["index"] = s.index
				}
				path = append(path, el)
			}
			one["location"] = obj{"field_path_elements": path}
		}
		if e.details != nil {
			one["details"] = e.details
		}
		list[i] = one
	}
	return obj{"@type": "type.googleapis.com/google.ads.googleads." + version + ".errors.GoogleAdsFailure",
		"errors": list, "request_id": requestID}
}

// envelope is the body of a refusal.
func (e *apiError) envelope(version, requestID string) obj {
	inner := obj{"code": e.http, "message": e.text(), "status": statuses[e.http][0]}
	switch {
	case len(e.errs) > 0:
		inner["details"] = []any{failure(version, e.errs, requestID)}
	case len(e.details) > 0:
		inner["details"] = e.details
	}
	return obj{"error": inner}
}

// errorInfo is a refusal of the front end with google.rpc.ErrorInfo.
func errorInfo(status int, reason, message, method string) *apiError {
	meta := obj{"service": "googleads.googleapis.com"}
	if method != "" {
		meta["method"] = method
	}
	return &apiError{http: status, message: message, details: []any{obj{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": meta,
	}}}
}

// badRequest is a payload or parameter that the front end cannot read.
func badRequest(field, description string) *apiError {
	violation := obj{"description": description}
	if field != "" {
		violation["field"] = field
	}
	return &apiError{http: http.StatusBadRequest, message: description, details: []any{obj{
		"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []any{violation},
	}}}
}

// quotaRefusal says in its details when to come back; there is no Retry-After.
func quotaRefusal(code, scope, name string, wait time.Duration) *apiError {
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	e := refuse("quotaError", code, "Too many requests. Retry in %d seconds.", seconds)
	e.errs[0].details = obj{"quota_error_details": obj{
		"rate_scope": scope, "rate_name": name, "retry_delay": strconv.FormatInt(seconds, 10) + "s",
	}}
	return e
}

// page404 is what a path or a version that does not exist answers: the front
// end's page, no JSON.
func page404(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusNotFound)
	path := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(r.URL.Path)
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p><b>404.</b> <ins>Not found.</ins>\n<p>There is no <code>%s</code> on this server.\n</html>\n", path)
}
