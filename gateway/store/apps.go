package store

import (
	"context"
	"encoding/json"
	"time"
)

// App is a workspace's own application at a platform.
type App struct {
	WorkspaceID     string
	IntegrationType string
	ClientID        string
	ClientSecret    Secret
	RedirectURL     string
	Extra           map[string]Secret // developer token and the like, by the provider's names
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

type appRow struct {
	WorkspaceID     string `db:"workspace_id"`
	IntegrationType string `db:"integration_type"`
	ClientID        string `db:"client_id"`
	RedirectURL     string `db:"redirect_url"`
	Secrets         []byte `db:"sealed_secrets"`
	CreatedAt       micros `db:"created_at"`
	UpdatedAt       micros `db:"updated_at"`
}

// appSecrets is what the envelope of an app holds.
type appSecrets struct {
	ClientSecret string            `json:"client_secret"`
	Extra        map[string]string `json:"extra,omitempty"`
}

func appPlace(workspace, integration string) Place {
	return Place{"apps", workspace, integration, "sealed_secrets"}
}

// PutApp creates or replaces the app of a workspace and integration type.
func (s *Store) PutApp(ctx context.Context, a App) (App, error) {
	defer s.changes.Add(1)
	plain, err := json.Marshal(appSecrets{a.ClientSecret.Reveal(), reveal(a.Extra)})
	if err != nil {
		return App{}, wrap(err, "put app")
	}
	now := micros{s.now()}
	sealed := s.ring.Seal(plain, appPlace(a.WorkspaceID, a.IntegrationType))
	if _, err := s.exec(ctx, `INSERT INTO apps (workspace_id, integration_type, client_id, redirect_url, sealed_secrets, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, integration_type) DO UPDATE SET client_id = excluded.client_id,
		redirect_url = excluded.redirect_url, sealed_secrets = excluded.sealed_secrets, updated_at = excluded.updated_at`,
		a.WorkspaceID, a.IntegrationType, a.ClientID, a.RedirectURL, sealed, now, now); err != nil {
		return App{}, wrap(err, "put app")
	}
	return s.App(ctx, a.WorkspaceID, a.IntegrationType)
}

// App returns a workspace's own app, or ErrNotFound.
func (s *Store) App(ctx context.Context, workspace, integration string) (App, error) {
	var row appRow
	err := s.get(ctx, &row, `SELECT workspace_id, integration_type, client_id, redirect_url, sealed_secrets, created_at, updated_at
		FROM apps WHERE workspace_id = ? AND integration_type = ?`, workspace, integration)
	if err != nil {
		return App{}, wrap(err, "app")
	}
	plain, err := s.ring.Open(row.Secrets, appPlace(workspace, integration))
	if err != nil {
		return App{}, wrap(err, "app")
	}
	var sec appSecrets
	if err := json.Unmarshal(plain, &sec); err != nil {
		return App{}, wrap(err, "app")
	}
	return App{row.WorkspaceID, row.IntegrationType, row.ClientID, Secret(sec.ClientSecret), row.RedirectURL,
		conceal(sec.Extra), row.CreatedAt.Time, row.UpdatedAt.Time}, nil
}

// AppTypes lists the integration types for which a workspace has an app of its own.
func (s *Store) AppTypes(ctx context.Context, workspace string) ([]string, error) {
	types := []string{}
	err := s.all(ctx, &types, `SELECT integration_type FROM apps WHERE workspace_id = ? ORDER BY integration_type`, workspace)
	return types, wrap(err, "apps")
}

// DeleteApp forgets a workspace's app.
func (s *Store) DeleteApp(ctx context.Context, workspace, integration string) error {
	defer s.changes.Add(1)
	res, err := s.exec(ctx, `DELETE FROM apps WHERE workspace_id = ? AND integration_type = ?`, workspace, integration)
	return one(res, err, "delete app", ErrNotFound)
}
