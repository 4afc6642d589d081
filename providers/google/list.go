package google

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/rest"
)

// maxPage is the most that a list answers at once. Google's own pages are of 10,000 rows; a list pages by key.
const maxPage = 1000

// fetch reads one page of one account. next is "" after the last.
type fetch[T any] func(ctx context.Context, a account, q providers.ListQuery, token string) (items []T, next string, err error)

// overAccounts makes a List that walks the accounts of the connection one after the other, or the one that is asked for.
// Closed accounts answer nothing and are passed over; one that Google does not open is left out, and named.
func overAccounts[T any](c *client, read fetch[T]) func(context.Context, providers.ListQuery) (providers.Page[T], error) {
	return func(ctx context.Context, q providers.ListQuery) (providers.Page[T], error) {
		accounts, left, err := c.accountsOf(ctx, q.Org)
		if err != nil {
			return providers.Page[T]{}, err
		}
		byID := map[string]account{}
		ids := make([]string, len(accounts))
		for i, a := range accounts {
			ids[i], byID[a.ID] = a.ID, a
		}
		p, err := page.Over(ctx, q, ids, func(ctx context.Context, id, token string) ([]T, string, []string, error) {
			items, next, err := read(ctx, byID[id], q, token)
			if e, ok := errors.AsType[*providers.Error](err); ok && q.Org == "" && strings.HasSuffix(e.Code, ".CUSTOMER_NOT_ENABLED") {
				return nil, "", []string{"account " + id + ": " + e.Message}, nil
			}
			return items, next, nil, err
		})
		if q.Cursor == "" {
			p.Left = append(p.Left, left...)
		}
		return p, own(err)
	}
}

// overOne lists what is the same for every account: the one asked for, else the first of the connection, is asked.
func overOne[T any](ctx context.Context, c *client, q providers.ListQuery, read fetch[T]) (providers.Page[T], error) {
	accounts, left, err := c.accountsOf(ctx, q.Org)
	if err != nil || len(accounts) == 0 {
		return providers.Page[T]{Left: left}, err
	}
	a := accounts[0]
	p, err := page.Over(ctx, q, []string{a.ID}, func(ctx context.Context, _, token string) ([]T, string, []string, error) {
		items, next, err := read(ctx, a, q, token)
		return items, next, nil, err
	})
	return p, own(err)
}

// accountsOf lists the accounts that a list goes over, and what is left out of them.
func (c *client) accountsOf(ctx context.Context, org string) ([]account, []string, error) {
	if org != "" {
		a, err := c.account(ctx, org)
		return []account{a}, nil, err
	}
	t, err := c.accounts(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []account
	left := slices.Clone(t.Left)
	for _, a := range t.Accounts {
		switch {
		case len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, a.ID):
		case !a.open():
			left = append(left, closedAccount(a.ID))
		default:
			out = append(out, a)
		}
	}
	return out, left, nil
}

// needOrg finds the account of a single object: ids are unique inside an account only.
func (c *client) needOrg(ctx context.Context, ref providers.Ref) (account, error) {
	if ref.Org == "" {
		return account{}, fault(providers.Invalid, "org_id", "ids of Google Ads are unique inside an account only: name the account")
	}
	return c.account(ctx, ref.Org)
}

// stage lists one resource of an account by key: the rows after a key, at most size. full tells that more may follow last.
type stage[T any] func(ctx context.Context, a account, q providers.ListQuery, after string, size int) (items []T, last string, full bool, err error)

// staged lists several resources one after the other, as one list. A token is the stage's number and the last key.
func staged[T any](stages ...stage[T]) fetch[T] {
	return func(ctx context.Context, a account, q providers.ListQuery, token string) ([]T, string, error) {
		i, after := 0, ""
		if token != "" {
			number, key, _ := strings.Cut(token, ":")
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 || n >= len(stages) {
				return nil, "", fault(providers.Invalid, "cursor", "the cursor is damaged")
			}
			i, after = n, key
		}
		items, last, full, err := stages[i](ctx, a, q, after, q.Size)
		switch {
		case err != nil:
			return nil, "", err
		case full:
			return items, strconv.Itoa(i) + ":" + last, nil
		case i+1 < len(stages):
			return items, strconv.Itoa(i+1) + ":", nil
		}
		return items, "", nil
	}
}

// column is a field of a query, and the fields of ours that it is read for; none: always.
type column struct {
	field string
	ours  []string
}

// onlyRaw marks what ours has no place for.
const onlyRaw = "raw"

func always(field string) column { return column{field: field} }

func needed(ours string, fields ...string) []column {
	out := make([]column, len(fields))
	for i, f := range fields {
		out[i] = column{f, strings.Fields(ours)}
	}
	return out
}

func columnsOf(lists ...[]column) []column { return slices.Concat(lists...) }

// paramSelect is the one parameter that a caller may add to a query: fields, which then stand in raw.
const paramSelect = "select"

// selected are the fields to ask for: those that the fields of ours need, all of them for raw, and the caller's own.
func selected(cols []column, q providers.ListQuery) ([]string, error) {
	var out []string
	for _, col := range cols {
		if len(col.ours) == 0 || q.Raw || col.ours[0] != onlyRaw && wants(q, col.ours...) {
			out = append(out, col.field)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q.Params)) {
		if name != paramSelect {
			return nil, fault(providers.Invalid, "raw", "a query of Google Ads takes no parameter %s: only %s, a list of fields", name, paramSelect)
		}
		for f := range strings.SplitSeq(q.Params[name], ",") {
			f = strings.TrimSpace(f)
			if f == "" || strings.Trim(f, "abcdefghijklmnopqrstuvwxyz0123456789_.") != "" {
				return nil, fault(providers.Invalid, "raw", "%q is not a field of Google Ads", f)
			}
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// wants tells whether one of the fields named is to be filled. No fields asked for means all.
func wants(q providers.ListQuery, names ...string) bool {
	return len(q.Fields) == 0 || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(q.Fields, n) })
}

// query is what a single object is asked with.
func queryOf(ref providers.Ref) providers.ListQuery {
	return providers.ListQuery{Org: ref.Org, Raw: ref.Raw, Params: ref.Params, Size: 1}
}

// got is a row as it was decoded and, where raw was asked for, as Google sent it.
type got[W any] struct {
	row W
	raw json.RawMessage
}

// read reads the rows of a query of bounded size.
func read[W any](ctx context.Context, c *client, a account, query gaql, keep bool) ([]got[W], error) {
	var out []got[W]
	var err error
	if keep {
		err = search(ctx, c, a.ID, query.String(), func(raw *json.RawMessage) error {
			g := got[W]{raw: *raw}
			if err := rest.Unmarshal(*raw, &g.row); err != nil {
				return fault(providers.Malformed, "", "a row of Google's answer cannot be understood: %v", err)
			}
			out = append(out, g)
			return nil
		})
	} else {
		err = search(ctx, c, a.ID, query.String(), func(w *W) error {
			out = append(out, got[W]{row: *w})
			return nil
		})
	}
	return out, err
}

// byKey completes a query with its page: the rows after a key.
func byKey(query gaql, key, after string, size int) gaql {
	query.order, query.limit = key, size
	if after != "" {
		query.where = append(slices.Clone(query.where), key+" > "+after)
	}
	return query
}

// statuses of objects that have a switch.
var objectStatuses = []string{"ENABLED", "PAUSED", "REMOVED", "UNKNOWN"}

// byStatus are the conditions on an object's status and on those above it. What is removed stays in Google Ads for ever, and
// an enabled object of a removed one too: both are hidden unless archived ones are asked for. ok is false when nothing can
// match.
func byStatus(asked []string, field string, above ...string) (where []string, ok bool) {
	archived := slices.Contains(asked, string(normalize.StatusArchived))
	if len(asked) == 0 {
		where = append(where, field+" != 'REMOVED'")
	} else {
		var list []string
		for _, s := range objectStatuses {
			if slices.Contains(asked, string(readStatus(s))) {
				list = append(list, s)
			}
		}
		if len(list) == 0 {
			return nil, false
		}
		where = append(where, field+" IN "+gaqlStrings(list))
	}
	if !archived {
		for _, f := range above {
			where = append(where, f+" != 'REMOVED'")
		}
	}
	return where, true
}

// byName adds the condition that a name holds a text. ok is false when none can.
func byName(where []string, field, text string) (out []string, ok bool) {
	if text == "" {
		return where, true
	}
	condition, ok := contains(field, text)
	return append(where, condition), ok
}

// known is what a session has looked up and may use again.
type known struct {
	mu    sync.Mutex
	geo   map[string]geoTarget         // by id
	steps map[string]normalize.Decimal // of amounts, by currency
}
