package connections

import (
	"context"
	"crypto/rand"
	"sync"

	"golang.org/x/oauth2"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// draft is a grant that is not stored yet: it is tried first. It implements providers.Tokens.
type draft struct {
	service   *Service
	workspace string
	spec      providers.Spec

	mu     sync.Mutex
	grant  store.Grant
	renews int
}

var _ providers.Tokens = (*draft)(nil)

// Token implements providers.Tokens.
func (d *draft) Token(ctx context.Context) (*oauth2.Token, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := held{grant: d.grant}
	if !h.lives(d.service.now(), lastMoment) {
		if err := d.renew(ctx, CodeTokenExpired); err != nil {
			return nil, err
		}
	}
	return held{grant: d.grant}.token(), nil
}

// Reject implements providers.Tokens.
func (d *draft) Reject(ctx context.Context, used *oauth2.Token) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if used == nil || used.AccessToken != d.grant.AccessToken.Reveal() {
		return nil
	}
	return d.renew(ctx, CodeTokenRejected)
}

// renew refreshes once: a grant that needs it twice before it is even stored does not work.
func (d *draft) renew(ctx context.Context, why string) error {
	if d.grant.RefreshToken == "" && !d.spec.Auth.Prolongs || d.renews > 0 {
		return unauthorized(d.spec.ID, why, nil)
	}
	d.renews++
	app, err := d.service.appOf(ctx, d.workspace, d.spec.ID, d.grant)
	if err != nil {
		return err
	}
	// The caller may leave; the answer, which may hold the only valid refresh token, is waited for.
	g, err := d.service.prolong(context.WithoutCancel(ctx), d.spec, app, d.grant)
	if err != nil {
		return tokenError(d.spec.ID, err)
	}
	d.grant = g
	return nil
}

// result is the grant as it is now.
func (d *draft) result() store.Grant {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.grant
}

// try proves that a grant works, and returns it as it is then, with the ad accounts that it sees. A refused refresh
// token or access token is Kind Unauthorized.
func (s *Service) try(ctx context.Context, p providers.Provider, workspace string, g store.Grant) (store.Grant, []store.Org, error) {
	spec := p.Spec()
	app, _, err := s.App(ctx, workspace, spec.ID)
	if err != nil {
		return g, nil, err
	}
	d := &draft{service: s, workspace: workspace, spec: spec, grant: g}
	// Every draft has a name of its own: adapters keep what they learn of a connection by its id.
	orgs, err := s.accounts(ctx, p, providers.Conn{ID: "draft " + rand.Text(), Tokens: d, App: app, Settings: settings(spec, app, g)})
	return d.result(), orgs, err
}
