package guard

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
)

// Handler answers for the limits.
type Handler struct {
	Service   *Service
	Workspace func(*gin.Context) string
	// Connection checks that a connection is the workspace's own.
	Connection func(c *gin.Context, id string) error
}

// Get answers GET /unified/guardrail and GET /unified/connection/{id}/guardrail.
func (h *Handler) Get(c *gin.Context) {
	id := c.Param("id")
	if err := h.owned(c, id); err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.Service.load(c.Request.Context(), h.Workspace(c), id)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, l)
}

// Put answers the PUTs of the same paths: the limits are replaced, and those that are not given are gone.
func (h *Handler) Put(c *gin.Context) {
	id := c.Param("id")
	if err := h.owned(c, id); err != nil {
		problem.Write(c, err)
		return
	}
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := parse(raw)
	if err == nil {
		raw, err = json.Marshal(l)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	if err := h.Service.cfg.Store.PutGuardrail(c.Request.Context(), h.Workspace(c), id, raw); err != nil {
		problem.Write(c, problem.Unavailable("The guardrails cannot be kept now.", time.Second, err))
		return
	}
	c.JSON(http.StatusOK, l)
}

func (h *Handler) owned(c *gin.Context, id string) error {
	if id == "" {
		return nil
	}
	return h.Connection(c, id)
}
