package storetest

import (
	"path/filepath"
	"testing"
)

// SQLite returns the URL of an empty database in a file of the test's own.
func SQLite(t testing.TB) string {
	// Odd characters are part of the test: paths of the world hold them.
	return "sqlite:" + filepath.Join(t.TempDir(), "a d%m?u#x.db")
}
