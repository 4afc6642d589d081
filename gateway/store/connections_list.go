package store

import (
	"context"
	"strings"
	"time"
)

// ConnectionFilter narrows and orders a list. A zero field does not narrow.
type ConnectionFilter struct {
	IntegrationType string
	Environment     string
	ExternalXref    string
	UpdatedGTE      time.Time
	IDs             []string
	Sort            Sort
	Desc            bool
	After           *Key // go on behind this row
	Limit           int  // 0: all
	Offset          int
}

// Sort is what a list is ordered by.
type Sort string

// The orders. The zero Sort is ByCreation.
const (
	ByCreation Sort = "created_at"
	ByUpdate   Sort = "updated_at"
	ByName     Sort = "name" // of a connection: its integration type
)

// Key is a row's place in an order.
type Key struct {
	At   time.Time // of ByCreation and ByUpdate
	Name string    // of ByName
	ID   string
}

// Key returns the connection's place in an order.
func (c Connection) Key(by Sort) Key {
	switch by {
	case ByName:
		return Key{Name: c.IntegrationType, ID: c.ID}
	case ByUpdate:
		return Key{At: c.UpdatedAt, ID: c.ID}
	}
	return Key{At: c.CreatedAt, ID: c.ID}
}

// Connections lists a workspace's connections. Ties of the order are broken by id, so that pages do not overlap.
func (s *Store) Connections(ctx context.Context, workspace string, f ConnectionFilter) ([]Connection, error) {
	q := query{}
	q.add(`SELECT `+connectionColumns+` FROM connections WHERE workspace_id = ?`, workspace)
	q.addIf(f.IntegrationType != "", ` AND integration_type = ?`, f.IntegrationType)
	q.addIf(f.Environment != "", ` AND environment = ?`, f.Environment)
	q.addIf(f.ExternalXref != "", ` AND external_xref = ?`, f.ExternalXref)
	q.addIf(!f.UpdatedGTE.IsZero(), ` AND updated_at >= ?`, micros{f.UpdatedGTE})
	if len(f.IDs) > 0 {
		q.add(` AND id IN (?` + strings.Repeat(`, ?`, len(f.IDs)-1) + `)`)
		for _, id := range f.IDs {
			q.args = append(q.args, id)
		}
	}
	q.order(f.Sort, f.Desc, f.After)
	q.page(f.Limit, f.Offset)
	var rows []connectionRow
	if err := s.all(ctx, &rows, q.sql.String(), q.args...); err != nil {
		return nil, wrap(err, "connections")
	}
	return s.connections(rows)
}

func (s *Store) connections(rows []connectionRow) ([]Connection, error) {
	out := make([]Connection, 0, len(rows))
	for _, row := range rows {
		c, err := s.connection(row)
		if err != nil {
			return nil, wrap(err, "connections")
		}
		out = append(out, c)
	}
	return out, nil
}

// query builds a SELECT from parts; values only ever enter as arguments.
type query struct {
	sql  strings.Builder
	args []any
}

func (q *query) add(part string, args ...any) {
	q.sql.WriteString(part)
	q.args = append(q.args, args...)
}

func (q *query) addIf(wanted bool, part string, args ...any) {
	if wanted {
		q.add(part, args...)
	}
}

// order sorts, ties broken by id, and starts behind a key where one is given.
func (q *query) order(by Sort, desc bool, after *Key) {
	column, dir, beyond := "created_at", "", ">"
	switch by {
	case ByUpdate:
		column = "updated_at"
	case ByName:
		column = "integration_type"
	}
	if desc {
		dir, beyond = " DESC", "<"
	}
	if after != nil {
		var at any = micros{after.At}
		if by == ByName {
			at = after.Name
		}
		q.add(` AND (`+column+` `+beyond+` ? OR (`+column+` = ? AND id `+beyond+` ?))`, at, at, after.ID)
	}
	q.add(` ORDER BY ` + column + dir + `, id` + dir)
}

func (q *query) page(limit, offset int) {
	if limit <= 0 {
		limit = 1 << 31
	}
	q.add(` LIMIT ? OFFSET ?`, limit, max(offset, 0))
}
