package reports

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// runner carries one report from the platforms' rows to the writer.
type runner struct {
	req    *Request
	srcs   []*source
	paused []string
	asOf   time.Time
	schema stream.Schema
	w      stream.Writer
	// fault is what becomes of a connection's failure, and problem how it is told.
	fault   func(*source, error) error
	problem func(error) any
	kept    *Report // the report that is kept; nil: the answer is a caller's
	keeper  *keeper // of what is read; nil: it is not kept

	sorter *spool.Sorter // nil: rows leave as they come
	keys   keyer
	codec  *codec
	owners []*source // by the number of an account
	fold   *fold     // nil: no rows are put together
	gate   *gate     // nil: rows leave as they come
	spool  spool.Options
	key    []byte

	begun   bool
	row     stream.Row
	settled settled
}

// settled is the last answer to whether a day's rows can still change: rows of a day come together.
type settled struct {
	day, final normalize.Day
	account    *stream.Account
	is         bool
}

// run writes the whole report, or returns what went wrong; whether bytes had left by then, the writer knows.
func (r *runner) run(ctx context.Context) error {
	err := r.read(ctx)
	if r.keeper != nil {
		r.keeper.flush(ctx)
	}
	if err != nil {
		return err
	}
	return r.end(ctx)
}

// read reads what has to be read; rows that leave as they come have left.
func (r *runner) read(ctx context.Context) error {
	read := r.merge
	if len(r.srcs) == 1 && len(r.srcs[0].plan.accounts) < 2 {
		read = r.direct
	}
	return read(ctx)
}

// end writes the rows that had to be put together or in order, totals and meta.
func (r *runner) end(ctx context.Context) error {
	if r.fold != nil {
		if err := r.unfold(ctx); err != nil {
			return err
		}
	}
	live := r.live()
	if len(live) == 0 {
		return firstFault(r.srcs, nil)
	}
	if r.sorter != nil {
		if err := r.drain(ctx); err != nil {
			return err
		}
	}
	if err := r.begin(); err != nil {
		return err
	}
	totals, why := r.totals(live)
	return r.w.End(totals, r.meta(live, why))
}

// live are the connections that have not failed.
func (r *runner) live() []*source {
	return slices.DeleteFunc(slices.Clone(r.srcs), func(s *source) bool { return s.err != nil })
}

// direct reads the only account of the only connection, without a goroutine of its own.
func (r *runner) direct(ctx context.Context) error {
	s := r.srcs[0]
	ctx = providers.WithIdle(ctx, r.flush)
	for _, p := range s.plan.parts {
		m := p.Meta
		for row, err := range r.rows(ctx, s, p, &m) {
			if err != nil {
				return r.fault(s, err)
			}
			if err := r.take(s, &row, p, m.FinalUntil); err != nil {
				return r.blame(s, err)
			}
		}
		s.gather.add(p, &m)
		r.kept.ended()
	}
	return nil
}

// rows reads a part: as it comes, or once the platform has made it.
func (r *runner) rows(ctx context.Context, s *source, p part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
	if p.replay {
		return r.replay(ctx, s, p, m)
	}
	var rows iter.Seq2[normalize.Row, error]
	if p.Async {
		rows = s.session.Reports.Fetch(ctx, r.kept.tickets[p.key], m)
	} else {
		rows = s.session.Reports.Stream(ctx, p.Part, m)
	}
	if p.hold == nil || r.keeper == nil {
		return rows
	}
	return p.onlyOf(r.record(ctx, s, p, m, rows))
}

// blame makes a row that cannot be right the fault of its connection; what the writer or the disk does is the report's.
func (r *runner) blame(s *source, err error) error {
	if providers.KindOf(err) == 0 {
		return err
	}
	return r.fault(s, err)
}

// flush lets the rows go that the writer has gathered, as none may come for a while.
func (r *runner) flush() {
	if f, ok := r.w.(stream.Flusher); ok && r.begun && r.sorter == nil {
		_ = f.Flush() // the next write meets the same fault
	}
}

func (r *runner) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	return r.w.Begin()
}

// take turns a platform's row into the answer's. final is the last day whose numbers no longer change.
func (r *runner) take(s *source, src *normalize.Row, p part, final normalize.Day) error {
	if s.plan.check != nil {
		if err := s.plan.check.take(s, src, &p); err != nil || p.ask.above {
			return err
		}
	}
	if s.plan.conversion != nil {
		return r.takeConverted(s, src, p, final)
	}
	d := &s.plan.derivation
	if len(src.Values) != len(d.Base) || len(src.Dims) != len(r.req.Dimensions) {
		return malformed(s, "a row of the report does not fit the question")
	}
	row := &r.row
	values := row.Values
	named := r.about(s, src, p.account)
	row.Values = values
	if !named {
		return nil
	}
	if err := r.finality(s, final); err != nil {
		return err
	}
	if r.req.totals() {
		s.sums.add(row.Currency, src.Values)
	}
	row.Values = d.Values(src.Values, values)
	return r.out(s, p.account)
}

// about says what the row is of; false: its name is none that is asked for.
func (r *runner) about(s *source, src *normalize.Row, account int) bool {
	row, a := &r.row, s.plan.accounts[account]
	row.Row, row.Account = *src, a
	row.Organization.ID = a.ID
	if row.Organization.Name == "" {
		row.Organization.Name = a.Name
	}
	if row.Currency == "" {
		row.Currency = a.Currency
	}
	if row.Currency != a.Currency { // LinkedIn bills accounts of BRL in USD
		s.gather.billed[account] = row.Currency
	}
	return r.req.Query == "" || strings.Contains(strings.ToLower(row.Entity(r.req.Level).Name), r.req.Query)
}

// finality says whether the row can still change.
func (r *runner) finality(s *source, final normalize.Day) error {
	c := r.schema.Calendar()
	if c == "" {
		return nil
	}
	if r.row.Date.IsZero() {
		return malformed(s, "a row of the report has no day")
	}
	if k := &r.settled; k.day != r.row.Date || k.final != final || k.account != r.row.Account {
		last := r.row.Period(c).To.Add(-1)
		*k = settled{r.row.Date, final, r.row.Account, !final.IsZero() && !final.Before(last)}
	}
	r.row.Final = r.settled.is
	return nil
}

// out lets the row go, or keeps it to be put in order.
func (r *runner) out(s *source, account int) error {
	row := &r.row
	s.rows++
	r.kept.counted()
	if r.req.Round {
		r.digits(row.Values, row.Currency, false)
	}
	if r.sorter != nil {
		n := s.first + account
		r.key = r.keys.append(r.key[:0], row, n)
		return r.sorter.Add(r.key, r.codec.encode(row, n))
	}
	if r.gate != nil {
		return r.gate.hold(r, s.first+account)
	}
	if err := r.begin(); err != nil {
		return err
	}
	return r.w.Row(row)
}

// drain writes the sorted rows.
func (r *runner) drain(ctx context.Context) error {
	last := r.key[:0]
	n := 0
	for rec, err := range r.sorter.Sorted() {
		if err != nil {
			return err
		}
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, account, err := r.codec.decode(rec.Val)
		if err != nil {
			return err
		}
		src := r.owners[account]
		if src.err != nil {
			continue // it failed after this row
		}
		if n > 1 && bytes.Equal(last, rec.Key) && row.Entity(r.req.Level).ID != "" {
			return malformed(src, "the report has two rows of "+string(r.req.Level)+" "+row.Entity(r.req.Level).ID+" where there can be one")
		}
		last = append(last[:0], rec.Key...)
		if err := r.begin(); err != nil {
			return err
		}
		if err := r.w.Row(row); err != nil {
			return err
		}
	}
	return nil
}

func malformed(s *source, message string) error {
	return &providers.Error{Kind: providers.Malformed, Platform: s.conn.Platform, Message: message}
}
