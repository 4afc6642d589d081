package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// S5: a dump in which the ciphertexts of two rows, or two columns, are exchanged does not open.
func testSealing(t *testing.T, b bench) {
	s := b.store(t)
	ws, other := Workspace(t, s), Workspace(t, s)
	a := Connection(t, s, ws, store.Grant{AccessToken: "of a"}, time.Time{})
	mine := Connection(t, s, ws, store.Grant{AccessToken: "of mine"}, time.Time{})
	foreign := Connection(t, s, other, store.Grant{AccessToken: "of foreign"}, time.Time{})
	for _, w := range []string{ws, other} {
		must[store.App](t)(s.PutApp(t.Context(), store.App{WorkspaceID: w, IntegrationType: "linkedinads", ClientSecret: store.Secret("of " + w)}))
	}
	swap := func(what, q string, args ...any) {
		t.Helper()
		if _, err := s.DB().ExecContext(t.Context(), q, args...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	grant := func(workspace, id string) error {
		_, _, err := s.Grant(t.Context(), workspace, id)
		return err
	}

	t.Run("S5 another row's tokens", func(t *testing.T) {
		swap("row", `UPDATE connections SET sealed_grant = (SELECT sealed_grant FROM connections WHERE id = $1) WHERE id = $2`, a.ID, mine.ID)
		if err := grant(ws, mine.ID); !errors.Is(err, store.ErrSealed) {
			t.Errorf("opened: %v", err)
		}
	})
	t.Run("S5 another workspace's tokens", func(t *testing.T) {
		swap("workspace", `UPDATE connections SET workspace_id = $1 WHERE id = $2`, ws, foreign.ID)
		if err := grant(ws, foreign.ID); !errors.Is(err, store.ErrSealed) {
			t.Errorf("opened: %v", err)
		}
	})
	t.Run("S5 another workspace's app", func(t *testing.T) {
		swap("app", `UPDATE apps SET sealed_secrets = (SELECT sealed_secrets FROM apps WHERE workspace_id = $1) WHERE workspace_id = $2`, other, ws)
		if _, err := s.App(t.Context(), ws, "linkedinads"); !errors.Is(err, store.ErrSealed) {
			t.Errorf("opened: %v", err)
		}
	})
	t.Run("S5 another column", func(t *testing.T) {
		swap("column", `UPDATE connections SET sealed_profile = sealed_grant WHERE id = $1`, a.ID)
		if _, err := s.Connection(t.Context(), ws, a.ID); !errors.Is(err, store.ErrSealed) {
			t.Errorf("opened: %v", err)
		}
	})
}
