package reports

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// pair is one question to one account, as it is and as it was.
type pair struct {
	now, was *holding
	read     []normalize.DayRange // periods to read from the platform
	settled  []store.Block        // final already when they were read
	unread   int
}

// baseline plans both sides of a comparison: then, what was known at a moment, all of it kept; and srcs, what is now, read
// from the platform where it can have changed. What has never been read, and what was final already, is on neither side.
func (h *Handler) baseline(ctx context.Context, workspace string, req *Request, srcs, then []*source, since, now time.Time) error {
	for i, s := range srcs {
		s.hold(workspace)
		then[i].hold(workspace)
		if len(s.holdings) < s.questions {
			return problem.Rejected("dimension", s.conn.Platform+" does not tell the periods of this report apart in a way that can be compared.")
		}
	}
	base, err := h.cache.Store.BlocksAt(ctx, workspace, keysOf(srcs), since)
	if err != nil {
		return h.cache.failed(err)
	}
	var final []store.Block
	if !req.Bypass {
		if final, err = h.cache.Store.FinalBlocks(ctx, workspace, keysOf(srcs), now, now.Add(-h.cache.Keep)); err != nil {
			return h.cache.failed(err)
		}
	}
	k := versions{base: byPeriod(base), final: byPeriod(final), since: since, build: h.cache.Build}
	known := false
	for i, s := range srcs {
		known = s.compare(req, then[i], k) || known
	}
	if !known {
		return &problem.Error{Code: problem.CodeNotRead, Detail: fmt.Sprintf("Nothing is known of how this report was: read it first, with the same "+
			"level, dimensions, KPIs, filters and attribution; its changes from then on are told for %d days.", int(h.cache.Keep.Hours()/24))}
	}
	return nil
}

// versions are what is kept of the periods of a comparison.
type versions struct {
	base  map[blockID]store.Block // as known at since
	final map[blockID]store.Block // the newest, where it is final
	since time.Time
	build string
}

type blockID struct {
	key  string
	days normalize.DayRange
}

func byPeriod(blocks []store.Block) map[blockID]store.Block {
	out := map[blockID]store.Block{}
	for _, b := range blocks {
		out[blockID{b.Key, b.Days}] = b
	}
	return out
}

// compare plans both sides of one connection; false: nothing was known of it.
func (s *source) compare(req *Request, then *source, k versions) bool {
	s.changes = &stream.ChangesMeta{}
	s.plan.parts, then.plan.parts = nil, nil
	for from := 0; from < len(s.holdings); {
		to := from + 1
		for to < len(s.holdings) && s.holdings[to].parts[0].account == s.holdings[from].parts[0].account {
			to++
		}
		s.compareAccount(req, then, from, to, k)
		from = to
	}
	nameParts(s.conn, s.plan.parts)
	if n := s.changes.UnreadPeriods; n > 0 {
		note := fmt.Sprintf("%d periods have not been read before: their rows are not compared", n)
		s.gather.note, then.gather.note = append(slices.Clip(s.note), note), append(slices.Clip(then.note), note)
	}
	return s.changes.ComparedPeriods+s.changes.FinalPeriods > 0
}

// compareAccount plans the questions to one account, which share its names.
func (s *source) compareAccount(req *Request, then *source, from, to int, k versions) {
	known := newNames(req.Level)
	var pairs []*pair
	partly, folded := false, false
	for i := from; i < to; i++ {
		p := &pair{now: s.holdings[i], was: then.holdings[i]}
		p.now.names, p.was.names, p.was.then = known, known, true
		p.split(k)
		partly, folded = partly || p.unread > 0, folded || p.now.parts[0].ask.fold
		pairs = append(pairs, p)
	}
	var replays []part
	for _, p := range pairs {
		if partly && folded { // weeks of which some days are known would be compared as if they were whole
			p.forget()
		}
		s.plan.parts = append(s.plan.parts, s.fresh(req, p)...)
		replays = append(replays, p.now.replayed())
		then.plan.parts = append(then.plan.parts, p.was.replayed())
		p.tell(s.changes, k.since)
	}
	s.plan.parts = append(s.plan.parts, replays...)
}

// split tells, of each period, whether it has to be read, is known already as it is, or cannot have changed.
func (p *pair) split(k versions) {
	periods := p.now.periods
	p.now.periods = nil
	for _, days := range periods {
		id := blockID{p.now.key, days}
		was, read := k.base[id]
		final, isFinal := k.final[id]
		m, err := readMeta(final.Meta)
		switch {
		case !read:
			p.unread++
			continue
		case isFinal && final.ID == was.ID:
			p.settled = append(p.settled, was)
			p.now.metas = append(p.now.metas, m)
			continue
		case isFinal && err == nil && m.answers(k.build, &p.now.planned):
			p.now.cached, p.now.metas = append(p.now.cached, final), append(p.now.metas, m)
		default:
			p.read = append(p.read, days)
		}
		p.now.periods = append(p.now.periods, days)
		p.was.cached = append(p.was.cached, was)
		if m, err := readMeta(was.Meta); err == nil {
			p.was.metas = append(p.was.metas, m)
		}
	}
	p.now.use()
}

// forget leaves a question out of the comparison.
func (p *pair) forget() {
	p.unread += len(p.now.periods) + len(p.settled)
	p.read, p.settled = nil, nil
	for _, h := range []*holding{p.now, p.was} {
		h.periods, h.cached, h.metas, h.used, h.oldest = nil, nil, nil, 0, time.Time{}
	}
}

// replayed is the part that answers from what is kept.
func (h *holding) replayed() part {
	p := h.parts[0]
	return part{Part: providers.Part{Query: p.Query, Org: p.Org, Meta: h.planned}, account: p.account, ask: p.ask, hold: h, replay: true}
}

// fresh plans what is read from the platform. Where it has something else to say of some days than of the whole range,
// the whole range is read, and the rows of the other periods are passed over.
func (s *source) fresh(req *Request, p *pair) []part {
	var out []part
	for _, days := range joined(slices.Clone(p.read)) {
		parts, ok := s.piece(req, p.now, days)
		if !ok {
			out = p.now.held()
			calendar := calendarOf(out[0].Query.Dimensions)
			only := map[normalize.Day]bool{}
			for _, days := range p.read {
				only[beginOf(calendar, days.From)] = true
			}
			for i := range out {
				out[i].only = only
			}
			return out
		}
		out = append(out, parts...)
	}
	return out
}

// tell says which readings are compared.
func (p *pair) tell(m *stream.ChangesMeta, since time.Time) {
	m.ComparedPeriods += len(p.was.cached)
	m.FinalPeriods += len(p.settled)
	m.UnreadPeriods += p.unread
	for _, b := range slices.Concat(p.was.cached, p.settled) {
		at := b.ReadAt
		if !b.SeenAt.After(since) {
			at = b.SeenAt
		}
		m.BaselineReadAt = m.BaselineReadAt.Add(at)
	}
}

// onlyOf passes over the rows of other periods.
func (p *part) onlyOf(rows iter.Seq2[normalize.Row, error]) iter.Seq2[normalize.Row, error] {
	calendar := calendarOf(p.Query.Dimensions)
	if p.only == nil || calendar == "" {
		return rows
	}
	return func(yield func(normalize.Row, error) bool) {
		for row, err := range rows {
			if (err != nil || p.only[beginOf(calendar, row.Date)]) && !yield(row, err) {
				return
			}
		}
	}
}
