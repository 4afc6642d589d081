package connections

import (
	"testing"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
)

// open loads a connection and fails the test when that fails.
func (b *bench) open(t *testing.T, id string) *Bound {
	t.Helper()
	bounds, err := b.Load(t.Context(), b.ws, id)
	if err != nil {
		t.Fatal(err)
	}
	return bounds[0]
}

// TestOpened: a session serves the calls of a minute, and no longer, and none after what it was opened with has changed.
func TestOpened(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, 24*time.Hour)
	first := b.open(t, c.ID).Session
	for range 10 {
		b.clock.advance(5 * time.Second) // the row is read anew, and is the same
		if b.open(t, c.ID).Session != first {
			t.Fatal("another session although nothing has changed")
		}
	}
	b.clock.advance(15 * time.Second)
	second := b.open(t, c.ID).Session
	if second == first {
		t.Error("a session outlived its minute")
	}
	if _, err := b.store.ReplaceGrant(t.Context(), b.ws, c.ID, 1, store.Grant{AccessToken: "other"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	third := b.open(t, c.ID)
	if third.Session == second || third.Connection.Tokens.Version != 2 {
		t.Errorf("the session of version 1 serves version %d", third.Connection.Tokens.Version)
	}
	if _, err := b.store.PutApp(t.Context(), store.App{WorkspaceID: b.ws, IntegrationType: "vendorads", ClientID: "own", ClientSecret: "canary-own"}); err != nil {
		t.Fatal(err)
	}
	if b.open(t, c.ID).Session == third.Session {
		t.Error("the session of another app was used again")
	}
	b.clock.advance(-time.Hour) // a clock that was set back
	fourth := b.open(t, c.ID).Session
	b.clock.advance(30 * time.Second)
	if b.open(t, c.ID).Session != fourth {
		t.Error("a clock that was set back has ended sessions for good")
	}
}

// TestOpened_elsewhere: what another process does is seen within two seconds, what this one does at once.
func TestOpened_elsewhere(t *testing.T) {
	t.Parallel()
	url, ring := storetest.SQLite(t), storetest.Keyring(t)
	a := newBench(t, benchOptions{url: url, ring: ring})
	other := newBench(t, benchOptions{url: url, ring: ring, vendor: a.vendor, clock: a.clock, ws: a.ws})
	c := a.connect(t, 24*time.Hour)
	pause := func(b *bench, paused bool) {
		t.Helper()
		if _, err := b.store.UpdateConnection(t.Context(), b.ws, c.ID, func(c *store.Connection) error { c.Paused = paused; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	status := func(b *bench, workspace string) int {
		_, err := b.Load(t.Context(), workspace, c.ID)
		if err == nil {
			return 200
		}
		return problem.From(err).Status
	}
	a.open(t, c.ID)
	pause(a, true)
	if got := status(a, a.ws); got != 409 {
		t.Errorf("a pause of its own: %d", got)
	}
	pause(a, false)
	a.open(t, c.ID)
	pause(other, true)
	a.clock.advance(trustRow)
	if got := status(a, a.ws); got != 409 {
		t.Errorf("a pause by another process, after %s: %d", trustRow, got)
	}
	pause(other, false)
	a.open(t, c.ID)
	if err := other.store.DeleteConnection(t.Context(), a.ws, c.ID); err != nil {
		t.Fatal(err)
	}
	a.clock.advance(trustRow)
	if got := status(a, a.ws); got != 404 {
		t.Errorf("deleted by another process, after %s: %d", trustRow, got)
	}
}

// TestOpened_isolated: an open session of one workspace is none of another's.
func TestOpened_isolated(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	c := b.connect(t, time.Hour)
	b.open(t, c.ID)
	if _, err := b.Load(t.Context(), storetest.Workspace(t, b.store), c.ID); problem.From(err).Status != 404 {
		t.Errorf("another workspace got %v", err)
	}
}

func TestOpened_bounded(t *testing.T) {
	t.Parallel()
	var o opened
	now := time.Now()
	for i := range manyOpen + 100 {
		o.put(place{"ws", string(rune(i))}, &entry{bound: &Bound{}, read: now, opened: now})
	}
	if len(o.of) > manyOpen {
		t.Errorf("%d are kept", len(o.of))
	}
	later := now.Add(keepSession)
	o.put(place{"ws", "new"}, &entry{bound: &Bound{}, read: later, opened: later})
	if len(o.of) != 1 {
		t.Errorf("%d are kept, of which all but one are over", len(o.of))
	}
}
