package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/admux/admux/normalize"
)

// Rate is how much of a currency one euro was on a day on which the European Central Bank published it.
type Rate struct {
	Day      normalize.Day
	Currency string
	PerEuro  normalize.Decimal
}

// ratesAtOnce is how many rates one statement writes: databases bound the values of a statement.
const ratesAtOnce = 500

// PutRates writes rates, all of them or none, and tells how many were new or other than before.
func (s *Store) PutRates(ctx context.Context, rates []Rate) (changed int64, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		for len(rates) > 0 {
			n := min(len(rates), ratesAtOnce)
			res, err := s.putRates(ctx, tx, rates[:n])
			if err != nil {
				return err
			}
			written, err := res.RowsAffected()
			if err != nil {
				return err
			}
			changed += written
			rates = rates[n:]
		}
		return nil
	})
	return changed, wrap(err, "put rates")
}

func (s *Store) putRates(ctx context.Context, tx *sqlx.Tx, rates []Rate) (sql.Result, error) {
	args := make([]any, 0, 4*len(rates))
	for _, r := range rates {
		args = append(args, r.Currency, r.Day.String(), r.PerEuro.String(), micros{s.now()})
	}
	values := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?), ", len(rates)), ", ")
	return tx.ExecContext(ctx, tx.Rebind(`INSERT INTO rates (currency, day, per_euro, updated_at) VALUES `+values+`
		ON CONFLICT (currency, day) DO UPDATE SET per_euro = excluded.per_euro, updated_at = excluded.updated_at
		WHERE rates.per_euro <> excluded.per_euro`), args...)
}

// Rates returns the rates of these currencies from a day until before another one, by currency and day.
func (s *Store) Rates(ctx context.Context, currencies []string, from, to normalize.Day) ([]Rate, error) {
	if len(currencies) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(currencies)+2)
	for _, c := range currencies {
		args = append(args, c)
	}
	var rows []struct {
		Currency string `db:"currency"`
		Day      string `db:"day"`
		PerEuro  string `db:"per_euro"`
	}
	in := strings.TrimSuffix(strings.Repeat("?, ", len(currencies)), ", ")
	err := s.all(ctx, &rows, `SELECT currency, day, per_euro FROM rates WHERE currency IN (`+in+`) AND day >= ? AND day < ?
		ORDER BY currency, day`, append(args, from.String(), to.String())...)
	if err != nil {
		return nil, wrap(err, "rates")
	}
	out := make([]Rate, len(rows))
	for i, r := range rows {
		out[i].Currency = r.Currency
		if out[i].Day, err = normalize.ParseDay(r.Day); err == nil {
			out[i].PerEuro, err = normalize.ParseDecimal(r.PerEuro)
		}
		if err != nil {
			return nil, fmt.Errorf("store: rates: %w", err)
		}
	}
	return out, nil
}

// RateSpan is the first and the last day of which there is a rate of a currency.
type RateSpan struct{ First, Last normalize.Day }

// RateSpans returns the spans of all currencies; a currency without a rate is not among them.
func (s *Store) RateSpans(ctx context.Context) (map[string]RateSpan, error) {
	var rows []struct {
		Currency string `db:"currency"`
		First    string `db:"first"`
		Last     string `db:"last"`
	}
	err := s.all(ctx, &rows, `SELECT currency, MIN(day) AS first, MAX(day) AS last FROM rates GROUP BY currency`)
	if err != nil {
		return nil, wrap(err, "spans of rates")
	}
	out := make(map[string]RateSpan, len(rows))
	for _, r := range rows {
		var span RateSpan
		if span.First, err = normalize.ParseDay(r.First); err == nil {
			span.Last, err = normalize.ParseDay(r.Last)
		}
		if err != nil {
			return nil, fmt.Errorf("store: spans of rates: %w", err)
		}
		out[r.Currency] = span
	}
	return out, nil
}
