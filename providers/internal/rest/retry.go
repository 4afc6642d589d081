package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers"
)

// Back-off without a Retry-After: a random part of base × 2^(n-1), at most ceiling.
const (
	backoffBase    = time.Second
	backoffCeiling = time.Minute
)

// again decides whether attempt n, which ended in e, is followed by another one, and after which wait.
func (c *Client) again(ctx context.Context, x *exchange, e *providers.Error, bucket string, n int) (time.Duration, bool) {
	wait := e.RetryAfter
	if wait <= 0 {
		wait = c.backoff(n)
	}
	if e.Kind == providers.RateLimited && e.Status != 0 && c.cfg.Limits != nil && bucket != "" {
		c.cfg.Limits.Observe(bucket, providers.LimitState{Block: wait}) // others of the bucket need not ask as well
	}
	if e.Kind == providers.RateLimited && e.Status != 0 && c.cfg.Throttled != nil {
		c.cfg.Throttled(bucket, e, wait)
	}
	switch {
	case x == nil, n >= c.cfg.Attempts, ctx.Err() != nil, errors.Is(e.Err, ErrFinal):
		return 0, false
	case !e.Retryable() && e.Kind != providers.Malformed:
		return 0, false
	case wait > c.cfg.MaxWait:
		return 0, false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait { // contexts live by the real clock
		return 0, false
	}
	return wait, c.cfg.Breakers.Retry(x.host, c.cfg.Conn)
}

func (c *Client) backoff(n int) time.Duration {
	top := backoffCeiling
	if shift := n - 1; shift < 6 {
		top = min(backoffBase<<shift, backoffCeiling)
	}
	return time.Duration(c.cfg.Rand() * float64(top))
}

// RetryAfter reads the header, in seconds or as an HTTP date; 0 when it is absent or says nothing.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		if n <= 0 || n > float64(365*24*time.Hour/time.Second) {
			return 0
		}
		return time.Duration(n * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return max(at.Sub(now), 0)
}

// ClassifyStatus is the classification by status alone, for platforms or answers without an envelope.
func ClassifyStatus(status int, _ http.Header, _ []byte) *providers.Error {
	e := &providers.Error{Kind: providers.Rejected, Status: status, Message: "the platform answered " + strconv.Itoa(status)}
	if t := http.StatusText(status); t != "" {
		e.Message += " " + t
	}
	switch status {
	case http.StatusBadRequest:
		e.Kind = providers.Invalid
	case http.StatusUnauthorized:
		e.Kind = providers.Unauthorized
	case http.StatusForbidden:
		e.Kind = providers.Forbidden
	case http.StatusNotFound, http.StatusGone:
		e.Kind = providers.NotFound
	case http.StatusConflict:
		e.Kind = providers.Conflict
	case http.StatusTooManyRequests:
		e.Kind = providers.RateLimited
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		e.Kind = providers.Timeout
	case http.StatusNotImplemented:
		e.Kind = providers.Unsupported
	default:
		if status >= 500 {
			e.Kind = providers.Unavailable
		}
	}
	return e
}
