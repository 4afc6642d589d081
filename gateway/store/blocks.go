package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/admux/admux/normalize"
)

// Block is one version of what a platform has answered for a period: rows that nobody has to ask for again while they are
// final, and that later ones are compared with.
type Block struct {
	ID           string
	ConnectionID string
	Key          string // everything that changes the answer but the days
	Days         normalize.DayRange
	ReadAt       time.Time // first read so
	SeenAt       time.Time // last read so
	FinalAt      time.Time // read with all of its days final; zero: they could change when it was last read
	Digest       string
	Rows         int64
	Size         int64  // bytes of all of it
	Meta         string // JSON
	Body         []byte // of blocks to be kept; BlockBodies reads those of others
}

// blockOverhead is what a row takes besides its body and its meta.
const blockOverhead = 400

const (
	blocksAtOnce = 50  // one statement writes
	keysAtOnce   = 200 // one statement asks for
	// usedPrecision is how old the moment of the last use may be: noting each would make writes of reads.
	usedPrecision = time.Hour
)

type blockRow struct {
	ID           string `db:"id"`
	ConnectionID string `db:"connection_id"`
	Key          string `db:"block_key"`
	First        string `db:"first_day"`
	End          string `db:"end_day"`
	ReadAt       micros `db:"read_at"`
	SeenAt       micros `db:"seen_at"`
	FinalAt      micros `db:"final_at"`
	Digest       string `db:"digest"`
	Rows         int64  `db:"row_count"`
	Size         int64  `db:"size"`
	Meta         string `db:"meta"`
}

const blockColumns = `id, connection_id, block_key, first_day, end_day, read_at, seen_at, final_at, digest, row_count, size, meta`

func (r *blockRow) block() (Block, error) {
	b := Block{ID: r.ID, ConnectionID: r.ConnectionID, Key: r.Key, ReadAt: r.ReadAt.Time, SeenAt: r.SeenAt.Time,
		FinalAt: r.FinalAt.Time, Digest: r.Digest, Rows: r.Rows, Size: r.Size, Meta: r.Meta}
	var err error
	if b.Days.From, err = normalize.ParseDay(r.First); err == nil {
		b.Days.To, err = normalize.ParseDay(r.End)
	}
	return b, err
}

func blocksOf(rows []blockRow) ([]Block, error) {
	out := make([]Block, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].block(); err != nil {
			return nil, fmt.Errorf("store: blocks: %w", err)
		}
	}
	return out, nil
}

// PutBlocks keeps what was read at a moment: a period that reads as before is only seen again, another one supersedes it.
// All of it is kept or nothing.
func (s *Store) PutBlocks(ctx context.Context, workspace string, at time.Time, blocks []Block) error {
	if len(blocks) == 0 {
		return nil
	}
	var err error
	for range 3 { // another process may keep the same periods at the same moment
		err = s.inTx(ctx, func(tx *sqlx.Tx) error { return s.putBlocks(ctx, tx, workspace, at, blocks) })
		if err = wrap(err, "put blocks"); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

type blockPeriod struct {
	key  string
	days normalize.DayRange
}

// putBlocks tells, of each block, whether it is seen again, new, or older than what is known already, as when a slow
// report ends after a quick one that began later.
func (s *Store) putBlocks(ctx context.Context, tx *sqlx.Tx, workspace string, at time.Time, blocks []Block) error {
	newest, err := s.newestBlocks(ctx, tx, workspace, blocks)
	if err != nil {
		return err
	}
	var fresh []Block
	var superseded []time.Time // of fresh
	var seen, final, old []string
	for _, b := range blocks {
		was, known := newest[blockPeriod{b.Key, b.Days}]
		switch {
		case known && was.ReadAt.After(at), known && was.SeenAt.After(at) && was.Digest != b.Digest:
			fresh, superseded = append(fresh, b), append(superseded, was.SeenAt)
		case known && was.Digest == b.Digest && b.FinalAt.IsZero():
			seen = append(seen, was.ID)
		case known && was.Digest == b.Digest:
			final = append(final, was.ID)
		default:
			if known {
				old = append(old, was.ID)
			}
			fresh, superseded = append(fresh, b), append(superseded, time.Time{})
		}
	}
	mark := func(set string, ids []string, args ...any) error {
		return inPieces(ids, keysAtOnce, func(ids []string) error {
			_, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE report_blocks SET `+set+` WHERE workspace_id = ? AND id IN (`+marks(len(ids))+`)`),
				append(append(slices.Clip(args), workspace), anys(ids)...)...)
			return err
		})
	}
	// A moment that was seen is never taken back, whatever ends first.
	err = errors.Join(
		mark(`seen_at = CASE WHEN seen_at < ? THEN ? ELSE seen_at END, used_at = ?`, seen, micros{at}, micros{at}, micros{s.now()}),
		mark(`seen_at = CASE WHEN seen_at < ? THEN ? ELSE seen_at END, used_at = ?, final_at = COALESCE(final_at, ?)`, final,
			micros{at}, micros{at}, micros{s.now()}, micros{at}),
		mark(`superseded_at = ?`, old, micros{at}))
	if err != nil {
		return err
	}
	return s.insertBlocks(ctx, tx, workspace, at, fresh, superseded)
}

func (s *Store) newestBlocks(ctx context.Context, tx *sqlx.Tx, workspace string, blocks []Block) (map[blockPeriod]Block, error) {
	out := map[blockPeriod]Block{}
	err := inPieces(keysOf(blocks), keysAtOnce, func(keys []string) error {
		var rows []blockRow
		err := tx.SelectContext(ctx, &rows, tx.Rebind(`SELECT `+blockColumns+` FROM report_blocks
			WHERE workspace_id = ? AND superseded_at IS NULL AND block_key IN (`+marks(len(keys))+`)`), append([]any{workspace}, anys(keys)...)...)
		if err != nil {
			return err
		}
		list, err := blocksOf(rows)
		for _, b := range list {
			out[blockPeriod{b.Key, b.Days}] = b
		}
		return err
	})
	return out, err
}

func (s *Store) insertBlocks(ctx context.Context, tx *sqlx.Tx, workspace string, at time.Time, blocks []Block, superseded []time.Time) error {
	const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	for len(blocks) > 0 {
		n := min(len(blocks), blocksAtOnce)
		args := make([]any, 0, 16*n)
		for i, b := range blocks[:n] {
			final := micros{b.FinalAt}
			if !superseded[i].IsZero() {
				final = micros{}
			}
			args = append(args, newID(prefixBlock, at), workspace, b.ConnectionID, b.Key, b.Days.From.String(), b.Days.To.String(), micros{at}, micros{at},
				micros{s.now()}, final, micros{superseded[i]}, b.Digest, b.Rows, int64(len(b.Body)+len(b.Meta)+blockOverhead), b.Meta, b.Body)
		}
		_, err := tx.ExecContext(ctx, tx.Rebind(`INSERT INTO report_blocks (id, workspace_id, connection_id, block_key, first_day, end_day, read_at, seen_at,
			used_at, final_at, superseded_at, digest, row_count, size, meta, body) VALUES `+row+strings.Repeat(`, `+row, n-1)), args...)
		if err != nil {
			return err
		}
		blocks, superseded = blocks[n:], superseded[n:]
	}
	return nil
}

// FinalBlocks lists the newest versions of periods under these keys that were final at a moment and have been read since
// another one.
func (s *Store) FinalBlocks(ctx context.Context, workspace string, keys []string, by, since time.Time) ([]Block, error) {
	var out []Block
	err := inPieces(keys, keysAtOnce, func(keys []string) error {
		var rows []blockRow
		err := s.all(ctx, &rows, `SELECT `+blockColumns+` FROM report_blocks WHERE workspace_id = ? AND superseded_at IS NULL
			AND final_at <= ? AND seen_at >= ? AND block_key IN (`+marks(len(keys))+`) ORDER BY block_key, first_day, end_day`,
			append([]any{workspace, micros{by}, micros{since}}, anys(keys)...)...)
		if err != nil {
			return wrap(err, "final blocks")
		}
		list, err := blocksOf(rows)
		out = append(out, list...)
		return err
	})
	return out, err
}

// BlocksAt lists, of each period under these keys, the version that was known at a moment: the newest that had been read
// by then, or the first one where all are younger.
func (s *Store) BlocksAt(ctx context.Context, workspace string, keys []string, at time.Time) ([]Block, error) {
	var out []Block
	err := inPieces(keys, keysAtOnce, func(keys []string) error {
		var rows []blockRow
		err := s.all(ctx, &rows, `SELECT `+blockColumns+` FROM (SELECT `+blockColumns+`, ROW_NUMBER() OVER (PARTITION BY block_key, first_day, end_day
				ORDER BY CASE WHEN read_at <= ? THEN 0 ELSE 1 END, CASE WHEN read_at <= ? THEN -read_at ELSE read_at END, id DESC) AS place
			FROM report_blocks WHERE workspace_id = ? AND block_key IN (`+marks(len(keys))+`)) AS versions
			WHERE place = 1 ORDER BY block_key, first_day, end_day`,
			append([]any{micros{at}, micros{at}, workspace}, anys(keys)...)...)
		if err != nil {
			return wrap(err, "blocks")
		}
		list, err := blocksOf(rows)
		out = append(out, list...)
		return err
	})
	return out, err
}

// BlockBodies reads the rows of blocks. A block that is no longer kept is not among them.
func (s *Store) BlockBodies(ctx context.Context, workspace string, ids []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(ids))
	err := inPieces(ids, keysAtOnce, func(ids []string) error {
		var rows []struct {
			ID   string `db:"id"`
			Body []byte `db:"body"`
		}
		err := s.all(ctx, &rows, `SELECT id, body FROM report_blocks WHERE workspace_id = ? AND id IN (`+marks(len(ids))+`)`,
			append([]any{workspace}, anys(ids)...)...)
		for _, r := range rows {
			out[r.ID] = r.Body
		}
		return wrap(err, "block bodies")
	})
	return out, err
}
