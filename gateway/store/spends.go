package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/admux/admux/normalize"
)

// Spend is what a switched-on object may spend.
type Spend struct {
	WorkspaceID, ConnectionID, Object string
	ObjectID                          string // empty until the platform has given one
	Token                             string // of a write that is under way; empty: settled
	CampaignID                        string // of a group
	Amount                            normalize.Decimal
	Days                              int64 // that the amount is for
	Currency                          string
	SetAt                             time.Time
	ExpiresAt                         time.Time // of a write that ended unseen
}

type spendRow struct {
	WorkspaceID  string `db:"workspace_id"`
	ConnectionID string `db:"connection_id"`
	Object       string `db:"object"`
	ObjectID     string `db:"object_id"`
	Token        string `db:"token"`
	CampaignID   string `db:"campaign_id"`
	Amount       string `db:"amount"`
	Days         int64  `db:"days"`
	Currency     string `db:"currency"`
	SetAt        micros `db:"set_at"`
	ExpiresAt    micros `db:"expires_at"`
}

func (r spendRow) spend() (Spend, error) {
	amount, err := normalize.ParseDecimal(r.Amount)
	return Spend{r.WorkspaceID, r.ConnectionID, r.Object, r.ObjectID, r.Token, r.CampaignID, amount, r.Days, r.Currency, r.SetAt.Time, r.ExpiresAt.Time}, err
}

const spendColumns = `workspace_id, connection_id, object, object_id, token, campaign_id, amount, days, currency, set_at, expires_at`

const putSpend = `INSERT INTO spends (` + spendColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (workspace_id, connection_id, object, object_id, token) DO UPDATE SET campaign_id = excluded.campaign_id,
	amount = excluded.amount, days = excluded.days, currency = excluded.currency, set_at = excluded.set_at, expires_at = excluded.expires_at`

func (p Spend) args() []any {
	return []any{p.WorkspaceID, p.ConnectionID, p.Object, p.ObjectID, p.Token, p.CampaignID, p.Amount.String(), p.Days, p.Currency,
		micros{p.SetAt}, micros{p.ExpiresAt}}
}

// HoldSpend notes what a write is about to let be spent, and returns all that the workspace may spend with it. Two writes
// at once see each other: what one has noted before it reads is read by the other, or the other way round.
func (s *Store) HoldSpend(ctx context.Context, p Spend) (Spend, []Spend, error) {
	p.SetAt = s.now()
	if _, err := s.exec(ctx, putSpend, p.args()...); err != nil {
		return p, nil, wrap(err, "hold spend")
	}
	all, err := s.Spends(ctx, p.WorkspaceID)
	return p, all, err
}

// Spends lists what a workspace may spend.
func (s *Store) Spends(ctx context.Context, workspace string) ([]Spend, error) {
	return spends(ctx, s.w, `SELECT `+spendColumns+` FROM spends WHERE workspace_id = ? AND (expires_at IS NULL OR expires_at > ?)
		ORDER BY set_at`, workspace, micros{s.now()})
}

// spends reads on the writing side: a reader may not see yet what has just been written.
func spends(ctx context.Context, q sqlx.ExtContext, sql string, args ...any) ([]Spend, error) {
	var rows []spendRow
	if err := sqlx.SelectContext(ctx, q, &rows, q.Rebind(sql), args...); err != nil {
		return nil, wrap(err, "spends")
	}
	out := make([]Spend, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.spend(); err != nil {
			return nil, wrap(err, "spends")
		}
	}
	return out, nil
}

// DropSpend takes back what a write noted that changed nothing.
func (s *Store) DropSpend(ctx context.Context, p Spend) error {
	_, err := s.exec(ctx, `DELETE FROM spends WHERE workspace_id = ? AND connection_id = ? AND object = ? AND object_id = ? AND token = ?`,
		p.WorkspaceID, p.ConnectionID, p.Object, p.ObjectID, p.Token)
	return wrap(err, "drop spend")
}

// longestWrite is more than any write takes.
const longestWrite = 2 * time.Hour

// SettleSpend puts what an object may spend now in the place of what its write noted (held). Of two writes of one object
// at the same time nobody knows which came last: the larger stays.
func (s *Store) SettleSpend(ctx context.Context, held, now Spend) error {
	now.Token, now.SetAt, now.ExpiresAt = "", s.now(), time.Time{}
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind(`DELETE FROM spends WHERE workspace_id = ? AND connection_id = ? AND object = ? AND object_id = ? AND token = ?`),
			held.WorkspaceID, held.ConnectionID, held.Object, held.ObjectID, held.Token); err != nil {
			return wrap(err, "settle spend")
		}
		others, err := spends(ctx, tx, `SELECT `+spendColumns+` FROM spends WHERE workspace_id = ? AND connection_id = ? AND object = ? AND object_id = ?`,
			now.WorkspaceID, now.ConnectionID, now.Object, now.ObjectID)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.Token != "" && o.SetAt.Before(held.SetAt.Add(-longestWrite)) { // it has ended, and what is now shows how
				if _, err := tx.ExecContext(ctx, tx.Rebind(`DELETE FROM spends WHERE workspace_id = ? AND connection_id = ? AND object = ? AND object_id = ? AND token = ?`),
					o.WorkspaceID, o.ConnectionID, o.Object, o.ObjectID, o.Token); err != nil {
					return wrap(err, "settle spend")
				}
				continue
			}
			if (o.Token != "" || o.SetAt.After(held.SetAt)) && o.perDay(now.Days).Cmp(now.perDay(o.Days)) > 0 {
				o.Token, o.SetAt, o.ExpiresAt = "", now.SetAt, time.Time{}
				now = o
			}
		}
		if now.Amount.Sign() > 0 {
			_, err = tx.ExecContext(ctx, tx.Rebind(putSpend), now.args()...)
		} else {
			_, err = tx.ExecContext(ctx, tx.Rebind(`DELETE FROM spends WHERE workspace_id = ? AND connection_id = ? AND object = ? AND object_id = ? AND token = ''`),
				now.WorkspaceID, now.ConnectionID, now.Object, now.ObjectID)
		}
		return wrap(err, "settle spend")
	})
}

// perDay is the amount brought to the days of two.
func (p Spend) perDay(other int64) normalize.Decimal { return p.Amount.Mul(normalize.Int(other)) }

// RemoveSpend forgets an object that is gone, and the groups of a campaign that is.
func (s *Store) RemoveSpend(ctx context.Context, workspace, connection, object, id string) error {
	_, err := s.exec(ctx, `DELETE FROM spends WHERE workspace_id = ? AND connection_id = ? AND (object = ? AND object_id = ? OR campaign_id = ? AND ? = 'campaign')`,
		workspace, connection, object, id, id, object)
	return wrap(err, "remove spend")
}
