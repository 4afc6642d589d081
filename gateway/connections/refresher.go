package connections

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/admux/admux/gateway/store"
)

const (
	passBatch    = 100
	passParallel = 4
)

// warnDays are the days before the end of a grant at which its end is announced, the last first.
var warnDays = [...]int64{1, 7, 14}

// Run looks after idle connections until the context ends: tokens are refreshed ahead of their expiry, and the end of a
// grant that only a person can renew is announced 14, 7 and 1 days ahead. Any number of processes may run it. It
// returns nil.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(s.refresh.Every)
	defer tick.Stop()
	for {
		s.pass(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// pass looks after everything once.
func (s *Service) pass(ctx context.Context) {
	if err := s.refreshDue(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "idle connections could not be refreshed", slog.Any("error", err))
	}
	if err := s.warn(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "expiring connections could not be looked through", slog.Any("error", err))
	}
}

func (s *Service) refreshDue(ctx context.Context) error {
	rows, err := s.store.DueConnectionsAnyWorkspace(ctx, s.now(), passBatch)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(passParallel)
	for _, c := range rows {
		p, ok := s.cfg.Registry.Get(c.IntegrationType)
		if !ok { // of an adapter that this build lacks: it must not stand in the others' way
			_ = s.store.PostponeRefresh(ctx, c.WorkspaceID, c.ID, c.Tokens.Version, s.now().Add(24*time.Hour))
			continue
		}
		all.Go(func() error {
			_, _ = s.await(ctx, ref{c.WorkspaceID, c.ID, p.Spec()}, job{background: true}) // the flight logs and records what happens
			return nil
		})
	}
	return all.Wait()
}

func (s *Service) warn(ctx context.Context) error {
	now := s.now()
	rows, err := s.store.ExpiringConnectionsAnyWorkspace(ctx, now.Add(day(warnDays[len(warnDays)-1])))
	if err != nil {
		return err
	}
	for _, c := range rows {
		p, ok := s.cfg.Registry.Get(c.IntegrationType)
		if !ok {
			continue
		}
		r, end := ref{c.WorkspaceID, c.ID, p.Spec()}, ends(p.Spec(), c.Tokens)
		switch {
		case end.IsZero():
		case !end.After(now) && c.Tokens.RefreshExpiresAt.IsZero():
			s.condemn(ctx, r, c, CodeTokenExpired, time.Time{})
		case !end.After(now):
			s.condemn(ctx, r, c, CodeRefreshExpired, time.Time{})
		default:
			s.announce(ctx, r, c, end, now)
		}
	}
	return nil
}

// announce says once for each of warnDays that a grant ends.
func (s *Service) announce(ctx context.Context, r ref, c store.Connection, end, now time.Time) {
	for _, days := range warnDays {
		// A grant that never was to live for so long is not announced.
		if end.After(now.Add(day(days))) || !c.Tokens.ObtainedAt.IsZero() && end.Sub(c.Tokens.ObtainedAt) <= day(days) {
			continue
		}
		if c.Tokens.WarnedDays != 0 && c.Tokens.WarnedDays <= days {
			return
		}
		err := s.store.MarkWarned(ctx, c.WorkspaceID, c.ID, c.Tokens.Version, days)
		switch {
		case err == nil:
			s.log.WarnContext(ctx, "connection expires soon: the person who consented has to do so again",
				r.attrs(slog.Int64("days", days), slog.Time("expires_at", end))...)
		case !errors.Is(err, store.ErrConflict):
			s.log.ErrorContext(ctx, "warning could not be recorded", r.attrs(slog.Any("error", err))...)
		}
		return
	}
}

func day(n int64) time.Duration { return time.Duration(n) * 24 * time.Hour }
