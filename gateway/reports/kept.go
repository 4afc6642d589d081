package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// defaultWait is how long a caller waits who did not say, for a report that a platform makes in the background.
const defaultWait = 30 * time.Second

// errBackground says that a report cannot be answered at once.
var errBackground = problem.Unsupported("The platform makes this report in the background, and this gateway has no report jobs: ask for fewer days or entities.")

// Question is a report that is asked for now and made later, by whoever takes it up.
type Question struct {
	Workspace   string
	Connections string    // as in the path: ids separated by commas, or all
	Query       string    // the parameters, URL-encoded, with the format in them
	At          time.Time // when it was asked: days that it leaves out are counted from here
}

// Ask reads a question from a request; its format is the one asked for by parameter or Accept.
func (h *Handler) Ask(c *gin.Context) (Question, error) {
	req, err := Parse(c.Request.URL.RawQuery, c.GetHeader("Accept"))
	if err != nil {
		return Question{}, err
	}
	return h.question(c, req), nil
}

func (h *Handler) question(c *gin.Context, req *Request) Question {
	q := maps.Clone(c.Request.URL.Query())
	q.Del("wait")
	q.Set("format", string(req.Format))
	return Question{Workspace: h.cfg.Workspace(c), Connections: c.Param("connection_id"), Query: q.Encode(), At: h.cfg.Now()}
}

func (h *Handler) background(c *gin.Context, req *Request, wait time.Duration) {
	switch {
	case h.cfg.Background != nil:
	case req.Wait >= 0:
		h.cfg.Problem(c, problem.Unsupported("This gateway has no report jobs to wait for; leave wait out."))
		return
	default:
		h.cfg.Problem(c, errBackground)
		return
	}
	h.cfg.Background(c, h.question(c, req), wait)
}

// Report is a report on its way to being kept. It is made by one goroutine; Progress may be asked by any.
type Report struct {
	h      *Handler
	req    *Request
	srcs   []*source
	paused []string

	tickets map[string]providers.Ticket

	total int64
	parts atomic.Int64 // that have ended
	rows  atomic.Int64
}

// Prepare plans a report and refuses what cannot be answered. It asks the platforms for no more than their accounts.
func (h *Handler) Prepare(ctx context.Context, q Question) (*Report, error) {
	req, err := Parse(q.Query, "")
	if err != nil {
		return nil, err
	}
	req.whole, req.Several = true, several(q.Connections)
	r := &Report{h: h, req: req}
	if r.srcs, r.paused, err = h.open(ctx, q.Workspace, q.Connections, req); err != nil {
		return nil, err
	}
	if err := h.prepare(req, r.srcs, q.At, h.cfg.Now()); err != nil {
		return nil, err
	}
	h.recall(ctx, q.Workspace, req, r.srcs, q.At)
	for _, s := range r.live() {
		r.total += int64(len(s.plan.parts))
	}
	return r, nil
}

func (r *Report) live() []*source {
	return slices.DeleteFunc(slices.Clone(r.srcs), func(s *source) bool { return s.err != nil })
}

// Progress is the share of the report's parts that have been read, and how many rows that gave.
func (r *Report) Progress() (share float64, rows int64) {
	return float64(r.parts.Load()) / float64(max(r.total, 1)), r.rows.Load()
}

// ended and counted do nothing where no report is kept.

func (r *Report) ended() {
	if r != nil {
		r.parts.Add(1)
	}
}

func (r *Report) counted() {
	if r != nil {
		r.rows.Add(1)
	}
}

// Parts counts the report's parts.
func (r *Report) Parts() int { return int(r.total) }

// Piece is a part that a platform makes in the background.
type Piece struct {
	Key        string // the same whenever the same question is planned
	Connection string

	r *Report
	s *source
	p providers.Part
}

// Pieces lists the parts that have to be made in the background before the report can be written.
func (r *Report) Pieces() []Piece {
	var out []Piece
	for _, s := range r.live() {
		for _, p := range s.plan.parts {
			if p.Async {
				out = append(out, Piece{Key: p.key, Connection: s.conn.ID, r: r, s: s, p: p.Part})
			}
		}
	}
	return out
}

// Submit tells the platform to make the part. What it answers is to be kept at once.
func (p *Piece) Submit(ctx context.Context) (providers.Ticket, error) {
	if p.s.session.Reports.Submit == nil || p.s.session.Reports.Poll == nil || p.s.session.Reports.Fetch == nil {
		return nil, problem.Unsupported(p.s.conn.Platform + " has no reports that are made in the background.")
	}
	return p.s.session.Reports.Submit(ctx, p.p)
}

// Poll asks the platform how far it is.
func (p *Piece) Poll(ctx context.Context, t providers.Ticket) (providers.Progress, error) {
	return p.s.session.Reports.Poll(ctx, t)
}

// Cancel tells the platform that nobody wants the part, where it can be told.
func (p *Piece) Cancel(ctx context.Context, t providers.Ticket) error {
	if p.s.session.Reports.Cancel == nil {
		return nil
	}
	return p.s.session.Reports.Cancel(ctx, t)
}

// Fail is what becomes of the report when a piece fails: the error that it fails with, or nil when its connection is
// left out.
func (p *Piece) Fail(err error) error { return p.r.h.fault(p.r.req, p.s, err) }

// Left tells whether the piece's connection has been left out.
func (p *Piece) Left() bool { return p.s.err != nil }

// Write reads the platforms and writes the report in the form from which Result makes every shape. tickets are those
// of Pieces, all of them done; asOf is the moment that the numbers are of.
func (r *Report) Write(ctx context.Context, out io.Writer, tickets map[string]providers.Ticket, asOf time.Time) error {
	if len(r.live()) == 0 { // the last of them failed in the meantime
		return firstFault(r.srcs, errBackground)
	}
	r.tickets = tickets
	for _, s := range r.live() {
		s.gather.asOf = asOf.UTC().Truncate(time.Second)
	}
	a, err := newArchive(out, r.req, accountsOf(r.live()))
	if err != nil {
		return err
	}
	defer a.close()
	return r.h.write(ctx, r.req, r.srcs, r.paused, asOf, a, r)
}

// Rows is how many rows the whole report has.
func (r *Report) Rows() int64 {
	n := int64(0)
	for _, s := range r.live() {
		n += s.rows
	}
	return n
}

// Result answers with a report that was kept: in the format asked for by parameter or Accept, else in the question's.
func (h *Handler) Result(c *gin.Context, q Question, in io.Reader) {
	req, err := h.shaped(c, q)
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	a, err := openArchive(in, req)
	if err != nil {
		h.cfg.Problem(c, err)
		return
	}
	defer a.close()
	w := h.newWriter(c, req)
	if err := a.copy(w); err != nil {
		h.fail(c, w, err)
	}
}

// shaped is the question in the shape that a request for its result asks for.
func (h *Handler) shaped(c *gin.Context, q Question) (*Request, error) {
	req, err := Parse(q.Query, "")
	if err != nil {
		return nil, err
	}
	p := &params{q: c.Request.URL.Query()}
	accept := c.GetHeader("Accept")
	if format := p.one("format"); format != "" || explicit(accept) {
		f := p.format(accept)
		if err := p.err(); err != nil {
			return nil, err
		}
		req.Format = f
		shape := &params{}
		shape.shape(req) // what was asked may have no place in this shape
		if err := shape.err(); err != nil {
			return nil, err
		}
	}
	req.whole, req.Several = true, several(q.Connections)
	return req, nil
}

// explicit tells whether an Accept header asks for a shape: most clients send one that takes everything.
func explicit(accept string) bool {
	f, ok := accepted(accept)
	return !ok || f != FormatJSON
}

// Explain is the problem that an error is, with what the owner of a connection can do about it.
func (h *Handler) Explain(ctx context.Context, err error) problem.Body {
	return problem.From(h.cfg.explain(ctx, err))
}

func accountsOf(srcs []*source) []*stream.Account {
	var out []*stream.Account
	for _, s := range srcs {
		out = append(out, s.plan.accounts...)
	}
	return out
}

// nameParts gives the parts that are made in the background names by what they ask, not by when they were planned.
func nameParts(conn Connection, parts []part) {
	seen := map[string]int{}
	for i := range parts {
		p := &parts[i]
		if !p.Async {
			continue
		}
		q := p.Query
		b, err := json.Marshal([]any{conn.ID, p.Org.ID, q.Level, q.Dimensions, q.Metrics, q.Range, sortedFilter(q.Filter), q.Window})
		if err != nil {
			panic(err) // texts and days always marshal
		}
		sum := sha256.Sum256(b)
		p.key = hex.EncodeToString(sum[:12])
		seen[p.key]++
		if n := seen[p.key]; n > 1 { // cut by something that the query does not show: told apart by their order
			p.key += "-" + strconv.Itoa(n)
		}
	}
}

func sortedFilter(f map[normalize.Level][]string) [][]string {
	var out [][]string
	for _, l := range slices.Sorted(maps.Keys(f)) {
		out = append(out, append([]string{string(l)}, slices.Sorted(slices.Values(f[l]))...))
	}
	return out
}
