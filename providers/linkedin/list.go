package linkedin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/rest"
)

// fetch reads one page of one account. next is "" after the last.
type fetch[T any] func(ctx context.Context, account string, q providers.ListQuery, token string) (items []T, next string, left []string, err error)

// overAccounts makes a List that walks the accounts of the connection one after the other, or the one that is asked for.
func overAccounts[T any](c *client, read fetch[T]) func(context.Context, providers.ListQuery) (providers.Page[T], error) {
	return func(ctx context.Context, q providers.ListQuery) (providers.Page[T], error) {
		accounts, err := c.accountsOf(ctx, q.Org)
		if err != nil {
			return providers.Page[T]{}, err
		}
		p, err := page.Over(ctx, q, accounts, func(ctx context.Context, account, token string) ([]T, string, []string, error) {
			return read(ctx, account, q, token)
		})
		return p, own(err)
	}
}

// own names the platform on an error of the kit.
func own(err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Platform == "" {
		named := *e
		named.Platform = platformID
		return &named
	}
	return err
}

// elements decodes a list into tr and, one at a time, for each. An answer that is read again starts from the first
// element again. keep asks for the element's own bytes.
func elements[W any](r io.Reader, keep bool, each func(*W, json.RawMessage) error, tr *trailer) error {
	*tr = trailer{}
	if !keep {
		return rest.Elements(r, "elements", func(w *W) error { return each(w, nil) }, tr)
	}
	return rest.Elements(r, "elements", func(raw *json.RawMessage) error {
		var w W
		if err := rest.Unmarshal(*raw, &w); err != nil {
			return err
		}
		return each(&w, slices.Clone(*raw))
	}, tr)
}

// collect reads one page into a slice of our objects.
func collect[W, T any](ctx context.Context, c *client, k call, keep bool, turn func(*W, json.RawMessage) T) ([]T, trailer, error) {
	var items []T
	var tr trailer
	_, err := c.read(ctx, k, func(r io.Reader) error {
		items = items[:0]
		return elements(r, keep, func(w *W, raw json.RawMessage) error {
			items = append(items, turn(w, raw))
			return nil
		}, &tr)
	})
	return items, tr, err
}

// everyPage walks a finder that pages by token to its end.
func everyPage[W any](ctx context.Context, c *client, path string, q func(token string) string, each func(*W)) error {
	for token := ""; ; {
		items, tr, err := collect(ctx, c, call{methodFinder, path, q(token)}, false, func(w *W, _ json.RawMessage) W { return *w })
		if err != nil {
			return err
		}
		for i := range items {
			each(&items[i])
		}
		next := tr.Metadata.NextPageToken
		if next == "" {
			return nil
		}
		if next == token {
			return fault(providers.Malformed, "", "LinkedIn's paging leads back to the page it has just given")
		}
		token = next
	}
}

// getOne reads one object, with the caller's own parameters. One that the member has no role on does not exist for the
// caller.
func getOne[W any](ctx context.Context, c *client, path string, params map[string]string) (W, json.RawMessage, error) {
	var w W
	var raw json.RawMessage
	q, err := withParams(new(query), params)
	if err != nil {
		return w, nil, err
	}
	_, err = c.read(ctx, call{methodGet, path, q}, func(r io.Reader) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		raw = b
		return rest.Unmarshal(b, &w)
	})
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Kind == providers.Forbidden && strings.HasPrefix(e.Code, "NO_PERMISSION") {
		hidden := *e
		hidden.Kind = providers.NotFound
		return w, nil, &hidden
	}
	return w, raw, err
}

// maxBatch is how many ids a BATCH_GET is given: queries stay readable in logs, and well within what is tunnelled.
const maxBatch = 100

// getBatch reads objects by id. each is given the ones there are; missing, the status of each of the others.
func getBatch[W any](ctx context.Context, c *client, path string, ids []string, ask asked, each func(id string, w *W, raw json.RawMessage)) (missing map[string]int, err error) {
	missing = map[string]int{}
	for chunk := range slices.Chunk(ids, maxBatch) {
		b, err := c.oneBatch(ctx, path, chunk, ask)
		if err != nil {
			return nil, err
		}
		found := map[string]bool{}
		for key, raw := range b.Results {
			var w W
			if err := rest.Unmarshal(raw, &w); err != nil {
				return nil, fault(providers.Malformed, "", "LinkedIn's answer for one of %s cannot be understood: %v", path, err)
			}
			id := decodedKey(key)
			found[id] = true
			each(id, &w, raw)
		}
		statuses := map[string]int{}
		for key, e := range b.Errors {
			statuses[decodedKey(key)] = e.Status
		}
		for _, id := range chunk {
			if !found[id] {
				missing[id] = cmp.Or(statuses[id], http.StatusNotFound)
			}
		}
	}
	return missing, nil
}

// asked is what a BATCH_GET asks for besides the ids.
type asked struct {
	fields []string          // none: all
	params map[string]string // of the caller
}

func (c *client) oneBatch(ctx context.Context, path string, ids []string, ask asked) (batch, error) {
	var b batch
	q := new(query).list("ids", ids)
	if len(ask.fields) > 0 {
		q.fields(ask.fields...)
	}
	text, err := withParams(q, ask.params)
	if err != nil {
		return b, err
	}
	_, err = c.read(ctx, call{methodBatch, path, text}, func(r io.Reader) error {
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		b = batch{} // of an attempt before
		return rest.Unmarshal(raw, &b)
	})
	return b, err
}

// decodedKey is a key of a batch answer, which comes encoded or not.
func decodedKey(key string) string {
	if s, err := url.PathUnescape(key); err == nil {
		return s
	}
	return key
}

// searchQuery is the query of a finder named search, with the criteria given and one page asked for.
func searchQuery(criteria string, q providers.ListQuery, token string) (string, error) {
	b := new(query).text("q", "search").add("search", criteria)
	return finish(b, q, token)
}

// finish adds paging and the caller's own parameters.
func finish(b *query, q providers.ListQuery, token string) (string, error) {
	return withParams(b.page(q.Size, token), q.Params)
}

// withParams ends a query with the caller's own parameters, which must not be those that decide what is read.
func withParams(b *query, params map[string]string) (string, error) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if slices.Contains(ownParams, strings.ToLower(name)) || b.has(name) {
			return "", fault(providers.Invalid, "raw", "the parameter %s of LinkedIn's call is set by admux", name)
		}
		b.own(name, params[name])
	}
	return b.String(), nil
}

// wants tells whether one of the fields named is to be filled. No fields asked for means all.
func wants(q providers.ListQuery, names ...string) bool {
	return len(q.Fields) == 0 || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(q.Fields, n) })
}

// known is what a session has looked up and may use again for a minute.
type known struct {
	mu       sync.Mutex
	accounts []string
	at       time.Time
	labels   map[string]string        // URN → name
	media    map[string]keptInventory // by account
}

type keptInventory struct {
	inventory
	at time.Time
}

const keepKnown = time.Minute
