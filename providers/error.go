package providers

import (
	"errors"
	"time"
)

// Kind is what went wrong, in words that are the same on every platform.
type Kind uint8

// The kinds, and the HTTP status each becomes.
const (
	Invalid      Kind = iota + 1 // 400: the request is malformed
	Unauthorized                 // 401: the connection's grant is not accepted any more
	Forbidden                    // 403: a scope, a product tier or a role is missing
	NotFound                     // 404
	Conflict                     // 409
	Rejected                     // 422: refused by the platform's rules
	RateLimited                  // 429
	Unsupported                  // 501: the platform has nothing of the kind
	Unavailable                  // 503: down, or not reached
	Timeout                      // 504
	Malformed                    // 502: answered what cannot be understood, or less than it promised
)

// String names the kind.
func (k Kind) String() string {
	names := [...]string{"unknown", "invalid", "unauthorized", "forbidden", "not found", "conflict", "rejected", "rate limited",
		"unsupported", "unavailable", "timeout", "malformed"}
	if int(k) < len(names) {
		return names[k]
	}
	return names[0]
}

// Error is the one error of every provider: it carries the platform's message, code and request id, and no token.
type Error struct {
	Kind                               Kind
	Platform, Code, Message, RequestID string
	Status                             int    // the platform's HTTP status; 0 when no answer came
	Field                              string // of ours, where one is to blame
	RetryAfter                         time.Duration
	Uncertain                          bool // a write whose outcome is unknown: never repeated blindly
	Err                                error
}

func (e *Error) Error() string { return e.Platform + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Retryable tells whether the same call may be sent again.
func (e *Error) Retryable() bool {
	switch e.Kind {
	case RateLimited, Unavailable, Timeout:
		return !e.Uncertain
	}
	return false
}

// KindOf returns the kind of an *Error anywhere in err's chain, 0 when there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}
