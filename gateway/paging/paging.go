package paging

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/admux/admux/gateway/problem"
)

// The parameters that say which piece of a list is asked for.
const (
	Limit  = "limit"
	Offset = "offset"
	Cursor = "cursor"
)

const (
	purpose   = "list cursor v1"
	codeSize  = 32
	maxCursor = 8 << 10
)

// Signer makes and checks the codes that bind a cursor to its query.
type Signer interface {
	Sign(purpose, message string) []byte
	Verify(purpose, message string, code []byte) bool
}

// Sealer makes cursors that open only in the same scope: the same list, asked with the same parameters.
type Sealer struct {
	signer Signer
	scope  string
}

// NewSealer binds cursors to a list, named by what, and to the parameters it was asked with, but for those that say
// which piece.
func NewSealer(s Signer, asked url.Values, what ...string) Sealer {
	asked = maps.Clone(asked)
	for _, name := range []string{Limit, Offset, Cursor} {
		delete(asked, name)
	}
	var b strings.Builder
	for _, p := range append(what, asked.Encode()) {
		b.WriteString(strconv.Itoa(len(p)) + ":" + p)
	}
	return Sealer{s, b.String()}
}

// Seal makes a cursor that holds v.
func (s Sealer) Seal(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	code := s.signer.Sign(purpose, s.scope+string(raw))
	return base64.RawURLEncoding.EncodeToString(append(code, raw...)), nil
}

// Open reads what Seal put into a cursor. One of another query, or one that nobody made, is a 400 that names the cursor.
func (s Sealer) Open(cursor string, v any) error {
	refused := problem.InvalidFields(problem.Field{Field: Cursor, In: "query",
		Message: "is not a cursor of this list with these parameters; take the whole address from the Link header of the page before"})
	if len(cursor) > maxCursor {
		return refused
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) <= codeSize || !s.signer.Verify(purpose, s.scope+string(raw[codeSize:]), raw[:codeSize]) {
		return refused
	}
	if err := json.Unmarshal(raw[codeSize:], v); err != nil {
		return refused
	}
	return nil
}

// Link is the value of the header that leads to the next page: the same query, and a cursor in place of an offset.
func Link(base string, u *url.URL, asked url.Values, cursor string) string {
	v := url.Values{}
	for name, values := range asked {
		if name != Offset && name != Cursor {
			v[name] = values
		}
	}
	v.Set(Cursor, cursor)
	return "<" + base + u.EscapedPath() + "?" + v.Encode() + `>; rel="next"`
}

// place is the cursor of a list that the gateway has whole.
type place struct {
	From int `json:"f"`
}

// Piece is which piece of a list is asked for.
type Piece struct{ Limit, Offset int }

// Read reads limit, offset and cursor of a list that the gateway has whole, or can read from any offset. The document
// has checked the numbers.
func Read(asked url.Values, s Sealer, limit int) (Piece, error) {
	p := Piece{Limit: limit}
	if n, err := strconv.Atoi(asked.Get(Limit)); err == nil && n > 0 {
		p.Limit = n
	}
	if n, err := strconv.Atoi(asked.Get(Offset)); err == nil && n > 0 {
		p.Offset = n
	}
	cursor := asked.Get(Cursor)
	if cursor == "" {
		return p, nil
	}
	if asked.Has(Offset) {
		return p, problem.InvalidFields(problem.Field{Field: Offset, In: "query", Message: "cannot go with a cursor"})
	}
	var at place
	if err := s.Open(cursor, &at); err != nil {
		return p, err
	}
	p.Offset = at.From
	return p, nil
}

// After is the cursor of the piece behind this one.
func (p Piece) After(s Sealer) (string, error) { return s.Seal(place{p.Offset + p.Limit}) }

// Cut takes a piece out of a whole list, and tells whether there is more.
func Cut[T any](p Piece, all []T) ([]T, bool) {
	from := min(p.Offset, len(all))
	to := min(from+p.Limit, len(all))
	return all[from:to], to < len(all)
}
