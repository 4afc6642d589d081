package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
)

// Limit returns what replicas know of a platform's rate limit, as its owner wrote it; empty when nothing is known.
func (s *Store) Limit(ctx context.Context, bucket string) (string, error) {
	var state string
	err := s.get(ctx, &state, `SELECT state FROM limits WHERE bucket = ?`, bucket)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, wrap(err, "limit")
}

// ChangeLimit replaces what is known by what f makes of it, as one step over all replicas. f gets "" when nothing is
// known.
func (s *Store) ChangeLimit(ctx context.Context, bucket string, f func(state string) (string, error)) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		read := tx.Rebind(`SELECT state FROM limits WHERE bucket = ?` + s.dialect.forUpdate)
		var state string
		err := tx.GetContext(ctx, &state, read, bucket)
		if errors.Is(err, sql.ErrNoRows) { // a row that is not there cannot be locked
			if _, err = tx.ExecContext(ctx, tx.Rebind(`INSERT INTO limits (bucket, state, updated_at) VALUES (?, '', ?)
				ON CONFLICT (bucket) DO NOTHING`), bucket, micros{s.now()}); err == nil {
				err = tx.GetContext(ctx, &state, read, bucket)
			}
		}
		if err != nil {
			return err
		}
		if state, err = f(state); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tx.Rebind(`UPDATE limits SET state = ?, updated_at = ? WHERE bucket = ?`), state, micros{s.now()}, bucket)
		return err
	})
	return wrap(err, "change limit")
}
