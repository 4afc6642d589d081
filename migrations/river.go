package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// upQueue brings the tables of the job queue (River) up to date, by its own migrations.
func upQueue(ctx context.Context, db *sql.DB, d Dialect) (err error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if d == Postgres {
		driver = riverdatabasesql.New(db)
		lock := &queue{}
		if err := lock.Lock(ctx, db); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, lock.Unlock(ctx, db)) }()
	}
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("migrations: job queue: %w", err)
	}
	for range 4 { // on SQLite the loser of two that start at once tries again, as in Up
		if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil); err == nil || d != SQLite || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("migrations: job queue: %w", err)
	}
	return nil
}
