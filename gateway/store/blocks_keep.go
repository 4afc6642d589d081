package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// UseBlocks notes that blocks were answered with, so that others are dropped first.
func (s *Store) UseBlocks(ctx context.Context, workspace string, ids []string) error {
	now := s.now()
	return inPieces(ids, keysAtOnce, func(ids []string) error {
		q := ` report_blocks WHERE workspace_id = ? AND used_at < ? AND id IN (` + marks(len(ids)) + `)`
		args := append([]any{workspace, micros{now.Add(-usedPrecision)}}, anys(ids)...)
		var stale int64
		if err := s.get(ctx, &stale, `SELECT COUNT(*) FROM`+q, args...); err != nil || stale == 0 {
			return wrap(err, "use blocks")
		}
		_, err := s.exec(ctx, `UPDATE report_blocks SET used_at = ? WHERE workspace_id = ? AND used_at < ? AND id IN (`+marks(len(ids))+`)`,
			append([]any{micros{now}}, args...)...)
		return wrap(err, "use blocks")
	})
}

// UnfinalBlocks takes back that the days of blocks are final: a platform has said that they can change after all.
func (s *Store) UnfinalBlocks(ctx context.Context, workspace string, ids []string) error {
	return inPieces(ids, keysAtOnce, func(ids []string) error {
		_, err := s.exec(ctx, `UPDATE report_blocks SET final_at = NULL WHERE workspace_id = ? AND id IN (`+marks(len(ids))+`)`,
			append([]any{workspace}, anys(ids)...)...)
		return wrap(err, "blocks that are not final")
	})
}

// SweepBlocksAnyWorkspace drops versions that were superseded, or last read, before a moment; then, of each workspace that
// keeps more bytes than it may, superseded versions and after them those that were used least lately.
func (s *Store) SweepBlocksAnyWorkspace(ctx context.Context, before time.Time, most int64) (int64, error) {
	old, err := s.exec(ctx, `DELETE FROM report_blocks WHERE superseded_at < ? OR seen_at < ?`, micros{before}, micros{before})
	if err != nil {
		return 0, wrap(err, "sweep blocks")
	}
	over, err := s.exec(ctx, `DELETE FROM report_blocks WHERE id IN (SELECT id FROM (
			SELECT id, SUM(size) OVER (PARTITION BY workspace_id ORDER BY CASE WHEN superseded_at IS NULL THEN 0 ELSE 1 END, used_at DESC, id DESC
				ROWS UNBOUNDED PRECEDING) AS total FROM report_blocks) AS kept WHERE total > ?)`, most)
	if err != nil {
		return 0, wrap(err, "sweep blocks")
	}
	n, err := old.RowsAffected()
	m, more := over.RowsAffected()
	return n + m, wrap(errors.Join(err, more), "sweep blocks")
}

// keysOf lists the keys of blocks, each once.
func keysOf(blocks []Block) []string {
	var out []string
	for _, b := range blocks {
		if n := len(out); n == 0 || out[n-1] != b.Key {
			out = append(out, b.Key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// marks are the places of n values.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// inPieces calls f with at most n items at a time.
func inPieces(list []string, n int, f func([]string) error) error {
	for piece := range slices.Chunk(list, n) {
		if err := f(piece); err != nil {
			return err
		}
	}
	return nil
}
