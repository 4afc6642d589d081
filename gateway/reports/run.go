package reports

import (
	"bytes"
	"context"
	"strings"

	"github.com/admux/admux/gateway/reports/spool"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// runner carries one report from the platform's rows to the writer.
type runner struct {
	req    *Request
	conn   Connection
	schema stream.Schema
	plan   *plan
	gather *gatherer
	sums   *sums
	w      stream.Writer

	sorter *spool.Sorter // nil: rows leave as they come
	keys   keyer
	codec  *codec
	key    []byte

	begun bool
	rows  int64
	row   stream.Row
}

// run writes the whole report, or returns what went wrong; whether bytes had left by then, the writer knows.
func (r *runner) run(ctx context.Context, rows func(context.Context, providers.Part, *providers.Meta) seq) error {
	r.row.Connection, r.row.Platform = r.conn.ID, r.conn.Platform
	for _, p := range r.plan.parts {
		m := p.Meta
		for src, err := range rows(ctx, p.Part, &m) {
			if err != nil {
				return err
			}
			if err := r.take(&src, p, &m); err != nil {
				return err
			}
		}
		r.gather.add(p, &m)
	}
	if r.sorter != nil {
		if err := r.drain(ctx); err != nil {
			return err
		}
	}
	if err := r.begin(); err != nil {
		return err
	}
	totals, why := r.sums.totals()
	return r.w.End(totals, r.gather.meta(r.rows, why))
}

func (r *runner) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	return r.w.Begin()
}

// take turns a platform's row into the answer's.
func (r *runner) take(src *normalize.Row, p part, m *providers.Meta) error {
	d := &r.plan.derivation
	if len(src.Values) != len(d.Base) || len(src.Dims) != len(r.req.Dimensions) {
		return r.malformed("a row of the report does not fit the question")
	}
	row, a := &r.row, r.plan.accounts[p.account]
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
		if err := r.billed(p.account, row.Currency); err != nil {
			return err
		}
	}
	if r.req.Query != "" && !strings.Contains(strings.ToLower(row.Entity(r.req.Level).Name), r.req.Query) {
		row.Values = values
		return nil
	}
	if c := r.schema.Calendar(); c != "" {
		if row.Date.IsZero() {
			return r.malformed("a row of the report has no day")
		}
		last := row.Period(c).To.Add(-1)
		row.Final = !m.FinalUntil.IsZero() && !m.FinalUntil.Before(last)
	}
	r.rows++
	if r.req.Format == FormatTable {
		r.sums.add(row.Currency, src.Values)
	}
	row.Values = d.Values(src.Values, values)
	if r.sorter != nil {
		r.key = r.keys.append(r.key[:0], row, p.account)
		return r.sorter.Add(r.key, r.codec.encode(row, p.account))
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
		row, err := r.codec.decode(rec.Val)
		if err != nil {
			return err
		}
		if n > 1 && bytes.Equal(last, rec.Key) && row.Entity(r.req.Level).ID != "" {
			return r.malformed("the report has two rows of " + string(r.req.Level) + " " + row.Entity(r.req.Level).ID + " where there can be one")
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
func (r *runner) billed(account int, currency string) error {
	if want := r.req.Currency; want != "" && want != currency {
		return foreign(r.plan.accounts[account].ID, currency)
	}
	r.gather.billed[account] = currency
	return nil
}

func (r *runner) malformed(message string) error {
	return &providers.Error{Kind: providers.Malformed, Platform: r.conn.Platform, Message: message}
}
