package connections

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// developerToken is the setting that the contract's dev_api_key fills.
const developerToken = "developer_token"

// create makes a connection from tokens that were obtained elsewhere, after they have been tried.
func (s *Service) create(ctx context.Context, workspace string, in input) (store.Connection, error) {
	var none store.Connection
	if in.keeper {
		return none, problem.Unsupported("Secrets managers are not supported: leave secretsmanager_id and secretsmanager_key out.")
	}
	var f faults
	p, ok := s.cfg.Registry.Get(deref(in.integration))
	switch {
	case deref(in.integration) == "":
		f.add("integration_type", "is required")
	case !ok:
		f.add("integration_type", "is not one that GET /unified/integration lists")
	}
	if in.categories != nil && !slices.Equal(*in.categories, []string{category}) {
		f.add("categories", "must be [\"ads\"]")
	}
	if in.auth == nil {
		f.add("auth", "is required: to ask a person for consent, begin at GET /unified/integration/auth/{workspace_id}/{integration_type}")
	}
	if err := f.err(); err != nil {
		return none, err
	}
	g, profile, err := s.grantFrom(p.Spec(), *in.auth, store.Grant{})
	if err != nil {
		return none, err
	}
	g, orgs, err := s.try(ctx, p, workspace, g)
	if err != nil {
		return none, trialProblem(err)
	}
	granted := readPermissions()
	if in.permissions != nil {
		granted = *in.permissions
	}
	c, err := s.store.CreateConnection(context.WithoutCancel(ctx), store.Connection{WorkspaceID: workspace, IntegrationType: p.Spec().ID,
		Environment: cmp.Or(deref(in.environment), defaultEnvironment), ExternalXref: deref(in.xref), Permissions: granted,
		Paused: in.paused != nil && *in.paused, Orgs: orgs, Profile: profile}, g, due(p.Spec(), g))
	return c, storeProblem(err)
}

// trialProblem: a grant that does not work is the caller's input, not a connection of his that has died.
func trialProblem(err error) error {
	switch providers.KindOf(err) {
	case providers.Unauthorized, providers.Forbidden:
		e := problem.Rejected("auth", "the platform does not accept these tokens")
		e.Err = err
		return e
	case 0:
		return storeProblem(err)
	}
	return err
}

// grantFrom reads what came in as auth. base is what the connection has already.
func (s *Service) grantFrom(spec providers.Spec, a authInput, base store.Grant) (store.Grant, store.Profile, error) {
	var f faults
	for name, v := range map[string]string{"app_id": a.AppID, "audience": a.Audience, "consumer_key": a.ConsumerKey, "consumer_secret": a.ConsumerSecret,
		"key": a.Key, "pem": a.Pem, "state": a.State, "token": a.Token} {
		if v != "" {
			f.add("auth."+name, spec.Name+" has no use for it")
		}
	}
	if len(a.OtherAuthInfo) > 0 {
		f.add("auth.other_auth_info", spec.Name+" has no use for it")
	}
	for name, v := range map[string]string{"api_url": a.APIURL, "authorize_url": a.AuthorizeURL, "token_url": a.TokenURL, "refresh_url": a.RefreshURL} {
		if v != "" && !ownURL(spec, v) {
			f.add("auth."+name, "is not an address of "+spec.Name)
		}
	}
	if a.AccessToken == "" && a.RefreshToken == "" {
		f.add("auth.access_token", "is required, or a refresh_token")
	}
	if (a.ClientID == "") != (a.ClientSecret == "") {
		f.add("auth.client_id", "and client_secret belong together")
	}
	g := store.Grant{AccessToken: store.Secret(a.AccessToken), RefreshToken: store.Secret(a.RefreshToken), TokenType: "Bearer",
		Scopes: base.Scopes, ClientID: a.ClientID, ClientSecret: store.Secret(a.ClientSecret), Settings: map[string]store.Secret{}}
	maps.Copy(g.Settings, base.Settings)
	now := s.now().UTC()
	g.Expiry = moment(&f, "auth.expires_in", now, a.ExpiryDate, a.ExpiresIn)
	g.RefreshExpiry = moment(&f, "auth.refresh_token_expires_in", now, a.RefreshTokenExpiresDate, a.RefreshTokenExpiresIn)
	meta := s.takeSettings(&f, spec, a, &g)
	slices.SortFunc(f, func(a, b problem.Field) int { return cmp.Compare(a.Field, b.Field) })
	return g, store.Profile{Name: a.Name, Emails: a.Emails, UserID: a.UserID, Meta: meta}, f.err()
}

// takeSettings moves the platform's settings out of meta, so that secret ones are kept with the tokens.
func (s *Service) takeSettings(f *faults, spec providers.Spec, a authInput, g *store.Grant) map[string]any {
	meta := map[string]any{}
	for name, v := range a.Meta {
		text, isText := v.(string)
		switch known := slices.ContainsFunc(spec.Settings, func(set providers.Setting) bool { return set.Name == name }); {
		case known && isText:
			g.Settings[name] = store.Secret(text)
		case known:
			f.add("auth.meta."+name, "must be text")
		default:
			meta[name] = v
		}
	}
	if a.DevAPIKey != "" {
		if slices.ContainsFunc(spec.Settings, func(set providers.Setting) bool { return set.Name == developerToken }) {
			g.Settings[developerToken] = store.Secret(a.DevAPIKey)
		} else {
			f.add("auth.dev_api_key", spec.Name+" has no use for it")
		}
	}
	return meta
}

// moment reads a moment that is given as such, or as seconds from now. Zero: not given.
func moment(f *faults, field string, now time.Time, at *time.Time, in *float64) time.Time {
	switch {
	case at != nil:
		return at.UTC()
	case in == nil:
		return time.Time{}
	case *in < 0 || *in > 100*365*24*3600:
		f.add(field, "must be a number of seconds")
		return time.Time{}
	}
	return now.Add(time.Duration(*in * float64(time.Second)))
}

// ownURL tells whether an address is one of the platform's: nothing else is ever called.
func ownURL(spec providers.Spec, raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	hosts := slices.Clone(spec.Hosts)
	for _, e := range []string{spec.Auth.Endpoint.AuthURL, spec.Auth.Endpoint.TokenURL} {
		if own, err := url.Parse(e); err == nil {
			hosts = append(hosts, own.Host)
		}
	}
	return slices.Contains(hosts, u.Host)
}

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
