package storetest

import (
	"errors"
	"testing"

	"github.com/admux/admux/gateway/store"
)

func testKeys(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	k := store.APIKey{WorkspaceID: ws, Name: "ci", Prefix: "admux_abc", Scopes: []string{"read", "write"}}
	k = must[store.APIKey](t)(s.CreateAPIKey(t.Context(), k, []byte("hash-1")))
	if _, err := s.CreateAPIKey(t.Context(), k, []byte("hash-1")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the same hash twice: %v", err)
	}
	if _, err := s.CreateAPIKey(t.Context(), store.APIKey{WorkspaceID: "ws_none"}, []byte("hash-2")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown workspace: %v", err)
	}
	got := must[store.APIKey](t)(s.APIKeyByHashAnyWorkspace(t.Context(), []byte("hash-1")))
	if got.ID != k.ID || got.WorkspaceID != ws || len(got.Scopes) != 2 || !got.RevokedAt.IsZero() {
		t.Errorf("read back: %+v", got)
	}
	if _, err := s.APIKeyByHashAnyWorkspace(t.Context(), []byte("other")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown hash: %v", err)
	}
	at := moment()
	if err := s.TouchAPIKey(t.Context(), ws, k.ID, at); err != nil {
		t.Fatal(err)
	}
	if err := s.RevokeAPIKey(t.Context(), ws, k.ID); err != nil {
		t.Fatal(err)
	}
	first := must[[]store.APIKey](t)(s.APIKeys(t.Context(), ws))[0]
	if !first.LastUsedAt.Equal(at) || first.RevokedAt.IsZero() {
		t.Errorf("touched and revoked: %+v", first)
	}
	if err := s.RevokeAPIKey(t.Context(), ws, k.ID); err != nil {
		t.Errorf("revoked twice: %v", err)
	}
	if again := must[[]store.APIKey](t)(s.APIKeys(t.Context(), ws))[0]; !again.RevokedAt.Equal(first.RevokedAt) {
		t.Errorf("revoked again at %v, first at %v", again.RevokedAt, first.RevokedAt)
	}
	if err := s.RevokeAPIKey(t.Context(), ws, "key_none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown key: %v", err)
	}
}
