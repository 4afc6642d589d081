package connections

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// renew makes the stored tokens what the job wants, whoever does the work. It returns them durable.
func (s *Service) renew(ctx context.Context, r ref, j job) (held, error) {
	h, err := s.queue(ctx, r, j)
	// A token that is refreshed ahead of its time and still lives is good enough, whatever keeps it from being renewed.
	if err != nil && !j.background && h.version > j.spent && h.lives(s.now(), lastMoment) {
		s.log.WarnContext(ctx, "tokens were not refreshed ahead of time", r.attrs(slog.Any("error", err))...)
		return h, nil
	}
	return h, err
}

// queue waits until the tokens are settled by another process, or until it holds the lease, and then refreshes them. It
// returns what is stored, also along with an error.
func (s *Service) queue(ctx context.Context, r ref, j job) (held, error) {
	var seen sighting
	for {
		c, h, err := s.read(ctx, r)
		if err != nil || j.settled(r, c, h, s.now()) {
			return h, err
		}
		if err := s.obstacle(ctx, r, j, c, h); err != nil {
			return h, err
		}
		l, err := s.takeLease(ctx, r, &seen)
		if err != nil {
			return h, unavailable(r.spec.ID, "the tokens are being refreshed", err)
		}
		if l != nil {
			defer l.free()
			return s.lead(ctx, r, j)
		}
		if err := sleep(ctx, s.refresh.Poll); err != nil {
			return h, unavailable(r.spec.ID, "the tokens are being refreshed", err)
		}
	}
}

// obstacle returns why a refresh is not tried at all.
func (s *Service) obstacle(ctx context.Context, r ref, j job, c store.Connection, h held) error {
	now := s.now()
	switch g := h.grant; {
	case g.RefreshToken == "" && !r.spec.Auth.Prolongs:
		if j.spent == 0 {
			s.condemn(ctx, r, c, CodeTokenExpired, time.Time{})
			return unauthorized(r.spec.ID, CodeTokenExpired, nil)
		}
		// Some platforms refuse a token for the first seconds of its life: that is no verdict on the grant.
		if g.ObtainedAt.IsZero() || now.Sub(g.ObtainedAt) >= time.Minute {
			s.condemn(ctx, r, c, CodeTokenRejected, time.Time{})
		}
		return unauthorized(r.spec.ID, CodeTokenRejected, nil)
	case !g.RefreshExpiry.IsZero() && !g.RefreshExpiry.After(now):
		s.condemn(ctx, r, c, CodeRefreshExpired, time.Time{})
		return unauthorized(r.spec.ID, CodeRefreshExpired, nil)
	case c.Health.UnhealthyCode == CodeRefreshRefused && !j.background:
		return unauthorized(r.spec.ID, CodeRefreshRefused, nil)
	}
	var failure *providers.Error
	s.cache.with(r.id, func(sl *slot) {
		// The hour is the longest that is ever set: more is left only when the clock was set back.
		if now.Before(sl.coolTo) && sl.coolTo.Sub(now) <= time.Hour && !j.background {
			failure = sl.failure
		}
	})
	if failure != nil {
		return failure
	}
	return nil
}

// lead refreshes the tokens while the lease is held.
func (s *Service) lead(ctx context.Context, r ref, j job) (held, error) {
	s.at("leading")
	c, h, err := s.read(ctx, r) // under the lease: the holder before may just have stored
	if err != nil || j.settled(r, c, h, s.now()) {
		return h, err
	}
	if g, ok := s.unsaved(r, h); ok {
		return s.commit(ctx, r, h, g)
	}
	if j.spent != 0 && !s.mayReject(r.id) {
		return h, &providers.Error{Kind: providers.Unauthorized, Platform: r.spec.ID, Code: CodeTokenRejected, RetryAfter: time.Minute,
			Message: "the platform refuses the access tokens that it has just issued"}
	}
	app, err := s.appOf(ctx, r.workspace, r.spec.ID, h.grant)
	if err != nil {
		return h, err
	}
	g, err := s.ask(ctx, r, app, h)
	if errors.Is(err, errMoved) {
		_, h, err = s.read(ctx, r)
		return h, err
	}
	if err != nil {
		return h, s.failed(ctx, r, j, c, tokenError(r.spec.ID, err))
	}
	return s.commit(ctx, r, h, g)
}

// errMoved says that somebody else has stored tokens meanwhile.
var errMoved = errors.New("newer tokens are stored")

// ask calls the token endpoint. A refusal is repeated once, after a pause and only if the row is unchanged: platforms
// are known to refuse a good refresh token now and then.
func (s *Service) ask(ctx context.Context, r ref, app providers.App, h held) (store.Grant, error) {
	s.at("asking")
	g, err := s.prolong(ctx, r.spec, app, h.grant)
	if providers.KindOf(err) != providers.Unauthorized {
		s.at("answered")
		return g, err
	}
	s.log.InfoContext(ctx, "refresh was refused, trying once more", r.attrs(slog.Any("error", err))...)
	if err := sleep(ctx, s.refresh.Pause); err != nil {
		return g, err
	}
	if _, now, err := s.read(ctx, r); err != nil || now.version != h.version {
		return g, errors.Join(err, errMoved)
	}
	if g, err = s.prolong(ctx, r.spec, app, h.grant); providers.KindOf(err) == providers.Unauthorized {
		if _, now, err := s.read(ctx, r); err != nil || now.version != h.version {
			return g, errors.Join(err, errMoved)
		}
	}
	s.at("answered")
	return g, err
}

// failed records a refresh that did not come off, and returns what the callers are told.
func (s *Service) failed(ctx context.Context, r ref, j job, c store.Connection, e *providers.Error) error {
	now := s.now()
	if e.Kind == providers.Unauthorized {
		s.condemn(ctx, r, c, CodeRefreshRefused, nextTry(now, c.Tokens.RefreshFailures))
		return unauthorized(r.spec.ID, CodeRefreshRefused, e)
	}
	told := *e
	told.RetryAfter = max(e.RetryAfter, s.refresh.CoolDown)
	s.cache.with(r.id, func(sl *slot) { sl.coolTo, sl.failure = now.Add(min(told.RetryAfter, time.Hour)), &told })
	s.log.WarnContext(ctx, "tokens were not refreshed", r.attrs(slog.String("kind", e.Kind.String()), slog.Any("error", e))...)
	if j.background {
		again := now.Add(max(e.RetryAfter, min(time.Minute<<min(c.Tokens.RefreshFailures, 10), 6*time.Hour)))
		if err := s.store.PostponeRefresh(ctx, r.workspace, r.id, c.Tokens.Version, again); err != nil && !errors.Is(err, store.ErrConflict) {
			s.log.ErrorContext(ctx, "refresh could not be postponed", r.attrs(slog.Any("error", err))...)
		}
	}
	return &told
}

// commit makes new tokens durable; only then anybody uses them. A database that is away is waited for, since the
// platform may have spent the old tokens already.
func (s *Service) commit(ctx context.Context, r ref, old held, g store.Grant) (held, error) {
	s.at("committing")
	s.cache.with(r.id, func(sl *slot) { sl.unsaved = &held{old.version, g} })
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		t, err := s.store.ReplaceGrant(ctx, r.workspace, r.id, old.version, g, due(r.spec, g))
		switch {
		case err == nil:
			s.at("committed")
			h := held{t.Version, g}
			s.saved(r)
			s.cache.put(r.id, h)
			s.log.InfoContext(ctx, "tokens refreshed", r.attrs(slog.Int64("version", t.Version), slog.Time("expires_at", g.Expiry))...)
			return h, nil
		case errors.Is(err, store.ErrConflict):
			s.saved(r)
			s.log.WarnContext(ctx, "another process was faster: its tokens are kept", r.attrs()...)
			_, h, err := s.read(ctx, r)
			return h, err
		case errors.Is(err, store.ErrNotFound):
			s.saved(r)
			s.cache.forget(r.id)
			return held{}, &providers.Error{Kind: providers.NotFound, Platform: r.spec.ID, Message: "the connection has been deleted"}
		}
		s.log.ErrorContext(ctx, "new tokens are not stored yet", r.attrs(slog.Any("error", err))...)
		if sleep(ctx, wait) != nil {
			return old, unavailable(r.spec.ID, "the new tokens could not be stored", err)
		}
	}
}

// unsaved returns tokens that an earlier refresh got but could not store.
func (s *Service) unsaved(r ref, h held) (g store.Grant, ok bool) {
	s.cache.with(r.id, func(sl *slot) {
		if ok = sl.unsaved != nil && sl.unsaved.version == h.version; ok {
			g = sl.unsaved.grant
		}
	})
	return g, ok
}

func (s *Service) saved(r ref) {
	s.cache.with(r.id, func(sl *slot) { sl.unsaved, sl.failure, sl.coolTo = nil, nil, time.Time{} })
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
