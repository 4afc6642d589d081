package linkedin

import (
	"context"
	"sync"
)

// memo is what the operations of one batch have read and share: their accounts, and what they are made in. It lives no
// longer than the batch.
type memo struct {
	mu    sync.Mutex
	found map[string]any
}

type memoKey struct{}

func withMemo(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, &memo{found: map[string]any{}})
}

// remembered reads, or takes what another operation of the batch has read. Outside of a batch it always reads.
func remembered[T any](ctx context.Context, key string, read func() (T, error)) (T, error) {
	m, _ := ctx.Value(memoKey{}).(*memo)
	if m == nil {
		return read()
	}
	m.mu.Lock()
	v, ok := m.found[key].(T)
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		m.mu.Lock()
		m.found[key] = v
		m.mu.Unlock()
	}
	return v, err
}
