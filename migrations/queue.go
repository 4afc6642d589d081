package migrations

import (
	"context"
	"database/sql"
	"fmt"
)

// lockID is the advisory lock of admux's migrations: the bytes of "admux".
const lockID = 0x61646d7578

// queue lets one process migrate at a time on PostgreSQL. The lock belongs to a transaction, not to a session: a
// session's lock is lost or left behind when a pooler hands the session to somebody else, a transaction's is not, and
// it ends with its process.
type queue struct{ tx *sql.Tx }

// Lock waits until no other process migrates, or until the context ends.
func (q *queue) Lock(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrations: lock: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockID)); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("migrations: lock: %w", err)
	}
	q.tx = tx
	return nil
}

// Unlock lets the next one in.
func (q *queue) Unlock(context.Context, *sql.DB) error {
	return q.tx.Rollback()
}
