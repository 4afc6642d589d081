package gateway

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/ads"
	"github.com/admux/admux/gateway/auth"
	"github.com/admux/admux/gateway/connections"
	"github.com/admux/admux/gateway/media"
	"github.com/admux/admux/gateway/middleware"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// forgetEvery is how often the Idempotency-Keys whose time is over are forgotten. They are free before that.
const forgetEvery = time.Hour

// writes is what writes of ads objects need.
func (s *Server) writes() *ads.Writes {
	return &ads.Writes{
		Open: s.openWrite, Caller: callerOf, Store: s.cfg.Store, Guard: s.guard, Fetch: media.New().Fetch, Now: s.cfg.Now, Log: s.cfg.Log, Lease: s.cfg.WriteLease,
	}
}

func callerOf(c *gin.Context) ads.Caller {
	p, _ := auth.FromContext(c.Request.Context())
	return ads.Caller{Workspace: p.Workspace, KeyID: p.KeyID, RequestID: middleware.ID(c)}
}

// openWrite opens a connection of the caller's workspace that may write a kind of object.
func (s *Server) openWrite(c *gin.Context, connection string, o providers.Object) (ads.Connection, func(error) error, error) {
	b, err := s.open(c.Request.Context(), workspaceOf(c), connection, "ads_"+string(o)+"_write")
	if err != nil {
		return ads.Connection{}, nil, err
	}
	return objectsOf(b), b.Explain, nil
}

// objectsOf is a connection in the form that ads asks for.
func objectsOf(b *connections.Bound) ads.Connection {
	spec := b.Provider.Spec()
	return ads.Connection{
		ID: b.Connection.ID, Platform: spec.Name, Type: spec.ID, Session: b.Session, Orgs: orgIDs(b),
		Currency: func(org string) string {
			for _, o := range b.Connection.Orgs {
				if o.ID == org {
					return o.Currency
				}
			}
			return ""
		},
	}
}

// owned checks that a connection is the caller's workspace's.
func (s *Server) owned(c *gin.Context, id string) error {
	_, err := s.cfg.Store.Connection(c.Request.Context(), workspaceOf(c), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem.NotFound("connection")
	case err != nil:
		return problem.Unavailable("The connection cannot be read now.", time.Second, err)
	}
	return nil
}

// forgetKeys keeps the table of Idempotency-Keys small, until ctx ends.
func (s *Server) forgetKeys(ctx context.Context) error {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := s.cfg.Store.PruneIdempotentAnyWorkspace(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "idempotency keys whose time is over could not be forgotten", slog.String("error", err.Error()))
		}
	}
}
