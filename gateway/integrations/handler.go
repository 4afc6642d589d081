package integrations

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Integration is the contract's object, as far as a platform's adapter knows it.
type Integration struct {
	Type        string                   `json:"type"`
	Name        string                   `json:"name"`
	Categories  []string                 `json:"categories"`
	IsActive    *bool                    `json:"is_active,omitempty"`
	APIDocsURL  string                   `json:"api_docs_url,omitempty"`
	APIVersion  string                   `json:"api_version,omitempty"`
	APISunsetOn string                   `json:"api_sunset_on,omitempty"`
	Support     map[string]ObjectSupport `json:"support,omitempty"`
}

// Config is what the handlers need of the gateway.
type Config struct {
	Registry *providers.Registry
	// Session opens a platform without a connection: for the matrix.
	Session func(providers.Provider) (*providers.Session, error)
	Served  Served
	// Active tells whether a workspace has an app at a platform, its own or the installation's.
	Active func(ctx context.Context, workspace, integrationType string) (bool, error)
	// Exists returns store.ErrNotFound for a workspace that is not.
	Exists func(ctx context.Context, workspace string) error
	// Workspace is the authenticated key's; "" without a key.
	Workspace func(*gin.Context) string
	Sign      paging.Signer
	BaseURL   func(*gin.Context) string
}

// Handler answers for the platforms.
type Handler struct {
	cfg Config
	all []Integration
}

// New computes the matrix of every platform once.
func New(cfg Config) (*Handler, error) {
	h := &Handler{cfg: cfg}
	for _, p := range cfg.Registry.All() {
		spec := p.Spec()
		s, err := cfg.Session(p)
		if err != nil {
			return nil, fmt.Errorf("integration %s: open without a connection: %w", spec.ID, err)
		}
		it := Integration{Type: spec.ID, Name: spec.Name, Categories: []string{"ads"}, APIDocsURL: spec.DocsURL, APIVersion: spec.APIVersion,
			Support: matrix(s, cfg.Served)}
		if s.Do != nil {
			it.Categories = append(it.Categories, "passthrough")
		}
		if !spec.Sunset.IsZero() {
			it.APISunsetOn = spec.Sunset.Format(time.DateOnly)
		}
		h.all = append(h.all, it)
	}
	return h, nil
}

// List answers GET /unified/integration.
func (h *Handler) List(c *gin.Context) {
	h.answer(c, h.cfg.Workspace(c), c.Query("active") == "true", false)
}

// Workspace answers GET /unified/integration/workspace/{workspace_id}: what that workspace can connect to. A page that
// offers the choice to a person has no key, and is told names alone; a key sees its own workspace and no other.
func (h *Handler) Workspace(c *gin.Context) {
	id := c.Param("workspace_id")
	if own := h.cfg.Workspace(c); own != "" && own != id {
		problem.Write(c, problem.NotFound("workspace"))
		return
	}
	switch err := h.cfg.Exists(c.Request.Context(), id); {
	case errors.Is(err, store.ErrNotFound):
		problem.Write(c, problem.NotFound("workspace"))
	case err != nil:
		problem.Write(c, problem.Unavailable("The workspace cannot be read now.", time.Second, err))
	default:
		h.answer(c, id, true, h.cfg.Workspace(c) == "")
	}
}

// answer lists the platforms for a workspace; public leaves out all but names.
func (h *Handler) answer(c *gin.Context, workspace string, activeOnly, public bool) {
	asked := c.Request.URL.Query()
	sealer := paging.NewSealer(h.cfg.Sign, asked, "integration", c.FullPath(), workspace)
	piece, err := paging.Read(asked, sealer, 100)
	if err != nil {
		problem.Write(c, err)
		return
	}
	out := []Integration{}
	for _, it := range h.all {
		active, err := h.cfg.Active(c.Request.Context(), workspace, it.Type)
		if err != nil {
			problem.Write(c, problem.Unavailable("The workspace's apps cannot be read now.", time.Second, err))
			return
		}
		if activeOnly && !active || !wanted(it, asked) {
			continue
		}
		it.IsActive = &active
		if asked.Get("summary") == "true" {
			it.Support = nil
		}
		if public {
			it = Integration{Type: it.Type, Name: it.Name, Categories: it.Categories}
		}
		out = append(out, it)
	}
	out, more := paging.Cut(piece, out)
	if more {
		cursor, err := piece.After(sealer)
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Header("Link", paging.Link(h.cfg.BaseURL(c), c.Request.URL, asked, cursor))
	}
	c.JSON(http.StatusOK, out)
}

// wanted tells whether a platform passes type and categories. Platforms are the same in every environment and have no
// moment of change, so that env and updated_gte leave them all in.
func wanted(it Integration, asked url.Values) bool {
	if t := asked.Get("type"); t != "" && t != it.Type {
		return false
	}
	var categories []string
	for _, v := range asked["categories"] {
		for c := range strings.SplitSeq(v, ",") {
			if c = strings.TrimSpace(c); c != "" {
				categories = append(categories, c)
			}
		}
	}
	return len(categories) == 0 || slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(it.Categories, c) })
}
