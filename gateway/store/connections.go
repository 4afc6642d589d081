package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// Connection is a grant of somebody's ad accounts to a workspace, without its secrets.
type Connection struct {
	ID              string
	WorkspaceID     string
	IntegrationType string
	Environment     string
	ExternalXref    string
	Permissions     []string
	Paused          bool
	Orgs            []Org
	Profile         Profile
	Tokens          TokenState
	Health          Health
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// Org is an ad account that the grant sees.
type Org struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Currency string `json:"currency,omitempty"` // ISO 4217; empty when the platform has not said
	Timezone string `json:"timezone,omitempty"` // IANA; empty when the platform has not said
}

// Profile is who consented. It is sealed too: names and addresses are nobody else's business.
type Profile struct {
	Name   string         `json:"name,omitempty"`
	Emails []string       `json:"emails,omitempty"`
	UserID string         `json:"user_id,omitempty"`
	Meta   map[string]any `json:"meta,omitempty"`
}

// TokenState is what is known of the tokens without opening them. A zero time is unknown or never.
type TokenState struct {
	Version          int64 // goes up by one whenever the tokens change
	ObtainedAt       time.Time
	ExpiresAt        time.Time // of the access token
	RefreshExpiresAt time.Time // of the refresh token
	RefreshDueAt     time.Time // when an idle connection is refreshed
	RefreshFailures  int64     // in a row
	WarnedDays       int64     // the last expiry warning given: 14, 7 or 1; 0 for none
}

// Health is how the grant last fared.
type Health struct {
	HealthyAt     time.Time // zero: never seen to work
	UnhealthyAt   time.Time // zero: never failed
	UnhealthyCode string    // empty while healthy
}

type connectionRow struct {
	ID               string         `db:"id"`
	WorkspaceID      string         `db:"workspace_id"`
	IntegrationType  string         `db:"integration_type"`
	Environment      string         `db:"environment"`
	ExternalXref     string         `db:"external_xref"`
	Permissions      text[[]string] `db:"permissions"`
	Paused           bool           `db:"is_paused"`
	Orgs             text[[]Org]    `db:"orgs"`
	Profile          []byte         `db:"sealed_profile"`
	Grant            []byte         `db:"sealed_grant"` // selected only where it is wanted
	TokenVersion     int64          `db:"token_version"`
	ObtainedAt       micros         `db:"obtained_at"`
	ExpiresAt        micros         `db:"expires_at"`
	RefreshExpiresAt micros         `db:"refresh_expires_at"`
	RefreshDueAt     micros         `db:"refresh_due_at"`
	RefreshFailures  int64          `db:"refresh_failures"`
	WarnedDays       int64          `db:"warned_days"`
	LeaseOwner       string         `db:"lease_owner"`
	LeaseEpoch       int64          `db:"lease_epoch"`
	LeaseBeat        int64          `db:"lease_beat"`
	HealthyAt        micros         `db:"last_healthy_at"`
	UnhealthyAt      micros         `db:"last_unhealthy_at"`
	UnhealthyCode    string         `db:"last_unhealthy_code"`
	CreatedAt        micros         `db:"created_at"`
	UpdatedAt        micros         `db:"updated_at"`
}

const connectionColumns = `id, workspace_id, integration_type, environment, external_xref, permissions, is_paused, orgs,
	sealed_profile, token_version, obtained_at, expires_at, refresh_expires_at, refresh_due_at, refresh_failures,
	warned_days, last_healthy_at, last_unhealthy_at, last_unhealthy_code, created_at, updated_at`

func profilePlace(workspace, id string) Place {
	return Place{"connections", workspace, id, "sealed_profile"}
}

func (s *Store) connection(r connectionRow) (Connection, error) {
	c := Connection{
		ID: r.ID, WorkspaceID: r.WorkspaceID, IntegrationType: r.IntegrationType, Environment: r.Environment,
		ExternalXref: r.ExternalXref, Permissions: r.Permissions.V, Paused: r.Paused, Orgs: r.Orgs.V,
		Tokens: TokenState{r.TokenVersion, r.ObtainedAt.Time, r.ExpiresAt.Time, r.RefreshExpiresAt.Time,
			r.RefreshDueAt.Time, r.RefreshFailures, r.WarnedDays},
		Health:    Health{r.HealthyAt.Time, r.UnhealthyAt.Time, r.UnhealthyCode},
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
	plain, err := s.ring.Open(r.Profile, profilePlace(r.WorkspaceID, r.ID))
	if err != nil {
		return Connection{}, err
	}
	return c, json.Unmarshal(plain, &c.Profile)
}

func (s *Store) sealProfile(c Connection) ([]byte, error) {
	plain, err := json.Marshal(c.Profile)
	if err != nil {
		return nil, err
	}
	return s.ring.Seal(plain, profilePlace(c.WorkspaceID, c.ID)), nil
}

// CreateConnection keeps a new connection with its grant. The id, the times, the token state and the health are filled
// in: a grant that has just been given is healthy. due is when an idle connection is to be refreshed, zero for never.
func (s *Store) CreateConnection(ctx context.Context, c Connection, g Grant, due time.Time) (Connection, error) {
	now := s.now()
	c.ID, c.CreatedAt, c.UpdatedAt = newID(prefixConnection, now), now, now
	c.Permissions, c.Orgs = list(c.Permissions).V, list(c.Orgs).V
	c.Health = Health{HealthyAt: now}
	c.Tokens = g.state(1, due)
	profile, err := s.sealProfile(c)
	if err != nil {
		return Connection{}, wrap(err, "create connection")
	}
	grant, err := s.sealGrant(c.WorkspaceID, c.ID, g)
	if err != nil {
		return Connection{}, wrap(err, "create connection")
	}
	t := c.Tokens
	_, err = s.exec(ctx, `INSERT INTO connections (id, workspace_id, integration_type, environment, external_xref, permissions,
		is_paused, orgs, sealed_profile, sealed_grant, token_version, obtained_at, expires_at, refresh_expires_at,
		refresh_due_at, refresh_failures, warned_days, lease_owner, lease_epoch, lease_beat, last_healthy_at,
		last_unhealthy_at, last_unhealthy_code, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', 0, 0, ?, NULL, '', ?, ?)`,
		c.ID, c.WorkspaceID, c.IntegrationType, c.Environment, c.ExternalXref, list(c.Permissions), c.Paused, list(c.Orgs),
		profile, grant, t.Version, micros{t.ObtainedAt}, micros{t.ExpiresAt}, micros{t.RefreshExpiresAt},
		micros{t.RefreshDueAt}, micros{now}, micros{now}, micros{now})
	return c, wrap(err, "create connection")
}

// Connection returns one connection of a workspace, or ErrNotFound.
func (s *Store) Connection(ctx context.Context, workspace, id string) (Connection, error) {
	var row connectionRow
	if err := s.get(ctx, &row, `SELECT `+connectionColumns+` FROM connections WHERE workspace_id = ? AND id = ?`, workspace, id); err != nil {
		return Connection{}, wrap(err, "connection")
	}
	c, err := s.connection(row)
	return c, wrap(err, "connection")
}

// UpdateConnection changes environment, external xref, permissions, pause, orgs and profile as the function does, in
// one transaction; what else it changes is not kept. An error of the function is returned as it is, and nothing changes.
func (s *Store) UpdateConnection(ctx context.Context, workspace, id string, change func(*Connection) error) (Connection, error) {
	defer s.changes.Add(1)
	var c Connection
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		var row connectionRow
		q := `SELECT ` + connectionColumns + ` FROM connections WHERE workspace_id = ? AND id = ?` + s.dialect.forUpdate
		if err := tx.GetContext(ctx, &row, tx.Rebind(q), workspace, id); err != nil {
			return wrap(err, "connection")
		}
		old, err := s.connection(row)
		if err != nil {
			return wrap(err, "connection")
		}
		c = old
		if err := change(&c); err != nil {
			return err
		}
		c.ID, c.WorkspaceID, c.IntegrationType, c.Tokens, c.Health, c.CreatedAt = old.ID, old.WorkspaceID,
			old.IntegrationType, old.Tokens, old.Health, old.CreatedAt
		c.UpdatedAt = s.now()
		profile, err := s.sealProfile(c)
		if err != nil {
			return wrap(err, "update connection")
		}
		_, err = tx.ExecContext(ctx, tx.Rebind(`UPDATE connections SET environment = ?, external_xref = ?, permissions = ?,
			is_paused = ?, orgs = ?, sealed_profile = ?, updated_at = ? WHERE workspace_id = ? AND id = ?`),
			c.Environment, c.ExternalXref, list(c.Permissions), c.Paused, list(c.Orgs), profile, micros{c.UpdatedAt}, workspace, id)
		return wrap(err, "update connection")
	})
	return c, err
}

// DeleteConnection forgets a connection and its tokens.
func (s *Store) DeleteConnection(ctx context.Context, workspace, id string) error {
	defer s.changes.Add(1)
	res, err := s.exec(ctx, `DELETE FROM connections WHERE workspace_id = ? AND id = ?`, workspace, id)
	return one(res, err, "delete connection", ErrNotFound)
}
