package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// inPlace is how long a worker waits with a job in its hands; for longer it gives the job back until then.
const inPlace = 10 * time.Second

// later says that a job has to wait for a platform.
type later struct{ wait time.Duration }

// Error implements error.
func (l later) Error() string { return "jobs: the platform needs " + l.wait.String() }

// work takes a job up and brings it as far as it gets. Its error is of our own database: the queue tells again.
func (s *Service) work(ctx context.Context, t task) error {
	j, err := s.store.TakeJob(ctx, t.Workspace, t.Job, s.owner)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case errors.Is(err, store.ErrConflict) && j.State == store.JobCancelled:
		return s.clean(ctx, &j)
	case errors.Is(err, store.ErrConflict):
		return nil // somebody has it, or it has ended
	case err != nil:
		return err
	}
	h := s.hold(ctx, j)
	defer h.release()
	within, done := s.cfg.Begin(h.ctx, j.WorkspaceID)
	err = h.tries(within)
	done(err)
	// What is decided now is written also when the work was cut, but not for ever.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.conclude(end, within, h, err)
}

// tries makes the report; a failure that may pass soon is waited for with the job in the hands.
func (h *hold) tries(ctx context.Context) error {
	for {
		err := h.make(ctx)
		wait, passes := h.s.retry(err, h.job.Attempts)
		if err == nil || !passes || wait > inPlace || h.ctx.Err() != nil {
			return err
		}
		h.s.log.InfoContext(ctx, "report job: tried again soon", slog.String("job", h.job.ID), slog.Duration("wait", wait), slog.String("error", err.Error()))
		if sleep(ctx, wait) != nil {
			return err
		}
		if !errors.Is(err, errStore) { // a database that was slow says nothing of the report
			h.job.Attempts++
		}
	}
}

// conclude writes what became of a try.
func (s *Service) conclude(end, within context.Context, h *hold, err error) error {
	j := &h.job
	var wait later
	switch {
	case err == nil:
		s.announce()
		return nil
	case errors.Is(err, store.ErrConflict) || h.lost():
		if errors.Is(context.Cause(h.ctx), errLost) {
			return nil
		}
		return s.cleanIfCancelled(end, j)
	case errors.As(err, &wait):
		return s.giveBack(end, h, wait.wait, j.Attempts)
	case errors.Is(h.ctx.Err(), context.DeadlineExceeded):
		return s.fail(end, within, h, &problem.Error{Code: problem.CodeTimeout, Detail: "The report took longer than " + longest.String() + ".", Err: err})
	case h.ctx.Err() != nil: // this process is ending
		return s.giveBack(end, h, 0, j.Attempts)
	}
	if again, ok := s.retry(err, j.Attempts); ok {
		s.log.InfoContext(end, "report job: tried again later", slog.String("job", j.ID), slog.Int("attempt", j.Attempts+1),
			slog.Duration("wait", again), slog.String("error", err.Error()))
		return s.giveBack(end, h, again, j.Attempts+1)
	}
	return s.fail(end, within, h, err)
}

// giveBack lets any worker take the job up after a while.
func (s *Service) giveBack(ctx context.Context, h *hold, wait time.Duration, attempts int) error {
	share, _ := h.progress()
	err := s.store.YieldJob(ctx, h.job, s.cfg.Now().Add(wait), share, attempts, s.tell)
	if errors.Is(err, store.ErrConflict) {
		return s.cleanIfCancelled(ctx, &h.job)
	}
	return err
}

// fail ends a job with the problem that a caller would have been answered.
func (s *Service) fail(ctx, within context.Context, h *hold, err error) error {
	j := h.job
	body := s.cfg.Reports.Explain(within, err)
	s.log.WarnContext(ctx, "report job failed", slog.String("job", j.ID), slog.String("workspace", j.WorkspaceID),
		slog.String("code", string(body.Code)), slog.String("error", err.Error()))
	if body.Code == problem.CodeInternal {
		body.Detail = "The job's id names this failure in the gateway's log."
	}
	raw, merr := json.Marshal(body)
	if merr != nil {
		return merr
	}
	j.State, j.Problem = store.JobFailed, string(raw)
	j.Progress, j.Rows = h.progress()
	switch err := s.store.FinishJob(ctx, j, s.cfg.Now().Add(s.opts.Keep)); {
	case errors.Is(err, store.ErrConflict):
		return s.cleanIfCancelled(ctx, &j)
	case err != nil:
		return err
	}
	s.announce()
	return s.clean(ctx, &j)
}

// errStore is in the chain of the failures of our own database.
var errStore = errors.New("jobs: the database failed")

// ours says that a failure is of the database, unless it is its word that the job is lost.
func ours(err error) error {
	if err == nil || errors.Is(err, store.ErrConflict) {
		return err
	}
	return problem.Unavailable("The gateway's own database did not answer.", 0, fmt.Errorf("%w: %w", errStore, err))
}

// retry tells whether a failure may pass, and how long to wait for that. Of our own database it always may: a process
// that cannot reach it for long loses the job by its lease.
func (s *Service) retry(err error, attempts int) (time.Duration, bool) {
	wait := s.opts.Retry << min(attempts, 10)
	switch {
	case err == nil:
		return 0, false
	case errors.Is(err, errStore):
		return wait, true
	case attempts+1 >= s.opts.Attempts:
		return 0, false
	}
	theirs, isTheirs := errors.AsType[*providers.Error](err)
	switch {
	case isTheirs && theirs.Retryable():
		return max(wait, theirs.RetryAfter), true
	case isTheirs:
		return 0, false
	case errors.Is(err, errBucket):
		return wait, true
	}
	own, isOwn := errors.AsType[*problem.Error](err)
	if isOwn && own.Code == problem.CodeUnavailable {
		return max(wait, own.RetryAfter), true
	}
	return 0, false
}

// make makes the report and ends the job as completed.
func (h *hold) make(ctx context.Context) (err error) {
	defer func() { // a panic of an adapter is this report's failure and nobody else's
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	r, err := h.s.cfg.Reports.Prepare(ctx, question(&h.job))
	if err != nil {
		return err
	}
	h.report.Store(r)
	tickets, asOf, err := h.await(ctx, r)
	if err != nil {
		return err
	}
	if err := ours(h.beat(ctx)); err != nil { // whoever lost the job in the meantime reads nothing in vain
		return err
	}
	j := h.job
	j.Result = key(&j)
	err = h.s.results.put(ctx, j.Result, func(w io.Writer) error { return r.Write(ctx, w, tickets, asOf) })
	if err != nil {
		return err
	}
	j.State, j.Rows = store.JobCompleted, r.Rows()
	if err := h.s.store.FinishJob(ctx, j, h.s.cfg.Now().Add(h.s.opts.Keep)); err != nil {
		h.unkeep(ctx, j.Result, err)
		return ours(err)
	}
	h.s.log.InfoContext(ctx, "report job completed", slog.String("job", j.ID), slog.String("workspace", j.WorkspaceID),
		slog.Int64("rows", j.Rows), slog.Duration("since_asked", h.s.cfg.Now().Sub(j.CreatedAt)))
	h.afterwards(ctx, tickets)
	return nil
}

// unkeep removes a result that surely does not count. When that is not known (the database's answer was lost), it stays:
// the sweep finds it if need be.
func (h *hold) unkeep(ctx context.Context, key string, err error) {
	if !errors.Is(err, store.ErrConflict) {
		return
	}
	if err := h.s.results.drop(context.WithoutCancel(ctx), key); err != nil {
		h.s.log.WarnContext(ctx, "report job: a result that nobody wants stays for a while", slog.String("job", h.job.ID), slog.String("error", err.Error()))
	}
}

// afterwards forgets tickets: what the platforms have made has been read.
func (h *hold) afterwards(ctx context.Context, tickets map[string]providers.Ticket) {
	if len(tickets) == 0 {
		return
	}
	if err := h.s.store.DropTickets(context.WithoutCancel(ctx), h.job.WorkspaceID, h.job.ID); err != nil {
		h.s.log.WarnContext(ctx, "report job: tickets stay until the job expires", slog.String("job", h.job.ID), slog.String("error", err.Error()))
	}
}
