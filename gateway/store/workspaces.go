package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// Workspace is a tenant.
type Workspace struct {
	ID        string
	Name      string
	Redirects []string // where an OAuth flow may return to without an API key
	CreatedAt time.Time
	UpdatedAt time.Time
}

type workspaceRow struct {
	ID        string         `db:"id"`
	Name      string         `db:"name"`
	Redirects text[[]string] `db:"redirects"`
	CreatedAt micros         `db:"created_at"`
	UpdatedAt micros         `db:"updated_at"`
}

func (r workspaceRow) workspace() Workspace {
	return Workspace{r.ID, r.Name, r.Redirects.V, r.CreatedAt.Time, r.UpdatedAt.Time}
}

const selectWorkspace = `SELECT id, name, redirects, created_at, updated_at FROM workspaces`

// CreateWorkspace makes a workspace with a fresh id.
func (s *Store) CreateWorkspace(ctx context.Context, name string, redirects []string) (Workspace, error) {
	now := s.now()
	w := Workspace{newID(prefixWorkspace, now), name, list(redirects).V, now, now}
	_, err := s.exec(ctx, `INSERT INTO workspaces (id, name, redirects, created_at, updated_at) VALUES (?, ?, ?, ?, ?)`,
		w.ID, w.Name, list(w.Redirects), micros{now}, micros{now})
	return w, wrap(err, "create workspace")
}

// Workspace returns one workspace, or ErrNotFound.
func (s *Store) Workspace(ctx context.Context, id string) (Workspace, error) {
	var row workspaceRow
	err := s.get(ctx, &row, selectWorkspace+` WHERE id = ?`, id)
	return row.workspace(), wrap(err, "workspace")
}

// AllWorkspaces lists the workspaces of the installation, oldest first: for its owner's command line, never for a
// tenant.
func (s *Store) AllWorkspaces(ctx context.Context) ([]Workspace, error) {
	var rows []workspaceRow
	if err := s.all(ctx, &rows, selectWorkspace+` ORDER BY created_at, id`); err != nil {
		return nil, wrap(err, "workspaces")
	}
	out := make([]Workspace, len(rows))
	for i, r := range rows {
		out[i] = r.workspace()
	}
	return out, nil
}

// UpdateWorkspace changes name and redirects as the function does, in one transaction. An error of the function is
// returned as it is, and nothing changes.
func (s *Store) UpdateWorkspace(ctx context.Context, id string, change func(*Workspace) error) (Workspace, error) {
	var w Workspace
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		var row workspaceRow
		if err := tx.GetContext(ctx, &row, tx.Rebind(selectWorkspace+` WHERE id = ?`+s.dialect.forUpdate), id); err != nil {
			return wrap(err, "workspace")
		}
		w = row.workspace()
		if err := change(&w); err != nil {
			return err
		}
		w.ID, w.CreatedAt, w.UpdatedAt = row.ID, row.CreatedAt.Time, s.now()
		_, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE workspaces SET name = ?, redirects = ?, updated_at = ? WHERE id = ?`),
			w.Name, list(w.Redirects), micros{w.UpdatedAt}, id)
		return wrap(err, "update workspace")
	})
	return w, err
}
