package connections

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// flowFor is how long a person has to consent.
const flowFor = 10 * time.Minute

// beginning is what a flow is begun with.
type beginning struct {
	workspace, integration  string
	success, failure        string
	state, xref, env, lang  string
	scopes                  []string
	reauthorize             string // the signed hint of a reauthorize URL
	trusted                 bool   // a key of the workspace that may write came along
	connection, redirectURL string
}

// begin keeps a flow and returns the platform's consent page. The error is a *problem.Error.
func (s *Service) begin(ctx context.Context, b beginning) (string, error) {
	ws, err := s.store.Workspace(ctx, b.workspace)
	if errors.Is(err, store.ErrNotFound) {
		return "", problem.NotFound("workspace")
	}
	if err != nil {
		return "", storeProblem(err)
	}
	p, ok := s.cfg.Registry.Get(b.integration)
	if !ok {
		return "", problem.NotFound("integration")
	}
	spec := p.Spec()
	if err := s.admit(ctx, ws, &b); err != nil {
		return "", err
	}
	granted, scopes, unknown := splitScopes(b.scopes, slices.Concat(spec.Auth.Scopes, spec.Auth.Optional))
	if len(unknown) > 0 {
		return "", problem.InvalidFields(problem.Field{Field: "scopes", In: "query",
			Message: fmt.Sprintf("%d of them are neither permissions of a connection nor scopes of %s, which are %s", len(unknown), spec.Name,
				strings.Join(slices.Concat(spec.Auth.Scopes, spec.Auth.Optional), ", "))})
	}
	if len(scopes) == 0 {
		scopes = spec.Auth.Scopes
	}
	app, ok, err := s.App(ctx, b.workspace, b.integration)
	switch {
	case err != nil:
		return "", storeProblem(err)
	case !ok:
		return "", problem.Conflict(fmt.Sprintf("No app is set for %s: set its client id and secret by PUT /unified/integration/%s/app first.", spec.Name, b.integration))
	}
	b.redirectURL = app.RedirectURL
	return s.startFlow(ctx, b, spec, app, granted, scopes)
}

// admit checks who may begin and where the browser may be sent afterwards: a key of the workspace, or the workspace's
// allow-list, or a signed link to renew one connection.
func (s *Service) admit(ctx context.Context, ws store.Workspace, b *beginning) error {
	if b.reauthorize != "" {
		if err := s.admitRenewal(ctx, b); err != nil {
			return err
		}
	}
	for _, to := range []struct{ field, url string }{{"success_redirect", b.success}, {"failure_redirect", b.failure}} {
		if to.url == "" {
			continue
		}
		u, err := parseRedirect(to.url)
		if err != nil {
			return problem.InvalidFields(problem.Field{Field: to.field, In: "query", Message: err.Error()})
		}
		if !b.trusted && !allowed(u, ws.Redirects) {
			return problem.Unauthorized(fmt.Sprintf("%s is not on the workspace's allow-list: use one that is, or send an API key of the workspace.", to.field))
		}
	}
	if !b.trusted && b.success == "" && b.connection == "" {
		return problem.Unauthorized("Without an API key of the workspace a success_redirect on its allow-list is needed.")
	}
	return nil
}

// admitRenewal accepts the signed hint of a reauthorize URL.
func (s *Service) admitRenewal(ctx context.Context, b *beginning) error {
	invalid := problem.InvalidFields(problem.Field{Field: "reauthorize", In: "query", Message: "is not, or no longer, a valid link: ask for a new one"})
	hint, ok := s.verified(purposeReauthorize, b.reauthorize)
	parts := strings.Split(hint, "~")
	if !ok || len(parts) != 3 || parts[0] != b.workspace {
		return invalid
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || s.now().Unix() >= until {
		return invalid
	}
	c, err := s.store.Connection(ctx, b.workspace, parts[1])
	if err != nil {
		return storeProblem(err)
	}
	if c.IntegrationType != b.integration {
		return invalid
	}
	b.connection, b.xref, b.env = c.ID, c.ExternalXref, c.Environment
	return nil
}

// startFlow keeps what the callback will need under a random name, and puts that name, signed, into the state.
func (s *Service) startFlow(ctx context.Context, b beginning, spec providers.Spec, app providers.App, granted, scopes []string) (string, error) {
	flow := store.Flow{ID: newSecretID(), WorkspaceID: b.workspace, IntegrationType: b.integration, ExpiresAt: s.now().Add(flowFor),
		FlowDetails: store.FlowDetails{SuccessRedirect: b.success, FailureRedirect: b.failure, ExternalXref: b.xref, State: b.state,
			Environment: cmp.Or(b.env, defaultEnvironment), Lang: b.lang, Permissions: granted, RedirectURL: b.redirectURL, ConnectionID: b.connection}}
	var opts []oauth2.AuthCodeOption
	for name, value := range spec.Auth.Params {
		opts = append(opts, oauth2.SetAuthURLParam(name, value))
	}
	if spec.Auth.PKCE {
		flow.Verifier = oauth2.GenerateVerifier()
		opts = append(opts, oauth2.S256ChallengeOption(flow.Verifier))
	}
	if err := s.store.CreateFlow(ctx, flow); err != nil {
		return "", storeProblem(err)
	}
	cfg := oauthConfig(spec, app)
	cfg.Scopes = scopes
	page := providers.Route(cfg.AuthCodeURL(s.signed(purposeState, flow.ID), opts...), s.cfg.BaseURLs)
	// Spaces between scopes as %20: not every platform reads a plus as a space in a URL.
	base, query, _ := strings.Cut(page, "?")
	return base + "?" + strings.ReplaceAll(query, "+", "%20"), nil
}
