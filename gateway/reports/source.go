package reports

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	// everyConnection is the name, in place of an id, of all connections of a workspace.
	everyConnection = "all"
	// maxConnections bounds one report.
	maxConnections = 100
	// atOnce is how many connections are read at the same time.
	atOnce = 32
)

// source is one connection of a report: what is asked of it, and what has come of it.
type source struct {
	conn      Connection
	session   *providers.Session
	exchange  // rates, where the report may need them
	orgs      []normalize.Organization
	plan      *plan
	gather    *gatherer
	sums      *sums
	first     int // the number of its first account in the whole report
	rows      int64
	ended     int                 // how many parts have been read to their end
	note      []string            // what the platform keeps of the accounts, or is read through another connection
	holdings  []*holding          // what is kept of its numbers, a question to an account each
	changes   *stream.ChangesMeta // of a comparison
	questions int                 // how many there are, those among them of which nothing can be kept
	err       error               // why the connection is left out, where the caller allows that
}

// several tells whether a path names more than one connection, or may.
func several(path string) bool { return path == everyConnection || strings.Contains(path, ",") }

// connectionsOf reads the connections that a path names.
func (h *Handler) connectionsOf(ctx context.Context, workspace, path string) (ids, paused []string, err error) {
	if path == everyConnection {
		if ids, paused, err = h.cfg.All(ctx, workspace); err != nil {
			return nil, nil, err
		}
	} else {
		for id := range strings.SplitSeq(path, ",") {
			if id = strings.TrimSpace(id); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil, problem.NotFound("connection")
	}
	if len(ids) > maxConnections {
		return nil, nil, problem.InvalidFields(problem.Field{Field: "connection_id", In: "path",
			Message: "is more than " + strconv.Itoa(maxConnections) + " connections, the most of one report"})
	}
	return ids, paused, nil
}

// open opens the connections of a report and reads their accounts, side by side.
func (h *Handler) open(ctx context.Context, workspace, path string, req *Request) (srcs []*source, paused []string, err error) {
	ids, paused, err := h.connectionsOf(ctx, workspace, path)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		s := &source{conn: Connection{ID: id}}
		session, conn, err := h.cfg.Load(ctx, workspace, id)
		if err == nil {
			s.session, s.conn = session, conn
		} else if err = h.fault(req, s, err); err != nil || problem.CodeOf(s.err) == problem.CodeNotFound {
			return nil, nil, errors.Join(err, s.err) // an id that is nobody's is the caller's mistake, whatever he allows
		}
		srcs = append(srcs, s)
	}
	if err := h.readAccounts(ctx, req, srcs, false); err != nil {
		return nil, nil, err
	}
	return srcs, paused, h.loadRates(ctx, req, srcs)
}

// fault is what becomes of a connection's failure: the report's own, or that of a connection that is left out.
func (h *Handler) fault(req *Request, s *source, err error) error {
	if req.Several {
		err = problem.Of(s.conn.ID, err)
	}
	if !req.Partial {
		return err
	}
	s.err = err
	return nil
}

// readAccounts picks the accounts that the request names, of each connection; all of them when it names none.
func (h *Handler) readAccounts(ctx context.Context, req *Request, srcs []*source, fresh bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(srcs))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, s := range srcs {
		if s.err != nil {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			var err error
			var left []string
			if s.orgs, left, err = h.accounts.list(ctx, s.conn, s.session, fresh); len(req.Orgs) == 0 {
				s.note = slices.Clone(left) // accounts that nobody asked for are not missed
			}
			if err != nil {
				if errs[i] = h.fault(req, s, err); errs[i] != nil {
					cancel()
				}
			}
		})
	}
	wg.Wait()
	if err := firstCause(errs); err != nil {
		return err
	}
	return h.pick(ctx, req, srcs, fresh)
}

// firstCause is the first error that is not merely the end of the others.
func firstCause(errs []error) error {
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(errs...)
}

// pick keeps the accounts that the request names. Accounts that nobody knows are looked for once more, afresh.
func (h *Handler) pick(ctx context.Context, req *Request, srcs []*source, fresh bool) error {
	if len(req.Orgs) == 0 {
		return nil
	}
	var known []normalize.Organization
	whole := true
	for _, s := range srcs {
		known = append(known, s.orgs...)
		whole = whole && s.err == nil
	}
	switch {
	case all(req.Orgs, known):
	case !fresh:
		return h.readAccounts(context.WithoutCancel(ctx), req, srcs, true)
	case whole: // else it may be of a connection that failed
		return invalid("org_id", "names an account that is none of the connection's: "+someOf(known))
	}
	for _, s := range srcs {
		s.orgs = slices.DeleteFunc(slices.Clone(s.orgs), func(o normalize.Organization) bool { return !slices.Contains(req.Orgs, o.ID) })
	}
	return nil
}

// prepare plans every connection's part of the report, as asked at a moment and read at another. An account that two connections see is read once: else its
// numbers would be added twice.
func (h *Handler) prepare(req *Request, srcs []*source, now, asOf time.Time) error {
	asOf = asOf.UTC().Truncate(time.Second)
	req.wide = h.cache != nil
	seen := map[[2]string]string{}
	accounts := 0
	var none error
	some := false
	for _, s := range srcs {
		if s.err != nil {
			continue
		}
		s.once(seen)
		p, err := newPlan(req, s.conn, s.session.Reports, s.orgs, now, s.exchange)
		if errors.Is(err, errBackground) {
			return err // nobody's failure
		}
		if err != nil {
			if err = h.fault(req, s, err); err != nil {
				return err
			}
			continue
		}
		if p.none != nil {
			none = p.none
		} else {
			some = true
		}
		s.plan, s.first = p, accounts
		accounts += len(p.accounts)
		s.gather, s.sums = newGatherer(req, s, asOf), newSums(&p.derivation)
	}
	if !some {
		return firstFault(srcs, none)
	}
	return nil
}

// firstFault is why a report has nothing to read at all.
func firstFault(srcs []*source, none error) error {
	for _, s := range srcs {
		if s.err != nil {
			return s.err
		}
	}
	return none
}

// once drops the accounts that an earlier connection of the same platform reads.
func (s *source) once(seen map[[2]string]string) {
	s.orgs = slices.DeleteFunc(slices.Clone(s.orgs), func(o normalize.Organization) bool {
		key := [2]string{s.conn.Platform, o.ID}
		by, read := seen[key]
		if !read {
			seen[key] = s.conn.ID
			return false
		}
		s.note = append(s.note, "account "+o.ID+" is read through the connection "+by)
		return true
	})
}
