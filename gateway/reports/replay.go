package reports

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// errEnough says that nobody wants more rows.
var errEnough = errors.New("no more rows are wanted")

// record hands on the rows of a part, and keeps them once it has ended whole.
func (r *runner) record(ctx context.Context, s *source, p part, m *providers.Meta, rows iter.Seq2[normalize.Row, error]) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		h := p.hold
		rec := newRecorder(&r.keeper.cache.space, p.Query)
		defer func() { rec.release() }()
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			if rec != nil && !rec.add(&row) {
				rec = nil
				h.lost.Store(true)
			}
			if h.names != nil {
				h.names.learn(&row)
			}
			if !yield(row, nil) {
				return
			}
		}
		h.learn(m)
		if rec == nil {
			return
		}
		blocks, err := rec.blocks(r.keeper.cache.z, s.conn.ID, h.key, metaOf(r.keeper.cache.Build, &h.planned, m), m.FinalUntil, r.keeper.at)
		if err != nil {
			h.lost.Store(true)
			r.keeper.cache.log.WarnContext(ctx, "what a platform has answered is not kept", slog.String("connection", s.conn.ID), slog.String("error", err.Error()))
			return
		}
		r.keeper.keep(ctx, h, blocks)
	}
}

// learn notes what the platform says now of how long days change.
func (h *holding) learn(m *providers.Meta) {
	if h.live == nil || m.FinalUntil.Before(h.live.FinalUntil) {
		h.live = &providers.Meta{FinalUntil: m.FinalUntil, Restates: m.Restates}
	}
}

// replay hands on the rows of what is kept. What turns out not to be final after all, or has been dropped since it was
// looked up, is read from the platform.
func (r *runner) replay(ctx context.Context, s *source, p part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		h := p.hold
		if err := r.stillFinal(ctx, h); err != nil {
			yield(normalize.Row{}, err)
			return
		}
		h.restore(m)
		gone, err := r.rowsKept(ctx, p, func(row *normalize.Row) bool { return yield(*row, nil) })
		if errors.Is(err, errEnough) {
			return
		}
		if err != nil {
			yield(normalize.Row{}, err)
			return
		}
		h.used -= len(gone)
		for _, days := range joined(gone) {
			if !r.readAgain(ctx, s, p, days, m, yield) {
				return
			}
		}
	}
}

// stillFinal drops blocks whose days can change after all, as the platform has just said.
func (r *runner) stillFinal(ctx context.Context, h *holding) error {
	if h.then || h.live == nil {
		return nil
	}
	var ids []string
	for i := range h.cached {
		if h.live.FinalUntil.Before(h.cached[i].Days.To.Add(-1)) {
			ids = append(ids, h.cached[i].ID)
			h.cached[i].ID = "" // read again, as if it had been dropped
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return r.keeper.cache.failed(r.keeper.cache.Store.UnfinalBlocks(ctx, h.workspace, ids))
}

// failed is what a caller learns of a failure of the store.
func (c *cache) failed(err error) error {
	if err == nil {
		return nil
	}
	return problem.Unavailable("What is kept of the report could not be read.", time.Second, err)
}

// restore sets what is known of the numbers: what the platform has just said, or else what it had said of them then.
func (h *holding) restore(m *providers.Meta) {
	*m = h.planned
	for i, b := range h.metas {
		if until := h.planned.FinalUntil.Add(b.Shift); i == 0 || until.Before(m.FinalUntil) {
			m.FinalUntil = until
		}
		if i == 0 {
			m.Restates = 0
		}
		m.Restates = max(m.Restates, b.Restates)
	}
	if h.live != nil && !h.then {
		m.FinalUntil, m.Restates = h.live.FinalUntil, h.live.Restates
	}
}

// rowsKept reads blocks, those that were read last first, so that their names hold. It lists the periods of those that are
// gone.
func (r *runner) rowsKept(ctx context.Context, p part, yield func(*normalize.Row) bool) (gone []normalize.DayRange, err error) {
	h, c := p.hold, r.keeper.cache
	order := slices.Clone(h.cached)
	slices.SortStableFunc(order, func(a, b store.Block) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), a.Days.From.Sub(b.Days.From))
	})
	if err := c.Store.UseBlocks(ctx, h.workspace, idsOf(order)); err != nil {
		c.log.WarnContext(ctx, "the use of kept report days could not be noted", slog.String("error", err.Error()))
	}
	codec := rowCodec(p.Query.Level, len(p.Query.Dimensions), len(p.Query.Metrics))
	for len(order) > 0 {
		n := batchOf(order)
		bodies, err := c.Store.BlockBodies(ctx, h.workspace, idsOf(order[:n]))
		if err != nil {
			return nil, c.failed(err)
		}
		for _, b := range order[:n] {
			body, ok := bodies[b.ID]
			if !ok {
				gone = append(gone, b.Days)
				continue
			}
			err := rowsOf(c.un, codec, body, func(row *normalize.Row) error {
				row.Organization = normalize.Entity{ID: p.Org.ID, Name: p.Org.Name}
				if h.names != nil {
					h.names.apply(row)
				}
				if !yield(row) {
					return errEnough
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		order = order[n:]
	}
	return gone, nil
}

// batchOf is how many blocks are read at once: few enough for memory not to grow with a report.
func batchOf(order []store.Block) int {
	const bytes, most = 1 << 20, 64
	n := 0
	for size := int64(0); n < len(order) && n < most && size < bytes; n++ {
		size += order[n].Size
	}
	return n
}

// apply gives the objects of a row the names that they have in this report.
func (n *names) apply(row *normalize.Row) {
	n.learn(row)
	for _, l := range n.levels {
		e := entityOf(row, l)
		if name, known := n.of[l][e.ID]; known {
			e.Name = name
		}
	}
}

// joined puts periods that follow one another together.
func joined(periods []normalize.DayRange) []normalize.DayRange {
	slices.SortFunc(periods, func(a, b normalize.DayRange) int { return a.From.Sub(b.From) })
	var out []normalize.DayRange
	for _, p := range periods {
		if n := len(out); n > 0 && out[n-1].To == p.From {
			out[n-1].To = p.To
			continue
		}
		out = append(out, p)
	}
	return out
}

// readAgain reads some days from the platform after all; false: nobody wants more.
func (r *runner) readAgain(ctx context.Context, s *source, p part, days normalize.DayRange, m *providers.Meta, yield func(normalize.Row, error) bool) bool {
	pieces, ok := s.piece(r.req, p.hold, days)
	if p.hold.then || !ok || slices.ContainsFunc(pieces, func(p part) bool { return p.Async }) {
		yield(normalize.Row{}, problem.Unavailable("What is kept of the report has changed while it was read: ask again.", time.Second, nil))
		return false
	}
	for _, piece := range pieces {
		of := piece.Meta
		for row, err := range r.record(ctx, s, piece, &of, s.session.Reports.Stream(ctx, piece.Part, &of)) {
			if !yield(row, err) || err != nil {
				return false
			}
		}
		m.RequestIDs = append(m.RequestIDs, of.RequestIDs...)
		m.Restates = max(m.Restates, of.Restates)
		if of.FinalUntil.Before(m.FinalUntil) {
			m.FinalUntil = of.FinalUntil
		}
		for _, l := range of.Left {
			m.Left = once(slices.Clip(m.Left), l)
		}
		for _, k := range of.Unsupported {
			if !slices.Contains(m.Unsupported, k) {
				m.Unsupported = append(slices.Clip(m.Unsupported), k)
			}
		}
	}
	return true
}
