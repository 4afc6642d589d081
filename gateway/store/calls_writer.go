package store

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// CallOptions rule the log of calls. Zero fields take the defaults named.
type CallOptions struct {
	Buffer  int           // calls that may wait to be written: 4096
	Batch   int           // calls written at once: 200
	Every   time.Duration // a batch is written at least this often: 500 ms
	KeepFor time.Duration // older calls are dropped: 30 days
	Keep    int64         // calls beyond this count are dropped, the oldest first: 1,000,000
}

// callWriter writes calls behind the requests' backs. A request never waits for it: when it cannot keep up, calls are
// dropped and counted.
type callWriter struct {
	store   *Store
	opts    CallOptions
	queue   chan Call
	flush   chan chan struct{}
	quit    chan struct{}
	done    sync.WaitGroup
	dropped atomic.Int64
}

func startCalls(s *Store, o CallOptions) *callWriter {
	o.Buffer, o.Batch = cmp.Or(o.Buffer, 4096), cmp.Or(o.Batch, 200)
	o.Every, o.KeepFor = cmp.Or(o.Every, 500*time.Millisecond), cmp.Or(o.KeepFor, 30*24*time.Hour)
	o.Keep = cmp.Or(o.Keep, 1_000_000)
	w := &callWriter{store: s, opts: o, queue: make(chan Call, o.Buffer), flush: make(chan chan struct{}), quit: make(chan struct{})}
	w.done.Go(w.run)
	return w
}

// AddAPICall hands a call to the background writer and returns at once; id and moment are filled in where they are
// missing. It returns the id, and false when the call was dropped.
func (s *Store) AddAPICall(c Call) (string, bool) {
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	if c.ID == "" {
		c.ID = newID(prefixCall, c.CreatedAt)
	}
	c.clean()
	select {
	case s.calls.queue <- c:
		return c.ID, true
	default:
		s.calls.dropped.Add(1)
		return c.ID, false
	}
}

// clean cuts what callers made up to what both databases take, so that one odd header cannot cost a batch.
func (c *Call) clean() {
	for _, field := range []*string{&c.ConnectionID, &c.IntegrationType, &c.Environment, &c.ExternalXref, &c.Name, &c.Method,
		&c.Path, &c.Status, &c.Error, &c.IPAddress, &c.UserAgent, &c.WebhookID} {
		if len(*field) > maxCallField {
			*field = (*field)[:maxCallField]
		}
		*field = strings.ReplaceAll(strings.ToValidUTF8(*field, "\uFFFD"), "\x00", "\uFFFD")
	}
}

// maxCallField is how many bytes of a field are kept.
const maxCallField = 2048

// DroppedAPICalls counts the calls that were not logged since the store was opened.
func (s *Store) DroppedAPICalls() int64 { return s.calls.dropped.Load() }

// FlushAPICalls returns when every call added before is written or dropped.
func (s *Store) FlushAPICalls(ctx context.Context) error {
	ack := make(chan struct{})
	select {
	case s.calls.flush <- ack:
	case <-s.calls.quit:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-ack:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *callWriter) stop() {
	close(w.quit)
	w.done.Wait()
}

func (w *callWriter) run() {
	write, prune := time.NewTicker(w.opts.Every), time.NewTicker(10*time.Minute)
	defer write.Stop()
	defer prune.Stop()
	batch := make([]Call, 0, w.opts.Batch)
	for {
		select {
		case c := <-w.queue:
			if batch = append(batch, c); len(batch) == w.opts.Batch {
				batch = w.write(batch)
			}
		case <-write.C:
			batch = w.write(batch)
		case ack := <-w.flush:
			batch = w.drain(batch)
			close(ack)
		case <-prune.C:
			w.prune()
		case <-w.quit:
			w.drain(batch)
			return
		}
	}
}

// drain writes the batch and everything that waits.
func (w *callWriter) drain(batch []Call) []Call {
	for {
		select {
		case c := <-w.queue:
			if batch = append(batch, c); len(batch) == w.opts.Batch {
				batch = w.write(batch)
			}
		default:
			return w.write(batch)
		}
	}
}

// write empties the batch, into the database or, when that fails, into the count of dropped calls.
func (w *callWriter) write(batch []Call) []Call {
	if len(batch) == 0 {
		return batch
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.store.insertCalls(ctx, batch); err != nil {
		w.dropped.Add(int64(len(batch)))
		w.store.log.Warn("calls were not logged", slog.Int("calls", len(batch)), slog.Any("error", err))
	}
	return batch[:0]
}

func (w *callWriter) prune() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := w.store.PruneAPICallsAnyWorkspace(ctx, w.store.now().Add(-w.opts.KeepFor), w.opts.Keep); err != nil {
		w.store.log.Warn("old calls were not dropped", slog.Any("error", err))
	}
}

func (s *Store) insertCalls(ctx context.Context, batch []Call) error {
	const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	args := make([]any, 0, 21*len(batch))
	for _, c := range batch {
		args = append(args, c.ID, c.WorkspaceID, c.ConnectionID, c.IntegrationType, c.Environment, c.ExternalXref, c.Type, c.Name,
			c.Method, c.Path, c.Status, c.Error, c.Size, c.PlatformTime, c.Time, c.IPAddress, c.UserAgent, c.Billable, c.WebhookID, c.Upstream, micros{c.CreatedAt})
	}
	_, err := s.exec(ctx, `INSERT INTO apicalls (`+callColumns+`) VALUES `+row+strings.Repeat(`, `+row, len(batch)-1), args...)
	return wrap(err, "log calls")
}
