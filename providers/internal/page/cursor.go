// Package page turns the paging styles of platforms into pages of the size that was asked for, and packs an adapter's
// paging state into an opaque cursor.
package page

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/admux/admux/providers"
)

const (
	maxCursor = 8192 // longest cursor that is looked at
	sumBytes  = 8
)

// Seal packs an adapter's paging state, which must marshal to JSON, together with a sum over it and the query that it
// belongs to. The state is readable by who holds the cursor: it must hold no secret, and the adapter must not trust it
// further than a caller's own parameters.
func Seal(state any, q providers.ListQuery) string {
	b, err := json.Marshal(state)
	if err != nil { // an adapter's state is a struct of plain fields
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(sum(b, q), b...))
}

// Open unpacks q.Cursor into state. An empty cursor leaves state as it is: the first page. A cursor that is damaged or
// of another query is an *Error of Kind Invalid that names the field.
func Open(q providers.ListQuery, state any) error {
	if q.Cursor == "" {
		return nil
	}
	bad := &providers.Error{Kind: providers.Invalid, Field: "cursor", Message: "the cursor is damaged or belongs to another query"}
	if len(q.Cursor) > maxCursor {
		return bad
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || len(b) < sumBytes || !slices.Equal(b[:sumBytes], sum(b[sumBytes:], q)) || json.Unmarshal(b[sumBytes:], state) != nil {
		return bad
	}
	return nil
}

// sum covers the state and all of the query that decides which items are in the list and in which order. Size, Raw and
// Fields may change between pages.
func sum(state []byte, q providers.ListQuery) []byte {
	q.Cursor, q.Size, q.Raw, q.Fields = "", 0, false, nil
	b, err := json.Marshal(q)
	if err != nil { // a ListQuery always marshals: only a year past 9999 would not
		return nil
	}
	h := sha256.New()
	h.Write(b)
	h.Write([]byte{0})
	h.Write(state)
	return h.Sum(nil)[:sumBytes]
}
