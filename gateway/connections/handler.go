package connections

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
)

const maxBody = 1 << 20

// Handler answers the calls on connections. All but Begin and Callback stand behind auth.Keys.Require.
type Handler struct {
	service *Service
	keys    *auth.Keys
	fail    func(*gin.Context, error)
}

// NewHandler returns the handler; failures go to fail, which writes the problem.
func NewHandler(s *Service, keys *auth.Keys, fail func(*gin.Context, error)) *Handler {
	return &Handler{s, keys, fail}
}

// List answers GET /unified/connection.
func (h *Handler) List(c *gin.Context) {
	l, err := parseListing(c.Request.URL.Query())
	if err != nil {
		h.fail(c, err)
		return
	}
	rows, next, err := h.service.list(c.Request.Context(), workspace(c), l)
	if err != nil {
		h.fail(c, err)
		return
	}
	out := make([]view, len(rows))
	for i, row := range rows {
		out[i] = h.service.view(row)
	}
	if next != "" {
		c.Header("Link", paging.Link(h.service.cfg.PublicURL(), c.Request.URL, c.Request.URL.Query(), next))
	}
	c.JSON(http.StatusOK, out)
}

// Get answers GET /unified/connection/{id}.
func (h *Handler) Get(c *gin.Context) {
	row, err := h.service.store.Connection(c.Request.Context(), workspace(c), c.Param("id"))
	if err != nil {
		h.fail(c, storeProblem(err))
		return
	}
	c.JSON(http.StatusOK, h.service.view(row))
}

// Create answers POST /unified/connection.
func (h *Handler) Create(c *gin.Context) {
	in, ok := h.body(c)
	if !ok {
		return
	}
	row, err := h.service.create(c.Request.Context(), workspace(c), in)
	if err != nil {
		h.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, h.service.view(row))
}

// Patch answers PATCH /unified/connection/{id}: what is present changes, null clears.
func (h *Handler) Patch(c *gin.Context) {
	in, ok := h.body(c)
	if !ok {
		return
	}
	row, err := h.service.change(c.Request.Context(), workspace(c), c.Param("id"), in)
	if err != nil {
		h.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, h.service.view(row))
}

// Put answers PUT /unified/connection/{id}. What is absent stays as it is: a connection that was read holds no auth, and
// must not lose its own by being written back.
func (h *Handler) Put(c *gin.Context) { h.Patch(c) }

// Delete answers DELETE /unified/connection/{id}.
func (h *Handler) Delete(c *gin.Context) {
	if err := h.service.remove(c.Request.Context(), workspace(c), c.Param("id")); err != nil {
		h.fail(c, err)
		return
	}
	c.Status(http.StatusOK)
}

func (h *Handler) body(c *gin.Context) (input, bool) {
	body, err := readBody(c)
	if err != nil {
		h.fail(c, err)
		return input{}, false
	}
	in, err := parseInput(body)
	if err != nil {
		h.fail(c, err)
		return input{}, false
	}
	return in, true
}

func readBody(c *gin.Context) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return nil, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "is larger than 1 MiB"})
	}
	if err != nil {
		return nil, problem.InvalidFields(problem.Field{Field: "body", In: "body", Message: "could not be read"})
	}
	return body, nil
}

// workspace is the caller's. Without one, which a route without Require would cause, nothing is found.
func workspace(c *gin.Context) string {
	p, _ := auth.FromContext(c.Request.Context())
	return p.Workspace
}

// isTrue reads a flag of a query; present without a value is true.
func isTrue(c *gin.Context, name string) bool {
	v, ok := c.GetQuery(name)
	return ok && (v == "" || v == "1" || strings.EqualFold(v, "true"))
}
