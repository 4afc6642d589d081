package reports

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
)

// notOfChanges lists the parameters of a report that a comparison does not have: all of its rows come, in the order of
// accounts, objects and dimensions, and it is made while the caller waits.
func notOfChanges() []string {
	return []string{"sort", "order", "limit", "offset", "fields", "partial", "wait", "reconcile", "raw", "updated_gte"}
}

// Changes answers GET /ads/:connection_id/report/changes: the rows of a report whose numbers are others than they were
// when the report was read, at the moment named or before.
func (h *Handler) Changes(c *gin.Context) {
	if h.cache == nil {
		h.cfg.Problem(c, problem.Unsupported("This gateway keeps nothing of the reports that it has answered, and so cannot compare."))
		return
	}
	now := h.cfg.Now()
	req, since, err := h.parseChanges(c, now)
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	ctx := c.Request.Context()
	srcs, paused, err := h.open(ctx, h.cfg.Workspace(c), c.Param("connection_id"), req)
	if err == nil {
		err = h.prepare(req, srcs, now, now)
	}
	if errors.Is(err, errBackground) {
		err = problem.Unsupported("The platform makes this report in the background, and such reports are not compared yet: ask for fewer days or entities.")
	}
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	w := h.changesShape(c, req)
	d := &differ{ChangesWriter: w, keys: newKeyer(req), since: since}
	t := &telling{Writer: d, header: c.Writer.Header()}
	if err := h.compare(ctx, h.cfg.Workspace(c), req, srcs, paused, now, t, d); err != nil {
		h.fail(c, t, err)
	}
}

func (h *Handler) changesShape(c *gin.Context, req *Request) stream.ChangesWriter {
	switch req.Format {
	case FormatNDJSON:
		return stream.NewChangesNDJSON(c.Writer, req.Schema(), func(err error) any {
			b := problem.From(h.cfg.explain(c.Request.Context(), err))
			b.RequestID = c.Writer.Header().Get(problem.HeaderRequestID)
			return b
		})
	case FormatCSV:
		return stream.NewChangesCSV(c.Writer, req.Schema())
	}
	return stream.NewChangesTable(c.Writer, req.Schema())
}

// parseChanges reads a report's parameters and the moment that changes are counted from.
func (h *Handler) parseChanges(c *gin.Context, now time.Time) (*Request, time.Time, error) {
	q, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, time.Time{}, problem.Invalid("query", "the query string is not URL-encoded")
	}
	p := &params{q: q}
	since := p.since(now, h.cache.Keep)
	for _, name := range notOfChanges() {
		if _, given := q[name]; given {
			p.bad(name, "is no parameter of changes: all rows that have changed are told, in order")
		}
	}
	rest := maps.Clone(q)
	for _, name := range append(notOfChanges(), "since") {
		delete(rest, name)
	}
	if f := Format(p.one("format")); f == FormatJSON {
		rest["format"] = []string{string(FormatTable)}
	} else if f == FormatParquet {
		p.bad("format", "is none of json, table, ndjson, csv: changes are not told as a file")
		delete(rest, "format")
	}
	req, err := Parse(rest.Encode(), c.GetHeader("Accept"))
	if err != nil || len(p.wrong) > 0 {
		return nil, time.Time{}, both(p, err)
	}
	switch req.Format {
	case FormatJSON:
		req.Format = FormatTable
	case FormatParquet:
		return nil, time.Time{}, invalid("format", "is left out, and of the shapes that the Accept header takes, changes have none")
	}
	req.compared, req.Several = true, several(c.Param("connection_id"))
	return req, since, nil
}

// both are the faults of p and those of a report's own parameters.
func both(p *params, err error) error {
	theirs, ok := errors.AsType[*problem.Error](err)
	switch {
	case len(p.wrong) == 0:
		return err
	case ok && theirs.Code == problem.CodeInvalid:
		return problem.InvalidFields(slices.Concat(p.wrong, theirs.Fields)...)
	}
	return problem.InvalidFields(p.wrong...)
}

func (p *params) since(now time.Time, keep time.Duration) time.Time {
	v := p.one("since")
	if v == "" {
		p.bad("since", "is needed: the moment of the reading to compare with, such as the data_as_of of an earlier answer")
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.Replace(v, " ", "+", 1)) // a plus sign that was not encoded
	switch {
	case err != nil:
		p.bad("since", "is no timestamp with its offset (RFC 3339, as in 2026-11-01T00:00:00Z)")
	case at.After(now):
		p.bad("since", "is still to come")
	case at.Before(now.Add(-keep)):
		p.bad("since", "is before %s: older readings are not kept", now.Add(-keep).UTC().Format(time.RFC3339))
	}
	return at
}

// compare reads what may have changed, and then goes over what was known beside it.
func (h *Handler) compare(ctx context.Context, workspace string, req *Request, srcs []*source, paused []string, now time.Time, w stream.Writer, d *differ) error {
	then := copies(srcs)
	if err := h.prepare(req, then, now, now); err != nil {
		return err
	}
	if err := h.baseline(ctx, workspace, req, srcs, then, d.since, now); err != nil {
		return err
	}
	fresh := newCollector(req, accountsOf(srcs), spool.Options{Dir: h.cfg.SpoolDir, MaxDisk: h.cfg.SpoolMax})
	defer fresh.close()
	if err := h.write(ctx, req, srcs, paused, now, fresh, nil); err != nil {
		return err
	}
	d.take(fresh, accountsOf(then), srcs)
	defer d.close()
	return h.write(ctx, req, then, paused, now, w, nil)
}

// copies are the same connections, to be planned and read a second time.
func copies(srcs []*source) []*source {
	out := make([]*source, len(srcs))
	for i, s := range srcs {
		out[i] = &source{conn: s.conn, session: s.session, exchange: s.exchange, orgs: s.orgs, note: slices.Clone(s.note)}
	}
	return out
}
