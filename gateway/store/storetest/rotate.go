package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
)

// S4: the keys are changed while about 100 requests a second run, none of them fails, and afterwards the old key can
// be thrown away.
func testRotate(t *testing.T, b bench) {
	const connections = 250
	url, oldKey, newKey := b.newURL(t), "old:"+store.NewKey(), "new:"+store.NewKey()
	before := Open(t, url, ring(t, oldKey), store.Options{})
	ws := Workspace(t, before)
	var ids []string
	for range connections {
		ids = append(ids, Connection(t, before, ws, store.Grant{AccessToken: "at", RefreshToken: "rt"}, time.Time{}).ID)
	}
	must[store.App](t)(before.PutApp(t.Context(), store.App{WorkspaceID: ws, IntegrationType: "linkedinads", ClientSecret: "cs"}))

	serving := Open(t, url, ring(t, newKey+","+oldKey), store.Options{})
	ctx, stop := context.WithCancel(t.Context())
	requests := traffic(t, ctx, serving, ws, ids)
	time.Sleep(200 * time.Millisecond) // so that requests surely run before, while and after
	n, err := serving.Rotate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	done, failed := requests()
	t.Logf("S4: %d envelopes rotated while %d requests ran, %d failed", n, done, failed)
	if failed > 0 || done < 40 || n < connections {
		t.Errorf("%d of %d requests failed, %d envelopes rotated", failed, done, n)
	}
	if again := must[int](t)(serving.Rotate(t.Context())); again != 0 {
		t.Errorf("a second rotation found %d", again)
	}

	after := Open(t, url, ring(t, newKey), store.Options{})
	for _, id := range ids {
		if _, g, err := after.Grant(t.Context(), ws, id); err != nil || g.RefreshToken.Reveal() == "" {
			t.Fatalf("without the old key: %v", err)
		}
	}
	if _, err := after.App(t.Context(), ws, "linkedinads"); err != nil {
		t.Error(err)
	}
	if _, err := before.Connection(t.Context(), ws, ids[0]); !errors.Is(err, store.ErrSealed) {
		t.Errorf("the old key alone still opens: %v", err)
	}
}

// traffic reads and refreshes connections about 100 times a second until the context ends; the function returned
// waits for its end and counts.
func traffic(t *testing.T, ctx context.Context, s *store.Store, ws string, ids []string) func() (done, failed int64) {
	var done, failed atomic.Int64
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			tick := time.NewTicker(40 * time.Millisecond)
			defer tick.Stop()
			for i := worker; ; i += 4 {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				id := ids[(i*37)%len(ids)]
				c, g, err := s.Grant(t.Context(), ws, id)
				if err == nil && i%2 == 0 {
					g.AccessToken = store.Secret(fmt.Sprint("at-", i))
					if _, err = s.ReplaceGrant(t.Context(), ws, id, c.Tokens.Version, g, time.Time{}); errors.Is(err, store.ErrConflict) {
						err = nil // another worker was faster: a good answer
					}
				}
				if err != nil {
					failed.Add(1)
					t.Log(err)
				}
				done.Add(1)
			}
		})
	}
	return func() (int64, int64) {
		all.Wait()
		return done.Load(), failed.Load()
	}
}

func ring(t *testing.T, keys string) *store.Keyring {
	t.Helper()
	return must[*store.Keyring](t)(store.ParseKeyring(keys))
}
