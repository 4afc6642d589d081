package store

import "context"

// Lease says who alone is refreshing a connection's tokens. It is an optimization, never the judge: what decides whose
// tokens are kept is ReplaceGrant.
//
// No clock is compared between hosts. The owner raises Beat while it is alive; whoever waits and has seen neither
// Epoch nor Beat move for as long as a lease lasts, by his own clock, may take it from exactly that state.
type Lease struct {
	Owner string `db:"lease_owner"` // empty: free
	Epoch int64  `db:"lease_epoch"` // goes up by one whenever the lease changes hands
	Beat  int64  `db:"lease_beat"`
}

// Lease returns the lease as it stands, with the version of the tokens.
func (s *Store) Lease(ctx context.Context, workspace, id string) (Lease, int64, error) {
	var row struct {
		Lease
		Version int64 `db:"token_version"`
	}
	err := s.get(ctx, &row, `SELECT lease_owner, lease_epoch, lease_beat, token_version FROM connections
		WHERE workspace_id = ? AND id = ?`, workspace, id)
	return row.Lease, row.Version, wrap(err, "lease")
}

// TakeLease makes owner the holder if the lease is still exactly as seen. ErrConflict says that it is not.
func (s *Store) TakeLease(ctx context.Context, workspace, id, owner string, seen Lease) (Lease, error) {
	res, err := s.exec(ctx, `UPDATE connections SET lease_owner = ?, lease_epoch = lease_epoch + 1, lease_beat = 0
		WHERE workspace_id = ? AND id = ? AND lease_owner = ? AND lease_epoch = ? AND lease_beat = ?`,
		owner, workspace, id, seen.Owner, seen.Epoch, seen.Beat)
	return Lease{owner, seen.Epoch + 1, 0}, one(res, err, "take lease", ErrConflict)
}

// BeatLease shows that the holder is alive. ErrConflict says that it is the holder no more.
func (s *Store) BeatLease(ctx context.Context, workspace, id string, l Lease) (Lease, error) {
	res, err := s.exec(ctx, `UPDATE connections SET lease_beat = lease_beat + 1
		WHERE workspace_id = ? AND id = ? AND lease_owner = ? AND lease_epoch = ?`, workspace, id, l.Owner, l.Epoch)
	l.Beat++
	return l, one(res, err, "keep lease", ErrConflict)
}

// FreeLease gives the lease up. ErrConflict says that it was lost before.
func (s *Store) FreeLease(ctx context.Context, workspace, id string, l Lease) error {
	res, err := s.exec(ctx, `UPDATE connections SET lease_owner = '', lease_beat = 0
		WHERE workspace_id = ? AND id = ? AND lease_owner = ? AND lease_epoch = ?`, workspace, id, l.Owner, l.Epoch)
	return one(res, err, "free lease", ErrConflict)
}
