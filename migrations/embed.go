// Package migrations holds the schema, once for each database, and applies it.
//
// The two folders carry the same numbers and names (pair_test.go holds that). Migrations only go forward: a release
// that must undo one adds the next number.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Dialect names one of the two databases; its value is the folder of its migrations.
type Dialect string

// The databases that admux runs on.
const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// Up applies what is missing, of the job queue's tables too, and returns the schema's version. Any number of processes may call it at once: on
// PostgreSQL they queue for a lock, on SQLite for the one writer.
func Up(ctx context.Context, db *sql.DB, d Dialect) (int64, error) {
	p, err := provider(db, d)
	if err != nil {
		return 0, err
	}
	// SQLite has no lock that goose could hold across its own connection, so of two processes that start at once one
	// may find the other's table in its way. Each migration is a transaction: the loser has changed nothing and tries again.
	for range 4 {
		if _, err = p.Up(ctx); err == nil || d != SQLite || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if err := upQueue(ctx, db, d); err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// Version returns the version the database is at and the newest that this build knows. They differ when a migration
// is missing, or when a newer build has migrated the database already.
func Version(ctx context.Context, db *sql.DB, d Dialect) (current, newest int64, err error) {
	p, err := provider(db, d)
	if err != nil {
		return 0, 0, err
	}
	current, newest, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("migrations: read version: %w", err)
	}
	return current, newest, nil
}

func provider(db *sql.DB, d Dialect) (*goose.Provider, error) {
	folder, err := fs.Sub(files, string(d))
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d == Postgres {
		dialect = goose.DialectPostgres
		opts = append(opts, goose.WithLocker(&queue{}))
	}
	p, err := goose.NewProvider(dialect, db, folder, opts...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}
