package ops

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Health answers the probes.
type Health struct {
	Version string
	// Checks are what readiness depends on, by name; an error's text stays in the log.
	Checks map[string]func(context.Context) error

	draining atomic.Bool
}

// status is the document's schema Health.
type status struct {
	Status  string            `json:"status"`
	Version string            `json:"version,omitempty"`
	Checks  map[string]string `json:"checks,omitempty"`
}

// Drain makes the service unready: it is about to stop, and finishes what it has begun.
func (h *Health) Drain() { h.draining.Store(true) }

// Live answers as long as the process serves requests.
func (h *Health) Live(c *gin.Context) {
	c.JSON(http.StatusOK, status{Status: "ok", Version: h.Version})
}

// Ready answers 200 when every check passes and the service is not stopping.
func (h *Health) Ready(c *gin.Context) {
	if h.draining.Load() {
		problem.Write(c, problem.Unavailable("The gateway is shutting down.", 5*time.Second, nil))
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	out := status{Status: "ok", Version: h.Version, Checks: map[string]string{}}
	for name, check := range h.Checks {
		if err := check(ctx); err != nil {
			problem.Write(c, problem.Unavailable(fmt.Sprintf("The gateway is not ready: %s.", name), 2*time.Second, err))
			return
		}
		out.Checks[name] = "ok"
	}
	c.JSON(http.StatusOK, out)
}

// Document serves the document as it was rendered at start.
func Document(json []byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/json", json)
	}
}

// Pages serves the reference page and its files, under the policy that they were written for.
func Pages(files fs.FS, csp string) (index, file gin.HandlerFunc) {
	serve := func(c *gin.Context, name string) {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			problem.Write(c, problem.NotFound("file"))
			return
		}
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Cache-Control", "no-cache")
		c.Data(http.StatusOK, contentType(name), data)
	}
	index = func(c *gin.Context) { serve(c, "index.html") }
	file = func(c *gin.Context) {
		name := c.Param("file")
		if strings.ContainsAny(name, `/\`) || name == "index.html" || !fs.ValidPath(name) {
			problem.Write(c, problem.NotFound("file"))
			return
		}
		serve(c, name)
	}
	return index, file
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	}
	return "application/octet-stream"
}
