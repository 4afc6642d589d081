package connections

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// answer is what a platform's consent page sends the browser back with.
type answer struct{ state, code, failure, description string }

// outcome is how a flow ended: with a connection, or with a failure that has a stable code.
type outcome struct {
	connection store.Connection
	failure    string // empty: it went well
	detail     string
	err        error // the cause, for callers without a page of their own
}

// finish ends a flow. An error means that there is no flow to end: the state is forged, foreign, expired or used.
func (s *Service) finish(ctx context.Context, a answer) (store.Flow, outcome, error) {
	id, ok := s.verified(purposeState, a.state)
	var flow store.Flow
	err := store.ErrNotFound
	if ok {
		flow, err = s.store.TakeFlowAnyWorkspace(ctx, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return flow, outcome{}, problem.InvalidFields(problem.Field{Field: "state", In: "query",
			Message: "is unknown, has expired or was used before: begin again"})
	}
	if err != nil {
		return flow, outcome{}, storeProblem(err)
	}
	o := s.conclude(ctx, flow, a)
	if o.failure != "" {
		s.log.WarnContext(ctx, "OAuth flow failed", slog.String("workspace", flow.WorkspaceID), slog.String("platform", flow.IntegrationType),
			slog.String("failure", o.failure), slog.Any("error", o.err))
	}
	return flow, o, nil
}

// conclude takes the one chance that a flow has. It goes on when the browser leaves: the code is spent by the first try.
func (s *Service) conclude(ctx context.Context, flow store.Flow, a answer) outcome {
	ctx = context.WithoutCancel(ctx)
	p, ok := s.cfg.Registry.Get(flow.IntegrationType)
	switch {
	case !ok:
		return failed("server_error", problem.NotFound("integration"))
	case a.failure != "":
		said := printable(a.failure, 100)
		return outcome{failure: said, detail: printable(a.description, 300),
			err: problem.Forbidden(fmt.Sprintf("%s did not grant access: %s", p.Spec().Name, said))}
	case a.code == "":
		return failed("invalid_request", problem.InvalidFields(problem.Field{Field: "code", In: "query", Message: "is missing"}))
	}
	app, ok, err := s.App(ctx, flow.WorkspaceID, flow.IntegrationType)
	if err != nil || !ok {
		return failed("server_error", cmp.Or(storeProblem(err), error(problem.Conflict("The app of this platform has been removed."))))
	}
	app.RedirectURL = flow.RedirectURL // the exchange must name the one that the flow began with
	g, err := s.exchange(ctx, p.Spec(), app, a.code, flow.Verifier)
	if err != nil {
		return failed("exchange_failed", err)
	}
	return s.establish(ctx, p, flow, g)
}

// establish proves the grant and keeps it, as a new connection or as the renewed one.
func (s *Service) establish(ctx context.Context, p providers.Provider, flow store.Flow, g store.Grant) outcome {
	var old store.Connection
	if flow.ConnectionID != "" {
		c, before, err := s.store.Grant(ctx, flow.WorkspaceID, flow.ConnectionID)
		if err != nil {
			return failed("connection_gone", storeProblem(err))
		}
		old, g.Settings = c, before.Settings
	}
	g, orgs, err := s.try(ctx, p, flow.WorkspaceID, g)
	switch kind := providers.KindOf(err); {
	case kind == providers.Unauthorized || kind == providers.Forbidden:
		return failed("access_denied", err)
	case err != nil && flow.ConnectionID != "":
		return failed("temporarily_unavailable", err) // whose grant it is cannot be told
	case err != nil:
		// The platform has granted access, and a grant is not thrown away because a list could not be read just now.
		s.log.WarnContext(ctx, "the ad accounts of a new grant could not be listed", slog.String("platform", flow.IntegrationType), slog.Any("error", err))
		orgs = nil
	}
	if flow.ConnectionID != "" {
		return s.renewed(ctx, p.Spec(), old, g, orgs)
	}
	granted := flow.Permissions
	if len(granted) == 0 {
		granted = readPermissions()
	}
	c, err := s.store.CreateConnection(ctx, store.Connection{WorkspaceID: flow.WorkspaceID, IntegrationType: flow.IntegrationType,
		Environment: flow.Environment, ExternalXref: flow.ExternalXref, Permissions: granted, Orgs: orgs}, g, due(p.Spec(), g))
	if err != nil {
		return failed("server_error", storeProblem(err))
	}
	s.log.InfoContext(ctx, "connection created", slog.String("connection", c.ID), slog.String("workspace", c.WorkspaceID), slog.String("platform", c.IntegrationType))
	return outcome{connection: c}
}

// renewed gives an existing connection its new grant, if that is of somebody who sees at least one of its ad accounts.
func (s *Service) renewed(ctx context.Context, spec providers.Spec, old store.Connection, g store.Grant, orgs []store.Org) outcome {
	before, after := knownOrgs(old.Orgs), knownOrgs(orgs)
	if len(before) > 0 && !slices.ContainsFunc(after, func(id string) bool { return slices.Contains(before, id) }) {
		return failed("account_mismatch", problem.Conflict("The person who consented sees none of the connection's ad accounts."))
	}
	c, err := s.replaceGrant(ctx, spec, old, g, orgs)
	if err != nil {
		return failed("server_error", storeProblem(err))
	}
	return outcome{connection: c}
}

// replaceGrant stores a grant that a person has just given: it goes before whatever a refresher may store meanwhile.
func (s *Service) replaceGrant(ctx context.Context, spec providers.Spec, c store.Connection, g store.Grant, orgs []store.Org) (store.Connection, error) {
	for range 5 {
		t, err := s.store.ReplaceGrant(ctx, c.WorkspaceID, c.ID, c.Tokens.Version, g, due(spec, g))
		if err == nil {
			s.cache.with(c.ID, func(sl *slot) { *sl = slot{held: held{t.Version, g}} })
			return s.store.UpdateConnection(ctx, c.WorkspaceID, c.ID, func(c *store.Connection) error {
				if orgs != nil {
					c.Orgs = orgs
				}
				return nil
			})
		}
		if !errors.Is(err, store.ErrConflict) {
			return c, err
		}
		if c, err = s.store.Connection(ctx, c.WorkspaceID, c.ID); err != nil {
			return c, err
		}
	}
	return c, store.ErrConflict
}

func failed(code string, err error) outcome {
	o := outcome{failure: code, err: err}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		o.detail = printable(e.Message, 300)
	} else if e, ok := errors.AsType[*problem.Error](err); ok {
		o.detail = printable(e.Detail, 300)
	}
	return o
}
