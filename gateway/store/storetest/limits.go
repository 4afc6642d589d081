package storetest

import (
	"strconv"
	"sync"
	"testing"
)

// What one replica counts, another does not count again.
func testLimits(t *testing.T, b bench) {
	s := b.store(t)
	if state, err := s.Limit(t.Context(), "x"); state != "" || err != nil {
		t.Errorf("of an unknown limit %q is known, %v", state, err)
	}
	var all sync.WaitGroup
	const replicas, times = 4, 25
	for range replicas {
		all.Go(func() {
			for range times {
				err := s.ChangeLimit(t.Context(), "x", func(state string) (string, error) {
					n, _ := strconv.Atoi(state)
					return strconv.Itoa(n + 1), nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if state, err := s.Limit(t.Context(), "x"); state != strconv.Itoa(replicas*times) || err != nil {
		t.Errorf("%q, %v", state, err)
	}
	if state, err := s.Limit(t.Context(), "y"); state != "" || err != nil {
		t.Errorf("another limit: %q, %v", state, err)
	}
}
