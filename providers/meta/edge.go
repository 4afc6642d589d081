package meta

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// cursor is a place in an edge.
type cursor struct {
	After string // Meta's own; empty: the first page
	Limit int    // elements asked for at once
}

// pageInfo is what a page says besides its elements.
type pageInfo struct {
	Next      cursor
	More      bool
	RequestID string
	Summary   json.RawMessage
}

// trailer is what an edge's answer holds besides data.
type trailer struct {
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		// Next is the URL of the next page with the access token in it: only its presence counts. Its absence says that the
		// page is the last; a short or an empty page says nothing.
		Next string `json:"next"`
	} `json:"paging"`
	Summary json.RawMessage `json:"summary"`
	Error   *failure        `json:"error"`
}

// after is the place of the next page; empty after the last.
func (t *trailer) after() (string, error) {
	if t.Paging.Next == "" {
		return "", nil
	}
	after := t.Paging.Cursors.After
	if u, err := url.Parse(t.Paging.Next); after == "" && err == nil {
		after = u.Query().Get("after")
	}
	if after == "" {
		return "", fault(providers.Malformed, "", "Meta says that a page follows, and not which")
	}
	return after, nil
}

// readPage reads one page of an edge, an element at a time. fresh is called when the page is begun, and begun again: what
// each was given before does not count then. keep asks for the element's own bytes. Where Meta finds the page too heavy,
// it is asked for half of it from the same place, and for no more than that on the pages after it.
func readPage[W any](ctx context.Context, c *client, k call, at cursor, keep bool, fresh func(), each func(*W, json.RawMessage) error) (pageInfo, error) {
	return fetchPage(ctx, c, k, at, func(body io.Reader, tr *trailer) error {
		fresh()
		return data(body, keep, each, tr)
	})
}

// fetchPage reads one page of an edge with decode, which begins afresh at each call.
func fetchPage(ctx context.Context, c *client, k call, at cursor, decode func(io.Reader, *trailer) error) (pageInfo, error) {
	at.Limit = max(at.Limit, 1)
	for {
		var tr trailer
		h, err := c.rest.Read(ctx, c.request(http.MethodGet, paged(k, at)), func(body io.Reader) error {
			tr = trailer{}
			err := decode(body, &tr)
			if tr.Error != nil { // of a call that claims success
				return tr.Error.explain(http.StatusOK, nil)
			}
			return err
		})
		if err == nil {
			info := pageInfo{RequestID: requestID(h), Summary: tr.Summary}
			after, err := tr.after()
			if err == nil && after != "" && after == at.After {
				err = fault(providers.Malformed, "", "Meta's paging leads back to the page that it has just given")
			}
			info.Next, info.More = cursor{After: after, Limit: at.Limit}, after != ""
			return info, err
		}
		if !errors.Is(err, errTooMuch) || at.Limit == 1 {
			return pageInfo{}, own(err)
		}
		at.Limit /= 2
	}
}

// paged adds a place to a call.
func paged(k call, at cursor) call {
	params := maps.Clone(k.params)
	if params == nil {
		params = url.Values{}
	}
	params.Set("limit", strconv.Itoa(at.Limit))
	if at.After != "" {
		params.Set("after", at.After)
	}
	k.params = params
	return k
}

// data decodes an edge's answer.
func data[W any](r io.Reader, keep bool, each func(*W, json.RawMessage) error, tr *trailer) error {
	if keep {
		return rest.Elements(r, "data", func(raw *json.RawMessage) error {
			var w W
			if err := rest.Unmarshal(*raw, &w); err != nil {
				return err
			}
			return each(&w, slices.Clone(*raw))
		}, tr)
	}
	return rest.Elements(r, "data", func(w *W) error { return each(w, nil) }, tr)
}

// edge walks an edge to its end. A page's elements are collected before the first of them is yielded, so that a page that
// is read again yields none twice; *W is valid until the next one. page, which may be nil, sees what each page says.
func edge[W any](ctx context.Context, c *client, k call, limit int, page func(pageInfo)) iter.Seq2[*W, error] {
	return func(yield func(*W, error) bool) {
		at := cursor{Limit: limit}
		var items []W
		for {
			info, err := readPage(ctx, c, k, at, false, func() { items = items[:0] }, func(w *W, _ json.RawMessage) error {
				items = append(items, *w)
				return nil
			})
			if err != nil {
				yield(nil, err)
				return
			}
			if page != nil {
				page(info)
			}
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
			if !info.More {
				return
			}
			at = info.Next
		}
	}
}

// ours are the parameters of calls that admux sets itself.
var ours = []string{
	tokenParam, proofParam, "access_token", "fields", "limit", "after", "before", "offset", "filtering", "effective_status", "updated_since",
	"summary", "method", "batch", "ids", "format", "suppress_http_code",
}

// withParams adds the caller's own parameters to a call's.
func withParams(params url.Values, extra map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if slices.Contains(ours, strings.ToLower(strings.TrimSpace(name))) || params.Has(name) {
			return fault(providers.Invalid, "raw", "the parameter %s of Meta's call is set by admux", name)
		}
		params.Set(name, extra[name])
	}
	return nil
}
