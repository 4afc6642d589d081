package store

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/admux/admux/migrations"
)

// dialect is what differs between the two databases.
type dialect struct {
	name   migrations.Dialect
	driver string // of database/sql
	binds  string // sqlx's name, which decides how ? is rebound
	// forUpdate ends a SELECT whose row is changed later in the same transaction. On SQLite the transaction itself
	// holds the only write lock (_txlock=immediate).
	forUpdate string
	// prepares keeps statements that read: parsing one costs SQLite more than running it. PostgreSQL parses apart anyway,
	// and a pooler that pools transactions loses statements that are kept.
	prepares bool
}

var (
	postgresDialect = dialect{migrations.Postgres, "postgres", "postgres", " FOR UPDATE", false}
	sqliteDialect   = dialect{migrations.SQLite, "sqlite", "sqlite3", "", true}
)

// place is a database URL taken apart.
type place struct {
	dialect dialect
	write   string // data source name of the writing side
	read    string // data source name of the reading side; empty when it is the same
	temp    string // folder to remove on close; empty for none
}

// errURL never carries the URL, which holds a password.
var errURL = errors.New("store: the database URL must be postgres://… or sqlite:PATH")

func parseURL(raw string) (place, error) {
	switch scheme, rest, _ := strings.Cut(raw, ":"); scheme {
	case "postgres", "postgresql":
		if _, err := url.Parse(raw); err != nil {
			return place{}, errURL // the error, like the driver's own later, would quote the URL
		}
		return place{dialect: postgresDialect, write: raw}, nil
	case "sqlite":
		return sqlitePlace(strings.TrimPrefix(rest, "//"))
	}
	return place{}, errURL
}

func sqlitePlace(path string) (place, error) {
	p := place{dialect: sqliteDialect}
	switch path {
	case "":
		return p, errors.New("store: sqlite: needs the path of a file, such as sqlite:admux.db")
	case ":memory:":
		// SQLite's own memory databases are one a connection, or share one lock: a private file behaves as the real thing.
		dir, err := os.MkdirTemp("", "admux-store-*")
		if err != nil {
			return p, fmt.Errorf("store: %w", err)
		}
		p.temp, path = dir, filepath.Join(dir, "admux.db")
	}
	// The file is made here and not by SQLite, so that nobody else can read it; the -wal and -shm files follow its mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return p, fmt.Errorf("store: %w", err)
	}
	if err := f.Close(); err != nil {
		return p, fmt.Errorf("store: %w", err)
	}
	base := "file:" + escapePath(path) + "?"
	common := url.Values{
		"_busy_timeout": {"10000"},
		"_foreign_keys": {"on"},
		"_journal_mode": {"WAL"},
		// FULL, not WAL's usual NORMAL: a rotated refresh token must survive a power cut once it is used.
		"_synchronous": {"FULL"},
	}
	p.read = base + common.Encode() + "&_query_only=on"
	// A transaction that reads and then writes would meet SQLITE_BUSY at its first write, where no timeout helps.
	p.write = base + common.Encode() + "&_txlock=immediate"
	return p, nil
}

// escapePath keeps the characters that mean something in SQLite's URIs out of a path.
func escapePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
}

func dirOf(path string) string { return filepath.Dir(path) }
