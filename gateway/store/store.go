package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/admux/admux/migrations"
)

// Options are what Open may be told. The zero value is what a service wants.
type Options struct {
	Now            func() time.Time // the clock; time.Now when nil
	Log            *slog.Logger     // slog.Default() when nil
	SkipMigrations bool             // leave the schema as it is
	MaxConns       int              // PostgreSQL: size of the pool; SQLite: of the readers' one. 20 and 4 when zero
	Calls          CallOptions      // the log of calls
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	w, r    *sqlx.DB // the same pool on PostgreSQL; one writer and several readers on SQLite
	ring    *Keyring
	clock   func() time.Time
	log     *slog.Logger
	calls   *callWriter
	temp    string
	kept    statements
	changes atomic.Int64
}

// Open opens the database, brings its schema up to date and starts the writer of the log of calls. The URL is
// postgres://… (of lib/pq: say sslmode; behind a pooler that pools transactions say binary_parameters=yes too) or
// sqlite:PATH; sqlite::memory: is a private file that is gone after Close. The caller closes the store.
func Open(ctx context.Context, url string, ring *Keyring, opts Options) (*Store, error) {
	if ring == nil {
		return nil, errors.New("store: a keyring is needed to seal secrets")
	}
	p, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: p.dialect, ring: ring, clock: opts.Now, log: opts.Log, temp: p.temp}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if err := s.connect(ctx, p, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.calls = startCalls(s, opts.Calls)
	return s, nil
}

func (s *Store) connect(ctx context.Context, p place, opts Options) error {
	db, err := sql.Open(p.dialect.driver, p.write)
	if err != nil {
		return errURL // the driver's own message may quote the URL and its password
	}
	s.w = sqlx.NewDb(db, p.dialect.binds)
	s.r = s.w
	pool := s.w
	limit := opts.MaxConns
	if p.read != "" {
		s.w.SetMaxOpenConns(1)
		readers, err := sql.Open(p.dialect.driver, p.read)
		if err != nil {
			return errURL
		}
		s.r = sqlx.NewDb(readers, p.dialect.binds)
		pool = s.r
		if limit <= 0 {
			limit = 4
		}
	}
	if limit <= 0 {
		limit = 20
	}
	pool.SetMaxOpenConns(limit)
	pool.SetMaxIdleConns(limit)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := s.w.PingContext(ctx); err != nil {
		return fmt.Errorf("store: connect: %w", err)
	}
	if !opts.SkipMigrations {
		if _, err := migrations.Up(ctx, db, p.dialect.name); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

// Close writes what is left of the log of calls and closes the database.
func (s *Store) Close() error {
	if s.calls != nil {
		s.calls.stop()
	}
	err := s.kept.close()
	if s.r != nil && s.r != s.w {
		err = errors.Join(err, s.r.Close())
	}
	if s.w != nil {
		err = errors.Join(err, s.w.Close())
	}
	if s.temp != "" {
		err = errors.Join(err, os.RemoveAll(s.temp))
	}
	return err
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return wrap(s.r.PingContext(ctx), "ping")
}

// DB is the writing side, for what brings its own tables and SQL, such as a job runner. On SQLite it is one
// connection: who keeps it keeps everybody.
func (s *Store) DB() *sql.DB { return s.w.DB }

// Dialect tells which of the two databases this is.
func (s *Store) Dialect() migrations.Dialect { return s.dialect.name }

// Keyring is what seals and signs in this store.
func (s *Store) Keyring() *Keyring { return s.ring }

// Changes goes up with every change that this process makes to a connection or an app: who
// keeps what was read of them reads it again when the number is another. Read it before the row.
func (s *Store) Changes() int64 { return s.changes.Load() }

// now is the clock at the precision of the columns, so that what is returned equals what is stored.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// The helpers below rebind ? and choose the side.

func (s *Store) exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	return s.w.ExecContext(ctx, s.w.Rebind(q), args...)
}

func (s *Store) get(ctx context.Context, dest any, q string, args ...any) error {
	if st := s.prepared(ctx, q); st != nil { //nolint:sqlclosecheck // kept until the store is closed
		return st.GetContext(ctx, dest, args...)
	}
	return s.r.GetContext(ctx, dest, s.r.Rebind(q), args...)
}

func (s *Store) all(ctx context.Context, dest any, q string, args ...any) error {
	if st := s.prepared(ctx, q); st != nil { //nolint:sqlclosecheck // kept until the store is closed
		return st.SelectContext(ctx, dest, args...)
	}
	return s.r.SelectContext(ctx, dest, s.r.Rebind(q), args...)
}

// inTx runs f in a transaction that may write, and commits when f returns nil.
func (s *Store) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, err := s.w.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone: a cancelled context has rolled the transaction back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
