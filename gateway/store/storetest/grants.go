package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

// Two writers with one version: exactly one is kept, and the loser knows.
func testGrants(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	first := store.Grant{AccessToken: "at-1", RefreshToken: "rt-1", TokenType: "Bearer", ObtainedAt: moment(), Expiry: moment().Add(time.Hour),
		RefreshExpiry: moment().Add(365 * 24 * time.Hour), Scopes: []string{"r_ads"}, Settings: map[string]store.Secret{"login": "x"}}
	c := Connection(t, s, ws, first, moment())
	conn, got, err := s.Grant(t.Context(), ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	plain := cmp.Comparer(func(a, b store.Secret) bool { return a.Reveal() == b.Reveal() })
	if diff := cmp.Diff(first, got, plain); diff != "" || conn.Tokens.Version != 1 {
		t.Errorf("version %d, read back (-made +read):\n%s", conn.Tokens.Version, diff)
	}

	for version := int64(1); version <= 5; version++ {
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				_, err := s.ReplaceGrant(t.Context(), ws, c.ID, version, store.Grant{AccessToken: "next"}, time.Time{})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, store.ErrConflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 5 {
			t.Fatalf("version %d: %d won, %d lost", version, won.Load(), lost.Load())
		}
	}
	conn, got, err = s.Grant(t.Context(), ws, c.ID)
	if err != nil || conn.Tokens.Version != 6 || got.AccessToken.Reveal() != "next" || !conn.Tokens.ExpiresAt.IsZero() {
		t.Errorf("at the end: %+v, %v", conn.Tokens, err)
	}
}

func testHealth(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	due := moment().Add(-time.Minute)
	c := Connection(t, s, ws, store.Grant{AccessToken: "at", Expiry: moment().Add(time.Hour), RefreshExpiry: moment().Add(time.Hour)}, due)
	late := Connection(t, s, ws, store.Grant{}, moment().Add(time.Hour))
	if c.Health.HealthyAt.IsZero() || late.Health.UnhealthyCode != "" {
		t.Error("a fresh grant is not healthy")
	}
	list := must[[]store.Connection](t)(s.DueConnectionsAnyWorkspace(t.Context(), moment(), 10))
	if len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("due: %+v", list)
	}
	list = must[[]store.Connection](t)(s.ExpiringConnectionsAnyWorkspace(t.Context(), moment().Add(2*time.Hour)))
	if len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("expiring: %+v", list)
	}
	if err := s.MarkWarned(t.Context(), ws, c.ID, 1, 14); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkWarned(t.Context(), ws, c.ID, 1, 14); !errors.Is(err, store.ErrConflict) {
		t.Errorf("warned twice: %v", err)
	}
	if err := s.PostponeRefresh(t.Context(), ws, c.ID, 1, moment().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if list = must[[]store.Connection](t)(s.DueConnectionsAnyWorkspace(t.Context(), moment(), 10)); len(list) != 0 {
		t.Errorf("still due after postponing: %+v", list)
	}
	if err := s.MarkUnhealthy(t.Context(), ws, c.ID, 2, "refresh_refused", time.Time{}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a verdict on other tokens: %v", err)
	}
	if err := s.MarkUnhealthy(t.Context(), ws, c.ID, 1, "refresh_refused", time.Time{}); err != nil {
		t.Fatal(err)
	}
	got := must[store.Connection](t)(s.Connection(t.Context(), ws, c.ID))
	if got.Health.UnhealthyCode != "refresh_refused" || got.Health.UnhealthyAt.IsZero() || got.Tokens.RefreshFailures != 2 || !got.Tokens.RefreshDueAt.IsZero() {
		t.Errorf("unhealthy: %+v", got)
	}
	must[store.TokenState](t)(s.ReplaceGrant(t.Context(), ws, c.ID, 1, store.Grant{}, time.Time{}))
	got = must[store.Connection](t)(s.Connection(t.Context(), ws, c.ID))
	if got.Health.UnhealthyCode != "" || got.Tokens.WarnedDays != 0 || got.Tokens.RefreshFailures != 0 {
		t.Errorf("new tokens leave %+v", got)
	}
}

func testLeases(t *testing.T, b bench) {
	s := b.store(t)
	ws := Workspace(t, s)
	c := Connection(t, s, ws, store.Grant{}, time.Time{})
	seen, version, err := s.Lease(t.Context(), ws, c.ID)
	if err != nil || seen.Owner != "" || version != 1 {
		t.Fatalf("a fresh lease: %+v, %d, %v", seen, version, err)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.TakeLease(t.Context(), ws, c.ID, "a", seen); err == nil {
				won.Add(1)
			} else if !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d holders", won.Load())
	}
	held, _, err := s.Lease(t.Context(), ws, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	beaten := must[store.Lease](t)(s.BeatLease(t.Context(), ws, c.ID, held))
	if _, err := s.TakeLease(t.Context(), ws, c.ID, "b", held); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a living lease was taken: %v", err)
	}
	stolen := must[store.Lease](t)(s.TakeLease(t.Context(), ws, c.ID, "b", beaten))
	if _, err := s.BeatLease(t.Context(), ws, c.ID, beaten); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the old holder still beats: %v", err)
	}
	if err := s.FreeLease(t.Context(), ws, c.ID, beaten); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the old holder frees: %v", err)
	}
	if err := s.FreeLease(t.Context(), ws, c.ID, stolen); err != nil {
		t.Error(err)
	}
}
