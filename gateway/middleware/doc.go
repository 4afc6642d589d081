// Package middleware holds what every request passes on its way to a handler: a request id, the access log, recovery,
// headers, limits and the checks of the document. It knows nothing of ads; what it needs of keys or of the document is
// handed in as a function.
//
// Order matters, and is set in one place (gateway/routes.go): RequestID, Log, Recover, Secure, Params for every request;
// then authentication, RateLimit, Body, Timeout, Validate for a route.
package middleware
