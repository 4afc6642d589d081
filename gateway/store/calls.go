package store

import (
	"context"
	"time"
)

// Call is one call that the gateway answered, as the contract's ApiCall. It never carries a query string or a body,
// nor a header that might hold a secret.
type Call struct {
	ID              string    `db:"id"`
	WorkspaceID     string    `db:"workspace_id"`
	ConnectionID    string    `db:"connection_id"`
	IntegrationType string    `db:"integration_type"`
	Environment     string    `db:"environment"`
	ExternalXref    string    `db:"external_xref"`
	Type            string    `db:"type"` // login, webhook, inbound or mcp
	Name            string    `db:"name"`
	Method          string    `db:"method"`
	Path            string    `db:"path"`
	Status          string    `db:"status"`
	Error           string    `db:"error"`
	Size            int64     `db:"size"`                  // bytes of the answer
	PlatformTime    int64     `db:"endapi_response_time"`  // milliseconds
	Time            int64     `db:"unified_response_time"` // milliseconds
	IPAddress       string    `db:"ip_address"`
	UserAgent       string    `db:"user_agent"`
	Billable        bool      `db:"is_billable"`
	WebhookID       string    `db:"webhook_id"`
	Upstream        string    `db:"upstream"` // the calls to platforms that it made: JSON
	CreatedAt       time.Time `db:"-"`
}

type callRow struct {
	Call
	Created micros `db:"created_at"`
}

const callColumns = `id, workspace_id, connection_id, integration_type, environment, external_xref, type, name, method, path,
	status, error, size, endapi_response_time, unified_response_time, ip_address, user_agent, is_billable, webhook_id, upstream, created_at`

// CallFilter narrows and orders a list. A zero field does not narrow.
type CallFilter struct {
	ConnectionID    string
	IntegrationType string
	Environment     string
	ExternalXref    string
	Type            string
	WebhookID       string
	Failed          *bool // true: with an error only; false: without one
	Billable        *bool
	UpdatedGTE      time.Time // a call does not change: its moment of creation
	Asc             bool      // oldest first; the newest come first otherwise
	After           *Key      // go on behind this row
	Limit           int       // 0: all
	Offset          int
}

// APICall returns one call of a workspace, or ErrNotFound.
func (s *Store) APICall(ctx context.Context, workspace, id string) (Call, error) {
	var row callRow
	err := s.get(ctx, &row, `SELECT `+callColumns+` FROM apicalls WHERE workspace_id = ? AND id = ?`, workspace, id)
	return row.call(), wrap(err, "call")
}

// APICalls lists a workspace's calls.
func (s *Store) APICalls(ctx context.Context, workspace string, f CallFilter) ([]Call, error) {
	q := query{}
	q.add(`SELECT `+callColumns+` FROM apicalls WHERE workspace_id = ?`, workspace)
	q.addIf(f.ConnectionID != "", ` AND connection_id = ?`, f.ConnectionID)
	q.addIf(f.IntegrationType != "", ` AND integration_type = ?`, f.IntegrationType)
	q.addIf(f.Environment != "", ` AND environment = ?`, f.Environment)
	q.addIf(f.ExternalXref != "", ` AND external_xref = ?`, f.ExternalXref)
	q.addIf(f.Type != "", ` AND type = ?`, f.Type)
	q.addIf(f.WebhookID != "", ` AND webhook_id = ?`, f.WebhookID)
	q.addIf(f.Failed != nil && *f.Failed, ` AND error <> ''`)
	q.addIf(f.Failed != nil && !*f.Failed, ` AND error = ''`)
	if f.Billable != nil {
		q.add(` AND is_billable = ?`, *f.Billable)
	}
	q.addIf(!f.UpdatedGTE.IsZero(), ` AND created_at >= ?`, micros{f.UpdatedGTE})
	q.order(ByCreation, !f.Asc, f.After)
	q.page(f.Limit, f.Offset)
	var rows []callRow
	if err := s.all(ctx, &rows, q.sql.String(), q.args...); err != nil {
		return nil, wrap(err, "calls")
	}
	out := make([]Call, len(rows))
	for i, r := range rows {
		out[i] = r.call()
	}
	return out, nil
}

// PruneAPICallsAnyWorkspace drops calls that are older than a moment, and the oldest beyond a count of rows over all
// workspaces (0: no limit). It returns how many went.
func (s *Store) PruneAPICallsAnyWorkspace(ctx context.Context, before time.Time, keep int64) (int64, error) {
	res, err := s.exec(ctx, `DELETE FROM apicalls WHERE created_at < ?`, micros{before})
	if err != nil {
		return 0, wrap(err, "prune calls")
	}
	gone, err := res.RowsAffected()
	if err != nil || keep <= 0 {
		return gone, wrap(err, "prune calls")
	}
	res, err = s.exec(ctx, `DELETE FROM apicalls WHERE id IN
		(SELECT id FROM apicalls ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?)`, 1<<31, keep)
	if err != nil {
		return gone, wrap(err, "prune calls")
	}
	n, err := res.RowsAffected()
	return gone + n, wrap(err, "prune calls")
}

func (r callRow) call() Call {
	c := r.Call
	c.CreatedAt = r.Created.Time
	return c
}
