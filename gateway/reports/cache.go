package reports

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/stream"
)

// Cache says where what platforms have answered is kept, and how much of it.
type Cache struct {
	Store    *store.Store
	MaxBytes int64         // of one workspace: 256 MiB
	Keep     time.Duration // how long after it was last read, or superseded: 35 days
	Build    string        // of this binary: what another one has read is read again, as it may read it otherwise
}

// Bounds of what is held in memory until it is kept: of one part of a report, and of all reports of the process. What is
// larger is answered, and not kept.
const (
	mostOfPart = 8 << 20
	mostOfAll  = 64 << 20
	spaceStep  = 256 << 10
	// mostPending is how many compressed bytes wait for being written together.
	mostPending = 1 << 20
)

// sweepEvery is how often what is too old or too much is dropped.
const sweepEvery = 10 * time.Minute

// cache is what a process has of it.
type cache struct {
	Cache
	log     *slog.Logger
	now     func() time.Time
	space   space
	z       *zstd.Encoder
	un      *zstd.Decoder
	written atomic.Int64 // bytes since the last sweep
}

func newCache(cfg *Config) *cache {
	if cfg.Cache == nil || cfg.Cache.Store == nil {
		return nil
	}
	c := &cache{Cache: *cfg.Cache, log: cfg.Log, now: cfg.Now}
	c.MaxBytes, c.Keep = cmp.Or(c.MaxBytes, 256<<20), cmp.Or(c.Keep, 35*24*time.Hour)
	var err error
	if c.z, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true)); err != nil {
		panic(err) // the options are constants
	}
	if c.un, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(4), zstd.WithDecoderMaxMemory(4*mostOfPart)); err != nil {
		panic(err)
	}
	return c
}

// space is memory that several share.
type space struct{ used atomic.Int64 }

func (s *space) take(n int64) bool {
	if s.used.Add(n) > mostOfAll {
		s.used.Add(-n)
		return false
	}
	return true
}

func (s *space) give(n int64) { s.used.Add(-n) }

// Run drops what is too old or too much, until ctx ends. It returns nil: what fails is logged and tried again.
func (h *Handler) Run(ctx context.Context) error {
	if h.cache == nil {
		return nil
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		h.cache.sweep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *cache) sweep(ctx context.Context) {
	c.written.Store(0)
	n, err := c.Store.SweepBlocksAnyWorkspace(ctx, c.now().Add(-c.Keep), c.MaxBytes)
	switch {
	case err != nil && ctx.Err() == nil:
		c.log.WarnContext(ctx, "kept report days could not be swept", slog.String("error", err.Error()))
	case n > 0:
		c.log.DebugContext(ctx, "kept report days dropped", slog.Int64("blocks", n))
	}
}

// keeper writes what one report has read.
type keeper struct {
	cache *cache
	at    time.Time // of the reading

	mu      sync.Mutex
	pending map[string][]store.Block // by workspace
	of      []*holding
	bytes   int
}

// keep takes the blocks of a part that has ended whole.
func (k *keeper) keep(ctx context.Context, h *holding, blocks []store.Block) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pending == nil {
		k.pending = map[string][]store.Block{}
	}
	k.pending[h.workspace] = append(k.pending[h.workspace], blocks...)
	k.of = append(k.of, h)
	for i := range blocks {
		k.bytes += len(blocks[i].Body)
	}
	if k.bytes >= mostPending {
		k.write(ctx)
	}
}

// flush writes what is left, also when the caller has gone: it is true all the same.
func (k *keeper) flush(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.write(ctx)
}

func (k *keeper) write(ctx context.Context) {
	if len(k.of) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for workspace, blocks := range k.pending {
		if err := k.cache.Store.PutBlocks(ctx, workspace, k.at, blocks); err != nil {
			k.cache.log.WarnContext(ctx, "what a platform has answered could not be kept", slog.String("error", err.Error()))
			for _, h := range k.of {
				h.lost.Store(true)
			}
		}
	}
	if k.cache.written.Add(int64(k.bytes)) > k.cache.MaxBytes/8 {
		k.cache.sweep(ctx)
	}
	k.pending, k.of, k.bytes = nil, nil, 0
}

// told says of a connection what was not asked for again.
func (s *source) told() *stream.Cache {
	c := &stream.Cache{Kept: len(s.holdings) == s.questions}
	for _, h := range s.holdings {
		c.UsedPeriods += h.used
		c.ReadPeriods += len(h.periods) - h.used
		c.Kept = c.Kept && !h.lost.Load()
		if !h.oldest.IsZero() && (c.OldestReadAt.IsZero() || h.oldest.Before(c.OldestReadAt)) {
			c.OldestReadAt = h.oldest
		}
	}
	return c
}

// idsOf lists the ids of blocks.
func idsOf(blocks []store.Block) []string {
	out := make([]string, len(blocks))
	for i := range blocks {
		out[i] = blocks[i].ID
	}
	return slices.Clip(out)
}
