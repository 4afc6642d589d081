// Package problem turns every refusal into application/problem+json (RFC 9457): the platforms' *providers.Error and the
// gateway's own *Error, by one table. It owns the shape, the statuses and the words of the titles; it does not decide
// what is an error.
//
// A handler that fails calls Write and returns. What is not known here is a 500 whose text never reaches the caller:
// it is left on the gin context for the access log, with the request id that the caller is told.
package problem
