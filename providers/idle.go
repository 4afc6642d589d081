package providers

import "context"

type idleKey struct{}

// WithIdle returns a context whose calls to a platform say so before they wait for it, so that rows that were gathered
// need not wait with them. f is called by the goroutine that reads the rows.
func WithIdle(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, idleKey{}, f)
}

// Idle says that the caller is about to wait for a platform. The client of adapters does so before each call; an adapter
// does it where it waits otherwise.
func Idle(ctx context.Context) {
	if f, ok := ctx.Value(idleKey{}).(func()); ok {
		f()
	}
}
