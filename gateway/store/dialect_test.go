package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	ring := parse(t, NewKey())
	for _, url := range []string{"", "mysql://u:hunter2@h/db", "sqlite:", "sqlite:/no/such/folder/x.db", "postgres://u:hunter2@127.0.0.1:1/db?sslmode=disable",
		"postgres://u:hunter2@h:port/db"} {
		s, err := Open(t.Context(), url, ring, Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: opened", url)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
	if _, err := Open(t.Context(), "sqlite::memory:", nil, Options{}); err == nil {
		t.Error("opened without a keyring")
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(t.Context(), "sqlite:"+path, parse(t, NewKey()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	files, _ := filepath.Glob(path + "*")
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
	var journal string
	var sync, keys int
	for q, dest := range map[string]any{"PRAGMA journal_mode": &journal, "PRAGMA synchronous": &sync, "PRAGMA foreign_keys": &keys} {
		if err := s.w.QueryRow(q).Scan(dest); err != nil {
			t.Fatal(err)
		}
	}
	if journal != "wal" || sync != 2 || keys != 1 {
		t.Errorf("journal %s, synchronous %d, foreign keys %d", journal, sync, keys)
	}
	if _, err := s.r.Exec(`DELETE FROM workspaces`); err == nil {
		t.Error("the readers' pool writes")
	}
}

func TestMemoryIsGoneAfterClose(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite::memory:", parse(t, NewKey()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.temp); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
}
