package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// The states of an Idempotent.
const (
	IdempotentStarted = "started" // nothing has been sent to the platform
	IdempotentSent    = "sent"    // the platform may have made the object
	IdempotentDone    = "done"    // there is an answer, which is given again
)

// Idempotent is a create that was asked for with an Idempotency-Key.
type Idempotent struct {
	WorkspaceID  string
	Key          string
	Fingerprint  string // of the request
	ConnectionID string
	Object       string
	State        string
	Owner        string    // who works on it
	BeatAt       time.Time // when the owner was last seen alive
	Known        []string  // ids of objects that were there before and look like what is to be made
	Since        time.Time // not after the moment at which the create was sent
	Answer       json.RawMessage
	ExpiresAt    time.Time
}

type idempotentRow struct {
	WorkspaceID  string         `db:"workspace_id"`
	Key          string         `db:"idem_key"`
	Fingerprint  string         `db:"fingerprint"`
	ConnectionID string         `db:"connection_id"`
	Object       string         `db:"object"`
	State        string         `db:"state"`
	Owner        string         `db:"owner"`
	BeatAt       micros         `db:"beat_at"`
	Known        text[[]string] `db:"known"`
	Since        micros         `db:"since"`
	Answer       string         `db:"answer"`
	ExpiresAt    micros         `db:"expires_at"`
}

func (r idempotentRow) idempotent() Idempotent {
	return Idempotent{r.WorkspaceID, r.Key, r.Fingerprint, r.ConnectionID, r.Object, r.State, r.Owner, r.BeatAt.Time, r.Known.V,
		r.Since.Time, json.RawMessage(r.Answer), r.ExpiresAt.Time}
}

// StartIdempotent takes a key for a request. When the key is taken, it returns what there is and false. A key whose time
// is over is free again.
func (s *Store) StartIdempotent(ctx context.Context, i Idempotent) (Idempotent, bool, error) {
	now := s.now()
	if _, err := s.exec(ctx, `DELETE FROM idempotency WHERE workspace_id = ? AND idem_key = ? AND expires_at <= ?`,
		i.WorkspaceID, i.Key, micros{now}); err != nil {
		return i, false, wrap(err, "start idempotent")
	}
	i.State, i.BeatAt = IdempotentStarted, now
	res, err := s.exec(ctx, `INSERT INTO idempotency (workspace_id, idem_key, fingerprint, connection_id, object, state, owner, beat_at, known,
		since, answer, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, idem_key) DO NOTHING`,
		i.WorkspaceID, i.Key, i.Fingerprint, i.ConnectionID, i.Object, i.State, i.Owner, micros{now}, list(i.Known), micros{}, "",
		micros{now}, micros{i.ExpiresAt})
	if err != nil {
		return i, false, wrap(err, "start idempotent")
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return i, n == 1, wrap(err, "start idempotent")
	}
	there, err := s.Idempotent(ctx, i.WorkspaceID, i.Key)
	return there, false, err
}

// Idempotent returns what is known of a key, or ErrNotFound.
func (s *Store) Idempotent(ctx context.Context, workspace, key string) (Idempotent, error) {
	var row idempotentRow
	// Of the writing side: a reader may not see yet what has just been written.
	err := s.w.GetContext(ctx, &row, s.w.Rebind(`SELECT workspace_id, idem_key, fingerprint, connection_id, object, state, owner, beat_at,
		known, since, answer, expires_at FROM idempotency WHERE workspace_id = ? AND idem_key = ?`), workspace, key)
	return row.idempotent(), wrap(err, "idempotent")
}

// TakeIdempotent makes owner the one who works on a key, if it is still exactly as seen. ErrConflict says that it is not.
func (s *Store) TakeIdempotent(ctx context.Context, seen Idempotent, owner string) (Idempotent, error) {
	now := s.now()
	res, err := s.exec(ctx, `UPDATE idempotency SET owner = ?, beat_at = ? WHERE workspace_id = ? AND idem_key = ? AND owner = ?
		AND beat_at = ? AND state = ?`, owner, micros{now}, seen.WorkspaceID, seen.Key, seen.Owner, micros{seen.BeatAt}, seen.State)
	seen.Owner, seen.BeatAt = owner, now
	return seen, one(res, err, "take idempotent", ErrConflict)
}

// BeatIdempotent shows that the owner is alive. ErrConflict says that it owns the key no more.
func (s *Store) BeatIdempotent(ctx context.Context, workspace, key, owner string) error {
	res, err := s.exec(ctx, `UPDATE idempotency SET beat_at = ? WHERE workspace_id = ? AND idem_key = ? AND owner = ?`,
		micros{s.now()}, workspace, key, owner)
	return one(res, err, "beat idempotent", ErrConflict)
}

// SendIdempotent notes in one step that the platform is about to be told to make the object, and the write's audit entry,
// its outcome unknown. ErrConflict says that owner may not.
func (s *Store) SendIdempotent(ctx context.Context, i Idempotent, a AuditEntry) (Idempotent, AuditEntry, error) {
	now := s.now()
	if i.Since.IsZero() { // what may have been made by an earlier try counts from that one
		i.Since = now
	}
	i.State, i.BeatAt = IdempotentSent, now
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE idempotency SET state = ?, beat_at = ?, known = ?, since = ? WHERE workspace_id = ? AND idem_key = ?
			AND owner = ?`), i.State, micros{now}, list(i.Known), micros{i.Since}, i.WorkspaceID, i.Key, i.Owner)
		if err := one(res, err, "send idempotent", ErrConflict); err != nil {
			return err
		}
		a, err = s.addAudit(ctx, tx, a, now)
		return err
	})
	return i, a, err
}

// DropIdempotent frees a key of which surely nothing was made.
func (s *Store) DropIdempotent(ctx context.Context, i Idempotent) error {
	res, err := s.exec(ctx, `DELETE FROM idempotency WHERE workspace_id = ? AND idem_key = ? AND owner = ?`, i.WorkspaceID, i.Key, i.Owner)
	return one(res, err, "drop idempotent", ErrConflict)
}

// FinishIdempotent keeps the answer of a key, and what came of the write, in one step.
func (s *Store) FinishIdempotent(ctx context.Context, i Idempotent, a AuditEntry) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE idempotency SET state = ?, answer = ?, expires_at = ? WHERE workspace_id = ?
			AND idem_key = ? AND owner = ?`), IdempotentDone, string(i.Answer), micros{i.ExpiresAt}, i.WorkspaceID, i.Key, i.Owner)
		if err := one(res, err, "finish idempotent", ErrConflict); err != nil {
			return err
		}
		return s.finishAudit(ctx, tx, a)
	})
}

// PruneIdempotentAnyWorkspace forgets the keys whose time is over, and returns how many they were.
func (s *Store) PruneIdempotentAnyWorkspace(ctx context.Context) (int64, error) {
	res, err := s.exec(ctx, `DELETE FROM idempotency WHERE expires_at <= ?`, micros{s.now()})
	if err != nil {
		return 0, wrap(err, "prune idempotent")
	}
	n, err := res.RowsAffected()
	return n, wrap(err, "prune idempotent")
}
