package storetest

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

// Connection makes a connection with tokens.
func Connection(t testing.TB, s *store.Store, workspace string, g store.Grant, due time.Time) store.Connection {
	t.Helper()
	c, err := s.CreateConnection(t.Context(), store.Connection{
		WorkspaceID: workspace, IntegrationType: "linkedinads", Environment: "Production", ExternalXref: "user-1",
		Permissions: []string{"ads_campaign_read"}, Orgs: []store.Org{{ID: "512345678", Name: "Ünï", Currency: "EUR", Timezone: "UTC"}},
		Profile: store.Profile{Name: "Eva", Emails: []string{"eva@example.com"}, Meta: map[string]any{"plan": "pro"}},
	}, g, due)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func testConnections(t *testing.T, b bench) {
	t.Run("crud", func(t *testing.T) {
		s := b.store(t)
		ws := Workspace(t, s)
		c := Connection(t, s, ws, store.Grant{AccessToken: "at"}, time.Time{})
		got := must[store.Connection](t)(s.Connection(t.Context(), ws, c.ID))
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("read back (-made +read):\n%s", diff)
		}
		got = must[store.Connection](t)(s.UpdateConnection(t.Context(), ws, c.ID, func(c *store.Connection) error {
			c.Paused, c.ExternalXref, c.Tokens.Version, c.WorkspaceID = true, "user-2", 99, "ws_forged"
			c.Orgs, c.Permissions = nil, nil
			return nil
		}))
		if !got.Paused || got.ExternalXref != "user-2" || got.Tokens.Version != 1 || got.WorkspaceID != ws {
			t.Errorf("changed to %+v", got)
		}
		if err := s.DeleteConnection(t.Context(), ws, c.ID); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"read":   second(s.Connection(t.Context(), ws, c.ID)),
			"update": second(s.UpdateConnection(t.Context(), ws, c.ID, func(*store.Connection) error { return nil })),
			"delete": s.DeleteConnection(t.Context(), ws, c.ID),
			"tokens": second(s.ReplaceGrant(t.Context(), ws, c.ID, 1, store.Grant{}, time.Time{})),
			"health": s.MarkHealthy(t.Context(), ws, c.ID),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s after delete: %v", what, err)
			}
		}
	})
	t.Run("list", func(t *testing.T) { testConnectionList(t, b.store(t)) })
	t.Run("no lost update", func(t *testing.T) {
		s := b.store(t)
		ws := Workspace(t, s)
		c := Connection(t, s, ws, store.Grant{}, time.Time{})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := s.UpdateConnection(t.Context(), ws, c.ID, func(c *store.Connection) error {
					c.ExternalXref += "x"
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := must[store.Connection](t)(s.Connection(t.Context(), ws, c.ID)).ExternalXref; len(got) != len("user-1")+20 {
			t.Errorf("20 changes left %q", got)
		}
	})
}

func testConnectionList(t *testing.T, s *store.Store) {
	ws := Workspace(t, s)
	var ids []string
	for i := range 5 {
		c := Connection(t, s, ws, store.Grant{}, time.Time{})
		must[store.Connection](t)(s.UpdateConnection(t.Context(), ws, c.ID, func(c *store.Connection) error {
			c.ExternalXref, c.Environment = "user-"+strconv.Itoa(i%2), []string{"Production", "Sandbox"}[i%2]
			return nil
		}))
		ids = append(ids, c.ID)
	}
	touched := must[store.Connection](t)(s.UpdateConnection(t.Context(), ws, ids[1], func(*store.Connection) error { return nil }))
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	third := must[store.Connection](t)(s.Connection(t.Context(), ws, ids[2]))
	key, named := third.Key(store.ByCreation), third.Key(store.ByName)
	sorted := slices.Sorted(slices.Values(ids)) // all of one name: by id
	for name, tc := range map[string]struct {
		filter store.ConnectionFilter
		want   []string
	}{
		"all":         {store.ConnectionFilter{}, ids},
		"desc":        {store.ConnectionFilter{Desc: true}, backwards},
		"page":        {store.ConnectionFilter{Limit: 2, Offset: 1}, ids[1:3]},
		"offset only": {store.ConnectionFilter{Offset: 4}, ids[4:]},
		"past":        {store.ConnectionFilter{Limit: 2, Offset: 9}, nil},
		"xref":        {store.ConnectionFilter{ExternalXref: "user-1"}, []string{ids[1], ids[3]}},
		"env":         {store.ConnectionFilter{Environment: "Production"}, []string{ids[0], ids[2], ids[4]}},
		"type":        {store.ConnectionFilter{IntegrationType: "googleads"}, nil},
		"ids":         {store.ConnectionFilter{IDs: []string{ids[4], ids[0], "conn_none"}}, []string{ids[0], ids[4]}},
		"updated":     {store.ConnectionFilter{UpdatedGTE: touched.UpdatedAt}, ids[1:2]},
		"behind":      {store.ConnectionFilter{After: &key}, ids[3:]},
		"before":      {store.ConnectionFilter{After: &key, Desc: true}, backwards[3:]},
		"by name":     {store.ConnectionFilter{Sort: store.ByName, After: &named}, sorted[slices.Index(sorted, third.ID)+1:]},
		"by update":   {store.ConnectionFilter{Sort: "updated_at", Desc: true, Limit: 1}, ids[1:2]},
		"injection":   {store.ConnectionFilter{Sort: "id; DROP TABLE connections", ExternalXref: "' OR 1=1 --"}, nil},
	} {
		var got []string
		for _, c := range must[[]store.Connection](t)(s.Connections(t.Context(), ws, tc.filter)) {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }
