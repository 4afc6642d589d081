package reports

import (
	"bytes"
	"context"
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

	sorter *spool.Sorter // nil: rows leave as they come
	keys   keyer
	codec  *codec
	owners []*source // by the number of an account
	key    []byte

	begun bool
	row   stream.Row
}

// run writes the whole report, or returns what went wrong; whether bytes had left by then, the writer knows.
func (r *runner) run(ctx context.Context) error {
	read := r.merge
	if len(r.srcs) == 1 {
		read = r.direct
	}
	if err := read(ctx); err != nil {
		return err
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
	totals, why := totalsOf(live)
	return r.w.End(totals, r.meta(live, why))
}

// live are the connections that have not failed.
func (r *runner) live() []*source {
	return slices.DeleteFunc(slices.Clone(r.srcs), func(s *source) bool { return s.err != nil })
}

// direct reads the only connection, without a goroutine of its own.
func (r *runner) direct(ctx context.Context) error {
	s := r.srcs[0]
	for _, p := range s.plan.parts {
		m := p.Meta
		for row, err := range s.session.Reports.Stream(ctx, p.Part, &m) {
			if err != nil {
				return r.fault(s, err)
			}
			if err := r.take(s, &row, p, m.FinalUntil); err != nil {
				return r.blame(s, err)
			}
		}
		s.gather.add(p, &m)
	}
	return nil
}

// blame makes a row that cannot be right the fault of its connection; what the writer or the disk does is the report's.
func (r *runner) blame(s *source, err error) error {
	if providers.KindOf(err) == 0 {
		return err
	}
	return r.fault(s, err)
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
	d := &s.plan.derivation
	if len(src.Values) != len(d.Base) || len(src.Dims) != len(r.req.Dimensions) {
		return malformed(s, "a row of the report does not fit the question")
	}
	row, a := &r.row, s.plan.accounts[p.account]
	values := row.Values
	row.Row, row.Account = *src, a
	row.Organization.ID = a.ID
	if row.Organization.Name == "" {
		row.Organization.Name = a.Name
	}
	if row.Currency == "" {
		row.Currency = a.Currency
	}
	if row.Currency != a.Currency {
		if err := r.billed(s, p.account, row.Currency); err != nil {
			return err
		}
	}
	if r.req.Query != "" && !strings.Contains(strings.ToLower(row.Entity(r.req.Level).Name), r.req.Query) {
		row.Values = values
		return nil
	}
	if c := r.schema.Calendar(); c != "" {
		if row.Date.IsZero() {
			return malformed(s, "a row of the report has no day")
		}
		last := row.Period(c).To.Add(-1)
		row.Final = !final.IsZero() && !final.Before(last)
	}
	s.rows++
	if r.req.Format.totals() {
		s.sums.add(row.Currency, src.Values)
	}
	row.Values = d.Values(src.Values, values)
	if r.sorter != nil {
		n := s.first + p.account
		r.key = r.keys.append(r.key[:0], row, n)
		return r.sorter.Add(r.key, r.codec.encode(row, n))
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

// billed notes that an account's amounts are in another currency than the account says (LinkedIn bills accounts of BRL
// in USD).
func (r *runner) billed(s *source, account int, currency string) error {
	if want := r.req.Currency; want != "" && want != currency {
		return foreign(s.plan.accounts[account].ID, currency)
	}
	s.gather.billed[account] = currency
	return nil
}

func malformed(s *source, message string) error {
	return &providers.Error{Kind: providers.Malformed, Platform: s.conn.Platform, Message: message}
}
