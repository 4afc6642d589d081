package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/providers"
)

// MediaType is what a problem is sent as.
const MediaType = "application/problem+json"

// HeaderRequestID is the header that names a request: set on every answer before anything can fail.
const HeaderRequestID = "X-Request-Id"

// StatusClientClosed is logged for a caller who left; nobody is there to see it.
const StatusClientClosed = 499

// Body is a problem as it is sent.
type Body struct {
	Type           string    `json:"type"`
	Title          string    `json:"title"`
	Status         int       `json:"status"`
	Detail         string    `json:"detail,omitempty"`
	Code           Code      `json:"code"`
	RequestID      string    `json:"request_id,omitempty"`
	Errors         []Field   `json:"errors,omitempty"`
	Provider       *Provider `json:"provider,omitempty"`
	RetryAfter     int       `json:"retry_after,omitempty"` // seconds
	ReauthorizeURL string    `json:"reauthorize_url,omitempty"`
	ConnectionID   string    `json:"connection_id,omitempty"` // which of several connections failed
}

// Provider is what the platform said, in its own words.
type Provider struct {
	Name      string `json:"name"`
	Status    int    `json:"status,omitempty"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// From is the problem that err stands for. The outermost *Error decides, then a platform's *providers.Error, then a
// deadline; everything else is internal.
func From(err error) Body {
	own, isOwn := errors.AsType[*Error](err)
	theirs, isTheirs := errors.AsType[*providers.Error](err)
	b := Body{Code: CodeInternal}
	switch {
	case isOwn:
		b.Code = own.Code
	case isTheirs:
		b.Code = ofKind(theirs)
	case errors.Is(err, context.DeadlineExceeded):
		b.Code = CodeTimeout
	}
	if named, ok := errors.AsType[*ConnectionError](err); ok {
		b.ConnectionID = named.Connection
	}
	code, e := lookup(b.Code)
	b.Code, b.Status, b.Title, b.Type = code, e.status, e.title, typeBase+string(code)
	if code == CodeInternal {
		b.Detail = "The request id names this failure in the gateway's log."
		return b
	}
	if isTheirs {
		b.addProvider(theirs)
	}
	if isOwn {
		b.addOwn(own)
	}
	if b.Detail == "" && b.Code == CodeTimeout {
		b.Detail = "The request took longer than the gateway allows."
	}
	return b
}

func (b *Body) addProvider(e *providers.Error) {
	b.Detail = e.Message
	if e.Kind == providers.RateLimited {
		b.Detail = fmt.Sprintf("%s limits its calls: %s", e.Platform, e.Message)
	}
	if e.Uncertain {
		b.Detail += " Whether the change was made is not known: read the object back before trying again."
	}
	if e.Field != "" {
		b.Errors = []Field{{Field: e.Field, Message: e.Message}}
	}
	b.RetryAfter = seconds(e.RetryAfter)
	b.Provider = &Provider{Name: e.Platform, Status: e.Status, Code: e.Code, Message: e.Message, RequestID: e.RequestID}
}

func (b *Body) addOwn(e *Error) {
	if e.Detail != "" {
		b.Detail = e.Detail
	}
	if len(e.Fields) > 0 {
		b.Errors = e.Fields
	}
	if e.Status != 0 {
		b.Status = e.Status
	}
	if e.RetryAfter > 0 {
		b.RetryAfter = seconds(e.RetryAfter)
	}
	b.ReauthorizeURL = e.ReauthorizeURL
}

// seconds rounds up: who waits that long has waited long enough.
func seconds(d time.Duration) int { return int(math.Ceil(max(d, 0).Seconds())) }

// Write answers with the problem that err stands for and stops the chain. The error is left on the context for the
// access log. A caller who has left gets nothing. When a part of another answer has left already, the connection is
// cut, so that no part passes for the whole.
func Write(c *gin.Context, err error) {
	_ = c.Error(err) // the log's copy; Error returns its argument
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	if gone(c.Request, err) {
		c.AbortWithStatus(StatusClientClosed)
		return
	}
	b := From(cause(c.Request.Context(), err))
	b.RequestID = c.Writer.Header().Get(HeaderRequestID)
	raw, merr := json.Marshal(b)
	if merr != nil { // strings and numbers always marshal
		c.AbortWithStatus(b.Status)
		return
	}
	h := c.Writer.Header()
	for _, name := range []string{"Content-Length", "Content-Encoding", "Link", "X-Admux-Left-Out", "ETag"} { // meant for the answer that did not come
		h.Del(name)
	}
	h.Set("Content-Type", MediaType)
	if b.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(b.RetryAfter))
	}
	if b.Code == CodeUnauthorized && h.Get("WWW-Authenticate") == "" {
		h.Set("WWW-Authenticate", `Bearer realm="admux"`)
	}
	c.Abort()
	c.Status(b.Status)
	_, _ = c.Writer.Write(raw) // a caller who has left is nobody's error
}

// CodeOf returns the code that err stands for, for logs and metrics.
func CodeOf(err error) Code { return From(err).Code }

// gone tells whether the caller, and not a limit of ours, ended the request.
func gone(r *http.Request, err error) bool {
	ctx := r.Context()
	return errors.Is(err, context.Canceled) && ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled)
}

// cause adds to a bare end of the context the reason that it was given, such as whose limit it was.
func cause(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	own, ok := errors.AsType[*Error](context.Cause(ctx))
	if !ok {
		return err
	}
	with := *own
	with.Err = err
	return &with
}
