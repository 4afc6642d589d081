package store

import (
	"context"
	"time"
)

// APIKey is what is kept of a key: its hash, never the key.
type APIKey struct {
	ID          string
	WorkspaceID string
	Name        string
	Prefix      string // the first characters of the key, for people to tell keys apart
	Scopes      []string
	CreatedAt   time.Time
	LastUsedAt  time.Time // zero: never; at most a few minutes behind
	RevokedAt   time.Time // zero: in force
}

type keyRow struct {
	ID          string         `db:"id"`
	WorkspaceID string         `db:"workspace_id"`
	Name        string         `db:"name"`
	Prefix      string         `db:"prefix"`
	Scopes      text[[]string] `db:"scopes"`
	CreatedAt   micros         `db:"created_at"`
	LastUsedAt  micros         `db:"last_used_at"`
	RevokedAt   micros         `db:"revoked_at"`
}

func (r keyRow) key() APIKey {
	return APIKey{r.ID, r.WorkspaceID, r.Name, r.Prefix, r.Scopes.V, r.CreatedAt.Time, r.LastUsedAt.Time, r.RevokedAt.Time}
}

const selectKey = `SELECT id, workspace_id, name, prefix, scopes, created_at, last_used_at, revoked_at FROM api_keys`

// CreateAPIKey keeps a key by its hash. The id and the times of k are filled in.
func (s *Store) CreateAPIKey(ctx context.Context, k APIKey, hash []byte) (APIKey, error) {
	now := s.now()
	k.ID, k.CreatedAt, k.LastUsedAt, k.RevokedAt = newID(prefixKey, now), now, time.Time{}, time.Time{}
	_, err := s.exec(ctx, `INSERT INTO api_keys (id, workspace_id, name, hash, prefix, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		k.ID, k.WorkspaceID, k.Name, hash, k.Prefix, list(k.Scopes), micros{now})
	return k, wrap(err, "create key")
}

// APIKeyByHashAnyWorkspace finds the key that a caller presented: this is how his workspace becomes known. Revoked
// keys are returned too.
func (s *Store) APIKeyByHashAnyWorkspace(ctx context.Context, hash []byte) (APIKey, error) {
	var row keyRow
	err := s.get(ctx, &row, selectKey+` WHERE hash = ?`, hash)
	return row.key(), wrap(err, "key")
}

// APIKeys lists a workspace's keys, oldest first, revoked ones included.
func (s *Store) APIKeys(ctx context.Context, workspace string) ([]APIKey, error) {
	var rows []keyRow
	if err := s.all(ctx, &rows, selectKey+` WHERE workspace_id = ? ORDER BY created_at, id`, workspace); err != nil {
		return nil, wrap(err, "keys")
	}
	out := make([]APIKey, len(rows))
	for i, r := range rows {
		out[i] = r.key()
	}
	return out, nil
}

// RevokeAPIKey ends a key. A key that was revoked before keeps its first moment.
func (s *Store) RevokeAPIKey(ctx context.Context, workspace, id string) error {
	res, err := s.exec(ctx, `UPDATE api_keys SET revoked_at = COALESCE(revoked_at, ?) WHERE workspace_id = ? AND id = ?`,
		micros{s.now()}, workspace, id)
	return one(res, err, "revoke key", ErrNotFound)
}

// TouchAPIKey records that a key was used.
func (s *Store) TouchAPIKey(ctx context.Context, workspace, id string, at time.Time) error {
	res, err := s.exec(ctx, `UPDATE api_keys SET last_used_at = ? WHERE workspace_id = ? AND id = ?`, micros{at}, workspace, id)
	return one(res, err, "touch key", ErrNotFound)
}
