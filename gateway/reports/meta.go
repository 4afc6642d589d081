package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// maxRequestIDs is how many of the platform's request ids are told.
const maxRequestIDs = 50

// gatherer puts the meta of a connection's parts together.
type gatherer struct {
	ended []endedPart // not counted yet

	req  *Request
	conn Connection
	plan *plan
	note []string
	asOf time.Time

	parts    int
	of       map[normalize.Metric]int // how many parts were asked for what a KPI is made of
	missing  map[normalize.Metric]int // how many of them lack it
	used     []string
	honoured bool
	restates int
	lags     []string
	left     []string
	requests int
	ids      []string
	final    []normalize.Day // by account; zero: not known
	finals   []bool          // an account has had a part
	billed   map[int]string  // by account: the currency of its rows, where it is not the account's
}

func newGatherer(req *Request, s *source, asOf time.Time) *gatherer {
	p := s.plan
	return &gatherer{req: req, conn: s.conn, plan: p, note: s.note, asOf: asOf, of: map[normalize.Metric]int{}, missing: map[normalize.Metric]int{}, honoured: true,
		billed: map[int]string{},
		final:  make([]normalize.Day, len(p.accounts)), finals: make([]bool, len(p.accounts))}
}

// add takes note of a part that has ended. Accounts end in any order; what is told of them keeps theirs.
func (g *gatherer) add(p part, m *providers.Meta) {
	g.ended = append(g.ended, endedPart{p, *m})
}

// endedPart is a part with what is known once it has ended.
type endedPart struct {
	part part
	meta providers.Meta
}

// count takes the parts that have ended together.
func (g *gatherer) count() {
	slices.SortStableFunc(g.ended, func(a, b endedPart) int { return cmp.Compare(a.part.account, b.part.account) })
	for i := range g.ended {
		g.countPart(g.ended[i].part, &g.ended[i].meta)
	}
	g.ended = nil
}

func (g *gatherer) countPart(p part, m *providers.Meta) {
	g.requests += len(m.RequestIDs)
	g.ids = append(g.ids, m.RequestIDs[:min(len(m.RequestIDs), maxRequestIDs-len(g.ids))]...)
	if g.plan.check != nil {
		g.plan.check.ended(&p, m)
	}
	if p.ask.above {
		return
	}
	g.parts++
	for _, k := range g.plan.derivation.Missing(g.plan.asked(p)) {
		g.of[k]++
	}
	for _, k := range g.plan.derivation.Missing(g.plan.lacking(p, m)) {
		g.missing[k]++
	}
	g.used = once(g.used, m.Attribution)
	g.honoured = g.honoured && m.Honoured
	g.restates = max(g.restates, m.Restates)
	g.lags = once(g.lags, m.Lag)
	for _, l := range m.Left {
		g.left = once(g.left, l)
	}
	if i := p.account; !g.finals[i] || m.FinalUntil.Before(g.final[i]) {
		g.final[i], g.finals[i] = m.FinalUntil, true
	}
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// connection is what is known of the connection once all parts have ended.
func (g *gatherer) connection() stream.ConnectionMeta {
	g.count()
	c := stream.ConnectionMeta{
		ConnectionID: g.conn.ID, Platform: g.conn.Platform, DataAsOf: g.asOf,
		Unsupported: []normalize.Metric{}, Accounts: []stream.AccountMeta{}, Requests: g.requests, RequestIDs: append([]string{}, g.ids...),
	}
	left := append(append([]string{}, g.note...), g.left...)
	for _, k := range g.plan.derivation.Asked {
		switch n := g.missing[k]; {
		case n > 0 && n >= g.of[k], slices.Contains(g.plan.derivation.Unsupported, k):
			c.Unsupported = append(c.Unsupported, k)
		case n > 0:
			left = append(left, string(k)+" has no number for a part of the accounts or days")
		}
	}
	c.Quality = stream.Quality{LeftOut: left}
	if g.plan.check != nil {
		g.plan.check.tell(&c.Quality, g.asOf)
	}
	c.Quality.Complete = len(c.Quality.LeftOut) == 0
	for i, a := range g.plan.accounts {
		c.Accounts = append(c.Accounts, stream.AccountMeta{OrganizationID: a.ID, OrganizationName: a.Name, Currency: cmp.Or(g.billed[i], a.Currency),
			TimeZone: a.Zone.String(), StartGTE: a.Range.From, EndLT: a.Range.To, FinalUntil: g.final[i]})
	}
	c.Shared = stream.Shared{Attribution: g.attribution(), RestatesForDays: g.restates, DataLag: strings.Join(g.lags, "; ")}
	shared(&c.Shared, c.Accounts)
	if g.req.Currency != "" {
		c.Currency = g.req.Currency
	}
	c.Conversion = g.plan.conversion.meta()
	return c
}

func (g *gatherer) attribution() *stream.Attribution {
	a := &stream.Attribution{Asked: "default", Used: strings.Join(g.used, "; "), Honoured: true}
	if g.req.Attribution != "" {
		a.Asked, a.Honoured = g.req.Attribution, g.honoured && g.parts > 0
	}
	return a
}

// shared sets what all accounts agree on, and the earliest of their final days.
func shared(s *stream.Shared, accounts []stream.AccountMeta) {
	for i, a := range accounts {
		if i == 0 {
			s.Currency, s.TimeZone, s.StartGTE, s.EndLT, s.FinalUntil = a.Currency, a.TimeZone, a.StartGTE, a.EndLT, a.FinalUntil
			continue
		}
		keep(&s.Currency, a.Currency)
		keep(&s.TimeZone, a.TimeZone)
		keep(&s.StartGTE, a.StartGTE)
		keep(&s.EndLT, a.EndLT)
		if a.FinalUntil.Before(s.FinalUntil) {
			s.FinalUntil = a.FinalUntil
		}
	}
}

// keep clears a value that another part does not share.
func keep[T comparable](have *T, other T) {
	if *have != other {
		var none T
		*have = none
	}
}

// agree clears what another connection does not share; a KPI is unsupported when nobody has it.
func agree(m *stream.Meta, c *stream.ConnectionMeta) {
	m.Unsupported = slices.DeleteFunc(slices.Clone(m.Unsupported), func(k normalize.Metric) bool { return !slices.Contains(c.Unsupported, k) })
	if a, b := m.Attribution, c.Attribution; a != nil && (b == nil || *a != *b) {
		m.Attribution = nil
	}
	keep(&m.Currency, c.Currency)
	keep(&m.TimeZone, c.TimeZone)
	keep(&m.StartGTE, c.StartGTE)
	keep(&m.EndLT, c.EndLT)
	keep(&m.DataLag, c.DataLag)
	m.RestatesForDays = max(m.RestatesForDays, c.RestatesForDays)
	if c.FinalUntil.Before(m.FinalUntil) {
		m.FinalUntil = c.FinalUntil
	}
}

// meta is the whole report's: with one connection, that connection's own; with several, what they agree on.
func (r *runner) meta(live []*source, additivity map[normalize.Metric]string) *stream.Meta {
	m := &stream.Meta{
		Level: r.req.Level, Type: live[0].plan.derivation.Asked, Dimension: r.req.Dimensions,
		Limit: r.req.Page.Limit, Offset: r.req.Page.Offset, Sort: r.req.Sort, Additivity: additivity, DataAsOf: r.asOf,
	}
	for i, s := range live {
		c := s.gather.connection()
		if r.keeper != nil {
			c.Cache = s.told()
		}
		m.Rows += s.rows
		m.Connections = append(m.Connections, c)
		if i == 0 {
			m.Shared, m.Unsupported = c.Shared, c.Unsupported
			continue
		}
		agree(m, &c)
	}
	m.Quality = r.quality(m.Connections)
	for _, s := range r.srcs {
		if s.err != nil {
			m.Errors = append(m.Errors, stream.Failure{ConnectionID: s.conn.ID, Platform: s.conn.Platform, Problem: r.problem(s.err)})
		}
	}
	if m.Sort != "" || r.req.Desc {
		m.Order = "asc"
		if r.req.Desc {
			m.Order = "desc"
		}
	}
	return m
}

// quality is the whole report's: a reason says whose it is where there are several connections.
func (r *runner) quality(of []stream.ConnectionMeta) stream.Quality {
	left := []string{}
	for _, c := range of {
		for _, l := range c.Quality.LeftOut {
			if r.req.Several {
				l = c.ConnectionID + ": " + l
			}
			left = append(left, l)
		}
	}
	for _, s := range r.srcs {
		if s.err != nil {
			left = append(left, s.conn.ID+": failed, see errors")
		}
	}
	for _, id := range r.paused {
		left = append(left, id+": is paused")
	}
	q := stream.Quality{Complete: len(left) == 0, LeftOut: left}
	for _, c := range of {
		q.Differences = append(q.Differences, c.Quality.Differences...)
	}
	if len(of) == 1 {
		q.Reconciled = of[0].Quality.Reconciled
	}
	return q
}
