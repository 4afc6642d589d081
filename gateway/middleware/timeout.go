package middleware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Timeout ends the request's context after d, with a cause that says whose limit it was. Handlers answer by it; it
// never writes an answer itself.
func Timeout(d time.Duration) gin.HandlerFunc {
	reached := &problem.Error{Code: problem.CodeTimeout, Detail: fmt.Sprintf("The gateway's own limit of %s for such a request was reached.", d)}
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeoutCause(c.Request.Context(), d, reached)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// Silence ends the request's context once nothing of the answer has left for d, with a cause that says whose limit it was.
// How long an answer takes that moves is nobody's business.
func Silence(d time.Duration) gin.HandlerFunc {
	reached := &problem.Error{Code: problem.CodeTimeout, Detail: fmt.Sprintf(
		"Nothing of the report has left within the gateway's own limit of %s. A report job (POST) may take longer.", d)}
	return func(c *gin.Context) {
		ctx, cancel := context.WithCancelCause(c.Request.Context())
		defer cancel(nil)
		limit := time.AfterFunc(d, func() { cancel(reached) })
		defer limit.Stop()
		c.Request = c.Request.WithContext(ctx)
		c.Writer = &heardWriter{ResponseWriter: c.Writer, limit: limit, after: d, last: time.Now()}
		c.Next()
	}
}

type heardWriter struct {
	gin.ResponseWriter
	limit *time.Timer
	after time.Duration
	last  time.Time
}

// heard starts the clock anew, a hundred times within the limit at most: that costs a lock.
func (w *heardWriter) heard() {
	if now := time.Now(); now.Sub(w.last) >= w.after/100 && w.limit.Stop() {
		w.last = now
		w.limit.Reset(w.after)
	}
}

func (w *heardWriter) Write(p []byte) (int, error) {
	defer w.heard()
	return w.ResponseWriter.Write(p)
}

func (w *heardWriter) WriteString(s string) (int, error) {
	defer w.heard()
	return w.ResponseWriter.WriteString(s)
}

// Unwrap serves http.ResponseController.
func (w *heardWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Body limits the caller's body to n bytes, and the time that a part of it may take to arrive.
func Body(n int64, stall time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.Request.Body != nil && c.Request.Body != http.NoBody {
			if c.Request.ContentLength > n {
				problem.Write(c, problem.TooLarge(n))
				return
			}
			c.Request.Body = &slowBody{
				ReadCloser: http.MaxBytesReader(c.Writer, c.Request.Body, n), ctl: http.NewResponseController(c.Writer), stall: stall,
			}
		}
		c.Next()
	}
}

// slowBody sets a fresh deadline for each read and none after the last one: a deadline that stayed would end the
// request's context while the answer is being made.
type slowBody struct {
	io.ReadCloser
	ctl   *http.ResponseController
	stall time.Duration
}

func (b *slowBody) Read(p []byte) (int, error) {
	_ = b.ctl.SetReadDeadline(time.Now().Add(b.stall)) // not every writer has deadlines
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.ctl.SetReadDeadline(time.Time{})
		if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return n, errors.Join(problem.TooLarge(over.Limit), err)
		}
	}
	return n, err
}

// Stall cuts a caller who does not read: each write gets d to leave.
func Stall(d time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		w := &stallWriter{ResponseWriter: c.Writer, ctl: http.NewResponseController(c.Writer), stall: d}
		w.extend()
		c.Writer = w
		c.Next()
	}
}

type stallWriter struct {
	gin.ResponseWriter
	ctl   *http.ResponseController
	stall time.Duration
	last  time.Time
}

// extend moves the deadline at most once a second: moving it costs a lock of the poller.
func (w *stallWriter) extend() {
	if now := time.Now(); now.Sub(w.last) > time.Second {
		w.last = now
		_ = w.ctl.SetWriteDeadline(now.Add(w.stall))
	}
}

func (w *stallWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p)
}

func (w *stallWriter) WriteString(s string) (int, error) {
	w.extend()
	return w.ResponseWriter.WriteString(s)
}

// Unwrap serves http.ResponseController.
func (w *stallWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
