package ads

import (
	"bytes"
	"context"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/left"
	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Connection is a connection of the caller's workspace, ready to be asked.
type Connection struct {
	ID       string
	Platform string // as people call it: "LinkedIn Ads"
	Type     string // the integration_type
	Session  *providers.Session
	Orgs     []string // the ad accounts that are known, for the sentence that asks which one is meant
	// Currency is an account's, where it is known; nil: of none.
	Currency func(org string) string
}

// Config is what the handlers need of the gateway.
type Config struct {
	// Open finds a connection of the caller's workspace, with the permission to read the object, and opens its session.
	// Its error is answered as it is; explain is applied to the errors of the session.
	Open func(c *gin.Context, object providers.Object) (conn Connection, explain func(error) error, err error)
	Sign paging.Signer
	// BaseURL is the public address that links start with, without a slash at its end.
	BaseURL func(*gin.Context) string
	// Unspecified counts a platform's value that has no counterpart of ours; nil: nobody counts.
	Unspecified func(platform string, object providers.Object, field string)
	Writes      *Writes // nil: nothing is written
}

// Handler answers for objects.
type Handler struct {
	cfg     Config
	buffers sync.Pool
}

// New makes the handlers.
func New(cfg Config) *Handler { return &Handler{cfg: cfg} }

// endpoint is a kind of object whose type is forgotten.
type endpoint interface {
	list(h *Handler, c *gin.Context)
	get(h *Handler, c *gin.Context)
	filters() []providers.Filter
	sortKeys() []normalize.SortKey
	kindOf() providers.Object
	readChange(c *gin.Context, op string) (change, error)
	write(ctx context.Context, h *Handler, r change) (outcome, error)
	together(ctx context.Context, h *Handler, list []change, done func(i int, out outcome, err error))
}

// List answers GET /ads/{connection_id}/{object}.
func (h *Handler) List(o providers.Object) gin.HandlerFunc {
	e := endpointOf(o)
	return func(c *gin.Context) { e.list(h, c) }
}

// Get answers GET /ads/{connection_id}/{object}/{id}.
func (h *Handler) Get(o providers.Object) gin.HandlerFunc {
	e := endpointOf(o)
	return func(c *gin.Context) { e.get(h, c) }
}

func (k kind[T]) list(h *Handler, c *gin.Context) {
	q, err := k.parse(c.Request.URL.RawQuery)
	if err != nil {
		problem.Write(c, err)
		return
	}
	conn, explain, err := h.cfg.Open(c, k.object)
	if err != nil {
		problem.Write(c, err)
		return
	}
	col := k.of(conn.Session)
	if col.List == nil {
		problem.Write(c, k.missing(conn, col.Use))
		return
	}
	w, err := k.plan(q, conn, col)
	if err != nil {
		problem.Write(c, err)
		return
	}
	sealer := paging.NewSealer(h.cfg.Sign, q.asked, conn.ID, string(k.object))
	if q.cursor != "" {
		w.pos = position{}
		if err := sealer.Open(q.cursor, &w.pos); err != nil {
			problem.Write(c, err)
			return
		}
	}
	items, next, err := w.run(c.Request.Context())
	if err != nil {
		problem.Write(c, explain(err))
		return
	}
	for _, it := range items {
		h.count(conn, k.object, it.Facts())
	}
	if next != nil {
		cursor, err := sealer.Seal(next)
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Header("Link", paging.Link(h.cfg.BaseURL(c), c.Request.URL, q.asked, cursor))
	}
	left.Write(c.Writer.Header(), w.left)
	body := h.buffer()
	defer h.keep(body)
	if err := encodeList(q.view, body, items); err != nil {
		problem.Write(c, err)
		return
	}
	writeJSON(c, body.Bytes())
}

// mostKept is how large a buffer may have become and be used again.
const mostKept = 1 << 20

// buffer is an empty one that an answer is written to before it leaves.
func (h *Handler) buffer() *bytes.Buffer {
	if b, ok := h.buffers.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return &bytes.Buffer{}
}

func (h *Handler) keep(b *bytes.Buffer) {
	if b.Cap() <= mostKept {
		h.buffers.Put(b)
	}
}

func (k kind[T]) get(h *Handler, c *gin.Context) {
	q, err := k.parse(c.Request.URL.RawQuery)
	if err != nil {
		problem.Write(c, err)
		return
	}
	conn, explain, err := h.cfg.Open(c, k.object)
	if err != nil {
		problem.Write(c, err)
		return
	}
	col := k.of(conn.Session)
	if col.Get == nil {
		problem.Write(c, k.missing(conn, col.Use))
		return
	}
	ref := providers.Ref{Org: q.filter.Organization, ID: c.Param("id"), Raw: q.view.raw, Params: q.params}
	v, err := getOne(c.Request.Context(), col, ref, conn, func() string {
		if h.cfg.Writes == nil {
			return ""
		}
		return h.written(c.Request.Context(), h.cfg.Writes.Caller(c).Workspace, conn.ID, k.object, ref.ID)
	})
	if err != nil {
		problem.Write(c, explain(err))
		return
	}
	tag := etag(v)
	var body bytes.Buffer
	if err := encodeOne(q.view, &body, encoder(&body), &v); err != nil {
		problem.Write(c, err)
		return
	}
	h.count(conn, k.object, v.Facts())
	c.Header(headerETag, tag)
	writeJSON(c, body.Bytes())
}

// getOne asks for an object. An adapter that needs the account to find it says so: then the only one is taken, or the
// one that the object was written in through the gateway; else the caller is told between which to choose.
func getOne[T any](ctx context.Context, col providers.Collection[T], ref providers.Ref, conn Connection, written func() string) (T, error) {
	v, err := col.Get(ctx, ref)
	if err == nil || ref.Org != "" || !asksOrg(err) {
		return v, err
	}
	if len(conn.Orgs) == 1 {
		ref.Org = conn.Orgs[0]
	} else if ref.Org = written(); ref.Org == "" {
		return v, whichOrg(conn)
	}
	return col.Get(ctx, ref)
}

// count tells which values of a platform had no counterpart.
func (h *Handler) count(conn Connection, o providers.Object, f normalize.Facts) {
	if h.cfg.Unspecified == nil {
		return
	}
	if f.Status == normalize.StatusUnspecified {
		h.cfg.Unspecified(conn.Type, o, "status")
	}
	if f.EffectiveStatus == normalize.EffectiveStatusUnspecified {
		h.cfg.Unspecified(conn.Type, o, "effective_status")
	}
	if f.Goal == normalize.GoalUnspecified {
		h.cfg.Unspecified(conn.Type, o, "goal")
	}
}

func writeJSON(c *gin.Context, body []byte) {
	c.Header("Content-Type", "application/json")
	c.Header("Content-Length", strconv.Itoa(len(body))) // else it leaves in chunks; what is packed loses it
	c.Status(200)
	_, _ = c.Writer.Write(body) // a caller who has left is nobody's error
}
