package reports

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// mostPieces is how many pieces of a range are asked for by themselves; where there are more holes, what is between them
// is asked for too.
const mostPieces = 4

// holding is what is kept of one question to one account, and what the report does with it.
type holding struct {
	workspace string
	key       string
	parts     []part // as planned for the whole range
	planned   providers.Meta
	periods   []normalize.DayRange
	names     *names // of the account, where some rows are read and some are kept; nil: not needed

	cached []store.Block   // to be answered with
	metas  []blockMeta     // of cached
	live   *providers.Meta // what the platform says now, once it has been asked
	then   bool            // cached is what was known at a moment, whatever has come since

	used   int // periods that are answered from what is kept
	oldest time.Time
	lost   atomic.Bool // something that was read has not been kept
}

// recall looks up, for each question to each account, what is kept of days that are final, and takes their days out of
// the plan. at is when the report was asked for: what has been kept later does not count, so that a plan made again is
// the same.
func (h *Handler) recall(ctx context.Context, workspace string, req *Request, srcs []*source, at time.Time) {
	if h.cache == nil {
		return
	}
	for _, s := range srcs {
		if s.err == nil && s.plan != nil {
			s.hold(workspace)
		}
	}
	if req.Bypass {
		return
	}
	kept, err := h.cache.Store.FinalBlocks(ctx, workspace, keysOf(srcs), at, at.Add(-h.cache.Keep))
	if err != nil {
		h.cache.log.WarnContext(ctx, "kept report days could not be looked up", slog.String("error", err.Error()))
		return
	}
	by := byKey(kept)
	for _, s := range srcs {
		for _, k := range s.holdings {
			k.choose(by[k.key], h.cache.Build)
		}
		s.replan(req)
	}
}

func keysOf(srcs []*source) []string {
	var keys []string
	for _, s := range srcs {
		for _, k := range s.holdings {
			keys = append(keys, k.key)
		}
	}
	return keys
}

func byKey(blocks []store.Block) map[string][]store.Block {
	out := map[string][]store.Block{}
	for _, b := range blocks {
		out[b.Key] = append(out[b.Key], b)
	}
	return out
}

// hold finds the questions of a plan whose answers can be kept.
func (s *source) hold(workspace string) {
	s.holdings, s.questions = nil, 0
	parts := s.plan.parts
	for from := 0; from < len(parts); {
		to := from + 1
		for to < len(parts) && parts[to].account == parts[from].account && parts[to].ask == parts[from].ask {
			to++
		}
		s.questions++
		if h := newHolding(workspace, s.conn, s.plan.accounts[parts[from].account].Range, parts[from:to]); h != nil {
			s.holdings = append(s.holdings, h)
			for i := from; i < to; i++ {
				parts[i].hold = h
			}
		}
		from = to
	}
}

// newHolding returns nil where the parts are not whole periods, each once, of one kind: then nobody knows which rows are of
// which period.
func newHolding(workspace string, conn Connection, r normalize.DayRange, parts []part) *holding {
	q := parts[0].Query
	h := &holding{workspace: workspace, parts: slices.Clone(parts), periods: periodsOf(q.Dimensions, r), planned: parts[0].Meta}
	var covered []normalize.DayRange
	for _, p := range parts {
		if !alike(&p.Meta, &h.planned) {
			return nil
		}
		covered = append(covered, periodsOf(q.Dimensions, p.Query.Range)...)
		for _, l := range p.Meta.Left {
			h.planned.Left = once(slices.Clip(h.planned.Left), l)
		}
	}
	slices.SortFunc(covered, func(a, b normalize.DayRange) int { return a.From.Sub(b.From) })
	if !slices.Equal(covered, h.periods) {
		return nil
	}
	h.key = blockKey(conn, parts[0].Org, q)
	return h
}

// alike tells whether two parts say the same of their numbers, but for what is left out of their days.
func alike(a, b *providers.Meta) bool {
	return a.Attribution == b.Attribution && a.Honoured == b.Honoured && a.FinalUntil == b.FinalUntil && a.Restates == b.Restates &&
		a.Lag == b.Lag && slices.Equal(a.Unsupported, b.Unsupported)
}

// choose takes the blocks that stand for periods of the question.
func (h *holding) choose(kept []store.Block, build string) {
	if h.planned.FinalUntil.IsZero() {
		return
	}
	at := map[normalize.DayRange]bool{}
	for _, p := range h.periods {
		at[p] = true
	}
	for _, b := range kept {
		m, err := readMeta(b.Meta)
		if err == nil && at[b.Days] && m.answers(build, &h.planned) {
			h.cached, h.metas = append(h.cached, b), append(h.metas, m)
		}
	}
}

// replan makes the parts anew where there are blocks: first what is still to be read, so that its names are known, then
// what is kept.
func (s *source) replan(req *Request) {
	if !slices.ContainsFunc(s.holdings, func(h *holding) bool { return len(h.cached) > 0 }) {
		return
	}
	var out []part
	for _, parts := range s.plan.byAccount() {
		var later []part
		known := newNames(req.Level)
		seen := map[*holding]bool{}
		for _, p := range parts {
			h := p.hold
			if h != nil {
				h.names = known
			}
			if h == nil || len(h.cached) == 0 {
				out = append(out, p)
				continue
			}
			if seen[h] {
				continue
			}
			seen[h] = true
			missing, ok := s.missing(req, h)
			if !ok {
				h.cached, h.metas = nil, nil
				out = append(out, h.held()...)
				continue
			}
			h.use()
			out = append(out, missing...)
			later = append(later, h.replayed())
		}
		out = append(out, later...)
	}
	s.plan.parts = out
	nameParts(s.conn, s.plan.parts)
}

// held are the parts as they were planned.
func (h *holding) held() []part {
	out := slices.Clone(h.parts)
	for i := range out {
		out[i].hold = h
	}
	return out
}

// use counts what is answered from what is kept.
func (h *holding) use() {
	h.used = len(h.cached)
	for _, b := range h.cached {
		if h.oldest.IsZero() || b.SeenAt.Before(h.oldest) {
			h.oldest = b.SeenAt
		}
	}
}

// missing plans the periods that have no block. ok is false where the platform has something else to say of them than
// of the whole range: then the whole range is read.
func (s *source) missing(req *Request, h *holding) (out []part, ok bool) {
	for _, days := range h.holes() {
		parts, ok := s.piece(req, h, days)
		if !ok {
			return nil, false
		}
		out = append(out, parts...)
	}
	return out, true
}

// piece plans some of the days of a question.
func (s *source) piece(req *Request, h *holding, days normalize.DayRange) ([]part, bool) {
	first := h.parts[0]
	q := first.Query
	q.Range = days
	planned, err := s.session.Reports.Plan(q)
	if err != nil {
		return nil, false
	}
	var out []part
	var covered []normalize.DayRange
	for _, pt := range planned {
		pt.Async = pt.Async || s.session.Reports.Stream == nil
		covered = append(covered, periodsOf(q.Dimensions, pt.Query.Range)...)
		if !alike(&pt.Meta, &h.planned) || pt.Async && !req.whole {
			return nil, false
		}
		pt.Meta = h.planned // what is left out of the whole range is said of the whole report
		out = append(out, part{Part: pt, account: first.account, ask: first.ask, hold: h})
	}
	return out, slices.Equal(covered, periodsOf(q.Dimensions, days))
}

// holes are the days without a block. Where there are too many of them, blocks between them are given up.
func (h *holding) holes() []normalize.DayRange {
	have := map[normalize.DayRange]bool{}
	for _, b := range h.cached {
		have[b.Days] = true
	}
	var out []normalize.DayRange
	for _, p := range h.periods {
		switch n := len(out); {
		case have[p]:
		case n > 0 && (out[n-1].To == p.From || n == mostPieces):
			out[n-1].To = p.To
		default:
			out = append(out, p)
		}
	}
	within := func(d normalize.DayRange) bool {
		return slices.ContainsFunc(out, func(r normalize.DayRange) bool { return !d.From.Before(r.From) && d.From.Before(r.To) })
	}
	for i, b := range slices.Backward(h.cached) {
		if within(b.Days) {
			h.cached, h.metas = slices.Delete(h.cached, i, i+1), slices.Delete(h.metas, i, i+1)
		}
	}
	return out
}

// names are what the objects of an account are called in this report: as the platform says now, or as it last did. One
// object never has two names.
type names struct {
	levels []normalize.Level
	of     map[normalize.Level]map[string]string
}

func newNames(l normalize.Level) *names {
	n := &names{levels: l.Above()[1:], of: map[normalize.Level]map[string]string{}}
	for _, l := range n.levels {
		n.of[l] = map[string]string{}
	}
	return n
}

// learn takes the names of a row that are not known yet.
func (n *names) learn(row *normalize.Row) {
	for _, l := range n.levels {
		e := row.Entity(l)
		if e.ID == "" || e.Name == "" {
			continue
		}
		if _, known := n.of[l][e.ID]; !known {
			n.of[l][strings.Clone(e.ID)] = strings.Clone(e.Name)
		}
	}
}
