package reports

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
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
	// Setup is the version of the platform's API and the connection's settings: with others, other numbers may come.
	Setup string
}

// Config is what the handlers need of the gateway. All but Explain and the spool's settings is required.
type Config struct {
	// Load opens the session of a workspace's connection. Its error reaches Problem as it is.
	Load func(ctx context.Context, workspace, connectionID string) (*providers.Session, Connection, error)
	// All lists the connections of a workspace that reports may be read through, and the paused ones, which are left out.
	All func(ctx context.Context, workspace string) (ids, paused []string, err error)
	// Explain adds to a connection's failure what its owner can do; nil: nothing.
	Explain func(context.Context, error) error
	// Workspace is that of the request's key.
	Workspace func(*gin.Context) string
	// Problem answers an error; it is called while nothing has been written.
	Problem func(*gin.Context, error)
	// Rates reads the rates of currencies over some days; nil: amounts are not converted.
	Rates func(ctx context.Context, currencies []string, days normalize.DayRange) (*rates.Table, error)
	// Background answers a report that has to be made in the background, or that the caller is ready to wait for; nil:
	// there are no jobs.
	Background func(*gin.Context, Question, time.Duration)
	Now        func() time.Time
	Log        *slog.Logger

	Cache    *Cache // where what platforms have answered is kept; nil: everything is read anew
	SpoolDir string // where reports that are sorted spill past a few MiB; empty: the system's temporary directory
	SpoolMax int64  // bytes that one report may take there; 0: 4 GiB
}

func (c *Config) explain(ctx context.Context, err error) error {
	if c.Explain == nil {
		return err
	}
	return c.Explain(ctx, err)
}

// Handler answers reports.
type Handler struct {
	cfg      Config
	accounts *accounts
	cache    *cache // nil: there is none
}

// New makes the handlers.
func New(cfg Config) *Handler {
	return &Handler{cfg: cfg, accounts: &accounts{now: cfg.Now, known: map[string]known{}}, cache: newCache(&cfg)}
}

// Get answers GET /ads/:connection_id/report.
func (h *Handler) Get(c *gin.Context) {
	req, err := Parse(c.Request.URL.RawQuery, c.GetHeader("Accept"))
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	if req.Wait >= 0 {
		h.background(c, req, req.Wait)
		return
	}
	req.Several = several(c.Param("connection_id"))
	srcs, paused, err := h.open(c.Request.Context(), h.cfg.Workspace(c), c.Param("connection_id"), req)
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	now := h.cfg.Now()
	err = h.prepare(req, srcs, now, now)
	if errors.Is(err, errBackground) {
		h.background(c, req, defaultWait)
		return
	}
	w := h.newWriter(c, req)
	if err == nil {
		h.recall(c.Request.Context(), h.cfg.Workspace(c), req, srcs, now)
		w.known = func() []string { return foreseen(req, srcs, paused) }
		err = h.write(c.Request.Context(), req, srcs, paused, now, w, nil)
	}
	if err != nil {
		h.fail(c, w, err)
	}
}

func (h *Handler) newWriter(c *gin.Context, req *Request) *telling {
	return &telling{Writer: h.shape(c, req), header: c.Writer.Header()}
}

func (h *Handler) shape(c *gin.Context, req *Request) stream.Writer {
	w := c.Writer
	switch req.Format {
	case FormatTable:
		return stream.NewTable(w, req.Schema(), req.Page, req.Fields)
	case FormatNDJSON:
		return stream.NewNDJSON(w, req.Schema(), req.Page, req.Fields, func(err error) any {
			b := problem.From(h.cfg.explain(c.Request.Context(), err))
			b.RequestID = w.Header().Get(problem.HeaderRequestID)
			return b
		})
	case FormatCSV:
		return stream.NewCSV(w, req.Schema(), req.Page, req.Fields)
	case FormatParquet:
		return stream.NewParquet(w, req.Schema(), req.Page, req.Fields)
	}
	return stream.NewContract(w, req.Schema(), req.Page, req.Fields)
}

// write runs a report that has been prepared.
func (h *Handler) write(ctx context.Context, req *Request, srcs []*source, paused []string, asOf time.Time, w stream.Writer, kept *Report) error {
	r := &runner{
		req: req, srcs: srcs, paused: paused, asOf: asOf.UTC().Truncate(time.Second), schema: req.Schema(), w: w, kept: kept,
		spool:   spool.Options{Dir: h.cfg.SpoolDir, MaxDisk: h.cfg.SpoolMax},
		fault:   func(s *source, err error) error { return h.fault(req, s, err) },
		problem: func(err error) any { return problem.From(h.cfg.explain(ctx, err)) },
	}
	if h.cache != nil {
		r.keeper = &keeper{cache: h.cache, at: r.asOf}
	}
	if req.ordered() {
		r.sorter = spool.New(r.spool)
		defer r.sorter.Close()
		for _, s := range r.live() {
			r.owners = append(r.owners, slices.Repeat([]*source{s}, len(s.plan.accounts))...)
		}
		r.keys, r.codec = newKeyer(req), newCodec(req, accountsOf(r.live()))
	}
	r.fold = newFold(req, r.live(), r.spool)
	defer r.fold.close()
	return explain(r.run(ctx), kept != nil)
}

// explain says what a caller can do about a report that is too large to be put together.
func explain(err error, kept bool) error {
	table := "ask for format=table without sort, limit and offset, whose rows leave as they come, or for fewer days or entities"
	if kept { // in an order, always
		table = "ask for fewer days or entities"
	}
	switch {
	case errors.Is(err, spool.ErrFull):
		return &problem.Error{Code: problem.CodeRejected, Detail: "The report is larger than the disk space that sorting it may take: " + table + ".", Err: err}
	case errors.Is(err, spool.ErrDisk):
		return problem.Unavailable("The gateway has no disk space to sort a report of this size: "+table+".", 0, err)
	}
	return err
}

// fail answers properly while nothing has left; after that the answer is broken off where it is, visibly.
func (h *Handler) fail(c *gin.Context, w stream.Writer, err error) {
	if !w.Sent() {
		h.cfg.Problem(c, err)
		return
	}
	level := slog.LevelError
	if ctx := c.Request.Context(); ctx.Err() != nil { // the caller left, or a limit of the gateway's
		err = errors.Join(err, context.Cause(ctx))
		level = slog.LevelInfo
	}
	h.cfg.Log.LogAttrs(c.Request.Context(), level, "report broken off", slog.String("connection", c.Param("connection_id")),
		slog.String("error", err.Error()))
	_ = c.Error(err) // for the access log; Error returns its argument
	w.Fail(err)
}
