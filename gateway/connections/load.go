package connections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/providers"
)

// Bound is a connection with a session of its platform.
type Bound struct {
	Connection store.Connection
	Provider   providers.Provider
	Session    *providers.Session
	Setup      string // what the session was opened with, without secrets: two that differ may read other things

	service *Service
}

// Load opens connections of a workspace, in the order of their ids, each once. It does no I/O but SQL, and
// none of that for a moment after the last time. The error is a *problem.Error: an id that is unknown or of another workspace is not found, a paused connection is a conflict.
func (s *Service) Load(ctx context.Context, workspace string, ids ...string) ([]*Bound, error) {
	var out []*Bound
	done := map[string]bool{}
	for _, id := range ids {
		if done[id] {
			continue
		}
		done[id] = true
		b, err := s.load(ctx, workspace, id)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (s *Service) load(ctx context.Context, workspace, id string) (*Bound, error) {
	p, changes, now := place{workspace, id}, s.store.Changes(), s.now()
	if b := s.opened.get(p, changes, now); b != nil {
		return b, nil
	}
	c, g, err := s.store.Grant(ctx, workspace, id)
	if err != nil {
		s.opened.forget(p)
		return nil, storeProblem(err)
	}
	if c.Paused {
		s.opened.forget(p)
		return nil, problem.Conflict(fmt.Sprintf("The connection %s is paused: set is_paused to false first.", id))
	}
	return s.bind(ctx, c, g, changes, now)
}

// Readable lists every connection of a workspace that has an adapter in this build, oldest first, and apart the paused
// ones.
func (s *Service) Readable(ctx context.Context, workspace string) (ids, paused []string, err error) {
	rows, err := s.store.Connections(ctx, workspace, store.ConnectionFilter{})
	if err != nil {
		return nil, nil, storeProblem(err)
	}
	for _, c := range rows {
		switch _, ok := s.cfg.Registry.Get(c.IntegrationType); {
		case !ok:
		case c.Paused:
			paused = append(paused, c.ID)
		default:
			ids = append(ids, c.ID)
		}
	}
	return ids, paused, nil
}

// bind opens a session for a connection that was read at a moment, or takes the one that is open.
func (s *Service) bind(ctx context.Context, c store.Connection, g store.Grant, changes int64, now time.Time) (*Bound, error) {
	p, ok := s.cfg.Registry.Get(c.IntegrationType)
	if !ok {
		return nil, problem.Unsupported(fmt.Sprintf("This build of admux has no adapter for %s.", c.IntegrationType))
	}
	app, _, err := s.App(ctx, c.WorkspaceID, c.IntegrationType)
	if err != nil {
		return nil, storeProblem(err)
	}
	spec := p.Spec()
	s.cache.put(c.ID, held{c.Tokens.Version, g})
	chosen := settings(spec, app, g)
	session, since := s.opened.session(c, app, now)
	if session == nil {
		since = now
		session, err = s.open(p, providers.Conn{ID: c.ID, App: app, Settings: chosen,
			Tokens: &tokens{s, ref{c.WorkspaceID, c.ID, spec}, c.Tokens.Version}})
		if err != nil {
			return nil, err
		}
	}
	b := &Bound{c, p, session, setup(spec, chosen), s}
	s.opened.put(place{c.WorkspaceID, c.ID}, &entry{bound: b, app: app, changes: changes, read: now, opened: since})
	return b, nil
}

func (s *Service) open(p providers.Provider, conn providers.Conn) (*providers.Session, error) {
	deps, err := s.cfg.Deps(p.Spec())
	if err != nil {
		return nil, fmt.Errorf("connections: %w", err)
	}
	return p.Open(conn, deps)
}

// setup tells the version of the platform's API and the settings that are no secrets.
func setup(spec providers.Spec, chosen map[string]string) string {
	told := []string{strconv.Quote(spec.APIVersion)}
	for _, set := range spec.Settings {
		if v := chosen[set.Name]; v != "" && !set.Secret {
			told = append(told, set.Name+"="+strconv.Quote(v))
		}
	}
	return strings.Join(told, " ")
}

// settings are the platform's defaults, over them the app's, over them the connection's own.
func settings(spec providers.Spec, app providers.App, g store.Grant) map[string]string {
	out := map[string]string{}
	for _, set := range spec.Settings {
		if set.Default != "" {
			out[set.Name] = set.Default
		}
	}
	maps.Copy(out, app.Extra)
	for name, v := range g.Settings {
		out[name] = v.Reveal()
	}
	return out
}

// Explain adds to a refused grant where the person can consent anew, and notes that the connection is not well. Any other
// error is returned as it is.
func (b *Bound) Explain(err error) error {
	if err == nil {
		return nil
	}
	if providers.KindOf(err) == providers.Unauthorized && b.Connection.Health.UnhealthyCode == "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s, c := b.service, b.Connection
		s.condemn(ctx, ref{c.WorkspaceID, c.ID, b.Provider.Spec()}, c, CodeTokenRejected, nextTry(s.now(), c.Tokens.RefreshFailures))
	}
	return problem.Reauthorize(err, b.service.ReauthorizeURL(b.Connection))
}

// Healthy notes that the platform accepted the connection's token. It writes at most once a minute.
func (b *Bound) Healthy(ctx context.Context) {
	s, c := b.service, b.Connection
	if c.Health.UnhealthyCode != "" && c.Health.UnhealthyCode != CodeTokenRejected {
		return // an access token that still works says nothing of the refresh token
	}
	now, due := s.now(), false
	s.cache.with(c.ID, func(sl *slot) {
		if due = now.Sub(sl.healthy).Abs() >= time.Minute; due {
			sl.healthy = now
		}
	})
	if !due {
		return
	}
	if err := s.store.MarkHealthy(ctx, c.WorkspaceID, c.ID); err != nil && !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
		s.log.WarnContext(ctx, "connection's health could not be recorded", slog.String("connection", c.ID), slog.Any("error", err))
	}
}

// reauthorizeFor is how long a link for consenting anew works.
const reauthorizeFor = 7 * 24 * time.Hour

// ReauthorizeURL is where the person who consented can do so anew. It is signed: whoever has it may renew this one
// connection, and nothing else, without an API key.
func (s *Service) ReauthorizeURL(c store.Connection) string {
	hint := c.WorkspaceID + "~" + c.ID + "~" + strconv.FormatInt(s.now().Add(reauthorizeFor).Unix(), 10)
	q := url.Values{"redirect": {"true"}, "reauthorize": {s.signed(purposeReauthorize, hint)}}
	return s.cfg.PublicURL() + "/unified/integration/auth/" + url.PathEscape(c.WorkspaceID) + "/" + url.PathEscape(c.IntegrationType) + "?" + q.Encode()
}

// storeProblem is what a caller learns of a failure of the store.
func storeProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return problem.NotFound("connection")
	case errors.Is(err, store.ErrSealed):
		return err // a lost key or a tampered row: the log names it, the caller cannot help
	}
	return problem.Unavailable("The connection could not be read or written.", time.Second, err)
}

// knownOrgs are ids of ad accounts.
func knownOrgs(orgs []store.Org) []string {
	ids := make([]string, len(orgs))
	for i, o := range orgs {
		ids[i] = o.ID
	}
	slices.Sort(ids)
	return ids
}
