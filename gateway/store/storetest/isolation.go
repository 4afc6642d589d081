package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// S2, at the store: with another workspace's id everything is simply not there.
func testIsolation(t *testing.T, db bench) {
	s := db.store(t)
	mine, other := Workspace(t, s), Workspace(t, s)
	c := Connection(t, s, mine, store.Grant{AccessToken: "at"}, time.Time{})
	k := must[store.APIKey](t)(s.CreateAPIKey(t.Context(), store.APIKey{WorkspaceID: mine}, []byte("h")))
	must[store.App](t)(s.PutApp(t.Context(), store.App{WorkspaceID: mine, IntegrationType: "linkedinads"}))
	call, _ := s.AddAPICall(store.Call{WorkspaceID: mine, Type: "inbound"})
	if err := s.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	grant := func() error { _, _, err := s.Grant(ctx, other, c.ID); return err }
	lease := func() error { _, _, err := s.Lease(ctx, other, c.ID); return err }
	for what, err := range map[string]error{
		"connection":     second(s.Connection(ctx, other, c.ID)),
		"update":         second(s.UpdateConnection(ctx, other, c.ID, func(*store.Connection) error { return nil })),
		"delete":         s.DeleteConnection(ctx, other, c.ID),
		"grant":          grant(),
		"replace grant":  second(s.ReplaceGrant(ctx, other, c.ID, 1, store.Grant{}, time.Time{})),
		"mark healthy":   s.MarkHealthy(ctx, other, c.ID),
		"mark unhealthy": s.MarkUnhealthy(ctx, other, c.ID, 1, "x", time.Time{}),
		"postpone":       s.PostponeRefresh(ctx, other, c.ID, 1, time.Time{}),
		"warned":         s.MarkWarned(ctx, other, c.ID, 1, 7),
		"lease":          lease(),
		"revoke key":     s.RevokeAPIKey(ctx, other, k.ID),
		"touch key":      s.TouchAPIKey(ctx, other, k.ID, moment()),
		"app":            second(s.App(ctx, other, "linkedinads")),
		"delete app":     s.DeleteApp(ctx, other, "linkedinads"),
		"call":           second(s.APICall(ctx, other, call)),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of another workspace: %v", what, err)
		}
	}
	if _, err := s.TakeLease(ctx, other, c.ID, "x", store.Lease{}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("take lease of another workspace: %v", err)
	}
	n := len(must[[]store.Connection](t)(s.Connections(ctx, other, store.ConnectionFilter{IDs: []string{c.ID}}))) +
		len(must[[]store.APIKey](t)(s.APIKeys(ctx, other))) + len(must[[]string](t)(s.AppTypes(ctx, other))) +
		len(must[[]store.Call](t)(s.APICalls(ctx, other, store.CallFilter{})))
	if err := s.PutBlocks(ctx, mine, moment(), []store.Block{block(c.ID, "k", 1, "a")}); err != nil {
		t.Fatal(err)
	}
	b := must[[]store.Block](t)(s.BlocksAt(ctx, mine, []string{"k"}, moment()))
	n += len(must[[]store.Block](t)(s.BlocksAt(ctx, other, []string{"k"}, moment()))) +
		len(must[map[string][]byte](t)(s.BlockBodies(ctx, other, []string{b[0].ID})))
	if n != 0 {
		t.Errorf("lists show %d rows of another workspace", n)
	}
}
