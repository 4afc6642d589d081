package problem

import (
	"errors"
	"net/http"

	"github.com/admux/admux/providers"
)

// Code is the stable, machine-readable name of a problem.
type Code string

// The codes. Each stands for one kind of remedy; a caller may branch on them.
const (
	CodeInvalid      Code = "invalid_request"
	CodeUnauthorized Code = "unauthorized"            // no valid API key
	CodeConnection   Code = "connection_unauthorized" // the platform does not accept the connection's grant any more
	CodeForbidden    Code = "forbidden"
	CodeNotFound     Code = "not_found"
	CodeNotRead      Code = "report_not_read" // nothing is known of how a report was
	CodeConflict     Code = "conflict"
	CodeRejected     Code = "rejected"
	CodeGuardrail    Code = "guardrail"           // outside of the limits that were set
	CodeChanged      Code = "precondition_failed" // not as the caller last saw it
	CodeUnknown      Code = "outcome_unknown"     // a write may have been made, or not
	CodeRateLimited  Code = "rate_limited"
	CodeInternal     Code = "internal"
	CodeUnsupported  Code = "not_supported"
	CodeBadUpstream  Code = "bad_upstream"
	CodeUnavailable  Code = "upstream_unavailable"
	CodeCircuitOpen  Code = "circuit_open"
	CodeTimeout      Code = "upstream_timeout"
)

// typeBase and a code make a problem's type.
const typeBase = "urn:admux:problem:"

// entry is a line of the table.
type entry struct {
	status int
	title  string
}

// lookup is the one table code → status and title. A code it does not know is internal.
func lookup(c Code) (Code, entry) {
	switch c {
	case CodeInvalid:
		return c, entry{http.StatusBadRequest, "The request is not valid"}
	case CodeUnauthorized:
		return c, entry{http.StatusUnauthorized, "A valid API key is needed"}
	case CodeConnection:
		return c, entry{http.StatusUnauthorized, "The platform no longer accepts the connection"}
	case CodeForbidden:
		return c, entry{http.StatusForbidden, "Not allowed"}
	case CodeNotFound:
		return c, entry{http.StatusNotFound, "Not found"}
	case CodeNotRead:
		return c, entry{http.StatusNotFound, "The report has not been read before"}
	case CodeConflict:
		return c, entry{http.StatusConflict, "The request conflicts with what is there"}
	case CodeRejected:
		return c, entry{http.StatusUnprocessableEntity, "Refused by rules"}
	case CodeGuardrail:
		return c, entry{http.StatusUnprocessableEntity, "Outside of the limits that were set"}
	case CodeChanged:
		return c, entry{http.StatusPreconditionFailed, "The object is not as it was"}
	case CodeUnknown:
		return c, entry{http.StatusConflict, "Whether the write was made is not known"}
	case CodeRateLimited:
		return c, entry{http.StatusTooManyRequests, "Too many requests"}
	case CodeUnsupported:
		return c, entry{http.StatusNotImplemented, "Not supported"}
	case CodeBadUpstream:
		return c, entry{http.StatusBadGateway, "The platform's answer cannot be used"}
	case CodeUnavailable:
		return c, entry{http.StatusServiceUnavailable, "What is needed to answer is not available"}
	case CodeCircuitOpen:
		return c, entry{http.StatusServiceUnavailable, "The platform has been failing and is left alone for a while"}
	case CodeTimeout:
		return c, entry{http.StatusGatewayTimeout, "The platform did not answer in time"}
	}
	return CodeInternal, entry{http.StatusInternalServerError, "Something went wrong on the gateway's side"}
}

// ofKind is the one table kind → code for what a platform refused.
func ofKind(e *providers.Error) Code {
	switch e.Kind {
	case providers.Invalid:
		return CodeInvalid
	case providers.Unauthorized:
		return CodeConnection
	case providers.Forbidden:
		return CodeForbidden
	case providers.NotFound:
		return CodeNotFound
	case providers.Conflict:
		return CodeConflict
	case providers.Rejected:
		return CodeRejected
	case providers.RateLimited:
		return CodeRateLimited
	case providers.Unsupported:
		return CodeUnsupported
	case providers.Unavailable:
		if errors.Is(e, providers.ErrCircuitOpen) {
			return CodeCircuitOpen
		}
		return CodeUnavailable
	case providers.Timeout:
		return CodeTimeout
	case providers.Malformed:
		return CodeBadUpstream
	}
	return CodeBadUpstream // an error of a platform that nobody classified is still the platform's
}
