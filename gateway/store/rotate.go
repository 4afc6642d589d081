package store

import (
	"context"
	"fmt"
)

// sealedColumn is one column of envelopes, and how its place is told.
type sealedColumn struct {
	table, row, column string // row: the column that names the row within its workspace
}

var sealedColumns = [...]sealedColumn{
	{"apps", "integration_type", "sealed_secrets"},
	{"oauth_states", "id", "sealed_flow"},
	{"connections", "id", "sealed_profile"},
	{"connections", "id", "sealed_grant"},
	{"report_tickets", "id", "sealed_ticket"},
}

const rotateBatch = 100

// Rotate seals everything anew that is not sealed by the first key of the keyring, and returns how many envelopes that
// were. It may run while the service does: each row is changed by a compare-and-swap on its envelope and left alone
// when somebody was faster, and nothing is locked for longer than one statement. After an error it may be called again.
//
// The order for replicas: give all of them both keys, the old one first; then the new one first; rotate; then drop the
// old key.
func (s *Store) Rotate(ctx context.Context) (int, error) {
	total := 0
	for _, c := range sealedColumns {
		// A replica that still seals with the old key may write behind the pass: repeat until a pass finds nothing.
		for pass := 0; ; pass++ {
			n, err := s.rotateColumn(ctx, c)
			total += n
			if err != nil {
				return total, fmt.Errorf("store: rotate %s.%s: %w", c.table, c.column, err)
			}
			if n == 0 {
				break
			}
			if pass == 9 {
				return total, fmt.Errorf("store: rotate %s.%s: another process keeps sealing with an old key", c.table, c.column)
			}
		}
	}
	return total, nil
}

// rotateColumn goes over a column once. It reads rows of every workspace.
func (s *Store) rotateColumn(ctx context.Context, c sealedColumn) (int, error) {
	head := s.ring.header()
	q := fmt.Sprintf(`SELECT workspace_id AS workspace, %s AS id, %s AS sealed FROM %s
		WHERE (workspace_id > ? OR (workspace_id = ? AND %s > ?)) AND substr(%s, 1, ?) <> ?
		ORDER BY workspace_id, %s LIMIT ?`, c.row, c.column, c.table, c.row, c.column, c.row)
	done, workspace, id := 0, "", ""
	for {
		var rows []struct {
			Workspace, ID string
			Sealed        []byte
		}
		if err := s.all(ctx, &rows, q, workspace, workspace, id, len(head), head, rotateBatch); err != nil {
			return done, err
		}
		for _, r := range rows {
			changed, err := s.reseal(ctx, c, Place{c.table, r.Workspace, r.ID, c.column}, r.Sealed)
			if err != nil {
				return done, err
			}
			if changed {
				done++
			}
			workspace, id = r.Workspace, r.ID
		}
		if len(rows) < rotateBatch {
			return done, nil
		}
	}
}

func (s *Store) reseal(ctx context.Context, c sealedColumn, at Place, old []byte) (bool, error) {
	plain, err := s.ring.Open(old, at)
	if err != nil {
		return false, err
	}
	res, err := s.exec(ctx, fmt.Sprintf(`UPDATE %s SET %s = ? WHERE workspace_id = ? AND %s = ? AND %s = ?`, c.table, c.column, c.row, c.column),
		s.ring.Seal(plain, at), at.Workspace, at.Row, old)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
