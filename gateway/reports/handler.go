package reports

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Connection is what a report says of the connection it is read through.
type Connection struct {
	ID       string
	Platform string // the integration_type
	// Version of the connection's tokens: a new grant may see other accounts, so that they are read again.
	Version int64
}

// Config is what the handlers need of the gateway. All but the spool's settings is required.
type Config struct {
	// Load opens the session of a workspace's connection. Its error reaches Problem as it is.
	Load func(ctx context.Context, workspace, connectionID string) (*providers.Session, Connection, error)
	// Workspace is that of the request's key.
	Workspace func(*gin.Context) string
	// Problem answers an error; it is called while nothing has been written.
	Problem func(*gin.Context, error)
	Now     func() time.Time
	Log     *slog.Logger

	SpoolDir string // where reports that are sorted spill past a few MiB; empty: the system's temporary directory
	SpoolMax int64  // bytes that one report may take there; 0: 4 GiB
}

// Handler answers reports.
type Handler struct {
	cfg      Config
	accounts *accounts
}

// New makes the handlers.
func New(cfg Config) *Handler {
	return &Handler{cfg: cfg, accounts: &accounts{now: cfg.Now, known: map[string]known{}}}
}

// Get answers GET /ads/:connection_id/report.
func (h *Handler) Get(c *gin.Context) {
	req, err := Parse(c.Request.URL.RawQuery, c.GetHeader("Accept"))
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	id := c.Param("connection_id")
	if id == "all" || strings.Contains(id, ",") {
		h.cfg.Problem(c, problem.Unsupported("A report over several connections is not there yet; ask for one connection at a time."))
		return
	}
	ctx := c.Request.Context()
	s, conn, err := h.cfg.Load(ctx, h.cfg.Workspace(c), id)
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	w := newWriter(c.Writer, req)
	if err := h.write(ctx, req, s, conn, w); err != nil {
		h.fail(c, w, conn, err)
	}
}

func newWriter(w http.ResponseWriter, req *Request) stream.Writer {
	if req.Format == FormatTable {
		return stream.NewTable(w, req.Schema(), req.Page, req.Fields)
	}
	return stream.NewContract(w, req.Schema(), req.Page, req.Fields)
}

// seq is a sequence of a platform's rows.
type seq = iter.Seq2[normalize.Row, error]

// write plans and runs a report.
func (h *Handler) write(ctx context.Context, req *Request, s *providers.Session, conn Connection, w stream.Writer) error {
	now := h.cfg.Now()
	orgs, err := h.accounts.pick(ctx, req, conn, s)
	if err != nil {
		return err
	}
	p, err := newPlan(req, conn, s.Reports, orgs, now)
	if err != nil {
		return err
	}
	r := &runner{req: req, conn: conn, schema: req.Schema(), plan: p, w: w,
		gather: newGatherer(req, conn, p, now.UTC().Truncate(time.Second)), sums: newSums(&p.derivation)}
	if req.ordered() {
		r.sorter = spool.New(spool.Options{Dir: h.cfg.SpoolDir, MaxDisk: h.cfg.SpoolMax})
		defer r.sorter.Close()
		r.keys, r.codec = newKeyer(req), newCodec(req, conn, p.accounts)
	}
	return explain(r.run(ctx, s.Reports.Stream))
}

// explain says what a caller can do about a report that is too large to be put together.
func explain(err error) error {
	const table = "ask for format=table without sort, limit and offset, whose rows leave as they come, or for fewer days or entities"
	switch {
	case errors.Is(err, spool.ErrFull):
		return &problem.Error{Code: problem.CodeRejected, Detail: "The report is larger than the disk space that sorting it may take: " + table + ".", Err: err}
	case errors.Is(err, spool.ErrDisk):
		return problem.Unavailable("The gateway has no disk space to sort a report of this size: "+table+".", 0, err)
	}
	return err
}

// fail answers properly while nothing has left; after that the answer is broken off where it is, visibly.
func (h *Handler) fail(c *gin.Context, w stream.Writer, conn Connection, err error) {
	if !w.Sent() {
		h.cfg.Problem(c, err)
		return
	}
	level := slog.LevelError
	if ctx := c.Request.Context(); ctx.Err() != nil { // the caller left, or a limit of the gateway's
		err = errors.Join(err, context.Cause(ctx))
		level = slog.LevelInfo
	}
	h.cfg.Log.LogAttrs(c.Request.Context(), level, "report broken off", slog.String("connection", conn.ID),
		slog.String("platform", conn.Platform), slog.String("error", err.Error()))
	_ = c.Error(err) // for the access log; Error returns its argument
	w.Fail(err)
}
