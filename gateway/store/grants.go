package store

import (
	"context"
	"encoding/json"
	"time"
)

// Grant is what a platform has given: the tokens and what belongs to them. A zero time is unknown or never.
type Grant struct {
	AccessToken   Secret
	RefreshToken  Secret // empty where the platform gives none
	TokenType     string
	ObtainedAt    time.Time
	Expiry        time.Time // of the access token
	RefreshExpiry time.Time // of the refresh token
	Scopes        []string  // as granted
	Settings      map[string]Secret
	ClientID      string // the app that the tokens belong to, when it is not the workspace's; empty otherwise
	ClientSecret  Secret
}

// grantEnvelope is what the envelope of a grant holds.
type grantEnvelope struct {
	AccessToken   string            `json:"access_token,omitempty"`
	RefreshToken  string            `json:"refresh_token,omitempty"`
	TokenType     string            `json:"token_type,omitempty"`
	ObtainedAt    time.Time         `json:"obtained_at,omitzero"`
	Expiry        time.Time         `json:"expiry,omitzero"`
	RefreshExpiry time.Time         `json:"refresh_expiry,omitzero"`
	Scopes        []string          `json:"scopes,omitempty"`
	Settings      map[string]string `json:"settings,omitempty"`
	ClientID      string            `json:"client_id,omitempty"`
	ClientSecret  string            `json:"client_secret,omitempty"`
}

func grantPlace(workspace, id string) Place {
	return Place{"connections", workspace, id, "sealed_grant"}
}

func (s *Store) sealGrant(workspace, id string, g Grant) ([]byte, error) {
	plain, err := json.Marshal(grantEnvelope{g.AccessToken.Reveal(), g.RefreshToken.Reveal(), g.TokenType, g.ObtainedAt,
		g.Expiry, g.RefreshExpiry, g.Scopes, reveal(g.Settings), g.ClientID, g.ClientSecret.Reveal()})
	if err != nil {
		return nil, err
	}
	return s.ring.Seal(plain, grantPlace(workspace, id)), nil
}

func (s *Store) openGrant(workspace, id string, sealed []byte) (Grant, error) {
	plain, err := s.ring.Open(sealed, grantPlace(workspace, id))
	if err != nil {
		return Grant{}, err
	}
	var e grantEnvelope
	if err := json.Unmarshal(plain, &e); err != nil {
		return Grant{}, err
	}
	return Grant{Secret(e.AccessToken), Secret(e.RefreshToken), e.TokenType, e.ObtainedAt, e.Expiry, e.RefreshExpiry,
		e.Scopes, conceal(e.Settings), e.ClientID, Secret(e.ClientSecret)}, nil
}

func (g Grant) state(version int64, due time.Time) TokenState {
	cut := func(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
	return TokenState{Version: version, ObtainedAt: cut(g.ObtainedAt), ExpiresAt: cut(g.Expiry),
		RefreshExpiresAt: cut(g.RefreshExpiry), RefreshDueAt: cut(due)}
}

// Grant returns a connection together with its grant, read at one moment.
func (s *Store) Grant(ctx context.Context, workspace, id string) (Connection, Grant, error) {
	var row connectionRow
	err := s.get(ctx, &row, `SELECT sealed_grant, `+connectionColumns+` FROM connections WHERE workspace_id = ? AND id = ?`, workspace, id)
	if err != nil {
		return Connection{}, Grant{}, wrap(err, "grant")
	}
	c, err := s.connection(row)
	if err != nil {
		return Connection{}, Grant{}, wrap(err, "grant")
	}
	g, err := s.openGrant(workspace, id, row.Grant)
	return c, g, wrap(err, "grant")
}

// ReplaceGrant stores new tokens if the stored ones are still of this version, and makes the connection healthy. It
// returns when they are durable. ErrConflict says that somebody else has stored newer ones, which stay. due is when an
// idle connection is to be refreshed again, zero for never.
func (s *Store) ReplaceGrant(ctx context.Context, workspace, id string, version int64, g Grant, due time.Time) (TokenState, error) {
	defer s.changes.Add(1)
	sealed, err := s.sealGrant(workspace, id, g)
	if err != nil {
		return TokenState{}, wrap(err, "replace grant")
	}
	t, now := g.state(version+1, due), micros{s.now()}
	res, err := s.exec(ctx, `UPDATE connections SET sealed_grant = ?, token_version = token_version + 1, obtained_at = ?,
		expires_at = ?, refresh_expires_at = ?, refresh_due_at = ?, refresh_failures = 0, warned_days = 0,
		last_healthy_at = ?, last_unhealthy_code = '', updated_at = ?
		WHERE workspace_id = ? AND id = ? AND token_version = ?`,
		sealed, micros{t.ObtainedAt}, micros{t.ExpiresAt}, micros{t.RefreshExpiresAt}, micros{t.RefreshDueAt}, now, now,
		workspace, id, version)
	return t, s.oneOrGone(ctx, res, err, workspace, id, "replace grant")
}
