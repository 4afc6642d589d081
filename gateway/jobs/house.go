package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/admux/admux/gateway/store"
)

// housekeeping bounds one round over jobs.
const housekeeping = 1000

// reviver returns what finds workers that have died, and jobs that no worker took up though one was told. No clock is
// compared between hosts: a lease is dead once this process has seen it stand still for as long as a lease lasts.
func (s *Service) reviver() func(context.Context) error {
	type sight struct {
		lease store.Lease
		since time.Time
	}
	seen := map[string]sight{}
	return func(ctx context.Context) error {
		// A worker that was told long ago may have died before it took the job up. A queue that is merely long is told
		// twice: the second time there is nothing to do.
		unheard := max(10*s.opts.LeaseFor, time.Minute)
		open, err := s.store.OpenJobsAnyWorkspace(ctx, s.cfg.Now().Add(-unheard), housekeeping)
		if err != nil {
			return err
		}
		now := time.Now()
		next := map[string]sight{}
		for i := range open {
			j := &open[i]
			if j.Lease.Owner != "" {
				if was, ok := seen[j.ID]; !ok || was.lease != j.Lease {
					next[j.ID] = sight{j.Lease, now}
					continue
				} else if next[j.ID] = was; now.Sub(was.since) < s.opts.LeaseFor {
					continue
				}
			}
			if err := s.store.ReviveJob(ctx, *j, s.tell); err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			} else if err == nil {
				s.log.InfoContext(ctx, "report job: taken from a worker that shows no life", slog.String("job", j.ID))
			}
			delete(next, j.ID)
		}
		seen = next
		return nil
	}
}

// sweep removes jobs that have expired, their results, and objects that no job knows.
func (s *Service) sweep(ctx context.Context) error {
	for {
		gone, err := s.store.ExpiredJobsAnyWorkspace(ctx, housekeeping)
		if err != nil {
			return err
		}
		for i := range gone {
			if err := s.forget(ctx, &gone[i]); err != nil {
				return err
			}
		}
		if len(gone) < housekeeping {
			break
		}
	}
	// An object is older than its job's end by at most the time that writing it took.
	_, err := s.results.sweep(ctx, time.Now().Add(-s.opts.Keep-2*longest))
	return err
}
