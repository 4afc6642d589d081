package storetest

import (
	"sync"
	"testing"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/migrations"
)

// Several processes that start at once on an empty database all come up.
func testOpen(t *testing.T, b bench) {
	url, ring := b.newURL(t), Keyring(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := store.Open(t.Context(), url, ring, store.Options{MaxConns: 3})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := Open(t, url, ring, store.Options{SkipMigrations: true})
	current, newest, err := migrations.Version(t.Context(), s.DB(), s.Dialect())
	if err != nil || current != newest || newest < 1 {
		t.Errorf("at version %d of %d: %v", current, newest, err)
	}
}
