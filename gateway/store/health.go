package store

import (
	"context"
	"database/sql"
	"time"
)

// MarkHealthy records that the platform accepted the connection's tokens.
func (s *Store) MarkHealthy(ctx context.Context, workspace, id string) error {
	defer s.changes.Add(1)
	res, err := s.exec(ctx, `UPDATE connections SET last_healthy_at = ?, last_unhealthy_code = '' WHERE workspace_id = ? AND id = ?`,
		micros{s.now()}, workspace, id)
	return one(res, err, "mark healthy", ErrNotFound)
}

// MarkUnhealthy records why the tokens of this version are of no use, and when a refresh is tried once more all the
// same (zero: never). ErrConflict says that newer tokens are there, which the verdict does not concern.
func (s *Store) MarkUnhealthy(ctx context.Context, workspace, id string, version int64, code string, retry time.Time) error {
	defer s.changes.Add(1)
	now := micros{s.now()}
	res, err := s.exec(ctx, `UPDATE connections SET last_unhealthy_at = ?, last_unhealthy_code = ?, refresh_due_at = ?,
		refresh_failures = refresh_failures + 1, updated_at = ?
		WHERE workspace_id = ? AND id = ? AND token_version = ?`, now, code, micros{retry}, now, workspace, id, version)
	return s.oneOrGone(ctx, res, err, workspace, id, "mark unhealthy")
}

// PostponeRefresh records that a refresh of the tokens of this version failed for now, and when it is tried again.
func (s *Store) PostponeRefresh(ctx context.Context, workspace, id string, version int64, until time.Time) error {
	res, err := s.exec(ctx, `UPDATE connections SET refresh_failures = refresh_failures + 1, refresh_due_at = ?
		WHERE workspace_id = ? AND id = ? AND token_version = ?`, micros{until}, workspace, id, version)
	return s.oneOrGone(ctx, res, err, workspace, id, "postpone refresh")
}

// MarkWarned records that the expiry of the tokens of this version was warned of. ErrConflict says that another
// process has done so, or that newer tokens are there: then there is nothing to say.
func (s *Store) MarkWarned(ctx context.Context, workspace, id string, version, days int64) error {
	res, err := s.exec(ctx, `UPDATE connections SET warned_days = ?
		WHERE workspace_id = ? AND id = ? AND token_version = ? AND warned_days <> ?`, days, workspace, id, version, days)
	return s.oneOrGone(ctx, res, err, workspace, id, "mark warned")
}

// DueConnectionsAnyWorkspace lists connections whose refresh is due and that are not paused, the most urgent first.
func (s *Store) DueConnectionsAnyWorkspace(ctx context.Context, at time.Time, limit int) ([]Connection, error) {
	var rows []connectionRow
	err := s.all(ctx, &rows, `SELECT `+connectionColumns+` FROM connections
		WHERE refresh_due_at <= ? AND NOT is_paused ORDER BY refresh_due_at, id LIMIT ?`, micros{at}, limit)
	if err != nil {
		return nil, wrap(err, "due connections")
	}
	return s.connections(rows)
}

// ExpiringConnectionsAnyWorkspace lists connections whose grant ends by a moment: that of the refresh token, or that of
// an access token which is not refreshed.
func (s *Store) ExpiringConnectionsAnyWorkspace(ctx context.Context, by time.Time) ([]Connection, error) {
	var rows []connectionRow
	err := s.all(ctx, &rows, `SELECT `+connectionColumns+` FROM connections
		WHERE (refresh_expires_at <= ? OR (refresh_expires_at IS NULL AND refresh_due_at IS NULL AND expires_at <= ?))
		AND last_unhealthy_code = '' AND NOT is_paused ORDER BY id`, micros{by}, micros{by})
	if err != nil {
		return nil, wrap(err, "expiring connections")
	}
	return s.connections(rows)
}

// oneOrGone is one for a compare-and-swap: when nothing matched, it tells a row that moved on from one that is gone.
func (s *Store) oneOrGone(ctx context.Context, res sql.Result, err error, workspace, id, what string) error {
	if err != nil {
		return wrap(err, what)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return wrap(err, what)
	}
	var found int
	if err := s.get(ctx, &found, `SELECT 1 FROM connections WHERE workspace_id = ? AND id = ?`, workspace, id); err != nil {
		return wrap(err, what)
	}
	return wrap(ErrConflict, what)
}
