package meta

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// reader is how objects of one kind are read by their ids.
type reader[W, T any] struct {
	c       *client
	what    string // in Meta's words
	fields  []string
	account func(*W) string
	turn    func(context.Context, *W, json.RawMessage) (T, error)
}

func (r reader[W, T]) get(ctx context.Context, ref providers.Ref) (T, error) {
	w, raw, err := getNode(ctx, r.c, ref, r.what, r.fields, r.account)
	if err != nil {
		var none T
		return none, err
	}
	return r.turn(ctx, &w, raw)
}

// got is one of several that were read together.
type got[T any] struct {
	v   T
	err error
}

// many reads objects of one account, as many at once as a batch holds: as many results, in order.
func (r reader[W, T]) many(ctx context.Context, account string, ids []string) []got[T] {
	out := make([]got[T], 0, len(ids))
	query := "?" + url.Values{"fields": {strings.Join(r.fields, ",")}}.Encode()
	for part := range slices.Chunk(ids, maxBatch) {
		items := make([]batchItem, len(part))
		for i, id := range part {
			if !digitsOnly(id) {
				id = "0"
			}
			items[i] = batchItem{Method: http.MethodGet, URL: id + query}
		}
		for i, answer := range r.c.readBatch(ctx, account, items) {
			var g got[T]
			if g.err = hiddenNode(answer.err, r.what, part[i]); g.err == nil {
				var w W
				if w, g.err = nodeOf(r.c, answer.raw, providers.Ref{Org: account, ID: part[i]}, r.what, r.account); g.err == nil {
					g.v, g.err = r.turn(ctx, &w, nil)
				}
			}
			out = append(out, g)
		}
	}
	return out
}
