package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNotFound says that the row does not exist, or belongs to another workspace: the two cannot be told apart.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that the row exists already, or is no longer as the caller last saw it.
	ErrConflict = errors.New("conflict")
)

// wrap names what was being done, and turns the drivers' own errors into ours.
func wrap(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("store: %s: %w", what, ErrNotFound)
	case isDuplicate(err):
		return fmt.Errorf("store: %s: %w", what, ErrConflict)
	case isNotText(err):
		return fmt.Errorf("store: %s: no row holds such text: %w", what, ErrNotFound)
	case isMissingParent(err):
		return fmt.Errorf("store: %s: workspace: %w", what, ErrNotFound)
	}
	return fmt.Errorf("store: %s: %w", what, err)
}

// one checks that a statement touched exactly the row it names.
func one(res sql.Result, err error, what string, otherwise error) error {
	if err != nil {
		return wrap(err, what)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return wrap(err, what)
	}
	if n == 0 {
		return fmt.Errorf("store: %s: %w", what, otherwise)
	}
	return nil
}

func isDuplicate(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "23505" // unique_violation
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// isMissingParent recognizes a broken foreign key: each of the schema points to a workspace, or to a connection of one.
func isMissingParent(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "23503" // foreign_key_violation
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	}
	return false
}

// isNotText recognizes a value with a NUL or without valid UTF-8, which PostgreSQL refuses and SQLite merely never
// finds. Callers check what they write; what is left are ids that people made up.
func isNotText(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && (e.Code == "22021" || e.Code == "22P05") // character_not_in_repertoire, untranslatable_character
}
