package store

import (
	"context"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"
)

// maxStatements bounds what is kept: the texts of lists differ with their filters.
const maxStatements = 256

// statements are prepared once and used again.
type statements struct {
	mu sync.RWMutex
	of map[string]*sqlx.Stmt
}

// prepared returns the kept statement of a query, or nil where none is kept: then the query is run as it is, which also
// tells what is wrong with it.
func (s *Store) prepared(ctx context.Context, q string) *sqlx.Stmt {
	if !s.dialect.prepares {
		return nil
	}
	k := &s.kept
	k.mu.RLock()
	st, full := k.of[q], len(k.of) >= maxStatements
	k.mu.RUnlock()
	if st != nil || full {
		return st
	}
	st, err := s.r.PreparexContext(ctx, s.r.Rebind(q))
	if err != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.of[q]; first != nil { // another call was as quick
		_ = st.Close() //nolint:sqlclosecheck // the other one is kept
		return first
	}
	if k.of == nil {
		k.of = map[string]*sqlx.Stmt{}
	}
	k.of[q] = st
	return st
}

func (k *statements) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var err error
	for _, st := range k.of {
		err = errors.Join(err, st.Close())
	}
	clear(k.of)
	return err
}
