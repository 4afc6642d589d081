package middleware

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Logging is what Log needs.
type Logging struct {
	Log *slog.Logger
	Now func() time.Time
	// Who tells workspace, key and connection of a request, as far as they are known when it ends; nil: nothing.
	Who func(*gin.Context) []slog.Attr
	// Observe counts a finished request; nil: nobody counts. Route is the pattern, "" when none matched.
	Observe func(method, route string, status int, took time.Duration)
	// Quiet names patterns that are asked all the time and are logged at debug: probes.
	Quiet map[string]bool
}

// Log writes one line when a request has ended, however it ended. It prints the route's pattern and never the URL:
// queries hold secrets, and paths what callers put there by mistake.
func Log(l Logging) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := l.Now()
		aborted := true
		defer func() {
			// A panic passes through here on its way up when the connection is cut on purpose.
			l.line(c, l.Now().Sub(start), aborted)
		}()
		c.Next()
		aborted = false
	}
}

func (l Logging) line(c *gin.Context, took time.Duration, aborted bool) {
	status, route := c.Writer.Status(), c.FullPath()
	if l.Observe != nil {
		l.Observe(c.Request.Method, route, status, took)
	}
	attrs := []slog.Attr{
		slog.String("request_id", ID(c)),
		slog.String("method", c.Request.Method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.String("ip", c.ClientIP()),
	}
	if l.Who != nil {
		attrs = append(attrs, l.Who(c)...)
	}
	if aborted {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	if last := c.Errors.Last(); last != nil {
		attrs = append(attrs, slog.String("error", last.Err.Error()))
		if own, ok := errors.AsType[*problem.Error](last.Err); ok {
			attrs = append(attrs, slog.String("code", string(own.Code)))
		}
	}
	l.Log.LogAttrs(c.Request.Context(), l.level(route, status, aborted), "request", attrs...)
}

func (l Logging) level(route string, status int, aborted bool) slog.Level {
	switch {
	case status == http.StatusInternalServerError:
		return slog.LevelError
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented, aborted:
		return slog.LevelWarn
	case l.Quiet[route]:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
