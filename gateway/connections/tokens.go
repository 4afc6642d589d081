package connections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// ref names a connection, and knows its platform.
type ref struct {
	workspace, id string
	spec          providers.Spec
}

func (r ref) attrs(more ...any) []any {
	return append([]any{slog.String("connection", r.id), slog.String("workspace", r.workspace), slog.String("platform", r.spec.ID)}, more...)
}

// tokens implements providers.Tokens for one connection.
type tokens struct {
	service *Service
	ref     ref
	version int64 // of the tokens when the connection was loaded: what is older is not used
}

var _ providers.Tokens = (*tokens)(nil)

// Token returns an access token that is valid for long enough.
func (t *tokens) Token(ctx context.Context) (*oauth2.Token, error) {
	s := t.service
	if h := s.cache.get(t.ref.id); h.version >= t.version && h.version > 0 && h.lives(s.now(), callAhead(t.ref.spec, h.grant)) {
		return h.token(), nil
	}
	h, err := s.await(ctx, t.ref, job{})
	if err != nil {
		return nil, err
	}
	return h.token(), nil
}

// Reject says that the platform refused the token. When it is still the stored one it is refreshed, once for all who
// complain of it; when it is not, a newer one is there already. After nil, Token returns another token.
func (t *tokens) Reject(ctx context.Context, used *oauth2.Token) error {
	s := t.service
	if used == nil {
		return nil
	}
	h := s.cache.get(t.ref.id)
	if h.version == 0 {
		_, row, err := s.read(ctx, t.ref)
		if err != nil {
			return err
		}
		h = row
	}
	if h.grant.AccessToken.Reveal() != used.AccessToken {
		return nil
	}
	_, err := s.await(ctx, t.ref, job{spent: h.version})
	return err
}

// callAhead is how long a token must live to be handed out without a refresh.
func callAhead(spec providers.Spec, g store.Grant) time.Duration {
	return min(margin(spec, g), callMargin)
}

// mayReject counts the refreshes that a refused access token causes. A platform that refuses every token is not asked
// for new ones in a loop: three a minute.
func (s *Service) mayReject(id string) (ok bool) {
	now := s.now()
	s.cache.with(id, func(sl *slot) {
		recent := sl.rejects[:0]
		for _, at := range sl.rejects {
			if now.Sub(at).Abs() < time.Minute {
				recent = append(recent, at)
			}
		}
		if ok = len(recent) < 3; ok {
			recent = append(recent, now)
		}
		sl.rejects = recent
	})
	return ok
}

// job says what a refresh is for.
type job struct {
	spent      int64 // the version whose access token the platform refused; 0: none
	background bool  // because it is due, not because somebody asks for a token
}

// settled tells whether the stored tokens are what the job wants.
func (j job) settled(r ref, c store.Connection, h held, now time.Time) bool {
	if j.background {
		return c.Tokens.RefreshDueAt.IsZero() || c.Tokens.RefreshDueAt.After(now)
	}
	return h.version > j.spent && h.lives(now, callAhead(r.spec, h.grant))
}

// await lets one flight do the job for all callers of the process. The flight is nobody's: a caller who leaves does not
// end it, because the platform may have spent the old refresh token already.
func (s *Service) await(ctx context.Context, r ref, j job) (held, error) {
	done := s.flights.DoChan(fmt.Sprintf("%s %d %t", r.id, j.spent, j.background), func() (any, error) {
		// Two calls, the pause, and a minute for a database that is away.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*s.refresh.Call+s.refresh.Pause+s.refresh.LeaseFor+time.Minute)
		defer cancel()
		return s.renew(ctx, r, j)
	})
	wait := time.NewTimer(s.refresh.Wait)
	defer wait.Stop()
	select {
	case res := <-done:
		h, _ := res.Val.(held)
		return h, res.Err
	case <-wait.C:
		return held{}, unavailable(r.spec.ID, "the tokens are being refreshed, which takes long", nil)
	case <-ctx.Done():
		return held{}, unavailable(r.spec.ID, "the tokens are being refreshed", ctx.Err())
	}
}

// read returns the connection as it is stored, and keeps its grant for the callers to come.
func (s *Service) read(ctx context.Context, r ref) (store.Connection, held, error) {
	c, g, err := s.store.Grant(ctx, r.workspace, r.id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.cache.forget(r.id)
		return c, held{}, &providers.Error{Kind: providers.NotFound, Platform: r.spec.ID, Message: "the connection has been deleted"}
	case err != nil:
		return c, held{}, unavailable(r.spec.ID, "the tokens could not be read", err)
	}
	h := held{c.Tokens.Version, g}
	s.cache.put(r.id, h)
	return c, h, nil
}
