package problem

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers"
)

// Field says what is wrong with one part of the caller's input. It never repeats the value.
type Field struct {
	Field   string `json:"field"`
	In      string `json:"in,omitempty"` // path, query, header or body
	Message string `json:"message"`
}

// Error is a refusal of the gateway's own, or a platform's with something to add. Detail and Fields reach the caller;
// Err is only logged.
type Error struct {
	Code       Code
	Status     int    // 0: the code's own
	Detail     string // whole sentences, no secret
	Fields     []Field
	RetryAfter time.Duration
	// ReauthorizeURL is where the owner of a connection consents anew.
	ReauthorizeURL string
	Err            error
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Field, f.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ConnectionError is a failure of one connection of several.
type ConnectionError struct {
	Connection string
	Err        error
}

// Of says which connection failed.
func Of(connection string, err error) error {
	if err == nil {
		return nil
	}
	return &ConnectionError{connection, err}
}

// Error implements error.
func (e *ConnectionError) Error() string { return "connection " + e.Connection + ": " + e.Err.Error() }

// Unwrap returns the failure.
func (e *ConnectionError) Unwrap() error { return e.Err }

// Invalid refuses one field of the request: 400.
func Invalid(field, message string) *Error {
	return InvalidFields(Field{Field: field, Message: message})
}

// InvalidFields refuses several fields at once: 400.
func InvalidFields(fields ...Field) *Error {
	return &Error{Code: CodeInvalid, Detail: sentence(fields), Fields: fields}
}

// Rejected refuses what is well formed but against a rule: 422. Field may be empty.
func Rejected(field, message string) *Error {
	e := &Error{Code: CodeRejected, Detail: message}
	if field != "" {
		e.Fields = []Field{{Field: field, Message: message}}
		e.Detail = sentence(e.Fields)
	}
	return e
}

// Unauthorized says that no valid API key came: 401.
func Unauthorized(detail string) *Error { return &Error{Code: CodeUnauthorized, Detail: detail} }

// Forbidden says what is missing, by name: 403.
func Forbidden(detail string) *Error { return &Error{Code: CodeForbidden, Detail: detail} }

// MissingScope says that the key lacks a scope: 403.
func MissingScope(scope string) *Error {
	return Forbidden(fmt.Sprintf("The API key lacks the scope %q.", scope))
}

// Method says that a path does not take a method: 405.
func Method() *Error {
	return &Error{Code: CodeInvalid, Status: http.StatusMethodNotAllowed, Detail: "The path does not take this method; the Allow header lists those that it takes."}
}

// TooLarge refuses a body of more than n bytes: 413.
func TooLarge(n int64) *Error {
	return &Error{Code: CodeInvalid, Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("The body may have at most %d bytes.", n)}
}

// NotFound says that there is no such thing in the caller's workspace: 404. What is a noun, such as "connection".
func NotFound(what string) *Error {
	return &Error{Code: CodeNotFound, Detail: fmt.Sprintf("There is no such %s.", what)}
}

// Conflict says what stands in the way: 409.
func Conflict(detail string) *Error { return &Error{Code: CodeConflict, Detail: detail} }

// RateLimited says that the gateway's own limit is reached: 429.
func RateLimited(detail string, retry time.Duration) *Error {
	return &Error{Code: CodeRateLimited, Detail: detail, RetryAfter: retry}
}

// Unsupported says what there is not, and what to use in its place: 501.
func Unsupported(detail string) *Error { return &Error{Code: CodeUnsupported, Detail: detail} }

// Unavailable says that the gateway itself cannot serve now: 503. The cause is only logged.
func Unavailable(detail string, retry time.Duration, cause error) *Error {
	return &Error{Code: CodeUnavailable, Detail: detail, RetryAfter: retry, Err: cause}
}

// Reauthorize adds to a platform's refusal of the grant where its owner can consent anew. Any other error is returned
// as it is.
func Reauthorize(err error, url string) error {
	if providers.KindOf(err) != providers.Unauthorized {
		return err
	}
	return &Error{Code: CodeConnection, ReauthorizeURL: url, Err: err}
}

// sentence is the detail of a problem with fields.
func sentence(fields []Field) string {
	switch len(fields) {
	case 0:
		return ""
	case 1:
		text := fields[0].Field + ": " + fields[0].Message
		if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
			return text
		}
		return text + "."
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Field
	}
	return fmt.Sprintf("%d parts of the request are not valid: %s.", len(fields), strings.Join(names, ", "))
}
