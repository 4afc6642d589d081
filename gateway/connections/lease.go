package connections

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/admux/admux/gateway/store"
)

// sighting is a lease as it was last seen, and since when it has looked so, by this process's own running clock.
type sighting struct {
	lease store.Lease
	since time.Time
}

// takeLease tries once. It returns nil when another process holds the lease and is alive. A holder that has not given a
// sign of life for as long as a lease lasts is dead, or as good as: its lease is taken from exactly the state it was
// seen in, so that of many who wait one gets it.
func (s *Service) takeLease(ctx context.Context, r ref, seen *sighting) (*lease, error) {
	now := time.Now() // monotonic, and no business of an injected clock
	l, _, err := s.store.Lease(ctx, r.workspace, r.id)
	if err != nil {
		return nil, err
	}
	if seen.since.IsZero() || l != seen.lease {
		*seen = sighting{l, now}
	}
	if l.Owner != "" && now.Sub(seen.since) < s.refresh.LeaseFor {
		return nil, nil
	}
	if l.Owner != "" {
		s.log.WarnContext(ctx, "a refresher gave no sign of life: its lease is taken", r.attrs(slog.String("owner", l.Owner))...)
	}
	mine, err := s.store.TakeLease(ctx, r.workspace, r.id, s.owner, l)
	if errors.Is(err, store.ErrConflict) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.keep(ctx, r, mine), nil
}

// lease is a lease that is held and kept alive.
type lease struct {
	service *Service
	ref     ref
	held    store.Lease
	ctx     context.Context // of the flight
	stop    context.CancelFunc
	beating sync.WaitGroup
}

// keep gives a sign of life three times in the time that a lease lasts, until the lease is freed or lost. A lost lease
// ends nothing: the call that runs cannot be unsent, and what its answer is worth the version of the tokens decides.
func (s *Service) keep(ctx context.Context, r ref, held store.Lease) *lease {
	beat, stop := context.WithCancel(ctx)
	l := &lease{service: s, ref: r, held: held, ctx: ctx, stop: stop}
	l.beating.Go(func() {
		for sleep(beat, s.refresh.LeaseFor/3) == nil {
			_, err := s.store.BeatLease(beat, r.workspace, r.id, held)
			switch {
			case err == nil, beat.Err() != nil:
			case errors.Is(err, store.ErrConflict):
				s.log.WarnContext(ctx, "the lease on the tokens was lost", r.attrs()...)
				return
			default:
				s.log.WarnContext(ctx, "the lease on the tokens could not be kept", r.attrs(slog.Any("error", err))...)
			}
		}
	})
	return l
}

func (l *lease) free() {
	l.stop()
	l.beating.Wait()
	l.service.at("freeing")
	err := l.service.store.FreeLease(l.ctx, l.ref.workspace, l.ref.id, l.held)
	if err != nil && !errors.Is(err, store.ErrConflict) {
		l.service.log.WarnContext(l.ctx, "the lease on the tokens could not be freed", l.ref.attrs(slog.Any("error", err))...)
	}
}
