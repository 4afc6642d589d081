// Package storetest is the suite that every database of the store passes, and the databases to run it over.
package storetest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// Run judges one database. newURL makes an empty database that is gone after its test.
func Run(t *testing.T, newURL func(testing.TB) string) {
	subjects := []struct {
		name string
		run  func(*testing.T, bench)
	}{
		{"APICalls", testCalls},
		{"APIKeys", testKeys},
		{"Apps", testApps},
		{"Audit", testAudit},
		{"Blocks", testBlocks},
		{"BlockSweep", testBlockSweep},
		{"Connections", testConnections},
		{"Flows", testFlows},
		{"Grants", testGrants},
		{"Guardrails", testGuardrails},
		{"Health", testHealth},
		{"Idempotency", testIdempotency},
		{"Isolation", testIsolation},
		{"Jobs", testJobs},
		{"Leases", testLeases},
		{"Limits", testLimits},
		{"Open", testOpen},
		{"Rates", testRates},
		{"Rotate", testRotate},
		{"Sealing", testSealing},
		{"Spends", testSpends},
		{"Workspaces", testWorkspaces},
	}
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, bench{newURL})
		})
	}
}

// bench makes stores.
type bench struct{ newURL func(testing.TB) string }

// store opens an empty database with a keyring of its own.
func (b bench) store(t *testing.T) *store.Store {
	t.Helper()
	return Open(t, b.newURL(t), Keyring(t), store.Options{})
}

// Open opens a database for a test, logging to it, and closes it afterwards.
func Open(t testing.TB, url string, ring *store.Keyring, opts store.Options) *store.Store {
	t.Helper()
	if opts.Log == nil {
		opts.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	s, err := store.Open(t.Context(), url, ring, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// Keyring returns a ring of one fresh key.
func Keyring(t testing.TB) *store.Keyring {
	t.Helper()
	ring, err := store.ParseKeyring(store.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// Workspace makes a workspace and returns its id.
func Workspace(t testing.TB, s *store.Store) string {
	t.Helper()
	w, err := s.CreateWorkspace(t.Context(), t.Name(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.ID
}

// moment is what the columns can hold.
func moment() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
