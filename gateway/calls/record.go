package calls

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/middleware"
	"github.com/admux/admux/gateway/ops"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
)

// Recorder writes rows behind the requests' backs.
type Recorder struct {
	Add       func(store.Call) (id string, ok bool) // never blocks
	Now       func() time.Time
	Workspace func(*gin.Context) string
	// Connection is the request's, once it is known to be the workspace's own.
	Connection func(*gin.Context) (store.Connection, bool)
}

// Record logs the calls of a route under its operation's name, also those that are cut in their middle.
func (r Recorder) Record(operation string) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := r.Now()
		ctx, meter := ops.WithMeter(c.Request.Context())
		c.Request = c.Request.WithContext(ctx)
		defer func() { r.add(c, operation, start, meter) }()
		c.Next()
	}
}

func (r Recorder) add(c *gin.Context, operation string, start time.Time, meter *ops.Meter) {
	end := r.Now()
	row := store.Call{
		WorkspaceID: r.Workspace(c), Type: "inbound", Name: operation, Method: c.Request.Method, Path: c.Request.URL.EscapedPath(),
		Status: strconv.Itoa(c.Writer.Status()), Error: failure(c), Size: int64(max(c.Writer.Size(), 0)),
		PlatformTime: meter.Waited().Milliseconds(), Time: end.Sub(start).Milliseconds(),
		IPAddress: c.ClientIP(), UserAgent: c.Request.UserAgent(), CreatedAt: start,
	}
	row.Upstream = upstreamOf(meter)
	if middleware.OwnID(c) { // an id that the caller chose may come again
		row.ID = middleware.ID(c)
	}
	if conn, ok := r.Connection(c); ok {
		row.ConnectionID, row.IntegrationType = conn.ID, conn.IntegrationType
		row.Environment, row.ExternalXref = conn.Environment, conn.ExternalXref
	}
	r.Add(row)
}

// upstreamOf is what a call asked of platforms, as it is kept; empty for nothing.
func upstreamOf(m *ops.Meter) string {
	list, count := m.Upstream()
	if count == 0 {
		return ""
	}
	raw, err := json.Marshal(upstream{count, list})
	if err != nil {
		return ""
	}
	return string(raw)
}

// failure is the code of the problem that was answered, or what a platform answered through passthrough.
func failure(c *gin.Context) string {
	if last := c.Errors.Last(); last != nil {
		return string(problem.CodeOf(last.Err))
	}
	if status := c.Writer.Status(); status >= http.StatusBadRequest {
		return "platform_" + strconv.Itoa(status)
	}
	return ""
}
