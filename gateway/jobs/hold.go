package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
)

// Why the work on a job ends before its end.
var (
	errLost      = errors.New("jobs: another worker has the job")
	errCancelled = errors.New("jobs: the job was cancelled")
)

// hold is a job in the hands of this process. While it lasts, the lease is kept alive; when it is lost, the context ends.
type hold struct {
	s      *Service
	job    store.Job
	ctx    context.Context //nolint:containedctx // of the work on this one job
	cancel context.CancelCauseFunc
	done   chan struct{}

	report   atomic.Pointer[reports.Report]
	platform atomic.Int64 // millionths of all pieces that the platforms have made
	pieces   atomic.Int64
}

// hold keeps a job's lease until release.
func (s *Service) hold(ctx context.Context, j store.Job) *hold {
	h := &hold{s: s, job: j, done: make(chan struct{})}
	h.ctx, h.cancel = context.WithCancelCause(ctx)
	s.mu.Lock()
	s.holds[j.ID] = h
	s.mu.Unlock()
	go h.keep()
	return h
}

// release stops the heartbeats; the lease itself is given up by how the job ends.
func (h *hold) release() {
	h.cancel(nil)
	<-h.done
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	if h.s.holds[h.job.ID] == h {
		delete(h.s.holds, h.job.ID)
	}
}

// drop ends the work on a job, if it is in the hands of this process.
func (s *Service) drop(job string, why error) {
	s.mu.Lock()
	h := s.holds[job]
	s.mu.Unlock()
	if h != nil {
		h.cancel(why)
	}
}

// lost tells whether the job is somebody else's now, or nobody's.
func (h *hold) lost() bool {
	cause := context.Cause(h.ctx)
	return errors.Is(cause, errLost) || errors.Is(cause, errCancelled)
}

// keep beats three times in the life of a lease. A process that cannot reach the database for that long stops: another
// may have its job.
func (h *hold) keep() {
	defer close(h.done)
	tick := time.NewTicker(h.s.opts.LeaseFor / 3)
	defer tick.Stop()
	alive := time.Now()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		at := time.Now()
		err := h.beat(h.ctx)
		switch {
		case err == nil:
			alive = at
		case errors.Is(err, store.ErrConflict), time.Since(alive) >= h.s.opts.LeaseFor:
			h.cancel(errLost)
		case h.ctx.Err() == nil:
			h.s.log.WarnContext(h.ctx, "report job: heartbeat failed", slog.String("job", h.job.ID), slog.String("error", err.Error()))
		}
	}
}

// beat tells the store that this process is alive, and how far it is.
func (h *hold) beat(ctx context.Context) error {
	share, rows := h.progress()
	ctx, cancel := context.WithTimeout(ctx, h.s.opts.LeaseFor)
	defer cancel()
	return h.s.store.BeatJob(ctx, h.job.WorkspaceID, h.job.ID, h.job.Lease, share, rows)
}

// progress counts each part of the report once; of a part that a platform makes, the making is one half and the reading
// the other. Only the end is 1.
func (h *hold) progress() (share float64, rows int64) {
	r := h.report.Load()
	if r == nil {
		return 0, 0
	}
	read, rows := r.Progress()
	made := 0.0
	if n := h.pieces.Load(); n > 0 {
		background := float64(n) / float64(max(r.Parts(), 1))
		made = background / 2 * float64(h.platform.Load()) / 1e6 / float64(n)
		read *= 1 - background/2
	}
	return min(made+read, 0.99), rows
}
