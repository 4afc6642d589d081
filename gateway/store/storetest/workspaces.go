package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

func testWorkspaces(t *testing.T, b bench) {
	s := b.store(t)
	w := must[store.Workspace](t)(s.CreateWorkspace(t.Context(), "Müller & Söhne 🦊", []string{"https://app.example/done"}))
	got := must[store.Workspace](t)(s.Workspace(t.Context(), w.ID))
	if diff := cmp.Diff(w, got); diff != "" {
		t.Errorf("read back (-made +read):\n%s", diff)
	}
	if _, err := s.Workspace(t.Context(), "ws_none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
	if _, err := s.Workspace(t.Context(), "ws_\x00\xff"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an id that is not text: %v", err)
	}
	changed := must[store.Workspace](t)(s.UpdateWorkspace(t.Context(), w.ID, func(w *store.Workspace) error {
		w.Name, w.ID = "new", "ws_forged"
		return nil
	}))
	if changed.ID != w.ID || changed.Name != "new" {
		t.Errorf("changed to %+v", changed)
	}
	boom := errors.New("boom")
	if _, err := s.UpdateWorkspace(t.Context(), w.ID, func(w *store.Workspace) error { w.Name = "lost"; return boom }); !errors.Is(err, boom) {
		t.Errorf("the function's error is lost: %v", err)
	}
	all := must[[]store.Workspace](t)(s.AllWorkspaces(t.Context()))
	if len(all) != 1 || all[0].Name != "new" {
		t.Errorf("after a failed change: %+v", all)
	}
}
