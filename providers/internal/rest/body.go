package rest

import (
	"context"
	"errors"
	"io"
	"time"
)

// watch ends a call from which nothing comes. It counts only while we wait for the platform: a slow consumer of rows
// is not a stalled answer.
type watch struct {
	ctx    context.Context //nolint:containedctx // the call's own
	cancel context.CancelCauseFunc
	timer  *time.Timer // of the headers
	idle   *time.Timer // of the body; nil until it is read
}

func newWatch(ctx context.Context, cancel context.CancelCauseFunc, headers time.Duration) *watch {
	w := &watch{ctx: ctx, cancel: cancel}
	w.timer = time.AfterFunc(headers, func() { cancel(errSlowHeaders) })
	return w
}

// rest stops the clock that waits for headers.
func (w *watch) rest() { w.timer.Stop() }

// reading starts the clock for the next bytes of the body, and read stops it.
func (w *watch) reading(idle time.Duration) {
	if w.idle == nil {
		w.idle = time.AfterFunc(idle, func() { w.cancel(errStalled) })
		return
	}
	w.idle.Reset(idle)
}

func (w *watch) read() { w.idle.Stop() }

func (w *watch) cause() error { return context.Cause(w.ctx) }

func (w *watch) end() {
	w.timer.Stop()
	if w.idle != nil {
		w.idle.Stop()
	}
	w.cancel(context.Canceled)
}

// body reads an answer's body under the idle clock and the size limit, and remembers why it ended.
type body struct {
	rc    io.ReadCloser
	watch *watch
	idle  time.Duration
	left  int64 // bytes that may still come
	err   error // why it ended; io.EOF when it is whole
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	b.watch.reading(b.idle)
	n, err := b.rc.Read(p)
	b.watch.read()
	if int64(n) > b.left {
		n, err = int(b.left), errTooLarge
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) && errors.Is(b.watch.cause(), errStalled) {
		err = errStalled
	}
	b.err = err
	return n, err
}

func (b *body) Close() error { return b.rc.Close() }
