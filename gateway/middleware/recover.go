package middleware

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Recover turns a panic into a 500. http.ErrAbortHandler goes on: it is how a handler cuts a stream that failed in its
// middle, and a recovery that swallowed it would end the answer as a good one. For the same reason a panic after the
// first byte cuts the connection.
func Recover(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler)
			}
			log.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
				slog.String("request_id", ID(c)), slog.String("route", c.FullPath()),
				slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
			problem.Write(c, fmt.Errorf("panic: %v", v))
		}()
		c.Next()
	}
}
