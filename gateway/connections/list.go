package connections

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/store"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
)

// listing is a list that was asked for.
type listing struct {
	filter store.ConnectionFilter
	none   bool // a category that no connection has
	query  url.Values
}

// list returns one page and the cursor of the next; empty when there is none.
func (s *Service) list(ctx context.Context, workspace string, l listing) ([]store.Connection, string, error) {
	if l.none {
		return nil, "", nil
	}
	f := l.filter
	f.Limit++ // one more tells whether there is a next page
	rows, err := s.store.Connections(ctx, workspace, f)
	if err != nil || len(rows) <= l.filter.Limit {
		return rows, "", storeProblem(err)
	}
	rows = rows[:l.filter.Limit]
	return rows, l.cursor(rows[len(rows)-1].Key(l.filter.Sort)), nil
}

// parseListing reads the parameters of a list. Every fault is told at once.
func parseListing(q url.Values) (listing, error) {
	l := listing{query: q, filter: store.ConnectionFilter{Environment: q.Get("env"), ExternalXref: q.Get("external_xref"), Limit: defaultLimit}}
	var f faults
	in := func(field, message string) { f = append(f, problem.Field{Field: field, In: "query", Message: message}) }
	if cats := splitList(q["categories"]); len(cats) > 0 {
		l.none = !slices.Contains(cats, category)
	}
	switch sort := q.Get("sort"); sort {
	case "", "created_at", "updated_at", "name":
		l.filter.Sort = store.Sort(sort)
	default:
		in("sort", "must be name, created_at or updated_at")
	}
	switch q.Get("order") {
	case "", "asc":
	case "desc":
		l.filter.Desc = true
	default:
		in("order", "must be asc or desc")
	}
	if v := q.Get("updated_gte"); v != "" {
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			at, err = time.Parse(time.DateOnly, v)
		}
		if err != nil {
			in("updated_gte", "must be an RFC 3339 timestamp or a date")
		}
		l.filter.UpdatedGTE = at
	}
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxLimit {
			in("limit", "must be a number from 1 to 1000")
		}
		l.filter.Limit = n
	}
	if v := q.Get("offset"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			in("offset", "must be a number from 0")
		}
		l.filter.Offset = n
	}
	if !l.readCursor() {
		in("cursor", "is not a cursor of this list: use the link of the answer before with the same parameters")
	}
	return l, f.err()
}

// splitList reads a list that is comma-separated, repeated, or both.
func splitList(values []string) []string {
	var out []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// mark is the content of a cursor: a place in the order, and the query that it belongs to. It holds nothing that the
// page before did not show.
type mark struct {
	At    int64  `json:"a,omitempty"` // microseconds
	Name  string `json:"n,omitempty"`
	ID    string `json:"i"`
	Query string `json:"q"`
}

func (l listing) cursor(k store.Key) string {
	m := mark{Name: k.Name, ID: k.ID, Query: l.fingerprint()}
	if !k.At.IsZero() {
		m.At = k.At.UnixMicro()
	}
	b, _ := json.Marshal(m)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (l *listing) readCursor() bool {
	raw := l.query.Get("cursor")
	if raw == "" {
		return true
	}
	b, err := base64.RawURLEncoding.DecodeString(raw)
	var m mark
	if err != nil || json.Unmarshal(b, &m) != nil || m.ID == "" || m.Query != l.fingerprint() || !storable(m.ID, 64) || !storable(m.Name, 64) {
		return false
	}
	l.filter.After, l.filter.Offset = &store.Key{At: time.UnixMicro(m.At).UTC(), Name: m.Name, ID: m.ID}, 0
	return true
}

// fingerprint is of everything that decides which rows come in which order.
func (l listing) fingerprint() string {
	q := url.Values{}
	for _, name := range []string{"categories", "env", "external_xref", "sort", "order", "updated_gte"} {
		q[name] = l.query[name]
	}
	sum := sha256.Sum256([]byte(q.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}
