package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// The outcomes of an AuditEntry.
const (
	AuditUnknown = "unknown" // under way, or its end was never learnt
	AuditDone    = "done"
	AuditFailed  = "failed" // nothing was changed
)

// AuditEntry is one write that went to a platform, or would have.
type AuditEntry struct {
	ID             string
	WorkspaceID    string
	KeyID          string
	RequestID      string
	ConnectionID   string
	OrganizationID string
	Object         string
	ObjectID       string
	Op             string // create, update, delete
	DryRun         bool
	IdempotencyKey string
	Paths          []string        // the fields that were given
	Before, After  json.RawMessage // of an update, these fields; of a create or a delete, the whole object
	Outcome        string
	Problem        string // the code of what it failed with
	Checked        string
	Effect         string
	UpstreamIDs    []string
	Undoes         string
	UndoneBy       string
	CreatedAt      time.Time
}

type auditRow struct {
	ID             string         `db:"id"`
	WorkspaceID    string         `db:"workspace_id"`
	KeyID          string         `db:"key_id"`
	RequestID      string         `db:"request_id"`
	ConnectionID   string         `db:"connection_id"`
	OrganizationID string         `db:"organization_id"`
	Object         string         `db:"object"`
	ObjectID       string         `db:"object_id"`
	Op             string         `db:"op"`
	DryRun         bool           `db:"is_dry_run"`
	IdempotencyKey string         `db:"idem_key"`
	Paths          text[[]string] `db:"paths"`
	Before         string         `db:"value_before"`
	After          string         `db:"value_after"`
	Outcome        string         `db:"outcome"`
	Problem        string         `db:"problem"`
	Checked        string         `db:"checked"`
	Effect         string         `db:"effect"`
	UpstreamIDs    text[[]string] `db:"upstream_ids"`
	Undoes         string         `db:"undoes"`
	UndoneBy       string         `db:"undone_by"`
	CreatedAt      micros         `db:"created_at"`
}

const auditColumns = `id, workspace_id, key_id, request_id, connection_id, organization_id, object, object_id, op, is_dry_run, idem_key, paths,
	value_before, value_after, outcome, problem, checked, effect, upstream_ids, undoes, undone_by, created_at`

func (r auditRow) entry() AuditEntry {
	return AuditEntry{r.ID, r.WorkspaceID, r.KeyID, r.RequestID, r.ConnectionID, r.OrganizationID, r.Object, r.ObjectID, r.Op, r.DryRun,
		r.IdempotencyKey, r.Paths.V, json.RawMessage(r.Before), json.RawMessage(r.After), r.Outcome, r.Problem, r.Checked, r.Effect,
		r.UpstreamIDs.V, r.Undoes, r.UndoneBy, r.CreatedAt.Time}
}

// AddAudit notes a write that is about to begin, its outcome unknown.
func (s *Store) AddAudit(ctx context.Context, a AuditEntry) (AuditEntry, error) {
	return s.addAudit(ctx, s.w, a, s.now())
}

func (s *Store) addAudit(ctx context.Context, w sqlx.ExtContext, a AuditEntry, now time.Time) (AuditEntry, error) {
	a.ID, a.Outcome, a.CreatedAt = newID(prefixAudit, now), AuditUnknown, now
	_, err := w.ExecContext(ctx, w.Rebind(`INSERT INTO audit (`+auditColumns+`) VALUES (?`+strings.Repeat(`, ?`, 21)+`)`),
		a.ID, a.WorkspaceID, a.KeyID, a.RequestID, a.ConnectionID, a.OrganizationID, a.Object, a.ObjectID, a.Op, a.DryRun, a.IdempotencyKey,
		list(a.Paths), string(a.Before), string(a.After), a.Outcome, "", "", "", list(a.UpstreamIDs), a.Undoes, "", micros{a.CreatedAt})
	return a, wrap(err, "add audit")
}

// FinishAudit notes what came of a write. ErrConflict says that this is known already.
func (s *Store) FinishAudit(ctx context.Context, a AuditEntry) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error { return s.finishAudit(ctx, tx, a) })
}

func (s *Store) finishAudit(ctx context.Context, tx *sqlx.Tx, a AuditEntry) error {
	res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE audit SET object_id = ?, organization_id = ?, value_before = ?, value_after = ?, outcome = ?,
		problem = ?, checked = ?, effect = ?, upstream_ids = ? WHERE workspace_id = ? AND id = ? AND outcome = ?`),
		a.ObjectID, a.OrganizationID, string(a.Before), string(a.After), a.Outcome, a.Problem, a.Checked, a.Effect, list(a.UpstreamIDs),
		a.WorkspaceID, a.ID, AuditUnknown)
	if err := one(res, err, "finish audit", ErrConflict); err != nil || a.Undoes == "" || a.DryRun || a.Outcome != AuditDone {
		return err
	}
	_, err = tx.ExecContext(ctx, tx.Rebind(`UPDATE audit SET undone_by = ? WHERE workspace_id = ? AND id = ?`), a.ID, a.WorkspaceID, a.Undoes)
	return wrap(err, "finish audit")
}

// Audit returns one entry, or ErrNotFound.
func (s *Store) Audit(ctx context.Context, workspace, id string) (AuditEntry, error) {
	var row auditRow
	err := s.get(ctx, &row, `SELECT `+auditColumns+` FROM audit WHERE workspace_id = ? AND id = ?`, workspace, id)
	return row.entry(), wrap(err, "audit")
}

// AuditFilter narrows a list. A zero field does not narrow.
type AuditFilter struct {
	ConnectionID, Object, ObjectID, KeyID, Op, Outcome string
	Since                                              time.Time // inclusive
	After                                              *Key      // go on behind this row
	Limit, Offset                                      int
}

// Audits lists a workspace's writes, the newest first.
func (s *Store) Audits(ctx context.Context, workspace string, f AuditFilter) ([]AuditEntry, error) {
	q := query{}
	q.add(`SELECT `+auditColumns+` FROM audit WHERE workspace_id = ?`, workspace)
	q.addIf(f.ConnectionID != "", ` AND connection_id = ?`, f.ConnectionID)
	q.addIf(f.Object != "", ` AND object = ?`, f.Object)
	q.addIf(f.ObjectID != "", ` AND object_id = ?`, f.ObjectID)
	q.addIf(f.KeyID != "", ` AND key_id = ?`, f.KeyID)
	q.addIf(f.Op != "", ` AND op = ?`, f.Op)
	q.addIf(f.Outcome != "", ` AND outcome = ?`, f.Outcome)
	q.addIf(!f.Since.IsZero(), ` AND created_at >= ?`, micros{f.Since})
	q.order(ByCreation, true, f.After)
	q.page(f.Limit, f.Offset)
	var rows []auditRow
	if err := s.all(ctx, &rows, q.sql.String(), q.args...); err != nil {
		return nil, wrap(err, "audits")
	}
	out := make([]AuditEntry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, nil
}
