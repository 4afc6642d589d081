package meta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/rest"
)

// place is where a list over accounts stands.
type place struct {
	Account string `json:"a,omitempty"`
	Stage   int    `json:"g,omitempty"` // of a list over several edges of an account
	After   string `json:"t,omitempty"` // Meta's cursor in the edge; empty: the first page
	Limit   int    `json:"n,omitempty"` // where Meta wants less asked for at once
}

// fetch reads one page of one account. next is nil after the account's last.
type fetch[T any] func(ctx context.Context, account string, q providers.ListQuery, at place) (items []T, next *place, left []string, err error)

// overAccounts makes a List that walks the accounts of the connection one after the other, or the one that is asked for.
// A page is one upstream page, so that a cursor costs no more at any depth.
func overAccounts[T any](c *client, read fetch[T]) func(context.Context, providers.ListQuery) (providers.Page[T], error) {
	return func(ctx context.Context, q providers.ListQuery) (providers.Page[T], error) {
		var at place
		if err := page.Open(q, &at); err != nil {
			return providers.Page[T]{}, own(err)
		}
		accounts, left, err := c.accountsFor(ctx, q)
		if err != nil {
			return providers.Page[T]{}, err
		}
		i := 0
		if at.Account != "" {
			left = nil // said on the first page
			if i = slices.Index(accounts, at.Account); i < 0 {
				return providers.Page[T]{}, fault(providers.Invalid, "cursor", "account %s is no longer reachable: start the list again", at.Account)
			}
		}
		p, err := walk(ctx, accounts[i:], q, at, read)
		p.Left = add(left, p.Left...)
		return p, err
	}
}

// walk reads the page at a place of the first account, and goes on while pages are empty.
func walk[T any](ctx context.Context, accounts []string, q providers.ListQuery, at place, read fetch[T]) (providers.Page[T], error) {
	var p providers.Page[T]
	for len(accounts) > 0 {
		at.Account = accounts[0]
		items, next, left, err := read(ctx, accounts[0], q, at)
		if err != nil {
			return providers.Page[T]{}, err
		}
		p.Items, p.Left, p.Next = items, add(p.Left, left...), ""
		if next == nil {
			accounts, next = accounts[1:], &place{}
		}
		at = *next
		if len(accounts) > 0 {
			at.Account = accounts[0]
			p.Next = page.Seal(at, q)
		}
		if len(items) > 0 {
			break
		}
	}
	return p, nil
}

// onePage reads one page of an edge and turns its elements. turn may leave one out.
func onePage[W, T any](ctx context.Context, c *client, k call, q providers.ListQuery, at place, most int, turn func(*W, json.RawMessage) (T, bool, error)) ([]T, *place, error) {
	if err := withParams(k.params, q.Params); err != nil {
		return nil, nil, err
	}
	limit := min(q.Size, most)
	if at.Limit > 0 {
		limit = min(limit, at.Limit)
	}
	items := make([]T, 0, min(limit, 100)) // they are large to move
	info, err := readPage(ctx, c, k, cursor{After: at.After, Limit: limit}, q.Raw, func() { items = items[:0] },
		func(w *W, raw json.RawMessage) error {
			item, keep, err := turn(w, raw)
			if err == nil && keep {
				items = append(items, item)
			}
			return err
		})
	if err != nil || !info.More {
		return items, nil, err
	}
	next := at
	next.After, next.Limit = info.Next.After, 0
	if info.Next.Limit < limit || at.Limit > 0 {
		next.Limit = info.Next.Limit
	}
	return items, &next, nil
}

// getNode reads one object by its id, which is Meta's own over all accounts. An id of another kind of object, or of an
// account that is not the caller's, does not exist.
func getNode[W any](ctx context.Context, c *client, ref providers.Ref, what string, fields []string, account func(*W) string) (W, json.RawMessage, error) {
	var w W
	if !digitsOnly(ref.ID) {
		return w, nil, notFound(what, ref.ID)
	}
	k := call{path: ref.ID, params: url.Values{"fields": {strings.Join(fields, ",")}}}
	if err := withParams(k.params, ref.Params); err != nil {
		return w, nil, err
	}
	if ref.Org != "" {
		id, err := c.account(ref.Org)
		if err != nil {
			return w, nil, err
		}
		k.lane.account = id
	} else if len(c.conn.Orgs) == 1 {
		k.lane.account = c.conn.Orgs[0]
	}
	raw, _, err := c.getRaw(ctx, k)
	if err != nil {
		return w, nil, hiddenNode(err, what, ref.ID)
	}
	w, err = nodeOf(c, raw, providers.Ref{Org: k.lane.account, ID: ref.ID}, what, account)
	if err != nil {
		return w, nil, err
	}
	return w, kept(ref.Raw, raw), nil
}

// nodeOf is an object as Meta sent it, of the account in ref where one is named, and of the connection.
func nodeOf[W any](c *client, raw json.RawMessage, ref providers.Ref, what string, account func(*W) string) (W, error) {
	var w W
	if err := rest.Unmarshal(raw, &w); err != nil {
		return w, fault(providers.Malformed, "", "Meta's answer for the %s %s cannot be understood: %v", what, ref.ID, err)
	}
	if owner := account(&w); owner == "" || ref.Org != "" && owner != ref.Org || len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, owner) {
		return w, notFound(what, ref.ID)
	}
	return w, nil
}

// hiddenNode: a node of another type has not the fields that were asked for.
func hiddenNode(err error, what, id string) error {
	if _, missing := missingField(err); missing {
		return notFound(what, id)
	}
	return err
}

// missingField is the field or edge that Meta says a node has not got.
func missingField(err error) (string, bool) {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !strings.HasPrefix(e.Code, "100") {
		return "", false
	}
	_, rest, found := strings.Cut(e.Message, "nonexisting field (")
	name, _, _ := strings.Cut(rest, ")")
	return name, found
}

// kept is the platform's object when it was asked for.
func kept(want bool, raw json.RawMessage) json.RawMessage {
	if !want {
		return nil
	}
	return raw
}

// wants tells whether one of the fields named is to be filled. No fields asked for means all.
func wants(q providers.ListQuery, names ...string) bool {
	return len(q.Fields) == 0 || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(q.Fields, n) })
}

// fieldMap tells which of Meta's fields make each of ours. Those under "" are always read.
type fieldMap struct {
	order []string // of Meta's, for a steady URL
	of    map[string][]string
}

// list is what to ask for: all when the caller wants all, or the object as Meta has it.
func (m fieldMap) list(q providers.ListQuery) []string {
	if len(q.Fields) == 0 || q.Raw || slices.Contains(q.Fields, "raw") {
		return m.order
	}
	var out []string
	for _, f := range m.order {
		need := slices.Contains(m.of[""], f)
		for _, ours := range q.Fields {
			need = need || slices.Contains(m.of[ours], f)
		}
		if need {
			out = append(out, f)
		}
	}
	return out
}

// condition is an element of the parameter filtering.
type condition struct {
	Field    string `json:"field"`
	Operator string `json:"operator"`
	Value    any    `json:"value"`
}

// known is what a session has looked up and may use again for a minute.
type known struct {
	mu       sync.Mutex
	accounts []account
	left     []string
	at       time.Time
	facts    map[string]facts // by account; they do not change
	refused  []string         // fields of videos that this version has not got

	languages map[string]string // names by our id
}

const keepKnown = time.Minute

// skipped says why a source was left out of a list, where that is no error: something may not be read, or this app is
// not offered it. Others are errors.
func skipped(what string, err error) (string, bool) {
	_, missing := missingField(err)
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !missing && (e.Kind != providers.Forbidden || !ofScope(e.Code)) {
		return "", false
	}
	return fmt.Sprintf("%s: %s", what, e.Message), true
}

// ofScope tells a missing permission from a locked account and from a wrong secret, which are of everything.
func ofScope(code string) bool {
	code, _, _ = strings.Cut(code, "/")
	n, err := strconv.Atoi(code)
	return err == nil && (n == 3 || n == 10 || n >= 200 && n <= 299)
}
