package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Bounds of what a platform may say of when to ask again.
const (
	leastWait = time.Second
	mostWait  = 15 * time.Minute
	// longestSubmit is how long a platform may take to say that it has heard, and lastWords how much of that is left once
	// nobody waits for it any more.
	longestSubmit = 2 * time.Minute
	lastWords     = 8 * time.Second
)

// await has the platforms make what they make in the background. It returns once everything is made, or with a later:
// the job is given back until then. asOf is the moment that the numbers are of.
func (h *hold) await(ctx context.Context, r *reports.Report) (tickets map[string]providers.Ticket, asOf time.Time, err error) {
	asOf = h.s.cfg.Now()
	if len(r.Pieces()) == 0 {
		return nil, asOf, nil
	}
	kept, err := h.s.store.Tickets(ctx, h.job.WorkspaceID, h.job.ID)
	if err != nil {
		return nil, asOf, ours(err)
	}
	for {
		wait, err := h.round(ctx, r, kept)
		if err != nil {
			return nil, asOf, err
		}
		if wait == 0 {
			break
		}
		if wait > inPlace {
			return nil, asOf, later{wait}
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, asOf, err
		}
	}
	tickets = map[string]providers.Ticket{}
	for _, p := range r.Pieces() {
		t := kept[p.Key]
		tickets[p.Key] = t.Ticket
		if t.CreatedAt.Before(asOf) {
			asOf = t.CreatedAt
		}
	}
	return tickets, asOf, nil
}

// round submits what has not been, and asks for what is not done. It returns how long to wait for the rest; 0: nothing
// is left to wait for.
func (h *hold) round(ctx context.Context, r *reports.Report, kept map[string]store.Ticket) (time.Duration, error) {
	pieces := r.Pieces()
	wait, made := time.Duration(0), 0.0
	for i := range pieces {
		p := &pieces[i]
		if p.Left() { // its connection failed a moment ago
			continue
		}
		pause, err := h.piece(ctx, p, kept)
		if err != nil {
			if err = h.blame(p, err); err != nil {
				return 0, err
			}
			continue
		}
		if pause > 0 && (wait == 0 || pause < wait) {
			wait = pause
		}
		made += kept[p.Key].Progress
	}
	h.platform.Store(int64(made * 1e6))
	h.pieces.Store(int64(len(r.Pieces())))
	return wait, nil
}

// blame makes a platform's failure that will not pass its connection's, which the caller may allow; what may pass is
// tried again, and what is ours is ours.
func (h *hold) blame(p *reports.Piece, err error) error {
	if _, passes := h.s.retry(err, h.job.Attempts); passes || h.ctx.Err() != nil || errors.Is(err, store.ErrConflict) {
		return err
	}
	return p.Fail(err)
}

// piece brings one part as far as it gets: 0 once it is made.
func (h *hold) piece(ctx context.Context, p *reports.Piece, kept map[string]store.Ticket) (time.Duration, error) {
	t, submitted := kept[p.Key]
	if !submitted {
		var err error
		if t, err = h.submit(ctx, p); err != nil {
			return 0, err
		}
		kept[p.Key] = t
	}
	if t.Done {
		return 0, nil
	}
	state, err := p.Poll(ctx, t.Ticket)
	if err != nil {
		return 0, err
	}
	t.Progress, t.Done = max(t.Progress, min(state.Fraction, 1)), state.Done
	if t.Done {
		t.Progress = 1
	}
	kept[p.Key] = t
	if err := h.s.store.MarkTicket(ctx, t); err != nil {
		return 0, ours(err)
	}
	if t.Done {
		return 0, nil
	}
	return min(max(state.Wait, leastWait), mostWait), nil
}

// submit tells the platform, and keeps what it answers before anything else happens, also when this process is ending.
// That the job is still this process's own is made sure of first. What is left is a process that is killed after the
// platform has heard and before the answer is kept: no platform can be asked what it heard.
func (h *hold) submit(ctx context.Context, p *reports.Piece) (store.Ticket, error) {
	if err := h.beat(ctx); err != nil {
		return store.Ticket{}, ours(err)
	}
	// The call outlives a cancelled job and the end of the process: what it has begun is to be known.
	asking, cancel := outlive(ctx)
	ticket, err := p.Submit(asking)
	cancel()
	if err != nil {
		return store.Ticket{}, err
	}
	t := store.Ticket{WorkspaceID: h.job.WorkspaceID, JobID: h.job.ID, Part: p.Key, ConnectionID: p.Connection, Ticket: ticket, CreatedAt: h.s.cfg.Now()}
	return t, ours(h.keepTicket(ctx, t))
}

// outlive returns a context that ends a while after its parent has.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestSubmit)
	stop := context.AfterFunc(ctx, func() {
		_ = sleep(longer, lastWords)
		cancel()
	})
	return longer, func() { stop(); cancel() }
}

// keepTicket tries hard: a ticket that is lost is a report made twice.
func (h *hold) keepTicket(ctx context.Context, t store.Ticket) error {
	durable, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	for {
		err := h.s.store.AddTicket(durable, t)
		if err == nil || errors.Is(err, store.ErrConflict) {
			return err
		}
		if sleep(durable, time.Second) != nil {
			return err
		}
	}
}

// cleanIfCancelled cleans after a job that was cancelled while it was in the hands of this process; what another worker
// has now is left alone.
func (s *Service) cleanIfCancelled(ctx context.Context, j *store.Job) error {
	now, err := s.store.Job(ctx, j.WorkspaceID, j.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || now.State != store.JobCancelled {
		return err
	}
	return s.clean(ctx, &now)
}

// clean tells the platforms that nobody wants what they make for a job that has ended, where they can be told. What a
// platform answers to that changes nothing.
func (s *Service) clean(ctx context.Context, j *store.Job) error {
	kept, err := s.store.Tickets(ctx, j.WorkspaceID, j.ID)
	if err != nil || len(kept) == 0 {
		return err
	}
	within, done := s.cfg.Begin(ctx, j.WorkspaceID)
	r, err := s.cfg.Reports.Prepare(within, question(j))
	if err == nil {
		pieces := r.Pieces()
		for i := range pieces {
			if t, ok := kept[pieces[i].Key]; ok && !t.Done {
				err = errors.Join(err, pieces[i].Cancel(within, t.Ticket))
			}
		}
	}
	done(err)
	if err != nil {
		s.log.InfoContext(ctx, "report job: a platform may go on making what nobody wants", slog.String("job", j.ID), slog.String("error", err.Error()))
	}
	return s.store.DropTickets(ctx, j.WorkspaceID, j.ID)
}

// sleep waits, or returns why the context has ended.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
