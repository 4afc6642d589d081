package connections

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// change does what a PATCH or PUT says: fields that are present change.
func (s *Service) change(ctx context.Context, workspace, id string, in input) (store.Connection, error) {
	c, old, err := s.store.Grant(ctx, workspace, id)
	switch {
	case err != nil:
		return c, storeProblem(err)
	case in.keeper:
		return c, problem.Unsupported("Secrets managers are not supported: leave secretsmanager_id and secretsmanager_key out.")
	case in.integration != nil && *in.integration != c.IntegrationType:
		return c, problem.Rejected("integration_type", "cannot change: create another connection")
	case in.categories != nil && !slices.Equal(*in.categories, []string{category}):
		return c, problem.Rejected("categories", "cannot change")
	}
	var profile *store.Profile
	if in.auth != nil {
		if c, profile, err = s.giveTokens(ctx, c, old, *in.auth); err != nil {
			return c, err
		}
	}
	c, err = s.store.UpdateConnection(ctx, workspace, id, func(c *store.Connection) error {
		if in.environment != nil {
			c.Environment = cmp.Or(*in.environment, defaultEnvironment)
		}
		if in.xref != nil {
			c.ExternalXref = *in.xref
		}
		if in.permissions != nil {
			c.Permissions = *in.permissions
		}
		if in.paused != nil {
			c.Paused = *in.paused
		}
		if profile != nil {
			c.Profile = *profile
		}
		return nil
	})
	return c, storeProblem(err)
}

// giveTokens replaces a connection's tokens by such that were obtained elsewhere, after they have been tried.
func (s *Service) giveTokens(ctx context.Context, c store.Connection, old store.Grant, a authInput) (store.Connection, *store.Profile, error) {
	p, ok := s.cfg.Registry.Get(c.IntegrationType)
	if !ok {
		return c, nil, problem.Unsupported("This build of admux has no adapter for " + c.IntegrationType + ".")
	}
	g, profile, err := s.grantFrom(p.Spec(), a, old)
	if err != nil {
		return c, nil, err
	}
	g, orgs, err := s.try(ctx, p, c.WorkspaceID, g)
	if err != nil {
		return c, nil, trialProblem(err)
	}
	c, err = s.replaceGrant(context.WithoutCancel(ctx), p.Spec(), c, g, orgs)
	return c, &profile, storeProblem(err)
}

// revokeFor is how long a platform may take to revoke a grant before it is forgotten anyway.
const revokeFor = 10 * time.Second

// remove revokes a grant where the platform can, and forgets the connection in any case.
func (s *Service) remove(ctx context.Context, workspace, id string) error {
	c, g, err := s.store.Grant(ctx, workspace, id)
	if err != nil {
		return storeProblem(err)
	}
	if p, ok := s.cfg.Registry.Get(c.IntegrationType); ok && p.Spec().Auth.Revoke != nil {
		if other := s.alsoLives(ctx, p.Spec(), c); other != "" {
			s.log.InfoContext(ctx, "the grant is not revoked at the platform: another connection may live on it",
				slog.String("connection", id), slog.String("other", other), slog.String("platform", c.IntegrationType))
		} else if app, err := s.appOf(ctx, workspace, c.IntegrationType, g); err == nil {
			rctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeFor)
			err = p.Spec().Auth.Revoke(rctx, app, s.clients[c.IntegrationType], whole(g))
			cancel()
			if err != nil {
				s.log.WarnContext(ctx, "the grant could not be revoked at the platform: it is forgotten here",
					slog.String("connection", id), slog.String("platform", c.IntegrationType), slog.Any("error", tokenError(c.IntegrationType, err)))
			}
		}
	}
	s.cache.forget(id)
	return storeProblem(s.store.DeleteConnection(context.WithoutCancel(ctx), workspace, id))
}

// alsoLives finds another connection that would end with the grant of c, on a platform whose revocation ends all that a
// person has given to the app: one that sees an account of c's. Who consented is not always known, and a connection that
// is cut by mistake costs more than a grant that stands until it is taken back at the platform.
func (s *Service) alsoLives(ctx context.Context, spec providers.Spec, c store.Connection) string {
	if !spec.Auth.WholeGrant {
		return ""
	}
	others, err := s.store.Connections(ctx, c.WorkspaceID, store.ConnectionFilter{IntegrationType: c.IntegrationType})
	if err != nil {
		return "unknown" // better no revocation than one too many
	}
	for _, o := range others {
		if o.ID != c.ID && slices.ContainsFunc(o.Orgs, func(org store.Org) bool { return slices.Contains(knownOrgs(c.Orgs), org.ID) }) {
			return o.ID
		}
	}
	return ""
}
