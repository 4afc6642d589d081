package store

import (
	"context"
	"encoding/json"
)

// Guardrail returns the limits of a workspace's connection, or of the workspace itself ("" for the connection), as they
// were put; nil when there are none.
func (s *Store) Guardrail(ctx context.Context, workspace, connection string) (json.RawMessage, error) {
	var all []string
	err := s.all(ctx, &all, `SELECT limits FROM guardrails WHERE workspace_id = ? AND connection_id = ?`, workspace, connection)
	if err != nil || len(all) == 0 {
		return nil, wrap(err, "guardrail")
	}
	return json.RawMessage(all[0]), nil
}

// PutGuardrail replaces the limits of a connection, or of the workspace.
func (s *Store) PutGuardrail(ctx context.Context, workspace, connection string, limits json.RawMessage) error {
	_, err := s.exec(ctx, `INSERT INTO guardrails (workspace_id, connection_id, limits, updated_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, connection_id) DO UPDATE SET limits = excluded.limits, updated_at = excluded.updated_at`,
		workspace, connection, string(limits), micros{s.now()})
	return wrap(err, "put guardrail")
}
