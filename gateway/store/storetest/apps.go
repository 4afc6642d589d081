package storetest

import (
	"errors"
	"testing"

	"github.com/admux/admux/gateway/store"
)

func testApps(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	if _, err := s.App(t.Context(), ws, "linkedinads"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no app yet: %v", err)
	}
	a := store.App{WorkspaceID: ws, IntegrationType: "linkedinads", ClientID: "77abc", ClientSecret: "canary-secret",
		RedirectURL: "https://gw.example/oauth/callback", Extra: map[string]store.Secret{"developer_token": "canary-dev"}}
	made := must[store.App](t)(s.PutApp(t.Context(), a))
	a.ClientSecret = "canary-second"
	again := must[store.App](t)(s.PutApp(t.Context(), a))
	if again.ClientSecret.Reveal() != "canary-second" || again.Extra["developer_token"].Reveal() != "canary-dev" || !again.CreatedAt.Equal(made.CreatedAt) {
		t.Error("a replaced app does not read back")
	}
	if types := must[[]string](t)(s.AppTypes(t.Context(), ws)); len(types) != 1 || types[0] != "linkedinads" {
		t.Errorf("types: %v", types)
	}
	if err := s.DeleteApp(t.Context(), ws, "linkedinads"); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteApp(t.Context(), ws, "linkedinads"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	a.WorkspaceID = "ws_none"
	if _, err := s.PutApp(t.Context(), a); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown workspace: %v", err)
	}
}
